//! Keys of a page: each presses, or goes to, what the page shows anyway.

use crate::browser;
use leptos::prelude::*;

/// Listens for keys. An element names its keys in `data-keys`; a link or a button is pressed, a field is gone to. Keys rest
/// while somebody types, and can be turned off for good in this browser.
#[island]
pub fn Keys() -> impl IntoView {
    // None until the browser listens: without a script no key does anything, and nothing is promised.
    let listening = RwSignal::new(None::<bool>);
    Effect::new(move |_| browser::keys::begin(listening));
    let off = move || listening.get() == Some(false);
    view! {
        <div class="keys" id="keys" hidden=move || listening.get().is_none()>
            <span hidden=off>"Keys: "<kbd>"0"</kbd>" to "<kbd>"4"</kbd>" level, "<kbd>"s"</kbd>" save, "<kbd>"n"</kbd>" save and next, "<kbd>"p"</kbd>" previous, "<kbd>"?"</kbd>" all keys"</span>
            <button class="link-button small" type="button" data-switch="keys">{move || if off() { "Turn keys on" } else { "Turn keys off" }}</button>
            <details id="all-keys" hidden=off>
                <summary>"All keys"</summary>
                <ul>
                    <li><kbd>"0"</kbd>" to "<kbd>"4"</kbd>" choose the level"</li>
                    <li><kbd>"t"</kbd>" strengths, "<kbd>"g"</kbd>" gap, "<kbd>"w"</kbd>" what would satisfy you, "<kbd>"o"</kbd>" note to the chair"</li>
                    <li><kbd>"Esc"</kbd>" leaves a text, back to the level"</li>
                    <li><kbd>"s"</kbd>" saves, "<kbd>"n"</kbd>" or "<kbd>"j"</kbd>" saves and goes on, "<kbd>"p"</kbd>" or "<kbd>"k"</kbd>" goes back"</li>
                    <li><kbd>"i"</kbd>" goes to the overview, "<kbd>"?"</kbd>" opens and closes this list"</li>
                </ul>
            </details>
        </div>
    }
}
