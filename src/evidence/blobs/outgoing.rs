//! Bytes on their way out: read in windows, and opened before anybody sees them.

use super::{Error, Inner, Stored, sealed};
use bytes::Bytes;
use futures_util::{StreamExt, future, stream, stream::BoxStream};
use object_store::{ObjectStoreExt, path::Path};
use std::{ops::Range, sync::Arc};

/// Windows that are read ahead.
const AHEAD: usize = 2;

/// Where some bytes lie, and what opens them.
#[derive(Debug)]
pub(super) struct Source {
    inner: Arc<Inner>,
    place: Path,
    /// None when they lie in the clear.
    key: Option<sealed::Key>,
    size: u64,
}

impl Source {
    /// What a row tells of; an error when there are no such bytes, or another number of them.
    pub(super) async fn open(inner: Arc<Inner>, stored: &Stored) -> Result<Self, Error> {
        let key = inner.key(stored)?;
        let place = Path::from(stored.place.as_str());
        let expected = if key.is_some() { sealed::sealed_size(stored.size) } else { stored.size };
        if inner.store.head(&place).await?.size != expected {
            return Err(Error::Changed);
        }
        Ok(Self { inner, place, key, size: stored.size })
    }

    /// A part of the bytes; it ends with the first window that is not what was stored.
    pub(super) fn read(self, range: Range<u64>) -> BoxStream<'static, Result<Bytes, Error>> {
        let window = self.inner.window * sealed::CHUNK as u64;
        let range = range.start.min(self.size)..range.end.min(self.size);
        // Of nothing at all there is one chunk, and it has to open.
        let windows = if range.is_empty() && self.size != 0 {
            0..0
        } else {
            range.start / window..range.end.max(1).div_ceil(window)
        };
        let source = Arc::new(self);
        let windows = windows.map(move |number| {
            let start = number * window;
            let (source, range) = (source.clone(), range.clone());
            async move {
                let plain = source.window(start..(start + window).min(source.size)).await?;
                let from = usize::try_from(range.start.saturating_sub(start)).unwrap_or(usize::MAX).min(plain.len());
                let to = usize::try_from(range.end.saturating_sub(start)).unwrap_or(usize::MAX).min(plain.len());
                Ok(plain.slice(from..to.max(from)))
            }
        });
        let parts = stream::iter(windows).buffered(AHEAD).scan(false, |broken, part: Result<Bytes, Error>| {
            let over = *broken;
            *broken = part.is_err();
            future::ready((!over).then_some(part))
        });
        parts.filter(|part| future::ready(!part.as_ref().is_ok_and(Bytes::is_empty))).boxed()
    }

    /// Reads and opens some chunks; both ends are ends of chunks.
    async fn window(&self, plain: Range<u64>) -> Result<Bytes, Error> {
        let Some(key) = &self.key else {
            return if plain.is_empty() {
                Ok(Bytes::new())
            } else {
                Ok(self.inner.store.get_range(&self.place, plain).await?)
            };
        };
        let first = plain.start / sealed::CHUNK as u64;
        let count = sealed::chunks(plain.end - plain.start);
        let start = plain.start + first * sealed::TAG as u64;
        let length = plain.end - plain.start + count * sealed::TAG as u64;
        let bytes = self.inner.store.get_range(&self.place, start..start + length).await?;
        if bytes.len() as u64 != length {
            return Err(Error::Changed);
        }
        let last = sealed::chunks(self.size) - 1;
        let mut opened = Vec::with_capacity(bytes.len());
        for (number, chunk) in (first..).zip(bytes.chunks(sealed::CHUNK + sealed::TAG)) {
            let counter = u32::try_from(number).map_err(|_| Error::Changed)?;
            key.open(counter, number == last, chunk, &mut opened)?;
        }
        Ok(opened.into())
    }
}
