//! Questions about the database itself.

use super::{Result, Tx};

statements! {
    /// That the database answers.
    PING = "SELECT CAST(COUNT(*) AS BIGINT) FROM cycle";
    /// That the database can be written: touches no row, but takes the write path.
    PROBE = "UPDATE cycle SET name = name WHERE id = ''";
}

/// Only SQLite knows it; therefore not one of [`ALL`].
pub(super) const SQLITE_VERSION: &str = "SELECT sqlite_version()";

impl Tx {
    /// Reads something.
    pub async fn ping(&mut self) -> Result<i64> {
        Ok(find!(self, (i64,), PING)?.map_or(0, |row| row.0))
    }

    /// Takes the write path without changing anything.
    pub async fn probe(&mut self) -> Result<()> {
        run!(self, PROBE)?;
        Ok(())
    }
}
