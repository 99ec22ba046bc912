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
