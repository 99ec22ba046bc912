//! The answer to what a centre asks for after the release; another outcome needs two people.

use super::{decision::frame_of, second::Second};
use crate::{
    components::{
        area::{Area, paragraphs},
        badge::{self, Tone},
        layout,
        message::{self, Item},
    },
    domain::{
        access::Action,
        appeal::{WORDS, may_change, to_mend, until},
        calendar::{Deadline, day_long},
        designation::Term,
        naming::Hit,
        outcome::Outcome,
        snapshot::Digest,
        stage::Stage,
        text::{one_line, unify_lines},
        two_people::Same,
    },
    server::{form::Form, gate, mail, presiding::Presiding, problem::Problem, render::Page},
    store::{Tx, appeal::Appeal, cycle::Plan},
};
use axum::{
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use leptos::prelude::*;

/// Everything the page shows.
struct Data {
    appeal: Option<Appeal>,
    plan: Plan,
    until: Deadline,
    /// What was released.
    outcome: Outcome,
    /// Why this person cannot be the second one.
    same: Option<Same>,
}

impl Data {
    async fn load(tx: &mut Tx, here: &Presiding) -> Result<Self, Problem> {
        let application = here.application();
        let Stage::Released { outcome, at: released, .. } = application.stage else { return Err(Problem::NotAllowed) };
        let plan = tx.plan_of_cycle(application.cycle.id).await?.ok_or(Problem::Unexpected)?;
        let appeal = tx.appeal(application.id).await?;
        let same = match appeal.as_ref().and_then(|a| a.answered_by) {
            Some(by) => tx.same_person(by, here.account()).await?,
            None => None,
        };
        let until = until(released, plan.rules.appeal_days, &application.cycle.closes.zone);
        Ok(Self { appeal, plan, until, outcome, same })
    }
}

/// What was typed, and what has to be mended.
#[derive(Clone, Default)]
struct Typed {
    answer: Option<String>,
    changed: Option<Outcome>,
    cleared: String,
    why: String,
    hits: Vec<Hit>,
    errors: Vec<(&'static str, String)>,
}

/// The page.
pub async fn show(here: Presiding) -> Result<Response, Problem> {
    here.require(Action::AnswerAppeal)?;
    let mut tx = here.portal().store.read().await?;
    let data = Data::load(&mut tx, &here).await?;
    drop(tx);
    respond(&here, data, Typed::default(), StatusCode::OK).await
}

async fn respond(here: &Presiding, data: Data, typed: Typed, status: StatusCode) -> Result<Response, Problem> {
    let shown = here.clone();
    let page = Page::new("Appeal", frame_of(here), move || view(&shown, &data, typed));
    Ok(here.desk().page_with(status, page).await)
}

fn version(form: &Form) -> i64 {
    form.get("version").parse().unwrap_or(-1)
}

fn done(here: &Presiding) -> Response {
    Redirect::to(&here.path("/appeal")).into_response()
}

/// Answers; with another outcome the answer waits for a second person.
pub async fn answer(here: Result<Presiding, Problem>, form: Form) -> Result<Response, Problem> {
    let here = here.map_err(|p| p.keeping(&form.0))?;
    here.require(Action::AnswerAppeal)?;
    answer_in(&here, &form).await.map_err(|p| p.keeping(&form.0))
}

async fn answer_in(here: &Presiding, form: &Form) -> Result<Response, Problem> {
    let application = here.application();
    let mut tx = here.write(Action::AnswerAppeal).await?;
    let data = Data::load(&mut tx, here).await?;
    let text = unify_lines(form.get("answer"));
    let changed = Outcome::parse(form.get("changed"));
    let appeal = data.appeal.clone().ok_or(Problem::Stale)?;
    let same =
        appeal.answer.as_deref() == Some(text.as_str()) && appeal.changed == changed && appeal.answered.is_some();
    if same && appeal.answered_by == Some(here.account()) {
        // A second press of the button.
        return Ok(done(here));
    }
    let mut typed =
        Typed { answer: Some(text.clone()), changed, cleared: one_line(form.get("cleared")), ..Typed::default() };
    typed.errors.extend(to_mend(&text).map(|text| ("answer", text)));
    if changed.is_some_and(|to| !may_change(data.outcome, to)) {
        typed.errors.push(("changed", "An appeal never ends with less than what was released".into()));
    }
    let found = gate::found_in(&mut tx, (application.id, application.cycle.id), "answer", &text).await?;
    if !found.is_empty() && typed.cleared.is_empty() {
        typed
            .errors
            .push(("cleared", "The answer may tell who somebody is. Mend it, or say why it tells nothing".into()));
        typed.hits = found.iter().map(|(_, hit)| hit.clone()).collect();
    }
    if !typed.errors.is_empty() {
        drop(tx);
        return respond(here, data, typed, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let stamp = here.stamp();
    clear(&mut tx, here, &found, &typed.cleared).await?;
    tx.answer_appeal(&stamp, application.id, version(form), &text, changed).await?;
    if changed.is_none() {
        mail::appeal_answered(&mut tx, &stamp, &here.portal().settings.origin, application).await?;
    }
    tx.commit().await?;
    Ok(done(here))
}

async fn clear(tx: &mut Tx, here: &Presiding, found: &[(Digest, Hit)], reason: &str) -> Result<(), Problem> {
    for (hash, _) in found {
        tx.clear_hit(&here.stamp(), here.application().id, hash, reason).await?;
    }
    Ok(())
}

/// The second person agrees to another outcome.
pub async fn confirm(here: Presiding, form: Form) -> Result<Response, Problem> {
    here.require(Action::AnswerAppeal)?;
    here.desk().require_step_up().await?;
    let mut tx = here.write(Action::AnswerAppeal).await?;
    let data = Data::load(&mut tx, &here).await?;
    let appeal = data.appeal.clone().ok_or(Problem::Stale)?;
    if appeal.confirmed.is_some() {
        // A second press of the button.
        return Ok(done(&here));
    }
    if !appeal.waits() || appeal.version != version(&form) {
        return Err(Problem::Stale);
    }
    if let Some(same) = data.same {
        drop(tx);
        let text = format!("Another person has to confirm this: {}", same.reason());
        let typed = Typed { errors: vec![("confirm", text)], ..Typed::default() };
        return respond(&here, data, typed, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let (stamp, application) = (here.stamp(), here.application());
    let to = appeal.changed.ok_or(Problem::Stale)?;
    let decision = tx.decision(application.id).await?;
    let stage = application.stage.clone().correct(to).map_err(|_| Problem::Stale)?;
    tx.confirm_answer(&stamp, (application.id, application.version), (&appeal, decision.as_ref()), &stage).await?;
    if to.designates() && tx.designation_of(application.id).await?.is_none() {
        let term = Term::awarded(&data.plan.award);
        tx.add_designation(&stamp, application.centre, application.id, term.from, term.until).await?;
    }
    mail::appeal_answered(&mut tx, &stamp, &here.portal().settings.origin, application).await?;
    tx.commit().await?;
    Ok(done(&here))
}

/// The second person does not agree.
pub async fn send_back(here: Result<Presiding, Problem>, form: Form) -> Result<Response, Problem> {
    let here = here.map_err(|p| p.keeping(&form.0))?;
    here.require(Action::AnswerAppeal)?;
    send_back_in(&here, &form).await.map_err(|p| p.keeping(&form.0))
}

async fn send_back_in(here: &Presiding, form: &Form) -> Result<Response, Problem> {
    let why = unify_lines(form.get("why")).trim().to_owned();
    let mut tx = here.write(Action::AnswerAppeal).await?;
    let data = Data::load(&mut tx, here).await?;
    let appeal = data.appeal.clone().filter(|a| a.waits() && a.version == version(form)).ok_or(Problem::Stale)?;
    if why.is_empty() {
        drop(tx);
        let errors = vec![("why", "Say what has to change, so that it can be answered again".to_owned())];
        return respond(here, data, Typed { errors, ..Typed::default() }, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    tx.send_back_answer(&here.stamp(), here.application().id, &appeal, &why).await?;
    tx.commit().await?;
    Ok(done(here))
}

fn error(typed: &Typed, name: &str) -> Option<String> {
    typed.errors.iter().find(|(field, _)| *field == name).map(|(_, text)| text.clone())
}

fn view(here: &Presiding, data: &Data, typed: Typed) -> impl IntoView + use<> {
    let application = here.application();
    let (centre, zone) = (application.identity.name().to_owned(), application.cycle.closes.zone.clone());
    let items =
        typed.errors.iter().map(|(field, text)| Item { text: text.clone(), href: format!("#{field}") }).collect();
    let content = match &data.appeal {
        None if data.until.passed(here.now()) => {
            view! { <p>{format!("The centre has not asked for anything. The time to ask ended on {}.", data.until.long())}</p> }.into_any()
        }
        None => {
            view! { <p>{format!("The centre has not asked for anything so far. It can until {}.", data.until.long())}</p> }.into_any()
        }
        Some(appeal) => {
            let asked = asked(appeal, &zone);
            let rest = if appeal.final_answer().is_some() {
                answered(appeal, &zone).into_any()
            } else {
                let second = appeal.waits().then(|| second(here, appeal, data, &typed));
                let form = form(here, appeal, data, &typed);
                view! { {second}{form} }.into_any()
            };
            view! { {asked}{rest} }.into_any()
        }
    };
    let outcome = format!("Released: {}", data.outcome.name());
    view! {
        <main class="page" id="main">
            {layout::crumbs(vec![(centre.clone(), here.path("")), ("Decision".into(), here.path("/decision"))], "Appeal")}
            <div class="page-head"><div><h1>"Appeal or correction"</h1><p class="facts"><span>{centre}</span><span>{outcome}</span></p></div></div>
            {message::refused(items)}
            {content}
        </main>
    }
}

fn asked(appeal: &Appeal, zone: &str) -> impl IntoView + use<> {
    let (name, day, text) = (appeal.kind.name(), day_long(appeal.at, zone), paragraphs(&appeal.text));
    view! { <section class="panel" aria-labelledby="asked"><h2 id="asked">{format!("{name}, {day}")}</h2><div class="prose">{text}</div></section> }
}

fn answered(appeal: &Appeal, zone: &str) -> impl IntoView + use<> {
    let text = paragraphs(appeal.answer.as_deref().unwrap_or_default());
    let (_, at) = appeal.final_answer().unwrap_or(("", appeal.at));
    let who = appeal.answerer.as_ref().map_or("", |n| n.shown());
    let said = match appeal.changed {
        Some(to) => format!("The outcome is now \"{}\".", to.name()),
        None => "The outcome stays as it was.".to_owned(),
    };
    let head = format!("Answered by {who}, {}", day_long(at, zone));
    view! { <section class="panel" aria-labelledby="answered"><h2 id="answered">{head}</h2><p>{said}</p><div class="prose">{text}</div></section> }
}

fn second(here: &Presiding, appeal: &Appeal, data: &Data, typed: &Typed) -> impl IntoView + use<> {
    let text = paragraphs(appeal.answer.as_deref().unwrap_or_default());
    let to = appeal.changed.map_or("", Outcome::name);
    let who = appeal.answerer.as_ref().map_or("", |n| n.shown());
    let said = format!("{who} proposes \"{to}\", with this answer:");
    let second = Second {
        base: here.path("/appeal"),
        version: appeal.version,
        button: format!("Change the outcome to \"{to}\""),
        same: data.same,
        why: (typed.why.clone(), error(typed, "why")),
        badge: Some(badge::badge(Tone::Working, "Waits for a second person").into_any()),
        proposed: view! { <p>{said}</p><div class="prose">{text}</div> }.into_any(),
    };
    second.view()
}

fn form(here: &Presiding, appeal: &Appeal, data: &Data, typed: &Typed) -> impl IntoView + use<> {
    let now = typed.answer.clone().or_else(|| appeal.answer.clone()).unwrap_or_default();
    let chosen = if typed.answer.is_some() { typed.changed } else { appeal.changed };
    let wrong = error(typed, "changed");
    let class = if wrong.is_some() { "field invalid" } else { "field" };
    let better = Outcome::ALL.into_iter().filter(|to| may_change(data.outcome, *to)).map(|to| {
        let id = format!("changed-{}", to.key());
        view! { <div class="choice"><input id=id.clone() type="radio" name="changed" value=to.key() checked=chosen == Some(to)/><label for=id>{format!("It becomes \"{}\", once another person confirms", to.name())}</label></div> }
    });
    let hint = format!("The centre reads it. Name no reviewer and nobody of the working group. At most {WORDS} words.");
    let answer = Area { name: "answer", label: "Answer", hint, value: now, error: error(typed, "answer"), rows: 10 };
    let hits: Vec<_> = typed
        .hits
        .iter()
        .map(|hit| view! { <li>{format!("{}: {} ", hit.kind.name(), hit.found)}<span class="soft">{hit.snippet.clone()}</span></li> })
        .collect();
    let cleared = (!typed.hits.is_empty() || !typed.cleared.is_empty()).then(|| {
        let area = Area {
            name: "cleared",
            label: "Why it tells nothing",
            value: typed.cleared.clone(),
            error: error(typed, "cleared"),
            rows: 2,
            ..Area::default()
        };
        view! { <ul>{hits}</ul>{area.view()} }
    });
    view! {
        <section class="panel" aria-labelledby="answering">
            <h2 id="answering">{if appeal.waits() { "Answer anew" } else { "Answer" }}</h2>
            <form class="form" method="post" action=here.path("/appeal") novalidate>
                <input type="hidden" name="version" value=appeal.version.to_string()/>
                {answer.view()}
                <fieldset class=class>
                    <legend>"Outcome"</legend>
                    {wrong.map(|text| view! { <p class="field-error">{text}</p> })}
                    <div class="choice"><input id="changed" type="radio" name="changed" value="" checked=chosen.is_none()/><label for="changed">{format!("It stays \"{}\"", data.outcome.name())}</label></div>
                    {better.collect_view()}
                </fieldset>
                {cleared}
                <p><button class="button" type="submit">"Answer"</button></p>
            </form>
        </section>
    }
}
