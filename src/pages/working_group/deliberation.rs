//! The deliberation, for the working group: the same table as the panel's, under letters. Names stand on the panel page
//! alone.

use super::{case_frame, title_at};
use crate::{
    components::{
        layout,
        message::{self, Item},
    },
    domain::{access::Action, cycle::Rules, stage::StageName, text::unify_lines},
    pages::panel::{criterion, heading, table, talk},
    server::{
        deliberating::{NotYet, Table, ready},
        form::Form,
        mail::{letter::News, panel::tell_panel},
        presiding::Presiding,
        problem::Problem,
        render::Page,
    },
    store::{Tx, deliberation::Voice, event::What},
};
use axum::{
    extract::{Path, Query},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use leptos::prelude::*;
use serde::Deserialize;
use std::collections::HashMap;

/// How the page is asked for.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Wanted {
    #[serde(default)]
    show: String,
    #[serde(default)]
    done: String,
}

/// The rules of the cycle.
pub async fn rules(tx: &mut Tx, here: &Presiding) -> Result<Rules, Problem> {
    Ok(tx.plan_of_cycle(here.application().cycle.id).await?.ok_or(Problem::Unexpected)?.rules)
}

/// Whether the levels are open to the working group: once all reviews are in, so that no single one sets the tone.
async fn opened(tx: &mut Tx, here: &Presiding, rules: &Rules) -> Result<Result<(), NotYet>, Problem> {
    let stage = here.application().stage.name();
    let seats = tx.seats_of(here.application().id).await?;
    Ok(if stage == StageName::UnderReview { ready(&seats, rules) } else { Ok(()) })
}

/// Levels of the panel, or what is missing before it can deliberate.
pub async fn list(here: Presiding, Query(wanted): Query<Wanted>) -> Result<Response, Problem> {
    here.require(Action::ReadBlind)?;
    let application = here.application().id;
    let mut tx = here.portal().store.read().await?;
    let rules = rules(&mut tx, &here).await?;
    let state = opened(&mut tx, &here, &rules).await?;
    let table = Table::load(&mut tx, application, &rules, None).await?;
    let (posts, third) = (tx.count_posts(application).await?, tx.third_asked_at(application).await?);
    drop(tx);
    let edition = here.edition()?;
    let base = here.path("/deliberation");
    let under_review = here.application().stage.name() == StageName::UnderReview;
    let may_open = here.may(Action::Deliberate);
    let apart = table.lines.iter().filter(|l| l.apart).count();
    let headings = edition.criteria.iter().map(|c| heading(edition, c.number)).collect();
    let data = table::Data { base: base.clone(), headings, table, all: wanted.show == "all", posts, third };
    let (panel, feedback, requests) = (here.path("/panel"), here.path("/feedback"), here.path("/requests"));
    let (name, home) = (title_at(&here), here.path(""));
    let page = Page::new("Deliberation", case_frame(&here), move || {
        let body = match state {
            Err(why) => view! {
                <section class="notice attention"><h2>"The deliberation cannot begin yet"</h2><p>{why.message()}</p><p><a href=panel.clone()>"Open the panel page"</a></p></section>
            }
            .into_any(),
            Ok(()) => table::view(&data),
        };
        let third = (state.is_ok() && (apart != 0 || !data.third.is_empty())).then(|| {
            let text = if under_review {
                "The reviewers are apart. A third reviewer who marks alone, before the deliberation begins, often settles it."
            } else {
                "A third reviewer who joins now marks each criterion alone before the words of the others appear."
            };
            view! { <section class="notice"><h2>"A third reviewer"</h2><p>{text}</p><p><a href=panel.clone()>"Ask a third reviewer"</a></p></section> }
        });
        let begin = (under_review && state.is_ok() && may_open).then(|| view! {
            <form class="panel form" method="post" action=base.clone()>
                <h2>"Begin the deliberation"</h2>
                <p>"Every reviewer then sees the levels and texts of the others, under letters. Reviews can no longer be reopened."</p>
                <p><button class="button" type="submit">"Begin the deliberation"</button></p>
            </form>
        });
        view! {
            <main class="page" id="main">
                {layout::crumbs(vec![(name, home)], "Deliberation")}
                <div class="page-head"><div><h1>"Deliberation"</h1></div></div>
                {(wanted.done == "opened").then(|| message::done("The deliberation has begun. The panel is told by mail."))}
                {body}
                {third}
                {begin}
                <p class="row"><a href=feedback>"Feedback to the centre"</a><a href=requests>"Questions to the centre"</a><a href=panel>"Panel"</a></p>
            </main>
        }
    });
    Ok(here.desk().page(page).await)
}

/// Begins the deliberation: only when every accepted seat has handed in. A second press finds it begun.
pub async fn open(here: Presiding) -> Result<Response, Problem> {
    let done = Redirect::to(&here.path("/deliberation?done=opened")).into_response();
    if here.application().stage.name() == StageName::Deliberation && here.is_coordinator() {
        return Ok(done);
    }
    here.require(Action::Deliberate)?;
    let (application, stamp) = (here.application(), here.stamp());
    let mut tx = here.write(Action::Deliberate).await?;
    tx.hold_seats(application.id).await?;
    let rules = rules(&mut tx, &here).await?;
    if let Err(why) = ready(&tx.seats_of(application.id).await?, &rules) {
        drop(tx);
        let (panel, message) = (here.path("/panel"), why.message());
        let back = here.path("/deliberation");
        let page = Page::new("Not yet", case_frame(&here), move || {
            view! {
                <main class="page narrow" id="main">
                    <h1>"The deliberation cannot begin yet"</h1>
                    <p>{message}</p>
                    <p class="row"><a class="button quiet" href=panel>"Open the panel page"</a><a class="button quiet" href=back>"Back"</a></p>
                </main>
            }
        });
        return Ok(here.desk().page_with(StatusCode::CONFLICT, page).await);
    }
    let stage = application.stage.clone().deliberate(stamp.now).map_err(|_| Problem::Stale)?;
    tx.set_stage(&stamp, application.id, application.version, &stage, What::DeliberationOpened).await?;
    let news = (News::Deliberation, &*format!("deliberation:{}", application.version), "/deliberation");
    tell_panel(&mut tx, &stamp, &here.portal().settings.origin, application.id, news).await?;
    tx.commit().await?;
    Ok(done)
}

/// One criterion.
pub async fn show(
    here: Presiding,
    Path(at): Path<HashMap<String, String>>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    here.require(Action::ReadBlind)?;
    let number = criterion(at.get("criterion").map_or("", String::as_str))?;
    respond(&here, number, wanted.done, None, StatusCode::OK).await
}

async fn respond(
    here: &Presiding,
    number: u8,
    done: String,
    error: Option<String>,
    status: StatusCode,
) -> Result<Response, Problem> {
    let application = here.application().id;
    let mut tx = here.portal().store.read().await?;
    let rules = rules(&mut tx, here).await?;
    if opened(&mut tx, here, &rules).await?.is_err() {
        return Err(Problem::NotAllowed);
    }
    let table = Table::load(&mut tx, application, &rules, None).await?;
    let posts = tx.posts(application, number).await?;
    drop(tx);
    let line = table.lines.iter().find(|l| l.criterion == number).cloned().ok_or(Problem::NotFound)?;
    let name = heading(here.edition()?, number);
    let way = vec![(title_at(here), here.path("")), ("Deliberation".to_owned(), here.path("/deliberation"))];
    let action = here.path(&format!("/deliberation/{number}"));
    let feedback = here.path(&format!("/feedback/{number}"));
    let zone = here.application().cycle.closes.zone.clone();
    let speaks = here.may(Action::Discuss);
    let page = Page::new(name.clone(), case_frame(here), move || {
        let errors = error.iter().map(|text| Item { text: text.clone(), href: "#text".into() }).collect();
        view! {
            <main class="page" id="main">
                {layout::crumbs(way, name.clone())}
                <div class="page-head"><div><h1>{name}</h1></div></div>
                {message::refused(errors)}
                {(done == "said").then(|| message::done("Said to the panel."))}
                {talk::said(&line)}
                <div class="split">
                    <div class="column">
                        <section class="stack" aria-labelledby="talk">
                            <h2 id="talk">"What the panel says"</h2>
                            {talk::thread(&table, &posts, &zone, None)}
                            {speaks.then(|| talk::say_form(action, "", error))}
                        </section>
                    </div>
                    <div class="column">{talk::agreed(line.consensus.as_ref(), feedback)}</div>
                </div>
            </main>
        }
    });
    Ok(here.desk().page_with(status, page).await)
}

/// Says something to the panel, as the working group.
pub async fn say(
    here: Result<Presiding, Problem>,
    Path(at): Path<HashMap<String, String>>,
    form: Form,
) -> Result<Response, Problem> {
    let say = async {
        let here = here?;
        here.require(Action::Discuss)?;
        let number = criterion(at.get("criterion").map_or("", String::as_str))?;
        let text = unify_lines(form.get("text")).trim().to_owned();
        if text.is_empty() {
            let error = Some("Write what you want to say".to_owned());
            return respond(&here, number, String::new(), error, StatusCode::UNPROCESSABLE_ENTITY).await;
        }
        let mut tx = here.write(Action::Discuss).await?;
        let from = (Voice::WorkingGroup(here.account()), false);
        tx.say(&here.stamp(), here.application().id, number, from, &text).await?;
        tx.commit().await?;
        Ok(Redirect::to(&here.path(&format!("/deliberation/{number}?done=said"))).into_response())
    };
    say.await.map_err(|problem: Problem| problem.keeping(&form.0))
}
