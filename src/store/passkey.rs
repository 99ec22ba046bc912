//! Passkeys, and what has to be remembered between a question to one and its answer.
//!
//! A credential and the state of a ceremony are texts here: what they mean is known to `server::passkeys` alone.

use super::{Error, Result, Stamp, Tx, account::read_id, ensure_one, event::What};
use crate::domain::{
    id::{AccountId, PasskeyId},
    moment::Moment,
    snapshot::Digest,
};

statements! {
    /// What passkeys know an account by.
    HANDLE = "SELECT handle FROM passkey_handle WHERE account_id = $1";
    /// The first passkey of an account.
    ADD_HANDLE = "INSERT INTO passkey_handle (account_id, handle) VALUES ($1, $2)";
    /// Those of an account, the oldest first.
    OF_ACCOUNT = "SELECT id, account_id, credential, label, created_at, used_at FROM passkey WHERE account_id = $1 \
        ORDER BY created_at, id";
    /// The one that signs in; its account has to be open, and known by the same handle.
    BY_CREDENTIAL = "SELECT p.id, p.account_id, p.credential, p.label, p.created_at, p.used_at FROM passkey p \
        JOIN passkey_handle h ON h.account_id = p.account_id JOIN account a ON a.id = p.account_id \
        WHERE p.credential_hash = $1 AND h.handle = $2 AND a.disabled_at IS NULL";
    /// A new one.
    ADD = "INSERT INTO passkey (id, account_id, credential_hash, credential, label, created_at) VALUES ($1, $2, $3, $4, $5, $6)";
    /// Counter and flags after it was used, if nobody has used it in the meantime.
    USE = "UPDATE passkey SET credential = $3, used_at = $4 WHERE id = $1 AND credential = $2";
    /// Another name.
    RENAME = "UPDATE passkey SET label = $3 WHERE id = $1 AND account_id = $2";
    /// Gone.
    REMOVE = "DELETE FROM passkey WHERE id = $1 AND account_id = $2";
    /// A ceremony begins.
    BEGIN = "INSERT INTO passkey_ceremony (token_hash, purpose, account_id, state, expires_at) VALUES ($1, $2, $3, $4, $5)";
    /// A ceremony ends, once.
    TAKE = "DELETE FROM passkey_ceremony WHERE token_hash = $1 RETURNING purpose, account_id, state, expires_at";
    /// Those that nobody has ended.
    SWEEP = "DELETE FROM passkey_ceremony WHERE expires_at <= $1";
}

/// How long somebody has for a passkey. Putting a finger on a key can take a while; a forgotten page must not.
pub const CEREMONY_MINUTES: i64 = 5;

/// What a passkey is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To be added to an account.
    Add,
    /// To sign somebody in.
    SignIn,
    /// To confirm that it is still the same person.
    Confirm,
}

impl Purpose {
    const fn key(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::SignIn => "sign-in",
            Self::Confirm => "confirm",
        }
    }
}

/// A passkey of an account.
#[derive(Clone, Debug)]
pub struct StoredPasskey {
    /// Which one.
    pub id: PasskeyId,
    /// Whose it is.
    pub account: AccountId,
    /// Public key, counter and flags, as JSON.
    pub credential: String,
    /// What its owner calls it.
    pub label: String,
    /// Since when.
    pub created: Moment,
    /// When it has last signed in or confirmed.
    pub used: Option<Moment>,
}

type Row = (String, String, String, String, i64, Option<i64>);

fn passkey((id, account, credential, label, created, used): Row) -> Result<StoredPasskey> {
    Ok(StoredPasskey {
        id: PasskeyId::parse(&id).ok_or_else(|| Error::Inconsistent("passkey", "id", id.clone()))?,
        account: read_id(&account, "passkey")?,
        credential,
        label,
        created: Moment::from_millis(created),
        used: used.map(Moment::from_millis),
    })
}

fn hashed(bytes: &[u8]) -> String {
    Digest::of(bytes).into()
}

impl Tx {
    /// What passkeys know an account by; `fresh` from now on, when it has none yet.
    pub async fn passkey_handle(&mut self, account: AccountId, fresh: &str) -> Result<String> {
        if let Some((handle,)) = find!(self, (String,), HANDLE, account.to_string())? {
            return Ok(handle);
        }
        run!(self, ADD_HANDLE, account.to_string(), fresh.to_owned())?;
        Ok(fresh.to_owned())
    }

    /// The passkeys of an account, the oldest first.
    pub async fn passkeys(&mut self, account: AccountId) -> Result<Vec<StoredPasskey>> {
        list!(self, Row, OF_ACCOUNT, account.to_string())?.into_iter().map(passkey).collect()
    }

    /// The passkey with this credential, if it belongs to an open account that is known by this handle.
    pub async fn passkey_by_credential(&mut self, credential_id: &[u8], handle: &str) -> Result<Option<StoredPasskey>> {
        find!(self, Row, BY_CREDENTIAL, hashed(credential_id), handle.to_owned())?.map(passkey).transpose()
    }

    /// Adds a passkey. [`Error::Taken`] when any account has this credential already.
    pub async fn add_passkey(
        &mut self,
        stamp: &Stamp,
        account: AccountId,
        credential_id: &[u8],
        credential: &str,
        label: &str,
    ) -> Result<PasskeyId> {
        let id = PasskeyId::new(stamp.chance.bits());
        run!(
            self,
            ADD,
            id.to_string(),
            account.to_string(),
            hashed(credential_id),
            credential.to_owned(),
            label.to_owned(),
            stamp.now.millis()
        )?;
        self.record(stamp, What::PasskeyAdded, &account.to_string(), &id.to_string()).await?;
        Ok(id)
    }

    /// Writes what has changed when a passkey was used: [`Error::Stale`] when it was used elsewhere at the same moment, so
    /// that one counter is never accepted twice.
    pub async fn use_passkey(&mut self, stamp: &Stamp, passkey: &StoredPasskey, credential: &str) -> Result<()> {
        let (id, before) = (passkey.id.to_string(), passkey.credential.clone());
        ensure_one(run!(self, USE, id, before, credential.to_owned(), stamp.now.millis())?)
    }

    /// Gives a passkey another name. [`Error::Stale`] when the account has no such passkey.
    pub async fn rename_passkey(
        &mut self,
        stamp: &Stamp,
        account: AccountId,
        id: PasskeyId,
        label: &str,
    ) -> Result<()> {
        ensure_one(run!(self, RENAME, id.to_string(), account.to_string(), label.to_owned())?)?;
        self.record(stamp, What::PasskeyRenamed, &account.to_string(), &id.to_string()).await
    }

    /// Removes a passkey. [`Error::Stale`] when the account has no such passkey.
    pub async fn remove_passkey(&mut self, stamp: &Stamp, account: AccountId, id: PasskeyId) -> Result<()> {
        ensure_one(run!(self, REMOVE, id.to_string(), account.to_string())?)?;
        self.record(stamp, What::PasskeyRemoved, &account.to_string(), &id.to_string()).await
    }

    /// Begins a ceremony, for [`CEREMONY_MINUTES`]; answers with its token, which is nowhere else.
    pub async fn begin_ceremony(
        &mut self,
        stamp: &Stamp,
        purpose: Purpose,
        account: Option<AccountId>,
        state: &str,
    ) -> Result<String> {
        run!(self, SWEEP, stamp.now.millis())?;
        let token = stamp.chance.token();
        run!(
            self,
            BEGIN,
            hashed(token.as_bytes()),
            purpose.key(),
            account.map(|a| a.to_string()),
            state.to_owned(),
            stamp.now.plus_minutes(CEREMONY_MINUTES).millis()
        )?;
        Ok(token)
    }

    /// Ends a ceremony and answers with its state; `None` when it is unknown, over, too old, of another purpose or of
    /// another account. Whatever it was, its token is spent.
    pub async fn take_ceremony(
        &mut self,
        now: Moment,
        token: &str,
        purpose: Purpose,
        account: Option<AccountId>,
    ) -> Result<Option<String>> {
        type Taken = (String, Option<String>, String, i64);
        let Some((kind, owner, state, expires)) = find!(self, Taken, TAKE, hashed(token.as_bytes()))? else {
            return Ok(None);
        };
        let fits = kind == purpose.key() && owner == account.map(|a| a.to_string()) && now.millis() < expires;
        Ok(fits.then_some(state))
    }
}
