//! What becomes of a file before reviewers may see it: what they will see, and what has to be decided.

use super::{Address, find, piece_page, view::Refused};
use crate::{
    components::{
        document::{self, Document},
        layout,
    },
    domain::{access::Action, checking, id::FindingId, text::one_line},
    pages::centre::{frame, title},
    server::{applying::Applying, form::Form, guarded, problem::Problem, reads::Opened, render::Page, showing},
    store::evidence::{Piece, Source, StoredFile},
};
use axum::{
    extract::{Path, Query},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use leptos::prelude::*;
use serde::Deserialize;

/// Which page.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub struct At {
    page: Option<u32>,
}

async fn file(
    applying: &Applying,
    at: &std::collections::HashMap<String, String>,
) -> Result<(Piece, StoredFile), Problem> {
    let piece = find(applying, at).await?;
    let Source::File(file) = piece.source.clone() else { return Err(Problem::NotFound) };
    Ok((piece, file))
}

async fn note(applying: &Applying, piece: &Piece) -> Result<(), Problem> {
    let opened = Opened::Evidence(applying.application().id, piece.evidence.id);
    Ok(applying.portal().reads.keep(&applying.portal().store, &applying.stamp(), applying.account(), opened).await?)
}

/// "What the reviewer will see".
pub async fn preview(applying: Applying, Path(at): Address, Query(asked): Query<At>) -> Result<Response, Problem> {
    let (piece, stored) = file(&applying, &at).await?;
    let mut tx = applying.portal().store.read().await?;
    let status = tx.file_status(stored.id).await?.ok_or(Problem::NotFound)?;
    drop(tx);
    let passages = showing::passages(applying.portal(), stored.id).await?;
    let base = applying.path(&format!("/evidence/{}", piece.evidence.id));
    let matter = piece.evidence.uses.first().map(|(_, pages)| pages.clone()).unwrap_or_default();
    let made = status.check.state.has_copy();
    let shown = made.then(|| Document {
        file_type: stored.file_type,
        pages: status.pages,
        page: asked.page.or_else(|| document::first_page(&matter)).unwrap_or(1),
        passages,
        here: format!("{base}/preview"),
        pictures: format!("{base}/pages"),
        matter,
        download: format!("{base}/copy"),
    });
    let name = piece.evidence.title.clone();
    let (crumb, frame) = (title(&applying), frame(&applying, "Evidence"));
    let (home, list, back) = (applying.path(""), applying.path("/evidence"), base);
    let page = Page::new(format!("What the reviewer will see: {name}"), frame, move || {
        view! {
            <main class="page" id="main">
                {layout::crumbs(vec![(crumb, home), ("Evidence".into(), list), (name.clone(), back)], "What the reviewer will see")}
                <div class="page-head"><div><h1>"What the reviewer will see"</h1><p class="facts"><span>{name}</span></p></div></div>
                {match shown {
                    Some(shown) => document::view(&shown),
                    None => view! { <p class="panel">"There is no copy for reviewers yet. The page of this evidence says how far it is."</p> }.into_any(),
                }}
            </main>
        }
    });
    Ok(applying.desk().page(page).await)
}

/// One page of the copy.
pub async fn picture(applying: Applying, Path(at): Address) -> Result<Response, Problem> {
    let (piece, stored) = file(&applying, &at).await?;
    let page = at.get("page").and_then(|page| page.parse().ok()).ok_or(Problem::NotFound)?;
    note(&applying, &piece).await?;
    showing::picture(applying.portal(), stored.id, stored.file_type, page).await
}

/// The copy, to keep.
pub async fn copy(applying: Applying, Path(at): Address) -> Result<Response, Problem> {
    let (piece, stored) = file(&applying, &at).await?;
    let (size, bytes) = showing::copy(applying.portal(), stored.id).await?.ok_or(Problem::NotFound)?;
    note(&applying, &piece).await?;
    let asks = applying.clone();
    let bytes = guarded::while_open(bytes, move || {
        let asks = asks.clone();
        async move { asks.still_may(Action::Read).await }
    });
    let name = format!("copy-{}", &piece.evidence.id.to_string()[..6]);
    Ok(showing::attachment(&name, stored.file_type, size, bytes))
}

/// Somebody of the centre says why findings may stay.
pub async fn decide(applying: Applying, Path(at): Address, form: Form) -> Result<Response, Problem> {
    applying.require(Action::Edit)?;
    let (piece, stored) = file(&applying, &at).await?;
    let reason: String = one_line(form.get("reason")).chars().take(checking::REASON).collect();
    let chosen: Vec<FindingId> = form.all("finding").filter_map(FindingId::parse).collect();
    if let Some(error) = checking::to_mend(chosen.len(), &reason) {
        let refused = Refused::Reason(reason, error.to_owned());
        return piece_page(&applying, piece.evidence.id, String::new(), refused, StatusCode::UNPROCESSABLE_ENTITY)
            .await;
    }
    let stamp = applying.stamp();
    let mut tx = applying.portal().store.write().await?;
    tx.touch_draft(&stamp, applying.application().id).await?;
    tx.decide_findings(&stamp, (applying.application().id, stored.id), &chosen, &reason).await?;
    tx.commit().await?;
    Ok(Redirect::to(&applying.path(&format!("/evidence/{}?done=decided#check", piece.evidence.id))).into_response())
}
