//! The record for administrators: what happened, by reference. Names and contents stand elsewhere.

use super::frame;
use crate::{
    components::{
        field::{Text, select},
        layout,
        message::{self, Item},
    },
    domain::{
        calendar::begin_of,
        date::read_day,
        id::{AccountId, EventId},
        snapshot::Digest,
        text::one_line,
    },
    server::{administering::Administering, problem::Problem, render::Page},
    store::{
        event::{What, words},
        happened::{Happened, Wanted},
    },
};
use axum::{extract::Query, http::StatusCode, response::Response};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What is looked for, as typed.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Asked {
    /// The name of a kind.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    kind: String,
    /// A day.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    day: String,
    /// The reference of an account.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    account: String,
    /// The last line that was shown.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    before: String,
}

#[derive(Clone, Default)]
struct Errors {
    kind: Option<String>,
    day: Option<String>,
    account: Option<String>,
}

impl Asked {
    /// What it means, and what of it cannot be understood.
    fn read(&self, viewer: AccountId) -> (Wanted, Errors) {
        let mut errors = Errors::default();
        let part = |text: &str, error: &mut Option<String>, known: bool, say: &str| {
            *error = (!text.is_empty() && !known).then(|| say.to_owned());
        };
        let (day, account) = (one_line(&self.day), one_line(&self.account).to_lowercase());
        let wanted = Wanted {
            kind: What::parse(&self.kind),
            within: read_day(&day).map(|day| (begin_of(day), begin_of(day.tomorrow().unwrap_or(day)))),
            account: AccountId::parse(&account),
            before: EventId::parse(&self.before),
            viewer,
        };
        part(&self.kind, &mut errors.kind, wanted.kind.is_some(), "Choose a kind from the list");
        part(&day, &mut errors.day, wanted.within.is_some(), "Write the day as 2027-03-05 or 5.3.2027");
        part(
            &account,
            &mut errors.account,
            wanted.account.is_some(),
            "A reference is 32 digits and letters from a to f",
        );
        (wanted, errors)
    }
}

/// The page.
pub async fn show(here: Administering, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    let (wanted, errors) = asked.read(here.account().id);
    let wrong = errors.kind.is_some() || errors.day.is_some() || errors.account.is_some();
    let (lines, more) = if wrong {
        (Vec::new(), false)
    } else {
        let mut tx = here.desk().portal.store.read().await?;
        tx.what_happened(&wanted).await?
    };
    let next = lines.last().filter(|_| more).map(|line| Asked { before: line.id.clone(), ..asked.clone() });
    let next = next.and_then(|asked| serde_urlencoded::to_string(asked).ok());
    let page = Page::new("Record", frame(&here), move || view(asked, errors, lines, next));
    let status = if wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(here.desk().page_with(status, page).await)
}

fn view(asked: Asked, errors: Errors, lines: Vec<Happened>, next: Option<String>) -> impl IntoView {
    let mut items = Vec::new();
    for (error, href) in [(&errors.kind, "#kind"), (&errors.day, "#day"), (&errors.account, "#account")] {
        items.extend(error.iter().map(|text| Item { text: text.clone(), href: href.into() }));
    }
    let wrong = !items.is_empty();
    let empty = lines.is_empty();
    let rows = lines.into_iter().map(row).collect_view();
    let next = next.map(|query| view! { <p><a href=format!("/administration/record?{query}")>"Earlier"</a></p> });
    view! {
        <main class="page" id="main">
            {layout::crumbs(vec![("Administration".to_owned(), "/administration".to_owned())], "Record")}
            <div class="stack reading">
                <h1>"Record"</h1>
                <p class="soft">"What happened, the newest first, by reference and without contents. Times are in UTC. What concerns a centre that you work for yourself is not shown here."</p>
            </div>
            {message::refused(items)}
            {filters(asked, errors)}
            <section class="stack" aria-label="Lines">
                {if empty {
                    (!wrong).then(|| view! { <p>"Nothing fits. Take a filter away to see more."</p> }).into_any()
                } else {
                    view! {
                        <div class="table-box"><table class="stacks">
                            <thead><tr><th scope="col">"What"</th><th scope="col">"When"</th><th scope="col">"By account"</th><th scope="col">"On"</th><th scope="col">"Details"</th></tr></thead>
                            <tbody>{rows}</tbody>
                        </table></div>
                    }
                    .into_any()
                }}
                {next}
            </section>
        </main>
    }
}

fn filters(asked: Asked, errors: Errors) -> impl IntoView {
    let mut kinds = vec![(String::new(), "Every kind".to_owned())];
    let mut names: Vec<(String, String)> = What::ALL.iter().map(|what| (format!("{what:?}"), what.words())).collect();
    names.sort_by(|one, other| one.1.cmp(&other.1));
    kinds.extend(names);
    let day = Text {
        name: "day",
        label: "Day, in UTC",
        kind: "date",
        value: asked.day,
        error: errors.day,
        ..Text::default()
    };
    let account = Text {
        name: "account",
        label: "Account reference",
        value: asked.account,
        error: errors.account,
        ..Text::default()
    };
    view! {
        <form class="panel form" method="get" action="/administration/record" novalidate>
            <div class="pair">
                {select("kind".into(), "kind", "Kind", kinds, &asked.kind)}
                {day.view()}
                {account.view()}
            </div>
            <p class="row"><button class="button" type="submit">"Show"</button><a href="/administration/record">"Show everything"</a></p>
        </form>
    }
}

fn row(line: Happened) -> impl IntoView {
    let at = line.at.rfc3339();
    let shown = at.get(..19).unwrap_or(&at).replace('T', " ");
    let actor = match line.actor {
        Some(actor) => {
            let href = format!("/administration/record?account={actor}");
            view! { <a href=href><code>{actor}</code></a> }.into_any()
        }
        None => view! { "none" }.into_any(),
    };
    view! {
        <tr>
            <th scope="row">{words(&line.kind)}</th>
            <td data-label="When"><time datetime=at>{shown}</time></td>
            <td data-label="By account">{actor}</td>
            <td data-label="On"><code>{line.subject}</code></td>
            <td data-label="Details">{without_hashes(&line.detail)}</td>
        </tr>
    }
}

/// Hashes and keys are for the program that compares them.
fn without_hashes(detail: &str) -> String {
    let words: Vec<&str> = detail.split_whitespace().filter(|word| Digest::parse(word).is_none()).collect();
    words.join(" ")
}
