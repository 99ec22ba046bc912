//! The one decision: who may do what to an application. Pure and total; the whole table is a test.

mod role;

pub use role::{Grant, Role, Scope};

use super::stage::StageName;

/// How a signed-in person stands to one application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// No tie to it. Must not learn that it exists.
    Stranger,
    /// Looks after accounts and operation; reads no application.
    Administrator,
    /// Sits on its panel. Reads the blind snapshot through pages of their own, never these.
    Reviewer,
    /// Works on it for the centre.
    Contributor,
    /// Answers for it at the centre.
    CentreLead,
    /// Leads the working group in its cycle.
    Chair,
    /// Runs its cycle (secretariat).
    Coordinator,
}

impl Relation {
    /// All relations, from none to most.
    pub const ALL: [Self; 7] = [
        Self::Stranger,
        Self::Administrator,
        Self::Reviewer,
        Self::Contributor,
        Self::CentreLead,
        Self::Chair,
        Self::Coordinator,
    ];

    /// Whether it is a tie to the centre.
    pub const fn of_centre(self) -> bool {
        matches!(self, Self::Contributor | Self::CentreLead)
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// The relations of one person that count for one application, after conflicts: see [`combined`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Combined(u8);

impl Combined {
    /// The relations that count.
    pub fn relations(self) -> impl Iterator<Item = Relation> {
        Relation::ALL.into_iter().filter(move |r| self.0 & r.bit() != 0)
    }

    /// Whether the person stands on the side of the centre.
    pub fn of_centre(self) -> bool {
        self.relations().any(Relation::of_centre)
    }
}

impl From<Relation> for Combined {
    fn from(relation: Relation) -> Self {
        combined([relation])
    }
}

/// Several relations of one person to one application become one answer (section 4.3 of the design: "A person with two
/// roles has the intersection on each application; a conflict takes sight away from coordinators and chairs too").
///
/// - A tie to the centre is a conflict for every office: coordinator, chair, reviewer and administrator count for
///   nothing on the application of their own centre. What the person keeps is what the centre may do with its own file:
///   to take their own text away would unmask nobody less, and lose work.
/// - Offices meet: an action is open only when each of them opens it. An administrator reads no application (section 2),
///   so a coordinator who is an administrator too reads none either, until one of the two roles ends.
/// - No relation is a stranger; a stranger's relation beside another one says nothing.
pub fn combined(relations: impl IntoIterator<Item = Relation>) -> Combined {
    let all = relations.into_iter().fold(0, |bits, r| bits | r.bit());
    let own = all & (Relation::Contributor.bit() | Relation::CentreLead.bit());
    let offices = all & !Relation::Stranger.bit();
    Combined(match (own, offices) {
        (0, 0) => Relation::Stranger.bit(),
        (0, offices) => offices,
        (own, _) => own,
    })
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

/// The answer, from least to most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Decision {
    /// As if it did not exist: byte for byte the answer for an unknown address.
    NotFound,
    /// They may know it, and not do this (now).
    Refused,
    /// Go ahead.
    Allowed,
}

/// Decides. Every page and every list asks here and nowhere else. Of several relations, the least decides.
pub fn may(who: impl Into<Combined>, stage: StageName, action: Action) -> Decision {
    who.into().relations().map(|relation| alone(relation, stage, action)).min().unwrap_or(Decision::NotFound)
}

/// What one relation alone may do.
#[expect(clippy::match_same_arms, reason = "a table reads line by line")]
fn alone(relation: Relation, stage: StageName, action: Action) -> Decision {
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
        (Relation::Stranger | Relation::Administrator | Relation::Reviewer, _) => return NotFound,
        (Relation::Contributor | Relation::CentreLead, Read) | (Relation::CentreLead, ManageTeam) => true,
        (Relation::Contributor | Relation::CentreLead, Edit) | (Relation::CentreLead, Prepare | Submit) => open,
        (Relation::CentreLead, Withdraw) => centre_takes_back,
        (Relation::Contributor, ManageTeam | Prepare | Submit | Withdraw | Return) | (Relation::CentreLead, Return) => {
            false
        }
        // The secretariat screens what was handed in; a draft is the centre's own.
        (Relation::Coordinator | Relation::Chair, _) if open => return NotFound,
        (Relation::Coordinator | Relation::Chair, Read) => true,
        // The chair decides; screening and withdrawing are the secretariat's.
        (Relation::Chair, Edit | ManageTeam | Prepare | Submit | Withdraw | Return) => false,
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

    /// Every set of relations.
    fn sets() -> impl Iterator<Item = Vec<Relation>> {
        (0..1_u8 << Relation::ALL.len())
            .map(|bits| Relation::ALL.into_iter().filter(|r| bits & r.bit() != 0).collect::<Vec<_>>())
    }

    fn every_question() -> impl Iterator<Item = (StageName, Action)> {
        StageName::ALL.into_iter().flat_map(|stage| Action::ALL.into_iter().map(move |action| (stage, action)))
    }

    #[test]
    fn a_further_role_never_adds_a_right_where_another_one_conflicts() {
        for set in sets().filter(|set| set.iter().any(|r| *r != Relation::Stranger)) {
            for further in Relation::ALL {
                let more = combined(set.iter().copied().chain([further]));
                for (stage, action) in every_question() {
                    let (before, after) = (may(combined(set.clone()), stage, action), may(more, stage, action));
                    if further.of_centre() {
                        // Who joins a centre has what the centre has, and nothing that an office saw.
                        let own = combined(set.iter().copied().filter(|r| r.of_centre()).chain([further]));
                        assert_eq!(after, may(own, stage, action), "{set:?} + {further:?}, {stage:?} {action:?}");
                    } else {
                        assert!(after <= before, "{set:?} + {further:?}, {stage:?} {action:?}: {after:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn an_office_has_no_sight_of_the_application_of_its_own_centre() {
        let own = [Relation::Contributor, Relation::CentreLead];
        for office in [Relation::Coordinator, Relation::Chair, Relation::Reviewer, Relation::Administrator] {
            for tie in own {
                for (stage, action) in every_question() {
                    assert_eq!(
                        may(combined([office, tie]), stage, action),
                        may(tie, stage, action),
                        "{office:?} {tie:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn an_administrator_reads_no_application_whatever_else_they_are_in_the_programme() {
        for set in sets().filter(|set| set.contains(&Relation::Administrator) && !set.iter().any(|r| r.of_centre())) {
            for (stage, action) in every_question() {
                assert_eq!(
                    may(combined(set.clone()), stage, action),
                    Decision::NotFound,
                    "{set:?} {stage:?} {action:?}"
                );
            }
        }
    }

    #[test]
    fn relations_in_another_order_or_twice_or_with_none_beside_them_are_the_same() {
        for set in sets() {
            let once = combined(set.clone());
            let backwards = set.iter().rev().copied().chain(set.iter().copied()).chain([Relation::Stranger]);
            assert_eq!(once, combined(backwards), "{set:?}");
            assert!(once.relations().count() != 0, "{set:?}");
        }
        assert_eq!(combined([]), Combined::from(Relation::Stranger));
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
