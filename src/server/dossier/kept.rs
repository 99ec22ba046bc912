//! The applications that are being worked on, kept in memory while nothing in them changes.
//!
//! A page of an application is made of eight queries and some 300 rules; most requests find both unchanged. What is kept
//! is told apart by counts that the proof of access reads anyway, in one query, for every request.

use super::Dossier;
use crate::{
    domain::{calendar::day_in, id::ApplicationId},
    server::applying::Applying,
};
use jiff::civil::Date;
use lru::LruCache;
use std::{
    fmt,
    num::NonZeroUsize,
    sync::{Arc, Mutex, PoisonError},
};

/// How many are kept; one takes some 100 kB.
const MOST: NonZeroUsize = NonZeroUsize::MIN.saturating_add(63);

/// What a dossier depends on beside its application's identifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    version: i64,
    changes: i64,
    previous_changes: Option<i64>,
    today: Date,
    decision: Date,
}

impl Key {
    /// Of an application as the request found it.
    pub fn of(applying: &Applying) -> Self {
        let application = applying.application();
        let zone = &application.cycle.closes.zone;
        Self {
            version: application.version,
            changes: application.changes,
            previous_changes: application.previous_changes,
            today: day_in(applying.now(), zone),
            decision: day_in(application.cycle.decision, zone),
        }
    }
}

/// Dossiers in memory, those used last.
pub struct Dossiers(Mutex<LruCache<ApplicationId, (Key, Arc<Dossier>)>>);

impl Dossiers {
    /// The dossier of an application, if what is kept has this key.
    pub fn get(&self, id: ApplicationId, key: &Key) -> Option<Arc<Dossier>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(&id).filter(|(of, _)| of == key).map(|(_, dossier)| dossier.clone())
    }

    /// Keeps one, in place of an older one.
    pub fn keep(&self, id: ApplicationId, key: Key, dossier: Arc<Dossier>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).put(id, (key, dossier));
    }
}

impl Default for Dossiers {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(MOST)))
    }
}

impl fmt::Debug for Dossiers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Dossiers")
    }
}
