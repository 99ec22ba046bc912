//! The rules of a cycle: what the programme does not publish, with the portal's defaults.

use super::level::Level;
use serde::{Deserialize, Serialize};

/// Who is hidden from whom.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Anonymity {
    /// Reviewers do not see the centre, and the centre never sees reviewers.
    #[default]
    Double,
    /// Reviewers see the centre; the centre never sees reviewers.
    Reviewer,
}

/// When a reviewer sees the level that the centre has given itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OwnLevel {
    /// Once the reviewer has marked that criterion.
    #[default]
    AfterMark,
    /// Once the review is submitted.
    AfterReview,
    /// In deliberation.
    InDeliberation,
}

/// How many of the 13 criteria have to be at level 3 or more for an outcome to be suggested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Thresholds {
    /// For "accredited".
    pub accredited: u8,
    /// For "accredited with recommendations", with no criterion below `lowest`.
    pub recommendations: u8,
    /// For "deferred"; below it, "not accredited".
    pub deferred: u8,
    /// The lowest level that "accredited with recommendations" allows, 0 to 4.
    pub lowest: u8,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { accredited: 13, recommendations: 11, deferred: 8, lowest: 2 }
    }
}

/// The rules of one cycle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rules {
    /// Reviewers of one application, 1 to 5.
    pub reviewers: u8,
    /// Two levels this far apart are a disagreement, 1 to 4.
    pub apart: u8,
    /// Whether two levels on different sides of yes and no are one as well.
    pub across: bool,
    /// Who is hidden from whom.
    pub anonymity: Anonymity,
    /// When the centre's own level is shown to a reviewer.
    pub own_level: OwnLevel,
    /// Which outcome is suggested.
    pub thresholds: Thresholds,
    /// Whether the same country is a conflict.
    pub country_conflict: bool,
    /// Days after the release in which a centre may appeal.
    pub appeal_days: u16,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            reviewers: 2,
            apart: 2,
            across: true,
            anonymity: Anonymity::Double,
            own_level: OwnLevel::AfterMark,
            thresholds: Thresholds::default(),
            country_conflict: false,
            appeal_days: 30,
        }
    }
}

impl Rules {
    /// Whether the levels of a panel at one criterion disagree.
    pub fn differ(&self, levels: &[Level]) -> bool {
        let (Some(low), Some(high)) = (levels.iter().min(), levels.iter().max()) else { return false };
        self.apart <= high.number() - low.number() || (self.across && low.answers_yes() != high.answers_yes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_apart_or_across_yes_and_no_is_a_disagreement() {
        let level = |n| Level::from_number(n).expect("a level");
        let rules = Rules::default();
        for (levels, differ) in [
            (vec![], false),
            (vec![3], false),
            (vec![3, 3], false),
            (vec![3, 4], false),
            (vec![2, 3], true),
            (vec![0, 1], false),
            (vec![0, 2], true),
            (vec![4, 3, 2], true),
        ] {
            let panel: Vec<Level> = levels.iter().map(|n| level(*n)).collect();
            assert_eq!(rules.differ(&panel), differ, "{levels:?}");
        }
        let lenient = Rules { across: false, ..Rules::default() };
        assert!(!lenient.differ(&[level(2), level(3)]));
    }

    #[test]
    fn rules_of_an_older_program_are_filled_up_with_the_defaults() {
        let read: Rules = serde_json::from_str(r#"{"reviewers":3}"#).expect("rules");
        assert_eq!(read, Rules { reviewers: 3, ..Rules::default() });
    }
}
