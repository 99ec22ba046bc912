//! The one round after a release: the lead asks for the correction of a fact, or appeals.

use super::{frame, title};
use crate::{
    components::{
        area::{Area, paragraphs},
        layout,
        message::{self, Item},
    },
    domain::{
        access::Action,
        appeal::{Kind, WORDS, to_mend, until},
        calendar::{Deadline, day_long},
        stage::Stage,
        text::unify_lines,
    },
    server::{applying::Applying, form::Form, problem::Problem, render::Page},
    store::{Tx, appeal::Appeal},
};
use axum::{
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use leptos::prelude::*;

/// Everything the page shows.
struct Data {
    until: Deadline,
    appeal: Option<Appeal>,
}

impl Data {
    async fn load(tx: &mut Tx, applying: &Applying) -> Result<Self, Problem> {
        let application = applying.application();
        let Stage::Released { at: released, .. } = application.stage else { return Err(Problem::NotFound) };
        let plan = tx.plan_of_cycle(application.cycle.id).await?.ok_or(Problem::Unexpected)?;
        let until = until(released, plan.rules.appeal_days, &application.cycle.closes.zone);
        Ok(Self { until, appeal: tx.appeal(application.id).await? })
    }
}

/// What was typed, and what has to be mended.
#[derive(Clone, Default)]
struct Typed {
    kind: Option<Kind>,
    text: String,
    errors: Vec<(&'static str, String)>,
}

/// The page.
pub async fn show(applying: Applying) -> Result<Response, Problem> {
    applying.require(Action::ReadResult)?;
    let mut tx = applying.portal().store.read().await?;
    let data = Data::load(&mut tx, &applying).await?;
    drop(tx);
    respond(&applying, data, Typed::default(), StatusCode::OK).await
}

async fn respond(applying: &Applying, data: Data, typed: Typed, status: StatusCode) -> Result<Response, Problem> {
    let shown = applying.clone();
    let page = Page::new("Appeal or correction", frame(applying, "Application"), move || view(&shown, &data, &typed));
    Ok(applying.desk().page_with(status, page).await)
}

/// The lead asks, once.
pub async fn ask(applying: Result<Applying, Problem>, form: Form) -> Result<Response, Problem> {
    let applying = applying.map_err(|p| p.keeping(&form.0))?;
    // Before the release there is no such page, whatever was typed.
    applying.require(Action::ReadResult)?;
    ask_in(&applying, &form).await.map_err(|p| p.keeping(&form.0))
}

async fn ask_in(applying: &Applying, form: &Form) -> Result<Response, Problem> {
    applying.require(Action::Appeal)?;
    let done = || Redirect::to(&applying.path("/appeal")).into_response();
    let mut typed =
        Typed { kind: Kind::parse(form.get("kind")), text: unify_lines(form.get("text")), errors: Vec::new() };
    let mut tx = applying.portal().store.write().await?;
    let data = Data::load(&mut tx, applying).await?;
    if let Some(appeal) = &data.appeal {
        // A second press of the button, or a second text.
        return if appeal.text == typed.text { Ok(done()) } else { Err(Problem::Stale) };
    }
    if data.until.passed(applying.now()) {
        drop(tx);
        let text = format!("The time to ask ended on {}. Copy your text from below if you need it", data.until.long());
        typed.errors.push(("text", text));
        return respond(applying, data, typed, StatusCode::CONFLICT).await;
    }
    if typed.kind.is_none() {
        typed.errors.push(("kind", "Choose what you ask for".into()));
    }
    typed.errors.extend(to_mend(&typed.text).map(|text| ("text", text)));
    let (Some(kind), true) = (typed.kind, typed.errors.is_empty()) else {
        drop(tx);
        return respond(applying, data, typed, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    // Another tab may have been quicker: the first text stands, and this one is given back.
    if !tx.add_appeal(&applying.stamp(), applying.application().id, kind, &typed.text).await? {
        return Err(Problem::Stale);
    }
    tx.commit().await?;
    Ok(done())
}

fn view(applying: &Applying, data: &Data, typed: &Typed) -> impl IntoView + use<> {
    let heading = title(applying);
    let items =
        typed.errors.iter().map(|(field, text)| Item { text: text.clone(), href: format!("#{field}") }).collect();
    let zone = &applying.application().cycle.closes.zone;
    let late = data.until.passed(applying.now());
    let content = match &data.appeal {
        Some(appeal) => asked(appeal, zone).into_any(),
        None if late && typed.text.is_empty() => {
            view! { <p>{format!("The time to ask ended on {}.", data.until.long())}</p> }.into_any()
        }
        None if applying.may(Action::Appeal) => form(applying, data, typed).into_any(),
        None => {
            let text = format!("The lead of your centre can ask once, until {}.", data.until.long());
            view! { <p>{text}</p> }.into_any()
        }
    };
    let way = vec![(heading.clone(), applying.path("")), ("Decision".into(), applying.path("/result"))];
    view! {
        <main class="page" id="main">
            {layout::crumbs(way, "Appeal or correction")}
            <div class="page-head"><div><h1>"Appeal or correction"</h1><p class="soft">{heading}</p></div></div>
            {message::refused(items)}
            {content}
        </main>
    }
}

fn asked(appeal: &Appeal, zone: &str) -> impl IntoView + use<> {
    let (name, day, text) = (appeal.kind.name(), day_long(appeal.at, zone), paragraphs(&appeal.text));
    let answer = match appeal.final_answer() {
        None => view! { <p>"The working group has your text. The answer will stand here, and we write to you when it is there."</p> }.into_any(),
        Some((answer, at)) => {
            let text = paragraphs(answer);
            let said = match appeal.changed {
                Some(to) => format!("The outcome is now \"{}\".", to.name()),
                None => "The outcome stays as it was.".to_owned(),
            };
            view! { <p><strong>{said}</strong>{format!(" Answered on {}.", day_long(at, zone))}</p><div class="prose">{text}</div> }.into_any()
        }
    };
    view! {
        <section class="panel" aria-labelledby="asked"><h2 id="asked">{format!("{name}, {day}")}</h2><div class="prose">{text}</div></section>
        <section class="panel" aria-labelledby="answer"><h2 id="answer">"Answer"</h2>{answer}</section>
    }
}

fn form(applying: &Applying, data: &Data, typed: &Typed) -> impl IntoView + use<> {
    let error = |name: &str| typed.errors.iter().find(|(field, _)| *field == name).map(|(_, text)| text.clone());
    let wrong = error("kind");
    let (class, described) =
        (if wrong.is_some() { "field invalid" } else { "field" }, wrong.is_some().then_some("kind-error"));
    let choices = Kind::ALL.into_iter().enumerate().map(|(place, kind)| {
        let id = if place == 0 { "kind".to_owned() } else { format!("kind-{}", kind.key()) };
        let text = match kind {
            Kind::Correction => "Correct a fact: something in the letter or the feedback is not so",
            Kind::Appeal => "Appeal: look at the outcome again",
        };
        view! { <div class="choice"><input id=id.clone() type="radio" name="kind" value=kind.key() checked=typed.kind == Some(kind)/><label for=id>{text}</label></div> }
    });
    let area = Area {
        name: "text",
        label: "What is it about",
        hint: format!(
            "Name the criterion, and where the file shows it. New evidence belongs to a new application. At most {WORDS} words."
        ),
        value: typed.text.clone(),
        error: error("text"),
        rows: 10,
    };
    view! {
        <section class="panel" aria-labelledby="ask">
            <h2 id="ask">"Ask the working group"</h2>
            <p>{format!("You can ask once, until {}. An appeal never ends with less than what was decided.", data.until.long())}</p>
            <form class="form" method="post" action=applying.path("/appeal") novalidate>
                <fieldset class=class aria-describedby=described>
                    <legend>"What do you ask for?"</legend>
                    {wrong.map(|text| view! { <p class="field-error" id="kind-error">{text}</p> })}
                    {choices.collect_view()}
                </fieldset>
                {area.view()}
                <p><button class="button" type="submit">"Send it"</button></p>
            </form>
        </section>
    }
}
