//! A document of the centre, for a reviewer: under its letter, with the same headers for everybody.

use super::file;
use crate::server::{guarded, problem::Problem, reads::Opened, reviewing::Reviewing};
use axum::{
    body::Body,
    extract::Path,
    http::header,
    response::{IntoResponse, Response},
};
use serde::Deserialize;

/// The parts of an address below a review.
#[derive(Debug, Deserialize)]
pub struct Address {
    letter: String,
}

/// The bytes. Nothing about them tells more than their letter: no name, no time, no mark of their content.
pub async fn download(reviewing: Reviewing, Path(at): Path<Address>) -> Result<Response, Problem> {
    let piece = file(&reviewing)?.evidence.iter().find(|e| e.letter == at.letter).ok_or(Problem::NotFound)?;
    let digest = piece.sha256.as_ref().ok_or(Problem::NotFound)?;
    let application = reviewing.seat().application;
    let mut tx = reviewing.portal().store.read().await?;
    let stored = tx.blind_file(application, digest).await?.ok_or(Problem::NotFound)?;
    drop(tx);
    let (size, stream) = reviewing.portal().bytes_of(stored.id).await?;
    // Bytes that have left cannot be called back: that they did is durable before.
    let opened = Opened::Blind(application, stored.id);
    let portal = reviewing.portal();
    portal.reads.keep(&portal.store, &reviewing.stamp(), reviewing.account(), opened).await?;
    let name = format!("{}-{}.{}", reviewing.alias(), piece.letter, stored.file_type.extension());
    let headers = [
        (header::CONTENT_TYPE, stored.file_type.media_type().to_owned()),
        (header::CONTENT_LENGTH, size.to_string()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'".to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    // A conflict that is found, or a session that ends, stops the rest.
    let asks = reviewing.clone();
    let stream = guarded::while_open(stream, move || {
        let asks = asks.clone();
        async move { asks.still_reads().await }
    });
    Ok((headers, Body::from_stream(stream)).into_response())
}
