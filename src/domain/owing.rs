//! Who owes the next step of an application, and what is overdue in a cycle.

use super::{
    moment::Moment,
    stage::{Stage, StageName},
};

/// Whose turn it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// The centre.
    Centre,
    /// The coordinators of the cycle.
    Secretariat,
    /// The panel.
    Reviewers,
    /// The chair.
    Chair,
    /// The chair or a coordinator, but not who has proposed.
    AnotherPerson,
    /// Nobody: it is over.
    Nobody,
}

impl Owner {
    /// "The secretariat".
    pub const fn name(self) -> &'static str {
        match self {
            Self::Centre => "The centre",
            Self::Secretariat => "The secretariat",
            Self::Reviewers => "The reviewers",
            Self::Chair => "The chair",
            Self::AnotherPerson => "A second person",
            Self::Nobody => "Nobody",
        }
    }
}

/// How far an application is, beside its stage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// How many reviewers it needs.
    pub reviewers: i64,
    /// How many were asked and have not answered.
    pub asked: i64,
    /// How many review it.
    pub accepted: i64,
    /// How many of them have handed in.
    pub submitted: i64,
    /// Questions to be passed on to the centre.
    pub to_relay: i64,
    /// Questions that the centre has not answered.
    pub with_centre: i64,
    /// Whether a decision is proposed and not confirmed.
    pub proposed: bool,
}

/// The next step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Whose turn it is.
    pub owner: Owner,
    /// What they do, as a sentence without its end.
    pub what: String,
    /// Where this is done by the working group: the rest of the application's address; none where it is done elsewhere.
    pub place: Option<&'static str>,
}

/// The next step of an application.
pub fn next(stage: &Stage, facts: &Facts) -> Step {
    let step = |owner, what: &str, place| Step { owner, what: what.to_owned(), place };
    match stage {
        Stage::Draft { returned: None } => step(Owner::Centre, "Writes the application", None),
        Stage::Draft { returned: Some(_) } => step(Owner::Centre, "Mends what screening has returned", None),
        Stage::Submitted { .. } => step(Owner::Secretariat, "Screens the application", Some("/screening")),
        Stage::UnderReview { .. } => {
            let sits = facts.asked + facts.accepted;
            let missing = (facts.reviewers - sits).max(0);
            if 0 < facts.to_relay {
                let what = counted(facts.to_relay, "Passes a question on", "Passes # questions on");
                return step(Owner::Secretariat, &what, Some("/requests"));
            }
            if 0 < missing {
                let what = counted(missing, "Asks one reviewer", "Asks # reviewers");
                return step(Owner::Secretariat, &what, Some("/panel"));
            }
            if 0 < facts.asked {
                let what = counted(facts.asked, "One answers whether they review", "# answer whether they review");
                return step(Owner::Reviewers, &what, Some("/panel"));
            }
            let open = facts.accepted - facts.submitted;
            if 0 < open {
                let what = counted(open, "One review is still open", "# reviews are still open");
                return step(Owner::Reviewers, &what, Some("/panel"));
            }
            step(Owner::Secretariat, "Opens the deliberation", Some("/deliberation"))
        }
        Stage::Deliberation { .. } if 0 < facts.to_relay => {
            let what = counted(facts.to_relay, "Passes a question on", "Passes # questions on");
            step(Owner::Secretariat, &what, Some("/requests"))
        }
        Stage::Deliberation { .. } if facts.proposed => {
            step(Owner::AnotherPerson, "Confirms the proposed decision", Some("/decision"))
        }
        Stage::Deliberation { .. } => {
            step(Owner::Chair, "Proposes a decision once the panel agrees", Some("/decision"))
        }
        Stage::Decided { .. } => {
            step(Owner::Secretariat, "Puts the decision into a batch and has it released", Some("/decision"))
        }
        Stage::Released { .. } => step(Owner::Nobody, "The centre has its decision", None),
        Stage::Withdrawn { .. } => step(Owner::Nobody, "The application was withdrawn", None),
    }
}

fn counted(number: i64, one: &str, several: &str) -> String {
    if number == 1 { one.to_owned() } else { several.replace('#', &number.to_string()) }
}

/// The dates of a cycle after which work is late.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dates {
    /// When reviews have to be in; screening is late then as well.
    pub reviews_due: Moment,
    /// When decisions are planned.
    pub decision: Moment,
    /// When designations are awarded, and decisions released.
    pub award: Moment,
}

/// The stages in which an application is late now.
pub fn overdue(dates: Dates, now: Moment) -> Vec<StageName> {
    let late = |stage: StageName| match stage {
        StageName::Submitted | StageName::UnderReview => dates.reviews_due < now,
        StageName::Deliberation => dates.decision < now,
        StageName::Decided => dates.award < now,
        // A draft may wait for its centre, and what is over is not late.
        StageName::Draft | StageName::Released | StageName::Withdrawn => false,
    };
    StageName::ALL.into_iter().filter(|stage| late(*stage)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{outcome::Outcome, snapshot::Digest};

    fn stages() -> [Stage; 7] {
        let now = Moment::from_millis(1);
        let submitted = Stage::Submitted { at: now, digest: Digest::of(b"x") };
        let review = submitted.clone().open_review(now).expect("a review");
        let deliberation = review.clone().deliberate(now).expect("a deliberation");
        let decided = deliberation.clone().decide(Outcome::Deferred, now).expect("a decision");
        let released = decided.clone().release(now).expect("a release");
        [Stage::new(), submitted, review, deliberation, decided, released, Stage::Withdrawn { at: now }]
    }

    #[test]
    fn the_next_step_of_each_stage() {
        let [draft, submitted, review, deliberation, decided, released, withdrawn] = stages();
        let facts = |asked, accepted, handed_in| Facts {
            reviewers: 2,
            asked,
            accepted,
            submitted: handed_in,
            ..Facts::default()
        };
        let none = facts(0, 0, 0);
        for (stage, facts, owner, what) in [
            (&draft, none, Owner::Centre, "Writes the application"),
            (&submitted, none, Owner::Secretariat, "Screens the application"),
            (&review, none, Owner::Secretariat, "Asks 2 reviewers"),
            (&review, facts(1, 0, 0), Owner::Secretariat, "Asks one reviewer"),
            (&review, facts(1, 1, 0), Owner::Reviewers, "One answers whether they review"),
            (&review, facts(0, 2, 0), Owner::Reviewers, "2 reviews are still open"),
            (&review, facts(0, 2, 1), Owner::Reviewers, "One review is still open"),
            (&review, Facts { to_relay: 1, ..facts(0, 2, 1) }, Owner::Secretariat, "Passes a question on"),
            (&review, facts(0, 2, 2), Owner::Secretariat, "Opens the deliberation"),
            (&deliberation, facts(0, 2, 2), Owner::Chair, "Proposes a decision once the panel agrees"),
            (&deliberation, Facts { proposed: true, ..none }, Owner::AnotherPerson, "Confirms the proposed decision"),
            (&decided, none, Owner::Secretariat, "Puts the decision into a batch and has it released"),
            (&released, none, Owner::Nobody, "The centre has its decision"),
            (&withdrawn, none, Owner::Nobody, "The application was withdrawn"),
        ] {
            let step = next(stage, &facts);
            assert_eq!((step.owner, step.what.as_str()), (owner, what), "{stage:?} {facts:?}");
        }
    }

    #[test]
    fn work_is_late_after_its_own_date() {
        use StageName::{Decided, Deliberation, Submitted, UnderReview};
        let at = Moment::from_millis;
        let dates = Dates { reviews_due: at(10), decision: at(20), award: at(30) };
        for (now, late) in [
            (10, vec![]),
            (11, vec![Submitted, UnderReview]),
            (21, vec![Submitted, UnderReview, Deliberation]),
            (31, vec![Submitted, UnderReview, Deliberation, Decided]),
        ] {
            assert_eq!(overdue(dates, at(now)), late, "{now}");
        }
    }
}
