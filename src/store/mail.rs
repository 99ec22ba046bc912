//! The outbox: letters are written in the transaction of their cause and sent afterwards by whoever claims them.
//!
//! A letter waits, is being sent, was sent, is dead, or was dropped. The same cause never makes a second letter. Claiming
//! is one conditional update, so that of several nodes only one gets a letter; it holds it until its lease ends, and every
//! later change names the claim, so that somebody whose lease has ended changes nothing.
//!
//! A crash errs on the side of sending twice: whoever crashes after the server's "250" and before
//! [`Tx::letter_sent`] leaves a letter that is sent again when the lease ends, under the same `Message-ID`, by which
//! receivers drop the copy. The other order could lose a letter.
//!
//! Address and text (with its one-time link) are kept only until the letter was sent, dropped, or its link is too old.

pub mod digest;
pub mod ending;
pub mod reminder;

use super::{Error, Result, Stamp, Tx, account::PersonName, ensure_one, event::What};
use crate::domain::{
    id::{AccountId, ApplicationId, LetterId},
    mail::{Kind, MOST_REFUSALS, Trouble, pause},
    moment::Moment,
};
use std::fmt;

statements! {
    /// A new letter; nothing when there is one for this cause.
    ADD = "INSERT INTO letter (id, cause, kind, role, account_id, application_id, message_id, state, due_at, claims, refusals, reason, valid_until, created_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', $8, 0, 0, '', $9, $10) ON CONFLICT (cause) DO NOTHING";
    /// What it says.
    ADD_CONTENT = "INSERT INTO letter_content (letter_id, email, subject, text, html) VALUES ($1, $2, $3, $4, $5)";
    /// Whether anything is due: waiting, or left behind by a crash.
    ANY_DUE = "SELECT CAST(COUNT(*) AS BIGINT) FROM (SELECT id FROM letter WHERE state IN ('waiting', 'sending') AND due_at <= $1 LIMIT 1) due";
    /// Their link is too old, whoever holds them.
    EXPIRE = "UPDATE letter SET state = 'dead', reason = 'expired', settled_at = $1 WHERE state IN ('waiting', 'sending') AND due_at <= $1 AND valid_until <= $1";
    /// Reminders of what is no draft any more.
    DROP_REMINDERS = "UPDATE letter SET state = 'dropped', reason = 'moot', settled_at = $1 WHERE state IN ('waiting', 'sending') AND due_at <= $1 AND kind = 'reminder' \
        AND NOT EXISTS (SELECT 1 FROM application a WHERE a.id = letter.application_id AND a.stage = 'draft')";
    /// Invitations that were used or taken back.
    DROP_INVITATIONS = "UPDATE letter SET state = 'dropped', reason = 'moot', settled_at = $1 WHERE state IN ('waiting', 'sending') AND due_at <= $1 AND kind = 'invitation' \
        AND NOT EXISTS (SELECT 1 FROM invitation i WHERE i.token_hash = SUBSTR(letter.cause, 12) AND i.used_at IS NULL AND i.revoked_at IS NULL AND $1 < i.expires_at)";
    /// Links for somebody who is not asked to confirm any more.
    DROP_SIGNATURES = "UPDATE letter SET state = 'dropped', reason = 'moot', settled_at = $1 WHERE state IN ('waiting', 'sending') AND due_at <= $1 AND kind = 'signature' \
        AND NOT EXISTS (SELECT 1 FROM signatory s WHERE s.token_hash = SUBSTR(letter.cause, 11))";
    /// Takes some that are due. The condition stands twice: on PostgreSQL two nodes can choose the same rows, and the one that
    /// comes second looks at the outer condition again, with what the first has written. Letters that became due together
    /// leave in the order of their random identifiers, which tells nothing.
    CLAIM = "UPDATE letter SET state = 'sending', due_at = $2, claims = claims + 1 \
        WHERE state IN ('waiting', 'sending') AND due_at <= $1 AND id IN \
        (SELECT id FROM letter WHERE state IN ('waiting', 'sending') AND due_at <= $1 ORDER BY due_at, id LIMIT $3) \
        RETURNING id, message_id, claims, refusals, created_at";
    /// Address and text of a claimed letter.
    CONTENT = "SELECT email, subject, text, html FROM letter_content WHERE letter_id = $1";
    /// It was sent.
    SENT = "UPDATE letter SET state = 'sent', reason = '', settled_at = $3 WHERE id = $1 AND claims = $2 AND state = 'sending'";
    /// It was not sent, and will be tried again.
    AGAIN = "UPDATE letter SET state = 'waiting', due_at = $3, refusals = $4, reason = $5 WHERE id = $1 AND claims = $2 AND state = 'sending'";
    /// It was not sent, and will not be tried again by itself.
    DIE = "UPDATE letter SET state = 'dead', refusals = $3, reason = $4, settled_at = $5 WHERE id = $1 AND claims = $2 AND state = 'sending'";
    /// Forgets what a letter said.
    FORGET = "DELETE FROM letter_content WHERE letter_id = $1";
    /// Forgets what nobody will send any more: sent and dropped letters, and those whose link is too old.
    FORGET_SETTLED = "DELETE FROM letter_content WHERE letter_id IN (SELECT id FROM letter WHERE state IN ('sent', 'dropped') \
        OR (state = 'dead' AND valid_until <= $1))";
    /// Whether there is anything to forget.
    ANY_TO_FORGET = "SELECT CAST(COUNT(*) AS BIGINT) FROM (SELECT c.letter_id FROM letter_content c JOIN letter l ON l.id = c.letter_id \
        WHERE l.state IN ('sent', 'dropped') OR (l.state = 'dead' AND l.valid_until <= $1) LIMIT 1) old";
    /// A dead letter is tried again, while there is something to send.
    RESEND = "UPDATE letter SET state = 'waiting', due_at = $2, refusals = 0, reason = '', settled_at = NULL WHERE id = $1 AND state = 'dead' \
        AND (valid_until IS NULL OR $2 < valid_until) AND EXISTS (SELECT 1 FROM letter_content c WHERE c.letter_id = letter.id)";
    /// A letter that waits or is dead is given up.
    DROP = "UPDATE letter SET state = 'dropped', reason = 'by-hand', settled_at = $2 WHERE id = $1 AND state IN ('waiting', 'dead')";
    /// What administrators look after: letters that wait or are dead. Neither text nor link.
    OPEN = "SELECT l.id, l.kind, l.role, l.state, l.reason, l.claims, l.due_at, l.created_at, c.email, l.valid_until FROM letter l \
        LEFT JOIN letter_content c ON c.letter_id = l.id WHERE l.state = $1 ORDER BY l.created_at DESC, l.id LIMIT 200";
    /// How many there are in each state, settled since.
    COUNTS = "SELECT state, CAST(COUNT(*) AS BIGINT), CAST(SUM(CASE WHEN $1 <= settled_at THEN 1 ELSE 0 END) AS BIGINT) FROM letter GROUP BY state";
}

/// A letter to be posted: one recipient, and nothing that this recipient may not know.
#[derive(Clone)]
pub struct Post {
    /// What it is written for; the same cause never makes a second letter. Holds references, never a name or a link.
    pub cause: String,
    /// What it is about.
    pub kind: Kind,
    /// Who it goes to, by role: "contributor", "signatory".
    pub role: &'static str,
    /// The account of the recipient, if there is one.
    pub account: Option<AccountId>,
    /// The application it is about.
    pub application: Option<ApplicationId>,
    /// Their address.
    pub email: PersonName,
    /// The subject.
    pub subject: String,
    /// The text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
    /// Until when its link can be used.
    pub valid_until: Option<Moment>,
    /// Not to be sent before; at once when it is past.
    pub not_before: Moment,
}

impl fmt::Debug for Post {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[a letter: {}]", self.kind.key())
    }
}

/// A letter that this node has claimed.
#[derive(Clone)]
pub struct Claimed {
    /// Which letter.
    pub id: LetterId,
    /// Its `Message-ID` before the `@`: the same each time it is sent.
    pub message_id: String,
    /// Counts the claims: the name of this one.
    pub claim: i64,
    /// How often a server has refused it.
    pub refusals: i64,
    /// When it was written.
    pub written: Moment,
    /// The address.
    pub email: PersonName,
    /// The subject.
    pub subject: String,
    /// The text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}

impl fmt::Debug for Claimed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[letter {}]", self.id)
    }
}

/// What administrators see of a letter that has not arrived.
#[derive(Clone, Debug)]
pub struct OpenLetter {
    /// Which letter.
    pub id: LetterId,
    /// What it is about.
    pub kind: Kind,
    /// Who it goes to, by role.
    pub role: String,
    /// Whether it is dead.
    pub dead: bool,
    /// Why it has not arrived.
    pub trouble: Option<Trouble>,
    /// How often it was tried.
    pub tries: i64,
    /// When it will be tried next.
    pub due: Moment,
    /// When it was written.
    pub written: Moment,
    /// The address; none once it was forgotten.
    pub email: Option<PersonName>,
    /// Until when its link can be used.
    pub valid_until: Option<Moment>,
}

impl OpenLetter {
    /// Whether a dead letter can be sent again.
    pub fn can_be_resent(&self, now: Moment) -> bool {
        self.dead && self.email.is_some() && self.valid_until.is_none_or(|until| now < until)
    }
}

/// How many letters there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Waiting, or being sent.
    pub waiting: i64,
    /// Dead.
    pub dead: i64,
    /// Sent so far.
    pub sent: i64,
    /// Sent since the moment that was asked for.
    pub sent_lately: i64,
}

fn read_id(text: &str) -> Result<LetterId> {
    LetterId::parse(text).ok_or_else(|| Error::Inconsistent("letter", "id", text.to_owned()))
}

type OpenRow = (String, String, String, String, String, i64, i64, i64, Option<String>, Option<i64>);

fn open((id, kind, role, state, reason, tries, due, written, email, valid): OpenRow) -> Result<OpenLetter> {
    Ok(OpenLetter {
        kind: Kind::parse(&kind).ok_or_else(|| Error::Inconsistent("letter", "kind", id.clone()))?,
        id: read_id(&id)?,
        role,
        dead: state == "dead",
        trouble: Trouble::parse(&reason),
        tries,
        due: Moment::from_millis(due),
        written: Moment::from_millis(written),
        email: email.map(PersonName::new),
        valid_until: valid.map(Moment::from_millis),
    })
}

impl Tx {
    /// Posts a letter, to be sent once this transaction is committed; `false` when there is one for this cause already.
    pub async fn post(&mut self, stamp: &Stamp, post: &Post) -> Result<bool> {
        let (id, message_id) = (LetterId::new(stamp.chance.bits()), format!("{:032x}", stamp.chance.bits()));
        let added = run!(
            self,
            ADD,
            id.to_string(),
            post.cause.clone(),
            post.kind.key(),
            post.role,
            post.account.map(|a| a.to_string()),
            post.application.map(|a| a.to_string()),
            message_id,
            post.not_before.max(stamp.now).millis(),
            post.valid_until.map(Moment::millis),
            stamp.now.millis(),
        )?;
        if added == 0 {
            return Ok(false);
        }
        let (subject, text, html) = (post.subject.clone(), post.text.clone(), post.html.clone());
        run!(self, ADD_CONTENT, id.to_string(), post.email.shown().to_owned(), subject, text, html)?;
        self.record(stamp, What::LetterPosted, &id.to_string(), post.kind.key()).await?;
        Ok(true)
    }

    /// Whether a letter is due.
    pub async fn any_letter_due(&mut self, now: Moment) -> Result<bool> {
        Ok(find!(self, (i64,), ANY_DUE, now.millis())?.is_some_and(|row| row.0 != 0))
    }

    /// Claims up to so many letters that are due, until the lease ends. What has become moot is dropped first.
    pub async fn claim_letters(&mut self, now: Moment, lease_ends: Moment, most: i64) -> Result<Vec<Claimed>> {
        let at = now.millis();
        let mut settled = run!(self, EXPIRE, at)?;
        for sql in [DROP_REMINDERS, DROP_INVITATIONS, DROP_SIGNATURES] {
            settled += run!(self, sql, at)?;
        }
        if settled != 0 {
            run!(self, FORGET_SETTLED, at)?;
        }
        let rows = list!(self, (String, String, i64, i64, i64), CLAIM, at, lease_ends.millis(), most)?;
        let mut claimed = Vec::with_capacity(rows.len());
        for (id, message_id, claim, refusals, written) in rows {
            let content = find!(self, (String, String, String, String), CONTENT, id.clone())?;
            let (email, subject, text, html) =
                content.ok_or_else(|| Error::Inconsistent("letter_content", "letter_id", id.clone()))?;
            claimed.push(Claimed {
                id: read_id(&id)?,
                message_id,
                claim,
                refusals,
                written: Moment::from_millis(written),
                email: PersonName::new(email),
                subject,
                text,
                html,
            });
        }
        Ok(claimed)
    }

    /// A claimed letter was sent: what it said is forgotten. `false` when somebody else holds it by now.
    pub async fn letter_sent(&mut self, letter: &Claimed, now: Moment) -> Result<bool> {
        let mine = run!(self, SENT, letter.id.to_string(), letter.claim, now.millis())? == 1;
        if mine {
            run!(self, FORGET, letter.id.to_string())?;
        }
        Ok(mine)
    }

    /// A claimed letter was not sent: it waits for another try, or is dead. `false` when somebody else holds it by now.
    pub async fn letter_failed(&mut self, letter: &Claimed, trouble: Trouble, now: Moment, dice: u128) -> Result<bool> {
        let refusals = letter.refusals + i64::from(!trouble.is_outage());
        let id = letter.id.to_string();
        if trouble.is_final() || MOST_REFUSALS <= refusals {
            return Ok(run!(self, DIE, id, letter.claim, refusals, trouble.key(), now.millis())? == 1);
        }
        let tries = if trouble.is_outage() { letter.claim } else { refusals };
        let due = now.millis().saturating_add(pause(tries, trouble.is_outage(), dice));
        Ok(run!(self, AGAIN, id, letter.claim, due, refusals, trouble.key())? == 1)
    }

    /// Whether anything is kept of letters that nobody can send any more.
    pub async fn any_letter_to_forget(&mut self, now: Moment) -> Result<bool> {
        Ok(find!(self, (i64,), ANY_TO_FORGET, now.millis())?.is_some_and(|row| row.0 != 0))
    }

    /// Forgets what was kept of letters that nobody can send any more.
    pub async fn forget_letters(&mut self, now: Moment) -> Result<u64> {
        run!(self, FORGET_SETTLED, now.millis())
    }

    /// Tries a dead letter again. [`Error::Stale`] when it is not dead, or its link is too old.
    pub async fn resend_letter(&mut self, stamp: &Stamp, id: LetterId) -> Result<()> {
        ensure_one(run!(self, RESEND, id.to_string(), stamp.now.millis())?)?;
        self.record(stamp, What::LetterResent, &id.to_string(), "").await
    }

    /// Gives a letter up. [`Error::Stale`] when it is being sent, or was sent or dropped already.
    pub async fn drop_letter(&mut self, stamp: &Stamp, id: LetterId) -> Result<()> {
        ensure_one(run!(self, DROP, id.to_string(), stamp.now.millis())?)?;
        run!(self, FORGET, id.to_string())?;
        self.record(stamp, What::LetterDropped, &id.to_string(), "").await
    }

    /// Letters that are dead, or that wait: the newest 200.
    pub async fn open_letters(&mut self, dead: bool) -> Result<Vec<OpenLetter>> {
        let state = if dead { "dead" } else { "waiting" };
        list!(self, OpenRow, OPEN, state)?.into_iter().map(open).collect()
    }

    /// How many letters there are, and how many were sent since.
    pub async fn count_letters(&mut self, since: Moment) -> Result<Counts> {
        let mut counts = Counts::default();
        for (state, all, lately) in list!(self, (String, i64, i64), COUNTS, since.millis())? {
            match state.as_str() {
                "waiting" | "sending" => counts.waiting += all,
                "dead" => counts.dead = all,
                "sent" => (counts.sent, counts.sent_lately) = (all, lately),
                _ => {}
            }
        }
        Ok(counts)
    }
}
