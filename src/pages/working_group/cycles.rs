//! The cycles, and a new one that begins as the last one a year later.

use super::{group_frame, settings};
use crate::{
    components::{
        badge::{self, Tone},
        layout,
    },
    domain::{
        access::Role,
        calendar::{Deadline, day_long},
        call::{Call, Typed},
        moment::Moment,
    },
    server::{form::Form, problem::Problem, render::Page, working_group::WorkingGroup},
    store::{self, centre::Cycle},
};
use axum::{
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use leptos::prelude::*;

/// Whether they run every cycle, also one that is not yet there.
fn runs_all(here: &WorkingGroup) -> bool {
    here.account().grants.iter().any(|g| g.role == Role::Coordinator && g.cycle.is_none())
}

/// All cycles, the newest first.
pub async fn list(here: WorkingGroup) -> Result<Response, Problem> {
    let mut tx = here.desk().portal.store.read().await?;
    let mut cycles = tx.cycles().await?;
    drop(tx);
    cycles.retain(|cycle| here.require(cycle.id).is_ok());
    let (now, begins) = (here.desk().now(), runs_all(&here));
    let page = Page::new("Cycles", group_frame(&here, "Board"), move || {
        let rows = cycles.iter().map(|cycle| row(cycle, now)).collect_view();
        let begin =
            begins.then(|| view! { <p><a class="button" href="/working-group/cycles/new">"Begin a cycle"</a></p> });
        view! {
            <main class="page" id="main">
                {layout::crumbs(vec![("Board".into(), "/working-group".into())], "Cycles")}
                <div class="page-head"><div><h1>"Cycles"</h1><p class="soft">"One yearly call each, with its dates and rules."</p></div></div>
                {if cycles.is_empty() {
                    view! { <section class="panel stack"><h2>"No cycle yet"</h2><p>"Centres can apply once a cycle is open."</p></section> }.into_any()
                } else {
                    view! { <section class="panel" aria-label="Cycles"><ul class="owed" role="list">{rows}</ul></section> }.into_any()
                }}
                {begin}
            </main>
        }
    });
    Ok(here.desk().page(page).await)
}

fn row(cycle: &Cycle, now: Moment) -> impl IntoView + use<> {
    let base = format!("/working-group/cycles/{}", cycle.id);
    let (tone, state) = if cycle.open_at(now) {
        (Tone::Working, "Open")
    } else if now < cycle.opens {
        (Tone::Quiet, "Planned")
    } else {
        (Tone::Good, "Closed for submission")
    };
    let closes: &Deadline = &cycle.closes;
    let dates = format!(
        "{} to {}, edition {}",
        day_long(cycle.opens, &closes.zone),
        day_long(closes.at, &closes.zone),
        cycle.edition
    );
    let (board, rules, name) = (base.clone(), format!("{base}/settings"), cycle.name.clone());
    view! {
        <li>
            <span><a href=board>{format!("Cycle {name}")}</a><br/><span class="soft">{dates}</span></span>
            <span class="row">{badge::badge(tone, state)}<a href=rules>"Dates and rules"<span class="visually-hidden">{format!(" of {name}")}</span></a></span>
        </li>
    }
}

/// The form for a new cycle.
pub async fn ask(here: WorkingGroup) -> Result<Response, Problem> {
    if !runs_all(&here) {
        return Err(Problem::NotAllowed);
    }
    let typed = prefilled(&here).await?;
    settings::respond_new(&here, typed, Vec::new(), StatusCode::OK).await
}

/// As the last one, a year later; or the defaults of the portal.
async fn prefilled(here: &WorkingGroup) -> Result<Typed, Problem> {
    let portal = &here.desk().portal;
    let mut tx = portal.store.read().await?;
    let Some(last) = tx.cycles().await?.into_iter().next() else {
        let rules = crate::domain::cycle::Rules::default();
        let first = Call::first(&portal.catalogue.newest().name, here.desk().now(), rules);
        return Ok(first.typed());
    };
    let plan = tx.plan_of_cycle(last.id).await?.ok_or(Problem::Unexpected)?;
    Ok(tx.call(&plan).await?.next().typed())
}

/// Begins it.
pub async fn begin(here: WorkingGroup, form: Form) -> Result<Response, Problem> {
    if !runs_all(&here) {
        return Err(Problem::NotAllowed);
    }
    let typed = settings::typed(&form);
    let editions = settings::editions(&here);
    let call = match Call::read(&typed, &editions) {
        Ok(call) => call,
        Err(faults) => return settings::respond_new(&here, typed, faults, StatusCode::UNPROCESSABLE_ENTITY).await,
    };
    let mut tx = here.write().await?;
    match tx.begin_call(&here.stamp(), &call).await {
        Ok(id) => {
            tx.commit().await?;
            Ok(Redirect::to(&format!("/working-group/cycles/{id}/settings?done=begun")).into_response())
        }
        Err(store::Error::Taken) => {
            drop(tx);
            let text = format!("There is a cycle {} already. Choose another name", call.name);
            settings::respond_new(&here, typed, vec![("name".into(), text)], StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(other) => Err(other.into()),
    }
}
