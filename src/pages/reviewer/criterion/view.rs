//! The screen around the form: the way through the criteria, and the centre's case.

use super::form;
use crate::{
    components::{badge, chart, message, named},
    domain::{
        blind::{BlindCopy, BlindEvidence},
        calendar::{day_in, when},
        criteria::{Criterion, Indicator, IndicatorKind},
        cycle::OwnLevel,
        date,
        indicator::{self, Typed, Value},
        level::Level,
        moment::Moment,
        naming::Hit,
        review::Mark,
        reviewing::Marked,
        stage::StageName,
    },
    pages::reviewer::{at, bar, field_name, masked, used_at},
    server::reviewing::Reviewing,
    store::review::StoredMark,
};
use jiff::civil::Date;
use leptos::prelude::*;

/// What the page shows.
pub struct Data {
    pub number: u8,
    /// Whether the mark can be changed now.
    pub open: bool,
    pub done: String,
    pub marks: Vec<StoredMark>,
    /// Texts of this place that were replaced or came too late.
    pub kept: Vec<(Mark, Moment)>,
    /// What might name somebody in the reviewer's texts here.
    pub hits: Vec<(&'static str, Hit)>,
    pub reviewing: Reviewing,
}

impl Data {
    /// The mark of this criterion.
    pub fn mark(&self) -> Option<&StoredMark> {
        at(&self.marks, self.number)
    }
}

/// The page.
pub fn page(data: &Data) -> AnyView {
    let reviewing = &data.reviewing;
    let (Ok(edition), Some(copy)) = (reviewing.edition(), reviewing.file()) else { return ().into_any() };
    let Some(criterion) = edition.criterion(data.number) else { return ().into_any() };
    let main = if data.open { form::form(data, criterion) } else { reading(data) };
    let said = match data.done.as_str() {
        "saved" => Some(message::done("Saved.")),
        _ => None,
    };
    let here = reviewing.path(&format!("/criteria/{}", data.number));
    let hits =
        data.hits.iter().map(|(field, hit)| (format!("{here}#{field}"), field_name(field).to_owned(), hit.clone()));
    view! {
        <main class="page wide review-page" id="main">
            {bar(reviewing, Some(&data.marks))}
            {said}
            <div class="review">
                {rail(data, &edition.criteria)}
                {case(data, criterion, copy)}
                <div class="stack">{main}{named::section(hits.collect())}{earlier(data)}</div>
            </div>
            {data.open.then(form::keys)}
            {pager(data, &edition.criteria)}
        </main>
    }
    .into_any()
}

fn rail(data: &Data, criteria: &[Criterion]) -> AnyView {
    let items = criteria.iter().map(|criterion| {
        let marked = Marked::of(at(&data.marks, criterion.number).map(|m| &m.mark));
        let here = criterion.number == data.number;
        let class = (marked == Marked::Whole && !here).then_some("done");
        let state = if marked == Marked::Not { String::new() } else { format!(", {}", marked.name().to_lowercase()) };
        let words = format!(" {}{state}", criterion.title);
        let href = data.reviewing.path(&format!("/criteria/{}", criterion.number));
        view! {
            <li><a href=href class=class aria-current=here.then_some("step") title=criterion.title.clone()>{criterion.number}<span class="visually-hidden">{words}</span></a></li>
        }
    });
    view! { <nav class="rail" aria-label="Criteria of this application"><ol>{items.collect_view()}</ol></nav> }
        .into_any()
}

fn pager(data: &Data, criteria: &[Criterion]) -> AnyView {
    let neighbour = |number: u8, rel: &'static str, word: &'static str, keys: &'static str| {
        criteria.iter().find(|c| c.number == number).map(|c| {
            let href = data.reviewing.path(&format!("/criteria/{number}"));
            view! { <a rel=rel href=href data-keys=keys><small>{word}</small>{format!("{}. {}", c.number, c.title)}</a> }
        })
    };
    // Going on by key saves where something can be saved.
    let on = if data.open { "" } else { "n j" };
    view! {
        <nav class="pager" aria-label="Previous and next criterion">
            {neighbour(data.number.saturating_sub(1), "prev", "Previous", "p k")}{neighbour(data.number + 1, "next", "Next", on)}
        </nav>
    }
    .into_any()
}

fn case(data: &Data, criterion: &Criterion, copy: &BlindCopy) -> AnyView {
    let answer = copy.answers.iter().find(|a| a.criterion == criterion.number);
    let narrative = answer.map(|a| masked(&a.content.narrative)).filter(|html| !html.trim().is_empty());
    let narrative = match narrative {
        Some(html) => view! { <div class="prose" inner_html=html></div> }.into_any(),
        None => view! { <p class="soft">"The centre has written nothing here."</p> }.into_any(),
    };
    let levels = Level::ALL.into_iter().map(|level| {
        view! { <div><dt>{format!("{} {}", level.number(), level.name())}</dt><dd>{criterion.descriptor(level).to_owned()}</dd></div> }
    });
    let today = day_in(data.reviewing.now(), &data.reviewing.plan().cycle.closes.zone);
    let heading = format!("{}. {}", criterion.number, criterion.title);
    let guide = format!("/criteria/{}", criterion.number);
    view! {
        <article class="case" aria-labelledby="criterion">
            <header class="stack">
                <h2 id="criterion">{heading}</h2>
                <p class="statement">{criterion.statement.clone()}</p>
                <details>
                    <summary>"What each level means here"</summary>
                    <dl class="descriptors">{levels.collect_view()}</dl>
                    <p class="small"><a href=guide>"The whole guide"</a></p>
                </details>
            </header>
            <div class="columns">
                <section class="stack" aria-labelledby="narrative-title"><h3 id="narrative-title">"What the centre says"</h3>{narrative}</section>
                <div class="column">
                    {indicators(criterion, answer.map(|a| &a.content.indicators), today)}
                    {evidence(data, copy)}
                </div>
            </div>
        </article>
    }
    .into_any()
}

fn indicators(
    criterion: &Criterion,
    typed: Option<&std::collections::BTreeMap<String, Typed>>,
    today: Date,
) -> AnyView {
    if criterion.indicators.is_empty() {
        return ().into_any();
    }
    let none = Typed::default();
    let rows = criterion.indicators.iter().map(|indicator| {
        let typed = typed.and_then(|t| t.get(&indicator.key)).unwrap_or(&none);
        row(indicator, typed, today)
    });
    let caption = format!("Indicators of criterion {} with published figures", criterion.number);
    view! {
        <section aria-labelledby="indicators-title">
            <h3 id="indicators-title">"Indicators"</h3>
            <div class="scrolls" tabindex="0" role="region" aria-label="Indicators"><table class="indicators">
                <caption class="visually-hidden">{caption}</caption>
                <thead><tr><th scope="col">"Indicator"</th><th scope="col" class="number">"Value"</th><th scope="col">"Published"</th></tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table></div>
        </section>
    }
    .into_any()
}

fn row(indicator: &Indicator, typed: &Typed, today: Date) -> AnyView {
    let value = indicator::read(indicator, typed, today).value;
    let (shown, of) = match value {
        Some(Value::Share { numerator, denominator }) => {
            (format!("{:.0} %", value.map_or(0.0, Value::figure)), format!("{numerator} of {denominator}"))
        }
        Some(Value::Number(number)) => (number.to_string(), indicator.unit.clone()),
        Some(Value::YesNo(yes)) => ((if yes { "Yes" } else { "No" }).to_owned(), String::new()),
        None if typed.is_empty() => ("None".to_owned(), String::new()),
        // What was typed is shown as it is: a number that the portal cannot read may still say something.
        None => {
            let parts = typed.parts().into_iter().filter(|(part, t)| !t.is_empty() && !matches!(*part, "from" | "to"));
            (parts.map(|(_, text)| text.to_owned()).collect::<Vec<_>>().join(" of "), "as typed".to_owned())
        }
    };
    let period = if typed.to.is_empty() { String::new() } else { format!("{} to {}", typed.from, typed.to) };
    let about = [of, period].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join(", ");
    let figure = value.filter(|_| indicator.kind == IndicatorKind::Percentage).map(Value::figure);
    let published = indicator.benchmarks.iter().map(|b| {
        let unit = if indicator.kind == IndicatorKind::YesNo { "%" } else { indicator.unit.as_str() };
        let text = format!("{} {unit}: {} ({}, n: {})", b.value, b.label, b.year, b.n);
        let bar =
            (indicator.kind == IndicatorKind::Percentage).then(|| chart::comparison("The centre’s", figure, b.value));
        view! { <div>{bar}<span class="soft">{text}</span></div> }
    });
    let published = published.collect_view();
    let published =
        if published.is_empty() { view! { <span class="soft">"None"</span> }.into_any() } else { published.into_any() };
    view! {
        <tr>
            <th scope="row">{indicator.label.clone()}<span class="soft">{about}</span></th>
            <td class="number"><strong>{shown}</strong></td>
            <td>{published}</td>
        </tr>
    }
    .into_any()
}

/// "In force from 1 September 2025 until 31 August 2028".
fn dates(piece: &BlindEvidence) -> String {
    let day = |typed: &str| date::read_day(typed).map_or_else(|| typed.to_owned(), date::long);
    let mut parts = Vec::new();
    if !piece.effective.is_empty() {
        parts.push(format!("from {}", day(&piece.effective)));
    }
    if !piece.expiry.is_empty() {
        parts.push(format!("until {}", day(&piece.expiry)));
    }
    parts.join(" ")
}

fn evidence(data: &Data, copy: &BlindCopy) -> AnyView {
    let mut used = used_at(copy, data.number);
    used.sort_by(|(a, _), (b, _)| (a.letter.len(), &a.letter).cmp(&(b.letter.len(), &b.letter)));
    let items = used.into_iter().map(|(piece, pages)| {
        let name = format!("{}. {}", piece.letter, piece.kind.name());
        let title = if let Some(link) = &piece.link {
            // Never a link: to open it would tell the centre that somebody reads, and from where.
            view! {
                <strong>{name}</strong>", a link"<br/>
                <span class="soft">{piece.title.clone()}</span><br/>
                <span class="soft small">{format!("{link}. To open it would tell the centre that somebody reads. Ask the coordinator for a copy instead.")}</span>
            }
            .into_any()
        } else {
            let href = data.reviewing.path(&format!("/evidence/{}?criterion={}", piece.letter, data.number));
            view! { <a href=href><strong>{name}</strong></a><br/><span class="soft">{piece.title.clone()}</span> }.into_any()
        };
        let dates = dates(piece);
        let dates = (!dates.is_empty()).then(|| view! { <br/><span class="soft small">{dates}</span> });
        let pages = (!pages.is_empty()).then(|| format!("Pages {pages}"));
        view! {
            <li>
                <div>{title}{dates}</div>
                {pages.map(|pages| view! { <span class="small">{pages}</span> })}
            </li>
        }
    });
    let items = items.collect_view();
    let list = if items.is_empty() {
        view! { <p class="soft">"None for this criterion."</p> }.into_any()
    } else {
        let all = data.reviewing.path("/evidence.zip");
        view! { <ul class="evidence" role="list">{items}</ul><p class="small"><a href=all>"All documents of this application in one archive"</a></p> }.into_any()
    };
    view! { <section class="stack" aria-labelledby="evidence-title"><h3 id="evidence-title">"Evidence"</h3>{list}</section> }
        .into_any()
}

/// The centre's own level, once it may be seen; and that a level was changed after it was.
pub fn own_level(data: &Data) -> AnyView {
    let mark = data.mark();
    let shown = data.reviewing.stage() == StageName::Deliberation || mark.is_some_and(|m| m.own_shown);
    if !shown {
        let text = match data.reviewing.plan().rules.own_level {
            OwnLevel::AfterMark => "The centre’s own level appears once you have saved yours.",
            OwnLevel::AfterReview => "The centre’s own level appears once your review is handed in.",
            OwnLevel::InDeliberation => "The centre’s own level appears in the deliberation.",
        };
        return view! { <p class="small soft">{text}</p> }.into_any();
    }
    let own = data.reviewing.file().and_then(|copy| copy.answers.iter().find(|a| a.criterion == data.number));
    let changed = mark.filter(|m| m.own_shown && m.level_before != m.mark.level).map(|m| {
        let name =
            |level: Option<Level>| level.map_or_else(|| "none".to_owned(), |l| format!("{} {}", l.number(), l.name()));
        let text = format!(
            "You marked {} before you saw it, and {} after. Both are kept.",
            name(m.level_before),
            name(m.mark.level)
        );
        view! { <p class="small soft">{text}</p> }
    });
    view! {
        <div id="own-level"><p class="row"><span>"The centre’s own level:"</span>{badge::level(own.and_then(|a| a.content.level))}</p>{changed}</div>
    }
    .into_any()
}

fn texts(mark: &Mark) -> AnyView {
    let parts =
        mark.for_the_centre().into_iter().chain([("note", mark.note.as_str())]).filter(|(_, t)| !t.trim().is_empty());
    let parts = parts.map(|(field, text)| {
        let name = if field == "note" { "Private note to the chair" } else { field_name(field) };
        view! { <div><dt>{name}</dt><dd class="typed">{text.to_owned()}</dd></div> }
    });
    view! { <p>{badge::level(mark.level)}</p><dl class="descriptors">{parts.collect_view()}</dl> }.into_any()
}

/// The mark of a review that was handed in.
fn reading(data: &Data) -> AnyView {
    let base = data.reviewing.path("");
    let way = if data.reviewing.stage() == StageName::Deliberation {
        let href = format!("{base}/deliberation/{}", data.number);
        view! { <p class="small">"The panel deliberates. "<a href=href>"Revise your level there"</a></p> }.into_any()
    } else {
        view! {
            <p class="small">"The review is handed in."</p>
            <form method="post" action=format!("{base}/reopen")><button class="button quiet" type="submit">"Reopen it to change this"</button></form>
        }
        .into_any()
    };
    let said = match data.mark() {
        Some(mark) => texts(&mark.mark),
        None => view! { <p class="soft">"Nothing was marked here."</p> }.into_any(),
    };
    view! {
        <section class="marking panel stack" aria-labelledby="mine">
            <h3 id="mine">"Your marking"</h3>
            {said}
            {own_level(data)}
            {way}
        </section>
    }
    .into_any()
}

/// Texts that were replaced, or were saved from a second window over a newer one.
fn earlier(data: &Data) -> AnyView {
    if data.kept.is_empty() {
        return ().into_any();
    }
    let (now, zone) = (data.reviewing.now(), &data.reviewing.plan().cycle.closes.zone);
    let beside = data.done == "beside";
    let items = data.kept.iter().map(|(mark, moment)| {
        let head = format!("Saved {}", when(*moment, now, zone));
        view! { <li class="stack"><p class="soft small">{head}</p>{texts(mark)}</li> }
    });
    let warning = beside.then(|| {
        view! { <p class="field-error">"You changed this in another window. Your text was not lost: it is the first below. Copy what you need into the form."</p> }
    });
    let count = match data.kept.len() {
        1 => "1 other text of yours here".to_owned(),
        n => format!("{n} other texts of yours here"),
    };
    view! {
        <details class="panel" id="earlier" open=beside>
            <summary>{count}</summary>
            {warning}
            <ul class="stack" role="list">{items.collect_view()}</ul>
        </details>
    }
    .into_any()
}
