//! Second factors: the secret of an authenticator app, and recovery codes.

use super::{Result, Stamp, Tx, event::What};
use crate::domain::{id::AccountId, moment::Moment};

statements! {
    /// The sealed secret of an account.
    CODE = "SELECT secret, set_up_at FROM code_factor WHERE account_id = $1";
    /// Sets up an app, or another one.
    SET_UP = "INSERT INTO code_factor (account_id, secret, used_step, set_up_at) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (account_id) DO UPDATE SET secret = excluded.secret, used_step = excluded.used_step, set_up_at = excluded.set_up_at";
    /// Uses the code of a half minute; each once, and none that is older than one that was used.
    USE_STEP = "UPDATE code_factor SET used_step = $2 WHERE account_id = $1 AND used_step < $2";
    /// Every sealed secret.
    ALL_CODES = "SELECT account_id, secret FROM code_factor ORDER BY account_id";
    /// The same secret, sealed with another key.
    RESEAL = "UPDATE code_factor SET secret = $3 WHERE account_id = $1 AND secret = $2";
    /// The app opens nothing any more.
    FORGET_CODE = "DELETE FROM code_factor WHERE account_id = $1";
    /// Ends a set of recovery codes.
    FORGET_RECOVERY = "DELETE FROM recovery_code WHERE account_id = $1";
    /// One of a new set.
    ADD_RECOVERY = "INSERT INTO recovery_code (account_id, code_hash, made_at) VALUES ($1, $2, $3)";
    /// Uses one, once.
    USE_RECOVERY = "UPDATE recovery_code SET used_at = $3 WHERE account_id = $1 AND code_hash = $2 AND used_at IS NULL";
    /// How many are left.
    RECOVERY_LEFT = "SELECT CAST(COUNT(*) AS BIGINT) FROM recovery_code WHERE account_id = $1 AND used_at IS NULL";
}

/// The secret of an authenticator app, as it is kept.
#[derive(Clone, Debug)]
pub struct CodeFactor {
    /// Sealed; see `server::seal`.
    pub sealed: String,
    /// Since when.
    pub set_up: Moment,
}

/// Which second factors an account has. Other kinds of factors add themselves here, and to [`Factors::any`].
#[derive(Clone, Debug, Default)]
pub struct Factors {
    /// An authenticator app.
    pub code: Option<CodeFactor>,
    /// How many passkeys. Each is two factors by itself: the device, and what unlocks it.
    pub passkeys: usize,
    /// How many recovery codes are left.
    pub recovery: i64,
}

impl Factors {
    /// Whether there is a second factor. Recovery codes alone are none.
    pub const fn any(&self) -> bool {
        self.code.is_some() || 0 < self.passkeys
    }

    /// Whether a passkey may be removed: only when two factors can be shown without it.
    pub const fn may_lose_passkey(&self, password: bool) -> bool {
        1 < self.passkeys || (self.passkeys == 1 && password && self.code.is_some())
    }
}

impl Tx {
    /// Takes every second factor from an account that is erased.
    pub(super) async fn forget_factors(&mut self, account: &str) -> Result<()> {
        run!(self, FORGET_CODE, account.to_owned())?;
        run!(self, FORGET_RECOVERY, account.to_owned())?;
        Ok(())
    }

    /// Which second factors an account has.
    pub async fn factors(&mut self, account: AccountId) -> Result<Factors> {
        let code = self.code_factor(account).await?;
        let recovery = find!(self, (i64,), RECOVERY_LEFT, account.to_string())?.map_or(0, |row| row.0);
        let passkeys = self.passkeys(account).await?.len();
        Ok(Factors { code, passkeys, recovery })
    }

    /// The authenticator app of an account.
    pub async fn code_factor(&mut self, account: AccountId) -> Result<Option<CodeFactor>> {
        let row = find!(self, (String, i64), CODE, account.to_string())?;
        Ok(row.map(|(sealed, at)| CodeFactor { sealed, set_up: Moment::from_millis(at) }))
    }

    /// Sets up an authenticator app whose code of `step` was just shown; an earlier app ends.
    pub async fn set_up_code(&mut self, stamp: &Stamp, account: AccountId, sealed: &str, step: i64) -> Result<()> {
        run!(self, SET_UP, account.to_string(), sealed.to_owned(), step, stamp.now.millis())?;
        self.record(stamp, What::CodeSetUp, &account.to_string(), "").await
    }

    /// Uses the code of a half minute. False when it was used before, also by a request at the same moment.
    pub async fn use_code(&mut self, account: AccountId, step: i64) -> Result<bool> {
        Ok(run!(self, USE_STEP, account.to_string(), step)? == 1)
    }

    /// Every account with an authenticator app and its sealed secret, for checking.
    pub async fn sealed_codes(&mut self) -> Result<Vec<(String, String)>> {
        list!(self, (String, String), ALL_CODES)
    }

    /// Puts the same secret, sealed anew, in place of one. [`super::Error::Stale`] when it was changed in the meantime.
    pub async fn reseal_code(&mut self, account: AccountId, old: &str, new: &str) -> Result<()> {
        super::ensure_one(run!(self, RESEAL, account.to_string(), old.to_owned(), new.to_owned())?)
    }

    /// Gives an account a new set of recovery codes, as hashes; the old set ends.
    pub async fn set_recovery(&mut self, stamp: &Stamp, account: AccountId, hashes: &[String]) -> Result<()> {
        run!(self, FORGET_RECOVERY, account.to_string())?;
        for hash in hashes {
            run!(self, ADD_RECOVERY, account.to_string(), hash.clone(), stamp.now.millis())?;
        }
        self.record(stamp, What::RecoveryCodesMade, &account.to_string(), &hashes.len().to_string()).await
    }

    /// Uses a recovery code. False when there is none like it, or it was used before.
    pub async fn use_recovery(&mut self, stamp: &Stamp, account: AccountId, hash: &str) -> Result<bool> {
        let used = run!(self, USE_RECOVERY, account.to_string(), hash.to_owned(), stamp.now.millis())? == 1;
        if used {
            self.record(stamp, What::RecoveryCodeUsed, &account.to_string(), "").await?;
        }
        Ok(used)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_loses_the_last_way_in() {
        for passkeys in 0..4 {
            for (password, app) in [(false, false), (false, true), (true, false), (true, true)] {
                let code = app.then(|| CodeFactor { sealed: String::new(), set_up: Moment::from_millis(0) });
                let factors = Factors { code, passkeys, recovery: 10 };
                assert_eq!(factors.any(), app || 0 < passkeys, "{factors:?}");
                let expected = 1 < passkeys || (passkeys == 1 && password && app);
                assert_eq!(factors.may_lose_passkey(password), expected, "{factors:?}");
            }
        }
    }
}
