//! Letting somebody in: the one place where a session begins to belong to an account.
//!
//! A password, an invitation or a provider that knows one factor opens nothing by itself: the session then only remembers who has to show a second factor,
//! or to set one up. [`admit`] decides which.

use super::{
    desk::Desk,
    mail::{self, Letter},
    problem::Problem,
};
use crate::{
    domain::{calendar::day_long, id::AccountId, moment::Moment},
    store::{Stamp, Tx, event::What, session},
};

/// How long after a password the second factor may come.
pub const PENDING_MINUTES: i64 = 10;

/// How long a second factor counts for what needs a fresh one.
pub const STEP_UP_MINUTES: i64 = 60;

/// In a session's data: when a second factor was shown, in milliseconds.
pub(super) const STEPPED: &str = "stepped";
/// When a recovery code was used: it opens the way to new factors, and to nothing else that needs a fresh one.
pub(super) const RECOVERED: &str = "recovered";
/// Where to go on.
pub(super) const NEXT: &str = "next";

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
    /// An identity provider that says that a second factor was used there.
    Provider,
    /// An identity provider that does not say so: ours has to follow.
    ProviderAlone,
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
            Self::ProviderAlone => "provider-alone",
        }
    }

    /// Whether it is one factor alone.
    const fn is_half(self) -> bool {
        matches!(self, Self::Invitation | Self::Password | Self::ProviderAlone)
    }
}

/// What a session opens after [`admit`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admitted {
    /// Everything that is open to the account.
    Wholly,
    /// Nothing, until a second factor is shown: `/sign-in/code`.
    ToSecondFactor,
    /// Nothing, until a second factor is set up: `/account/factors/code`.
    ToEnrolment,
}

impl Admitted {
    /// Where to go now; `next` when the session is open.
    pub fn place(self, next: &str) -> String {
        match self {
            Self::Wholly => next.to_owned(),
            Self::ToSecondFactor => "/sign-in/code".to_owned(),
            Self::ToEnrolment => "/account/factors/code".to_owned(),
        }
    }
}

/// Somebody who has shown a first factor.
#[derive(Clone, Debug)]
pub struct Half {
    /// Who.
    pub account: AccountId,
    /// Where to go on afterwards.
    pub next: String,
}

/// Lets somebody in: a new session key, since one that was known before must not open anything afterwards, and a line in
/// the record. How and when stand in the session; a strong way counts as a fresh second factor.
pub async fn admit(desk: &Desk, account: AccountId, how: How) -> Result<Admitted, Problem> {
    admit_to(desk, account, how, "/home").await
}

/// As [`admit`], and remembers where to go on when a second factor has to come first.
pub async fn admit_to(desk: &Desk, account: AccountId, how: How, next: &str) -> Result<Admitted, Problem> {
    let now = desk.portal.wall.now();
    let mut tx = desk.portal.store.write().await?;
    tx.sweep_sessions(now).await?;
    let admitted = match how.is_half() {
        false => Admitted::Wholly,
        true if tx.factors(account).await?.any() => Admitted::ToSecondFactor,
        true => Admitted::ToEnrolment,
    };
    if admitted == Admitted::Wholly {
        tx.record(&desk.stamp(Some(account)), What::SignedIn, &account.to_string(), how.key()).await?;
    }
    tx.commit().await?;
    let session = &desk.session;
    // Nothing of an earlier session goes on, whoever it belonged to.
    session.clear().await;
    session.cycle_id().await?;
    let whose = match admitted {
        Admitted::Wholly => session::ACCOUNT,
        Admitted::ToSecondFactor => session::PENDING,
        Admitted::ToEnrolment => session::ENROLLING,
    };
    session.insert(whose, account.to_string()).await?;
    session.insert(session::HOW, how.key()).await?;
    session.insert(session::BEGUN, now.millis()).await?;
    session.insert(session::DEVICE, desk.client.device).await?;
    if admitted == Admitted::Wholly {
        session.insert(session::HANDLE, format!("{:032x}", desk.portal.chance.bits())).await?;
    } else {
        session.insert(NEXT, next).await?;
    }
    match how {
        How::PasswordAndCode | How::Passkey => session.insert(STEPPED, now.millis()).await?,
        How::PasswordAndRecovery => session.insert(RECOVERED, now.millis()).await?,
        How::Invitation | How::Password | How::Provider | How::ProviderAlone => {}
    }
    Ok(admitted)
}

/// A new key for the session of this request; the old one opens nothing any more.
pub async fn renew_key(desk: &Desk) -> Result<(), Problem> {
    Ok(desk.session.cycle_id().await?)
}

/// Somebody has shown a second factor again: the key of the session changes, and what needs a fresh one opens.
pub async fn step_up(desk: &Desk, account: AccountId, how: How) -> Result<(), Problem> {
    let mut tx = desk.portal.store.write().await?;
    tx.record(&desk.stamp(Some(account)), What::SteppedUp, &account.to_string(), how.key()).await?;
    tx.commit().await?;
    renew_key(desk).await?;
    desk.session.insert(STEPPED, desk.portal.wall.now().millis()).await?;
    Ok(())
}

impl Desk {
    /// Who has shown a password and has to show a second factor, within [`PENDING_MINUTES`].
    pub async fn pending(&self) -> Result<Option<Half>, Problem> {
        let begun = self.session.get::<i64>(session::BEGUN).await?.map(Moment::from_millis);
        let late = begun.is_none_or(|at| at.plus_minutes(PENDING_MINUTES) <= self.portal.wall.now());
        if late { Ok(None) } else { self.half(session::PENDING).await }
    }

    /// Who has to set up a second factor before anything opens.
    pub async fn enrolling(&self) -> Result<Option<Half>, Problem> {
        self.half(session::ENROLLING).await
    }

    async fn half(&self, key: &str) -> Result<Option<Half>, Problem> {
        let account = self.session.get::<String>(key).await?;
        let Some(account) = account.as_deref().and_then(AccountId::parse) else { return Ok(None) };
        let next = self.session.get::<String>(NEXT).await?.unwrap_or_default();
        Ok(Some(Half { account, next: super::desk::inside(&next) }))
    }

    /// Fails unless a passkey or a code was shown within the last hour; then asks for it, and comes back. For what must not
    /// be done from a machine that somebody has left: changing factors, exports of everything, releasing decisions.
    pub async fn require_step_up(&self) -> Result<(), Problem> {
        if self.is_fresh(STEPPED).await? { Ok(()) } else { Err(Problem::Confirm(self.back.clone())) }
    }

    /// As [`Desk::require_step_up`]; a recovery code counts too, since whoever has lost a phone has nothing else.
    pub async fn require_step_up_for_factors(&self) -> Result<(), Problem> {
        if self.is_fresh(RECOVERED).await? { Ok(()) } else { self.require_step_up().await }
    }

    async fn is_fresh(&self, key: &str) -> Result<bool, Problem> {
        let at = self.session.get::<i64>(key).await?.map(Moment::from_millis);
        Ok(at.is_some_and(|at| self.portal.wall.now() < at.plus_minutes(STEP_UP_MINUTES)))
    }

    /// A way to sign in was added, changed or removed: all other sessions of its owner end, and they are told by mail, in
    /// case it was somebody else. `what` is a sentence such as "A passkey was added".
    pub async fn factor_changed(
        &self,
        tx: &mut Tx,
        stamp: &Stamp,
        account: AccountId,
        what: &str,
    ) -> Result<(), Problem> {
        tx.end_other_sessions(stamp, account, &self.session_handle().await?).await?;
        let letter = Letter::FactorChanged {
            what: what.to_owned(),
            day: day_long(stamp.now, "UTC"),
            path: "/account/record".into(),
        };
        let origin = &self.portal.settings.origin;
        Ok(mail::security_notice(tx, stamp, origin, account, &stamp.request_id, &letter).await?)
    }

    /// By which the current session is known in the list of sessions.
    pub async fn session_handle(&self) -> Result<String, Problem> {
        Ok(self.session.get::<String>(session::HANDLE).await?.unwrap_or_default())
    }
}
