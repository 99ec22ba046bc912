//! The deliberation, for somebody on the panel: everything under letters, one's own marked.

mod acts;

pub use acts::{act, write};

use super::{frame, title};
use crate::{
    components::{
        layout,
        message::{self, Item},
        panel::{Area, level_keys},
    },
    domain::{access::Action, level::Level},
    pages::panel::{criterion, heading, table, talk},
    server::{
        deliberating::{Line, Table},
        problem::Problem,
        render::Page,
        reviewing::Reviewing,
    },
    store::deliberation::Post,
};
use axum::{
    extract::{Path, Query},
    http::StatusCode,
    response::Response,
};
use leptos::prelude::*;
use serde::Deserialize;
use std::collections::HashMap;

/// How the page is asked for.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Wanted {
    /// `all`: all 13 criteria.
    #[serde(default)]
    pub show: String,
    /// What was done.
    #[serde(default)]
    pub done: String,
}

/// Parts of the address, by name.
pub type Address = Path<HashMap<String, String>>;

/// The disagreements, or all 13.
pub async fn list(reviewing: Reviewing, Query(wanted): Query<Wanted>) -> Result<Response, Problem> {
    reviewing.require(Action::Discuss)?;
    let application = reviewing.seat().application;
    let mut tx = reviewing.portal().store.read().await?;
    let table = Table::load(&mut tx, application, &reviewing.plan().rules, Some(reviewing.seat().id)).await?;
    let (posts, third) = (tx.count_posts(application).await?, tx.third_asked_at(application).await?);
    drop(tx);
    let edition = reviewing.edition()?;
    let headings = edition.criteria.iter().map(|c| heading(edition, c.number)).collect();
    let base = reviewing.path("/deliberation");
    let data = table::Data { base, headings, table, all: wanted.show == "all", posts, third };
    let (feedback, requests) = (reviewing.path("/feedback"), reviewing.path("/requests"));
    let (name, home) = (title(&reviewing), reviewing.path(""));
    let leads = reviewing.seat().leads;
    let page = Page::new("Deliberation", frame(&reviewing).await?, move || {
        let lead = leads.then(|| view! { <p class="notice">"You compile the feedback of this panel. "<a href=feedback.clone()>"Compile the feedback"</a></p> });
        view! {
            <main class="page" id="main">
                {layout::crumbs(vec![(name, home)], "Deliberation")}
                <div class="page-head"><div>
                    <h1>"Deliberation"</h1>
                    <p class="soft">"All reviews are in. Each reviewer stands under a letter that was drawn at random; nobody learns who is who."</p>
                </div></div>
                {lead}
                {table::view(&data)}
                <p class="row"><a href=feedback>"Feedback to the centre"</a><a href=requests>"Questions to the centre"</a></p>
            </main>
        }
    });
    Ok(reviewing.desk().page(page).await)
}

/// What was typed and has to be mended.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    say: String,
    why: String,
    level: Option<Level>,
    /// What was said of a criterion by somebody who came late.
    mark: Option<crate::domain::review::Mark>,
    errors: Vec<(&'static str, String)>,
}

/// One criterion.
pub async fn show(reviewing: Reviewing, Path(at): Address, Query(wanted): Query<Wanted>) -> Result<Response, Problem> {
    reviewing.require(Action::Discuss)?;
    let number = criterion(at.get("criterion").map_or("", String::as_str))?;
    respond(&reviewing, number, wanted.done, Typed::default(), StatusCode::OK).await
}

struct Data {
    base: String,
    heading: String,
    line: Line,
    table: Table,
    posts: Vec<Post>,
    zone: String,
    /// The version of the reader's mark.
    version: i64,
    typed: Typed,
    done: String,
    feedback: String,
    name: String,
    home: String,
}

async fn respond(
    reviewing: &Reviewing,
    number: u8,
    done: String,
    typed: Typed,
    status: StatusCode,
) -> Result<Response, Problem> {
    let (application, seat) = (reviewing.seat().application, reviewing.seat().id);
    let mut tx = reviewing.portal().store.read().await?;
    let table = Table::load(&mut tx, application, &reviewing.plan().rules, Some(seat)).await?;
    let posts = tx.posts(application, number).await?;
    let version = tx.mark(seat, number).await?.map_or(0, |m| m.version);
    drop(tx);
    let line = table.lines.iter().find(|l| l.criterion == number).cloned().ok_or(Problem::NotFound)?;
    let heading = heading(reviewing.edition()?, number);
    let data = Data {
        base: reviewing.path("/deliberation"),
        feedback: reviewing.path(&format!("/feedback/{number}")),
        zone: reviewing.plan().cycle.closes.zone.clone(),
        name: title(reviewing),
        home: reviewing.path(""),
        heading: heading.clone(),
        line,
        table,
        posts,
        version,
        typed,
        done,
    };
    let page = Page::new(heading, frame(reviewing).await?, move || view(&data));
    Ok(reviewing.desk().page_with(status, page).await)
}

fn said(done: &str) -> Option<&'static str> {
    match done {
        "said" => Some("Said to the panel."),
        "again" => Some("That was said already."),
        "revised" => Some("Your level is revised. The first one stays beside it."),
        "third" => Some("The working group sees that you ask for a third reviewer."),
        "marked" => Some("Saved. Now you see what the others say."),
        _ => None,
    }
}

fn view(data: &Data) -> AnyView {
    let error = |name: &str| data.typed.errors.iter().find(|(field, _)| *field == name).map(|(_, text)| text.clone());
    let errors = data.typed.errors.iter().map(|(field, text)| Item { text: text.clone(), href: format!("#{field}") });
    let action = format!("{}/{}", data.base, data.line.criterion);
    let mine = data.line.said.iter().find(|s| s.mine).map(|s| s.letter.clone());
    let way = vec![(data.name.clone(), data.home.clone()), ("Deliberation".to_owned(), data.base.clone())];
    let head = view! {
        {layout::crumbs(way, data.heading.clone())}
        <div class="page-head"><div><h1>{data.heading.clone()}</h1></div></div>
        {message::refused(errors.collect())}
        {said(&data.done).map(message::done)}
    };
    if data.line.waits {
        return view! { <main class="page" id="main">{head}{late_form(data, action)}</main> }.into_any();
    }
    let third = view! {
        <form method="post" action=action.clone()>
            <button class="button quiet" type="submit" name="do" value="third">"Ask for a third reviewer"</button>
            <p class="hint">"If the panel cannot settle it. The working group finds one; who asked shows only as a letter."</p>
        </form>
    };
    view! {
        <main class="page" id="main">
            {head}
            {talk::said(&data.line)}
            <div class="split">
                <div class="column">
                    <section class="stack" aria-labelledby="talk">
                        <h2 id="talk">"What the panel says"</h2>
                        {talk::thread(&data.table, &data.posts, &data.zone, mine.as_deref())}
                        {talk::say_form(action.clone(), &data.typed.say, error("text"))}
                    </section>
                </div>
                <div class="column">
                    {revise_form(data, action, error("level"), error("why"))}
                    {talk::agreed(data.line.consensus.as_ref(), data.feedback.clone())}
                    {data.line.apart.then_some(third)}
                </div>
            </div>
        </main>
    }
    .into_any()
}

fn revise_form(data: &Data, action: String, level: Option<String>, why: Option<String>) -> AnyView {
    let levels = data.line.said.iter().find(|s| s.mine).and_then(|s| s.levels);
    let first = levels.map(|(first, _)| {
        format!("You marked {} {} alone. It stays beside the new one.", first.number(), first.name())
    });
    let now = data.typed.level.or_else(|| levels.map(|(_, now)| now));
    let before = data.line.said.iter().find(|s| s.mine).map(|s| s.why.clone()).unwrap_or_default();
    let area = Area {
        name: "why",
        label: "Why",
        hint: "In a sentence; the panel reads it.",
        value: if data.typed.why.is_empty() { before } else { data.typed.why.clone() },
        error: why,
        rows: 3,
        prefix: String::new(),
    };
    view! {
        <form class="panel form" method="post" action=action novalidate aria-labelledby="revise">
            <h2 id="revise">"Revise your level"</h2>
            <p class="soft">{first}</p>
            <input type="hidden" name="do" value="revise"/>
            <input type="hidden" name="version" value=data.version.to_string()/>
            {level_keys("Your level now", "", now, level)}
            {area.view()}
            <p><button class="button" type="submit">"Save your level"</button></p>
        </form>
    }
    .into_any()
}

/// For somebody who has come late to the panel: alone first.
fn late_form(data: &Data, action: String) -> AnyView {
    let error = |name: &str| data.typed.errors.iter().find(|(field, _)| *field == name).map(|(_, text)| text.clone());
    let mark = data.typed.mark.clone().unwrap_or_default();
    let area = |name, label, value: String| Area { name, label, value, rows: 4, ..Area::default() };
    view! {
        <p class="reading">"You have joined this panel later. Mark the criterion alone first; then you see what the others say."</p>
        <form class="panel form" method="post" action=action novalidate>
            <input type="hidden" name="do" value="mark"/>
            {level_keys("Your level", "", mark.level, error("level"))}
            {area("strengths", "Strengths", mark.strengths).view()}
            {area("gap", "Gap", mark.gap).view()}
            {area("satisfy", "What would satisfy you", mark.satisfy).view()}
            <p><button class="button" type="submit">"Save, and see the others"</button></p>
        </form>
    }
    .into_any()
}
