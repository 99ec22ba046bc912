//! What the working group can decide.

use serde::{Deserialize, Serialize};

/// The outcome of a decision. The set is the portal's default; the programme does not publish one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Designated for three years.
    Accredited,
    /// Designated for three years, with points to answer at renewal.
    AccreditedWithRecommendations,
    /// Put off to the next cycle, with the gaps named.
    Deferred,
    /// Not designated.
    NotAccredited,
}

impl Outcome {
    /// All outcomes, from best to worst.
    pub const ALL: [Self; 4] =
        [Self::Accredited, Self::AccreditedWithRecommendations, Self::Deferred, Self::NotAccredited];

    /// In the store and in forms.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Accredited => "accredited",
            Self::AccreditedWithRecommendations => "accredited-with-recommendations",
            Self::Deferred => "deferred",
            Self::NotAccredited => "not-accredited",
        }
    }

    /// The outcome with this key.
    pub fn parse(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|o| o.key() == key)
    }

    /// Whether a designation follows.
    pub const fn designates(self) -> bool {
        matches!(self, Self::Accredited | Self::AccreditedWithRecommendations)
    }

    /// As people read it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Accredited => "Accredited",
            Self::AccreditedWithRecommendations => "Accredited with recommendations",
            Self::Deferred => "Deferred",
            Self::NotAccredited => "Not accredited",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outcome_reads_back_and_two_of_four_designate() {
        for outcome in Outcome::ALL {
            assert_eq!(Outcome::parse(outcome.key()), Some(outcome));
        }
        assert_eq!(Outcome::ALL.into_iter().filter(|o| o.designates()).count(), 2);
        assert_eq!(Outcome::parse("Accredited"), None);
    }
}
