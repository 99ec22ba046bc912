//! The feedback of a panel, for somebody who sits there: the lead reviewer compiles it, the others read along.

use super::{
    Said,
    deliberation::{Address, write},
    frame, title,
};
use crate::{
    domain::{access::Action, calendar::time_of_day},
    pages::panel::{compile, criterion, feedback, heading},
    server::{
        deliberating::Table, form::Form, guard::wants_json, problem::Problem, render::Page, reviewing::Reviewing,
    },
    store::{Tx, deliberation::Consensus, panel::Seat},
};
use axum::{
    extract::{Path, Query},
    http::HeaderMap,
    response::{IntoResponse, Redirect, Response},
};

/// Whether this seat compiles: it leads, or nobody does.
async fn compiles(tx: &mut Tx, seat: &Seat) -> Result<bool, Problem> {
    let led = tx.seats_of(seat.application).await?.iter().any(|s| s.leads && s.id != seat.id);
    Ok(!led)
}

/// The feedback as a whole.
pub async fn list(reviewing: Reviewing, Query(said): Query<Said>) -> Result<Response, Problem> {
    reviewing.require(Action::Compile)?;
    let seat = reviewing.seat();
    let mut tx = reviewing.portal().store.read().await?;
    let table = Table::load(&mut tx, seat.application, &reviewing.plan().rules, Some(seat.id)).await?;
    let beside = tx.wordings_beside(seat.application).await?;
    let open = compiles(&mut tx, seat).await?;
    drop(tx);
    let edition = reviewing.edition()?;
    let data = feedback::Overview {
        base: reviewing.path("/feedback"),
        headings: edition.criteria.iter().map(|c| heading(edition, c.number)).collect(),
        table,
        beside,
        open,
        who: "The lead reviewer of this panel compiles the feedback. You read along; what you see differently, say in the deliberation.",
    };
    let way =
        vec![(title(&reviewing), reviewing.path("")), ("Deliberation".to_owned(), reviewing.path("/deliberation"))];
    let page = Page::new("Feedback", frame(&reviewing).await?, move || compile::overview(way, &said.done, &data));
    Ok(reviewing.desk().page(page).await)
}

/// Makes what all agree on a first wording.
pub async fn gather(reviewing: Reviewing, form: Form) -> Result<Response, Problem> {
    if form.get("do") != "gather" {
        return Err(Problem::NotFound);
    }
    let (mut tx, mine) = write(&reviewing, Action::Compile).await?;
    if !compiles(&mut tx, &mine.seat).await? {
        return Err(Problem::NotAllowed);
    }
    let application = mine.seat.application;
    let table = Table::load(&mut tx, application, &reviewing.plan().rules, Some(mine.seat.id)).await?;
    compile::gather(&mut tx, &reviewing.stamp(), application, &table, None).await?;
    tx.commit().await?;
    Ok(Redirect::to(&reviewing.path("/feedback?done=gathered")).into_response())
}

/// One criterion.
pub async fn show(reviewing: Reviewing, Path(at): Address, Query(said): Query<Said>) -> Result<Response, Problem> {
    reviewing.require(Action::Compile)?;
    let number = criterion(at.get("criterion").map_or("", String::as_str))?;
    let seat = reviewing.seat();
    let mut tx = reviewing.portal().store.read().await?;
    let table = Table::load(&mut tx, seat.application, &reviewing.plan().rules, Some(seat.id)).await?;
    let kept = tx.kept_wordings(seat.application, number).await?;
    let open = compiles(&mut tx, seat).await?;
    let line = table.lines.into_iter().find(|l| l.criterion == number).ok_or(Problem::NotFound)?;
    let waits = line.waits;
    let data = feedback::Form {
        base: reviewing.path("/feedback"),
        wording: if open {
            line.wording()
        } else {
            line.consensus.as_ref().map(Consensus::wording).unwrap_or_default()
        },
        version: line.consensus.as_ref().map_or(0, |c| c.version),
        line,
        open: open && !waits,
        kept: if waits { Vec::new() } else { kept },
        authors: Vec::new(),
        late: said.done == "beside",
        zone: reviewing.plan().cycle.closes.zone.clone(),
    };
    let hits = if data.open { compile::hits(&mut tx, reviewing.account(), &data.wording).await? } else { Vec::new() };
    drop(tx);
    let name = heading(reviewing.edition()?, number);
    let way = vec![(title(&reviewing), reviewing.path("")), ("Feedback".to_owned(), reviewing.path("/feedback"))];
    let talk = reviewing.path(&format!("/deliberation/{number}"));
    let page = Page::new(format!("Feedback, {name}"), frame(&reviewing).await?, move || {
        compile::one(way, name, talk, &said.done, hits, &data)
    });
    Ok(reviewing.desk().page(page.with_islands()).await)
}

/// Saves the wording of one criterion. When somebody was quicker, both texts are there.
pub async fn save(
    reviewing: Result<Reviewing, Problem>,
    Path(at): Address,
    headers: HeaderMap,
    form: Form,
) -> Result<Response, Problem> {
    let save = async {
        let reviewing = reviewing?;
        let number = criterion(at.get("criterion").map_or("", String::as_str))?;
        let (mut tx, mine) = write(&reviewing, Action::Compile).await?;
        let marked = tx.mark(mine.seat.id, number).await?.is_some_and(|m| m.mark.level.is_some());
        if !marked || !compiles(&mut tx, &mine.seat).await? {
            return Err(Problem::NotAllowed);
        }
        let stamp = reviewing.stamp();
        let saved = compile::save(&mut tx, &stamp, mine.seat.application, (number, None), &form).await?;
        tx.commit().await?;
        let now = time_of_day(stamp.now, &reviewing.plan().cycle.closes.zone);
        let path = |rest: &str| reviewing.path(rest);
        Ok(compile::answer(saved, (number, form.get("then")), wants_json(&headers), path, now))
    };
    save.await.map_err(|problem: Problem| problem.keeping(&form.0))
}
