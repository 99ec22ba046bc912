//! Takes out of a document what tells who made it, and reads its text.
//!
//! Everything here runs in the process that opens documents ([`crate::evidence::opened`]): files are made by strangers, and
//! none of it is asked for in the portal itself.

pub mod image;
pub mod office;
pub mod pdf;
mod tally;
pub mod text;

use crate::domain::{
    evidence::FileType,
    report::{Fault, Report},
};

/// A document that tells no more who made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cleaned {
    /// Its bytes. The same file gives the same bytes every time.
    pub bytes: Vec<u8>,
    /// What was taken out, and what it says.
    pub report: Report,
}

/// Cleans a document, or says why that cannot be done.
pub fn clean(file_type: FileType, bytes: &[u8]) -> Result<Cleaned, Fault> {
    match file_type {
        FileType::Pdf => pdf::clean(bytes),
        FileType::Docx | FileType::Xlsx | FileType::Pptx => office::clean(file_type, bytes),
        FileType::Png | FileType::Jpeg => image::clean(file_type, bytes),
        FileType::Txt | FileType::Csv => text::clean(bytes),
    }
}
