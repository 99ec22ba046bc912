//! The proof that somebody belongs to the working group.

use super::{
    holding::{Holding, Office},
    problem::Problem,
};
use crate::{
    domain::{access::Role, id::CycleId},
    store::account::Account,
};

/// The offices of the working group. An administrator reads no application, so that whoever is one as well is not in it.
#[derive(Debug)]
pub struct Group;

impl Office for Group {
    fn held_by(account: &Account) -> bool {
        (account.has_role(Role::Coordinator.key()) || account.has_role(Role::Chair.key()))
            && !account.has_role(Role::Administrator.key())
    }
}

/// A coordinator or chair at work.
pub type WorkingGroup = Holding<Group>;

impl WorkingGroup {
    /// Whether they run a cycle.
    pub fn coordinates(&self, cycle: CycleId) -> bool {
        self.account().holds(Role::Coordinator, cycle)
    }

    /// Whether they lead the working group through a cycle.
    pub fn chairs(&self, cycle: CycleId) -> bool {
        self.account().holds(Role::Chair, cycle)
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
}
