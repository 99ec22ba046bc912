//! Choosing a new password.

use super::{Query, frame, new_password, wait_text, waiting};
use crate::{
    components::{
        field::Text,
        message::{self, Item},
    },
    server::{
        desk::Desk,
        entry,
        form::Form,
        limits::{Guess, Kind, Try},
        passwords::{Check, LONGEST, rules},
        problem::Problem,
        render::Page,
    },
    store::{account::Account, event::What},
};
use axum::{
    extract::Query as FromQuery,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use leptos::prelude::*;

type Errors = Vec<(&'static str, String)>;

/// The form.
pub async fn show(desk: Desk, FromQuery(query): FromQuery<Query>) -> Result<Response, Problem> {
    let account = desk.signed_in().await?;
    if query.done != "changed" {
        desk.require_step_up().await?;
    }
    let done = (query.done == "changed").then_some("Your password is changed. All other sessions have ended.");
    Ok(desk.page(page(&account, Vec::new(), None, done)).await)
}

/// Changes it, and ends all other sessions.
pub async fn change(desk: Desk, form: Form) -> Result<Response, Problem> {
    let account = desk.signed_in().await?;
    desk.require_step_up().await?;
    let (old, new) = (form.get("old"), form.get("password"));
    let mut errors: Errors = Vec::new();
    if account.password_hash.is_some() && old.is_empty() {
        errors.push(("old", "Enter the password you have now".into()));
    }
    let context = rules::Context::of(&desk, Some(&account), &[]).await?;
    let wrong = new_password::errors(&form, context).await?;
    let taken = wrong.is_empty();
    errors.extend(wrong);
    if taken && new == old {
        errors.push(("password", "This is the password you have now. Choose another one".into()));
    }
    let refused = |errors| desk.page_with(StatusCode::UNPROCESSABLE_ENTITY, page(&account, errors, None, None));
    if !errors.is_empty() {
        return Ok(refused(errors).await);
    }
    if account.password_hash.is_some() {
        let guess = match Guess::count(&desk, Kind::Password, account.email.shown()).await? {
            Try::Counted(guess) => guess,
            Try::Wait(seconds) => {
                return Ok(waiting(&desk, seconds, page(&account, errors, Some(wait_text(seconds)), None)).await);
            }
        };
        let check = if LONGEST < old.len() {
            Check::Wrong
        } else {
            desk.portal.passwords.check(old.to_owned(), account.password_hash.clone()).await?
        };
        if check == Check::Wrong {
            let mut tx = desk.portal.store.write().await?;
            tx.record(&desk.stamp(None), What::SignInRefused, &account.id.to_string(), "old password").await?;
            tx.commit().await?;
            errors.push(("old", "This is not the password you have now. Type it again".into()));
            return Ok(refused(errors).await);
        }
        guess.was_right(&desk).await?;
    }
    let hash = desk.portal.passwords.hash(new.to_owned()).await?;
    let stamp = desk.stamp(Some(account.id));
    let mut tx = desk.portal.store.write().await?;
    tx.set_password(&stamp, account.id, &hash).await?;
    desk.factor_changed(&mut tx, &stamp, account.id, "The password was changed").await?;
    tx.commit().await?;
    entry::renew_key(&desk).await?;
    Ok(Redirect::to("/account/password?done=changed").into_response())
}

fn page(account: &Account, errors: Errors, wait: Option<String>, done: Option<&'static str>) -> Page {
    let (has_one, email) = (account.password_hash.is_some(), account.email.shown().to_owned());
    Page::new("Password", frame(account), move || {
        let items = errors.iter().map(|(field, text)| Item { text: text.clone(), href: format!("#{field}") }).collect();
        let error = |field| errors.iter().find(|(f, _)| *f == field).map(|(_, text)| text.clone());
        let field = |name, label, hint, autocomplete| Text {
            name,
            label,
            hint,
            kind: "password",
            autocomplete,
            error: error(name),
            ..Text::default()
        };
        let old = has_one.then(|| field("old", "The password you have now", "", "current-password").view());
        view! {
            <main class="page narrow" id="main">
                {done.map(message::done)}
                <div class="stack"><h1>"Password"</h1><p>"A new password ends all other sessions."</p></div>
                {message::refused(items)}
                {wait.map(message::wait)}
                <form class="panel form" method="post" action="/account/password" novalidate>
                    <input type="text" name="email" value=email autocomplete="username" readonly hidden/>
                    {old}
                    {field("password", "Choose a new password", rules::HINT, "new-password").view()}
                    {field("again", "The same password again", "", "new-password").view()}
                    <div class="stack"><button class="button" type="submit">"Change the password"</button></div>
                </form>
            </main>
        }
    })
}
