//! The time: of the system, or frozen for the demo and for tests.

use crate::domain::moment::Moment;
use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

/// Tells the time.
#[derive(Clone, Debug)]
pub enum Clock {
    /// Of the system.
    System,
    /// Stands still until it is set.
    Frozen(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands still at this moment.
    pub fn frozen(at: Moment) -> Self {
        Self::Frozen(Arc::new(AtomicI64::new(at.millis())))
    }

    /// The time now.
    pub fn now(&self) -> Moment {
        match self {
            Self::System => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                Moment::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
            }
            Self::Frozen(at) => Moment::from_millis(at.load(Ordering::Relaxed)),
        }
    }

    /// Sets a frozen clock; a system clock cannot be set.
    pub fn set(&self, to: Moment) {
        if let Self::Frozen(at) = self {
            at.store(to.millis(), Ordering::Relaxed);
        }
    }
}
