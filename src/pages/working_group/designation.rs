//! One designation: the history of its centre, what was seen on visits, and how it is withdrawn by two people.

mod view;

use super::designations::{HERE, frame};
use crate::{
    domain::{date::read_day, id::DesignationId, text::unify_lines, two_people::Same},
    server::{form::Form, mail::ending, problem::Problem, render::Page, working_group::WorkingGroup},
    store::{
        Tx,
        application::Listed,
        centre::CentreIdentity,
        designation::{Designation, Proposal, Visit},
    },
};
use axum::{
    extract::{Path, Query},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

/// The most characters of a reason or a note.
const LONGEST: usize = 4000;

/// What was just done.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Done {
    #[serde(default)]
    done: String,
}

#[derive(Clone, Debug, Default)]
struct Typed {
    day: String,
    text: String,
    why: String,
    errors: Vec<(&'static str, &'static str)>,
    /// Why nothing was done.
    late: Option<&'static str>,
    done: Option<&'static str>,
}

struct Data {
    designation: Designation,
    identity: CentreIdentity,
    all: Vec<Designation>,
    applications: Vec<Listed>,
    visits: Vec<Visit>,
    renewing: bool,
    typed: Typed,
}

/// A designation that this person may see; for everybody else it does not exist.
async fn one(here: &WorkingGroup, tx: &mut Tx, id: &str) -> Result<Designation, Problem> {
    let id = DesignationId::parse(id).ok_or(Problem::NotFound)?;
    let designation = tx.designation(id).await?.ok_or(Problem::NotFound)?;
    let hidden = tx.centre_hidden_from(here.id(), designation.centre).await?;
    if hidden { Err(Problem::NotFound) } else { Ok(designation) }
}

fn at(id: DesignationId, rest: &str) -> String {
    format!("{HERE}/{id}{rest}")
}

fn back(id: DesignationId, done: &str) -> Response {
    Redirect::to(&at(id, &format!("?done={done}"))).into_response()
}

/// The page.
pub async fn show(
    here: WorkingGroup,
    Path(designation): Path<String>,
    Query(asked): Query<Done>,
) -> Result<Response, Problem> {
    let done = match asked.done.as_str() {
        "noted" => Some("The visit is noted."),
        "proposed" => Some("The withdrawal is proposed. Another person has to confirm it."),
        "dropped" => Some("The proposal is dropped."),
        "withdrawn" => Some("The designation is withdrawn."),
        _ => None,
    };
    respond(&here, &designation, Typed { done, ..Typed::default() }, StatusCode::OK).await
}

async fn respond(here: &WorkingGroup, id: &str, typed: Typed, status: StatusCode) -> Result<Response, Problem> {
    let mut tx = here.desk().portal.store.read().await?;
    let designation = one(here, &mut tx, id).await?;
    let centre = designation.centre;
    let identity = tx.centre_identity(centre).await?.ok_or(Problem::NotFound)?;
    let data = Data {
        all: tx.designations_of(centre).await?,
        applications: tx.applications_of(centre).await?,
        visits: tx.visits(centre).await?,
        renewing: tx.in_renewal(designation.id).await?,
        designation,
        identity,
        typed,
    };
    drop(tx);
    let (now, me) = (here.desk().now(), here.id());
    let page = Page::new("Designation", frame(here), move || view::page(data, me, now));
    Ok(here.desk().page_with(status, page).await)
}

/// Notes a visit.
pub async fn note(here: WorkingGroup, Path(id): Path<String>, form: Form) -> Result<Response, Problem> {
    let text = unify_lines(form.get("text")).trim().to_owned();
    let day = read_day(form.get("day"));
    let mut errors = Vec::new();
    if day.is_none() {
        errors.push(("day", "Enter the day of the visit, such as 2027-03-05"));
    }
    if text.is_empty() || LONGEST < text.chars().count() {
        errors.push(("text", "Write what was seen, up to 4,000 characters"));
    }
    let mut tx = here.write().await?;
    let designation = one(&here, &mut tx, &id).await?;
    let Some(day) = day.filter(|_| errors.is_empty()) else {
        drop(tx);
        let typed = Typed { day: form.get("day").into(), text: form.get("text").into(), errors, ..Typed::default() };
        return respond(&here, &id, typed, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    // A second press of the same button notes nothing new.
    let before = tx.visits(designation.centre).await?;
    if !before.iter().any(|v| v.day == day.to_string() && v.text == text && v.author == Some(here.id())) {
        tx.add_visit(&here.stamp(), designation.id, &day.to_string(), &text).await?;
        tx.commit().await?;
    }
    Ok(back(designation.id, "noted"))
}

/// Proposes to withdraw it.
pub async fn propose(here: WorkingGroup, Path(id): Path<String>, form: Form) -> Result<Response, Problem> {
    let why = unify_lines(form.get("why")).trim().to_owned();
    let mut tx = here.write().await?;
    let designation = one(&here, &mut tx, &id).await?;
    if designation.proposed.as_ref().is_some_and(|p| p.by == here.id() && p.why == why) {
        return Ok(back(designation.id, "proposed"));
    }
    let late = if designation.withdrawn.is_some() {
        Some("It is withdrawn already.")
    } else if designation.proposed.is_some() {
        Some("A withdrawal is proposed already. Confirm it, or drop it first.")
    } else {
        None
    };
    if late.is_some() {
        drop(tx);
        return respond(&here, &id, Typed { why, late, ..Typed::default() }, StatusCode::CONFLICT).await;
    }
    if why.is_empty() || LONGEST < why.chars().count() {
        drop(tx);
        let errors = vec![("why", "Say why, up to 4,000 characters; the centre will read it")];
        let typed = Typed { why: form.get("why").into(), errors, ..Typed::default() };
        return respond(&here, &id, typed, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let stamp = here.stamp();
    let proposal = Proposal { by: here.id(), at: stamp.now, why };
    tx.propose_withdrawal(&stamp, &designation, &proposal).await?;
    tx.commit().await?;
    Ok(back(designation.id, "proposed"))
}

/// Drops the proposal: anybody of the working group may, also who has made it.
pub async fn drop_proposal(here: WorkingGroup, Path(id): Path<String>) -> Result<Response, Problem> {
    let mut tx = here.write().await?;
    let designation = one(&here, &mut tx, &id).await?;
    if designation.withdrawn.is_some() {
        drop(tx);
        let late = Some("It is withdrawn already, so the proposal cannot be dropped.");
        return respond(&here, &id, Typed { late, ..Typed::default() }, StatusCode::CONFLICT).await;
    }
    if designation.proposed.is_some() {
        tx.drop_withdrawal(&here.stamp(), &designation).await?;
        tx.commit().await?;
    }
    Ok(back(designation.id, "dropped"))
}

/// Another person confirms the withdrawal; needs a fresh second factor.
pub async fn confirm(here: WorkingGroup, Path(id): Path<String>) -> Result<Response, Problem> {
    here.desk().require_step_up().await?;
    let mut tx = here.write().await?;
    let designation = one(&here, &mut tx, &id).await?;
    if designation.withdrawn.is_some() {
        return Ok(back(designation.id, "withdrawn"));
    }
    let refused = match &designation.proposed {
        None => Some("Nothing is proposed any more."),
        Some(proposal) => tx.same_person(proposal.by, here.id()).await?.map(|same| match same {
            Same::Account => "Another person has to confirm what you have proposed.",
            Same::Name => "Another person has to confirm this: it was proposed from an account with your name.",
            Same::Mailbox => "Another person has to confirm this: it was proposed from an account with your address.",
        }),
    };
    if refused.is_some() {
        drop(tx);
        return respond(&here, &id, Typed { late: refused, ..Typed::default() }, StatusCode::CONFLICT).await;
    }
    let stamp = here.stamp();
    tx.withdraw_designation(&stamp, &designation).await?;
    ending::withdrawn(&mut tx, &stamp, &here.desk().portal.settings.origin, &designation).await?;
    tx.commit().await?;
    Ok(back(designation.id, "withdrawn"))
}
