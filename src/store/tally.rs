//! Tallies: how often something was tried lately, so that guessing becomes slow.

use super::{Result, Tx};
use crate::domain::{moment::Moment, snapshot::Digest, throttle::Tally};

statements! {
    /// Takes hold of a tally until the end of the transaction, also against requests at the same moment.
    HOLD = "INSERT INTO tally (key_hash, count, since, last_at) VALUES ($1, 0, $2, $2) ON CONFLICT (key_hash) DO UPDATE SET count = tally.count";
    /// Reads one.
    READ = "SELECT count, since, last_at FROM tally WHERE key_hash = $1";
    /// Writes one.
    WRITE = "UPDATE tally SET count = $2, since = $3, last_at = $4 WHERE key_hash = $1";
    /// Takes one back.
    FORGIVE = "UPDATE tally SET count = count - 1, last_at = CASE WHEN last_at = $2 THEN $3 ELSE last_at END WHERE key_hash = $1 AND 0 < count";
    /// Forgets one.
    FORGET = "DELETE FROM tally WHERE key_hash = $1";
    /// Those that say nothing any more.
    SWEEP = "DELETE FROM tally WHERE last_at < $1";
}

fn hashed(key: &str) -> String {
    Digest::of(key.as_bytes()).into()
}

impl Tx {
    /// A tally, held until the end of the transaction.
    pub async fn hold_tally(&mut self, key: &str, now: Moment) -> Result<Tally> {
        run!(self, HOLD, hashed(key), now.millis())?;
        let row = find!(self, (i64, i64, i64), READ, hashed(key))?.unwrap_or((0, now.millis(), now.millis()));
        Ok(Tally { count: row.0, since: Moment::from_millis(row.1), last: Moment::from_millis(row.2) })
    }

    /// Writes a tally that is held.
    pub async fn write_tally(&mut self, key: &str, tally: Tally) -> Result<()> {
        run!(self, WRITE, hashed(key), tally.count, tally.since.millis(), tally.last.millis())?;
        Ok(())
    }

    /// Takes back the try of one moment: it was right, and the last one is again that `before`.
    pub async fn forgive_tally(&mut self, key: &str, at: Moment, before: Moment) -> Result<()> {
        run!(self, FORGIVE, hashed(key), at.millis(), before.millis())?;
        Ok(())
    }

    /// Forgets a tally.
    pub async fn forget_tally(&mut self, key: &str) -> Result<()> {
        run!(self, FORGET, hashed(key))?;
        Ok(())
    }

    /// Removes tallies that say nothing any more.
    pub async fn sweep_tallies(&mut self, before: Moment) -> Result<u64> {
        run!(self, SWEEP, before.millis())
    }
}
