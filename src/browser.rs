//! The few things of the browser that islands use.

pub mod autosave;
pub mod keys;
pub mod passkey;
pub mod upload;

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{
    Document, Event, EventTarget, FormData, HtmlFormElement, HtmlInputElement, HtmlTextAreaElement, Storage,
};

/// The document of the page.
pub fn page() -> Option<Document> {
    web_sys::window()?.document()
}

/// A form by its identifier.
pub fn form(id: &str) -> Option<HtmlFormElement> {
    page()?.get_element_by_id(id)?.dyn_into().ok()
}

/// The fields of a form, files left out.
pub fn fields(form: &HtmlFormElement) -> Vec<(String, String)> {
    let Ok(data) = FormData::new_with_form(form) else { return Vec::new() };
    let mut list = Vec::new();
    for entry in js_sys::try_iter(&data).ok().flatten().into_iter().flatten().flatten() {
        let pair = js_sys::Array::from(&entry);
        if let (Some(name), Some(text)) = (pair.get(0).as_string(), pair.get(1).as_string()) {
            list.push((name, text));
        }
    }
    list
}

/// Puts a text into a field of a form.
pub fn fill(form: &HtmlFormElement, name: &str, text: &str) {
    let Ok(list) = form.query_selector_all(&format!("[name=\"{name}\"]")) else { return };
    for i in 0..list.length() {
        let Some(node) = list.get(i) else { continue };
        if let Some(area) = node.dyn_ref::<HtmlTextAreaElement>() {
            area.set_value(text);
        } else if let Some(input) = node.dyn_ref::<HtmlInputElement>() {
            match input.type_().as_str() {
                "radio" | "checkbox" => input.set_checked(input.value() == text),
                _ => input.set_value(text),
            }
        }
    }
}

/// Calls `then` on each event of this name, as long as the page lives.
pub fn on(target: &EventTarget, name: &str, then: impl FnMut(Event) + 'static) {
    let closure = Closure::<dyn FnMut(Event)>::new(then);
    if target.add_event_listener_with_callback(name, closure.as_ref().unchecked_ref()).is_ok() {
        closure.forget();
    }
}

/// What the browser keeps for this site, if it keeps anything.
pub fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok()?
}

/// What is kept under names that begin like this, by name.
pub fn beginning_with(storage: &Storage, start: &str) -> Vec<(String, String)> {
    let names = (0..storage.length().unwrap_or(0)).filter_map(|i| storage.key(i).ok().flatten());
    let mut names: Vec<String> = names.filter(|name| name.starts_with(start)).collect();
    names.sort();
    names.into_iter().filter_map(|name| Some((name.clone(), storage.get_item(&name).ok()??))).collect()
}

/// Encodes fields as a form does.
pub fn encode(fields: &[(String, String)]) -> Option<String> {
    let encoded = web_sys::UrlSearchParams::new().ok()?;
    for (name, text) in fields {
        encoded.append(name, text);
    }
    Some(String::from(encoded.to_string()))
}

/// Reads what [`encode`] has written.
pub fn decode(text: &str) -> Vec<(String, String)> {
    let Ok(params) = web_sys::UrlSearchParams::new_with_str(text) else { return Vec::new() };
    let mut list = Vec::new();
    for entry in js_sys::try_iter(&params).ok().flatten().into_iter().flatten().flatten() {
        let pair = js_sys::Array::from(&entry);
        if let (Some(name), Some(text)) = (pair.get(0).as_string(), pair.get(1).as_string()) {
            list.push((name, text));
        }
    }
    list
}

/// A text of a JSON object.
pub fn text(object: &JsValue, name: &str) -> Option<String> {
    js_sys::Reflect::get(object, &JsValue::from_str(name)).ok()?.as_string()
}

/// A number of a JSON object.
pub fn number(object: &JsValue, name: &str) -> Option<f64> {
    js_sys::Reflect::get(object, &JsValue::from_str(name)).ok()?.as_f64()
}

/// Says something and whether it is good news.
pub type State = RwSignal<(String, bool)>;
