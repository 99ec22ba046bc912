//! How one designation looks to the working group.

use super::{Data, HERE, Typed, at};
use crate::{
    components::{
        badge,
        field::{Text, area_html, box_class},
        layout,
        message::{self, Item},
        standing,
    },
    domain::{
        calendar::day_long,
        date,
        id::AccountId,
        moment::Moment,
        stage::{Stage, StageName},
    },
    store::designation::{Designation, Visit},
};
use leptos::prelude::*;

pub(super) fn page(data: Data, me: AccountId, now: Moment) -> impl IntoView {
    let Data { designation: of, identity, all, applications, visits, renewing, typed } = data;
    let name = identity.name().to_owned();
    let status = of.status(renewing, now);
    let items: Vec<Item> =
        typed.errors.iter().map(|(field, text)| Item { text: (*text).into(), href: format!("#{field}") }).collect();
    let late = typed.late.map(|text| view! { <div class="notice attention" role="alert"><p>{text}</p></div> });
    let (first, last) = (of.term.first_day(&of.zone), of.term.last_day(&of.zone));
    let register =
        if of.published { format!("In the register as {}", of.public_name) } else { "Not in the register".to_owned() };
    // A draft is the centre's own: nobody else knows that there is one.
    let history = applications.iter().filter(|a| a.stage.name() != StageName::Draft).map(|a| {
        let term = all.iter().find(|d| d.application == a.id).map(|d| {
            format!("{} to {}", d.term.first_day(&d.zone), d.term.last_day(&d.zone))
        });
        let outcome = match &a.stage {
            Stage::Released { outcome, .. } => Some(outcome.name()),
            _ => None,
        };
        let title = format!("{} {}", a.cycle.name, a.kind.name().to_lowercase());
        view! {
            <li>
                <span>{title}{outcome.map(|o| view! { <br/><span class="soft">{o}</span> })}{term.map(|t| view! { <br/><span class="soft">{t}</span> })}</span>
                {badge::stage(a.stage.name(), false)}
            </li>
        }
    });
    let history = history.collect_view();
    view! {
        <main class="page" id="main">
            {layout::crumbs(vec![("Designations".to_owned(), HERE.to_owned())], name.clone())}
            <div class="page-head"><div>
                <h1>{name}</h1>
                <p class="facts">
                    {standing::badge(status)}" "
                    <span>{format!("{}, {}", identity.city(), identity.country())}</span>" "
                    <span>{format!("{first} to {last}")}</span>" "
                    <span>{register}</span>
                </p>
            </div></div>
            {message::refused(items)}
            {late}
            {typed.done.map(message::done)}
            <div class="split">
                <div class="column">
                    <section class="panel" aria-labelledby="history">
                        <h2 id="history">"Over the cycles"</h2>
                        <ul class="owed" role="list">{history}</ul>
                    </section>
                    {visits_view(&of, &visits, &typed, me)}
                </div>
                <div class="column">{withdrawal(&of, &typed, me)}</div>
            </div>
        </main>
    }
}

fn error(typed: &Typed, name: &str) -> Option<String> {
    typed.errors.iter().find(|(field, _)| *field == name).map(|(_, text)| (*text).to_owned())
}

/// A field of several lines.
fn area(name: &'static str, label: &'static str, hint: &'static str, value: &str, error: Option<String>) -> AnyView {
    let (hint_id, error_id) = (format!("{name}-hint"), format!("{name}-error"));
    let described = if error.is_some() { format!("{hint_id} {error_id}") } else { hint_id.clone() };
    view! {
        <div class=box_class(error.is_some())>
            <label for=name>{label}</label>
            <p class="hint" id=hint_id>{hint}</p>
            {error.clone().map(|text| view! { <p class="field-error" id=error_id>{text}</p> })}
            <textarea id=name name=name rows="4" aria-describedby=described aria-invalid=error.is_some().then_some("true") inner_html=area_html(value)></textarea>
        </div>
    }
    .into_any()
}

fn visits_view(of: &Designation, visits: &[Visit], typed: &Typed, me: AccountId) -> impl IntoView + use<> {
    let empty = visits.is_empty();
    let items = visits.iter().map(|visit| {
        let day = date::read_day(&visit.day).map_or_else(|| visit.day.clone(), date::long);
        let by = if visit.author == Some(me) { "by you" } else { "by a colleague" };
        let noted = format!("noted on {} {by}", day_long(visit.at, &of.zone));
        view! { <li><span><strong>{day}</strong>", "<span class="soft">{noted}</span><br/><span class="typed">{visit.text.clone()}</span></span></li> }
    });
    let items = items.collect_view();
    let day = Text {
        name: "day",
        label: "Day of the visit",
        kind: "date",
        value: typed.day.clone(),
        error: error(typed, "day"),
        ..Text::default()
    };
    let hint = "For the working group alone. Write nothing that tells who a patient is.";
    view! {
        <section class="panel stack" aria-labelledby="visits">
            <h2 id="visits">"Visits"</h2>
            {if empty {
                view! { <p class="soft">"None is noted."</p> }.into_any()
            } else {
                view! { <ul class="owed" role="list">{items}</ul> }.into_any()
            }}
            <form class="form" method="post" action=at(of.id, "/visits") novalidate>
                {day.view()}
                {area("text", "What was seen", hint, &typed.text, error(typed, "text"))}
                <p class="row"><button class="button quiet" type="submit">"Note the visit"</button></p>
            </form>
        </section>
    }
}

fn withdrawal(of: &Designation, typed: &Typed, me: AccountId) -> AnyView {
    if let Some(withdrawn) = &of.withdrawn {
        let day = format!("Withdrawn on {}.", day_long(withdrawn.at, &of.zone));
        let why = withdrawn.why.clone();
        return view! { <section class="panel stack" aria-labelledby="withdrawal"><h2 id="withdrawal">"Withdrawal"</h2><p>{day}</p><p class="typed">{why}</p></section> }.into_any();
    }
    let body = match &of.proposed {
        None => view! {
            <p class="soft">"One person proposes it, another one confirms it. The certificate is not valid from then on, and the designation leaves the register."</p>
            <form class="form" method="post" action=at(of.id, "/withdrawal") novalidate>
                {area("why", "Why", "The centre will read it.", &typed.why, error(typed, "why"))}
                <p class="row"><button class="button quiet" type="submit">"Propose to withdraw it"</button></p>
            </form>
        }
        .into_any(),
        Some(proposal) => {
            let mine = proposal.by == me;
            let by = if mine { "by you" } else { "by a colleague" };
            let when = format!("Proposed on {} {by}.", day_long(proposal.at, &of.zone));
            let confirm = if mine {
                view! { <p>"Another person of the working group has to confirm it."</p> }.into_any()
            } else {
                view! {
                    <form method="post" action=at(of.id, "/withdrawal/confirm")>
                        <button class="button danger" type="submit">"Confirm: withdraw this designation"</button>
                    </form>
                }
                .into_any()
            };
            // What could not be saved is there to be copied.
            let kept = (!typed.why.is_empty() && typed.why != proposal.why).then(|| {
                view! { <p class="soft">"What you wrote:"</p><p class="typed">{typed.why.clone()}</p> }
            });
            view! {
                <p>{when}</p>
                <p class="typed">{proposal.why.clone()}</p>
                {confirm}
                <form method="post" action=at(of.id, "/withdrawal/drop")>
                    <button class="link-button" type="submit">"Drop the proposal"</button>
                </form>
                {kept}
            }
            .into_any()
        }
    };
    view! { <section class="panel stack" aria-labelledby="withdrawal"><h2 id="withdrawal">"Withdrawal"</h2>{body}</section> }.into_any()
}
