//! Accounts, and the people behind them.

use super::{Error, Result, Stamp, Tx, event::What};
use crate::domain::{
    access::{Grant, Role},
    id::{AccountId, CycleId},
};
use std::fmt;

statements! {
    /// For signing in.
    BY_EMAIL = "SELECT a.id, a.password_hash, (SELECT string_agg(g.role || ':' || COALESCE(g.cycle_id, ''), ' ') FROM role_grant g WHERE g.account_id = a.id AND g.ended_at IS NULL) AS grants, \
        p.name, p.email FROM person p JOIN account a ON a.id = p.account_id WHERE p.email = $1 AND a.disabled_at IS NULL";
    /// For a session.
    BY_ID = "SELECT a.id, a.password_hash, (SELECT string_agg(g.role || ':' || COALESCE(g.cycle_id, ''), ' ') FROM role_grant g WHERE g.account_id = a.id AND g.ended_at IS NULL) AS grants, \
        p.name, p.email FROM account a JOIN person p ON p.account_id = a.id WHERE a.id = $1 AND a.disabled_at IS NULL";
    /// A new account.
    ADD = "INSERT INTO account (id, password_hash, created_at) VALUES ($1, $2, $3)";
    /// Its person.
    ADD_PERSON = "INSERT INTO person (account_id, name, email) VALUES ($1, $2, $3)";
    /// When its parameters have become weak.
    REHASH = "UPDATE account SET password_hash = $2 WHERE id = $1";
    /// A new one that its owner has chosen.
    SET_PASSWORD = "UPDATE account SET password_hash = $2 WHERE id = $1 AND disabled_at IS NULL";
    /// How many accounts there are.
    COUNT = "SELECT CAST(COUNT(*) AS BIGINT) FROM account";
}

/// The name of a person. Neither `Display` nor `Serialize`: a page asks for it by name, and nothing prints it by chance.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonName(String);

impl PersonName {
    /// Takes a name that was read or typed.
    pub const fn new(name: String) -> Self {
        Self(name)
    }

    /// The name, to be shown to somebody who may see it.
    pub fn shown(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[a name]")
    }
}

/// Somebody who can sign in.
#[derive(Clone, Debug)]
pub struct Account {
    /// Which account.
    pub id: AccountId,
    /// Their name.
    pub name: PersonName,
    /// Their address; also what they sign in with.
    pub email: PersonName,
    /// Argon2id in PHC form; none while no password was chosen.
    pub password_hash: Option<String>,
    /// Their roles of the programme, as far as they have not ended.
    pub grants: Vec<Grant>,
}

impl Account {
    /// Whether the account has a role of the programme, in whichever cycle.
    pub fn has_role(&self, role: &str) -> bool {
        self.grants.iter().any(|g| g.role.key() == role)
    }

    /// The keys of their roles, each once.
    pub fn roles(&self) -> Vec<&'static str> {
        let mut keys: Vec<&str> = self.grants.iter().map(|g| g.role.key()).collect();
        keys.dedup();
        keys
    }

    /// Whether the account has a role in a cycle.
    pub fn holds(&self, role: Role, cycle: CycleId) -> bool {
        self.grants.iter().any(|g| g.role == role && g.holds_in(cycle))
    }
}

type Row = (String, Option<String>, Option<String>, String, String);

/// Addresses are compared in lower case, without white space around them.
pub fn fold_email(email: &str) -> String {
    email.trim().to_lowercase()
}

pub(super) fn read_id(text: &str, table: &'static str) -> Result<AccountId> {
    AccountId::parse(text).ok_or_else(|| Error::Inconsistent(table, "account_id", text.to_owned()))
}

/// Reads what a statement has gathered: `role:cycle`, with nothing behind the colon for every cycle.
pub(super) fn grants(gathered: Option<&str>) -> Result<Vec<Grant>> {
    let wrong = |text: &str| Error::Inconsistent("role_grant", "role", text.to_owned());
    let read = |text: &str| {
        let (role, cycle) = text.split_once(':').ok_or_else(|| wrong(text))?;
        let role = Role::parse(role).ok_or_else(|| wrong(text))?;
        let cycle = if cycle.is_empty() { None } else { Some(CycleId::parse(cycle).ok_or_else(|| wrong(text))?) };
        Ok(Grant { role, cycle })
    };
    let mut all = gathered.unwrap_or_default().split_whitespace().map(read).collect::<Result<Vec<_>>>()?;
    all.sort_by_key(|g| (g.role, g.cycle));
    Ok(all)
}

fn from_row((id, password_hash, granted, name, email): Row) -> Result<Account> {
    Ok(Account {
        id: read_id(&id, "account")?,
        name: PersonName::new(name),
        email: PersonName::new(email),
        password_hash,
        grants: grants(granted.as_deref())?,
    })
}

impl Tx {
    /// The account with this address.
    pub async fn account_by_email(&mut self, email: &str) -> Result<Option<Account>> {
        find!(self, Row, BY_EMAIL, fold_email(email))?.map(from_row).transpose()
    }

    /// The account with this identifier.
    pub async fn account(&mut self, id: AccountId) -> Result<Option<Account>> {
        find!(self, Row, BY_ID, id.to_string())?.map(from_row).transpose()
    }

    /// A new account with its person, and with roles that hold in every cycle. [`Error::Taken`] when the address has an
    /// account already.
    pub async fn add_account(
        &mut self,
        stamp: &Stamp,
        name: &str,
        email: &str,
        password_hash: &str,
        roles: &[String],
    ) -> Result<AccountId> {
        let id = AccountId::new(stamp.chance.bits());
        run!(self, ADD, id.to_string(), password_hash.to_owned(), stamp.now.millis())?;
        run!(self, ADD_PERSON, id.to_string(), name.to_owned(), fold_email(email))?;
        self.key_person(id, name, email).await?;
        self.record(stamp, What::AccountCreated, &id.to_string(), &roles.join(" ")).await?;
        for key in roles {
            let role = Role::parse(key).ok_or_else(|| Error::Inconsistent("role_grant", "role", key.clone()))?;
            self.grant(stamp, id, Grant { role, cycle: None }).await?;
        }
        Ok(id)
    }

    /// Replaces a password hash whose parameters have become weak.
    pub async fn rehash(&mut self, stamp: &Stamp, id: AccountId, password_hash: &str) -> Result<()> {
        run!(self, REHASH, id.to_string(), password_hash.to_owned())?;
        self.record(stamp, What::PasswordRehashed, &id.to_string(), "").await
    }

    /// Writes a new password; who calls it records why.
    pub(super) async fn write_password(&mut self, id: AccountId, password_hash: &str) -> Result<()> {
        super::ensure_one(run!(self, SET_PASSWORD, id.to_string(), password_hash.to_owned())?)
    }

    /// Replaces a password that its owner has changed.
    pub async fn set_password(&mut self, stamp: &Stamp, id: AccountId, password_hash: &str) -> Result<()> {
        self.write_password(id, password_hash).await?;
        self.record(stamp, What::PasswordChanged, &id.to_string(), "").await
    }

    /// How many accounts there are.
    pub async fn count_accounts(&mut self) -> Result<i64> {
        Ok(find!(self, (i64,), COUNT)?.map_or(0, |row| row.0))
    }
}
