//! Goes through everything that a page needs, and takes out what no page needs.

use super::Work;
use crate::domain::report::{Fault, Trace};
use lopdf::{Dictionary, Document, Object, ObjectId};
use std::collections::{HashMap, HashSet};

/// What is taken out wherever it stands.
pub const NOWHERE: &[(&[u8], Trace)] = &[
    (b"Metadata", Trace::Properties),
    (b"PieceInfo", Trace::Marks),
    (b"LastModified", Trace::Marks),
    (b"OPI", Trace::Marks),
    (b"Thumb", Trace::Thumbnails),
    (b"AF", Trace::Attachments),
    (b"EF", Trace::Attachments),
    (b"EmbeddedFiles", Trace::Attachments),
    (b"JS", Trace::Scripts),
    (b"JavaScript", Trace::Scripts),
    (b"AA", Trace::Scripts),
    (b"PA", Trace::Links),
    (b"OpenAction", Trace::Scripts),
    (b"Lang", Trace::Marks),
    (b"CreatorInfo", Trace::Authors),
];
/// Types of a dictionary of which nothing is kept.
pub const EMPTIED: &[(&[u8], Trace)] = &[
    (b"Filespec", Trace::Attachments),
    (b"EmbeddedFile", Trace::Attachments),
    (b"Metadata", Trace::Properties),
    (b"Sig", Trace::Signatures),
    (b"DocTimeStamp", Trace::Signatures),
    (b"Action", Trace::Links),
    (b"Bead", Trace::Marks),
    (b"Thread", Trace::Marks),
    (b"OPI", Trace::Marks),
];
/// Actions, which seldom say that they are one.
pub const ACTIONS: &[&[u8]] = &[
    b"JavaScript",
    b"Launch",
    b"URI",
    b"GoToR",
    b"GoToE",
    b"SubmitForm",
    b"ImportData",
    b"Rendition",
    b"GoTo3DView",
    b"RichMediaExecute",
    b"ResetForm",
    b"SetOCGState",
    b"GoToDp",
];
/// Where a text stands that a page cannot be drawn or read without. Comments, bookmarks and layers have theirs besides.
const TEXTS: &[&[u8]] = &[b"Alt", b"ActualText", b"E", b"Registry", b"Ordering", b"FontFamily", b"Panose", b"CharSet"];
/// What is kept of a picture.
const IMAGE: &[&[u8]] = &[
    b"Type",
    b"Subtype",
    b"Width",
    b"Height",
    b"ColorSpace",
    b"BitsPerComponent",
    b"Intent",
    b"ImageMask",
    b"Mask",
    b"Decode",
    b"Interpolate",
    b"SMask",
    b"SMaskInData",
    b"StructParent",
    b"OC",
    b"Matte",
    b"Filter",
    b"DecodeParms",
    b"Length",
];
/// What is kept of a drawing.
const FORM: &[&[u8]] = &[
    b"Type",
    b"Subtype",
    b"FormType",
    b"BBox",
    b"Matrix",
    b"Resources",
    b"Group",
    b"StructParent",
    b"StructParents",
    b"OC",
    b"Filter",
    b"DecodeParms",
    b"Length",
];
/// What is kept of a layer.
const LAYER: &[&[u8]] = &[b"Type", b"Name", b"Intent", b"Usage"];
/// What is kept of what a layer is for.
const USAGE: &[&[u8]] = &[b"Export", b"Zoom", b"Print", b"View"];
/// Where the bytes of a stream lie in another file.
const ELSEWHERE: &[&[u8]] = &[b"F", b"FFilter", b"FDecodeParms", b"DL"];

/// Where the names on the left are chosen freely: fonts, pictures and colours of a page, letters of a font, sorts of tags.
pub const FREE: &[&[u8]] = &[
    b"Font",
    b"XObject",
    b"ExtGState",
    b"ColorSpace",
    b"Pattern",
    b"Shading",
    b"Properties",
    b"CharProcs",
    b"RoleMap",
    b"Colorants",
];

/// What a dictionary is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// Its names mean something.
    Plain,
    /// A bookmark.
    Bookmark,
    /// Its names are chosen freely.
    Free,
}

/// Something that was found and taken out.
type Found<'a> = &'a mut dyn FnMut(Trace);

/// The dictionaries whose names are chosen freely.
pub fn free(doc: &Document) -> HashSet<ObjectId> {
    fn within(object: &Object, found: &mut HashSet<ObjectId>) {
        let dict = match object {
            Object::Dictionary(dict) => dict,
            Object::Stream(stream) => &stream.dict,
            Object::Array(items) => return items.iter().for_each(|item| within(item, found)),
            _ => return,
        };
        for (key, value) in dict {
            match value {
                Object::Reference(id) if FREE.contains(&key.as_slice()) => drop(found.insert(*id)),
                other => within(other, found),
            }
        }
    }
    let mut found = HashSet::new();
    doc.objects.values().for_each(|object| within(object, &mut found));
    found
}

/// Puts texts and lists of actions where they are referred to, so that each is judged by its place.
fn inline(doc: &mut Document) {
    fn within(object: &mut Object, texts: &HashMap<ObjectId, Object>) {
        match object {
            Object::Reference(id) => {
                if let Some(text) = texts.get(id) {
                    *object = text.clone();
                }
            }
            Object::Array(items) => items.iter_mut().for_each(|item| within(item, texts)),
            Object::Dictionary(dict) => dict.iter_mut().for_each(|(_, value)| within(value, texts)),
            Object::Stream(stream) => stream.dict.iter_mut().for_each(|(_, value)| within(value, texts)),
            _ => {}
        }
    }
    let texts = doc.objects.iter().filter(|(_, object)| matches!(object, Object::String(..)));
    let texts: HashMap<ObjectId, Object> = texts.map(|(id, text)| (*id, text.clone())).collect();
    doc.objects.retain(|id, _| !texts.contains_key(id));
    doc.objects.values_mut().for_each(|object| within(object, &texts));
}

impl Work {
    /// Goes through all objects.
    pub fn scrub(&mut self) -> Result<(), Fault> {
        inline(&mut self.doc);
        self.read_beside();
        let free = free(&self.doc);
        let mut objects = std::mem::take(&mut self.doc.objects);
        let tally = &mut self.tally;
        for (id, object) in &mut objects {
            let sort = match () {
                () if self.bookmarks.contains(id) => Sort::Bookmark,
                () if free.contains(id) && !matches!(object, Object::Stream(_)) => Sort::Free,
                () => Sort::Plain,
            };
            scrub(object, sort, &mut |trace| tally.add(trace));
        }
        self.doc.objects = objects;
        super::streams::clean(&mut self.doc, &mut self.tally)
    }

    /// What is said in place of pictures, and of letters that are drawn.
    fn read_beside(&mut self) {
        let mut found = Vec::new();
        for object in self.doc.objects.values() {
            let Object::Dictionary(dict) = object else { continue };
            for key in [b"Alt".as_slice(), b"ActualText", b"E"] {
                if let Ok(text) = lopdf::decode_text_string(self.get(dict, key)) {
                    let page = dict.get(b"Pg").and_then(Object::as_reference).ok();
                    found.push((page.and_then(|page| self.numbers.get(&page).copied()), text));
                }
            }
        }
        let mut seen = HashSet::new();
        for (page, text) in found {
            if seen.insert((page, text.clone())) {
                self.note(page, "an alternative text", text);
            }
        }
    }
}

/// Takes out of an object, and of all within it, what is not kept.
fn scrub(object: &mut Object, sort: Sort, found: Found) {
    match object {
        Object::Dictionary(dict) => scrub_dictionary(dict, sort, found),
        Object::Stream(stream) => {
            let dict = &mut stream.dict;
            if ELSEWHERE.iter().any(|key| dict.has(key)) {
                found(Trace::Links);
                for key in ELSEWHERE {
                    drop(dict.remove(key));
                }
            }
            match dict.get(b"Subtype").and_then(Object::as_name) {
                Ok(b"Image") => retain(dict, IMAGE),
                Ok(b"Form") => retain(dict, FORM),
                Ok(b"PS") => stream.content.clear(),
                Ok(b"XML") => {
                    found(Trace::Properties);
                    stream.content.clear();
                }
                _ => {}
            }
            let dict = &mut stream.dict;
            if dict.has_type(b"EmbeddedFile") || dict.has_type(b"Metadata") {
                stream.content.clear();
            }
            dict.set("Length", i64::try_from(stream.content.len()).unwrap_or(i64::MAX));
            scrub_dictionary(dict, Sort::Plain, found);
        }
        Object::Array(items) => scrub_array(items, found),
        _ => {}
    }
}

fn retain(dict: &mut Dictionary, keys: &[&[u8]]) {
    dict.as_hashmap_mut().retain(|key, _| keys.contains(&key.as_slice()));
}

fn scrub_dictionary(dict: &mut Dictionary, place: Sort, found: Found) {
    if place == Sort::Free {
        return dict.as_hashmap_mut().retain(|_, value| match value {
            Object::String(..) => false,
            other => {
                scrub(other, Sort::Plain, found);
                true
            }
        });
    }
    for (key, trace) in NOWHERE {
        if dict.remove(key).is_some() {
            found(*trace);
        }
    }
    let is = |key: &[u8]| dict.get(key).and_then(Object::as_name).unwrap_or_default().to_vec();
    let (sort, action, owner) = (is(b"Type"), is(b"S"), is(b"O"));
    let emptied = EMPTIED.iter().find(|(name, _)| *name == sort).map(|(_, trace)| *trace);
    let acts = ACTIONS.contains(&action.as_slice()).then_some(Trace::Links);
    let owned = (owner == b"UserProperties").then_some(Trace::Marks);
    if let Some(trace) = emptied.or(acts).or(owned) {
        found(trace);
        *dict = Dictionary::new();
        return;
    }
    if sort == b"OCG" {
        retain(dict, LAYER);
        if let Ok(Object::Dictionary(usage)) = dict.get_mut(b"Usage") {
            if usage.has(b"CreatorInfo") || usage.has(b"User") {
                found(Trace::Authors);
            }
            retain(usage, USAGE);
        }
    }
    let comment = dict.has(b"Rect") && dict.has(b"Subtype");
    dict.as_hashmap_mut().retain(|key, value| {
        if let Object::String(..) = value {
            let own = match key.as_slice() {
                b"Contents" | b"DA" => comment,
                b"Title" => place == Sort::Bookmark,
                b"Name" => sort == b"OCG",
                other => TEXTS.contains(&other),
            };
            if !own {
                found(Trace::Marks);
            }
            return own;
        }
        let free = FREE.contains(&key.as_slice()) && matches!(value, Object::Dictionary(_));
        scrub(value, if free { Sort::Free } else { Sort::Plain }, found);
        true
    });
}

/// Texts stand in an array only as a table of colours.
fn scrub_array(items: &mut [Object], found: Found) {
    let colours = matches!(items.first(), Some(Object::Name(name)) if matches!(name.as_slice(), b"Indexed" | b"I"));
    for item in items {
        match item {
            Object::String(text, _) if !colours && !text.is_empty() => {
                found(Trace::Marks);
                text.clear();
            }
            other => scrub(other, Sort::Plain, found),
        }
    }
}
