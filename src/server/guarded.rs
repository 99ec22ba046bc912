//! Bytes on their way out, for as long as somebody may have them.

use crate::evidence::blobs;
use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream, stream::BoxStream};
use std::{
    fmt,
    time::{Duration, Instant},
};

/// After so many bytes the right is asked for again: a query for each MiB costs a fast download nothing that can be seen.
pub const BYTES: usize = 1024 * 1024;

/// For a slow download, after so long.
const PAUSE: Duration = Duration::from_secs(1);

/// Why a download stops before its end. The connection breaks off, so that nobody takes a part for the whole.
#[derive(Debug)]
pub enum Broken {
    /// The right to the bytes has ended.
    Closed,
    /// They cannot be read.
    Unreadable(blobs::Error),
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => write!(f, "the right to these bytes has ended"),
            Self::Unreadable(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for Broken {}

/// The same bytes; every few parts, `open` is asked whether they may go on.
pub fn while_open<F, A>(
    parts: BoxStream<'static, Result<Bytes, blobs::Error>>,
    open: A,
) -> impl Stream<Item = Result<Bytes, Broken>>
where
    A: Fn() -> F,
    F: Future<Output = bool>,
{
    let begun = (parts, open, 0, Instant::now());
    stream::try_unfold(begun, |(mut parts, open, mut sent, mut since)| async move {
        if BYTES <= sent || PAUSE <= since.elapsed() {
            if !open().await {
                return Err(Broken::Closed);
            }
            (sent, since) = (0, Instant::now());
        }
        let Some(part) = parts.next().await else { return Ok(None) };
        let part = part.map_err(Broken::Unreadable)?;
        sent += part.len();
        Ok(Some((part, (parts, open, sent, since))))
    })
}
