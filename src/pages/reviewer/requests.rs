//! Questions to the centre, for somebody on the panel. Until the deliberation each reviewer sees their own; what the centre
//! has answered is part of the file, for all.

mod acts;
mod evidence;

pub use acts::{ask, fault, further};
pub use evidence::download;

use super::{frame, title};
use crate::{
    components::{
        field, layout,
        message::{self, Item},
        panel::Area,
        request,
    },
    domain::{
        access::Action,
        calendar::{Deadline, day_long},
        criteria::COUNT,
        moment::Moment,
        request::{Side, State, Way},
        stage::StageName,
    },
    pages::panel::heading,
    server::{deliberating::letters, problem::Problem, render::Page, reviewing::Reviewing},
    store::request::reading::{Attached, Message, Request},
};
use axum::{extract::Query, http::StatusCode, response::Response};
use leptos::prelude::*;
use serde::Deserialize;

/// At which criterion somebody wants to ask.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Wanted {
    #[serde(default)]
    criterion: String,
    #[serde(default)]
    done: String,
}

/// What was typed and has to be mended.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    criterion: String,
    text: String,
    errors: Vec<(&'static str, String)>,
}

/// The page.
pub async fn list(reviewing: Reviewing, Query(wanted): Query<Wanted>) -> Result<Response, Problem> {
    reviewing.require(Action::Ask)?;
    let typed = Typed { criterion: wanted.criterion, ..Typed::default() };
    respond(&reviewing, wanted.done, typed, StatusCode::OK).await
}

/// One request as this reader sees it.
struct Shown {
    request: Request,
    /// Their own.
    mine: bool,
    /// Who asks.
    who: String,
    /// Only what the centre has said.
    answers_alone: bool,
}

struct Data {
    base: String,
    headings: Vec<String>,
    shown: Vec<Shown>,
    deliberates: bool,
    zone: String,
    now: Moment,
    typed: Typed,
    done: String,
    name: String,
    home: String,
}

async fn respond(reviewing: &Reviewing, done: String, typed: Typed, status: StatusCode) -> Result<Response, Problem> {
    let (application, seat) = (reviewing.seat().application, reviewing.seat().id);
    let deliberates = reviewing.stage() == StageName::Deliberation;
    let mut tx = reviewing.portal().store.read().await?;
    let letters = letters(&tx.seats_of(application).await?);
    let requests = tx.blind_requests(application).await?;
    drop(tx);
    let shown = requests.into_iter().filter_map(|request| {
        let mine = request.seat == Some(seat);
        let answered = request.messages.iter().any(|m| m.side == Side::Centre);
        let letter = request.seat.and_then(|s| letters.iter().find(|(id, _)| *id == s)).map(|(_, letter)| letter);
        let who = match (mine, request.seat, letter) {
            (true, ..) => "You".to_owned(),
            (_, None, _) => "Working group".to_owned(),
            (_, Some(_), Some(letter)) => format!("Reviewer {letter}"),
            (_, Some(_), None) => "A reviewer who has left the panel".to_owned(),
        };
        (mine || deliberates || answered).then_some(Shown { answers_alone: !mine && !deliberates, request, mine, who })
    });
    let edition = reviewing.edition()?;
    let data = Data {
        base: reviewing.path("/requests"),
        headings: edition.criteria.iter().map(|c| heading(edition, c.number)).collect(),
        shown: shown.collect(),
        deliberates,
        zone: reviewing.plan().cycle.closes.zone.clone(),
        now: reviewing.now(),
        typed,
        done,
        name: title(reviewing),
        home: reviewing.path(""),
    };
    let page = Page::new("Questions to the centre", frame(reviewing).await?, move || view(&data));
    Ok(reviewing.desk().page_with(status, page).await)
}

fn said(done: &str) -> Option<&'static str> {
    match done {
        "asked" => Some("Your question waits for the working group, which passes it on."),
        "closed" => Some("Closed."),
        _ => None,
    }
}

fn view(data: &Data) -> AnyView {
    let errors = data.typed.errors.iter().map(|(field, text)| Item { text: text.clone(), href: format!("#{field}") });
    let items = data.shown.iter().map(|shown| thread(data, shown)).collect_view();
    let none = data.shown.is_empty();
    let scope = if data.deliberates {
        "The panel deliberates: you see the questions of all, under letters."
    } else {
        "You see your own questions, and what the centre has answered to anybody. Who else asks stays hidden until the deliberation."
    };
    view! {
        <main class="page" id="main">
            {layout::crumbs(vec![(data.name.clone(), data.home.clone())], "Questions to the centre")}
            <div class="page-head"><div><h1>"Questions to the centre"</h1><p class="soft">{scope}</p></div></div>
            {message::refused(errors.collect())}
            {said(&data.done).map(message::done)}
            <div class="split">
                <div class="column">
                    {none.then(|| view! { <p class="panel">"Nothing was asked yet. Ask when the file leaves you in doubt: the centre learns the criterion and the question, never who asks."</p> })}
                    {items}
                </div>
                <div class="column">{ask_form(data)}</div>
            </div>
        </main>
    }
    .into_any()
}

fn ask_form(data: &Data) -> AnyView {
    let error = |name: &str| data.typed.errors.iter().find(|(field, _)| *field == name).map(|(_, text)| text.clone());
    let options = (1..=COUNT).map(|n| (n.to_string(), data.headings[usize::from(n) - 1].clone())).collect();
    let area = Area {
        name: "text",
        label: "Question",
        hint: "Say what you looked for and what would help. Write nothing that tells who you are.",
        value: data.typed.text.clone(),
        error: error("text"),
        rows: 6,
        prefix: String::new(),
    };
    view! {
        <form class="panel form" method="post" action=data.base.clone() novalidate aria-labelledby="ask">
            <h2 id="ask">"Ask the centre"</h2>
            {field::select("criterion".into(), "criterion", "Criterion", options, &data.typed.criterion)}
            {area.view()}
            <p class="hint">"The working group reads it first. The centre has 10 working days to answer."</p>
            <p><button class="button" type="submit">"Send to the working group"</button></p>
        </form>
    }
    .into_any()
}

fn thread(data: &Data, shown: &Shown) -> AnyView {
    let request = &shown.request;
    let heading = data.headings.get(usize::from(request.criterion) - 1).cloned().unwrap_or_default();
    let messages = request
        .messages
        .iter()
        .filter(|m| m.side == Side::Centre || !shown.answers_alone)
        // What was not passed on stays between its author and the working group.
        .filter(|m| shown.mine || m.way == Way::Passed)
        .map(|m| item(data, shown, m));
    let messages = messages.collect_view();
    let state = (!shown.answers_alone).then(|| request::state(request.state()));
    let due = (!shown.answers_alone && request.state() == State::Asked).then(|| {
        let deadline = Deadline { at: request.due, zone: data.zone.clone() };
        request::due(&deadline, data.now)
    });
    let further = (shown.mine && !request.closed).then(|| further_form(data, request));
    let id = format!("request-{}", request.id);
    view! {
        <section class="panel" id=id>
            <div class="panel-head"><h2>{heading}</h2>{state}</div>
            {due}
            <ul class="evidence" role="list">{messages}</ul>
            {further}
        </section>
    }
    .into_any()
}

fn item(data: &Data, shown: &Shown, message: &Message) -> AnyView {
    let day = day_long(message.at, &data.zone);
    let head = match message.side {
        Side::Centre => format!("The centre, {day}"),
        Side::Panel => format!("{}, {day}", shown.who),
    };
    // Others read the wording that crossed.
    let text = if shown.mine || message.side == Side::Centre { &message.text } else { &message.passed };
    let changed =
        message.side == Side::Panel && shown.mine && message.way == Way::Passed && message.passed != message.text;
    let changed = changed.then(|| {
        let passed = message.passed.clone();
        view! { <details><summary>"As the working group passed it on"</summary><p class="typed">{passed}</p></details> }
            .into_any()
    });
    let why = (message.way == Way::Declined).then(|| {
        let why = message.declined_why.clone();
        view! { <p class="notice attention">{format!("The working group did not pass it on: {why}")}</p> }.into_any()
    });
    let pieces = (!message.attached.is_empty()).then(|| {
        let pieces = message.attached.iter().map(|piece| attached(data, piece));
        view! { <ul>{pieces.collect_view()}</ul> }.into_any()
    });
    let below = view! { {changed}{why}{pieces} }.into_any();
    request::message(head, text, request::way(message.way).map(IntoAny::into_any), Some(below)).into_any()
}

fn attached(data: &Data, piece: &Attached) -> AnyView {
    let text = format!("Evidence {}: {} ({})", piece.letter, piece.title, piece.kind.name());
    match (&piece.file, &piece.link) {
        (Some(_), _) => {
            let href = format!("{}/evidence/{}", data.base, piece.letter);
            view! { <li><a href=href>{text}</a></li> }.into_any()
        }
        // A link is never followed from here: the other end would see who comes.
        (None, Some(link)) => view! { <li>{text}<br/><span class="typed">{link.clone()}</span></li> }.into_any(),
        (None, None) => view! { <li>{text}</li> }.into_any(),
    }
}

fn further_form(data: &Data, request: &Request) -> AnyView {
    let action = format!("{}/{}", data.base, request.id);
    let answered = request.state() == State::Answered;
    let area = Area {
        name: "text",
        label: "Ask further",
        rows: 4,
        prefix: format!("further-{}-", request.id),
        ..Area::default()
    };
    let close = answered.then(|| view! {
        <form method="post" action=action.clone()><button class="button quiet" type="submit" name="do" value="close">"That answers it"</button></form>
    });
    view! {
        {close}
        <details>
            <summary>"Ask further"</summary>
            <form class="form" method="post" action=action.clone()>
                {area.view()}
                <p><button class="button quiet" type="submit">"Send to the working group"</button></p>
            </form>
        </details>
    }
    .into_any()
}
