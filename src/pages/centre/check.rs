//! Check and submit: the whole application on one page in the order of the form, also the print sheet.

mod view;

use super::{frame, team::is_email};
use crate::{
    domain::{
        access::Action,
        readiness::{Finding, Severity},
        signatory::{Capacity, Declaration},
        text::one_line,
    },
    server::{applying::Applying, dossier::Dossier, form::Form, mail, problem::Problem, render::Page},
    store::event::What,
};
use axum::{
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use view::{Data, Typed};

/// The page.
pub async fn show(applying: Applying) -> Result<Response, Problem> {
    respond(applying, Typed::default(), Vec::new(), StatusCode::OK).await
}

async fn respond(
    applying: Applying,
    typed: Typed,
    refused: Vec<Finding>,
    status: StatusCode,
) -> Result<Response, Problem> {
    let dossier = Dossier::load(&applying).await?;
    let frame = frame(&applying, "Application");
    let data = Data { dossier, typed, refused, applying: applying.clone() };
    let page = Page::new("Check and submit", frame, move || view::page(&data));
    Ok(applying.desk().page_with(status, page).await)
}

/// Names the signatories. Those who changed get a new link by mail; it is also shown once.
pub async fn name_signatories(applying: Applying, form: Form) -> Result<Response, Problem> {
    applying.require(Action::Prepare)?;
    let mut typed = Typed::default();
    let dossier = Dossier::load(&applying).await?;
    let mut changed = Vec::new();
    for capacity in Capacity::ALL {
        let name: String = one_line(form.get(&format!("{}-name", capacity.key()))).chars().take(120).collect();
        let email = one_line(form.get(&format!("{}-email", capacity.key())));
        typed.people.push((capacity, name.clone(), email.clone()));
        if name.is_empty() && email.is_empty() {
            continue;
        }
        if name.is_empty() {
            typed.errors.push((format!("{}-name", capacity.key()), format!("{}: enter the name", capacity.name())));
        }
        if !is_email(&email) {
            typed.errors.push((
                format!("{}-email", capacity.key()),
                format!("{}: enter an email address, such as name@hospital.example", capacity.name()),
            ));
        }
        let before = dossier.signatories.iter().find(|s| s.capacity == capacity);
        let same = before
            .is_some_and(|s| s.name.shown() == name && s.email.shown() == crate::store::account::fold_email(&email));
        if !same || form.get("again") == capacity.key() {
            changed.push((capacity, name, email));
        }
    }
    if !typed.errors.is_empty() {
        return respond(applying, typed, Vec::new(), StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let (stamp, origin) = (applying.stamp(), &applying.portal().settings.origin);
    let mut tx = applying.portal().store.write().await?;
    tx.touch_draft(&stamp, applying.application().id).await?;
    let mut links = Vec::new();
    for (capacity, name, email) in changed {
        let token = tx.name_signatory(&stamp, applying.application().id, capacity, &name, &email).await?;
        mail::asked_to_confirm(&mut tx, &stamp, origin, applying.application(), (capacity, &email, &token)).await?;
        links.push((capacity, format!("{origin}/confirmations/{token}")));
    }
    tx.commit().await?;
    if links.is_empty() {
        return Ok(Redirect::to(&applying.path("/check#signatories")).into_response());
    }
    // As it is after the change.
    let applying = Applying::open(applying.desk().clone(), applying.application().id, applying.account()).await?;
    respond(applying, Typed { links, ..Typed::default() }, Vec::new(), StatusCode::OK).await
}

/// Somebody who is signed in and named as a signatory confirms.
pub async fn confirm(applying: Applying, form: Form) -> Result<Response, Problem> {
    applying.require(Action::Read)?;
    let capacity = Capacity::parse(form.get("capacity")).ok_or(Problem::NotFound)?;
    let mut tx = applying.portal().store.write().await?;
    let signatories = tx.signatories(applying.application().id).await?;
    let mine = signatories.iter().any(|s| s.capacity == capacity && s.email == *applying.email());
    if !mine {
        return Err(Problem::NotAllowed);
    }
    tx.confirm(&applying.stamp(), applying.application().id, capacity).await?;
    tx.commit().await?;
    Ok(Redirect::to(&applying.path("/check#signatories")).into_response())
}

/// Writes what is declared.
pub async fn declare(applying: Applying, form: Form) -> Result<Response, Problem> {
    applying.require(Action::Prepare)?;
    let declared: Vec<Declaration> =
        Declaration::ALL.into_iter().filter(|d| form.all("declare").any(|k| k == d.key())).collect();
    let mut tx = applying.portal().store.write().await?;
    tx.declare(&applying.stamp(), applying.application(), &declared).await?;
    tx.commit().await?;
    Ok(Redirect::to(&applying.path("/check#declarations")).into_response())
}

/// Submits: refuses with the errors, or freezes a snapshot and locks the application.
pub async fn submit(applying: Applying) -> Result<Response, Problem> {
    if applying.application().stage.name() == crate::domain::stage::StageName::Submitted {
        // A second press of the button, or the back button.
        return Ok(Redirect::to(&applying.path("/receipt")).into_response());
    }
    applying.require(Action::Submit)?;
    let application = applying.application();
    let (now, stamp) = (applying.now(), applying.stamp());
    let mut tx = applying.portal().store.write().await?;
    tx.touch_draft(&stamp, application.id).await?;
    let dossier = Dossier::load_in(&mut tx, &applying).await?;
    let ready = match dossier.check(&applying)? {
        Ok(ready) => ready,
        Err(findings) => {
            drop(tx);
            let errors = findings.into_iter().filter(|f| f.severity == Severity::Error).collect();
            return respond(applying, Typed::default(), errors, StatusCode::UNPROCESSABLE_ENTITY).await;
        }
    };
    let content = dossier.snapshot(application, now).canonical();
    let digest = tx.freeze(&stamp, application.id, &content).await?;
    let Ok(stage) = application.stage.clone().submit(&ready, digest, application.cycle.closes.at, now) else {
        drop(tx);
        let late = Typed { late: true, ..Typed::default() };
        return respond(applying, late, Vec::new(), StatusCode::CONFLICT).await;
    };
    tx.set_stage(&stamp, application.id, application.version, &stage, What::Submitted).await?;
    // Names may have come since the files were searched.
    tx.search_files_again(application.id, stamp.now).await?;
    mail::submitted(&mut tx, &stamp, &applying.portal().settings.origin, application).await?;
    tx.commit().await?;
    Ok(Redirect::to(&applying.path("/receipt")).into_response())
}
