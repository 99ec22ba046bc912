//! Office files.
//!
//! They can tell in a hundred places who made them, and nothing here takes them apart yet: none is passed on, and its centre
//! is asked for a PDF.

use super::Cleaned;
use crate::domain::{evidence::FileType, report::Fault};

/// Refuses it.
pub fn clean(_: FileType, _: &[u8]) -> Result<Cleaned, Fault> {
    Err(Fault::Kept)
}
