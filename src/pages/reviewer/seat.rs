//! Accepting, declining, taking either back, and the declaration before the file is opened.

use super::{Said, bar, frame, title};
use crate::{
    components::{
        field,
        message::{self, Item},
    },
    domain::{
        criteria::COUNT,
        cycle::Anonymity,
        reviewing::{about, minutes_unseen},
        text::unify_lines,
    },
    server::{form::Form, problem::Problem, render::Page, reviewing::Reviewing},
    store::{centre::CentreIdentity, conflict::Kind, panel::SeatState},
};
use axum::{
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use leptos::prelude::*;

/// The longest reason for declining, in characters.
const REASON: usize = 2_000;

fn back(reviewing: &Reviewing, done: &str) -> Response {
    Redirect::to(&format!("/reviews?done={done}&review={}", reviewing.seat().id)).into_response()
}

/// The reviewer will review.
pub async fn accept(reviewing: Reviewing) -> Result<Response, Problem> {
    let (mut tx, mine) = reviewing.write().await?;
    match mine.seat.state {
        SeatState::Accepted => {}
        SeatState::Asked => {
            tx.answer_seat(&reviewing.stamp(), &mine.seat, SeatState::Accepted, "").await?;
            tx.commit().await?;
        }
        // Declined in another window: that has to be taken back first, so that nobody is surprised.
        SeatState::Declined | SeatState::Removed => return Ok(back(&reviewing, "declined")),
    }
    Ok(back(&reviewing, "accepted"))
}

/// The reviewer will not review, with a reason for the coordinator if they like. What was marked stays.
pub async fn decline(reviewing: Reviewing, form: Form) -> Result<Response, Problem> {
    let (mut tx, mine) = reviewing.write().await?;
    let reason: String = unify_lines(form.get("reason")).trim().chars().take(REASON).collect();
    // A second press says nothing new; a reason that comes with it is kept in place of the one before.
    if mine.seat.state == SeatState::Declined && reason.is_empty() {
        return Ok(back(&reviewing, "declined"));
    }
    if mine.seat.submitted.is_some() {
        if !reason.is_empty() {
            return Err(Problem::NotAllowed.keeping(&form.0));
        }
        return Ok(Redirect::to(&reviewing.path("?done=handed-in")).into_response());
    }
    tx.answer_seat(&reviewing.stamp(), &mine.seat, SeatState::Declined, &reason).await?;
    tx.commit().await?;
    Ok(back(&reviewing, "declined"))
}

/// Takes the answer back. A file that was opened is not unread: then it can only be given back.
pub async fn undo(reviewing: Reviewing) -> Result<Response, Problem> {
    let (mut tx, mine) = reviewing.write().await?;
    match mine.seat.state {
        SeatState::Asked | SeatState::Removed => return Ok(back(&reviewing, "undone")),
        SeatState::Accepted if mine.seat.opened.is_some() => {
            return Ok(Redirect::to(&reviewing.path("?done=opened")).into_response());
        }
        SeatState::Declined | SeatState::Accepted => {}
    }
    tx.answer_seat(&reviewing.stamp(), &mine.seat, SeatState::Asked, "").await?;
    tx.commit().await?;
    Ok(back(&reviewing, "undone"))
}

/// The reviewer declares that they have no conflict: only now is anything of the file shown.
pub async fn declare(reviewing: Reviewing, form: Form) -> Result<Response, Problem> {
    let (mut tx, mine) = reviewing.write().await?;
    let here = Redirect::to(&reviewing.path("")).into_response();
    if mine.seat.state != SeatState::Accepted || mine.seat.opened.is_some() {
        return Ok(here);
    }
    let asked = questions(&reviewing);
    let unticked: Vec<&Question> = asked.iter().filter(|q| !form.has(q.name)).collect();
    if !unticked.is_empty() {
        let items = unticked.iter().map(|q| Item { text: q.missing.into(), href: format!("#{}", q.name) }).collect();
        drop(tx);
        return declaration(&reviewing, items, Some(&form), StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    tx.open_file(&reviewing.stamp(), &mine.seat).await?;
    tx.commit().await?;
    Ok(here)
}

struct Question {
    name: &'static str,
    text: &'static str,
    missing: &'static str,
}

/// What has to be ticked. Who cannot see the centre cannot know their conflicts with it: they answer for what the portal
/// compares.
fn questions(reviewing: &Reviewing) -> Vec<Question> {
    let none = Question {
        name: "none",
        text: "I know of no conflict with this application, and I will say so as soon as I find one",
        missing: "Declare that you know of no conflict, or declare the conflict below",
    };
    let current = Question {
        name: "current",
        text: "My profile and my ties are complete and up to date",
        missing: "Confirm that your profile and your ties are up to date",
    };
    match reviewing.plan().rules.anonymity {
        Anonymity::Double => vec![current, none],
        Anonymity::Reviewer => vec![none],
    }
}

/// The page before the file: the question, then the declaration.
pub async fn before(reviewing: &Reviewing, said: &Said) -> Result<Response, Problem> {
    if reviewing.seat().state == SeatState::Accepted {
        return declaration(reviewing, Vec::new(), None, StatusCode::OK).await;
    }
    let declined = reviewing.seat().state == SeatState::Declined;
    let (bar, base) = (bar(reviewing, None), reviewing.path(""));
    let time = about(minutes_unseen(usize::from(COUNT)));
    let undone = said.done == "undone";
    let page = Page::new(title(reviewing), frame(reviewing).await?, move || {
        let body = if declined {
            view! {
                <p>"You have declined this review. If that was a slip, or things have changed, take it back."</p>
                <form method="post" action=format!("{base}/undo")><button class="button quiet" type="submit">"Take it back"</button></form>
            }
            .into_any()
        } else {
            view! {
                <p>{format!("You are asked to review this application: 13 criteria, {time} in all. You can stop and go on at any time.")}</p>
                <div class="row">
                    <form method="post" action=format!("{base}/accept")><button class="button" type="submit">"Accept"</button></form>
                    <form method="post" action=format!("{base}/decline")><button class="button quiet" type="submit">"Decline"</button></form>
                </div>
                <p class="small"><a href=format!("{base}/conflict")>"I have a conflict with it"</a></p>
            }
            .into_any()
        };
        view! {
            <main class="page review-page" id="main">
                {bar}
                {undone.then(|| message::done("Taken back."))}
                <section class="panel stack" aria-label="Your answer">{body}</section>
            </main>
        }
    });
    Ok(reviewing.desk().page(page).await)
}

/// The centre, where the rules of the cycle show it to reviewers.
pub async fn shown_centre(reviewing: &Reviewing) -> Result<Option<CentreIdentity>, Problem> {
    if reviewing.plan().rules.anonymity == Anonymity::Double {
        return Ok(None);
    }
    let mut tx = reviewing.portal().store.read().await?;
    let centre = tx.centre_of(reviewing.seat().application).await?.ok_or(Problem::NotFound)?;
    Ok(tx.centre_identity(centre).await?)
}

/// What the portal could compare a centre with: the reviewer's own profile and ties.
async fn compared(reviewing: &Reviewing) -> Result<String, Problem> {
    let mut tx = reviewing.portal().store.read().await?;
    let ties = match tx.ties_of(reviewing.account()).await?.len() {
        0 => "no ties".to_owned(),
        1 => "1 tie".to_owned(),
        n => format!("{n} ties"),
    };
    Ok(match tx.profile(reviewing.account()).await? {
        Some(profile) if !profile.institution.trim().is_empty() => {
            format!("On file: {}, {}, and {ties}.", profile.institution, profile.country)
        }
        _ => format!("On file: no institution yet, and {ties}. Fill in your profile before you declare it complete."),
    })
}

/// What each kind of conflict means.
pub fn explained(kind: Kind) -> &'static str {
    match kind {
        Kind::Institution => "You work there, have worked there in the last five years, or are about to",
        Kind::Country => "You work in the same country",
        Kind::CoAuthor => "You have published together in the last five years",
        Kind::Mentor => "You have taught somebody who leads there, or they have taught you",
        Kind::Other => "Money, family, friendship, quarrel: whatever would make you unsure of your own judgement",
    }
}

async fn declaration(
    reviewing: &Reviewing,
    errors: Vec<Item>,
    typed: Option<&Form>,
    status: StatusCode,
) -> Result<Response, Problem> {
    let (bar, base) = (bar(reviewing, None), reviewing.path(""));
    let country = reviewing.plan().rules.country_conflict;
    let centre = shown_centre(reviewing).await?;
    let compared = compared(reviewing).await?;
    let asked: Vec<(Question, bool)> = questions(reviewing)
        .into_iter()
        .map(|q| {
            let ticked = typed.is_some_and(|form| form.has(q.name));
            (q, ticked)
        })
        .collect();
    let page = Page::new(title(reviewing), frame(reviewing).await?, move || {
        let kinds = Kind::ALL.into_iter().filter(|k| country || *k != Kind::Country).map(|kind| {
            view! { <div><dt>{kind.name()}</dt><dd>{explained(kind)}</dd></div> }
        });
        let whose = match centre {
            Some(centre) => view! { <p>"This is the application of "<strong>{format!("{}, {}", centre.name(), centre.country())}</strong>"."</p> }.into_any(),
            None => view! {
                <p>"You will not learn which centre this is. The portal has compared it with your profile and your ties, so they have to be right."</p>
                <p>{compared}" "<a href="/reviews/profile">"Look at your profile"</a></p>
            }
            .into_any(),
        };
        let boxes =
            asked.into_iter().map(|(q, ticked)| field::checkbox(q.name.into(), q.name, "1".into(), ticked, q.text));
        view! {
            <main class="page review-page" id="main">
                {message::refused(errors)}
                {bar}
                <section class="panel stack" aria-labelledby="declaration">
                    <h2 id="declaration">"Before you open the file"</h2>
                    {whose}
                    <p>"A conflict is any of these:"</p>
                    <dl class="descriptors">{kinds.collect_view()}</dl>
                    <form class="form" method="post" action=format!("{base}/declaration") novalidate>
                        <div>{boxes.collect_view()}</div>
                        <p class="row">
                            <button class="button" type="submit">"Declare this and open the file"</button>
                            <a href=format!("{base}/conflict")>"I have a conflict"</a>
                        </p>
                    </form>
                </section>
            </main>
        }
    });
    Ok(reviewing.desk().page_with(status, page).await)
}
