//! Forms: what was typed, in the order of the page.

use super::problem::Problem;
use crate::{domain::text::FIELD_BYTES, store::answer::Base};
use axum::{
    body::to_bytes,
    extract::{FromRequest, Request},
};

/// The most bytes of one form without files.
const FORM_BYTES: usize = 1024 * 1024;

/// The fields of a form.
#[derive(Clone, Debug, Default)]
pub struct Form(pub Vec<(String, String)>);

impl Form {
    /// The text of a field; empty when it is absent.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(n, _)| n == name).map_or("", |(_, text)| text)
    }

    /// Whether a field is there at all: how a checkbox says yes.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(n, _)| n == name)
    }

    /// Against what the text in it was written: every form that an island saves has both fields.
    pub fn base(&self) -> Base {
        let page = Some(self.get("page")).filter(|page| (1..=64).contains(&page.len()));
        Base { version: self.get("version").parse().unwrap_or(0), page: page.map(str::to_owned) }
    }

    /// All texts of a field that may come more than once.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(n, _)| n == name).map(|(_, text)| text.as_str())
    }
}

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let bytes = to_bytes(request.into_body(), FORM_BYTES).await.map_err(|_| Problem::TooLarge)?;
        let mut fields: Vec<(String, String)> =
            serde_urlencoded::from_bytes(&bytes).map_err(|_| Problem::Unreadable)?;
        // NUL is no character that anybody types, and PostgreSQL cannot store it.
        for (_, text) in fields.iter_mut().filter(|(_, text)| text.contains('\0')) {
            text.retain(|c| c != '\0');
        }
        if fields.iter().any(|(_, text)| FIELD_BYTES < text.len()) {
            return Err(Problem::TooLarge);
        }
        Ok(Self(fields))
    }
}
