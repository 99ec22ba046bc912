//! Choices of the demo world.

use crate::store::Chance;

/// Draws choices from the same seeded numbers as the identifiers.
#[derive(Clone, Debug)]
pub struct Dice(Chance);

impl Dice {
    /// Draws from this source.
    pub const fn new(chance: Chance) -> Self {
        Self(chance)
    }

    /// A number from 0 to `end - 1`; 0 when `end` is 0.
    pub fn below(&self, end: u32) -> u32 {
        u32::try_from(self.0.bits() % u128::from(end.max(1))).unwrap_or(0)
    }

    /// A number from `first` to `last`.
    pub fn between(&self, first: u32, last: u32) -> u32 {
        first + self.below(last.saturating_sub(first) + 1)
    }

    /// One of several; none of none.
    pub fn pick<'a, T>(&self, list: &'a [T]) -> Option<&'a T> {
        let index = self.below(u32::try_from(list.len()).unwrap_or(u32::MAX));
        list.get(usize::try_from(index).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_stay_within_their_bounds_and_reach_both_ends() {
        let dice = Dice::new(Chance::seeded(1));
        let drawn: Vec<u32> = (0..200).map(|_| dice.between(3, 5)).collect();
        assert!(drawn.iter().all(|n| (3..=5).contains(n)));
        assert!([3, 4, 5].iter().all(|n| drawn.contains(n)));
        assert_eq!(dice.pick::<u8>(&[]), None);
    }
}
