//! The proof that somebody may read an application as its centre.

use super::{Portal, desk::Desk, problem::Problem, reads::Opened};
use crate::{
    catalogue::Edition,
    domain::{
        access::{Action, Decision, may},
        id::{AccountId, ApplicationId},
        moment::Moment,
    },
    store::{
        Stamp,
        account::PersonName,
        application::{Application, Standing},
        session::Sessions,
    },
};
use axum::{
    extract::{FromRequestParts, RawPathParams},
    http::request::Parts,
};
use tower_sessions::SessionStore;

/// Somebody of the centre at one of its applications. Can only be had from a request that may read it.
#[derive(Clone, Debug)]
pub struct Applying {
    desk: Desk,
    standing: Standing,
    account: AccountId,
}

impl FromRequestParts<Portal> for Applying {
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

impl Applying {
    /// Opens an application for somebody who is signed in; the only way to make this proof.
    pub async fn open(desk: Desk, id: ApplicationId, account: AccountId) -> Result<Self, Problem> {
        let mut tx = desk.portal.store.read().await?;
        let Some(standing) = tx.standing(id, account).await? else {
            // An account that was closed while signed in has to sign in again.
            return Err(if tx.account(account).await?.is_none() { desk.sign_in_first() } else { Problem::NotFound });
        };
        // Only the centre has these pages; screening has its own.
        let of_centre = standing.relation.of_centre();
        if !of_centre || may(standing.relation, standing.application.stage.name(), Action::Read) != Decision::Allowed {
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

    /// Their address.
    pub const fn email(&self) -> &PersonName {
        &self.standing.email
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

    /// Asked again in the middle of something long: whether the session goes on, and they may still do this.
    pub async fn still_may(&self, action: Action) -> bool {
        let asked = async {
            let Some(session) = self.desk.session.id() else { return Ok(false) };
            let wall = self.portal().wall.clone();
            let sessions = Sessions::new(self.portal().store.clone(), move || wall.now());
            if sessions.load(&session).await.map_err(|_| Problem::Busy)?.is_none() {
                return Ok(false);
            }
            let mut tx = self.portal().store.read().await?;
            let standing = tx.standing(self.standing.application.id, self.account).await?;
            Ok::<_, Problem>(standing.is_some_and(|s| {
                s.relation.of_centre() && may(s.relation, s.application.stage.name(), action) == Decision::Allowed
            }))
        };
        asked.await.unwrap_or(false)
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
        let name = &self.standing.application.edition;
        self.desk.portal.catalogue.edition(name).ok_or_else(|| {
            tracing::error!(edition = %name, "an application is pinned to an edition that the program does not have");
            Problem::Unexpected
        })
    }

    /// The address of a page of this application; `rest` begins with a slash or is empty.
    pub fn path(&self, rest: &str) -> String {
        format!("/applications/{}{rest}", self.standing.application.id)
    }
}
