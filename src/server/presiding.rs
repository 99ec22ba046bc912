//! The proof that somebody of the working group may handle an application.

use super::{Portal, desk::Desk, problem::Problem, reads::Opened};
use crate::{
    catalogue::Edition,
    domain::{
        access::{Action, Decision, Relation, may},
        id::{AccountId, ApplicationId},
        moment::Moment,
    },
    store::{
        Stamp, Tx,
        account::PersonName,
        application::{Application, Standing},
    },
};
use axum::{
    extract::{FromRequestParts, RawPathParams},
    http::request::Parts,
};

/// A coordinator or chair at one application. Can only be had from a request of one who has no conflict there.
#[derive(Clone, Debug)]
pub struct Presiding {
    desk: Desk,
    standing: Standing,
    account: AccountId,
}

fn handles(standing: &Standing) -> bool {
    let office = standing.relation.relations().any(|r| matches!(r, Relation::Chair | Relation::Coordinator));
    office && may(standing.relation, standing.application.stage.name(), Action::Know) == Decision::Allowed
}

impl FromRequestParts<Portal> for Presiding {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, portal: &Portal) -> Result<Self, Problem> {
        let desk = Desk::from_request_parts(parts, portal).await?;
        let params = RawPathParams::from_request_parts(parts, portal).await.map_err(|_| Problem::NotFound)?;
        let id =
            params.iter().find(|(name, _)| *name == "application").and_then(|(_, text)| ApplicationId::parse(text));
        let account = desk.account_id().await?.ok_or_else(|| desk.sign_in_first())?;
        match id {
            Some(id) => Self::open(desk, id, account).await,
            None => Err(Problem::NotFound),
        }
    }
}

impl Presiding {
    /// Opens an application for somebody who is signed in; the only way to make this proof.
    pub async fn open(desk: Desk, id: ApplicationId, account: AccountId) -> Result<Self, Problem> {
        let mut tx = desk.portal.store.read().await?;
        let Some(standing) = tx.standing(id, account).await? else {
            return Err(if tx.account(account).await?.is_none() { desk.sign_in_first() } else { Problem::NotFound });
        };
        if !handles(&standing) {
            return Err(Problem::NotFound);
        }
        desk.portal.reads.note(&desk.stamp(Some(account)), account, Opened::Application(id));
        Ok(Self { desk, standing, account })
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

    /// Whether they lead the working group in its cycle.
    pub fn is_chair(&self) -> bool {
        self.standing.relation.relations().any(|r| r == Relation::Chair)
    }

    /// Whether they run its cycle.
    pub fn is_coordinator(&self) -> bool {
        self.standing.relation.relations().any(|r| r == Relation::Coordinator)
    }

    /// Whether they may do something now.
    pub fn may(&self, action: Action) -> bool {
        may(self.standing.relation, self.standing.application.stage.name(), action) == Decision::Allowed
    }

    /// Fails unless they may do something now.
    pub fn require(&self, action: Action) -> Result<(), Problem> {
        match may(self.standing.relation, self.standing.application.stage.name(), action) {
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

    /// Begins to change something; the right is checked once more, against the application as it is now.
    pub async fn write(&self, action: Action) -> Result<Tx, Problem> {
        let mut tx = self.desk.portal.store.write().await?;
        let standing = tx.standing(self.standing.application.id, self.account).await?;
        let Some(standing) = standing.filter(handles) else { return Err(Problem::NotFound) };
        match may(standing.relation, standing.application.stage.name(), action) {
            Decision::Allowed => Ok(tx),
            Decision::NotFound => Err(Problem::NotFound),
            // It was possible when the page was opened: somebody was quicker.
            Decision::Refused => Err(if self.may(action) { Problem::Stale } else { Problem::NotAllowed }),
        }
    }

    /// The edition that the application is pinned to.
    pub fn edition(&self) -> Result<&Edition, Problem> {
        let name = &self.standing.application.edition;
        self.desk.portal.catalogue.edition(name).ok_or_else(|| {
            tracing::error!(edition = %name, "an application is pinned to an edition that the program does not have");
            Problem::Unexpected
        })
    }

    /// The address of a page about this application; `rest` begins with a slash or is empty.
    pub fn path(&self, rest: &str) -> String {
        format!("/working-group/applications/{}{rest}", self.standing.application.id)
    }
}
