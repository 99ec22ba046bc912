//! The proof that somebody runs a cycle.

use super::holding::{Holding, Office};
use crate::{domain::access::Role, store::account::Account};

/// The office of those who run cycles.
#[derive(Debug)]
pub struct Coordinators;

impl Office for Coordinators {
    fn held_by(account: &Account) -> bool {
        account.has_role(Role::Coordinator.key())
    }
}

/// A coordinator at work.
pub type Coordinating = Holding<Coordinators>;
