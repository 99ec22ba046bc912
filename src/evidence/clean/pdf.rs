//! Cleans PDF.
//!
//! The file is not repaired but written anew: its pages, and from there whatever they need and is known to need. Of a page,
//! a comment, a bookmark only listed entries are kept (`structure`, `annotation`); in everything else a text stands only
//! where a page cannot be drawn or read without it (`scrub`). What was written is then read again and looked through
//! by other rules (`verify`), and its text is taken from it (`text`).

mod annotation;
mod lines;
mod scrub;
mod streams;
mod structure;
mod text;
mod verify;

#[cfg(test)]
mod tests;

use super::{Cleaned, tally::Tally};
use crate::domain::report::{Fault, Passage, Report, TEXT, Trace};
use lopdf::{Dictionary, Document, LoadOptions, Object, ObjectId, xref::XrefRecovery, xref::XrefType};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

/// The most bytes that the objects of one packed group, or a table of objects, may unpack to while a file is opened.
const PACKED: usize = 64 * 1024 * 1024;

/// Where a whole file has its end mark, counted from its last byte. Mail gateways and scanners add a few lines.
const END_WITHIN: usize = 4 * 1024;

/// A PDF that is being cleaned.
struct Work {
    doc: Document,
    tally: Tally,
    /// Its pages, in order.
    pages: Vec<ObjectId>,
    /// Which page an object is, counted from nought.
    numbers: HashMap<ObjectId, usize>,
    /// What stands beside the pages: after the text of which page (none: after all of them), where, and what it says.
    notes: Vec<(Option<usize>, Passage)>,
    /// Its bookmarks, whose titles are kept.
    bookmarks: HashSet<ObjectId>,
    /// Whether something in it is not shown by itself.
    hides: bool,
}

impl Work {
    /// What an object is, references followed.
    fn at<'a>(&'a self, object: &'a Object) -> &'a Object {
        self.doc.dereference(object).map_or(&Object::Null, |(_, object)| object)
    }

    /// An entry of a dictionary, references followed.
    fn get<'a>(&'a self, dict: &'a Dictionary, key: &[u8]) -> &'a Object {
        dict.get(key).map_or(&Object::Null, |object| self.at(object))
    }

    fn note(&mut self, page: Option<usize>, what: &str, text: String) {
        if text.trim().is_empty() {
            return;
        }
        let place = page.map_or_else(|| what.to_owned(), |page| format!("{what} on page {}", page + 1));
        self.notes.push((page, Passage { place, text: Some(text) }));
    }
}

/// Rewrites a PDF without what tells who made it.
pub fn clean(bytes: &[u8]) -> Result<Cleaned, Fault> {
    let mut work = open(bytes)?;
    streams::measure(&work.doc)?;
    work.keep_structure()?;
    work.doc.prune_objects();
    work.scrub()?;
    work.doc.prune_objects();
    work.doc.renumber_objects();
    let written = Arc::new(write(&mut work.doc)?);
    let shown = if work.hides { Arc::new(write(work.show_everything())?) } else { written.clone() };
    let Work { doc, tally, pages, notes, .. } = work;
    drop(doc);
    verify::verify(&written, pages.len())?;
    let passages = arrange(text::pages(shown)?, notes);
    let bytes = Arc::try_unwrap(written).unwrap_or_else(|shared| shared.as_ref().clone());
    let pages = u32::try_from(pages.len()).map_err(|_| Fault::Pages)?;
    Ok(Cleaned { bytes, report: Report { removed: tally.told(), passages, pages: Some(pages) } })
}

fn open(bytes: &[u8]) -> Result<Work, Fault> {
    let options = LoadOptions { max_decompressed_size: Some(PACKED), ..LoadOptions::default() };
    let doc = Document::load_mem_with_options(bytes, options).map_err(|error| fault(&error))?;
    if doc.is_encrypted() || doc.trailer.has(b"Encrypt") && !doc.was_encrypted() {
        return Err(Fault::Encrypted);
    }
    let end = &bytes[bytes.len().saturating_sub(END_WITHIN)..];
    let ends = end.windows(5).any(|window| window == b"%%EOF");
    if doc.xref_recovery == Some(XrefRecovery::Reconstructed) && !ends {
        return Err(Fault::Damaged);
    }
    let mut tally = Tally::default();
    tally.several(Trace::Earlier, doc.revision_count().saturating_sub(1));
    Ok(Work {
        doc,
        tally,
        pages: vec![],
        numbers: HashMap::new(),
        notes: vec![],
        bookmarks: HashSet::new(),
        hides: false,
    })
}

/// Why a file cannot be opened.
fn fault(error: &lopdf::Error) -> Fault {
    use lopdf::{DecompressError, Error};
    match error {
        Error::Decompress(DecompressError::MemoryLimitExceeded { .. } | DecompressError::TooManyFilters { .. }) => {
            Fault::Unpacked
        }
        Error::Decryption(_) | Error::InvalidPassword | Error::UnsupportedSecurityHandler(_) => Fault::Encrypted,
        _ => Fault::Damaged,
    }
}

/// The bytes, always the same for the same document: no time, no number of its own, no program.
fn write(doc: &mut Document) -> Result<Vec<u8>, Fault> {
    "1.7".clone_into(&mut doc.version);
    doc.binary_mark = vec![0xbb, 0xad, 0xc0, 0xde];
    doc.reference_table.cross_reference_type = XrefType::CrossReferenceTable;
    let mut bytes = Vec::new();
    doc.save_to(&mut bytes).map_err(|_| Fault::Damaged)?;
    Ok(bytes)
}

/// The text of each page, what stands beside it, then what belongs to no page; cut at [`TEXT`] characters in all.
fn arrange(pages: Vec<Vec<Passage>>, notes: Vec<(Option<usize>, Passage)>) -> Vec<Passage> {
    let mut beside: BTreeMap<usize, Vec<Passage>> = BTreeMap::new();
    for (page, passage) in notes {
        beside.entry(page.unwrap_or(usize::MAX)).or_default().push(passage);
    }
    let mut passages = Vec::new();
    for (number, found) in pages.into_iter().enumerate() {
        passages.extend(found);
        passages.extend(beside.remove(&number).unwrap_or_default());
    }
    passages.extend(beside.into_values().flatten());
    let mut room = TEXT;
    for passage in &mut passages {
        if let Some(text) = &mut passage.text {
            if let Some((cut, _)) = text.char_indices().nth(room) {
                text.truncate(cut);
            }
            room -= text.chars().count().min(room);
        }
    }
    passages.retain(|passage| passage.text.as_ref().is_none_or(|text| !text.is_empty()));
    passages
}
