//! Asks the browser for a passkey, in the place of a form that only a passkey can fill.

use crate::browser;
use leptos::prelude::*;

/// Looks after the form with the identifier `form`, which is hidden until the browser is known to have passkeys.
#[island]
pub fn Passkey(form: String) -> impl IntoView {
    let message = RwSignal::new(String::new());
    Effect::new(move |_| browser::passkey::begin(&form, message));
    view! {
        <div role="status">
            {move || (!message.get().is_empty()).then(|| view! { <p class="field-error">{message.get()}</p> })}
        </div>
    }
}
