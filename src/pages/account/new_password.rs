//! Choosing a password: the two fields, and what is wrong with what was typed. Whoever sets one asks here.

use crate::{
    components::field::Text,
    server::{
        form::Form,
        passwords::rules::{self, Context},
    },
};
use leptos::prelude::*;

/// What has to be mended, by field: `password`, `again`.
pub type Errors = Vec<(&'static str, String)>;

/// What is wrong with a new password of somebody of whom everybody knows `context`. What was typed is never shown again.
pub async fn errors(form: &Form, context: Context) -> anyhow::Result<Errors> {
    let password = form.get("password");
    Ok(match rules::judge(password.to_owned(), context).await? {
        Err(text) => vec![("password", text)],
        Ok(()) if password != form.get("again") => {
            vec![("again", "The two passwords differ. Type the same one again".into())]
        }
        Ok(()) => Vec::new(),
    })
}

/// The two fields.
pub fn fields(errors: &[(&'static str, String)]) -> impl IntoView + use<> {
    let error = |field: &str| errors.iter().find(|(f, _)| *f == field).map(|(_, text)| text.clone());
    let password = Text {
        name: "password",
        label: "Choose a password",
        hint: rules::HINT,
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
