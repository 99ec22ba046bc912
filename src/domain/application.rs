//! A whole application as the rules see it.

use super::{
    answer::Content,
    criteria::Criterion,
    evidence::Evidence,
    plan::PlannedAction,
    signatory::{Capacity, Confirmation, Declaration},
    stage::Reason,
};
use jiff::civil::Date;
use std::collections::BTreeMap;

/// Whether an application is a centre's first or follows a designation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The first one.
    Initial,
    /// Follows an earlier application of the same centre.
    Renewal,
}

impl Kind {
    /// "Renewal".
    pub const fn name(self) -> &'static str {
        match self {
            Self::Initial => "Initial",
            Self::Renewal => "Renewal",
        }
    }

    /// In the store.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Initial => "initial",
            Self::Renewal => "renewal",
        }
    }
}

/// Everything that readiness looks at.
#[derive(Clone, Debug)]
pub struct File<'a> {
    /// The edition it is pinned to.
    pub criteria: &'a [Criterion],
    /// By criterion number; a criterion without an entry is unanswered.
    pub answers: &'a BTreeMap<u8, Content>,
    /// All evidence of the application.
    pub evidence: &'a [Evidence],
    /// Criteria of which two people have saved different texts.
    pub rivals: &'a [u8],
    /// Criteria with an open request for a change.
    pub requests: &'a [u8],
    /// What is planned.
    pub plan: &'a [PlannedAction],
    /// Reasons of a return.
    pub returned: &'a [Reason],
    /// How far each signatory is.
    pub confirmations: &'a [(Capacity, Confirmation)],
    /// What is declared so far.
    pub declarations: &'a [Declaration],
    /// The day on which it is looked at.
    pub today: Date,
    /// The day on which decisions are planned.
    pub decision: Date,
}
