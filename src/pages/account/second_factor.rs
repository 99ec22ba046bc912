//! The second step of signing in: a code of an authenticator app, or a recovery code. Opens only after a right password,
//! for ten minutes.

use super::{CODE_REFUSED, code_field, passkeys, wait_text, waiting};
use crate::{
    components::{
        field::Text,
        message::{self, Item},
    },
    server::{
        codes,
        desk::Desk,
        entry::{self, Half, How},
        form::Form,
        limits::{Guess, Kind, Try},
        problem::Problem,
        render::{Frame, Page},
    },
    store::{account::Account, event::What},
};
use axum::{
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use leptos::prelude::*;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Code,
    Recovery,
}

/// The form for a code.
pub async fn show(desk: Desk) -> Result<Response, Problem> {
    form(&desk, Way::Code).await
}

/// The form for a recovery code.
pub async fn show_recovery(desk: Desk) -> Result<Response, Problem> {
    form(&desk, Way::Recovery).await
}

/// Checks a code.
pub async fn check(desk: Desk, form: Form) -> Result<Response, Problem> {
    take(&desk, Way::Code, form.get("code")).await
}

/// Checks a recovery code; it is used up by this.
pub async fn check_recovery(desk: Desk, form: Form) -> Result<Response, Problem> {
    take(&desk, Way::Recovery, form.get("code")).await
}

async fn form(desk: &Desk, way: Way) -> Result<Response, Problem> {
    Ok(match whose(desk).await? {
        Ok((half, account)) => {
            let passkey = passkey_to(desk, &half, &account).await?;
            desk.page(page(desk, passkey.as_deref(), way, None, None)).await
        }
        Err(elsewhere) => elsewhere,
    })
}

async fn take(desk: &Desk, way: Way, typed: &str) -> Result<Response, Problem> {
    let (half, account) = match whose(desk).await? {
        Ok(whose) => whose,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let passkey = passkey_to(desk, &half, &account).await?;
    if typed.trim().is_empty() {
        let text = match way {
            Way::Code => "Enter the six digits that your app shows now",
            Way::Recovery => "Enter one of your recovery codes",
        };
        return Ok(desk
            .page_with(StatusCode::UNPROCESSABLE_ENTITY, page(desk, passkey.as_deref(), way, Some(text.into()), None))
            .await);
    }
    let guess = match Guess::count(desk, Kind::Code, account.email.shown()).await? {
        Try::Counted(guess) => guess,
        Try::Wait(seconds) => {
            return Ok(
                waiting(desk, seconds, page(desk, passkey.as_deref(), way, None, Some(wait_text(seconds)))).await
            );
        }
    };
    let stamp = desk.stamp(Some(account.id));
    let mut tx = desk.portal.store.write().await?;
    let right = match way {
        Way::Code => codes::accept(desk, &mut tx, account.id, typed).await?,
        Way::Recovery => codes::accept_recovery(&mut tx, &stamp, account.id, typed).await?,
    };
    if !right {
        tx.record(&desk.stamp(None), What::SignInRefused, &account.id.to_string(), "second factor").await?;
        tx.commit().await?;
        let text = match way {
            Way::Code => CODE_REFUSED,
            Way::Recovery => {
                "This code was not taken. Each works once, and only those of your newest set. Type it as it is printed, or try the next one. Two or three tries are sensible; after five you have to wait."
            }
        };
        return Ok(desk
            .page_with(StatusCode::UNPROCESSABLE_ENTITY, page(desk, passkey.as_deref(), way, Some(text.into()), None))
            .await);
    }
    tx.commit().await?;
    guess.was_right(desk).await?;
    let (how, place) = match way {
        Way::Code => (How::PasswordAndCode, half.next),
        Way::Recovery => {
            let query = serde_urlencoded::to_string([("done", "recovered"), ("next", &half.next)]).unwrap_or_default();
            (How::PasswordAndRecovery, format!("/account/factors?{query}"))
        }
    };
    let admitted = entry::admit(desk, account.id, how).await?;
    Ok(Redirect::to(&admitted.place(&place)).into_response())
}

/// Who has shown a password; for everybody else, where they go instead.
async fn whose(desk: &Desk) -> Result<Result<(Half, Account), Response>, Problem> {
    if let Some(half) = desk.pending().await? {
        let account = desk.portal.store.read().await?.account(half.account).await?;
        if let Some(account) = account {
            return Ok(Ok((half, account)));
        }
    }
    let place = if desk.visitor().await?.is_some() { "/home" } else { "/sign-in?done=late" };
    Ok(Err(Redirect::to(place).into_response()))
}

/// Where a passkey leads instead of a code, when the account has one.
async fn passkey_to(desk: &Desk, half: &Half, account: &Account) -> Result<Option<String>, Problem> {
    let factors = desk.portal.store.read().await?.factors(account.id).await?;
    Ok((0 < factors.passkeys).then(|| half.next.clone()))
}

fn page(desk: &Desk, passkey: Option<&str>, way: Way, error: Option<String>, wait: Option<String>) -> Page {
    let frame = Frame { current: "Sign in", ..Frame::default() };
    let (portal, passkey) = (desk.portal.clone(), passkey.map(str::to_owned));
    let title = match way {
        Way::Code => "Enter a code",
        Way::Recovery => "Use a recovery code",
    };
    let islands = passkeys::wake(&portal);
    Page::new(title, frame, move || {
        let items = error.iter().map(|text| Item { text: text.clone(), href: "#code".into() }).collect();
        let (intro, action, field, other) = match way {
            Way::Code => (
                "That was only half of the key. The app on your phone has the other half.",
                "/sign-in/code",
                code_field(error),
                view! { <li><a href="/sign-in/recovery">"I do not have my phone: use a recovery code"</a></li> },
            ),
            Way::Recovery => (
                "You have kept ten of them when you set up your app. Each works once.",
                "/sign-in/recovery",
                Text {
                    name: "code",
                    label: "Recovery code",
                    hint: "Capitals and dashes do not matter.",
                    autocomplete: "off",
                    error,
                    ..Text::default()
                },
                view! { <li><a href="/sign-in/code">"I have my phone: use a code from the app"</a></li> },
            ),
        };
        view! {
            <main class="page narrow" id="main">
                <div class="stack"><h1>{title}</h1><p>{intro}</p></div>
                {message::refused(items)}
                {wait.map(message::wait)}
                {passkey.map(|next| passkeys::instead_offer(&portal, &next))}
                <form class="panel form" method="post" action=action novalidate>
                    {field.view()}
                    <div class="stack"><button class="button" type="submit">"Sign in"</button></div>
                </form>
                <ul class="stack" role="list">
                    {other}
                    <li><a href="/sign-in">"Start again with another address"</a></li>
                    <li>"Neither phone nor recovery codes? "<a href="/help">"Write to us"</a>": we make sure it is you, then send a new link."</li>
                </ul>
            </main>
        }
    })
    .with_islands_if(islands)
}
