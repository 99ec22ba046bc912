//! A document that came with an answer, for a reviewer: under its letter, with the same headers for everybody.

use crate::{
    domain::access::Action,
    server::{guarded, problem::Problem, reads::Opened, reviewing::Reviewing},
};
use axum::{
    body::Body,
    extract::Path,
    http::header,
    response::{IntoResponse, Response},
};
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
    drop(tx);
    let (size, stream) = reviewing.portal().bytes_of(file.id).await?;
    // Bytes that have left cannot be called back: that they did is durable before.
    let (portal, opened) = (reviewing.portal(), Opened::Blind(application, file.id));
    portal.reads.keep(&portal.store, &reviewing.stamp(), reviewing.account(), opened).await?;
    let name = format!("{}-{letter}.{}", reviewing.alias(), file.file_type.extension());
    let headers = [
        (header::CONTENT_TYPE, file.file_type.media_type().to_owned()),
        (header::CONTENT_LENGTH, size.to_string()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'".to_owned()),
    ];
    // A conflict that is found, or a session that ends, stops the rest.
    let asks = reviewing.clone();
    let stream = guarded::while_open(stream, move || {
        let asks = asks.clone();
        async move { asks.still_reads().await }
    });
    Ok((headers, Body::from_stream(stream)).into_response())
}
