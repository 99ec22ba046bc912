//! Compiling the feedback: what the lead reviewer and the coordinator share. Each side says who asks and what it may; the
//! pages and the saving are the same.

use super::feedback;
use crate::{
    components::{layout, message, named},
    domain::{
        consensus::Wording,
        criteria::COUNT,
        id::{AccountId, ApplicationId, EventId},
        naming::{Hit, Known, scan},
    },
    server::{deliberating::Table, form::Form, problem::Problem},
    store::{Stamp, Tx, answer::Base, deliberation::Saved},
};
use axum::{
    Json,
    response::{IntoResponse, Redirect, Response},
};
use leptos::prelude::*;
use serde_json::json;

/// The page with all criteria, below the pages that lead to it.
pub fn overview(way: Vec<(String, String)>, done: &str, data: &feedback::Overview) -> impl IntoView + use<> {
    let gathered = (done == "gathered")
        .then(|| message::done("Taken over. Read each text once more: the centre reads it word for word."));
    let body = feedback::overview(data);
    view! {
        <main class="page" id="main">
            {layout::crumbs(way, "Feedback")}
            <div class="page-head"><div><h1>"Feedback to the centre"</h1></div></div>
            {gathered}
            {body}
        </main>
    }
}

/// The page of one criterion.
pub fn one(
    way: Vec<(String, String)>,
    name: String,
    talk: String,
    done: &str,
    hits: Vec<(&'static str, Hit)>,
    data: &feedback::Form,
) -> impl IntoView + use<> {
    let saved = (done == "saved").then(|| message::done("Saved."));
    let hits = hits.into_iter().map(|(field, hit)| (format!("#{field}"), label(field).to_owned(), hit)).collect();
    let body = feedback::form(data);
    view! {
        <main class="page" id="main">
            {layout::crumbs(way, name.clone())}
            <div class="page-head"><div><h1>{name}</h1><p><a href=talk>"What the panel says about it"</a></p></div></div>
            {saved}
            {named::section(hits)}
            {body}
        </main>
    }
}

fn label(field: &str) -> &'static str {
    match field {
        "strengths" => "Strengths",
        "gap" => "Gap",
        _ => "What would satisfy",
    }
}

/// What might name somebody in a wording: the field, and what was found.
pub async fn hits(tx: &mut Tx, account: AccountId, wording: &Wording) -> Result<Vec<(&'static str, Hit)>, Problem> {
    let names = tx.own_names(account).await?;
    let known = Known::new(names.iter().map(crate::store::account::PersonName::shown));
    let texts = wording.texts().into_iter();
    Ok(texts.flat_map(|(field, text)| scan(text, &known).into_iter().map(move |hit| (field, hit))).collect())
}

/// Makes what all agree on a first wording.
pub async fn gather(
    tx: &mut Tx,
    stamp: &Stamp,
    application: ApplicationId,
    table: &Table,
    by: Option<AccountId>,
) -> Result<(), Problem> {
    for line in table.lines.iter().filter(|l| l.consensus.is_none() && l.gathered().level.is_some()) {
        tx.save_consensus(stamp, application, line.criterion, (&Base::default(), by), &line.gathered()).await?;
    }
    Ok(())
}

/// Saves what a form asks for: a wording that was typed, or one that is kept.
pub async fn save(
    tx: &mut Tx,
    stamp: &Stamp,
    application: ApplicationId,
    (number, by): (u8, Option<AccountId>),
    form: &Form,
) -> Result<Saved, Problem> {
    let base = form.base();
    let wording = if form.has("take") {
        let id = EventId::parse(form.get("take")).ok_or(Problem::NotFound)?;
        let kept = tx.kept_wordings(application, number).await?.into_iter().find(|k| k.id == id);
        kept.ok_or(Problem::NotFound)?.wording
    } else {
        Wording::typed(|name| form.get(name))
    };
    // A page that was opened and says nothing yet has nothing to save.
    if wording.is_empty() && base.version == 0 && tx.consensus_at(application, number).await?.is_none() {
        return Ok(Saved::Kept(0));
    }
    Ok(tx.save_consensus(stamp, application, number, (&base, by), &wording).await?)
}

/// Where a save leads, `path` being below the review or the application; or what an island is told, with the time of day.
pub fn answer(
    saved: Saved,
    (number, then): (u8, &str),
    asks: bool,
    path: impl Fn(&str) -> String,
    at: String,
) -> Response {
    if asks {
        return Json(match saved {
            Saved::Kept(version) => json!({ "state": "saved", "version": version, "at": at }),
            Saved::Beside => json!({
                "state": "beside",
                "say": "Somebody else has changed this meanwhile. Both texts are kept; reload the page to compare",
            }),
        })
        .into_response();
    }
    let rest = match (saved, then) {
        (Saved::Beside, _) => format!("/feedback/{number}?done=beside"),
        (Saved::Kept(_), "next") if number < COUNT => format!("/feedback/{}", number + 1),
        (Saved::Kept(_), "next") => "/feedback".to_owned(),
        (Saved::Kept(_), _) => format!("/feedback/{number}?done=saved"),
    };
    Redirect::to(&path(&rest)).into_response()
}
