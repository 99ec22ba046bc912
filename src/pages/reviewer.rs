//! The reviewer's pages. They know an application by its alias, and load nothing that names a centre.

pub mod conflict;
pub mod criterion;
pub mod deliberation;
pub mod evidence;
pub mod feedback;
pub mod overview;
pub mod practice;
pub mod preview;
pub mod profile;
pub mod queue;
pub mod requests;
pub mod seat;
pub mod submit;

use crate::{
    catalogue::render_typed,
    domain::{
        blind::{BlindCopy, BlindEvidence, REMOVED},
        calendar::Deadline,
        criteria::COUNT,
        moment::Moment,
        naming::{Hit, Known, scan},
        review::Mark,
        reviewing::{Marked, about, minutes},
        text::words,
    },
    server::{problem::Problem, render::Frame, reviewing::Reviewing},
    store::{account::Account, review::StoredMark},
};
use leptos::prelude::*;
use serde::Deserialize;

/// What a redirect to a page of a reviewer says.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Said {
    /// What was done.
    #[serde(default)]
    pub done: String,
    /// At which review, where several are shown.
    #[serde(default)]
    pub review: String,
}

/// The frame of a page of a reviewer.
fn frame_of(account: &Account) -> Frame {
    Frame {
        name: Some(account.name.shown().to_owned()),
        administration: account.has_role("administrator"),
        working_group: account.has_role("coordinator"),
        reviews: true,
        current: "My reviews",
        ..Frame::default()
    }
}

async fn frame(reviewing: &Reviewing) -> Result<Frame, Problem> {
    Ok(frame_of(&reviewing.desk().signed_in().await?))
}

/// "Application K7QF".
fn title(reviewing: &Reviewing) -> String {
    format!("Application {}", reviewing.alias())
}

/// The blind copy; there is no such page before the seat is accepted and the declaration made.
fn file(reviewing: &Reviewing) -> Result<&BlindCopy, Problem> {
    reviewing.file().ok_or(Problem::NotFound)
}

/// The mark at a criterion.
fn at(marks: &[StoredMark], criterion: u8) -> Option<&StoredMark> {
    marks.iter().find(|m| m.criterion == criterion)
}

/// The evidence that is used at a criterion, with its pages.
fn used_at(copy: &BlindCopy, criterion: u8) -> Vec<(&BlindEvidence, &str)> {
    let uses = copy.evidence.iter().filter_map(|piece| {
        let (_, pages) = piece.uses.iter().find(|(c, _)| *c == criterion)?;
        Some((piece, pages.as_str()))
    });
    uses.collect()
}

/// Minutes until everything is marked, and how many criteria are.
fn left(copy: &BlindCopy, marks: &[StoredMark]) -> (usize, usize) {
    let whole = |number: u8| Marked::of(at(marks, number).map(|m| &m.mark)) == Marked::Whole;
    let open = (1..=COUNT).filter(|n| !whole(*n)).map(|number| {
        let answer = copy.answers.iter().find(|a| a.criterion == number);
        minutes(answer.map_or(0, |a| words(&a.content.narrative)), used_at(copy, number).len())
    });
    (open.sum(), (1..=COUNT).filter(|n| whole(*n)).count())
}

/// Text of the centre as HTML. What screening took out stands out, so that nobody wonders about the gap.
fn masked(markdown: &str) -> String {
    render_typed(markdown).replace(REMOVED, "<span class=\"blank\">name removed</span>")
}

/// What a reviewer would tell about themselves. Names of centres and of other reviewers are not looked for: the answer
/// would tell whether a guess was right.
async fn own_names(reviewing: &Reviewing) -> Result<Known, Problem> {
    let names = reviewing.portal().store.read().await?.own_names(reviewing.account()).await?;
    Ok(Known::new(names.iter().map(super::super::store::account::PersonName::shown)))
}

/// What might name somebody in the texts of a mark that the centre may read: the field, and what was found.
fn named(mark: &Mark, known: &Known) -> Vec<(&'static str, Hit)> {
    let texts = mark.for_the_centre().into_iter();
    texts.flat_map(|(field, text)| scan(text, known).into_iter().map(move |hit| (field, hit))).collect()
}

/// "Strengths".
fn field_name(field: &str) -> &'static str {
    match field {
        "strengths" => "Strengths",
        "gap" => "Gap",
        "satisfy" => "What would satisfy you",
        _ => "Summary",
    }
}

/// How long there is, "12 days left" or "3 days overdue".
fn time_left(due: &Deadline, now: Moment) -> String {
    match (due.passed(now), -due.days_left(now)) {
        (false, _) => due.countdown(now),
        (true, 0) => "overdue since today".into(),
        (true, 1) => "1 day overdue".into(),
        (true, days) => format!("{days} days overdue"),
    }
}

/// Alias and due date above the pages of one review; with the marks, also how far it is.
fn bar(reviewing: &Reviewing, marks: Option<&[StoredMark]>) -> AnyView {
    let facts = reviewing.file().zip(marks).map(|(copy, marks)| {
        let (minutes, whole) = left(copy, marks);
        let go = (minutes != 0).then(|| view! { <span>{format!("{} to go", about(minutes))}</span> });
        view! { <span>{format!("{whole} of {COUNT} marked")}</span>{go} }
    });
    let due = &reviewing.plan().reviews_due;
    let (left, long, machine) = (time_left(due, reviewing.now()), due.long(), due.machine());
    let home = reviewing.path("");
    view! {
        <div class="review-bar">
            <h1>"Application "<span class="alias">{reviewing.alias().to_owned()}</span></h1>
            <p class="facts">
                {facts}
                <span>"due "<time datetime=machine>{long}</time>", "<strong>{left}</strong></span>
                <a href=home data-keys="i">"Overview"</a>
            </p>
        </div>
    }
    .into_any()
}
