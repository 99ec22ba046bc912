//! Taking a file from a form: counted, hashed and checked on the way, in constant memory.

use super::{
    blobs::{Blobs, Stored},
    sniff,
};
use crate::{
    domain::{
        evidence::{APPLICATION_LIMIT, FILE_LIMIT, FileRefusal, FileType},
        id::CentreId,
        text::one_line,
    },
    server::problem::Problem,
    store::{self, Stamp, Tx, evidence::StoredFile},
};
use axum::{
    extract::multipart::{Field, MultipartError},
    http::StatusCode,
};
use bytes::{Bytes, BytesMut};

/// A file that was taken.
#[derive(Clone, Debug)]
pub struct Taken {
    /// Its bytes.
    pub stored: Stored,
    /// What it is.
    pub file_type: FileType,
    /// As it was called.
    pub name: String,
}

impl Taken {
    /// The row for a file whose bytes are durable, and the place of these bytes when the centre has the same already: when the
    /// transaction is committed, they are to be forgotten.
    pub async fn row(
        &self,
        tx: &mut Tx,
        stamp: &Stamp,
        centre: CentreId,
    ) -> store::Result<(StoredFile, Option<String>)> {
        let Self { stored, file_type, name } = self;
        let (id, new) = tx.add_file(stamp, centre, stored, *file_type).await?;
        let (sha256, name) = (stored.sha256.clone(), name.clone());
        let file = StoredFile { id, sha256, size: stored.size, file_type: *file_type, name };
        Ok((file, (!new).then(|| stored.place.clone())))
    }
}

/// Where a file is going.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    /// The store.
    pub blobs: &'a Blobs,
    /// Whose it will be.
    pub centre: CentreId,
    /// Bytes that the application holds already.
    pub held: u64,
    /// A name that no other upload uses.
    pub unique: &'a str,
}

/// Takes the file of a field. The outer error is a problem of ours or of the line, the inner one a refusal that people
/// can act on; in both cases nothing is stored.
pub async fn take(target: Target<'_>, mut field: Field<'_>) -> Result<Result<Taken, FileRefusal>, Problem> {
    let name = one_line(field.file_name().unwrap_or_default());
    let name: String = name.rsplit(['/', '\\']).next().unwrap_or_default().chars().take(200).collect();
    if name.is_empty() {
        return Ok(Err(FileRefusal::Missing));
    }
    let mut head = BytesMut::new();
    while head.len() < sniff::HEAD {
        match next(&mut field).await? {
            Some(part) => head.extend_from_slice(&part),
            None => break,
        }
    }
    let file_type = match sniff::check(&name, &head) {
        Ok(file_type) => file_type,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let mut incoming = target.blobs.begin(&target.centre.to_string(), target.unique)?;
    let office = matches!(file_type, FileType::Docx | FileType::Xlsx | FileType::Pptx);
    let mut tail = BytesMut::new();
    let mut part = Some(head.freeze());
    let refusal = loop {
        let Some(bytes) = part else { break None };
        if office {
            tail.extend_from_slice(&bytes);
            let surplus = tail.len().saturating_sub(sniff::TAIL);
            drop(tail.split_to(surplus));
        }
        if let Err(error) = incoming.take(bytes).await {
            incoming.abort().await;
            return Err(error.into());
        }
        if FILE_LIMIT < incoming.size() {
            break Some(FileRefusal::TooLarge);
        }
        if APPLICATION_LIMIT < target.held + incoming.size() {
            break Some(FileRefusal::ApplicationFull);
        }
        part = match next(&mut field).await {
            Ok(part) => part,
            Err(problem) => {
                incoming.abort().await;
                return Err(problem);
            }
        };
    };
    let renamed = (!sniff::office(file_type, &tail)).then_some(FileRefusal::Renamed);
    if let Some(refusal) = refusal.or(renamed) {
        incoming.abort().await;
        return Ok(Err(refusal));
    }
    Ok(Ok(Taken { stored: incoming.keep().await?, file_type, name }))
}

/// The form is too long, or the line broke, or it is no form: then there is nobody to answer, or nothing to read.
pub fn problem(error: &MultipartError) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE { Problem::TooLarge } else { Problem::Unreadable }
}

async fn next(field: &mut Field<'_>) -> Result<Option<Bytes>, Problem> {
    field.chunk().await.map_err(|error| problem(&error))
}
