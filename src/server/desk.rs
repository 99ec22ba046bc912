//! The desk: what a handler has at hand for one request.

use super::{Portal, client::Client, problem::Problem, render::Page};
use crate::{
    domain::{id::AccountId, moment::Moment},
    store::{
        Stamp, Tx,
        account::Account,
        session::{self, Sessions},
    },
};
use axum::{
    extract::{FromRequestParts, OriginalUri, RawPathParams},
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::Response,
};
use tower_sessions::{Session, SessionStore};

/// Made by guard for every request: the nonce of its answer, and its name in the log.
#[derive(Clone, Debug)]
pub struct Ticket {
    /// For the scripts of this answer alone.
    pub nonce: String,
    /// In the log, and on error pages.
    pub request_id: String,
}

/// What a handler has at hand.
#[derive(Clone, Debug)]
pub struct Desk {
    /// The portal.
    pub portal: Portal,
    /// Nonce and request.
    pub ticket: Ticket,
    /// Where to go on after signing in: the page that was asked for; home, when it was a form.
    pub here: String,
    /// Where to come back to after a second factor was shown again: the page that was asked for; with a form, its page.
    pub back: String,
    /// Where the request comes from.
    pub client: Client,
    /// The session, read only when somebody asks for it.
    pub session: Session,
}

impl FromRequestParts<Portal> for Desk {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, portal: &Portal) -> Result<Self, Problem> {
        let ticket = parts.extensions.get::<Ticket>().cloned().ok_or(Problem::Unexpected)?;
        let session = parts.extensions.get::<Session>().cloned().ok_or(Problem::Unexpected)?;
        let path = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |uri| &uri.0).path_and_query();
        let here = if parts.method.is_safe() {
            path.map_or_else(String::new, ToString::to_string)
        } else {
            "/home".to_owned()
        };
        let back = if parts.method.is_safe() { here.clone() } else { came_from(&parts.headers, portal) };
        let client = Client::of(parts, &portal.settings);
        Ok(Self { portal: portal.clone(), ticket, here, back, client, session })
    }
}

/// The page of a form, from the header that the browser sends; home, when it is of another site.
fn came_from(headers: &HeaderMap, portal: &Portal) -> String {
    let referer = headers.get(header::REFERER).and_then(|v| v.to_str().ok()).unwrap_or_default();
    inside(referer.strip_prefix(&portal.settings.origin).unwrap_or_default())
}

/// Only paths of this portal; anything else leads home.
pub fn inside(next: &str) -> String {
    let path =
        next.starts_with('/') && !next.starts_with("//") && !next.contains('\\') && !next.contains(char::is_control);
    if path { next.to_owned() } else { "/home".to_owned() }
}

impl Desk {
    /// The time.
    pub fn now(&self) -> Moment {
        self.portal.clock.now()
    }

    /// What accompanies a change.
    pub fn stamp(&self, actor: Option<AccountId>) -> Stamp {
        Stamp { now: self.now(), actor, request_id: self.ticket.request_id.clone(), chance: self.portal.chance.clone() }
    }

    /// Who is wholly signed in, without asking whether the account still exists. Somebody who has shown a password alone
    /// is not.
    pub async fn account_id(&self) -> Result<Option<AccountId>, Problem> {
        let key = self.session.get::<String>(session::ACCOUNT).await?;
        Ok(key.as_deref().and_then(AccountId::parse))
    }

    /// Who is signed in, or the way to sign in and back.
    pub async fn signed_in(&self) -> Result<Account, Problem> {
        self.visitor().await?.ok_or_else(|| self.sign_in_first())
    }

    /// Who is signed in, if anybody.
    pub async fn visitor(&self) -> Result<Option<Account>, Problem> {
        let Some(id) = self.account_id().await? else { return Ok(None) };
        let mut tx = self.portal.store.read().await?;
        Ok(tx.account(id).await?)
    }

    /// The desk of a request whose path names something, who is signed in, and what it names.
    pub async fn at<I>(
        parts: &mut Parts,
        portal: &Portal,
        name: &str,
        parse: fn(&str) -> Option<I>,
    ) -> Result<(Self, AccountId, I), Problem> {
        let desk = Self::from_request_parts(parts, portal).await?;
        let params = RawPathParams::from_request_parts(parts, portal).await.map_err(|_| Problem::NotFound)?;
        let id = params.iter().find(|(of, _)| *of == name).and_then(|(_, text)| parse(text));
        let account = desk.account_id().await?.ok_or_else(|| desk.sign_in_first())?;
        id.map(|id| (desk, account, id)).ok_or(Problem::NotFound)
    }

    /// The answer where there is nothing for somebody: an account that was closed while signed in has to sign in again.
    pub async fn absent(&self, tx: &mut Tx, account: AccountId) -> Result<Problem, Problem> {
        Ok(if tx.account(account).await?.is_none() { self.sign_in_first() } else { Problem::NotFound })
    }

    /// Asked again in the middle of something long: whether the session has not ended meanwhile.
    pub async fn session_goes_on(&self) -> Result<bool, Problem> {
        let Some(session) = self.session.id() else { return Ok(false) };
        let wall = self.portal.wall.clone();
        let sessions = Sessions::new(self.portal.store.clone(), move || wall.now());
        Ok(sessions.load(&session).await.map_err(|_| Problem::Busy)?.is_some())
    }

    /// The problem of somebody who has to sign in first.
    pub fn sign_in_first(&self) -> Problem {
        Problem::SignIn(self.here.clone())
    }

    /// A page.
    pub async fn page(&self, page: Page) -> Response {
        self.page_with(StatusCode::OK, page).await
    }

    /// A page with another status.
    pub async fn page_with(&self, status: StatusCode, page: Page) -> Response {
        super::render::render(&self.ticket.nonce, status, page).await
    }
}

#[cfg(test)]
mod tests {
    use super::inside;

    #[test]
    fn only_paths_of_this_portal_are_followed() {
        assert_eq!(inside("/applications/1?x=2"), "/applications/1?x=2");
        for bad in ["", "//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "/a\nb"] {
            assert_eq!(inside(bad), "/home", "{bad:?}");
        }
    }
}
