//! Synthetic applications on which reviewers practise: nobody's file, with levels that were agreed on.

use crate::domain::level::Level;

/// One practice application.
#[derive(Clone, Debug)]
pub struct Practice {
    /// 1, 2, 3: in its address, and the name of its file.
    pub number: u8,
    /// "A district centre with a firm core".
    pub title: String,
    /// What sort of centre it is.
    pub about: String,
    /// One for each criterion, in order.
    pub cases: Vec<Case>,
}

/// What a practice application says at one criterion, and the level that was agreed on.
#[derive(Clone, Debug)]
pub struct Case {
    /// The narrative as HTML, rendered once.
    pub narrative: String,
    /// The agreed level.
    pub level: Level,
    /// Why, in one sentence.
    pub reason: String,
}

impl Practice {
    /// By which a mark at it is kept: an edition may change its practice set, a mark stays with what was read.
    pub fn key(&self, edition: &str) -> String {
        format!("{edition}-{}", self.number)
    }

    /// What it says at a criterion, 1 to 13.
    pub fn case(&self, criterion: u8) -> Option<&Case> {
        usize::from(criterion).checked_sub(1).and_then(|at| self.cases.get(at))
    }
}
