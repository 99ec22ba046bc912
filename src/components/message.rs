//! Messages: findings on a draft, errors on a submit, and notices.

use leptos::prelude::*;

/// One line of a list that leads to the place.
#[derive(Clone, Debug)]
pub struct Item {
    /// What to do.
    pub text: String,
    /// Where.
    pub href: String,
}

/// "There is a problem": the errors of a form that was refused.
pub fn refused(items: Vec<Item>) -> Option<impl IntoView> {
    (!items.is_empty()).then(|| {
        view! {
            <div class="findings problem" role="alert" aria-labelledby="problem">
                <h2 id="problem">"There is a problem"</h2>
                {list(items)}
            </div>
        }
    })
}

/// A list of links to places.
pub fn list(items: Vec<Item>) -> impl IntoView {
    let items = items.into_iter().map(|item| view! { <li><a href=item.href>{item.text}</a></li> });
    view! { <ul>{items.collect_view()}</ul> }
}

/// Says that somebody has to wait, and how long.
pub fn wait(text: String) -> impl IntoView {
    view! {
        <div class="findings problem" role="alert" aria-labelledby="wait">
            <h2 id="wait">"Wait a moment"</h2>
            <p>{text}</p>
        </div>
    }
}

/// Says that something was done.
pub fn done(text: impl Into<String>) -> impl IntoView {
    view! { <p class="notice" role="status"><span class="saved">{text.into()}</span></p> }
}
