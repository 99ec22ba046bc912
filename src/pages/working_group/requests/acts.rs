//! Passing on, wording, declining and closing; and a question of the working group's own.

use super::{Typed, respond};
use crate::{
    domain::{
        access::Action,
        calendar::{Deadline, end_of},
        date::read_day,
        id::{MessageId, RequestId},
        moment::Moment,
        request::Side,
        text::{one_line, unify_lines},
    },
    pages::{panel::criterion, reviewer::requests::fault},
    server::{
        form::Form,
        mail::{
            letter::News,
            panel::{question_passed_on, tell_panel},
        },
        presiding::Presiding,
        problem::Problem,
    },
    store::request::{At, Question, Worded},
};
use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use std::collections::HashMap;

/// The end of the day that was typed, if it is still to come.
fn until(here: &Presiding, typed: &str) -> Result<Moment, String> {
    let day = read_day(typed).ok_or("Write day, month and year, such as 19.3.2027")?;
    let at = end_of(day, &here.application().cycle.closes.zone);
    if at < here.now() { Err("Choose a day that is still to come".to_owned()) } else { Ok(at) }
}

/// Asks the centre, as the working group.
pub async fn ask(here: Result<Presiding, Problem>, form: Form) -> Result<Response, Problem> {
    let ask = async {
        let here = here?;
        here.require(Action::Ask)?;
        let text = unify_lines(form.get("text")).trim().to_owned();
        let (number, due) = (criterion(form.get("criterion")), until(&here, form.get("due")));
        let mut errors: Vec<_> = fault(&text).map(|why| ("text", why)).into_iter().collect();
        if number.is_err() {
            errors.push(("criterion", "Choose a criterion".to_owned()));
        }
        if let Err(why) = &due {
            errors.push(("due", why.clone()));
        }
        let (Ok(criterion), Ok(due), true) = (number, due, errors.is_empty()) else {
            let (criterion, due) = (form.get("criterion").to_owned(), form.get("due").to_owned());
            let typed = Typed { criterion, text, due, errors, ..Typed::default() };
            return respond(&here, String::new(), typed, StatusCode::UNPROCESSABLE_ENTITY).await;
        };
        let (stamp, application) = (here.stamp(), here.application());
        let mut tx = here.write(Action::Ask).await?;
        let question = Question { criterion, seat: None, text: &text, due };
        let id = tx.ask_centre(&stamp, application.id, question).await?;
        let deadline = Deadline { at: due, zone: application.cycle.closes.zone.clone() };
        let origin = &here.portal().settings.origin;
        question_passed_on(&mut tx, &stamp, origin, application, (id, None, &deadline)).await?;
        tx.commit().await?;
        Ok(Redirect::to(&here.path(&format!("/requests?done=asked#request-{id}"))).into_response())
    };
    ask.await.map_err(|problem: Problem| problem.keeping(&form.0))
}

/// Handles one message, or closes its request.
pub async fn act(
    here: Result<Presiding, Problem>,
    Path(at): Path<HashMap<String, String>>,
    form: Form,
) -> Result<Response, Problem> {
    let act = async {
        let here = here?;
        here.require(Action::ReadBlind)?;
        let request = at.get("request").and_then(|id| RequestId::parse(id)).ok_or(Problem::NotFound)?;
        let application = here.application().id;
        let mut tx = here.portal().store.read().await?;
        let known = tx.requests(application).await?.into_iter().find(|r| r.id == request).ok_or(Problem::NotFound)?;
        drop(tx);
        here.require(Action::Relay)?;
        let done = if form.get("do") == "close" {
            if !known.closed {
                let mut tx = here.write(Action::Relay).await?;
                tx.close_request(&here.stamp(), application, request).await?;
                tx.commit().await?;
            }
            Ok("closed")
        } else {
            let id = MessageId::parse(form.get("message")).ok_or(Problem::NotFound)?;
            let message = known.messages.iter().find(|m| m.id == id).ok_or(Problem::NotFound)?;
            let version = form.get("version").parse().unwrap_or(0);
            handle(&here, &At { application, request, message: id, version }, message.side, &form).await?
        };
        match done {
            Ok(done) => {
                Ok(Redirect::to(&here.path(&format!("/requests?done={done}#request-{request}"))).into_response())
            }
            Err(typed) => respond(&here, String::new(), *typed, StatusCode::UNPROCESSABLE_ENTITY).await,
        }
    };
    act.await.map_err(|problem: Problem| problem.keeping(&form.0))
}

/// What was done, or what has to be mended.
type Done = Result<&'static str, Box<Typed>>;

async fn handle(here: &Presiding, at: &At, side: Side, form: &Form) -> Result<Done, Problem> {
    let text = unify_lines(form.get("text")).trim().to_owned();
    let (due, reason) = (form.get("due").to_owned(), one_line(form.get("reason")));
    let mended = |field, why: String| {
        let (text, due, reason) = (text.clone(), due.clone(), reason.clone());
        let (message, errors) = (Some(at.message), vec![(field, why)]);
        Ok(Err(Box::new(Typed { message, criterion: String::new(), text, due, reason, errors })))
    };
    match form.get("do") {
        "decline" if reason.is_empty() => return mended("reason", "Say why it is not passed on".to_owned()),
        "relay" | "reword" if text.is_empty() && side == Side::Panel => {
            return mended("text", "Write what will be read".to_owned());
        }
        _ => {}
    }
    let until = match (form.get("do"), side) {
        ("relay", Side::Panel) => match until(here, &due) {
            Ok(until) => until,
            Err(why) => return mended("due", why),
        },
        _ => here.now(),
    };
    let (stamp, application) = (here.stamp(), here.application());
    let mut tx = here.write(Action::Relay).await?;
    let origin = &here.portal().settings.origin;
    let done = match form.get("do") {
        "relay" => {
            if tx.relay(&stamp, at, &text, until).await? == Side::Panel {
                let deadline = Deadline { at: until, zone: application.cycle.closes.zone.clone() };
                let what = (at.request, Some(at.message), &deadline);
                question_passed_on(&mut tx, &stamp, origin, application, what).await?;
            } else {
                let reference = format!("answer:{}", at.message);
                let news = (News::Answer, reference.as_str(), "/requests");
                tell_panel(&mut tx, &stamp, origin, application.id, news).await?;
            }
            "relayed"
        }
        "reword" => match tx.reword(&stamp, at, &text).await? {
            Worded::Kept => "worded",
            Worded::Beside => "beside",
        },
        "decline" => {
            tx.decline_message(&stamp, at, &reason).await?;
            "declined"
        }
        _ => return Err(Problem::NotFound),
    };
    tx.commit().await?;
    Ok(Ok(done))
}
