//! What happens in the demo world.

mod past;

use super::{
    answers::Bank,
    cases::{Case, Days},
    cycles::Cycles,
    decided::{self, Decided, Verdict},
    handing_in::advance,
    names::Names,
    panel,
    people::{Office, Registry, Staff},
    profiles, renewal,
    scribe::Scribe,
    sheet::{Composer, Levels, Sheet},
    welcome::Card,
};
use crate::{
    domain::{
        calendar::day_in,
        id::ApplicationId,
        moment::Moment,
        outcome::Outcome,
        stage::{Reason, Stage},
    },
    store::{centre::Cycle, event::What},
};
use anyhow::bail;

/// What the lead of each centre sees.
const SEES: [&str; 9] = [
    "a renewal in progress",
    "a first application, barely begun",
    "an application that screening has returned, with reasons",
    "an application that is submitted",
    "an application under review",
    "an application in deliberation; the last one was deferred",
    "an application that was withdrawn",
    "an application whose decision is not yet released",
    "a designation of last year, and nothing yet in this cycle",
];

/// What screening says when it returns an application.
const REASONS: [(u8, &str); 3] = [
    (3, "Say how many of your units these protocols apply to; the text leaves it open."),
    (7, "The text and the table tell different periods. Give the figures of one period in both."),
    (9, "One page shows initials of staff. Replace the file with a copy in which they are masked."),
];

/// What the panel agrees on whose decision is not yet released.
const AGREED: Levels = [4, 4, 4, 3, 4, 3, 4, 3, 3, 3, 4, 4, 4];

/// Writes the whole world; answers with who can sign in.
pub async fn write(scribe: &mut Scribe<'_>, names: &Names, mut registry: Registry<'_>) -> anyhow::Result<Vec<Card>> {
    let portal = scribe.portal.clone();
    let edition = portal.catalogue.newest();
    let (bank, dice) = (Bank::load()?, scribe.dice.clone());
    let cycles = Cycles::around(scribe.now(), &edition.name, scribe.chance())?;
    for cycle in [&cycles.first, &cycles.last, &cycles.open] {
        scribe.tx.add_cycle(cycle).await?;
    }
    let mut staff = Vec::new();
    for ((number, crew), sees) in (1..).zip(names.crews()).zip(SEES) {
        let opens = match number {
            1 => cycles.first.opens,
            6 | 9 => cycles.last.opens,
            _ => cycles.open.opens,
        };
        let at = scribe.day(opens, -1 - number);
        staff.push(registry.centre(scribe, crew, at, sees).await?);
    }
    let at = scribe.day(cycles.first.opens, -14);
    let office = registry.programme(scribe, names, at).await?;
    profiles::write(scribe, names, &office, at).await?;
    let [one, two, three, four, five, six, seven, eight, nine] = staff.as_slice() else {
        bail!("the demo needs nine centres")
    };
    let composer = Composer { bank: &bank, dice: &dice, criteria: &edition.criteria };
    let world = World { cycles: &cycles, composer, office: &office };

    let before = world.years_ago(scribe, one).await?;
    let deferred = world.last_year(scribe, six, nine).await?;
    renewal::write(scribe, composer, &cycles.open, one, &before).await?;
    world.barely_begun(scribe, two).await?;
    world.returned(scribe, three).await?;
    world.handed_in(scribe, four, [3, 3, 4, 3, 3, 3, 3, 3, 3, 3, 3, 2, 3], None, (-52, -6, -3)).await?;
    let id = world.handed_in(scribe, five, [4, 3, 3, 4, 3, 3, 3, 4, 3, 2, 3, 3, 3], None, (-84, -35, -30)).await?;
    world.review(scribe, five, id, -21).await?;
    let seat = panel::sit(scribe, &office, id, 0, scribe.day(scribe.now(), -19)).await?;
    panel::begin(scribe, &office, seat, 0, [4, 3, 2, 3], scribe.day(scribe.now(), -2)).await?;
    panel::ask(scribe, &office, id, 1, scribe.day(scribe.now(), -1)).await?;
    let id = world
        .handed_in(scribe, six, [3, 3, 3, 3, 3, 2, 3, 3, 3, 2, 3, 2, 3], Some(&deferred), (-110, -68, -60))
        .await?;
    world.review(scribe, six, id, -50).await?;
    let levels = [[3, 3, 3, 3, 3, 2, 3, 3, 3, 1, 3, 2, 3], [3, 3, 3, 2, 3, 2, 3, 3, 3, 3, 3, 2, 3]];
    world.reviewed(scribe, id, ([0, 1], levels), (-48, -8), Outcome::AccreditedWithRecommendations).await?;
    world.deliberate(scribe, six, id, -6).await?;
    world.withdrawn(scribe, seven).await?;
    let id = world.handed_in(scribe, eight, [4, 4, 4, 3, 4, 3, 4, 3, 3, 3, 4, 4, 4], None, (-134, -97, -90)).await?;
    world.review(scribe, eight, id, -80).await?;
    let levels = [[4, 4, 3, 3, 4, 3, 4, 3, 3, 3, 4, 4, 4], [4, 3, 4, 3, 4, 3, 3, 3, 3, 3, 4, 4, 4]];
    world.reviewed(scribe, id, ([4, 5], levels), (-78, -24), Outcome::Accredited).await?;
    world.deliberate(scribe, eight, id, -20).await?;
    let verdict = Verdict { levels: AGREED, outcome: Outcome::Accredited, deviation: "" };
    let days = [-14, -6, -4].map(|days| scribe.day(scribe.now(), days));
    world.decide(scribe, &cycles.open, Decided { id, staff: eight }, verdict, days).await?;
    Ok(registry.cards)
}

/// What every part of the plot needs.
#[derive(Clone, Copy, Debug)]
struct World<'a> {
    cycles: &'a Cycles,
    composer: Composer<'a>,
    office: &'a Office,
}

/// An application that was handed in, with what it said.
#[derive(Debug)]
pub struct Before {
    /// Which one.
    pub id: ApplicationId,
    /// Its answers and evidence.
    pub sheet: Sheet,
}

impl World<'_> {
    /// An application of the open cycle; days are counted from now.
    async fn handed_in(
        self,
        scribe: &mut Scribe<'_>,
        staff: &Staff,
        levels: Levels,
        previous: Option<&Before>,
        (begun, written, submitted): (i64, i64, i64),
    ) -> anyhow::Result<ApplicationId> {
        let cycle = &self.cycles.open;
        let days = Days { from: scribe.now(), begun, written, submitted };
        let sheet = self.composer.sheet(&levels, day_in(scribe.now().plus_days(submitted), &cycle.closes.zone))?;
        let case = Case { cycle, staff, sheet: &sheet, previous: previous.map(|b| (b.id, &b.sheet)) };
        case.hand_in(scribe, days).await
    }

    async fn review(self, scribe: &mut Scribe<'_>, staff: &Staff, id: ApplicationId, days: i64) -> anyhow::Result<()> {
        let at = scribe.day(scribe.now(), days);
        panel::accept(scribe, self.office, staff, id, at).await
    }

    /// Two reviewers sit, mark and hand in within the days between.
    async fn reviewed(
        self,
        scribe: &mut Scribe<'_>,
        id: ApplicationId,
        (reviewers, levels): ([usize; 2], [Levels; 2]),
        (asked, handed_in): (i64, i64),
        outcome: Outcome,
    ) -> anyhow::Result<()> {
        for (reviewer, levels) in reviewers.into_iter().zip(levels) {
            let at = scribe.day(scribe.now(), asked);
            let seat = panel::sit(scribe, self.office, id, reviewer, at).await?;
            let at = scribe.day(scribe.now(), handed_in - 2);
            panel::review(scribe, self.office, seat, reviewer, levels, at).await?;
            let at = scribe.day(scribe.now(), handed_in);
            panel::hand_in(scribe, self.office, seat, reviewer, outcome, at).await?;
        }
        Ok(())
    }

    async fn deliberate(
        self,
        scribe: &mut Scribe<'_>,
        staff: &Staff,
        id: ApplicationId,
        days: i64,
    ) -> anyhow::Result<()> {
        let at = scribe.day(scribe.now(), days);
        advance(scribe, staff, id, (at, self.office.coordinator, What::StageChanged), Stage::deliberate).await
    }

    async fn decide(
        self,
        scribe: &mut Scribe<'_>,
        cycle: &Cycle,
        what: Decided<'_>,
        verdict: Verdict,
        [agreed, proposed, confirmed]: [Moment; 3],
    ) -> anyhow::Result<()> {
        let days = decided::Days { agreed, proposed, confirmed };
        decided::decide(scribe, self.office, cycle, what, verdict, days).await
    }

    /// Two answers, and a file for one of them.
    async fn barely_begun(self, scribe: &mut Scribe<'_>, staff: &Staff) -> anyhow::Result<()> {
        let cycle = &self.cycles.open;
        let sheet =
            self.composer.sheet(&[2, 2, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2], day_in(scribe.now(), &cycle.closes.zone))?;
        let case = Case { cycle, staff, sheet: &sheet, previous: None };
        let at = scribe.day(scribe.now(), -6);
        let id = case.start(scribe, at).await?;
        for (criterion, days) in [(1, -5), (3, -3)] {
            let at = scribe.day(scribe.now(), days);
            let Some(content) = sheet.answers.get(&criterion) else { continue };
            scribe.answer(at, staff.lead, id, criterion, content).await?;
        }
        let pieces: Vec<_> = sheet.pieces.iter().filter(|p| p.uses.first() == Some(&1)).take(1).cloned().collect();
        scribe.store(staff.centre, &pieces).await?;
        for piece in &pieces {
            let stamp = scribe.stamp(scribe.day(scribe.now(), -3), Some(staff.lead));
            scribe.evidence(&stamp, staff.centre, id, piece).await?;
        }
        Ok(())
    }

    /// Handed in, returned by screening, and not mended but in one place.
    async fn returned(self, scribe: &mut Scribe<'_>, staff: &Staff) -> anyhow::Result<()> {
        let id = self.handed_in(scribe, staff, [3, 2, 3, 3, 3, 2, 3, 3, 3, 2, 3, 1, 3], None, (-72, -27, -20)).await?;
        let reasons =
            REASONS.map(|(criterion, text)| Reason { criterion: Some(criterion), text: text.into() }).to_vec();
        let at = scribe.day(scribe.now(), -9);
        advance(scribe, staff, id, (at, self.office.coordinator, What::Returned), |stage, now| {
            stage.give_back(reasons, now)
        })
        .await?;
        for criterion in REASONS.map(|(criterion, _)| criterion) {
            let stamp = scribe.stamp(scribe.day(scribe.now(), -8), Some(staff.lead));
            scribe.tx.set_owner(&stamp, id, criterion, Some(staff.owner(criterion))).await?;
        }
        if let Some(mut content) = scribe.tx.answer(id, 3).await?.map(|a| a.content) {
            content.narrative.push_str(
                "\n\nThese protocols apply on all units where patients with cancer are treated, day clinic included.",
            );
            let at = scribe.day(scribe.now(), -5);
            scribe.answer(at, staff.owner(3), id, 3, &content).await?;
        }
        Ok(())
    }

    async fn withdrawn(self, scribe: &mut Scribe<'_>, staff: &Staff) -> anyhow::Result<()> {
        let id = self.handed_in(scribe, staff, [2, 2, 1, 2, 3, 1, 2, 2, 2, 1, 2, 1, 2], None, (-85, -44, -40)).await?;
        let at = scribe.day(scribe.now(), -25);
        advance(scribe, staff, id, (at, staff.lead, What::Withdrawn), Stage::withdraw).await
    }
}
