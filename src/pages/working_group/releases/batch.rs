//! One batch: looked at, released by another person, or let go.

use super::{Line, by_name, cycle_of, frame_of, path};
use crate::{
    components::{
        layout,
        message::{self, Item},
    },
    domain::{
        blind::shuffle,
        calendar::day_long,
        designation::Term,
        id::{ApplicationId, BatchId},
        two_people::Same,
    },
    server::{form::Form, mail, problem::Problem, render::Page, working_group::WorkingGroup},
    store::{
        Tx,
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

/// The batch of the address. One that holds what somebody must not see does not exist for them.
async fn batch_of(here: &WorkingGroup, tx: &mut Tx, plan: &Plan, id: &str) -> Result<(Batch, Vec<Decided>), Problem> {
    let id = BatchId::parse(id).ok_or(Problem::NotFound)?;
    let batches = tx.batches_for(plan.cycle.id, here.id()).await?;
    batches.into_iter().find(|(batch, _)| batch.id == id).ok_or(Problem::NotFound)
}

/// The batch.
pub async fn show(here: WorkingGroup, Path((cycle, batch)): Path<(String, String)>) -> Result<Response, Problem> {
    let mut tx = here.desk().portal.store.read().await?;
    let plan = cycle_of(&here, &mut tx, &cycle).await?;
    let found = batch_of(&here, &mut tx, &plan, &batch).await?;
    respond(&here, tx, &plan, found, Vec::new(), StatusCode::OK).await
}

async fn respond(
    here: &WorkingGroup,
    mut tx: Tx,
    plan: &Plan,
    (batch, decisions): (Batch, Vec<Decided>),
    mut items: Vec<Item>,
    status: StatusCode,
) -> Result<Response, Problem> {
    let same = tx.same_person(batch.proposed_by, here.id()).await?;
    let mut lines = Vec::new();
    for decided in decisions {
        lines.push(Line::of(&mut tx, decided, plan.cycle.id).await?);
    }
    drop(tx);
    by_name(&mut lines);
    if batch.released.is_none() && items.is_empty() && status == StatusCode::OK {
        items.extend(lines.iter().filter_map(Line::obstacle));
    }
    let plan = plan.clone();
    let page = Page::new("Batch", frame_of(here, &plan.cycle), move || view(&plan, &batch, &lines, same, items));
    Ok(here.desk().page_with(status, page).await)
}

/// Releases the batch: every decision in it, or none.
pub async fn release(
    here: WorkingGroup,
    Path((cycle, batch)): Path<(String, String)>,
    form: Form,
) -> Result<Response, Problem> {
    let mut tx = here.desk().portal.store.read().await?;
    let plan = cycle_of(&here, &mut tx, &cycle).await?;
    let (found, _) = batch_of(&here, &mut tx, &plan, &batch).await?;
    drop(tx);
    let place = format!("{}/{}", path(plan.cycle.id), found.id);
    if found.released.is_some() {
        // A second press of the button.
        return Ok(Redirect::to(&place).into_response());
    }
    here.desk().require_step_up().await?;
    let mut tx = here.write().await?;
    let plan = cycle_of(&here, &mut tx, &cycle).await?;
    let (batch, decisions) = batch_of(&here, &mut tx, &plan, &batch).await?;
    if batch.released.is_some() {
        return Ok(Redirect::to(&place).into_response());
    }
    if form.get("version") != batch.version.to_string() {
        return Err(Problem::Stale);
    }
    let mut items = Vec::new();
    if let Some(same) = tx.same_person(batch.proposed_by, here.id()).await? {
        let text = format!("Another person has to release this batch: {}", same.reason());
        items.push(Item { text, href: "#release".into() });
    }
    for decided in &decisions {
        tx.hold_texts(decided.application).await?;
        items.extend(Line::of(&mut tx, decided.clone(), plan.cycle.id).await?.obstacle());
    }
    if !items.is_empty() {
        drop(tx);
        let tx = here.desk().portal.store.read().await?;
        return respond(&here, tx, &plan, (batch, decisions), items, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    release_all(&here, &mut tx, &plan, &batch, &decisions).await?;
    tx.commit().await?;
    Ok(Redirect::to(&place).into_response())
}

/// Every decision of the batch, in a shuffled order and at one time, with its designation and the letters to its centre.
async fn release_all(
    here: &WorkingGroup,
    tx: &mut Tx,
    plan: &Plan,
    batch: &Batch,
    decisions: &[Decided],
) -> Result<(), Problem> {
    let stamp = here.stamp();
    let mut order: Vec<ApplicationId> = decisions.iter().map(|d| d.application).collect();
    order.sort_unstable();
    shuffle(&mut order, stamp.chance.bits());
    tx.release_batch(&stamp, batch, &order).await?;
    let term = Term::awarded(&plan.award);
    for application in &order {
        let decided = decisions.iter().find(|d| d.application == *application).ok_or(Problem::Unexpected)?;
        tx.release_application(&stamp, *application).await?;
        if decided.outcome.designates() {
            tx.add_designation(&stamp, decided.centre, *application, term.from, term.until).await?;
        }
        let standing = tx.standing(*application, here.id()).await?.ok_or(Problem::Unexpected)?;
        mail::released(tx, &stamp, &here.desk().portal.settings.origin, &standing.application).await?;
    }
    Ok(())
}

/// Lets the decisions of a batch go, so that another one can be proposed.
pub async fn discard(
    here: WorkingGroup,
    Path((cycle, batch)): Path<(String, String)>,
    form: Form,
) -> Result<Response, Problem> {
    let mut tx = here.write().await?;
    let plan = cycle_of(&here, &mut tx, &cycle).await?;
    let (batch, _) = batch_of(&here, &mut tx, &plan, &batch).await?;
    if batch.released.is_some() || form.get("version") != batch.version.to_string() {
        return Err(Problem::Stale);
    }
    tx.discard_batch(&here.stamp(), &batch).await?;
    tx.commit().await?;
    Ok(Redirect::to(&path(plan.cycle.id)).into_response())
}

fn view(plan: &Plan, batch: &Batch, lines: &[Line], same: Option<Same>, items: Vec<Item>) -> impl IntoView + use<> {
    let cycle = &plan.cycle;
    let zone = &cycle.closes.zone;
    let released = batch.released.is_some();
    let rows = lines.iter().map(|line| {
        let base = format!("/working-group/applications/{}", line.decided.application);
        let state = (!released).then(
            || view! { <td data-label="Names and levels"><a href=format!("{base}/gate")>{line.badge()}</a></td> },
        );
        view! {
            <tr>
                <th scope="row"><a href=format!("{base}/decision")>{line.decided.name.shown().to_owned()}</a></th>
                <td data-label="Outcome">{line.decided.outcome.name()}</td>
                {state}
            </tr>
        }
    });
    let heading = match lines.len() {
        1 => "A batch of 1 decision".to_owned(),
        n => format!("A batch of {n} decisions"),
    };
    let said = match batch.released {
        Some(at) => {
            format!("Released on {}. Each centre was written to with the next batch of mail.", day_long(at, zone))
        }
        None => format!("Proposed by {} on {}.", batch.proposer.shown(), day_long(batch.proposed, zone)),
    };
    let here = format!("{}/{}", path(cycle.id), batch.id);
    let act = (!released).then(|| act(&here, batch.version, same));
    view! {
        <main class="page" id="main">
            {layout::crumbs(vec![(format!("Releases {}", cycle.name), path(cycle.id))], "Batch")}
            <div class="page-head"><div><h1>{heading}</h1><p class="soft">{said}</p></div></div>
            {message::refused(items)}
            {released.then(|| message::done("This batch is released."))}
            <section class="panel" aria-labelledby="decisions">
                <h2 id="decisions">"Decisions"</h2>
                <div class="table-box"><table class="stacks">
                    <caption class="visually-hidden">"Decisions of this batch"</caption>
                    <thead><tr><th scope="col">"Centre"</th><th scope="col">"Outcome"</th>{(!released).then(|| view! { <th scope="col">"Names and levels"</th> })}</tr></thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table></div>
            </section>
            {act}
        </main>
    }
}

fn act(here: &str, version: i64, same: Option<Same>) -> impl IntoView + use<> {
    let version = version.to_string();
    let release = match same {
        Some(same) => {
            view! { <p>{format!("Another person has to release this batch: {}.", same.reason())}</p> }.into_any()
        }
        None => view! {
            <p>"Every centre sees its decision at once, and is written to. This cannot be undone."</p>
            <form method="post" action=here.to_owned() class="row">
                <input type="hidden" name="version" value=version.clone()/>
                <button class="button" type="submit">"Release all of them"</button>
            </form>
        }
        .into_any(),
    };
    view! {
        <section class="panel stack" aria-labelledby="release">
            <h2 id="release">"Release"</h2>
            {release}
            <form method="post" action=format!("{here}/discard") class="row">
                <input type="hidden" name="version" value=version/>
                <button class="button quiet" type="submit">"Discard this batch"</button>
            </form>
        </section>
    }
}
