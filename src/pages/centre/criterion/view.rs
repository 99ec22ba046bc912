//! The page around the form: guidance, two texts, evidence, notes.

use super::form;
use crate::{
    catalogue::{Guide, Section},
    components::{
        badge::{self, Tone},
        field, layout,
        message::{self, Item},
    },
    domain::{
        access::Action,
        answer::{Carried, Content},
        calendar::when,
        criteria::Criterion,
        date,
        level::Level,
        readiness::Severity,
        stage::Stage,
        text::words,
    },
    pages::centre::{place, title},
    server::{applying::Applying, dossier::Dossier},
    store::{
        answer::Rival,
        evidence::{Piece, Source},
    },
};
use leptos::prelude::*;
use std::sync::Arc;

/// What the page shows.
pub struct Data {
    pub number: u8,
    pub done: String,
    pub dossier: Arc<Dossier>,
    pub applying: Applying,
}

impl Data {
    fn now_said(&self) -> Option<&'static str> {
        match self.done.as_str() {
            "saved" => Some("Saved."),
            "chosen" => Some("Chosen. The other text is in the history."),
            "noted" => Some("Your note is there for your colleagues."),
            "linked" => Some("The evidence is used here now."),
            "removed" => Some("The evidence is no longer used here."),
            _ => None,
        }
    }
}

/// The page.
pub fn page(data: &Data) -> AnyView {
    let Ok(edition) = data.applying.edition() else { return ().into_any() };
    let Some((criterion, guide)) = edition.criterion(data.number).zip(edition.guide(data.number)) else {
        return ().into_any();
    };
    let applying = &data.applying;
    let open = applying.may(Action::Edit);
    let way = vec![(title(applying), applying.path("")), (criterion.group.name().to_owned(), applying.path(""))];
    let heading = format!("{}. {}", criterion.number, criterion.title);
    let answer = data.dossier.answers.get(&data.number);
    let carried = answer.and_then(|a| Some(Carried::of(&a.content, Some(a.carried.as_ref()?))));
    let owner = answer
        .and_then(|a| a.owner)
        .and_then(|o| data.dossier.members.iter().find(|m| m.account == o))
        .map(|m| m.name.shown().to_owned());
    let owner = owner.map_or_else(|| "No owner yet".to_owned(), |name| format!("Owner: {name}"));
    let neighbour = |number: u8, rel: &'static str, word: &'static str| {
        edition.criterion(number).map(|c| {
            let href = applying.path(&format!("/criteria/{number}"));
            view! { <a rel=rel href=href><small>{word}</small>{format!("{}. {}", c.number, c.title)}</a> }
        })
    };
    let main = if open {
        form::form(data, criterion).into_any()
    } else {
        reading(criterion, answer.map(|a| &a.content)).into_any()
    };
    view! {
        <main class="page" id="main">
            {layout::crumbs(way, format!("Criterion {}", data.number))}
            <div class="page-head">
                <div>
                    <h1>{heading}</h1>
                    <p class="statement">{criterion.statement.clone()}</p>
                    <p class="facts"><span>{owner}</span>{carried.map(|c| view! { <span>{c.name()}</span> })}</p>
                </div>
                {open.then(|| layout::deadline(&applying.application().cycle.closes, applying.now()))}
            </div>
            {data.now_said().map(message::done)}
            <div class="split">
                {guidance(criterion, guide)}
                <div class="column">
                    {returned(data)}
                    {rivals(data)}
                    {main}
                    {evidence(data, open)}
                    {crate::pages::centre::plan::view::section(applying, &data.dossier, data.number, open)}
                    {(open || data.dossier.notes.iter().any(|n| n.criterion == data.number)).then(|| notes(data, open))}
                    {history_link(data)}
                    <nav class="pager" aria-label="Criteria">
                        {neighbour(data.number.saturating_sub(1), "prev", "Previous")}{neighbour(data.number + 1, "next", "Next")}
                    </nav>
                </div>
            </div>
        </main>
    }
    .into_any()
}

fn guidance(criterion: &Criterion, guide: &Guide) -> AnyView {
    let section = |section: Section| {
        view! { <section><h3>{section.heading()}</h3><div inner_html=guide.html(section).to_owned()></div></section> }
    };
    let more = format!("/criteria/{}", criterion.number);
    view! {
        <details class="guidance panel" tabindex="0">
            <summary>{format!("Guidance for criterion {}", criterion.number)}</summary>
            <div class="body">
                <h2>"Guidance"</h2>
                {section(Section::Meaning)}
                {section(Section::AskYourself)}
                {section(Section::GoodEvidence)}
                {section(Section::CommonShortfalls)}
                <p><a href=format!("{more}#examples")>"Worked examples at levels 2, 3 and 4"</a></p>
                <p><a href=format!("{more}#provided-by-a-partner")>"When a partner provides it"</a></p>
                <p><a href=format!("{more}#sources")>"Sources"</a></p>
            </div>
        </details>
    }
    .into_any()
}

/// What screening said here.
fn returned(data: &Data) -> Option<AnyView> {
    let Stage::Draft { returned: Some(returned) } = &data.applying.application().stage else { return None };
    let reasons: Vec<String> =
        returned.reasons.iter().filter(|r| r.criterion == Some(data.number)).map(|r| r.text.clone()).collect();
    (!reasons.is_empty()).then(|| {
        let reasons = reasons.into_iter().map(|text| view! { <p>{text}</p> });
        view! { <section class="notice attention" id="returned" tabindex="-1"><h2>"Returned by screening"</h2>{reasons.collect_view()}</section> }.into_any()
    })
}

/// Two texts side by side, until one is chosen.
fn rivals(data: &Data) -> AnyView {
    let list: Vec<&Rival> = data.dossier.rivals.iter().filter(|r| r.criterion == data.number).collect();
    let (Some(answer), false) = (data.dossier.answers.get(&data.number), list.is_empty()) else { return ().into_any() };
    let (now, zone) = (data.applying.now(), &data.applying.application().cycle.closes.zone);
    let open = data.applying.may(Action::Edit);
    let views = list.into_iter().enumerate().map(|(i, rival)| {
        // The first carries the anchor that findings lead to.
        let (id, heading) = if i == 0 { ("rival".to_owned(), "rival-title".to_owned()) } else { (format!("rival-{i}"), format!("rival-title-{i}")) };
        let labelled = heading.clone();
        let first = answer.author.as_ref().map_or("a colleague", |(_, name)| name.shown());
        let first = format!("Saved by {first} {}", when(answer.updated, now, zone));
        let second = format!("Saved by {} {}, from an older page", rival.name.shown(), when(rival.at, now, zone));
        let action = data.applying.path(&format!("/criteria/{}/choose", data.number));
        let author = rival.author.to_string();
        let buttons = open.then(|| view! {
            <form method="post" action=action class="row">
                <input type="hidden" name="author" value=author/>
                <button class="button quiet" type="submit" name="take" value="first">"Keep the first"</button>
                <button class="button quiet" type="submit" name="take" value="second">"Take the second"</button>
            </form>
        });
        view! {
            <section class="findings problem" id=id tabindex="-1" aria-labelledby=labelled>
                <h2 id=heading>"Two different texts were saved"</h2>
                <p>"Neither was overwritten. Choose one; the other goes into the history. To join both, copy what you need into the form below first, save it, then keep the first."</p>
                <div class="two">
                    <div class="stack"><h3>"First"</h3><p class="soft small">{first}</p>{content_view(&answer.content)}</div>
                    <div class="stack"><h3>"Second"</h3><p class="soft small">{second}</p>{content_view(&rival.content)}</div>
                </div>
                {buttons}
            </section>
        }
    });
    views.collect_view().into_any()
}

/// An answer to be read: level and case.
pub fn content_view(content: &Content) -> impl IntoView + use<> {
    let html = crate::catalogue::render_typed(&content.narrative);
    view! { <p>{badge::level(content.level)}</p><div class="prose" inner_html=html></div> }
}

/// The answer of an application that is not a draft any more.
fn reading(criterion: &Criterion, content: Option<&Content>) -> impl IntoView + use<> {
    let empty = Content::default();
    let content = content.unwrap_or(&empty);
    let rows = criterion.indicators.iter().filter_map(|i| Some((i, content.indicators.get(&i.key)?))).map(
        |(indicator, typed)| {
            let value = if typed.numerator.is_empty() {
                typed.value.clone()
            } else {
                format!("{} of {}", typed.numerator, typed.denominator)
            };
            let period = if typed.to.is_empty() { String::new() } else { format!("{} to {}", typed.from, typed.to) };
            view! { <tr><th scope="row">{indicator.label.clone()}</th><td>{value}</td><td>{period}</td></tr> }
        },
    );
    let rows = rows.collect_view();
    view! {
        <section class="panel" aria-label="Your answer">
            <h2>"Your answer"</h2>
            {content_view(content)}
            {(!rows.is_empty()).then(|| view! {
                <div class="scrolls" tabindex="0" role="region" aria-label="Indicators"><table>
                    <thead><tr><th scope="col">"Indicator"</th><th scope="col">"Value"</th><th scope="col">"Period"</th></tr></thead>
                    <tbody>{rows}</tbody>
                </table></div>
            })}
        </section>
    }
}

/// "Policy · from 1 September 2025 · until 31 August 2028".
pub fn about_line(piece: &Piece) -> String {
    let evidence = &piece.evidence;
    let day = |typed: &str| date::read_day(typed).map_or_else(|| typed.to_owned(), date::long);
    let mut parts = vec![evidence.kind.name().to_owned()];
    if !evidence.effective.is_empty() {
        parts.push(format!("from {}", day(&evidence.effective)));
    }
    if !evidence.expiry.is_empty() {
        parts.push(format!("until {}", day(&evidence.expiry)));
    }
    if let Source::Link(_) = piece.source {
        parts.push("link".into());
    }
    parts.join(" · ")
}

fn evidence(data: &Data, open: bool) -> AnyView {
    let applying = &data.applying;
    let base = applying.path("/evidence");
    let action = applying.path(&format!("/criteria/{}/evidence", data.number));
    let used: Vec<(&Piece, &str)> = data.dossier.used_at(data.number).collect();
    let today = crate::domain::calendar::day_in(applying.now(), &applying.application().cycle.closes.zone);
    let in_use = used.iter().filter(|(p, _)| p.evidence.shows_use_on(today)).count();
    let summary = match used.len() {
        0 => "Nothing yet".to_owned(),
        1 => format!("1 piece, {in_use} shows use"),
        n => format!("{n} pieces, {in_use} of them show use"),
    };
    let missing = data.dossier.findings_at(data.number).find(|f| f.code == "use-missing").map(|f| f.message.clone());
    let items = used.iter().map(|(piece, pages)| {
        let evidence = &piece.evidence;
        let also: Vec<String> = evidence.uses.iter().filter(|(c, _)| *c != data.number).map(|(c, _)| c.to_string()).collect();
        let also = if also.is_empty() { String::new() } else { format!(" · also in criteria {}", also.join(", ")) };
        let id = evidence.id.to_string();
        let (name, action) = (evidence.title.clone(), action.clone());
        let remove = open.then(|| view! {
            <form method="post" action=action>
                <input type="hidden" name="evidence" value=id.clone()/>
                <button class="link-button small" type="submit" name="remove" value="1">"Do not use here"<span class="visually-hidden">{format!(": {name}")}</span></button>
            </form>
        });
        view! {
            <li>
                <div><a href=format!("{base}/{}", evidence.id)>{evidence.title.clone()}</a><br/><span class="soft">{about_line(piece)}{also}</span></div>
                {(!pages.is_empty()).then(|| view! { <span class="small">{format!("Pages {pages}")}</span> })}
                {remove}
            </li>
        }
    });
    let items = items.collect_view();
    let others: Vec<(String, String)> = data
        .dossier
        .pieces
        .iter()
        .filter(|p| !p.evidence.uses.iter().any(|(c, _)| *c == data.number))
        .map(|p| (p.evidence.id.to_string(), p.evidence.title.clone()))
        .collect();
    let reuse = (open && !others.is_empty()).then(|| {
        let pages = field::Text {
            name: "pages",
            label: "Pages that matter here",
            hint: "For example 3-5, 9",
            prefix: "reuse-".into(),
            ..field::Text::default()
        };
        view! {
            <details>
                <summary>"Use a piece you already added"</summary>
                <form class="panel form" method="post" action=action.clone()>
                    {field::select("reuse".into(), "evidence", "Evidence", others, "")}
                    {pages.view()}
                    <p><button class="button quiet" type="submit">"Use it here"</button></p>
                </form>
            </details>
        }
    });
    let add = open.then(|| {
        let upload = crate::pages::centre::evidence::view::upload_form(applying, Some(data.number), None);
        view! { <details id="add-evidence"><summary>"Add a document or a link"</summary>{upload}</details> }
    });
    view! {
        <section class="form-section" id="evidence" tabindex="-1" aria-labelledby="evidence-title">
            <div class="panel-head"><h2 id="evidence-title">"Evidence"</h2><p class="soft">{summary}</p></div>
            {missing.map(|text| view! { <p class="field-error">{text}</p> })}
            {(!items.is_empty()).then(|| view! { <ul class="evidence" role="list">{items}</ul> })}
            {add}
            {reuse}
        </section>
    }
    .into_any()
}

fn notes(data: &Data, open: bool) -> AnyView {
    let applying = &data.applying;
    let (now, zone) = (applying.now(), &applying.application().cycle.closes.zone);
    let items = data.dossier.notes.iter().filter(|n| n.criterion == data.number).map(|note| {
        let head = format!("{}, {}", note.name.shown(), when(note.at, now, zone));
        let state = match (note.request, note.closed) {
            (true, None) => Some(badge::badge(Tone::Attention, "Change asked for").into_any()),
            (true, Some(_)) => Some(badge::badge(Tone::Good, "Closed").into_any()),
            (false, _) => None,
        };
        let close = (open && note.is_open_request()).then(|| {
            let action = applying.path(&format!("/criteria/{}/notes/{}/close", data.number, note.id));
            view! { <form method="post" action=action><button class="button quiet small" type="submit">"Close the request"</button></form> }
        });
        view! { <li><div><p class="soft small">{head}</p><p class="typed">{note.text.clone()}</p></div>{state}{close}</li> }
    });
    let items = items.collect_view();
    let form = open.then(|| {
        let action = applying.path(&format!("/criteria/{}/notes", data.number));
        view! {
            <details>
                <summary>"Write a note, or ask for a change"</summary>
                <form class="panel form" method="post" action=action>
                    <div class="field">
                        <label for="note-text">"Note"</label>
                        <p class="hint" id="note-hint">"Only people of your centre read it. It is never submitted."</p>
                        <textarea id="note-text" name="text" rows="3" aria-describedby="note-hint"></textarea>
                    </div>
                    {field::checkbox("note-request".into(), "request", "1".into(), false, "This asks for a change; it stays open until somebody closes it")}
                    <p><button class="button quiet" type="submit">"Add the note"</button></p>
                </form>
            </details>
        }
    });
    view! {
        <section class="form-section" id="notes" tabindex="-1" aria-labelledby="notes-title">
            <h2 id="notes-title">"Notes for colleagues"</h2>
            <div class="anchor" id="requests"></div>
            {(!items.is_empty()).then(|| view! { <ul class="evidence" role="list">{items}</ul> })}
            {form}
        </section>
    }
    .into_any()
}

fn history_link(data: &Data) -> Option<impl IntoView + use<>> {
    let href = data.applying.path(&format!("/criteria/{}/history", data.number));
    let count = data.dossier.earlier.get(&data.number)?;
    Some(view! { <p><a href=href>{format!("Earlier texts of this answer ({count})")}</a></p> })
}

/// Errors at this criterion, for the box above the form.
pub fn summary(data: &Data) -> AnyView {
    let base = data.applying.path("");
    let errors: Vec<Item> = data
        .dossier
        .findings_at(data.number)
        .filter(|f| f.severity == Severity::Error)
        .map(|f| Item { text: f.message.clone(), href: place(&base, &f.place) })
        .collect();
    let content = data.dossier.content(data.number);
    if errors.is_empty() || content.is_none_or(Content::is_empty) {
        return ().into_any();
    }
    let heading = if errors.len() == 1 {
        "Mend 1 thing here before you submit".to_owned()
    } else {
        format!("Mend {} things here before you submit", errors.len())
    };
    view! {
        <div class="findings problem" role="group" aria-labelledby="findings"><h2 id="findings">{heading}</h2>{message::list(errors)}</div>
    }
    .into_any()
}

/// "146 of 400 words".
pub fn word_count(narrative: &str) -> String {
    format!("{} of {} words", words(narrative), crate::domain::text::NARRATIVE_WORDS)
}

/// Whether a level answers yes, for the hint beside the cards.
pub fn cards_hint() -> &'static str {
    debug_assert!(Level::Established.answers_yes());
    "Choose the highest level that is true on an ordinary Tuesday. Levels 3 and 4 answer the official question with yes."
}
