//! Everything between the network and the pages.

pub mod administering;
pub mod applying;
pub mod archive;
pub mod assets;
pub mod assigning;
pub mod audit;
pub mod checking;
pub mod client;
pub mod clock;
pub mod codes;
pub mod command;
pub mod coordinating;
pub mod deliberating;
pub mod demo;
pub mod desk;
pub mod dossier;
pub mod entry;
pub mod export;
pub mod form;
pub mod gate;
pub mod guard;
pub mod guarded;
pub mod holding;
pub mod limits;
pub mod listen;
pub mod mail;
pub mod passkeys;
pub mod passwords;
pub mod personal;
pub mod practising;
pub mod presiding;
pub mod problem;
pub mod provider;
pub mod reads;
pub mod record;
pub mod render;
pub mod reviewing;
pub mod seal;
pub mod settings;
pub mod showing;
pub mod side;
pub mod signing;
pub mod working_group;

use crate::{
    catalogue::{Catalogue, Edition},
    domain::id::FileId,
    evidence::{
        blobs::{self, Blobs},
        opening::Opener,
    },
    store::{Chance, Store, blob::BlobKind},
};
use bytes::Bytes;
use clock::Clock;
use futures_util::stream::BoxStream;
use passwords::Passwords;
use problem::Problem;
use provider::Providers;
use reads::Reads;
use seal::Seal;
use settings::Settings;
use std::sync::Arc;

/// What every request needs; cheap to clone.
#[derive(Clone, Debug)]
pub struct Portal(Arc<Parts>);

/// The parts of a running portal.
#[derive(Debug)]
pub struct Parts {
    /// The database.
    pub store: Store,
    /// The criteria and their guides.
    pub catalogue: Catalogue,
    /// The bytes of evidence.
    pub blobs: Blobs,
    /// Opens documents, in a process that can do nothing else.
    pub opener: Opener,
    /// Applications in memory.
    pub dossiers: dossier::kept::Dossiers,
    /// The time.
    pub clock: Clock,
    /// The time by which sessions, codes and counters run: the system's, also where the portal's own stands still.
    pub wall: Clock,
    /// Seals secrets.
    pub seal: Seal,
    /// Identifiers and tokens.
    pub chance: Chance,
    /// Hashing of passwords.
    pub passwords: Passwords,
    /// Who opened what, on its way into the record.
    pub reads: Reads,
    /// Identity providers, with what they have said about themselves.
    pub providers: Providers,
    /// The settings in effect.
    pub settings: Settings,
}

impl Portal {
    /// From its parts.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// The bytes of a file as they were sent, and how many there are.
    pub async fn bytes_of(
        &self,
        file: FileId,
    ) -> Result<(u64, BoxStream<'static, Result<Bytes, blobs::Error>>), Problem> {
        let stored = self.store.read().await?.blob_of(file, BlobKind::Original).await?.ok_or(Problem::NotFound)?;
        Ok((stored.size, self.blobs.get(&stored).await?))
    }

    /// An edition of the criteria that something is pinned to.
    pub fn edition(&self, name: &str) -> Result<&Edition, Problem> {
        self.catalogue.edition(name).ok_or_else(|| {
            tracing::error!(edition = %name, "something is pinned to an edition that the program does not have");
            Problem::Unexpected
        })
    }
}

impl std::ops::Deref for Portal {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}
