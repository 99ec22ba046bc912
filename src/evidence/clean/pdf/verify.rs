//! Reads what was written again, and looks for what must not be in it: by what it is, not by what was taken out.

use super::{annotation, scrub};
use crate::domain::report::Fault;
use lopdf::{Dictionary, Document, Object};
use std::collections::HashSet;

/// What the root may hold.
const ROOT: &[&[u8]] = &[b"Type", b"Pages", b"Outlines", b"MarkInfo", b"StructTreeRoot", b"OCProperties"];

/// What must not be called so anywhere.
const NEVER: &[&[u8]] = &[
    b"Info",
    b"Metadata",
    b"PieceInfo",
    b"LastModified",
    b"AF",
    b"EF",
    b"EmbeddedFiles",
    b"JS",
    b"JavaScript",
    b"AA",
    b"OpenAction",
    b"Thumb",
    b"CreatorInfo",
    b"URI",
    b"AcroForm",
    b"XFA",
    b"Perms",
    b"DSS",
    b"CreationDate",
    b"ModDate",
    b"Author",
    b"Producer",
    b"Creator",
    b"Keywords",
    b"Lang",
    b"NM",
    b"Popup",
    b"Encrypt",
    b"Prev",
];

/// Whether nothing is left that tells who made it.
pub fn verify(bytes: &[u8], pages: usize) -> Result<(), Fault> {
    let doc = Document::load_mem(bytes).map_err(|_| Fault::Kept)?;
    let root = doc.catalog().map_err(|_| Fault::Kept)?;
    let known = |dict: &Dictionary, keys: &[&[u8]]| dict.iter().all(|(key, _)| keys.contains(&key.as_slice()));
    let whole = known(&doc.trailer, &[b"Root", b"Size"])
        && known(root, ROOT)
        && doc.revision_count() == 1
        && doc.xref_recovery.is_none()
        && doc.page_iter().count() == pages;
    if !whole {
        return Err(Fault::Kept);
    }
    let bookmarks = bookmarks(&doc, root);
    let free = scrub::free(&doc);
    for (id, object) in &doc.objects {
        match object {
            Object::Dictionary(dict) if free.contains(id) => {
                dict.iter().try_for_each(|(_, value)| look(value, false))?;
            }
            object => look(object, bookmarks.contains(id))?,
        }
    }
    for page in doc.page_iter() {
        let listed = |dict: &Dictionary| {
            let rest = [b"Type".as_slice(), b"AP", b"Dest", b"Name"];
            dict.iter().all(|(key, _)| annotation::KEPT.contains(&key.as_slice()) || rest.contains(&key.as_slice()))
        };
        if !doc.get_page_annotations(page).map_err(|_| Fault::Kept)?.into_iter().all(listed) {
            return Err(Fault::Kept);
        }
    }
    Ok(())
}

fn bookmarks(doc: &Document, root: &Dictionary) -> HashSet<lopdf::ObjectId> {
    let mut waiting: Vec<_> = root.get(b"Outlines").and_then(Object::as_reference).into_iter().collect();
    let mut found = HashSet::new();
    while let Some(id) = waiting.pop() {
        if found.insert(id)
            && let Ok(item) = doc.get_dictionary(id)
        {
            let next = [b"First".as_slice(), b"Next"];
            waiting.extend(next.iter().filter_map(|key| item.get(key).and_then(Object::as_reference).ok()));
        }
    }
    found
}

/// Looks through an object and all within it.
fn look(object: &Object, bookmark: bool) -> Result<(), Fault> {
    match object {
        Object::Dictionary(dict) => look_at(dict, bookmark),
        Object::Stream(stream) => {
            let sort = stream.dict.get_type().unwrap_or_default();
            let described = stream.content.starts_with(b"<?xpacket") || stream.content.starts_with(b"<x:xmpmeta");
            let filled = matches!(sort, b"EmbeddedFile" | b"Metadata") && !stream.content.is_empty();
            if described || filled || stream.dict.has(b"F") {
                return Err(Fault::Kept);
            }
            look_at(&stream.dict, false)
        }
        Object::Array(items) => items.iter().try_for_each(|item| look(item, false)),
        _ => Ok(()),
    }
}

fn look_at(dict: &Dictionary, bookmark: bool) -> Result<(), Fault> {
    let acts = matches!(
        dict.get(b"S").and_then(Object::as_name),
        Ok(b"JavaScript" | b"Launch" | b"URI" | b"GoToR" | b"GoToE" | b"SubmitForm")
    );
    if acts || dict.has_type(b"Filespec") || dict.has_type(b"Sig") {
        return Err(Fault::Kept);
    }
    for (key, value) in dict {
        let texts = matches!(value, Object::String(text, _) if !text.is_empty());
        let dated = texts && matches!(key.as_slice(), b"T" | b"M" | b"ID" | b"TU" | b"V" | b"RC" | b"Subj");
        let titled = texts && key == b"Title" && !bookmark;
        let named = NEVER.contains(&key.as_slice()) && !(bookmark && key == b"Prev");
        if dated || titled || named {
            return Err(Fault::Kept);
        }
        match value {
            Object::Dictionary(dict) if scrub::FREE.contains(&key.as_slice()) => {
                dict.iter().try_for_each(|(_, value)| look(value, false))?;
            }
            other => look(other, false)?,
        }
    }
    Ok(())
}
