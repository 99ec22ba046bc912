//! Parts of the pages of a panel: levels as keys, areas of text, and what was said.

use super::field::{area_html, box_class};
use crate::domain::level::Level;
use leptos::prelude::*;

/// A field of several lines.
#[derive(Clone, Debug, Default)]
pub struct Area {
    /// Name and identifier.
    pub name: &'static str,
    /// Its label.
    pub label: &'static str,
    /// What to write, in a sentence; may be empty.
    pub hint: &'static str,
    /// What was typed.
    pub value: String,
    /// What has to be mended.
    pub error: Option<String>,
    /// How many lines it shows.
    pub rows: u8,
    /// Put before the identifier where a name stands more than once on a page.
    pub prefix: String,
}

impl Area {
    /// The field with its label, hint and error.
    pub fn view(self) -> impl IntoView {
        let Self { name, label, hint, value, error, rows, prefix } = self;
        let id = format!("{prefix}{name}");
        let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
        let described: Vec<String> =
            [(!hint.is_empty()).then(|| hint_id.clone()), error.is_some().then(|| error_id.clone())]
                .into_iter()
                .flatten()
                .collect();
        let described = (!described.is_empty()).then(|| described.join(" "));
        let invalid = error.is_some().then_some("true");
        let class = box_class(error.is_some());
        view! {
            <div class=class>
                <label for=id.clone()>{label}</label>
                {(!hint.is_empty()).then(|| view! { <p class="hint" id=hint_id>{hint}</p> })}
                {error.map(|text| view! { <p class="field-error" id=error_id>{text}</p> })}
                <textarea id=id name=name rows=rows.to_string() aria-invalid=invalid aria-describedby=described inner_html=area_html(&value)></textarea>
            </div>
        }
    }
}

/// The five levels as keys; `prefix` stands before the identifiers, the first of which is `{prefix}level`.
pub fn level_keys(
    legend: &'static str,
    prefix: &str,
    chosen: Option<Level>,
    error: Option<String>,
) -> impl IntoView + use<> {
    let keys = Level::ALL.into_iter().map(|level| {
        let id =
            if level == Level::Absent { format!("{prefix}level") } else { format!("{prefix}level-{}", level.number()) };
        view! {
            <label>
                <input type="radio" id=id name="level" value=level.number().to_string() checked=chosen == Some(level)/>
                {super::badge::level_mark(Some(level))}
                <span>{level.number()}<span class="visually-hidden">{format!(" {}", level.name())}</span></span>
            </label>
        }
    });
    let error_id = format!("{prefix}level-error");
    let described = error.is_some().then(|| error_id.clone());
    view! {
        <fieldset class="stack" aria-describedby=described>
            <legend>{legend}</legend>
            {error.map(|text| view! { <p class="field-error" id=error_id>{text}</p> })}
            <div class="level-keys">{keys.collect_view()}</div>
            <p class="small soft">"0 Absent, 1 Ad hoc, 2 Partial, 3 Established, 4 Exemplary. 3 and 4 answer yes."</p>
        </fieldset>
    }
}

/// "Strengths" and the text under it; nothing where there is none.
pub fn passage(heading: &'static str, text: &str) -> Option<impl IntoView + use<>> {
    let text = text.trim().to_owned();
    (!text.is_empty())
        .then(|| view! { <p><strong class="small">{heading}</strong><br/><span class="typed">{text}</span></p> })
}
