//! Saves a form while it is typed, and keeps the text in the browser while it cannot be saved.

use crate::browser;
use leptos::prelude::*;

/// Watches the form with the identifier `form`: counts the words of its case, if it has one, saves after a pause, and says
/// what became of it. `saved` and `count` are what the server showed.
#[island]
pub fn Autosave(form: String, saved: String, count: String) -> impl IntoView {
    let state = RwSignal::new((saved, true));
    let counted = RwSignal::new(count);
    Effect::new(move |_| browser::autosave::begin(&form, state, counted));
    view! {
        <span class:saved=move || state.get().1 && !state.get().0.is_empty() role="status">{move || state.get().0}</span>
        <span>{move || counted.get()}</span>
    }
}
