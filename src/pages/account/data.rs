//! My data: a copy of everything that is mine, and erasing who I am.

use super::frame;
use crate::{
    components::{
        field::box_class,
        layout,
        message::{self, Item},
    },
    server::{
        desk::Desk,
        form::Form,
        limits::{self, Limit},
        personal,
        problem::Problem,
        render::Page,
    },
    store::{account::Account, person::Needed},
};
use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use leptos::prelude::*;

/// A copy reads every file that somebody added.
const COPIES: Limit = Limit::new("copies", 5, 60);

/// What asks for a copy.
pub async fn show(desk: Desk) -> Result<Response, Problem> {
    let account = desk.signed_in().await?;
    Ok(desk.page(page(&account, None)).await)
}

/// Hands the copy over.
pub async fn export(desk: Desk, form: Form) -> Result<Response, Problem> {
    let account = desk.signed_in().await?;
    desk.require_step_up().await?;
    if !form.has("confirm") {
        let refused = page(&account, Some("Confirm that you keep the file where only you can read it"));
        return Ok(desk.page_with(StatusCode::UNPROCESSABLE_ENTITY, refused).await);
    }
    limits::take(&desk, COPIES, account.id).await?;
    personal::archive(&desk, &account).await
}

/// What asks for erasure, or says why it cannot be done now.
pub async fn ask_erase(desk: Desk) -> Result<Response, Problem> {
    let account = desk.signed_in().await?;
    let needed = desk.portal.store.read().await?.needed(account.id, &account.roles()).await?;
    Ok(desk.page(erasure_page(&account, needed, None)).await)
}

/// Erases who they are, and ends every session.
pub async fn erase(desk: Desk, form: Form) -> Result<Response, Problem> {
    let account = desk.signed_in().await?;
    desk.require_step_up().await?;
    let mut tx = desk.portal.store.write().await?;
    let needed = tx.needed(account.id, &account.roles()).await?;
    if needed.is_some() {
        drop(tx);
        return Ok(desk.page_with(StatusCode::CONFLICT, erasure_page(&account, needed, None)).await);
    }
    if !form.has("confirm") {
        drop(tx);
        let refused = erasure_page(&account, None, Some("Confirm that you want to be erased"));
        return Ok(desk.page_with(StatusCode::UNPROCESSABLE_ENTITY, refused).await);
    }
    tx.erase_person(&desk.stamp(Some(account.id)), account.id, account.email.shown()).await?;
    tx.commit().await?;
    desk.session.flush().await?;
    let clear = [(header::HeaderName::from_static("clear-site-data"), "\"cache\", \"storage\"")];
    Ok((clear, Redirect::to("/")).into_response())
}

fn confirmation(text: &'static str, error: Option<&'static str>) -> impl IntoView {
    view! {
        <div class=box_class(error.is_some())>
            {error.map(|text| view! { <p class="field-error" id="confirm-error">{text}</p> })}
            <div class="choice">
                <input id="confirm" type="checkbox" name="confirm" value="yes" aria-invalid=error.map(|_| "true")
                    aria-describedby=error.map(|_| "confirm-error")/>
                <label for="confirm">{text}</label>
            </div>
        </div>
    }
}

fn problem(error: Option<&'static str>) -> Option<impl IntoView> {
    message::refused(error.iter().map(|text| Item { text: (*text).into(), href: "#confirm".into() }).collect())
}

fn page(account: &Account, error: Option<&'static str>) -> Page {
    Page::new("My data", frame(account), move || {
        view! {
            <main class="page narrow" id="main">
                {layout::crumbs(vec![("Home".to_owned(), "/home".to_owned())], "My data")}
                <h1>"My data"</h1>
                {problem(error)}
                <section class="panel" aria-label="A copy">
                    <h2>"A copy"</h2>
                    <p>"A ZIP file with everything that is yours: your account, your sessions, what you wrote and added for your centre with its files, and what happened to it. Other people are not named in it."</p>
                    <form class="form" method="post" action="/account/data/export" novalidate>
                        {confirmation("I keep the file where only I can read it", error)}
                        <p class="row"><button class="button" type="submit">"Download a copy"</button></p>
                    </form>
                </section>
                <section class="panel" aria-label="What happened">
                    <h2>"What happened"</h2>
                    <p><a href="/account/record">"What happened to my data"</a></p>
                </section>
                <section class="panel" aria-label="Erasure">
                    <h2>"Erasure"</h2>
                    <p>"Your name, your address and your ways to sign in are erased for good. You see what stays before you decide."</p>
                    <p><a href="/account/data/erasure">"Erase my data"</a></p>
                </section>
            </main>
        }
    })
}

fn erasure_page(account: &Account, needed: Option<Needed>, error: Option<&'static str>) -> Page {
    Page::new("Erase my data", frame(account), move || {
        view! {
            <main class="page narrow" id="main">
                {layout::crumbs(vec![("Home".to_owned(), "/home".to_owned()), ("My data".to_owned(), "/account/data".to_owned())], "Erase my data")}
                <h1>"Erase my data"</h1>
                {problem(error)}
                {match needed {
                    Some(needed) => why_not(needed).into_any(),
                    None => erasure_form(error).into_any(),
                }}
            </main>
        }
    })
}

fn why_not(needed: Needed) -> impl IntoView {
    match needed {
        Needed::OnlyLead(applications) => {
            let links = applications.into_iter().map(|id| {
                view! { <li><a href=format!("/applications/{id}")>"The open application"</a></li> }
            });
            view! {
                <section class="panel" aria-label="Not now">
                    <h2>"Not now"</h2>
                    <p>"You are the only lead of a centre with an open application. Without you nobody could answer for it."</p>
                    <ul>{links.collect_view()}</ul>
                    <p>"Withdraw the application, wait until its result is out, or ask the secretariat to name another lead. Then come back here."</p>
                </section>
            }
            .into_any()
        }
        Needed::OnlyAdministrator => view! {
            <section class="panel" aria-label="Not now">
                <h2>"Not now"</h2>
                <p>"You are the only administrator. Invite another one first; without any, nobody could look after accounts."</p>
            </section>
        }
        .into_any(),
    }
}

fn erasure_form(error: Option<&'static str>) -> impl IntoView {
    view! {
        <section class="panel" aria-label="What goes and what stays">
            <h2>"What goes"</h2>
            <p>"Your name and address, your password, every session, every membership of a centre, and invitations that were sent to you. This cannot be undone."</p>
            <h2>"What stays"</h2>
            <p>"What you wrote and added for a centre stays with its application, under the words “Former colleague”. If you have confirmed an application as its signatory, your name stays there: it is part of what was handed in. The record of what happened keeps a reference that no longer leads to a name."</p>
            <p>"Take " <a href="/account/data">"a copy of your data"</a> " first, if you want one."</p>
            <form class="form" method="post" action="/account/data/erasure" novalidate>
                {confirmation("I want my data to be erased for good", error)}
                <p class="row"><button class="button" type="submit">"Erase my data"</button></p>
            </form>
        </section>
    }
}
