//! Batches of decisions: proposed by one person, released by another, whole or not at all.

use super::{
    Error, Result, Stamp, Tx,
    account::{PersonName, read_id},
    application::relation,
    decision::actor,
    ensure_one,
    event::What,
};
use crate::domain::{
    access::{Action, Decision, may},
    id::{AccountId, ApplicationId, BatchId, CentreId, CycleId},
    moment::Moment,
    outcome::Outcome,
    stage::StageName,
};
use sqlx::FromRow;

statements! {
    /// The batches of a cycle, the newest first.
    OF_CYCLE = "SELECT b.id, b.cycle_id, b.proposed_by, p.name, b.proposed_at, b.released_at, b.version FROM release_batch b \
        JOIN person p ON p.account_id = b.proposed_by WHERE b.cycle_id = $1 ORDER BY b.proposed_at DESC, b.id";
    /// The decisions of a cycle that are confirmed, with whose they are and how somebody stands to each.
    DECIDED = "SELECT d.application_id, a.centre_id, a.stage, d.outcome, d.confirmed_at, d.release_id, i.name AS centre_name, m.role AS member_role, \
        (SELECT string_agg(g.role, ' ') FROM role_grant g WHERE g.account_id = k.id AND g.ended_at IS NULL \
        AND (g.cycle_id IS NULL OR g.cycle_id = a.cycle_id)) AS roles, \
        EXISTS (SELECT 1 FROM conflict f WHERE f.application_id = a.id AND f.account_id = k.id AND f.ended_at IS NULL) AS conflicted, \
        EXISTS (SELECT 1 FROM panel_identity n JOIN seat s ON s.id = n.seat_id WHERE n.account_id = k.id AND s.application_id = a.id \
        AND s.state IN ('asked', 'accepted')) AS sits \
        FROM decision d JOIN application a ON a.id = d.application_id JOIN centre_identity i ON i.centre_id = a.centre_id \
        JOIN account k ON k.id = $2 LEFT JOIN membership m ON m.centre_id = a.centre_id AND m.account_id = k.id \
        WHERE d.cycle_id = $1 AND d.confirmed_at IS NOT NULL AND a.stage IN ('decided', 'released') ORDER BY a.id";
    /// How many decisions a batch has, for everybody.
    SIZE = "SELECT CAST(COUNT(*) AS BIGINT) FROM decision WHERE release_id = $1";
    /// A new batch.
    ADD = "INSERT INTO release_batch (id, cycle_id, proposed_by, proposed_at, version) VALUES ($1, $2, $3, $4, 1)";
    /// Takes a decision into it, once.
    JOIN_BATCH = "UPDATE decision SET release_id = $2, version = version + 1 WHERE application_id = $1 AND cycle_id = $3 \
        AND release_id IS NULL AND confirmed_at IS NOT NULL \
        AND EXISTS (SELECT 1 FROM application a WHERE a.id = decision.application_id AND a.stage = 'decided')";
    /// Lets its decisions go.
    LEAVE_BATCH = "UPDATE decision SET release_id = NULL, version = version + 1 WHERE release_id = $1";
    /// It never was, but in the record.
    DISCARD = "DELETE FROM release_batch WHERE id = $1 AND version = $2 AND released_at IS NULL";
    /// Its time has come.
    RELEASE = "UPDATE release_batch SET released_by = $3, released_at = $4, version = version + 1 \
        WHERE id = $1 AND version = $2 AND released_at IS NULL";
    /// Its place in the shuffled order.
    SET_PLACE = "UPDATE decision SET place = $3, version = version + 1 WHERE application_id = $1 AND release_id = $2";
    /// The version of an application, for its transition.
    VERSION = "SELECT version, stage_data FROM application WHERE id = $1";
}

/// A batch.
#[derive(Clone, Debug)]
pub struct Batch {
    /// Which one.
    pub id: BatchId,
    /// The call.
    pub cycle: CycleId,
    /// Who proposed it.
    pub proposed_by: AccountId,
    /// Their name.
    pub proposer: PersonName,
    /// When.
    pub proposed: Moment,
    /// When it was released.
    pub released: Option<Moment>,
    /// Counts changes.
    pub version: i64,
}

/// A decision that is confirmed, as somebody of the working group may see it.
#[derive(Clone, Debug)]
pub struct Decided {
    /// The application.
    pub application: ApplicationId,
    /// Whose it is.
    pub centre: CentreId,
    /// The name of the centre.
    pub name: PersonName,
    /// Where the application stands.
    pub stage: StageName,
    /// What was decided.
    pub outcome: Outcome,
    /// When it was confirmed.
    pub confirmed: Moment,
    /// The batch it is in.
    pub batch: Option<BatchId>,
}

#[derive(FromRow)]
struct DecidedRow {
    application_id: String,
    centre_id: String,
    stage: String,
    outcome: String,
    confirmed_at: i64,
    release_id: Option<String>,
    centre_name: String,
    member_role: Option<String>,
    roles: Option<String>,
    conflicted: bool,
    sits: bool,
}

fn wrong(column: &'static str, row: &str) -> Error {
    Error::Inconsistent("release_batch", column, row.to_owned())
}

fn decided(row: DecidedRow) -> Result<Option<Decided>> {
    let id = row.application_id.as_str();
    let stage = StageName::ALL.into_iter().find(|s| s.key() == row.stage).ok_or_else(|| wrong("stage", id))?;
    let who = relation(row.member_role.as_deref(), row.roles.as_deref(), row.conflicted, row.sits);
    if who.of_centre() || may(who, stage, Action::ReadResult) != Decision::Allowed {
        return Ok(None);
    }
    Ok(Some(Decided {
        application: ApplicationId::parse(id).ok_or_else(|| wrong("application_id", id))?,
        centre: CentreId::parse(&row.centre_id).ok_or_else(|| wrong("centre_id", id))?,
        outcome: Outcome::parse(&row.outcome).ok_or_else(|| wrong("outcome", id))?,
        confirmed: Moment::from_millis(row.confirmed_at),
        batch: row.release_id.as_deref().and_then(BatchId::parse),
        name: PersonName::new(row.centre_name),
        stage,
    }))
}

impl Tx {
    /// The batches of a cycle, the newest first, whatever is in them: see [`Tx::batches_for`].
    async fn batches_of(&mut self, cycle: CycleId) -> Result<Vec<Batch>> {
        type Row = (String, String, String, String, i64, Option<i64>, i64);
        let batch = |(id, cycle, by, name, at, released, version): Row| {
            Ok(Batch {
                id: BatchId::parse(&id).ok_or_else(|| wrong("id", &id))?,
                cycle: CycleId::parse(&cycle).ok_or_else(|| wrong("cycle_id", &id))?,
                proposed_by: read_id(&by, "release_batch")?,
                proposer: PersonName::new(name),
                proposed: Moment::from_millis(at),
                released: released.map(Moment::from_millis),
                version,
            })
        };
        list!(self, Row, OF_CYCLE, cycle.to_string())?.into_iter().map(batch).collect()
    }

    /// The confirmed decisions of a cycle that somebody may see. What they must not see is left out.
    pub async fn decided_for(&mut self, cycle: CycleId, account: AccountId) -> Result<Vec<Decided>> {
        let rows = list!(self, DecidedRow, DECIDED, cycle.to_string(), account.to_string())?;
        rows.into_iter().filter_map(|row| decided(row).transpose()).collect()
    }

    /// The batches of a cycle with their decisions, the newest first, as far as somebody may see every decision in them:
    /// a batch that holds one they must not see does not exist for them, and so tells nothing by its size.
    pub async fn batches_for(&mut self, cycle: CycleId, account: AccountId) -> Result<Vec<(Batch, Vec<Decided>)>> {
        let visible = self.decided_for(cycle, account).await?;
        let mut list = Vec::new();
        for batch in self.batches_of(cycle).await? {
            let mine: Vec<Decided> = visible.iter().filter(|d| d.batch == Some(batch.id)).cloned().collect();
            let size = find!(self, (i64,), SIZE, batch.id.to_string())?.map_or(0, |row| row.0);
            if usize::try_from(size).is_ok_and(|size| size == mine.len()) {
                list.push((batch, mine));
            }
        }
        Ok(list)
    }

    /// Proposes a batch. [`Error::Stale`] when one of its decisions is in another batch already, or not confirmed.
    pub async fn propose_batch(
        &mut self,
        stamp: &Stamp,
        cycle: CycleId,
        applications: &[ApplicationId],
    ) -> Result<BatchId> {
        let id = BatchId::new(stamp.chance.bits());
        run!(self, ADD, id.to_string(), cycle.to_string(), actor(stamp)?, stamp.now.millis())?;
        for application in applications {
            ensure_one(run!(self, JOIN_BATCH, application.to_string(), id.to_string(), cycle.to_string())?)?;
        }
        let detail = format!("{id} {}", applications.len());
        self.record(stamp, What::BatchProposed, &cycle.to_string(), &detail).await?;
        Ok(id)
    }

    /// Lets the decisions of a batch go that is not released.
    pub async fn discard_batch(&mut self, stamp: &Stamp, batch: &Batch) -> Result<()> {
        run!(self, LEAVE_BATCH, batch.id.to_string())?;
        ensure_one(run!(self, DISCARD, batch.id.to_string(), batch.version)?)?;
        self.record(stamp, What::BatchDiscarded, &batch.cycle.to_string(), &batch.id.to_string()).await
    }

    /// Releases a batch whose decisions stand in this order. The transitions of the applications belong to the same
    /// transaction: [`Tx::release_application`].
    pub async fn release_batch(&mut self, stamp: &Stamp, batch: &Batch, order: &[ApplicationId]) -> Result<()> {
        let (id, by) = (batch.id.to_string(), actor(stamp)?);
        ensure_one(run!(self, RELEASE, id.clone(), batch.version, by, stamp.now.millis())?)?;
        for (place, application) in (1_i64..).zip(order) {
            ensure_one(run!(self, SET_PLACE, application.to_string(), id.clone(), place)?)?;
        }
        let size = find!(self, (i64,), SIZE, id.clone())?.map_or(0, |row| row.0);
        if usize::try_from(size).is_ok_and(|size| size == order.len()) {
            let detail = format!("{id} {size}");
            self.record(stamp, What::BatchReleased, &batch.cycle.to_string(), &detail).await
        } else {
            Err(Error::Stale)
        }
    }

    /// One application of a batch becomes released.
    pub async fn release_application(&mut self, stamp: &Stamp, application: ApplicationId) -> Result<()> {
        let id = application.to_string();
        let row = find!(self, (i64, String), VERSION, id.clone())?;
        let (version, stage) = row.ok_or_else(|| wrong("application_id", &id))?;
        let stage: crate::domain::stage::Stage = serde_json::from_str(&stage).map_err(|_| wrong("stage_data", &id))?;
        let stage = stage.release(stamp.now).map_err(|_| Error::Stale)?;
        self.set_stage(stamp, application, version, &stage, What::DecisionReleased).await
    }
}
