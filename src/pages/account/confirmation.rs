//! A signatory confirms through a one-time link, without an account.

use crate::{
    components::message,
    server::{
        desk::Desk,
        problem::Problem,
        render::{Frame, Page},
    },
    store::{answer::Answer, signatory::Confirming},
};
use axum::{
    extract::Path,
    response::{IntoResponse, Redirect, Response},
};
use leptos::prelude::*;
use std::collections::BTreeMap;

/// What is confirmed, and the button.
pub async fn show(desk: Desk, Path(token): Path<String>) -> Result<Response, Problem> {
    let mut tx = desk.portal.store.read().await?;
    let confirming = tx.confirming(&token).await?.ok_or(Problem::NotFound)?;
    let answers = tx.answers(confirming.application).await?;
    drop(tx);
    let yes =
        answers.values().filter(|a| a.content.level.is_some_and(crate::domain::level::Level::answers_yes)).count();
    let levels = answers.values().filter(|a| a.content.level.is_some()).count();
    let summary = format!("{levels} of 13 criteria have a level; {yes} answer yes.");
    let current = is_current(&confirming, &answers);
    Ok(desk.page(page(token, confirming, current, summary)).await)
}

/// Whether somebody has confirmed, and no answer was changed since.
fn is_current(confirming: &Confirming, answers: &BTreeMap<u8, Answer>) -> bool {
    let changed = answers.values().filter(|a| 0 < a.version).map(|a| a.updated).max();
    confirming.signatory.confirmed.is_some_and(|at| changed <= Some(at))
}

/// Confirms, again where an answer was changed since.
pub async fn confirm(desk: Desk, Path(token): Path<String>) -> Result<Response, Problem> {
    let mut tx = desk.portal.store.write().await?;
    let confirming = tx.confirming(&token).await?.ok_or(Problem::NotFound)?;
    let answers = tx.answers(confirming.application).await?;
    if !is_current(&confirming, &answers) {
        tx.confirm(&desk.stamp(None), confirming.application, confirming.signatory.capacity).await?;
        tx.commit().await?;
    }
    Ok(Redirect::to(&format!("/confirmations/{token}")).into_response())
}

fn page(token: String, confirming: Confirming, current: bool, summary: String) -> Page {
    let Confirming { signatory, centre, cycle, open, .. } = confirming;
    Page::new("Confirm the application", Frame::default(), move || {
        let done = current;
        let again = !current && signatory.confirmed.is_some();
        let sentence = format!(
            "As {} you confirm that the application of {centre} in the cycle {cycle} describes the centre as it is.",
            signatory.capacity.name().to_lowercase()
        );
        view! {
            <main class="page narrow" id="main">
                <div class="stack"><h1>"Confirm the application"</h1><p class="soft">{signatory.name.shown().to_owned()}</p></div>
                {done.then(|| message::done("You have confirmed. Thank you; there is nothing more to do."))}
                {again.then(|| view! { <p class="notice attention">"You confirmed before; an answer was changed since. If it still describes the centre, confirm again."</p> })}
                <p>{sentence}</p>
                <p class="soft">{summary}</p>
                {(!done && open).then(|| view! {
                    <form class="form" method="post" action=format!("/confirmations/{token}")>
                        <div><button class="button" type="submit">"I confirm"</button></div>
                    </form>
                })}
                {(!done && !open).then(|| view! { <p>"The application is no longer a draft, so nothing can be confirmed now."</p> })}
            </main>
        }
    })
}
