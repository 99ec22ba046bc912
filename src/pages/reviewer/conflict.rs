//! A conflict that a reviewer declares, at whatever time: the application goes out of their sight at once.

use super::{bar, frame, seat::explained, title};
use crate::{
    components::{
        field::{area_html, box_class},
        message::{self, Item},
    },
    domain::text::unify_lines,
    server::{form::Form, problem::Problem, render::Page, reviewing::Reviewing},
    store::conflict::{Kind, Source},
};
use axum::{
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use leptos::prelude::*;

/// The longest reason, in characters.
const REASON: usize = 4_000;

/// The page.
pub async fn show(reviewing: Reviewing) -> Result<Response, Problem> {
    respond(&reviewing, String::new(), false, StatusCode::OK).await
}

/// Declares it.
pub async fn declare(reviewing: Reviewing, form: Form) -> Result<Response, Problem> {
    let reason: String = unify_lines(form.get("reason")).trim().chars().take(REASON).collect();
    let Some(kind) = Kind::parse(form.get("kind")) else {
        return respond(&reviewing, reason, true, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    let (mut tx, mine) = reviewing.write().await?;
    let (stamp, account) = (reviewing.stamp(), reviewing.account());
    tx.add_conflict(&stamp, mine.seat.application, account, kind, Source::Declared, &reason).await?;
    tx.commit().await?;
    // Without the identifier: for this person there is no such review any more.
    Ok(Redirect::to("/reviews?done=conflict").into_response())
}

async fn respond(
    reviewing: &Reviewing,
    reason: String,
    unchosen: bool,
    status: StatusCode,
) -> Result<Response, Problem> {
    let (bar, base) = (bar(reviewing, None), reviewing.path(""));
    let country = reviewing.plan().rules.country_conflict;
    let opened = reviewing.file().is_some();
    let page = Page::new(format!("{}: a conflict", title(reviewing)), frame(reviewing).await?, move || {
        let kinds = Kind::ALL.into_iter().filter(|k| country || *k != Kind::Country).enumerate().map(|(i, kind)| {
            let id = if i == 0 { "kind".to_owned() } else { format!("kind-{}", kind.key()) };
            view! {
                <div class="choice">
                    <input type="radio" id=id.clone() name="kind" value=kind.key()/>
                    <label for=id>{kind.name()}<br/><span class="soft small">{explained(kind)}</span></label>
                </div>
            }
        });
        let errors = if unchosen {
            vec![Item { text: "Choose the kind of conflict".into(), href: "#kind".into() }]
        } else {
            Vec::new()
        };
        let error =
            unchosen.then(|| view! { <p class="field-error" id="kind-error">"Choose the kind of conflict"</p> });
        let recognised = opened.then(|| {
            view! { <p>"If you recognise the centre and could not judge it freely, this is the way out. If you recognise it and have no tie to it, you may go on; tell nobody."</p> }
        });
        view! {
            <main class="page review-page" id="main">
                {message::refused(errors)}
                {bar}
                <section class="panel stack" aria-labelledby="conflict">
                    <h2 id="conflict">"Declare a conflict"</h2>
                    <p>"The application, and whatever you have written about it, goes out of your sight at once. The coordinator learns the kind and asks somebody else. The centre learns nothing."</p>
                    {recognised}
                    <form class="form" method="post" action=format!("{base}/conflict") novalidate>
                        <fieldset class=box_class(unchosen) aria-describedby=unchosen.then_some("kind-error")>
                            <legend>"What kind of conflict is it?"</legend>
                            {error}
                            {kinds.collect_view()}
                        </fieldset>
                        <div class="field">
                            <label for="reason">"Reason"</label>
                            <p class="hint" id="reason-hint">"For your own records. Nobody else reads it; you may leave it out."</p>
                            <textarea id="reason" name="reason" rows="3" aria-describedby="reason-hint" inner_html=area_html(&reason)></textarea>
                        </div>
                        <p class="row">
                            <button class="button" type="submit">"Declare the conflict"</button>
                            <a href=base.clone()>"Go back"</a>
                        </p>
                    </form>
                </section>
            </main>
        }
    });
    Ok(reviewing.desk().page_with(status, page).await)
}
