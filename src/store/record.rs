//! The chain of the record: appending to it, closing it to changes, reading it back, and its signed heads.
//!
//! Its end is one row, `record_head`. Every writer updates it as the last thing before the commit, which on PostgreSQL
//! holds back the others until then: lines are chained in the order in which they become visible, and a row that is taken
//! last by everybody cannot be part of a deadlock. On SQLite there is one writer anyhow.

use super::{Error, Result, Tx};
use crate::domain::record::{BEGINNING, Head, Line, Link};

statements! {
    /// Takes the end of the chain and moves it on; the hash is still that of the line before.
    TAKE = "UPDATE record_head SET seq = seq + $1 WHERE id = 1 RETURNING seq, hash";
    /// The hash of the new end.
    MOVE = "UPDATE record_head SET hash = $1 WHERE id = 1";
    /// The end.
    HEAD = "SELECT seq, hash FROM record_head WHERE id = 1";
    /// Appends.
    APPEND = "INSERT INTO event (id, at, actor_id, kind, subject, detail, request_id, seq, previous, hash) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    /// Lines from before there was a chain, in the order in which they are adopted.
    UNCHAINED = "SELECT id, at, actor_id, kind, subject, detail, request_id FROM event \
        WHERE seq IS NULL AND (at, id) > ($1, $2) ORDER BY at, id LIMIT 2000";
    /// Gives one of them its place.
    ADOPT = "UPDATE event SET seq = $2, previous = $3, hash = $4 WHERE id = $1";
    /// A part of the chain, in its order.
    PART = "SELECT id, at, actor_id, kind, subject, detail, request_id, seq, previous, hash FROM event \
        WHERE (seq, id) > ($1, $2) ORDER BY seq, id LIMIT 1000";
    /// The place of the line with a hash.
    PLACE = "SELECT seq, id FROM event WHERE hash = $1 LIMIT 1";
    /// Lines that stand outside the chain.
    OUTSIDE = "SELECT id FROM event WHERE seq IS NULL ORDER BY id LIMIT 20";
    /// The head of a day; the first one stays.
    ADD_SIGNED = "INSERT INTO signed_head (day, seq, hash, public_key, signature) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (day) DO NOTHING";
    /// The newest signed head.
    NEWEST_SIGNED = "SELECT day, seq, hash, public_key, signature FROM signed_head ORDER BY day DESC LIMIT 1";
    /// All signed heads.
    SIGNED = "SELECT day, seq, hash, public_key, signature FROM signed_head ORDER BY day";
    /// Those before a day, the newest first.
    SIGNED_BEFORE = "SELECT day, seq, hash, public_key, signature FROM signed_head WHERE day < $1 ORDER BY day DESC LIMIT 101";
}

/// The one place where the engines have no text in common: what keeps a table from being changed. The triggers are made
/// at every start, so that one that was dropped comes back, and they cannot be prepared before their tables are there;
/// hence neither a migration nor an entry in [`ALL`]. They stop mistakes and hasty hands; whoever owns the database can
/// drop them, and is found by the chain.
const SQLITE_GUARDS: [&str; 5] = [
    "CREATE TRIGGER IF NOT EXISTS event_not_edited BEFORE UPDATE ON event \
     BEGIN SELECT RAISE(ABORT, 'the record is only appended to'); END",
    "CREATE TRIGGER IF NOT EXISTS event_not_deleted BEFORE DELETE ON event \
     BEGIN SELECT RAISE(ABORT, 'the record is only appended to'); END",
    // `INSERT OR REPLACE` deletes without asking the trigger above.
    "CREATE TRIGGER IF NOT EXISTS event_chained BEFORE INSERT ON event \
     WHEN NEW.seq IS NULL OR EXISTS (SELECT 1 FROM event WHERE id = NEW.id OR seq = NEW.seq) \
     BEGIN SELECT RAISE(ABORT, 'the record is only appended to'); END",
    "CREATE TRIGGER IF NOT EXISTS signed_head_not_edited BEFORE UPDATE ON signed_head \
     BEGIN SELECT RAISE(ABORT, 'the record is only appended to'); END",
    "CREATE TRIGGER IF NOT EXISTS signed_head_not_deleted BEFORE DELETE ON signed_head \
     BEGIN SELECT RAISE(ABORT, 'the record is only appended to'); END",
];

/// The same for PostgreSQL.
const POSTGRES_GUARDS: [&str; 4] = [
    "CREATE OR REPLACE FUNCTION only_appended_to() RETURNS trigger LANGUAGE plpgsql AS \
     $$ BEGIN RAISE EXCEPTION 'the record is only appended to'; END $$",
    "CREATE OR REPLACE TRIGGER event_not_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON event \
     FOR EACH STATEMENT EXECUTE FUNCTION only_appended_to()",
    "CREATE OR REPLACE TRIGGER event_chained BEFORE INSERT ON event \
     FOR EACH ROW WHEN (NEW.seq IS NULL) EXECUTE FUNCTION only_appended_to()",
    "CREATE OR REPLACE TRIGGER signed_head_not_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON signed_head \
     FOR EACH STATEMENT EXECUTE FUNCTION only_appended_to()",
];

/// Reads may be erased when their time is over, and never changed.
const SQLITE_READING_GUARD: &str = "CREATE TRIGGER IF NOT EXISTS reading_not_edited BEFORE UPDATE ON reading \
     BEGIN SELECT RAISE(ABORT, 'the record is only appended to'); END";

/// The same for PostgreSQL.
const POSTGRES_READING_GUARD: &str = "CREATE OR REPLACE TRIGGER reading_not_changed BEFORE UPDATE OR TRUNCATE ON reading \
     FOR EACH STATEMENT EXECUTE FUNCTION only_appended_to()";

/// The head of one day with its signature. Texts as they stand there: what does not fit is a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedHead {
    /// "2027-03-05", in UTC.
    pub day: String,
    /// The line it names. Not signed and not published.
    pub seq: i64,
    /// The hash of that line.
    pub hash: String,
    /// The Ed25519 key in 64 hexadecimal digits.
    pub public_key: String,
    /// The signature in 128.
    pub signature: String,
}

type LineRow = (String, i64, Option<String>, String, String, String, String);
type LinkRow =
    (String, i64, Option<String>, String, String, String, String, Option<i64>, Option<String>, Option<String>);
type SignedRow = (String, i64, String, String, String);

pub(super) fn line((id, at, actor, kind, subject, detail, request_id): LineRow) -> Line {
    Line { id, at, actor, kind, subject, detail, request_id }
}

fn link((id, at, actor, kind, subject, detail, request_id, seq, previous, hash): LinkRow) -> Link {
    Link {
        seq: seq.unwrap_or_default(),
        previous: previous.unwrap_or_default(),
        hash: hash.unwrap_or_default(),
        line: line((id, at, actor, kind, subject, detail, request_id)),
    }
}

fn signed((day, seq, hash, public_key, signature): SignedRow) -> SignedHead {
    SignedHead { day, seq, hash, public_key, signature }
}

impl Tx {
    /// Takes the end of the chain for this many lines: the number of the first of them, and the hash it follows.
    async fn take_end(&mut self, lines: usize) -> Result<(i64, String)> {
        let count = i64::try_from(lines).unwrap_or(i64::MAX);
        let row = find!(self, (i64, String), TAKE, count)?;
        let (seq, hash) = row.ok_or_else(|| Error::Inconsistent("record_head", "seq", "none".into()))?;
        Ok((seq - count + 1, hash))
    }

    /// Takes the end of the chain until the commit: whatever was changed by those who had it before is seen from now on.
    /// Whoever has it must wait for nobody any more.
    pub(super) async fn wait_for_my_turn(&mut self) -> Result<()> {
        self.take_end(0).await.map(drop)
    }

    /// Writes the waiting lines at the end of the chain.
    pub(super) async fn chain(&mut self) -> Result<()> {
        let lines = self.waiting().map(std::mem::take).unwrap_or_default();
        if lines.is_empty() {
            return Ok(());
        }
        let (first, mut previous) = self.take_end(lines.len()).await?;
        for (seq, line) in (first..).zip(lines) {
            let hash = String::from(line.hash_after(&previous));
            run!(
                self,
                APPEND,
                line.id.clone(),
                line.at,
                line.actor.clone(),
                line.kind.clone(),
                line.subject.clone(),
                line.detail.clone(),
                line.request_id.clone(),
                seq,
                previous,
                hash.clone(),
            )?;
            previous = hash;
        }
        run!(self, MOVE, previous)?;
        Ok(())
    }

    /// Writes the lines of this transaction now and answers with the end of the chain, which is held until the commit.
    pub async fn head_with_my_lines(&mut self) -> Result<Head> {
        self.chain().await?;
        self.wait_for_my_turn().await?;
        self.head().await
    }

    /// The end of the chain.
    pub async fn head(&mut self) -> Result<Head> {
        let row = find!(self, (i64, String), HEAD)?;
        Ok(row.map_or_else(|| Head { seq: 0, hash: BEGINNING.into() }, |(seq, hash)| Head { seq, hash }))
    }

    /// Takes lines from before there was a chain into it, once: when a chain has begun, a line outside it is a finding.
    pub(super) async fn adopt_record(&mut self) -> Result<()> {
        let (next, mut previous) = self.take_end(0).await?;
        if next != 1 {
            return Ok(());
        }
        let (mut seq, mut after) = (0_i64, (i64::MIN, String::new()));
        loop {
            let rows = list!(self, LineRow, UNCHAINED, after.0, after.1.clone())?;
            let Some(last) = rows.last() else { break };
            after = (last.1, last.0.clone());
            for row in rows {
                let line = line(row);
                let hash = String::from(line.hash_after(&previous));
                seq += 1;
                run!(self, ADOPT, line.id.clone(), seq, previous, hash.clone())?;
                previous = hash;
            }
        }
        if seq != 0 {
            self.take_end(usize::try_from(seq).unwrap_or_default()).await?;
            run!(self, MOVE, previous)?;
        }
        Ok(())
    }

    /// Closes the record to changes.
    pub(super) async fn guard_record(&mut self) -> Result<()> {
        let guards = match self {
            Self::Sqlite(_) | Self::SqliteReader(_) => SQLITE_GUARDS.as_slice(),
            Self::Postgres(_) | Self::PostgresReader(_) => POSTGRES_GUARDS.as_slice(),
        };
        for guard in guards.iter().copied() {
            run!(self, guard)?;
        }
        Ok(())
    }

    /// Closes reads to changes. In a transaction of its own, which does not hold the end of the chain: writers hold reads
    /// when they take the end, and would wait for a lock on the table that waits for them.
    pub(super) async fn guard_readings(&mut self) -> Result<()> {
        let guard = match self {
            Self::Sqlite(_) | Self::SqliteReader(_) => SQLITE_READING_GUARD,
            Self::Postgres(_) | Self::PostgresReader(_) => POSTGRES_READING_GUARD,
        };
        run!(self, guard)?;
        Ok(())
    }

    /// Up to 1000 lines after one, in the order of their numbers.
    pub async fn links_after(&mut self, seq: i64, id: &str) -> Result<Vec<Link>> {
        Ok(list!(self, LinkRow, PART, seq, id.to_owned())?.into_iter().map(link).collect())
    }

    /// The number and identifier of the line with this hash.
    pub async fn place_of(&mut self, hash: &str) -> Result<Option<(i64, String)>> {
        find!(self, (i64, String), PLACE, hash.to_owned())
    }

    /// Lines that stand outside the chain; at most 20 are named.
    pub async fn outside_the_chain(&mut self) -> Result<Vec<String>> {
        Ok(list!(self, (String,), OUTSIDE)?.into_iter().map(|(id,)| id).collect())
    }

    /// Keeps a signed head; false when the day has one already.
    pub async fn add_signed_head(&mut self, head: &SignedHead) -> Result<bool> {
        let added = run!(
            self,
            ADD_SIGNED,
            head.day.clone(),
            head.seq,
            head.hash.clone(),
            head.public_key.clone(),
            head.signature.clone(),
        )?;
        Ok(added == 1)
    }

    /// The newest signed head.
    pub async fn newest_signed_head(&mut self) -> Result<Option<SignedHead>> {
        Ok(find!(self, SignedRow, NEWEST_SIGNED)?.map(signed))
    }

    /// All signed heads, the oldest first.
    pub async fn signed_heads(&mut self) -> Result<Vec<SignedHead>> {
        Ok(list!(self, SignedRow, SIGNED)?.into_iter().map(signed).collect())
    }

    /// Up to 101 signed heads from before a day, the newest first.
    pub async fn signed_heads_before(&mut self, day: &str) -> Result<Vec<SignedHead>> {
        Ok(list!(self, SignedRow, SIGNED_BEFORE, day.to_owned())?.into_iter().map(signed).collect())
    }
}
