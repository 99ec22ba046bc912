//! Limits: how often something may be tried or asked for. The counters stand in the database, so that they survive a
//! start and hold on several machines.
//!
//! Guessing becomes slow and is never locked out: [`Guess`] counts an account together with the address it is tried
//! from, so that nobody's failures keep somebody else out. Costly routes call [`take`].

use super::{desk::Desk, problem::Problem};
use crate::{
    domain::{
        id::AccountId,
        moment::Moment,
        throttle::{ADDRESS, LONGEST_FORGET, PAIR, Patience},
    },
    store::account::fold_email,
};

/// How often something costly may be asked for.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    name: &'static str,
    patience: Patience,
}

impl Limit {
    /// So many within so many minutes (60 at most) for each account. The name tells one limit from another.
    pub const fn new(name: &'static str, most: i64, minutes: i64) -> Self {
        Self { name, patience: Patience::quota(most, minutes) }
    }
}

/// Counts one use of something costly; [`Problem::TooMany`] when an account has used up its share.
pub async fn take(desk: &Desk, limit: Limit, account: AccountId) -> Result<(), Problem> {
    let (key, now) = (format!("limit:{}:{account}", limit.name), desk.portal.wall.now());
    let mut tx = desk.portal.store.write().await?;
    let tally = tx.hold_tally(&key, now).await?;
    match limit.patience.wait(tally, now) {
        0 => {}
        seconds => return Err(Problem::TooMany(seconds)),
    }
    tx.write_tally(&key, limit.patience.tried(tally, now)).await?;
    Ok(tx.commit().await?)
}

/// What is tried: each kind has a counter of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A password.
    Password,
    /// A code or a recovery code.
    Code,
}

/// One try to show who one is, which was counted.
#[derive(Clone, Debug)]
pub struct Guess {
    pair: String,
    address: String,
    at: Moment,
    /// When something was tried last before this.
    before: Moment,
}

/// Whether somebody may try.
#[derive(Clone, Debug)]
pub enum Try {
    /// They may, and it was counted.
    Counted(Guess),
    /// They have to wait so many seconds.
    Wait(i64),
}

impl Guess {
    /// Counts a try for an account by its address of mail, whether there is one or not, from where the request comes. It
    /// is counted before it is known whether it is right, so that many at once count as many.
    pub async fn count(desk: &Desk, kind: Kind, email: &str) -> Result<Try, Problem> {
        let (from, at) = (desk.client.address, desk.portal.wall.now());
        let (pair, address) = (format!("{kind:?}:{}:{from}", fold_email(email)), format!("from:{from}"));
        let mut tx = desk.portal.store.write().await?;
        tx.sweep_tallies(at.plus_minutes(-LONGEST_FORGET)).await?;
        let (of_pair, of_address) = (tx.hold_tally(&pair, at).await?, tx.hold_tally(&address, at).await?);
        let wait = PAIR.wait(of_pair, at).max(ADDRESS.wait(of_address, at));
        if wait != 0 {
            return Ok(Try::Wait(wait));
        }
        tx.write_tally(&pair, PAIR.tried(of_pair, at)).await?;
        tx.write_tally(&address, ADDRESS.tried(of_address, at)).await?;
        tx.commit().await?;
        Ok(Try::Counted(Self { pair, address, at, before: of_address.last }))
    }

    /// It was right: it does not count, and what failed before is forgotten for this account from here.
    pub async fn was_right(self, desk: &Desk) -> Result<(), Problem> {
        let mut tx = desk.portal.store.write().await?;
        tx.forget_tally(&self.pair).await?;
        tx.forgive_tally(&self.address, self.at, self.before).await?;
        Ok(tx.commit().await?)
    }
}
