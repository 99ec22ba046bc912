//! Files on their way to reviewers: what waits, what was refused, and whether the malware scanner answers. No name of a file
//! and none of a centre.

use super::{at, frame, way};
use crate::{
    components::layout,
    domain::checking::State,
    evidence::malware::Scanner,
    server::{administering::Administering, problem::Problem, render::Page},
};
use axum::response::Response;
use leptos::prelude::*;

/// Refusals of so many days are counted.
const DAYS: i64 = 30;

/// The page.
pub async fn show(here: Administering) -> Result<Response, Problem> {
    let portal = &here.desk().portal;
    let now = here.desk().now();
    let mut tx = portal.store.read().await?;
    let queue = tx.file_queue().await?;
    let refusals = tx.file_refusals(now.plus_days(-DAYS)).await?;
    drop(tx);
    let scanner = match &portal.settings.scanner {
        Scanner::Off => "Files are not scanned for malware: the setting clamd is off.".to_owned(),
        place if place.answers().await => format!("The malware scanner at {place} answers."),
        place => format!(
            "The malware scanner at {place} does not answer. Files wait until it does; start clamd, or look at its log."
        ),
    };
    let page = Page::new("Files", frame(&here), move || {
        let rows = State::ALL.into_iter().map(|state| {
            let found = queue.iter().find(|(of, ..)| *of == state);
            let many = found.map_or(0, |(_, many, _)| *many);
            let since = found.filter(|_| state.goes_on()).map(|(.., since)| at(*since, now)).unwrap_or_default();
            view! { <tr><th scope="row">{state.name()}</th><td class="number">{many.to_string()}</td><td>{since}</td></tr> }
        });
        let refused = refusals.iter().map(|(fault, many)| {
            view! { <tr><th scope="row">{fault.message()}</th><td class="number">{many.to_string()}</td></tr> }
        });
        let refused = refused.collect_view();
        view! {
            <main class="page" id="main">
                {layout::crumbs(way(), "Files")}
                <div class="page-head"><div><h1>"Files"</h1><p class="soft">"Before a reviewer gets a file, it is scanned, cleaned and searched. Nobody is named here."</p></div></div>
                <p class="panel">{scanner}</p>
                <section class="panel" aria-labelledby="queue">
                    <h2 id="queue">"How far they are"</h2>
                    <table><thead><tr><th scope="col">"State"</th><th scope="col" class="number">"Files"</th><th scope="col">"The oldest since"</th></tr></thead><tbody>{rows.collect_view()}</tbody></table>
                </section>
                <section class="panel" aria-labelledby="refused">
                    <h2 id="refused">{format!("Refused in the last {DAYS} days")}</h2>
                    {if refused.is_empty() {
                        view! { <p class="soft">"None."</p> }.into_any()
                    } else {
                        view! { <table><thead><tr><th scope="col">"What its centre is told"</th><th scope="col" class="number">"Files"</th></tr></thead><tbody>{refused}</tbody></table> }.into_any()
                    }}
                </section>
            </main>
        }
    });
    Ok(here.desk().page(page).await)
}
