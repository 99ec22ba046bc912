//! The proof that somebody belongs to the working group.

use super::{Portal, desk::Desk, problem::Problem};
use crate::{
    domain::{
        access::Role,
        id::{AccountId, CycleId},
    },
    store::{Stamp, Tx, account::Account},
};
use axum::{extract::FromRequestParts, http::request::Parts};

/// A coordinator or chair at work. Can only be had from a request of one; says nothing about any application. An
/// administrator reads no application, so that whoever is one as well is not here.
#[derive(Clone, Debug)]
pub struct WorkingGroup {
    desk: Desk,
    account: Account,
}

fn belongs(account: &Account) -> bool {
    (account.has_role(Role::Coordinator.key()) || account.has_role(Role::Chair.key()))
        && !account.has_role(Role::Administrator.key())
}

impl FromRequestParts<Portal> for WorkingGroup {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, portal: &Portal) -> Result<Self, Problem> {
        let desk = Desk::from_request_parts(parts, portal).await?;
        let account = desk.signed_in().await?;
        // For everybody else these pages do not exist.
        if belongs(&account) { Ok(Self { desk, account }) } else { Err(Problem::NotFound) }
    }
}

impl WorkingGroup {
    /// The desk of the request.
    pub const fn desk(&self) -> &Desk {
        &self.desk
    }

    /// Who it is.
    pub const fn account(&self) -> &Account {
        &self.account
    }

    /// Their identifier.
    pub const fn id(&self) -> AccountId {
        self.account.id
    }

    /// Whether they run a cycle.
    pub fn coordinates(&self, cycle: CycleId) -> bool {
        self.account.holds(Role::Coordinator, cycle)
    }

    /// Whether they lead the working group through a cycle.
    pub fn chairs(&self, cycle: CycleId) -> bool {
        self.account.holds(Role::Chair, cycle)
    }

    /// Fails unless they run a cycle or lead the group through it: for everybody else it does not exist.
    pub fn require(&self, cycle: CycleId) -> Result<(), Problem> {
        if self.coordinates(cycle) || self.chairs(cycle) { Ok(()) } else { Err(Problem::NotFound) }
    }

    /// Fails unless they run a cycle.
    pub fn require_coordinator(&self, cycle: CycleId) -> Result<(), Problem> {
        self.require(cycle)?;
        if self.coordinates(cycle) { Ok(()) } else { Err(Problem::NotAllowed) }
    }

    /// What accompanies a change they make.
    pub fn stamp(&self) -> Stamp {
        self.desk.stamp(Some(self.account.id))
    }

    /// Begins to change something; that they belong to the group is checked once more.
    pub async fn write(&self) -> Result<Tx, Problem> {
        let mut tx = self.desk.portal.store.write().await?;
        let still = tx.account(self.account.id).await?.is_some_and(|a| belongs(&a));
        if still { Ok(tx) } else { Err(Problem::NotFound) }
    }
}
