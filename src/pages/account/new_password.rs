//! Choosing a password: the two fields, and what is wrong with what was typed. Whoever sets one asks here.

use crate::{
    components::field::Text,
    server::{
        form::Form,
        passwords::{LONGEST, SHORTEST},
    },
};
use leptos::prelude::*;

/// What has to be mended, by field: `password`, `again`.
pub type Errors = Vec<(&'static str, String)>;

/// What is wrong with a new password. What was typed is never shown again.
pub fn errors(form: &Form) -> Errors {
    let password = form.get("password");
    if password.chars().count() < SHORTEST || LONGEST < password.len() {
        vec![("password", format!("Choose a password of at least {SHORTEST} characters; a short sentence is fine"))]
    } else if password != form.get("again") {
        vec![("again", "The two passwords differ. Type the same one again".into())]
    } else {
        Vec::new()
    }
}

/// The two fields.
pub fn fields(errors: &[(&'static str, String)]) -> impl IntoView + use<> {
    let error = |field: &str| errors.iter().find(|(f, _)| *f == field).map(|(_, text)| text.clone());
    let password = Text {
        name: "password",
        label: "Choose a password",
        hint: "At least 12 characters. A short sentence is easy to remember and hard to guess.",
        kind: "password",
        autocomplete: "new-password",
        error: error("password"),
        ..Text::default()
    };
    let again = Text {
        name: "again",
        label: "The same password again",
        kind: "password",
        autocomplete: "new-password",
        error: error("again"),
        ..Text::default()
    };
    view! { {password.view()}{again.view()} }
}
