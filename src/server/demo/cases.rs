//! One application of the demo from its first answer to its submission.

use super::{handing_in, people::Staff, scribe::Scribe, sheet::Sheet};
use crate::{
    domain::{id::ApplicationId, moment::Moment},
    store::centre::Cycle,
};

/// An application, and the one it is started from.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// The call.
    pub cycle: &'a Cycle,
    /// Whose it is.
    pub staff: &'a Staff,
    /// What it says.
    pub sheet: &'a Sheet,
    /// What the centre handed in before.
    pub previous: Option<(ApplicationId, &'a Sheet)>,
}

/// The days of an application's life, counted from a moment.
#[derive(Clone, Copy, Debug)]
pub struct Days {
    /// Where the count begins.
    pub from: Moment,
    /// It is started.
    pub begun: i64,
    /// The last answer is saved.
    pub written: i64,
    /// It is submitted; at least two days later.
    pub submitted: i64,
}

impl Case<'_> {
    /// Starts it; answers of the last cycle are carried over.
    pub async fn start(self, scribe: &mut Scribe<'_>, at: Moment) -> anyhow::Result<ApplicationId> {
        let stamp = scribe.stamp(at, Some(self.staff.lead));
        let previous = self.previous.map(|(id, _)| id);
        let application = scribe.tx.start_application(&stamp, self.cycle, self.staff.centre, previous).await?;
        for (criterion, content) in self.previous.iter().flat_map(|(_, sheet)| &sheet.answers) {
            scribe.tx.carry_answer(&stamp, application, *criterion, content).await?;
        }
        Ok(application)
    }

    /// Starts it, answers every criterion, adds the evidence, and submits.
    pub async fn hand_in(self, scribe: &mut Scribe<'_>, days: Days) -> anyhow::Result<ApplicationId> {
        let at = scribe.day(days.from, days.begun);
        let application = self.start(scribe, at).await?;
        scribe.store(self.staff.centre, &self.sheet.pieces).await?;
        for (criterion, content) in &self.sheet.answers {
            let share = (days.written - days.begun) * i64::from(*criterion) / 13;
            let at = scribe.day(days.from, days.begun + share);
            let author = self.staff.owner(*criterion);
            scribe.answer(at, author, application, *criterion, content).await?;
            for (minutes, piece) in (1..).zip(self.sheet.pieces.iter().filter(|p| p.uses.first() == Some(criterion))) {
                let stamp = scribe.stamp(at.plus_minutes(minutes * 9), Some(author));
                scribe.evidence(&stamp, self.staff.centre, application, piece).await?;
            }
        }
        let (named, confirmed) = (scribe.day(days.from, days.written), scribe.day(days.from, days.written + 1));
        handing_in::sign(scribe, self.staff, application, named, confirmed).await?;
        let at = scribe.day(days.from, days.submitted);
        handing_in::submit(scribe, self.staff, application, at).await?;
        Ok(application)
    }
}
