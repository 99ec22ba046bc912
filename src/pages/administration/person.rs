//! One person: name and address, roles, sessions, and the account itself. An administrator never sets a password.

mod view;

use super::frame;
use crate::{
    domain::{
        access::{Grant, Role, Scope},
        id::{AccountId, CycleId},
        text::one_line,
    },
    pages::centre::team::is_email,
    server::{administering::Administering, form::Form, problem::Problem, render::Page},
    store::{self, Tx, account::fold_email, people::Listed},
};
use axum::{
    extract::{Path, Query},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

/// What a redirect to this page says.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Said {
    /// What was done: `corrected`, `granted`, `ended`, `closed`, `reopened`, `sessions`.
    #[serde(default)]
    done: String,
}

/// What was typed and cannot be saved, and the link that is shown once.
#[derive(Default)]
struct Typed {
    name: Option<String>,
    email: Option<String>,
    reason: String,
    /// Fields with what has to be mended.
    errors: Vec<(&'static str, String)>,
    /// A link to choose a new password.
    link: Option<String>,
}

impl Typed {
    fn refused(field: &'static str, text: &str) -> Self {
        Self { errors: vec![(field, text.to_owned())], ..Self::default() }
    }
}

/// The page.
pub async fn show(
    here: Administering,
    Path(account): Path<String>,
    Query(said): Query<Said>,
) -> Result<Response, Problem> {
    respond(&here, &account, said.done, Typed::default(), StatusCode::OK).await
}

async fn respond(
    here: &Administering,
    account: &str,
    done: String,
    typed: Typed,
    status: StatusCode,
) -> Result<Response, Problem> {
    let id = AccountId::parse(account).ok_or(Problem::NotFound)?;
    let mut tx = here.desk().portal.store.read().await?;
    let person = tx.person(id).await?.ok_or(Problem::NotFound)?;
    let data = view::Data {
        grants: tx.grants_of(id).await?,
        cycles: tx.cycles().await?.into_iter().map(|c| (c.id, c.name)).collect(),
        sessions: tx.sessions_of(id, here.desk().portal.wall.now()).await?,
        corrections: tx.corrections(id).await?,
        now: here.desk().now(),
        own: id == here.account().id,
        person,
        done,
        typed,
    };
    drop(tx);
    // The name stands on the page, not in its title: titles are kept in the history of the browser.
    let page = Page::new("Person", frame(here), move || view::page(data));
    Ok(here.desk().page_with(status, page).await)
}

async fn find(tx: &mut Tx, account: &str) -> Result<Listed, Problem> {
    let id = AccountId::parse(account).ok_or(Problem::NotFound)?;
    tx.person(id).await?.ok_or(Problem::NotFound)
}

fn back(person: &Listed, done: &str) -> Response {
    Redirect::to(&format!("/administration/people/{}?done={done}", person.id)).into_response()
}

/// Corrects name and address; the reason is kept.
pub async fn correct(here: Administering, Path(account): Path<String>, form: Form) -> Result<Response, Problem> {
    let (name, email) = (one_line(form.get("name")), fold_email(&one_line(form.get("email"))));
    let reason: String = one_line(form.get("reason")).chars().take(500).collect();
    let mut errors = Vec::new();
    if name.is_empty() || 120 < name.chars().count() {
        errors.push(("name", "Enter the name, up to 120 characters".to_owned()));
    }
    if !is_email(&email) {
        errors.push(("email", "Enter an email address, such as name@hospital.example".to_owned()));
    }
    if reason.is_empty() {
        errors.push(("reason", "Say why, in a few words".to_owned()));
    }
    let mut tx = here.write().await?;
    let person = find(&mut tx, &account).await?;
    if errors.is_empty() && person.name.shown() == name && person.email.shown() == email {
        // A second press of the button.
        return Ok(back(&person, "corrected"));
    }
    if errors.is_empty() {
        match tx.correct_person(&here.stamp(), &person, &name, &email, &reason).await {
            Err(store::Error::Taken) => errors.push(("email", "Another account has this address".to_owned())),
            other => {
                other?;
                tx.commit().await?;
                return Ok(back(&person, "corrected"));
            }
        }
    }
    drop(tx);
    let typed = Typed { name: Some(name), email: Some(email), reason, errors, ..Typed::default() };
    respond(&here, &account, String::new(), typed, StatusCode::UNPROCESSABLE_ENTITY).await
}

fn grant_of(form: &Form) -> Option<Grant> {
    let role = Role::parse(form.get("role")).filter(|r| Role::GRANTED.contains(r))?;
    let cycle = match (role.scope(), form.get("cycle")) {
        (Scope::Cycle, id) if !id.is_empty() => Some(CycleId::parse(id)?),
        _ => None,
    };
    Some(Grant { role, cycle })
}

/// Gives a role, for one cycle or for every one.
pub async fn grant(here: Administering, Path(account): Path<String>, form: Form) -> Result<Response, Problem> {
    let mut tx = here.write().await?;
    let person = find(&mut tx, &account).await?;
    let cycles = tx.cycles().await?;
    let known = |grant: &Grant| grant.cycle.is_none_or(|id| cycles.iter().any(|c| c.id == id));
    let refused = match grant_of(&form).filter(known) {
        None => "Choose a role",
        Some(_) if person.closed.is_some() => "The account is closed. Open it first",
        Some(grant) if person.grants.contains(&grant) => "They have this role already",
        Some(grant) => {
            tx.grant(&here.stamp(), person.id, grant).await?;
            tx.commit().await?;
            return Ok(back(&person, "granted"));
        }
    };
    drop(tx);
    let typed = Typed::refused("role", refused);
    respond(&here, &account, String::new(), typed, StatusCode::UNPROCESSABLE_ENTITY).await
}

/// Ends a role; acts with the next request. Somebody has to remain administrator.
pub async fn end_role(here: Administering, Path(account): Path<String>, form: Form) -> Result<Response, Problem> {
    let mut tx = here.write().await?;
    let person = find(&mut tx, &account).await?;
    let Some(grant) = grant_of(&form).filter(|g| person.grants.contains(g)) else {
        // A second press of the button.
        return Ok(back(&person, "ended"));
    };
    let others = tx.hold_administrators().await?.into_iter().any(|id| id != person.id);
    if grant.role == Role::Administrator && !others {
        drop(tx);
        let text = "Somebody has to remain administrator. Give the role to another person first";
        let typed = Typed::refused("roles", text);
        return respond(&here, &account, String::new(), typed, StatusCode::CONFLICT).await;
    }
    tx.end_grant(&here.stamp(), person.id, grant).await?;
    tx.commit().await?;
    // Who has ended their own role finds no page of administrators any more.
    let own = person.id == here.account().id && grant.role == Role::Administrator;
    Ok(if own { Redirect::to("/home").into_response() } else { back(&person, "ended") })
}

/// Closes the account: sessions, links and invitations end at once.
pub async fn close(here: Administering, Path(account): Path<String>) -> Result<Response, Problem> {
    let mut tx = here.write().await?;
    let person = find(&mut tx, &account).await?;
    if person.id == here.account().id {
        drop(tx);
        let typed = Typed::refused("account", "You cannot close your own account. Another administrator can");
        return respond(&here, &account, String::new(), typed, StatusCode::CONFLICT).await;
    }
    if person.closed.is_none() {
        tx.close_account(&here.stamp(), person.id).await?;
        tx.commit().await?;
    }
    Ok(back(&person, "closed"))
}

/// Opens it again.
pub async fn reopen(here: Administering, Path(account): Path<String>) -> Result<Response, Problem> {
    let mut tx = here.write().await?;
    let person = find(&mut tx, &account).await?;
    if person.closed.is_some() {
        tx.reopen_account(&here.stamp(), person.id).await?;
        tx.commit().await?;
    }
    Ok(back(&person, "reopened"))
}

/// Starts a reset: a link with which the person, and nobody else, chooses a new password.
pub async fn reset(here: Administering, Path(account): Path<String>) -> Result<Response, Problem> {
    let mut tx = here.write().await?;
    let person = find(&mut tx, &account).await?;
    if person.closed.is_some() {
        drop(tx);
        let typed = Typed::refused("account", "The account is closed. Open it first");
        return respond(&here, &account, String::new(), typed, StatusCode::CONFLICT).await;
    }
    let token = tx.start_reset(&here.stamp(), person.id).await?;
    tx.commit().await?;
    let link = format!("{}/reset/{token}", here.desk().portal.settings.origin);
    respond(&here, &account, String::new(), Typed { link: Some(link), ..Typed::default() }, StatusCode::OK).await
}
