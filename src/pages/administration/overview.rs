//! Where an administrator begins.

use super::frame;
use crate::server::{administering::Administering, problem::Problem, render::Page};
use axum::response::Response;
use leptos::prelude::*;

/// What administrators look after: address, name, and what is there.
const PLACES: &[(&str, &str, &str)] = &[
    ("/administration/people", "People", "Names and addresses, roles, closing an account, a link for a new password"),
    ("/administration/invitations", "Invitations", "Coordinators, chairs, reviewers and administrators"),
    ("/administration/sessions", "Sessions", "Who is signed in, and the way to end a session at once"),
    ("/administration/settings", "Settings", "What the portal was started with; secrets are hidden"),
    ("/administration/mail", "Mail", "What waits, what could not be delivered, and when cycles remind"),
    (
        "/administration/files",
        "Files",
        "What waits to be looked through, what was refused, and whether the malware scanner answers",
    ),
    ("/administration/record", "Record", "What happened, by reference: find a kind, a day or an account"),
];

/// The list of places.
pub async fn show(here: Administering) -> Result<Response, Problem> {
    let page = Page::new("Administration", frame(&here), || {
        let places = PLACES.iter().map(|(href, name, what)| {
            view! { <li><div><a href=*href>{*name}</a><span class="soft">{*what}</span></div></li> }
        });
        view! {
            <main class="page" id="main">
                <div class="stack">
                    <h1>"Administration"</h1>
                    <p class="soft">"Accounts and operation. Administrators read no application."</p>
                </div>
                <div class="task-group"><ul class="task-list">{places.collect_view()}</ul></div>
            </main>
        }
    });
    Ok(here.desk().page(page).await)
}
