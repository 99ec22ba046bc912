//! What somebody wants to be written, and how often.

use crate::{
    components::message,
    domain::mail::{Choice, Kind},
    server::{
        desk::Desk,
        form::Form,
        problem::Problem,
        render::{Frame, Page},
    },
};
use axum::{
    extract::Query,
    response::{IntoResponse, Redirect, Response},
};
use leptos::prelude::*;
use serde::Deserialize;

/// What a redirect to this page says.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Said {
    /// `saved`, when the choices were saved.
    #[serde(default)]
    done: String,
}

/// The page.
pub async fn show(desk: Desk, Query(said): Query<Said>) -> Result<Response, Problem> {
    let account = desk.signed_in().await?;
    let choices = desk.portal.store.read().await?.mail_choices(account.id).await?;
    let frame = Frame {
        name: Some(account.name.shown().to_owned()),
        administration: account.has_role("administrator"),
        current: "Account",
        ..Frame::default()
    };
    let email = account.email.shown().to_owned();
    let page = Page::new("Mail to you", frame, move || view(&email, &choices, said.done == "saved"));
    Ok(desk.page(page).await)
}

/// Saves the choices; what a form does not name stays as it is.
pub async fn choose(desk: Desk, form: Form) -> Result<Response, Problem> {
    let account = desk.signed_in().await?;
    let stamp = desk.stamp(Some(account.id));
    let mut tx = desk.portal.store.write().await?;
    for (kind, before) in tx.mail_choices(account.id).await? {
        let wanted = Choice::parse(form.get(kind.key())).filter(|wanted| *wanted != before);
        if let Some(wanted) = wanted {
            tx.choose_mail(&stamp, account.id, kind, wanted).await?;
        }
    }
    tx.commit().await?;
    Ok(Redirect::to("/account/mail?done=saved").into_response())
}

const fn about(kind: Kind) -> &'static str {
    match kind {
        Kind::Request => "A colleague asks you to change something at a criterion.",
        Kind::Receipt => "Your centre's application was submitted.",
        Kind::Returned => "Screening has found something to mend.",
        Kind::Decision => "The decision on your application was released, or an appeal was answered.",
        Kind::Reminder => {
            "The deadline is near and the application is a draft. Without these, watch the deadline yourself."
        }
        Kind::Designation => "Your centre's designation ends in 12, 6 or 3 months, or was withdrawn.",
        Kind::Question => {
            "The panel asks your centre something. It waits for an answer until a day that the page names."
        }
        Kind::Invitation | Kind::Signature | Kind::ReviewAsked | Kind::Panel | Kind::Security | Kind::Digest => "",
    }
}

fn view(email: &str, choices: &[(Kind, Choice)], saved: bool) -> AnyView {
    let fields = choices.iter().filter(|(kind, _)| 1 < kind.choices().len()).map(|(kind, chosen)| {
        let options = kind.choices().iter().map(|choice| {
            let (id, name) = (format!("{}-{}", kind.key(), choice.key()), kind.key());
            view! {
                <div class="choice">
                    <input id=id.clone() type="radio" name=name value=choice.key() checked=choice == chosen/>
                    <label for=id>{choice.name()}</label>
                </div>
            }
        });
        view! {
            <fieldset class="form-section">
                <legend class="small-legend">{kind.name()}</legend>
                <p class="hint">{about(*kind)}</p>
                {options.collect_view()}
            </fieldset>
        }
    });
    view! {
        <main class="page narrow" id="main">
            <div class="stack">
                <h1>"Mail to you"</h1>
                <p class="soft">{format!("We write to {email}. What concerns the safety of your account always comes at once. The daily digest comes in the morning, when there is something in it.")}</p>
            </div>
            {saved.then(|| message::done("Your choices are saved."))}
            <form class="panel form" method="post" action="/account/mail">
                {fields.collect_view()}
                <div class="form-actions"><button class="button" type="submit">"Save"</button></div>
            </form>
        </main>
    }
    .into_any()
}
