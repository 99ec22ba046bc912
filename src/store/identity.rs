//! Who accounts are at identity providers, and people who are away at one.

use super::{Error, Result, Stamp, Tx, account::read_id, ensure_one, event::What};
use crate::domain::{
    id::{AccountId, IdentityId},
    moment::Moment,
    snapshot::Digest,
};

statements! {
    /// Those of an account.
    OF_ACCOUNT = "SELECT id, issuer, created_at, used_at FROM identity WHERE account_id = $1 ORDER BY created_at, id";
    /// Who signs in; only open accounts.
    ACCOUNT_OF = "SELECT i.id, i.account_id FROM identity i JOIN account a ON a.id = i.account_id \
        WHERE i.identity_hash = $1 AND a.disabled_at IS NULL";
    /// A new one.
    LINK = "INSERT INTO identity (id, account_id, identity_hash, issuer, created_at) VALUES ($1, $2, $3, $4, $5)";
    /// It has signed in.
    USE = "UPDATE identity SET used_at = $2 WHERE id = $1";
    /// Gone.
    UNLINK = "DELETE FROM identity WHERE id = $1 AND account_id = $2";
    /// Somebody leaves for a provider.
    DEPART = "INSERT INTO provider_visit (state_hash, provider, account_id, nonce, verifier, next, expires_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    /// Somebody comes back, once.
    RETURN = "DELETE FROM provider_visit WHERE state_hash = $1 RETURNING provider, account_id, nonce, verifier, next, expires_at";
    /// Those who have not come back.
    SWEEP = "DELETE FROM provider_visit WHERE expires_at <= $1";
}

/// How long somebody may take at a provider.
pub const VISIT_MINUTES: i64 = 10;

/// An identity of an account.
#[derive(Clone, Debug)]
pub struct Identity {
    /// Which one.
    pub id: IdentityId,
    /// At which provider.
    pub issuer: String,
    /// Since when.
    pub linked: Moment,
    /// When it has last signed in.
    pub used: Option<Moment>,
}

/// What must be true when somebody comes back from a provider.
#[derive(Clone)]
pub struct Visit {
    /// The name of the provider.
    pub provider: String,
    /// Who wants to link an identity; none for signing in.
    pub account: Option<AccountId>,
    /// Stands in the token.
    pub nonce: String,
    /// Belongs to the code.
    pub verifier: String,
    /// Where to go on.
    pub next: String,
}

impl std::fmt::Debug for Visit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Visit({})", self.provider)
    }
}

/// Issuer and subject as one value; an address of an issuer has no line end. What people are called at their hospital is
/// nowhere in the database.
fn hashed(issuer: &str, subject: &str) -> String {
    Digest::of(format!("{issuer}\n{subject}").as_bytes()).into()
}

impl Tx {
    /// The identities of an account, the oldest first.
    pub async fn identities(&mut self, account: AccountId) -> Result<Vec<Identity>> {
        let rows = list!(self, (String, String, i64, Option<i64>), OF_ACCOUNT, account.to_string())?;
        let identity = |(id, issuer, linked, used): (String, String, i64, Option<i64>)| {
            Ok(Identity {
                id: IdentityId::parse(&id).ok_or(Error::Inconsistent("identity", "id", id))?,
                issuer,
                linked: Moment::from_millis(linked),
                used: used.map(Moment::from_millis),
            })
        };
        rows.into_iter().map(identity).collect()
    }

    /// The open account behind an identity, which is marked as used.
    pub async fn use_identity(&mut self, stamp: &Stamp, issuer: &str, subject: &str) -> Result<Option<AccountId>> {
        let Some((id, account)) = find!(self, (String, String), ACCOUNT_OF, hashed(issuer, subject))? else {
            return Ok(None);
        };
        run!(self, USE, id, stamp.now.millis())?;
        read_id(&account, "identity").map(Some)
    }

    /// Links an identity. [`Error::Taken`] when it belongs to an account already.
    pub async fn link_identity(
        &mut self,
        stamp: &Stamp,
        account: AccountId,
        issuer: &str,
        subject: &str,
    ) -> Result<IdentityId> {
        let id = IdentityId::new(stamp.chance.bits());
        run!(
            self,
            LINK,
            id.to_string(),
            account.to_string(),
            hashed(issuer, subject),
            issuer.to_owned(),
            stamp.now.millis()
        )?;
        self.record(stamp, What::IdentityLinked, &account.to_string(), &id.to_string()).await?;
        Ok(id)
    }

    /// Takes a link away. [`Error::Stale`] when the account has no such identity.
    pub async fn unlink_identity(&mut self, stamp: &Stamp, account: AccountId, id: IdentityId) -> Result<()> {
        ensure_one(run!(self, UNLINK, id.to_string(), account.to_string())?)?;
        self.record(stamp, What::IdentityUnlinked, &account.to_string(), &id.to_string()).await
    }

    /// Somebody leaves for a provider; `state` brings them back within [`VISIT_MINUTES`].
    pub async fn depart(&mut self, now: Moment, state: &str, visit: &Visit) -> Result<()> {
        run!(self, SWEEP, now.millis())?;
        run!(
            self,
            DEPART,
            String::from(Digest::of(state.as_bytes())),
            visit.provider.clone(),
            visit.account.map(|a| a.to_string()),
            visit.nonce.clone(),
            visit.verifier.clone(),
            visit.next.clone(),
            now.plus_minutes(VISIT_MINUTES).millis()
        )?;
        Ok(())
    }

    /// Somebody comes back; `None` when the state is unknown, used or too old. It is spent in any case.
    pub async fn come_back(&mut self, now: Moment, state: &str) -> Result<Option<Visit>> {
        type Row = (String, Option<String>, String, String, String, i64);
        let hash = String::from(Digest::of(state.as_bytes()));
        let Some((provider, account, nonce, verifier, next, expires)) = find!(self, Row, RETURN, hash)? else {
            return Ok(None);
        };
        let account = account.map(|a| read_id(&a, "provider_visit")).transpose()?;
        Ok((now.millis() < expires).then_some(Visit { provider, account, nonce, verifier, next }))
    }
}
