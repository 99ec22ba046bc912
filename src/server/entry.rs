//! Letting somebody in: the one place where a session begins to belong to an account.

use super::{desk::Desk, problem::Problem};
use crate::{
    domain::id::AccountId,
    store::{event::What, session},
};

/// How somebody has shown who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// An invitation, used for the first time.
    Invitation,
    /// A password.
    Password,
    /// A password and a code of an authenticator app.
    PasswordAndCode,
    /// A password and a recovery code.
    PasswordAndRecovery,
    /// A passkey that has verified the person.
    Passkey,
    /// An identity provider.
    Provider,
}

impl How {
    /// In the record and in the session.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::Password => "password",
            Self::PasswordAndCode => "password-and-code",
            Self::PasswordAndRecovery => "password-and-recovery",
            Self::Passkey => "passkey",
            Self::Provider => "provider",
        }
    }
}

/// Lets somebody in: a new session key, since one that was known before must not open anything afterwards, and a line in
/// the record.
pub async fn admit(desk: &Desk, account: AccountId, how: How) -> Result<(), Problem> {
    let mut tx = desk.portal.store.write().await?;
    tx.record(&desk.stamp(Some(account)), What::SignedIn, &account.to_string(), how.key()).await?;
    tx.commit().await?;
    desk.session.cycle_id().await?;
    desk.session.insert(session::ACCOUNT, account.to_string()).await?;
    Ok(())
}
