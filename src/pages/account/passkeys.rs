//! Passkeys of one's own, signing in with one, and confirming with one.

mod view;

pub use view::{confirm_offer, first_offer, instead_offer, offer, wake};

use super::{Query, enrolment};

use crate::{
    domain::id::PasskeyId,
    server::{
        desk::{Desk, inside},
        entry::{self, How},
        form::Form,
        passkeys::{self, Refused},
        problem::Problem,
    },
    store::account::Account,
};
use axum::{
    Json,
    extract::{Path, Query as FromQuery},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use bytes::Bytes;
use serde_json::{Value, json};

/// The list. Whoever may see it has shown a second factor within the hour, so that every button on it works.
pub async fn show(desk: Desk, FromQuery(query): FromQuery<Query>) -> Result<Response, Problem> {
    let account = enrolment::who(&desk).await?.whole(&desk)?;
    respond(&desk, &account, StatusCode::OK, view::Told { done: query.done, ..view::Told::default() }).await
}

async fn respond(desk: &Desk, account: &Account, status: StatusCode, told: view::Told) -> Result<Response, Problem> {
    let mut tx = desk.portal.store.read().await?;
    let (list, factors) = (tx.passkeys(account.id).await?, tx.factors(account.id).await?);
    drop(tx);
    let removable = factors.may_lose_passkey(account.password_hash.is_some());
    let works = passkeys::relying_party(&desk.portal.settings.origin).is_some();
    Ok(desk.page_with(status, view::page(account, list, removable, works, told)).await)
}

/// Asks a device for a new passkey.
pub async fn begin(desk: Desk) -> Result<Response, Problem> {
    let who = enrolment::who(&desk).await?;
    Ok(match passkeys::begin_adding(&desk, &who.account).await? {
        Ok(question) => Json(question).into_response(),
        Err(why) => refused(why),
    })
}

/// Takes the new passkey. When it is the first factor of an account, the portal opens.
pub async fn add(desk: Desk, body: Bytes) -> Result<Response, Problem> {
    let who = enrolment::who(&desk).await?;
    if let Err(why) = passkeys::finish_adding(&desk, &who.account, &body).await? {
        return Ok(refused(why));
    }
    if let Some(next) = who.first {
        entry::admit(&desk, who.account.id, How::Passkey).await?;
        return Ok(done(&inside(&next)));
    }
    entry::step_up(&desk, who.account.id, How::Passkey).await?;
    Ok(done("/account/passkeys?done=added"))
}

/// Gives one another name.
pub async fn rename(desk: Desk, Path(id): Path<String>, form: Form) -> Result<Response, Problem> {
    let account = desk.signed_in().await?;
    desk.require_step_up_for_factors().await?;
    let id = PasskeyId::parse(&id).ok_or(Problem::NotFound)?;
    let Some(label) = passkeys::label(form.get("label")) else {
        let told = view::Told { wrong: Some((id, "Enter a name for this passkey".into())), ..view::Told::default() };
        return respond(&desk, &account, StatusCode::UNPROCESSABLE_ENTITY, told).await;
    };
    let mut tx = desk.portal.store.write().await?;
    ensure_own(&mut tx, &account, id).await?;
    tx.rename_passkey(&desk.stamp(Some(account.id)), account.id, id, &label).await?;
    tx.commit().await?;
    Ok(Redirect::to("/account/passkeys?done=renamed").into_response())
}

/// Removes one, unless nothing else would be left to sign in with.
pub async fn remove(desk: Desk, Path(id): Path<String>) -> Result<Response, Problem> {
    let account = desk.signed_in().await?;
    desk.require_step_up_for_factors().await?;
    let id = PasskeyId::parse(&id).ok_or(Problem::NotFound)?;
    let mut tx = desk.portal.store.write().await?;
    ensure_own(&mut tx, &account, id).await?;
    if !tx.factors(account.id).await?.may_lose_passkey(account.password_hash.is_some()) {
        drop(tx);
        let told = view::Told { wrong: Some((id, view::LAST.into())), ..view::Told::default() };
        return respond(&desk, &account, StatusCode::UNPROCESSABLE_ENTITY, told).await;
    }
    let stamp = desk.stamp(Some(account.id));
    tx.remove_passkey(&stamp, account.id, id).await?;
    desk.factor_changed(&mut tx, &stamp, account.id, "A passkey was removed").await?;
    tx.commit().await?;
    entry::renew_key(&desk).await?;
    Ok(Redirect::to("/account/passkeys?done=removed").into_response())
}

/// Fails unless the passkey is one of the account.
async fn ensure_own(tx: &mut crate::store::Tx, account: &Account, id: PasskeyId) -> Result<(), Problem> {
    let list = tx.passkeys(account.id).await?;
    if list.iter().any(|passkey| passkey.id == id) { Ok(()) } else { Err(Problem::NotFound) }
}

/// Asks for a passkey that signs in. No account is named, so nothing is told about any.
pub async fn begin_sign_in(desk: Desk) -> Result<Response, Problem> {
    Ok(Json(passkeys::begin_sign_in(&desk).await?).into_response())
}

/// Signs in.
pub async fn sign_in(desk: Desk, body: Bytes) -> Result<Response, Problem> {
    match passkeys::finish_sign_in(&desk, &body).await? {
        Ok((account, fields)) => {
            entry::admit(&desk, account, How::Passkey).await?;
            Ok(done(&inside(field(&fields, "next"))))
        }
        Err(why) => Ok(refused(why)),
    }
}

/// Asks for a passkey that confirms that it is still the same person.
pub async fn begin_confirm(desk: Desk) -> Result<Response, Problem> {
    let account = desk.signed_in().await?;
    let question = passkeys::begin_confirming(&desk, account.id).await?.ok_or(Problem::NotFound)?;
    Ok(Json(question).into_response())
}

/// Confirms, and goes on where it was asked for.
pub async fn confirm(desk: Desk, body: Bytes) -> Result<Response, Problem> {
    let account = desk.signed_in().await?;
    match passkeys::finish_confirming(&desk, account.id, &body).await? {
        Ok(fields) => {
            entry::step_up(&desk, account.id, How::Passkey).await?;
            Ok(done(&inside(field(&fields, "next"))))
        }
        Err(why) => Ok(refused(why)),
    }
}

fn field<'a>(fields: &'a [(String, String)], name: &str) -> &'a str {
    fields.iter().find(|(n, _)| n == name).map_or("", |(_, text)| text.as_str())
}

fn done(href: &str) -> Response {
    Json::<Value>(json!({ "state": "done", "href": href })).into_response()
}

fn refused(why: Refused) -> Response {
    let body = json!({ "state": if why == Refused::Late { "late" } else { "refused" }, "message": why.sentence() });
    (StatusCode::UNPROCESSABLE_ENTITY, Json(body)).into_response()
}
