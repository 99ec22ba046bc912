//! Who does something, when, in which request; and where random numbers come from.

use crate::domain::{id::AccountId, moment::Moment, snapshot};
use rand_chacha::{
    ChaCha20Rng,
    rand_core::{RngCore, SeedableRng},
};
use std::sync::{Arc, Mutex, PoisonError};

/// A source of random numbers: the operating system's, or a seeded one for the demo and for tests.
#[derive(Clone, Debug, Default)]
pub struct Chance(Option<Arc<Mutex<ChaCha20Rng>>>);

impl Chance {
    /// Always the same numbers in the same order.
    pub fn seeded(seed: u64) -> Self {
        Self(Some(Arc::new(Mutex::new(ChaCha20Rng::seed_from_u64(seed)))))
    }

    /// Fills a buffer.
    ///
    /// # Panics
    ///
    /// When the operating system gives no random numbers: nothing is safe then.
    pub fn fill(&self, buffer: &mut [u8]) {
        match &self.0 {
            Some(rng) => rng.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(buffer),
            None => {
                getrandom::fill(buffer).unwrap_or_else(|e| panic!("the operating system gives no random numbers: {e}"));
            }
        }
    }

    /// 128 random bits, for an identifier.
    pub fn bits(&self) -> u128 {
        let mut buffer = [0; 16];
        self.fill(&mut buffer);
        u128::from_le_bytes(buffer)
    }

    /// 256 random bits as 64 hexadecimal digits, for a one-time link.
    pub fn token(&self) -> String {
        let mut buffer = [0; 32];
        self.fill(&mut buffer);
        snapshot::hex(&buffer)
    }
}

/// Accompanies every change: it is written to the record of events in the same transaction.
#[derive(Clone, Debug)]
pub struct Stamp {
    /// When it happens.
    pub now: Moment,
    /// Who does it; none for the system or somebody with a one-time link.
    pub actor: Option<AccountId>,
    /// The request it belongs to.
    pub request_id: String,
    /// Where new identifiers come from.
    pub chance: Chance,
}
