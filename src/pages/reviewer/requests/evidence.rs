//! A document that came with an answer, for a reviewer: the copy, under its letter, with the same headers for everybody.

use crate::{
    domain::access::Action,
    server::{guarded, problem::Problem, reads::Opened, reviewing::Reviewing, showing},
};
use axum::{extract::Path, response::Response};
use std::collections::HashMap;

/// The bytes: no name, no time.
pub async fn download(reviewing: Reviewing, Path(at): Path<HashMap<String, String>>) -> Result<Response, Problem> {
    reviewing.require(Action::ReadBlind)?;
    let letter = at.get("letter").ok_or(Problem::NotFound)?;
    let application = reviewing.seat().application;
    let mut tx = reviewing.portal().store.read().await?;
    let requests = tx.blind_requests(application).await?;
    let mut pieces = requests.iter().flat_map(|r| &r.messages).flat_map(|m| &m.attached);
    let file = pieces.find(|p| p.letter == *letter && p.file.is_some()).and_then(|p| p.file.clone());
    let file = file.ok_or(Problem::NotFound)?;
    let stored = tx.blind_file(application, &file.sha256).await?.ok_or(Problem::NotFound)?;
    drop(tx);
    let portal = reviewing.portal();
    let (size, stream) = showing::blind_copy(portal, &stored).await?.ok_or(Problem::NotYet)?;
    // Bytes that have left cannot be called back: that they did is durable before.
    let opened = Opened::Blind(application, stored.id);
    portal.reads.keep(&portal.store, &reviewing.stamp(), reviewing.account(), opened).await?;
    let name = format!("{}-{letter}", reviewing.alias());
    // A conflict that is found, or a session that ends, stops the rest.
    let asks = reviewing.clone();
    let stream = guarded::while_open(stream, move || {
        let asks = asks.clone();
        async move { asks.still_reads().await }
    });
    Ok(showing::attachment(&name, stored.file_type, size, stream))
}
