//! Who is signed in, as administrators see it: how many, with which roles.

use super::{
    Result, Tx,
    account::{PersonName, read_id},
    session::idle,
};
use crate::domain::{id::AccountId, moment::Moment};

statements! {
    /// Sessions that were seen last.
    NEWEST = "SELECT s.handle, s.account_id, p.name, s.seen_at FROM session s \
        JOIN person p ON p.account_id = s.account_id WHERE s.handle IS NOT NULL AND $1 < s.expires_at AND $2 < s.seen_at ORDER BY s.seen_at DESC LIMIT 100";
    /// How many sessions and people there are.
    COUNT = "SELECT CAST(COUNT(*) AS BIGINT), CAST(COUNT(DISTINCT s.account_id) AS BIGINT) FROM session s \
        WHERE s.handle IS NOT NULL AND $1 < s.expires_at AND $2 < s.seen_at";
    /// The same by role; somebody with several roles counts for each.
    BY_ROLE = "SELECT r.role, CAST(COUNT(DISTINCT s.key_hash) AS BIGINT), CAST(COUNT(DISTINCT s.account_id) AS BIGINT) FROM session s \
        JOIN (SELECT account_id, role FROM membership UNION SELECT account_id, role FROM role_grant WHERE ended_at IS NULL) r \
        ON r.account_id = s.account_id WHERE s.handle IS NOT NULL AND $1 < s.expires_at AND $2 < s.seen_at GROUP BY r.role ORDER BY r.role";
}

/// One session, without its key.
#[derive(Clone, Debug)]
pub struct Present {
    /// By which it can be ended; it opens nothing.
    pub handle: String,
    /// Whose it is.
    pub account: AccountId,
    /// Their name.
    pub name: PersonName,
    /// When it was last seen.
    pub seen: Moment,
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

type Row = (String, String, String, i64);

impl Tx {
    /// The sessions that were seen last, at most a hundred. `now` is by the clock of the sessions.
    pub async fn newest_sessions(&mut self, now: Moment) -> Result<Vec<Present>> {
        let rows = list!(self, Row, NEWEST, now.millis(), idle(now))?;
        let present = |(handle, account, name, seen): Row| {
            Ok(Present {
                handle,
                account: read_id(&account, "session")?,
                name: PersonName::new(name),
                seen: Moment::from_millis(seen),
            })
        };
        rows.into_iter().map(present).collect()
    }

    /// How many are signed in: everybody first, then by role. `now` is by the clock of the sessions.
    pub async fn crowd(&mut self, now: Moment) -> Result<Vec<Crowd>> {
        let (sessions, people) = find!(self, (i64, i64), COUNT, now.millis(), idle(now))?.unwrap_or_default();
        let mut all = vec![Crowd { role: String::new(), sessions, people }];
        let rows = list!(self, (String, i64, i64), BY_ROLE, now.millis(), idle(now))?;
        all.extend(rows.into_iter().map(|(role, sessions, people)| Crowd { role, sessions, people }));
        Ok(all)
    }
}
