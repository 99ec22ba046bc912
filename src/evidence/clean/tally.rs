//! Counts what is taken out.

use crate::domain::report::{Removed, Trace};
use std::collections::BTreeMap;

/// How often what was taken out.
#[derive(Default)]
pub struct Tally(BTreeMap<Trace, u32>);

impl Tally {
    /// One more.
    pub fn add(&mut self, trace: Trace) {
        self.several(trace, 1);
    }

    /// So many more; none leaves no mark.
    pub fn several(&mut self, trace: Trace, count: usize) {
        if count != 0 {
            let sum = self.0.entry(trace).or_default();
            *sum = sum.saturating_add(u32::try_from(count).unwrap_or(u32::MAX));
        }
    }

    /// For the report: each sort once.
    pub fn told(&self) -> Vec<Removed> {
        self.0.iter().map(|(trace, count)| Removed { trace: *trace, count: *count }).collect()
    }
}
