//! Asking the centre.

use super::{Typed, respond};
use crate::{
    domain::{
        access::Action,
        id::RequestId,
        request::{MOST_WORDS, WORKING_DAYS, due},
        text::{unify_lines, words},
    },
    pages::{panel::criterion, reviewer::deliberation::write},
    server::{form::Form, mail::panel::message_waits, problem::Problem, reviewing::Reviewing},
    store::{Tx, request::Question},
};
use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use std::collections::HashMap;

/// What has to be mended in a question.
pub fn fault(text: &str) -> Option<String> {
    match words(text) {
        0 => Some("Write your question".to_owned()),
        n if MOST_WORDS < n => Some(format!("Shorten it to {MOST_WORDS} words; it has {n}")),
        _ => None,
    }
}

/// Asks. What was typed is given back when it cannot be sent.
pub async fn ask(reviewing: Result<Reviewing, Problem>, form: Form) -> Result<Response, Problem> {
    let ask = async {
        let reviewing = reviewing?;
        reviewing.require(Action::Ask)?;
        let text = unify_lines(form.get("text")).trim().to_owned();
        let number = criterion(form.get("criterion"));
        let mut errors: Vec<_> = fault(&text).map(|why| ("text", why)).into_iter().collect();
        if number.is_err() {
            errors.insert(0, ("criterion", "Choose a criterion".to_owned()));
        }
        let (Ok(number), true) = (number, errors.is_empty()) else {
            let typed = Typed { criterion: form.get("criterion").to_owned(), text, errors };
            return respond(&reviewing, String::new(), typed, StatusCode::UNPROCESSABLE_ENTITY).await;
        };
        let due = due(reviewing.now(), &reviewing.plan().cycle.closes.zone, WORKING_DAYS);
        let (mut tx, mine) = write(&reviewing, Action::Ask).await?;
        let question = Question { criterion: number, seat: Some(mine.seat.id), text: &text, due };
        let id = tx.ask_centre(&reviewing.stamp(), mine.seat.application, question).await?;
        tell_secretariat(&mut tx, &reviewing).await?;
        tx.commit().await?;
        Ok(Redirect::to(&reviewing.path(&format!("/requests?done=asked#request-{id}"))).into_response())
    };
    ask.await.map_err(|problem: Problem| problem.keeping(&form.0))
}

async fn tell_secretariat(tx: &mut Tx, reviewing: &Reviewing) -> Result<(), Problem> {
    let (origin, cycle) = (&reviewing.portal().settings.origin, reviewing.plan().cycle.id);
    Ok(message_waits(tx, &reviewing.stamp(), origin, cycle, reviewing.seat().application).await?)
}

/// Asks further in one's own request, or closes it. Those of others do not exist.
pub async fn further(
    reviewing: Result<Reviewing, Problem>,
    Path(at): Path<HashMap<String, String>>,
    form: Form,
) -> Result<Response, Problem> {
    let further = async {
        let reviewing = reviewing?;
        reviewing.require(Action::Ask)?;
        let id = at.get("request").and_then(|id| RequestId::parse(id)).ok_or(Problem::NotFound)?;
        let (mut tx, mine) = write(&reviewing, Action::Ask).await?;
        let application = mine.seat.application;
        let requests = tx.blind_requests(application).await?;
        let request = requests.iter().find(|r| r.id == id && r.seat == Some(mine.seat.id)).ok_or(Problem::NotFound)?;
        let done = if form.get("do") == "close" {
            if !request.closed {
                tx.close_request(&reviewing.stamp(), application, id).await?;
            }
            "closed"
        } else {
            let text = unify_lines(form.get("text")).trim().to_owned();
            if fault(&text).is_some() {
                drop(tx);
                let errors = vec![("text", fault(&text).unwrap_or_default())];
                let typed = Typed { criterion: request.criterion.to_string(), text, errors };
                return respond(&reviewing, String::new(), typed, StatusCode::UNPROCESSABLE_ENTITY).await;
            }
            tx.ask_further(&reviewing.stamp(), (application, id), &text, None).await?;
            tell_secretariat(&mut tx, &reviewing).await?;
            "asked"
        };
        tx.commit().await?;
        Ok(Redirect::to(&reviewing.path(&format!("/requests?done={done}#request-{id}"))).into_response())
    };
    further.await.map_err(|problem: Problem| problem.keeping(&form.0))
}
