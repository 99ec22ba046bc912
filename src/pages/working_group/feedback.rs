//! The feedback of a panel, for the working group: coordinators edit it, and every wording is kept.

use super::{case_frame, deliberation::rules, title_at};
use crate::{
    domain::{access::Action, calendar::time_of_day, stage::StageName},
    pages::{
        panel::{compile, criterion, feedback, heading},
        reviewer::Said,
    },
    server::{
        deliberating::Table, form::Form, guard::wants_json, presiding::Presiding, problem::Problem, render::Page,
    },
    store::deliberation::Consensus,
};
use axum::{
    extract::{Path, Query},
    http::HeaderMap,
    response::{IntoResponse, Redirect, Response},
};
use std::collections::HashMap;

/// There is feedback once the panel deliberates.
fn require(here: &Presiding) -> Result<(), Problem> {
    here.require(Action::ReadBlind)?;
    if here.application().stage.name() == StageName::UnderReview { Err(Problem::NotAllowed) } else { Ok(()) }
}

/// The feedback as a whole.
pub async fn list(here: Presiding, Query(said): Query<Said>) -> Result<Response, Problem> {
    require(&here)?;
    let application = here.application().id;
    let mut tx = here.portal().store.read().await?;
    let rules = rules(&mut tx, &here).await?;
    let table = Table::load(&mut tx, application, &rules, None).await?;
    let beside = tx.wordings_beside(application).await?;
    drop(tx);
    let edition = here.edition()?;
    let data = feedback::Overview {
        base: here.path("/feedback"),
        headings: edition.criteria.iter().map(|c| heading(edition, c.number)).collect(),
        table,
        beside,
        open: here.may(Action::Compile),
        who: "Coordinators edit the feedback until it is released.",
    };
    let way = vec![(title_at(&here), here.path("")), ("Deliberation".to_owned(), here.path("/deliberation"))];
    let page = Page::new("Feedback", case_frame(&here), move || compile::overview(way, &said.done, &data));
    Ok(here.desk().page(page).await)
}

/// Makes what all agree on a first wording.
pub async fn gather(here: Presiding, form: Form) -> Result<Response, Problem> {
    if form.get("do") != "gather" {
        return Err(Problem::NotFound);
    }
    here.require(Action::Compile)?;
    let application = here.application().id;
    let mut tx = here.write(Action::Compile).await?;
    let rules = rules(&mut tx, &here).await?;
    let table = Table::load(&mut tx, application, &rules, None).await?;
    compile::gather(&mut tx, &here.stamp(), application, &table, Some(here.account())).await?;
    tx.commit().await?;
    Ok(Redirect::to(&here.path("/feedback?done=gathered")).into_response())
}

/// One criterion.
pub async fn show(
    here: Presiding,
    Path(at): Path<HashMap<String, String>>,
    Query(said): Query<Said>,
) -> Result<Response, Problem> {
    require(&here)?;
    let number = criterion(at.get("criterion").map_or("", String::as_str))?;
    let application = here.application().id;
    let mut tx = here.portal().store.read().await?;
    let rules = rules(&mut tx, &here).await?;
    let table = Table::load(&mut tx, application, &rules, None).await?;
    let kept = tx.kept_wordings(application, number).await?;
    let authors = tx.wording_authors(application, number).await?;
    let line = table.lines.into_iter().find(|l| l.criterion == number).ok_or(Problem::NotFound)?;
    let open = here.may(Action::Compile);
    let data = feedback::Form {
        base: here.path("/feedback"),
        wording: if open {
            line.wording()
        } else {
            line.consensus.as_ref().map(Consensus::wording).unwrap_or_default()
        },
        version: line.consensus.as_ref().map_or(0, |c| c.version),
        line,
        open,
        kept,
        authors: authors.into_iter().map(|(id, name)| (id, name.shown().to_owned())).collect(),
        late: said.done == "beside",
        zone: here.application().cycle.closes.zone.clone(),
    };
    let hits = if open { compile::hits(&mut tx, here.account(), &data.wording).await? } else { Vec::new() };
    drop(tx);
    let name = heading(here.edition()?, number);
    let way = vec![(title_at(&here), here.path("")), ("Feedback".to_owned(), here.path("/feedback"))];
    let talk = here.path(&format!("/deliberation/{number}"));
    let page = Page::new(format!("Feedback, {name}"), case_frame(&here), move || {
        compile::one(way, name, talk, &said.done, hits, &data)
    });
    Ok(here.desk().page(page.with_islands()).await)
}

/// Saves the wording of one criterion. When somebody was quicker, both texts are there.
pub async fn save(
    here: Result<Presiding, Problem>,
    Path(at): Path<HashMap<String, String>>,
    headers: HeaderMap,
    form: Form,
) -> Result<Response, Problem> {
    let save = async {
        let here = here?;
        here.require(Action::Compile)?;
        let number = criterion(at.get("criterion").map_or("", String::as_str))?;
        let mut tx = here.write(Action::Compile).await?;
        let (stamp, by) = (here.stamp(), Some(here.account()));
        let saved = compile::save(&mut tx, &stamp, here.application().id, (number, by), &form).await?;
        tx.commit().await?;
        let now = time_of_day(stamp.now, &here.application().cycle.closes.zone);
        Ok(compile::answer(saved, (number, form.get("then")), wants_json(&headers), |rest| here.path(rest), now))
    };
    save.await.map_err(|problem: Problem| problem.keeping(&form.0))
}
