//! Releases: decided applications leave in batches, proposed by one person and released by another.

mod batch;

pub use batch::{discard, release, show as show_batch};

use crate::{
    components::{
        badge::{self, Tone},
        layout,
        message::{self, Item},
    },
    domain::{
        access::{Action, Decision, may},
        calendar::day_long,
        id::{ApplicationId, CycleId},
        stage::StageName,
    },
    server::{
        form::Form,
        gate,
        problem::Problem,
        render::{Frame, Page},
        working_group::WorkingGroup,
    },
    store::{
        Tx,
        centre::Cycle,
        cycle::Plan,
        release::{Batch, Decided},
    },
};
use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use leptos::prelude::*;

/// A decision, with what waits at the gate.
struct Line {
    decided: Decided,
    /// Findings that nobody has cleared.
    open: usize,
    /// Whether the panel's levels are those that were decided on.
    same_levels: bool,
}

impl Line {
    async fn of(tx: &mut Tx, decided: Decided, cycle: CycleId) -> Result<Self, Problem> {
        let open = gate::open(&gate::findings(tx, decided.application, cycle).await?);
        let agreed = tx.consensus_of(decided.application).await?;
        let levels: String = agreed.iter().filter_map(|c| c.level).map(|l| l.number().to_string()).collect();
        let same_levels = tx.decision(decided.application).await?.is_some_and(|d| d.levels == levels);
        Ok(Self { decided, open, same_levels })
    }

    fn ready(&self) -> bool {
        self.open == 0 && self.same_levels
    }

    /// What keeps it from being released, with where to look.
    fn obstacle(&self) -> Option<Item> {
        let (name, base) =
            (self.decided.name.shown(), format!("/working-group/applications/{}", self.decided.application));
        if self.open != 0 {
            let text = format!("{name}: look at the names in what the centre reads first");
            Some(Item { text, href: format!("{base}/gate") })
        } else if self.same_levels {
            None
        } else {
            let text = format!("{name}: the panel's levels are not those that were decided on");
            Some(Item { text, href: format!("{base}/decision") })
        }
    }

    fn badge(&self) -> AnyView {
        if self.ready() {
            badge::badge(Tone::Good, "Ready").into_any()
        } else if self.open == 0 {
            badge::badge(Tone::Problem, "Levels changed").into_any()
        } else {
            badge::badge(Tone::Attention, format!("{} to look at", self.open)).into_any()
        }
    }
}

/// By the name of the centre.
fn by_name(lines: &mut [Line]) {
    lines.sort_by_key(|l| (l.decided.name.shown().to_lowercase(), l.decided.application));
}

fn frame_of(here: &WorkingGroup, cycle: &Cycle) -> Frame {
    Frame {
        name: Some(here.account().name.shown().to_owned()),
        working_group: here.coordinates(cycle.id),
        current: "Working group",
        ..Frame::default()
    }
}

fn path(cycle: CycleId) -> String {
    format!("/working-group/cycles/{cycle}/releases")
}

/// The cycle of the address, for somebody of its working group.
async fn cycle_of(here: &WorkingGroup, tx: &mut Tx, cycle: &str) -> Result<Plan, Problem> {
    let id = CycleId::parse(cycle).ok_or(Problem::NotFound)?;
    let plan = tx.plan_of_cycle(id).await?.ok_or(Problem::NotFound)?;
    here.require(id)?;
    Ok(plan)
}

/// The page: what is decided, what is proposed, what was released, and which appeals wait.
pub async fn show(here: WorkingGroup, Path(cycle): Path<String>) -> Result<Response, Problem> {
    let mut tx = here.desk().portal.store.read().await?;
    let plan = cycle_of(&here, &mut tx, &cycle).await?;
    drop(tx);
    respond(&here, &plan, &[], Vec::new(), StatusCode::OK).await
}

async fn respond(
    here: &WorkingGroup,
    plan: &Plan,
    chosen: &[ApplicationId],
    items: Vec<Item>,
    status: StatusCode,
) -> Result<Response, Problem> {
    let cycle = plan.cycle.clone();
    let mut tx = here.desk().portal.store.read().await?;
    let mut waiting = Vec::new();
    for decided in tx.decided_for(cycle.id, here.id()).await? {
        if decided.stage == StageName::Decided && decided.batch.is_none() {
            waiting.push(Line::of(&mut tx, decided, cycle.id).await?);
        }
    }
    by_name(&mut waiting);
    let batches = tx.batches_for(cycle.id, here.id()).await?;
    let appeals = tx.open_appeals(cycle.id).await?;
    let mut asked = Vec::new();
    for application in appeals {
        let standing = tx.standing(application, here.id()).await?.filter(|s| {
            let stage = s.application.stage.name();
            !s.relation.of_centre() && may(s.relation, stage, Action::AnswerAppeal) == Decision::Allowed
        });
        let line = standing.map(|s| {
            let href = format!("/working-group/applications/{application}/appeal");
            (s.application.identity.name().to_owned(), href)
        });
        asked.extend(line);
    }
    drop(tx);
    asked.sort();
    let frame = frame_of(here, &cycle);
    let chosen = chosen.to_vec();
    let page = Page::new(format!("Releases {}", cycle.name), frame, move || {
        let proposed = batches.iter().filter(|(b, _)| b.released.is_none()).map(|(b, d)| batch_line(&cycle, b, d));
        let released = batches.iter().filter(|(b, _)| b.released.is_some()).map(|(b, d)| batch_line(&cycle, b, d));
        let (proposed, released) = (proposed.collect_view(), released.collect_view());
        view! {
            <main class="page" id="main">
                {layout::crumbs(Vec::new(), format!("Releases {}", cycle.name))}
                <div class="page-head"><div>
                    <h1>{format!("Releases {}", cycle.name)}</h1>
                    <p class="soft">"Decisions become visible to their centres in batches, all at one time and in no order. One person proposes a batch, another one releases it."</p>
                </div></div>
                {message::refused(items)}
                {waiting_view(&cycle, &waiting, &chosen)}
                {section("proposed", "Proposed, to be released by another person", proposed, "No batch waits.")}
                {section("released", "Released", released, "Nothing was released yet.")}
                {appeals_view(asked)}
            </main>
        }
    });
    Ok(here.desk().page_with(status, page).await)
}

/// Proposes a batch.
pub async fn propose(here: WorkingGroup, Path(cycle): Path<String>, form: Form) -> Result<Response, Problem> {
    let mut tx = here.write().await?;
    let plan = cycle_of(&here, &mut tx, &cycle).await?;
    let cycle = plan.cycle.id;
    let mut chosen: Vec<ApplicationId> = form.all("application").filter_map(ApplicationId::parse).collect();
    chosen.sort_unstable();
    chosen.dedup();
    let refuse = |item: Item| vec![item];
    if chosen.is_empty() {
        drop(tx);
        let item = Item { text: "Choose at least one decision".into(), href: "#decided".into() };
        return respond(&here, &plan, &chosen, refuse(item), StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    for (batch, mut decisions) in tx.batches_for(cycle, here.id()).await? {
        decisions.sort_by_key(|d| d.application);
        let same = decisions.iter().map(|d| d.application).eq(chosen.iter().copied());
        if same && batch.released.is_none() && batch.proposed_by == here.id() {
            // A second press of the button.
            return Ok(Redirect::to(&format!("{}/{}", path(cycle), batch.id)).into_response());
        }
    }
    let mut items = Vec::new();
    let visible = tx.decided_for(cycle, here.id()).await?;
    for application in &chosen {
        let decided = visible.iter().find(|d| d.application == *application && d.stage == StageName::Decided);
        // Somebody else's, unknown, or in a batch that was released: all the same.
        let decided = decided.filter(|d| d.batch.is_none()).cloned().ok_or(Problem::Stale)?;
        items.extend(Line::of(&mut tx, decided, cycle).await?.obstacle());
    }
    if !items.is_empty() {
        drop(tx);
        return respond(&here, &plan, &chosen, items, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let id = tx.propose_batch(&here.stamp(), cycle, &chosen).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("{}/{id}", path(cycle))).into_response())
}

fn waiting_view(cycle: &Cycle, waiting: &[Line], chosen: &[ApplicationId]) -> AnyView {
    if waiting.is_empty() {
        return view! { <section class="panel" aria-labelledby="decided"><h2 id="decided">"Decided"</h2><p class="soft">"No decision waits for a batch."</p></section> }.into_any();
    }
    let rows = waiting.iter().map(|line| {
        let (id, name) = (line.decided.application, line.decided.name.shown().to_owned());
        let field = format!("application-{id}");
        let checked = if chosen.is_empty() { line.ready() } else { chosen.contains(&id) };
        let base = format!("/working-group/applications/{id}");
        view! {
            <tr>
                <td><div class="choice"><input id=field.clone() type="checkbox" name="application" value=id.to_string() checked=checked/><label for=field>{name}</label></div></td>
                <td data-label="Outcome"><a href=format!("{base}/decision")>{line.decided.outcome.name()}</a></td>
                <td data-label="Confirmed">{day_long(line.decided.confirmed, &cycle.closes.zone)}</td>
                <td data-label="Names and levels"><a href=format!("{base}/gate")>{line.badge()}</a></td>
            </tr>
        }
    });
    view! {
        <section class="panel" aria-labelledby="decided">
            <h2 id="decided">"Decided"</h2>
            <form class="stack" method="post" action=path(cycle.id)>
                <div class="table-box"><table class="stacks">
                    <caption class="visually-hidden">"Decisions that are in no batch yet"</caption>
                    <thead><tr><th scope="col">"Centre"</th><th scope="col">"Outcome"</th><th scope="col">"Confirmed"</th><th scope="col">"Names and levels"</th></tr></thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table></div>
                <p><button class="button" type="submit">"Propose this batch"</button></p>
            </form>
        </section>
    }
    .into_any()
}

fn section(id: &'static str, title: &'static str, items: Vec<AnyView>, empty: &'static str) -> impl IntoView {
    let list = if items.is_empty() {
        view! { <p class="soft">{empty}</p> }.into_any()
    } else {
        view! { <ul class="owed" role="list">{items}</ul> }.into_any()
    };
    view! { <section class="panel" aria-labelledby=id><h2 id=id>{title}</h2>{list}</section> }
}

fn batch_line(cycle: &Cycle, batch: &Batch, decisions: &[Decided]) -> AnyView {
    let zone = &cycle.closes.zone;
    let name = match decisions.len() {
        1 => "1 decision".to_owned(),
        n => format!("{n} decisions"),
    };
    let said = match batch.released {
        Some(at) => format!("Released on {}", day_long(at, zone)),
        None => format!("Proposed by {} on {}", batch.proposer.shown(), day_long(batch.proposed, zone)),
    };
    let (tone, word) = if batch.released.is_some() { (Tone::Good, "Released") } else { (Tone::Working, "Proposed") };
    let href = format!("{}/{}", path(cycle.id), batch.id);
    view! { <li><span><a href=href>{name}</a><br/><span class="soft">{said}</span></span>{badge::badge(tone, word)}</li> }.into_any()
}

fn appeals_view(asked: Vec<(String, String)>) -> Option<impl IntoView> {
    let items = asked.into_iter().map(|(name, href)| {
        view! { <li><span><a href=href>{name}</a></span>{badge::badge(Tone::Attention, "To answer")}</li> }
    });
    let items = items.collect_view();
    (!items.is_empty()).then(|| {
        view! { <section class="panel" aria-labelledby="appeals"><h2 id="appeals">"Appeals and corrections"</h2><ul class="owed" role="list">{items}</ul></section> }
    })
}
