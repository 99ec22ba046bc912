//! Parts of the pages of information requests.

use super::badge::{self, Tone};
use crate::domain::{
    calendar::Deadline,
    moment::Moment,
    request::{State, Way},
};
use leptos::prelude::*;

/// Where a request stands.
pub fn state(state: State) -> impl IntoView {
    let tone = match state {
        State::QuestionWaits | State::AnswerWaits => Tone::Working,
        State::Asked => Tone::Attention,
        State::Answered => Tone::Good,
        State::Declined | State::Closed => Tone::Quiet,
    };
    badge::badge(tone, state.name())
}

/// How far a message is, for its own side; nothing once the other side can read it.
pub fn way(way: Way) -> Option<impl IntoView> {
    match way {
        Way::Waits => Some(badge::badge(Tone::Working, "Waits for the working group")),
        Way::Declined => Some(badge::badge(Tone::Quiet, "Not passed on")),
        Way::Passed => None,
    }
}

/// Until when an answer is hoped for: days left first. A late answer is taken too.
pub fn due(due: &Deadline, now: Moment) -> impl IntoView + use<> {
    let (left, long, machine) = (due.countdown(now), due.long(), due.machine());
    let left = if due.passed(now) { left.replace("Closed", "Due") } else { left };
    view! { <p class="facts"><strong>{left}</strong><span>"Answer until "<time datetime=machine>{long}</time></span></p> }
}

/// One message: who, which day, and what.
pub fn message(head: String, text: &str, state: Option<AnyView>, attached: Option<AnyView>) -> impl IntoView + use<> {
    let text = text.to_owned();
    view! {
        <li>
            <div class="stack"><p class="soft small">{head}</p><p class="typed">{text}</p>{attached}</div>
            {state}
        </li>
    }
}
