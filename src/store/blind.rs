//! What reviewers read. No statement here names a table that holds an identity.

use super::{Error, Result, Stamp, Tx};
use crate::domain::{
    blind::BlindCopy,
    checking::State,
    evidence::FileType,
    id::{ApplicationId, CycleId, FileId},
    snapshot::Digest,
};

statements! {
    /// The copy of one application.
    COPY = "SELECT alias, content FROM blind_copy WHERE application_id = $1";
    /// Writes it; a second acceptance after a return replaces the copy and keeps the alias.
    ADD = "INSERT INTO blind_copy (application_id, cycle_id, alias, edition, content) VALUES ($1, $2, $3, $4, $5) \
        ON CONFLICT (application_id) DO UPDATE SET edition = excluded.edition, content = excluded.content";
    /// Whether an alias is taken.
    TAKEN = "SELECT application_id FROM blind_copy WHERE alias = $1";
    /// The bytes behind a letter.
    FILE = "SELECT f.id, f.type, k.state, k.pages FROM application a JOIN file f ON f.centre_id = a.centre_id JOIN file_check k ON k.file_id = f.id \
        WHERE a.id = $1 AND f.sha256 = $2";
}

/// The copy of one application, under its alias.
#[derive(Clone, Debug)]
pub struct Blind {
    /// What stands in for the centre: "K7QF".
    pub alias: String,
    /// What reviewers read.
    pub copy: BlindCopy,
}

/// The file behind a piece of evidence.
#[derive(Clone, Debug)]
pub struct BlindFile {
    /// Which one.
    pub id: FileId,
    /// What it is.
    pub file_type: FileType,
    /// Whether reviewers may see its copy.
    pub ready: bool,
    /// How many pages of the copy can be drawn.
    pub pages: Option<u32>,
}

impl Tx {
    /// What reviewers of an application read; none until screening has accepted it.
    pub async fn blind_copy(&mut self, application: ApplicationId) -> Result<Option<Blind>> {
        let Some((alias, content)) = find!(self, (String, String), COPY, application.to_string())? else {
            return Ok(None);
        };
        let copy = serde_json::from_str(&content)
            .map_err(|_| Error::Inconsistent("blind_copy", "content", application.to_string()))?;
        Ok(Some(Blind { alias, copy }))
    }

    /// Writes what reviewers will read, under a new alias or the one it has. Part of the transaction that accepts the
    /// application, which records it.
    pub async fn add_blind_copy(
        &mut self,
        stamp: &Stamp,
        application: ApplicationId,
        cycle: CycleId,
        copy: &BlindCopy,
    ) -> Result<String> {
        let alias = match self.blind_copy(application).await? {
            Some(blind) => blind.alias,
            None => self.free_alias(stamp).await?,
        };
        let content = serde_json::to_string(copy)
            .map_err(|_| Error::Inconsistent("blind_copy", "content", application.to_string()))?;
        let (edition, place) = (copy.edition.clone(), application.to_string());
        run!(self, ADD, place, cycle.to_string(), alias.clone(), edition, content)?;
        Ok(alias)
    }

    async fn free_alias(&mut self, stamp: &Stamp) -> Result<String> {
        for _ in 0..64 {
            let alias = crate::domain::blind::alias(stamp.chance.bits());
            if find!(self, (String,), TAKEN, alias.clone())?.is_none() {
                return Ok(alias);
            }
        }
        Err(Error::Taken)
    }

    /// The bytes with this digest that belong to an application's centre.
    pub async fn blind_file(&mut self, application: ApplicationId, digest: &Digest) -> Result<Option<BlindFile>> {
        let row = find!(
            self,
            (String, String, String, Option<i64>),
            FILE,
            application.to_string(),
            digest.as_str().to_owned()
        )?;
        row.map(|(id, file_type, state, pages)| {
            let wrong = |column| Error::Inconsistent("file", column, id.clone());
            Ok(BlindFile {
                id: FileId::parse(&id).ok_or_else(|| wrong("id"))?,
                file_type: FileType::ALL
                    .into_iter()
                    .find(|t| t.extension() == file_type)
                    .ok_or_else(|| wrong("type"))?,
                ready: state == State::Ready.key(),
                pages: pages.and_then(|pages| u32::try_from(pages).ok()),
            })
        })
        .transpose()
    }
}
