//! Cleans pictures. Nothing is decoded, so a picture loses nothing that can be seen but its colour profile: those of
//! cameras and calibrated screens name the device and its owner.

mod jpeg;
mod orientation;
mod png;

#[cfg(test)]
mod tests;

use super::{Cleaned, tally::Tally};
use crate::domain::{
    evidence::FileType,
    report::{Fault, PIXELS, Passage, Report},
};

/// Rewrites a picture without what tells where, with what and by whom it was taken.
pub fn clean(file_type: FileType, bytes: &[u8]) -> Result<Cleaned, Fault> {
    let mut tally = Tally::default();
    let bytes = match file_type {
        FileType::Png => png::clean(bytes, &mut tally)?,
        FileType::Jpeg => jpeg::clean(bytes, &mut tally)?,
        _ => return Err(Fault::Renamed),
    };
    let passages = vec![Passage { place: "the picture".to_owned(), text: None }];
    Ok(Cleaned { bytes, report: Report { removed: tally.told(), passages, pages: None } })
}

/// Refuses a picture that would fill the memory of whoever draws it.
fn check_size(width: u32, height: u32) -> Result<(), Fault> {
    if width == 0 || height == 0 {
        return Err(Fault::Damaged);
    }
    if PIXELS < u64::from(width) * u64::from(height) { Err(Fault::Pixels) } else { Ok(()) }
}
