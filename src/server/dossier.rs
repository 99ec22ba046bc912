//! Everything that belongs to one application, loaded at once, and what readiness says of it.

pub mod kept;

use super::{applying::Applying, problem::Problem};
use crate::{
    domain::{
        answer::Content,
        application::File,
        calendar::day_in,
        evidence::Evidence,
        level::Level,
        pcoi::{self, Estimate},
        plan::PlannedAction,
        progress::Progress,
        readiness::{self, Finding, Ready},
        signatory::{Capacity, Confirmation},
        snapshot::{Snapshot, SnapshotAnswer, SnapshotEvidence},
        stage::{Reason, Stage},
    },
    store::{
        Tx,
        answer::{Answer, Rival},
        application::Application,
        centre::Member,
        evidence::{Piece, Source},
        note::Note,
        signatory::Signatory,
    },
};
use kept::Key;
use std::{collections::BTreeMap, sync::Arc};

/// An application with all that was written, attached and said.
#[derive(Debug)]
pub struct Dossier {
    /// Answers by criterion.
    pub answers: BTreeMap<u8, Answer>,
    /// Evidence, the oldest first.
    pub pieces: Vec<Piece>,
    /// Second texts that wait for a choice.
    pub rivals: Vec<Rival>,
    /// Notes and requests.
    pub notes: Vec<Note>,
    /// What is planned.
    pub plan: Vec<PlannedAction>,
    /// The signatories that are named.
    pub signatories: Vec<Signatory>,
    /// Who works for the centre.
    pub members: Vec<Member>,
    /// How many earlier texts there are, by criterion.
    pub earlier: BTreeMap<u8, i64>,
    /// Levels of the application that it was started from, if there is one.
    pub before: Option<BTreeMap<u8, Level>>,
    /// What readiness reports; empty once it was submitted.
    pub findings: Vec<Finding>,
    contents: BTreeMap<u8, Content>,
    evidence: Vec<Evidence>,
}

impl Dossier {
    /// Loads it, or takes it from memory when nothing in it has changed since it was loaded.
    pub async fn load(applying: &Applying) -> Result<Arc<Self>, Problem> {
        let (kept, key) = (&applying.portal().dossiers, Key::of(applying));
        let id = applying.application().id;
        if let Some(dossier) = kept.get(id, &key) {
            #[cfg(test)]
            Self::must_be_current(&dossier, applying).await?;
            return Ok(dossier);
        }
        let mut tx = applying.portal().store.read().await?;
        let dossier = Arc::new(Self::load_in(&mut tx, applying).await?);
        drop(tx);
        // Somebody may have written since the key was read: then what was loaded is newer than its key says, and the next
        // request, which reads the new count, loads again.
        kept.keep(id, key, dossier.clone());
        Ok(dossier)
    }

    /// Every test that opens a page proves that nothing changes without being counted.
    #[cfg(test)]
    async fn must_be_current(kept: &Self, applying: &Applying) -> Result<(), Problem> {
        let mut tx = applying.portal().store.read().await?;
        let fresh = Self::load_in(&mut tx, applying).await?;
        assert_eq!(format!("{kept:?}"), format!("{fresh:?}"), "a change was not counted");
        Ok(())
    }

    /// Loads it within a transaction that goes on.
    pub async fn load_in(tx: &mut Tx, applying: &Applying) -> Result<Self, Problem> {
        let id = applying.application().id;
        let answers = tx.answers(id).await?;
        let pieces = tx.evidence(id).await?;
        let before = match applying.application().previous {
            Some(previous) => {
                let answers = tx.answers(previous).await?;
                Some(answers.into_iter().filter_map(|(number, answer)| Some((number, answer.content.level?))).collect())
            }
            None => None,
        };
        let mut dossier = Self {
            contents: answers.iter().map(|(number, answer)| (*number, answer.content.clone())).collect(),
            evidence: pieces.iter().map(|p| p.evidence.clone()).collect(),
            answers,
            pieces,
            rivals: tx.rivals(id).await?,
            notes: tx.notes(id).await?,
            plan: tx.plan(id).await?,
            signatories: tx.signatories(id).await?,
            members: tx.members(applying.application().centre).await?,
            earlier: tx.count_earlier_answers(id).await?,
            before,
            findings: Vec::new(),
        };
        if matches!(applying.application().stage, Stage::Draft { .. }) {
            dossier.findings = dossier.with_file(applying, readiness::findings)?;
        }
        Ok(dossier)
    }

    /// Proof that it has no errors, or the findings.
    pub fn check(&self, applying: &Applying) -> Result<Result<Ready, Vec<Finding>>, Problem> {
        self.with_file(applying, readiness::check)
    }

    /// Answer to one criterion; none while nothing was saved.
    pub fn content(&self, criterion: u8) -> Option<&Content> {
        self.contents.get(&criterion)
    }

    /// Findings at one criterion.
    pub fn findings_at(&self, criterion: u8) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(move |f| f.place.criterion() == Some(criterion))
    }

    /// How far one criterion is.
    pub fn progress(&self, criterion: u8) -> Progress {
        Progress::of(self.content(criterion), self.findings_at(criterion))
    }

    /// Evidence used for one criterion, with its pages there.
    pub fn used_at(&self, criterion: u8) -> impl Iterator<Item = (&Piece, &str)> {
        self.pieces.iter().filter_map(move |p| {
            let (_, pages) = p.evidence.uses.iter().find(|(c, _)| *c == criterion)?;
            Some((p, pages.as_str()))
        })
    }

    /// How far each signatory is.
    pub fn confirmations(&self) -> [(Capacity, Confirmation); 3] {
        let changed = self.answers.values().filter(|a| 0 < a.version).map(|a| a.updated).max();
        Capacity::ALL.map(|capacity| {
            let confirmation = match self.signatories.iter().find(|s| s.capacity == capacity).map(|s| s.confirmed) {
                None => Confirmation::Nobody,
                Some(None) => Confirmation::Waiting,
                Some(Some(at)) if Some(at) < changed => Confirmation::BeforeChange,
                Some(Some(_)) => Confirmation::Confirmed,
            };
            (capacity, confirmation)
        })
    }

    /// The estimated indexes.
    pub fn estimate(&self, applying: &Applying) -> Result<Estimate, Problem> {
        let today = day_in(applying.now(), &applying.application().cycle.closes.zone);
        Ok(pcoi::estimate(&applying.edition()?.criteria, |n| self.content(n).map(|c| &c.indicators), today))
    }

    /// What would be frozen now.
    pub fn snapshot(&self, application: &Application, at: crate::domain::moment::Moment) -> Snapshot {
        Snapshot {
            edition: application.edition.clone(),
            at,
            answers: self
                .contents
                .iter()
                .map(|(criterion, content)| SnapshotAnswer { criterion: *criterion, content: content.clone() })
                .collect(),
            evidence: self.pieces.iter().map(frozen).collect(),
            declarations: application.declarations.clone(),
            confirmations: self.signatories.iter().filter_map(|s| Some((s.capacity, s.confirmed?))).collect(),
        }
    }

    fn with_file<T>(&self, applying: &Applying, look: impl FnOnce(&File<'_>) -> T) -> Result<T, Problem> {
        let application = applying.application();
        let zone = &application.cycle.closes.zone;
        let rivals: Vec<u8> = self.rivals.iter().map(|r| r.criterion).collect();
        let requests: Vec<u8> = self.notes.iter().filter(|n| n.is_open_request()).map(|n| n.criterion).collect();
        let none: Vec<Reason> = Vec::new();
        let returned =
            if let Stage::Draft { returned: Some(returned) } = &application.stage { &returned.reasons } else { &none };
        let confirmations = self.confirmations();
        Ok(look(&File {
            criteria: &applying.edition()?.criteria,
            answers: &self.contents,
            evidence: &self.evidence,
            rivals: &rivals,
            requests: &requests,
            returned,
            plan: &self.plan,
            confirmations: &confirmations,
            declarations: &application.declarations,
            today: day_in(applying.now(), zone),
            decision: day_in(application.cycle.decision, zone),
        }))
    }
}

fn frozen(piece: &Piece) -> SnapshotEvidence {
    let evidence = &piece.evidence;
    let (sha256, link) = match &piece.source {
        Source::File(file) => (Some(file.sha256.clone()), None),
        Source::Link(link) => (None, Some(link.clone())),
    };
    SnapshotEvidence {
        kind: evidence.kind,
        title: evidence.title.clone(),
        effective: evidence.effective.clone(),
        expiry: evidence.expiry.clone(),
        uses: evidence.uses.clone(),
        sha256,
        link,
    }
}
