//! Passkeys of one's own, signing in with one, and confirming with one.

mod view;

pub use view::{confirm_offer, offer};

use crate::{
    domain::{factor::Factors, id::PasskeyId},
    pages::account::sign_in::inside,
    server::{
        desk::Desk,
        entry::{self, How},
        form::Form,
        passkeys::{self, Refused},
        problem::Problem,
    },
    store::account::Account,
};
use axum::{
    Json,
    extract::{Path, Query},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

/// What was done before the page is shown again.
#[derive(Debug, Default, Deserialize)]
pub struct Done {
    #[serde(default)]
    done: String,
}

/// The list.
pub async fn show(desk: Desk, Query(done): Query<Done>) -> Result<Response, Problem> {
    let account = desk.signed_in().await?;
    respond(&desk, &account, StatusCode::OK, view::Told { done: done.done, ..view::Told::default() }).await
}

async fn respond(desk: &Desk, account: &Account, status: StatusCode, told: view::Told) -> Result<Response, Problem> {
    let mut tx = desk.portal.store.read().await?;
    let list = tx.passkeys(account.id).await?;
    let removable = factors(account, list.len()).may_lose_passkey();
    drop(tx);
    let works = passkeys::relying_party(&desk.portal.settings.origin).is_some();
    Ok(desk.page_with(status, view::page(account, list, removable, works, told)).await)
}

/// Asks a device for a new passkey.
pub async fn begin(desk: Desk) -> Result<Response, Problem> {
    let account = desk.signed_in().await?;
    Ok(match passkeys::begin_adding(&desk, &account).await? {
        Ok(question) => Json(question).into_response(),
        Err(why) => refused(why),
    })
}

/// Takes the new passkey.
pub async fn add(desk: Desk, body: Bytes) -> Result<Response, Problem> {
    let account = desk.signed_in().await?;
    Ok(match passkeys::finish_adding(&desk, &account, &body).await? {
        Ok(()) => done("/account/passkeys?done=added"),
        Err(why) => refused(why),
    })
}

/// Gives one another name.
pub async fn rename(desk: Desk, Path(id): Path<String>, form: Form) -> Result<Response, Problem> {
    let account = desk.signed_in().await?;
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
    let id = PasskeyId::parse(&id).ok_or(Problem::NotFound)?;
    let mut tx = desk.portal.store.write().await?;
    let count = ensure_own(&mut tx, &account, id).await?;
    if !factors(&account, count).may_lose_passkey() {
        drop(tx);
        let told = view::Told { wrong: Some((id, view::LAST.into())), ..view::Told::default() };
        return respond(&desk, &account, StatusCode::UNPROCESSABLE_ENTITY, told).await;
    }
    tx.remove_passkey(&desk.stamp(Some(account.id)), account.id, id).await?;
    tx.commit().await?;
    Ok(Redirect::to("/account/passkeys?done=removed").into_response())
}

/// What the account can prove who it is with. There are no authenticator apps yet.
fn factors(account: &Account, passkeys: usize) -> Factors {
    Factors { passkeys, password: account.password_hash.is_some(), code: false }
}

/// How many passkeys the account has, one of which must be this one.
async fn ensure_own(tx: &mut crate::store::Tx, account: &Account, id: PasskeyId) -> Result<usize, Problem> {
    let list = tx.passkeys(account.id).await?;
    if list.iter().any(|passkey| passkey.id == id) { Ok(list.len()) } else { Err(Problem::NotFound) }
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
