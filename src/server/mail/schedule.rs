//! What comes with time: reminders of deadlines, daily digests, and forgetting. Looked at every minute, by every node: what
//! was posted is known by its cause, so that neither a restart nor a second node posts it again.

use super::{Letter, To, post};
use crate::{
    domain::{
        id::AccountId,
        mail::{Due, last_digest},
        moment::Moment,
    },
    server::Portal,
    store::{
        self, Stamp,
        centre::{Cycle, Role},
    },
};

/// Everything that is due now. What fails is logged, and tried again at the next tick.
pub async fn tick(portal: &Portal) {
    for (what, done) in [
        ("reminders", remind(portal).await),
        ("designations that end", super::ending::remind(portal).await),
        ("digests", gather(portal).await),
        ("what was sent", forget(portal).await),
    ] {
        if let Err(error) = done {
            tracing::warn!(%error, "{what} could not be looked after; it is tried again in a minute");
        }
    }
}

pub(super) fn stamp(portal: &Portal) -> Stamp {
    let (now, chance) = (portal.clock.now(), portal.chance.clone());
    Stamp { now, actor: None, request_id: "schedule".into(), chance }
}

/// Posts the reminders that are due.
pub async fn remind(portal: &Portal) -> store::Result<()> {
    let now = portal.clock.now();
    let cycles = portal.store.read().await?.cycles().await?;
    for cycle in cycles.into_iter().filter(|cycle| cycle.opens <= now) {
        remind_of(portal, &cycle, None, now).await?;
        let own = portal.store.read().await?.own_deadlines(cycle.id).await?;
        for at in own {
            // A draft with a deadline of its own is reminded of that one.
            let mut moved = cycle.clone();
            moved.closes.at = at;
            remind_of(portal, &moved, Some(at), now).await?;
        }
    }
    Ok(())
}

async fn remind_of(portal: &Portal, cycle: &Cycle, own: Option<Moment>, now: Moment) -> store::Result<()> {
    let mut tx = portal.store.read().await?;
    let reminders = tx.reminders(cycle.id).await?;
    let Some(due) = reminders.due(&cycle.closes, cycle.opens, now) else { return Ok(()) };
    // A deadline that was moved reminds anew.
    let cause = format!("reminder:{}:{}:", cycle.closes.at.millis(), due.key());
    let wanted = |candidate: &store::mail::reminder::Candidate| {
        !candidate.returned
            && reminders.due(&cycle.closes, candidate.begun, now) == Some(due)
            // After the deadline nobody but the lead can do anything.
            && (matches!(due, Due::Before(_)) || candidate.role == Role::Lead)
    };
    if !tx.to_remind(cycle.id, &cause, own).await?.iter().any(wanted) {
        return Ok(());
    }
    drop(tx);
    let stamp = stamp(portal);
    let mut tx = portal.store.write().await?;
    for candidate in tx.to_remind(cycle.id, &cause, own).await?.into_iter().filter(wanted) {
        let letter = Letter::Reminder {
            title: format!("{} application {}", candidate.kind.name(), cycle.name),
            left: cycle.closes.days_left(now).min(if matches!(due, Due::After(_)) { -1 } else { i64::MAX }),
            closes: cycle.closes.long(),
            path: format!("/applications/{}", candidate.application),
        };
        let mut to = To::account(candidate.role.key(), candidate.account, &candidate.name, &candidate.email, now);
        to.application = Some(candidate.application);
        let cause = format!("{cause}{}:{}", candidate.application, candidate.account);
        post(&mut tx, &stamp, &portal.settings.origin, cause, to, &letter).await?;
    }
    tx.commit().await
}

/// Posts the digests that are due: one for each person and day, with what they may still see.
pub async fn gather(portal: &Portal) -> store::Result<()> {
    let before = last_digest(portal.clock.now());
    let accounts = portal.store.read().await?.digests_due(before).await?;
    for account in accounts {
        digest(portal, account, before).await?;
    }
    Ok(())
}

async fn digest(portal: &Portal, account: AccountId, before: Moment) -> store::Result<()> {
    let stamp = stamp(portal);
    let mut tx = portal.store.write().await?;
    let notices = tx.take_digest(account, before, stamp.now).await?;
    let person = tx.account(account).await?;
    if let (Some(person), false) = (person, notices.is_empty()) {
        let lines = notices.into_iter().map(|notice| (notice.line, notice.path)).collect();
        let to = To::account("account", account, &person.name, &person.email, stamp.now);
        let cause = format!("digest:{account}:{}", before.millis());
        post(&mut tx, &stamp, &portal.settings.origin, cause, to, &Letter::Digest { lines }).await?;
    }
    tx.commit().await
}

/// Forgets what was kept of dead letters whose link has become too old.
async fn forget(portal: &Portal) -> store::Result<()> {
    let now = portal.clock.now();
    if !portal.store.read().await?.any_letter_to_forget(now).await? {
        return Ok(());
    }
    let mut tx = portal.store.write().await?;
    tx.forget_letters(now).await?;
    tx.commit().await
}
