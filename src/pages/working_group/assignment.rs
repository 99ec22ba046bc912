//! Who reviews what in a cycle: panels and loads, a proposal to accept, and a table to import.

mod proposal;
mod view;

use super::group_frame;
use crate::{
    domain::{
        access::{Action, Decision, may},
        assignment::table::Fault,
        id::{AccountId, ApplicationId, CycleId},
        text::one_line,
    },
    server::{
        assigning::Assigning, desk::Desk, form::Form, mail, problem::Problem, render::Page, working_group::WorkingGroup,
    },
    store::{Stamp, Tx, cycle::Plan, panel::Barrier},
};
use axum::{
    extract::{Path, Query},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use std::collections::{BTreeSet, HashMap};

/// How many applications stand on one page.
const PAGE: i64 = 200;

/// The most characters of a reason that comes back with an accepted proposal.
const LONGEST_WHY: usize = 600;

/// The address of the page.
fn here(cycle: CycleId, rest: &str) -> String {
    format!("/working-group/cycles/{cycle}/assignment{rest}")
}

async fn plan(at: &WorkingGroup, tx: &mut Tx, cycle: &str) -> Result<Plan, Problem> {
    let cycle = CycleId::parse(cycle).ok_or(Problem::NotFound)?;
    at.require(cycle)?;
    tx.plan_of_cycle(cycle).await?.ok_or(Problem::NotFound)
}

/// The page.
pub async fn show(
    at: WorkingGroup,
    Path(cycle): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Problem> {
    let asked = query.get("asked").and_then(|n| n.parse::<u32>().ok());
    let after = query.get("after").and_then(|id| ApplicationId::parse(id));
    respond(&at, &cycle, view::Said { asked, after, ..view::Said::default() }, StatusCode::OK).await
}

async fn respond(at: &WorkingGroup, cycle: &str, said: view::Said, status: StatusCode) -> Result<Response, Problem> {
    let mut tx = at.desk().portal.store.read().await?;
    let plan = plan(at, &mut tx, cycle).await?;
    let (cycle, places) = (plan.cycle.id, plan.rules.reviewers);
    let made = tx.panels_made(cycle, at.id(), places).await?;
    let assigning = Assigning::load(&mut tx, plan, at.id(), said.after, PAGE).await?;
    drop(tx);
    let coordinates = at.coordinates(cycle);
    let more = i64::try_from(assigning.rows.len()).unwrap_or(0) == PAGE;
    let data = view::Data { assigning, made, coordinates, more, said };
    let frame = group_frame(at, "Board");
    let page = Page::new("Assignment", frame, move || view::page(&data));
    Ok(at.desk().page_with(status, page).await)
}

/// Shows a proposal; nothing is written.
pub async fn propose(at: WorkingGroup, Path(cycle): Path<String>) -> Result<Response, Problem> {
    let mut tx = at.desk().portal.store.read().await?;
    let plan = plan(&at, &mut tx, &cycle).await?;
    at.require_coordinator(plan.cycle.id)?;
    let mut assigning = Assigning::load(&mut tx, plan, at.id(), None, i64::MAX).await?;
    drop(tx);
    let later = assigning.keep_missing();
    // A large cycle takes seconds: other requests go on meanwhile.
    let reckoned = tokio::task::spawn_blocking(move || {
        let proposal = assigning.propose();
        (assigning, proposal)
    });
    let (assigning, proposal) = reckoned.await.map_err(anyhow::Error::from)?;
    if let Err(unsolved) = &proposal {
        tracing::error!(?unsolved, "no proposal");
    }
    let frame = group_frame(&at, "Board");
    let page = Page::new("Proposal", frame, move || proposal::page(&assigning, proposal.ok().as_ref(), later));
    Ok(at.desk().page(page).await)
}

/// Somebody who could not be asked (any more), and why.
#[derive(Clone, Debug)]
pub(super) struct Left {
    account: AccountId,
    application: ApplicationId,
    why: &'static str,
}

/// Asks one reviewer, if that is possible now.
pub(super) async fn ask(
    tx: &mut Tx,
    (stamp, desk): (&Stamp, &Desk),
    by: AccountId,
    cycle: CycleId,
    (application, account, why): (ApplicationId, AccountId, &str),
) -> Result<Option<&'static str>, Problem> {
    // What they must not see does not exist for them; it takes the same words as one that is under review no longer.
    let gone = Some("Its panel is not made any more");
    let Some(standing) = tx.standing(application, by).await? else { return Ok(gone) };
    let stage = standing.application.stage.name();
    if standing.application.cycle.id != cycle || may(standing.relation, stage, Action::Assign) != Decision::Allowed {
        return Ok(gone);
    }
    Ok(match tx.barrier(application, account).await? {
        None => {
            tx.ask_reviewer(stamp, application, account, why).await?;
            mail::asked_to_review(tx, stamp, &desk.portal.settings.origin, cycle, account).await?;
            None
        }
        Some(Barrier::NoReviewer) => Some("Reviews in this cycle no longer"),
        Some(Barrier::Office) => Some("Holds an office in this cycle"),
        Some(Barrier::OfCentre | Barrier::Conflict) => Some("Has a conflict with this application"),
        Some(Barrier::Sits) => Some("Was asked already"),
    })
}

/// Asks everybody who is ticked. Who cannot be asked any more is named; all others are asked.
pub async fn accept(at: WorkingGroup, Path(cycle): Path<String>, form: Form) -> Result<Response, Problem> {
    let cycle_id = CycleId::parse(&cycle).ok_or(Problem::NotFound)?;
    at.require_coordinator(cycle_id)?;
    let stamp = at.stamp();
    let mut tx = at.write().await?;
    let plan = plan(&at, &mut tx, &cycle).await?;
    let (mut asked, mut left, mut seen) = (0_u32, Vec::new(), BTreeSet::new());
    for pair in form.all("ask") {
        let ids = pair.split_once('.').and_then(|(a, r)| Some((ApplicationId::parse(a)?, AccountId::parse(r)?)));
        let (application, account) = ids.ok_or(Problem::Unreadable)?;
        if !seen.insert((application, account)) {
            continue;
        }
        let why: String = one_line(form.get(&format!("why.{pair}"))).chars().take(LONGEST_WHY).collect();
        match ask(&mut tx, (&stamp, at.desk()), at.id(), plan.cycle.id, (application, account, &why)).await? {
            None => asked += 1,
            Some(why) => left.push(Left { account, application, why }),
        }
    }
    tx.commit().await?;
    if left.is_empty() {
        return Ok(Redirect::to(&here(cycle_id, &format!("?asked={asked}"))).into_response());
    }
    let said = view::Said { asked: Some(asked), left, ..view::Said::default() };
    respond(&at, &cycle, said, StatusCode::OK).await
}

/// Checks a table, or asks everybody who stands in it: all of them, or nobody while one row has to be mended.
pub async fn import(at: WorkingGroup, Path(cycle): Path<String>, form: Form) -> Result<Response, Problem> {
    let cycle_id = CycleId::parse(&cycle).ok_or(Problem::NotFound)?;
    at.require_coordinator(cycle_id)?;
    let text = form.get("table").to_owned();
    let stamp = at.stamp();
    let mut tx = at.write().await?;
    let plan = plan(&at, &mut tx, &cycle).await?;
    let assigning = Assigning::load(&mut tx, plan, at.id(), None, i64::MAX).await?;
    let asked = match assigning.read(&text) {
        Err(faults) => {
            drop(tx);
            let said = view::Said { table: text, faults, ..view::Said::default() };
            return respond(&at, &cycle, said, StatusCode::UNPROCESSABLE_ENTITY).await;
        }
        Ok(asked) => asked,
    };
    if form.get("do") != "import" {
        drop(tx);
        let checked = asked
            .iter()
            .map(|one| {
                let name = assigning.reviewers[one.reviewer].name.clone();
                (one.row, assigning.rows[one.application].application.clone(), name)
            })
            .collect();
        let said = view::Said { table: text, checked, ..view::Said::default() };
        return respond(&at, &cycle, said, StatusCode::OK).await;
    }
    for one in &asked {
        let (application, account) =
            (assigning.rows[one.application].application.id, assigning.reviewers[one.reviewer].account);
        let pair = (application, account, "From an imported table");
        if let Some(why) = ask(&mut tx, (&stamp, at.desk()), at.id(), cycle_id, pair).await? {
            drop(tx);
            let faults = vec![Fault { row: one.row, column: "reviewer", text: why.into() }];
            let said = view::Said { table: text, faults, ..view::Said::default() };
            return respond(&at, &cycle, said, StatusCode::UNPROCESSABLE_ENTITY).await;
        }
    }
    tx.commit().await?;
    Ok(Redirect::to(&here(cycle_id, &format!("?asked={}", asked.len()))).into_response())
}
