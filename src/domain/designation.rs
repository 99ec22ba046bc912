//! Designations: how long one lasts, where it stands, and the code by which a certificate is checked.

mod code;

pub use code::Code;

use super::{
    calendar::{Deadline, begin_of, day_in, day_long},
    moment::Moment,
};
use jiff::{
    ToSpan,
    civil::{Date, time},
};

/// For how many years a designation lasts.
pub const YEARS: i8 = 3;

/// From when until when a designation is valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term {
    /// The first moment.
    pub from: Moment,
    /// The first moment at which it is over.
    pub until: Moment,
}

impl Term {
    /// The term that begins with an award: whole days in the zone of the programme, three years long. An award on 29
    /// February ends with the last day of a February.
    pub fn awarded(award: &Deadline) -> Self {
        let first = day_in(award.at, &award.zone);
        let over = anniversary(first).unwrap_or(first);
        Self { from: begin_in(first, &award.zone), until: begin_in(over, &award.zone) }
    }

    /// The first day in a zone, "1 November 2024".
    pub fn first_day(self, zone: &str) -> String {
        day_long(self.from, zone)
    }

    /// The last day on which it is valid, in a zone, "31 October 2027".
    pub fn last_day(self, zone: &str) -> String {
        day_long(Moment::from_millis(self.until.millis().saturating_sub(1)), zone)
    }

    /// Whether it has begun and is not over.
    pub fn valid_at(self, now: Moment) -> bool {
        self.from <= now && now < self.until
    }
}

/// The day after the last one of a term that begins on this day.
fn anniversary(first: Date) -> Option<Date> {
    let day = first.checked_add(i32::from(YEARS).years()).ok()?;
    // 29 February has none: the term is whole at the end of the 28th.
    if day.day() == first.day() { Some(day) } else { day.tomorrow().ok() }
}

/// The first moment of a day in a zone; in UTC when the zone is unknown.
fn begin_in(day: Date, zone: &str) -> Moment {
    let midnight = day.to_datetime(time(0, 0, 0, 0)).in_tz(zone);
    midnight.map_or_else(|_| begin_of(day), |at| Moment::from_millis(at.timestamp().as_millisecond()))
}

/// How near the end is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// At most twelve months are left.
    Twelve,
    /// At most six.
    Six,
    /// At most three.
    Three,
}

impl Step {
    /// All of them, the farthest first.
    pub const ALL: [Self; 3] = [Self::Twelve, Self::Six, Self::Three];

    /// Its months.
    pub const fn months(self) -> u8 {
        match self {
            Self::Twelve => 12,
            Self::Six => 6,
            Self::Three => 3,
        }
    }

    /// The end of a designation that comes to this step today, or of one that has come to it: a term that is over by then
    /// is at this step or nearer. Counted in whole days of UTC, so that a list and a line agree.
    pub fn horizon(self, now: Moment) -> Moment {
        let day = day_in(now, "UTC");
        begin_of(day.checked_add(i32::from(self.months()).months()).unwrap_or(day))
    }

    /// The nearest step that a term has come to; none when more than twelve months are left.
    pub fn of(until: Moment, now: Moment) -> Option<Self> {
        Self::ALL.into_iter().rev().find(|step| until <= step.horizon(now))
    }
}

/// What counts beside the dates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Two people have withdrawn it.
    pub withdrawn: bool,
    /// A further application of the centre is under way.
    pub renewing: bool,
}

/// Where a designation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Valid, and for more than a year.
    Active,
    /// Ends within this many months, and nothing is under way.
    Expiring(Step),
    /// Valid, and a further application is under way.
    InRenewal,
    /// Its term is over.
    Lapsed,
    /// Taken back before its end.
    Withdrawn,
}

impl Status {
    /// From dates and facts. What has lapsed stays lapsed while a further application is read: nobody is designated by
    /// applying.
    pub fn of(until: Moment, facts: Facts, now: Moment) -> Self {
        if facts.withdrawn {
            Self::Withdrawn
        } else if until <= now {
            Self::Lapsed
        } else if facts.renewing {
            Self::InRenewal
        } else {
            Step::of(until, now).map_or(Self::Active, Self::Expiring)
        }
    }

    /// In a word or two, "Ends within 6 months".
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::Expiring(Step::Twelve) => "Ends within 12 months",
            Self::Expiring(Step::Six) => "Ends within 6 months",
            Self::Expiring(Step::Three) => "Ends within 3 months",
            Self::InRenewal => "In renewal",
            Self::Lapsed => "Lapsed",
            Self::Withdrawn => "Withdrawn",
        }
    }
}

/// Which designations a list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wanted {
    /// All.
    #[default]
    Any,
    /// Valid for more than a year, and nothing under way.
    Active,
    /// Ending within this step, and nothing under way.
    Expiring(Step),
    /// Valid, and a further application is under way.
    InRenewal,
    /// Over.
    Lapsed,
    /// Taken back.
    Withdrawn,
}

impl Wanted {
    /// All of them, in the order of a filter.
    pub const ALL: [Self; 8] = [
        Self::Any,
        Self::Active,
        Self::Expiring(Step::Twelve),
        Self::Expiring(Step::Six),
        Self::Expiring(Step::Three),
        Self::InRenewal,
        Self::Lapsed,
        Self::Withdrawn,
    ];

    /// In addresses.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Any => "",
            Self::Active => "active",
            Self::Expiring(Step::Twelve) => "expiring-12",
            Self::Expiring(Step::Six) => "expiring-6",
            Self::Expiring(Step::Three) => "expiring-3",
            Self::InRenewal => "in-renewal",
            Self::Lapsed => "lapsed",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// What has this key; everything when nothing has.
    pub fn parse(key: &str) -> Self {
        Self::ALL.into_iter().find(|wanted| wanted.key() == key).unwrap_or_default()
    }

    /// "Any status".
    pub const fn name(self) -> &'static str {
        match self {
            Self::Any => "Any status",
            Self::Active => Status::Active.name(),
            Self::Expiring(step) => Status::Expiring(step).name(),
            Self::InRenewal => Status::InRenewal.name(),
            Self::Lapsed => Status::Lapsed.name(),
            Self::Withdrawn => Status::Withdrawn.name(),
        }
    }

    /// Whether a status is among what is wanted. Who asks for the next twelve months gets the next three as well.
    pub fn holds(self, status: Status) -> bool {
        match (self, status) {
            (Self::Any, _)
            | (Self::Active, Status::Active)
            | (Self::InRenewal, Status::InRenewal)
            | (Self::Lapsed, Status::Lapsed)
            | (Self::Withdrawn, Status::Withdrawn) => true,
            (Self::Expiring(within), Status::Expiring(step)) => within <= step,
            _ => false,
        }
    }

    /// The ends of terms that can have such a status: from the first moment on, before the second.
    pub fn ends(self, now: Moment) -> (Moment, Moment) {
        let (first, last) = (Moment::from_millis(i64::MIN), Moment::from_millis(i64::MAX));
        let after = |at: Moment| Moment::from_millis(at.millis().saturating_add(1));
        match self {
            Self::Any | Self::Withdrawn => (first, last),
            Self::Active => (after(Step::Twelve.horizon(now)), last),
            Self::Expiring(step) => (after(now), after(step.horizon(now))),
            Self::InRenewal => (after(now), last),
            Self::Lapsed => (first, after(now)),
        }
    }
}

#[cfg(test)]
mod tests;
