//! Questions on the pages of the centre.

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
        calendar::{Deadline, day_long},
        evidence::Kind,
        request::Side,
    },
    pages::{centre::title, panel::heading},
    server::applying::Applying,
    store::{
        evidence::Piece,
        request::reading::{Message, Request},
    },
};
use leptos::prelude::*;

/// What was typed into the form of an answer.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    pub text: String,
    /// Pieces of the application that were ticked.
    pub chosen: Vec<String>,
    pub title: String,
    pub kind: String,
    /// Field and what to do.
    pub errors: Vec<(&'static str, String)>,
}

/// The page of one question.
pub struct One {
    pub applying: Applying,
    pub request: Request,
    pub pieces: Vec<Piece>,
    pub done: String,
    pub typed: Typed,
}

fn criterion(applying: &Applying, request: &Request) -> String {
    applying.edition().map_or_else(|_| request.criterion.to_string(), |e| heading(e, request.criterion))
}

fn state(request: &Request) -> AnyView {
    match (request.closed, request.waits_for_centre()) {
        (true, _) => badge::badge(Tone::Quiet, "Closed").into_any(),
        (false, true) => badge::badge(Tone::Attention, "Waits for your answer").into_any(),
        (false, false) => badge::badge(Tone::Good, "Answered").into_any(),
    }
}

fn due(applying: &Applying, request: &Request) -> Option<impl IntoView + use<>> {
    let zone = applying.application().cycle.closes.zone.clone();
    request.waits_for_centre().then(|| request::due(&Deadline { at: request.due, zone }, applying.now()))
}

/// All questions.
pub fn list(applying: &Applying, requests: &[Request]) -> AnyView {
    let items = requests.iter().map(|r| {
        let href = applying.path(&format!("/requests/{}", r.id));
        view! { <li><div><a href=href>{criterion(applying, r)}</a>{due(applying, r)}</div>{state(r)}</li> }
    });
    let items = items.collect_view();
    let body = if requests.is_empty() {
        view! { <p class="panel">"Nobody has asked anything. If reviewers have a question, it stands here, and we write to you."</p> }.into_any()
    } else {
        view! { <ul class="evidence" role="list">{items}</ul> }.into_any()
    };
    view! {
        <main class="page" id="main">
            {layout::crumbs(vec![(title(applying), applying.path(""))], "Questions")}
            <div class="page-head"><div>
                <h1>"Questions about your application"</h1>
                <p class="soft">"You do not learn who asks, and they do not learn who you are. What you submitted stays as it is; your answer is read beside it."</p>
            </div></div>
            {body}
        </main>
    }
    .into_any()
}

fn said(done: &str) -> Option<&'static str> {
    (done == "answered").then_some("Your answer is with the working group, which passes it on. You can add to it.")
}

/// One question.
pub fn one(data: &One) -> AnyView {
    let (applying, request) = (&data.applying, &data.request);
    let heading = criterion(applying, request);
    let way = vec![(title(applying), applying.path("")), ("Questions".to_owned(), applying.path("/requests"))];
    let errors = data.typed.errors.iter().map(|(field, text)| Item { text: text.clone(), href: format!("#{field}") });
    let items = request.messages.iter().map(|m| item(data, m)).collect_view();
    let answer = (!request.closed && applying.may(Action::Answer)).then(|| form(data));
    let back = applying.path(&format!("/criteria/{}", request.criterion));
    view! {
        <main class="page" id="main">
            {layout::crumbs(way, heading.clone())}
            <div class="page-head"><div>
                <h1>"Question"</h1>
                <p class="facts">{state(request)}<span><a href=back>{heading}</a></span></p>
            </div></div>
            {message::refused(errors.collect())}
            {said(&data.done).map(message::done)}
            {due(applying, request)}
            <ul class="evidence" role="list">{items}</ul>
            {request.closed.then(|| view! { <p class="notice">"This question is closed. Nothing more is needed."</p> })}
            {answer}
        </main>
    }
    .into_any()
}

fn item(data: &One, message: &Message) -> AnyView {
    let zone = &data.applying.application().cycle.closes.zone;
    let day = day_long(message.at, zone);
    let head = match (message.side, &message.author) {
        (Side::Panel, _) => format!("Asked on {day}"),
        (Side::Centre, Some(name)) => format!("{}, {day}", name.shown()),
        (Side::Centre, None) => format!("Your centre, {day}"),
    };
    let pieces = (!message.attached.is_empty()).then(|| {
        let base = data.applying.path(&format!("/requests/{}/files", data.request.id));
        let pieces = message.attached.iter().map(|piece| {
            let text = format!("{} ({})", piece.title, piece.kind.name());
            match &piece.file {
                Some(file) => view! { <li><a href=format!("{base}/{}", file.id)>{text}</a></li> }.into_any(),
                None => {
                    let link = piece.link.clone().unwrap_or_default();
                    view! { <li>{text}<br/><span class="typed">{link}</span></li> }.into_any()
                }
            }
        });
        view! { <ul>{pieces.collect_view()}</ul> }.into_any()
    });
    request::message(head, &message.text, None, pieces).into_any()
}

fn form(data: &One) -> AnyView {
    let action = data.applying.path(&format!("/requests/{}", data.request.id));
    let error = |name: &str| data.typed.errors.iter().find(|(field, _)| *field == name).map(|(_, text)| text.clone());
    let area = Area {
        name: "text",
        label: "Your answer",
        hint: "Leave out names of people, towns and your centre. At most 600 words.",
        value: data.typed.text.clone(),
        error: error("text"),
        rows: 8,
        prefix: String::new(),
    };
    let pieces = data.pieces.iter().map(|piece| {
        let id = piece.evidence.id.to_string();
        let checked = data.typed.chosen.contains(&id);
        field::checkbox(format!("evidence-{id}"), "evidence", id, checked, piece.evidence.title.clone())
    });
    let pieces = (!data.pieces.is_empty()).then(|| {
        let pieces = pieces.collect_view();
        view! { <fieldset class="form-section"><legend class="small-legend">"Evidence of your application that answers it"</legend>{pieces}</fieldset> }
    });
    let kinds = Kind::ALL.into_iter().map(|k| (k.key().to_owned(), k.name().to_owned())).collect();
    let name = Text {
        name: "title",
        label: "What is it?",
        hint: "Left empty, it is the file's name.",
        value: data.typed.title.clone(),
        ..Text::default()
    };
    let file_error = error("file");
    let described = if file_error.is_some() { "file-hint file-error" } else { "file-hint" };
    let invalid = file_error.is_some().then_some("true");
    let class = field::box_class(file_error.is_some());
    view! {
        <form class="panel form" method="post" action=action enctype="multipart/form-data" novalidate aria-labelledby="answer">
            <h2 id="answer">"Answer"</h2>
            {area.view()}
            {pieces}
            <fieldset class="form-section">
                <legend class="small-legend">"A new document"</legend>
                {name.view()}
                {field::select("kind".into(), "kind", "What it shows", kinds, &data.typed.kind)}
                <div class=class>
                    <label for="file">"Document"</label>
                    <p class="hint" id="file-hint">"PDF, Word, Excel, PowerPoint, PNG, JPEG, text or CSV, up to 512 MiB. No patient data, and no names of your centre."</p>
                    {file_error.map(|text| view! { <p class="field-error" id="file-error">{text}</p> })}
                    <input id="file" type="file" name="file" accept=".pdf,.docx,.xlsx,.pptx,.png,.jpg,.jpeg,.txt,.csv" aria-invalid=invalid aria-describedby=described/>
                </div>
            </fieldset>
            <div class="form-actions"><button class="button" type="submit">"Send the answer"</button></div>
        </form>
    }
    .into_any()
}
