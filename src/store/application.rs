//! Applications.

use super::{
    Error, Result, Stamp, Tx,
    account::PersonName,
    centre::{CentreIdentity, Cycle, Role},
    ensure_one,
    event::What,
};
use crate::domain::{
    access::{self, Combined, Relation, combined},
    application::Kind,
    calendar::Deadline,
    id::{AccountId, ApplicationId, CentreId, CycleId},
    moment::Moment,
    signatory::Declaration,
    stage::Stage,
};
use sqlx::FromRow;

statements! {
    /// One application with its cycle, its centre, and how somebody stands to it: all that a page of the centre begins with.
    APPLYING = "SELECT a.id, a.cycle_id, a.centre_id, a.kind, a.edition, a.previous_id, a.stage_data, a.declarations, a.version, a.updated_at, a.changes, \
        (SELECT b.changes FROM application b WHERE b.id = a.previous_id) AS previous_changes, c.name AS cycle_name, c.edition AS cycle_edition, c.zone, c.opens_at, COALESCE(a.extended_to, c.closes_at) AS closes_at, c.decision_at, \
        i.name AS centre_name, i.city, i.country, m.role AS member_role, p.name AS person_name, p.email, \
        (SELECT string_agg(g.role, ' ') FROM role_grant g WHERE g.account_id = k.id AND g.ended_at IS NULL \
        AND (g.cycle_id IS NULL OR g.cycle_id = a.cycle_id)) AS roles, \
        EXISTS (SELECT 1 FROM conflict f WHERE f.application_id = a.id AND f.account_id = k.id AND f.ended_at IS NULL) AS conflicted, \
        EXISTS (SELECT 1 FROM panel_identity n JOIN seat s ON s.id = n.seat_id WHERE n.account_id = k.id AND s.application_id = a.id \
        AND s.state IN ('asked', 'accepted')) AS sits \
        FROM application a JOIN cycle c ON c.id = a.cycle_id JOIN centre_identity i ON i.centre_id = a.centre_id \
        JOIN account k ON k.id = $2 AND k.disabled_at IS NULL JOIN person p ON p.account_id = k.id \
        LEFT JOIN membership m ON m.centre_id = a.centre_id AND m.account_id = k.id WHERE a.id = $1";
    /// How somebody stands to an application, without anything that names anybody.
    RELATION = "SELECT m.role, (SELECT string_agg(g.role, ' ') FROM role_grant g WHERE g.account_id = k.id AND g.ended_at IS NULL \
        AND (g.cycle_id IS NULL OR g.cycle_id = a.cycle_id)), \
        EXISTS (SELECT 1 FROM conflict f WHERE f.application_id = a.id AND f.account_id = k.id AND f.ended_at IS NULL), \
        EXISTS (SELECT 1 FROM panel_identity n JOIN seat s ON s.id = n.seat_id WHERE n.account_id = k.id AND s.application_id = a.id \
        AND s.state IN ('asked', 'accepted')) FROM application a JOIN account k ON k.id = $2 AND k.disabled_at IS NULL \
        LEFT JOIN membership m ON m.centre_id = a.centre_id AND m.account_id = k.id WHERE a.id = $1";
    /// The applications of one centre, the newest first.
    OF_CENTRE = "SELECT a.id, a.kind, a.stage_data, c.id, c.name, c.edition, c.zone, c.opens_at, COALESCE(a.extended_to, c.closes_at), c.decision_at, a.updated_at \
        FROM application a JOIN cycle c ON c.id = a.cycle_id WHERE a.centre_id = $1 ORDER BY c.closes_at DESC";
    /// A new application.
    ADD = "INSERT INTO application (id, cycle_id, centre_id, kind, edition, previous_id, stage, stage_data, version, created_at, updated_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9, $9)";
    /// A transition, against the version that was read.
    SET_STAGE = "UPDATE application SET stage = $3, stage_data = $4, version = version + 1, updated_at = $5 WHERE id = $1 AND version = $2";
    /// What is declared.
    SET_DECLARATIONS = "UPDATE application SET declarations = $3, version = version + 1, updated_at = $4 WHERE id = $1 AND version = $2";
    /// Only while it is a draft, and only by somebody who still works for the centre; takes the row, so that neither a
    /// submission nor a removal can slip between check and write.
    HOLD_DRAFT = "UPDATE application SET updated_at = $2 WHERE id = $1 AND stage = 'draft' AND ($3 = '' OR EXISTS \
        (SELECT 1 FROM membership m JOIN account k ON k.id = m.account_id AND k.disabled_at IS NULL \
        WHERE m.centre_id = application.centre_id AND m.account_id = $3))";
    /// Counts a change of what belongs to an application.
    COUNT_CHANGE = "UPDATE application SET changes = changes + 1 WHERE id = $1";
    /// All bytes of the files of one application.
    FILE_BYTES = "SELECT CAST(COALESCE(SUM(f.size), 0) AS BIGINT) FROM file f WHERE f.id IN \
        (SELECT e.file_id FROM evidence e WHERE e.application_id = $1 AND e.removed_at IS NULL)";
}

/// An application with what surrounds it, as its centre sees it.
#[derive(Clone, Debug)]
pub struct Application {
    /// Which one.
    pub id: ApplicationId,
    /// The call it belongs to.
    pub cycle: Cycle,
    /// Whose it is.
    pub centre: CentreId,
    /// Name and place of the centre.
    pub identity: CentreIdentity,
    /// First or renewal.
    pub kind: Kind,
    /// The edition it is pinned to.
    pub edition: String,
    /// The application it was started from.
    pub previous: Option<ApplicationId>,
    /// Where it stands.
    pub stage: Stage,
    /// What is declared so far.
    pub declarations: Vec<Declaration>,
    /// Counts transitions and declarations.
    pub version: i64,
    /// Counts changes of answers, evidence, notes, plan and signatories.
    pub changes: i64,
    /// The same count of the application it was started from.
    pub previous_changes: Option<i64>,
    /// The last change.
    pub updated: Moment,
}

/// An application, who asks for it, and how they stand to it.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The application.
    pub application: Application,
    /// How the person stands to it, after conflicts.
    pub relation: Combined,
    /// Their name.
    pub name: PersonName,
    /// Their address.
    pub email: PersonName,
}

/// One line of a centre's list.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Which one.
    pub id: ApplicationId,
    /// First or renewal.
    pub kind: Kind,
    /// Where it stands.
    pub stage: Stage,
    /// The call.
    pub cycle: Cycle,
    /// The last change.
    pub updated: Moment,
}

#[derive(FromRow)]
struct StandingRow {
    id: String,
    cycle_id: String,
    centre_id: String,
    kind: String,
    edition: String,
    previous_id: Option<String>,
    stage_data: String,
    declarations: String,
    version: i64,
    updated_at: i64,
    changes: i64,
    previous_changes: Option<i64>,
    cycle_name: String,
    cycle_edition: String,
    zone: String,
    opens_at: i64,
    closes_at: i64,
    decision_at: i64,
    centre_name: String,
    city: String,
    country: String,
    member_role: Option<String>,
    roles: Option<String>,
    conflicted: bool,
    sits: bool,
    person_name: String,
    email: String,
}

type ListedRow = (String, String, String, String, String, String, String, i64, i64, i64, i64);

fn wrong(column: &'static str, row: &str) -> Error {
    Error::Inconsistent("application", column, row.to_owned())
}

fn kind(text: &str) -> Option<Kind> {
    [Kind::Initial, Kind::Renewal].into_iter().find(|k| k.key() == text)
}

fn stage(text: &str, row: &str) -> Result<Stage> {
    serde_json::from_str(text).map_err(|_| wrong("stage_data", row))
}

fn stage_json(stage: &Stage) -> Result<String> {
    serde_json::to_string(stage).map_err(|_| wrong("stage_data", "new"))
}

/// How somebody stands to an application, from what the rows say.
pub(super) fn relation(member: Option<&str>, roles: Option<&str>, conflicted: bool, sits: bool) -> Combined {
    let tie = member.and_then(Role::parse).map(|role| match role {
        Role::Lead => Relation::CentreLead,
        Role::Contributor => Relation::Contributor,
    });
    // To be a reviewer of the cycle is no tie to an application; a seat on its panel is.
    let offices = roles.unwrap_or_default().split_whitespace().filter_map(|role| match access::Role::parse(role)? {
        access::Role::Coordinator => Some(Relation::Coordinator),
        access::Role::Chair => Some(Relation::Chair),
        access::Role::Administrator => Some(Relation::Administrator),
        _ => None,
    });
    let conflict = conflicted.then_some(Relation::Conflicted);
    let seat = sits.then_some(Relation::Reviewer);
    combined(tie.into_iter().chain(offices).chain(conflict).chain(seat))
}

fn standing(row: StandingRow) -> Result<Standing> {
    let id = &row.id.clone();
    let relation = relation(row.member_role.as_deref(), row.roles.as_deref(), row.conflicted, row.sits);
    let application = Application {
        id: ApplicationId::parse(id).ok_or_else(|| wrong("id", id))?,
        cycle: Cycle {
            id: CycleId::parse(&row.cycle_id).ok_or_else(|| wrong("cycle_id", id))?,
            name: row.cycle_name,
            edition: row.cycle_edition,
            opens: Moment::from_millis(row.opens_at),
            closes: Deadline { at: Moment::from_millis(row.closes_at), zone: row.zone },
            decision: Moment::from_millis(row.decision_at),
        },
        centre: CentreId::parse(&row.centre_id).ok_or_else(|| wrong("centre_id", id))?,
        identity: CentreIdentity::new(row.centre_name, row.city, row.country),
        kind: kind(&row.kind).ok_or_else(|| wrong("kind", id))?,
        previous: row.previous_id.as_deref().and_then(ApplicationId::parse),
        stage: stage(&row.stage_data, id)?,
        declarations: row.declarations.split_whitespace().filter_map(Declaration::parse).collect(),
        version: row.version,
        changes: row.changes,
        previous_changes: row.previous_changes,
        updated: Moment::from_millis(row.updated_at),
        edition: row.edition,
    };
    Ok(Standing { application, relation, name: PersonName::new(row.person_name), email: PersonName::new(row.email) })
}

fn listed(row: ListedRow) -> Result<Listed> {
    let (id, kind_key, stage_data, cycle_id, name, edition, zone, opens, closes, decision, updated) = row;
    Ok(Listed {
        stage: stage(&stage_data, &id)?,
        kind: kind(&kind_key).ok_or_else(|| wrong("kind", &id))?,
        cycle: Cycle {
            id: CycleId::parse(&cycle_id).ok_or_else(|| wrong("cycle_id", &id))?,
            name,
            edition,
            opens: Moment::from_millis(opens),
            closes: Deadline { at: Moment::from_millis(closes), zone },
            decision: Moment::from_millis(decision),
        },
        updated: Moment::from_millis(updated),
        id: ApplicationId::parse(&id).ok_or_else(|| wrong("id", &id))?,
    })
}

impl Tx {
    /// An application and how somebody stands to it; `None` when there is no such application or account.
    pub async fn standing(&mut self, application: ApplicationId, account: AccountId) -> Result<Option<Standing>> {
        find!(self, StandingRow, APPLYING, application.to_string(), account.to_string())?.map(standing).transpose()
    }

    /// How somebody stands to an application; `None` when there is no such application or account.
    pub async fn relation(&mut self, application: ApplicationId, account: AccountId) -> Result<Option<Combined>> {
        let row = find!(
            self,
            (Option<String>, Option<String>, bool, bool),
            RELATION,
            application.to_string(),
            account.to_string()
        )?;
        Ok(row.map(|(member, roles, conflicted, sits)| relation(member.as_deref(), roles.as_deref(), conflicted, sits)))
    }

    /// The applications of one centre, the newest first.
    pub async fn applications_of(&mut self, centre: CentreId) -> Result<Vec<Listed>> {
        list!(self, ListedRow, OF_CENTRE, centre.to_string())?.into_iter().map(listed).collect()
    }

    /// A new draft. [`Error::Taken`] when the centre has one in this cycle already.
    pub async fn start_application(
        &mut self,
        stamp: &Stamp,
        cycle: &Cycle,
        centre: CentreId,
        previous: Option<ApplicationId>,
    ) -> Result<ApplicationId> {
        let id = ApplicationId::new(stamp.chance.bits());
        let kind = if previous.is_some() { Kind::Renewal } else { Kind::Initial };
        let stage = Stage::new();
        run!(
            self,
            ADD,
            id.to_string(),
            cycle.id.to_string(),
            centre.to_string(),
            kind.key(),
            cycle.edition.clone(),
            previous.map(|p| p.to_string()),
            stage.name().key(),
            stage_json(&stage)?,
            stamp.now.millis(),
        )?;
        self.record(stamp, What::ApplicationStarted, &id.to_string(), kind.key()).await?;
        Ok(id)
    }

    /// Writes a transition against the version that was read; [`Error::Stale`] when somebody was quicker.
    pub async fn set_stage(
        &mut self,
        stamp: &Stamp,
        id: ApplicationId,
        version: i64,
        stage: &Stage,
        what: What,
    ) -> Result<()> {
        let changed =
            run!(self, SET_STAGE, id.to_string(), version, stage.name().key(), stage_json(stage)?, stamp.now.millis())?;
        ensure_one(changed)?;
        self.record(stamp, what, &id.to_string(), stage.name().key()).await
    }

    /// Writes what is declared.
    pub async fn declare(
        &mut self,
        stamp: &Stamp,
        application: &Application,
        declarations: &[Declaration],
    ) -> Result<()> {
        let keys: Vec<&str> = declarations.iter().map(|d| d.key()).collect();
        let changed = run!(
            self,
            SET_DECLARATIONS,
            application.id.to_string(),
            application.version,
            keys.join(" "),
            stamp.now.millis()
        )?;
        ensure_one(changed)?;
        self.record(stamp, What::Declared, &application.id.to_string(), &keys.join(" ")).await
    }

    /// Marks a draft as changed now. [`Error::Stale`] when it is no draft any more (submitted in another tab), or when the
    /// person who changes it was removed from the centre while the request was on its way.
    pub async fn touch_draft(&mut self, stamp: &Stamp, id: ApplicationId) -> Result<()> {
        let actor = stamp.actor.map(|a| a.to_string()).unwrap_or_default();
        ensure_one(run!(self, HOLD_DRAFT, id.to_string(), stamp.now.millis(), actor)?)
    }

    /// Counts a change of what belongs to an application; recording the change calls it.
    pub(super) async fn count_change(&mut self, application: &str) -> Result<()> {
        run!(self, COUNT_CHANGE, application.to_owned())?;
        Ok(())
    }

    /// The bytes of all files that an application holds.
    pub async fn file_bytes(&mut self, id: ApplicationId) -> Result<u64> {
        let sum = find!(self, (i64,), FILE_BYTES, id.to_string())?.map_or(0, |row| row.0);
        Ok(u64::try_from(sum).unwrap_or(0))
    }
}
