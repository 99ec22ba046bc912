//! Whether a certificate is valid, told to everybody who has its code.
//!
//! Every code is answered with the same page after the same lookup, whether it stands for something or not. Of a
//! designation that its centre did not publish, only the dates are told, which stand on the certificate anyhow.

use crate::{
    components::{
        badge::{self, Tone},
        field::Text,
        layout,
    },
    domain::{calendar::day_long, moment::Moment, text::one_line},
    server::{desk::Desk, problem::Problem, render::Page},
    store::designation::register::Verified,
};
use axum::{
    extract::{Path, Query},
    response::{IntoResponse, Redirect, Response},
};
use leptos::prelude::*;
use serde::Deserialize;

/// The longest text that is taken for a code.
const LONGEST: usize = 40;

/// What was typed.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    code: String,
}

/// The form, and the way to what a code stands for.
pub async fn ask(desk: Desk, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    let code = tidy(&asked.code);
    if !code.is_empty() {
        let code: String = form_urlencoded(&code);
        return Ok(Redirect::to(&format!("/certificates/{code}")).into_response());
    }
    let frame = super::frame(&desk, "Register").await?;
    let page = Page::new("Check a certificate", frame, move || {
        view! {
            <main class="page narrow" id="main">
                {layout::crumbs(vec![("Register".to_owned(), "/register".to_owned())], "Check a certificate")}
                <h1>"Check a certificate"</h1>
                {form("")}
            </main>
        }
    });
    Ok(desk.page(page).await)
}

/// What a code stands for.
pub async fn show(desk: Desk, Path(code): Path<String>) -> Result<Response, Problem> {
    let code = tidy(&code);
    let now = desk.now();
    let mut tx = desk.portal.store.read().await?;
    let found = tx.verify_code(&code).await?;
    drop(tx);
    let frame = super::frame(&desk, "Register").await?;
    let page = Page::new("Check a certificate", frame, move || {
        view! {
            <main class="page narrow" id="main">
                {layout::crumbs(vec![("Register".to_owned(), "/register".to_owned())], "Check a certificate")}
                <h1>"Check a certificate"</h1>
                <section class="panel stack" aria-labelledby="result">{result(found, now)}</section>
                {form(&code)}
            </main>
        }
    });
    Ok(desk.page(page).await)
}

/// One line, bounded.
fn tidy(text: &str) -> String {
    one_line(text).replace('\0', "").chars().take(LONGEST).collect()
}

/// A text as one part of a path.
fn form_urlencoded(text: &str) -> String {
    text.bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() || byte == b'-' {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}

fn result(found: Option<Verified>, now: Moment) -> AnyView {
    let day = |at| day_long(at, "UTC");
    let Some(found) = found else {
        return view! {
            <div class="panel-head"><h2 id="result">"No certificate has this code"</h2>{badge::badge(Tone::Problem, "Unknown")}</div>
            <p>"A code has twelve letters and digits. It never holds a 0, a 1, an I, an L or an O. Compare it with the certificate once more."</p>
            <p class="soft small">{format!("Checked on {}.", day(now))}</p>
        }
        .into_any();
    };
    let (first, last) = (found.term.first_day(&found.zone), found.term.last_day(&found.zone));
    let (tone, word, heading, text) = if let Some(at) = found.withdrawn {
        let text = format!("The designation was withdrawn on {}.", day_long(at, &found.zone));
        (Tone::Problem, "Withdrawn", "This certificate is not valid any more", text)
    } else if found.term.until <= now {
        (Tone::Attention, "Expired", "This certificate has expired", format!("It was valid from {first} to {last}."))
    } else if now < found.term.from {
        (
            Tone::Quiet,
            "Not yet valid",
            "This certificate is not valid yet",
            format!("It is valid from {first} to {last}."),
        )
    } else {
        (Tone::Good, "Valid", "This certificate is valid", format!("It is valid from {first} to {last}."))
    };
    let edition = format!("Criteria edition {}.", found.edition);
    let whose = match found.published {
        Some((name, country)) => view! { <p>{"It was issued to "}<strong>{name}</strong>{format!(", {country}.")}</p> }.into_any(),
        None => view! { <p>"Compare the dates with those on the certificate. The centre it was issued to is not listed in the register."</p> }.into_any(),
    };
    view! {
        <div class="panel-head"><h2 id="result">{heading}</h2>{badge::badge(tone, word)}</div>
        <p>{text}" "{edition}</p>
        {whose}
        <p class="soft small">{format!("Checked on {}.", day(now))}</p>
    }
    .into_any()
}

fn form(code: &str) -> impl IntoView + use<> {
    let field = Text {
        name: "code",
        label: "Verification code",
        hint: "It stands in the lower corner of the certificate, such as 7HQM-2KXD-94TB. Dashes and capitals do not matter.",
        value: code.to_owned(),
        ..Text::default()
    };
    view! {
        <form class="panel form" method="get" action="/verify">
            {field.view()}
            <p class="row"><button class="button" type="submit">"Check"</button></p>
        </form>
    }
}
