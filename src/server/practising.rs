//! The proof that somebody reviews, in whichever cycle. Says nothing about any application.

use super::{Portal, desk::Desk, problem::Problem};
use crate::{
    domain::access::Role,
    store::{Stamp, Tx, account::Account},
};
use axum::{extract::FromRequestParts, http::request::Parts};

/// A reviewer, away from any panel. Can only be had from a request of one.
#[derive(Clone, Debug)]
pub struct Practising {
    desk: Desk,
    account: Account,
}

impl FromRequestParts<Portal> for Practising {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, portal: &Portal) -> Result<Self, Problem> {
        let desk = Desk::from_request_parts(parts, portal).await?;
        let account = desk.signed_in().await?;
        // For everybody else these pages do not exist.
        if account.has_role(Role::Reviewer.key()) { Ok(Self { desk, account }) } else { Err(Problem::NotFound) }
    }
}

impl Practising {
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

    /// Begins to change something; the role is checked once more.
    pub async fn write(&self) -> Result<Tx, Problem> {
        let mut tx = self.desk.portal.store.write().await?;
        let still = tx.account(self.account.id).await?.is_some_and(|a| a.has_role(Role::Reviewer.key()));
        if still { Ok(tx) } else { Err(Problem::NotFound) }
    }
}
