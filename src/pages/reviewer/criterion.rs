//! One criterion on one screen: what is asked, what the centre says and shows, and what the reviewer says. Saving never
//! refuses while the review is open.

mod form;
mod view;

use super::{file, frame, named, own_names, title};
use crate::{
    domain::{access::Action, calendar::time_of_day, criteria::COUNT, cycle::OwnLevel, naming::Hit, stage::StageName},
    server::{
        form::Form,
        guard::wants_json,
        problem::{Problem, Why},
        render::Page,
        reviewing::Reviewing,
    },
    store::review::MarkSaved,
};
use axum::{
    Json,
    extract::{Path, Query},
    http::HeaderMap,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use serde_json::json;

/// The parts of an address below a review.
#[derive(Debug, Deserialize)]
pub struct Address {
    criterion: u8,
}

fn number(criterion: u8) -> Result<u8, Problem> {
    if (1..=COUNT).contains(&criterion) { Ok(criterion) } else { Err(Problem::NotFound) }
}

/// The page.
pub async fn show(
    reviewing: Reviewing,
    Path(at): Path<Address>,
    Query(said): Query<super::Said>,
) -> Result<Response, Problem> {
    let number = number(at.criterion)?;
    file(&reviewing)?;
    let criterion = reviewing.edition()?.criterion(number).ok_or(Problem::NotFound)?;
    let page_title = format!("{}, criterion {number}: {}", title(&reviewing), criterion.title);
    let known = own_names(&reviewing).await?;
    let mut tx = reviewing.portal().store.read().await?;
    let marks = tx.marks_of(reviewing.seat().id).await?;
    let kept = tx.kept_marks(reviewing.seat().id, number).await?;
    drop(tx);
    let mark = super::at(&marks, number);
    let hits: Vec<(&'static str, Hit)> = mark.map_or_else(Vec::new, |m| named(&m.mark, &known));
    let open = reviewing.may(Action::Mark) && reviewing.seat().submitted.is_none();
    let frame = frame(&reviewing).await?;
    let data = view::Data { number, open, done: said.done, marks, kept, hits, reviewing: reviewing.clone() };
    let page = Page::new(page_title, frame, move || view::page(&data)).with_islands();
    Ok(reviewing.desk().page(page).await)
}

/// Saves the mark; with an island asking, tells it what became of it.
pub async fn save(
    reviewing: Result<Reviewing, Problem>,
    Path(at): Path<Address>,
    headers: HeaderMap,
    form: Form,
) -> Result<Response, Problem> {
    save_mark(reviewing, &at, &headers, &form).await.map_err(|problem| problem.keeping(&form.0))
}

async fn save_mark(
    reviewing: Result<Reviewing, Problem>,
    at: &Address,
    headers: &HeaderMap,
    form: &Form,
) -> Result<Response, Problem> {
    let reviewing = reviewing?;
    let number = number(at.criterion)?;
    reviewing.require(Action::Mark)?;
    let asks = wants_json(headers);
    let base = form.base();
    let (stamp, own) = (reviewing.stamp(), reviewing.plan().rules.own_level);
    let (mut tx, mine) = reviewing.write().await?;
    let current = tx.mark(mine.seat.id, number).await?;
    let mut mark = current.as_ref().map(|m| m.mark.clone()).unwrap_or_default();
    let odd = mark.take(&form.0);
    let same = current.as_ref().filter(|m| m.mark == mark).map(|m| m.version);
    let saved = match same {
        // A second press of the button, or a page that has not heard of its last save.
        Some(version) => MarkSaved::Kept(version),
        None if mark.is_empty() => MarkSaved::Kept(0),
        None => tx.save_mark(&stamp, &mine.seat, number, &mark, base.version, base.page.as_deref()).await?,
    };
    if saved == MarkSaved::Closed {
        return Err(Problem::NotAllowed);
    }
    // Saving by hand is what shows the centre's own level: an island that saves while somebody still thinks must not.
    let by_hand = !asks && matches!(saved, MarkSaved::Kept(_)) && mark.level.is_some();
    if by_hand && own == OwnLevel::AfterMark && mine.stage == StageName::UnderReview {
        tx.show_own_level(&stamp, mine.seat.id, number).await?;
    }
    tx.commit().await?;
    if asks {
        return Ok(told(&reviewing, saved));
    }
    if !odd.is_empty() {
        let texts = form.0.iter().filter(|(name, _)| odd.contains(name)).cloned();
        return Err(Problem::Kept(Why::NotUnderstood, texts.collect()));
    }
    let here = reviewing.path(&format!("/criteria/{number}"));
    Ok(Redirect::to(&match (saved, form.get("then")) {
        (MarkSaved::Kept(_), "next") if number < COUNT => reviewing.path(&format!("/criteria/{}", number + 1)),
        (MarkSaved::Kept(_), "next") => reviewing.path("/submit"),
        (MarkSaved::Kept(_), "ask") => reviewing.path(&format!("/requests?criterion={number}#ask")),
        (MarkSaved::Kept(_), _) => format!("{here}?done=saved"),
        (MarkSaved::BesideAnother | MarkSaved::Closed, _) => format!("{here}?done=beside#earlier"),
    })
    .into_response())
}

/// What an island is told.
fn told(reviewing: &Reviewing, saved: MarkSaved) -> Response {
    let zone = &reviewing.plan().cycle.closes.zone;
    Json(match saved {
        MarkSaved::Kept(version) => {
            json!({ "state": "saved", "version": version, "at": time_of_day(reviewing.now(), zone) })
        }
        MarkSaved::BesideAnother | MarkSaved::Closed => json!({
            "state": "beside",
            "say": "You have changed this in another window. Both texts are kept; reload the page to compare",
        }),
    })
    .into_response()
}
