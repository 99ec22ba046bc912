//! Information requests: an anonymous question to the centre at a criterion, its answer, and what goes on between.

use super::{
    calendar::{day_in, end_of},
    moment::Moment,
};
use jiff::civil::Weekday;

/// How many working days a centre has for an answer, when nobody says otherwise.
pub const WORKING_DAYS: u32 = 10;

/// The longest question or answer, in words.
pub const MOST_WORDS: usize = 600;

/// Who says something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// A reviewer, or the working group.
    Panel,
    /// The centre.
    Centre,
}

impl Side {
    /// In the store.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Panel => "panel",
            Self::Centre => "centre",
        }
    }

    /// The side with this key.
    pub fn parse(key: &str) -> Option<Self> {
        [Self::Panel, Self::Centre].into_iter().find(|s| s.key() == key)
    }
}

/// How far a message is on its way across the blind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// It waits for the working group.
    Waits,
    /// The other side can read it.
    Passed,
    /// The working group has not passed it on, and said why.
    Declined,
}

/// Where a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// A question waits for the working group.
    QuestionWaits,
    /// An answer waits for the working group.
    AnswerWaits,
    /// The centre is asked.
    Asked,
    /// The panel has its answer.
    Answered,
    /// No question was passed on.
    Declined,
    /// Nothing more is asked.
    Closed,
}

impl State {
    /// Where a request with these messages stands; the oldest first.
    pub fn of(closed: bool, messages: &[(Side, Way)]) -> Self {
        if closed {
            return Self::Closed;
        }
        let waits = |side| messages.contains(&(side, Way::Waits));
        let last = messages.iter().rev().find(|(_, way)| *way == Way::Passed).map(|(side, _)| *side);
        match last {
            _ if waits(Side::Panel) => Self::QuestionWaits,
            _ if waits(Side::Centre) => Self::AnswerWaits,
            Some(Side::Panel) => Self::Asked,
            Some(Side::Centre) => Self::Answered,
            None => Self::Declined,
        }
    }

    /// "Waits for the working group".
    pub const fn name(self) -> &'static str {
        match self {
            Self::QuestionWaits => "Question to pass on",
            Self::AnswerWaits => "Answer to pass on",
            Self::Asked => "With the centre",
            Self::Answered => "Answered",
            Self::Declined => "Not passed on",
            Self::Closed => "Closed",
        }
    }
}

/// The end of the day this many working days from now in a zone; public holidays are not known here.
pub fn due(now: Moment, zone: &str, working_days: u32) -> Moment {
    let mut day = day_in(now, zone);
    let mut left = working_days;
    while 0 < left {
        let Ok(next) = day.tomorrow() else { break };
        day = next;
        if !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) {
            left -= 1;
        }
    }
    end_of(day, zone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_working_days_leave_weekends_out_and_end_with_the_day() {
        for (now, due_at) in [
            // Friday 5 March 2027; summer time begins on 28 March.
            ("2027-03-05T13:32:00Z", "2027-03-19T22:59:00Z"),
            ("2027-03-06T13:32:00Z", "2027-03-19T22:59:00Z"),
            ("2027-03-22T08:00:00Z", "2027-04-05T21:59:00Z"),
            // In Zurich it is the next day already.
            ("2027-03-07T23:30:00Z", "2027-03-22T22:59:00Z"),
        ] {
            let now = Moment::parse(now).expect("a time");
            assert_eq!(due(now, "Europe/Zurich", WORKING_DAYS).rfc3339(), due_at, "{now:?}");
        }
    }

    #[test]
    fn a_request_stands_where_its_messages_are() {
        use {Side::*, Way::*};
        for (messages, state) in [
            (vec![(Panel, Waits)], State::QuestionWaits),
            (vec![(Panel, Way::Declined)], State::Declined),
            (vec![(Panel, Passed)], State::Asked),
            (vec![(Panel, Passed), (Centre, Waits)], State::AnswerWaits),
            (vec![(Panel, Passed), (Centre, Passed)], State::Answered),
            (vec![(Panel, Passed), (Centre, Passed), (Panel, Waits)], State::QuestionWaits),
            (vec![(Panel, Passed), (Centre, Passed), (Panel, Way::Declined)], State::Answered),
            (vec![(Panel, Passed), (Centre, Passed), (Panel, Passed)], State::Asked),
        ] {
            assert_eq!(State::of(false, &messages), state, "{messages:?}");
            assert_eq!(State::of(true, &messages), State::Closed);
        }
    }
}
