//! Bytes on their way in: hashed, sealed and handed on in parts.

use super::{Blobs, Error, Stored, purpose, sealed};
use crate::domain::snapshot::{Digest, hex};
use bytes::Bytes;
use object_store::{MultipartUpload, ObjectStore, ObjectStoreExt, PutPayload, path::Path};
use sha2::{Digest as _, Sha256};
use std::{fmt, mem};
use tokio::{runtime::Handle, sync::OwnedSemaphorePermit, task::JoinSet};

/// How many parts of one upload are on their way at once.
const AT_ONCE: usize = 2;

/// Bytes on their way in. Dropped without [`Incoming::keep`], they leave nothing behind.
pub struct Incoming {
    blobs: Blobs,
    place: Path,
    key: sealed::Key,
    sealed_key: String,
    hash: Sha256,
    size: u64,
    /// Chunks that are sealed.
    chunks: u32,
    /// Sealed chunks that were not handed on, and the chunk that is being filled.
    part: Vec<u8>,
    /// Where that chunk begins.
    start: usize,
    /// The right to have a part in memory.
    room: Option<OwnedSemaphorePermit>,
    sender: Option<Sender>,
}

impl Incoming {
    pub(super) fn begin(blobs: &Blobs, scope: &str, unique: &str) -> Result<Self, Error> {
        let place = super::place(scope, unique);
        let (key, bytes) = sealed::Key::draw()?;
        let sealed_key = blobs.0.seal.seal(&purpose(place.as_ref()), bytes.as_slice()).map_err(|_| Error::Locked)?;
        Ok(Self {
            blobs: blobs.clone(),
            place,
            key,
            sealed_key,
            hash: Sha256::new(),
            size: 0,
            chunks: 0,
            part: Vec::new(),
            start: 0,
            room: None,
            sender: None,
        })
    }

    /// Takes a part.
    pub async fn take(&mut self, part: Bytes) -> Result<(), Error> {
        self.hash.update(&part);
        self.size += part.len() as u64;
        let mut rest = &part[..];
        while !rest.is_empty() {
            // A chunk is sealed when it is known that another one follows.
            if self.part.len() - self.start == sealed::CHUNK {
                self.seal(false)?;
                if self.blobs.0.part <= self.part.len() {
                    self.send().await?;
                }
            }
            if self.part.capacity() == 0 {
                self.room = self.blobs.room().await?;
                self.part = Vec::with_capacity(self.blobs.0.part);
            }
            let count = rest.len().min(sealed::CHUNK - (self.part.len() - self.start));
            let (now, later) = rest.split_at(count);
            self.part.extend_from_slice(now);
            rest = later;
        }
        Ok(())
    }

    /// How many bytes came so far.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// All bytes are there: makes them durable. Nothing points at them yet.
    pub async fn keep(mut self) -> Result<Stored, Error> {
        self.seal(true)?;
        if self.sender.is_none() {
            let part = mem::take(&mut self.part);
            self.blobs.0.store.put(&self.place, PutPayload::from(part)).await?;
        } else {
            self.send().await?;
            if let Some(sender) = &mut self.sender {
                sender.finish().await?;
            }
            self.sender = None;
        }
        let sha256 = Digest::parse(&hex(&mem::take(&mut self.hash).finalize())).ok_or(Error::Missing)?;
        let place = mem::take(&mut self.place).into();
        Ok(Stored { sha256, size: self.size, place, sealed_key: mem::take(&mut self.sealed_key) })
    }

    /// Nothing of it is wanted.
    pub async fn abort(mut self) {
        if let Some(sender) = self.sender.take() {
            sender.abort().await;
        }
    }

    fn seal(&mut self, last: bool) -> Result<(), Error> {
        self.key.seal(self.chunks, last, &mut self.part, self.start)?;
        self.chunks = self.chunks.checked_add(1).ok_or(Error::Full)?;
        self.start = self.part.len();
        Ok(())
    }

    /// Hands on what is sealed.
    async fn send(&mut self) -> Result<(), Error> {
        let (part, room) = (mem::take(&mut self.part), self.room.take());
        self.start = 0;
        let sender = match &mut self.sender {
            Some(sender) => sender,
            None => self.sender.insert(Sender::begin(self.blobs.0.store.as_ref(), &self.place).await?),
        };
        sender.send(part.into(), room).await
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        // What cannot be cleaned away now is swept away later.
        if let (Some(sender), Ok(handle)) = (self.sender.take(), Handle::try_current()) {
            handle.spawn(sender.abort());
        }
    }
}

impl fmt::Debug for Incoming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Incoming({} bytes)", self.size)
    }
}

/// Parts of one upload, a few at once.
struct Sender {
    upload: Box<dyn MultipartUpload>,
    parts: JoinSet<object_store::Result<()>>,
}

impl Sender {
    async fn begin(store: &dyn ObjectStore, place: &Path) -> Result<Self, Error> {
        Ok(Self { upload: store.put_multipart(place).await?, parts: JoinSet::new() })
    }

    async fn send(&mut self, part: Bytes, room: Option<OwnedSemaphorePermit>) -> Result<(), Error> {
        while AT_ONCE <= self.parts.len() {
            self.one_sent().await?;
        }
        let sending = self.upload.put_part(PutPayload::from(part));
        self.parts.spawn(async move {
            let sent = sending.await;
            drop(room);
            sent
        });
        Ok(())
    }

    async fn one_sent(&mut self) -> Result<(), Error> {
        match self.parts.join_next().await {
            Some(Ok(sent)) => Ok(sent?),
            Some(Err(_)) => Err(Error::Missing),
            None => Ok(()),
        }
    }

    async fn finish(&mut self) -> Result<(), Error> {
        while !self.parts.is_empty() {
            self.one_sent().await?;
        }
        self.upload.complete().await?;
        Ok(())
    }

    async fn abort(mut self) {
        self.parts.shutdown().await;
        if let Err(error) = self.upload.abort().await {
            tracing::warn!(%error, "an upload that was given up could not be cleaned away");
        }
    }
}
