//! A second factor again, for what must not be done from a machine that somebody has left.

use super::{CODE_REFUSED, Query, code_field, frame, passkeys, wait_text, waiting};
use crate::{
    components::message::{self, Item},
    server::{
        codes,
        desk::{Desk, inside},
        entry::{self, How},
        form::Form,
        limits::{Guess, Kind, Try},
        problem::Problem,
        render::Page,
    },
    store::{account::Account, event::What, factor::Factors},
};
use axum::{
    extract::Query as FromQuery,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use leptos::prelude::*;

/// What stands on the page beside the form.
#[derive(Default)]
struct Typed {
    next: String,
    error: Option<String>,
    wait: Option<String>,
}

/// The form.
pub async fn show(desk: Desk, FromQuery(query): FromQuery<Query>) -> Result<Response, Problem> {
    let account = desk.signed_in().await?;
    let factors = desk.portal.store.read().await?.factors(account.id).await?;
    Ok(desk.page(page(&desk, &account, &factors, Typed { next: inside(&query.next), ..Typed::default() })).await)
}

/// Checks the code, and goes on where it was asked for.
pub async fn check(desk: Desk, form: Form) -> Result<Response, Problem> {
    let account = desk.signed_in().await?;
    let factors = desk.portal.store.read().await?.factors(account.id).await?;
    let (code, next) = (form.get("code"), inside(form.get("next")));
    if code.trim().is_empty() {
        let typed = Typed { next, error: Some("Enter the six digits that your app shows now".into()), wait: None };
        return Ok(desk.page_with(StatusCode::UNPROCESSABLE_ENTITY, page(&desk, &account, &factors, typed)).await);
    }
    let guess = match Guess::count(&desk, Kind::Code, account.email.shown()).await? {
        Try::Counted(guess) => guess,
        Try::Wait(seconds) => {
            let typed = Typed { next, error: None, wait: Some(wait_text(seconds)) };
            return Ok(waiting(&desk, seconds, page(&desk, &account, &factors, typed)).await);
        }
    };
    let mut tx = desk.portal.store.write().await?;
    if !codes::accept(&desk, &mut tx, account.id, code).await? {
        tx.record(&desk.stamp(None), What::SignInRefused, &account.id.to_string(), "step-up").await?;
        tx.commit().await?;
        let typed = Typed { next, error: Some(CODE_REFUSED.into()), wait: None };
        return Ok(desk.page_with(StatusCode::UNPROCESSABLE_ENTITY, page(&desk, &account, &factors, typed)).await);
    }
    tx.commit().await?;
    guess.was_right(&desk).await?;
    entry::step_up(&desk, account.id, How::PasswordAndCode).await?;
    Ok(Redirect::to(&next).into_response())
}

fn page(desk: &Desk, account: &Account, factors: &Factors, typed: Typed) -> Page {
    let (has_code, has_passkey, portal) = (factors.code.is_some(), 0 < factors.passkeys, desk.portal.clone());
    let islands = passkeys::wake(&portal);
    Page::new("Confirm that it is you", frame(account), move || {
        let Typed { next, error, wait } = typed;
        let items = error.iter().map(|text| Item { text: text.clone(), href: "#code".into() }).collect();
        let passkey = passkeys::confirm_offer(&portal, has_passkey, &next);
        let form = has_code.then(|| {
            view! {
                <form class="panel form" method="post" action="/account/confirm" novalidate>
                    <input type="hidden" name="next" value=next/>
                    {code_field(error).view()}
                    <div class="stack"><button class="button" type="submit">"Go on"</button></div>
                </form>
            }
        });
        let none = (!has_code && !has_passkey).then(|| {
            view! {
                <p>"You have no authenticator app yet. "<a href="/account/factors/code">"Set one up"</a>", then come back."</p>
            }
        });
        view! {
            <main class="page narrow" id="main">
                <div class="stack">
                    <h1>"Confirm that it is you"</h1>
                    <p>"What comes next matters much, so we ask again when the last time is more than an hour ago."</p>
                </div>
                {message::refused(items)}
                {wait.map(message::wait)}
                {passkey}
                {form}
                {none}
            </main>
        }
    })
    .with_islands_if(islands)
}
