//! Sessions: how many are signed in, with which roles, and the way to end one at once.

use super::{at, frame, way};
use crate::{
    components::layout,
    domain::{access::Role, id::AccountId, moment::Moment},
    server::{administering::Administering, form::Form, problem::Problem, render::Page},
    store::presence::{Crowd, Present},
};
use axum::{
    extract::Path,
    response::{IntoResponse, Redirect, Response},
};
use leptos::prelude::*;

/// The page.
pub async fn show(here: Administering) -> Result<Response, Problem> {
    let mut tx = here.desk().portal.store.read().await?;
    let now = here.desk().portal.wall.now();
    let (crowd, newest) = (tx.crowd(now).await?, tx.newest_sessions(now).await?);
    drop(tx);
    let page = Page::new("Sessions", frame(&here), move || view(&crowd, &newest, now));
    Ok(here.desk().page(page).await)
}

fn back(account: AccountId, form: &Form) -> Response {
    let href = if form.get("from") == "sessions" {
        "/administration/sessions".to_owned()
    } else {
        format!("/administration/people/{account}?done=sessions")
    };
    Redirect::to(&href).into_response()
}

/// Ends all sessions of a person.
pub async fn end_all(here: Administering, Path(account): Path<String>, form: Form) -> Result<Response, Problem> {
    let account = AccountId::parse(&account).ok_or(Problem::NotFound)?;
    let mut tx = here.write().await?;
    tx.person(account).await?.ok_or(Problem::NotFound)?;
    tx.end_other_sessions(&here.stamp(), account, "").await?;
    tx.commit().await?;
    Ok(back(account, &form))
}

/// Ends one.
pub async fn end(
    here: Administering,
    Path((account, session)): Path<(String, String)>,
    form: Form,
) -> Result<Response, Problem> {
    let account = AccountId::parse(&account).ok_or(Problem::NotFound)?;
    let mut tx = here.write().await?;
    tx.person(account).await?.ok_or(Problem::NotFound)?;
    // That it has ended already is what was wanted.
    tx.end_session(&here.stamp(), account, &session).await?;
    tx.commit().await?;
    Ok(back(account, &form))
}

fn view(crowd: &[Crowd], newest: &[Present], now: Moment) -> impl IntoView + use<> {
    let rows = crowd.iter().map(|line| {
        let name = match Role::parse(&line.role) {
            Some(role) => role.name(),
            None => "Everybody",
        };
        view! { <tr><th scope="row">{name}</th><td>{line.people}</td><td>{line.sessions}</td></tr> }
    });
    let lines = newest.iter().map(|session| {
        let person = format!("/administration/people/{}", session.account);
        let action = format!("{person}/sessions/{}/end", session.handle);
        let name = session.name.shown().to_owned();
        view! {
            <li>
                <span><a href=person>{name.clone()}</a><br/><span class="soft">{format!("Seen {}", at(session.seen, now))}</span></span>
                <form method="post" action=action>
                    <input type="hidden" name="from" value="sessions"/>
                    <button class="link-button small" type="submit">"End"<span class="visually-hidden">{format!(" a session of {name}")}</span></button>
                </form>
            </li>
        }
    });
    let lines = lines.collect_view();
    view! {
        <main class="page" id="main">
            {layout::crumbs(way(), "Sessions")}
            <h1>"Sessions"</h1>
            <div class="split">
                <section class="panel" aria-labelledby="crowd">
                    <h2 id="crowd">"Signed in now"</h2>
                    <div class="scrolls" tabindex="0" role="region" aria-labelledby="crowd"><table>
                        <thead><tr><th scope="col">"Role"</th><th scope="col">"People"</th><th scope="col">"Sessions"</th></tr></thead>
                        <tbody>{rows.collect_view()}</tbody>
                    </table></div>
                    <p class="soft">"Somebody with several roles counts for each of them."</p>
                </section>
                <section class="panel" aria-labelledby="newest">
                    <h2 id="newest">"Seen last"</h2>
                    <ul class="owed" role="list">{lines}</ul>
                    <p class="soft">"At most the last hundred. All sessions of a person stand on the person's page."</p>
                </section>
            </div>
        </main>
    }
}
