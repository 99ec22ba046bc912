//! What a centre plans where a criterion is not yet met.

use super::{Error, Result, Stamp, Tx, ensure_one, event::What};
use crate::domain::{
    id::{ActionId, ApplicationId},
    moment::Moment,
    plan::PlannedAction,
};
use sqlx::FromRow;

statements! {
    /// The plan of an application.
    OF_APPLICATION = "SELECT id, criterion, what, owner, due, measure, carried, done_at FROM planned_action \
        WHERE application_id = $1 AND removed_at IS NULL ORDER BY criterion, created_at, id";
    /// One more action.
    ADD = "INSERT INTO planned_action (id, application_id, criterion, what, owner, due, measure, carried, created_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    /// Another wording.
    EDIT = "UPDATE planned_action SET what = $3, owner = $4, due = $5, measure = $6 WHERE id = $1 AND application_id = $2 AND removed_at IS NULL";
    /// Done, or not done after all.
    SET_DONE = "UPDATE planned_action SET done_at = $3 WHERE id = $1 AND application_id = $2 AND removed_at IS NULL";
    /// Out of the plan; the row stays.
    REMOVE = "UPDATE planned_action SET removed_at = $3 WHERE id = $1 AND application_id = $2 AND removed_at IS NULL";
}

#[derive(FromRow)]
struct Row {
    id: String,
    criterion: i64,
    what: String,
    owner: String,
    due: String,
    measure: String,
    carried: bool,
    done_at: Option<i64>,
}

fn action(row: Row) -> Result<PlannedAction> {
    let wrong = |column| Error::Inconsistent("planned_action", column, row.id.clone());
    Ok(PlannedAction {
        id: ActionId::parse(&row.id).ok_or_else(|| wrong("id"))?,
        criterion: u8::try_from(row.criterion).map_err(|_| wrong("criterion"))?,
        what: row.what,
        owner: row.owner,
        due: row.due,
        measure: row.measure,
        carried: row.carried,
        done: row.done_at.map(Moment::from_millis),
    })
}

impl Tx {
    /// The plan of an application, by criterion.
    pub async fn plan(&mut self, application: ApplicationId) -> Result<Vec<PlannedAction>> {
        list!(self, Row, OF_APPLICATION, application.to_string())?.into_iter().map(action).collect()
    }

    /// Adds to the plan; the identifier of `action` is not looked at.
    pub async fn add_action(
        &mut self,
        stamp: &Stamp,
        application: ApplicationId,
        action: &PlannedAction,
    ) -> Result<()> {
        let id = ActionId::new(stamp.chance.bits());
        run!(
            self,
            ADD,
            id.to_string(),
            application.to_string(),
            i64::from(action.criterion),
            action.what.clone(),
            action.owner.clone(),
            action.due.clone(),
            action.measure.clone(),
            action.carried,
            stamp.now.millis(),
        )?;
        self.record(stamp, What::ActionPlanned, &application.to_string(), &format!("criterion {}", action.criterion))
            .await
    }

    /// Words an action anew.
    pub async fn edit_action(
        &mut self,
        stamp: &Stamp,
        application: ApplicationId,
        action: &PlannedAction,
    ) -> Result<()> {
        let changed = run!(
            self,
            EDIT,
            action.id.to_string(),
            application.to_string(),
            action.what.clone(),
            action.owner.clone(),
            action.due.clone(),
            action.measure.clone(),
        )?;
        ensure_one(changed)?;
        self.record(stamp, What::ActionEdited, &application.to_string(), &action.id.to_string()).await
    }

    /// Marks an action as done, or as open again.
    pub async fn set_action_done(
        &mut self,
        stamp: &Stamp,
        application: ApplicationId,
        id: ActionId,
        done: bool,
    ) -> Result<()> {
        let at = done.then(|| stamp.now.millis());
        ensure_one(run!(self, SET_DONE, id.to_string(), application.to_string(), at)?)?;
        self.record(stamp, What::ActionEdited, &application.to_string(), &id.to_string()).await
    }

    /// Takes an action out of the plan.
    pub async fn remove_action(&mut self, stamp: &Stamp, application: ApplicationId, id: ActionId) -> Result<()> {
        ensure_one(run!(self, REMOVE, id.to_string(), application.to_string(), stamp.now.millis())?)?;
        self.record(stamp, What::ActionRemoved, &application.to_string(), &id.to_string()).await
    }
}
