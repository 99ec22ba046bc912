//! What stands on a page without being part of it: comments, links, fields of forms.

use super::{
    Work,
    structure::{Destinations, listed},
};
use crate::domain::report::Trace;
use lopdf::{Dictionary, Object, ObjectId, Stream, dictionary};

/// What is kept of a comment, a mark, a drawing. Who has written it, when and with what is not on the list.
pub const KEPT: &[&[u8]] = &[
    b"Subtype",
    b"Rect",
    b"Contents",
    b"F",
    b"AS",
    b"Border",
    b"BS",
    b"BE",
    b"C",
    b"IC",
    b"QuadPoints",
    b"Vertices",
    b"InkList",
    b"L",
    b"LE",
    b"LL",
    b"LLE",
    b"CA",
    b"Q",
    b"DA",
    b"H",
    b"StructParent",
    b"OC",
    b"IRT",
    b"RT",
    b"IT",
    b"RD",
    b"Rotate",
    b"CL",
    b"Sy",
    b"Path",
];
/// Files, sounds, films and models inside a page.
const FILES: &[&[u8]] = &[b"FileAttachment", b"Sound", b"Movie", b"Screen", b"RichMedia", b"3D", b"Projection"];
/// Flags that keep it from being shown: hidden, not viewed.
const HIDDEN: i64 = 2 | 32;
/// The icons that a note can have.
const ICONS: &[&[u8]] = &[b"Comment", b"Key", b"Note", b"Help", b"NewParagraph", b"Paragraph", b"Insert"];

/// What an action is, where it leads out of the document or does something by itself.
pub fn leads_away(action: &Dictionary) -> Option<Trace> {
    match action.get(b"S").ok()?.as_name().ok()? {
        b"GoTo" | b"Named" => None,
        b"URI" | b"Launch" | b"GoToR" | b"GoToE" | b"SubmitForm" | b"ImportData" | b"Thread" => Some(Trace::Links),
        _ => Some(Trace::Scripts),
    }
}

impl Work {
    /// Replaces what stands on a page by what is kept of it.
    pub fn keep_annotations(&mut self, page: usize, named: &Destinations) {
        let id = self.pages[page];
        let old = self.doc.get_dictionary(id).ok().map(|page| self.get(page, b"Annots").clone());
        let Some(Object::Array(old)) = old else {
            self.set_annotations(id, vec![]);
            return;
        };
        let mut kept = Vec::new();
        for item in old {
            let Ok(dict) = self.at(&item).as_dict().cloned() else { continue };
            let at = item.as_reference().ok();
            if at.is_some_and(|at| self.numbers.contains_key(&at) || kept.contains(&Object::Reference(at))) {
                continue;
            }
            match self.keep_annotation(page, &dict, named) {
                Some(new) => {
                    let at = at.unwrap_or_else(|| self.doc.new_object_id());
                    self.doc.objects.insert(at, new.into());
                    kept.push(Object::Reference(at));
                }
                // Tags and answers to a comment may still point at it.
                None => drop(at.and_then(|at| self.doc.objects.remove(&at))),
            }
        }
        self.set_annotations(id, kept);
    }

    fn set_annotations(&mut self, page: ObjectId, kept: Vec<Object>) {
        if let Ok(page) = self.doc.get_dictionary_mut(page) {
            page.remove(b"Annots");
            if !kept.is_empty() {
                page.set("Annots", kept);
            }
        }
    }

    /// What is kept of it; none when it goes whole.
    fn keep_annotation(&mut self, page: usize, old: &Dictionary, named: &Destinations) -> Option<Dictionary> {
        let subtype = self.get(old, b"Subtype").as_name().unwrap_or_default().to_vec();
        if FILES.contains(&subtype.as_slice()) {
            self.tally.add(Trace::Attachments);
            return None;
        }
        if matches!(subtype.as_slice(), b"" | b"Popup" | b"PrinterMark" | b"TrapNet") {
            return None;
        }
        self.count_dropped_beside(old);
        if subtype == b"Widget" {
            return self.keep_field(page, old);
        }
        let mut new = self.appearance(old);
        if subtype == b"Link" {
            let action = self.get(old, b"A").as_dict().cloned().unwrap_or_default();
            let place = old.get(b"Dest").or_else(|_| action.get(b"D")).ok();
            if leads_away(&action).is_none()
                && let Some(place) = place.and_then(|place| self.destination(place, named))
            {
                new.set("Dest", place);
            }
            return Some(new);
        }
        if [b"T".as_slice(), b"NM", b"M", b"CreationDate"].iter().any(|key| old.has(key)) {
            self.tally.add(Trace::Authors);
        }
        if let Ok(icon) = self.get(old, b"Name").as_name()
            && ICONS.contains(&icon)
        {
            new.set("Name", Object::Name(icon.to_vec()));
        }
        let text = lopdf::decode_text_string(self.get(old, b"Contents")).unwrap_or_default();
        self.note(Some(page), "a comment", text);
        Some(new)
    }

    fn count_dropped_beside(&mut self, old: &Dictionary) {
        if let Ok(action) = self.get(old, b"A").as_dict()
            && let Some(trace) = leads_away(action)
        {
            self.tally.add(trace);
        }
        if old.has(b"AA") {
            self.tally.add(Trace::Scripts);
        }
        if old.has(b"PA") {
            self.tally.add(Trace::Links);
        }
        if self.get(old, b"F").as_i64().is_ok_and(|flags| flags & HIDDEN != 0) {
            self.tally.add(Trace::Hidden);
            self.hides = true;
        }
    }

    /// What can be seen of it, and where.
    fn appearance(&self, old: &Dictionary) -> Dictionary {
        let mut new = listed(old, KEPT);
        new.set("Type", "Annot");
        if let Object::Dictionary(looks) = self.get(old, b"AP")
            && let Ok(normal) = looks.get(b"N")
        {
            new.set("AP", dictionary! { "N" => normal.clone() });
        }
        new
    }

    /// A field of a form becomes what is seen of it: what it is called and who may sign it goes with the form.
    fn keep_field(&mut self, page: usize, old: &Dictionary) -> Option<Dictionary> {
        let sort = self.inherited(old, b"FT").map(|sort| self.at(sort).as_name().unwrap_or_default().to_vec());
        if sort.as_deref() == Some(b"Sig") {
            self.tally.add(Trace::Signatures);
            return None;
        }
        if old.has(b"T") || old.has(b"TU") || old.has(b"MK") {
            self.tally.add(Trace::Marks);
        }
        let value = self.inherited(old, b"V").map(|value| match self.at(value) {
            Object::Array(values) => {
                let values = values.iter().filter_map(|value| lopdf::decode_text_string(self.at(value)).ok());
                values.collect::<Vec<_>>().join("\n")
            }
            value => lopdf::decode_text_string(value).unwrap_or_default(),
        });
        let value = value.unwrap_or_default();
        let mut new = self.appearance(old);
        new.remove(b"Contents");
        new.set("Subtype", "Stamp");
        if !new.has(b"AP") && !value.is_empty() {
            let drawn = self.drawn(&new, &value)?;
            new.set("AP", dictionary! { "N" => drawn });
        }
        self.note(Some(page), "a form field", value);
        Some(new)
    }

    /// A picture of a value that no program has drawn yet.
    fn drawn(&mut self, field: &Dictionary, value: &str) -> Option<Object> {
        let corners: Vec<f32> =
            self.get(field, b"Rect").as_array().ok()?.iter().filter_map(|n| n.as_float().ok()).collect();
        let [left, bottom, right, top] = corners[..] else { return None };
        let (width, height) = ((right - left).abs(), (top - bottom).abs());
        let size = (height * 0.7).clamp(4.0, 12.0);
        let mut shown = format!("BT /F {size} Tf {} TL 2 {} Td\n", size * 1.2, height - size).into_bytes();
        for line in value.lines() {
            shown.push(b'(');
            for letter in line.chars() {
                match letter {
                    '(' | ')' | '\\' => shown.extend([b'\\', letter as u8]),
                    ' '..='~' | '\u{a0}'..='\u{ff}' => shown.push(u8::try_from(u32::from(letter)).unwrap_or(b'?')),
                    _ => shown.push(b'?'),
                }
            }
            shown.extend(b") Tj T*\n");
        }
        shown.extend(b"ET");
        let font = dictionary! {
            "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica", "Encoding" => "WinAnsiEncoding",
        };
        let looks = dictionary! {
            "Type" => "XObject", "Subtype" => "Form",
            "BBox" => vec![0.into(), 0.into(), Object::Real(width), Object::Real(height)],
            "Resources" => dictionary! { "Font" => dictionary! { "F" => font } },
        };
        Some(self.doc.add_object(Stream::new(looks, shown)).into())
    }
}
