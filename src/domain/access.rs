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
    /// Must not see it: declared, computed or recorded.
    Conflicted,
}

impl Relation {
    /// All relations, from none to most, and the one that takes away.
    pub const ALL: [Self; 8] = [
        Self::Stranger,
        Self::Administrator,
        Self::Reviewer,
        Self::Contributor,
        Self::CentreLead,
        Self::Chair,
        Self::Coordinator,
        Self::Conflicted,
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

    /// Whether something speaks against their seat on the panel: a conflict, a tie to the centre, or an office that knows
    /// whose the application is.
    pub fn bars_a_reviewer(self) -> bool {
        self.relations().any(|r| !matches!(r, Relation::Stranger | Relation::Reviewer))
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
/// - A conflict takes every office away, whatever it is: the person is a stranger to the application.
/// - Offices meet: an action is open only when each of them opens it. An administrator reads no application (section 2),
///   so a coordinator who is an administrator too reads none either, until one of the two roles ends.
/// - No relation is a stranger; a stranger's relation beside another one says nothing.
pub fn combined(relations: impl IntoIterator<Item = Relation>) -> Combined {
    let all = relations.into_iter().fold(0, |bits, r| bits | r.bit());
    let own = all & (Relation::Contributor.bit() | Relation::CentreLead.bit());
    let conflicted = all & Relation::Conflicted.bit() != 0;
    let none = Relation::Stranger.bit() | Relation::Conflicted.bit();
    let offices = if conflicted { 0 } else { all & !none };
    Combined(match (own, offices) {
        (0, 0) if conflicted => Relation::Conflicted.bit(),
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
    /// Know that it exists, whose it is and where it stands.
    Know,
    /// Give it a deadline of its own.
    Extend,
    /// Accept it for review.
    Screen,
    /// Ask reviewers to its panel, and record conflicts.
    Assign,
    /// Read the blind copy.
    ReadBlind,
    /// Mark criteria, alone.
    Mark,
    /// Ask the centre something, without saying who asks.
    Ask,
    /// Pass a question on to the centre.
    Relay,
    /// Answer a question for the centre.
    Answer,
    /// Open the panel's deliberation.
    Deliberate,
    /// Talk under letters, and revise levels.
    Discuss,
    /// Write what the panel agrees on.
    Compile,
    /// Propose the outcome.
    Propose,
    /// Confirm an outcome that somebody else has proposed.
    Confirm,
    /// Make the outcome visible to the centre.
    Release,
    /// Read the letter and the feedback.
    ReadResult,
    /// Appeal, or ask for the correction of a fact.
    Appeal,
    /// Answer that.
    AnswerAppeal,
}

impl Action {
    /// All actions.
    pub const ALL: [Self; 25] = [
        Self::Read,
        Self::Edit,
        Self::ManageTeam,
        Self::Prepare,
        Self::Submit,
        Self::Withdraw,
        Self::Return,
        Self::Know,
        Self::Extend,
        Self::Screen,
        Self::Assign,
        Self::ReadBlind,
        Self::Mark,
        Self::Ask,
        Self::Relay,
        Self::Answer,
        Self::Deliberate,
        Self::Discuss,
        Self::Compile,
        Self::Propose,
        Self::Confirm,
        Self::Release,
        Self::ReadResult,
        Self::Appeal,
        Self::AnswerAppeal,
    ];
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
fn alone(relation: Relation, stage: StageName, action: Action) -> Decision {
    match relation {
        Relation::Stranger | Relation::Administrator | Relation::Conflicted => Decision::NotFound,
        Relation::Contributor | Relation::CentreLead => centre(relation == Relation::CentreLead, stage, action),
        Relation::Reviewer => reviewer(stage, action),
        Relation::Chair | Relation::Coordinator => working_group(relation == Relation::Coordinator, stage, action),
    }
}

const fn granted(allowed: bool) -> Decision {
    if allowed { Decision::Allowed } else { Decision::Refused }
}

/// The centre at its own file. Between submission and release, nothing it may do tells how far the review is.
#[expect(clippy::match_same_arms, reason = "a table reads line by line")]
fn centre(leads: bool, stage: StageName, action: Action) -> Decision {
    use Action::{Answer, Appeal, Edit, Know, ManageTeam, Prepare, Read, ReadResult, Submit, Withdraw};
    use StageName::{Decided, Deliberation, Draft, Released, Submitted, UnderReview};
    let open = stage == Draft;
    match action {
        Read | Know => Decision::Allowed,
        Edit => granted(open),
        ManageTeam => granted(leads),
        Prepare | Submit => granted(leads && open),
        // Once reviewers read, the secretariat withdraws for it.
        Withdraw => granted(leads && matches!(stage, Draft | Submitted)),
        Answer => granted(matches!(stage, UnderReview | Deliberation | Decided)),
        // Before the release there is no such page.
        ReadResult | Appeal if stage != Released => Decision::NotFound,
        ReadResult => Decision::Allowed,
        Appeal => granted(leads),
        _ => Decision::Refused,
    }
}

/// A member of the panel, who knows only the blind copy, and that only while the panel works.
fn reviewer(stage: StageName, action: Action) -> Decision {
    use Action::{Ask, Compile, Discuss, Mark, ReadBlind};
    match (stage, action) {
        (StageName::UnderReview, ReadBlind | Mark | Ask)
        | (StageName::Deliberation, ReadBlind | Ask | Discuss | Compile) => Decision::Allowed,
        (StageName::UnderReview, Discuss | Compile) | (StageName::Deliberation, Mark) => Decision::Refused,
        _ => Decision::NotFound,
    }
}

/// The working group at an application of its cycle: the secretariat runs it, the chair decides.
fn working_group(secretariat: bool, stage: StageName, action: Action) -> Decision {
    use Action::{
        AnswerAppeal, Ask, Assign, Compile, Confirm, Deliberate, Discuss, Extend, Know, Propose, Read, ReadBlind,
        ReadResult, Relay, Release, Return, Screen, Withdraw,
    };
    use StageName::{Decided, Deliberation, Draft, Released, Submitted, UnderReview};
    let reviewing = matches!(stage, UnderReview | Deliberation);
    match action {
        Know => Decision::Allowed,
        Extend => granted(secretariat && stage == Draft),
        // A draft is the centre's own.
        _ if stage == Draft => Decision::NotFound,
        Read => Decision::Allowed,
        ReadBlind => granted(matches!(stage, UnderReview | Deliberation | Decided | Released)),
        Screen | Return => granted(secretariat && stage == Submitted),
        Withdraw | Assign | Ask | Relay => granted(secretariat && reviewing),
        Deliberate => granted(secretariat && stage == UnderReview),
        Discuss | Confirm => granted(stage == Deliberation),
        Compile => granted(secretariat && matches!(stage, Deliberation | Decided)),
        Propose => granted(!secretariat && stage == Deliberation),
        Release => granted(stage == Decided),
        ReadResult => granted(matches!(stage, Decided | Released)),
        AnswerAppeal => granted(stage == Released),
        _ => Decision::Refused,
    }
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
        (0..1_u16 << Relation::ALL.len())
            .map(|bits| Relation::ALL.into_iter().filter(|r| bits & u16::from(r.bit()) != 0).collect::<Vec<_>>())
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
