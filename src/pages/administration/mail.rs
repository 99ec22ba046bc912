//! Mail as administrators look after it: what waits, what is dead and why. Never a text or a link.
//!
//! The address is shown: administrators look after accounts, and most dead letters are typing errors in an address.

use super::frame;
use crate::{
    components::{
        badge::{self, Tone},
        field::Text,
        layout,
        message::{self, Item},
    },
    domain::{
        calendar::when,
        id::{CycleId, LetterId},
        mail::Reminders,
        moment::Moment,
    },
    server::{administering::Administering, form::Form, mail::Way, problem::Problem, render::Page},
    store::{
        centre::Cycle,
        mail::{Counts, OpenLetter},
    },
};
use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use leptos::prelude::*;

const PLACE: &str = "/administration/mail";

struct Data {
    way: String,
    waits_for_ever: bool,
    counts: Counts,
    dead: Vec<OpenLetter>,
    waiting: Vec<OpenLetter>,
    /// Each with the days before and after, as they are or as they were typed.
    cycles: Vec<(Cycle, String, String)>,
    wrong: Option<CycleId>,
    now: Moment,
}

/// The page.
pub async fn show(here: Administering) -> Result<Response, Problem> {
    respond(here, None).await
}

async fn respond(here: Administering, typed: Option<(CycleId, String, String)>) -> Result<Response, Problem> {
    let (portal, now) = (here.desk().portal.clone(), here.desk().now());
    let mut tx = portal.store.read().await?;
    let mut cycles = Vec::new();
    for cycle in tx.cycles().await?.into_iter().filter(|c| now < c.decision) {
        let reminders = tx.reminders(cycle.id).await?;
        let kept = (Reminders::written(&reminders.before), Reminders::written(&reminders.after));
        let (before, after) = match &typed {
            Some((id, before, after)) if *id == cycle.id => (before.clone(), after.clone()),
            _ => kept,
        };
        cycles.push((cycle, before, after));
    }
    let data = Data {
        way: match &portal.settings.mail.way {
            Way::Nowhere => {
                "No mail server is set, so letters wait. Set smtp-host and mail-from, and start the portal again."
                    .into()
            }
            Way::Folder(_) => "Letters are written to a folder on the server instead of being sent.".into(),
            Way::Smtp(smtp) => format!("Letters go through {}.", smtp.host),
        },
        waits_for_ever: !portal.settings.mail.leaves(),
        counts: tx.count_letters(now.plus_days(-7)).await?,
        dead: tx.open_letters(true).await?,
        waiting: tx.open_letters(false).await?,
        cycles,
        wrong: typed.map(|(id, ..)| id),
        now,
    };
    drop(tx);
    let status = if data.wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = Page::new("Mail", frame(&here), move || view(&data));
    Ok(here.desk().page_with(status, page).await)
}

/// Tries a dead letter again.
pub async fn resend(here: Administering, Path(letter): Path<String>) -> Result<Response, Problem> {
    let id = LetterId::parse(&letter).ok_or(Problem::NotFound)?;
    let mut tx = here.desk().portal.store.write().await?;
    tx.resend_letter(&here.desk().stamp(Some(here.account().id)), id).await?;
    tx.commit().await?;
    Ok(Redirect::to(PLACE).into_response())
}

/// Gives a letter up.
pub async fn discard(here: Administering, Path(letter): Path<String>) -> Result<Response, Problem> {
    let id = LetterId::parse(&letter).ok_or(Problem::NotFound)?;
    let mut tx = here.desk().portal.store.write().await?;
    tx.drop_letter(&here.desk().stamp(Some(here.account().id)), id).await?;
    tx.commit().await?;
    Ok(Redirect::to(PLACE).into_response())
}

/// Sets on which days a cycle reminds.
pub async fn remind(here: Administering, Path(cycle): Path<String>, form: Form) -> Result<Response, Problem> {
    let id = CycleId::parse(&cycle).ok_or(Problem::NotFound)?;
    let (before, after) = (form.get("before").trim().to_owned(), form.get("after").trim().to_owned());
    let Some(reminders) = Reminders::read(&before, &after) else {
        return respond(here, Some((id, before, after))).await;
    };
    let mut tx = here.desk().portal.store.write().await?;
    tx.set_reminders(&here.desk().stamp(Some(here.account().id)), id, &reminders).await?;
    tx.commit().await?;
    Ok(Redirect::to(PLACE).into_response())
}

fn view(data: &Data) -> AnyView {
    let Counts { waiting, dead, sent, sent_lately } = data.counts;
    let counts =
        [("Waiting", waiting), ("Not delivered", dead), ("Sent in 7 days", sent_lately), ("Sent in all", sent)];
    let counts = counts.map(|(name, count)| view! { <div><dt>{name}</dt><dd>{count}</dd></div> });
    let class = if data.waits_for_ever { "notice attention" } else { "soft" };
    let wrong = data.wrong.map(|id| Item { text: WRONG.into(), href: format!("#{id}-before") });
    view! {
        <main class="page" id="main">
            {layout::crumbs(vec![("Administration".into(), "/administration".into())], "Mail")}
            <div class="stack"><h1>"Mail"</h1><p class=class>{data.way.clone()}</p></div>
            {message::refused(wrong.into_iter().collect())}
            <dl class="counts">{counts.collect_view()}</dl>
            <section class="panel" aria-labelledby="dead">
                <h2 id="dead">"Not delivered"</h2>
                {letters(&data.dead, data.now, "Every letter was delivered, or is still tried.")}
            </section>
            <section class="panel" aria-labelledby="waiting">
                <h2 id="waiting">"Waiting"</h2>
                {letters(&data.waiting, data.now, "No letter waits.")}
            </section>
            {reminders(data)}
        </main>
    }
    .into_any()
}

/// Text and link of a letter are not among what is loaded here.
fn letters(list: &[OpenLetter], now: Moment, none: &'static str) -> AnyView {
    if list.is_empty() {
        return view! { <p class="soft">{none}</p> }.into_any();
    }
    let items = list.iter().map(|letter| {
        let to = letter.email.as_ref().map_or_else(|| "An address that is forgotten".to_owned(), |e| e.shown().to_owned());
        let head = format!("{}, to {}", letter.kind.name(), letter.role);
        let mut said = letter.trouble.map(|trouble| format!("{} ", trouble.said())).unwrap_or_default();
        said += &format!("Written {}", when(letter.written, now, "UTC"));
        said += &match letter.tries {
            0 => ".".to_owned(),
            1 => ", tried once.".to_owned(),
            n => format!(", tried {n} times."),
        };
        if !letter.dead {
            said += &format!(" The next try is {} UTC.", when(letter.due, now, "UTC"));
        }
        let state = if letter.dead { badge::badge(Tone::Problem, "Not delivered").into_any() } else { badge::badge(Tone::Working, "Waiting").into_any() };
        let button = |what: &str, text: &'static str| {
            let action = format!("{PLACE}/{}/{what}", letter.id);
            let whom = format!(" {head} {to}");
            view! { <form method="post" action=action><button class="link-button small" type="submit">{text}<span class="visually-hidden">{whom}</span></button></form> }
        };
        let resend = letter.can_be_resent(now).then(|| button("resend", "Send again"));
        let drop = button("drop", "Drop");
        view! {
            <li>
                <span class="typed">{to.clone()}<br/><span class="soft">{head.clone()}</span><br/><span class="soft">{said}</span></span>
                <span class="row">{state}{resend}{drop}</span>
            </li>
        }
    });
    view! { <ul class="owed" role="list">{items.collect_view()}</ul> }.into_any()
}

const WRONG: &str = "Write days between 1 and 90, at most six, such as 14 7 2";

fn reminders(data: &Data) -> impl IntoView + use<> {
    let forms = data.cycles.iter().map(|(cycle, before, after)| {
        let error = (data.wrong == Some(cycle.id)).then(|| WRONG.to_owned());
        let prefix = format!("{}-", cycle.id);
        let before = Text { name: "before", label: "Days before the deadline", value: before.clone(), error, prefix: prefix.clone(), ..Text::default() };
        let after = Text { name: "after", label: "Days after it", value: after.clone(), prefix, ..Text::default() };
        let title = format!("Cycle {}, closes {}", cycle.name, cycle.closes.long());
        view! {
            <form class="form" method="post" action=format!("{PLACE}/reminders/{}", cycle.id) novalidate>
                <fieldset class="form-section"><legend class="small-legend">{title}</legend><div class="pair">{before.view()}{after.view()}</div></fieldset>
                <p><button class="button quiet" type="submit">"Save reminders"</button></p>
            </form>
        }
    });
    let forms = forms.collect_view();
    view! {
        <section class="panel" aria-labelledby="reminders">
            <h2 id="reminders">"Reminders of each cycle"</h2>
            <p class="soft">"Who works on a draft is written to on these days, from 8 in the morning in the zone of the cycle. An empty field is no reminder."</p>
            {if forms.is_empty() { view! { <p>"No cycle is open or planned."</p> }.into_any() } else { forms.into_any() }}
        </section>
    }
}
