//! A field of several lines.

use super::field::{area_html, box_class};
use leptos::prelude::*;

/// A field of several lines.
#[derive(Clone, Debug, Default)]
pub struct Area {
    /// Name and identifier.
    pub name: &'static str,
    /// Its label.
    pub label: &'static str,
    /// What to write, in a sentence; may be empty.
    pub hint: String,
    /// What was typed.
    pub value: String,
    /// What has to be mended.
    pub error: Option<String>,
    /// How many lines are shown.
    pub rows: u8,
}

impl Area {
    /// The field with its label, hint and error.
    pub fn view(self) -> impl IntoView {
        let Self { name, label, hint, value, error, rows } = self;
        let (hint_id, error_id) = (format!("{name}-hint"), format!("{name}-error"));
        let described: Vec<String> =
            [(!hint.is_empty()).then(|| hint_id.clone()), error.is_some().then(|| error_id.clone())]
                .into_iter()
                .flatten()
                .collect();
        let described = (!described.is_empty()).then(|| described.join(" "));
        let (invalid, class) = (error.is_some().then_some("true"), box_class(error.is_some()));
        view! {
            <div class=class>
                <label for=name>{label}</label>
                {(!hint.is_empty()).then(|| view! { <p class="hint" id=hint_id>{hint}</p> })}
                {error.map(|text| view! { <p class="field-error" id=error_id>{text}</p> })}
                <textarea id=name name=name rows=rows.to_string() aria-invalid=invalid aria-describedby=described inner_html=area_html(&value)></textarea>
            </div>
        }
    }
}

/// A text as it was typed, paragraph by paragraph; a single line end within a paragraph stays one.
pub fn paragraphs(text: &str) -> impl IntoView + use<> {
    let blocks: Vec<Vec<String>> = text
        .split("\n\n")
        .map(|block| block.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect())
        .filter(|lines: &Vec<String>| !lines.is_empty())
        .collect();
    let blocks = blocks.into_iter().map(|lines| {
        let lines = lines.into_iter().enumerate().map(|(place, line)| {
            view! { {(place != 0).then(|| view! { <br/> })}{line} }
        });
        view! { <p>{lines.collect_view()}</p> }
    });
    blocks.collect_view()
}
