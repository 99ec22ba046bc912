//! The settings in effect. Each stands here by name: a setting that is not listed is not shown, so that a new secret
//! cannot appear by chance.

use super::{frame, way};
use crate::{
    components::layout,
    server::{administering::Administering, problem::Problem, render::Page, settings::Settings},
};
use axum::response::Response;
use leptos::prelude::*;

/// A setting that is shown: its field in [`Settings`], what it is, and its value.
type Shown = (&'static str, &'static str, fn(&Settings) -> String);

/// What is shown.
pub const SHOWN: &[Shown] = &[
    ("origin", "The address people see", |s| s.origin.clone()),
    ("listen", "Where the server listens", |s| s.listen.to_string()),
    ("data", "The folder of the embedded database and of the evidence", |s| s.data.display().to_string()),
    ("scanner", "Where clamd looks at evidence", |s| s.scanner.to_string()),
    ("mail", "How letters leave", |s| s.mail.in_words()),
    ("providers", "Identity providers", |s| {
        let titles: Vec<&str> = s.providers.iter().map(|p| p.title.as_str()).collect();
        if titles.is_empty() { "None".to_owned() } else { titles.join(", ") }
    }),
    ("trusted_proxies", "Proxies that are believed when they name the client", |s| match s.trusted_proxies.len() {
        0 => "None".to_owned(),
        1 => "1 network".to_owned(),
        n => format!("{n} networks"),
    }),
    ("codes_again", "Whether a code may be used twice (only in the demo)", |s| yes_no(s.codes_again)),
    ("connections", "Most connections at once", |s| s.connections.to_string()),
    ("demo", "Whether this is the demo", |s| yes_no(s.demo)),
];

/// What is not, with the reason; the engine of the database is told beside it.
pub const HIDDEN: &[(&str, &str)] = &[
    ("database_url", "The address of the database can hold a password"),
    ("record_key", "It signs the record"),
    ("seal_key", "It opens the secrets of second factors"),
];

fn yes_no(yes: bool) -> String {
    if yes { "Yes" } else { "No" }.to_owned()
}

/// The page.
pub async fn show(here: Administering) -> Result<Response, Problem> {
    let portal = &here.desk().portal;
    let engine = portal.store.engine();
    let lines: Vec<(&str, String)> = SHOWN.iter().map(|(_, label, value)| (*label, value(&portal.settings))).collect();
    let page = Page::new("Settings", frame(&here), move || {
        let rows = lines.into_iter().chain([("The engine of the database", engine.to_owned())]);
        let rows =
            rows.map(|(label, value)| view! { <tr><th scope="row">{label}</th><td class="typed">{value}</td></tr> });
        let hidden = HIDDEN.iter().map(|(field, why)| {
            view! { <tr><th scope="row"><code>{field.replace('_', "-")}</code></th><td>{*why}</td></tr> }
        });
        view! {
            <main class="page" id="main">
                {layout::crumbs(way(), "Settings")}
                <div class="page-head"><div>
                    <h1>"Settings in effect"</h1>
                    <p class="soft">"They come from the command line, the environment and the settings file, and change when the portal is started again."</p>
                </div></div>
                <section class="panel" aria-labelledby="shown">
                    <h2 id="shown">"Shown"</h2>
                    <table><thead><tr><th scope="col">"Setting"</th><th scope="col">"Value"</th></tr></thead><tbody>{rows.collect_view()}</tbody></table>
                </section>
                <section class="panel" aria-labelledby="hidden">
                    <h2 id="hidden">"Hidden"</h2>
                    <table><thead><tr><th scope="col">"Setting"</th><th scope="col">"Why"</th></tr></thead><tbody>{hidden.collect_view()}</tbody></table>
                </section>
            </main>
        }
    });
    Ok(here.desk().page(page).await)
}
