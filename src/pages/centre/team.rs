//! Team: who works on the application, who looks after which criterion, and who is invited.

use super::{frame, title};
use crate::{
    components::{
        badge::{self, Tone},
        field::Text,
        inviting, layout,
        message::{self, Item},
    },
    domain::{
        access::Action,
        calendar::when,
        id::{AccountId, InvitationId},
        stage::StageName,
        text::one_line,
    },
    server::{applying::Applying, form::Form, mail, problem::Problem, render::Page},
    store::{
        answer::Answer,
        centre::{Member, Role},
        invitation::{Invitation, Invite, Whose},
        note::Note,
    },
};
use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use leptos::prelude::*;
use std::collections::{BTreeMap, HashMap};

struct Data {
    members: Vec<Member>,
    invitations: Vec<Invitation>,
    answers: BTreeMap<u8, Answer>,
    notes: Vec<Note>,
    typed: Typed,
    applying: Applying,
}

#[derive(Clone, Default)]
struct Typed {
    name: String,
    email: String,
    errors: Vec<(&'static str, String)>,
    /// The link of an invitation that was just made; shown once.
    link: Option<String>,
}

/// The page.
pub async fn show(applying: Applying) -> Result<Response, Problem> {
    respond(applying, Typed::default(), StatusCode::OK).await
}

async fn respond(applying: Applying, typed: Typed, status: StatusCode) -> Result<Response, Problem> {
    let (application, centre) = (applying.application().id, applying.application().centre);
    let mut tx = applying.portal().store.read().await?;
    let data = Data {
        members: tx.members(centre).await?,
        invitations: tx.open_invitations_of(Whose::Centre(centre)).await?,
        answers: tx.answers(application).await?,
        notes: tx.notes(application).await?,
        typed,
        applying: applying.clone(),
    };
    drop(tx);
    let page = Page::new("Team", frame(&applying, "Team"), move || view(&data));
    Ok(applying.desk().page_with(status, page).await)
}

/// Invites a contributor by mail. The link is also shown once, in case the letter does not arrive.
pub async fn invite(applying: Applying, form: Form) -> Result<Response, Problem> {
    applying.require(Action::ManageTeam)?;
    let mut typed = Typed { name: one_line(form.get("name")), email: one_line(form.get("email")), ..Typed::default() };
    if typed.name.is_empty() || 120 < typed.name.chars().count() {
        typed.errors.push(("name", "Enter the name, up to 120 characters".into()));
    }
    if !is_email(&typed.email) {
        typed.errors.push(("email", "Enter an email address, such as name@hospital.example".into()));
    }
    if !typed.errors.is_empty() {
        return respond(applying, typed, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let invite = Invite {
        centre: Some(applying.application().centre),
        role: "contributor",
        cycle: None,
        name: typed.name,
        email: typed.email,
    };
    let mut tx = applying.portal().store.write().await?;
    let (stamp, origin) = (applying.stamp(), &applying.portal().settings.origin);
    let token = tx.invite(&stamp, &invite).await?;
    mail::invited(&mut tx, &stamp, origin, &invite, &token).await?;
    tx.commit().await?;
    made(applying, &token).await
}

async fn made(applying: Applying, token: &str) -> Result<Response, Problem> {
    let link = format!("{}/invitations/{token}", applying.portal().settings.origin);
    respond(applying, Typed { link: Some(link), ..Typed::default() }, StatusCode::OK).await
}

/// Whether something looks like an address; only the mail that arrives proves it.
pub fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    !local.is_empty()
        && domain.contains('.')
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && !text.contains(char::is_whitespace)
        && text.len() <= 254
        && !domain.contains('@')
}

fn invitation(at: &HashMap<String, String>) -> Result<InvitationId, Problem> {
    at.get("invitation").and_then(|i| InvitationId::parse(i)).ok_or(Problem::NotFound)
}

/// Makes a new link for an invitation; the old one ends.
pub async fn renew(applying: Applying, Path(at): Path<HashMap<String, String>>) -> Result<Response, Problem> {
    applying.require(Action::ManageTeam)?;
    let (id, whose) = (invitation(&at)?, Whose::Centre(applying.application().centre));
    let mut tx = applying.portal().store.write().await?;
    let (stamp, origin) = (applying.stamp(), &applying.portal().settings.origin);
    let invitation = tx.open_invitation(whose, id).await?.ok_or(Problem::Stale)?;
    let token = tx.renew_invitation(&stamp, whose, id).await?;
    mail::invited(&mut tx, &stamp, origin, &invitation.again(), &token).await?;
    tx.commit().await?;
    made(applying, &token).await
}

/// Takes an invitation back.
pub async fn revoke(applying: Applying, Path(at): Path<HashMap<String, String>>) -> Result<Response, Problem> {
    applying.require(Action::ManageTeam)?;
    let (id, whose) = (invitation(&at)?, Whose::Centre(applying.application().centre));
    let mut tx = applying.portal().store.write().await?;
    tx.revoke_invitation(&applying.stamp(), whose, id).await?;
    tx.commit().await?;
    Ok(Redirect::to(&applying.path("/team")).into_response())
}

/// Says who looks after which criterion.
pub async fn set_owners(applying: Applying, form: Form) -> Result<Response, Problem> {
    applying.require(Action::ManageTeam)?;
    if applying.application().stage.name() != StageName::Draft {
        return Err(Problem::NotAllowed);
    }
    let application = applying.application().id;
    let mut tx = applying.portal().store.write().await?;
    let members = tx.members(applying.application().centre).await?;
    let answers = tx.answers(application).await?;
    for criterion in 1..=crate::domain::criteria::COUNT {
        let field = format!("owner-{criterion}");
        if !form.has(&field) {
            continue;
        }
        let owner = AccountId::parse(form.get(&field)).filter(|o| members.iter().any(|m| m.account == *o));
        if answers.get(&criterion).and_then(|a| a.owner) != owner {
            tx.set_owner(&applying.stamp(), application, criterion, owner).await?;
        }
    }
    tx.commit().await?;
    Ok(Redirect::to(&applying.path("/team")).into_response())
}

/// A contributor stops working for the centre; acts at once.
pub async fn remove(applying: Applying, Path(at): Path<HashMap<String, String>>) -> Result<Response, Problem> {
    applying.require(Action::ManageTeam)?;
    let account = at.get("account").and_then(|i| AccountId::parse(i)).ok_or(Problem::NotFound)?;
    let mut tx = applying.portal().store.write().await?;
    tx.leave_centre(&applying.stamp(), applying.application().centre, account).await?;
    tx.commit().await?;
    Ok(Redirect::to(&applying.path("/team")).into_response())
}

fn view(data: &Data) -> AnyView {
    let applying = &data.applying;
    let lead = applying.may(Action::ManageTeam);
    let items =
        data.typed.errors.iter().map(|(field, text)| Item { text: text.clone(), href: format!("#{field}") }).collect();
    let link = data.typed.link.clone().map(|link| inviting::ready(link, applying.portal().settings.mail.leaves()));
    view! {
        <main class="page" id="main">
            {layout::crumbs(vec![(title(applying), applying.path(""))], "Team")}
            <div class="page-head"><div><h1>"Team"</h1><p class="soft">"Everybody here can write. The lead invites, gives each criterion an owner, and submits."</p></div></div>
            {message::refused(items)}
            {link}
            <div class="split">
                <div class="column">{owners(data, lead)}{requests(data)}</div>
                <div class="column">{people(data, lead)}{lead.then(|| invitations(data))}</div>
            </div>
        </main>
    }
    .into_any()
}

fn people(data: &Data, lead: bool) -> impl IntoView + use<> {
    let items = data.members.iter().map(|member| {
        let own: Vec<String> = data.answers.iter().filter(|(_, a)| a.owner == Some(member.account)).map(|(n, _)| n.to_string()).collect();
        let own = if own.is_empty() { String::new() } else { format!(", criteria {}", own.join(", ")) };
        let you = (member.account == data.applying.account()).then(|| view! { <span class="soft">" (you)"</span> });
        let remove = (lead && member.role == Role::Contributor).then(|| {
            let action = data.applying.path(&format!("/team/members/{}/remove", member.account));
            let name = member.name.shown().to_owned();
            view! { <form method="post" action=action><button class="link-button small" type="submit">"Remove"<span class="visually-hidden">{format!(" {name}")}</span></button></form> }
        });
        view! { <li><span>{member.name.shown().to_owned()}{you}<br/><span class="soft">{format!("{}{own}", member.role.name())}</span></span>{remove}</li> }
    });
    view! { <section class="panel" aria-labelledby="people"><h2 id="people">"Who is working on it"</h2><ul class="owed" role="list">{items.collect_view()}</ul></section> }
}

fn invitations(data: &Data) -> impl IntoView + use<> {
    let applying = &data.applying;
    let error = |name: &str| data.typed.errors.iter().find(|(f, _)| *f == name).map(|(_, text)| text.clone());
    let name =
        Text { name: "name", label: "Name", value: data.typed.name.clone(), error: error("name"), ..Text::default() };
    let email = Text {
        name: "email",
        label: "Email address",
        kind: "email",
        value: data.typed.email.clone(),
        error: error("email"),
        ..Text::default()
    };
    let action = applying.path("/team/invitations");
    let zone = &applying.application().cycle.closes.zone;
    let open = (!data.invitations.is_empty()).then(|| inviting::open(&action, &data.invitations, applying.now(), zone));
    view! {
        <section class="panel" aria-labelledby="invite">
            <h2 id="invite">"Invite a contributor"</h2>
            <form class="form" method="post" action=action novalidate>
                {name.view()}{email.view()}
                <p><button class="button quiet" type="submit">"Make an invitation link"</button></p>
            </form>
            {open.map(|open| view! { <h3>"Invited, not here yet"</h3>{open} })}
        </section>
    }
}

fn owners(data: &Data, lead: bool) -> AnyView {
    let Ok(edition) = data.applying.edition() else { return ().into_any() };
    let editable = lead && data.applying.application().stage.name() == StageName::Draft;
    let people: Vec<(String, String)> = std::iter::once((String::new(), "No owner".to_owned()))
        .chain(data.members.iter().map(|m| (m.account.to_string(), m.name.shown().to_owned())))
        .collect();
    let rows = edition.criteria.iter().map(|criterion| {
        let owner = data.answers.get(&criterion.number).and_then(|a| a.owner);
        let href = data.applying.path(&format!("/criteria/{}", criterion.number));
        let cell = if editable {
            let (name, label) = (format!("owner-{}", criterion.number), format!("Owner of criterion {}", criterion.number));
            let chosen = owner.map(|o| o.to_string()).unwrap_or_default();
            let options = people.iter().map(|(value, text)| view! { <option value=value.clone() selected=*value == chosen>{text.clone()}</option> });
            view! { <select name=name aria-label=label>{options.collect_view()}</select> }.into_any()
        } else {
            let name = owner.and_then(|o| data.members.iter().find(|m| m.account == o)).map_or("No owner", |m| m.name.shown());
            view! { <span>{name.to_owned()}</span> }.into_any()
        };
        view! { <tr><th scope="row"><a href=href>{format!("{}. {}", criterion.number, criterion.title)}</a></th><td>{cell}</td></tr> }
    });
    let table = view! { <table><thead><tr><th scope="col">"Criterion"</th><th scope="col">"Owner"</th></tr></thead><tbody>{rows.collect_view()}</tbody></table> };
    let body = if editable {
        let action = data.applying.path("/team/owners");
        view! { <form class="form" method="post" action=action>{table}<div class="form-actions"><button class="button" type="submit">"Save owners"</button></div></form> }.into_any()
    } else {
        table.into_any()
    };
    view! { <section class="panel" aria-labelledby="owners"><h2 id="owners">"Who looks after what"</h2>{body}</section> }.into_any()
}

fn requests(data: &Data) -> impl IntoView + use<> {
    let (now, zone) = (data.applying.now(), &data.applying.application().cycle.closes.zone);
    let items = data.notes.iter().filter(|n| n.is_open_request()).map(|note| {
        let href = data.applying.path(&format!("/criteria/{}#notes", note.criterion));
        let head = format!("{}, {}", note.name.shown(), when(note.at, now, zone));
        view! { <li><span><a href=href>{format!("Criterion {}", note.criterion)}</a>": "{note.text.clone()}<br/><span class="soft">{head}</span></span>{badge::badge(Tone::Attention, "Open")}</li> }
    });
    let items = items.collect_view();
    view! {
        <section class="panel" aria-labelledby="requests">
            <h2 id="requests">"Requests for changes"</h2>
            {if items.is_empty() {
                view! { <p class="soft">"None is open. Ask for a change at the criterion it concerns."</p> }.into_any()
            } else {
                view! { <ul class="owed" role="list">{items}</ul> }.into_any()
            }}
        </section>
    }
}
