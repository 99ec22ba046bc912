//! What a PDF is built of: its pages, its bookmarks, the tags that screen readers follow, and its layers.

use super::{Work, annotation::leads_away};
use crate::domain::report::{Fault, PAGES, Trace};
use lopdf::{Dictionary, Object, ObjectId, dictionary};
use std::collections::{HashMap, HashSet};

/// What is kept of a page.
const PAGE: &[&[u8]] = &[
    b"Resources",
    b"MediaBox",
    b"CropBox",
    b"BleedBox",
    b"TrimBox",
    b"ArtBox",
    b"Contents",
    b"Rotate",
    b"StructParents",
    b"Group",
    b"UserUnit",
    b"Tabs",
];
/// What a page has from the groups that it is in, unless it has its own.
const INHERITED: &[&[u8]] = &[b"Resources", b"MediaBox", b"CropBox", b"Rotate"];
/// What is kept of a bookmark.
const BOOKMARK: &[&[u8]] = &[b"Title", b"Parent", b"Prev", b"Next", b"First", b"Last", b"Count", b"C", b"F"];
/// What is kept of the tags' root.
const TAGS: &[&[u8]] = &[b"Type", b"K", b"ParentTree", b"ParentTreeNextKey", b"RoleMap"];
/// What is kept of how layers are shown.
const LAYERS: &[&[u8]] =
    &[b"BaseState", b"ON", b"OFF", b"Order", b"ListMode", b"RBGroups", b"Locked", b"AS", b"Intent"];
/// How many groups a page can be in, one within the other.
const DEPTH: usize = 256;

/// Named places in the document, by name.
pub type Destinations = HashMap<Vec<u8>, Object>;

/// The entries of a dictionary that are on a list.
pub fn listed(dict: &Dictionary, keys: &[&[u8]]) -> Dictionary {
    dict.iter().filter(|(key, _)| keys.contains(&key.as_slice())).map(|(k, v)| (k.clone(), v.clone())).collect()
}

impl Work {
    /// Replaces the root of the document by one that holds what is kept.
    pub fn keep_structure(&mut self) -> Result<(), Fault> {
        let catalog = self.doc.catalog().map_err(|_| Fault::Damaged)?.clone();
        self.count_dropped(&catalog);
        let named = self.destinations(&catalog);
        let pages = self.keep_pages()?;
        for index in 0..self.pages.len() {
            self.keep_annotations(index, &named);
        }
        let mut root = dictionary! { "Type" => "Catalog", "Pages" => pages };
        if let Some(outlines) = self.keep_bookmarks(&catalog, &named) {
            root.set("Outlines", outlines);
        }
        if let Object::Dictionary(marked) = self.get(&catalog, b"MarkInfo") {
            root.set("MarkInfo", listed(marked, &[b"Marked", b"Suspects"]));
        }
        if let Object::Dictionary(tags) = self.get(&catalog, b"StructTreeRoot") {
            root.set("StructTreeRoot", listed(tags, TAGS));
        }
        if let Some(layers) = self.keep_layers(&catalog) {
            root.set("OCProperties", layers);
        }
        let root = self.doc.add_object(root);
        self.doc.trailer = dictionary! { "Root" => root };
        Ok(())
    }

    /// Counts what goes with the old root and the trailer.
    fn count_dropped(&mut self, catalog: &Dictionary) {
        if let Object::Dictionary(info) = self.get(&self.doc.trailer, b"Info") {
            let filled = info.iter().filter(|(_, value)| !value.is_null()).count();
            self.tally.several(Trace::Properties, filled);
        }
        if self.doc.trailer.has(b"ID") {
            self.tally.add(Trace::Marks);
        }
        // To begin at a certain page is no program.
        let begins = self.get(catalog, b"OpenAction").as_dict().is_ok_and(|action| leads_away(action).is_some());
        self.tally.several(Trace::Scripts, usize::from(begins) + usize::from(catalog.has(b"AA")));
        let signed = [b"Perms".as_slice(), b"DSS"].iter().filter(|key| catalog.has(key)).count();
        self.tally.several(Trace::Signatures, signed);
        if catalog.has(b"Metadata") {
            self.tally.add(Trace::Properties);
        }
        let names = self.get(catalog, b"Names").as_dict().cloned().unwrap_or_default();
        for (key, trace) in [(b"JavaScript".as_slice(), Trace::Scripts), (b"EmbeddedFiles", Trace::Attachments)] {
            let (mut count, mut seen) = (0, HashSet::new());
            self.leaves(self.get(&names, key), &mut seen, &mut |_, _| count += 1);
            self.tally.several(trace, count);
        }
        if catalog.has(b"AF") || catalog.has(b"Collection") {
            self.tally.add(Trace::Attachments);
        }
        let marks =
            [b"PieceInfo".as_slice(), b"SpiderInfo", b"Legal", b"URI", b"OutputIntents", b"Lang", b"PageLabels"];
        let marks = marks.iter().filter(|key| catalog.has(key)).count();
        self.tally.several(Trace::Marks, marks);
        let kept = self.doc.traverse_objects(|_| {}).into_iter().collect::<HashSet<_>>();
        let packed = |object: &Object| matches!(object.type_name(), Ok(b"ObjStm" | b"XRef" | b"Linearized"));
        let earlier = self.doc.objects.iter().filter(|(id, object)| !kept.contains(id) && !packed(object)).count();
        self.tally.several(Trace::Earlier, earlier);
    }

    /// Walks a tree of names.
    fn leaves(&self, tree: &Object, seen: &mut HashSet<ObjectId>, each: &mut impl FnMut(&[u8], &Object)) {
        let mut waiting = vec![tree];
        while let Some(node) = waiting.pop() {
            let Ok(node) = self.at(node).as_dict() else { continue };
            if let Object::Array(pairs) = self.get(node, b"Names") {
                for pair in pairs.chunks_exact(2) {
                    if let Ok(name) = self.at(&pair[0]).as_str() {
                        each(name, self.at(&pair[1]));
                    }
                }
            }
            if let Object::Array(kids) = self.get(node, b"Kids") {
                let new = kids.iter().filter(|kid| kid.as_reference().is_ok_and(|id| seen.insert(id)));
                waiting.extend(new.collect::<Vec<_>>().into_iter().rev());
            }
        }
    }

    /// Places that have a name. Names can say anything, so links are pointed at the places themselves.
    fn destinations(&self, catalog: &Dictionary) -> Destinations {
        let mut named = Destinations::new();
        if let Object::Dictionary(old) = self.get(catalog, b"Dests") {
            named.extend(old.iter().map(|(name, place)| (name.clone(), self.at(place).clone())));
        }
        if let Object::Dictionary(names) = self.get(catalog, b"Names") {
            let tree = self.get(names, b"Dests");
            self.leaves(tree, &mut HashSet::new(), &mut |name, place| {
                named.insert(name.to_vec(), place.clone());
            });
        }
        named
    }

    /// A place in the document as page and position; none when it is none.
    pub fn destination(&self, place: &Object, named: &Destinations) -> Option<Object> {
        let place = match self.at(place) {
            Object::String(name, _) | Object::Name(name) => named.get(name)?,
            other => other,
        };
        let place = match place {
            Object::Dictionary(dict) => self.get(dict, b"D"),
            other => other,
        };
        let Object::Array(parts) = place else { return None };
        let page = parts.first()?.as_reference().ok().filter(|id| self.numbers.contains_key(id))?;
        let simple = parts[1..]
            .iter()
            .filter(|part| matches!(part, Object::Name(_) | Object::Integer(_) | Object::Real(_) | Object::Null));
        Some(Object::Array([Object::Reference(page)].into_iter().chain(simple.cloned()).collect()))
    }

    /// Puts all pages into one group.
    fn keep_pages(&mut self) -> Result<ObjectId, Fault> {
        let found: Vec<ObjectId> = self.doc.page_iter().take(PAGES as usize + 1).collect();
        if found.len() > PAGES as usize {
            return Err(Fault::Pages);
        }
        if found.is_empty() {
            return Err(Fault::Damaged);
        }
        let group = self.doc.new_object_id();
        let mut seen = HashSet::new();
        let mut kept = Vec::with_capacity(found.len());
        for id in found {
            let old = self.doc.get_dictionary(id).map_err(|_| Fault::Damaged)?;
            let mut page = listed(old, PAGE);
            for key in INHERITED {
                if let Some(value) = self.inherited(old, key) {
                    page.set(*key, value.clone());
                }
            }
            page.set("Type", "Page");
            page.set("Parent", group);
            let annotations = old.get(b"Annots").cloned();
            let thumbnail = old.has(b"Thumb");
            if let Ok(annotations) = annotations {
                page.set("Annots", annotations);
            }
            if thumbnail {
                self.tally.add(Trace::Thumbnails);
            }
            if old_has(&self.doc, id, &[b"AA"]) {
                self.tally.add(Trace::Scripts);
            }
            if old_has(&self.doc, id, &[b"PieceInfo", b"LastModified", b"Metadata", b"AF", b"B", b"VP"]) {
                self.tally.add(Trace::Marks);
            }
            kept.push((id, page));
        }
        for (id, page) in kept {
            let id = if seen.insert(id) { id } else { self.doc.new_object_id() };
            self.doc.objects.insert(id, page.into());
            self.numbers.insert(id, self.pages.len());
            self.pages.push(id);
        }
        let kids: Vec<Object> = self.pages.iter().map(|id| Object::Reference(*id)).collect();
        let count = i64::try_from(kids.len()).map_err(|_| Fault::Pages)?;
        self.doc.objects.insert(group, dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count }.into());
        Ok(group)
    }

    /// An entry of a dictionary, or of the nearest group above that has it.
    pub fn inherited<'a>(&'a self, dict: &'a Dictionary, key: &[u8]) -> Option<&'a Object> {
        let mut at = dict;
        for _ in 0..DEPTH {
            if let Ok(value) = at.get(key) {
                return Some(value);
            }
            at = self.get(at, b"Parent").as_dict().ok()?;
        }
        None
    }

    fn keep_bookmarks(&mut self, catalog: &Dictionary, named: &Destinations) -> Option<ObjectId> {
        let root = catalog.get(b"Outlines").ok()?.as_reference().ok()?;
        let mut waiting = vec![root];
        let mut kept = Vec::new();
        while let Some(id) = waiting.pop() {
            if !self.bookmarks.insert(id) {
                continue;
            }
            let Ok(old) = self.doc.get_dictionary(id) else { continue };
            let mut item = listed(old, BOOKMARK);
            item.remove(b"Title");
            if let Ok(title) = lopdf::decode_text_string(self.get(old, b"Title")) {
                item.set("Title", lopdf::text_string(&title));
                kept.push((id, item, Some(title)));
            } else {
                kept.push((id, item, None));
            }
            let last = kept.len() - 1;
            let action = self.get(old, b"A").as_dict().cloned().unwrap_or_default();
            let place = old.get(b"Dest").or_else(|_| action.get(b"D"));
            let place = place.ok().and_then(|place| self.destination(place, named));
            if let Some(trace) = leads_away(&action) {
                self.tally.add(trace);
            } else if let Some(place) = place {
                kept[last].1.set("Dest", place);
            }
            for key in [b"Next".as_slice(), b"First"] {
                if let Some(id) = kept[last].1.get(key).ok().and_then(|next| next.as_reference().ok()) {
                    waiting.push(id);
                }
            }
        }
        for (id, mut item, title) in kept {
            for key in [b"Parent".as_slice(), b"Prev", b"Next", b"First", b"Last"] {
                let known =
                    item.get(key).ok().and_then(|o| o.as_reference().ok()).is_some_and(|o| self.bookmarks.contains(&o));
                if !known {
                    item.remove(key);
                }
            }
            self.doc.objects.insert(id, item.into());
            if let Some(title) = title {
                self.note(None, "a bookmark", title);
            }
        }
        Some(root)
    }

    fn keep_layers(&mut self, catalog: &Dictionary) -> Option<Dictionary> {
        let old = self.get(catalog, b"OCProperties").as_dict().ok()?.clone();
        let groups = self.get(&old, b"OCGs").as_array().ok()?.clone();
        let shown = listed(self.get(&old, b"D").as_dict().ok()?, LAYERS);
        let off = match self.get(&shown, b"BaseState") {
            Object::Name(state) if state == b"OFF" => {
                groups.len() - self.get(&shown, b"ON").as_array().map_or(0, Vec::len).min(groups.len())
            }
            _ => self.get(&shown, b"OFF").as_array().map_or(0, Vec::len),
        };
        self.tally.several(Trace::Hidden, off);
        self.hides |= off != 0;
        for group in &groups {
            let name = self
                .at(group)
                .as_dict()
                .ok()
                .and_then(|group| lopdf::decode_text_string(self.get(group, b"Name")).ok());
            self.note(None, "the name of a layer", name.unwrap_or_default());
        }
        Some(dictionary! { "OCGs" => groups, "D" => shown })
    }

    /// For reading: with everything shown that the document hides.
    pub fn show_everything(&mut self) -> &mut lopdf::Document {
        if let Ok(root) = self.doc.catalog_mut() {
            root.remove(b"OCProperties");
        }
        for object in self.doc.objects.values_mut() {
            if let Object::Dictionary(dict) = object
                && dict.has(b"Rect")
                && dict.has(b"Subtype")
            {
                dict.remove(b"F");
                dict.remove(b"OC");
            }
        }
        &mut self.doc
    }
}

fn old_has(doc: &lopdf::Document, id: ObjectId, keys: &[&[u8]]) -> bool {
    doc.get_dictionary(id).is_ok_and(|page| keys.iter().any(|key| page.has(key)))
}
