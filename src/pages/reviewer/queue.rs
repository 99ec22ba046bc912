//! The queue: my reviews by cycle, the next step first.

use super::{Said, at, frame_of, left, time_left};
use crate::{
    components::{
        badge::{self, Tone},
        message,
    },
    domain::{
        calendar::Deadline,
        criteria::COUNT,
        id::{AccountId, SeatId},
        moment::Moment,
        reviewing::{Marked, about, minutes_unseen},
        stage::StageName,
    },
    server::{desk::Desk, problem::Problem, render::Page},
    store::{
        cycle::Plan,
        panel::{MySeat, SeatState},
    },
};
use axum::{extract::Query, response::Response};
use leptos::prelude::*;

/// What is to be done at one review.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Mark,
    HandIn,
    Open,
    Answer,
    Discuss,
    Wait,
    Nothing,
}

/// One review in the queue.
struct Entry {
    id: SeatId,
    alias: String,
    cycle: String,
    due: Deadline,
    step: Step,
    /// Criteria that are wholly marked.
    whole: usize,
    minutes: usize,
    /// The first criterion that is not.
    next: u8,
}

/// The reviews of somebody, the next step first; the order among equals is random and stays.
async fn entries(desk: &Desk, account: AccountId) -> Result<Vec<Entry>, Problem> {
    let mut tx = desk.portal.store.read().await?;
    let mut plans: Vec<Plan> = Vec::new();
    let mut entries = Vec::new();
    for mine in tx.seats_for(account).await? {
        let relation = tx.relation(mine.seat.application, account).await?;
        if relation.is_none_or(crate::domain::access::Combined::bars_a_reviewer) {
            continue;
        }
        if !plans.iter().any(|p| p.cycle.id == mine.cycle) {
            plans.extend(tx.plan_of_cycle(mine.cycle).await?);
        }
        let plan = plans.iter().find(|p| p.cycle.id == mine.cycle).ok_or(Problem::Unexpected)?;
        let blind = tx.blind_copy(mine.seat.application).await?.ok_or(Problem::Unexpected)?;
        let opened = mine.seat.state == SeatState::Accepted && mine.seat.opened.is_some();
        // Nothing is told about a file before it is opened, not even how long it is.
        let ((minutes, whole), next) = if opened {
            let marks = tx.marks_of(mine.seat.id).await?;
            let next = (1..=COUNT).find(|n| Marked::of(at(&marks, *n).map(|m| &m.mark)) != Marked::Whole);
            (left(&blind.copy, &marks), next)
        } else {
            ((minutes_unseen(usize::from(COUNT)), 0), Some(1))
        };
        entries.push(Entry {
            step: step(&mine, opened, next.is_none()),
            id: mine.seat.id,
            alias: blind.alias,
            cycle: plan.cycle.name.clone(),
            due: plan.reviews_due.clone(),
            whole,
            minutes,
            next: next.unwrap_or(COUNT),
        });
    }
    entries.sort_by_key(|e| (e.step, e.due.at));
    Ok(entries)
}

fn step(mine: &MySeat, opened: bool, whole: bool) -> Step {
    match mine.seat.state {
        SeatState::Declined | SeatState::Removed => Step::Nothing,
        SeatState::Asked => Step::Answer,
        SeatState::Accepted if !opened => Step::Open,
        SeatState::Accepted if mine.stage == StageName::Deliberation => Step::Discuss,
        SeatState::Accepted if mine.seat.submitted.is_some() => Step::Wait,
        SeatState::Accepted if whole => Step::HandIn,
        SeatState::Accepted => Step::Mark,
    }
}

/// The page; for who does not review there is none.
pub async fn show(desk: Desk, Query(said): Query<Said>) -> Result<Response, Problem> {
    let account = desk.signed_in().await?;
    if !account.has_role("reviewer") {
        return Err(Problem::NotFound);
    }
    let entries = entries(&desk, account.id).await?;
    let now = desk.now();
    let page = Page::new("My reviews", frame_of(&account), move || page(&entries, &said, now));
    Ok(desk.page(page).await)
}

/// What home says to a reviewer.
pub struct Home {
    next: Option<(String, String)>,
    waiting: usize,
}

impl Home {
    /// Counts what waits for somebody.
    pub async fn load(desk: &Desk, account: AccountId) -> Result<Self, Problem> {
        let entries = entries(desk, account).await?;
        let to_do = entries.iter().filter(|e| e.step <= Step::Discuss);
        Ok(Self { waiting: to_do.count(), next: entries.first().and_then(Entry::next_step) })
    }

    /// The panel.
    pub fn view(self) -> impl IntoView {
        let waiting = match self.waiting {
            0 => "Nothing waits for you at this moment.".to_owned(),
            1 => "1 review waits for you.".to_owned(),
            n => format!("{n} reviews wait for you."),
        };
        let next = self.next.map(|(href, text)| view! { <a class="button" href=href>{text}</a> });
        view! {
            <section class="panel stack" aria-labelledby="my-reviews">
                <h2 id="my-reviews">"Your reviews"</h2>
                <p>{waiting}</p>
                <p class="row">{next}<a href="/reviews">"All my reviews"</a></p>
            </section>
        }
    }
}

impl Entry {
    fn path(&self, rest: &str) -> String {
        format!("/reviews/{}{rest}", self.id)
    }

    /// Where to go now, in words; none when nothing is to be done.
    fn next_step(&self) -> Option<(String, String)> {
        let alias = &self.alias;
        Some(match self.step {
            Step::Mark => {
                let verb = if self.whole == 0 { "Begin" } else { "Go on" };
                let href = self.path(&format!("/criteria/{}", self.next));
                (href, format!("{verb} with {alias}, criterion {}", self.next))
            }
            Step::HandIn => (self.path("/submit"), format!("Hand in the review of {alias}")),
            Step::Open => (self.path(""), format!("Open the file of {alias}")),
            Step::Answer => (self.path(""), format!("Answer for {alias}")),
            Step::Discuss => (self.path("/deliberation"), format!("Settle disagreements on {alias}")),
            Step::Wait | Step::Nothing => return None,
        })
    }

    fn badge(&self) -> AnyView {
        let (tone, text) = match self.step {
            Step::Mark if self.whole == 0 => (Tone::Quiet, "Not begun".to_owned()),
            Step::Mark => (Tone::Working, format!("{} of {COUNT}", self.whole)),
            Step::HandIn => (Tone::Attention, "Hand in".to_owned()),
            Step::Open => (Tone::Attention, "Not opened".to_owned()),
            Step::Answer => (Tone::Attention, "Asked".to_owned()),
            Step::Discuss => (Tone::Working, "Deliberation".to_owned()),
            Step::Wait => (Tone::Good, "Handed in".to_owned()),
            Step::Nothing => (Tone::Quiet, "Declined".to_owned()),
        };
        badge::badge(tone, text).into_any()
    }

    fn row(&self, now: Moment) -> AnyView {
        let left = time_left(&self.due, now);
        let facts = match self.step {
            Step::Mark | Step::Open | Step::Answer => format!("{left}, {}", about(self.minutes)),
            Step::HandIn => left,
            Step::Discuss | Step::Wait | Step::Nothing => String::new(),
        };
        let label = format!("Application {}", self.alias);
        let forms = match self.step {
            Step::Answer => Some((self.path("/accept"), "Accept", self.path("/decline"), "Decline")),
            _ => None,
        };
        let forms = forms.map(|(accept, yes, decline, no)| {
            let name = format!(" {}", self.alias);
            view! {
                <div class="row">
                    <form method="post" action=accept><button class="button" type="submit">{yes}<span class="visually-hidden">{name.clone()}</span></button></form>
                    <form method="post" action=decline><button class="button quiet" type="submit">{no}<span class="visually-hidden">{name}</span></button></form>
                </div>
            }
        });
        let undo = (self.step == Step::Nothing).then(|| {
            let name = format!(": {}", self.alias);
            view! { <form method="post" action=self.path("/undo")><button class="link-button small" type="submit">"Take it back"<span class="visually-hidden">{name}</span></button></form> }
        });
        view! {
            <li>
                <div>
                    <a class="alias" href=self.path("") aria-label=label>{self.alias.clone()}</a>
                    <br/><span class="soft">{facts}</span>
                    {forms}{undo}
                </div>
                {self.badge()}
            </li>
        }
        .into_any()
    }
}

fn done(said: &Said, entries: &[Entry]) -> Option<AnyView> {
    let entry = entries.iter().find(|e| e.id.to_string() == said.review);
    let alias = entry.map_or_else(String::new, |e| format!(" {}", e.alias));
    let (text, undo) = match said.done.as_str() {
        "accepted" => (format!("You have accepted{alias}."), true),
        "declined" => (format!("You have declined{alias}."), true),
        "undone" => (format!("Taken back:{alias} waits for your answer."), false),
        "conflict" => {
            return Some(
                message::done("The conflict is declared. You will not see that application again.").into_any(),
            );
        }
        _ => return None,
    };
    let undo = entry.filter(|e| undo && matches!(e.step, Step::Open | Step::Nothing)).map(|e| {
        view! { <form method="post" action=e.path("/undo")><button class="link-button" type="submit">"Undo"</button></form> }
    });
    Some(view! { <div class="row">{message::done(text)}{undo}</div> }.into_any())
}

fn page(entries: &[Entry], said: &Said, now: Moment) -> AnyView {
    let next = entries.first().and_then(Entry::next_step).map(|(href, text)| {
        let due = entries.first().map(|e| {
            let machine = e.due.machine();
            view! { <p class="soft">"Due "<time datetime=machine>{e.due.long()}</time>", "{time_left(&e.due, now)}</p> }
        });
        view! {
            <section class="panel stack" aria-labelledby="next">
                <h2 id="next">"Next"</h2>
                {due}
                <p><a class="button" href=href>{text}</a></p>
            </section>
        }
    });
    let mut cycles: Vec<&str> = entries.iter().map(|e| e.cycle.as_str()).collect();
    cycles.sort_unstable();
    cycles.dedup();
    let lists = cycles.into_iter().rev().map(|cycle| {
        let rows = entries.iter().filter(|e| e.cycle == cycle).map(|e| e.row(now)).collect_view();
        let due = entries.iter().find(|e| e.cycle == cycle).map(|e| format!("Reviews are due {}", e.due.long()));
        let heading = format!("Cycle {cycle}");
        view! {
            <section class="panel" aria-label=heading.clone()>
                <h2>{heading.clone()}</h2>
                <p class="soft">{due}</p>
                <ul class="owed" role="list">{rows}</ul>
            </section>
        }
    });
    let lists = lists.collect_view();
    let empty = entries.is_empty().then(|| {
        view! { <section class="panel stack"><h2>"No review waits for you"</h2><p>"When you are asked to a panel, the application is listed here under an alias, and you get a letter."</p></section> }
    });
    view! {
        <main class="page" id="main">
            <div class="page-head"><h1>"My reviews"</h1></div>
            {done(said, entries)}
            <div class="split">
                <div class="column">{next}{lists}{empty}</div>
                <div class="column">
                    <section class="panel stack" aria-label="Beside the reviews">
                        <ul class="stack" role="list">
                            <li><a href="/reviews/profile">"My profile and my ties"</a></li>
                            <li><a href="/reviews/practice">"Practice set"</a></li>
                            <li><a href="/criteria">"The 13 guides"</a></li>
                        </ul>
                        <p class="small soft">"Nobody at a centre learns who reviews it, and in most cycles you do not learn which centre it is."</p>
                    </section>
                </div>
            </div>
        </main>
    }
    .into_any()
}
