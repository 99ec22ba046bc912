//! Builds PDFs for tests.

use super::*;
use lopdf::Stream;

/// The name that must not be found.
pub const NAME: &str = "Solbergvik";

/// A text as it stands in a PDF.
pub fn text(text: &str) -> Object {
    Object::String(text.as_bytes().to_vec(), StringFormat::Literal)
}

/// A document with a page for each text, and the numbers of its root and its pages.
pub struct Built {
    pub doc: Document,
    pub root: ObjectId,
    pub pages: Vec<ObjectId>,
}

impl Built {
    pub fn new(texts: &[&str]) -> Self {
        let mut doc = Document::with_version("1.6");
        let group = doc.new_object_id();
        let font = doc.add_object(dictionary! {
            "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica", "Encoding" => "WinAnsiEncoding",
        });
        let mut pages = Vec::new();
        for said in texts {
            let shown = if said.is_empty() { String::new() } else { format!("BT /F 12 Tf 20 200 Td ({said}) Tj ET") };
            let shown = doc.add_object(Stream::new(Dictionary::new(), shown.into_bytes()));
            pages.push(doc.add_object(dictionary! {
                "Type" => "Page", "Parent" => group, "Contents" => shown,
                "Resources" => dictionary! { "Font" => dictionary! { "F" => font } },
            }));
        }
        let kids: Vec<Object> = pages.iter().map(|page| (*page).into()).collect();
        let count = i64::try_from(kids.len()).expect("few");
        let size = vec![0.into(), 0.into(), 400.into(), 300.into()];
        let tree = dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count, "MediaBox" => size };
        doc.objects.insert(group, tree.into());
        let root = doc.add_object(dictionary! { "Type" => "Catalog", "Pages" => group });
        doc.trailer.set("Root", root);
        Self { doc, root, pages }
    }

    /// The root.
    pub fn root(&mut self) -> &mut Dictionary {
        self.doc.get_dictionary_mut(self.root).expect("the root")
    }

    /// The first page.
    pub fn page(&mut self) -> &mut Dictionary {
        self.doc.get_dictionary_mut(self.pages[0]).expect("a page")
    }

    /// Puts something onto the first page.
    pub fn annotate(&mut self, annotation: Dictionary) -> ObjectId {
        let id = self.doc.add_object(annotation);
        let page = self.page();
        let mut all = page.get(b"Annots").and_then(Object::as_array).cloned().unwrap_or_default();
        all.push(id.into());
        page.set("Annots", all);
        id
    }

    /// The file.
    pub fn bytes(mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.doc.save_to(&mut bytes).expect("written");
        bytes
    }
}

/// A box for something on a page.
pub fn area() -> Object {
    vec![10.into(), 10.into(), 110.into(), 40.into()].into()
}

/// Whether a name stands anywhere in a file: in its bytes, or in one of its parts once unpacked, in any of the ways to write it.
pub fn holds(bytes: &[u8], name: &str) -> bool {
    let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02X}")).collect::<String>().into_bytes();
    let ways = [name.as_bytes().to_vec(), wide.clone(), hex(name.as_bytes()), hex(&wide)];
    let within = |bytes: &[u8]| ways.iter().any(|way| bytes.windows(way.len()).any(|window| window == way));
    let doc = Document::load_mem(bytes).expect("a PDF");
    let unpacked = |object: &Object| {
        object.as_stream().is_ok_and(|stream| stream.get_plain_content().is_ok_and(|content| within(&content)))
    };
    within(bytes) || doc.objects.values().any(unpacked)
}
