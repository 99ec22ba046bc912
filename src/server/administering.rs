//! The proof that somebody looks after accounts and operation.

use super::{Portal, desk::Desk, problem::Problem};
use crate::store::{Stamp, Tx, account::Account};
use axum::{extract::FromRequestParts, http::request::Parts};

/// An administrator at work. Can only be had from a request of one. Reads no application.
#[derive(Clone, Debug)]
pub struct Administering {
    desk: Desk,
    account: Account,
}

impl FromRequestParts<Portal> for Administering {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, portal: &Portal) -> Result<Self, Problem> {
        let desk = Desk::from_request_parts(parts, portal).await?;
        let account = desk.signed_in().await?;
        // For everybody else these pages do not exist.
        if account.has_role("administrator") { Ok(Self { desk, account }) } else { Err(Problem::NotFound) }
    }
}

impl Administering {
    /// The desk of the request.
    pub const fn desk(&self) -> &Desk {
        &self.desk
    }

    /// Who it is.
    pub const fn account(&self) -> &Account {
        &self.account
    }

    /// What accompanies a change they make.
    pub fn stamp(&self) -> Stamp {
        self.desk.stamp(Some(self.account.id))
    }

    /// Begins to change something. The right is checked once more where nobody else can change it: who has lost it a
    /// moment ago changes nothing, and two administrators cannot end each other at once.
    pub async fn write(&self) -> Result<Tx, Problem> {
        let mut tx = self.desk.portal.store.write().await?;
        if tx.hold_administrators().await?.contains(&self.account.id) { Ok(tx) } else { Err(Problem::NotFound) }
    }
}
