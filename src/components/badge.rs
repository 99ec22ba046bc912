//! Status and level: a word, a shape and a colour together.

use crate::domain::{level::Level, progress::Progress, stage::StageName};
use leptos::prelude::*;

/// The five looks a status can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// ○ not started, or neutral.
    Quiet,
    /// ◐ under way.
    Working,
    /// ✓ good.
    Good,
    /// ▲ look here.
    Attention,
    /// ◆ mend.
    Problem,
}

impl Tone {
    const fn class(self) -> &'static str {
        match self {
            Self::Quiet => "badge",
            Self::Working => "badge working",
            Self::Good => "badge good",
            Self::Attention => "badge attention",
            Self::Problem => "badge problem",
        }
    }
}

/// A status.
pub fn badge(tone: Tone, text: impl Into<String>) -> impl IntoView {
    view! { <span class=tone.class()>{text.into()}</span> }
}

/// How far a criterion is.
pub fn progress(progress: Progress) -> impl IntoView {
    let (tone, text) = match progress {
        Progress::NotStarted => (Tone::Quiet, "Not started".to_owned()),
        Progress::ToMend(_) => (Tone::Problem, "To mend".to_owned()),
        Progress::Warned(1) => (Tone::Attention, "1 warning".to_owned()),
        Progress::Warned(n) => (Tone::Attention, format!("{n} warnings")),
        Progress::Ready => (Tone::Good, "Ready".to_owned()),
    };
    badge(tone, text)
}

/// Where an application stands, as its centre may know it: what happens among reviewers looks the same until release.
pub fn stage(stage: StageName, returned: bool) -> impl IntoView {
    let (tone, text) = match stage {
        StageName::Draft if returned => (Tone::Attention, "Returned to you"),
        StageName::Draft => (Tone::Working, "Draft"),
        StageName::Submitted => (Tone::Good, "Submitted"),
        StageName::UnderReview | StageName::Deliberation | StageName::Decided => (Tone::Working, "Under review"),
        StageName::Released => (Tone::Good, "Decision released"),
        StageName::Withdrawn => (Tone::Quiet, "Withdrawn"),
    };
    badge(tone, text)
}

/// Four rising bars.
pub fn level_mark(level: Option<Level>) -> impl IntoView {
    let filled = level.map_or(0, Level::number);
    let bars = [("1", "11.5", "3.5"), ("6.4", "8", "7"), ("11.8", "4.5", "10.5"), ("17.2", "1", "14")];
    let bars = bars.into_iter().zip(1_u8..).map(|((x, y, height), number)| {
        let on = (number <= filled).then_some("on");
        view! { <rect class=on x=x y=y width="3.6" height=height rx="0.8"></rect> }
    });
    view! { <svg class="level-mark" viewBox="0 0 22 16" aria-hidden="true">{bars.collect_view()}</svg> }
}

/// A level: bars, number, name; or that there is none.
pub fn level(level: Option<Level>) -> AnyView {
    match level {
        Some(level) => view! { <span class="level">{level_mark(Some(level))}<span>{format!("{} {}", level.number(), level.name())}</span></span> }.into_any(),
        None => view! { <span class="soft">"No level yet"</span> }.into_any(),
    }
}
