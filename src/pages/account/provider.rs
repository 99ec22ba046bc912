//! Signing in through an identity provider, and which identities are linked to an account.

mod view;

pub use view::offer;

use super::{Query, enrolment};
use crate::{
    domain::{
        id::{AccountId, IdentityId},
        snapshot::Digest,
    },
    server::{
        desk::{Desk, inside},
        entry::{self, How},
        form::Form,
        problem::Problem,
        provider::{Person, Provider, Trouble},
        render::Page,
    },
    store::{self, Chance, event::What, identity::Visit},
};
use axum::{
    extract::{Path, Query as FromQuery},
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use view::Failure;

/// The key of the visit in a session's data: who comes back has to be who left.
const VISIT: &str = "provider-visit";

/// What a provider sends along when somebody comes back.
#[derive(Default, Deserialize)]
pub struct Back {
    #[serde(default)]
    state: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    error: String,
    iss: Option<String>,
}

/// Which identities are linked.
pub async fn show(desk: Desk, FromQuery(query): FromQuery<Query>) -> Result<Response, Problem> {
    let account = enrolment::who(&desk).await?.whole(&desk)?;
    let list = desk.portal.store.read().await?.identities(account.id).await?;
    Ok(desk.page(view::page(desk.portal.clone(), &account, list, &query.done)).await)
}

/// Leaves for a provider to sign in.
pub async fn sign_in(desk: Desk, Path(name): Path<String>, form: Form) -> Result<Response, Problem> {
    leave(&desk, &name, None, &inside(form.get("next"))).await
}

/// Leaves for a provider to link an identity there.
pub async fn link(desk: Desk, Path(name): Path<String>) -> Result<Response, Problem> {
    let account = enrolment::who(&desk).await?.whole(&desk)?;
    leave(&desk, &name, Some(account.id), "/account/providers?done=linked").await
}

async fn leave(desk: &Desk, name: &str, account: Option<AccountId>, next: &str) -> Result<Response, Problem> {
    let provider = desk.portal.providers.named(name).ok_or(Problem::NotFound)?;
    // From the system, also in the demo: whoever guesses them can come back in another's place.
    let chance = Chance::default();
    let (state, nonce, verifier) = (chance.token(), chance.token(), chance.token());
    let visit = Visit { provider: name.to_owned(), account, nonce, verifier, next: next.to_owned() };
    let way = match provider.way_out(&desk.portal.settings.origin, &state, &visit).await {
        Ok(way) => way,
        Err(trouble) => return Ok(fail(desk, provider, &trouble).await),
    };
    let mut tx = desk.portal.store.write().await?;
    tx.depart(desk.portal.wall.now(), &state, &visit).await?;
    tx.commit().await?;
    desk.session.insert(VISIT, String::from(Digest::of(state.as_bytes()))).await?;
    // A redirect would be the answer to a form, which the policy of the page keeps inside the portal.
    let mut response = desk.page(view::leaving(provider.settings.title.clone(), way.clone())).await;
    let refresh = HeaderValue::from_str(&format!("0; url={way}")).map_err(|_| Problem::Unexpected)?;
    response.headers_mut().insert(HeaderName::from_static("refresh"), refresh);
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    Ok(response)
}

/// Somebody comes back from a provider.
pub async fn come_back(
    desk: Desk,
    Path(name): Path<String>,
    FromQuery(back): FromQuery<Back>,
) -> Result<Response, Problem> {
    let provider = desk.portal.providers.named(&name).ok_or(Problem::NotFound)?;
    let Some(visit) = known_visit(&desk, &name, &back.state).await? else {
        tracing::warn!(provider = name, "somebody came back who has not left, or who has come back already");
        return Ok(failed(&desk, StatusCode::FORBIDDEN, Failure::Spent, provider).await);
    };
    let person = match identify(&desk, provider, &back, &visit).await {
        Ok(person) => person,
        Err(trouble) => {
            let mut tx = desk.portal.store.write().await?;
            let subject = visit.account.map(|a| a.to_string()).unwrap_or_default();
            let detail = format!("provider {name}: {}", trouble.key());
            tx.record(&desk.stamp(None), What::SignInRefused, &subject, &detail).await?;
            tx.commit().await?;
            return Ok(fail(&desk, provider, &trouble).await);
        }
    };
    match visit.account {
        Some(account) => finish_linking(&desk, provider, account, &person, &visit.next).await,
        None => finish_sign_in(&desk, provider, &person, &visit.next).await,
    }
}

/// What was written down when this browser left for this provider.
async fn known_visit(desk: &Desk, name: &str, state: &str) -> Result<Option<Visit>, Problem> {
    let left = desk.session.remove::<String>(VISIT).await?;
    if left != Some(Digest::of(state.as_bytes()).into()) {
        return Ok(None);
    }
    let mut tx = desk.portal.store.write().await?;
    let visit = tx.come_back(desk.portal.wall.now(), state).await?;
    tx.commit().await?;
    Ok(visit.filter(|visit| visit.provider == name))
}

async fn identify(desk: &Desk, provider: &Provider, back: &Back, visit: &Visit) -> Result<Person, Trouble> {
    if back.iss.as_deref().is_some_and(|issuer| issuer != provider.settings.issuer.as_str()) {
        return Err(Trouble::Untrue("the answer names another issuer".into()));
    }
    if !back.error.is_empty() {
        let word: String = back.error.chars().filter(char::is_ascii_graphic).take(60).collect();
        return Err(Trouble::Declined(word));
    }
    if back.code.is_empty() {
        return Err(Trouble::Untrue("there is no code".into()));
    }
    // The clock on the wall, as for sessions: a provider's tokens are dated by the world outside.
    provider.person(&desk.portal.settings.origin, &back.code, visit, desk.portal.wall.now()).await
}

async fn finish_sign_in(desk: &Desk, provider: &Provider, person: &Person, next: &str) -> Result<Response, Problem> {
    let mut tx = desk.portal.store.write().await?;
    let Some(account) = tx.use_identity(&desk.stamp(None), &person.issuer, &person.subject).await? else {
        let detail = format!("provider {}: not linked", provider.settings.name);
        tx.record(&desk.stamp(None), What::SignInRefused, "", &detail).await?;
        tx.commit().await?;
        return Ok(failed(desk, StatusCode::FORBIDDEN, Failure::NotLinked, provider).await);
    };
    tx.commit().await?;
    // Where the provider does not say that a second factor was used, ours follows.
    let how = if person.second_factor { How::Provider } else { How::ProviderAlone };
    let next = inside(next);
    let admitted = entry::admit_to(desk, account, how, &next).await?;
    Ok(Redirect::to(&admitted.place(&next)).into_response())
}

async fn finish_linking(
    desk: &Desk,
    provider: &Provider,
    account: AccountId,
    person: &Person,
    next: &str,
) -> Result<Response, Problem> {
    // Whoever has come back has to be signed in as who has left.
    if desk.signed_in().await?.id != account {
        return Ok(failed(desk, StatusCode::FORBIDDEN, Failure::Spent, provider).await);
    }
    let mut tx = desk.portal.store.write().await?;
    let stamp = desk.stamp(Some(account));
    match tx.link_identity(&stamp, account, &person.issuer, &person.subject).await {
        Ok(_) => {
            desk.factor_changed(&mut tx, &stamp, account, "An identity provider was linked").await?;
            tx.commit().await?;
            entry::renew_key(desk).await?;
        }
        Err(store::Error::Taken) => {
            return Ok(failed(desk, StatusCode::CONFLICT, Failure::Taken, provider).await);
        }
        Err(error) => return Err(error.into()),
    }
    Ok(Redirect::to(next).into_response())
}

/// Takes a link away. Other ways to sign in stay: one of them has made the link.
pub async fn unlink(desk: Desk, Path(id): Path<String>) -> Result<Response, Problem> {
    let account = enrolment::who(&desk).await?.whole(&desk)?;
    let id = IdentityId::parse(&id).ok_or(Problem::NotFound)?;
    let mut tx = desk.portal.store.write().await?;
    if tx.identities(account.id).await?.iter().all(|identity| identity.id != id) {
        return Err(Problem::NotFound);
    }
    let stamp = desk.stamp(Some(account.id));
    tx.unlink_identity(&stamp, account.id, id).await?;
    desk.factor_changed(&mut tx, &stamp, account.id, "The link to an identity provider was taken away").await?;
    tx.commit().await?;
    entry::renew_key(&desk).await?;
    Ok(Redirect::to("/account/providers?done=unlinked").into_response())
}

/// What happened, in the log with the name of the request; and the page with the same name as a reference.
async fn fail(desk: &Desk, provider: &Provider, trouble: &Trouble) -> Response {
    tracing::warn!(provider = provider.settings.name, %trouble, "a sign-in through a provider was refused");
    let (status, failure) = match trouble {
        Trouble::Down(_) => (StatusCode::BAD_GATEWAY, Failure::Down),
        Trouble::Untrue(_) => (StatusCode::FORBIDDEN, Failure::Untrue),
        Trouble::Declined(_) => (StatusCode::FORBIDDEN, Failure::Declined),
    };
    failed(desk, status, failure, provider).await
}

async fn failed(desk: &Desk, status: StatusCode, failure: Failure, provider: &Provider) -> Response {
    let page: Page = view::failed(failure, provider.settings.title.clone(), desk.ticket.request_id.clone());
    desk.page_with(status, page).await
}
