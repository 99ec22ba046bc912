//! How long somebody has to wait who has failed too often: a growing delay, never a lock.

use super::moment::Moment;

/// How often something was tried since when, and when last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// How often.
    pub count: i64,
    /// Since when it is counted.
    pub since: Moment,
    /// When last.
    pub last: Moment,
}

/// How much is free, and how the delay grows after that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// So many tries are free.
    pub free: i64,
    /// The first delay in seconds; each further try doubles it.
    pub first: i64,
    /// The longest delay in seconds.
    pub longest: i64,
    /// After so many minutes without a try, or from the first one where `rolling` is false, all is forgotten.
    pub forget: i64,
    /// Whether each try begins the time of forgetting anew.
    pub rolling: bool,
}

/// One account from one address: five tries within 15 minutes, then 30 seconds, a minute, two, up to 15 minutes.
pub const PAIR: Patience = Patience { free: 5, first: 30, longest: 15 * 60, forget: 15, rolling: true };

/// One address, whichever accounts it tries: 20 within an hour, then a minute, two, up to 15 minutes.
pub const ADDRESS: Patience = Patience { free: 20, first: 60, longest: 15 * 60, forget: 60, rolling: false };

/// The longest time in minutes that any tally is looked at.
pub const LONGEST_FORGET: i64 = 60;

impl Patience {
    /// So many within so many minutes, and then none until they have passed.
    pub const fn quota(most: i64, minutes: i64) -> Self {
        Self { free: most, first: minutes * 60, longest: minutes * 60, forget: minutes, rolling: false }
    }

    /// Whether a tally says nothing any more.
    fn forgotten(self, tally: Tally, now: Moment) -> bool {
        let from = if self.rolling { tally.last } else { tally.since };
        tally.count == 0 || from.plus_minutes(self.forget) <= now
    }

    /// How many seconds somebody has to wait before the next try; 0 when they may go on.
    pub fn wait(self, tally: Tally, now: Moment) -> i64 {
        if self.forgotten(tally, now) || tally.count < self.free {
            return 0;
        }
        let doublings = u32::try_from(tally.count - self.free).unwrap_or(u32::MAX).min(20);
        let delay = self.first.saturating_mul(1 << doublings).min(self.longest);
        let left = tally.last.millis().saturating_add(delay * 1000).saturating_sub(now.millis());
        // Whole seconds, upwards.
        (left.max(0) + 999) / 1000
    }

    /// The tally after one more try.
    #[must_use]
    pub fn tried(self, tally: Tally, now: Moment) -> Tally {
        if self.forgotten(tally, now) {
            Tally { count: 1, since: now, last: now }
        } else {
            Tally { count: tally.count.saturating_add(1), last: now, ..tally }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tally(count: i64) -> Tally {
        Tally { count, since: Moment::from_millis(0), last: Moment::from_millis(0) }
    }

    #[test]
    fn the_delay_grows_and_has_an_end() {
        let at = Moment::from_millis(0);
        let waits: Vec<i64> = [0, 4, 5, 6, 7, 8, 9, 10, 11, 500, i64::MAX].map(|n| PAIR.wait(tally(n), at)).into();
        assert_eq!(waits, [0, 0, 30, 60, 120, 240, 480, 900, 900, 900, 900]);
        let waits: Vec<i64> = [19, 20, 21, 24].map(|n| ADDRESS.wait(tally(n), at)).into();
        assert_eq!(waits, [0, 60, 120, 900]);
        assert_eq!(Patience::quota(3, 60).wait(tally(3), at), 3600);
    }

    #[test]
    fn it_counts_down_and_is_forgotten() {
        assert_eq!(PAIR.wait(tally(5), Moment::from_millis(29_001)), 1);
        assert_eq!(PAIR.wait(tally(5), Moment::from_millis(30_000)), 0);
        assert_eq!(PAIR.wait(tally(50), Moment::from_millis(0).plus_minutes(15)), 0);
        let late = Moment::from_millis(0).plus_minutes(15);
        assert_eq!(PAIR.tried(tally(50), late), Tally { count: 1, since: late, last: late });
    }

    #[test]
    fn tries_in_a_row_do_not_hold_an_address_forever() {
        let (mut tally, mut now) = (tally(0), Moment::from_millis(0));
        for _ in 0..200 {
            tally = ADDRESS.tried(tally, now);
            now = now.plus_minutes(1);
        }
        assert!(tally.count <= 60, "{tally:?}");
    }

    proptest! {
        #[test]
        fn nobody_waits_longer_than_the_longest_delay(count in 0..i64::MAX, last in 0..10_000_000_i64, later in 0..10_000_000_i64) {
            let tally = Tally { count, since: Moment::from_millis(0), last: Moment::from_millis(last) };
            for patience in [PAIR, ADDRESS] {
                let wait = patience.wait(tally, Moment::from_millis(last + later));
                prop_assert!((0..=patience.longest).contains(&wait));
            }
        }
    }
}
