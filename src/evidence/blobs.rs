//! The bytes of evidence: content-addressed within a centre, durable before the row that points at them.

use crate::domain::{
    id::CentreId,
    snapshot::{Digest, hex},
};
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream::BoxStream};
use object_store::{ObjectStore, ObjectStoreExt, PutPayload, WriteMultipart, local::LocalFileSystem, path::Path};
use sha2::{Digest as _, Sha256};
use std::{fmt, path, sync::Arc};

/// Bytes are handed on in parts of this size, so that memory does not grow with a file.
const PART: usize = 512 * 1024;

/// Why bytes could not be stored or read.
#[derive(Debug)]
pub enum Error {
    /// The disk is full.
    Full,
    /// There are no such bytes.
    Missing,
    /// Anything else.
    Store(object_store::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full => write!(f, "the blob store is full"),
            Self::Missing => write!(f, "there are no such bytes"),
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
pub struct Blobs(Arc<dyn ObjectStore>);

/// Bytes on their way in. Dropped without [`Incoming::keep`], they leave nothing behind.
pub struct Incoming {
    store: Arc<dyn ObjectStore>,
    staged: Path,
    writer: Option<WriteMultipart>,
    hash: Sha256,
    size: u64,
}

/// Bytes that are stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Of the bytes.
    pub sha256: Digest,
    /// How many.
    pub size: u64,
}

impl Blobs {
    /// In a folder, every file synchronised to the disk.
    pub fn in_folder(folder: &path::Path) -> anyhow::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let store = LocalFileSystem::new_with_prefix(folder)?.with_fsync(true).with_automatic_cleanup(true);
        Ok(Self(Arc::new(store)))
    }

    /// Begins to take bytes under a name that nobody else uses.
    pub async fn begin(&self, unique: &str) -> Result<Incoming, Error> {
        let staged = Path::from(format!("incoming/{unique}"));
        let upload = self.0.put_multipart(&staged).await?;
        let writer = Some(WriteMultipart::new_with_chunk_size(upload, PART));
        Ok(Incoming { store: self.0.clone(), staged, writer, hash: Sha256::new(), size: 0 })
    }

    /// Stores bytes that are at hand.
    pub async fn put(&self, centre: CentreId, bytes: Bytes) -> Result<Stored, Error> {
        let stored = Stored { sha256: Digest::of(&bytes), size: bytes.len() as u64 };
        self.0.put(&place(centre, &stored.sha256), PutPayload::from(bytes)).await?;
        Ok(stored)
    }

    /// The bytes, as a stream, and how many there are.
    pub async fn get(
        &self,
        centre: CentreId,
        sha256: &Digest,
    ) -> Result<(u64, BoxStream<'static, Result<Bytes, Error>>), Error> {
        let found = self.0.get(&place(centre, sha256)).await?;
        let size = found.meta.size;
        Ok((size, found.into_stream().map_err(Error::from).boxed()))
    }

    /// Reads the bytes again and compares them with their hash and size.
    pub async fn verify(&self, centre: CentreId, sha256: &Digest, size: u64) -> Result<bool, Error> {
        let (_, mut stream) = self.get(centre, sha256).await?;
        let (mut hash, mut count) = (Sha256::new(), 0);
        while let Some(part) = stream.next().await {
            let part = part?;
            hash.update(&part);
            count += part.len() as u64;
        }
        Ok(count == size && hex(&hash.finalize()) == sha256.as_str())
    }

    /// Writes, reads and deletes a few bytes.
    pub async fn probe(&self, unique: &str) -> Result<(), Error> {
        let place = Path::from(format!("probe/{unique}"));
        self.0.put(&place, PutPayload::from_static(b"ready")).await?;
        let back = self.0.get(&place).await?.bytes().await?;
        self.0.delete(&place).await?;
        if back.as_ref() == b"ready" { Ok(()) } else { Err(Error::Missing) }
    }

    /// Removes what uploads have left behind that were cut off; only before the server takes requests.
    pub async fn sweep(&self) -> Result<usize, Error> {
        let mut count = 0;
        let leftovers: Vec<_> = self.0.list(Some(&Path::from("incoming"))).try_collect().await?;
        for left in leftovers {
            self.0.delete(&left.location).await?;
            count += 1;
        }
        Ok(count)
    }
}

impl Incoming {
    /// Takes a part.
    pub async fn take(&mut self, part: Bytes) -> Result<(), Error> {
        self.hash.update(&part);
        self.size += part.len() as u64;
        if let Some(writer) = &mut self.writer {
            writer.wait_for_capacity(2).await?;
            writer.put(part);
        }
        Ok(())
    }

    /// How many bytes came so far.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// All bytes are there: makes them durable under their content's name.
    pub async fn keep(mut self, centre: CentreId) -> Result<Stored, Error> {
        if let Some(writer) = self.writer.take() {
            writer.finish().await?;
        }
        let sha256 = Digest::parse(&hex(&self.hash.finalize())).ok_or(Error::Missing)?;
        self.store.rename(&self.staged, &place(centre, &sha256)).await?;
        Ok(Stored { sha256, size: self.size })
    }

    /// Nothing of it is wanted.
    pub async fn abort(mut self) {
        if let Some(writer) = self.writer.take()
            && let Err(error) = writer.abort().await
        {
            tracing::warn!(%error, "an upload that was given up could not be cleaned away");
        }
    }
}

impl fmt::Debug for Incoming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Incoming({} bytes)", self.size)
    }
}

fn place(centre: CentreId, sha256: &Digest) -> Path {
    let hash = sha256.as_str();
    Path::from(format!("evidence/{centre}/{}/{hash}", &hash[..2]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn bytes_come_back_as_they_went_in_and_leave_nothing_when_given_up() {
        let folder = tempfile::tempdir().expect("a folder");
        let blobs = Blobs::in_folder(folder.path()).expect("a store");
        let centre = CentreId::new(7);
        let mut incoming = blobs.begin("one").await.expect("begin");
        for part in [b"ab".as_slice(), b"c"] {
            incoming.take(Bytes::copy_from_slice(part)).await.expect("take");
        }
        let stored = incoming.keep(centre).await.expect("keep");
        assert_eq!((stored.size, &stored.sha256), (3, &Digest::of(b"abc")));
        assert!(blobs.verify(centre, &stored.sha256, 3).await.expect("verify"));
        assert!(!blobs.verify(centre, &stored.sha256, 4).await.expect("verify"));
        // Another centre does not find the same bytes.
        assert!(matches!(blobs.get(CentreId::new(8), &stored.sha256).await, Err(Error::Missing)));
        let mut given_up = blobs.begin("two").await.expect("begin");
        given_up.take(Bytes::from_static(b"xyz")).await.expect("take");
        given_up.abort().await;
        blobs.begin("three").await.expect("begin").keep(centre).await.expect("an empty file");
        assert_eq!(blobs.sweep().await.expect("sweep"), 0);
        blobs.probe("p").await.expect("probe");
    }
}
