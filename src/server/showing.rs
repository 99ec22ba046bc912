//! Files on their way out: to be kept, or looked at page by page. A name is made by us, and every answer is the same for
//! everybody who may have it.

use super::{Portal, problem::Problem};
use crate::{
    domain::{evidence::FileType, id::FileId, report::Passage},
    evidence::blobs,
    store::{blind::BlindFile, blob::BlobKind},
};
use axum::{
    body::Body,
    http::header,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures_util::{Stream, stream::BoxStream};
use std::error::Error;

/// How wide a page is drawn, in pixels: sharp on a large screen, and still small.
const WIDTH: u16 = 1400;

/// A file can run nothing, whatever is in it.
const NOTHING: &str = "sandbox; default-src 'none'";

/// A file to keep. `name` is ours, without an ending.
pub fn attachment<E>(
    name: &str,
    file_type: FileType,
    size: u64,
    bytes: impl Stream<Item = Result<Bytes, E>> + Send + 'static,
) -> Response
where
    E: Error + Send + Sync + 'static,
{
    let headers = [
        (header::CONTENT_TYPE, file_type.media_type().to_owned()),
        (header::CONTENT_LENGTH, size.to_string()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.{}\"", file_type.extension())),
        (header::CONTENT_SECURITY_POLICY, NOTHING.to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    (headers, Body::from_stream(bytes)).into_response()
}

/// The size of a file and its bytes.
pub type Sent = (u64, BoxStream<'static, Result<Bytes, blobs::Error>>);

/// The copy for reviewers; none before it is made.
pub async fn copy(portal: &Portal, file: FileId) -> Result<Option<Sent>, Problem> {
    let stored = portal.store.read().await?.blob_of(file, BlobKind::Copy).await?;
    let Some(stored) = stored else { return Ok(None) };
    Ok(Some((stored.size, portal.blobs.get(&stored).await?)))
}

/// The copy, for a reviewer; none before everything in it was decided.
pub async fn blind_copy(portal: &Portal, file: &BlindFile) -> Result<Option<Sent>, Problem> {
    if file.ready { copy(portal, file.id).await } else { Ok(None) }
}

/// The text of a file; none before it was cleaned.
pub async fn passages(portal: &Portal, file: FileId) -> Result<Vec<Passage>, Problem> {
    let stored = portal.store.read().await?.blob_of(file, BlobKind::Text).await?;
    let Some(stored) = stored else { return Ok(Vec::new()) };
    Ok(serde_json::from_slice(&portal.blobs.whole(&stored).await?).map_err(anyhow::Error::from)?)
}

/// One page of the copy as a picture, for a page of ours.
pub async fn picture(portal: &Portal, file: FileId, file_type: FileType, page: u32) -> Result<Response, Problem> {
    let stored = portal.store.read().await?.blob_of(file, BlobKind::Copy).await?.ok_or(Problem::NotFound)?;
    let (media_type, picture) = match file_type {
        FileType::Pdf => {
            let document = (stored.size, portal.blobs.get(&stored).await?);
            let drawn = portal.opener.draw(document, page, WIDTH).await.map_err(anyhow::Error::from)?;
            ("image/png", drawn.map_err(|_| Problem::NotFound)?)
        }
        FileType::Png | FileType::Jpeg if page == 1 => (file_type.media_type(), portal.blobs.whole(&stored).await?),
        _ => return Err(Problem::NotFound),
    };
    let headers = [(header::CONTENT_TYPE, media_type), (header::CONTENT_SECURITY_POLICY, NOTHING)];
    Ok((headers, picture).into_response())
}
