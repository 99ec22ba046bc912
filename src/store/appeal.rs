//! The one round after a release: what a centre asks for, and what it is answered.

use super::{
    Error, Result, Stamp, Tx,
    account::{PersonName, read_id},
    decision::{Content, Decision, Step, actor},
    ensure_one,
    event::What,
};
use crate::domain::{
    appeal::Kind,
    id::{AccountId, ApplicationId, CycleId},
    moment::Moment,
    outcome::Outcome,
    stage::Stage,
};
use sqlx::FromRow;

statements! {
    /// The appeal of one application, with the name of who answered.
    ONE = "SELECT p.kind, p.text, p.at, p.answer, p.changed, p.answered_by, n.name AS answerer, p.answered_at, p.confirmed_at, p.version \
        FROM appeal p LEFT JOIN person n ON n.account_id = p.answered_by WHERE p.application_id = $1";
    /// Those of a cycle that are not answered, or whose answer waits for a second person.
    OPEN = "SELECT p.application_id FROM appeal p JOIN application a ON a.id = p.application_id WHERE a.cycle_id = $1 \
        AND (p.answered_at IS NULL OR (p.changed IS NOT NULL AND p.confirmed_at IS NULL)) ORDER BY p.application_id";
    /// Asks, once.
    ADD = "INSERT INTO appeal (application_id, kind, text, by_id, at, version) VALUES ($1, $2, $3, $4, $5, 1) ON CONFLICT (application_id) DO NOTHING";
    /// Answers, or replaces an answer that waits for a second person.
    ANSWER = "UPDATE appeal SET answer = $3, changed = $4, answered_by = $5, answered_at = $6, version = version + 1 WHERE application_id = $1 \
        AND version = $2 AND (answered_at IS NULL OR (changed IS NOT NULL AND confirmed_at IS NULL))";
    /// The second person agrees to another outcome.
    CONFIRM = "UPDATE appeal SET confirmed_by = $3, confirmed_at = $4, version = version + 1 \
        WHERE application_id = $1 AND version = $2 AND changed IS NOT NULL AND confirmed_at IS NULL";
    /// The second person does not: the answer is open again, its text stays.
    REOPEN = "UPDATE appeal SET answered_at = NULL, version = version + 1 \
        WHERE application_id = $1 AND version = $2 AND changed IS NOT NULL AND confirmed_at IS NULL AND answered_at IS NOT NULL";
}

/// What a centre asked for, and how far the answer is.
#[derive(Clone, Debug)]
pub struct Appeal {
    /// What it asks for.
    pub kind: Kind,
    /// In its words.
    pub text: String,
    /// When.
    pub at: Moment,
    /// What it is answered; also while the answer waits for a second person.
    pub answer: Option<String>,
    /// Another outcome, where the answer has one.
    pub changed: Option<Outcome>,
    /// Who answered.
    pub answered_by: Option<AccountId>,
    /// Their name.
    pub answerer: Option<PersonName>,
    /// When.
    pub answered: Option<Moment>,
    /// When a second person agreed to another outcome.
    pub confirmed: Option<Moment>,
    /// Counts changes.
    pub version: i64,
}

impl Appeal {
    /// Whether the answer changes the outcome and a second person has not agreed yet.
    pub const fn waits(&self) -> bool {
        self.answered.is_some() && self.changed.is_some() && self.confirmed.is_none()
    }

    /// The answer, once the centre may read it.
    pub fn final_answer(&self) -> Option<(&str, Moment)> {
        let at = if self.changed.is_some() { self.confirmed } else { self.answered };
        Some((self.answer.as_deref()?, at?))
    }
}

#[derive(FromRow)]
struct Row {
    kind: String,
    text: String,
    at: i64,
    answer: Option<String>,
    changed: Option<String>,
    answered_by: Option<String>,
    answerer: Option<String>,
    answered_at: Option<i64>,
    confirmed_at: Option<i64>,
    version: i64,
}

fn wrong(column: &'static str, row: &str) -> Error {
    Error::Inconsistent("appeal", column, row.to_owned())
}

fn from_row(row: Row) -> Result<Appeal> {
    let changed = |key: &str| Outcome::parse(key).ok_or_else(|| wrong("changed", key));
    Ok(Appeal {
        kind: Kind::parse(&row.kind).ok_or_else(|| wrong("kind", &row.kind))?,
        at: Moment::from_millis(row.at),
        changed: row.changed.as_deref().map(changed).transpose()?,
        answered_by: row.answered_by.as_deref().map(|id| read_id(id, "appeal")).transpose()?,
        answerer: row.answerer.map(PersonName::new),
        answered: row.answered_at.map(Moment::from_millis),
        confirmed: row.confirmed_at.map(Moment::from_millis),
        text: row.text,
        answer: row.answer,
        version: row.version,
    })
}

impl Tx {
    /// What the centre of an application asked for; none until it has.
    pub async fn appeal(&mut self, application: ApplicationId) -> Result<Option<Appeal>> {
        find!(self, Row, ONE, application.to_string())?.map(from_row).transpose()
    }

    /// The applications of a cycle whose appeal waits for the working group, whoever asks: each is to be checked for them.
    pub async fn open_appeals(&mut self, cycle: CycleId) -> Result<Vec<ApplicationId>> {
        let rows = list!(self, (String,), OPEN, cycle.to_string())?;
        rows.into_iter().map(|(id,)| ApplicationId::parse(&id).ok_or_else(|| wrong("application_id", &id))).collect()
    }

    /// A centre asks. `false` when it has asked already: there is one round, and the first text stands.
    pub async fn add_appeal(
        &mut self,
        stamp: &Stamp,
        application: ApplicationId,
        kind: Kind,
        text: &str,
    ) -> Result<bool> {
        let (id, by) = (application.to_string(), actor(stamp)?);
        if run!(self, ADD, id.clone(), kind.key(), text.to_owned(), by, stamp.now.millis())? == 0 {
            return Ok(false);
        }
        self.record(stamp, What::Appealed, &id, kind.key()).await?;
        Ok(true)
    }

    /// Answers. With another outcome, the answer waits for a second person; until then it can be replaced.
    pub async fn answer_appeal(
        &mut self,
        stamp: &Stamp,
        application: ApplicationId,
        version: i64,
        answer: &str,
        changed: Option<Outcome>,
    ) -> Result<()> {
        let (id, by) = (application.to_string(), actor(stamp)?);
        let outcome = changed.map(Outcome::key);
        ensure_one(run!(self, ANSWER, id.clone(), version, answer.to_owned(), outcome, by, stamp.now.millis())?)?;
        let content = Content {
            outcome: outcome.unwrap_or_default().to_owned(),
            letter: answer.to_owned(),
            ..Content::default()
        };
        self.keep_decision(stamp, application, Step::Appeal, &content).await?;
        self.record(stamp, What::AppealAnswered, &id, outcome.unwrap_or("as before")).await
    }

    /// The second person does not agree to another outcome, with a reason: the answer is open again.
    pub async fn send_back_answer(
        &mut self,
        stamp: &Stamp,
        application: ApplicationId,
        appeal: &Appeal,
        why: &str,
    ) -> Result<()> {
        let id = application.to_string();
        ensure_one(run!(self, REOPEN, id.clone(), appeal.version)?)?;
        let content = Content { reason: why.to_owned(), ..Content::default() };
        self.keep_decision(stamp, application, Step::SentBack, &content).await?;
        self.record(stamp, What::AnswerSentBack, &id, "").await
    }

    /// The second person agrees: the outcome changes with the stage. `application` is which one and the version that was
    /// read. That it is another person, and the designation, are for who calls it.
    pub async fn confirm_answer(
        &mut self,
        stamp: &Stamp,
        (application, version): (ApplicationId, i64),
        (appeal, decision): (&Appeal, Option<&Decision>),
        stage: &Stage,
    ) -> Result<()> {
        let to = appeal.changed.ok_or(Error::Stale)?;
        let (id, by) = (application.to_string(), actor(stamp)?);
        ensure_one(run!(self, CONFIRM, id, appeal.version, by, stamp.now.millis())?)?;
        if let Some(decision) = decision {
            self.correct_outcome(stamp, application, decision, to).await?;
        }
        self.set_stage(stamp, application, version, stage, What::OutcomeCorrected).await
    }
}
