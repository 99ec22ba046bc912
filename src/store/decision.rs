//! Decisions: proposed by one person, confirmed by another; what was written before is kept.

use super::{Error, Result, Stamp, Tx, account::PersonName, account::read_id, ensure_one, event::What};
use crate::domain::{
    decision::Proposal,
    id::{AccountId, AnyId, ApplicationId, BatchId, CycleId},
    moment::Moment,
    outcome::Outcome,
};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;

statements! {
    /// The decision of one application, with the names of who proposed and confirmed it.
    ONE = "SELECT d.suggested, d.outcome, d.deviation, d.letter, d.levels, d.sent_back, d.proposed_by, p.name AS proposer, d.proposed_at, \
        d.confirmed_by, c.name AS confirmer, d.confirmed_at, d.release_id, d.version FROM decision d \
        JOIN person p ON p.account_id = d.proposed_by LEFT JOIN person c ON c.account_id = d.confirmed_by WHERE d.application_id = $1";
    /// Proposes for the first time.
    ADD = "INSERT INTO decision (application_id, cycle_id, suggested, outcome, deviation, letter, levels, proposed_by, proposed_at, version) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1) ON CONFLICT (application_id) DO NOTHING";
    /// Proposes anew, against the version that was read, while nobody has confirmed.
    UPDATE = "UPDATE decision SET suggested = $3, outcome = $4, deviation = $5, letter = $6, levels = $7, proposed_by = $8, proposed_at = $9, \
        sent_back = '', version = version + 1 WHERE application_id = $1 AND version = $2 AND confirmed_at IS NULL";
    /// The second person does not agree.
    SEND_BACK = "UPDATE decision SET sent_back = $3, version = version + 1 \
        WHERE application_id = $1 AND version = $2 AND confirmed_at IS NULL AND sent_back = ''";
    /// The second person agrees.
    CONFIRM = "UPDATE decision SET confirmed_by = $3, confirmed_at = $4, version = version + 1 \
        WHERE application_id = $1 AND version = $2 AND confirmed_at IS NULL AND sent_back = ''";
    /// Mends the letter of a decision that is not released; takes it out of a batch that is only proposed.
    SET_LETTER = "UPDATE decision SET letter = $3, release_id = NULL, version = version + 1 WHERE application_id = $1 AND version = $2 \
        AND confirmed_at IS NOT NULL AND EXISTS (SELECT 1 FROM application a WHERE a.id = decision.application_id AND a.stage = 'decided')";
    /// Another outcome after an appeal.
    SET_OUTCOME = "UPDATE decision SET outcome = $3, version = version + 1 WHERE application_id = $1 AND version = $2 AND confirmed_at IS NOT NULL";
    /// Keeps what stood.
    KEEP = "INSERT INTO decision_history (id, application_id, what, content, by_id, at) VALUES ($1, $2, $3, $4, $5, $6)";
    /// What stood, the newest first.
    HISTORY = "SELECT h.what, h.content, p.name, h.at FROM decision_history h LEFT JOIN person p ON p.account_id = h.by_id \
        WHERE h.application_id = $1 ORDER BY h.at DESC, h.id";
}

/// A decision as it stands.
#[derive(Clone, Debug)]
pub struct Decision {
    /// What the rules suggested.
    pub suggested: Outcome,
    /// What was proposed.
    pub outcome: Outcome,
    /// Why it differs from what the rules suggested.
    pub deviation: String,
    /// What the centre reads.
    pub letter: String,
    /// What the panel had agreed on, one digit a criterion.
    pub levels: String,
    /// Why the second person has sent it back; empty while it stands.
    pub sent_back: String,
    /// Who proposed it last.
    pub proposed_by: AccountId,
    /// Their name.
    pub proposer: PersonName,
    /// When.
    pub proposed: Moment,
    /// Who confirmed it.
    pub confirmed_by: Option<AccountId>,
    /// Their name.
    pub confirmer: Option<PersonName>,
    /// When.
    pub confirmed: Option<Moment>,
    /// The batch it is in.
    pub batch: Option<BatchId>,
    /// Counts changes.
    pub version: i64,
}

impl Decision {
    /// Whether it waits for a second person.
    pub const fn waits(&self) -> bool {
        self.confirmed.is_none() && self.sent_back.is_empty()
    }

    /// What was typed into the proposal.
    pub fn proposal(&self) -> Proposal {
        Proposal { outcome: Some(self.outcome), deviation: self.deviation.clone(), letter: self.letter.clone() }
    }
}

/// What a line of the history is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A proposal.
    Proposed,
    /// Sent back, with a reason.
    SentBack,
    /// Confirmed.
    Confirmed,
    /// A letter that was replaced.
    Letter,
    /// The answer to an appeal was proposed.
    Appeal,
    /// The outcome that stood before an appeal.
    Corrected,
}

impl Step {
    const ALL: [Self; 6] =
        [Self::Proposed, Self::SentBack, Self::Confirmed, Self::Letter, Self::Appeal, Self::Corrected];

    const fn key(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::SentBack => "sent-back",
            Self::Confirmed => "confirmed",
            Self::Letter => "letter",
            Self::Appeal => "appeal",
            Self::Corrected => "corrected",
        }
    }

    /// "Sent back".
    pub const fn name(self) -> &'static str {
        match self {
            Self::Proposed => "Proposed",
            Self::SentBack => "Sent back",
            Self::Confirmed => "Confirmed",
            Self::Letter => "Letter before it was mended",
            Self::Appeal => "Answer proposed",
            Self::Corrected => "Outcome before the appeal",
        }
    }
}

/// What stood at one step.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Content {
    /// The outcome, by its key.
    pub outcome: String,
    /// Why it differs from what the rules suggest, or why it was sent back.
    pub reason: String,
    /// The letter.
    pub letter: String,
}

/// One line of the history.
#[derive(Clone, Debug)]
pub struct Past {
    /// What happened.
    pub step: Step,
    /// What stood.
    pub content: Content,
    /// Who did it.
    pub name: Option<PersonName>,
    /// When.
    pub at: Moment,
}

#[derive(FromRow)]
struct Row {
    suggested: String,
    outcome: String,
    deviation: String,
    letter: String,
    levels: String,
    sent_back: String,
    proposed_by: String,
    proposer: String,
    proposed_at: i64,
    confirmed_by: Option<String>,
    confirmer: Option<String>,
    confirmed_at: Option<i64>,
    release_id: Option<String>,
    version: i64,
}

fn wrong(column: &'static str, row: &str) -> Error {
    Error::Inconsistent("decision", column, row.to_owned())
}

fn outcome(key: &str) -> Result<Outcome> {
    Outcome::parse(key).ok_or_else(|| wrong("outcome", key))
}

fn from_row(row: Row) -> Result<Decision> {
    let batch = |id: &str| BatchId::parse(id).ok_or_else(|| wrong("release_id", id));
    Ok(Decision {
        suggested: outcome(&row.suggested)?,
        outcome: outcome(&row.outcome)?,
        proposed_by: read_id(&row.proposed_by, "decision")?,
        proposer: PersonName::new(row.proposer),
        proposed: Moment::from_millis(row.proposed_at),
        confirmed_by: row.confirmed_by.as_deref().map(|id| read_id(id, "decision")).transpose()?,
        confirmer: row.confirmer.map(PersonName::new),
        confirmed: row.confirmed_at.map(Moment::from_millis),
        batch: row.release_id.as_deref().map(batch).transpose()?,
        deviation: row.deviation,
        letter: row.letter,
        levels: row.levels,
        sent_back: row.sent_back,
        version: row.version,
    })
}

/// Who acts; a decision is never made by nobody.
pub(super) fn actor(stamp: &Stamp) -> Result<String> {
    stamp.actor.map(|a| a.to_string()).ok_or_else(|| wrong("by", "nobody"))
}

impl Tx {
    /// The decision of an application; none until one is proposed.
    pub async fn decision(&mut self, application: ApplicationId) -> Result<Option<Decision>> {
        find!(self, Row, ONE, application.to_string())?.map(from_row).transpose()
    }

    /// Proposes an outcome, on these levels. `version` is that of the proposal it replaces, 0 for the first one;
    /// [`Error::Stale`] when somebody was quicker.
    pub async fn propose_decision(
        &mut self,
        stamp: &Stamp,
        (application, cycle, version): (ApplicationId, CycleId, i64),
        (suggested, levels): (Outcome, &str),
        proposal: &Proposal,
    ) -> Result<()> {
        let chosen = proposal.outcome.ok_or_else(|| wrong("outcome", "none"))?;
        let (id, by, now) = (application.to_string(), actor(stamp)?, stamp.now.millis());
        let (deviation, letter) = (proposal.deviation.clone(), proposal.letter.clone());
        let levels = levels.to_owned();
        let (first, key) = (suggested.key(), chosen.key());
        let changed = if version == 0 {
            run!(self, ADD, id.clone(), cycle.to_string(), first, key, deviation, letter, levels, by, now)?
        } else {
            run!(self, UPDATE, id.clone(), version, first, key, deviation, letter, levels, by, now)?
        };
        ensure_one(changed)?;
        let content =
            Content { outcome: key.to_owned(), reason: proposal.deviation.clone(), letter: proposal.letter.clone() };
        self.keep_decision(stamp, application, Step::Proposed, &content).await?;
        self.record(stamp, What::DecisionProposed, &id, key).await
    }

    /// The second person sends a proposal back, with a reason.
    pub async fn send_back_decision(
        &mut self,
        stamp: &Stamp,
        application: ApplicationId,
        decision: &Decision,
        why: &str,
    ) -> Result<()> {
        let id = application.to_string();
        ensure_one(run!(self, SEND_BACK, id.clone(), decision.version, why.to_owned())?)?;
        let content = Content { reason: why.to_owned(), ..Content::default() };
        self.keep_decision(stamp, application, Step::SentBack, &content).await?;
        self.record(stamp, What::DecisionSentBack, &id, decision.outcome.key()).await
    }

    /// The second person confirms. That it is another person, and that the application becomes decided with it, is for
    /// who calls it.
    pub async fn confirm_decision(
        &mut self,
        stamp: &Stamp,
        application: ApplicationId,
        decision: &Decision,
    ) -> Result<()> {
        let (id, by) = (application.to_string(), actor(stamp)?);
        ensure_one(run!(self, CONFIRM, id.clone(), decision.version, by, stamp.now.millis())?)?;
        let content = Content { outcome: decision.outcome.key().to_owned(), ..Content::default() };
        self.keep_decision(stamp, application, Step::Confirmed, &content).await?;
        self.record(stamp, What::DecisionConfirmed, &id, decision.outcome.key()).await
    }

    /// Mends the letter of a decision that is not released. It leaves a batch that is only proposed: whoever releases has
    /// to see the letter as it is.
    pub async fn mend_letter(
        &mut self,
        stamp: &Stamp,
        application: ApplicationId,
        decision: &Decision,
        letter: &str,
    ) -> Result<()> {
        let id = application.to_string();
        ensure_one(run!(self, SET_LETTER, id.clone(), decision.version, letter.to_owned())?)?;
        let content = Content { letter: decision.letter.clone(), ..Content::default() };
        self.keep_decision(stamp, application, Step::Letter, &content).await?;
        self.record(stamp, What::LetterMended, &id, "").await
    }

    /// Another outcome after an appeal; the one that stood is kept.
    pub(super) async fn correct_outcome(
        &mut self,
        stamp: &Stamp,
        application: ApplicationId,
        decision: &Decision,
        to: Outcome,
    ) -> Result<()> {
        ensure_one(run!(self, SET_OUTCOME, application.to_string(), decision.version, to.key())?)?;
        let content = Content { outcome: decision.outcome.key().to_owned(), ..Content::default() };
        self.keep_decision(stamp, application, Step::Corrected, &content).await
    }

    /// Keeps what stood.
    pub(super) async fn keep_decision(
        &mut self,
        stamp: &Stamp,
        application: ApplicationId,
        step: Step,
        content: &Content,
    ) -> Result<()> {
        let content = serde_json::to_string(content).map_err(|_| wrong("content", step.key()))?;
        let (id, by) = (AnyId::new(stamp.chance.bits()).to_string(), stamp.actor.map(|a| a.to_string()));
        run!(self, KEEP, id, application.to_string(), step.key(), content, by, stamp.now.millis())?;
        Ok(())
    }

    /// What was proposed, sent back and mended, the newest first.
    pub async fn decision_history(&mut self, application: ApplicationId) -> Result<Vec<Past>> {
        let rows = list!(self, (String, String, Option<String>, i64), HISTORY, application.to_string())?;
        let past = |(what, content, name, at): (String, String, Option<String>, i64)| {
            Ok(Past {
                step: Step::ALL.into_iter().find(|s| s.key() == what).ok_or_else(|| wrong("what", &what))?,
                content: serde_json::from_str(&content).map_err(|_| wrong("content", &what))?,
                name: name.map(PersonName::new),
                at: Moment::from_millis(at),
            })
        };
        rows.into_iter().map(past).collect()
    }
}
