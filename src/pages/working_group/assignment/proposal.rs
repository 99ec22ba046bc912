//! A proposal, to be accepted as a whole or in part.

use super::{
    here,
    view::{called, way},
};
use crate::{
    components::layout,
    domain::{assignment::Proposal, fold::folded},
    server::assigning::Assigning,
};
use leptos::prelude::*;

/// The page; without a proposal it says so. `later`: how many applications wait for the next one.
pub fn page(assigning: &Assigning, proposal: Option<&Proposal>, later: usize) -> AnyView {
    let cycle = assigning.plan.cycle.id;
    let mut way = way(assigning);
    way.push(("Assignment".into(), here(cycle, "")));
    let body = match proposal {
        None => view! { <p class="panel">"No proposal could be made. Ask reviewers by hand, or import a table; the administrators see what went wrong."</p> }.into_any(),
        Some(proposal) if proposal.choices.is_empty() && proposal.lacks.is_empty() => {
            view! { <p class="panel">"Every panel is whole. There is nothing to propose."</p> }.into_any()
        }
        Some(proposal) => whole(assigning, proposal),
    };
    view! {
        <main class="page wide" id="main">
            {layout::crumbs(way, "Proposal")}
            <div class="page-head"><div>
                <h1>"Proposal"</h1>
                <p class="soft">"Nobody is asked yet. Take out the rows that you do not want, then ask the others."</p>
            </div></div>
            {(later != 0).then(|| view! { <p class="notice">{format!("{later} more applications need reviewers. They are in the next proposal, once these are asked.")}</p> })}
            {body}
        </main>
    }
    .into_any()
}

fn whole(assigning: &Assigning, proposal: &Proposal) -> AnyView {
    let action = here(assigning.plan.cycle.id, "");
    let some = !proposal.choices.is_empty();
    let parts = proposal.pruned.map(|candidates| {
        view! { <p class="notice">{format!(
            "So many applications are reckoned in parts, with the {candidates} likeliest reviewers for each. Loads are even over all parts."
        )}</p> }
    });
    view! {
        {parts}
        <div class="board">
            {lacks(assigning, proposal)}
            {some.then(|| view! {
                <section class="panel whole" aria-labelledby="choices">
                    <h2 id="choices">{match proposal.choices.len() {
                        1 => "1 review to ask for".to_owned(),
                        n => format!("{n} reviews to ask for"),
                    }}</h2>
                    <form class="form" method="post" action=action>
                        {choices(assigning, proposal)}
                        <p><button class="button" type="submit">"Ask these reviewers"</button></p>
                    </form>
                </section>
            })}
            {some.then(|| loads(assigning, proposal))}
        </div>
    }
    .into_any()
}

fn lacks(assigning: &Assigning, proposal: &Proposal) -> Option<impl IntoView + use<>> {
    let items = proposal.lacks.iter().map(|lack| {
        let application = &assigning.rows[lack.application].application;
        let href = format!("/working-group/applications/{}/panel", application.id);
        view! { <li><a href=href>{called(application)}</a><br/>{lack.why.join(" ")}</li> }
    });
    let items = items.collect_view();
    (!items.is_empty()).then(|| {
        view! {
            <section class="findings attention whole" aria-labelledby="lacks">
                <h2 id="lacks">"What cannot be had"</h2>
                <ul>{items}</ul>
            </section>
        }
    })
}

fn choices(assigning: &Assigning, proposal: &Proposal) -> impl IntoView + use<> {
    let rows = proposal.choices.iter().map(|choice| {
        let (application, reviewer) =
            (&assigning.rows[choice.application].application, &assigning.reviewers[choice.reviewer]);
        let pair = format!("{}.{}", application.id, reviewer.account);
        let (id, name, why) = (format!("ask.{pair}"), reviewer.name.shown().to_owned(), choice.why.join(". "));
        let reasons = choice.why.iter().map(|why| view! { <li>{why.clone()}</li> }).collect_view();
        let centre = called(application);
        view! {
            <tr>
                <th scope="row">
                    <div class="choice">
                        <input id=id.clone() type="checkbox" name="ask" value=pair.clone() checked/>
                        <label for=id>{name}<span class="visually-hidden">{format!(" for {centre}")}</span></label>
                    </div>
                </th>
                <td data-label="Application">{centre}</td>
                <td data-label="Why"><ul role="list" class="small">{reasons}</ul><input type="hidden" name=format!("why.{pair}") value=why/></td>
            </tr>
        }
    });
    view! {
        <div class="table-box"><table class="stacks ledger">
            <caption class="visually-hidden">"Who would be asked for what, and why"</caption>
            <thead><tr><th scope="col">"Reviewer"</th><th scope="col">"Application"</th><th scope="col">"Why"</th></tr></thead>
            <tbody>{rows.collect_view()}</tbody>
        </table></div>
    }
}

fn loads(assigning: &Assigning, proposal: &Proposal) -> impl IntoView + use<> {
    let mut people: Vec<_> = assigning.reviewers.iter().zip(&proposal.loads).collect();
    people.sort_by_cached_key(|(one, _)| folded(one.name.shown()));
    let rows = people.into_iter().map(|(one, load)| {
        let now = assigning.load_of(one.account).seats;
        view! {
            <tr>
                <th scope="row">{one.name.shown().to_owned()}</th>
                <td data-label="Now" class="number">{now}</td>
                <td data-label="Then" class="number">{*load}</td>
                <td data-label="At most" class="number">{one.profile.most}</td>
            </tr>
        }
    });
    view! {
        <section class="panel whole" aria-labelledby="then">
            <h2 id="then">"Loads, if all are asked"</h2>
            <div class="table-box"><table class="stacks">
                <thead><tr><th scope="col">"Reviewer"</th><th scope="col" class="number">"Now"</th><th scope="col" class="number">"Then"</th><th scope="col" class="number">"At most"</th></tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table></div>
        </section>
    }
}
