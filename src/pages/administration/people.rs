//! People: everybody with an account, found by the beginning of a name or an address.
//!
//! What is typed goes in the body of a request, not in its address: addresses are kept by browsers and proxies.

use super::{at, frame, roles, way};
use crate::{
    components::{
        badge::{self, Tone},
        field::{Text, select},
        layout,
    },
    domain::{access::Role, id::AccountId, moment::Moment},
    server::{administering::Administering, form::Form, problem::Problem, render::Page},
    store::people::{After, Listed, PAGE},
};
use axum::response::Response;
use leptos::prelude::*;

/// What is looked for.
#[derive(Clone, Debug, Default)]
struct Search {
    beginning: String,
    role: String,
    after: Option<After>,
}

struct Found {
    people: Vec<Listed>,
    next: Option<After>,
}

/// The newest accounts.
pub async fn show(here: Administering) -> Result<Response, Problem> {
    respond(&here, Search::default()).await
}

/// Those who are looked for, or the next page.
pub async fn search(here: Administering, form: Form) -> Result<Response, Problem> {
    let after =
        AccountId::parse(form.get("after")).map(|account| After { place: form.get("place").to_owned(), account });
    let beginning: String = form.get("beginning").trim().chars().take(100).collect();
    respond(&here, Search { beginning, role: form.get("role").to_owned(), after }).await
}

async fn respond(here: &Administering, search: Search) -> Result<Response, Problem> {
    let found = find(here, &search).await?;
    let now = here.desk().now();
    let page = Page::new("People", frame(here), move || view(search, found, now));
    Ok(here.desk().page(page).await)
}

async fn find(here: &Administering, search: &Search) -> Result<Found, Problem> {
    let mut tx = here.desk().portal.store.read().await?;
    if let Some(role) = Role::parse(&search.role).filter(|r| Role::GRANTED.contains(r)) {
        // Few have a role of the programme: all stand on one page.
        let beginning = search.beginning.to_lowercase();
        let mut people = tx.people_with_role(role.key()).await?;
        people.retain(|p| {
            let words = crate::store::people::words(p.name.shown(), p.email.shown());
            words.iter().any(|w| w.starts_with(&beginning))
        });
        return Ok(Found { people, next: None });
    }
    if search.beginning.is_empty() {
        let mut people = tx.newest_people(search.after.as_ref()).await?;
        let more = PAGE < people.len();
        people.truncate(PAGE);
        let last = people.last().map(|p| After { place: p.created.millis().to_string(), account: p.id });
        return Ok(Found { people, next: last.filter(|_| more) });
    }
    let mut found = tx.find_people(&search.beginning, search.after.as_ref()).await?;
    let more = PAGE < found.len();
    found.truncate(PAGE);
    let next = found.last().map(|(_, after)| after.clone()).filter(|_| more);
    Ok(Found { people: found.into_iter().map(|(person, _)| person).collect(), next })
}

fn view(search: Search, found: Found, now: Moment) -> impl IntoView {
    let Search { beginning, role, after } = search;
    let field =
        Text { name: "beginning", label: "Name or address begins with", value: beginning.clone(), ..Text::default() };
    let options = std::iter::once((String::new(), "Everybody".to_owned()))
        .chain(Role::GRANTED.map(|r| (r.key().to_owned(), r.name().to_owned())))
        .collect();
    let filter = select("role".into(), "role", "Role", options, &role);
    let heading = match (beginning.is_empty() && role.is_empty(), after.is_some()) {
        (true, false) => "The newest accounts",
        (true, true) => "Older accounts",
        (false, false) => "Found",
        (false, true) => "Found, next page",
    };
    let empty = found.people.is_empty();
    let rows = found.people.iter().map(|person| row(person, now)).collect_view();
    let next = found.next.map(|next| {
        view! {
            <form method="post" action="/administration/people">
                <input type="hidden" name="beginning" value=beginning/>
                <input type="hidden" name="role" value=role/>
                <input type="hidden" name="place" value=next.place/>
                <input type="hidden" name="after" value=next.account.to_string()/>
                <button class="button quiet" type="submit">"Next page"</button>
            </form>
        }
    });
    view! {
        <main class="page" id="main">
            {layout::crumbs(way(), "People")}
            <h1>"People"</h1>
            <form class="panel form" method="post" action="/administration/people" role="search" aria-label="People">
                <div class="pair">{field.view()}{filter}</div>
                <p><button class="button" type="submit">"Search"</button></p>
            </form>
            <section class="panel" aria-labelledby="found">
                <h2 id="found">{heading}</h2>
                {if empty {
                    view! { <p class="soft">"Nobody. Type fewer letters, or invite the person."</p> }.into_any()
                } else {
                    view! {
                        <div class="scrolls" tabindex="0" role="region" aria-labelledby="found">
                            <table class="ledger">
                                <thead><tr><th scope="col">"Name"</th><th scope="col">"Roles"</th><th scope="col">"Last seen"</th><th scope="col">"Account"</th></tr></thead>
                                <tbody>{rows}</tbody>
                            </table>
                        </div>
                    }
                    .into_any()
                }}
                {next}
            </section>
        </main>
    }
}

fn row(person: &Listed, now: Moment) -> impl IntoView + use<> {
    let href = format!("/administration/people/{}", person.id);
    let seen = person.seen.map_or_else(|| "Never".to_owned(), |seen| at(seen, now));
    let account = match person.closed {
        Some(_) => badge::badge(Tone::Attention, "Closed").into_any(),
        None => badge::badge(Tone::Good, "Open").into_any(),
    };
    view! {
        <tr>
            <th scope="row"><a href=href>{person.name.shown().to_owned()}</a><br/><span class="soft">{person.email.shown().to_owned()}</span></th>
            <td>{what(person)}</td>
            <td>{seen}</td>
            <td>{account}</td>
        </tr>
    }
}

/// "Coordinator; 1 centre".
pub(super) fn what(person: &Listed) -> String {
    let centres = match person.centres {
        0 => String::new(),
        1 => "1 centre".to_owned(),
        n => format!("{n} centres"),
    };
    let parts = [roles(&person.grants), centres];
    let parts: Vec<&str> = parts.iter().map(String::as_str).filter(|p| !p.is_empty()).collect();
    if parts.is_empty() { "None".to_owned() } else { parts.join("; ") }
}
