//! The three cycles of the demo: an open one, and those of one and of three years ago.

use crate::{
    domain::{
        calendar::{Deadline, day_in},
        id::CycleId,
        moment::Moment,
    },
    store::{Chance, centre::Cycle},
};
use jiff::{ToSpan, civil::Date};

/// Where the programme tells its deadlines.
const ZONE: &str = "Europe/Zurich";

/// Days until the open cycle closes.
const DAYS_LEFT: i64 = 41;

/// Days from the opening of a cycle until it closes.
const OPEN_FOR: i64 = 181;

/// Days from there until decisions are planned.
const DECIDED_AFTER: i64 = 165;

/// The cycles of the demo.
#[derive(Debug)]
pub struct Cycles {
    /// Three years before the open one.
    pub first: Cycle,
    /// One year before it.
    pub last: Cycle,
    /// Closes in 41 days.
    pub open: Cycle,
}

impl Cycles {
    /// Around this moment.
    pub fn around(now: Moment, edition: &str, chance: &Chance) -> anyhow::Result<Self> {
        let closing = day_in(now, ZONE).checked_add(DAYS_LEFT.days())?;
        Ok(Self {
            first: cycle(closing.checked_sub(3.years())?, edition, chance)?,
            last: cycle(closing.checked_sub(1.year())?, edition, chance)?,
            open: cycle(closing, edition, chance)?,
        })
    }
}

/// The cycle that closes on this day, named after its year.
fn cycle(closing: Date, edition: &str, chance: &Chance) -> anyhow::Result<Cycle> {
    Ok(Cycle {
        id: CycleId::new(chance.bits()),
        name: closing.year().to_string(),
        edition: edition.to_owned(),
        opens: local(closing.checked_sub(OPEN_FOR.days())?, 9, 0)?,
        closes: Deadline { at: local(closing, 23, 59)?, zone: ZONE.into() },
        decision: local(closing.checked_add(DECIDED_AFTER.days())?, 12, 0)?,
    })
}

fn local(day: Date, hour: i8, minute: i8) -> anyhow::Result<Moment> {
    Ok(Moment::from_millis(day.at(hour, minute, 0, 0).in_tz(ZONE)?.timestamp().as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_open_cycle_closes_in_41_days_at_the_end_of_a_day_in_zurich() {
        for (now, names) in
            [("2027-03-05T14:32:00Z", ["2024", "2026", "2027"]), ("2028-01-19T23:30:00Z", ["2025", "2027", "2028"])]
        {
            let now = Moment::parse(now).expect("a time");
            let cycles = Cycles::around(now, "2026", &Chance::seeded(1)).expect("cycles");
            assert_eq!([&cycles.first, &cycles.last, &cycles.open].map(|c| c.name.as_str()), names);
            assert_eq!(cycles.open.closes.days_left(now), 41);
            assert!(cycles.open.closes.long().ends_with(", 23:59 Zurich time"), "{}", cycles.open.closes.long());
            assert!(cycles.open.open_at(now) && !cycles.last.open_at(now) && cycles.last.decision < now);
        }
    }
}
