//! Shows the progress of an upload, over a form that works without it.

use crate::browser;
use leptos::prelude::*;

/// Sends the form with the identifier `form` and shows how far it is.
#[island]
pub fn Upload(form: String) -> impl IntoView {
    let percent = RwSignal::new(None::<u32>);
    let message = RwSignal::new(String::new());
    Effect::new(move |_| browser::upload::begin(&form, percent, message));
    view! {
        <div class="upload" role="status">
            {move || percent.get().map(|p| view! {
                <progress max="100" value=p.to_string() aria-label="Upload"></progress>
                <span>{if p < 100 { format!("{p} %") } else { "Checking the file".to_owned() }}</span>
            })}
            {move || (!message.get().is_empty()).then(|| view! { <p class="field-error">{message.get()}</p> })}
        </div>
    }
}
