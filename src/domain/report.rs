//! What the process that opens documents says of one. It crosses a pipe, so it is plain data.

use super::evidence::FileRefusal;
use serde::{Deserialize, Serialize};

/// What was taken out of a document, and what it says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// What was taken out, each sort once.
    pub removed: Vec<Removed>,
    /// Its text, in the order in which it is read.
    pub passages: Vec<Passage>,
    /// How many pages can be drawn; none for anything but PDF.
    pub pages: Option<u32>,
}

/// Something that was taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removed {
    /// What.
    pub trace: Trace,
    /// How often.
    pub count: u32,
}

/// What in a document can tell who made it, where or with what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trace {
    /// Author, company, title, times, programs: the properties of a document.
    Properties,
    /// Who has written a comment or a change; the words stay.
    Authors,
    /// Signatures, which name their signer.
    Signatures,
    /// Files within the file.
    Attachments,
    /// Programs, and what happens by itself when it is opened.
    Scripts,
    /// Small pictures of it, made by programs.
    Thumbnails,
    /// Earlier versions and parts that nothing refers to.
    Earlier,
    /// Marks that programs leave: numbers of documents and editing sessions, names of printers.
    Marks,
    /// Links to other files and sites; their words stay.
    Links,
    /// Place, device and owner in a picture.
    Picture,
    /// Parts of a document that are hidden from its reader.
    Hidden,
}

impl Trace {
    /// All of them, in the order in which they are told.
    pub const ALL: [Self; 11] = [
        Self::Properties,
        Self::Authors,
        Self::Signatures,
        Self::Attachments,
        Self::Scripts,
        Self::Thumbnails,
        Self::Earlier,
        Self::Marks,
        Self::Links,
        Self::Picture,
        Self::Hidden,
    ];

    /// What it is, for its centre.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Properties => "properties such as author, company and times",
            Self::Authors => "names beside comments and changes",
            Self::Signatures => "signatures",
            Self::Attachments => "files within the file",
            Self::Scripts => "programs",
            Self::Thumbnails => "preview pictures",
            Self::Earlier => "earlier versions",
            Self::Marks => "marks of programs and printers",
            Self::Links => "links to other files and sites",
            Self::Picture => "place, device and owner of a picture",
            Self::Hidden => "hidden parts",
        }
    }
}

/// A piece of the text of a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passage {
    /// Where it stands: "page 3", "slide 2", "sheet Staff", "a comment".
    pub place: String,
    /// What it says; none where there is something to see and nothing to read, as on a scanned page.
    pub text: Option<String>,
}

/// Why a document cannot be shown to reviewers as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// Its content is not what its name says.
    Renamed,
    /// It opens only with a password.
    Encrypted,
    /// It is cut off or broken.
    Damaged,
    /// It holds macros.
    Macros,
    /// A malware scanner has found something in it.
    Infected,
    /// A malware scanner could not look through all of it.
    Unscanned,
    /// It has more pages than are taken.
    Pages,
    /// A picture has more pixels than are taken.
    Pixels,
    /// It unpacks into more parts, or more bytes, than are taken.
    Unpacked,
    /// It holds an archive, a program or another document.
    Nested,
    /// Opening it took longer than is given.
    Slow,
    /// Opening it took more memory than is given.
    Memory,
    /// The program that opens documents ended on it.
    Crashed,
    /// Something that tells who made it could not be taken out.
    Kept,
}

impl Fault {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::Renamed,
        Self::Encrypted,
        Self::Damaged,
        Self::Macros,
        Self::Infected,
        Self::Unscanned,
        Self::Pages,
        Self::Pixels,
        Self::Unpacked,
        Self::Nested,
        Self::Slow,
        Self::Memory,
        Self::Crashed,
        Self::Kept,
    ];

    /// For the store.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Renamed => "renamed",
            Self::Encrypted => "encrypted",
            Self::Damaged => "damaged",
            Self::Macros => "macros",
            Self::Infected => "infected",
            Self::Unscanned => "unscanned",
            Self::Pages => "pages",
            Self::Pixels => "pixels",
            Self::Unpacked => "unpacked",
            Self::Nested => "nested",
            Self::Slow => "slow",
            Self::Memory => "memory",
            Self::Crashed => "crashed",
            Self::Kept => "kept",
        }
    }

    /// The fault with this key.
    pub fn parse(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fault| fault.key() == key)
    }

    /// What happened and what to do, for its centre.
    pub const fn message(self) -> &'static str {
        match self {
            Self::Renamed => FileRefusal::Renamed.message(),
            Self::Encrypted => "This file opens only with a password. Save it without one, then replace it here",
            Self::Damaged => {
                "This file is cut off or damaged. Open it to see whether it is whole, save it again, then replace it here"
            }
            Self::Macros => "This file holds macros. Save it without them, or as PDF, then replace it here",
            Self::Infected => {
                "The malware scanner has found something in this file. Have it looked at by your IT department, and replace it with a clean one"
            }
            Self::Unscanned => {
                "The malware scanner could not look through all of this file. Split it, or save it as PDF, then replace it here"
            }
            Self::Pages => "This file has more than 5,000 pages. Keep those that matter, then replace it here",
            Self::Pixels => {
                "A picture in this file has more than 100 million pixels. Make it smaller, then replace it here"
            }
            Self::Unpacked => {
                "This file unpacks to far more than a document needs. Save it as PDF, then replace it here"
            }
            Self::Nested => {
                "This file holds another file that we cannot look into. Save it as PDF, or attach the inner file by itself"
            }
            Self::Slow => "This file took too long to look through. Save it as PDF, or split it, then replace it here",
            Self::Memory => {
                "This file is too large to look through. Split it, or save it with smaller pictures, then replace it here"
            }
            Self::Crashed => {
                "This file could not be opened. Save it again from the program that made it, or print it to PDF, then replace it here"
            }
            Self::Kept => {
                "Something in this file that tells who made it could not be taken out. Print it to PDF, then replace it here"
            }
        }
    }
}

/// The most pages of a PDF.
pub const PAGES: u32 = 5_000;
/// The most pixels of a picture.
pub const PIXELS: u64 = 100_000_000;
/// The most parts of an Office file.
pub const PARTS: usize = 10_000;
/// The most bytes that an Office file, or the streams of a PDF, unpack to: 1 GiB.
pub const UNPACKED: u64 = 1024 * 1024 * 1024;
/// How many times its packed size a part may have, once it is larger than [`RATIO_FROM`].
pub const RATIO: u64 = 200;
/// From this size on the ratio counts: 10 MiB.
pub const RATIO_FROM: u64 = 10 * 1024 * 1024;
/// The most characters of text that are kept of one document.
pub const TEXT: usize = 20_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_has_a_key_of_its_own_and_says_what_to_do() {
        for fault in Fault::ALL {
            assert_eq!(Fault::parse(fault.key()), Some(fault));
            assert!(fault.message().contains(['.', ',']), "{fault:?}");
        }
    }
}
