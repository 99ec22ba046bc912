use super::Cleaned;
use crate::domain::{evidence::FileType, report::Fault};
pub fn clean(_: FileType, _: &[u8]) -> Result<Cleaned, Fault> {
    Err(Fault::Kept)
}
