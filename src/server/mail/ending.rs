//! Letters about designations: that one ends in 12, 6 or 3 months, and that one was withdrawn.

use super::{Letter, To, post, schedule::stamp};
use crate::{
    domain::{
        calendar::Deadline,
        designation::{Step, Term},
        moment::Moment,
    },
    server::Portal,
    store::{self, Stamp, Tx, centre::Role, designation::Designation, mail::ending::Ending},
};

/// From which hour of the day, in UTC, letters are written.
const FROM_HOUR: i8 = 7;

/// How many days a letter may be late, when the portal was not running on its day. What is later than that waits for the
/// next step: a portal that begins to remind does not write of every step that is long past.
const LATE_DAYS: i64 = 14;

/// Posts what is due.
pub async fn remind(portal: &Portal) -> store::Result<()> {
    let now = portal.clock.now();
    let day = Deadline { at: now, zone: "UTC".into() };
    if day.hour(now) < FROM_HOUR {
        return Ok(());
    }
    for step in Step::ALL {
        remind_at(portal, step, now).await?;
    }
    Ok(())
}

async fn remind_at(portal: &Portal, step: Step, now: Moment) -> store::Result<()> {
    let until = step.horizon(now);
    let after = until.plus_days(-LATE_DAYS).max(now);
    let cause = format!("designation-{}:", step.months());
    if portal.store.read().await?.endings(after, until, &cause).await?.is_empty() {
        return Ok(());
    }
    let stamp = stamp(portal);
    let mut tx = portal.store.write().await?;
    for ending in tx.endings(after, until, &cause).await? {
        let term = Term { from: now, until: ending.until };
        let letter = Letter::Designation {
            ends: Some(term.last_day(&ending.zone)),
            path: format!("/applications/{}/designation", ending.application),
        };
        let Ending { designation, application, account, name, email, .. } = ending;
        let mut to = To::account(Role::Lead.key(), account, &name, &email, now);
        to.application = Some(application);
        let cause = format!("{cause}{designation}:{account}");
        post(&mut tx, &stamp, &portal.settings.origin, cause, to, &letter).await?;
    }
    tx.commit().await
}

/// A designation was withdrawn: goes to everybody who works for the centre.
pub async fn withdrawn(tx: &mut Tx, stamp: &Stamp, origin: &str, of: &Designation) -> store::Result<()> {
    let path = format!("/applications/{}/designation", of.application);
    let letter = Letter::Designation { ends: None, path };
    for member in tx.members(of.centre).await? {
        let mut to = To::account(member.role.key(), member.account, &member.name, &member.email, stamp.now);
        to.application = Some(of.application);
        // The time of the letter does not tell who of the working group was at work.
        to.not_before = crate::domain::mail::next_batch(stamp.now);
        let cause = format!("designation-withdrawn:{}:{}", of.id, member.account);
        post(tx, stamp, origin, cause, to, &letter).await?;
    }
    Ok(())
}
