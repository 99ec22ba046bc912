//! The frame around every page.

use crate::{
    domain::{calendar::Deadline, moment::Moment},
    server::render::Frame,
};
use leptos::prelude::*;

/// The name of the portal, in titles and in the header.
pub const NAME: &str = "Designated Centres";

/// Two overlapping circles: oncology and palliative care, one lens.
pub fn mark(class: &'static str) -> impl IntoView {
    view! {
        <svg class=class viewBox="0 0 32 24" aria-hidden="true">
            <path class="lens" d="M16 3.63a9.5 9.5 0 0 1 0 16.74a9.5 9.5 0 0 1 0-16.74z"></path>
            <circle cx="11.5" cy="12" r="9.5"></circle>
            <circle cx="20.5" cy="12" r="9.5"></circle>
        </svg>
    }
}

/// Header with navigation for who is here.
pub fn header(frame: &Frame) -> impl IntoView + use<> {
    let signed_in = frame.name.is_some();
    let home = if signed_in { "/home" } else { "/" };
    let mut entries = if signed_in {
        vec![("Home", "/home".to_owned())]
    } else {
        vec![("Programme", "/programme".to_owned()), ("Register", "/register".to_owned())]
    };
    if let Some(application) = &frame.application {
        entries.push(("Application", application.clone()));
        entries.push(("Evidence", format!("{application}/evidence")));
        entries.push(("Plan", format!("{application}/plan")));
        entries.push(("Team", format!("{application}/team")));
    }
    // An administrator reads no application and nothing of centres, whatever else they are.
    if frame.board || (frame.working_group && !frame.administration) {
        entries.push(("Board", "/working-group".to_owned()));
        entries.push(("Designations", "/working-group/designations".to_owned()));
    }
    if frame.working_group {
        entries.push(("Invitations", "/working-group/invitations".to_owned()));
    }
    if frame.reviews {
        entries.push(("My reviews", "/reviews".to_owned()));
        entries.push(("Practice set", "/reviews/practice".to_owned()));
    }
    if frame.administration {
        entries.push(("Administration", "/administration".to_owned()));
    }
    entries.push(("Criteria", "/criteria".to_owned()));
    let current = frame.current;
    let links = entries.into_iter().map(|(name, href)| {
        let here = (name == current).then_some("page");
        view! { <li><a href=href aria-current=here>{name}</a></li> }
    });
    let account = match &frame.name {
        Some(name) => view! {
            <a href="/account" aria-current=(current == "Account").then_some("page")>{name.clone()}</a>
            <form method="post" action="/sign-out"><button class="link-button" type="submit">"Sign out"</button></form>
        }
        .into_any(),
        None => {
            view! { <a href="/sign-in" aria-current=(current == "Sign in").then_some("page")>"Sign in"</a> }.into_any()
        }
    };
    view! {
        <a class="skip-link" href="#main">"Skip to the content"</a>
        <header class="site-header">
            <div>
                <a class="brand" href=home>{mark("")}{NAME}</a>
                <nav aria-label="Main"><ul>{links.collect_view()}</ul></nav>
                <div class="account">{account}</div>
            </div>
        </header>
    }
}

/// Footer with what must be said on every page.
pub fn footer() -> impl IntoView {
    view! {
        <footer class="site-footer">
            <div>
                <p>"Independent software for the programme; not an official ESMO product."</p>
                <ul>
                    <li><a href="/programme">"Programme"</a></li>
                    <li><a href="/register">"Register"</a></li>
                    <li><a href="/glossary">"Glossary"</a></li>
                    <li><a href="/accessibility">"Accessibility"</a></li>
                    <li><a href="/privacy">"Privacy"</a></li>
                    <li><a href="/help">"Help"</a></li>
                </ul>
            </div>
        </footer>
    }
}

/// The way back: pairs of name and address; the last entry is the page itself.
pub fn crumbs(way: Vec<(String, String)>, here: impl Into<String>) -> impl IntoView {
    let here = here.into();
    let links = way.into_iter().map(|(name, href)| view! { <li><a href=href>{name}</a></li> });
    view! {
        <nav class="crumbs" aria-label="Breadcrumb">
            <ol>{links.collect_view()}<li aria-current="page">{here}</li></ol>
        </nav>
    }
}

/// A deadline: days left first, then day, date, time and zone, then working days.
pub fn deadline(closes: &Deadline, now: Moment) -> impl IntoView + use<> {
    let working = closes.working_days_left(now);
    let (left, long, machine) = (closes.countdown(now), closes.long(), closes.machine());
    let working = match working {
        0 => String::new(),
        1 => ", 1 working day".to_owned(),
        n => format!(", {n} working days"),
    };
    let verb = if closes.passed(now) { "It closed on " } else { "Submit by " };
    view! {
        <p class="deadline">
            <strong>{left}</strong>
            <span>{verb}<time datetime=machine>{long}</time>{working}</span>
        </p>
    }
}
