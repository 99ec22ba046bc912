//! The bytes of evidence: sealed, each blob with a key of its own; durable before the row that points at them; in a folder,
//! or in a bucket.
//!
//! Each blob lies at a place that is used once, so that two uploads of the same bytes cannot overwrite each other. Its row
//! has the hash and size of the plain bytes, and its key, sealed with the portal's: without the row nobody can read it.
//! Files from before blobs were sealed lie in the clear; they have no key.

mod bucket;
mod incoming;
mod outgoing;
pub mod sealed;

use crate::{
    domain::{
        id::CentreId,
        snapshot::{Digest, hex},
    },
    server::seal::Seal,
};
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream::BoxStream};
use object_store::{ObjectStore, ObjectStoreExt, PutPayload, local::LocalFileSystem, path::Path};
use sha2::{Digest as _, Sha256};
use std::{fmt, ops::Range, path, sync::Arc};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

pub use bucket::{BucketSettings, Patience};
pub use incoming::Incoming;

/// What lies in a folder is written and read in so many chunks at once, so that memory does not grow with a file.
const CHUNKS_OF_FOLDER: usize = 8;

/// What lies in a bucket is written in so many chunks at once: no part of an upload but the last may have fewer than 5 MiB,
/// and some services want all of them equal.
const CHUNKS_OF_BUCKET: usize = 80;

/// What lies in a bucket is read in so many chunks at once.
const WINDOW_OF_BUCKET: u64 = 16;

/// So many parts for a bucket are in memory at once, of all uploads together: 240 MiB.
const PARTS_IN_MEMORY: usize = 48;

/// Why bytes could not be stored or read.
#[derive(Debug)]
pub enum Error {
    /// The disk is full.
    Full,
    /// There are no such bytes.
    Missing,
    /// There are other bytes than were stored.
    Changed,
    /// The key of the bytes is gone, or is not one that we can open.
    Locked,
    /// Anything else.
    Store(object_store::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full => write!(f, "the blob store is full"),
            Self::Missing => write!(f, "there are no such bytes"),
            Self::Changed => write!(f, "these are other bytes than were stored"),
            Self::Locked => write!(f, "the key of these bytes does not open"),
            Self::Store(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for Error {}

impl From<object_store::Error> for Error {
    fn from(error: object_store::Error) -> Self {
        if matches!(error, object_store::Error::NotFound { .. }) {
            return Self::Missing;
        }
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&error);
        while let Some(current) = cause {
            let io = current.downcast_ref::<std::io::Error>().map(std::io::Error::kind);
            if matches!(io, Some(std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded)) {
                return Self::Full;
            }
            cause = current.source();
        }
        Self::Store(error)
    }
}

/// The blob store.
#[derive(Clone, Debug)]
pub struct Blobs(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    store: Arc<dyn ObjectStore>,
    seal: Seal,
    /// Sealed bytes of a part.
    part: usize,
    /// Chunks that are read at once.
    window: u64,
    /// Parts that may be in memory; no bound where parts are small.
    room: Option<Arc<Semaphore>>,
}

/// Bytes that are stored, as a row tells of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Of the plain bytes.
    pub sha256: Digest,
    /// How many plain bytes.
    pub size: u64,
    /// Where they lie.
    pub place: String,
    /// What opens them, sealed; empty for a file that lies in the clear.
    pub sealed_key: String,
}

impl Stored {
    /// A file from before blobs were sealed: in the clear, under its hash.
    pub fn in_the_clear(centre: CentreId, sha256: Digest, size: u64) -> Self {
        let hash = sha256.as_str();
        let place = format!("evidence/{centre}/{}/{hash}", &hash[..2]);
        Self { sha256, size, place, sealed_key: String::new() }
    }

    /// Whether its key opens.
    pub fn opens_with(&self, seal: &Seal) -> Result<(), Error> {
        seal.open(&purpose(&self.place), &self.sealed_key).map(|_| ()).map_err(|_| Error::Locked)
    }
}

impl Blobs {
    /// In a folder, every file synchronised to the disk.
    pub fn in_folder(folder: &path::Path, seal: Seal) -> anyhow::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let store = LocalFileSystem::new_with_prefix(folder)?.with_fsync(true).with_automatic_cleanup(true);
        let part = CHUNKS_OF_FOLDER * (sealed::CHUNK + sealed::TAG);
        Ok(Self(Arc::new(Inner { store: Arc::new(store), seal, part, window: CHUNKS_OF_FOLDER as u64, room: None })))
    }

    /// In a bucket.
    pub fn in_bucket(settings: &BucketSettings, seal: Seal) -> anyhow::Result<Self> {
        let part = CHUNKS_OF_BUCKET * (sealed::CHUNK + sealed::TAG);
        let room = Some(Arc::new(Semaphore::new(PARTS_IN_MEMORY)));
        Ok(Self(Arc::new(Inner { store: settings.open()?, seal, part, window: WINDOW_OF_BUCKET, room })))
    }

    /// Begins to take bytes. The scope is the centre's identifier, or `uploads`; nobody else uses the unique name.
    pub fn begin(&self, scope: &str, unique: &str) -> Result<Incoming, Error> {
        Incoming::begin(self, scope, unique)
    }

    /// Stores bytes that are at hand.
    pub async fn put(&self, scope: &str, unique: &str, bytes: Bytes) -> Result<Stored, Error> {
        let mut incoming = self.begin(scope, unique)?;
        incoming.take(bytes).await?;
        incoming.keep().await
    }

    /// The bytes, as a stream. Each part is what was stored; where one is not, the stream ends with an error.
    pub async fn get(&self, stored: &Stored) -> Result<BoxStream<'static, Result<Bytes, Error>>, Error> {
        self.range(stored, 0..stored.size).await
    }

    /// All of the bytes at once, where they are known to be few.
    pub async fn whole(&self, stored: &Stored) -> Result<Bytes, Error> {
        let parts: Vec<Bytes> = self.get(stored).await?.try_collect().await?;
        Ok(parts.concat().into())
    }

    /// Some of the bytes, as a stream.
    pub async fn range(
        &self,
        stored: &Stored,
        range: Range<u64>,
    ) -> Result<BoxStream<'static, Result<Bytes, Error>>, Error> {
        Ok(outgoing::Source::open(self.0.clone(), stored).await?.read(range))
    }

    /// Reads the bytes again and compares them with their hash and size.
    pub async fn verify(&self, stored: &Stored) -> Result<bool, Error> {
        let mut hash = Sha256::new();
        let mut parts = match self.get(stored).await {
            Err(Error::Changed) => return Ok(false),
            parts => parts?,
        };
        while let Some(part) = parts.next().await {
            match part {
                Err(Error::Changed) => return Ok(false),
                part => hash.update(&part?),
            }
        }
        Ok(hex(&hash.finalize()) == stored.sha256.as_str())
    }

    /// Removes bytes. That there are none is no error.
    pub async fn delete(&self, place: &str) -> Result<(), Error> {
        match self.0.store.delete(&Path::from(place)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Removes bytes that no row wants, because the centre has the same already.
    pub async fn forget(&self, surplus: Option<String>) {
        let Some(place) = surplus else { return };
        if let Err(error) = self.delete(&place).await {
            tracing::warn!(%error, "bytes that no row wants could not be removed; they are swept away later");
        }
    }

    /// Writes, reads and deletes a few bytes.
    pub async fn probe(&self, unique: &str) -> Result<(), Error> {
        let place = Path::from(format!("probe/{unique}"));
        self.0.store.put(&place, PutPayload::from_static(b"ready")).await?;
        let back = self.0.store.get(&place).await?.bytes().await?;
        self.0.store.delete(&place).await?;
        if back.as_ref() == b"ready" { Ok(()) } else { Err(Error::Missing) }
    }

    /// The right to have one more part in memory.
    async fn room(&self) -> Result<Option<OwnedSemaphorePermit>, Error> {
        match &self.0.room {
            Some(room) => room.clone().acquire_owned().await.map(Some).map_err(|_| Error::Full),
            None => Ok(None),
        }
    }
}

impl Inner {
    /// What opens the bytes; none when they lie in the clear.
    fn key(&self, stored: &Stored) -> Result<Option<sealed::Key>, Error> {
        if stored.sealed_key.is_empty() {
            return Ok(None);
        }
        let bytes = self.seal.open(&purpose(&stored.place), &stored.sealed_key).map_err(|_| Error::Locked)?;
        sealed::Key::new(&bytes).map(Some)
    }
}

/// What the key of a blob is sealed for: it opens at its place alone.
fn purpose(place: &str) -> String {
    format!("blob:{place}")
}

fn place(scope: &str, unique: &str) -> Path {
    Path::from(format!("evidence/{scope}/{unique}"))
}

#[cfg(test)]
mod tests;
