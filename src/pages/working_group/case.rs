//! One application for the working group: what it is, where it stands, whose turn it is, and the ways on.

use super::{applications::stage_badge, case_frame, case_title, case_way};
use crate::{
    components::layout,
    domain::{
        access::Action,
        calendar::day_long,
        owing::{self, Facts, Owner, Step},
        stage::{Stage, StageName},
    },
    server::{presiding::Presiding, problem::Problem, render::Page},
    store::{call::Extension, cycle::Plan, event},
};
use axum::{extract::Query, response::Response};
use leptos::prelude::*;
use serde::Deserialize;

/// What a redirect to this page says.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Said {
    /// What was done: `accepted`, `returned` or `extended`.
    #[serde(default)]
    pub done: String,
}

struct Data {
    here: Presiding,
    plan: Plan,
    facts: Facts,
    extensions: Vec<Extension>,
    history: Vec<(String, String)>,
    done: String,
}

/// What the centre does with its own text says nothing about the review.
fn of_the_text(kind: &str) -> bool {
    ["Answer", "Evidence", "Note", "Action", "Owner", "Signatory", "Declared", "Application"]
        .iter()
        .any(|beginning| kind.starts_with(beginning) && kind != "ApplicationStarted")
}

/// The page.
pub async fn show(here: Presiding, Query(said): Query<Said>) -> Result<Response, Problem> {
    here.require(Action::Know)?;
    let application = here.application();
    let mut tx = here.portal().store.read().await?;
    let plan = tx.plan_of_cycle(application.cycle.id).await?.ok_or(Problem::Unexpected)?;
    let facts = tx.facts(application.id, plan.rules.reviewers).await?;
    let extensions = tx.extensions_of(application.id).await?;
    let events = if here.may(Action::Read) { tx.events_of(&application.id.to_string()).await? } else { Vec::new() };
    drop(tx);
    let zone = application.cycle.closes.zone.clone();
    let history = events
        .into_iter()
        .filter(|(kind, _)| !of_the_text(kind))
        .map(|(kind, at)| (event::words(&kind), day_long(at, &zone)))
        .rev()
        .collect();
    let data = Data { plan, facts, extensions, history, done: said.done, here: here.clone() };
    let title = case_title(application);
    let page = Page::new(title, case_frame(&here), move || view(&data));
    Ok(here.desk().page(page).await)
}

fn view(data: &Data) -> AnyView {
    let here = &data.here;
    let application = here.application();
    let (stage, zone) = (application.stage.name(), &application.cycle.closes.zone);
    let returned = matches!(application.stage, Stage::Draft { returned: Some(_) });
    let step = owing::next(&application.stage, &data.facts);
    let place = format!("{}, {}", application.identity.city(), application.identity.country());
    let mut way = case_way(here);
    way.pop();
    let done = match data.done.as_str() {
        "accepted" => Some("The application is accepted. Reviewers can read its blind copy"),
        "returned" => Some("The application is returned. The centre was written to"),
        "extended" => Some("The deadline is moved. The centre sees it on its pages"),
        _ => None,
    };
    let done = done.map(crate::components::message::done);
    let deadline =
        (stage == StageName::Draft && !returned).then(|| layout::deadline(&application.cycle.closes, here.now()));
    let history = data
        .history
        .iter()
        .map(|(what, day)| view! { <li><span>{what.clone()}</span><span class="soft">{day.clone()}</span></li> });
    let history = history.collect_view();
    view! {
        <main class="page" id="main">
            {layout::crumbs(way, application.identity.name().to_owned())}
            <div class="page-head">
                <div>
                    <h1>{application.identity.name().to_owned()}</h1>
                    <p class="facts">{stage_badge(stage, returned)}<span>{case_title(application)}</span><span>{place}</span><span>{format!("Criteria edition {}", application.edition)}</span></p>
                </div>
                {deadline}
            </div>
            {done}
            {next_step(data, &step)}
            {ways(data)}
            {standing(data, zone)}
            {extensions(data, zone)}
            {(!history.is_empty()).then(|| view! {
                <section class="panel" aria-labelledby="history"><h2 id="history">"History"</h2><ul class="owed" role="list">{history}</ul></section>
            })}
        </main>
    }
    .into_any()
}

fn next_step(data: &Data, step: &Step) -> impl IntoView + use<> {
    let here = &data.here;
    let yours = match step.owner {
        Owner::Secretariat => here.is_coordinator(),
        Owner::Chair => here.is_chair(),
        _ => false,
    };
    let who = if yours { format!("{} (you)", step.owner.name()) } else { step.owner.name().to_owned() };
    let over = step.owner == Owner::Nobody;
    let go = step.place.map(|place| {
        let class = if yours { "button" } else { "button quiet" };
        view! { <p><a class=class href=here.path(place)>{if yours { "Go there" } else { "Look" }}</a></p> }
    });
    let said = if over { step.what.clone() } else { format!("{who}: {}", lower(&step.what)) };
    view! { <section class="panel" aria-labelledby="next"><h2 id="next">"Next step"</h2><p>{said}"."</p>{go}</section> }
}

fn lower(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

fn standing(data: &Data, zone: &str) -> impl IntoView + use<> {
    let facts = data.facts;
    let reviewing =
        !matches!(data.here.application().stage.name(), StageName::Draft | StageName::Submitted | StageName::Withdrawn);
    let counts = [
        ("asked", facts.asked),
        ("review it", facts.accepted),
        ("reviews handed in", facts.submitted),
        ("questions with the centre", facts.with_centre),
    ];
    let counts = counts.map(|(what, count)| view! { <div><dt>{what}</dt><dd>{count}</dd></div> });
    let due = format!("Reviews are due {}.", day_long(data.plan.reviews_due.at, zone));
    reviewing.then(|| view! {
        <section class="panel" aria-labelledby="standing"><h2 id="standing">"Where it stands"</h2><dl class="counts">{counts.collect_view()}</dl><p class="soft">{due}</p></section>
    })
}

/// The ways on that are open now.
fn ways(data: &Data) -> impl IntoView + use<> {
    let here = &data.here;
    let stage = here.application().stage.name();
    let submitted = !matches!(stage, StageName::Draft | StageName::Withdrawn);
    let reviewed = !matches!(stage, StageName::Draft | StageName::Submitted | StageName::Withdrawn);
    let decided = matches!(stage, StageName::Deliberation | StageName::Decided | StageName::Released);
    let ways = [
        (
            submitted && here.may(Action::Read),
            "/file",
            "Read the application",
            "As it was handed in, with its evidence",
        ),
        (
            submitted && here.may(Action::Read),
            "/screening",
            "Screening",
            "What is missing, what names the centre, what looks like a patient's data",
        ),
        (reviewed, "/panel", "Panel", "Reviewers, conflicts, who leads"),
        (reviewed, "/requests", "Questions to the centre", "Asked, passed on, answered"),
        (reviewed, "/deliberation", "Deliberation", "Levels side by side, disagreements, feedback"),
        (decided, "/decision", "Decision", "Suggested outcome, proposal, confirmation"),
        (stage == StageName::Released, "/appeal", "Appeal", "An appeal, or the correction of a fact"),
        (here.may(Action::Extend), "/extension", "Move the deadline", "For this application alone"),
    ];
    let items = ways.into_iter().filter(|(open, ..)| *open).zip(1..).map(|((_, rest, name, more), number)| {
        view! {
            <li>
                <span class="item-number" aria-hidden="true">{number}</span>
                <div><a href=here.path(rest)>{name}</a><span class="soft">{more}</span></div>
            </li>
        }
    });
    let items = items.collect_view();
    (!items.is_empty()).then(
        || view! { <nav class="task-group" aria-label="This application"><ul class="task-list">{items}</ul></nav> },
    )
}

fn extensions(data: &Data, zone: &str) -> impl IntoView + use<> {
    let rows = data.extensions.iter().map(|e| {
        let text = format!("Moved to {}, decided {}", day_long(e.until, zone), day_long(e.at, zone));
        view! { <li><span>{text}<br/><span class="soft">{e.reason.clone()}</span></span></li> }
    });
    let rows = rows.collect_view();
    (!rows.is_empty()).then(|| view! {
        <section class="panel" aria-labelledby="moved"><h2 id="moved">"Deadline of its own"</h2><ul class="owed" role="list">{rows}</ul></section>
    })
}
