//! Whom a deadline has to be called to mind.

use super::super::{
    Error, Result, Stamp, Tx,
    account::{PersonName, read_id},
    centre::Role,
    ensure_one,
    event::What,
};
use crate::domain::{
    application::Kind,
    id::{AccountId, ApplicationId, CycleId},
    mail::Reminders,
    moment::Moment,
    stage::Stage,
};

statements! {
    /// The settings of a cycle.
    SETTINGS = "SELECT remind_before, remind_after FROM cycle WHERE id = $1";
    /// Sets them.
    SET = "UPDATE cycle SET remind_before = $2, remind_after = $3 WHERE id = $1";
    /// The deadlines of their own that drafts of a cycle have.
    OWN_DEADLINES = "SELECT DISTINCT a.extended_to FROM application a WHERE a.cycle_id = $1 AND a.stage = 'draft' AND a.extended_to IS NOT NULL";
    /// Who works on a draft of a cycle, wants reminders, and did not get this one; `$2` begins its cause, `$3` is the
    /// deadline of its own that the draft has, 0 for none.
    CANDIDATES = "SELECT a.id, a.kind, a.stage_data, a.created_at, m.account_id, m.role, m.since, p.name, p.email FROM application a \
        JOIN membership m ON m.centre_id = a.centre_id JOIN account k ON k.id = m.account_id AND k.disabled_at IS NULL \
        JOIN person p ON p.account_id = m.account_id \
        LEFT JOIN mail_choice o ON o.account_id = m.account_id AND o.kind = 'reminder' \
        WHERE a.cycle_id = $1 AND a.stage = 'draft' AND COALESCE(a.extended_to, 0) = $3 AND COALESCE(o.choice, 'at-once') <> 'never' \
        AND NOT EXISTS (SELECT 1 FROM letter l WHERE l.cause = $2 || a.id || ':' || m.account_id) \
        AND NOT EXISTS (SELECT 1 FROM notice n WHERE n.cause = $2 || a.id || ':' || m.account_id) ORDER BY a.id, m.account_id";
}

/// Somebody who works on a draft.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The draft.
    pub application: ApplicationId,
    /// First or renewal.
    pub kind: Kind,
    /// When it was begun, or when they joined if that was later.
    pub begun: Moment,
    /// Whether screening has returned it: the deadline does not bind it then.
    pub returned: bool,
    /// Who.
    pub account: AccountId,
    /// What they do for the centre.
    pub role: Role,
    /// Their name.
    pub name: PersonName,
    /// Their address.
    pub email: PersonName,
}

type Row = (String, String, String, i64, String, String, i64, String, String);

fn candidate((id, kind, stage, created, account, role, since, name, email): Row) -> Result<Candidate> {
    let wrong = |column| Error::Inconsistent("application", column, id.clone());
    let stage: Stage = serde_json::from_str(&stage).map_err(|_| wrong("stage_data"))?;
    Ok(Candidate {
        application: ApplicationId::parse(&id).ok_or_else(|| wrong("id"))?,
        kind: if kind == Kind::Renewal.key() { Kind::Renewal } else { Kind::Initial },
        begun: Moment::from_millis(created.max(since)),
        returned: matches!(stage, Stage::Draft { returned: Some(_) }),
        account: read_id(&account, "membership")?,
        role: Role::parse(&role).ok_or_else(|| Error::Inconsistent("membership", "role", account))?,
        name: PersonName::new(name),
        email: PersonName::new(email),
    })
}

impl Tx {
    /// On which days a cycle reminds; what cannot be read counts as no reminder.
    pub async fn reminders(&mut self, cycle: CycleId) -> Result<Reminders> {
        let row = find!(self, (String, String), SETTINGS, cycle.to_string())?;
        let none = Reminders { before: Vec::new(), after: Vec::new() };
        Ok(row.and_then(|(before, after)| Reminders::read(&before, &after)).unwrap_or(none))
    }

    /// Sets on which days a cycle reminds.
    pub async fn set_reminders(&mut self, stamp: &Stamp, cycle: CycleId, reminders: &Reminders) -> Result<()> {
        let (before, after) = (Reminders::written(&reminders.before), Reminders::written(&reminders.after));
        let detail = format!("before {before}; after {after}");
        ensure_one(run!(self, SET, cycle.to_string(), before.clone(), after.clone())?)?;
        self.record(stamp, What::RemindersSet, &cycle.to_string(), &detail).await
    }

    /// The deadlines of their own that drafts of a cycle have.
    pub async fn own_deadlines(&mut self, cycle: CycleId) -> Result<Vec<Moment>> {
        let rows = list!(self, (i64,), OWN_DEADLINES, cycle.to_string())?;
        Ok(rows.into_iter().map(|(at,)| Moment::from_millis(at)).collect())
    }

    /// Who works on a draft of a cycle and did not get the reminder whose cause begins like this: a draft with this
    /// deadline of its own, or with that of the cycle.
    pub async fn to_remind(&mut self, cycle: CycleId, cause: &str, own: Option<Moment>) -> Result<Vec<Candidate>> {
        let own = own.map_or(0, Moment::millis);
        list!(self, Row, CANDIDATES, cycle.to_string(), cause.to_owned(), own)?.into_iter().map(candidate).collect()
    }
}
