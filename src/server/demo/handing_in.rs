//! Submits applications of the demo by the rules, and takes them further.

use super::{people::Staff, scribe::Scribe};
use crate::{
    domain::{
        answer::Content,
        application::File,
        calendar::day_in,
        evidence::Evidence,
        id::{AccountId, ApplicationId},
        moment::Moment,
        readiness::{self, Severity},
        signatory::{Capacity, Confirmation, Declaration},
        snapshot::{Snapshot, SnapshotAnswer, SnapshotEvidence},
        stage::{Refusal, Stage},
    },
    store::{
        application::Application,
        event::What,
        evidence::{Piece, Source},
        signatory::Signatory,
    },
};
use anyhow::{Context, bail};
use std::collections::BTreeMap;

/// Names the three signatories, and lets them confirm.
pub async fn sign(
    scribe: &mut Scribe<'_>,
    staff: &Staff,
    application: ApplicationId,
    named: Moment,
    confirmed: Moment,
) -> anyhow::Result<()> {
    for (capacity, signer) in &staff.signatories {
        let stamp = scribe.stamp(named, Some(staff.lead));
        scribe.tx.name_signatory(&stamp, application, *capacity, &signer.name, &signer.email).await?;
        let stamp = scribe.stamp(confirmed, None);
        scribe.tx.confirm(&stamp, application, *capacity).await?;
    }
    Ok(())
}

/// Declares, freezes and submits. Fails with the findings when the application is not ready.
pub async fn submit(
    scribe: &mut Scribe<'_>,
    staff: &Staff,
    application: ApplicationId,
    at: Moment,
) -> anyhow::Result<()> {
    let stamp = scribe.stamp(at, Some(staff.lead));
    let draft = read(scribe, staff.lead, application).await?;
    scribe.tx.declare(&stamp, &draft, &Declaration::ALL).await?;
    let draft = read(scribe, staff.lead, application).await?;
    let answers = scribe.tx.answers(application).await?;
    let changed = answers.values().map(|a| a.updated).max().unwrap_or(stamp.now);
    let answers: BTreeMap<u8, Content> = answers.into_iter().map(|(number, answer)| (number, answer.content)).collect();
    let pieces = scribe.tx.evidence(application).await?;
    let signatories = scribe.tx.signatories(application).await?;
    let edition = scribe
        .portal
        .catalogue
        .edition(&draft.edition)
        .with_context(|| format!("there is no edition {}", draft.edition))?;
    let evidence: Vec<Evidence> = pieces.iter().map(|p| p.evidence.clone()).collect();
    let zone = &draft.cycle.closes.zone;
    let file = File {
        criteria: &edition.criteria,
        answers: &answers,
        evidence: &evidence,
        rivals: &[],
        requests: &[],
        returned: &[],
        plan: &[],
        confirmations: &confirmations(&signatories, changed),
        declarations: &draft.declarations,
        today: day_in(stamp.now, zone),
        decision: day_in(draft.cycle.decision, zone),
    };
    let ready = match readiness::check(&file) {
        Ok(ready) => ready,
        Err(findings) => {
            let errors = findings.iter().filter(|f| f.severity == Severity::Error);
            let list: Vec<String> = errors.map(|f| format!("{} at {:?}: {}", f.code, f.place, f.message)).collect();
            bail!("application {application} of the demo is not ready to be submitted:\n  {}", list.join("\n  "));
        }
    };
    let content = snapshot(&draft, stamp.now, answers, pieces, &signatories).canonical();
    let digest = scribe.tx.freeze(&stamp, application, &content).await?;
    let stage = draft.stage.submit(&ready, digest, draft.cycle.closes.at, stamp.now).map_err(refused)?;
    scribe.tx.set_stage(&stamp, application, draft.version, &stage, What::Submitted).await?;
    Ok(())
}

/// A transition that somebody makes, against what is stored.
pub async fn advance(
    scribe: &mut Scribe<'_>,
    staff: &Staff,
    application: ApplicationId,
    (at, actor, what): (Moment, AccountId, What),
    step: impl FnOnce(Stage, Moment) -> Result<Stage, Refusal>,
) -> anyhow::Result<()> {
    let stamp = scribe.stamp(at, Some(actor));
    let before = read(scribe, staff.lead, application).await?;
    let stage = step(before.stage, stamp.now).map_err(refused)?;
    scribe.tx.set_stage(&stamp, application, before.version, &stage, what).await?;
    Ok(())
}

/// An application as its lead sees it.
pub async fn read(scribe: &mut Scribe<'_>, lead: AccountId, application: ApplicationId) -> anyhow::Result<Application> {
    let standing = scribe.tx.standing(application, lead).await?;
    Ok(standing.with_context(|| format!("application {application} of the demo was not found"))?.application)
}

fn refused(refusal: Refusal) -> anyhow::Error {
    anyhow::anyhow!("a transition of the demo was refused: {refusal:?}")
}

fn confirmations(signatories: &[Signatory], changed: Moment) -> Vec<(Capacity, Confirmation)> {
    let of = |capacity| match signatories.iter().find(|s| s.capacity == capacity) {
        None => Confirmation::Nobody,
        Some(Signatory { confirmed: None, .. }) => Confirmation::Waiting,
        Some(Signatory { confirmed: Some(at), .. }) if *at < changed => Confirmation::BeforeChange,
        Some(_) => Confirmation::Confirmed,
    };
    Capacity::ALL.into_iter().map(|capacity| (capacity, of(capacity))).collect()
}

fn snapshot(
    draft: &Application,
    at: Moment,
    answers: BTreeMap<u8, Content>,
    pieces: Vec<Piece>,
    signatories: &[Signatory],
) -> Snapshot {
    Snapshot {
        edition: draft.edition.clone(),
        at,
        answers: answers.into_iter().map(|(criterion, content)| SnapshotAnswer { criterion, content }).collect(),
        evidence: pieces.into_iter().map(frozen).collect(),
        declarations: draft.declarations.clone(),
        confirmations: signatories.iter().filter_map(|s| Some((s.capacity, s.confirmed?))).collect(),
    }
}

fn frozen(piece: Piece) -> SnapshotEvidence {
    let (sha256, link) = match piece.source {
        Source::File(file) => (Some(file.sha256), None),
        Source::Link(link) => (None, Some(link)),
    };
    let Evidence { title, kind, effective, expiry, uses, .. } = piece.evidence;
    SnapshotEvidence { kind, title, effective, expiry, uses, sha256, link }
}
