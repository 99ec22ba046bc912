//! Bytes in the blob store, and which file they belong to.

use super::{Error, Result, Stamp, Tx};
use crate::{
    domain::{
        evidence::FileType,
        id::{CentreId, FileId},
        snapshot::Digest,
    },
    evidence::blobs::Stored,
};

statements! {
    /// Bytes that are durable.
    ADD = "INSERT INTO blob (place, sealed_key, sha256, size, stored_at) VALUES ($1, $2, $3, $4, $5)";
    /// They belong to a file; what stood there before is swept away later.
    ATTACH = "INSERT INTO file_blob (file_id, kind, place) VALUES ($1, $2, $3) ON CONFLICT (file_id, kind) DO UPDATE SET place = excluded.place";
    /// What belongs to a file.
    OF_FILE = "SELECT b.place, b.sealed_key, b.sha256, b.size FROM file_blob f JOIN blob b ON b.place = f.place WHERE f.file_id = $1 AND f.kind = $2";
    /// A file from before bytes were sealed.
    IN_THE_CLEAR = "SELECT f.centre_id, f.sha256, f.size FROM file f WHERE f.id = $1 \
        AND NOT EXISTS (SELECT 1 FROM file_blob b WHERE b.file_id = f.id AND b.kind = 'original')";
    /// All of those.
    ALL_IN_THE_CLEAR = "SELECT f.centre_id, f.sha256, f.size FROM file f \
        WHERE NOT EXISTS (SELECT 1 FROM file_blob b WHERE b.file_id = f.id AND b.kind = 'original') ORDER BY f.id";
    /// All bytes that are sealed, from a place on.
    AFTER = "SELECT place, sealed_key, sha256, size FROM blob WHERE $1 < place ORDER BY place LIMIT $2";
    /// The file with this content, within one centre.
    FILE_BY_HASH = "SELECT id FROM file WHERE centre_id = $1 AND sha256 = $2";
    /// A new file.
    ADD_FILE = "INSERT INTO file (id, centre_id, sha256, size, type, stored_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (centre_id, sha256) DO NOTHING";
    /// It waits for its turn to be looked at.
    RECEIVED = "INSERT INTO file_check (file_id, state, tries, due_at, changed_at) VALUES ($1, 'received', 0, $2, $2)";
}

/// How many rows are read at once.
const PAGE: i64 = 500;

/// What some bytes are to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlobKind {
    /// As they were sent.
    Original,
    /// Without what tells who made it.
    Copy,
    /// The text in it.
    Text,
}

impl BlobKind {
    const fn key(self) -> &'static str {
        match self {
            Self::Original => "original",
            Self::Copy => "copy",
            Self::Text => "text",
        }
    }
}

type Row = (String, String, String, i64);

fn stored((place, sealed_key, sha256, size): Row) -> Result<Stored> {
    let wrong = |column| Error::Inconsistent("blob", column, place.clone());
    let sha256 = Digest::parse(&sha256).ok_or_else(|| wrong("sha256"))?;
    let size = u64::try_from(size).map_err(|_| wrong("size"))?;
    // Only files without a row lie in the clear.
    if sealed_key.is_empty() {
        return Err(wrong("sealed_key"));
    }
    Ok(Stored { sha256, size, place, sealed_key })
}

fn in_the_clear((centre, sha256, size): (String, String, i64)) -> Result<Stored> {
    match (CentreId::parse(&centre), Digest::parse(&sha256), u64::try_from(size).ok()) {
        (Some(centre), Some(digest), Some(size)) => Ok(Stored::in_the_clear(centre, digest, size)),
        _ => Err(Error::Inconsistent("file", "sha256", sha256)),
    }
}

impl Tx {
    /// The row of bytes that are durable.
    pub async fn add_blob(&mut self, stamp: &Stamp, stored: &Stored) -> Result<()> {
        let size = i64::try_from(stored.size).unwrap_or(i64::MAX);
        let (place, key, hash) = (stored.place.clone(), stored.sealed_key.clone(), stored.sha256.as_str().to_owned());
        run!(self, ADD, place, key, hash, size, stamp.now.millis())?;
        Ok(())
    }

    /// They belong to a file from now on, in place of what did before.
    pub async fn attach_blob(&mut self, file: FileId, kind: BlobKind, stored: &Stored) -> Result<()> {
        run!(self, ATTACH, file.to_string(), kind.key(), stored.place.clone())?;
        Ok(())
    }

    /// What belongs to a file.
    pub async fn blob_of(&mut self, file: FileId, kind: BlobKind) -> Result<Option<Stored>> {
        if let Some(row) = find!(self, Row, OF_FILE, file.to_string(), kind.key())? {
            return stored(row).map(Some);
        }
        if kind != BlobKind::Original {
            return Ok(None);
        }
        find!(self, (String, String, i64), IN_THE_CLEAR, file.to_string())?.map(in_the_clear).transpose()
    }

    /// Some of all the bytes, in the order of their places, after one of them; none at the end.
    pub async fn blobs_after(&mut self, place: &str) -> Result<Vec<Stored>> {
        list!(self, Row, AFTER, place.to_owned(), PAGE)?.into_iter().map(stored).collect()
    }

    /// The bytes of files from before they were sealed.
    pub async fn blobs_in_the_clear(&mut self) -> Result<Vec<Stored>> {
        list!(self, (String, String, i64), ALL_IN_THE_CLEAR)?.into_iter().map(in_the_clear).collect()
    }

    /// All bytes.
    pub async fn all_blobs(&mut self) -> Result<Vec<Stored>> {
        let mut all = self.blobs_in_the_clear().await?;
        let mut place = String::new();
        loop {
            let page = self.blobs_after(&place).await?;
            let Some(last) = page.last() else { return Ok(all) };
            place.clone_from(&last.place);
            all.extend(page);
        }
    }

    /// The row for bytes that are durable, and whether it is new; the existing one when the centre has the same bytes, and
    /// then these are surplus.
    pub async fn add_file(
        &mut self,
        stamp: &Stamp,
        centre: CentreId,
        stored: &Stored,
        kind: FileType,
    ) -> Result<(FileId, bool)> {
        let id = FileId::new(stamp.chance.bits());
        let hash = stored.sha256.as_str().to_owned();
        let size = i64::try_from(stored.size).unwrap_or(i64::MAX);
        let (centre, now) = (centre.to_string(), stamp.now.millis());
        let added = run!(self, ADD_FILE, id.to_string(), centre.clone(), hash.clone(), size, kind.extension(), now)?;
        if added == 0 {
            let row = find!(self, (String,), FILE_BY_HASH, centre, hash.clone())?;
            let id = row.and_then(|(id,)| FileId::parse(&id)).ok_or(Error::Inconsistent("file", "id", hash))?;
            return Ok((id, false));
        }
        self.add_blob(stamp, stored).await?;
        self.attach_blob(id, BlobKind::Original, stored).await?;
        run!(self, RECEIVED, id.to_string(), now)?;
        Ok((id, true))
    }
}
