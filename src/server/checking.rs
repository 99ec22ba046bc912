//! Looks through files before reviewers may see them: malware, cleaning, and the search for names and patients.
//!
//! As letters are, files are claimed by one node at a time; a claim that ends without a word is taken up again. Until a file
//! is ready, nothing of it goes to a reviewer.

use super::Portal;
use crate::{
    domain::{
        checking::{self, State, Wait},
        report::{Fault, Passage, Report},
        snapshot::Digest,
    },
    evidence::{blobs, malware::Verdict, opening::Trouble},
    store::{
        self, Stamp,
        blob::BlobKind,
        checking::{Became, ClaimedFile, MOST_TRIES},
    },
};
use bytes::Bytes;
use std::time::Duration;
use tokio::{sync::watch, task::JoinSet, time::sleep};

/// How long a claim holds: longer than scanning, cleaning and searching may take together.
const LEASE_MINUTES: i64 = 15;
/// How many files are looked through at once.
const HANDS: usize = 2;
/// How often there is a look whether a file is due.
const ROUNDS: Duration = Duration::from_secs(1);
/// How long a file waits whose turn could not come.
const WAIT_MINUTES: i64 = 1;

/// Why nothing became of a file this time.
enum Setback {
    /// It is tried again.
    Wait(Wait),
    /// The database.
    Store(store::Error),
}

impl From<blobs::Error> for Setback {
    fn from(error: blobs::Error) -> Self {
        tracing::warn!(%error, "the bytes of a file cannot be read or written; it is tried again");
        Self::Wait(Wait::Opening)
    }
}

impl From<Trouble> for Setback {
    fn from(error: Trouble) -> Self {
        tracing::warn!(%error, "a file cannot be opened; it is tried again");
        Self::Wait(Wait::Opening)
    }
}

impl From<store::Error> for Setback {
    fn from(error: store::Error) -> Self {
        Self::Store(error)
    }
}

/// Looks through files until it is told to stop.
#[derive(Debug)]
pub struct Checker {
    portal: Portal,
    at_work: JoinSet<()>,
}

impl Checker {
    /// One for a portal.
    pub fn new(portal: Portal) -> Self {
        Self { portal, at_work: JoinSet::new() }
    }

    /// Goes on until `stop` says so. What is at work then is left: its claim ends by itself.
    pub async fn run(mut self, mut stop: watch::Receiver<bool>) {
        loop {
            if let Err(error) = self.take().await {
                tracing::warn!(%error, "files cannot be claimed; they wait");
            }
            let idle = self.at_work.is_empty();
            tokio::select! {
                changed = stop.changed() => {
                    if changed.is_err() || *stop.borrow() {
                        break;
                    }
                }
                _ = self.at_work.join_next(), if !idle => {}
                () = sleep(ROUNDS) => {}
            }
        }
        self.at_work.shutdown().await;
    }

    /// Looks through everything that is due, and comes back; for tests, the demo and commands.
    pub async fn round(&mut self) -> store::Result<usize> {
        let mut all = 0;
        loop {
            let took = self.take().await?;
            all += took;
            if took == 0 && self.at_work.join_next().await.is_none() {
                return Ok(all);
            }
        }
    }

    async fn take(&mut self) -> store::Result<usize> {
        while self.at_work.try_join_next().is_some() {}
        let free = HANDS.saturating_sub(self.at_work.len());
        let now = self.portal.clock.now();
        // Looking costs nothing; claiming takes the write lock of SQLite.
        if free == 0 || !self.portal.store.read().await?.any_file_due(now).await? {
            return Ok(0);
        }
        let most = i64::try_from(free).unwrap_or(1);
        let mut tx = self.portal.store.write().await?;
        let claimed = tx.claim_files(now, now.plus_minutes(LEASE_MINUTES), most).await?;
        tx.commit().await?;
        let took = claimed.len();
        for file in claimed {
            let portal = self.portal.clone();
            self.at_work.spawn(async move {
                if let Err(error) = look(&portal, &file).await {
                    tracing::warn!(%error, file = %file.id, "what became of a file cannot be written; it is tried again");
                }
            });
        }
        Ok(took)
    }
}

fn stamp(portal: &Portal) -> Stamp {
    Stamp { now: portal.clock.now(), actor: None, request_id: String::new(), chance: portal.chance.clone() }
}

/// Looks through one file: first scanned and cleaned, then searched.
async fn look(portal: &Portal, file: &ClaimedFile) -> store::Result<()> {
    let done = if file.state == State::Cleaned { search(portal, file).await } else { clean(portal, file).await };
    let wait = match done {
        Ok(()) => return Ok(()),
        Err(Setback::Store(error)) => return Err(error),
        Err(Setback::Wait(wait)) => wait,
    };
    let now = portal.clock.now();
    let mut tx = portal.store.write().await?;
    tx.file_waits(file, wait, now.plus_minutes(WAIT_MINUTES), now).await?;
    tx.commit().await
}

async fn clean(portal: &Portal, file: &ClaimedFile) -> Result<(), Setback> {
    // Whatever it is, it has ended this program before.
    if MOST_TRIES < file.claim {
        return refuse(portal, file, Verdict::Away, Fault::Crashed).await;
    }
    let mut tx = portal.store.read().await?;
    let original = tx.blob_of(file.id, BlobKind::Original).await?;
    drop(tx);
    let Some(original) = original else { return Err(Setback::Wait(Wait::Opening)) };
    let verdict = portal.settings.scanner.scan(portal.blobs.get(&original).await?).await?;
    match verdict {
        Verdict::Clean | Verdict::Off => {}
        Verdict::Away => return Err(Setback::Wait(Wait::Scanner)),
        Verdict::Infected => return refuse(portal, file, verdict, Fault::Infected).await,
        Verdict::Encrypted => return refuse(portal, file, verdict, Fault::Encrypted).await,
        Verdict::Unscanned => return refuse(portal, file, verdict, Fault::Unscanned).await,
    }
    let scope = file.centre.to_string();
    let mut copy = portal.blobs.begin(&scope, &unique(portal, file, "copy"))?;
    let bytes = portal.blobs.get(&original).await?;
    let report = match portal.opener.clean(file.file_type, (original.size, bytes), &mut copy).await {
        Ok(Ok(report)) => report,
        Ok(Err(fault)) => {
            copy.abort().await;
            return refuse(portal, file, verdict, fault).await;
        }
        Err(trouble) => {
            copy.abort().await;
            return Err(trouble.into());
        }
    };
    let copy = copy.keep().await?;
    let Report { removed, passages, pages } = report;
    let text = serde_json::to_vec(&passages).map_err(|_| Setback::Wait(Wait::Opening))?;
    let text = portal.blobs.put(&scope, &unique(portal, file, "text"), Bytes::from(text)).await?;
    let stamp = stamp(portal);
    let mut tx = portal.store.write().await?;
    let mine = tx.file_became(&stamp, file, verdict.key(), &Became::Cleaned(removed, pages)).await?;
    if mine {
        for (kind, stored) in [(BlobKind::Copy, &copy), (BlobKind::Text, &text)] {
            tx.add_blob(&stamp, stored).await?;
            tx.attach_blob(file.id, kind, stored).await?;
        }
    }
    tx.commit().await?;
    if mine {
        return search_in(portal, file, &passages).await;
    }
    // Another node was quicker: its copy stays.
    for surplus in [copy, text] {
        portal.blobs.delete(&surplus.place).await?;
    }
    Ok(())
}

/// A name in the blob store that nobody else uses: a claim at a moment is one node's alone. In the demo it is always the same.
fn unique(portal: &Portal, file: &ClaimedFile, kind: &str) -> String {
    let claim = format!("{} {} {} {kind}", file.id, file.claim, portal.clock.now().millis());
    Digest::of(claim.as_bytes()).into()
}

async fn refuse(portal: &Portal, file: &ClaimedFile, verdict: Verdict, fault: Fault) -> Result<(), Setback> {
    let mut tx = portal.store.write().await?;
    tx.file_became(&stamp(portal), file, verdict.key(), &Became::Refused(fault)).await?;
    Ok(tx.commit().await?)
}

async fn search(portal: &Portal, file: &ClaimedFile) -> Result<(), Setback> {
    let mut tx = portal.store.read().await?;
    let text = tx.blob_of(file.id, BlobKind::Text).await?;
    drop(tx);
    let Some(text) = text else { return Err(Setback::Wait(Wait::Opening)) };
    let text = portal.blobs.whole(&text).await?;
    let passages: Vec<Passage> = serde_json::from_slice(&text).map_err(|_| Setback::Wait(Wait::Opening))?;
    search_in(portal, file, &passages).await
}

async fn search_in(portal: &Portal, file: &ClaimedFile, passages: &[Passage]) -> Result<(), Setback> {
    let known = portal.store.read().await?.known_to_the_search(file.id).await?;
    let passages = passages.to_vec();
    let found = tokio::task::spawn_blocking(move || checking::search(&passages, known.as_ref())).await;
    let found = found.map_err(|_| Setback::Wait(Wait::Opening))?;
    let mut tx = portal.store.write().await?;
    tx.file_searched(&stamp(portal), file, &found).await?;
    Ok(tx.commit().await?)
}
