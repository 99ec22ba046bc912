//! Everything that belongs to one person: to be handed over to them, or erased.
//!
//! Handed over is what they wrote and added for centres they still work for: what they did for a centre they have left is
//! the centre's, and a right that was taken away does not come back as a copy. Erased is what says who they are; what they
//! did keeps its place in the applications and in the record, under a reference that nobody can read a name from.

pub(super) mod reviewing;

use super::{Error, Result, Stamp, Tx, ensure_one, event::What};
use crate::domain::{
    id::{AccountId, ApplicationId, FileId},
    moment::Moment,
};
use serde::Serialize;

statements! {
    /// Begin and end of sessions.
    SESSIONS = "SELECT seen_at, expires_at FROM session WHERE account_id = $1 ORDER BY seen_at";
    /// Where they work.
    MEMBERSHIPS = "SELECT m.centre_id, m.role, m.since, i.name FROM membership m JOIN centre_identity i ON i.centre_id = m.centre_id \
        WHERE m.account_id = $1 ORDER BY m.since, m.centre_id";
    /// Answers that they saved last.
    ANSWERS = "SELECT w.application_id, w.criterion, w.content, w.updated_at FROM membership m JOIN application a ON a.centre_id = m.centre_id \
        JOIN answer w ON w.application_id = a.id WHERE m.account_id = $1 AND w.updated_by = $1 ORDER BY w.application_id, w.criterion";
    /// Their texts that were replaced.
    EARLIER = "SELECT w.application_id, w.criterion, w.content, w.at FROM membership m JOIN application a ON a.centre_id = m.centre_id \
        JOIN answer_history w ON w.application_id = a.id WHERE m.account_id = $1 AND w.author_id = $1 ORDER BY w.at, w.id";
    /// Their texts that wait for a choice.
    RIVALS = "SELECT w.application_id, w.criterion, w.content, w.at FROM membership m JOIN application a ON a.centre_id = m.centre_id \
        JOIN answer_rival w ON w.application_id = a.id WHERE m.account_id = $1 AND w.author_id = $1 ORDER BY w.application_id, w.criterion";
    /// Their notes.
    NOTES = "SELECT n.application_id, n.criterion, n.text, n.at FROM membership m JOIN application a ON a.centre_id = m.centre_id \
        JOIN note n ON n.application_id = a.id WHERE m.account_id = $1 AND n.author_id = $1 ORDER BY n.at, n.id";
    /// Evidence that they added.
    EVIDENCE = "SELECT e.id, e.application_id, e.title, e.kind, e.created_at, e.link, f.id AS file_id, f.type FROM membership m \
        JOIN application a ON a.centre_id = m.centre_id JOIN evidence e ON e.application_id = a.id LEFT JOIN file f ON f.id = e.file_id \
        WHERE m.account_id = $1 AND e.created_by = $1 ORDER BY e.created_at, e.id";
    /// Invitations that they sent.
    INVITED = "SELECT role, created_at, used_at FROM invitation WHERE created_by = $1 ORDER BY created_at, id";
    /// What they were named to confirm.
    CONFIRMATIONS = "SELECT application_id, capacity, confirmed_at FROM signatory WHERE email = $1 ORDER BY application_id, capacity";
    /// When the account was made.
    CREATED = "SELECT created_at FROM account WHERE id = $1";
    /// Open applications of centres that nobody else leads.
    NEEDED_BY = "SELECT a.id FROM membership m JOIN application a ON a.centre_id = m.centre_id WHERE m.account_id = $1 AND m.role = 'lead' \
        AND a.stage NOT IN ('released', 'withdrawn') AND NOT EXISTS (SELECT 1 FROM membership o JOIN account k ON k.id = o.account_id \
        WHERE o.centre_id = m.centre_id AND o.role = 'lead' AND o.account_id <> $1 AND k.disabled_at IS NULL) ORDER BY a.id";
    /// Another administrator.
    OTHER_ADMINISTRATOR = "SELECT a.id FROM account a JOIN role_grant g ON g.account_id = a.id WHERE a.id <> $1 AND a.disabled_at IS NULL \
        AND g.role = 'administrator' AND g.ended_at IS NULL LIMIT 1";
    /// Closes the account for good.
    CLOSE = "UPDATE account SET password_hash = NULL, disabled_at = $2 WHERE id = $1 AND disabled_at IS NULL";
    /// Ends every session.
    END_SESSIONS = "DELETE FROM session WHERE account_id = $1";
    /// Ends every role.
    END_ROLES = "UPDATE role_grant SET ended_at = $2, ended_by = $1 WHERE account_id = $1 AND ended_at IS NULL";
    /// Links to choose a password.
    FORGET_RESETS = "DELETE FROM password_reset WHERE account_id = $1";
    /// Why name or address were corrected: free texts.
    FORGET_CORRECTIONS = "DELETE FROM person_correction WHERE account_id = $1";
    /// Passkeys.
    FORGET_PASSKEYS = "DELETE FROM passkey WHERE account_id = $1";
    /// What a passkey knows the account by.
    FORGET_HANDLE = "DELETE FROM passkey_handle WHERE account_id = $1";
    /// Passkeys that are being added or shown.
    FORGET_CEREMONIES = "DELETE FROM passkey_ceremony WHERE account_id = $1";
    /// Who they are at identity providers.
    FORGET_IDENTITIES = "DELETE FROM identity WHERE account_id = $1";
    /// Visits to identity providers that are under way.
    FORGET_VISITS = "DELETE FROM provider_visit WHERE account_id = $1";
    /// Letters to them that are not sent yet.
    FORGET_LETTERS = "DELETE FROM letter_content WHERE letter_id IN (SELECT id FROM letter WHERE account_id = $1)";
    /// What their next digest would hold.
    FORGET_NOTICES = "DELETE FROM notice WHERE account_id = $1";
    /// Uploads under way.
    FORGET_UPLOADS = "UPDATE upload SET name = '', expires_at = 0 WHERE account_id = $1";
    /// Which letters they wanted.
    FORGET_CHOICES = "DELETE FROM mail_choice WHERE account_id = $1";
    /// Ends every membership.
    END_MEMBERSHIPS = "DELETE FROM membership WHERE account_id = $1";
    /// Their criteria have no owner then.
    DISOWN_ALL = "UPDATE answer SET owner_id = NULL WHERE owner_id = $1";
    /// Whatever is kept in memory of applications that show their name is out of date.
    COUNT_CHANGES_SHOWN = "UPDATE application SET changes = changes + 1 WHERE centre_id IN (SELECT centre_id FROM membership WHERE account_id = $1) \
        OR id IN (SELECT application_id FROM answer WHERE updated_by = $1) OR id IN (SELECT application_id FROM answer_rival WHERE author_id = $1) \
        OR id IN (SELECT application_id FROM note WHERE author_id = $1)";
    /// What they said of themselves as a reviewer.
    FORGET_PROFILE = "DELETE FROM reviewer_profile WHERE account_id = $1";
    /// Whom and what they are tied to.
    FORGET_TIES = "DELETE FROM reviewer_tie WHERE account_id = $1";
    /// Why they must not see an application: that they must not stays.
    FORGET_CONFLICT_REASONS = "UPDATE conflict SET reason = '' WHERE account_id = $1";
    /// Why they declined a seat.
    FORGET_DECLINING = "UPDATE panel_identity SET decline_reason = '' WHERE account_id = $1";
    /// What they have marked for practice.
    FORGET_PRACTICE = "DELETE FROM practice_mark WHERE account_id = $1";
    /// Invitations that were sent to them hold their name and address.
    FORGET_INVITED = "DELETE FROM invitation WHERE email = $1";
}

/// What erasure does with each table that refers to a person. A test reads the schema and fails when a table is missing
/// here, so that nobody adds one without deciding.
pub const DECIDED: &[(&str, &str)] = &[
    ("account", "closed; the password is removed; the row stays, as what the record refers to"),
    ("person", "name and address replaced by a placeholder"),
    ("session", "deleted"),
    ("role_grant", "ended; stays by reference: who had which role is part of what was decided"),
    ("person_key", "deleted"),
    ("person_correction", "deleted"),
    ("password_reset", "deleted"),
    ("letter", "stays by reference"),
    ("letter_content", "text and address of what was not sent are deleted"),
    ("notice", "deleted"),
    ("mail_choice", "deleted"),
    ("passkey", "deleted"),
    ("passkey_handle", "deleted"),
    ("passkey_ceremony", "deleted"),
    ("identity", "deleted"),
    ("provider_visit", "deleted"),
    ("code_factor", "deleted"),
    ("recovery_code", "deleted"),
    ("membership", "deleted"),
    ("upload", "ends at once; the next sweep deletes it with its parts"),
    ("file_finding", "stays by reference: who let it stand is part of what was screened"),
    ("invitation", "those sent to the person are deleted; those they sent keep a reference"),
    ("answer", "the text stays with the application, its author is a reference; the person owns no criterion any more"),
    ("answer_rival", "stays with the application, by reference"),
    ("answer_history", "stays with the application, by reference"),
    ("note", "stays with the application, by reference"),
    ("evidence", "stays with the application, by reference"),
    ("signatory", "stays: who has confirmed an application is part of what was submitted"),
    ("reviewer_profile", "deleted"),
    ("reviewer_tie", "deleted"),
    (
        "conflict",
        "stays by reference, without the reason: who must not see an application is part of how it was decided",
    ),
    (
        "panel_identity",
        "stays by reference, without the reason for declining: who has reviewed is part of what was decided",
    ),
    ("board_part", "stays by reference: it counts the seats that stay"),
    ("board_sum", "stays by reference: it counts the seats that stay"),
    ("conflict_dismissal", "stays by reference: who has looked at a candidate is part of how it was decided"),
    ("practice_mark", "deleted"),
    ("extension", "stays with the application, by reference"),
    ("information_message", "stays with the application, by reference"),
    ("information_history", "stays with the application, by reference"),
    ("information_history", "stays with the application, by reference"),
    ("panel_post", "stays with the application, by reference"),
    ("consensus", "stays with the application, by reference"),
    ("consensus_history", "stays with the application, by reference"),
    ("decision", "stays by reference: who has decided is part of the decision"),
    ("decision_history", "stays by reference: who has written which proposal is part of the decision"),
    ("release_batch", "stays by reference: who has released is part of the release"),
    ("gate_clearance", "stays by reference: who has cleared a text is part of the release"),
    ("appeal", "stays with the application, by reference"),
    ("designation", "stays by reference: who has withdrawn a designation is part of its history"),
    ("visit_note", "stays with the designation, by reference"),
    ("event", "stays: the record holds references only"),
    ("reading", "by reference, and erased after its time"),
];

/// A text at a criterion.
#[derive(Clone, Debug, Serialize)]
pub struct Text {
    /// The application, by reference.
    pub application: String,
    /// Criterion number.
    pub criterion: i64,
    /// The typed answer as JSON, or the note.
    pub text: serde_json::Value,
    /// When, in UTC.
    pub at: String,
}

/// Where somebody works.
#[derive(Clone, Debug, Serialize)]
pub struct Membership {
    /// By reference.
    pub centre: String,
    /// What they do there.
    pub role: String,
    /// Since when, in UTC.
    pub since: String,
    /// Its name: they work there.
    pub name: String,
}

/// Evidence that somebody added.
#[derive(Clone, Debug, Serialize)]
pub struct Added {
    /// By reference.
    pub evidence: String,
    /// The application, by reference.
    pub application: String,
    /// What the centre calls it.
    pub title: String,
    /// What it shows.
    pub kind: String,
    /// When, in UTC.
    pub at: String,
    /// The address, when it is a link.
    pub link: Option<String>,
    /// The name of the file inside the archive.
    pub file: Option<String>,
    /// Where its bytes are.
    #[serde(skip)]
    pub bytes: Option<FileId>,
}

/// Everything of one person but the record.
#[derive(Clone, Debug, Serialize)]
pub struct Belongings {
    /// When the account was made, in UTC.
    pub account_created: String,
    /// Last use and end of each session, in UTC.
    pub sessions: Vec<(String, String)>,
    /// Where they work.
    pub memberships: Vec<Membership>,
    /// Answers that they saved last.
    pub answers: Vec<Text>,
    /// Their answers that were replaced.
    pub earlier_answers: Vec<Text>,
    /// Their answers that wait for a choice.
    pub answers_beside: Vec<Text>,
    /// Their notes to colleagues.
    pub notes: Vec<Text>,
    /// Evidence that they added.
    pub evidence: Vec<Added>,
    /// Invitations that they sent: role, when, when it was used. To whom is the other person's.
    pub invitations_sent: Vec<(String, String, Option<String>)>,
    /// What they were named to confirm: application, capacity, when they did.
    pub confirmations: Vec<(String, String, Option<String>)>,
    /// What they said and wrote as a reviewer.
    pub as_reviewer: reviewing::AsReviewer,
}

/// Why somebody cannot be erased now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Needed {
    /// Nobody else leads the centre of these open applications.
    OnlyLead(Vec<ApplicationId>),
    /// There is no other administrator.
    OnlyAdministrator,
}

type TextRow = (String, i64, String, i64);
type EvidenceRow = (String, String, String, String, i64, Option<String>, Option<String>, Option<String>);

fn utc(millis: i64) -> String {
    Moment::from_millis(millis).rfc3339()
}

fn answers(rows: Vec<TextRow>) -> Vec<Text> {
    let text = |(application, criterion, content, at): TextRow| Text {
        text: serde_json::from_str(&content).unwrap_or(serde_json::Value::String(content)),
        application,
        criterion,
        at: utc(at),
    };
    rows.into_iter().map(text).collect()
}

fn added((evidence, application, title, kind, at, link, file, extension): EvidenceRow) -> Added {
    let bytes = file.as_deref().and_then(FileId::parse);
    let file = bytes.as_ref().and(extension).map(|extension| format!("files/{evidence}.{extension}"));
    Added { evidence, application, title, kind, at: utc(at), link, file, bytes }
}

impl Tx {
    /// Everything of one person but the record; `email` finds what names them by address.
    pub async fn belongings(&mut self, id: AccountId, email: &str) -> Result<Belongings> {
        let me = id.to_string();
        let memberships = list!(self, (String, String, i64, String), MEMBERSHIPS, me.clone())?;
        let notes = list!(self, TextRow, NOTES, me.clone())?;
        let sessions = list!(self, (i64, i64), SESSIONS, me.clone())?;
        let invited = list!(self, (String, i64, Option<i64>), INVITED, me.clone())?;
        let confirmations = list!(self, (String, String, Option<i64>), CONFIRMATIONS, email.to_owned())?;
        let membership =
            |(centre, role, since, name): (_, _, i64, _)| Membership { centre, role, since: utc(since), name };
        let note = |(application, criterion, text, at): TextRow| Text {
            application,
            criterion,
            text: text.into(),
            at: utc(at),
        };
        Ok(Belongings {
            account_created: utc(find!(self, (i64,), CREATED, me.clone())?.map_or(0, |row| row.0)),
            sessions: sessions.into_iter().map(|(seen, ends)| (utc(seen), utc(ends))).collect(),
            memberships: memberships.into_iter().map(membership).collect(),
            answers: answers(list!(self, TextRow, ANSWERS, me.clone())?),
            earlier_answers: answers(list!(self, TextRow, EARLIER, me.clone())?),
            answers_beside: answers(list!(self, TextRow, RIVALS, me.clone())?),
            notes: notes.into_iter().map(note).collect(),
            evidence: list!(self, EvidenceRow, EVIDENCE, me)?.into_iter().map(added).collect(),
            invitations_sent: invited.into_iter().map(|(role, at, used)| (role, utc(at), used.map(utc))).collect(),
            confirmations: confirmations.into_iter().map(|(of, as_, at)| (of, as_, at.map(utc))).collect(),
            as_reviewer: self.as_reviewer(id).await?,
        })
    }

    /// Why somebody cannot be erased now; `None` when they can.
    pub async fn needed(&mut self, id: AccountId, roles: &[&str]) -> Result<Option<Needed>> {
        let rows = list!(self, (String,), NEEDED_BY, id.to_string())?;
        let applications = rows
            .into_iter()
            .map(|(row,)| ApplicationId::parse(&row).ok_or(Error::Inconsistent("application", "id", row)));
        let applications = applications.collect::<Result<Vec<_>>>()?;
        if !applications.is_empty() {
            return Ok(Some(Needed::OnlyLead(applications)));
        }
        let administrator = roles.contains(&"administrator");
        let alone = administrator && find!(self, (String,), OTHER_ADMINISTRATOR, id.to_string())?.is_none();
        Ok(alone.then_some(Needed::OnlyAdministrator))
    }

    /// Counts a change in every application that shows somebody's name.
    pub(super) async fn count_changes_shown(&mut self, id: AccountId) -> Result<()> {
        run!(self, COUNT_CHANGES_SHOWN, id.to_string())?;
        Ok(())
    }

    /// Erases who somebody is. [`Error::Stale`] when the account was closed in the meantime.
    pub async fn erase_person(&mut self, stamp: &Stamp, id: AccountId, email: &str) -> Result<()> {
        let me = id.to_string();
        ensure_one(run!(self, CLOSE, me.clone(), stamp.now.millis())?)?;
        // Not an address: nobody can sign in with it or be written to, and it is as unique as the account.
        self.write_person(id, "Former colleague", &format!("erased {me}")).await?;
        run!(self, END_SESSIONS, me.clone())?;
        self.forget_factors(&me).await?;
        self.forget_keys(id).await?;
        run!(self, END_ROLES, me.clone(), stamp.now.millis())?;
        for forget in [
            FORGET_RESETS,
            FORGET_CORRECTIONS,
            FORGET_LETTERS,
            FORGET_NOTICES,
            FORGET_UPLOADS,
            FORGET_CHOICES,
            FORGET_PROFILE,
            FORGET_TIES,
            FORGET_CONFLICT_REASONS,
            FORGET_DECLINING,
            FORGET_PRACTICE,
            FORGET_PASSKEYS,
            FORGET_HANDLE,
            FORGET_CEREMONIES,
            FORGET_IDENTITIES,
            FORGET_VISITS,
        ] {
            run!(self, forget, me.clone())?;
        }
        self.count_changes_shown(id).await?;
        run!(self, END_MEMBERSHIPS, me.clone())?;
        run!(self, DISOWN_ALL, me.clone())?;
        run!(self, FORGET_INVITED, email.to_owned())?;
        self.record(stamp, What::AccountErased, &me, "").await
    }

    /// Says in the record that somebody took a copy of what is theirs.
    pub async fn record_export(&mut self, stamp: &Stamp, id: AccountId, files: usize) -> Result<()> {
        self.record(stamp, What::DataExported, &id.to_string(), &format!("{files} files")).await
    }
}
