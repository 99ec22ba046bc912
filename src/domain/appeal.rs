//! The one bounded round after a release: an appeal, or the correction of a fact.

use super::{
    calendar::{Deadline, day_in},
    moment::Moment,
    outcome::Outcome,
    text::words,
};
use jiff::ToSpan;

/// The most words of an appeal and of its answer.
pub const WORDS: usize = 800;

/// What a centre asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// That the outcome is looked at again.
    Appeal,
    /// That a fact is put right.
    Correction,
}

impl Kind {
    /// Both, in the order of forms.
    pub const ALL: [Self; 2] = [Self::Correction, Self::Appeal];

    /// In the store and in forms.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Appeal => "appeal",
            Self::Correction => "correction",
        }
    }

    /// "Appeal".
    pub const fn name(self) -> &'static str {
        match self {
            Self::Appeal => "Appeal",
            Self::Correction => "Correction of a fact",
        }
    }

    /// The kind with this key.
    pub fn parse(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.key() == key)
    }
}

/// Until when a centre may ask: the end of the last day in the zone of the cycle.
pub fn until(released: Moment, days: u16, zone: &str) -> Deadline {
    let last = day_in(released, zone).saturating_add(i32::from(days).days());
    let end = last.to_datetime(jiff::civil::time(23, 59, 59, 0)).in_tz(zone);
    let at = end.map_or_else(
        |_| released.plus_days(i64::from(days)),
        |at| Moment::from_millis(at.timestamp().as_millisecond()),
    );
    Deadline { at, zone: zone.to_owned() }
}

/// Whether an answer may end with this outcome: another one, and never less than what was released. A centre that asks
/// risks nothing by asking.
pub fn may_change(released: Outcome, to: Outcome) -> bool {
    let rank = |outcome| Outcome::ALL.iter().position(|o| *o == outcome);
    rank(to) < rank(released)
}

/// What has to be mended in what a centre writes, or in the answer.
pub fn to_mend(text: &str) -> Option<String> {
    match words(text) {
        0 => Some("Write what it is about".to_owned()),
        n if WORDS < n => Some(format!("Shorten the text to {WORDS} words; it has {n}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_day_counts_whole_in_the_zone_of_the_cycle() {
        let released = Moment::parse("2027-10-15T22:30:00Z").expect("a time");
        // In Zurich it was the 16th already; a month later it is winter.
        assert_eq!(until(released, 30, "Europe/Zurich").long(), "Monday 15 November 2027, 23:59 Zurich time");
        assert_eq!(until(released, 0, "UTC").long(), "Friday 15 October 2027, 23:59 UTC");
        assert_eq!(until(released, 1, "no zone").long(), "Saturday 16 October 2027, 22:30 UTC");
    }

    #[test]
    fn an_appeal_never_ends_with_less() {
        use Outcome::{Accredited, AccreditedWithRecommendations, Deferred, NotAccredited};
        for (released, better) in [
            (Accredited, vec![]),
            (AccreditedWithRecommendations, vec![Accredited]),
            (Deferred, vec![Accredited, AccreditedWithRecommendations]),
            (NotAccredited, vec![Accredited, AccreditedWithRecommendations, Deferred]),
        ] {
            let open: Vec<Outcome> = Outcome::ALL.into_iter().filter(|to| may_change(released, *to)).collect();
            assert_eq!(open, better, "{released:?}");
        }
    }

    #[test]
    fn a_text_has_words_and_an_end() {
        assert!(to_mend(" \n").is_some());
        assert!(to_mend("The rota was attached").is_none());
        assert!(to_mend(&"word ".repeat(WORDS + 1)).is_some());
    }
}
