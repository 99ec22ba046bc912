//! How far reviewers agree, and how far a centre and its panel do.
//!
//! Agreement between two reviewers is the share of pairs with the same level, and Cohen's kappa with quadratic weights
//! (Cohen, Psychological Bulletin 1968;70:213-220), which counts a difference of two levels four times as much as one of
//! one, and takes off what chance alone would give. Who is A and who is B on a panel is random, so each pair is counted in
//! both orders: kappa then does not depend on letters, and equals the intraclass correlation of the levels up to a term
//! of 1/n (Fleiss and Cohen, Educational and Psychological Measurement 1973;33:613-619). A panel of three gives three
//! pairs.

use super::level::Level;

/// How many levels there are.
const LEVELS: usize = Level::ALL.len();

/// Counts of two levels side by side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally([[i64; LEVELS]; LEVELS]);

/// Why there is no kappa.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undefined {
    /// Nobody has given two levels yet.
    NoPairs,
    /// Everybody gave the same level: chance alone would agree as well.
    OneLevel,
}

impl Undefined {
    /// As people read it.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::NoPairs => "no two levels yet",
            Self::OneLevel => "all levels are the same, so that kappa says nothing",
        }
    }
}

impl Tally {
    /// Counts one pair in the order in which it is given.
    pub fn add(&mut self, one: Level, other: Level) {
        self.count(one, other, 1);
    }

    /// Counts a pair this many times; a negative number takes it out again.
    pub fn count(&mut self, one: Level, other: Level, times: i64) {
        let cell = &mut self.0[usize::from(one.number())][usize::from(other.number())];
        *cell = cell.saturating_add(times);
    }

    /// Takes another tally out of this one.
    pub fn without(&mut self, other: &Self) {
        for (own, others) in self.0.iter_mut().flatten().zip(other.0.iter().flatten()) {
            *own = own.saturating_sub(*others);
        }
    }

    /// How often one level stood beside another, in this order.
    pub fn at(&self, one: Level, other: Level) -> i64 {
        self.0[usize::from(one.number())][usize::from(other.number())]
    }

    /// How many pairs there are.
    pub fn pairs(&self) -> i64 {
        self.0.iter().flatten().sum()
    }

    /// The share of pairs of which this is so, in percent; none without pairs.
    pub fn percent(&self, holds: impl Fn(Level, Level) -> bool) -> Option<f64> {
        let all = self.pairs();
        let held: i64 = self.each().filter(|(one, other, _)| holds(*one, *other)).map(|(.., count)| count).sum();
        (0 < all).then(|| figure(held) * 100.0 / figure(all))
    }

    /// The share of pairs with the same level, in percent; none without pairs.
    pub fn agreement(&self) -> Option<f64> {
        self.percent(|one, other| one == other)
    }

    /// Both orders of each pair, for reviewers who could have changed places.
    #[must_use]
    pub fn in_both_orders(&self) -> Self {
        let mut both = *self;
        for (one, other, count) in self.each() {
            both.count(other, one, count);
        }
        both
    }

    /// Cohen's kappa with quadratic weights: 1 for the same levels throughout, 0 for what chance gives, negative below it.
    /// For reviewers, ask [`Tally::in_both_orders`].
    pub fn weighted_kappa(&self) -> Result<f64, Undefined> {
        let all = figure(self.pairs());
        if self.pairs() <= 0 {
            return Err(Undefined::NoPairs);
        }
        let rows: Vec<f64> = self.0.iter().map(|row| figure(row.iter().sum())).collect();
        let columns: Vec<f64> = (0..LEVELS).map(|c| figure(self.0.iter().map(|row| row[c]).sum())).collect();
        let (mut seen, mut by_chance) = (0.0, 0.0);
        for (one, other, count) in self.each() {
            let weight = (f64::from(one.number()) - f64::from(other.number())).powi(2);
            let expected = rows[usize::from(one.number())] * columns[usize::from(other.number())];
            seen += weight * figure(count) / all;
            by_chance += weight * expected / (all * all);
        }
        // Sums of products of whole numbers: without a difference by chance this is exactly 0.
        if by_chance <= 0.0 { Err(Undefined::OneLevel) } else { Ok(1.0 - seen / by_chance) }
    }

    /// By how much the second level lies above the first on average, in levels; none without pairs.
    pub fn mean_difference(&self) -> Option<f64> {
        let sum: i64 =
            self.each().map(|(one, other, n)| (i64::from(other.number()) - i64::from(one.number())) * n).sum();
        (0 < self.pairs()).then(|| figure(sum) / figure(self.pairs()))
    }

    fn each(&self) -> impl Iterator<Item = (Level, Level, i64)> + '_ {
        Level::ALL.into_iter().flat_map(move |one| Level::ALL.into_iter().map(move |o| (one, o, self.at(one, o))))
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of reviews are far below 2^52")]
const fn figure(count: i64) -> f64 {
    count as f64
}

/// Every two levels of one panel: one pair of two reviewers, three of three.
pub fn pairs(levels: &[Level]) -> impl Iterator<Item = (Level, Level)> + '_ {
    levels.iter().enumerate().flat_map(|(at, one)| levels[at + 1..].iter().map(move |other| (*one, *other)))
}

#[cfg(test)]
mod tests;
