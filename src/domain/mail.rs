//! Mail: which kinds there are, what people may choose, when to try again, and when to remind.

use super::{
    calendar::{Deadline, day_in},
    moment::Moment,
};

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
    /// The deadline is near, or has just passed.
    Reminder,
    /// Somebody signed in, or a factor was changed.
    Security,
    /// What could wait, gathered once a day.
    Digest,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Invitation,
        Self::Signature,
        Self::Request,
        Self::Receipt,
        Self::Returned,
        Self::Reminder,
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
            Self::Reminder => "reminder",
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
            Self::Reminder => "Deadline reminder",
            Self::Security => "Sign-in and security",
            Self::Digest => "Daily digest",
        }
    }

    /// What somebody may choose for this kind. The first is how it is without a choice; where there is only one, nothing
    /// can be chosen.
    pub const fn choices(self) -> &'static [Choice] {
        match self {
            // Without these nobody could begin, confirm, or notice a thief.
            Self::Invitation | Self::Signature | Self::Security | Self::Digest => &[Choice::AtOnce],
            // The centre has to act on these, so they cannot be turned off.
            Self::Receipt | Self::Returned => &[Choice::AtOnce, Choice::Digest],
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

/// Why a letter has not arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The server refuses this letter for good, with this code.
    Refused(u16),
    /// The server refuses it for now, with this code.
    Deferred(u16),
    /// The server took the letter and did not answer in time.
    Silent,
    /// The address cannot be written to.
    Address,
    /// The server cannot be reached.
    Unreachable,
    /// The connection cannot be encrypted, or the server's certificate is not trusted.
    Untrusted,
    /// The server does not accept our user and password.
    NotAdmitted,
    /// The folder cannot be written.
    Folder,
    /// The link in it was too old before it could be sent.
    Expired,
    /// What it is about is over: submitted, used, or taken back.
    Moot,
    /// An administrator dropped it.
    ByHand,
}

impl Trouble {
    /// In the store.
    pub fn key(self) -> String {
        match self {
            Self::Refused(code) => format!("refused {code}"),
            Self::Deferred(code) => format!("deferred {code}"),
            Self::Silent => "silent".into(),
            Self::Address => "address".into(),
            Self::Unreachable => "unreachable".into(),
            Self::Untrusted => "untrusted".into(),
            Self::NotAdmitted => "not-admitted".into(),
            Self::Folder => "folder".into(),
            Self::Expired => "expired".into(),
            Self::Moot => "moot".into(),
            Self::ByHand => "by-hand".into(),
        }
    }

    /// The one with this key.
    pub fn parse(key: &str) -> Option<Self> {
        let (word, code) = key.split_once(' ').unwrap_or((key, ""));
        Some(match word {
            "refused" => Self::Refused(code.parse().ok()?),
            "deferred" => Self::Deferred(code.parse().ok()?),
            "silent" => Self::Silent,
            "address" => Self::Address,
            "unreachable" => Self::Unreachable,
            "untrusted" => Self::Untrusted,
            "not-admitted" => Self::NotAdmitted,
            "folder" => Self::Folder,
            "expired" => Self::Expired,
            "moot" => Self::Moot,
            "by-hand" => Self::ByHand,
            _ => return None,
        })
    }

    /// What it means, in plain words. What a server says is not repeated: it can hold anything.
    pub fn said(self) -> String {
        match self {
            Self::Refused(code) => {
                format!("The mail server refuses it for good (code {code}). Most often the address does not exist.")
            }
            Self::Deferred(code) => format!("The mail server does not take it for now (code {code})."),
            Self::Silent => "The mail server did not answer in time.".into(),
            Self::Address => "This address cannot be written to.".into(),
            Self::Unreachable => "The mail server cannot be reached.".into(),
            Self::Untrusted => {
                "The connection to the mail server cannot be trusted: no encryption, or an unknown certificate.".into()
            }
            Self::NotAdmitted => "The mail server does not accept the user and password of the portal.".into(),
            Self::Folder => "The folder for letters cannot be written.".into(),
            Self::Expired => "Its link became too old before it could be sent. Invite the person again.".into(),
            Self::Moot => "What it is about is over.".into(),
            Self::ByHand => "Dropped by an administrator.".into(),
        }
    }

    /// Whether no letter is to blame: the server cannot be used at all.
    pub const fn is_outage(self) -> bool {
        matches!(self, Self::Unreachable | Self::Untrusted | Self::NotAdmitted | Self::Folder)
    }

    /// Whether trying again is of no use.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Refused(_) | Self::Address | Self::Expired | Self::Moot | Self::ByHand)
    }
}

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

#[cfg(all(test, feature = "ssr"))]
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
    fn every_trouble_can_be_kept_and_said() {
        for trouble in [
            Trouble::Refused(550),
            Trouble::Deferred(451),
            Trouble::Silent,
            Trouble::Address,
            Trouble::Unreachable,
            Trouble::Untrusted,
            Trouble::NotAdmitted,
            Trouble::Folder,
            Trouble::Expired,
            Trouble::Moot,
            Trouble::ByHand,
        ] {
            assert_eq!(Trouble::parse(&trouble.key()), Some(trouble));
            assert!(trouble.said().ends_with('.'));
            assert!(!(trouble.is_outage() && trouble.is_final()), "{trouble:?}");
        }
        assert_eq!(Trouble::parse("refused"), None);
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
