//! Who is signed in, as administrators see it: how many, with which roles, and the way to end a session at once.

use super::{Result, Stamp, Tx, account::PersonName, account::read_id, ensure_one, event::What};
use crate::domain::{id::AccountId, moment::Moment};
use time::OffsetDateTime;

statements! {
    /// Sessions of one person, the newest first. The reference is a part of the hash of the key: it opens nothing.
    OF_ACCOUNT = "SELECT substr(s.key_hash, 1, 16), s.account_id, p.name, s.seen_at, s.expires_at FROM session s \
        JOIN person p ON p.account_id = s.account_id WHERE s.account_id = $1 AND $2 < s.expires_at ORDER BY s.seen_at DESC";
    /// Sessions that were seen last.
    NEWEST = "SELECT substr(s.key_hash, 1, 16), s.account_id, p.name, s.seen_at, s.expires_at FROM session s \
        JOIN person p ON p.account_id = s.account_id WHERE $1 < s.expires_at ORDER BY s.seen_at DESC LIMIT 100";
    /// How many sessions and people there are.
    COUNT = "SELECT CAST(COUNT(*) AS BIGINT), CAST(COUNT(DISTINCT s.account_id) AS BIGINT) FROM session s \
        WHERE s.account_id IS NOT NULL AND $1 < s.expires_at";
    /// The same by role; somebody with several roles counts for each.
    BY_ROLE = "SELECT r.role, CAST(COUNT(DISTINCT s.key_hash) AS BIGINT), CAST(COUNT(DISTINCT s.account_id) AS BIGINT) FROM session s \
        JOIN (SELECT account_id, role FROM membership UNION SELECT account_id, role FROM role_grant WHERE ended_at IS NULL) r \
        ON r.account_id = s.account_id WHERE $1 < s.expires_at GROUP BY r.role ORDER BY r.role";
    /// Ends all of one person.
    END_ALL = "DELETE FROM session WHERE account_id = $1";
    /// Ends one of them.
    END_ONE = "DELETE FROM session WHERE account_id = $1 AND substr(key_hash, 1, 16) = $2";
}

/// One session, without its key.
#[derive(Clone, Debug)]
pub struct Present {
    /// Names it on pages: 16 hexadecimal digits.
    pub reference: String,
    /// Whose it is.
    pub account: AccountId,
    /// Their name.
    pub name: PersonName,
    /// When it was last written.
    pub seen: Moment,
    /// When it ends by itself.
    pub until: Moment,
}

/// How many are signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crowd {
    /// The key of a role; empty for everybody.
    pub role: String,
    /// Sessions.
    pub sessions: i64,
    /// People.
    pub people: i64,
}

type Row = (String, String, String, i64, i64);

fn present((reference, account, name, seen, until): Row) -> Result<Present> {
    Ok(Present {
        reference,
        account: read_id(&account, "session")?,
        name: PersonName::new(name),
        seen: Moment::from_millis(seen),
        until: Moment::from_millis(until),
    })
}

/// Sessions live by the clock of the system, also in the demo.
fn now() -> i64 {
    i64::try_from(OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX)
}

impl Tx {
    /// The sessions of one person, the newest first.
    pub async fn sessions_of(&mut self, account: AccountId) -> Result<Vec<Present>> {
        list!(self, Row, OF_ACCOUNT, account.to_string(), now())?.into_iter().map(present).collect()
    }

    /// The sessions that were seen last, at most a hundred.
    pub async fn newest_sessions(&mut self) -> Result<Vec<Present>> {
        list!(self, Row, NEWEST, now())?.into_iter().map(present).collect()
    }

    /// How many are signed in: everybody first, then by role.
    pub async fn crowd(&mut self) -> Result<Vec<Crowd>> {
        let (sessions, people) = find!(self, (i64, i64), COUNT, now())?.unwrap_or_default();
        let mut all = vec![Crowd { role: String::new(), sessions, people }];
        let rows = list!(self, (String, i64, i64), BY_ROLE, now())?;
        all.extend(rows.into_iter().map(|(role, sessions, people)| Crowd { role, sessions, people }));
        Ok(all)
    }

    /// Ends all sessions of somebody at once; answers with how many there were.
    pub async fn end_sessions_of(&mut self, stamp: &Stamp, account: AccountId) -> Result<u64> {
        let count = run!(self, END_ALL, account.to_string())?;
        if count != 0 {
            self.record(stamp, What::SessionsEnded, &account.to_string(), &count.to_string()).await?;
        }
        Ok(count)
    }

    /// Ends one session of somebody at once. [`super::Error::Stale`] when it has ended already.
    pub async fn end_session(&mut self, stamp: &Stamp, account: AccountId, reference: &str) -> Result<()> {
        ensure_one(run!(self, END_ONE, account.to_string(), reference.to_owned())?)?;
        self.record(stamp, What::SessionsEnded, &account.to_string(), "1").await
    }
}
