//! What the reviews of one application add to the figures of its cycle, and what a cycle adds up to.

use super::{
    agreement::{self, Tally},
    criteria::COUNT,
    cycle::Rules,
    level::Level,
};
use std::collections::BTreeMap;

/// What [`Figure::agreed`] is while a review is missing: larger than any number of criteria.
pub const NOT_IN: u8 = 99;

/// How many criteria there are.
const CRITERIA: usize = COUNT as usize;

/// The levels of one application whose reviews are all in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figure {
    /// By criterion, the levels of its reviewers in the order of their letters; empty while a review is missing.
    pub levels: Vec<Vec<Option<Level>>>,
    /// By criterion, the level of the centre and that of its panel; empty until it is decided.
    pub gaps: Vec<Option<(Level, Level)>>,
}

impl Figure {
    /// Of how many reviewers.
    pub fn reviewers(&self) -> usize {
        self.levels.first().map_or(0, Vec::len)
    }

    /// The levels at one criterion that were given.
    fn given(&self, criterion: usize) -> Vec<Level> {
        self.levels.get(criterion).into_iter().flatten().flatten().copied().collect()
    }

    /// The criteria, 1 to 13, at which the panel disagrees.
    pub fn splits(&self, rules: &Rules) -> Vec<u8> {
        (1..=COUNT).filter(|c| rules.differ(&self.given(usize::from(*c) - 1))).collect()
    }

    /// At how many criteria the panel agrees; [`NOT_IN`] while a review is missing.
    pub fn agreed(&self, rules: &Rules) -> u8 {
        if self.levels.is_empty() {
            return NOT_IN;
        }
        COUNT - u8::try_from(self.splits(rules).len()).unwrap_or(COUNT)
    }

    /// What it adds to the sums of its cycle.
    pub fn counts(&self, agreed: u8) -> BTreeMap<Key, i64> {
        let mut counts = BTreeMap::new();
        for criterion in 1..=COUNT {
            for (one, other) in agreement::pairs(&self.given(usize::from(criterion) - 1)) {
                // The lower level first: who is A must not be told by a sum.
                let key = (Kind::Pair, criterion, one.min(other).number(), one.max(other).number());
                *counts.entry(key).or_insert(0) += 1;
            }
            if let Some((own, panel)) = self.gaps.get(usize::from(criterion) - 1).copied().flatten() {
                *counts.entry((Kind::Gap, criterion, own.number(), panel.number())).or_insert(0) += 1;
            }
        }
        if !self.levels.is_empty() {
            let reviewers = u8::try_from(self.reviewers()).unwrap_or(u8::MAX);
            counts.insert((Kind::Panel, 0, reviewers, agreed), 1);
        }
        counts
    }

    /// The levels as the store keeps them.
    pub fn levels_text(&self) -> String {
        let digit = |level: &Option<Level>| level.map_or('-', digit);
        let words = self.levels.iter().map(|levels| levels.iter().map(digit).collect::<String>());
        words.collect::<Vec<_>>().join(" ")
    }

    /// The gaps as the store keeps them.
    pub fn gaps_text(&self) -> String {
        let words = self.gaps.iter().map(|gap| match gap {
            Some((own, panel)) => [digit(*own), digit(*panel)].iter().collect(),
            None => "--".to_owned(),
        });
        words.collect::<Vec<String>>().join(" ")
    }

    /// Reads both back; `None` when they are something else.
    pub fn read(levels: &str, gaps: &str) -> Option<Self> {
        let word = |text: &str| {
            let read = |c: char| if c == '-' { Some(None) } else { Level::parse(&c.to_string()).map(Some) };
            text.chars().map(read).collect::<Option<Vec<_>>>()
        };
        let words = |text: &str| text.split_whitespace().map(word).collect::<Option<Vec<_>>>();
        let whole = |count: usize| count == 0 || count == CRITERIA;
        let (levels, gaps) = (words(levels)?, words(gaps)?);
        let fits = whole(levels.len()) && whole(gaps.len()) && gaps.iter().all(|gap| gap.len() == 2);
        let gaps = gaps.into_iter().map(|gap| gap.first().copied().flatten().zip(gap.get(1).copied().flatten()));
        fits.then(|| Self { levels, gaps: gaps.collect() })
    }
}

fn digit(level: Level) -> char {
    char::from(b'0' + level.number())
}

/// Which sum something is counted in.
pub type Key = (Kind, u8, u8, u8);

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Two reviewers at one criterion.
    Pair,
    /// The centre and its panel at one criterion.
    Gap,
    /// A panel: how many sit on it, and at how many criteria they agree.
    Panel,
}

impl Kind {
    /// In the store.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Pair => "pair",
            Self::Gap => "gap",
            Self::Panel => "panel",
        }
    }

    /// The kind with this key.
    pub fn parse(key: &str) -> Option<Self> {
        [Self::Pair, Self::Gap, Self::Panel].into_iter().find(|k| k.key() == key)
    }
}

/// What the reviews of a cycle add up to, for one viewer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sums {
    /// By criterion, pairs of reviewers.
    pub pairs: [Tally; CRITERIA],
    /// By criterion, centre and panel.
    pub gaps: [Tally; CRITERIA],
    /// Applications of which all reviews are in.
    pub panels: i64,
    /// Those of which the panel disagrees somewhere.
    pub split: i64,
}

impl Default for Sums {
    fn default() -> Self {
        Self { pairs: [Tally::default(); CRITERIA], gaps: [Tally::default(); CRITERIA], panels: 0, split: 0 }
    }
}

impl Sums {
    /// Counts something this many times; a negative number takes it out again. What no level or criterion is called
    /// counts nothing.
    pub fn count(&mut self, (kind, criterion, one, other): Key, times: i64) {
        let at = usize::from(criterion).checked_sub(1).filter(|at| *at < CRITERIA);
        let levels = Level::from_number(one.into()).zip(Level::from_number(other.into()));
        match (kind, at, levels) {
            (Kind::Pair, Some(at), Some((one, other))) => self.pairs[at].count(one, other, times),
            (Kind::Gap, Some(at), Some((one, other))) => self.gaps[at].count(one, other, times),
            (Kind::Panel, ..) => {
                self.panels += times;
                self.split += if other < COUNT { times } else { 0 };
            }
            (Kind::Pair | Kind::Gap, ..) => {}
        }
    }

    /// Takes out what an application has added.
    pub fn without(&mut self, figure: &Figure, agreed: u8) {
        for (key, times) in figure.counts(agreed) {
            self.count(key, -times);
        }
    }

    /// All criteria together.
    pub fn all(tallies: &[Tally; CRITERIA]) -> Tally {
        let mut all = Tally::default();
        for tally in tallies {
            for one in Level::ALL {
                for other in Level::ALL {
                    all.count(one, other, tally.at(one, other));
                }
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn level(number: u8) -> Level {
        Level::ALL[usize::from(number)]
    }

    fn figure(levels: &[&[u8]]) -> Figure {
        let mut all: Vec<Vec<Option<Level>>> =
            levels.iter().map(|panel| panel.iter().map(|n| Some(level(*n))).collect()).collect();
        all.resize(13, vec![Some(level(3)); levels.first().map_or(2, |panel| panel.len())]);
        Figure { levels: all, gaps: vec![] }
    }

    #[test]
    fn a_panel_splits_where_the_rules_of_the_cycle_say_so() {
        let panel = figure(&[&[3, 3], &[2, 3], &[0, 1], &[4, 1]]);
        assert_eq!(panel.splits(&Rules::default()), [2, 4]);
        assert_eq!(panel.agreed(&Rules::default()), 11);
        let lenient = Rules { across: false, ..Rules::default() };
        assert_eq!(panel.splits(&lenient), [4]);
        assert_eq!(Figure::default().agreed(&Rules::default()), NOT_IN);
    }

    #[test]
    fn a_pair_is_counted_whoever_is_a() {
        let (one, other) = (figure(&[&[1, 4], &[3, 2]]), figure(&[&[4, 1], &[2, 3]]));
        assert_eq!(one.counts(11), other.counts(11));
        assert_eq!(one.counts(11)[&(Kind::Pair, 1, 1, 4)], 1);
        assert_eq!(one.counts(11)[&(Kind::Panel, 0, 2, 11)], 1);
        let three = figure(&[&[3, 1, 1]]).counts(12);
        assert_eq!((three[&(Kind::Pair, 1, 1, 3)], three[&(Kind::Pair, 1, 1, 1)]), (2, 1));
    }

    #[test]
    fn other_texts_are_no_figure() {
        for (levels, gaps) in
            [("34", ""), ("5", ""), ("x", ""), ("", "3"), ("", "33 3 33 33 33 33 33 33 33 33 33 33 33")]
        {
            assert_eq!(Figure::read(levels, gaps), None, "{levels:?} {gaps:?}");
        }
        assert_eq!(Figure::read("", ""), Some(Figure::default()));
    }

    fn any_figure() -> impl Strategy<Value = Figure> {
        let panel =
            |size| prop::collection::vec(prop::collection::vec(prop::option::of((0..5_u8).prop_map(level)), size), 13);
        let gaps = prop::collection::vec(prop::option::of(((0..5_u8).prop_map(level), (0..5_u8).prop_map(level))), 13);
        (prop_oneof![Just(vec![]), panel(2), panel(3)], prop_oneof![Just(vec![]), gaps])
            .prop_map(|(levels, gaps)| Figure { levels, gaps })
    }

    proptest! {
        #[test]
        fn a_figure_reads_back(figure in any_figure()) {
            prop_assert_eq!(Figure::read(&figure.levels_text(), &figure.gaps_text()), Some(figure));
        }

        /// What a conflicted viewer must not see leaves exactly what the others add up to.
        #[test]
        fn leaving_out_is_never_having_counted(shown in prop::collection::vec(any_figure(), 0..5), hidden in prop::collection::vec(any_figure(), 0..5)) {
            let rules = Rules::default();
            let of = |list: &[Figure]| {
                let mut sums = Sums::default();
                for figure in list {
                    figure.counts(figure.agreed(&rules)).into_iter().for_each(|(key, times)| sums.count(key, times));
                }
                sums
            };
            let mut all = of(&[shown.clone(), hidden.clone()].concat());
            hidden.iter().for_each(|figure| all.without(figure, figure.agreed(&rules)));
            prop_assert_eq!(all, of(&shown));
        }
    }
}
