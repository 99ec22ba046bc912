//! How a decision looks.

use super::{super::second::Second, Data, Typed, begin, mends, proposes};
use crate::{
    components::{
        area::{Area, paragraphs},
        badge::{self, Tone},
        layout,
        message::{self, Item},
    },
    domain::{
        access::Action,
        calendar::day_long,
        decision::{LETTER_WORDS, suggest, why},
        level::Level,
        outcome::Outcome,
        review::letter,
    },
    server::{gate, presiding::Presiding},
    store::decision::{Decision, Past},
};
use leptos::prelude::*;

/// The criteria with what is agreed on.
pub struct Panel {
    /// Number and title.
    pub criteria: Vec<(u8, String)>,
    /// None while one is open.
    pub levels: Option<Vec<Level>>,
    /// Those without a level.
    pub missing: Vec<u8>,
}

pub fn page(here: &Presiding, data: Data, typed: Typed, panel: &Panel) -> impl IntoView + use<> {
    let application = here.application();
    let centre = application.identity.name().to_owned();
    let zone = application.cycle.closes.zone.clone();
    let items =
        typed.errors.iter().map(|(field, text)| Item { text: text.clone(), href: format!("#{field}") }).collect();
    let state = data.decision.as_ref().map(|decision| state(decision, &zone));
    let suggestion = suggestion(here, &data, panel);
    let table = table(&data, panel);
    let reviews = reviews(&data, here.is_chair());
    let gate = gate_line(here, &data);
    let propose = proposes(here, &data).then(|| propose(here, &data, &typed));
    let second = data
        .decision
        .as_ref()
        .filter(|d| d.waits() && here.may(Action::Confirm))
        .map(|d| second(here, d, &data, &typed));
    // Once on the page: where it is proposed, judged or mended it stands there.
    let letter = data.decision.as_ref().filter(|_| !mends(here) && !proposes(here, &data) && second.is_none()).map(|d| {
        let text = paragraphs(&d.letter);
        view! { <section class="panel" aria-labelledby="the-letter"><h2 id="the-letter">"Letter"</h2><div class="prose">{text}</div></section> }
    });
    let mend = mends(here).then(|| mend(here, &data, &typed));
    let past = history(&data.history, &zone);
    view! {
        <main class="page" id="main">
            {layout::crumbs(vec![(centre.clone(), here.path(""))], "Decision")}
            <div class="page-head"><div>
                <h1>"Decision"</h1>
                <p class="facts"><span>{centre}</span><span>{format!("{} application {}", application.kind.name(), application.cycle.name)}</span></p>
            </div></div>
            {message::refused(items)}
            {state}
            <div class="split">
                <div class="column">{propose}{second}{mend}{letter}{table}</div>
                <div class="column">{suggestion}{gate}{reviews}{past}</div>
            </div>
        </main>
    }
}

fn state(decision: &Decision, zone: &str) -> impl IntoView + use<> {
    let by = |name: &str, at| format!("{name} on {}", day_long(at, zone));
    let proposed = by(decision.proposer.shown(), decision.proposed);
    let (tone, word, text) = if let (Some(at), Some(name)) = (decision.confirmed, &decision.confirmer) {
        (Tone::Good, "Confirmed", format!("Proposed by {proposed}, confirmed by {}.", by(name.shown(), at)))
    } else if decision.sent_back.is_empty() {
        (Tone::Working, "Waits for a second person", format!("Proposed by {proposed}."))
    } else {
        (Tone::Attention, "Sent back", format!("Proposed by {proposed}. To change: {}", decision.sent_back))
    };
    let deviation = (!decision.deviation.trim().is_empty()).then(|| {
        let suggested = format!("The rules suggested \"{}\". Why it differs: ", decision.suggested.name());
        view! { <p>{suggested}{decision.deviation.clone()}</p> }
    });
    view! {
        <section class="notice" aria-labelledby="outcome-now">
            <h2 id="outcome-now">{decision.outcome.name()}</h2>
            <p>{badge::badge(tone, word)}</p>
            <p>{text}</p>
            {deviation}
        </section>
    }
}

fn suggestion(here: &Presiding, data: &Data, panel: &Panel) -> impl IntoView + use<> {
    let thresholds = &data.plan.rules.thresholds;
    let said = if let Some(levels) = &panel.levels {
        let (outcome, rule) = (suggest(levels, thresholds).name(), why(levels, thresholds));
        view! { <p><strong>{outcome}</strong></p><p>{rule}</p> }.into_any()
    } else {
        let feedback = here.path("/feedback");
        let open: Vec<String> = panel.missing.iter().map(u8::to_string).collect();
        let text = format!("The panel has not agreed on a level yet at criterion {}.", open.join(", "));
        view! { <p>{text}</p><p><a href=feedback>"See the feedback of the panel"</a></p> }.into_any()
    };
    view! { <section class="panel" aria-labelledby="suggested"><h2 id="suggested">"What the rules suggest"</h2><div class="stack" id="levels">{said}</div></section> }
}

fn table(data: &Data, panel: &Panel) -> impl IntoView + use<> {
    let rows = panel.criteria.iter().map(|(number, title)| {
        let agreed = data.consensus.get(number).and_then(|c| c.level);
        let own = data.own.get(number).copied();
        view! {
            <tr>
                <th scope="row">{format!("{number}. {title}")}</th>
                <td data-label="Centre">{badge::level(own)}</td>
                <td data-label="Panel">{badge::level(agreed)}</td>
            </tr>
        }
    });
    view! {
        <section class="panel" aria-labelledby="agreed">
            <h2 id="agreed">"What the panel agreed on"</h2>
            <div class="table-box"><table class="stacks">
                <caption class="visually-hidden">"Level of each criterion: the centre's own, and what the panel agreed on"</caption>
                <thead><tr><th scope="col">"Criterion"</th><th scope="col">"Centre"</th><th scope="col">"Panel"</th></tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table></div>
        </section>
    }
}

fn reviews(data: &Data, chair: bool) -> impl IntoView + use<> {
    let items = data.seats.iter().enumerate().map(|(place, seat)| {
        let outcome = seat.recommendation.filter(|_| seat.submitted.is_some()).map_or("No review", Outcome::name);
        let texts = seat.submitted.is_some().then(|| {
            // Written for the chair alone.
            let note = (chair && !seat.note.trim().is_empty())
                .then(|| view! { <p class="soft">"For the chair: "{seat.note.clone()}</p> });
            let notes = data.notes.iter().filter(|(id, ..)| *id == seat.id).map(|(_, criterion, text)| {
                view! { <li>{format!("Criterion {criterion}: {text}")}</li> }
            });
            let notes = notes.collect_view();
            let notes = (!notes.is_empty())
                .then(|| view! { <details><summary>"Notes for the chair"</summary><ul>{notes}</ul></details> });
            let summary = paragraphs(&seat.summary);
            view! { {summary}{note}{notes} }
        });
        view! { <div class="stack"><h3>{format!("Reviewer {}: {outcome}", letter(place))}</h3>{texts}</div> }
    });
    view! { <section class="panel" aria-labelledby="reviews"><h2 id="reviews">"Recommendations"</h2>{items.collect_view()}</section> }
}

fn gate_line(here: &Presiding, data: &Data) -> impl IntoView + use<> {
    let open = gate::open(&data.findings);
    let (tone, word) = match open {
        0 => (Tone::Good, "Nothing open".to_owned()),
        1 => (Tone::Attention, "1 to look at".to_owned()),
        n => (Tone::Attention, format!("{n} to look at")),
    };
    let href = here.path("/gate");
    view! {
        <section class="panel" aria-labelledby="gate">
            <div class="panel-head"><h2 id="gate">"Names in what the centre reads"</h2>{badge::badge(tone, word)}</div>
            <p>"Letter, feedback and questions are looked through for reviewers and the working group. Nothing is released while something is open. "<a href=href>"Look at the findings"</a></p>
        </section>
    }
}

fn error(typed: &Typed, name: &str) -> Option<String> {
    typed.errors.iter().find(|(field, _)| *field == name).map(|(_, text)| text.clone())
}

fn letter_area(value: String, typed: &Typed) -> impl IntoView + use<> {
    let hint = format!(
        "The outcome stands above it on the page of the centre. Name no reviewer and nobody of the working group. At most {LETTER_WORDS} words."
    );
    Area { name: "letter", label: "Letter to the centre", hint, value, error: error(typed, "letter"), rows: 14 }.view()
}

fn propose(here: &Presiding, data: &Data, typed: &Typed) -> impl IntoView + use<> {
    let now = begin(here, data, typed);
    let version = data.decision.as_ref().map_or(0, |d| d.version);
    let wrong = error(typed, "outcome");
    let class = if wrong.is_some() { "field invalid" } else { "field" };
    let choices = Outcome::ALL.into_iter().enumerate().map(|(place, outcome)| {
        // The first one is where the error leads.
        let id = if place == 0 { "outcome".to_owned() } else { format!("outcome-{}", outcome.key()) };
        let checked = now.outcome == Some(outcome);
        view! { <div class="choice"><input id=id.clone() type="radio" name="outcome" value=outcome.key() checked=checked/><label for=id>{outcome.name()}</label></div> }
    });
    let deviation = Area {
        name: "deviation",
        label: "Why it differs from what the rules suggest",
        hint: "Only where it differs. Stays in the working group.".into(),
        value: now.deviation.clone(),
        error: error(typed, "deviation"),
        rows: 4,
    };
    let described = wrong.is_some().then_some("outcome-error");
    view! {
        <section class="panel" aria-labelledby="propose">
            <h2 id="propose">{if version == 0 { "Propose an outcome" } else { "Propose anew" }}</h2>
            <form class="form" method="post" action=here.path("/decision") novalidate>
                <input type="hidden" name="version" value=version.to_string()/>
                <fieldset class=class aria-describedby=described>
                    <legend>"Outcome"</legend>
                    {wrong.map(|text| view! { <p class="field-error" id="outcome-error">{text}</p> })}
                    {choices.collect_view()}
                </fieldset>
                {deviation.view()}
                {letter_area(now.letter, typed)}
                <p><button class="button" type="submit">"Propose"</button></p>
            </form>
        </section>
    }
}

fn second(here: &Presiding, decision: &Decision, data: &Data, typed: &Typed) -> impl IntoView + use<> {
    let text = paragraphs(&decision.letter);
    let second = Second {
        base: here.path("/decision"),
        version: decision.version,
        button: "Confirm the decision".to_owned(),
        same: data.same,
        why: (typed.why.clone(), error(typed, "why")),
        badge: None,
        proposed:
            view! { <details open><summary>"The letter as proposed"</summary><div class="prose">{text}</div></details> }
                .into_any(),
    };
    second.view()
}

fn mend(here: &Presiding, data: &Data, typed: &Typed) -> impl IntoView + use<> {
    let letter = begin(here, data, typed).letter;
    let version = data.decision.as_ref().map_or(0, |d| d.version);
    view! {
        <section class="panel" aria-labelledby="mend">
            <h2 id="mend">"Mend the letter"</h2>
            <p>"The outcome stands. A letter that is changed leaves the batch it is in, so that another person releases it as it reads then."</p>
            <form class="form" method="post" action=here.path("/decision/letter") novalidate>
                <input type="hidden" name="version" value=version.to_string()/>
                {letter_area(letter, typed)}
                <p><button class="button quiet" type="submit">"Save the letter"</button></p>
            </form>
        </section>
    }
}

fn history(past: &[Past], zone: &str) -> Option<impl IntoView + use<>> {
    let items = past.iter().map(|p| {
        let outcome = Outcome::parse(&p.content.outcome).map_or("", Outcome::name);
        let who = p.name.as_ref().map_or("", |n| n.shown());
        let head = format!("{}: {}", day_long(p.at, zone), p.step.name());
        let reason = (!p.content.reason.trim().is_empty()).then(|| view! { <p>{p.content.reason.clone()}</p> });
        let letter = (!p.content.letter.trim().is_empty()).then(|| {
            let text = paragraphs(&p.content.letter);
            view! { <details><summary>"The text"</summary><div class="prose">{text}</div></details> }
        });
        view! { <li><strong>{head}</strong><br/><span class="soft">{format!("{who} {outcome}")}</span>{reason}{letter}</li> }
    });
    let items = items.collect_view();
    (!past.is_empty()).then(|| {
        view! { <section class="panel" aria-labelledby="past"><h2 id="past">"What was done"</h2><ul class="stack" role="list">{items}</ul></section> }
    })
}
