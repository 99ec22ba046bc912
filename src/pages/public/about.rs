//! Accessibility, privacy and help.

use crate::{
    catalogue::slug,
    domain::readiness::RULES,
    server::{desk::Desk, problem::Problem, render::Page},
};
use axum::response::Response;
use leptos::prelude::*;

/// The accessibility statement.
pub async fn accessibility(desk: Desk) -> Result<Response, Problem> {
    text(
        desk,
        "Accessibility",
        &[
            ("What we aim for", "Every page is built to WCAG 2.2, level AA: it can be used with the keyboard alone, at 400 % zoom, on a narrow phone, with a screen reader, in high contrast, in print, and without JavaScript."),
            ("How we check", "Each change is tested in a real browser, with an automatic checker on every page, with and without JavaScript. An automatic checker finds only part of what can hinder people; if something hinders you, we want to know."),
            ("What may still hinder you", "Documents that centres attach are their own and may not be accessible. Ask us, and we ask the centre for another form without telling it who asks."),
        ],
    )
    .await
}

/// What is kept, and who sees it.
pub async fn privacy(desk: Desk) -> Result<Response, Problem> {
    text(
        desk,
        "Privacy",
        &[
            ("What is kept", "Your name and e-mail address, what you write and attach, and a record of what was changed, when, and by which account. One cookie keeps you signed in; there is no tracking, and nothing is loaded from other sites."),
            ("Who sees it", "Your centre's people see your application. Reviewers see a frozen copy without the name of your centre; your centre never learns who they are. Because a key exists, this is pseudonymisation, not anonymity in the strict sense of the law."),
            ("Patients", "Nothing that could identify a patient belongs here, neither in text nor in files."),
            ("Your rights", "You can ask for a copy of what concerns you, for its correction, and for its erasure as far as the record of accreditation allows. The secretariat answers."),
        ],
    )
    .await
}

/// How to get help.
pub async fn help(desk: Desk) -> Result<Response, Problem> {
    text_with(
        desk,
        "Help",
        &[
            ("Nothing is lost", "Saving a draft never refuses. With JavaScript it is saved while you type; without, when you press Save. If the line breaks or your session ends, your text stays in the browser until it could be saved."),
            ("What to do first", "Choose a level for each criterion, even a provisional one. The application page then tells you what is missing, with a link to each place."),
            ("Two people at the same criterion", "If a colleague saved before you, nothing is overwritten. You see both texts and choose one; the other is kept in the history."),
            ("Write to us", "The secretariat's address is in the call for applications. Give the reference from an error page if there is one; it names no person."),
        ],
        || rules().into_any(),
    )
    .await
}

/// The rules of readiness.
fn rules() -> impl IntoView {
    let rows = RULES.iter().map(|rule| {
        view! {
            <tr id=format!("rule-{}", rule.code)>
                <th scope="row"><code>{rule.code}</code></th>
                <td>{rule.severity.name()}</td>
                <td>{rule.says}</td>
            </tr>
        }
    });
    view! {
        <section class="stack" aria-labelledby="readiness">
            <h2 id="readiness">"What the readiness check looks for"</h2>
            <p>"An error stops submitting, and nothing else does. A warning is what a reviewer will probably ask. A hint may make the case clearer. All rules are the portal's own."</p>
            <div class="scrolls" tabindex="0" role="region" aria-label="Rules of the readiness check"><table>
                <thead><tr><th scope="col">"Rule"</th><th scope="col">"Weight"</th><th scope="col">"What it says"</th></tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table></div>
            <p>"Words of the guides and forms are explained in the "<a href="/glossary">"glossary"</a>"."</p>
        </section>
    }
}

async fn text(
    desk: Desk,
    title: &'static str,
    sections: &'static [(&'static str, &'static str)],
) -> Result<Response, Problem> {
    text_with(desk, title, sections, || ().into_any()).await
}

/// A page of short texts, and what comes after them.
async fn text_with(
    desk: Desk,
    title: &'static str,
    sections: &'static [(&'static str, &'static str)],
    after: fn() -> AnyView,
) -> Result<Response, Problem> {
    let frame = super::frame(&desk, title).await?;
    let page = Page::new(title, frame, move || {
        let sections = sections.iter().map(
            |(heading, text)| view! { <section class="stack"><h2 id=slug(heading)>{*heading}</h2><p>{*text}</p></section> },
        );
        view! { <main class="page narrow" id="main"><h1>{title}</h1>{sections.collect_view()}{after()}</main> }
    });
    Ok(desk.page(page).await)
}
