//! One's own account: where everything about it is.

use super::frame;
use crate::server::{desk::Desk, problem::Problem, render::Page};
use axum::response::Response;
use leptos::prelude::*;

/// What somebody looks after: address, name, and what is there.
const PLACES: &[(&str, &str, &str)] = &[
    ("/account/factors", "Second factors", "Your authenticator app and your recovery codes"),
    ("/account/passkeys", "Passkeys", "Sign in with a fingerprint, a face or a security key"),
    ("/account/providers", "Identity providers", "Sign in with your identity at your hospital"),
    ("/account/password", "Password", "Choose a new one"),
    ("/account/sessions", "Sessions", "Where you are signed in, and ending it from here"),
    ("/account/mail", "Mail", "Which letters you get, and when"),
    ("/account/record", "What happened to my data", "What you did, and what was done to your account"),
    ("/account/data", "My data", "A copy of everything that is yours, or erasing it"),
];

/// The list of places.
pub async fn show(desk: Desk) -> Result<Response, Problem> {
    let account = desk.signed_in().await?;
    let (name, email) = (account.name.shown().to_owned(), account.email.shown().to_owned());
    let page = Page::new("Your account", frame(&account), move || {
        let places = PLACES.iter().map(|(href, name, what)| {
            view! { <li><div><a href=*href>{*name}</a><span class="soft">{*what}</span></div></li> }
        });
        view! {
            <main class="page narrow" id="main">
                <div class="stack"><h1>"Your account"</h1><p class="soft">{name}", "{email}</p></div>
                <div class="task-group"><ul class="task-list">{places.collect_view()}</ul></div>
            </main>
        }
    });
    Ok(desk.page(page).await)
}
