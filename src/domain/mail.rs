//! Mail: which kinds there are, what people may choose, when to try again, and when to remind.

mod reminders;
mod trouble;

pub use reminders::{Due, Reminders};
pub use trouble::Trouble;

use super::moment::Moment;

/// What a letter is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A one-time link that makes an account, or adds a centre to one.
    Invitation,
    /// A one-time link through which a signatory confirms.
    Signature,
    /// A colleague asks for a change.
    Request,
    /// The application was submitted.
    Receipt,
    /// Screening has returned the application.
    Returned,
    /// The working group asks for a review.
    ReviewAsked,
    /// A decision was released, or an appeal was answered.
    Decision,
    /// The deadline is near, or has just passed.
    Reminder,
    /// A designation ends soon, or was withdrawn.
    Designation,
    /// The panel asks the centre something.
    Question,
    /// There is news for a panel.
    Panel,
    /// Somebody signed in, or a factor was changed.
    Security,
    /// What could wait, gathered once a day.
    Digest,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Invitation,
        Self::Signature,
        Self::Request,
        Self::Receipt,
        Self::Returned,
        Self::ReviewAsked,
        Self::Decision,
        Self::Reminder,
        Self::Designation,
        Self::Question,
        Self::Panel,
        Self::Security,
        Self::Digest,
    ];

    /// In the store and in forms.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::Signature => "signature",
            Self::Request => "request",
            Self::Receipt => "receipt",
            Self::Returned => "returned",
            Self::ReviewAsked => "review-asked",
            Self::Decision => "decision",
            Self::Reminder => "reminder",
            Self::Designation => "designation",
            Self::Question => "question",
            Self::Panel => "panel",
            Self::Security => "security",
            Self::Digest => "digest",
        }
    }

    /// The kind with this key.
    pub fn parse(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.key() == key)
    }

    /// "Deadline reminder".
    pub const fn name(self) -> &'static str {
        match self {
            Self::Invitation => "Invitation",
            Self::Signature => "Request to confirm",
            Self::Request => "Request for a change",
            Self::Receipt => "Application submitted",
            Self::Returned => "Application returned",
            Self::ReviewAsked => "Reviews you are asked for",
            Self::Decision => "Decision released",
            Self::Reminder => "Deadline reminder",
            Self::Designation => "Your designation",
            Self::Question => "Question from the panel",
            Self::Panel => "News for your panel",
            Self::Security => "Sign-in and security",
            Self::Digest => "Daily digest",
        }
    }

    /// What somebody may choose for this kind. The first is how it is without a choice; where there is only one, nothing
    /// can be chosen.
    pub const fn choices(self) -> &'static [Choice] {
        match self {
            // Without these nobody could begin, confirm, or notice a thief.
            // A digest goes to people of a centre.
            Self::Invitation | Self::Signature | Self::ReviewAsked | Self::Panel | Self::Security | Self::Digest => {
                &[Choice::AtOnce]
            }
            // The centre has to act on these, so they cannot be turned off.
            Self::Receipt | Self::Returned | Self::Question | Self::Decision | Self::Designation => {
                &[Choice::AtOnce, Choice::Digest]
            }
            Self::Request | Self::Reminder => &[Choice::AtOnce, Choice::Digest, Choice::Never],
        }
    }
}

/// How somebody wants to get one kind of mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Choice {
    /// A letter of its own.
    AtOnce,
    /// In one letter a day.
    Digest,
    /// Not by mail; it still stands on the pages.
    Never,
}

impl Choice {
    /// In the store and in forms.
    pub const fn key(self) -> &'static str {
        match self {
            Self::AtOnce => "at-once",
            Self::Digest => "digest",
            Self::Never => "never",
        }
    }

    /// The choice with this key.
    pub fn parse(key: &str) -> Option<Self> {
        [Self::AtOnce, Self::Digest, Self::Never].into_iter().find(|c| c.key() == key)
    }

    /// "In a daily digest".
    pub const fn name(self) -> &'static str {
        match self {
            Self::AtOnce => "At once",
            Self::Digest => "In a daily digest",
            Self::Never => "Not by mail",
        }
    }
}

/// How often a server may refuse one letter, or let it hang, before it is dead.
pub const MOST_REFUSALS: i64 = 10;

/// The longest pause between two tries of a letter that was refused.
const LONGEST_PAUSE: i64 = 6 * 60 * 60 * 1000;

/// The longest pause while the server cannot be reached: it can be back at any time, and no letter is to blame.
const LONGEST_OUTAGE: i64 = 15 * 60 * 1000;

/// Milliseconds until the next try after `tries` tries: a minute, doubled each time, up to six hours (a quarter of an hour
/// when the server could not be reached), and up to a quarter more, so that letters that failed together do not come
/// back together. `dice` is any random number.
pub fn pause(tries: i64, outage: bool, dice: u128) -> i64 {
    let doublings = u32::try_from(tries.clamp(1, 20) - 1).unwrap_or(0);
    let longest = if outage { LONGEST_OUTAGE } else { LONGEST_PAUSE };
    let pause = (60_000_i64 << doublings).min(longest);
    let more = u128::from((pause / 4).unsigned_abs());
    pause + i64::try_from(dice % (more + 1)).unwrap_or(0)
}

/// When the letters of this hour leave together: the next full hour. What somebody on the other side of the blind has
/// caused waits for it, so that the time of a letter does not tell who acted.
pub const fn next_batch(now: Moment) -> Moment {
    let hour = 60 * 60 * 1000;
    Moment::from_millis((now.millis().div_euclid(hour) + 1) * hour)
}

/// The latest 05:00 UTC: notices from before it are in the digest of that day.
pub const fn last_digest(now: Moment) -> Moment {
    let (hour, day) = (60 * 60 * 1000, 24 * 60 * 60 * 1000);
    Moment::from_millis((now.millis() - 5 * hour).div_euclid(day) * day + 5 * hour)
}

/// The full hour before: all that the `Date` of a letter tells.
pub const fn full_hour(at: Moment) -> Moment {
    let hour = 60 * 60 * 1000;
    Moment::from_millis(at.millis().div_euclid(hour) * hour)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Moment {
        Moment::parse(text).expect("a time")
    }

    #[test]
    fn what_is_essential_cannot_be_turned_off() {
        for kind in Kind::ALL {
            let choices = kind.choices();
            assert_eq!(choices[0], Choice::AtOnce, "{kind:?}");
            let may_be_off = choices.contains(&Choice::Never);
            assert_eq!(may_be_off, matches!(kind, Kind::Request | Kind::Reminder), "{kind:?}");
            assert_eq!(Kind::parse(kind.key()), Some(kind));
        }
    }

    #[test]
    fn a_batch_leaves_at_the_next_full_hour() {
        assert_eq!(next_batch(at("2027-03-05T14:32:00Z")), at("2027-03-05T15:00:00Z"));
        assert_eq!(next_batch(at("2027-03-05T15:00:00Z")), at("2027-03-05T16:00:00Z"));
        assert_eq!(last_digest(at("2027-03-05T04:59:59Z")), at("2027-03-04T05:00:00Z"));
        assert_eq!(last_digest(at("2027-03-05T05:00:00Z")), at("2027-03-05T05:00:00Z"));
        assert_eq!(full_hour(at("2027-03-05T14:59:59Z")), at("2027-03-05T14:00:00Z"));
    }

    proptest! {
        #[test]
        fn a_pause_grows_within_its_bounds(tries in 1_i64..40, outage: bool, dice: u128) {
            let pause = pause(tries, outage, dice);
            let longest = if outage { LONGEST_OUTAGE } else { LONGEST_PAUSE };
            prop_assert!((60_000..=longest + longest / 4).contains(&pause));
            prop_assert!(super::pause(tries, outage, 0) <= super::pause(tries + 1, outage, 0));
            prop_assert!(super::pause(tries, outage, 0) <= pause);
        }
    }
}
