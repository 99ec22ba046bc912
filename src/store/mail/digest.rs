//! How people want their mail, and what waits for their daily digest.

use super::super::{Error, Result, Stamp, Tx, account::read_id, event::What};
use crate::domain::{
    id::{AccountId, ApplicationId, EventId},
    mail::{Choice, Kind},
    moment::Moment,
};

statements! {
    /// What somebody has chosen.
    CHOICES = "SELECT kind, choice FROM mail_choice WHERE account_id = $1";
    /// What somebody has chosen for one kind.
    CHOICE = "SELECT choice FROM mail_choice WHERE account_id = $1 AND kind = $2";
    /// Chooses.
    CHOOSE = "INSERT INTO mail_choice (account_id, kind, choice) VALUES ($1, $2, $3) \
        ON CONFLICT (account_id, kind) DO UPDATE SET choice = excluded.choice";
    /// Something for the next digest; nothing when it is known for this cause.
    NOTE = "INSERT INTO notice (id, cause, kind, account_id, application_id, line, path, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
        ON CONFLICT (cause) DO NOTHING";
    /// Whose digest is due.
    DUE = "SELECT DISTINCT account_id FROM notice WHERE gathered_at IS NULL AND at < $1";
    /// Takes what waits; of two nodes, the second finds nothing.
    TAKE = "UPDATE notice SET gathered_at = $3 WHERE account_id = $1 AND at < $2 AND gathered_at IS NULL";
    /// What was taken, as far as it still concerns the person: they work for the centre, and nobody reminds of what is no draft.
    TAKEN = "SELECT n.line, n.path FROM notice n JOIN application a ON a.id = n.application_id \
        JOIN membership m ON m.centre_id = a.centre_id AND m.account_id = n.account_id \
        WHERE n.account_id = $1 AND n.at < $2 AND n.gathered_at = $3 AND (n.kind <> 'reminder' OR a.stage = 'draft') ORDER BY n.at, n.id";
}

/// One line of a digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What there is, in a sentence without a name.
    pub line: String,
    /// Where, below the origin.
    pub path: String,
}

fn choice(key: &str) -> Result<Choice> {
    Choice::parse(key).ok_or_else(|| Error::Inconsistent("mail_choice", "choice", key.to_owned()))
}

impl Tx {
    /// What somebody has chosen for each kind, in the order of the kinds.
    pub async fn mail_choices(&mut self, account: AccountId) -> Result<Vec<(Kind, Choice)>> {
        let rows = list!(self, (String, String), CHOICES, account.to_string())?;
        let of = |kind: Kind| {
            let chosen = rows.iter().find(|(key, _)| key == kind.key()).map(|(_, key)| choice(key)).transpose()?;
            Ok((kind, allowed(kind, chosen)))
        };
        Kind::ALL.into_iter().map(of).collect()
    }

    /// How somebody wants one kind of mail.
    pub async fn mail_choice(&mut self, account: AccountId, kind: Kind) -> Result<Choice> {
        let row = find!(self, (String,), CHOICE, account.to_string(), kind.key())?;
        Ok(allowed(kind, row.map(|(key,)| choice(&key)).transpose()?))
    }

    /// Chooses; what a kind does not offer is not written.
    pub async fn choose_mail(&mut self, stamp: &Stamp, account: AccountId, kind: Kind, wanted: Choice) -> Result<()> {
        if !kind.choices().contains(&wanted) {
            return Ok(());
        }
        run!(self, CHOOSE, account.to_string(), kind.key(), wanted.key())?;
        let detail = format!("{}: {}", kind.key(), wanted.key());
        self.record(stamp, What::MailChosen, &account.to_string(), &detail).await
    }

    /// Keeps something for somebody's next digest.
    pub async fn note_for_digest(
        &mut self,
        stamp: &Stamp,
        (cause, kind): (&str, Kind),
        account: AccountId,
        application: ApplicationId,
        notice: &Notice,
    ) -> Result<()> {
        let id = EventId::new(stamp.chance.bits());
        run!(
            self,
            NOTE,
            id.to_string(),
            cause.to_owned(),
            kind.key(),
            account.to_string(),
            application.to_string(),
            notice.line.clone(),
            notice.path.clone(),
            stamp.now.millis(),
        )?;
        Ok(())
    }

    /// Whose digest of the notices before this moment is due.
    pub async fn digests_due(&mut self, before: Moment) -> Result<Vec<AccountId>> {
        let rows = list!(self, (String,), DUE, before.millis())?;
        rows.into_iter().map(|(id,)| read_id(&id, "notice")).collect()
    }

    /// Takes the notices of somebody from before this moment, the oldest first; those that do not concern them any more are
    /// left out.
    pub async fn take_digest(&mut self, account: AccountId, before: Moment, now: Moment) -> Result<Vec<Notice>> {
        if run!(self, TAKE, account.to_string(), before.millis(), now.millis())? == 0 {
            return Ok(Vec::new());
        }
        let rows = list!(self, (String, String), TAKEN, account.to_string(), before.millis(), now.millis())?;
        Ok(rows.into_iter().map(|(line, path)| Notice { line, path }).collect())
    }
}

/// A choice that a kind does not offer (any more) counts as none.
fn allowed(kind: Kind, chosen: Option<Choice>) -> Choice {
    chosen.filter(|c| kind.choices().contains(c)).unwrap_or(Choice::AtOnce)
}
