//! The board of a cycle: where applications are, who owes what, how much each reviewer has.

mod view;

use super::{applications::dates, group_frame};
use crate::{
    domain::{id::CycleId, owing},
    server::{problem::Problem, render::Page, working_group::WorkingGroup},
};
use axum::{
    extract::Path,
    response::{IntoResponse, Redirect, Response},
};
use view::Data;

/// Leads to the newest cycle that is theirs.
pub async fn newest(here: WorkingGroup) -> Result<Response, Problem> {
    let mut tx = here.desk().portal.store.read().await?;
    let cycles = tx.cycles().await?;
    drop(tx);
    // What has opened comes before what is only planned.
    let now = here.desk().now();
    let mut theirs = cycles.into_iter().filter(|cycle| here.require(cycle.id).is_ok());
    let planned = theirs.next();
    let newest = match planned {
        Some(cycle) if now < cycle.opens => theirs.find(|c| c.opens <= now).or(Some(cycle)),
        other => other,
    };
    let way = newest
        .map_or_else(|| "/working-group/cycles".to_owned(), |cycle| format!("/working-group/cycles/{}", cycle.id));
    Ok(Redirect::to(&way).into_response())
}

/// The board.
pub async fn show(here: WorkingGroup, Path(cycle): Path<String>) -> Result<Response, Problem> {
    let id = CycleId::parse(&cycle).ok_or(Problem::NotFound)?;
    here.require(id)?;
    let now = here.desk().now();
    let mut tx = here.desk().portal.store.read().await?;
    let plan = tx.plan_of_cycle(id).await?.ok_or(Problem::NotFound)?;
    let board = tx.board(id, here.id(), plan.rules.reviewers, now).await?;
    drop(tx);
    let late = owing::overdue(dates(&plan), now);
    let (coordinates, chairs) = (here.coordinates(id), here.chairs(id));
    let data = Data { plan, board, late, now, coordinates, chairs };
    let title = format!("Board, cycle {}", data.plan.cycle.name);
    let page = Page::new(title, group_frame(&here, "Board"), move || view::page(&data));
    Ok(here.desk().page(page).await)
}
