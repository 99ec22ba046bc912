//! Cycles as the secretariat sets them: begun, changed against the version that was read, and one application's own
//! deadline. Every change is recorded with the values before and after.

use super::{Error, Result, Stamp, Tx, cycle::Plan, ensure_one, event::What};
use crate::domain::{
    call::Call,
    id::{AnyId, ApplicationId, CycleId},
    moment::Moment,
};

statements! {
    /// A new cycle.
    ADD = "INSERT INTO cycle (id, name, edition, zone, opens_at, closes_at, decision_at, reviews_due_at, award_at, rules, version) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1)";
    /// Other settings, against the version that was read.
    SET = "UPDATE cycle SET name = $3, edition = $4, zone = $5, opens_at = $6, closes_at = $7, decision_at = $8, reviews_due_at = $9, \
        award_at = $10, rules = $11, version = version + 1 WHERE id = $1 AND version = $2";
    /// Whether a centre has begun to apply.
    BEGUN = "SELECT EXISTS (SELECT 1 FROM application WHERE cycle_id = $1)";
    /// The deadline of its own that an application has.
    EXTENDED = "SELECT extended_to FROM application WHERE id = $1";
    /// Sets it, against the one that was read.
    EXTEND = "UPDATE application SET extended_to = $2 WHERE id = $1 AND stage = 'draft' AND COALESCE(extended_to, 0) = $3";
    /// Why.
    ADD_EXTENSION = "INSERT INTO extension (id, application_id, until, reason, by_id, at) VALUES ($1, $2, $3, $4, $5, $6)";
    /// All of one application, the newest first.
    EXTENSIONS = "SELECT until, reason, at FROM extension WHERE application_id = $1 ORDER BY at DESC, id";
}

/// A deadline that was moved for one application.
#[derive(Clone, Debug)]
pub struct Extension {
    /// To when.
    pub until: Moment,
    /// Why, for the working group.
    pub reason: String,
    /// When this was decided.
    pub at: Moment,
}

fn rules_json(call: &Call) -> Result<String> {
    serde_json::to_string(&call.rules).map_err(|_| Error::Inconsistent("cycle", "rules", call.name.clone()))
}

impl Tx {
    /// The settings of a cycle.
    pub async fn call(&mut self, plan: &Plan) -> Result<Call> {
        Ok(Call {
            name: plan.cycle.name.clone(),
            edition: plan.cycle.edition.clone(),
            zone: plan.cycle.closes.zone.clone(),
            opens: plan.cycle.opens,
            closes: plan.cycle.closes.at,
            reviews_due: plan.reviews_due.at,
            decision: plan.decision.at,
            award: plan.award.at,
            rules: plan.rules.clone(),
            reminders: self.reminders(plan.cycle.id).await?,
        })
    }

    /// A new cycle. [`Error::Taken`] when there is one of this name.
    pub async fn begin_call(&mut self, stamp: &Stamp, call: &Call) -> Result<CycleId> {
        let id = CycleId::new(stamp.chance.bits());
        run!(
            self,
            ADD,
            id.to_string(),
            call.name.clone(),
            call.edition.clone(),
            call.zone.clone(),
            call.opens.millis(),
            call.closes.millis(),
            call.decision.millis(),
            call.reviews_due.millis(),
            call.award.millis(),
            rules_json(call)?,
        )?;
        let settings: Vec<String> = call
            .typed()
            .into_iter()
            .filter(|(_, text)| !text.is_empty())
            .map(|(name, text)| format!("{name} {text}"))
            .collect();
        self.record(stamp, What::CycleAdded, &id.to_string(), &settings.join("; ")).await?;
        self.set_reminders(stamp, id, &call.reminders).await?;
        Ok(id)
    }

    /// Writes other settings. [`Error::Stale`] when somebody was quicker, [`Error::Taken`] when another cycle has the name.
    /// Nothing is written when nothing differs.
    pub async fn change_call(
        &mut self,
        stamp: &Stamp,
        (id, version): (CycleId, i64),
        before: &Call,
        after: &Call,
    ) -> Result<()> {
        let changes = before.changes(after);
        if changes.is_empty() {
            return Ok(());
        }
        let changed = run!(
            self,
            SET,
            id.to_string(),
            version,
            after.name.clone(),
            after.edition.clone(),
            after.zone.clone(),
            after.opens.millis(),
            after.closes.millis(),
            after.decision.millis(),
            after.reviews_due.millis(),
            after.award.millis(),
            rules_json(after)?,
        )?;
        ensure_one(changed)?;
        if before.reminders != after.reminders {
            self.set_reminders(stamp, id, &after.reminders).await?;
        }
        self.record(stamp, What::CycleChanged, &id.to_string(), &changes.join("; ")).await
    }

    /// Whether a centre has begun an application in the cycle.
    pub async fn begun(&mut self, cycle: CycleId) -> Result<bool> {
        Ok(find!(self, (bool,), BEGUN, cycle.to_string())?.is_some_and(|row| row.0))
    }

    /// The deadline of its own that an application has, if any.
    pub async fn extended_to(&mut self, application: ApplicationId) -> Result<Option<Moment>> {
        let row = find!(self, (Option<i64>,), EXTENDED, application.to_string())?;
        Ok(row.and_then(|(at,)| at).map(Moment::from_millis))
    }

    /// Gives a draft a deadline of its own, instead of the one that was read. [`Error::Stale`] when it is no draft any
    /// more, or somebody was quicker.
    pub async fn extend(
        &mut self,
        stamp: &Stamp,
        application: ApplicationId,
        (before, until): (Option<Moment>, Moment),
        reason: &str,
    ) -> Result<()> {
        let base = before.map_or(0, Moment::millis);
        ensure_one(run!(self, EXTEND, application.to_string(), until.millis(), base)?)?;
        run!(
            self,
            ADD_EXTENSION,
            AnyId::new(stamp.chance.bits()).to_string(),
            application.to_string(),
            until.millis(),
            reason.to_owned(),
            stamp.actor.map(|a| a.to_string()),
            stamp.now.millis(),
        )?;
        let detail = format!("{} -> {}", before.map_or_else(|| "none".to_owned(), Moment::rfc3339), until.rfc3339());
        self.record(stamp, What::DeadlineExtended, &application.to_string(), &detail).await
    }

    /// How the deadline of an application was moved, the newest first.
    pub async fn extensions_of(&mut self, application: ApplicationId) -> Result<Vec<Extension>> {
        let rows = list!(self, (i64, String, i64), EXTENSIONS, application.to_string())?;
        let read =
            |(until, reason, at)| Extension { until: Moment::from_millis(until), reason, at: Moment::from_millis(at) };
        Ok(rows.into_iter().map(read).collect())
    }
}
