//! Roles of the programme: who has been given which, for which cycle, and who has ended it.

use super::{Error, Result, Stamp, Tx, account::PersonName, account::read_id, ensure_one, event::What};
use crate::domain::{
    access::{Grant, Role},
    id::{AccountId, CycleId},
    moment::Moment,
};

statements! {
    /// Gives a role.
    GRANT = "INSERT INTO role_grant (account_id, role, cycle_id, granted_by, granted_at) VALUES ($1, $2, $3, $4, $5)";
    /// Ends it.
    END = "UPDATE role_grant SET ended_at = $4, ended_by = $5 WHERE account_id = $1 AND role = $2 AND COALESCE(cycle_id, '') = $3 \
        AND ended_at IS NULL";
    /// What somebody has and had, the newest first; with the name of the cycle and of who gave it.
    OF_ACCOUNT = "SELECT g.role, g.cycle_id, c.name, g.granted_at, g.ended_at, p.name FROM role_grant g \
        LEFT JOIN cycle c ON c.id = g.cycle_id LEFT JOIN person p ON p.account_id = g.granted_by \
        WHERE g.account_id = $1 ORDER BY g.granted_at DESC, g.role, g.cycle_id";
    /// Takes the rows of all administrators, so that two of them cannot end each other at once.
    HOLD_ADMINISTRATORS = "UPDATE role_grant SET role = role WHERE role = 'administrator' AND ended_at IS NULL";
    /// The administrators who can sign in.
    ADMINISTRATORS = "SELECT g.account_id FROM role_grant g JOIN account a ON a.id = g.account_id AND a.disabled_at IS NULL \
        WHERE g.role = 'administrator' AND g.ended_at IS NULL";
}

/// A role that somebody has or had.
#[derive(Clone, Debug)]
pub struct GrantLine {
    /// Which, and where.
    pub grant: Grant,
    /// "2027"; none for every cycle.
    pub cycle: Option<String>,
    /// Since when.
    pub since: Moment,
    /// Until when, if it has ended.
    pub ended: Option<Moment>,
    /// Who gave it; none for the command line and for invitations of the time before.
    pub by: Option<PersonName>,
}

type Line = (String, Option<String>, Option<String>, i64, Option<i64>, Option<String>);

fn line((role, cycle_id, cycle, since, ended, by): Line) -> Result<GrantLine> {
    let wrong = |text: &str| Error::Inconsistent("role_grant", "role", text.to_owned());
    let cycle_id = match cycle_id {
        Some(id) => Some(CycleId::parse(&id).ok_or_else(|| wrong(&id))?),
        None => None,
    };
    Ok(GrantLine {
        grant: Grant { role: Role::parse(&role).ok_or_else(|| wrong(&role))?, cycle: cycle_id },
        cycle,
        since: Moment::from_millis(since),
        ended: ended.map(Moment::from_millis),
        by: by.map(PersonName::new),
    })
}

fn detail(grant: Grant) -> String {
    match grant.cycle {
        Some(cycle) => format!("{} {cycle}", grant.role.key()),
        None => grant.role.key().to_owned(),
    }
}

impl Tx {
    /// Gives somebody a role. [`Error::Taken`] when they have it already.
    pub async fn grant(&mut self, stamp: &Stamp, account: AccountId, grant: Grant) -> Result<()> {
        self.add_grant(stamp, account, grant, stamp.actor).await
    }

    /// The same for who accepts an invitation: the role comes from who has invited them.
    pub(super) async fn add_grant(
        &mut self,
        stamp: &Stamp,
        account: AccountId,
        grant: Grant,
        by: Option<AccountId>,
    ) -> Result<()> {
        run!(
            self,
            GRANT,
            account.to_string(),
            grant.role.key(),
            grant.cycle.map(|c| c.to_string()),
            by.map(|a| a.to_string()),
            stamp.now.millis(),
        )?;
        self.record(stamp, What::RoleGranted, &account.to_string(), &detail(grant)).await
    }

    /// Ends a role; acts with the next request, and takes back what they could invite others to with this role alone.
    /// [`Error::Stale`] when they do not have it (any more).
    pub async fn end_grant(&mut self, stamp: &Stamp, account: AccountId, grant: Grant) -> Result<()> {
        let cycle = grant.cycle.map(|c| c.to_string()).unwrap_or_default();
        let actor = stamp.actor.map(|a| a.to_string());
        ensure_one(run!(self, END, account.to_string(), grant.role.key(), cycle, stamp.now.millis(), actor)?)?;
        self.record(stamp, What::RoleEnded, &account.to_string(), &detail(grant)).await?;
        let held = self.grants_of(account).await?.into_iter().filter(|line| line.ended.is_none());
        // Who leads a centre still does.
        let left: Vec<Role> = held.map(|line| line.grant.role).chain([Role::CentreLead]).collect();
        self.revoke_invitations_of(stamp, account, &left).await
    }

    /// What somebody has and had, the newest first.
    pub async fn grants_of(&mut self, account: AccountId) -> Result<Vec<GrantLine>> {
        list!(self, Line, OF_ACCOUNT, account.to_string())?.into_iter().map(line).collect()
    }

    /// The administrators who can sign in, held until the transaction ends: nobody else can change who they are.
    pub async fn hold_administrators(&mut self) -> Result<Vec<AccountId>> {
        run!(self, HOLD_ADMINISTRATORS)?;
        let rows = list!(self, (String,), ADMINISTRATORS)?;
        rows.into_iter().map(|(id,)| read_id(&id, "role_grant")).collect()
    }
}
