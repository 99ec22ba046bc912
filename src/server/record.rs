//! Keeps the record: writes reads that wait, and signs the head of the record once a day.

use super::{Portal, signing::Signer};
use crate::{
    domain::{calendar::day_in, record::signed_text},
    store::{Result, Stamp, event::What, record::SignedHead},
};
use std::time::Duration;
use tokio::{
    sync::oneshot,
    task::JoinHandle,
    time::{MissedTickBehavior, interval},
};

/// How long a read may wait.
const FLUSH_EVERY: Duration = Duration::from_secs(2);

/// The task that keeps the record, until it is told to stop.
#[derive(Debug)]
pub struct Keeper {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Keeper {
    /// Signs today's head, and goes on in the background.
    pub async fn start(portal: Portal, signer: Signer) -> Result<Self> {
        sign_today(&portal, &signer).await?;
        let (stop, mut stopped) = oneshot::channel();
        let task = tokio::spawn(async move {
            let mut ticks = interval(FLUSH_EVERY);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                tokio::select! {
                    _ = ticks.tick() => {}
                    _ = &mut stopped => break,
                }
                if let Err(error) = flush(&portal).await {
                    tracing::error!(%error, "reads could not be written; they wait");
                }
                if let Err(error) = sign_today(&portal, &signer).await {
                    tracing::error!(%error, "the head of the record could not be signed; this is tried again");
                }
            }
            if let Err(error) = flush(&portal).await {
                tracing::error!(%error, "the last reads could not be written");
            }
        });
        Ok(Self { stop, task })
    }

    /// Writes what still waits, and ends.
    pub async fn stop(self) {
        // When the task has ended by itself, there is nobody to tell.
        let _ = self.stop.send(());
        if let Err(error) = self.task.await {
            tracing::error!(%error, "the task that keeps the record failed");
        }
    }
}

fn stamp(portal: &Portal) -> Stamp {
    Stamp { now: portal.clock.now(), actor: None, request_id: String::new(), chance: portal.chance.clone() }
}

/// Writes reads that wait.
pub async fn flush(portal: &Portal) -> Result<usize> {
    portal.reads.flush(&portal.store, &stamp(portal)).await
}

/// Signs the head of the record, unless today's is signed already. That it was signed is a line of the record itself, so
/// that two days never have the same head: an equal one would tell that nobody did anything in between.
pub async fn sign_today(portal: &Portal, signer: &Signer) -> Result<bool> {
    let (stamp, day) = (stamp(portal), day_in(portal.clock.now(), "UTC").to_string());
    let newest = portal.store.read().await?.newest_signed_head().await?;
    if newest.as_ref().is_some_and(|head| day <= head.day) {
        return Ok(false);
    }
    let public_key = signer.public_key();
    let mut tx = portal.store.write().await?;
    if newest.is_none_or(|head| head.public_key != public_key) {
        tx.record(&stamp, What::RecordKeyChosen, "", &public_key).await?;
    }
    tx.record(&stamp, What::HeadSigned, "", &day).await?;
    let head = tx.head_with_my_lines().await?;
    let signature = signer.sign(&signed_text(&day, &head.hash));
    let signed = SignedHead { day, seq: head.seq, hash: head.hash, public_key, signature };
    // Another server has signed today: its head stays, and these lines are not written.
    if !tx.add_signed_head(&signed).await? {
        return Ok(false);
    }
    tx.commit().await?;
    Ok(true)
}
