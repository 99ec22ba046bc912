//! Reading the multipart form of an answer.

use super::view::Typed;
use crate::{
    domain::{
        evidence::{FileRefusal, Kind},
        text::{FIELD_BYTES, one_line, unify_lines},
    },
    evidence::upload::{self, Taken, Target},
    server::{applying::Applying, problem::Problem},
    store::Chance,
};
use axum::extract::{Multipart, multipart::Field};

/// An answer that was read; the bytes of its file are durable.
pub struct Received {
    /// What was typed and chosen, and what has to be mended.
    pub typed: Typed,
    /// A new document.
    pub file: Option<Taken>,
}

impl Received {
    /// What the document shows.
    pub fn kind(&self) -> Kind {
        Kind::parse(&self.typed.kind).unwrap_or(Kind::Other)
    }

    /// What it is called: the name of the file, when nothing was typed.
    pub fn title(&self) -> String {
        let name = self.file.as_ref().map_or("", |f| f.name.as_str());
        let name = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        let title = if self.typed.title.is_empty() { name } else { &self.typed.title };
        title.chars().take(200).collect()
    }
}

/// Reads the form.
pub async fn receive(applying: &Applying, mut parts: Multipart) -> Result<Received, Problem> {
    let mut typed = Typed::default();
    let mut file = None;
    let application = applying.application().id;
    let held = {
        let mut tx = applying.portal().store.read().await?;
        tx.file_bytes(application).await? + tx.answer_bytes(application).await?
    };
    let unique = Chance::default().token();
    while let Some(field) = parts.next_field().await.map_err(|e| upload::problem(&e))? {
        match field.name().unwrap_or_default() {
            "text" => typed.text = unify_lines(&text(field).await?).trim().to_owned(),
            "evidence" => typed.chosen.push(text(field).await?),
            "title" => typed.title = one_line(&text(field).await?),
            "kind" => typed.kind = text(field).await?,
            "file" => {
                let (blobs, centre) = (&applying.portal().blobs, applying.application().centre);
                match upload::take(Target { blobs, centre, held, unique: &unique }, field).await? {
                    Ok(taken) => file = Some(taken),
                    Err(FileRefusal::Missing) => {}
                    Err(refusal) => typed.errors.push(("file", refusal.message().to_owned())),
                }
            }
            _ => {}
        }
    }
    Ok(Received { typed, file })
}

/// The text of the form alone, to be given back: it stands before the file, which is not read.
pub async fn text_alone(mut parts: Multipart) -> Vec<(String, String)> {
    while let Ok(Some(field)) = parts.next_field().await {
        match field.name().unwrap_or_default() {
            "text" => return text(field).await.map(|text| vec![("text".to_owned(), text)]).unwrap_or_default(),
            "file" => break,
            _ => {}
        }
    }
    Vec::new()
}

async fn text(mut field: Field<'_>) -> Result<String, Problem> {
    let mut bytes = Vec::new();
    while let Some(part) = field.chunk().await.map_err(|e| upload::problem(&e))? {
        bytes.extend_from_slice(&part);
        if FIELD_BYTES < bytes.len() {
            return Err(Problem::TooLarge);
        }
    }
    let text = String::from_utf8(bytes).map_err(|_| Problem::Unreadable)?;
    // NUL is no character that anybody types, and PostgreSQL cannot store it.
    Ok(text.replace('\0', ""))
}
