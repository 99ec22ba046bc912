//! The proof that somebody looks after accounts and operation.

use super::{
    holding::{Holding, Office},
    problem::Problem,
};
use crate::{
    domain::{access::Role, id::AccountId},
    store::{Tx, account::Account},
};

/// The office of those who look after accounts and operation.
#[derive(Debug)]
pub struct Administrators;

impl Office for Administrators {
    fn held_by(account: &Account) -> bool {
        account.has_role(Role::Administrator.key())
    }

    /// Asked where nobody else can change it: who has lost it a moment ago changes nothing, and two administrators cannot
    /// end each other at once.
    async fn still_held(tx: &mut Tx, account: AccountId) -> Result<bool, Problem> {
        Ok(tx.hold_administrators().await?.contains(&account))
    }
}

/// An administrator at work. Reads no application.
pub type Administering = Holding<Administrators>;
