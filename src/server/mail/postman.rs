//! Delivers what is due: claims, hands over, writes what became of it. Several may work at once, on one machine or on many.

use super::{Transport, schedule};
use crate::{
    domain::mail::Trouble,
    server::Portal,
    store::{self, Chance, mail::Claimed},
};
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{Instant, sleep, timeout},
};

/// How fast the postman works.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// How many letters are on their way at once: one that hangs holds up no other.
    pub hands: usize,
    /// How long connecting may take, and handing over.
    pub patience: Duration,
    /// How often the outbox is looked at.
    pub rounds: Duration,
    /// How often reminders and digests are looked at.
    pub ticks: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            hands: 4,
            patience: Duration::from_secs(30),
            rounds: Duration::from_secs(2),
            ticks: Duration::from_mins(1),
        }
    }
}

/// How long a claim holds: longer than connecting and handing over can take, so that a letter is claimed anew only after a
/// crash. Clocks of several nodes may differ by less than what is left over.
const LEASE_MINUTES: i64 = 5;

/// How long letters that are on their way may take once the portal was asked to stop; their claims end by themselves.
const DRAIN_WITHIN: Duration = Duration::from_secs(20);

/// Delivers letters.
#[derive(Debug)]
pub struct Postman {
    portal: Portal,
    transport: Arc<Transport>,
    pace: Pace,
    /// For pauses alone: what the portal draws stays the same whether letters are delivered or not.
    chance: Chance,
    away: JoinSet<()>,
}

impl Postman {
    /// For a portal.
    pub fn new(portal: Portal, transport: Transport, pace: Pace) -> Self {
        let (transport, away) = (Arc::new(transport), JoinSet::new());
        Self { portal, transport, pace, chance: Chance::default(), away }
    }

    /// Works until it is told to stop, then lets what is on its way arrive.
    pub async fn run(mut self, mut stop: watch::Receiver<bool>) {
        let mut tick_due = Instant::now();
        loop {
            if tick_due <= Instant::now() {
                schedule::tick(&self.portal).await;
                tick_due = Instant::now() + self.pace.ticks;
            }
            let took = match self.take().await {
                Ok(took) => took,
                Err(error) => {
                    tracing::warn!(%error, "the outbox cannot be read; letters wait");
                    0
                }
            };
            if took == 0 && self.away.is_empty() {
                self.transport.rest(self.pace.patience).await;
            }
            let idle = self.away.is_empty();
            tokio::select! {
                changed = stop.changed() => {
                    if changed.is_err() || *stop.borrow() {
                        break;
                    }
                }
                _ = self.away.join_next(), if !idle => {}
                () = sleep(self.pace.rounds), if took == 0 || self.pace.hands <= self.away.len() => {}
            }
        }
        if timeout(DRAIN_WITHIN, self.arrive()).await.is_err() {
            tracing::warn!("some letters were not delivered in time; they are tried again");
        }
    }

    /// Delivers everything that is due, and comes back; for tests and commands. Answers with how many letters it took.
    pub async fn round(&mut self) -> store::Result<usize> {
        let mut all = 0;
        loop {
            let took = self.take().await?;
            all += took;
            if took == 0 && self.away.join_next().await.is_none() {
                break;
            }
        }
        self.transport.rest(self.pace.patience).await;
        Ok(all)
    }

    /// Waits until nothing is on its way.
    async fn arrive(&mut self) {
        while self.away.join_next().await.is_some() {}
        self.transport.rest(self.pace.patience).await;
    }

    /// Claims as many letters as there are free hands, and sets out with them.
    async fn take(&mut self) -> store::Result<usize> {
        while self.away.try_join_next().is_some() {}
        let free = self.pace.hands.saturating_sub(self.away.len());
        let now = self.portal.clock.now();
        // Looking costs nothing; claiming takes the write lock of SQLite.
        if free == 0 || !self.portal.store.read().await?.any_letter_due(now).await? {
            return Ok(0);
        }
        let most = i64::try_from(free).unwrap_or(1);
        let mut tx = self.portal.store.write().await?;
        let claimed = tx.claim_letters(now, now.plus_minutes(LEASE_MINUTES), most).await?;
        tx.commit().await?;
        let took = claimed.len();
        for letter in claimed {
            let (portal, transport) = (self.portal.clone(), self.transport.clone());
            let (patience, dice) = (self.pace.patience, self.chance.bits());
            self.away.spawn(async move {
                let outcome = transport.send(&letter, &portal.settings.mail, patience).await;
                settle(&portal, &letter, outcome, dice).await;
            });
        }
        Ok(took)
    }
}

/// Writes what became of a letter, and tries that a few times: a letter that was sent and is not marked is sent again.
async fn settle(portal: &Portal, letter: &Claimed, outcome: Result<(), Trouble>, dice: u128) {
    for pause in [0, 200, 1000, 5000] {
        sleep(Duration::from_millis(pause)).await;
        match write(portal, letter, outcome, dice).await {
            Ok(mine) => {
                match outcome {
                    _ if !mine => tracing::warn!(letter = %letter.id, "its lease had ended; it may be sent twice"),
                    Ok(()) => tracing::info!(letter = %letter.id, "sent"),
                    Err(trouble) => tracing::warn!(letter = %letter.id, trouble = %trouble.key(), "not sent"),
                }
                return;
            }
            Err(error) => tracing::warn!(letter = %letter.id, %error, "what became of it cannot be written yet"),
        }
    }
}

async fn write(portal: &Portal, letter: &Claimed, outcome: Result<(), Trouble>, dice: u128) -> store::Result<bool> {
    let now = portal.clock.now();
    let mut tx = portal.store.write().await?;
    let mine = match outcome {
        Ok(()) => tx.letter_sent(letter, now).await?,
        Err(trouble) => tx.letter_failed(letter, trouble, now, dice).await?,
    };
    tx.commit().await?;
    Ok(mine)
}
