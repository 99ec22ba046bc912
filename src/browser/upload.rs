//! The browser's side of an upload.

use crate::browser::{form as form_of, on, text};
use leptos::prelude::*;
use std::{cell::Cell, rc::Rc};
use wasm_bindgen::JsCast;
use web_sys::{FormData, HtmlFormElement, ProgressEvent, XmlHttpRequest};

/// Begins to watch the form.
pub fn begin(id: &str, percent: RwSignal<Option<u32>>, message: RwSignal<String>) {
    let Some(form) = form_of(id) else { return };
    let busy = Rc::new(Cell::new(false));
    on(&form.clone(), "submit", move |event| {
        event.prevent_default();
        if !busy.replace(true) && send(&form, percent, message, busy.clone()).is_none() {
            busy.set(false);
            message.set("Your browser could not send the file. Reload the page and try again".into());
        }
    });
}

fn send(
    form: &HtmlFormElement,
    percent: RwSignal<Option<u32>>,
    message: RwSignal<String>,
    busy: Rc<Cell<bool>>,
) -> Option<()> {
    let request = XmlHttpRequest::new().ok()?;
    request.open("POST", &form.get_attribute("action")?).ok()?;
    request.set_request_header("accept", "application/json").ok()?;
    message.set(String::new());
    percent.set(Some(0));
    let upload = request.upload().ok()?;
    on(&upload, "progress", move |event| {
        if let Some(progress) = event.dyn_ref::<ProgressEvent>()
            && 0.0 < progress.total()
        {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a percentage")]
            percent.set(Some((progress.loaded() / progress.total() * 100.0) as u32));
        }
    });
    let answered = request.clone();
    on(&request, "loadend", move |_| {
        busy.set(false);
        percent.set(None);
        let body = answered.response_text().ok().flatten().unwrap_or_default();
        let answer = js_sys::JSON::parse(&body).ok();
        let read = |name: &str| answer.as_ref().and_then(|a| text(a, name));
        match read("state").as_deref() {
            Some("added") => {
                if let (Some(window), Some(href)) = (web_sys::window(), read("href")) {
                    let _ = window.location().assign(&href);
                }
            }
            Some("refused") => message.set(read("message").unwrap_or_default()),
            Some("signed-out") => {
                message.set("You are signed out. Sign in again in another tab, then send the file again".into());
            }
            Some("closed") => message.set("This application can no longer be changed".into()),
            _ => message.set("The upload did not arrive. Nothing was stored; try again".into()),
        }
    });
    request.send_with_opt_form_data(Some(&FormData::new_with_form(form).ok()?)).ok()?;
    Some(())
}
