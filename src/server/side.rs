//! The proof that somebody may handle an application, from the side of its centre or of the working group.

use super::{Portal, desk::Desk, problem::Problem, reads::Opened};
use crate::{
    catalogue::Edition,
    domain::{
        access::{Action, Decision, Relation, may},
        id::{AccountId, ApplicationId},
        moment::Moment,
    },
    store::{
        Stamp,
        account::PersonName,
        application::{Application, Standing},
    },
};
use axum::{extract::FromRequestParts, http::request::Parts};
use std::marker::PhantomData;

/// From where an application is looked at; each side has pages of its own.
pub trait Side: Send + Sync + 'static {
    /// Where its pages about an application are; ends with a slash.
    const BASE: &'static str;

    /// Whether somebody stands on this side.
    fn admits(standing: &Standing) -> bool;
}

/// Somebody at one application. Can only be had from a request of one who stands on that side.
#[derive(Debug)]
pub struct At<S> {
    desk: Desk,
    standing: Standing,
    account: AccountId,
    side: PhantomData<S>,
}

impl<S> Clone for At<S> {
    fn clone(&self) -> Self {
        let (desk, standing) = (self.desk.clone(), self.standing.clone());
        Self { desk, standing, account: self.account, side: PhantomData }
    }
}

impl<S: Side> FromRequestParts<Portal> for At<S> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, portal: &Portal) -> Result<Self, Problem> {
        let (desk, account, id) = Desk::at(parts, portal, "application", ApplicationId::parse).await?;
        Self::open(desk, id, account).await
    }
}

impl<S: Side> At<S> {
    /// Opens an application for somebody who is signed in; the only way to make this proof.
    pub async fn open(desk: Desk, id: ApplicationId, account: AccountId) -> Result<Self, Problem> {
        let mut tx = desk.portal.store.read().await?;
        let Some(standing) = tx.standing(id, account).await? else { return Err(desk.absent(&mut tx, account).await?) };
        if !S::admits(&standing) {
            return Err(Problem::NotFound);
        }
        desk.portal.reads.note(&desk.stamp(Some(account)), account, Opened::Application(id));
        Ok(Self { desk, standing, account, side: PhantomData })
    }

    /// The desk of the request.
    pub const fn desk(&self) -> &Desk {
        &self.desk
    }

    /// The portal.
    pub fn portal(&self) -> &Portal {
        &self.desk.portal
    }

    /// The application as it was when the request began.
    pub const fn application(&self) -> &Application {
        &self.standing.application
    }

    /// Who is here.
    pub const fn account(&self) -> AccountId {
        self.account
    }

    /// Their name.
    pub const fn name(&self) -> &PersonName {
        &self.standing.name
    }

    /// Their address.
    pub const fn email(&self) -> &PersonName {
        &self.standing.email
    }

    /// Whether they stand in a relation to the application.
    pub fn is(&self, relation: Relation) -> bool {
        self.standing.relation.relations().any(|r| r == relation)
    }

    /// What the rules say of something they want to do now.
    fn decision(&self, action: Action) -> Decision {
        may(self.standing.relation, self.standing.application.stage.name(), action)
    }

    /// Whether they may do something now.
    pub fn may(&self, action: Action) -> bool {
        self.decision(action) == Decision::Allowed
    }

    /// Fails unless they may do something now.
    pub fn require(&self, action: Action) -> Result<(), Problem> {
        match self.decision(action) {
            Decision::Allowed => Ok(()),
            Decision::NotFound => Err(Problem::NotFound),
            Decision::Refused => Err(Problem::NotAllowed),
        }
    }

    /// The time.
    pub fn now(&self) -> Moment {
        self.desk.now()
    }

    /// What accompanies a change they make.
    pub fn stamp(&self) -> Stamp {
        self.desk.stamp(Some(self.account))
    }

    /// The edition that the application is pinned to.
    pub fn edition(&self) -> Result<&Edition, Problem> {
        self.desk.portal.edition(&self.standing.application.edition)
    }

    /// The address of a page about this application; `rest` begins with a slash or is empty.
    pub fn path(&self, rest: &str) -> String {
        format!("{}{}{rest}", S::BASE, self.standing.application.id)
    }
}
