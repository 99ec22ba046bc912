//! Dates and rules of a cycle.

mod view;

use super::group_frame;
use crate::{
    domain::{
        call::{Call, DATES, Fault, Typed, YES},
        id::CycleId,
    },
    server::{form::Form, problem::Problem, render::Page, working_group::WorkingGroup},
    store::{self, cycle::Plan},
};
use axum::{
    extract::{Path, Query},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use view::Data;

/// What a redirect to this page says.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Said {
    /// What was done: `begun` or `saved`.
    #[serde(default)]
    pub done: String,
}

/// The editions that a cycle can be pinned to.
pub(super) fn editions(here: &WorkingGroup) -> Vec<&str> {
    here.desk().portal.catalogue.editions().iter().map(|e| e.name.as_str()).collect()
}

/// The fields of the form; what the form does not know is left out.
pub(super) fn typed(form: &Form) -> Typed {
    let mut typed = Typed::new();
    for (name, text) in &form.0 {
        typed.insert(name.clone(), crate::domain::text::one_line(text));
    }
    for box_name in ["across", "country-conflict"] {
        let ticked = if form.get(box_name) == YES { YES } else { "" };
        typed.insert(box_name.to_owned(), ticked.to_owned());
    }
    debug_assert!(DATES.iter().all(|(key, _)| !key.is_empty()));
    typed
}

async fn plan(here: &WorkingGroup, id: &str) -> Result<(Plan, Call, bool), Problem> {
    let id = CycleId::parse(id).ok_or(Problem::NotFound)?;
    here.require(id)?;
    let mut tx = here.desk().portal.store.read().await?;
    let plan = tx.plan_of_cycle(id).await?.ok_or(Problem::NotFound)?;
    let call = tx.call(&plan).await?;
    let begun = tx.begun(id).await?;
    Ok((plan, call, begun))
}

/// The settings: a form for who runs the cycle, to read for the chair.
pub async fn show(
    here: WorkingGroup,
    Path(cycle): Path<String>,
    Query(said): Query<Said>,
) -> Result<Response, Problem> {
    let (plan, call, begun) = plan(&here, &cycle).await?;
    let data = Data { begun, done: said.done, ..Data::of(&here, Some(&plan), call.typed()) };
    respond(&here, data, StatusCode::OK).await
}

async fn respond(here: &WorkingGroup, data: Data, status: StatusCode) -> Result<Response, Problem> {
    let page = Page::new(data.title(), group_frame(here, "Board"), move || view::page(&data));
    Ok(here.desk().page_with(status, page).await)
}

/// The same form for a cycle that is not there yet.
pub(super) async fn respond_new(
    here: &WorkingGroup,
    typed: Typed,
    faults: Vec<Fault>,
    status: StatusCode,
) -> Result<Response, Problem> {
    respond(here, Data { faults, ..Data::of(here, None, typed) }, status).await
}

/// Saves them, when nothing has to be mended and nobody was quicker.
pub async fn save(here: WorkingGroup, Path(cycle): Path<String>, form: Form) -> Result<Response, Problem> {
    let id = CycleId::parse(&cycle).ok_or(Problem::NotFound)?;
    here.require_coordinator(id)?;
    let typed = typed(&form);
    let mut tx = here.write().await?;
    let plan = tx.plan_of_cycle(id).await?.ok_or(Problem::NotFound)?;
    let before = tx.call(&plan).await?;
    let begun = tx.begun(id).await?;
    let data = Data { begun, ..Data::of(&here, Some(&plan), typed.clone()) };
    let after = match Call::read(&typed, &editions(&here)) {
        Ok(after) => after,
        Err(faults) => {
            drop(tx);
            return respond(&here, Data { faults, ..data }, StatusCode::UNPROCESSABLE_ENTITY).await;
        }
    };
    let faults = if begun { before.frozen(&after) } else { Vec::new() };
    if !faults.is_empty() {
        drop(tx);
        return respond(&here, Data { faults, ..data }, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    if before == after {
        // A second press of the button, or nothing changed.
        return Ok(Redirect::to(&format!("/working-group/cycles/{id}/settings?done=saved")).into_response());
    }
    let version: i64 = form.get("version").parse().unwrap_or(0);
    if version != plan.version {
        drop(tx);
        let changed = before.typed();
        let data = Data { quicker: Some(changed), ..data };
        return respond(&here, data, StatusCode::CONFLICT).await;
    }
    match tx.change_call(&here.stamp(), (id, version), &before, &after).await {
        Ok(()) => {
            tx.commit().await?;
            Ok(Redirect::to(&format!("/working-group/cycles/{id}/settings?done=saved")).into_response())
        }
        Err(store::Error::Taken) => {
            drop(tx);
            let text = format!("There is a cycle {} already. Choose another name", after.name);
            let faults = vec![("name".to_owned(), text)];
            respond(&here, Data { faults, ..data }, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(other) => Err(other.into()),
    }
}
