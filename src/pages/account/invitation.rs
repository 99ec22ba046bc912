//! Accepting an invitation: a page with a button, since mail scanners follow links.

use crate::{
    components::{
        field::Text,
        message::{self, Item},
    },
    server::{
        desk::Desk,
        entry::{self, How},
        form::Form,
        passwords::rules,
        problem::Problem,
        render::{Frame, Page},
    },
    store::{self, centre::Role, invitation::Invitation},
};
use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use leptos::prelude::*;

#[derive(Default)]
struct Typed {
    name: String,
    errors: Vec<(&'static str, String)>,
}

impl Typed {
    fn error(&self, field: &str) -> Option<String> {
        self.errors.iter().find(|(f, _)| *f == field).map(|(_, text)| text.clone())
    }
}

/// What the invitation is for, and the form to accept it.
pub async fn show(desk: Desk, Path(token): Path<String>) -> Result<Response, Problem> {
    let Some((invitation, known)) = find(&desk, &token).await? else {
        return Ok(desk.page_with(StatusCode::NOT_FOUND, spent()).await);
    };
    let typed = Typed { name: invitation.name.shown().to_owned(), ..Typed::default() };
    Ok(desk.page(page(token, &invitation, known, typed)).await)
}

/// Accepts: makes the account, or adds the centre to the one that exists, and signs in.
pub async fn accept(desk: Desk, Path(token): Path<String>, form: Form) -> Result<Response, Problem> {
    let Some((invitation, known)) = find(&desk, &token).await? else {
        return Ok(desk.page_with(StatusCode::NOT_FOUND, spent()).await);
    };
    if known {
        return accept_known(desk, &invitation).await;
    }
    let (name, password) = (form.get("name").trim().to_owned(), form.get("password").to_owned());
    let mut typed = Typed { name: name.clone(), ..Typed::default() };
    if name.is_empty() || 120 < name.chars().count() {
        typed.errors.push(("name", "Enter your name, up to 120 characters".into()));
    }
    let context = rules::Context::of_invitation(&desk, &invitation, &name).await?;
    if let Err(text) = rules::judge(password.clone(), context).await? {
        typed.errors.push(("password", text));
    } else if password != form.get("again") {
        typed.errors.push(("again", "The two passwords differ. Type the same one again".into()));
    }
    if !typed.errors.is_empty() {
        return Ok(desk.page_with(StatusCode::UNPROCESSABLE_ENTITY, page(token, &invitation, known, typed)).await);
    }
    let hash = desk.portal.passwords.hash(password).await?;
    let roles: Vec<String> = if invitation.centre.is_none() { vec![invitation.role.clone()] } else { Vec::new() };
    let mut tx = desk.portal.store.write().await?;
    let stamp = desk.stamp(None);
    tx.use_invitation(&stamp, invitation.id).await?;
    let account = tx.add_account(&stamp, &name, invitation.email.shown(), &hash, &roles).await?;
    join(&mut tx, &desk.stamp(Some(account)), &invitation, account).await?;
    tx.commit().await?;
    let admitted = entry::admit(&desk, account, How::Invitation).await?;
    Ok(Redirect::to(&admitted.place("/home")).into_response())
}

/// Somebody who has an account accepts while signed in with it.
async fn accept_known(desk: Desk, invitation: &Invitation) -> Result<Response, Problem> {
    let account = desk.signed_in().await?;
    if account.email != invitation.email {
        return Err(Problem::NotFound);
    }
    let mut tx = desk.portal.store.write().await?;
    let stamp = desk.stamp(Some(account.id));
    tx.use_invitation(&stamp, invitation.id).await?;
    join(&mut tx, &stamp, invitation, account.id).await?;
    tx.commit().await?;
    Ok(Redirect::to("/home").into_response())
}

async fn join(
    tx: &mut store::Tx,
    stamp: &store::Stamp,
    invitation: &Invitation,
    account: crate::domain::id::AccountId,
) -> Result<(), Problem> {
    if let (Some(centre), Some(role)) = (invitation.centre, Role::parse(&invitation.role)) {
        tx.join_centre(stamp, centre, account, role).await?;
    }
    Ok(())
}

async fn find(desk: &Desk, token: &str) -> Result<Option<(Invitation, bool)>, Problem> {
    let mut tx = desk.portal.store.read().await?;
    let Some(invitation) = tx.invitation(token, desk.now()).await? else { return Ok(None) };
    let known = tx.account_by_email(invitation.email.shown()).await?.is_some();
    Ok(Some((invitation, known)))
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

fn page(token: String, invitation: &Invitation, known: bool, typed: Typed) -> Page {
    let email = invitation.email.shown().to_owned();
    let role = match invitation.role.as_str() {
        "lead" => "You are invited to lead the application of your centre.",
        "contributor" => "You are invited to work on the application of your centre.",
        "coordinator" => "You are invited to coordinate the programme.",
        _ => "You are invited to look after accounts and operation.",
    };
    Page::new("Accept the invitation", Frame::default(), move || {
        let items =
            typed.errors.iter().map(|(field, text)| Item { text: text.clone(), href: format!("#{field}") }).collect();
        let name = Text {
            name: "name",
            label: "Your name",
            autocomplete: "name",
            value: typed.name.clone(),
            error: typed.error("name"),
            ..Text::default()
        };
        let password = Text {
            name: "password",
            label: "Choose a password",
            hint: rules::HINT,
            kind: "password",
            autocomplete: "new-password",
            error: typed.error("password"),
            ..Text::default()
        };
        let again = Text {
            name: "again",
            label: "The same password again",
            kind: "password",
            autocomplete: "new-password",
            error: typed.error("again"),
            ..Text::default()
        };
        let fields = (!known).then(|| view! { {name.view()}{password.view()}{again.view()} });
        view! {
            <main class="page narrow" id="main">
                <div class="stack"><h1>"Accept the invitation"</h1><p>{role}</p><p class="soft">{format!("For {email}")}</p></div>
                {message::refused(items)}
                <form class="panel form" method="post" action=format!("/invitations/{token}") novalidate>
                    {fields}
                    {known.then(|| view! { <p>"You have an account already. Sign in with it, then press the button."</p> })}
                    <div class="stack"><button class="button" type="submit">"Accept"</button></div>
                </form>
            </main>
        }
    })
}
