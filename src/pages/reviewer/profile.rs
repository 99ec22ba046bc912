//! What a reviewer says of themselves: for assignment and conflicts, seen by the working group and nobody else.

mod view;

use crate::{
    domain::{
        conflict::{Kind, Tie},
        id::TieId,
        text::one_line,
    },
    server::{desk::Desk, form::Form, problem::Problem, render::Page},
    store::{
        Tx,
        account::Account,
        profile::{Profile, group_key, groups, languages},
    },
};
use axum::{
    extract::{Path, Query},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use std::collections::HashMap;

/// The address of the page.
const HERE: &str = "/reviews/profile";

/// The most characters of a name.
const LONGEST: usize = 200;

/// The most reviews that somebody can take.
const MOST_REVIEWS: u32 = 60;

/// What was typed, and what has to be mended.
#[derive(Clone, Default)]
struct Typed {
    institution: String,
    country: String,
    languages: String,
    expertise: Vec<String>,
    most: String,
    version: i64,
    kind: String,
    name: String,
    domain: String,
    reason: String,
    errors: Vec<(&'static str, String)>,
}

impl Typed {
    fn of(profile: &Profile) -> Self {
        Self {
            institution: profile.institution.clone(),
            country: profile.country.clone(),
            languages: profile.languages.join(", "),
            expertise: profile.expertise.list().map(|group| group_key(group).to_owned()).collect(),
            most: profile.most.to_string(),
            version: profile.version,
            ..Self::default()
        }
    }

    fn must_fit(&mut self, field: &'static str, text: &str) {
        if LONGEST < text.chars().count() {
            self.errors.push((field, format!("Enter at most {LONGEST} characters")));
        }
    }
}

/// Who is here, as a reviewer; for everybody else there is no such page.
async fn reviewer(desk: &Desk) -> Result<Account, Problem> {
    let account = desk.signed_in().await?;
    if account.has_role("reviewer") { Ok(account) } else { Err(Problem::NotFound) }
}

async fn write(desk: &Desk, account: &Account) -> Result<Tx, Problem> {
    let mut tx = desk.portal.store.write().await?;
    let still = tx.account(account.id).await?.is_some_and(|a| a.has_role("reviewer"));
    if still { Ok(tx) } else { Err(Problem::NotFound) }
}

/// The page.
pub async fn show(desk: Desk, Query(query): Query<HashMap<String, String>>) -> Result<Response, Problem> {
    let account = reviewer(&desk).await?;
    let mut tx = desk.portal.store.read().await?;
    let profile = tx.profile(account.id).await?.unwrap_or_default();
    drop(tx);
    let done = match query.get("done").map(String::as_str) {
        Some("saved") => Some("Your profile is saved"),
        Some("added") => Some("The tie is added"),
        Some("removed") => Some("The tie is removed"),
        _ => None,
    };
    respond(&desk, &account, Typed::of(&profile), done, StatusCode::OK).await
}

async fn respond(
    desk: &Desk,
    account: &Account,
    typed: Typed,
    done: Option<&'static str>,
    status: StatusCode,
) -> Result<Response, Problem> {
    let mut tx = desk.portal.store.read().await?;
    let ties = tx.ties_of(account.id).await?;
    drop(tx);
    let frame = super::frame_of(account);
    let page = Page::new("Your profile as a reviewer", frame, move || view::page(&typed, &ties, done));
    Ok(desk.page_with(status, page).await)
}

/// Saves the profile.
pub async fn save(desk: Desk, form: Form) -> Result<Response, Problem> {
    let account = reviewer(&desk).await.map_err(|problem| problem.keeping(&form.0))?;
    let mut typed = Typed {
        institution: one_line(form.get("institution")),
        country: one_line(form.get("country")),
        languages: one_line(form.get("languages")),
        expertise: form.all("expertise").map(str::to_owned).collect(),
        most: form.get("most").trim().to_owned(),
        version: form.get("version").parse().map_err(|_| Problem::Unreadable)?,
        ..Typed::default()
    };
    let (institution, country, spoken) = (typed.institution.clone(), typed.country.clone(), typed.languages.clone());
    for (field, text) in [("institution", &institution), ("country", &country), ("languages", &spoken)] {
        typed.must_fit(field, text);
    }
    let most = typed.most.parse::<u32>().ok().filter(|n| (1..=MOST_REVIEWS).contains(n));
    if most.is_none() {
        typed.errors.push(("most", format!("Enter a number from 1 to {MOST_REVIEWS}")));
    }
    let (Some(most), true) = (most, typed.errors.is_empty()) else {
        return respond(&desk, &account, typed, None, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    let profile = Profile {
        languages: languages(&spoken),
        expertise: groups(typed.expertise.iter().map(String::as_str)),
        version: typed.version,
        institution,
        country,
        most,
    };
    let save = async {
        let mut tx = write(&desk, &account).await?;
        tx.save_profile(&desk.stamp(Some(account.id)), account.id, &profile).await?;
        tx.commit().await?;
        Ok(Redirect::to("/reviews/profile?done=saved").into_response())
    };
    match save.await {
        // Another page of theirs was quicker: what was typed stays, over what is there now.
        Err(Problem::Stale) => {
            let mut tx = desk.portal.store.read().await?;
            typed.version = tx.profile(account.id).await?.unwrap_or_default().version;
            drop(tx);
            let text = "You have saved your profile on another page meanwhile. Look through it, and save again";
            typed.errors.push(("institution", text.into()));
            respond(&desk, &account, typed, None, StatusCode::CONFLICT).await
        }
        other => other.map_err(|problem: Problem| problem.keeping(&form.0)),
    }
}

/// Adds a tie.
pub async fn add_tie(desk: Desk, form: Form) -> Result<Response, Problem> {
    let account = reviewer(&desk).await.map_err(|problem| problem.keeping(&form.0))?;
    let mut tx = write(&desk, &account).await?;
    let profile = tx.profile(account.id).await?.unwrap_or_default();
    let domain = one_line(form.get("domain"));
    let mut typed = Typed {
        kind: form.get("kind").to_owned(),
        name: one_line(form.get("name")),
        domain: domain.rsplit_once('@').map_or(domain.as_str(), |(_, domain)| domain).to_lowercase(),
        reason: one_line(form.get("reason")),
        ..Typed::of(&profile)
    };
    let kind = Kind::parse(&typed.kind).filter(|kind| Kind::TIES.contains(kind));
    if kind.is_none() {
        typed.errors.push(("kind", "Choose how you are tied".into()));
    }
    if typed.name.is_empty() {
        typed.errors.push(("name", "Enter the name of the institution or person".into()));
    }
    let (name, domain, reason) = (typed.name.clone(), typed.domain.clone(), typed.reason.clone());
    for (field, text) in [("name", &name), ("domain", &domain), ("reason", &reason)] {
        typed.must_fit(field, text);
    }
    let (Some(kind), true) = (kind, typed.errors.is_empty()) else {
        drop(tx);
        return respond(&desk, &account, typed, None, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    let tie = Tie { kind, name, domain };
    // The same form sent twice is one tie.
    if !tx.ties_of(account.id).await?.iter().any(|known| known.tie == tie) {
        tx.add_tie(&desk.stamp(Some(account.id)), account.id, &tie, &reason).await?;
        tx.commit().await?;
    }
    Ok(Redirect::to("/reviews/profile?done=added").into_response())
}

/// Takes a tie away.
pub async fn remove_tie(desk: Desk, Path(tie): Path<String>) -> Result<Response, Problem> {
    let account = reviewer(&desk).await?;
    let id = TieId::parse(&tie).ok_or(Problem::NotFound)?;
    let mut tx = write(&desk, &account).await?;
    if !tx.ties_of(account.id).await?.iter().any(|known| known.id == id) {
        return Err(Problem::NotFound);
    }
    tx.remove_tie(&desk.stamp(Some(account.id)), account.id, id).await?;
    tx.commit().await?;
    Ok(Redirect::to("/reviews/profile?done=removed").into_response())
}
