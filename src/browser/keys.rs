//! The browser's side of keys.

use crate::browser::{on, page, storage, text};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, HtmlElement};

/// Under which name the browser keeps that keys are turned off.
const CHOICE: &str = "keys";

/// Begins to listen.
pub fn begin(listening: RwSignal<Option<bool>>) {
    let Some(page) = page() else { return };
    let off = storage().and_then(|s| s.get_item(CHOICE).ok().flatten()).is_some_and(|choice| choice == "off");
    listening.set(Some(!off));
    if let Some(button) = page.query_selector("[data-switch=\"keys\"]").ok().flatten() {
        on(&button, "click", move |_| {
            let now = listening.get_untracked() != Some(true);
            listening.set(Some(now));
            if let Some(storage) = storage() {
                let _ = if now { storage.remove_item(CHOICE) } else { storage.set_item(CHOICE, "off") };
            }
        });
    }
    on(&page, "keydown", move |event| {
        if listening.get_untracked() == Some(true) && pressed(&event) {
            // Else the letter would be typed into the field that it leads to.
            event.prevent_default();
        }
    });
}

/// Does what a key is for; `false` when it is for nothing here.
fn pressed(event: &Event) -> bool {
    let held = ["ctrlKey", "metaKey", "altKey"].into_iter().any(|name| flag(event, name));
    let Some(key) = text(event, "key").filter(|_| !held && !flag(event, "isComposing")) else { return false };
    let target = event.target().and_then(|t| t.dyn_into::<Element>().ok());
    let typing = target.is_some_and(|t| is_text(&t));
    match (key.as_str(), typing) {
        ("Escape", true) => find("input[data-keys]:checked").or_else(|| find("input[data-keys]")).is_some_and(go_to),
        ("?", false) => toggle_list(),
        (key, false) if key.len() == 1 && key.bytes().all(|b| b.is_ascii_alphanumeric()) => {
            find(&format!("[data-keys~=\"{key}\"]")).is_some_and(|element| press(&element))
        }
        // Anything else, and every letter while somebody types.
        _ => false,
    }
}

fn flag(event: &Event, name: &str) -> bool {
    js_sys::Reflect::get(event, &JsValue::from_str(name)).is_ok_and(|value| value.is_truthy())
}

fn find(selector: &str) -> Option<HtmlElement> {
    page()?.query_selector(selector).ok()??.dyn_into().ok()
}

/// Whether keys belong to the text of this element.
fn is_text(element: &Element) -> bool {
    match element.tag_name().as_str() {
        "TEXTAREA" | "SELECT" => true,
        "INPUT" => {
            !matches!(element.get_attribute("type").as_deref(), Some("radio" | "checkbox" | "submit" | "button"))
        }
        _ => element.has_attribute("contenteditable"),
    }
}

fn go_to(element: HtmlElement) -> bool {
    element.focus().is_ok()
}

fn press(element: &HtmlElement) -> bool {
    if is_text(element) {
        return go_to(element.clone());
    }
    let _ = element.focus();
    element.click();
    true
}

fn toggle_list() -> bool {
    let Some(list) = find("#all-keys") else { return false };
    if list.has_attribute("open") {
        return list.remove_attribute("open").is_ok();
    }
    let opened = list.set_attribute("open", "").is_ok();
    opened && find("#all-keys > summary").is_some_and(go_to)
}
