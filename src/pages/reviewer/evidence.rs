//! A document of the centre, for a reviewer: the copy that tells nobody's name, under its letter, the same for everybody.

use super::{bar, file, frame, title};
use crate::{
    components::document::{self, Document},
    domain::blind::BlindEvidence,
    server::{archive::Archive, guarded, problem::Problem, reads::Opened, render::Page, reviewing::Reviewing, showing},
    store::blind::BlindFile,
};
use axum::{
    extract::{Path, Query},
    response::Response,
};
use leptos::prelude::*;
use serde::Deserialize;

/// The parts of an address below a review.
#[derive(Debug, Deserialize)]
pub struct Address {
    letter: String,
    page: Option<u32>,
}

/// What is asked for.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Asked {
    page: Option<u32>,
    /// The criterion that it is read for.
    criterion: Option<u8>,
}

/// A piece of evidence and its file; not found for a link.
async fn piece<'a>(reviewing: &'a Reviewing, letter: &str) -> Result<(&'a BlindEvidence, BlindFile), Problem> {
    let piece = file(reviewing)?.evidence.iter().find(|e| e.letter == letter).ok_or(Problem::NotFound)?;
    let digest = piece.sha256.as_ref().ok_or(Problem::NotFound)?;
    let mut tx = reviewing.portal().store.read().await?;
    let stored = tx.blind_file(reviewing.seat().application, digest).await?.ok_or(Problem::NotFound)?;
    Ok((piece, stored))
}

/// Bytes that have left cannot be called back: that they did is durable before.
async fn note(reviewing: &Reviewing, stored: &BlindFile) -> Result<(), Problem> {
    let opened = Opened::Blind(reviewing.seat().application, stored.id);
    let portal = reviewing.portal();
    Ok(portal.reads.keep(&portal.store, &reviewing.stamp(), reviewing.account(), opened).await?)
}

/// The document, page by page.
pub async fn read(
    reviewing: Reviewing,
    Path(at): Path<Address>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let (piece, stored) = piece(&reviewing, &at.letter).await?;
    let base = reviewing.path(&format!("/evidence/{}", piece.letter));
    let uses = piece.uses.iter().find(|(criterion, _)| asked.criterion.is_none_or(|c| c == *criterion));
    let matter = uses.map(|(_, pages)| pages.clone()).unwrap_or_default();
    let shown = if stored.ready {
        note(&reviewing, &stored).await?;
        Some(Document {
            file_type: stored.file_type,
            pages: stored.pages,
            page: asked.page.or_else(|| document::first_page(&matter)).unwrap_or(1),
            passages: showing::passages(reviewing.portal(), stored.id).await?,
            here: base.clone(),
            pictures: format!("{base}/pages"),
            matter,
            download: format!("{base}/copy"),
        })
    } else {
        None
    };
    let name = format!("Evidence {}. {}", piece.letter, piece.kind.name());
    let about = piece.title.clone();
    let (bar, back) = (bar(&reviewing, None), uses.map(|(c, _)| (reviewing.path(&format!("/criteria/{c}")), *c)));
    let page = Page::new(format!("{name}, {}", title(&reviewing)), frame(&reviewing).await?, move || {
        let back = back.map(|(href, c)| view! { <p><a href=href>{format!("Back to criterion {c}")}</a></p> });
        view! {
            <main class="page" id="main">
                {bar}
                <div class="stack"><h2>{name}</h2><p>{about}</p>{back}</div>
                {match shown {
                    Some(shown) => document::view(&shown),
                    None => view! { <p class="panel">"This document is still being looked through, so that it tells you nobody's name, and opens here once that is done. If you need it before, ask for it under Requests."</p> }.into_any(),
                }}
            </main>
        }
    });
    Ok(reviewing.desk().page(page).await)
}

/// One page of it as a picture.
pub async fn picture(reviewing: Reviewing, Path(at): Path<Address>) -> Result<Response, Problem> {
    let (_, stored) = piece(&reviewing, &at.letter).await?;
    let page = at.page.filter(|_| stored.ready).ok_or(Problem::NotFound)?;
    note(&reviewing, &stored).await?;
    showing::picture(reviewing.portal(), stored.id, stored.file_type, page).await
}

/// The whole of it, to keep. Nothing about it tells more than its letter: no name, no time, no mark of its content.
pub async fn download(reviewing: Reviewing, Path(at): Path<Address>) -> Result<Response, Problem> {
    let (piece, stored) = piece(&reviewing, &at.letter).await?;
    let (size, stream) = showing::blind_copy(reviewing.portal(), &stored).await?.ok_or(Problem::NotFound)?;
    note(&reviewing, &stored).await?;
    let name = format!("{}-{}", reviewing.alias(), piece.letter);
    // A conflict that is found, or a session that ends, stops the rest.
    let asks = reviewing.clone();
    let stream = guarded::while_open(stream, move || {
        let asks = asks.clone();
        async move { asks.still_reads().await }
    });
    Ok(showing::attachment(&name, stored.file_type, size, stream))
}

/// Every document that is ready, under its letter.
pub async fn archive(reviewing: Reviewing) -> Result<Response, Problem> {
    let mut letters: Vec<&BlindEvidence> = file(&reviewing)?.evidence.iter().filter(|e| e.sha256.is_some()).collect();
    letters.sort_by(|a, b| (a.letter.len(), &a.letter).cmp(&(b.letter.len(), &b.letter)));
    let archive = Archive::begin(reviewing.portal()).await?;
    let mut waiting = Vec::new();
    for evidence in letters {
        let (_, stored) = piece(&reviewing, &evidence.letter).await?;
        let Some((_, bytes)) = showing::blind_copy(reviewing.portal(), &stored).await? else {
            waiting.push(evidence.letter.clone());
            continue;
        };
        if !reviewing.still_reads().await {
            return Err(Problem::NotFound);
        }
        note(&reviewing, &stored).await?;
        archive
            .file(&format!("{}-{}.{}", reviewing.alias(), evidence.letter, stored.file_type.extension()), bytes)
            .await?;
    }
    if !waiting.is_empty() {
        let text = format!("Still being looked through, and not in here: {}\n", waiting.join(", "));
        archive.text("not-yet.txt", text).await;
    }
    archive.send(&format!("{}-evidence", reviewing.alias())).await
}
