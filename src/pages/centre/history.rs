//! Earlier texts of one answer: nothing that was written is lost.

use super::{criterion::content_view, frame, title};
use crate::{
    components::layout,
    domain::calendar::when,
    server::{applying::Applying, problem::Problem, render::Page},
};
use axum::{extract::Path, response::Response};
use leptos::prelude::*;
use std::collections::HashMap;

/// The page.
pub async fn show(applying: Applying, Path(at): Path<HashMap<String, String>>) -> Result<Response, Problem> {
    let number: u8 = at.get("criterion").and_then(|n| n.parse().ok()).ok_or(Problem::NotFound)?;
    let criterion = applying.edition()?.criterion(number).ok_or(Problem::NotFound)?;
    let heading = format!("Earlier texts of criterion {number}");
    let way = vec![
        (title(&applying), applying.path("")),
        (criterion.title.clone(), applying.path(&format!("/criteria/{number}"))),
    ];
    let mut tx = applying.portal().store.read().await?;
    let earlier = tx.earlier_answers(applying.application().id, number).await?;
    drop(tx);
    let (now, zone) = (applying.now(), applying.application().cycle.closes.zone.clone());
    let page = Page::new(heading.clone(), frame(&applying, "Application"), move || {
        let items = earlier.iter().map(|text| {
            let author = text.author.as_ref().map_or("a colleague", |n| n.shown());
            let head = format!("By {author}, replaced {}", when(text.at, now, &zone));
            view! { <section class="panel"><h2>{head}</h2>{content_view(&text.content)}</section> }
        });
        let items = items.collect_view();
        view! {
            <main class="page reading" id="main">
                {layout::crumbs(way, "Earlier texts")}
                <div class="stack"><h1>{heading}</h1><p class="soft">"A text is kept when somebody else replaces it, after ten minutes of editing, and when one of two is chosen. Copy what you need."</p></div>
                {if items.is_empty() { view! { <p>"None yet."</p> }.into_any() } else { items.into_any() }}
            </main>
        }
    });
    Ok(applying.desk().page(page).await)
}
