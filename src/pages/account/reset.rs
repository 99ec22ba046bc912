//! Choosing a new password through a one-time link. It signs nobody in: who has chosen one signs in with it, and with
//! the second factor, as always.

use super::new_password;
use crate::{
    components::message::{self, Item},
    server::{
        desk::Desk,
        form::Form,
        passwords::rules,
        problem::Problem,
        render::{Frame, Page},
    },
    store::{self, reset::VALID_MINUTES},
};
use axum::{extract::Path, http::StatusCode, response::Response};
use leptos::prelude::*;

/// Whose password it is, and the form.
pub async fn show(desk: Desk, Path(token): Path<String>) -> Result<Response, Problem> {
    let found = desk.portal.store.read().await?.reset(&token, desk.now()).await?;
    Ok(match found {
        Some(reset) => desk.page(page(token, reset.email.shown().to_owned(), Vec::new())).await,
        None => desk.page_with(StatusCode::NOT_FOUND, spent()).await,
    })
}

/// Sets the new password, and ends every session.
pub async fn choose(desk: Desk, Path(token): Path<String>, form: Form) -> Result<Response, Problem> {
    let found = desk.portal.store.read().await?.reset(&token, desk.now()).await?;
    let Some(reset) = found else {
        return Ok(desk.page_with(StatusCode::NOT_FOUND, spent()).await);
    };
    let account = desk.portal.store.read().await?.account(reset.account).await?;
    let context = rules::Context::of(&desk, account.as_ref(), &[reset.email.shown()]).await?;
    let errors = new_password::errors(&form, context).await?;
    if !errors.is_empty() {
        let page = page(token, reset.email.shown().to_owned(), errors);
        return Ok(desk.page_with(StatusCode::UNPROCESSABLE_ENTITY, page).await);
    }
    let hash = desk.portal.passwords.hash(form.get("password").to_owned()).await?;
    let mut tx = desk.portal.store.write().await?;
    let stamp = desk.stamp(None);
    match tx.use_reset(&stamp, &token, reset.account, &hash).await {
        // Used in another tab in the meantime.
        Err(store::Error::Stale) => return Ok(desk.page_with(StatusCode::NOT_FOUND, spent()).await),
        other => other?,
    }
    desk.factor_changed(&mut tx, &stamp, reset.account, "The password was chosen anew through a link").await?;
    tx.commit().await?;
    Ok(desk.page(done()).await)
}

fn page(token: String, email: String, errors: new_password::Errors) -> Page {
    Page::new("Choose a new password", Frame::default(), move || {
        let items = errors.iter().map(|(field, text)| Item { text: text.clone(), href: format!("#{field}") }).collect();
        view! {
            <main class="page narrow" id="main">
                <div class="stack">
                    <h1>"Choose a new password"</h1>
                    <p class="soft">{format!("For {email}")}</p>
                    <p>"Your other sessions end, wherever you are signed in. Your second factor stays as it is."</p>
                </div>
                {message::refused(items)}
                <form class="panel form" method="post" action=format!("/reset/{token}") novalidate>
                    {new_password::fields(&errors)}
                    <div class="stack"><button class="button" type="submit">"Set the new password"</button></div>
                </form>
            </main>
        }
    })
}

fn done() -> Page {
    Page::new("Your new password is set", Frame::default(), || {
        view! {
            <main class="page narrow" id="main">
                <h1>"Your new password is set"</h1>
                {message::done("All sessions have ended. Sign in with the new password.")}
                <p><a class="button" href="/sign-in">"Sign in"</a></p>
            </main>
        }
    })
}

/// The same page for a link that is unknown, used, ended or too old.
fn spent() -> Page {
    Page::new("This link cannot be used", Frame::default(), || {
        let text = format!(
            "A link to choose a new password works once and for {VALID_MINUTES} minutes. It may have been used already, \
             replaced by a newer one, or copied without its end."
        );
        view! {
            <main class="page narrow" id="main">
                <h1>"This link cannot be used"</h1>
                <p>{text}</p>
                <ul class="stack" role="list">
                    <li><a class="button" href="/sign-in">"Sign in, if you know your password"</a></li>
                    <li>"Otherwise ask an administrator for a new link. "<a href="/help">"How to reach us"</a>"."</li>
                </ul>
            </main>
        }
    })
}
