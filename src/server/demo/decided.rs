//! What is decided in the demo, by the steps that the portal asks for: the panel agrees, one person proposes, another
//! confirms, and a batch is proposed and released by two people.

use super::{
    feedback,
    handing_in::advance,
    people::{Office, Staff},
    scribe::Scribe,
    sheet::Levels,
};
use crate::{
    domain::{
        blind::shuffle,
        decision::{Proposal, levels_key, suggest},
        designation::Term,
        id::ApplicationId,
        level::Level,
        moment::Moment,
        outcome::Outcome,
    },
    store::{answer::Base, centre::Cycle, deliberation::Saved, event::What},
};
use anyhow::{Context, bail};

/// An application that is decided, and whose it is.
#[derive(Clone, Copy, Debug)]
pub struct Decided<'a> {
    /// Which one.
    pub id: ApplicationId,
    /// The centre.
    pub staff: &'a Staff,
}

/// What a panel agrees on, and what is decided on it.
#[derive(Clone, Copy, Debug)]
pub struct Verdict {
    /// The level of each criterion.
    pub levels: Levels,
    /// What is decided.
    pub outcome: Outcome,
    /// Why, where the rules suggest another outcome.
    pub deviation: &'static str,
}

/// When it is agreed, proposed and confirmed.
#[derive(Clone, Copy, Debug)]
pub struct Days {
    /// The panel has agreed.
    pub agreed: Moment,
    /// The chair proposes.
    pub proposed: Moment,
    /// A coordinator confirms.
    pub confirmed: Moment,
}

/// The panel agrees, the chair proposes, and a coordinator confirms. Fails where the portal would refuse.
pub async fn decide(
    scribe: &mut Scribe<'_>,
    office: &Office,
    cycle: &Cycle,
    Decided { id, staff }: Decided<'_>,
    verdict: Verdict,
    days: Days,
) -> anyhow::Result<()> {
    let mut levels = Vec::new();
    for (criterion, level) in (1..).zip(verdict.levels) {
        let level = Level::try_from(level).map_err(anyhow::Error::msg)?;
        let stamp = scribe.stamp(days.agreed.plus_minutes(i64::from(criterion) * 4), Some(office.coordinator));
        let base = (&Base::default(), Some(office.coordinator));
        let saved = scribe.tx.save_consensus(&stamp, id, criterion, base, &feedback::on(criterion, level)?).await?;
        if saved != Saved::Kept(1) {
            bail!("the panel of application {id} of the demo has agreed at criterion {criterion} before");
        }
        levels.push(level);
    }
    let plan = scribe.tx.plan_of_cycle(cycle.id).await?.context("a cycle of the demo")?;
    let suggested = suggest(&levels, &plan.rules.thresholds);
    let proposal = Proposal {
        outcome: Some(verdict.outcome),
        deviation: verdict.deviation.to_owned(),
        letter: feedback::letter(&cycle.name, verdict.outcome)?,
    };
    if let Some((_, text)) = proposal.to_mend(suggested).first() {
        bail!("application {id} of the demo cannot be decided: {text}");
    }
    let stamp = scribe.stamp(days.proposed, Some(office.chair));
    scribe.tx.propose_decision(&stamp, (id, cycle.id, 0), (suggested, &levels_key(&levels)), &proposal).await?;
    let decision = scribe.tx.decision(id).await?.context("a decision of the demo")?;
    if scribe.tx.same_person(decision.proposed_by, office.coordinator).await?.is_some() {
        bail!("a decision of the demo needs two people");
    }
    let stamp = scribe.stamp(days.confirmed, Some(office.coordinator));
    scribe.tx.confirm_decision(&stamp, id, &decision).await?;
    let step = (days.confirmed, office.coordinator, What::StageChanged);
    advance(scribe, staff, id, step, |stage, now| stage.decide(decision.outcome, now)).await
}

/// Both coordinators release a batch, on two days; centres that are designated agree to publish it.
pub async fn release(
    scribe: &mut Scribe<'_>,
    office: &Office,
    cycle: &Cycle,
    list: &[Decided<'_>],
    (proposed, released): (Moment, Moment),
) -> anyhow::Result<()> {
    let mut order: Vec<ApplicationId> = list.iter().map(|decided| decided.id).collect();
    let stamp = scribe.stamp(proposed, Some(office.coordinator));
    let id = scribe.tx.propose_batch(&stamp, cycle.id, &order).await?;
    let stamp = scribe.stamp(released, Some(office.second));
    let batches = scribe.tx.batches_for(cycle.id, office.second).await?;
    let (batch, decisions) = batches.into_iter().find(|(batch, _)| batch.id == id).context("a batch of the demo")?;
    order.sort_unstable();
    shuffle(&mut order, stamp.chance.bits());
    scribe.tx.release_batch(&stamp, &batch, &order).await?;
    let plan = scribe.tx.plan_of_cycle(cycle.id).await?.context("a cycle of the demo")?;
    let term = Term::awarded(&plan.award);
    for application in order {
        scribe.tx.release_application(&stamp, application).await?;
        let decision = decisions.iter().find(|d| d.application == application).context("a decision of the demo")?;
        let whose = list.iter().find(|d| d.id == application).context("an application of the demo")?;
        if !decision.outcome.designates() {
            continue;
        }
        let id = scribe.tx.add_designation(&stamp, decision.centre, application, term.from, term.until).await?;
        let designation = scribe.tx.designation(id).await?.context("a designation of the demo")?;
        let agreed = scribe.stamp(scribe.day(released, 3), Some(whose.staff.lead));
        scribe.tx.publish(&agreed, &designation, decision.name.shown()).await?;
    }
    Ok(())
}
