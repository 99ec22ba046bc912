//! Reading the multipart form of a document or link.

use super::view::Typed;
use crate::{
    domain::{
        criteria::COUNT,
        evidence::{FileRefusal, Kind},
        text::one_line,
    },
    evidence::upload::{self, Taken, Target},
    server::{applying::Applying, problem::Problem},
    store::{Chance, evidence::About},
};
use axum::extract::{Multipart, multipart::Field};

/// The most bytes of a field that is not a file.
const TEXT_BYTES: usize = 10_000;

/// What came.
pub enum Incoming {
    /// A file whose bytes are durable.
    File(Taken),
    /// An address.
    Link(String),
}

/// A form that was read.
pub enum Received {
    /// All is there.
    Whole { about: About, source: Incoming, criterion: Option<u8>, pages: String },
    /// Something has to be mended; nothing was stored.
    Refused(Typed),
}

/// Reads the form. Texts may come before or after the file.
pub async fn receive(applying: &Applying, mut parts: Multipart) -> Result<Received, Problem> {
    let mut typed = Typed::default();
    let (mut file, mut criterion) = (None, None);
    let held = {
        let mut tx = applying.portal().store.read().await?;
        tx.file_bytes(applying.application().id).await?
    };
    let unique = Chance::default().token();
    while let Some(field) = parts.next_field().await.map_err(|e| upload::problem(&e))? {
        match field.name().unwrap_or_default() {
            "file" => {
                let target = Target {
                    blobs: &applying.portal().blobs,
                    centre: applying.application().centre,
                    held,
                    unique: &unique,
                };
                match upload::take(target, field).await? {
                    Ok(taken) => file = Some(taken),
                    Err(FileRefusal::Missing) => {}
                    // The rest of the form is still read: a browser shows the answer only when it could send everything.
                    Err(refusal) => typed.errors.push(("file", refusal.message().to_owned())),
                }
            }
            "title" => typed.title = text(field).await?,
            "kind" => typed.kind = text(field).await?,
            "effective" => typed.effective = text(field).await?,
            "expiry" => typed.expiry = text(field).await?,
            "link" => typed.link = text(field).await?,
            "pages" => typed.pages = text(field).await?,
            "criterion" => criterion = text(field).await?.parse::<u8>().ok().filter(|c| (1..=COUNT).contains(c)),
            _ => {}
        }
    }
    typed.criterion = criterion;
    if !typed.errors.is_empty() {
        return Ok(Received::Refused(typed));
    }
    let source = match (file, typed.link.as_str()) {
        (Some(taken), _) => Incoming::File(taken),
        (None, "") => {
            typed.errors.push(("file", FileRefusal::Missing.message().to_owned()));
            return Ok(Received::Refused(typed));
        }
        (None, link) if is_address(link) => Incoming::Link(link.to_owned()),
        (None, _) => {
            typed.errors.push(("link", "Write the whole address, beginning with https://".to_owned()));
            return Ok(Received::Refused(typed));
        }
    };
    let name = match &source {
        Incoming::File(taken) => taken.name.rsplit_once('.').map_or(taken.name.as_str(), |(stem, _)| stem).to_owned(),
        Incoming::Link(link) => link.clone(),
    };
    let title: String = if typed.title.is_empty() { name } else { typed.title.clone() }.chars().take(200).collect();
    let about = About {
        title,
        kind: Kind::parse(&typed.kind).unwrap_or(Kind::Other),
        effective: typed.effective.clone(),
        expiry: typed.expiry.clone(),
    };
    Ok(Received::Whole { about, source, criterion, pages: typed.pages })
}

fn is_address(link: &str) -> bool {
    let rest = link.strip_prefix("https://").or_else(|| link.strip_prefix("http://"));
    rest.is_some_and(|r| r.contains('.') && !r.contains(char::is_whitespace)) && link.len() <= 2000
}

async fn text(mut field: Field<'_>) -> Result<String, Problem> {
    let mut bytes = Vec::new();
    while let Some(part) = field.chunk().await.map_err(|e| upload::problem(&e))? {
        bytes.extend_from_slice(&part);
        if TEXT_BYTES < bytes.len() {
            return Err(Problem::TooLarge);
        }
    }
    String::from_utf8(bytes).map(|t| one_line(&t)).map_err(|_| Problem::Unreadable)
}
