//! The five levels of the portal's scale and how they answer the official yes/no question.

use serde::{Deserialize, Serialize};

/// How far a centre meets a criterion. The scale is the portal's own; the official form asks only for yes or no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "u8", try_from = "u8")]
pub enum Level {
    /// No service; a plan alone changes nothing yet.
    Absent,
    /// Depends on individuals; not written down.
    AdHoc,
    /// Written and working for some patients, hours or units.
    Partial,
    /// Written, staffed and used for the whole target group.
    Established,
    /// As established, and measured, improved and shared.
    Exemplary,
}

impl Level {
    /// All five, from 0 to 4.
    pub const ALL: [Self; 5] = [Self::Absent, Self::AdHoc, Self::Partial, Self::Established, Self::Exemplary];

    /// 0 to 4.
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// "Established".
    pub const fn name(self) -> &'static str {
        match self {
            Self::Absent => "Absent",
            Self::AdHoc => "Ad hoc",
            Self::Partial => "Partial",
            Self::Established => "Established",
            Self::Exemplary => "Exemplary",
        }
    }

    /// Levels 3 and 4 answer the official question with yes.
    pub fn answers_yes(self) -> bool {
        Self::Established <= self
    }

    /// The level with this number.
    pub fn from_number(number: i64) -> Option<Self> {
        usize::try_from(number).ok().and_then(|n| Self::ALL.get(n).copied())
    }

    /// Reads "3"; anything but one digit from 0 to 4 is `None`.
    pub fn parse(text: &str) -> Option<Self> {
        text.parse().ok().and_then(Self::from_number)
    }
}

impl From<Level> for u8 {
    fn from(level: Level) -> Self {
        level.number()
    }
}

impl TryFrom<u8> for Level {
    type Error = &'static str;
    fn try_from(number: u8) -> Result<Self, Self::Error> {
        Self::from_number(number.into()).ok_or("a level is a number from 0 to 4")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_and_four_answer_yes() {
        let yes: Vec<u8> = Level::ALL.into_iter().filter(|l| l.answers_yes()).map(Level::number).collect();
        assert_eq!(yes, [3, 4]);
    }

    #[test]
    fn only_0_to_4_are_levels() {
        for (text, level) in [
            ("0", Some(Level::Absent)),
            ("4", Some(Level::Exemplary)),
            ("5", None),
            ("-1", None),
            ("", None),
            ("x", None),
        ] {
            assert_eq!(Level::parse(text), level, "{text:?}");
        }
    }
}
