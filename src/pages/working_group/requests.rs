//! Questions to the centre, for the working group: it reads every message before the other side does, and passes it on.

mod acts;
mod file;

pub use acts::{act, ask};
pub use file::download;

use super::{case_frame, title_at};
use crate::{
    components::{
        badge::{self, Tone},
        field::{self, Text},
        layout,
        message::{self, Item},
        panel::Area,
        request,
    },
    domain::{
        access::Action,
        calendar::{Deadline, day_in, day_long},
        criteria::COUNT,
        id::{MessageId, SeatId},
        moment::Moment,
        request::{Side, State, WORKING_DAYS, Way, due},
    },
    pages::panel::heading,
    server::{deliberating::letters, presiding::Presiding, problem::Problem, render::Page},
    store::request::reading::{Attached, Message, Request},
};
use axum::{extract::Query, http::StatusCode, response::Response};
use leptos::prelude::*;
use serde::Deserialize;

/// What a redirect to the page says.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Said {
    #[serde(default)]
    done: String,
}

/// What was typed and has to be mended.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    /// Of which message; none for a question of the working group.
    message: Option<MessageId>,
    criterion: String,
    text: String,
    due: String,
    reason: String,
    errors: Vec<(&'static str, String)>,
}

struct Data {
    base: String,
    headings: Vec<String>,
    requests: Vec<Request>,
    wordings: Vec<(MessageId, String, Moment)>,
    letters: Vec<(SeatId, String)>,
    relays: bool,
    zone: String,
    now: Moment,
    typed: Typed,
    done: String,
    name: String,
    home: String,
}

/// The page.
pub async fn list(here: Presiding, Query(said): Query<Said>) -> Result<Response, Problem> {
    here.require(Action::ReadBlind)?;
    respond(&here, said.done, Typed::default(), StatusCode::OK).await
}

async fn respond(here: &Presiding, done: String, typed: Typed, status: StatusCode) -> Result<Response, Problem> {
    let application = here.application().id;
    let mut tx = here.portal().store.read().await?;
    let letters = letters(&tx.seats_of(application).await?);
    let requests = tx.requests(application).await?;
    let wordings = tx.request_wordings(application).await?;
    drop(tx);
    let edition = here.edition()?;
    let data = Data {
        base: here.path("/requests"),
        headings: edition.criteria.iter().map(|c| heading(edition, c.number)).collect(),
        requests,
        wordings,
        letters,
        relays: here.may(Action::Relay),
        zone: here.application().cycle.closes.zone.clone(),
        now: here.now(),
        typed,
        done,
        name: title_at(here),
        home: here.path(""),
    };
    let page = Page::new("Questions to the centre", case_frame(here), move || view(&data));
    Ok(here.desk().page_with(status, page).await)
}

fn said(done: &str) -> Option<&'static str> {
    match done {
        "relayed" => Some("Passed on. The other side is told with the next batch of mail."),
        "worded" => Some("Saved. The wording before is kept."),
        "beside" => Some("Somebody else was quicker. Your wording is kept with the others below the message."),
        "declined" => Some("Not passed on. Its author reads your reason."),
        "closed" => Some("Closed."),
        "asked" => Some("The centre is asked."),
        _ => None,
    }
}

fn view(data: &Data) -> AnyView {
    let place = |field: &str| match data.typed.message {
        Some(message) => format!("#{field}-{message}"),
        None => format!("#ask-{field}"),
    };
    let errors =
        data.typed.errors.iter().map(|(field, text)| Item { text: text.clone(), href: place(field) }).collect();
    let waiting = data.requests.iter().flat_map(|r| &r.messages).filter(|m| m.way == Way::Waits).count();
    let summary = match waiting {
        0 => "Nothing waits for you.".to_owned(),
        1 => "1 message waits to be passed on.".to_owned(),
        n => format!("{n} messages wait to be passed on."),
    };
    let items = data.requests.iter().map(|r| thread(data, r)).collect_view();
    let none = data.requests.is_empty();
    let ask = data.relays.then(|| ask_form(data));
    view! {
        <main class="page" id="main">
            {layout::crumbs(vec![(data.name.clone(), data.home.clone())], "Questions to the centre")}
            <div class="page-head"><div><h1>"Questions to the centre"</h1><p class="facts">{summary}</p></div></div>
            {message::refused(errors)}
            {said(&data.done).map(message::done)}
            <p class="reading">"Read each message as the other side will: does it tell who asks, or which centre answers? Word it anew where it does, then pass it on."</p>
            <div class="split">
                <div class="column">
                    {none.then(|| view! { <p class="panel">"Nobody has asked anything yet."</p> })}
                    {items}
                </div>
                <div class="column">{ask}</div>
            </div>
        </main>
    }
    .into_any()
}

fn thread(data: &Data, request: &Request) -> AnyView {
    let heading = data.headings.get(usize::from(request.criterion) - 1).cloned().unwrap_or_default();
    let who = match request.seat {
        None => "Working group".to_owned(),
        Some(seat) => data
            .letters
            .iter()
            .find(|(id, _)| *id == seat)
            .map_or_else(|| "A reviewer who has left the panel".to_owned(), |(_, letter)| format!("Reviewer {letter}")),
    };
    let items = request.messages.iter().map(|m| item(data, request, m, &who)).collect_view();
    let due = (request.state() == State::Asked)
        .then(|| request::due(&Deadline { at: request.due, zone: data.zone.clone() }, data.now));
    let overdue =
        (request.state() == State::Asked && request.due < data.now).then(|| badge::badge(Tone::Attention, "Overdue"));
    let close = (data.relays && matches!(request.state(), State::Answered | State::Asked)).then(|| {
        let action = format!("{}/{}", data.base, request.id);
        view! { <form method="post" action=action><button class="button quiet" type="submit" name="do" value="close">"Close it"</button></form> }
    });
    let id = format!("request-{}", request.id);
    view! {
        <section class="panel" id=id>
            <div class="panel-head"><h2>{heading}</h2><span class="row">{overdue}{request::state(request.state())}</span></div>
            {due}
            <ul class="evidence" role="list">{items}</ul>
            {close}
        </section>
    }
    .into_any()
}

fn item(data: &Data, request: &Request, message: &Message, who: &str) -> AnyView {
    let day = day_long(message.at, &data.zone);
    let head = match message.side {
        Side::Centre => format!("The centre, {day}"),
        Side::Panel => format!("{who}, {day}"),
    };
    let crossed = (message.way == Way::Passed && message.passed != message.text).then(|| {
        let passed = message.passed.clone();
        view! { <p class="small">"Passed on as:"</p><p class="typed">{passed}</p> }.into_any()
    });
    let why = (message.way == Way::Declined)
        .then(|| view! { <p class="soft">{format!("Not passed on: {}", message.declined_why)}</p> }.into_any());
    let pieces = (!message.attached.is_empty()).then(|| {
        let pieces = message.attached.iter().map(|piece| attached(data, piece)).collect_view();
        view! { <ul>{pieces}</ul> }.into_any()
    });
    let earlier: Vec<_> = data.wordings.iter().filter(|(id, ..)| *id == message.id).collect();
    let earlier = (!earlier.is_empty()).then(|| {
        let items = earlier.iter().map(|(_, text, at)| {
            let head = day_long(*at, &data.zone);
            view! { <li><p class="soft small">{head}</p><p class="typed">{text.clone()}</p></li> }
        });
        view! { <details><summary>"Other wordings"</summary><ul>{items.collect_view()}</ul></details> }.into_any()
    });
    let form = (data.relays && message.way == Way::Waits).then(|| relay_form(data, request, message));
    let below = view! { {crossed}{why}{pieces}{form}{earlier} }.into_any();
    let state = (message.way == Way::Waits).then(|| badge::badge(Tone::Attention, "To pass on").into_any());
    request::message(head, &message.text, state, Some(below)).into_any()
}

fn attached(data: &Data, piece: &Attached) -> AnyView {
    let known = piece.letter.chars().all(|c| c.is_ascii_alphabetic());
    let letter = if known { format!("Evidence {}: ", piece.letter) } else { String::new() };
    let text = format!("{letter}{} ({})", piece.title, piece.kind.name());
    match (&piece.file, &piece.link) {
        (Some(file), _) => {
            let href = format!("{}/files/{}", data.base, file.id);
            view! { <li><a href=href>{text}</a></li> }.into_any()
        }
        (None, Some(link)) => view! { <li>{text}<br/><span class="typed">{link.clone()}</span></li> }.into_any(),
        (None, None) => view! { <li>{text}</li> }.into_any(),
    }
}

/// A day as its field takes it.
fn day(at: Moment, zone: &str) -> String {
    let day = day_in(at, zone);
    format!("{}.{}.{}", day.day(), day.month(), day.year())
}

fn relay_form(data: &Data, request: &Request, message: &Message) -> AnyView {
    let action = format!("{}/{}", data.base, request.id);
    let typed = Some(&data.typed).filter(|t| t.message == Some(message.id));
    let error = |name: &str| {
        typed.and_then(|t| t.errors.iter().find(|(field, _)| *field == name)).map(|(_, text)| text.clone())
    };
    let suffix = |field: &str| format!("{field}-{}", message.id);
    let (label, hint) = match message.side {
        Side::Panel => ("What the centre will read", "The reviewer's own words stay as they are."),
        Side::Centre => (
            "What the panel will read",
            "Names of the centre, its town and its people are taken out. Look for what is left of them.",
        ),
    };
    let text = typed.map_or_else(|| message.passed.clone(), |t| t.text.clone());
    let area = named_area(suffix("text"), "text", label, hint, &text, error("text"));
    let until = (message.side == Side::Panel).then(|| {
        let value = typed.map_or_else(|| day(due(data.now, &data.zone, WORKING_DAYS), &data.zone), |t| t.due.clone());
        named_line(
            suffix("due"),
            "due",
            "Answer until",
            "Day, month, year. Ten working days, unless you say otherwise.",
            &value,
            error("due"),
        )
    });
    let reason = named_line(
        suffix("reason"),
        "reason",
        "Why it is not passed on",
        "Its author reads it.",
        typed.map_or("", |t| t.reason.as_str()),
        error("reason"),
    );
    let hidden = view! {
        <input type="hidden" name="message" value=message.id.to_string()/>
        <input type="hidden" name="version" value=message.version.to_string()/>
    };
    let again = view! {
        <input type="hidden" name="message" value=message.id.to_string()/>
        <input type="hidden" name="version" value=message.version.to_string()/>
    };
    let decline_open = error("reason").is_some();
    view! {
        <form class="form" method="post" action=action.clone() novalidate>
            {hidden}{area}{until}
            <p class="row">
                <button class="button" type="submit" name="do" value="relay">"Pass it on"</button>
                <button class="button quiet" type="submit" name="do" value="reword">"Save the wording"</button>
            </p>
        </form>
        <details open=decline_open>
            <summary>"Do not pass it on"</summary>
            <form class="form" method="post" action=action novalidate>
                {again}{reason}
                <p><button class="button quiet" type="submit" name="do" value="decline">"Do not pass it on"</button></p>
            </form>
        </details>
    }
    .into_any()
}

/// An area whose identifier is not its name, because several stand on the page.
fn named_area(
    id: String,
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    value: &str,
    error: Option<String>,
) -> AnyView {
    let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
    let described = if error.is_some() { format!("{hint_id} {error_id}") } else { hint_id.clone() };
    let invalid = error.is_some().then_some("true");
    let class = field::box_class(error.is_some());
    view! {
        <div class=class>
            <label for=id.clone()>{label}</label>
            <p class="hint" id=hint_id>{hint}</p>
            {error.map(|text| view! { <p class="field-error" id=error_id>{text}</p> })}
            <textarea id=id name=name rows="5" aria-invalid=invalid aria-describedby=described inner_html=field::area_html(value)></textarea>
        </div>
    }
    .into_any()
}

fn named_line(
    id: String,
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    value: &str,
    error: Option<String>,
) -> AnyView {
    let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
    let described = if error.is_some() { format!("{hint_id} {error_id}") } else { hint_id.clone() };
    let invalid = error.is_some().then_some("true");
    let class = field::box_class(error.is_some());
    let value = value.to_owned();
    view! {
        <div class=class>
            <label for=id.clone()>{label}</label>
            <p class="hint" id=hint_id>{hint}</p>
            {error.map(|text| view! { <p class="field-error" id=error_id>{text}</p> })}
            <input id=id name=name type="text" autocomplete="off" value=value aria-invalid=invalid aria-describedby=described/>
        </div>
    }
    .into_any()
}

fn ask_form(data: &Data) -> AnyView {
    let typed = Some(&data.typed).filter(|t| t.message.is_none());
    let error = |name: &str| {
        typed.and_then(|t| t.errors.iter().find(|(field, _)| *field == name)).map(|(_, text)| text.clone())
    };
    let options = (1..=COUNT).map(|n| (n.to_string(), data.headings[usize::from(n) - 1].clone())).collect();
    let area = Area {
        name: "text",
        label: "Question",
        value: typed.map(|t| t.text.clone()).unwrap_or_default(),
        error: error("text"),
        rows: 5,
        prefix: "ask-".into(),
        ..Area::default()
    };
    let value = typed.map(|t| t.due.clone()).filter(|d| !d.is_empty());
    let until = Text {
        name: "due",
        label: "Answer until",
        hint: "Day, month, year",
        value: value.unwrap_or_else(|| day(due(data.now, &data.zone, WORKING_DAYS), &data.zone)),
        error: error("due"),
        prefix: "ask-".into(),
        ..Text::default()
    };
    view! {
        <form class="panel form" method="post" action=data.base.clone() novalidate aria-labelledby="ask">
            <h2 id="ask">"Ask the centre yourself"</h2>
            {field::select("ask-criterion".into(), "criterion", "Criterion", options, typed.map_or("", |t| t.criterion.as_str()))}
            {area.view()}
            {until.view()}
            <p><button class="button" type="submit">"Ask the centre"</button></p>
        </form>
    }
    .into_any()
}
