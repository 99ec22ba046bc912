//! How sign-in through a provider looks.

use crate::pages::account::frame;
use crate::{
    components::message,
    domain::calendar::day_long,
    server::{
        Portal,
        render::{Frame, Page},
    },
    store::{account::Account, identity::Identity},
};
use leptos::prelude::*;

/// Why somebody does not come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The provider cannot be reached.
    Down,
    /// Its answer is not right.
    Untrue,
    /// It says no.
    Declined,
    /// The way back was used, is too old, or was begun elsewhere.
    Spent,
    /// No account here belongs to the identity.
    NotLinked,
    /// The identity belongs to an account already.
    Taken,
}

impl Failure {
    /// What happened, and what to do.
    fn words(self, title: &str) -> (String, String) {
        match self {
            Self::Down => (
                format!("{title} does not answer"),
                "Nobody can sign in there at this moment. Use another way, or try again in some minutes.".into(),
            ),
            Self::Untrue => (
                format!("We cannot trust this answer of {title}"),
                "What it said about you was not right in every detail, so we did not let you in. Use another way, and tell us the reference below.".into(),
            ),
            Self::Declined => (
                format!("{title} did not let you through"),
                "You may have pressed Cancel there, or you may not use it for this portal. Try again, or use another way.".into(),
            ),
            Self::Spent => (
                "This way back cannot be used".into(),
                "It works once, for ten minutes, in the browser where you began. Begin again here.".into(),
            ),
            Self::NotLinked => (
                format!("Your identity at {title} is not linked to an account yet"),
                format!("Sign in with your passkey or password first. Then link {title} on the page of your providers; from then on you can sign in with it."),
            ),
            Self::Taken => (
                format!("This identity at {title} is linked already"),
                "It belongs to an account here, yours or another one. Each identity opens one account. If that is a surprise, write to us.".into(),
            ),
        }
    }
}

/// The page for a failure.
pub fn failed(failure: Failure, title: String, request_id: String) -> Page {
    let (heading, text) = failure.words(&title);
    Page::new(heading.clone(), Frame { current: "Sign in", ..Frame::default() }, move || {
        view! {
            <main class="page narrow" id="main">
                <h1>{heading}</h1>
                <p>{text}</p>
                <ul class="stack" role="list">
                    <li><a class="button" href="/sign-in">"Go to the sign-in page"</a></li>
                    {(failure == Failure::NotLinked).then(|| view! {
                        <li><a href="/sign-in?next=%2Faccount%2Fproviders">"Sign in, and go on to your providers"</a></li>
                    })}
                    <li>"Still stuck? "<a href="/help">"Write to us"</a>{format!(" and give the reference {request_id}.")}</li>
                </ul>
            </main>
        }
    })
}

/// Seen for a moment on the way to a provider.
pub fn leaving(title: String, way: String) -> Page {
    Page::new(format!("On to {title}"), Frame { current: "Sign in", ..Frame::default() }, move || {
        view! {
            <main class="page narrow" id="main">
                <h1>{format!("On to {title}")}</h1>
                <p>"You sign in there, and come back here by yourself."</p>
                <p><a class="button" href=way>{format!("Continue to {title}")}</a></p>
            </main>
        }
    })
}

/// The offer on the sign-in page; nothing where no provider is set up.
pub fn offer(portal: &Portal, next: &str) -> AnyView {
    let buttons: Vec<_> = portal
        .providers
        .iter()
        .map(|provider| {
            let (way, next) = (format!("/sign-in/provider/{}", provider.settings.name), next.to_owned());
            view! {
                <li>
                    <form method="post" action=way>
                        <input type="hidden" name="next" value=next/>
                        <button class="button quiet" type="submit">{format!("Sign in with {}", provider.settings.title)}</button>
                    </form>
                </li>
            }
        })
        .collect();
    if buttons.is_empty() {
        return ().into_any();
    }
    view! {
        <section class="stack" aria-labelledby="provider-title">
            <h2 id="provider-title">"With your hospital"</h2>
            <ul class="stack" role="list">{buttons}</ul>
        </section>
    }
    .into_any()
}

/// Which identities are linked, and where more can be.
pub fn page(portal: Portal, account: &Account, list: Vec<Identity>, done: &str) -> Page {
    let frame = frame(account);
    let done = match done {
        "linked" => Some("The identity was linked. You can sign in with it from now on"),
        "unlinked" => Some("The link was taken away"),
        _ => None,
    };
    Page::new("Identity providers", frame, move || {
        let none = portal.providers.iter().next().is_none();
        let empty = list.is_empty();
        let rows = list.into_iter().map(|identity| row(&portal, &identity)).collect_view();
        let links = portal.providers.iter().map(|provider| {
            let way = format!("/account/providers/{}", provider.settings.name);
            view! {
                <li><form method="post" action=way>
                    <button class="button quiet" type="submit">{format!("Link {}", provider.settings.title)}</button>
                </form></li>
            }
        });
        let links = links.collect_view();
        view! {
            <main class="page narrow" id="main">
                <div class="stack">
                    <h1>"Identity providers"</h1>
                    <p>"Once your identity at your hospital is linked, you can sign in there instead of here. We keep neither your name nor your address from it."</p>
                </div>
                {done.map(message::done)}
                {if empty {
                    view! { <p class="panel">"Nothing is linked yet."</p> }.into_any()
                } else {
                    view! { <ul class="evidence" role="list">{rows}</ul> }.into_any()
                }}
                {if none {
                    view! { <p class="soft">"No identity provider is set up in this portal."</p> }.into_any()
                } else {
                    view! { <ul class="stack" role="list">{links}</ul> }.into_any()
                }}
            </main>
        }
    })
}

fn row(portal: &Portal, identity: &Identity) -> impl IntoView + use<> {
    let provider = portal.providers.issued_by(&identity.issuer);
    let title = provider.map_or_else(|| identity.issuer.clone(), |provider| provider.settings.title.clone());
    let used =
        identity.used.map_or_else(|| "not used yet".to_owned(), |at| format!("last used {}", day_long(at, "UTC")));
    let facts = format!("Linked {}, {used}", day_long(identity.linked, "UTC"));
    let way = format!("/account/identities/{}/remove", identity.id);
    view! {
        <li>
            <div class="stack"><h2>{title.clone()}</h2><p class="soft small">{facts}</p></div>
            <form method="post" action=way>
                <button class="link-button" type="submit" aria-label=format!("Take the link to {title} away")>"Take the link away"</button>
            </form>
        </li>
    }
}
