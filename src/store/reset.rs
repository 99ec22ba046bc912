//! A one-time link with which somebody chooses a new password. An administrator starts it and never sets a password; it
//! signs nobody in and leaves every second factor as it is.

use super::{Result, Stamp, Tx, account::PersonName, account::read_id, ensure_one, event::What};
use crate::domain::{id::AccountId, moment::Moment, snapshot::Digest};

statements! {
    /// A new link.
    ADD = "INSERT INTO password_reset (token_hash, account_id, created_by, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)";
    /// By its link, while it can be used.
    BY_TOKEN = "SELECT r.account_id, p.name, p.email FROM password_reset r JOIN account a ON a.id = r.account_id AND a.disabled_at IS NULL \
        JOIN person p ON p.account_id = a.id WHERE r.token_hash = $1 AND r.used_at IS NULL AND $2 < r.expires_at";
    /// Uses it; once.
    USE = "UPDATE password_reset SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL AND $2 < expires_at";
    /// Ends all that could still be used.
    END = "UPDATE password_reset SET expires_at = $2 WHERE account_id = $1 AND used_at IS NULL AND $2 < expires_at";
}

/// How long a link can be used.
pub const VALID_MINUTES: i64 = 15;

/// A link that can still be used, and whose it is.
#[derive(Clone, Debug)]
pub struct Reset {
    /// Whose password.
    pub account: AccountId,
    /// Their name.
    pub name: PersonName,
    /// Their address.
    pub email: PersonName,
}

impl Tx {
    /// Starts a reset; earlier links end. Answers with the token of the link, which is nowhere else.
    pub async fn start_reset(&mut self, stamp: &Stamp, account: AccountId) -> Result<String> {
        self.end_resets(stamp, account).await?;
        let token = stamp.chance.token();
        let (hash, until) = (String::from(Digest::of(token.as_bytes())), stamp.now.plus_minutes(VALID_MINUTES));
        let actor = stamp.actor.map(|a| a.to_string());
        run!(self, ADD, hash, account.to_string(), actor, stamp.now.millis(), until.millis())?;
        self.record(stamp, What::ResetStarted, &account.to_string(), "").await?;
        Ok(token)
    }

    /// Whose password a link resets; `None` when it is unknown, used, too old, or of a closed account.
    pub async fn reset(&mut self, token: &str, now: Moment) -> Result<Option<Reset>> {
        let hash = String::from(Digest::of(token.as_bytes()));
        let row = find!(self, (String, String, String), BY_TOKEN, hash, now.millis())?;
        row.map(|(id, name, email)| {
            let account = read_id(&id, "password_reset")?;
            Ok(Reset { account, name: PersonName::new(name), email: PersonName::new(email) })
        })
        .transpose()
    }

    /// Uses a link: the new password counts, and every session of the person ends. [`super::Error::Stale`] when it was
    /// used in the meantime.
    pub async fn use_reset(
        &mut self,
        stamp: &Stamp,
        token: &str,
        account: AccountId,
        password_hash: &str,
    ) -> Result<()> {
        let hash = String::from(Digest::of(token.as_bytes()));
        ensure_one(run!(self, USE, hash, stamp.now.millis())?)?;
        self.write_password(account, password_hash).await?;
        self.end_other_sessions(stamp, account, "").await?;
        self.end_resets(stamp, account).await?;
        self.record(stamp, What::PasswordReset, &account.to_string(), "").await
    }

    /// Ends the links of somebody that could still be used.
    pub async fn end_resets(&mut self, stamp: &Stamp, account: AccountId) -> Result<()> {
        run!(self, END, account.to_string(), stamp.now.millis())?;
        Ok(())
    }
}
