//! A document that came with an answer, for a reviewer: under its letter, with the same headers for everybody.

use crate::{
    domain::access::Action,
    server::{problem::Problem, reviewing::Reviewing},
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
    let centre = tx.bytes_of(application).await?.ok_or(Problem::NotFound)?;
    drop(tx);
    let (size, stream) = reviewing.portal().blobs.get(centre, &file.sha256).await?;
    let name = format!("{}-{letter}.{}", reviewing.alias(), file.file_type.extension());
    let headers = [
        (header::CONTENT_TYPE, file.file_type.media_type().to_owned()),
        (header::CONTENT_LENGTH, size.to_string()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'".to_owned()),
    ];
    Ok((headers, Body::from_stream(stream)).into_response())
}
