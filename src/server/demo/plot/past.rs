//! What was decided in past cycles of the demo.

use super::{Before, World};
use crate::{
    domain::{calendar::day_in, outcome::Outcome, stage::Stage},
    server::demo::{
        cases::{Case, Days},
        decided::{self, Decided, Verdict},
        handing_in::advance,
        panel,
        people::Staff,
        scribe::Scribe,
        sheet::Levels,
    },
    store::{centre::Cycle, event::What},
};

/// Why the first decision of last year is milder than what its levels suggest.
const DEVIATION: &str = "Most gaps are gaps of proof rather than of service, and the centre has set money aside to close \
    them. The working group expects a sound application within a year.";

impl World<'_> {
    /// Accredited three years ago, with recommendations.
    pub(super) async fn years_ago(self, scribe: &mut Scribe<'_>, staff: &Staff) -> anyhow::Result<Before> {
        let own = [3, 2, 3, 3, 3, 3, 2, 3, 3, 2, 3, 3, 3];
        let panel = [[3, 2, 3, 3, 3, 3, 3, 3, 3, 2, 3, 3, 3], [3, 2, 4, 3, 3, 3, 2, 3, 3, 2, 3, 3, 3]];
        let verdict = Verdict { levels: panel[0], outcome: Outcome::AccreditedWithRecommendations, deviation: "" };
        let before = self.past(scribe, staff, &self.cycles.first, (own, panel), verdict).await?;
        self.release(scribe, &self.cycles.first, &[Decided { id: before.id, staff }]).await?;
        Ok(before)
    }

    /// Released last year in one batch: one deferred, one accredited. Answers with the first.
    pub(super) async fn last_year(
        self,
        scribe: &mut Scribe<'_>,
        deferred: &Staff,
        accredited: &Staff,
    ) -> anyhow::Result<Before> {
        let cycle = &self.cycles.last;
        let own = [3, 1, 3, 2, 2, 2, 2, 3, 2, 1, 3, 1, 2];
        let panel = [own, [3, 1, 3, 2, 2, 1, 2, 3, 2, 1, 3, 1, 2]];
        let verdict = Verdict { levels: own, outcome: Outcome::Deferred, deviation: DEVIATION };
        let before = self.past(scribe, deferred, cycle, (own, panel), verdict).await?;
        let own = [3, 3, 3, 4, 3, 3, 4, 3, 3, 3, 3, 3, 4];
        let panel = [own, [3, 3, 4, 4, 3, 3, 3, 3, 3, 3, 3, 3, 4]];
        let verdict = Verdict { levels: own, outcome: Outcome::Accredited, deviation: "" };
        let other = self.past(scribe, accredited, cycle, (own, panel), verdict).await?;
        let list = [Decided { id: before.id, staff: deferred }, Decided { id: other.id, staff: accredited }];
        self.release(scribe, cycle, &list).await?;
        Ok(before)
    }

    /// An application of a past cycle, as its decision is confirmed.
    async fn past(
        self,
        scribe: &mut Scribe<'_>,
        staff: &Staff,
        cycle: &Cycle,
        (own, panel): (Levels, [Levels; 2]),
        verdict: Verdict,
    ) -> anyhow::Result<Before> {
        let closes = cycle.closes.at;
        let sheet = self.composer.sheet(&own, day_in(closes, &cycle.closes.zone))?;
        let case = Case { cycle, staff, sheet: &sheet, previous: None };
        let id = case.hand_in(scribe, Days { from: closes, begun: -58, written: -12, submitted: -5 }).await?;
        let at = scribe.day(closes, 12);
        panel::accept(scribe, self.office, staff, id, at).await?;
        for (reviewer, levels) in [2, 3].into_iter().zip(panel) {
            let seat = panel::sit(scribe, self.office, id, reviewer, scribe.day(closes, 20)).await?;
            panel::review(scribe, self.office, seat, reviewer, levels, scribe.day(closes, 60)).await?;
            panel::hand_in(scribe, self.office, seat, reviewer, verdict.outcome, scribe.day(closes, 90)).await?;
        }
        let at = scribe.day(closes, 104);
        advance(scribe, staff, id, (at, self.office.coordinator, What::StageChanged), Stage::deliberate).await?;
        let days = [118, 140, 150].map(|days| scribe.day(closes, days));
        self.decide(scribe, cycle, Decided { id, staff }, verdict, days).await?;
        Ok(Before { id, sheet })
    }

    /// Decisions of a past cycle are proposed as a batch, and released on its day.
    async fn release(self, scribe: &mut Scribe<'_>, cycle: &Cycle, list: &[Decided<'_>]) -> anyhow::Result<()> {
        let days = (scribe.day(cycle.decision, -3), scribe.day(cycle.decision, 0));
        decided::release(scribe, self.office, cycle, list, days).await
    }
}
