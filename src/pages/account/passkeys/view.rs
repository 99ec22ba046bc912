//! How passkeys look: the list of one's own, and the forms that ask for one.

use crate::pages::account::frame;
use crate::{
    components::message::{self, Item},
    domain::{calendar::day_long, id::PasskeyId},
    islands::passkey::Passkey,
    server::{Portal, passkeys::relying_party, render::Page},
    store::{account::Account, passkey::StoredPasskey},
};
use leptos::prelude::*;

/// Why the last one stays.
pub const LAST: &str = "This is your only way to prove that it is you. Add another passkey or set up an authenticator app, then remove this one";

/// Where passkeys cannot work.
const NOT_HERE: &str = "Passkeys do not work at an address that is only a number, such as 127.0.0.1. \
    Open the portal by its name to use one.";

/// What the page says besides the list.
#[derive(Default)]
pub struct Told {
    /// What was done: `added`, `renamed`, `removed`, or nothing.
    pub done: String,
    /// What has to be mended at one passkey.
    pub wrong: Option<(PasskeyId, String)>,
}

/// The list of one's own.
pub fn page(account: &Account, list: Vec<StoredPasskey>, removable: bool, works: bool, told: Told) -> Page {
    let frame = frame(account);
    Page::new("Passkeys", frame, move || {
        let Told { done, wrong } = told;
        let items = wrong.iter().map(|(id, text)| Item { text: text.clone(), href: format!("#label-{id}") }).collect();
        let done = match done.as_str() {
            "added" => Some("The passkey was added. You can sign in with it from now on"),
            "renamed" => Some("The name was changed"),
            "removed" => Some("The passkey was removed. It opens nothing here any more; delete it on your device as well"),
            _ => None,
        };
        let empty = list.is_empty();
        let rows = list.into_iter().map(|passkey| row(passkey, removable, wrong.as_ref())).collect_view();
        view! {
            <main class="page narrow" id="main">
                <div class="stack">
                    <h1>"Passkeys"</h1>
                    <p>"A passkey signs you in with your fingerprint, your face or the code of your device. It replaces both password and code, and cannot be typed into a wrong page."</p>
                </div>
                {done.map(message::done)}
                {message::refused(items)}
                {if empty {
                    view! { <p class="panel">"You have no passkey yet."</p> }.into_any()
                } else {
                    view! { <ul class="evidence" role="list">{rows}</ul> }.into_any()
                }}
                {if works { adding("Add a passkey").into_any() } else { view! { <p class="notice">{NOT_HERE}</p> }.into_any() }}
            </main>
        }
    })
    .with_islands_if(works)
}

fn row(passkey: StoredPasskey, removable: bool, wrong: Option<&(PasskeyId, String)>) -> impl IntoView + use<> {
    let (id, label) = (passkey.id.to_string(), passkey.label);
    let error = wrong.filter(|(which, _)| *which == passkey.id).map(|(_, text)| text.clone());
    let used =
        passkey.used.map_or_else(|| "not used yet".to_owned(), |at| format!("last used {}", day_long(at, "UTC")));
    let facts = format!("Added {}, {used}", day_long(passkey.created, "UTC"));
    let (field, error_id, way) =
        (format!("label-{id}"), format!("label-{id}-error"), format!("/account/passkeys/{id}"));
    let described = error.is_some().then(|| error_id.clone());
    let (open, class) = (error.is_some(), crate::components::field::box_class(error.is_some()));
    let invalid = error.is_some().then_some("true");
    let remove = format!("{way}/remove");
    let remove = if removable {
        view! {
            <form method="post" action=remove>
                <button class="link-button" type="submit" aria-label=format!("Remove {label}")>"Remove"</button>
            </form>
        }
        .into_any()
    } else {
        view! { <p class="soft small">"It stays until there is another way to prove that it is you."</p> }.into_any()
    };
    view! {
        <li>
            <div class="stack"><h2>{label.clone()}</h2><p class="soft small">{facts}</p></div>
            {remove}
            <details open=open>
                <summary>"Rename"<span class="visually-hidden">{format!(" {label}")}</span></summary>
                <form class="form" method="post" action=way>
                    <div class=class>
                        <label for=field.clone()>"Name"</label>
                        {error.map(|text| view! { <p class="field-error" id=error_id>{text}</p> })}
                        <input id=field name="label" type="text" autocomplete="off" maxlength="60" value=label
                            aria-invalid=invalid aria-describedby=described/>
                    </div>
                    <p><button class="button quiet" type="submit">"Save the name"</button></p>
                </form>
            </details>
        </li>
    }
}

fn adding(title: &'static str) -> impl IntoView {
    view! {
        <section class="panel form" aria-labelledby="add-passkey-title">
            <h2 id="add-passkey-title">{title}</h2>
            <noscript><p class="soft">"Passkeys need JavaScript. Without it, sign in with your password and code."</p></noscript>
            <form class="form" id="add-passkey" method="post" action="/account/passkeys" data-begin="/account/passkeys/begin" hidden>
                <div class="field">
                    <label for="new-label">"Name"</label>
                    <p class="hint" id="new-label-hint">"So that you know it again, such as: work laptop, blue security key."</p>
                    <input id="new-label" name="label" type="text" autocomplete="off" maxlength="60" aria-describedby="new-label-hint"/>
                </div>
                <p><button class="button" type="submit">"Add a passkey"</button></p>
            </form>
            <Passkey form="add-passkey".to_owned()/>
        </section>
    }
}

/// Whether the pages with the offers below hold an island.
pub fn wake(portal: &Portal) -> bool {
    relying_party(&portal.settings.origin).is_some()
}

/// The offer on the sign-in page, whose field for the address has `autocomplete="username webauthn"`.
pub fn offer(portal: &Portal, next: &str) -> AnyView {
    signing_in(portal, next, true)
}

/// The offer to somebody whose account has a passkey, and who has shown a password.
pub fn instead_offer(portal: &Portal, next: &str) -> AnyView {
    signing_in(portal, next, false)
}

/// With `waiting`, the browser offers passkeys in the field for the address as well.
fn signing_in(portal: &Portal, next: &str, waiting: bool) -> AnyView {
    let waiting = waiting.then_some("");
    if !wake(portal) {
        return view! { <p class="soft small">{NOT_HERE}</p> }.into_any();
    }
    let next = next.to_owned();
    view! {
        <section class="stack" aria-labelledby="passkey-title">
            <h2 id="passkey-title">"With a passkey"</h2>
            <noscript><p class="soft">"Passkeys need JavaScript. Without it, sign in with your password and code."</p></noscript>
            <form id="passkey" method="post" action="/sign-in/passkey" data-begin="/sign-in/passkey/begin" data-conditional=waiting hidden>
                <input type="hidden" name="next" value=next/>
                <button class="button quiet" type="submit">"Sign in with a passkey"</button>
            </form>
            <Passkey form="passkey".to_owned()/>
        </section>
    }
    .into_any()
}

/// The offer on the page that asks whether it is still the same person; `has` says whether the account has a passkey.
pub fn confirm_offer(portal: &Portal, has: bool, next: &str) -> AnyView {
    if !has || !wake(portal) {
        return ().into_any();
    }
    let next = next.to_owned();
    view! {
        <section class="stack" aria-labelledby="passkey-title">
            <h2 id="passkey-title">"With a passkey"</h2>
            <noscript><p class="soft">"Passkeys need JavaScript. Without it, use a code of your app."</p></noscript>
            <form id="passkey" method="post" action="/account/confirm/passkey" data-begin="/account/confirm/passkey/begin" hidden>
                <input type="hidden" name="next" value=next/>
                <button class="button quiet" type="submit">"Confirm with a passkey"</button>
            </form>
            <Passkey form="passkey".to_owned()/>
        </section>
    }
    .into_any()
}

/// The offer for somebody who has no second factor yet.
pub fn first_offer(portal: &Portal) -> AnyView {
    if !wake(portal) {
        return ().into_any();
    }
    adding("Or add a passkey instead").into_any()
}
