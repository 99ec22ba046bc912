//! Administrators invite the people of the programme: coordinators, chairs, reviewers and administrators.

use super::{frame, way};
use crate::{
    components::{
        field::{Text, select},
        inviting, layout,
        message::{self, Item},
    },
    domain::{
        access::{Role, Scope},
        id::{CycleId, InvitationId},
        text::one_line,
    },
    pages::centre::team::is_email,
    server::{administering::Administering, form::Form, mail, problem::Problem, render::Page},
    store::invitation::{Invite, Whose},
};
use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use leptos::prelude::*;

/// The address of the page.
const HERE: &str = "/administration/invitations";

#[derive(Clone, Default)]
struct Typed {
    name: String,
    email: String,
    role: String,
    cycle: String,
    errors: Vec<(&'static str, String)>,
    /// The link of an invitation that was just made; shown once.
    link: Option<String>,
    /// Whether the link goes out by mail as well.
    mailed: bool,
}

/// The page.
pub async fn show(here: Administering) -> Result<Response, Problem> {
    respond(&here, Typed::default(), StatusCode::OK).await
}

async fn respond(here: &Administering, typed: Typed, status: StatusCode) -> Result<Response, Problem> {
    let mut tx = here.desk().portal.store.read().await?;
    let open = tx.open_invitations_of(Whose::Programme).await?;
    let cycles: Vec<_> = tx.cycles().await?.into_iter().map(|c| (c.id.to_string(), c.name)).collect();
    drop(tx);
    let now = here.desk().now();
    let page = Page::new("Invitations", frame(here), move || {
        let open = inviting::open(HERE, &open, now, "UTC");
        view(typed, cycles, open)
    });
    Ok(here.desk().page_with(status, page).await)
}

/// Invites somebody to a role of the programme.
pub async fn invite(here: Administering, form: Form) -> Result<Response, Problem> {
    let mut typed = Typed {
        name: one_line(form.get("name")),
        email: one_line(form.get("email")),
        role: form.get("role").to_owned(),
        cycle: form.get("cycle").to_owned(),
        ..Typed::default()
    };
    if typed.name.is_empty() || 120 < typed.name.chars().count() {
        typed.errors.push(("name", "Enter the name, up to 120 characters".into()));
    }
    if !is_email(&typed.email) {
        typed.errors.push(("email", "Enter an email address, such as name@clinic.example".into()));
    }
    let role = Role::parse(&typed.role).filter(|role| Role::Administrator.may_invite(*role));
    if role.is_none() {
        typed.errors.push(("role", "Choose a role".into()));
    }
    let mut tx = here.write().await?;
    let chosen = CycleId::parse(&typed.cycle);
    let cycle = tx.cycles().await?.into_iter().map(|c| c.id).find(|id| Some(*id) == chosen);
    if !typed.cycle.is_empty() && cycle.is_none() {
        typed.errors.push(("cycle", "Choose a cycle, or every cycle".into()));
    }
    let Some(role) = role.filter(|_| typed.errors.is_empty()) else {
        drop(tx);
        return respond(&here, typed, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    let cycle = cycle.filter(|_| role.scope() == Scope::Cycle);
    let invite = Invite { centre: None, role: role.key(), cycle, name: typed.name, email: typed.email };
    let (stamp, origin) = (here.stamp(), &here.desk().portal.settings.origin);
    let token = tx.invite(&stamp, &invite).await?;
    mail::invited(&mut tx, &stamp, origin, &invite, &token).await?;
    tx.commit().await?;
    made(&here, &token).await
}

async fn made(here: &Administering, token: &str) -> Result<Response, Problem> {
    let link = format!("{}/invitations/{token}", here.desk().portal.settings.origin);
    respond(
        here,
        Typed { link: Some(link), mailed: here.desk().portal.settings.mail.leaves(), ..Typed::default() },
        StatusCode::OK,
    )
    .await
}

/// Makes a new link; the old one ends.
pub async fn renew(here: Administering, Path(invitation): Path<String>) -> Result<Response, Problem> {
    let id = InvitationId::parse(&invitation).ok_or(Problem::NotFound)?;
    let mut tx = here.write().await?;
    let (stamp, origin) = (here.stamp(), &here.desk().portal.settings.origin);
    let invitation = tx.open_invitation(Whose::Programme, id).await?.ok_or(Problem::Stale)?;
    let token = tx.renew_invitation(&stamp, Whose::Programme, id).await?;
    mail::invited(&mut tx, &stamp, origin, &invitation.again(), &token).await?;
    tx.commit().await?;
    made(&here, &token).await
}

/// Takes an invitation back.
pub async fn revoke(here: Administering, Path(invitation): Path<String>) -> Result<Response, Problem> {
    let id = InvitationId::parse(&invitation).ok_or(Problem::NotFound)?;
    let mut tx = here.write().await?;
    tx.revoke_invitation(&here.stamp(), Whose::Programme, id).await?;
    tx.commit().await?;
    Ok(Redirect::to(HERE).into_response())
}

fn view(typed: Typed, cycles: Vec<(String, String)>, open: AnyView) -> impl IntoView {
    let items =
        typed.errors.iter().map(|(field, text)| Item { text: text.clone(), href: format!("#{field}") }).collect();
    let error = |name: &str| typed.errors.iter().find(|(f, _)| *f == name).map(|(_, text)| text.clone());
    let name = Text { name: "name", label: "Name", value: typed.name.clone(), error: error("name"), ..Text::default() };
    let email = Text {
        name: "email",
        label: "Email address",
        kind: "email",
        value: typed.email.clone(),
        error: error("email"),
        ..Text::default()
    };
    let roles = Role::GRANTED.map(|r| (r.key().to_owned(), r.name().to_owned())).into();
    let role = select("role".into(), "role", "Role", roles, &typed.role);
    let cycles = std::iter::once((String::new(), "Every cycle".to_owned())).chain(cycles).collect();
    let cycle = select("cycle".into(), "cycle", "Cycle", cycles, &typed.cycle);
    view! {
        <main class="page" id="main">
            {layout::crumbs(way(), "Invitations")}
            <div class="page-head"><div>
                <h1>"Invitations"</h1>
                <p class="soft">"There is no open sign-up. Coordinators invite the leads of centres, leads their colleagues."</p>
            </div></div>
            {message::refused(items)}
            {typed.link.map(|link| inviting::ready(link, typed.mailed))}
            <div class="split">
                <section class="panel" aria-labelledby="invite">
                    <h2 id="invite">"Invite somebody to the programme"</h2>
                    <form class="form" method="post" action=HERE novalidate>
                        {name.view()}{email.view()}
                        <div class="pair">{role}{cycle}</div>
                        <p class="hint">"An administrator is one everywhere, whatever cycle is chosen."</p>
                        <p><button class="button" type="submit">"Make an invitation link"</button></p>
                    </form>
                </section>
                <section class="panel" aria-labelledby="open"><h2 id="open">"Invited, not here yet"</h2>{open}</section>
            </div>
        </main>
    }
}
