//! One review: the 13 criteria, how far each is, and what is missing before it is handed in.

use super::{Said, at, bar, file, frame, named, own_names, seat, title, used_at};
use crate::{
    catalogue::Edition,
    components::{
        badge::{self, Tone},
        message::{self, Item},
        named,
    },
    domain::{
        access::Action,
        blind::BlindCopy,
        criteria::{COUNT, Group},
        naming::Hit,
        reviewing::{Marked, missing},
        stage::StageName,
    },
    server::{problem::Problem, render::Page, reviewing::Reviewing},
    store::review::StoredMark,
};
use axum::{extract::Query, response::Response};
use leptos::prelude::*;

/// The page: the question or the declaration first, where one of them is open.
pub async fn show(reviewing: Reviewing, Query(said): Query<Said>) -> Result<Response, Problem> {
    if reviewing.file().is_none() {
        return seat::before(&reviewing, &said).await;
    }
    let copy = file(&reviewing)?;
    let marks = reviewing.portal().store.read().await?.marks_of(reviewing.seat().id).await?;
    let known = own_names(&reviewing).await?;
    let mut hits: Vec<(String, String, Hit)> = Vec::new();
    for mark in &marks {
        let path = reviewing.path(&format!("/criteria/{}", mark.criterion));
        for (field, hit) in named(&mark.mark, &known) {
            let place = format!("Criterion {}, {}", mark.criterion, super::field_name(field).to_lowercase());
            hits.push((format!("{path}#{field}"), place, hit));
        }
    }
    let centre = seat::shown_centre(&reviewing).await?;
    let centre = centre.map(|c| view! { <p class="soft">{format!("{}, {}", c.name(), c.country())}</p> }.into_any());
    let list = criteria(&reviewing, reviewing.edition()?, copy, &marks);
    let (head, side) = (bar(&reviewing, Some(&marks)), finish(&reviewing, &marks));
    let (told, named) = (told(&said), named::section(hits));
    let page = Page::new(title(&reviewing), frame(&reviewing).await?, move || {
        view! {
            <main class="page review-page" id="main">
                {head}
                {centre}
                {told.map(message::done)}
                <div class="split">
                    <div class="column"><section class="stack" aria-labelledby="criteria"><h2 id="criteria">"Criteria"</h2>{list}</section></div>
                    <div class="column">{side}{named}</div>
                </div>
            </main>
        }
    });
    Ok(reviewing.desk().page(page).await)
}

fn told(said: &Said) -> Option<&'static str> {
    match said.done.as_str() {
        "submitted" => Some("Your review is handed in. You can reopen it until the deliberation begins."),
        "reopened" => Some("Your review is open again. Hand it in once more when you are done."),
        "handed-in" => Some("This review is handed in. Reopen it first."),
        "opened" => Some("You have read the file, so accepting cannot be undone. You can give the review back below."),
        "too-late" => Some("The deliberation has begun. Levels can be revised there."),
        _ => None,
    }
}

fn criteria(reviewing: &Reviewing, edition: &Edition, copy: &BlindCopy, marks: &[StoredMark]) -> AnyView {
    let groups = Group::ALL.into_iter().map(|group| {
        let items = edition.criteria.iter().filter(|c| c.group == group).map(|criterion| {
            let mark = at(marks, criterion.number).map(|m| &m.mark);
            let marked = Marked::of(mark);
            let tone = match marked {
                Marked::Not => Tone::Quiet,
                Marked::Begun => Tone::Working,
                Marked::Whole => Tone::Good,
            };
            let evidence = match used_at(copy, criterion.number).len() {
                0 => "no evidence".to_owned(),
                1 => "1 piece of evidence".to_owned(),
                n => format!("{n} pieces of evidence"),
            };
            let href = reviewing.path(&format!("/criteria/{}", criterion.number));
            let label = format!("Criterion {}: {}", criterion.number, criterion.title);
            view! {
                <li>
                    <span class="item-number" aria-hidden="true">{criterion.number}</span>
                    <div><a href=href aria-label=label>{criterion.title.clone()}</a><span class="soft">{evidence}</span></div>
                    {badge::level(mark.and_then(|m| m.level))}
                    {badge::badge(tone, marked.name())}
                </li>
            }
        });
        view! { <div class="task-group"><h3>{group.name()}</h3><ul class="task-list">{items.collect_view()}</ul></div> }
    });
    groups.collect_view().into_any()
}

/// What is missing at the criteria, with the way to each place.
pub fn missing_items(reviewing: &Reviewing, marks: &[StoredMark]) -> Vec<Item> {
    let empty = crate::domain::review::Mark::default();
    let items = (1..=COUNT).flat_map(|number| {
        let mark = at(marks, number).map_or(&empty, |m| &m.mark);
        missing(mark).into_iter().map(move |m| (number, m))
    });
    let item = |(number, missing): (u8, crate::domain::reviewing::Missing)| Item {
        text: format!("Criterion {number}: {}", missing.message()),
        href: reviewing.path(&format!("/criteria/{number}#{}", missing.field())),
    };
    items.map(item).collect()
}

fn finish(reviewing: &Reviewing, marks: &[StoredMark]) -> AnyView {
    let base = reviewing.path("");
    let submitted = reviewing.seat().submitted.is_some();
    if reviewing.stage() == StageName::Deliberation {
        let leads = reviewing.seat().leads.then(|| {
            view! { <p>"You lead this panel: you compile what the centre will read. "<a href=format!("{base}/feedback")>"Compile the feedback"</a></p> }
        });
        return view! {
            <section class="panel stack" aria-labelledby="finish">
                <h2 id="finish">"Deliberation"</h2>
                <p>"All reviews are in. You see the others under letters now, and they see yours."</p>
                <p><a class="button" href=format!("{base}/deliberation")>"Go to the deliberation"</a></p>
                {leads}
            </section>
        }
        .into_any();
    }
    let items = missing_items(reviewing, marks);
    let state = if submitted {
        view! {
            <p>"Your review is handed in. Nothing more is to be done until the others are in too."</p>
            <form method="post" action=format!("{base}/reopen")><button class="button quiet" type="submit">"Reopen it"</button></form>
        }
        .into_any()
    } else if items.is_empty() {
        view! { <p>"All 13 criteria are marked."</p><p><a class="button" href=format!("{base}/submit")>"Recommend and hand in"</a></p> }.into_any()
    } else {
        let count = match items.len() {
            1 => "1 thing is missing before you hand it in".to_owned(),
            n => format!("{n} things are missing before you hand it in"),
        };
        view! {
            <details><summary>{count}</summary>{message::list(items)}</details>
            <p><a class="button quiet" href=format!("{base}/submit")>"Recommend and hand in"</a></p>
        }
        .into_any()
    };
    let give_back = (!submitted && reviewing.may(Action::Mark)).then(|| {
        view! {
            <details>
                <summary>"Give this review back"</summary>
                <form class="form" method="post" action=format!("{base}/decline")>
                    <div class="field">
                        <label for="reason">"Reason for the coordinator"</label>
                        <p class="hint" id="reason-hint">"You may leave it out. What you have marked stays, in case you take it back."</p>
                        <textarea id="reason" name="reason" rows="3" aria-describedby="reason-hint"></textarea>
                    </div>
                    <p><button class="button quiet" type="submit">"Give it back"</button></p>
                </form>
            </details>
        }
    });
    view! {
        <section class="panel stack" aria-labelledby="finish">
            <h2 id="finish">"Hand in"</h2>
            {state}
            <ul class="stack" role="list">
                <li><a href=format!("{base}/preview")>"What the centre will see"</a></li>
                <li><a href=format!("{base}/requests")>"Questions to the centre"</a></li>
                <li><a href=format!("{base}/conflict")>"I recognise this centre, or have a conflict"</a></li>
            </ul>
            {give_back}
        </section>
    }
    .into_any()
}
