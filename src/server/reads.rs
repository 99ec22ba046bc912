//! Who opens which application or evidence, on its way into the record.
//!
//! A page is read thousands of times a second and must not wait for a disk. So a read is noted in memory, once for each
//! person, thing and hour (who saw what, and in which hour, is what anybody will ever ask), and written within seconds by
//! the task that keeps the record, many at once, and at the end of the program. What can be lost is the last two seconds
//! before the power fails; a page that was on a screen then is noted again when it is opened again. The bytes of evidence
//! are another matter: they leave the portal for good, so that they were handed out is durable before the first of them
//! goes. A download within the same hour writes nothing again.

use crate::{
    domain::{
        id::{AccountId, ApplicationId, EvidenceId, FileId},
        moment::Moment,
    },
    store::{self, Chance, Stamp, Store, event::What, reading::Reading},
};
use std::{
    collections::HashSet,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// The most reads that wait while the database cannot be written; later ones are in the log only.
const MOST: usize = 50_000;

const MILLIS_OF_HOUR: i64 = 60 * 60 * 1000;

/// What somebody opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Opened {
    /// A page of an application.
    Application(ApplicationId),
    /// The bytes of a piece of evidence.
    Evidence(ApplicationId, EvidenceId),
    /// The same bytes, by a reviewer, who knows only their letter.
    Blind(ApplicationId, FileId),
}

/// Reads that were seen this hour, and those that are not written yet.
#[derive(Debug, Default)]
pub struct Reads(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    hour: i64,
    seen: HashSet<(AccountId, Opened)>,
    waiting: Vec<Reading>,
}

impl State {
    /// Forgets what was seen in another hour.
    fn at(&mut self, now: Moment) -> &mut Self {
        let hour = now.millis().div_euclid(MILLIS_OF_HOUR);
        if hour != self.hour {
            self.hour = hour;
            self.seen.clear();
        }
        self
    }
}

fn reading(stamp: &Stamp, actor: AccountId, opened: Opened) -> Reading {
    let (what, subject, detail) = match opened {
        Opened::Application(application) => (What::ApplicationRead, application, String::new()),
        Opened::Evidence(application, evidence) => (What::EvidenceRead, application, evidence.to_string()),
        Opened::Blind(application, file) => (What::EvidenceRead, application, file.to_string()),
    };
    Reading { at: stamp.now, actor, what, subject: subject.to_string(), detail, request_id: stamp.request_id.clone() }
}

impl Reads {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that somebody opened something; it is written soon.
    pub fn note(&self, stamp: &Stamp, actor: AccountId, opened: Opened) {
        let mut state = self.state();
        if !state.at(stamp.now).seen.insert((actor, opened)) {
            return;
        }
        if MOST <= state.waiting.len() {
            tracing::error!(request = %stamp.request_id, "a read cannot be kept: too many wait for the database");
            return;
        }
        state.waiting.push(reading(stamp, actor, opened));
    }

    /// Writes that somebody opens something, before they get it.
    pub async fn keep(
        &self,
        store: &Store,
        stamp: &Stamp,
        actor: AccountId,
        opened: Opened,
    ) -> Result<(), store::Error> {
        if self.state().at(stamp.now).seen.contains(&(actor, opened)) {
            return Ok(());
        }
        let mut tx = store.write().await?;
        tx.record_readings(&system(stamp), &[reading(stamp, actor, opened)]).await?;
        tx.commit().await?;
        self.state().at(stamp.now).seen.insert((actor, opened));
        Ok(())
    }

    /// Writes what waits; answers with how many there were. What cannot be written goes on waiting.
    pub async fn flush(&self, store: &Store, stamp: &Stamp) -> Result<usize, store::Error> {
        let waiting = std::mem::take(&mut self.state().waiting);
        if waiting.is_empty() {
            return Ok(0);
        }
        let written = async {
            let mut tx = store.write().await?;
            tx.record_readings(&system(stamp), &waiting).await?;
            tx.commit().await
        };
        match written.await {
            Ok(()) => Ok(waiting.len()),
            Err(error) => {
                self.state().waiting.splice(0..0, waiting);
                Err(error)
            }
        }
    }
}

/// The line of a batch names neither a person nor a request: its rows do, and they are erased after their time. Its
/// numbers are the system's: when a batch is written depends on the second, and the demo must draw the same all the same.
fn system(stamp: &Stamp) -> Stamp {
    Stamp { actor: None, request_id: String::new(), chance: Chance::default(), ..stamp.clone() }
}
