//! The page of assignment: what is missing, loads, panels, and the table to import.

use super::{Left, here};
use crate::{
    components::{
        badge::{self, Tone},
        field::area_html,
        layout,
        message::{self, Item},
    },
    domain::{assignment::table::Fault, fold::folded, id::ApplicationId},
    server::assigning::{Assigning, Row},
    store::{account::PersonName, assignment::Reviewable, panel::SeatState},
};
use leptos::prelude::*;

/// What was just done, and what was typed.
#[derive(Clone, Debug, Default)]
pub struct Said {
    /// How many reviewers were asked.
    pub asked: Option<u32>,
    /// Who could not be asked.
    pub left: Vec<Left>,
    /// The table that was typed.
    pub table: String,
    /// What has to be mended in it.
    pub faults: Vec<Fault>,
    /// What it asks for when it is right: line, application, reviewer.
    pub checked: Vec<(u64, Reviewable, PersonName)>,
    /// The page begins after this application.
    pub after: Option<ApplicationId>,
}

/// What the page shows.
#[derive(Debug)]
pub struct Data {
    pub assigning: Assigning,
    /// Applications under review, and those with a whole panel.
    pub made: (u64, u64),
    pub coordinates: bool,
    pub more: bool,
    pub said: Said,
}

/// The way back to this page.
pub fn way(assigning: &Assigning) -> Vec<(String, String)> {
    let cycle = &assigning.plan.cycle;
    vec![(format!("Cycle {}", cycle.name), format!("/working-group/cycles/{}", cycle.id))]
}

/// "Northmere Cancer Centre (K7QF)".
pub fn called(application: &Reviewable) -> String {
    format!("{} ({})", application.identity.name(), application.alias)
}

/// The page.
pub fn page(data: &Data) -> AnyView {
    let cycle = data.assigning.plan.cycle.id;
    let (all, whole) = data.made;
    let missing = match all - whole.min(all) {
        0 if all == 0 => {
            "No application is under review yet. Panels are made once screening has accepted one.".to_owned()
        }
        0 if all == 1 => "The one application under review has a panel.".to_owned(),
        0 => format!("All {all} applications under review have a panel."),
        1 => format!("1 of {all} applications under review needs reviewers."),
        n => format!("{n} of {all} applications under review need reviewers."),
    };
    let propose = (data.coordinates && whole < all).then(|| {
        view! { <p><a class="button" href=here(cycle, "/proposal")>"Propose reviewers"</a></p> }
    });
    let more = data.more.then(|| data.assigning.rows.last()).flatten().map(|row| {
        let href = here(cycle, &format!("?after={}", row.application.id));
        view! { <p><a class="button quiet" href=href>"Next page"</a></p> }
    });
    view! {
        <main class="page wide" id="main">
            {layout::crumbs(way(&data.assigning), "Assignment")}
            <div class="page-head"><div>
                <h1>"Assignment"</h1>
                <p class="soft">{missing}" Nobody is asked before you say so."</p>
            </div>{propose}</div>
            {said(data)}
            <div class="board">
                {loads(&data.assigning)}
                {data.coordinates.then(|| import(data))}
                <section class="panel whole" aria-labelledby="panels">
                    <h2 id="panels">"Panels"</h2>
                    {panels(data)}
                    {more}
                </section>
            </div>
        </main>
    }
    .into_any()
}

fn said(data: &Data) -> impl IntoView + use<> {
    let assigning = &data.assigning;
    let faults = data.said.faults.iter().map(|fault| {
        let place = match (fault.row, fault.column) {
            (0, _) => String::new(),
            (row, "") => format!("Row {row}: "),
            (row, column) => format!("Row {row}, column {column}: "),
        };
        Item { text: place + &fault.text, href: "#table".into() }
    });
    let refused = message::refused(faults.collect());
    let asked = data.said.asked.map(|n| {
        message::done(match n {
            0 => "Nobody was asked".to_owned(),
            1 => "1 reviewer is asked for a review. The letter leaves at the next full hour".to_owned(),
            n => format!("{n} reviews are asked for. The letters leave at the next full hour"),
        })
    });
    let left = data.said.left.iter().map(|left| {
        let who = assigning.reviewers.iter().find(|r| r.account == left.account);
        let who = who.map_or_else(|| "Somebody".to_owned(), |r| r.name.shown().to_owned());
        let what = assigning.rows.iter().find(|r| r.application.id == left.application);
        let what = what.map_or_else(|| "an application".to_owned(), |r| called(&r.application));
        view! { <li>{format!("{who} for {what}: {}", left.why)}</li> }
    });
    let left = (!data.said.left.is_empty()).then(|| {
        view! {
            <div class="findings attention" role="status">
                <h2>"Not asked, because something has changed"</h2>
                <ul>{left.collect_view()}</ul>
            </div>
        }
    });
    view! { {refused}{asked}{left} }
}

/// A bar of a load against the most that somebody takes.
fn bar(load: u32, most: u32) -> impl IntoView {
    let width = |n: u32| (200 * n / most.max(load).max(1)).to_string();
    let class = if most < load { "bar attention" } else { "bar" };
    view! {
        <svg class="benchmark" viewBox="0 0 200 16" aria-hidden="true">
            <rect class="track" y="2" width=width(most) height="12" rx="2"></rect>
            <rect class=class y="2" width=width(load) height="12" rx="2"></rect>
        </svg>
    }
}

fn loads(assigning: &Assigning) -> impl IntoView + use<> {
    let mut people: Vec<_> = assigning.reviewers.iter().collect();
    people.sort_by_cached_key(|one| folded(one.name.shown()));
    let rows = people.into_iter().map(|one| {
        let load = assigning.load_of(one.account);
        let about = match (one.profile.version, one.profile.country.as_str()) {
            (0, _) => "No profile yet".to_owned(),
            (_, "") => "No country yet".to_owned(),
            (_, country) => country.to_owned(),
        };
        view! {
            <tr>
                <th scope="row">{one.name.shown().to_owned()}<br/><span class="soft small">{about}</span></th>
                <td data-label="Reviews">{format!("{} of at most {}", load.seats, one.profile.most)}</td>
                <td>{bar(load.seats, one.profile.most)}</td>
                <td data-label="Handed in">{load.submitted}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    let none = rows.is_empty();
    view! {
        <section class="panel" aria-labelledby="loads">
            <h2 id="loads">"Loads"</h2>
            {none.then(|| view! { <p class="soft">"Nobody reviews in this cycle yet. An administrator invites reviewers."</p> })}
            {(!none).then(|| view! {
                <div class="table-box"><table class="stacks">
                    <caption class="visually-hidden">"Reviews that each reviewer is asked for, of the most they take"</caption>
                    <thead><tr><th scope="col">"Reviewer"</th><th scope="col">"Reviews"</th><td></td><th scope="col">"Handed in"</th></tr></thead>
                    <tbody>{rows}</tbody>
                </table></div>
            })}
        </section>
    }
}

fn panels(data: &Data) -> AnyView {
    let assigning = &data.assigning;
    if assigning.rows.is_empty() {
        return view! { <p class="soft">"No application is under review."</p> }.into_any();
    }
    let places = usize::from(assigning.plan.rules.reviewers);
    let rows = assigning.rows.iter().map(|row| {
        let href = format!("/working-group/applications/{}/panel", row.application.id);
        let identity = &row.application.identity;
        let filled = row.filled();
        let state = match places.saturating_sub(filled) {
            0 => badge::badge(Tone::Good, "Whole").into_any(),
            1 => badge::badge(Tone::Attention, "1 missing").into_any(),
            n => badge::badge(Tone::Attention, format!("{n} missing")).into_any(),
        };
        view! {
            <tr>
                <th scope="row"><a href=href>{identity.name().to_owned()}</a><br/>
                    <span class="soft small">{format!("{}, {} · ", identity.city(), identity.country())}<span class="alias">{row.application.alias.clone()}</span></span></th>
                <td data-label="Panel">{seats(assigning, row)}</td>
                <td data-label="State">{state}</td>
            </tr>
        }
    });
    view! {
        <div class="table-box"><table class="stacks ledger">
            <caption class="visually-hidden">"Who sits at each application under review"</caption>
            <thead><tr><th scope="col">"Application"</th><th scope="col">"Panel"</th><th scope="col">"State"</th></tr></thead>
            <tbody>{rows.collect_view()}</tbody>
        </table></div>
    }
    .into_any()
}

fn seats(assigning: &Assigning, row: &Row) -> AnyView {
    let names = row.seats.iter().map(|seat| {
        let name = assigning.place_of(seat.account).map(|at| assigning.reviewers[at].name.shown().to_owned());
        let state = match seat.state {
            SeatState::Accepted if seat.submitted => "handed in",
            SeatState::Accepted => "accepted",
            SeatState::Declined => "declined",
            SeatState::Asked | SeatState::Removed => "asked",
        };
        view! { <li>{name.unwrap_or_else(|| "Somebody who reviews no longer".into())}<span class="soft">{format!(", {state}")}</span></li> }
    });
    if row.seats.is_empty() {
        return view! { <span class="soft">"Nobody yet"</span> }.into_any();
    }
    view! { <ul role="list">{names.collect_view()}</ul> }.into_any()
}

fn import(data: &Data) -> impl IntoView + use<> {
    let cycle = data.assigning.plan.cycle.id;
    let checked = data.said.checked.iter().map(|(row, application, name)| {
        view! { <li>{format!("Row {row}: {} for {}", name.shown(), called(application))}</li> }
    });
    let right = !data.said.checked.is_empty();
    let checked = right.then(|| {
        let count = data.said.checked.len();
        view! {
            <div class="notice" role="status">
                <h3>{if count == 1 { "The table is right: 1 row".to_owned() } else { format!("The table is right: {count} rows") }}</h3>
                <p>"Nobody is asked yet."</p>
                <ul>{checked.collect_view()}</ul>
            </div>
        }
    });
    let faulty = !data.said.faults.is_empty();
    let class = crate::components::field::box_class(faulty);
    let described = if faulty { "table-hint table-error" } else { "table-hint" };
    let error = faulty.then(|| view! { <p class="field-error" id="table-error">"Mend the rows that are named at the top. Nothing was imported"</p> });
    view! {
        <section class="panel" aria-labelledby="import">
            <h2 id="import">"Import a table"</h2>
            {checked}
            <form class="form" method="post" action=here(cycle, "/table") novalidate>
                <div class=class>
                    <label for="table">"Rows"</label>
                    <p class="hint" id="table-hint">"Paste a table from a spreadsheet or a CSV file. The first row holds the headings application and reviewer; then one row for each review, with the alias or id of the application and the mail address of the reviewer."</p>
                    {error}
                    <textarea id="table" name="table" rows="6" spellcheck="false" aria-describedby=described
                        aria-invalid=faulty.then_some("true") inner_html=area_html(&data.said.table)></textarea>
                </div>
                <p class="row">
                    <button class="button quiet" type="submit" name="do" value="check">"Check the table"</button>
                    {right.then(|| view! { <button class="button" type="submit" name="do" value="import">"Ask these reviewers"</button> })}
                </p>
            </form>
        </section>
    }
}
