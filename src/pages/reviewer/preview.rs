//! What the centre will see of a review, and nothing else.

use super::{at, bar, field_name, file, frame, title};
use crate::{
    components::badge,
    domain::review::Mark,
    server::{problem::Problem, render::Page, reviewing::Reviewing},
};
use axum::response::Response;
use leptos::prelude::*;

/// The page.
pub async fn show(reviewing: Reviewing) -> Result<Response, Problem> {
    file(&reviewing)?;
    let marks = reviewing.portal().store.read().await?.marks_of(reviewing.seat().id).await?;
    let titles: Vec<(u8, String)> = reviewing.edition()?.criteria.iter().map(|c| (c.number, c.title.clone())).collect();
    let summary = reviewing.seat().summary.clone();
    let head = bar(&reviewing, Some(&marks));
    let base = reviewing.path("");
    let page_title = format!("{}: what the centre will see", title(&reviewing));
    let page = Page::new(page_title, frame(&reviewing).await?, move || {
        let sections = titles.into_iter().map(|(number, title)| {
            let mark = at(&marks, number).map(|m| m.mark.clone()).unwrap_or_default();
            let href = format!("{base}/criteria/{number}");
            view! {
                <section class="panel stack" aria-label=format!("Criterion {number}")>
                    <h3>{format!("{number}. {title}")}</h3>
                    {feedback(&mark)}
                    <p class="small screen-only"><a href=href>"Change it"<span class="visually-hidden">{format!(" at criterion {number}")}</span></a></p>
                </section>
            }
        });
        let summary = if summary.trim().is_empty() {
            view! { <p class="soft">"Nothing yet."</p> }.into_any()
        } else {
            view! { <p class="typed">{summary}</p> }.into_any()
        };
        view! {
            <main class="page review-page" id="main">
                {head}
                <h2>"What the centre will see"</h2>
                <p>"The panel joins its reviews into one text for each criterion. If it takes yours as they are, the centre reads this. It never reads your name, your letter, how many you are, when you wrote, how sure you are, your recommendation, or your notes to the chair."</p>
                <section class="panel stack" aria-label="Summary"><h3>"Summary"</h3>{summary}</section>
                {sections.collect_view()}
            </main>
        }
    });
    Ok(reviewing.desk().page(page).await)
}

fn feedback(mark: &Mark) -> AnyView {
    let texts = mark.for_the_centre().into_iter().filter(|(_, text)| !text.trim().is_empty()).map(|(field, text)| {
        view! { <div><dt>{field_name(field)}</dt><dd class="typed">{text.to_owned()}</dd></div> }
    });
    let texts = texts.collect_view();
    let none = texts.is_empty().then(|| view! { <p class="soft">"No text."</p> });
    view! { <p>{badge::level(mark.level)}</p><dl class="descriptors">{texts}</dl>{none} }.into_any()
}
