//! Questions to the centre: the day, the criterion, the question, and nothing about who asks. What was submitted stays as it
//! is; an answer stands beside it.

mod receive;
mod view;

use super::frame;
use crate::{
    domain::{
        access::{Action, Combined},
        blind::Mask,
        cycle::Anonymity,
        id::{FileId, RequestId},
        request::MOST_WORDS,
        text::words,
    },
    server::{
        applying::Applying, guarded, mail::panel::message_waits, problem::Problem, reads::Opened, render::Page, showing,
    },
    store::{
        Tx,
        evidence::{Piece, Source},
        request::{Attachment, reading::Request},
    },
};
use axum::{
    extract::{Multipart, Path, Query, multipart::MultipartRejection},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use receive::Received;
use serde::Deserialize;
use std::collections::HashMap;
use view::Typed;

/// What a redirect to these pages says.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Said {
    /// What was done.
    #[serde(default)]
    pub done: String,
}

type Address = Path<HashMap<String, String>>;

/// How many questions wait for an answer: for the pages of the application.
pub async fn waiting(tx: &mut Tx, applying: &Applying) -> Result<usize, Problem> {
    let requests = tx.requests_of_centre(applying.application().id).await?;
    Ok(requests.iter().filter(|r| r.waits_for_centre()).count())
}

/// All questions.
pub async fn list(applying: Applying) -> Result<Response, Problem> {
    let mut tx = applying.portal().store.read().await?;
    let requests = tx.requests_of_centre(applying.application().id).await?;
    drop(tx);
    let shown = applying.clone();
    let page = Page::new("Questions", frame(&applying, "Application"), move || view::list(&shown, &requests));
    Ok(applying.desk().page(page).await)
}

async fn find(applying: &Applying, at: &HashMap<String, String>) -> Result<(Request, Vec<Piece>), Problem> {
    let id = at.get("request").and_then(|id| RequestId::parse(id)).ok_or(Problem::NotFound)?;
    let application = applying.application().id;
    let mut tx = applying.portal().store.read().await?;
    let requests = tx.requests_of_centre(application).await?;
    let request = requests.into_iter().find(|r| r.id == id).ok_or(Problem::NotFound)?;
    Ok((request, tx.evidence(application).await?))
}

/// One question with its answers.
pub async fn show(applying: Applying, Path(at): Address, Query(said): Query<Said>) -> Result<Response, Problem> {
    let (request, pieces) = find(&applying, &at).await?;
    respond(&applying, request, pieces, (said.done, Typed::default()), StatusCode::OK).await
}

async fn respond(
    applying: &Applying,
    request: Request,
    pieces: Vec<Piece>,
    (done, typed): (String, Typed),
    status: StatusCode,
) -> Result<Response, Problem> {
    let data = view::One { applying: applying.clone(), request, pieces, done, typed };
    let page = Page::new("Question", frame(applying, "Application"), move || view::one(&data));
    Ok(applying.desk().page_with(status, page).await)
}

/// Answers. Whoever was signed out meanwhile gets the text back.
pub async fn answer(
    applying: Result<Applying, Problem>,
    Path(at): Address,
    parts: Result<Multipart, MultipartRejection>,
) -> Result<Response, Problem> {
    let applying = match (applying, parts) {
        (Ok(applying), parts) => (applying, parts),
        (Err(problem @ Problem::SignIn(_)), Ok(parts)) => {
            return Err(problem.keeping(&receive::text_alone(parts).await));
        }
        (Err(problem), _) => return Err(problem),
    };
    let (applying, parts) = applying;
    let (request, pieces) = find(&applying, &at).await?;
    let parts = parts.map_err(|_| Problem::Unreadable)?;
    if applying.require(Action::Answer).is_err() || request.closed {
        return Err(Problem::Stale.keeping(&receive::text_alone(parts).await));
    }
    let received = receive::receive(&applying, parts).await?;
    let typed = &received.typed;
    let mut errors = typed.errors.clone();
    let chosen: Vec<&Piece> = pieces.iter().filter(|p| typed.chosen.contains(&p.evidence.id.to_string())).collect();
    match words(&typed.text) {
        0 if received.file.is_none() && chosen.is_empty() && errors.is_empty() => {
            errors.push(("text", "Write your answer, or attach something".to_owned()));
        }
        n if MOST_WORDS < n => errors.push(("text", format!("Shorten it to {MOST_WORDS} words; it has {n}"))),
        _ => {}
    }
    if !errors.is_empty() {
        let typed = Typed { errors, ..received.typed };
        return respond(&applying, request, pieces, (String::new(), typed), StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let attached: Vec<Attachment> = chosen.into_iter().map(Attachment::from).collect();
    keep(&applying, request.id, &received, attached)
        .await
        .map_err(|problem| problem.keeping(&[("text".to_owned(), received.typed.text.clone())]))?;
    Ok(Redirect::to(&applying.path(&format!("/requests/{}?done=answered", request.id))).into_response())
}

/// The bytes are durable; now the rows.
async fn keep(
    applying: &Applying,
    request: RequestId,
    received: &Received,
    mut attached: Vec<Attachment>,
) -> Result<(), Problem> {
    let (stamp, application) = (applying.stamp(), applying.application());
    let mut tx = applying.portal().store.write().await?;
    // Who was removed from the centre meanwhile does not answer for it.
    if !tx.relation(application.id, applying.account()).await?.is_some_and(Combined::of_centre) {
        return Err(Problem::NotFound);
    }
    let mut surplus = None;
    if let Some(taken) = &received.file {
        let (file, twice) = taken.row(&mut tx, &stamp, application.centre).await?;
        attached.push(Attachment { kind: received.kind(), title: received.title(), source: Source::File(file) });
        surplus = twice;
    }
    let mask = mask(&mut tx, applying).await?;
    tx.answer_request(&stamp, (application.id, request), &received.typed.text, &attached, &mask).await?;
    let origin = &applying.portal().settings.origin;
    message_waits(&mut tx, &stamp, origin, application.cycle.id, application.id).await?;
    tx.commit().await?;
    applying.portal().blobs.forget(surplus).await;
    Ok(())
}

/// What takes the names out, unless the rules let reviewers know the centre.
async fn mask(tx: &mut Tx, applying: &Applying) -> Result<Mask, Problem> {
    let plan = tx.plan_of_cycle(applying.application().cycle.id).await?.ok_or(Problem::Unexpected)?;
    Ok(match plan.rules.anonymity {
        Anonymity::Double => tx.names_behind(applying.application().id).await?.mask(),
        Anonymity::Reviewer => Mask::default(),
    })
}

/// A document that came with an answer.
pub async fn download(applying: Applying, Path(at): Address) -> Result<Response, Problem> {
    let (request, _) = find(&applying, &at).await?;
    let id = at.get("file").and_then(|id| FileId::parse(id)).ok_or(Problem::NotFound)?;
    let mut pieces = request.messages.iter().flat_map(|m| &m.attached);
    let file = pieces.find_map(|p| p.file.as_ref().filter(|f| f.id == id)).ok_or(Problem::NotFound)?;
    let (size, stream) = applying.portal().bytes_of(file.id).await?;
    let (portal, opened) = (applying.portal(), Opened::Blind(applying.application().id, id));
    portal.reads.keep(&portal.store, &applying.stamp(), applying.account(), opened).await?;
    let name = format!("answer-{}", &file.id.to_string()[..6]);
    let asks = applying.clone();
    let stream = guarded::while_open(stream, move || {
        let asks = asks.clone();
        async move { asks.still_may(Action::Read).await }
    });
    Ok(showing::attachment(&name, file.file_type, size, stream))
}
