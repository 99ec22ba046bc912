//! What reviewers of the demo do: they are asked, sit, mark and hand in.

use super::{
    handing_in::advance,
    people::{Office, Staff},
    scribe::Scribe,
    sheet::Levels,
    verdicts,
};
use crate::{
    domain::{
        blind::BlindCopy,
        id::{ApplicationId, SeatId},
        level::Level,
        moment::Moment,
        outcome::Outcome,
        stage::Stage,
    },
    store::{
        event::What,
        panel::{MySeat, SeatState},
        snapshot,
    },
};
use anyhow::Context;

/// Screening accepts an application, with its blind copy.
pub async fn accept(
    scribe: &mut Scribe<'_>,
    office: &Office,
    staff: &Staff,
    id: ApplicationId,
    at: Moment,
) -> anyhow::Result<()> {
    advance(scribe, staff, id, (at, office.coordinator, What::StageChanged), Stage::open_review).await?;
    let application = super::handing_in::read(scribe, staff.lead, id).await?;
    let Stage::UnderReview { digest, .. } = &application.stage else { anyhow::bail!("it is under review") };
    let (content, _) = scribe.tx.snapshot(id, digest).await?.context("a snapshot")?;
    let mask = scribe.tx.names_behind(id).await?.mask();
    let copy = BlindCopy::of(&snapshot::read(&content)?, &mask, scribe.chance().bits());
    let stamp = scribe.stamp(at, Some(office.coordinator));
    scribe.tx.add_blind_copy(&stamp, id, application.cycle.id, &copy).await?;
    Ok(())
}

/// A reviewer is asked, and has not answered.
pub async fn ask(
    scribe: &mut Scribe<'_>,
    office: &Office,
    id: ApplicationId,
    reviewer: usize,
    at: Moment,
) -> anyhow::Result<SeatId> {
    let account = office.reviewers.get(reviewer).context("a reviewer of the demo")?.id;
    let stamp = scribe.stamp(at, Some(office.coordinator));
    Ok(scribe.tx.ask_reviewer(&stamp, id, account, "Knows this group of criteria, and works elsewhere").await?)
}

/// A reviewer is asked, accepts, and declares that they have no conflict.
pub async fn sit(
    scribe: &mut Scribe<'_>,
    office: &Office,
    id: ApplicationId,
    reviewer: usize,
    at: Moment,
) -> anyhow::Result<SeatId> {
    let id = ask(scribe, office, id, reviewer, at).await?;
    let mine = now(scribe, office, id, reviewer).await?;
    let stamp = scribe.stamp(at.plus_days(1), office.reviewers.get(reviewer).map(|r| r.id));
    scribe.tx.answer_seat(&stamp, &mine.seat, SeatState::Accepted, "").await?;
    scribe.tx.open_file(&stamp, &mine.seat).await?;
    Ok(id)
}

async fn now(scribe: &mut Scribe<'_>, office: &Office, id: SeatId, reviewer: usize) -> anyhow::Result<MySeat> {
    let account = office.reviewers.get(reviewer).context("a reviewer of the demo")?.id;
    scribe.tx.seat_for(id, account).await?.context("a seat of the demo")
}

/// A seat marks all criteria.
pub async fn review(
    scribe: &mut Scribe<'_>,
    office: &Office,
    id: SeatId,
    reviewer: usize,
    levels: Levels,
    at: Moment,
) -> anyhow::Result<()> {
    begin(scribe, office, id, reviewer, levels, at).await
}

/// A seat marks the first criteria.
pub async fn begin<const N: usize>(
    scribe: &mut Scribe<'_>,
    office: &Office,
    id: SeatId,
    reviewer: usize,
    levels: [u8; N],
    at: Moment,
) -> anyhow::Result<()> {
    let mine = now(scribe, office, id, reviewer).await?;
    let stamp = scribe.stamp(at, office.reviewers.get(reviewer).map(|r| r.id));
    for (criterion, level) in (1..).zip(levels) {
        let level = Level::from_number(level.into()).context("a level of the demo")?;
        let mark = verdicts::on(&scribe.dice, level);
        scribe.tx.save_mark(&stamp, &mine.seat, criterion, &mark, 0, None).await?;
    }
    Ok(())
}

/// A seat hands its review in.
pub async fn hand_in(
    scribe: &mut Scribe<'_>,
    office: &Office,
    id: SeatId,
    reviewer: usize,
    outcome: Outcome,
    at: Moment,
) -> anyhow::Result<()> {
    let mine = now(scribe, office, id, reviewer).await?;
    let stamp = scribe.stamp(at, office.reviewers.get(reviewer).map(|r| r.id));
    let summary = verdicts::summary(outcome);
    scribe.tx.submit_review(&stamp, &mine.seat, outcome, summary, "").await?;
    Ok(())
}
