//! Letters across the blind: they name neither people nor what was said, and leave together with those of the same hour.

use super::{To, letter::News, post, title};
use crate::{
    domain::{
        calendar::Deadline,
        id::{ApplicationId, CycleId, MessageId, RequestId},
        mail::next_batch,
    },
    server::mail::Letter,
    store::{self, Stamp, Tx, application::Application, panel::SeatState},
};

/// A question was passed on to the centre: goes to everybody who works on the application.
pub async fn question_passed_on(
    tx: &mut Tx,
    stamp: &Stamp,
    origin: &str,
    application: &Application,
    (request, message, due): (RequestId, Option<MessageId>, &Deadline),
) -> store::Result<()> {
    let path = format!("/applications/{}/requests/{request}", application.id);
    let letter = Letter::Question { title: title(application), due: due.long(), path };
    // A question of the working group itself begins its request.
    let reference = message.map_or_else(|| request.to_string(), |m| m.to_string());
    for member in tx.members(application.centre).await? {
        let mut to = To::account(member.role.key(), member.account, &member.name, &member.email, next_batch(stamp.now));
        to.application = Some(application.id);
        post(tx, stamp, origin, format!("question:{reference}:{}", member.account), to, &letter).await?;
    }
    Ok(())
}

/// There is news for a panel: goes to everybody whose seat is accepted. `reference` tells one piece of news from another;
/// `rest` is the page below each review.
pub async fn tell_panel(
    tx: &mut Tx,
    stamp: &Stamp,
    origin: &str,
    application: ApplicationId,
    (news, reference, rest): (News, &str, &str),
) -> store::Result<()> {
    for sitting in tx.panel_of(application).await? {
        if sitting.seat.state != SeatState::Accepted {
            continue;
        }
        let Some(person) = tx.account(sitting.account).await? else { continue };
        let letter = Letter::Panel { news, path: format!("/reviews/{}{rest}", sitting.seat.id) };
        let mut to = To::account("reviewer", person.id, &person.name, &person.email, next_batch(stamp.now));
        to.application = Some(application);
        post(tx, stamp, origin, format!("panel:{reference}:{}", sitting.seat.id), to, &letter).await?;
    }
    Ok(())
}

/// A message across the blind waits: goes to the coordinators who may read it. One letter a cycle and hour, which names no
/// application; the board says where it waits.
pub async fn message_waits(
    tx: &mut Tx,
    stamp: &Stamp,
    origin: &str,
    cycle: CycleId,
    application: ApplicationId,
) -> store::Result<()> {
    let not_before = next_batch(stamp.now);
    // The portal writes, not whoever asked or answered: how many letters it are is nothing for their own record.
    let stamp = &Stamp { actor: None, ..stamp.clone() };
    let letter = Letter::Panel { news: News::Waits, path: format!("/working-group/cycles/{cycle}") };
    for account in tx.coordinators_without_conflict(application).await? {
        let Some(person) = tx.account(account).await? else { continue };
        let to = To::account("coordinator", account, &person.name, &person.email, not_before);
        let cause = format!("waits:{cycle}:{account}:{}", not_before.millis());
        post(tx, stamp, origin, cause, to, &letter).await?;
    }
    Ok(())
}
