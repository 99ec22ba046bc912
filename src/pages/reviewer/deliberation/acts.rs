//! What a reviewer can do in a deliberation: say something, revise a level, ask for a third reviewer, or mark late.

use super::{Address, Typed, respond};
use crate::{
    domain::{
        access::{Action, Decision, Relation, may},
        level::Level,
        review::Mark,
        text::unify_lines,
    },
    pages::panel::criterion,
    server::{form::Form, problem::Problem, reviewing::Reviewing},
    store::{Tx, deliberation::Voice, panel::MySeat},
};
use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};

/// What is said when a third reviewer is asked for.
const THIRD: &str = "I ask for a third reviewer at this criterion.";

/// Begins to write, while the panel deliberates; [`Problem::Stale`] once it does not.
pub async fn write(reviewing: &Reviewing, action: Action) -> Result<(Tx, MySeat), Problem> {
    reviewing.require(action)?;
    let (tx, mine) = reviewing.write().await?;
    let still = may(Relation::Reviewer, mine.stage, action) == Decision::Allowed;
    if still { Ok((tx, mine)) } else { Err(Problem::Stale) }
}

/// Does one of them; what was typed is given back when it cannot be done.
pub async fn act(reviewing: Result<Reviewing, Problem>, Path(at): Address, form: Form) -> Result<Response, Problem> {
    let act = async {
        let reviewing = reviewing?;
        reviewing.require(Action::Discuss)?;
        let number = criterion(at.get("criterion").map_or("", String::as_str))?;
        let done = match form.get("do") {
            "revise" => revise(&reviewing, number, &form).await?,
            "mark" => mark(&reviewing, number, &form).await?,
            "third" => say(&reviewing, number, THIRD, true).await?.map(|_| "third"),
            "say" => say(&reviewing, number, form.get("text"), false).await?,
            _ => return Err(Problem::NotFound),
        };
        match done {
            Ok(done) => {
                let place = reviewing.path(&format!("/deliberation/{number}?done={done}"));
                Ok(Redirect::to(&place).into_response())
            }
            Err(typed) => respond(&reviewing, number, String::new(), *typed, StatusCode::UNPROCESSABLE_ENTITY).await,
        }
    };
    act.await.map_err(|problem: Problem| problem.keeping(&form.0))
}

/// What was done, or what has to be mended.
type Done = Result<&'static str, Box<Typed>>;

async fn say(reviewing: &Reviewing, number: u8, text: &str, third: bool) -> Result<Done, Problem> {
    let text = unify_lines(text).trim().to_owned();
    if text.is_empty() {
        let errors = vec![("text", "Write what you want to say".to_owned())];
        return Ok(Err(Box::new(Typed { errors, ..Typed::default() })));
    }
    let (mut tx, mine) = write(reviewing, Action::Discuss).await?;
    // Who has not marked yet does not see the talk, and does not take part in it.
    if tx.mark(mine.seat.id, number).await?.is_none_or(|m| m.mark.level.is_none()) {
        return Err(Problem::NotAllowed);
    }
    let from = (Voice::Seat(mine.seat.id), third);
    let new = tx.say(&reviewing.stamp(), mine.seat.application, number, from, &text).await?;
    tx.commit().await?;
    Ok(Ok(if new { "said" } else { "again" }))
}

async fn revise(reviewing: &Reviewing, number: u8, form: &Form) -> Result<Done, Problem> {
    let (level, why) = (Level::parse(form.get("level")), unify_lines(form.get("why")).trim().to_owned());
    let (mut tx, mine) = write(reviewing, Action::Discuss).await?;
    let mark = tx.mark(mine.seat.id, number).await?.ok_or(Problem::NotAllowed)?;
    let mut errors = Vec::new();
    if level.is_none() {
        errors.push(("level", "Choose a level".to_owned()));
    }
    if level.is_some() && level != mark.mark.level && why.is_empty() {
        errors.push(("why", "Say in a sentence why your level has changed".to_owned()));
    }
    if !errors.is_empty() {
        return Ok(Err(Box::new(Typed { why, level, errors, ..Typed::default() })));
    }
    if mark.counts() == level && mark.revised_why == why {
        return Ok(Ok("revised"));
    }
    if form.get("version") != mark.version.to_string() {
        return Err(Problem::Stale);
    }
    // Back to the first level: nothing is revised any more.
    let revised = level.filter(|_| level != mark.mark.level);
    tx.revise_mark(&reviewing.stamp(), &mine.seat, &mark, revised, &why).await?;
    tx.commit().await?;
    Ok(Ok("revised"))
}

async fn mark(reviewing: &Reviewing, number: u8, form: &Form) -> Result<Done, Problem> {
    let mark = Mark {
        level: Level::parse(form.get("level")),
        strengths: unify_lines(form.get("strengths")),
        gap: unify_lines(form.get("gap")),
        satisfy: unify_lines(form.get("satisfy")),
        ..Mark::default()
    };
    if mark.level.is_none() {
        let errors = vec![("level", "Choose a level".to_owned())];
        return Ok(Err(Box::new(Typed { mark: Some(mark), errors, ..Typed::default() })));
    }
    let (mut tx, mine) = write(reviewing, Action::Discuss).await?;
    if tx.mark(mine.seat.id, number).await?.is_some_and(|m| m.mark == mark) {
        return Ok(Ok("marked"));
    }
    tx.mark_late(&reviewing.stamp(), mine.seat.id, number, &mark).await?;
    tx.commit().await?;
    Ok(Ok("marked"))
}
