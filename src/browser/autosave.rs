//! The browser's side of autosaving.

use crate::{
    browser::{State, beginning_with, decode, encode, fields, fill, form as form_of, number, on, page, storage, text},
    domain::text::{NARRATIVE_WORDS, unify_lines, words},
};
use leptos::prelude::*;
use std::{cell::Cell, rc::Rc, time::Duration};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{HtmlFormElement, RequestInit, Response};

/// How long nothing is typed before it is saved.
const PAUSE: Duration = Duration::from_millis(900);

/// How long to wait before trying again.
const RETRY: Duration = Duration::from_secs(10);

/// What the watcher of one form remembers.
struct Watch {
    form: HtmlFormElement,
    state: State,
    /// Counts what was typed, so that an answer knows whether it is about the newest text.
    typed: Cell<u32>,
    saved: Cell<u32>,
    sending: Cell<bool>,
    leaving: Cell<bool>,
}

/// Begins to watch.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a positive number below 2^53")]
pub fn begin(id: &str, state: State, counted: RwSignal<String>) {
    let Some(form) = form_of(id) else { return };
    let watch = Rc::new(Watch {
        form,
        state,
        typed: Cell::new(0),
        saved: Cell::new(0),
        sending: Cell::new(false),
        leaving: Cell::new(false),
    });
    fill(&watch.form, "page", &format!("{:x}", (js_sys::Math::random() * 9e15) as u64));
    watch.clone().take_back();
    let typing = watch.clone();
    on(&watch.form, "input", move |_| {
        if let Some((_, narrative)) = fields(&typing.form).into_iter().find(|(name, _)| name == "narrative") {
            counted.set(format!("{} of {NARRATIVE_WORDS} words", words(&narrative)));
        }
        typing.clone().changed();
    });
    let choosing = watch.clone();
    on(&watch.form, "change", move |_| choosing.clone().changed());
    let leaving = watch.clone();
    on(&watch.form, "submit", move |_| leaving.leaving.set(true));
    if let Some(window) = web_sys::window() {
        for event in ["online", "focus"] {
            let again = watch.clone();
            on(&window, event, move |_| again.clone().send());
        }
        let hiding = watch.clone();
        on(&window, "pagehide", move |_| {
            if hiding.typed.get() != hiding.saved.get() && !hiding.leaving.get() {
                hiding.keep();
            }
        });
    }
}

impl Watch {
    /// Under which name the browser keeps texts of this form, whichever page they were typed in.
    fn form_key(&self) -> String {
        format!("kept:{}#", self.form.get_attribute("action").unwrap_or_default())
    }

    /// Under which name the browser keeps the text of this page: two tabs must not push each other out.
    fn key(&self) -> String {
        let page = fields(&self.form).into_iter().find(|(name, _)| name == "page").map(|(_, page)| page);
        self.form_key() + &page.unwrap_or_default()
    }

    fn changed(self: Rc<Self>) {
        let now = self.typed.get() + 1;
        self.typed.set(now);
        self.keep();
        set_timeout(
            move || {
                if self.typed.get() == now {
                    self.send();
                }
            },
            PAUSE,
        );
    }

    /// Keeps the text in the browser until the server has it.
    fn keep(&self) {
        if let (Some(storage), Some(text)) = (storage(), encode(&fields(&self.form))) {
            let _ = storage.set_item(&self.key(), &text);
        }
    }

    /// Puts text that was kept, and never saved, back into the form.
    fn take_back(self: Rc<Self>) {
        let Some(storage) = storage() else { return };
        let shown = fields(&self.form);
        for (key, kept) in beginning_with(&storage, &self.form_key()) {
            let kept = decode(&kept);
            let differs = kept.iter().any(|(name, text)| {
                !matches!(name.as_str(), "version" | "page")
                    && shown.iter().find(|(n, _)| n == name).is_none_or(|(_, t)| unify_lines(t) != unify_lines(text))
            });
            if differs {
                for (name, text) in kept.iter().filter(|(name, _)| name != "page") {
                    fill(&self.form, name, text);
                }
                self.state.set(("Text that was not saved is back in the form".into(), false));
                // Kept under this page's name before it is forgotten under the other's. Texts of further tabs come back
                // when the page is opened again.
                self.clone().changed();
                let _ = storage.remove_item(&key);
                return;
            }
            let _ = storage.remove_item(&key);
        }
    }

    fn forget(&self) {
        if let Some(storage) = storage() {
            let _ = storage.remove_item(&self.key());
        }
    }

    fn send(self: Rc<Self>) {
        if self.sending.get() || self.leaving.get() || self.typed.get() == self.saved.get() {
            return;
        }
        self.sending.set(true);
        let (about, body) = (self.typed.get(), encode(&fields(&self.form)));
        spawn_local(async move {
            let answer = post(&self.form, body.as_deref().unwrap_or_default()).await;
            self.sending.set(false);
            self.answered(about, answer);
        });
    }

    fn answered(self: Rc<Self>, about: u32, answer: Option<JsValue>) {
        let state = answer.as_ref().and_then(|a| text(a, "state"));
        match (state.as_deref(), answer) {
            (Some("saved"), Some(answer)) => {
                self.saved.set(about);
                if let Some(version) = number(&answer, "version") {
                    fill(&self.form, "version", &format!("{version}"));
                }
                show_preview(&text(&answer, "preview").unwrap_or_default());
                self.state.set((format!("Saved {}", text(&answer, "at").unwrap_or_default()), true));
                if self.typed.get() == about {
                    self.forget();
                } else {
                    self.send();
                }
            }
            (Some("beside"), answer) => {
                self.saved.set(about);
                self.forget();
                let colleague = "A colleague changed this answer. Both texts are kept; reload the page to choose";
                let said = answer.as_ref().and_then(|a| text(a, "say"));
                self.state.set((said.unwrap_or_else(|| colleague.into()), false));
            }
            (Some("signed-out"), _) => {
                self.state.set(("You are signed out. Your text is kept in this browser; sign in again in another tab, and we save it".into(), false));
                self.later();
            }
            (Some("gone"), _) => {
                self.state.set((
                    "This application is no longer open to you. Your text is kept in this browser; copy it".into(),
                    false,
                ));
            }
            (Some("closed"), _) => {
                self.state.set((
                    "This application can no longer be changed. Your text is kept in this browser; copy it".into(),
                    false,
                ));
            }
            _ => {
                self.state.set((
                    "Not saved yet: no connection. Your text is kept in this browser, and we try again".into(),
                    false,
                ));
                self.later();
            }
        }
    }

    fn later(self: Rc<Self>) {
        set_timeout(move || self.send(), RETRY);
    }
}

fn show_preview(html: &str) {
    // The server has rendered it from Markdown without raw HTML.
    if let Some(preview) = page().and_then(|p| p.get_element_by_id("preview")) {
        preview.set_inner_html(html);
    }
}

async fn post(form: &HtmlFormElement, body: &str) -> Option<JsValue> {
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_body(&JsValue::from_str(body));
    let request = web_sys::Request::new_with_str_and_init(&form.get_attribute("action")?, &init).ok()?;
    let headers = request.headers();
    headers.set("accept", "application/json").ok()?;
    headers.set("content-type", "application/x-www-form-urlencoded").ok()?;
    let response: Response =
        JsFuture::from(web_sys::window()?.fetch_with_request(&request)).await.ok()?.dyn_into().ok()?;
    if response.status() == 404 {
        // What must not exist for somebody says nothing about itself, so that this page has to know.
        // Its body is read to the end: a browser reports one that is left behind as a failure.
        JsFuture::from(response.text().ok()?).await.ok()?;
        let gone = js_sys::Object::new();
        js_sys::Reflect::set(&gone, &"state".into(), &"gone".into()).ok()?;
        return Some(gone.into());
    }
    JsFuture::from(response.json().ok()?).await.ok()
}
