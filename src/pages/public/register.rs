//! The public register: the designations that centres agreed to publish, and nothing that tells of others.

use crate::{
    components::{badge, field::select, layout},
    domain::{
        calendar::{day_in, day_long},
        designation::Code,
        id::DesignationId,
        moment::Moment,
        text::one_line,
    },
    server::{desk::Desk, problem::Problem, render::Page},
    store::designation::register::{After, Entry, MOST},
};
use axum::{
    extract::Query,
    response::{IntoResponse, Redirect, Response},
};
use leptos::prelude::*;
use serde::Deserialize;

/// What is looked for, as it stands in the address.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    country: String,
    #[serde(default)]
    place: String,
    #[serde(default)]
    after: String,
}

struct Data {
    asked: Asked,
    entries: Vec<Entry>,
    next: Option<After>,
    countries: Vec<String>,
    now: Moment,
}

/// The register. A verification code that is typed here leads to what it stands for.
pub async fn show(desk: Desk, Query(mut asked): Query<Asked>) -> Result<Response, Problem> {
    for text in [&mut asked.q, &mut asked.country, &mut asked.place] {
        *text = one_line(text).replace('\0', "").chars().take(400).collect();
    }
    if let Some(code) = Code::parse(&asked.q) {
        return Ok(Redirect::to(&format!("/certificates/{code}")).into_response());
    }
    let now = desk.now();
    let mut tx = desk.portal.store.read().await?;
    let (entries, next) = if asked.q.is_empty() {
        let after = DesignationId::parse(&asked.after).map(|id| After { place: asked.place.clone(), id });
        tx.register(&asked.country, after.as_ref(), now).await?
    } else {
        (tx.search_register(&asked.q, &asked.country, now).await?, None)
    };
    let countries = tx.register_countries(now).await?;
    drop(tx);
    let frame = super::frame(&desk, "Register").await?;
    let data = Data { asked, entries, next, countries, now };
    Ok(desk.page(Page::new("Register", frame, move || view(data))).await)
}

fn view(data: Data) -> impl IntoView {
    let Data { asked, mut entries, next, countries, now } = data;
    let more = MOST < entries.len();
    entries.truncate(MOST);
    let searched = !asked.q.is_empty() || !asked.country.is_empty();
    let found = match (asked.q.is_empty(), entries.len()) {
        (true, _) => "Designated centres".to_owned(),
        (false, 1) => format!("1 centre found for “{}”", asked.q),
        (false, n) => format!("{n} centres found for “{}”", asked.q),
    };
    let rows = entries.iter().map(row).collect_view();
    let list = if entries.is_empty() {
        let text = if searched {
            "No designated centre of this name agreed to be listed. Type fewer letters, or any country."
        } else {
            "No centre is listed yet."
        };
        view! { <p class="soft">{text}</p> }.into_any()
    } else {
        view! {
            <div class="table-box"><div class="scrolls" tabindex="0" role="region" aria-labelledby="found">
                <table class="stacks ledger">
                    <thead><tr><th scope="col">"Centre"</th><th scope="col">"Designated since"</th><th scope="col">"Valid until"</th><th scope="col">"Status"</th></tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div></div>
        }
        .into_any()
    };
    let places = std::iter::once((String::new(), "Any country".to_owned()))
        .chain(countries.into_iter().map(|c| (c.clone(), c)))
        .collect();
    let way = next.map(|next| {
        let id = next.id.to_string();
        let fields = [("country", asked.country.as_str()), ("place", next.place.as_str()), ("after", id.as_str())];
        let fields: Vec<_> = fields.into_iter().filter(|(_, text)| !text.is_empty()).collect();
        let query = serde_urlencoded::to_string(&fields).unwrap_or_default();
        view! { <a href=format!("/register?{query}") rel="next">"Next page"</a> }
    });
    let begin = (!asked.after.is_empty()).then(|| {
        let query = serde_urlencoded::to_string([("country", &asked.country)]).unwrap_or_default();
        view! { <a href=format!("/register?{query}")>"First page"</a>" " }
    });
    view! {
        <main class="page" id="main">
            {layout::crumbs(vec![("Programme".to_owned(), "/programme".to_owned())], "Register")}
            <div class="page-head"><div>
                <h1>"Register of designated centres"</h1>
                <p class="soft">"Centres whose designation is valid today and that agreed to be listed. A certificate is checked by its code, listed or not."</p>
            </div></div>
            <section class="panel" aria-labelledby="found">
                <form class="filters" method="get" action="/register" role="search" aria-label="Register">
                    <div class="field">
                        <label for="q">"Find a centre, or enter a verification code"</label>
                        <input id="q" name="q" type="search" autocomplete="off" value=asked.q.clone()/>
                    </div>
                    {select("country".into(), "country", "Country", places, &asked.country)}
                    <button class="button quiet" type="submit">"Search"</button>
                </form>
                <h2 id="found">{found}</h2>
                {list}
                {more.then(|| view! { <p class="soft">{format!("These are the first {MOST}. Type more of the name to see others.")}</p> })}
                <nav class="row" aria-label="Pages of the register">{begin}{way}</nav>
                <p class="soft small">{format!("As of {}.", day_long(now, "UTC"))}" "<a href="/verify">"Check a certificate"</a></p>
            </section>
        </main>
    }
}

fn row(entry: &Entry) -> impl IntoView + use<> {
    let since = day_in(entry.since, &entry.zone).year();
    view! {
        <tr>
            <th scope="row">{entry.name.clone()}<br/><span class="soft">{entry.country.clone()}</span></th>
            <td data-label="Designated since">{since}</td>
            <td data-label="Valid until"><span>{entry.term.last_day(&entry.zone)}<br/><span class="soft">{format!("Criteria edition {}", entry.edition)}</span></span></td>
            <td data-label="Status">{badge::badge(badge::Tone::Good, "Designated")}</td>
        </tr>
    }
}
