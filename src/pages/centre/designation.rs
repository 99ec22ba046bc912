//! The designation that follows an application: its term, whether it is published, and the way to renew it.

use super::{frame, title};
use crate::{
    components::{
        field::Text,
        layout,
        message::{self, Item},
        standing,
    },
    domain::{access::Action, calendar::day_long, text::one_line},
    server::{applying::Applying, form::Form, problem::Problem, render::Page},
    store::{centre::Cycle, designation::Designation},
};
use axum::{
    extract::Query,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use leptos::prelude::*;
use serde::Deserialize;

/// The most characters of a published name.
const LONGEST: usize = 200;

/// What was just done.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Done {
    #[serde(default)]
    done: String,
}

#[derive(Clone, Debug, Default)]
struct Typed {
    /// The name, when it could not be saved.
    name: Option<String>,
    error: Option<String>,
    /// Why nothing was done.
    late: Option<&'static str>,
    done: Option<&'static str>,
}

struct Data {
    designation: Designation,
    all: Vec<Designation>,
    /// Whether a further application is under way or being written.
    renewing: bool,
    /// The cycle in which the renewal can be started.
    startable: Option<Cycle>,
    typed: Typed,
}

/// The page.
pub async fn show(applying: Applying, Query(at): Query<Done>) -> Result<Response, Problem> {
    let done = match at.done.as_str() {
        "published" => Some("Your designation stands in the register."),
        "unpublished" => Some("Your designation has left the register."),
        _ => None,
    };
    respond(applying, Typed { done, ..Typed::default() }, StatusCode::OK).await
}

async fn respond(applying: Applying, typed: Typed, status: StatusCode) -> Result<Response, Problem> {
    let now = applying.now();
    let mut tx = applying.portal().store.read().await?;
    let designation = tx.designation_of(applying.application().id).await?.ok_or(Problem::NotFound)?;
    let all = tx.designations_of(designation.centre).await?;
    let applications = tx.applications_of(designation.centre).await?;
    let cycles = tx.cycles().await?;
    let renewing = tx.renewal_begun(designation.id).await?;
    drop(tx);
    let started = |cycle: &Cycle| applications.iter().any(|a| a.cycle.id == cycle.id);
    let startable = cycles.into_iter().find(|c| c.open_at(now) && !started(c));
    let data = Data { designation, all, renewing, startable, typed };
    let shown = applying.clone();
    let page = Page::new("Designation", frame(&applying, "Application"), move || view(&shown, data));
    Ok(applying.desk().page_with(status, page).await)
}

/// The lead agrees that the designation is published under a name.
pub async fn publish(applying: Applying, form: Form) -> Result<Response, Problem> {
    // Who answers for the centre answers for this.
    applying.require(Action::ManageTeam)?;
    let name = one_line(form.get("public-name"));
    let mut tx = applying.portal().store.write().await?;
    let designation = tx.designation_of(applying.application().id).await?.ok_or(Problem::NotFound)?;
    if designation.withdrawn.is_some() {
        drop(tx);
        let late = Some("This designation was withdrawn, so it is not published.");
        return respond(applying, Typed { late, name: Some(name), ..Typed::default() }, StatusCode::CONFLICT).await;
    }
    if name.is_empty() || LONGEST < name.chars().count() {
        drop(tx);
        let error = Some(format!("Enter the name under which the centre is published, up to {LONGEST} characters"));
        let typed = Typed { error, name: Some(form.get("public-name").to_owned()), ..Typed::default() };
        return respond(applying, typed, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    // A second press changes nothing.
    if !designation.published || designation.public_name != name {
        tx.publish(&applying.stamp(), &designation, &name).await?;
        tx.commit().await?;
    }
    Ok(Redirect::to(&applying.path("/designation?done=published")).into_response())
}

/// The lead takes the consent back.
pub async fn unpublish(applying: Applying) -> Result<Response, Problem> {
    applying.require(Action::ManageTeam)?;
    let mut tx = applying.portal().store.write().await?;
    let designation = tx.designation_of(applying.application().id).await?.ok_or(Problem::NotFound)?;
    if designation.published {
        tx.unpublish(&applying.stamp(), &designation).await?;
        tx.commit().await?;
    }
    Ok(Redirect::to(&applying.path("/designation?done=unpublished")).into_response())
}

fn view(applying: &Applying, data: Data) -> AnyView {
    let Data { designation, all, renewing, startable, typed } = data;
    let now = applying.now();
    let status = designation.status(renewing, now);
    let items: Vec<Item> =
        typed.error.iter().map(|text| Item { text: text.clone(), href: "#public-name".into() }).collect();
    let late = typed.late.map(|text| view! { <div class="notice attention" role="alert"><p>{text}</p></div> });
    let (first, last) = (designation.term.first_day(&designation.zone), designation.term.last_day(&designation.zone));
    let taken = designation.withdrawn.as_ref().map(|withdrawal| {
        let day = day_long(withdrawal.at, &designation.zone);
        let why = withdrawal.why.clone();
        view! {
            <section class="notice attention" aria-labelledby="withdrawn">
                <h2 id="withdrawn">"This designation was withdrawn"</h2>
                <p>{format!("On {day}. The certificate is not valid any more.")}</p>
                <p class="typed">{why}</p>
            </section>
        }
    });
    let lead = applying.may(Action::ManageTeam);
    let consent = designation.withdrawn.is_none().then(|| consent(applying, &designation, &all, typed.clone(), lead));
    view! {
        <main class="page" id="main">
            {layout::crumbs(vec![(title(applying), applying.path(""))], "Designation")}
            <div class="page-head"><div>
                <h1>"Designation"</h1>
                <p class="facts">{standing::badge(status)}" "<span>{format!("{first} to {last}")}</span></p>
            </div></div>
            {message::refused(items)}
            {late}
            {typed.done.map(message::done)}
            {taken}
            <div class="split">
                <div class="column">
                    {consent}
                    <section class="panel" aria-labelledby="terms">
                        <h2 id="terms">"Terms"</h2>
                        {terms(&all)}
                    </section>
                </div>
                <div class="column">
                    <section class="panel stack" aria-labelledby="certificate">
                        <h2 id="certificate">"Certificate"</h2>
                        <p>"The code on it is "<code>{designation.code.to_string()}</code>"."</p>
                        <p class="row"><a class="button quiet" href=applying.path("/certificate")>"Open the certificate"</a></p>
                    </section>
                    {renewal(lead, renewing, startable, now)}
                </div>
            </div>
        </main>
    }
    .into_any()
}

/// Whether it is published, and how that is changed.
fn consent(applying: &Applying, of: &Designation, all: &[Designation], typed: Typed, lead: bool) -> AnyView {
    let (name, country) = (of.public_name.clone(), applying.application().identity.country().to_owned());
    let state = if of.published {
        view! { <p>"It stands in the public register as "<strong>{name.clone()}</strong>", with the country, the dates and the edition of the criteria."</p> }.into_any()
    } else {
        view! { <p>"It is not published. Whoever types the code of the certificate learns that it is valid, and until when; no name."</p> }.into_any()
    };
    let form = lead.then(|| {
        // The name of the last term, or the one that the centre has here.
        let before = all.iter().map(|d| d.public_name.as_str()).find(|n| !n.is_empty());
        let suggested = before.unwrap_or(applying.application().identity.name()).to_owned();
        let field = Text {
            name: "public-name",
            label: "Name in the register",
            hint: "As the centre wants to be found by patients and colleagues.",
            value: typed.name.unwrap_or(if name.is_empty() { suggested } else { name }),
            error: typed.error,
            autocomplete: "organization",
            ..Text::default()
        };
        let (what, class) =
            if of.published { ("Change the name", "button quiet") } else { ("Agree and publish", "button") };
        let agree = (!of.published).then(|| {
            view! { <p class="soft">{format!("You agree that this name, {country}, the dates and the edition are public. You can take that back at any time.")}</p> }
        });
        let leave = of.published.then(|| {
            view! {
                <form method="post" action=applying.path("/designation/unpublish")>
                    <button class="link-button" type="submit">"Take the consent back"</button>
                </form>
            }
        });
        view! {
            <form class="form" method="post" action=applying.path("/designation") novalidate>
                {field.view()}
                {agree}
                <p class="row"><button class=class type="submit">{what}</button></p>
            </form>
            {leave}
        }
    });
    let ask = (!lead).then(|| view! { <p class="soft">"The lead of your centre decides whether it is published."</p> });
    view! { <section class="panel stack" aria-labelledby="register"><h2 id="register">"Public register"</h2>{state}{form}{ask}</section> }.into_any()
}

/// The terms of a centre, the newest first.
fn terms(all: &[Designation]) -> impl IntoView + use<> {
    let rows = all.iter().map(|d| {
        let term = format!("{} to {}", d.term.first_day(&d.zone), d.term.last_day(&d.zone));
        let ended = d.withdrawn.as_ref().map(|w| format!("Withdrawn on {}", day_long(w.at, &d.zone)));
        view! {
            <li>
                <span>
                    {format!("Cycle {}", d.cycle)}
                    <br/><span class="soft">{term}</span>
                    {ended.map(|text| view! { <br/><span class="soft">{text}</span> })}
                </span>
            </li>
        }
    });
    view! { <ul class="owed" role="list">{rows.collect_view()}</ul> }
}

fn renewal(
    lead: bool,
    renewing: bool,
    startable: Option<Cycle>,
    now: crate::domain::moment::Moment,
) -> impl IntoView + use<> {
    let body = match startable {
        _ if renewing => {
            view! { <p>"A further application of your centre is under way."</p> }.into_any()
        }
        Some(cycle) => {
            let text = format!(
                "The call of {} is open until {}, {}. The renewal starts from what you wrote last.",
                cycle.name,
                cycle.closes.long(),
                cycle.closes.countdown(now).to_lowercase()
            );
            let way = lead.then(|| view! { <p class="row"><a class="button" href="/home">"Start the renewal"</a></p> });
            let ask = (!lead).then(|| view! { <p class="soft">"The lead of your centre starts it."</p> });
            view! { <p>{text}</p>{way}{ask} }.into_any()
        }
        None => view! { <p>"No call is open now. We write to the lead of your centre 12, 6 and 3 months before the term ends."</p> }.into_any(),
    };
    view! { <section class="panel stack" aria-labelledby="renewal"><h2 id="renewal">"Renewal"</h2>{body}</section> }
}
