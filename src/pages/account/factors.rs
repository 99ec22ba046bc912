//! The factors of one's own account: the app, and recovery codes.

use super::{Query, frame};
use crate::{
    components::message,
    domain::calendar::day_long,
    server::{
        codes,
        desk::{Desk, inside},
        problem::Problem,
        render::{Frame, Page},
    },
};
use axum::{extract::Query as FromQuery, response::Response};
use leptos::prelude::*;

/// What there is, and how to change it.
pub async fn show(desk: Desk, FromQuery(query): FromQuery<Query>) -> Result<Response, Problem> {
    let account = desk.signed_in().await?;
    let factors = desk.portal.store.read().await?.factors(account.id).await?;
    let recovered = query.done == "recovered";
    let next = recovered.then(|| inside(&query.next));
    let page = Page::new("Second factors", frame(&account), move || {
        let app = match &factors.code {
            Some(code) => format!("Set up on {}.", day_long(code.set_up, "UTC")),
            None => "Not set up.".to_owned(),
        };
        let change = if factors.code.is_some() { "Set up another app" } else { "Set up an app" };
        let left = match factors.recovery {
            0 => "None left. Make a new set now, so that a lost phone does not lock you out.".to_owned(),
            1 => "One left. Make a new set soon.".to_owned(),
            n => format!("{n} left. Each works once."),
        };
        let recovered = next.map(|next| {
            view! {
                <div class="notice attention">
                    <p>"You have signed in with a recovery code; it is used up. If your phone is lost, set up another app now: the old one ends with it."</p>
                    <p><a href=next>"Go on without changing anything"</a></p>
                </div>
            }
        });
        let renew = factors.code.is_some().then(|| {
            view! {
                <form method="post" action="/account/factors/recovery">
                    <button class="button quiet" type="submit">"Make new recovery codes"</button>
                </form>
            }
        });
        view! {
            <main class="page narrow" id="main">
                <div class="stack"><h1>"Second factors"</h1><p>"What you show beside your password. To change one, we ask for a code when the last one is more than an hour ago."</p></div>
                {recovered}
                <section class="panel stack" aria-labelledby="app">
                    <h2 id="app">"Authenticator app"</h2>
                    <p>{app}</p>
                    <p><a class="button quiet" href="/account/factors/code">{change}</a></p>
                </section>
                <section class="panel stack" aria-labelledby="recovery">
                    <h2 id="recovery">"Recovery codes"</h2>
                    <p>{left}</p>
                    {renew}
                </section>
            </main>
        }
    });
    Ok(desk.page(page).await)
}

/// Makes a new set of recovery codes, and shows it once.
pub async fn renew(desk: Desk) -> Result<Response, Problem> {
    let account = desk.signed_in().await?;
    desk.require_step_up_for_factors().await?;
    let stamp = desk.stamp(Some(account.id));
    let mut tx = desk.portal.store.write().await?;
    // Codes alone are no second factor.
    if !tx.factors(account.id).await?.any() {
        return Err(Problem::Stale);
    }
    let fresh = codes::new_recovery(&mut tx, &stamp, account.id).await?;
    desk.factor_changed(&mut tx, &stamp, account.id, "New recovery codes were made").await?;
    tx.commit().await?;
    Ok(desk.page(codes_page(frame(&account), fresh, "/account/factors".into(), false)).await)
}

/// The page that shows a set of recovery codes, once. `app` says that the app was just set up.
pub(super) fn codes_page(frame: Frame, codes: Vec<String>, next: String, app: bool) -> Page {
    Page::new("Keep your recovery codes", frame, move || {
        let codes = codes.into_iter().map(|code| view! { <li><code>{code}</code></li> });
        view! {
            <main class="page narrow" id="main">
                {app.then(|| message::done("Your app is set up."))}
                <div class="stack">
                    <h1>"Keep your recovery codes"</h1>
                    <p>"If your phone is lost, one of these stands in for it. Each works once. They are shown only now: print this page, or copy them to a safe place that is not your phone. An earlier set has ended."</p>
                </div>
                <section class="panel" aria-label="Recovery codes"><ul class="codes" role="list">{codes.collect_view()}</ul></section>
                <p><a class="button" href=next>"I have kept them: go on"</a></p>
            </main>
        }
    })
}
