//! Frozen applications.

use super::{Error, Result, Stamp, Tx};
use crate::domain::{id::ApplicationId, moment::Moment, snapshot::Digest};

statements! {
    /// Freezes one more.
    ADD = "INSERT INTO snapshot (application_id, number, sha256, content, at) SELECT $1, CAST(COALESCE(MAX(number), 0) + 1 AS BIGINT), $2, $3, $4 \
        FROM snapshot WHERE application_id = $1";
    /// By its digest.
    BY_DIGEST = "SELECT content, at FROM snapshot WHERE application_id = $1 AND sha256 = $2 ORDER BY number DESC LIMIT 1";
    /// All of them, for the check that hashes hold.
    EVERY = "SELECT application_id, number, sha256, content FROM snapshot ORDER BY application_id, number";
}

impl Tx {
    /// Freezes the canonical bytes of an application.
    pub async fn freeze(&mut self, stamp: &Stamp, application: ApplicationId, content: &str) -> Result<Digest> {
        let digest = Digest::of(content.as_bytes());
        run!(self, ADD, application.to_string(), digest.as_str().to_owned(), content.to_owned(), stamp.now.millis())?;
        Ok(digest)
    }

    /// The frozen bytes with this digest.
    pub async fn snapshot(&mut self, application: ApplicationId, digest: &Digest) -> Result<Option<(String, Moment)>> {
        let row = find!(self, (String, i64), BY_DIGEST, application.to_string(), digest.as_str().to_owned())?;
        Ok(row.map(|(content, at)| (content, Moment::from_millis(at))))
    }

    /// The snapshots whose bytes do not have the digest that is written beside them; and how many there are in all.
    pub async fn broken_snapshots(&mut self) -> Result<(usize, Vec<String>)> {
        let rows = list!(self, (String, i64, String, String), EVERY)?;
        let broken = rows.iter().filter(|(.., sha256, content)| Digest::of(content.as_bytes()).as_str() != sha256);
        let names =
            broken.map(|(application, number, ..)| format!("snapshot {number} of application {application}")).collect();
        Ok((rows.len(), names))
    }
}

/// A frozen application that cannot be read back is an inconsistency, never a page.
pub fn read(content: &str) -> Result<crate::domain::snapshot::Snapshot> {
    serde_json::from_str(content).map_err(|_| Error::Inconsistent("snapshot", "content", String::new()))
}
