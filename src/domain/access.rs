//! The one decision: who may do what to an application. Pure and total; the whole table is a test.

use super::stage::StageName;

/// How a signed-in person stands to one application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// No tie to it. Must not learn that it exists.
    Stranger,
    /// Works on it for the centre.
    Contributor,
    /// Answers for it at the centre.
    CentreLead,
    /// Runs the cycle (secretariat).
    Coordinator,
    /// Looks after accounts and operation; reads no application.
    Administrator,
}

impl Relation {
    /// All relations, from none to most.
    pub const ALL: [Self; 5] =
        [Self::Stranger, Self::Administrator, Self::Contributor, Self::CentreLead, Self::Coordinator];
}

/// What somebody wants to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Read answers, evidence, findings and notes.
    Read,
    /// Change answers, evidence and notes.
    Edit,
    /// Invite and remove people, give criteria an owner.
    ManageTeam,
    /// Name signatories and tick declarations.
    Prepare,
    /// Hand it in.
    Submit,
    /// Take it back.
    Withdraw,
    /// Send it back to the centre with reasons.
    Return,
}

impl Action {
    /// All actions.
    pub const ALL: [Self; 7] =
        [Self::Read, Self::Edit, Self::ManageTeam, Self::Prepare, Self::Submit, Self::Withdraw, Self::Return];
}

/// The answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Go ahead.
    Allowed,
    /// As if it did not exist: byte for byte the answer for an unknown address.
    NotFound,
    /// They may know it, and not do this (now).
    Refused,
}

/// Decides. Every page and every list asks here and nowhere else.
#[expect(clippy::match_same_arms, reason = "a table reads line by line")]
pub fn may(relation: Relation, stage: StageName, action: Action) -> Decision {
    use Action::{Edit, ManageTeam, Prepare, Read, Return, Submit, Withdraw};
    use Decision::{Allowed, NotFound, Refused};
    use StageName::{Decided, Deliberation, Draft, Released, Submitted, UnderReview, Withdrawn};
    let open = match stage {
        Draft => true,
        Submitted | UnderReview | Deliberation | Decided | Released | Withdrawn => false,
    };
    // Once reviewers read, what the centre can do must not tell how far they are: the secretariat withdraws for it.
    let (centre_takes_back, secretariat_takes_back) = match stage {
        Draft | Submitted => (true, false),
        UnderReview | Deliberation => (false, true),
        Decided | Released | Withdrawn => (false, false),
    };
    let allowed = match (relation, action) {
        (Relation::Stranger | Relation::Administrator, _) => return NotFound,
        (Relation::Contributor | Relation::CentreLead, Read) | (Relation::CentreLead, ManageTeam) => true,
        (Relation::Contributor | Relation::CentreLead, Edit) | (Relation::CentreLead, Prepare | Submit) => open,
        (Relation::CentreLead, Withdraw) => centre_takes_back,
        (Relation::Contributor, ManageTeam | Prepare | Submit | Withdraw | Return) | (Relation::CentreLead, Return) => {
            false
        }
        // The secretariat screens what was handed in; a draft is the centre's own.
        (Relation::Coordinator, _) if open => return NotFound,
        (Relation::Coordinator, Read) => true,
        (Relation::Coordinator, Return) => stage == Submitted,
        (Relation::Coordinator, Withdraw) => secretariat_takes_back,
        (Relation::Coordinator, Edit | ManageTeam | Prepare | Submit) => false,
    };
    if allowed { Allowed } else { Refused }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_table() {
        let mut table = String::new();
        for relation in Relation::ALL {
            for stage in StageName::ALL {
                let decisions: Vec<String> =
                    Action::ALL.iter().map(|&a| format!("{a:?}={:?}", may(relation, stage, a))).collect();
                table += &format!("{relation:?} {}: {}\n", stage.key(), decisions.join(" "));
            }
        }
        insta::assert_snapshot!(table);
    }

    #[test]
    fn nothing_a_centre_may_do_tells_how_far_the_review_is() {
        for relation in [Relation::Contributor, Relation::CentreLead] {
            for action in Action::ALL {
                let decisions = [StageName::UnderReview, StageName::Deliberation, StageName::Decided]
                    .map(|s| may(relation, s, action));
                assert!(decisions.iter().all(|d| *d == decisions[0]), "{relation:?} {action:?}: {decisions:?}");
            }
        }
    }

    #[test]
    fn nobody_may_edit_what_was_handed_in() {
        for relation in Relation::ALL {
            for stage in StageName::ALL.into_iter().filter(|s| *s != StageName::Draft) {
                for action in [Action::Edit, Action::Prepare, Action::Submit] {
                    assert_ne!(may(relation, stage, action), Decision::Allowed, "{relation:?} {stage:?} {action:?}");
                }
            }
        }
    }
}
