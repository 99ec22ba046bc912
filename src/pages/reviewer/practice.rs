//! Where reviewers practise on synthetic applications, and how far they lie from the agreed levels: for their eyes alone.

mod view;

use crate::{
    catalogue::Edition,
    domain::{agreement::Tally, calendar::day_in, criteria::COUNT, dates::Entry, id::CycleId, level::Level},
    server::{
        export,
        form::Form,
        practising::Practising,
        problem::Problem,
        render::{Frame, Page},
    },
    store::{panel::SeatState, practice::PracticeMark},
};
use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use std::collections::BTreeMap;

fn frame(here: &Practising) -> Frame {
    Frame { current: "Practice set", ..super::frame_of(here.account()) }
}

/// Agreed levels beside one's own, in the practice set of an edition.
fn drift(edition: &Edition, marks: &[PracticeMark], practice: Option<u8>) -> Tally {
    let mut tally = Tally::default();
    for one in edition.practice.iter().filter(|p| practice.is_none_or(|n| n == p.number)) {
        let key = one.key(&edition.name);
        for mark in marks.iter().filter(|m| m.practice == key) {
            if let Some(case) = one.case(mark.criterion) {
                tally.add(case.level, mark.level);
            }
        }
    }
    tally
}

/// The applications to practise on.
pub async fn list(here: Practising) -> Result<Response, Problem> {
    let mut tx = here.desk().portal.store.read().await?;
    let marks = tx.practice_of(here.account().id).await?;
    drop(tx);
    let portal = here.desk().portal.clone();
    let page = Page::new("Practice set", frame(&here), move || view::list(portal.catalogue.newest(), &marks));
    Ok(here.desk().page(page).await)
}

/// One of them.
pub async fn show(here: Practising, Path(practice): Path<String>) -> Result<Response, Problem> {
    respond(&here, &practice, None, StatusCode::OK).await
}

async fn respond(
    here: &Practising,
    practice: &str,
    unmarked: Option<u8>,
    status: StatusCode,
) -> Result<Response, Problem> {
    let number = number(here, practice)?;
    let mut tx = here.desk().portal.store.read().await?;
    let marks = tx.practice_of(here.account().id).await?;
    drop(tx);
    let portal = here.desk().portal.clone();
    let page = Page::new(format!("Practice {number}"), frame(here), move || {
        let edition = portal.catalogue.newest();
        edition.practice(number).map(|practice| view::page(edition, practice, &marks, unmarked))
    });
    Ok(here.desk().page_with(status, page).await)
}

fn number(here: &Practising, practice: &str) -> Result<u8, Problem> {
    let number = practice.parse().ok().filter(|n: &u8| n.to_string() == practice);
    number.filter(|n| here.desk().portal.catalogue.newest().practice(*n).is_some()).ok_or(Problem::NotFound)
}

/// Marks one criterion. The first mark counts; whoever sends another one reads what they gave and what was agreed on.
pub async fn mark(here: Practising, Path(practice): Path<String>, form: Form) -> Result<Response, Problem> {
    let number = number(&here, &practice)?;
    let edition = here.desk().portal.catalogue.newest();
    let criterion: u8 =
        form.get("criterion").parse().ok().filter(|c| (1..=COUNT).contains(c)).ok_or(Problem::NotFound)?;
    let Some(level) = Level::parse(form.get("level")) else {
        return respond(&here, &practice, Some(criterion), StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    let key = edition.practice(number).ok_or(Problem::NotFound)?.key(&edition.name);
    let mut tx = here.write().await?;
    tx.mark_practice(&here.stamp(), here.account().id, &PracticeMark { practice: key, criterion, level }).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("/reviews/practice/{number}#criterion-{criterion}")).into_response())
}

/// When one's own reviews are due, for a calendar: a day for each cycle, and neither a name nor an alias.
pub async fn due(here: Practising) -> Result<Response, Problem> {
    let mut tx = here.desk().portal.store.read().await?;
    let mut open: BTreeMap<CycleId, usize> = BTreeMap::new();
    for mine in tx.seats_for(here.account().id).await? {
        let waits = matches!(mine.seat.state, SeatState::Asked | SeatState::Accepted) && mine.seat.submitted.is_none();
        if waits {
            *open.entry(mine.cycle).or_default() += 1;
        }
    }
    let mut entries = Vec::new();
    for (cycle, count) in open {
        let plan = tx.plan_of_cycle(cycle).await?.ok_or(Problem::Unexpected)?;
        let reviews = if count == 1 { "1 review is".to_owned() } else { format!("{count} reviews are") };
        entries.push(Entry {
            id: format!("due-{cycle}"),
            day: day_in(plan.reviews_due.at, &plan.reviews_due.zone),
            summary: format!("Cycle {}: {reviews} due", plan.cycle.name),
            note: format!("Until {}", plan.reviews_due.long()),
        });
    }
    drop(tx);
    entries.sort_by(|a, b| (a.day, &a.summary).cmp(&(b.day, &b.summary)));
    Ok(export::ics("due", &entries, here.desk().now()))
}
