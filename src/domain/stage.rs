//! The life of an application. A state owns its data; a transition consumes the state.

use super::{moment::Moment, outcome::Outcome, readiness::Ready, snapshot::Digest};
use serde::{Deserialize, Serialize};

/// One reason why an application was returned, at the place that has to be mended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// The criterion it concerns; none for the application as a whole.
    pub criterion: Option<u8>,
    /// What to do.
    pub text: String,
}

/// What screening said when it returned an application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Return {
    /// When.
    pub at: Moment,
    /// Why, place by place.
    pub reasons: Vec<Reason>,
}

/// Where an application stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "kebab-case")]
pub enum Stage {
    /// The centre is writing.
    Draft {
        /// Set when screening has returned it.
        returned: Option<Return>,
    },
    /// The centre has handed it in; nothing in it can change.
    Submitted {
        /// When.
        at: Moment,
        /// Of the snapshot that was frozen.
        digest: Digest,
    },
    /// Reviewers are reading.
    UnderReview {
        /// When it was submitted.
        submitted: Moment,
        /// Of the snapshot that reviewers see.
        digest: Digest,
        /// Since when.
        since: Moment,
    },
    /// The panel is settling disagreements.
    Deliberation {
        /// When it was submitted.
        submitted: Moment,
        /// Of the snapshot that reviewers saw.
        digest: Digest,
        /// Since when.
        since: Moment,
    },
    /// Decided, and not yet visible to the centre.
    Decided {
        /// When it was submitted.
        submitted: Moment,
        /// Of the snapshot that was decided on.
        digest: Digest,
        /// When.
        at: Moment,
        /// What.
        outcome: Outcome,
    },
    /// The centre has been told.
    Released {
        /// When it was submitted.
        submitted: Moment,
        /// Of the snapshot that was decided on.
        digest: Digest,
        /// When.
        at: Moment,
        /// What.
        outcome: Outcome,
    },
    /// The centre has taken it back.
    Withdrawn {
        /// When.
        at: Moment,
    },
}

/// The name of a state, without its data: for access rules, lists and the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the variants are those of `Stage`")]
pub enum StageName {
    Draft,
    Submitted,
    UnderReview,
    Deliberation,
    Decided,
    Released,
    Withdrawn,
}

impl StageName {
    /// All states, in the order of an application's life.
    pub const ALL: [Self; 7] = [
        Self::Draft,
        Self::Submitted,
        Self::UnderReview,
        Self::Deliberation,
        Self::Decided,
        Self::Released,
        Self::Withdrawn,
    ];

    /// In the store.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Submitted => "submitted",
            Self::UnderReview => "under-review",
            Self::Deliberation => "deliberation",
            Self::Decided => "decided",
            Self::Released => "released",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// Why a transition was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The application is not in a state from which this can be done.
    WrongStage,
    /// The deadline of the cycle has passed.
    DeadlinePassed,
}

impl Stage {
    /// A new application.
    pub const fn new() -> Self {
        Self::Draft { returned: None }
    }

    /// Its name.
    pub const fn name(&self) -> StageName {
        match self {
            Self::Draft { .. } => StageName::Draft,
            Self::Submitted { .. } => StageName::Submitted,
            Self::UnderReview { .. } => StageName::UnderReview,
            Self::Deliberation { .. } => StageName::Deliberation,
            Self::Decided { .. } => StageName::Decided,
            Self::Released { .. } => StageName::Released,
            Self::Withdrawn { .. } => StageName::Withdrawn,
        }
    }

    /// The centre submits. `Ready` can only be had from a self-assessment without errors. A returned application may be
    /// submitted again after the deadline: the centre was asked to mend it.
    pub fn submit(self, _ready: &Ready, digest: Digest, deadline: Moment, now: Moment) -> Result<Self, Refusal> {
        match self {
            Self::Draft { returned: None } if deadline < now => Err(Refusal::DeadlinePassed),
            Self::Draft { .. } => Ok(Self::Submitted { at: now, digest }),
            Self::Submitted { .. }
            | Self::UnderReview { .. }
            | Self::Deliberation { .. }
            | Self::Decided { .. }
            | Self::Released { .. }
            | Self::Withdrawn { .. } => Err(Refusal::WrongStage),
        }
    }

    /// Screening returns it to the centre, with reasons.
    pub fn give_back(self, reasons: Vec<Reason>, now: Moment) -> Result<Self, Refusal> {
        match self {
            Self::Submitted { .. } => Ok(Self::Draft { returned: Some(Return { at: now, reasons }) }),
            Self::Draft { .. }
            | Self::UnderReview { .. }
            | Self::Deliberation { .. }
            | Self::Decided { .. }
            | Self::Released { .. }
            | Self::Withdrawn { .. } => Err(Refusal::WrongStage),
        }
    }

    /// Screening accepts it: reviewers may read.
    pub fn open_review(self, now: Moment) -> Result<Self, Refusal> {
        match self {
            Self::Submitted { at, digest } => Ok(Self::UnderReview { submitted: at, digest, since: now }),
            Self::Draft { .. }
            | Self::UnderReview { .. }
            | Self::Deliberation { .. }
            | Self::Decided { .. }
            | Self::Released { .. }
            | Self::Withdrawn { .. } => Err(Refusal::WrongStage),
        }
    }

    /// All reviews are in: the panel deliberates.
    pub fn deliberate(self, now: Moment) -> Result<Self, Refusal> {
        match self {
            Self::UnderReview { submitted, digest, .. } => Ok(Self::Deliberation { submitted, digest, since: now }),
            Self::Draft { .. }
            | Self::Submitted { .. }
            | Self::Deliberation { .. }
            | Self::Decided { .. }
            | Self::Released { .. }
            | Self::Withdrawn { .. } => Err(Refusal::WrongStage),
        }
    }

    /// The working group decides.
    pub fn decide(self, outcome: Outcome, now: Moment) -> Result<Self, Refusal> {
        match self {
            Self::Deliberation { submitted, digest, .. } => Ok(Self::Decided { submitted, digest, at: now, outcome }),
            Self::Draft { .. }
            | Self::Submitted { .. }
            | Self::UnderReview { .. }
            | Self::Decided { .. }
            | Self::Released { .. }
            | Self::Withdrawn { .. } => Err(Refusal::WrongStage),
        }
    }

    /// The decision becomes visible.
    pub fn release(self, now: Moment) -> Result<Self, Refusal> {
        match self {
            Self::Decided { submitted, digest, outcome, .. } => {
                Ok(Self::Released { submitted, digest, at: now, outcome })
            }
            Self::Draft { .. }
            | Self::Submitted { .. }
            | Self::UnderReview { .. }
            | Self::Deliberation { .. }
            | Self::Released { .. }
            | Self::Withdrawn { .. } => Err(Refusal::WrongStage),
        }
    }

    /// An appeal ends with another outcome; when it was released stays.
    pub fn correct(self, to: Outcome) -> Result<Self, Refusal> {
        match self {
            Self::Released { submitted, digest, at, outcome } if super::appeal::may_change(outcome, to) => {
                Ok(Self::Released { submitted, digest, at, outcome: to })
            }
            Self::Draft { .. }
            | Self::Submitted { .. }
            | Self::UnderReview { .. }
            | Self::Deliberation { .. }
            | Self::Decided { .. }
            | Self::Released { .. }
            | Self::Withdrawn { .. } => Err(Refusal::WrongStage),
        }
    }

    /// The centre takes it back, at any time before it is decided.
    pub fn withdraw(self, now: Moment) -> Result<Self, Refusal> {
        match self {
            Self::Draft { .. } | Self::Submitted { .. } | Self::UnderReview { .. } | Self::Deliberation { .. } => {
                Ok(Self::Withdrawn { at: now })
            }
            Self::Decided { .. } | Self::Released { .. } | Self::Withdrawn { .. } => Err(Refusal::WrongStage),
        }
    }
}

impl Default for Stage {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Moment = Moment::from_millis(1_000);
    const LATER: Moment = Moment::from_millis(2_000);

    fn digest() -> Digest {
        Digest::of(b"snapshot")
    }

    fn every_stage() -> Vec<Stage> {
        let submitted = Stage::Submitted { at: NOW, digest: digest() };
        let review = submitted.clone().open_review(NOW).expect("from submitted");
        let deliberation = review.clone().deliberate(NOW).expect("from review");
        let decided = deliberation.clone().decide(Outcome::Accredited, NOW).expect("from deliberation");
        let released = decided.clone().release(NOW).expect("from decided");
        vec![Stage::new(), submitted, review, deliberation, decided, released, Stage::Withdrawn { at: NOW }]
    }

    #[test]
    fn the_table_of_transitions_is_complete() {
        let ready = Ready::for_tests();
        let mut table = String::new();
        for from in every_stage() {
            let to = |result: Result<Stage, Refusal>| {
                result.map_or_else(|r| format!("{r:?}"), |s| s.name().key().to_owned())
            };
            table += &format!(
                "{:13} submit:{} return:{} review:{} deliberate:{} decide:{} release:{} withdraw:{}\n",
                from.name().key(),
                to(from.clone().submit(&ready, digest(), LATER, NOW)),
                to(from.clone().give_back(vec![], NOW)),
                to(from.clone().open_review(NOW)),
                to(from.clone().deliberate(NOW)),
                to(from.clone().decide(Outcome::Deferred, NOW)),
                to(from.clone().release(NOW)),
                to(from.withdraw(NOW)),
            );
        }
        insta::assert_snapshot!(table);
    }

    #[test]
    fn only_a_returned_application_may_be_submitted_after_the_deadline() {
        let ready = Ready::for_tests();
        assert_eq!(Stage::new().submit(&ready, digest(), NOW, LATER), Err(Refusal::DeadlinePassed));
        assert_eq!(Stage::new().submit(&ready, digest(), NOW, NOW).map(|s| s.name()), Ok(StageName::Submitted));
        let returned = Stage::Submitted { at: NOW, digest: digest() }.give_back(vec![], NOW).expect("from submitted");
        assert_eq!(returned.submit(&ready, digest(), NOW, LATER).map(|s| s.name()), Ok(StageName::Submitted));
    }

    #[test]
    fn only_a_released_outcome_is_corrected_and_never_to_less() {
        for stage in every_stage() {
            let released = matches!(stage, Stage::Released { .. });
            assert_eq!(stage.clone().correct(Outcome::Deferred), Err(Refusal::WrongStage), "{stage:?}");
            let Stage::Released { submitted, digest, at, .. } = stage.clone() else {
                assert!(!released && stage.correct(Outcome::Accredited).is_err());
                continue;
            };
            let lesser = Stage::Released { submitted, digest, at, outcome: Outcome::NotAccredited };
            let better = lesser.correct(Outcome::Deferred).expect("a better outcome");
            assert!(matches!(better, Stage::Released { outcome: Outcome::Deferred, at: same, .. } if same == at));
        }
    }

    #[test]
    fn a_state_survives_the_store() {
        for stage in every_stage() {
            let text = serde_json::to_string(&stage).expect("json");
            assert_eq!(serde_json::from_str::<Stage>(&text).expect("stage"), stage, "{text}");
        }
    }
}
