//! Signing in and out. The answer is the same for an unknown address and a wrong password.

use super::{Query, passkeys, provider, wait_text, waiting};
use crate::{
    components::{
        field::Text,
        message::{self, Item},
    },
    server::{
        desk::{Desk, inside},
        entry::{self, How},
        form::Form,
        limits::{Guess, Kind, Try},
        passwords::{Check, LONGEST},
        problem::Problem,
        render::{Frame, Page},
    },
    store::{account::fold_email, event::What},
};
use axum::{
    extract::Query as FromQuery,
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use leptos::prelude::*;

#[derive(Default)]
struct Typed {
    email: String,
    next: String,
    email_error: Option<String>,
    password_error: Option<String>,
    wait: Option<String>,
    late: bool,
}

/// The form.
pub async fn show(desk: Desk, FromQuery(query): FromQuery<Query>) -> Result<Response, Problem> {
    if desk.visitor().await?.is_some() {
        return Ok(Redirect::to(&inside(&query.next)).into_response());
    }
    // Whoever has no second factor yet is led back to where they set one up.
    if desk.enrolling().await?.is_some() {
        return Ok(Redirect::to("/account/factors/code").into_response());
    }
    Ok(desk.page(page(&desk, Typed { next: query.next, late: query.done == "late", ..Typed::default() })).await)
}

/// Checks address and password; the second factor comes next. The answer tells neither whether there is such an account nor
/// what it has.
pub async fn sign_in(desk: Desk, form: Form) -> Result<Response, Problem> {
    let (email, password) = (form.get("email").to_owned(), form.get("password").to_owned());
    let mut typed = Typed { email: email.clone(), next: form.get("next").to_owned(), ..Typed::default() };
    if email.trim().is_empty() {
        typed.email_error = Some("Enter your email address".into());
    }
    if password.is_empty() {
        typed.password_error = Some("Enter your password".into());
    }
    if typed.email_error.is_some() || typed.password_error.is_some() {
        return Ok(desk.page_with(StatusCode::UNPROCESSABLE_ENTITY, page(&desk, typed)).await);
    }
    let guess = match Guess::count(&desk, Kind::Password, &email).await? {
        Try::Counted(guess) => guess,
        Try::Wait(seconds) => {
            typed.wait = Some(wait_text(seconds));
            return Ok(waiting(&desk, seconds, page(&desk, typed)).await);
        }
    };
    let mut tx = desk.portal.store.read().await?;
    let account = tx.account_by_email(&fold_email(&email)).await?;
    drop(tx);
    let known = account.as_ref().and_then(|a| a.password_hash.clone());
    let check = if LONGEST < password.len() {
        Check::Wrong
    } else {
        desk.portal.passwords.check(password.clone(), known).await?
    };
    let account = match (check, account) {
        (Check::Wrong, account) => {
            let mut tx = desk.portal.store.write().await?;
            let subject = account.map(|a| a.id.to_string()).unwrap_or_default();
            tx.record(&desk.stamp(None), What::SignInRefused, &subject, "").await?;
            tx.commit().await?;
            typed.password_error = Some("Email address and password do not fit together. Check both".into());
            return Ok(desk.page_with(StatusCode::UNPROCESSABLE_ENTITY, page(&desk, typed)).await);
        }
        (Check::Right | Check::RightButWeak, None) => return Err(Problem::Unexpected),
        (check, Some(account)) => {
            if check == Check::RightButWeak {
                let hash = desk.portal.passwords.hash(password).await?;
                let mut tx = desk.portal.store.write().await?;
                tx.rehash(&desk.stamp(Some(account.id)), account.id, &hash).await?;
                tx.commit().await?;
            }
            account
        }
    };
    guess.was_right(&desk).await?;
    let next = inside(&typed.next);
    let admitted = entry::admit_to(&desk, account.id, How::Password, &next).await?;
    Ok(Redirect::to(&admitted.place(&next)).into_response())
}

/// Ends the session, and asks the browser to forget what it keeps.
pub async fn sign_out(desk: Desk) -> Result<Response, Problem> {
    if let Some(account) = desk.account_id().await? {
        let mut tx = desk.portal.store.write().await?;
        tx.record(&desk.stamp(Some(account)), What::SignedOut, &account.to_string(), "").await?;
        tx.commit().await?;
    }
    desk.session.flush().await?;
    let clear = [(header::HeaderName::from_static("clear-site-data"), "\"cache\", \"storage\"")];
    Ok((clear, Redirect::to("/sign-in")).into_response())
}

fn page(desk: &Desk, typed: Typed) -> Page {
    let portal = desk.portal.clone();
    let frame = Frame { current: "Sign in", ..Frame::default() };
    let islands = passkeys::wake(&portal);
    Page::new("Sign in", frame, move || {
        let Typed { email, next, email_error, password_error, wait, late } = typed;
        let mut items = Vec::new();
        for (error, href) in [(&email_error, "#email"), (&password_error, "#password")] {
            items.extend(error.iter().map(|text| Item { text: text.clone(), href: href.into() }));
        }
        let email = Text {
            name: "email",
            label: "Email address",
            kind: "email",
            autocomplete: "username webauthn",
            value: email,
            error: email_error,
            ..Text::default()
        };
        let password = Text {
            name: "password",
            label: "Password",
            kind: "password",
            autocomplete: "current-password",
            error: password_error,
            ..Text::default()
        };
        view! {
            <main class="page narrow" id="main">
                <div class="stack"><h1>"Sign in"</h1><p>"For centres, reviewers and the working group."</p></div>
                {message::refused(items)}
                {wait.map(message::wait)}
                {late.then(|| view! { <p class="notice attention">"Signing in took longer than ten minutes, or began elsewhere. Begin again."</p> })}
                {passkeys::offer(&portal, &next)}
                {provider::offer(&portal, &next)}
                <form class="panel form" method="post" action="/sign-in" novalidate>
                    <input type="hidden" name="next" value=next/>
                    {email.view()}
                    {password.view()}
                    <div class="stack"><button class="button" type="submit">"Sign in"</button></div>
                </form>
                <p class="soft">"New here? Your centre lead or the secretariat sends you a link. There is no open sign-up."</p>
            </main>
        }
    })
    .with_islands_if(islands)
}
