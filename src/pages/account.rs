//! Getting in, and looking after one's own account.

pub mod confirm;
pub mod confirmation;
pub mod data;
pub mod enrolment;
pub mod factors;
pub mod invitation;
pub mod mail;
pub mod new_password;
pub mod outbox;
pub mod overview;
pub mod passkeys;
pub mod password;
pub mod provider;
pub mod record;
pub mod reset;
pub mod second_factor;
pub mod sessions;
pub mod sign_in;

use crate::{
    components::field::Text,
    server::{desk::Desk, render::Frame},
    store::account::Account,
};
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use serde::Deserialize;

/// What the address of a page of the account says beside its path.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Query {
    /// Where to go on.
    #[serde(default)]
    pub next: String,
    /// What was done.
    #[serde(default)]
    pub done: String,
}

/// The frame around a page of somebody's own account.
fn frame(account: &Account) -> Frame {
    Frame {
        name: Some(account.name.shown().to_owned()),
        administration: account.has_role("administrator"),
        current: "Account",
        ..Frame::default()
    }
}

/// The field for a code of an authenticator app.
fn code_field(error: Option<String>) -> Text {
    Text {
        name: "code",
        label: "Code from your app",
        hint: "Six digits. It changes every half minute.",
        autocomplete: "one-time-code",
        inputmode: "numeric",
        error,
        ..Text::default()
    }
}

/// What somebody reads whose code was not taken: never which part was wrong.
const CODE_REFUSED: &str = "This code was not taken. Wait for the next one in your app and type that. If it happens again, check \
    that the clock of your phone is set automatically. Two or three tries are sensible; after five you have to wait.";

/// What somebody reads who has to wait.
fn wait_text(seconds: i64) -> String {
    let unit = if seconds == 1 { "second" } else { "seconds" };
    format!("There were several tries that were not right. Try again in {seconds} {unit}.")
}

/// A page for somebody who has to wait.
async fn waiting(desk: &Desk, seconds: i64, page: crate::server::render::Page) -> Response {
    let mut response = desk.page_with(StatusCode::TOO_MANY_REQUESTS, page).await;
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}
