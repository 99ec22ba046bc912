//! What must stay, what is read, and what is refused.

use super::{
    building::{Built, area, holds, text},
    *,
};
use crate::domain::report::PAGES;
use lopdf::Stream;

fn passage(place: &str, text: &str) -> Passage {
    Passage { place: place.into(), text: Some(text.into()) }
}

fn read(built: Built) -> Vec<Passage> {
    clean(&built.bytes()).expect("clean").report.passages
}

fn note(subtype: &str) -> Dictionary {
    dictionary! { "Type" => "Annot", "Subtype" => subtype, "Rect" => area() }
}

#[test]
fn pages_are_read_in_order_and_blank_ones_are_nothing() {
    let built = Built::new(&["First, by Ingrid", "", "Third"]);
    assert_eq!(read(built), [passage("page 1", "First, by Ingrid"), passage("page 3", "Third")]);
}

#[test]
fn words_beside_the_page_stay_and_are_read() {
    let mut built = Built::new(&["Page", "Other"]);
    let mut comment = note("Text");
    comment.set("Contents", text("Ask the nurse"));
    comment.set("T", text("Ingrid"));
    built.annotate(comment);
    let mut field = note("Widget");
    let parent = dictionary! { "FT" => "Tx", "T" => text("answer"), "V" => text("Yes \\(since 2020\\)") };
    let parent = built.doc.add_object(parent);
    field.set("Parent", parent);
    built.annotate(field);
    let outlines = built.doc.new_object_id();
    let item = dictionary! { "Title" => text("Chapter"), "Parent" => outlines, "Dest" => text("chapter") };
    let item = built.doc.add_object(item);
    built.doc.objects.insert(outlines, dictionary! { "First" => item, "Last" => item, "Count" => 1 }.into());
    let place: Vec<Object> = vec![built.pages[1].into(), "Fit".into()];
    let tree = dictionary! { "Names" => vec![text("chapter"), place.into()] };
    built.root().set("Outlines", outlines);
    built.root().set("Names", dictionary! { "Dests" => tree });
    let page = built.pages[1];
    let tag = built.doc.add_object(dictionary! { "S" => "Figure", "Alt" => text("A chart of visits"), "Pg" => page });
    built.root().set("StructTreeRoot", dictionary! { "Type" => "StructTreeRoot", "K" => tag });
    let cleaned = clean(&built.bytes()).expect("clean");
    let read = cleaned.report.passages;
    let found: Vec<(&str, &str)> = read.iter().map(|p| (p.place.as_str(), p.text.as_deref().unwrap_or("-"))).collect();
    assert_eq!(found[0], ("page 1", "Page\nYes \\(since 2020\\)"));
    assert_eq!(
        found[1..],
        [
            ("a comment on page 1", "Ask the nurse"),
            ("a form field on page 1", "Yes \\(since 2020\\)"),
            ("page 2", "Other"),
            ("an alternative text on page 2", "A chart of visits"),
            ("a bookmark", "Chapter"),
        ]
    );
    assert!(holds(&cleaned.bytes, "Ask the nurse") && holds(&cleaned.bytes, "A chart of visits"));
    let doc = Document::load_mem(&cleaned.bytes).expect("a PDF");
    let leads = doc.objects.values().filter_map(|object| object.as_dict().ok()?.get(b"Dest").ok()?.as_array().ok());
    let second = doc.page_iter().nth(1).expect("a page");
    assert_eq!(leads.map(|place| place[0].clone()).collect::<Vec<_>>(), [Object::Reference(second)]);
}

#[test]
fn what_is_hidden_is_read_and_told() {
    let mut built = Built::new(&["Seen"]);
    let layer = built.doc.add_object(dictionary! { "Type" => "OCG", "Name" => text("Internal") });
    let off: Vec<Object> = vec![layer.into()];
    let shown = dictionary! { "OFF" => off.clone(), "Order" => off.clone() };
    built.root().set("OCProperties", dictionary! { "OCGs" => off, "D" => shown });
    let more = b"/OC /L BDC BT /F 12 Tf 20 100 Td (Written by Ingrid) Tj ET EMC".to_vec();
    let more = built.doc.add_object(Stream::new(Dictionary::new(), more));
    let first = built.page().get(b"Contents").cloned().expect("contents");
    built.page().set("Contents", vec![first, more.into()]);
    let mut resources = built.page().get(b"Resources").and_then(Object::as_dict).cloned().expect("resources");
    resources.set("Properties", dictionary! { "L" => layer });
    built.page().set("Resources", resources);
    let report = clean(&built.bytes()).expect("clean").report;
    assert_eq!(report.removed, [Removed { trace: Trace::Hidden, count: 1 }]);
    let expected = [passage("page 1", "Seen\nWritten by Ingrid"), passage("the name of a layer", "Internal")];
    assert_eq!(report.passages, expected);
}

#[test]
fn a_picture_without_letters_is_something_to_see() {
    let mut built = Built::new(&["", ""]);
    let drawn = built.doc.add_object(Stream::new(Dictionary::new(), b"0 0 1 rg 10 10 100 100 re f".to_vec()));
    built.page().set("Contents", drawn);
    let white = built.doc.add_object(Stream::new(Dictionary::new(), b"1 1 1 rg 0 0 400 300 re f".to_vec()));
    let second = built.pages[1];
    built.doc.get_dictionary_mut(second).expect("a page").set("Contents", white);
    assert_eq!(read(built), [Passage { place: "page 1".into(), text: None }]);
}

/// A document that cannot be taken, and why.
type Refused = (&'static str, Fault, fn() -> Vec<u8>);

#[test]
fn what_cannot_be_taken_is_refused_with_its_reason() {
    let refused: [Refused; 7] = [
        ("cut off", Fault::Damaged, || {
            let bytes = Built::new(&["A page", "Another"]).bytes();
            bytes[..bytes.len() - 200].to_vec()
        }),
        ("no PDF", Fault::Damaged, || b"%PDF-1.7\nnothing".to_vec()),
        ("no page", Fault::Damaged, || Built::new(&[]).bytes()),
        ("a page that is missing", Fault::Damaged, || {
            let mut built = Built::new(&["A page", "Another"]);
            let second = built.pages[1];
            built.doc.objects.remove(&second);
            built.bytes()
        }),
        ("encrypted", Fault::Encrypted, || {
            let mut built = Built::new(&["A page"]);
            let id: Vec<Object> = vec![text("0123456789abcdef"), text("0123456789abcdef")];
            built.doc.trailer.set("ID", id);
            let version = lopdf::EncryptionVersion::V2 {
                document: &built.doc,
                owner_password: "owner",
                user_password: "user",
                key_length: 128,
                permissions: lopdf::Permissions::all(),
            };
            let state = lopdf::EncryptionState::try_from(version).expect("a state");
            built.doc.encrypt(&state).expect("encrypted");
            built.bytes()
        }),
        ("huge picture", Fault::Pixels, || {
            let mut built = Built::new(&["A page"]);
            let picture = dictionary! { "Subtype" => "Image", "Width" => 50_000, "Height" => 50_000 };
            let picture = built.doc.add_object(Stream::new(picture, vec![]));
            let resources = dictionary! { "XObject" => dictionary! { "I" => picture } };
            built.page().set("Resources", resources);
            built.bytes()
        }),
        ("many pages", Fault::Pages, || Built::new(&vec![""; PAGES as usize + 1]).bytes()),
    ];
    for (name, fault, made) in refused {
        assert_eq!(clean(&made()).map(|_| ()), Err(fault), "{name}");
    }
}

#[test]
fn a_file_that_anybody_can_open_is_opened() {
    let mut built = Built::new(&["A page"]);
    let id: Vec<Object> = vec![text("0123456789abcdef"), text("0123456789abcdef")];
    built.doc.trailer.set("ID", id);
    let version = lopdf::EncryptionVersion::V2 {
        document: &built.doc,
        owner_password: "owner",
        user_password: "",
        key_length: 128,
        permissions: lopdf::Permissions::all(),
    };
    let state = lopdf::EncryptionState::try_from(version).expect("a state");
    built.doc.encrypt(&state).expect("encrypted");
    assert_eq!(read(built), [passage("page 1", "A page")]);
}

#[test]
fn names_that_are_chosen_freely_stay() {
    let mut built = Built::new(&["A page"]);
    let font = built.doc.objects.iter().find(|(_, object)| object.as_dict().is_ok_and(|dict| dict.has_type(b"Font")));
    let font = *font.expect("a font").0;
    let fonts = built.doc.add_object(dictionary! { "F" => font, "AA" => font, "Metadata" => font });
    built.page().set("Resources", dictionary! { "Font" => fonts });
    let shown = b"BT /AA 12 Tf 20 200 Td (Ingrid) Tj /Metadata 12 Tf 80 0 Td (here) Tj ET".to_vec();
    let shown = built.doc.add_object(Stream::new(Dictionary::new(), shown));
    built.page().set("Contents", shown);
    assert_eq!(read(built), [passage("page 1", "Ingrid here")]);
}
