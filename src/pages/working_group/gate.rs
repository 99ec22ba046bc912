//! The gate: what in the texts for a centre tells who wrote them, to be mended or cleared with a reason.

use super::decision::frame_of;
use crate::{
    components::{
        badge::{self, Tone},
        layout,
        message::{self, Item},
    },
    domain::{access::Action, calendar::day_long, snapshot::Digest, text::one_line},
    server::{
        form::Form,
        gate::{self, Finding},
        presiding::Presiding,
        problem::Problem,
        render::Page,
    },
};
use axum::{
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use leptos::prelude::*;

/// The most characters of a reason.
const LONGEST: usize = 500;

/// What was typed at one finding.
#[derive(Clone, Default)]
struct Typed {
    hash: String,
    reason: String,
    error: Option<String>,
}

fn opens(here: &Presiding) -> Result<(), Problem> {
    if here.may(Action::ReadResult) { Ok(()) } else { here.require(Action::Confirm) }
}

/// The findings.
pub async fn show(here: Presiding) -> Result<Response, Problem> {
    opens(&here)?;
    respond(&here, Typed::default(), StatusCode::OK).await
}

async fn respond(here: &Presiding, typed: Typed, status: StatusCode) -> Result<Response, Problem> {
    let application = here.application();
    let mut tx = here.portal().store.read().await?;
    let findings = gate::findings(&mut tx, application.id, application.cycle.id).await?;
    drop(tx);
    let shown = here.clone();
    let page = Page::new("Names in what the centre reads", frame_of(here), move || view(&shown, &findings, &typed));
    Ok(here.desk().page_with(status, page).await)
}

/// Clears a finding, with a reason.
pub async fn clear(here: Result<Presiding, Problem>, form: Form) -> Result<Response, Problem> {
    let here = here.map_err(|p| p.keeping(&form.0))?;
    opens(&here)?;
    clear_in(&here, &form).await.map_err(|p| p.keeping(&form.0))
}

async fn clear_in(here: &Presiding, form: &Form) -> Result<Response, Problem> {
    let reason = one_line(form.get("reason"));
    let hash = Digest::parse(form.get("finding")).ok_or(Problem::Stale)?;
    let error = match reason.chars().count() {
        0 => Some("Say why it tells nothing".to_owned()),
        n if LONGEST < n => Some(format!("Shorten the reason to {LONGEST} characters; it has {n}")),
        _ => None,
    };
    if error.is_some() {
        let typed = Typed { hash: hash.as_str().to_owned(), reason, error };
        return respond(here, typed, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let application = here.application();
    // Whoever may confirm or release may clear.
    let action = if here.may(Action::Confirm) { Action::Confirm } else { Action::ReadResult };
    let mut tx = here.write(action).await?;
    let findings = gate::findings(&mut tx, application.id, application.cycle.id).await?;
    // A text that was mended in between has another finding, or none.
    if !findings.iter().any(|f| f.hash == hash) {
        return Err(Problem::Stale);
    }
    tx.clear_hit(&here.stamp(), application.id, &hash, &reason).await?;
    tx.commit().await?;
    Ok(Redirect::to(&here.path("/gate")).into_response())
}

fn view(here: &Presiding, findings: &[Finding], typed: &Typed) -> impl IntoView + use<> {
    let application = here.application();
    let centre = application.identity.name().to_owned();
    let zone = application.cycle.closes.zone.clone();
    let items =
        typed.error.iter().map(|text| Item { text: text.clone(), href: format!("#reason-{}", typed.hash) }).collect();
    let open: Vec<_> = findings.iter().filter(|f| f.cleared.is_none()).map(|f| open_finding(here, f, typed)).collect();
    let cleared: Vec<_> = findings.iter().filter_map(|f| cleared_finding(f, &zone)).collect();
    let none = open.is_empty();
    view! {
        <main class="page" id="main">
            {layout::crumbs(vec![(centre, here.path("")), ("Decision".into(), here.path("/decision"))], "Names in what the centre reads")}
            <div class="page-head"><div>
                <h1>"Names in what the centre reads"</h1>
                <p class="soft">"Letter, feedback, questions and answers, looked through for the names, addresses and institutions of reviewers and the working group. Mend the text, or say why it tells nothing."</p>
            </div></div>
            {message::refused(items)}
            {none.then(|| message::done("Nothing is open. The texts can be released."))}
            <div class="stack">{open}</div>
            {(!cleared.is_empty()).then(|| view! { <section class="panel" aria-labelledby="cleared"><h2 id="cleared">"Cleared"</h2><ul class="stack" role="list">{cleared}</ul></section> })}
        </main>
    }
}

fn open_finding(here: &Presiding, finding: &Finding, typed: &Typed) -> impl IntoView + use<> {
    let hash = finding.hash.as_str().to_owned();
    let mine = typed.hash == hash;
    let (value, error) = if mine { (typed.reason.clone(), typed.error.clone()) } else { (String::new(), None) };
    let (field, error_id) = (format!("reason-{hash}"), format!("reason-{hash}-error"));
    let (invalid, described) = (error.is_some().then_some("true"), error.is_some().then(|| error_id.clone()));
    let class = if error.is_some() { "field invalid" } else { "field" };
    let label = format!("{}: {}", finding.place, finding.hit.found);
    view! {
        <section class="panel" aria-label=label>
            <div class="panel-head"><h2>{finding.place.clone()}</h2>{badge::badge(Tone::Attention, finding.hit.kind.name())}</div>
            <p>"“"{finding.hit.snippet.clone()}"”"</p>
            <p>"Found: "<strong>{finding.hit.found.clone()}</strong>". "<a href=finding.href.clone()>"Mend the text"</a></p>
            <form class="form" method="post" action=here.path("/gate") novalidate>
                <input type="hidden" name="finding" value=hash/>
                <div class=class>
                    <label for=field.clone()>"Why it tells nothing"</label>
                    {error.map(|text| view! { <p class="field-error" id=error_id>{text}</p> })}
                    <input id=field name="reason" type="text" value=value autocomplete="off" aria-invalid=invalid aria-describedby=described/>
                </div>
                <p><button class="button quiet" type="submit">"It may stay"</button></p>
            </form>
        </section>
    }
}

fn cleared_finding(finding: &Finding, zone: &str) -> Option<impl IntoView + use<>> {
    let clearance = finding.cleared.as_ref()?;
    let who = clearance.name.as_ref().map_or("", |n| n.shown());
    let line = format!("{}: {}", finding.place, finding.hit.found);
    let said = format!("{} {who}, {}", clearance.reason, day_long(clearance.at, zone));
    Some(view! { <li><strong>{line}</strong><br/><span class="soft">{said}</span></li> })
}
