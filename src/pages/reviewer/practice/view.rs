//! The practice set and its words.

use super::drift;
use crate::{
    catalogue::{Edition, Practice},
    components::{badge, layout, message},
    domain::{agreement::Tally, criteria::Criterion, level::Level},
    store::practice::PracticeMark,
};
use leptos::prelude::*;

/// The applications to practise on, and one's own drift.
pub fn list(edition: &Edition, marks: &[PracticeMark]) -> impl IntoView + use<> {
    let rows = edition.practice.iter().map(|one| {
        let tally = drift(edition, marks, Some(one.number));
        let (href, title) = (format!("/reviews/practice/{}", one.number), one.title.clone());
        let done = format!("{} of {}", tally.pairs(), one.cases.len());
        view! {
            <tr>
                <th scope="row"><a href=href>{title}</a><span class="soft">{one.about.clone()}</span></th>
                <td class="number">{done}</td>
                <td class="number">{share(&tally)}</td>
                <td class="number">{difference(&tally)}</td>
            </tr>
        }
    });
    let all = drift(edition, marks, None);
    let drift = (0 < all.pairs()).then(|| view! { <p class="notice">{words(&all)}</p> });
    let none =
        edition.practice.is_empty().then(|| view! { <p class="soft">"This edition has no practice set yet."</p> });
    view! {
        <main class="page" id="main">
            <div class="page-head"><div>
                <h1>"Practice set"</h1>
                <p class="soft">"Invented applications with levels that were agreed on. Mark a criterion, then read the agreed level and why. What you mark here is shown to nobody but you, and counts for nothing."</p>
            </div></div>
            {drift}
            <section class="panel" aria-labelledby="set">
                <h2 id="set">"Applications"</h2>
                <div class="scrolls" tabindex="0" role="region" aria-label="Practice applications">
                    <table class="funnel">
                        <caption class="visually-hidden">"Practice applications with what you have marked"</caption>
                        <thead><tr>
                            <th scope="col">"Application"</th>
                            <th scope="col" class="number">"Marked"</th>
                            <th scope="col" class="number">"Same level"</th>
                            <th scope="col" class="number">"You minus agreed"</th>
                        </tr></thead>
                        <tbody>{rows.collect_view()}</tbody>
                    </table>
                </div>
                {none}
            </section>
        </main>
    }
}

fn share(tally: &Tally) -> String {
    tally.agreement().map_or_else(|| "none yet".to_owned(), |share| format!("{share:.0} %"))
}

fn difference(tally: &Tally) -> String {
    tally.mean_difference().map_or_else(|| "none yet".to_owned(), |mean| format!("{:+.1}", tidy(mean)))
}

/// One digit, and no "-0.0".
fn tidy(mean: f64) -> f64 {
    let rounded = (mean * 10.0).round() / 10.0;
    if rounded == 0.0 { 0.0 } else { rounded }
}

fn words(tally: &Tally) -> String {
    let mean = tidy(tally.mean_difference().unwrap_or(0.0));
    let side = if 0.0 < mean { "above" } else { "below" };
    let drift = if mean == 0.0 {
        "On average you mark as high as was agreed on".to_owned()
    } else {
        format!("On average you mark {:.1} levels {side} what was agreed on", mean.abs())
    };
    let count = if tally.pairs() == 1 { "1 criterion".to_owned() } else { format!("{} criteria", tally.pairs()) };
    format!("{drift}. Of {count}, {} have the same level.", share(tally))
}

/// One application: its narratives, and what was agreed on where one has marked.
pub fn page(
    edition: &Edition,
    practice: &Practice,
    marks: &[PracticeMark],
    unmarked: Option<u8>,
) -> impl IntoView + use<> {
    let key = practice.key(&edition.name);
    let own = |criterion: u8| marks.iter().find(|m| m.practice == key && m.criterion == criterion).map(|m| m.level);
    let sections = edition.criteria.iter().zip(&practice.cases).map(|(criterion, case)| {
        let number = criterion.number;
        let id = format!("criterion-{number}");
        let body = match own(number) {
            Some(level) => compared(level, case.level, &case.reason).into_any(),
            None => form(practice.number, criterion, unmarked == Some(number)).into_any(),
        };
        view! {
            <section class="panel" id=id.clone() aria-labelledby=format!("title-{number}")>
                <h2 id=format!("title-{number}")>{format!("{number}. {}", criterion.title)}</h2>
                <p class="soft">{criterion.statement.clone()}</p>
                <div class="prose reading" inner_html=case.narrative.clone()></div>
                {body}
            </section>
        }
    });
    let refused = unmarked.map(|number| {
        let href = format!("#level-{number}-0");
        message::refused(vec![message::Item { text: format!("Choose a level for criterion {number}"), href }])
    });
    let tally = drift(edition, marks, Some(practice.number));
    let drift = (0 < tally.pairs()).then(|| view! { <p class="notice">{words(&tally)}</p> });
    let (title, about) = (practice.title.clone(), practice.about.clone());
    view! {
        <main class="page" id="main">
            {layout::crumbs(vec![("Practice set".into(), "/reviews/practice".into())], title.clone())}
            <div class="page-head"><div><h1>{title}</h1><p class="soft">{about}</p></div></div>
            {refused}
            {drift}
            {sections.collect_view()}
        </main>
    }
}

fn compared(own: Level, agreed: Level, reason: &str) -> impl IntoView + use<> {
    let words = match own.cmp(&agreed) {
        std::cmp::Ordering::Equal => "You gave the agreed level.",
        std::cmp::Ordering::Less => "You are below the agreed level.",
        std::cmp::Ordering::Greater => "You are above the agreed level.",
    };
    view! {
        <p class="row"><span class="soft">"Yours"</span>{badge::level(Some(own))}<span class="soft">"Agreed"</span>{badge::level(Some(agreed))}</p>
        <p>{format!("{words} {reason}")}</p>
    }
}

fn form(practice: u8, criterion: &Criterion, invalid: bool) -> impl IntoView + use<> {
    let number = criterion.number;
    let cards = Level::ALL.into_iter().map(|level| {
        let value = level.number();
        let id = format!("level-{number}-{value}");
        view! {
            <label for=id.clone()>
                <input type="radio" id=id.clone() name="level" value=value.to_string()/>
                {badge::level_mark(Some(level))}
                <b>{format!("{value} {}", level.name())}</b>
                <span class="soft">{criterion.descriptor(level).to_owned()}</span>
            </label>
        }
    });
    let error =
        invalid.then(|| view! { <span class="field-error" id=format!("error-{number}")>"Choose a level"</span> });
    let class = if invalid { "field invalid" } else { "field" };
    view! {
        <form class="form" method="post" action=format!("/reviews/practice/{practice}") novalidate>
            <input type="hidden" name="criterion" value=number.to_string()/>
            <fieldset class=class aria-describedby=invalid.then(|| format!("error-{number}"))>
                <legend>"Your level"</legend>
                {error}
                <div class="level-cards">{cards.collect_view()}</div>
            </fieldset>
            <p><button class="button" type="submit">{format!("Mark criterion {number}")}</button></p>
        </form>
    }
}
