//! The proof that somebody holds an office. Says nothing about any application.

use super::{Portal, desk::Desk, problem::Problem};
use crate::{
    domain::id::AccountId,
    store::{Stamp, Tx, account::Account},
};
use axum::{extract::FromRequestParts, http::request::Parts};
use std::{future::Future, marker::PhantomData};

/// An office of the portal.
pub trait Office: Send + Sync + 'static {
    /// Whether somebody holds it.
    fn held_by(account: &Account) -> bool;

    /// Whether somebody still holds it, asked where a change begins.
    fn still_held(tx: &mut Tx, account: AccountId) -> impl Future<Output = Result<bool, Problem>> + Send {
        async move { Ok(tx.account(account).await?.is_some_and(|a| Self::held_by(&a))) }
    }
}

/// Somebody who holds an office. Can only be had from a request of one; for everybody else its pages do not exist.
#[derive(Debug)]
pub struct Holding<O> {
    desk: Desk,
    account: Account,
    office: PhantomData<O>,
}

impl<O> Clone for Holding<O> {
    fn clone(&self) -> Self {
        Self { desk: self.desk.clone(), account: self.account.clone(), office: PhantomData }
    }
}

impl<O: Office> FromRequestParts<Portal> for Holding<O> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, portal: &Portal) -> Result<Self, Problem> {
        let desk = Desk::from_request_parts(parts, portal).await?;
        let account = desk.signed_in().await?;
        if O::held_by(&account) { Ok(Self { desk, account, office: PhantomData }) } else { Err(Problem::NotFound) }
    }
}

impl<O: Office> Holding<O> {
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

    /// What accompanies a change they make.
    pub fn stamp(&self) -> Stamp {
        self.desk.stamp(Some(self.account.id))
    }

    /// Begins to change something; that they hold the office is checked once more.
    pub async fn write(&self) -> Result<Tx, Problem> {
        let mut tx = self.desk.portal.store.write().await?;
        if O::still_held(&mut tx, self.account.id).await? { Ok(tx) } else { Err(Problem::NotFound) }
    }
}
