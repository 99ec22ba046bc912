//! Accepting an invitation: a page with a button, since mail scanners follow links.

use super::new_password;
use crate::{
    components::{
        field::Text,
        message::{self, Item},
    },
    domain::access::Role,
    server::{
        desk::Desk,
        entry::{self, How},
        form::Form,
        passwords::rules,
        problem::Problem,
        render::{Frame, Page},
    },
    store::{self, invitation::Invitation},
};
use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use leptos::prelude::*;

/// How the person who opens the link stands to the account that the invitation is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Guest {
    /// There is no account yet.
    New,
    /// There is one, and nobody is signed in.
    SignedOut,
    /// They are signed in with it.
    Known,
    /// They are signed in with another one.
    Other,
}

#[derive(Default)]
struct Typed {
    name: String,
    errors: new_password::Errors,
}

impl Typed {
    fn error(&self, field: &str) -> Option<String> {
        self.errors.iter().find(|(f, _)| *f == field).map(|(_, text)| text.clone())
    }
}

/// What the invitation is for, and the form to accept it.
pub async fn show(desk: Desk, Path(token): Path<String>) -> Result<Response, Problem> {
    let Some((invitation, guest)) = find(&desk, &token).await? else {
        return Ok(desk.page_with(StatusCode::NOT_FOUND, spent()).await);
    };
    let typed = Typed { name: invitation.name.shown().to_owned(), ..Typed::default() };
    Ok(desk.page(page(token, &invitation, guest, typed)).await)
}

/// Accepts: makes the account, or adds the role to the one that exists.
pub async fn accept(desk: Desk, Path(token): Path<String>, form: Form) -> Result<Response, Problem> {
    let Some((invitation, guest)) = find(&desk, &token).await? else {
        return Ok(desk.page_with(StatusCode::NOT_FOUND, spent()).await);
    };
    match guest {
        Guest::New => accept_new(desk, token, invitation, form).await,
        Guest::Known => accept_known(desk, invitation).await,
        // The session has ended since the page was opened: the way back leads here again.
        Guest::SignedOut => Err(Problem::SignIn(format!("/invitations/{token}"))),
        Guest::Other => {
            let page = page(token, &invitation, guest, Typed::default());
            Ok(desk.page_with(StatusCode::FORBIDDEN, page).await)
        }
    }
}

async fn accept_new(desk: Desk, token: String, invitation: Invitation, form: Form) -> Result<Response, Problem> {
    let name = form.get("name").trim().to_owned();
    let mut typed = Typed { name: name.clone(), ..Typed::default() };
    if name.is_empty() || 120 < name.chars().count() {
        typed.errors.push(("name", "Enter your name, up to 120 characters".into()));
    }
    let context = rules::Context::of_invitation(&desk, &invitation, &name).await?;
    typed.errors.extend(new_password::errors(&form, context).await?);
    if !typed.errors.is_empty() {
        let page = page(token, &invitation, Guest::New, typed);
        return Ok(desk.page_with(StatusCode::UNPROCESSABLE_ENTITY, page).await);
    }
    let hash = desk.portal.passwords.hash(form.get("password").to_owned()).await?;
    let mut tx = desk.portal.store.write().await?;
    let stamp = desk.stamp(None);
    let account = match tx.add_account(&stamp, &name, invitation.email.shown(), &hash, &[]).await {
        // The address has an account that was closed, or has got one in another tab: this link makes none.
        Err(store::Error::Taken) => return Ok(desk.page_with(StatusCode::NOT_FOUND, spent()).await),
        other => other?,
    };
    match tx.accept_invitation(&desk.stamp(Some(account)), &invitation, account).await {
        // Used or taken back in the meantime.
        Err(store::Error::Stale) => return Ok(desk.page_with(StatusCode::NOT_FOUND, spent()).await),
        other => other?,
    }
    tx.commit().await?;
    let admitted = entry::admit(&desk, account, How::Invitation).await?;
    Ok(Redirect::to(&admitted.place("/home")).into_response())
}

/// Somebody who has an account accepts while signed in with it.
async fn accept_known(desk: Desk, invitation: Invitation) -> Result<Response, Problem> {
    let account = desk.signed_in().await?;
    let mut tx = desk.portal.store.write().await?;
    match tx.accept_invitation(&desk.stamp(Some(account.id)), &invitation, account.id).await {
        Err(store::Error::Stale) => return Ok(desk.page_with(StatusCode::NOT_FOUND, spent()).await),
        other => other?,
    }
    tx.commit().await?;
    Ok(Redirect::to("/home").into_response())
}

async fn find(desk: &Desk, token: &str) -> Result<Option<(Invitation, Guest)>, Problem> {
    let mut tx = desk.portal.store.read().await?;
    let Some(invitation) = tx.invitation(token, desk.now()).await? else { return Ok(None) };
    let known = tx.account_by_email(invitation.email.shown()).await?;
    drop(tx);
    let guest = match (known, desk.visitor().await?) {
        (None, _) => Guest::New,
        (Some(_), None) => Guest::SignedOut,
        (Some(known), Some(visitor)) if known.id == visitor.id => Guest::Known,
        (Some(_), Some(_)) => Guest::Other,
    };
    Ok(Some((invitation, guest)))
}

/// The same page for a link that is unknown, used or too old.
fn spent() -> Page {
    Page::new("This link cannot be used", Frame::default(), || {
        view! {
            <main class="page narrow" id="main">
                <h1>"This link cannot be used"</h1>
                <p>"A link works once and for 72 hours. It may have been used already, taken back, or copied without its end."</p>
                <ul class="stack" role="list">
                    <li><a class="button" href="/sign-in">"Sign in, if you have an account"</a></li>
                    <li>"Otherwise ask the person who invited you to send a new link."</li>
                </ul>
            </main>
        }
    })
}

/// What somebody is invited to, in a sentence.
fn purpose(invitation: &Invitation) -> String {
    let centre = invitation.centre_name.as_ref().map_or("your centre", |name| name.shown());
    let sentence = match invitation.role {
        Role::CentreLead => return format!("You are invited to lead the application of {centre}."),
        Role::Contributor | Role::Signatory => {
            return format!("You are invited to work on the application of {centre}.");
        }
        Role::Coordinator => "You are invited to coordinate the programme",
        Role::Chair => "You are invited to chair the working group",
        Role::Reviewer => "You are invited to review applications",
        Role::Administrator => "You are invited to look after accounts and operation",
    };
    match &invitation.cycle_name {
        Some(cycle) => format!("{sentence} in the cycle {cycle}."),
        None => format!("{sentence}."),
    }
}

fn page(token: String, invitation: &Invitation, guest: Guest, typed: Typed) -> Page {
    let (email, purpose) = (invitation.email.shown().to_owned(), purpose(invitation));
    Page::new("Accept the invitation", Frame::default(), move || {
        let items =
            typed.errors.iter().map(|(field, text)| Item { text: text.clone(), href: format!("#{field}") }).collect();
        let action = format!("/invitations/{token}");
        let step = match guest {
            Guest::New => {
                let name = Text {
                    name: "name",
                    label: "Your name",
                    autocomplete: "name",
                    value: typed.name.clone(),
                    error: typed.error("name"),
                    ..Text::default()
                };
                view! {
                    <form class="panel form" method="post" action=action novalidate>
                        {name.view()}{new_password::fields(&typed.errors)}
                        <div class="stack"><button class="button" type="submit">"Accept"</button></div>
                    </form>
                }
                .into_any()
            }
            Guest::SignedOut => {
                let way = serde_urlencoded::to_string([("next", &action)]).unwrap_or_default();
                view! {
                    <section class="panel stack" aria-label="Sign in first">
                        <p>"You have an account already. Sign in with it; then you come back here and accept."</p>
                        <p><a class="button" href=format!("/sign-in?{way}")>"Sign in to accept"</a></p>
                    </section>
                }
                .into_any()
            }
            Guest::Known => view! {
                <form class="panel form" method="post" action=action>
                    <p>"You are signed in with the account that the invitation is for."</p>
                    <div class="stack"><button class="button" type="submit">"Accept"</button></div>
                </form>
            }
            .into_any(),
            Guest::Other => view! {
                <form class="panel form" method="post" action="/sign-out">
                    <p>"You are signed in with another account. Sign out, open the link again, and sign in with the account that the invitation went to."</p>
                    <div class="stack"><button class="button" type="submit">"Sign out"</button></div>
                </form>
            }
            .into_any(),
        };
        view! {
            <main class="page narrow" id="main">
                <div class="stack"><h1>"Accept the invitation"</h1><p>{purpose}</p><p class="soft">{format!("For {email}")}</p></div>
                {message::refused(items)}
                {step}
            </main>
        }
    })
}
