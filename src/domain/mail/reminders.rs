//! When a deadline is called to mind.

use crate::domain::{
    calendar::{Deadline, day_in},
    moment::Moment,
};

/// On which days a cycle reminds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reminders {
    /// Days before the deadline, the most first.
    pub before: Vec<u16>,
    /// Days after it.
    pub after: Vec<u16>,
}

/// One reminder of a cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Due {
    /// The one of this many days before the deadline.
    Before(u16),
    /// The one of this many days after it.
    After(u16),
}

impl Due {
    /// "before-7", in the cause of a letter.
    pub fn key(self) -> String {
        match self {
            Self::Before(days) => format!("before-{days}"),
            Self::After(days) => format!("after-{days}"),
        }
    }
}

/// The most days before or after a deadline that a reminder can be set to, and the most reminders on either side.
const MOST: (u16, usize) = (90, 6);

/// From which hour of the day in the cycle's zone reminders are sent.
const FROM_HOUR: i8 = 8;

/// How many days a reminder after the deadline may be late, when the portal was not running on its day.
const LATE_DAYS: i64 = 2;

impl Default for Reminders {
    fn default() -> Self {
        Self { before: vec![14, 7, 2], after: vec![1] }
    }
}

impl Reminders {
    /// Reads days such as "14, 7 2"; `None` when it is something else. Nothing is no reminder.
    pub fn read(before: &str, after: &str) -> Option<Self> {
        let days = |text: &str| -> Option<Vec<u16>> {
            let words = text.split(|c: char| c == ',' || c.is_whitespace()).filter(|word| !word.is_empty());
            let mut days: Vec<u16> = words.map(|word| word.parse().ok()).collect::<Option<_>>()?;
            days.sort_unstable();
            days.dedup();
            let fine = days.len() <= MOST.1 && days.iter().all(|d| (1..=MOST.0).contains(d));
            fine.then_some(days)
        };
        let (mut before, after) = (days(before)?, days(after)?);
        before.reverse();
        Some(Self { before, after })
    }

    /// The days as [`Reminders::read`] reads them.
    pub fn written(days: &[u16]) -> String {
        days.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    }

    /// The reminder that is due now for a draft that was begun at `begun`: of several, the one nearest to the deadline, so
    /// that a portal that did not run for a week sends one and not three. A draft that was begun after the day of a
    /// reminder does not get that one.
    pub fn due(&self, closes: &Deadline, begun: Moment, now: Moment) -> Option<Due> {
        let zone = &closes.zone;
        if closes.hour(now) < FROM_HOUR {
            return None;
        }
        let left = closes.days_left(now);
        if closes.passed(now) {
            let late = |days: &&u16| (0..=LATE_DAYS).contains(&(-left - i64::from(**days)));
            return self.after.iter().rev().find(late).map(|days| Due::After(*days));
        }
        let nearest = self.before.iter().rev().find(|days| left <= i64::from(**days))?;
        let in_time = i64::from(*nearest) <= closes.days_left(begun) && day_in(begun, zone) < day_in(now, zone);
        in_time.then_some(Due::Before(*nearest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Moment {
        Moment::parse(text).expect("a time")
    }

    #[test]
    fn days_are_read_as_people_write_them() {
        assert_eq!(Reminders::read("14, 7 2", "1"), Some(Reminders::default()));
        assert_eq!(Reminders::read("2 2 30", ""), Some(Reminders { before: vec![30, 2], after: vec![] }));
        for wrong in ["0", "91", "soon", "-3", "1 2 3 4 5 6 7", "1.5"] {
            assert_eq!(Reminders::read(wrong, ""), None, "{wrong}");
        }
    }

    #[test]
    fn a_reminder_is_due_on_its_day_from_the_morning_on() {
        let closes = Deadline { at: at("2027-04-15T21:59:00Z"), zone: "Europe/Zurich".into() };
        let begun = at("2027-02-01T09:00:00Z");
        for (now, due) in [
            ("2027-03-31T12:00:00Z", None),
            ("2027-04-01T05:59:00Z", None),
            ("2027-04-01T06:00:00Z", Some(Due::Before(14))),
            ("2027-04-03T06:00:00Z", Some(Due::Before(14))),
            ("2027-04-08T06:00:00Z", Some(Due::Before(7))),
            ("2027-04-13T06:00:00Z", Some(Due::Before(2))),
            ("2027-04-15T21:58:00Z", Some(Due::Before(2))),
            ("2027-04-15T21:59:30Z", None),
            ("2027-04-16T05:00:00Z", None),
            ("2027-04-16T06:00:00Z", Some(Due::After(1))),
            ("2027-04-18T06:00:00Z", Some(Due::After(1))),
            ("2027-04-19T06:00:00Z", None),
        ] {
            assert_eq!(Reminders::default().due(&closes, begun, at(now)), due, "{now}");
        }
    }

    #[test]
    fn a_draft_is_not_reminded_of_days_before_it_was_begun() {
        let closes = Deadline { at: at("2027-04-15T21:59:00Z"), zone: "Europe/Zurich".into() };
        let begun = at("2027-04-10T09:00:00Z");
        let due = |now| Reminders::default().due(&closes, begun, at(now));
        assert_eq!(due("2027-04-10T10:00:00Z"), None);
        assert_eq!(due("2027-04-12T10:00:00Z"), None, "the one of 7 days was before it began");
        assert_eq!(due("2027-04-13T10:00:00Z"), Some(Due::Before(2)));
    }
}
