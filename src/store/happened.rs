//! What happened, as people are shown it: by reference, never by name, and nothing that crosses the blind.
//!
//! Administrators see everything but what concerns applications of a centre that they work for themselves or have a
//! conflict with. Whoever adds a kind that happens across the blind names as its subject the application or something that
//! the view `own_matter` leads to it from, so that this holds for it too. A person sees what they did, and of what others did only [`ABOUT_ACCOUNT`]. Numbers of lines are shown to nobody:
//! a gap would tell of what is hidden. A page is continued after the last line that it shows, by the identifier of that
//! line.

use super::{Error, Result, Tx, event::What};
use crate::domain::{
    id::{AccountId, EventId},
    moment::Moment,
};

/// How many lines a page shows.
pub const PAGE: usize = 50;

/// What others do that the person whose account it is may know of.
pub const ABOUT_ACCOUNT: &[What] =
    &[What::SignInRefused, What::AccountCreated, What::MemberRemoved, What::AccountErased];

// One statement for each filter that an index serves best; the others are conditions on what it finds. `+ 0` keeps the planner
// from an index that is not the way: from sorting the whole record by time, or from walking all of it backwards.
statements! {
    /// Everything but the bookkeeping of reads, or what has no better index.
    ALL_KINDS = "SELECT id, at, actor_id, kind, subject, detail FROM event e WHERE seq < $1 AND (kind = $2 OR ($2 = '' AND kind <> 'ReadsRecorded')) AND $3 <= at + 0 AND at + 0 < $4 \
        AND ($5 = '' OR actor_id = $5 OR subject = $5) \
        AND e.subject NOT IN (SELECT o.subject FROM own_matter o WHERE o.account_id = $6) ORDER BY seq DESC LIMIT 51";
    /// Of one kind.
    OF_KIND = "SELECT id, at, actor_id, kind, subject, detail FROM event e WHERE seq < $1 AND kind = $2 AND $3 <= at AND at < $4 \
        AND ($5 = '' OR actor_id = $5 OR subject = $5) \
        AND e.subject NOT IN (SELECT o.subject FROM own_matter o WHERE o.account_id = $6) ORDER BY seq DESC LIMIT 51";
    /// Of one day.
    OF_DAY = "SELECT id, at, actor_id, kind, subject, detail FROM event e WHERE seq + 0 < $1 AND (kind = $2 OR ($2 = '' AND kind <> 'ReadsRecorded')) AND $3 <= at AND at < $4 \
        AND ($5 = '' OR actor_id = $5 OR subject = $5) \
        AND e.subject NOT IN (SELECT o.subject FROM own_matter o WHERE o.account_id = $6) ORDER BY seq + 0 DESC LIMIT 51";
    /// By one account or about it.
    OF_ACCOUNT = "SELECT id, at, actor_id, kind, subject, detail FROM event e WHERE seq + 0 < $1 AND ($2 = '' OR kind = $2) AND $3 <= at AND at < $4 \
        AND (actor_id = $5 OR subject = $5) \
        AND e.subject NOT IN (SELECT o.subject FROM own_matter o WHERE o.account_id = $6) ORDER BY seq + 0 DESC LIMIT 51";
    /// What was opened.
    READINGS = "SELECT id, at, actor_id, kind, subject, detail FROM reading r WHERE (at, id) < ($1, $2) AND kind = $3 AND $4 <= at AND at < $5 \
        AND ($6 = '' OR actor_id = $6) \
        AND r.subject NOT IN (SELECT o.subject FROM own_matter o WHERE o.account_id = $7) ORDER BY at DESC, id DESC LIMIT 51";
    /// Where a page goes on.
    SEQ_OF = "SELECT CAST(COALESCE(MAX(seq), 0) AS BIGINT) FROM event WHERE id = $1";
    /// Where a page of what was opened goes on.
    READ_AT = "SELECT CAST(COALESCE(MAX(at), 0) AS BIGINT) FROM reading WHERE id = $1";
    /// What somebody did, and what others did with their account.
    MINE = "SELECT e.id, e.at, e.actor_id, e.kind, e.subject, e.detail, \
        (SELECT string_agg(g.role, ' ') FROM role_grant g WHERE g.account_id = a.id AND g.ended_at IS NULL) AS roles FROM event e LEFT JOIN account a ON a.id = e.actor_id \
        WHERE e.seq + 0 < $1 AND (e.actor_id = $2 OR e.subject = $2 OR (e.kind = 'MemberRemoved' AND e.detail = $2)) \
        AND (e.actor_id = $2 OR $3 LIKE '% ' || e.kind || ' %') ORDER BY e.seq + 0 DESC LIMIT 51";
    /// What somebody opened.
    OPENED = "SELECT id, at, kind, subject, detail FROM reading WHERE actor_id = $1 ORDER BY at DESC, id DESC LIMIT $2";
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happened {
    /// Which one.
    pub id: String,
    /// When.
    pub at: Moment,
    /// The account, by reference.
    pub actor: Option<String>,
    /// What.
    pub kind: String,
    /// On what.
    pub subject: String,
    /// References and figures.
    pub detail: String,
}

/// One line of what happened to somebody's data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mine {
    /// The line; its actor is only there for oneself.
    pub happened: Happened,
    /// Who did it, by role.
    pub by: &'static str,
}

/// What an administrator looks for.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Only of this kind.
    pub kind: Option<What>,
    /// Only from one moment up to another.
    pub within: Option<(Moment, Moment)>,
    /// Only by this account or about it.
    pub account: Option<AccountId>,
    /// Only what stands before this line.
    pub before: Option<EventId>,
    /// Who looks.
    pub viewer: AccountId,
}

type Row = (String, i64, Option<String>, String, String, String);
type MineRow = (String, i64, Option<String>, String, String, String, Option<String>);

fn happened((id, at, actor, kind, subject, detail): Row) -> Happened {
    Happened { id, at: Moment::from_millis(at), actor, kind, subject, detail }
}

fn mine((id, at, actor, kind, subject, detail, roles): MineRow, me: &str) -> Mine {
    let has = |role: &str| roles.iter().any(|r| r.split_whitespace().any(|r| r == role));
    let by = match actor.as_deref() {
        Some(actor) if actor == me => "you",
        None if kind == "SignInRefused" => "somebody with a wrong password or code",
        None => "the portal",
        Some(_) if has("administrator") => "an administrator",
        Some(_) if has("coordinator") || has("chair") => "the secretariat",
        Some(_) => "your centre",
    };
    let own = by == "you";
    let (actor, detail) = if own { (actor, detail) } else { (None, String::new()) };
    Mine { happened: Happened { id, at: Moment::from_millis(at), actor, kind, subject, detail }, by }
}

impl Tx {
    /// What happened, the newest first: up to [`PAGE`] lines, and whether there are more.
    pub async fn what_happened(&mut self, wanted: &Wanted) -> Result<(Vec<Happened>, bool)> {
        let (from, to) = wanted.within.unwrap_or((Moment::from_millis(i64::MIN), Moment::from_millis(i64::MAX)));
        let account = wanted.account.map(|a| a.to_string()).unwrap_or_default();
        let viewer = wanted.viewer.to_string();
        let kind = wanted.kind.map(|what| format!("{what:?}")).unwrap_or_default();
        let before = wanted.before.map(|id| id.to_string());
        let rows = if matches!(wanted.kind, Some(What::ApplicationRead | What::EvidenceRead)) {
            let at = match &before {
                Some(id) => find!(self, (i64,), READ_AT, id.clone())?.map_or(0, |row| row.0),
                None => i64::MAX,
            };
            let id = before.unwrap_or_default();
            list!(self, Row, READINGS, at, id, kind, from.millis(), to.millis(), account, viewer)?
        } else {
            let seq = match before {
                Some(id) => find!(self, (i64,), SEQ_OF, id)?.map_or(0, |row| row.0),
                None => i64::MAX,
            };
            let sql = match (wanted.account, wanted.within, wanted.kind) {
                (Some(_), ..) => OF_ACCOUNT,
                (None, Some(_), _) => OF_DAY,
                (None, None, Some(_)) => OF_KIND,
                (None, None, None) => ALL_KINDS,
            };
            list!(self, Row, sql, seq, kind, from.millis(), to.millis(), account, viewer)?
        };
        let more = PAGE < rows.len();
        Ok((rows.into_iter().take(PAGE).map(happened).collect(), more))
    }

    /// What somebody did and what others did with their account, the newest first: up to [`PAGE`] lines, and whether there
    /// are more.
    pub async fn what_happened_to_me(&mut self, me: AccountId, before: Option<EventId>) -> Result<(Vec<Mine>, bool)> {
        let seq = match before {
            Some(id) => find!(self, (i64,), SEQ_OF, id.to_string())?.map_or(0, |row| row.0),
            None => i64::MAX,
        };
        let kinds: String = ABOUT_ACCOUNT.iter().map(|what| format!(" {what:?} ")).collect();
        let rows = list!(self, MineRow, MINE, seq, me.to_string(), kinds)?;
        let (more, me) = (PAGE < rows.len(), me.to_string());
        Ok((rows.into_iter().take(PAGE).map(|row| mine(row, &me)).collect(), more))
    }

    /// What somebody opened, the newest first.
    pub async fn what_i_opened(&mut self, me: AccountId, most: usize) -> Result<Vec<Happened>> {
        let most = i64::try_from(most).map_err(|_| Error::Inconsistent("reading", "id", "too many".into()))?;
        let rows = list!(self, (String, i64, String, String, String), OPENED, me.to_string(), most)?;
        let opened = |(id, at, kind, subject, detail): (String, i64, String, String, String)| {
            happened((id, at, None, kind, subject, detail))
        };
        Ok(rows.into_iter().map(opened).collect())
    }
}
