//! Form fields: label above, hint under it, error between hint and field.

use leptos::prelude::*;

/// A field of one line.
#[derive(Clone, Debug, Default)]
pub struct Text {
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
    /// The HTML type; text when empty.
    pub kind: &'static str,
    /// For the browser's memory; off when empty.
    pub autocomplete: &'static str,
    /// Which keys a phone shows; those for text when empty.
    pub inputmode: &'static str,
    /// Put before the identifier where a name stands more than once on a page.
    pub prefix: String,
}

impl Text {
    /// The field with its label, hint and error.
    pub fn view(self) -> impl IntoView {
        let Self { name, label, hint, value, error, kind, autocomplete, inputmode, prefix } = self;
        let id = format!("{prefix}{name}");
        let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
        let mut described = Vec::new();
        if !hint.is_empty() {
            described.push(hint_id.clone());
        }
        if error.is_some() {
            described.push(error_id.clone());
        }
        let described = (!described.is_empty()).then(|| described.join(" "));
        let invalid = error.is_some().then_some("true");
        let class = box_class(error.is_some());
        view! {
            <div class=class>
                <label for=id.clone()>{label}</label>
                {(!hint.is_empty()).then(|| view! { <p class="hint" id=hint_id>{hint}</p> })}
                {error.map(|text| view! { <p class="field-error" id=error_id>{text}</p> })}
                <input id=id name=name type=if kind.is_empty() { "text" } else { kind } value=value
                    autocomplete=if autocomplete.is_empty() { "off" } else { autocomplete }
                    inputmode=(!inputmode.is_empty()).then_some(inputmode) aria-invalid=invalid aria-describedby=described/>
            </div>
        }
    }
}

/// A text as the content of a `<textarea>`. The view macro does not escape there, and a browser drops one leading line
/// end: so the text is escaped here, after a line end of its own.
pub fn area_html(text: &str) -> String {
    format!("\n{}", escape(text))
}

/// A text for a place in HTML where the view macro does not escape.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The class of the box around a field.
pub const fn box_class(invalid: bool) -> &'static str {
    if invalid { "field invalid" } else { "field" }
}

/// A select: pairs of value and text.
pub fn select(
    id: String,
    name: &'static str,
    label: &'static str,
    options: Vec<(String, String)>,
    chosen: &str,
) -> impl IntoView + use<> {
    let chosen = chosen.to_owned();
    let options = options.into_iter().map(|(value, text)| {
        let selected = value == chosen;
        view! { <option value=value selected=selected>{text}</option> }
    });
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <select id=id name=name>{options.collect_view()}</select>
        </div>
    }
}

/// A checkbox with its sentence.
pub fn checkbox(
    id: String,
    name: &'static str,
    value: String,
    checked: bool,
    text: impl Into<String>,
) -> impl IntoView {
    view! {
        <div class="choice">
            <input id=id.clone() type="checkbox" name=name value=value checked=checked/>
            <label for=id>{text.into()}</label>
        </div>
    }
}
