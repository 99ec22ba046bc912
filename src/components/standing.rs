//! Where a designation stands: as a badge, and as a bar over the years.

use super::badge::{self, Tone};
use crate::domain::{
    calendar::day_in,
    designation::{Status, Term},
    moment::Moment,
};
use leptos::prelude::*;

/// A status as a badge.
pub fn badge(status: Status) -> impl IntoView {
    badge::badge(tone(status), status.name())
}

const fn tone(status: Status) -> Tone {
    match status {
        Status::Active => Tone::Good,
        Status::Expiring(_) => Tone::Attention,
        Status::InRenewal => Tone::Working,
        Status::Lapsed => Tone::Problem,
        Status::Withdrawn => Tone::Quiet,
    }
}

/// Years that the bars of a list cover: five before this one, three after it.
pub fn years(now: Moment) -> (i16, i16) {
    let this = day_in(now, "UTC").year();
    (this - 5, this + 3)
}

/// A term as a bar over the years of [`years`], with today as a line. What it shows stands beside it as text.
pub fn bar(term: Term, status: Status, now: Moment) -> impl IntoView {
    let (first, last) = years(now);
    let (width, span) = (150.0, f64::from(last - first + 1));
    let place = |at: Moment| {
        let day = day_in(at, "UTC");
        let year = f64::from(day.year() - first) + f64::from(day.day_of_year() - 1) / 366.0;
        1.0 + (year / span).clamp(0.0, 1.0) * width
    };
    let (from, until, today) = (place(term.from), place(term.until), place(now));
    let ticks: String = (1..=last - first).map(|n| format!("M{:.1} 14v5", 1.0 + f64::from(n) / span * width)).collect();
    let class = match status {
        Status::Active => "bar good",
        Status::Expiring(_) => "bar attention",
        Status::InRenewal => "bar",
        Status::Lapsed | Status::Withdrawn => "bar muted",
    };
    view! {
        <svg class="validity" viewBox="0 0 152 20" aria-hidden="true">
            <path class="axis" d=format!("M1 16.5h150{ticks}")></path>
            <rect class=class x=format!("{from:.1}") y="4" width=format!("{:.1}", (until - from).max(1.0)) height="7" rx="2"></rect>
            <path class="today" d=format!("M{today:.1} 0v19")></path>
        </svg>
    }
}
