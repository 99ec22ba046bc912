//! The programme in one page, and the glossary.

use crate::{
    catalogue::Term,
    components::layout,
    server::{desk::Desk, problem::Problem, render::Page},
};
use axum::response::Response;
use leptos::prelude::*;

/// The programme in one page.
pub async fn show(desk: Desk) -> Result<Response, Problem> {
    let frame = super::frame(&desk, "Programme").await?;
    let portal = desk.portal.clone();
    let title = portal.catalogue.newest().programme.title.clone();
    let page = Page::new(title, frame, move || {
        let programme = &portal.catalogue.newest().programme;
        let parts = programme.parts.iter().map(|part| {
            let anchor = part.topic.anchor();
            let labelled = anchor.clone();
            view! {
                <section class="stack" aria-labelledby=labelled>
                    <h2 id=anchor>{part.topic.heading()}</h2>
                    <div class="prose" inner_html=part.html.clone()></div>
                </section>
            }
        });
        let contents = programme.parts.iter().map(|part| {
            view! { <li><a href=format!("#{}", part.topic.anchor())>{part.topic.heading()}</a></li> }
        });
        view! {
            <main class="page" id="main">
                <h1>{programme.title.clone()}</h1>
                <div class="split">
                    <div class="column reading">{parts.collect_view()}</div>
                    <nav class="panel contents" aria-label="On this page">
                        <h2 id="contents">"On this page"</h2>
                        <ul role="list">{contents.collect_view()}<li><a href="/glossary">"Glossary"</a></li><li><a href="/criteria">"The 13 criteria"</a></li></ul>
                    </nav>
                </div>
            </main>
        }
    });
    Ok(desk.page(page).await)
}

/// The glossary.
pub async fn glossary(desk: Desk) -> Result<Response, Problem> {
    let frame = super::frame(&desk, "Programme").await?;
    let portal = desk.portal.clone();
    let page = Page::new("Glossary", frame, move || {
        let terms = portal.catalogue.newest().programme.glossary.terms().iter().map(entry);
        view! {
            <main class="page" id="main">
                {layout::crumbs(vec![("Programme".into(), "/programme".into())], "Glossary")}
                <div class="page-head"><div>
                    <h1>"Glossary"</h1>
                    <p class="soft">"Words of the guides and forms, with what this portal means by them."</p>
                </div></div>
                <dl class="descriptors reading">{terms.collect_view()}</dl>
            </main>
        }
    });
    Ok(desk.page(page).await)
}

fn entry(term: &Term) -> impl IntoView + use<> {
    // Plurals and other spellings that only find the term are not told.
    let also: Vec<String> = term
        .also
        .iter()
        .filter(|a| !a.to_lowercase().starts_with(&term.term.to_lowercase()))
        .filter(|a| !a.ends_with('s') || !term.also.iter().any(|b| *a == &format!("{b}s")))
        .cloned()
        .collect();
    let also =
        (!also.is_empty()).then(|| view! { " "<span class="soft">{format!("also: {}", also.join(", "))}</span> });
    view! { <div id=term.anchor()><dt>{term.term.clone()}{also}</dt><dd>{term.definition.clone()}</dd></div> }
}
