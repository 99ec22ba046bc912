//! Where somebody is signed in, and ending it from here.

use super::{Query, frame};
use crate::{
    components::{
        badge::{Tone, badge},
        message,
    },
    domain::calendar::when,
    server::{desk::Desk, form::Form, problem::Problem, render::Page},
    store::session::{IDLE_MINUTES, LONGEST_HOURS},
};
use axum::{
    extract::Query as FromQuery,
    response::{IntoResponse, Redirect, Response},
};
use leptos::prelude::*;

/// The list.
pub async fn list(desk: Desk, FromQuery(query): FromQuery<Query>) -> Result<Response, Problem> {
    let account = desk.signed_in().await?;
    let now = desk.portal.wall.now();
    let own = desk.session_handle().await?;
    let places = desk.portal.store.read().await?.sessions_of(account.id, now).await?;
    let done = match query.done.as_str() {
        "one" => Some("That session has ended."),
        "others" => Some("All other sessions have ended."),
        _ => None,
    };
    let page = Page::new("Sessions", frame(&account), move || {
        let others = places.iter().filter(|p| p.handle != own).count();
        let items = places.into_iter().map(|place| {
            let here = place.handle == own;
            let times =
                format!("Signed in {}, last seen {} (UTC)", when(place.begun, now, "UTC"), when(place.seen, now, "UTC"));
            let end = if here {
                view! { <p>{badge(Tone::Good, "This one")}</p> }.into_any()
            } else {
                let label = format!("End the session on {}, {times}", place.device);
                view! {
                    <form method="post" action="/account/sessions/end">
                        <input type="hidden" name="session" value=place.handle/>
                        <button class="button quiet small" type="submit" aria-label=label>"End it"</button>
                    </form>
                }
                .into_any()
            };
            view! { <li class="panel row"><div class="stack"><h2>{place.device}</h2><p class="soft">{times}</p></div>{end}</li> }
        });
        let items = items.collect_view();
        let all = (0 < others).then(|| {
            view! {
                <form method="post" action="/account/sessions/end">
                    <input type="hidden" name="session" value="others"/>
                    <button class="button" type="submit">"End all other sessions"</button>
                </form>
            }
        });
        let rules = format!(
            "A session ends {IDLE_MINUTES} minutes after it was last used, and {LONGEST_HOURS} hours after signing in. What you were typing stays in the browser."
        );
        view! {
            <main class="page narrow" id="main">
                {done.map(message::done)}
                <div class="stack"><h1>"Sessions"</h1><p>{rules}</p><p>"If you do not know one of them, end it and change your password."</p></div>
                <ul class="stack" role="list">{items}</ul>
                {all}
            </main>
        }
    });
    Ok(desk.page(page).await)
}

/// Ends one, or all others.
pub async fn end(desk: Desk, form: Form) -> Result<Response, Problem> {
    let account = desk.signed_in().await?;
    desk.require_step_up().await?;
    let (stamp, own) = (desk.stamp(Some(account.id)), desk.session_handle().await?);
    let mut tx = desk.portal.store.write().await?;
    let done = match form.get("session") {
        "others" => {
            tx.end_other_sessions(&stamp, account.id, &own).await?;
            "others"
        }
        // Signing out is how this one ends.
        handle if handle != own => {
            // Whether it was there or had ended already, it is gone now.
            tx.end_session(&stamp, account.id, handle).await?;
            "one"
        }
        _ => "",
    };
    tx.commit().await?;
    Ok(Redirect::to(&format!("/account/sessions?done={done}")).into_response())
}
