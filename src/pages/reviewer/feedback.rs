//! The feedback of a panel, for somebody who sits there: the lead reviewer compiles it, the others read along.

use super::{
    Said,
    deliberation::{Address, write},
    frame, title,
};
use crate::{
    components::{layout, message},
    domain::{access::Action, consensus::Wording, criteria::COUNT, id::EventId},
    pages::panel::{criterion, feedback, heading},
    server::{deliberating::Table, form::Form, problem::Problem, render::Page, reviewing::Reviewing},
    store::{
        Tx,
        deliberation::{Consensus, Saved},
        panel::Seat,
    },
};
use axum::{
    extract::{Path, Query},
    response::{IntoResponse, Redirect, Response},
};
use leptos::prelude::*;

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
    let (name, home, talk) = (title(&reviewing), reviewing.path(""), reviewing.path("/deliberation"));
    let page = Page::new("Feedback", frame(&reviewing).await?, move || {
        view! {
            <main class="page" id="main">
                {layout::crumbs(vec![(name, home), ("Deliberation".to_owned(), talk)], "Feedback")}
                <div class="page-head"><div><h1>"Feedback to the centre"</h1></div></div>
                {(said.done == "gathered").then(|| message::done("Taken over. Read each text once more: the centre reads it word for word."))}
                {feedback::overview(&data)}
            </main>
        }
    });
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
    for line in table.lines.iter().filter(|l| l.consensus.is_none() && l.gathered().level.is_some()) {
        tx.save_consensus(&reviewing.stamp(), application, line.criterion, (0, None), &line.gathered()).await?;
    }
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
    drop(tx);
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
    let name = heading(reviewing.edition()?, number);
    let way = vec![(title(&reviewing), reviewing.path("")), ("Feedback".to_owned(), reviewing.path("/feedback"))];
    let talk = reviewing.path(&format!("/deliberation/{number}"));
    let page = Page::new(format!("Feedback, {name}"), frame(&reviewing).await?, move || {
        view! {
            <main class="page" id="main">
                {layout::crumbs(way, name.clone())}
                <div class="page-head"><div><h1>{name}</h1><p><a href=talk>"What the panel says about it"</a></p></div></div>
                {(said.done == "saved").then(|| message::done("Saved."))}
                {feedback::form(&data)}
            </main>
        }
    });
    Ok(reviewing.desk().page(page).await)
}

/// Saves the wording of one criterion. When somebody was quicker, both texts are there.
pub async fn save(reviewing: Result<Reviewing, Problem>, Path(at): Address, form: Form) -> Result<Response, Problem> {
    let save = async {
        let reviewing = reviewing?;
        let number = criterion(at.get("criterion").map_or("", String::as_str))?;
        let (mut tx, mine) = write(&reviewing, Action::Compile).await?;
        let marked = tx.mark(mine.seat.id, number).await?.is_some_and(|m| m.mark.level.is_some());
        if !marked || !compiles(&mut tx, &mine.seat).await? {
            return Err(Problem::NotAllowed);
        }
        let application = mine.seat.application;
        let (wording, version) = wanted(&mut tx, application, number, &form).await?;
        let stamp = reviewing.stamp();
        let saved = tx.save_consensus(&stamp, application, number, (version, None), &wording).await?;
        tx.commit().await?;
        Ok(Redirect::to(&reviewing.path(&next(saved, number, form.get("then")))).into_response())
    };
    save.await.map_err(|problem: Problem| problem.keeping(&form.0))
}

/// The wording that a form asks for: typed, or one that is kept; and the version that it was made from.
pub async fn wanted(
    tx: &mut Tx,
    application: crate::domain::id::ApplicationId,
    number: u8,
    form: &Form,
) -> Result<(Wording, i64), Problem> {
    let version = form.get("version").parse().unwrap_or(0);
    if !form.has("take") {
        return Ok((Wording::typed(|name| form.get(name)), version));
    }
    let id = EventId::parse(form.get("take")).ok_or(Problem::NotFound)?;
    let kept = tx.kept_wordings(application, number).await?.into_iter().find(|k| k.id == id);
    Ok((kept.ok_or(Problem::NotFound)?.wording, version))
}

/// Where a save leads, below the review or the application.
pub fn next(saved: Saved, number: u8, then: &str) -> String {
    match (saved, then) {
        (Saved::Beside, _) => format!("/feedback/{number}?done=beside"),
        (Saved::Kept(_), "next") if number < COUNT => format!("/feedback/{}", number + 1),
        (Saved::Kept(_), "next") => "/feedback".to_owned(),
        (Saved::Kept(_), _) => format!("/feedback/{number}?done=saved"),
    }
}
