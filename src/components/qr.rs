//! A square that cameras read.

use leptos::prelude::*;
use qrcode::{Color, EcLevel, QrCode};

/// A text as a square, for a page that shows it.
#[derive(Clone, Debug)]
pub struct Square {
    path: String,
    side: usize,
}

impl Square {
    /// The square of a text; `None` when it is too long for one.
    pub fn of(text: &str) -> Option<Self> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
        // Cameras need a margin of four.
        let (width, margin) = (code.width(), 4);
        let colors = code.to_colors();
        let dark = colors.iter().enumerate().filter(|(_, color)| **color == Color::Dark);
        let path = dark.map(|(at, _)| format!("M{} {}h1v1h-1z", at % width + margin, at / width + margin)).collect();
        Some(Self { path, side: width + 2 * margin })
    }

    /// Dark on light in every theme. `label` says in words what it holds.
    pub fn view(self, class: &'static str, label: impl Into<String>) -> impl IntoView {
        let Self { path, side } = self;
        view! {
            <svg class=class viewBox=format!("0 0 {side} {side}") role="img" aria-label=label.into() shape-rendering="crispEdges">
                <rect width=side height=side fill="#fff"></rect>
                <path d=path fill="#000"></path>
            </svg>
        }
    }
}
