//! The browser's side of a ceremony: fetch the question, ask the passkey, send its answer.

use crate::browser::{fields, form as form_of, on, text};
use js_sys::{Array, Function, JSON, Object, Promise, Reflect};
use leptos::prelude::*;
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{AbortController, HtmlFormElement, RequestInit, Response};

const UNSUPPORTED: &str = "This browser does not support passkeys. Use your password and code";
const UNREACHABLE: &str = "The portal could not be reached. Check the connection and try again";

/// The server forgets a question after five minutes; one that waits in the field of the address is asked anew before.
const ANEW: Duration = Duration::from_secs(270);

/// How often at most, so that a forgotten tab comes to rest.
const ROUNDS: u32 = 12;

/// One form and what goes on at it.
struct Watch {
    form: HtmlFormElement,
    /// The class of the browser that knows about passkeys.
    class: JsValue,
    message: RwSignal<String>,
    busy: Cell<bool>,
    /// Ends the question that waits in the field of the address.
    waiting: RefCell<Option<AbortController>>,
}

/// Why there is no answer.
enum Nothing {
    /// The question was taken back: nothing has to be said.
    Quiet,
    /// What the device or the line has to do with it; said only to somebody who has pressed the button.
    Failed(String),
    /// What the portal says about the passkey.
    Refused(String),
}

/// Begins to look after a form.
pub fn begin(id: &str, message: RwSignal<String>) {
    let Some(form) = form_of(id) else { return };
    let class = web_sys::window().and_then(|w| get(&w, "PublicKeyCredential")).filter(JsValue::is_function);
    let Some(class) = class.filter(|c| get(c, "parseRequestOptionsFromJSON").is_some_and(|f| f.is_function())) else {
        message.set(UNSUPPORTED.into());
        return;
    };
    let _ = form.remove_attribute("hidden");
    let watch = Rc::new(Watch { form, class, message, busy: Cell::new(false), waiting: RefCell::new(None) });
    let pressed = watch.clone();
    on(&watch.form, "submit", move |event| {
        event.prevent_default();
        if pressed.busy.replace(true) {
            return;
        }
        pressed.stop_waiting();
        pressed.message.set(String::new());
        let watch = pressed.clone();
        spawn_local(async move {
            match watch.ask(None).await {
                // On the way to the next page: nothing more is asked here.
                Ok(()) => return,
                Err(Nothing::Failed(words) | Nothing::Refused(words)) => watch.message.set(words),
                Err(Nothing::Quiet) => {}
            }
            watch.busy.set(false);
            watch.wait(ROUNDS);
        });
    });
    watch.wait(ROUNDS);
}

impl Watch {
    /// Lets the browser offer passkeys in the field of the address, where it can.
    fn wait(self: &Rc<Self>, rounds: u32) {
        if !self.form.has_attribute("data-conditional") || rounds == 0 {
            return;
        }
        let watch = self.clone();
        spawn_local(async move {
            if !watch.conditional().await {
                return;
            }
            let Ok(abort) = AbortController::new() else { return };
            *watch.waiting.borrow_mut() = Some(abort.clone());
            let later = watch.clone();
            let mine = abort.clone();
            set_timeout(
                move || {
                    // Only when this very question still waits.
                    if !mine.signal().aborted() && !later.busy.get() {
                        mine.abort();
                        later.wait(rounds - 1);
                    }
                },
                ANEW,
            );
            let asked = watch.ask(Some(&abort)).await;
            // Once the button was pressed, it says what becomes of it.
            if let Err(why) = asked
                && !abort.signal().aborted()
            {
                watch.busy.set(false);
                if let Nothing::Refused(words) = why {
                    watch.message.set(words);
                }
            }
        });
    }

    fn stop_waiting(&self) {
        if let Some(abort) = self.waiting.borrow_mut().take() {
            abort.abort();
        }
    }

    async fn conditional(&self) -> bool {
        let Some(test) = get(&self.class, "isConditionalMediationAvailable").filter(JsValue::is_function) else {
            return false;
        };
        let Ok(promise) = test.unchecked_into::<Function>().call0(&self.class) else { return false };
        JsFuture::from(promise.unchecked_into::<Promise>()).await.is_ok_and(|answer| answer.is_truthy())
    }

    /// Asks for a passkey and goes where the server says. With `waiting`, the browser offers it beside its other
    /// suggestions, until it is taken back.
    async fn ask(&self, waiting: Option<&AbortController>) -> Result<(), Nothing> {
        let begin = self.form.get_attribute("data-begin").unwrap_or_default();
        let asked = post(&begin, "{}").await?;
        let options = get(&asked, "options").ok_or_else(unreachable)?;
        let public = get(&options, "publicKey").ok_or_else(unreachable)?;
        let create = get(&public, "user").is_some();
        let (parse, act) =
            if create { ("parseCreationOptionsFromJSON", "create") } else { ("parseRequestOptionsFromJSON", "get") };
        let parsed = call(&self.class, parse, &public).map_err(|e| explain(&e))?;
        let request = Object::new();
        set(&request, "publicKey", &parsed);
        if let Some(abort) = waiting {
            set(&request, "mediation", &JsValue::from_str("conditional"));
            set(&request, "signal", &abort.signal());
        }
        let credentials = web_sys::window().and_then(|w| get(&w.navigator(), "credentials")).ok_or_else(unreachable)?;
        let promise = call(&credentials, act, &request).map_err(|e| explain(&e))?;
        let credential = JsFuture::from(promise.unchecked_into::<Promise>()).await.map_err(|e| explain(&e))?;
        // From here on the button would ask for a second one.
        self.busy.set(true);
        let plain = get(&credential, "toJSON")
            .filter(JsValue::is_function)
            .and_then(|to| to.unchecked_into::<Function>().call0(&credential).ok())
            .ok_or_else(|| Nothing::Failed(UNSUPPORTED.into()))?;
        let answer = Object::new();
        set(&answer, "ceremony", &get(&asked, "ceremony").unwrap_or_default());
        set(&answer, "credential", &plain);
        let typed: Array = fields(&self.form)
            .iter()
            .map(|(name, text)| Array::of2(&JsValue::from_str(name), &JsValue::from_str(text)))
            .collect();
        set(&answer, "fields", &typed);
        let body = JSON::stringify(&answer).map(String::from).map_err(|_| unreachable())?;
        let action = self.form.get_attribute("action").unwrap_or_default();
        let said = post(&action, &body).await?;
        let href = text(&said, "href").ok_or_else(unreachable)?;
        if let Some(window) = web_sys::window() {
            let _ = window.location().assign(&href);
        }
        Ok(())
    }
}

fn unreachable() -> Nothing {
    Nothing::Failed(UNREACHABLE.into())
}

/// What a refusal of the browser means for the person in front of it.
fn explain(error: &JsValue) -> Nothing {
    let words = match text(error, "name").as_deref() {
        Some("AbortError") => return Nothing::Quiet,
        Some("NotAllowedError") => "No passkey was used. Try again when you are ready",
        Some("InvalidStateError") => "This device holds a passkey for your account already",
        Some("SecurityError") => "Passkeys do not work at this address. Use your password and code",
        Some("NotSupportedError" | "ConstraintError") => {
            "This device cannot make a passkey that we accept: it has to check a fingerprint, a face or a code"
        }
        _ => "The passkey could not be used. Try again, or use another way",
    };
    Nothing::Failed(words.into())
}

fn get(object: &JsValue, name: &str) -> Option<JsValue> {
    let value = Reflect::get(object, &JsValue::from_str(name)).ok()?;
    (!value.is_undefined() && !value.is_null()).then_some(value)
}

fn set(object: &Object, name: &str, value: &JsValue) {
    let _ = Reflect::set(object, &JsValue::from_str(name), value);
}

fn call(object: &JsValue, name: &str, argument: &JsValue) -> Result<JsValue, JsValue> {
    Reflect::get(object, &JsValue::from_str(name))?.dyn_into::<Function>()?.call1(object, argument)
}

/// Sends JSON and reads JSON. A refusal comes with what to say.
async fn post(path: &str, body: &str) -> Result<JsValue, Nothing> {
    send(path, body).await.map_or_else(
        || Err(unreachable()),
        |answer| match text(&answer, "state").as_deref() {
            Some("refused" | "late") => {
                Err(Nothing::Refused(text(&answer, "message").unwrap_or_else(|| UNREACHABLE.into())))
            }
            Some("signed-out") => {
                Err(Nothing::Failed("You are signed out. Sign in again, then add the passkey".into()))
            }
            Some("closed") => Err(Nothing::Failed("This cannot be done now. Reload the page and try again".into())),
            Some("later") => Err(unreachable()),
            _ => Ok(answer),
        },
    )
}

async fn send(path: &str, body: &str) -> Option<JsValue> {
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_body(&JsValue::from_str(body));
    let request = web_sys::Request::new_with_str_and_init(path, &init).ok()?;
    request.headers().set("accept", "application/json").ok()?;
    request.headers().set("content-type", "application/json").ok()?;
    let response: Response =
        JsFuture::from(web_sys::window()?.fetch_with_request(&request)).await.ok()?.dyn_into().ok()?;
    JsFuture::from(response.json().ok()?).await.ok()
}
