//! A deadline of its own for one application.

use super::{case_frame, case_title, case_way};
use crate::{
    components::{
        field::Text,
        layout,
        message::{self, Item},
    },
    domain::{
        access::Action,
        calendar::{Deadline, day_in, time_of_day},
        call::{moment, time_of},
        date::read_day,
        moment::Moment,
        text::one_line,
    },
    server::{form::Form, presiding::Presiding, problem::Problem, render::Page},
    store,
};
use axum::{
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use leptos::prelude::*;

/// The most characters of a reason.
const LONGEST: usize = 500;

#[derive(Clone, Debug, Default)]
struct Typed {
    day: String,
    time: String,
    reason: String,
    errors: Vec<(&'static str, String)>,
    /// Somebody has moved it meanwhile.
    quicker: bool,
}

/// The form.
pub async fn show(here: Presiding) -> Result<Response, Problem> {
    here.require(Action::Extend)?;
    let closes = &here.application().cycle.closes;
    let typed = Typed {
        day: day_in(closes.at.plus_days(7), &closes.zone).to_string(),
        time: time_of_day(closes.at, &closes.zone),
        ..Typed::default()
    };
    respond(&here, typed, StatusCode::OK).await
}

async fn respond(here: &Presiding, typed: Typed, status: StatusCode) -> Result<Response, Problem> {
    let mut tx = here.portal().store.read().await?;
    let own = tx.extended_to(here.application().id).await?;
    drop(tx);
    let (shown, title) = (here.clone(), case_title(here.application()));
    let page = Page::new(format!("Move the deadline, {title}"), case_frame(here), move || view(&shown, typed, own));
    Ok(here.desk().page_with(status, page).await)
}

/// Moves it.
pub async fn save(here: Presiding, form: Form) -> Result<Response, Problem> {
    here.require(Action::Extend)?;
    let application = here.application();
    let closes = &application.cycle.closes;
    let mut typed = Typed {
        day: one_line(form.get("day")),
        time: one_line(form.get("time")),
        reason: one_line(form.get("reason")),
        ..Typed::default()
    };
    let (day, time) = (read_day(&typed.day), time_of(&typed.time));
    if day.is_none() {
        typed.errors.push(("day", "Enter a day, such as 15.4.2028".into()));
    }
    if time.is_none() {
        typed.errors.push(("time", "Enter a time, such as 23:59".into()));
    }
    let until = day.zip(time).and_then(|(day, time)| moment(day, time, &closes.zone));
    let mut tx = here.portal().store.read().await?;
    let plan = tx.plan_of_cycle(application.cycle.id).await?.ok_or(Problem::Unexpected)?;
    let own = tx.extended_to(application.id).await?;
    drop(tx);
    if let Some(until) = until {
        if until <= here.now() {
            typed.errors.push(("day", "Choose a day that has not passed".into()));
        } else if until <= plan.cycle.closes.at {
            typed
                .errors
                .push(("day", format!("Choose a day after the deadline of the cycle, {}", plan.cycle.closes.long())));
        } else if plan.decision.at <= until {
            typed.errors.push(("day", format!("Choose a day before decisions are due, {}", plan.decision.long())));
        }
    }
    if typed.reason.is_empty() || LONGEST < typed.reason.chars().count() {
        typed.errors.push(("reason", format!("Say why, up to {LONGEST} characters")));
    }
    let (Some(until), true) = (until, typed.errors.is_empty()) else {
        return respond(&here, typed, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    if own == Some(until) {
        // A second press of the button.
        return Ok(Redirect::to(&here.path("?done=extended")).into_response());
    }
    let base = form.get("base").parse::<i64>().ok().map(Moment::from_millis);
    let mut tx = here.write(Action::Extend).await?;
    match tx.extend(&here.stamp(), application.id, (base, until), &typed.reason).await {
        Ok(()) => {
            tx.commit().await?;
            Ok(Redirect::to(&here.path("?done=extended")).into_response())
        }
        Err(store::Error::Stale) => {
            drop(tx);
            typed.quicker = true;
            respond(&here, typed, StatusCode::CONFLICT).await
        }
        Err(other) => Err(other.into()),
    }
}

fn view(here: &Presiding, typed: Typed, own: Option<Moment>) -> impl IntoView + use<> {
    let items =
        typed.errors.iter().map(|(field, text)| Item { text: text.clone(), href: format!("#{field}") }).collect();
    let error = |name: &str| typed.errors.iter().find(|(f, _)| *f == name).map(|(_, text)| text.clone());
    let zone = here.application().cycle.closes.zone.clone();
    let now = Deadline { at: own.unwrap_or(here.application().cycle.closes.at), zone: zone.clone() }.long();
    let day = Text {
        name: "day",
        label: "New deadline",
        kind: "date",
        value: typed.day.clone(),
        error: error("day"),
        ..Text::default()
    };
    let time = Text {
        name: "time",
        label: "Time",
        kind: "time",
        value: typed.time.clone(),
        error: error("time"),
        ..Text::default()
    };
    let reason = Text {
        name: "reason",
        label: "Why",
        hint: "For the working group. The centre sees the new deadline, not the reason",
        value: typed.reason.clone(),
        error: error("reason"),
        ..Text::default()
    };
    let quicker = typed.quicker.then(|| {
        message::refused(vec![Item {
            text: "Somebody else has moved the deadline meanwhile. Look at it, and save again if yours should hold"
                .into(),
            href: "#day".into(),
        }])
    });
    let base = own.map(|at| at.millis().to_string()).unwrap_or_default();
    view! {
        <main class="page narrow" id="main">
            {layout::crumbs(case_way(here), "Move the deadline")}
            <div class="stack"><h1>"Move the deadline"</h1><p>{format!("The deadline of this application is {now}.")}</p></div>
            {quicker}
            {message::refused(items)}
            <form class="panel form" method="post" action=here.path("/extension") novalidate>
                <input type="hidden" name="base" value=base/>
                <div class="pair">{day.view()}{time.view()}</div>
                <p class="soft">{format!("In the time zone {zone}.")}</p>
                {reason.view()}
                <p><button class="button" type="submit">"Move the deadline"</button></p>
            </form>
        </main>
    }
}
