//! The signed heads of the record, for everybody who wants to hold the portal to it.
//!
//! Day, hash and signature, and nothing else. How long the record is would tell how much went on: on a quiet day, that
//! somebody was at work at all. For the same reason no time of day is shown, and each signing is itself recorded, so that
//! the hash changes every day.

use crate::{
    domain::date::read_day,
    server::{desk::Desk, problem::Problem, render::Page},
    store::record::SignedHead,
};
use axum::{extract::Query, response::Response};
use leptos::prelude::*;
use serde::Deserialize;

/// How many days a page shows.
const DAYS: usize = 100;

/// Where the list goes on.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Before {
    /// Only days before this one.
    #[serde(default)]
    before: String,
}

/// The page.
pub async fn show(desk: Desk, Query(at): Query<Before>) -> Result<Response, Problem> {
    // A day that cannot be read is like none: the newest are shown.
    let before = read_day(&at.before).map_or_else(|| "9999-12-31".to_owned(), |day| day.to_string());
    let mut tx = desk.portal.store.read().await?;
    let mut heads = tx.signed_heads_before(&before).await?;
    drop(tx);
    let earlier = (DAYS < heads.len()).then(|| heads.get(DAYS - 1).map(|h| h.day.clone())).flatten();
    heads.truncate(DAYS);
    let frame = super::frame(&desk, "Record").await?;
    Ok(desk.page(Page::new("Signed record", frame, move || view(heads, earlier))).await)
}

fn view(heads: Vec<SignedHead>, earlier: Option<String>) -> impl IntoView {
    let mut keys: Vec<String> = Vec::new();
    for head in &heads {
        if !keys.contains(&head.public_key) {
            keys.push(head.public_key.clone());
        }
    }
    let keys = keys.into_iter().map(|key| view! { <p class="statement small"><code>{key}</code></p> }).collect_view();
    let empty = heads.is_empty();
    let rows = heads.into_iter().map(|head| {
        view! {
            <tr>
                <th scope="row">{head.day}</th>
                <td data-label="Hash"><code>{head.hash}</code></td>
                <td data-label="Signature"><code>{head.signature}</code></td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    let more = earlier.map(|day| view! { <p><a href=format!("/record?before={day}")>"Earlier days"</a></p> });
    view! {
        <main class="page" id="main">
            <div class="stack reading">
                <h1>"Signed record"</h1>
                <p>"What happens in this portal is written into a record in which each line is hashed together with the one before. Once a day the last hash is signed and published here. Keep a copy: whoever changes the record later cannot make it fit your copy."</p>
            </div>
            <section class="stack" aria-label="Heads">
                <h2>"Heads"</h2>
                {if empty {
                    view! { <p>"None was signed yet. The first one appears when the portal starts."</p> }.into_any()
                } else {
                    view! {
                        <div class="table-box"><div class="scrolls" tabindex="0" role="region" aria-label="Signed heads">
                            <table class="stacks heads">
                                <thead><tr><th scope="col">"Day"</th><th scope="col">"Hash"</th><th scope="col">"Signature"</th></tr></thead>
                                <tbody>{rows}</tbody>
                            </table>
                        </div></div>
                    }
                    .into_any()
                }}
                {more}
            </section>
            {(!empty).then(|| view! { <section class="stack heads" aria-label="Public key"><h2>"Public key"</h2><p>"Ed25519, in hexadecimal digits."</p>{keys}</section> })}
            <section class="stack reading" aria-label="How to verify">
                <h2>"How to verify"</h2>
                <p>"The signed text is three lines, each ended by a line feed: the words " <code>"designated-centres record head 1"</code> ", the day, and the hash. The signature is Ed25519 over these bytes."</p>
                <p>"That the record behind a hash is whole is checked by whoever runs the portal, with " <code>"designated-centres audit verify"</code> ". It reads every line and compares the chain with every head on this page."</p>
            </section>
        </main>
    }
}
