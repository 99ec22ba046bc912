//! Writes the demo world: one transaction, in the names of those who would have written it.

use super::{dice::Dice, papers::Paper, sheet::Piece};
use crate::{
    domain::{
        answer::Content,
        id::{AccountId, ApplicationId, CentreId, EvidenceId},
        moment::Moment,
        snapshot::Digest,
    },
    evidence::blobs::{self, Stored},
    server::Portal,
    store::{
        Chance, Stamp, Tx,
        answer::Saved,
        evidence::{About, Source, StoredFile},
    },
};
use anyhow::Context;
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use std::collections::BTreeMap;

/// How many files are written to the disk at once.
const AT_ONCE: usize = 16;

const MILLIS_OF_DAY: i64 = 24 * 60 * 60 * 1000;

/// Writes into one transaction.
#[derive(Debug)]
pub struct Scribe<'a> {
    /// Where it is written.
    pub tx: Tx,
    /// Makes choices.
    pub dice: Dice,
    /// The portal.
    pub portal: &'a Portal,
    now: Moment,
    chance: Chance,
    /// Files that are durable, by centre and hash.
    stored: BTreeMap<(CentreId, String), Stored>,
}

impl<'a> Scribe<'a> {
    /// Begins to write as of a moment; nothing will be dated later.
    pub async fn begin(portal: &'a Portal, now: Moment, chance: Chance) -> anyhow::Result<Self> {
        Ok(Self {
            tx: portal.store.write().await?,
            dice: Dice::new(chance.clone()),
            portal,
            now,
            chance,
            stored: BTreeMap::new(),
        })
    }

    /// Makes all of it permanent.
    pub async fn commit(self) -> anyhow::Result<()> {
        Ok(self.tx.commit().await?)
    }

    /// The moment that the world is told around.
    pub const fn now(&self) -> Moment {
        self.now
    }

    /// Where identifiers come from.
    pub const fn chance(&self) -> &Chance {
        &self.chance
    }

    /// What accompanies a change.
    pub fn stamp(&self, at: Moment, actor: Option<AccountId>) -> Stamp {
        Stamp { now: at.min(self.now), actor, request_id: "demo".into(), chance: self.chance.clone() }
    }

    /// In working hours, this many days after a moment (before it when negative).
    pub fn day(&self, from: Moment, days: i64) -> Moment {
        let midnight = from.millis().div_euclid(MILLIS_OF_DAY) * MILLIS_OF_DAY;
        let minutes = i64::from(self.dice.between(7 * 60, 16 * 60));
        let seconds = i64::from(self.dice.below(60_000));
        Moment::from_millis(midnight.saturating_add(seconds)).plus_days(days).plus_minutes(minutes).min(self.now)
    }

    /// Saves an answer over the one that is there.
    pub async fn answer(
        &mut self,
        at: Moment,
        author: AccountId,
        application: ApplicationId,
        criterion: u8,
        content: &Content,
    ) -> anyhow::Result<Saved> {
        let current = self.tx.answer(application, criterion).await?;
        let base = current.as_ref().map_or(0, |a| a.version);
        let stamp = self.stamp(at, Some(author));
        let saved = self
            .tx
            .save_answer(
                &stamp,
                application,
                criterion,
                &crate::store::answer::Base { version: base, page: None },
                content,
                current.as_ref(),
            )
            .await?;
        self.tx.touch_draft(&stamp, application).await?;
        Ok(saved)
    }

    /// Makes the files of some evidence durable; they have no rows yet.
    pub async fn store(&mut self, centre: CentreId, pieces: &[Piece]) -> anyhow::Result<()> {
        let files = pieces.iter().filter_map(|piece| match &piece.paper {
            Paper::File { bytes, .. } => Some((Digest::of(bytes), bytes)),
            Paper::Link(_) => None,
        });
        // Each once: a second time there would be another key for the same place.
        let files: BTreeMap<String, _> = files.map(|(digest, bytes)| (digest.into(), bytes)).collect();
        let missing = files.into_iter().filter(|(hash, _)| !self.stored.contains_key(&(centre, hash.clone())));
        let (blobs, scope) = (&self.portal.blobs, &centre.to_string());
        let putting = missing.map(async |(hash, bytes)| {
            let stored = blobs.put(scope, &hash, Bytes::copy_from_slice(bytes)).await?;
            Ok::<_, blobs::Error>(((centre, hash), stored))
        });
        let stored: Vec<_> = stream::iter(putting).buffer_unordered(AT_ONCE).try_collect().await?;
        self.stored.extend(stored);
        Ok(())
    }

    /// Adds a piece of evidence whose file is stored, and uses it.
    pub async fn evidence(
        &mut self,
        stamp: &Stamp,
        centre: CentreId,
        application: ApplicationId,
        piece: &Piece,
    ) -> anyhow::Result<EvidenceId> {
        let source = self.source(stamp, centre, piece).await?;
        let about = About {
            title: piece.title.clone(),
            kind: piece.kind,
            effective: piece.effective.clone(),
            expiry: piece.expiry.clone(),
        };
        let id = self.tx.add_evidence(stamp, application, &about, &source).await?;
        for criterion in &piece.uses {
            self.tx.use_evidence(stamp, application, id, *criterion, piece.paper.pages()).await?;
        }
        Ok(id)
    }

    /// The row of a piece's file, or its link.
    pub async fn source(&mut self, stamp: &Stamp, centre: CentreId, piece: &Piece) -> anyhow::Result<Source> {
        let (name, file_type, bytes) = match &piece.paper {
            Paper::Link(link) => return Ok(Source::Link(link.clone())),
            Paper::File { name, file_type, bytes } => (name.clone(), *file_type, bytes),
        };
        let (sha256, size) = (Digest::of(bytes), bytes.len() as u64);
        let stored = self.stored.get(&(centre, sha256.clone().into())).context("a file that was not stored")?;
        let (id, _) = self.tx.add_file(stamp, centre, stored, file_type).await?;
        Ok(Source::File(StoredFile { id, sha256, size, file_type, name }))
    }
}
