//! One criterion: guidance, level, case, indicators, evidence, notes. Saving never refuses.

mod form;
mod view;

pub use view::{about_line, content_view};

use super::frame;
use crate::{
    catalogue::render_typed,
    domain::{
        access::Action,
        answer::Content,
        calendar::time_of_day,
        criteria::COUNT,
        id::{AccountId, NoteId},
        text::one_line,
    },
    server::{
        applying::Applying,
        dossier::Dossier,
        form::Form,
        guard::wants_json,
        mail,
        problem::{Problem, Why},
        render::Page,
    },
    store::answer::Saved,
};
use axum::{
    Json,
    extract::{Path, Query},
    http::HeaderMap,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use serde_json::json;

/// What a redirect to this page says.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Said {
    /// What was done: `saved`, `beside`, `noted`, `linked`.
    #[serde(default)]
    done: String,
}

/// The parts of an address below a criterion.
#[derive(Debug, Deserialize)]
pub struct Address {
    criterion: u8,
    #[serde(default)]
    note: String,
}

fn number(criterion: u8) -> Result<u8, Problem> {
    if (1..=COUNT).contains(&criterion) { Ok(criterion) } else { Err(Problem::NotFound) }
}

/// The page.
pub async fn show(applying: Applying, Path(at): Path<Address>, Query(said): Query<Said>) -> Result<Response, Problem> {
    let number = number(at.criterion)?;
    let dossier = Dossier::load(&applying).await?;
    let criterion = applying.edition()?.criterion(number).ok_or(Problem::NotFound)?;
    let title = format!("Criterion {number}: {}", criterion.title);
    let frame = frame(&applying, "Application");
    let data = view::Data { number, done: said.done, dossier, applying: applying.clone() };
    let page = Page::new(title, frame, move || view::page(&data));
    // What cannot be changed needs no island.
    let page = if applying.may(Action::Edit) { page.with_islands() } else { page };
    Ok(applying.desk().page(page).await)
}

/// Saves the answer; with an island asking, tells it what became of it.
pub async fn save(
    applying: Result<Applying, Problem>,
    Path(at): Path<Address>,
    headers: HeaderMap,
    form: Form,
) -> Result<Response, Problem> {
    save_answer(applying, &at, &headers, &form).await.map_err(|problem| problem.keeping(&form.0))
}

async fn save_answer(
    applying: Result<Applying, Problem>,
    at: &Address,
    headers: &HeaderMap,
    form: &Form,
) -> Result<Response, Problem> {
    let applying = applying?;
    let number = number(at.criterion)?;
    applying.require(Action::Edit)?;
    let application = applying.application().id;
    let base = form.base();
    let stamp = applying.stamp();
    let mut tx = applying.portal().store.write().await?;
    tx.touch_draft(&stamp, application).await?;
    let current = tx.answer(application, number).await?;
    let mut content = current.as_ref().map(|a| a.content.clone()).unwrap_or_default();
    let odd = content.take(&form.0);
    let saved = tx.save_answer(&stamp, application, number, &base, &content, current.as_ref()).await?;
    tx.commit().await?;
    if wants_json(headers) {
        return Ok(told(&applying, saved, &content));
    }
    if !odd.is_empty() {
        let texts = form.0.iter().filter(|(name, _)| odd.contains(name)).cloned();
        return Err(Problem::Kept(Why::NotUnderstood, texts.collect()));
    }
    let here = applying.path(&format!("/criteria/{number}"));
    Ok(Redirect::to(&match (saved, form.get("then")) {
        (Saved::BesideAnother, _) => format!("{here}?done=beside#rival"),
        (Saved::Kept(_), "next") if number < COUNT => applying.path(&format!("/criteria/{}", number + 1)),
        (Saved::Kept(_), "next") => applying.path("/check"),
        (Saved::Kept(_), _) => format!("{here}?done=saved"),
    })
    .into_response())
}

/// What an island is told.
fn told(applying: &Applying, saved: Saved, content: &Content) -> Response {
    let zone = &applying.application().cycle.closes.zone;
    Json(match saved {
        Saved::Kept(version) => json!({
            "state": "saved",
            "version": version,
            "at": time_of_day(applying.now(), zone),
            "preview": render_typed(&content.narrative),
        }),
        Saved::BesideAnother => json!({ "state": "beside" }),
    })
    .into_response()
}

/// Chooses one of two texts.
pub async fn choose(applying: Applying, Path(at): Path<Address>, form: Form) -> Result<Response, Problem> {
    let number = number(at.criterion)?;
    applying.require(Action::Edit)?;
    let application = applying.application().id;
    let author = AccountId::parse(form.get("author"));
    let stamp = applying.stamp();
    let mut tx = applying.portal().store.write().await?;
    tx.touch_draft(&stamp, application).await?;
    let rival = tx
        .rivals(application)
        .await?
        .into_iter()
        .find(|r| r.criterion == number && Some(r.author) == author)
        .ok_or(Problem::Stale)?;
    let current = tx.answer(application, number).await?.ok_or(Problem::Stale)?;
    tx.choose(&stamp, application, &rival, &current, form.get("take") == "second").await?;
    tx.commit().await?;
    Ok(Redirect::to(&applying.path(&format!("/criteria/{number}?done=chosen"))).into_response())
}

/// Says something to colleagues, or asks for a change.
pub async fn add_note(
    applying: Result<Applying, Problem>,
    Path(at): Path<Address>,
    form: Form,
) -> Result<Response, Problem> {
    let add = async {
        let applying = applying?;
        let number = number(at.criterion)?;
        applying.require(Action::Edit)?;
        let text = form.get("text").trim();
        let place = applying.path(&format!("/criteria/{number}?done=noted#notes"));
        if text.is_empty() {
            return Ok(Redirect::to(&applying.path(&format!("/criteria/{number}#notes"))).into_response());
        }
        let (stamp, origin, request) = (applying.stamp(), &applying.portal().settings.origin, form.has("request"));
        let mut tx = applying.portal().store.write().await?;
        let note = tx.add_note(&stamp, applying.application().id, number, request, text).await?;
        if request {
            mail::change_requested(&mut tx, &stamp, origin, applying.application(), (note, number)).await?;
        }
        tx.commit().await?;
        Ok(Redirect::to(&place).into_response())
    };
    add.await.map_err(|problem: Problem| problem.keeping(&form.0))
}

/// Closes a request.
pub async fn close_note(applying: Applying, Path(at): Path<Address>) -> Result<Response, Problem> {
    let number = number(at.criterion)?;
    applying.require(Action::Edit)?;
    let note = NoteId::parse(&one_line(&at.note)).ok_or(Problem::NotFound)?;
    let mut tx = applying.portal().store.write().await?;
    tx.close_note(&applying.stamp(), applying.application().id, note).await?;
    tx.commit().await?;
    Ok(Redirect::to(&applying.path(&format!("/criteria/{number}#notes"))).into_response())
}
