//! What happened to my data: what I did and opened, and what others did with my account, by role.

use super::frame;
use crate::{
    components::layout,
    domain::{calendar::when, id::EventId, moment::Moment},
    server::{desk::Desk, problem::Problem, render::Page},
    store::{
        event::words,
        happened::{Happened, Mine},
        reading::KEPT_DAYS,
    },
};
use axum::{extract::Query, response::Response};
use leptos::prelude::*;
use serde::Deserialize;

/// How many opened things are shown.
const OPENED: usize = 50;

/// Where the list goes on.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Before {
    /// The last line that was shown.
    #[serde(default)]
    before: String,
}

/// The page.
pub async fn show(desk: Desk, Query(at): Query<Before>) -> Result<Response, Problem> {
    let account = desk.signed_in().await?;
    let mut tx = desk.portal.store.read().await?;
    let before = EventId::parse(&at.before);
    let (lines, more) = tx.what_happened_to_me(account.id, before).await?;
    let opened = if before.is_none() { tx.what_i_opened(account.id, OPENED).await? } else { Vec::new() };
    drop(tx);
    let (now, frame) = (desk.now(), frame(&account));
    let page = Page::new("What happened to my data", frame, move || view(lines, more, opened, now));
    Ok(desk.page(page).await)
}

fn view(lines: Vec<Mine>, more: bool, opened: Vec<Happened>, now: Moment) -> impl IntoView {
    let next = lines.last().filter(|_| more).map(|line| format!("/account/record?before={}", line.happened.id));
    let empty = lines.is_empty();
    let rows = lines.into_iter().map(|line| {
        let Happened { at, kind, detail, .. } = line.happened;
        view! {
            <tr>
                <th scope="row">{words(&kind)}</th>
                <td data-label="When"><time datetime=at.rfc3339()>{when(at, now, "UTC")}</time></td>
                <td data-label="By">{line.by}</td>
                <td data-label="Details">{without_references(&detail)}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    let more = next.map(|href| view! { <p><a href=href>"Earlier"</a></p> });
    let opened = opened.into_iter().map(|line| {
        view! {
            <tr>
                <th scope="row">{words(&line.kind)}</th>
                <td data-label="When"><time datetime=line.at.rfc3339()>{when(line.at, now, "UTC")}</time></td>
            </tr>
        }
    });
    let opened = opened.collect_view();
    let seen = (!opened.is_empty()).then(|| {
        view! {
            <section class="stack" aria-label="What you opened">
                <h2>"What you opened"</h2>
                <p class="soft">{format!("Once an hour at most for each application or document. It is kept for {KEPT_DAYS} days.")}</p>
                <div class="table-box"><table class="stacks">
                    <thead><tr><th scope="col">"What"</th><th scope="col">"When"</th></tr></thead>
                    <tbody>{opened}</tbody>
                </table></div>
            </section>
        }
    });
    view! {
        <main class="page" id="main">
            {layout::crumbs(vec![("Home".to_owned(), "/home".to_owned())], "What happened to my data")}
            <div class="stack reading">
                <h1>"What happened to my data"</h1>
                <p>"What you did, and what others did with your account. Others are told by what they are, never by name. Times are in UTC."</p>
                <p><a href="/account/data">"A copy of my data, or erasing it"</a></p>
            </div>
            <section class="stack" aria-label="What happened">
                <h2>"What happened"</h2>
                {if empty {
                    view! { <p>"Nothing more."</p> }.into_any()
                } else {
                    view! {
                        <div class="table-box"><table class="stacks">
                            <thead><tr><th scope="col">"What"</th><th scope="col">"When"</th><th scope="col">"By"</th><th scope="col">"Details"</th></tr></thead>
                            <tbody>{rows}</tbody>
                        </table></div>
                    }
                    .into_any()
                }}
                {more}
            </section>
            {seen}
        </main>
    }
}

/// References are for machines; what is left is "criterion 3".
fn without_references(detail: &str) -> String {
    let reference = |word: &&str| word.len() == 32 && word.bytes().all(|b| b.is_ascii_hexdigit());
    let words: Vec<&str> = detail.split_whitespace().filter(|word| !reference(word)).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::without_references;

    #[test]
    fn references_are_left_out() {
        assert_eq!(without_references("0123456789abcdef0123456789abcdef for criterion 3"), "for criterion 3");
        assert_eq!(without_references(""), "");
    }
}
