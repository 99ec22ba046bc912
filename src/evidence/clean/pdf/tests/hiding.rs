//! What must be gone.

use super::{
    building::{Built, NAME, area, holds, text},
    *,
};
use lopdf::Stream;

fn stream(sort: &str, content: &str) -> Stream {
    Stream::new(dictionary! { "Type" => sort }, content.as_bytes().to_vec())
}

fn script() -> Dictionary {
    dictionary! { "S" => "JavaScript", "JS" => text(&format!("app.alert('{NAME}')")) }
}

fn note(subtype: &str) -> Dictionary {
    dictionary! { "Type" => "Annot", "Subtype" => subtype, "Rect" => area() }
}

/// Hides the name somewhere.
type Hide = fn(&mut Built);

/// Each hiding place, and what is told of it.
#[expect(clippy::too_many_lines, reason = "a table")]
fn places() -> Vec<(&'static str, Trace, Hide)> {
    vec![
        ("properties", Trace::Properties, |built| {
            let info = built.doc.add_object(dictionary! { "Author" => text(NAME), "Company" => text(NAME) });
            built.doc.trailer.set("Info", info);
        }),
        ("numbers", Trace::Marks, |built| built.doc.trailer.set("ID", vec![text(NAME), text(NAME)])),
        ("described document", Trace::Properties, |built| {
            let metadata = built.doc.add_object(stream("Metadata", &format!("<x:xmpmeta>{NAME}</x:xmpmeta>")));
            built.root().set("Metadata", metadata);
        }),
        ("described page", Trace::Marks, |built| {
            let metadata = built.doc.add_object(stream("Metadata", NAME));
            built.page().set("Metadata", metadata);
        }),
        ("private data of a program", Trace::Marks, |built| {
            let private = dictionary! { "Word" => dictionary! { "Private" => text(NAME) } };
            built.page().set("PieceInfo", private.clone());
            built.root().set("PieceInfo", private);
        }),
        ("attachment", Trace::Attachments, |built| {
            let file = built.doc.add_object(stream("EmbeddedFile", NAME));
            let spec = dictionary! { "Type" => "Filespec", "F" => text(NAME), "EF" => dictionary! { "F" => file } };
            let spec = built.doc.add_object(spec);
            let tree = dictionary! { "Names" => vec![text(NAME), spec.into()] };
            built.root().set("Names", dictionary! { "EmbeddedFiles" => tree });
        }),
        ("associated file", Trace::Attachments, |built| {
            let spec = built.doc.add_object(dictionary! { "Type" => "Filespec", "UF" => text(NAME) });
            built.root().set("AF", vec![spec.into()]);
            built.page().set("AF", vec![spec.into()]);
        }),
        ("attachment on a page", Trace::Attachments, |built| {
            let mut pin = note("FileAttachment");
            pin.set("FS", dictionary! { "Type" => "Filespec", "F" => text(NAME) });
            built.annotate(pin);
        }),
        ("sound", Trace::Attachments, |built| {
            let sound = built.doc.add_object(stream("Sound", NAME));
            let mut note = note("Sound");
            note.set("Sound", sound);
            built.annotate(note);
        }),
        ("script at the start", Trace::Scripts, |built| built.root().set("OpenAction", script())),
        ("named script", Trace::Scripts, |built| {
            let tree = dictionary! { "Names" => vec![text(NAME), script().into()] };
            built.root().set("Names", dictionary! { "JavaScript" => tree });
        }),
        ("script of a page", Trace::Scripts, |built| built.page().set("AA", dictionary! { "O" => script() })),
        ("script of a document", Trace::Scripts, |built| built.root().set("AA", dictionary! { "WC" => script() })),
        ("script of a link", Trace::Scripts, |built| {
            let mut link = note("Link");
            link.set("A", script());
            built.annotate(link);
        }),
        ("link to a site", Trace::Links, |built| {
            let mut link = note("Link");
            link.set("A", dictionary! { "S" => "URI", "URI" => text(&format!("https://{NAME}.example")) });
            built.annotate(link);
        }),
        ("link to a file", Trace::Links, |built| {
            let mut link = note("Link");
            link.set("A", dictionary! { "S" => "Launch", "F" => text(&format!("C:\\{NAME}\\a.doc")) });
            built.annotate(link);
        }),
        ("link to another document", Trace::Links, |built| {
            let mut link = note("Link");
            link.set("A", dictionary! { "S" => "GoToR", "F" => text(NAME), "D" => text(NAME) });
            built.annotate(link);
        }),
        ("link of a bookmark", Trace::Links, |built| {
            let root = built.doc.new_object_id();
            let action = dictionary! { "S" => "URI", "URI" => text(NAME) };
            let item = dictionary! { "Title" => text("Policy"), "Parent" => root, "A" => action };
            let item = built.doc.add_object(item);
            built.doc.objects.insert(root, dictionary! { "First" => item, "Last" => item, "Count" => 1 }.into());
            built.root().set("Outlines", root);
        }),
        ("author of a comment", Trace::Authors, |built| {
            let popup = built.annotate(note("Popup"));
            let mut comment = note("Text");
            for key in ["T", "NM", "M", "CreationDate", "Subj", "RC"] {
                comment.set(key, text(NAME));
            }
            comment.set("Popup", popup);
            comment.set("Contents", text("Please add the policy"));
            let comment = built.annotate(comment);
            let popup = built.doc.get_dictionary_mut(popup).expect("a popup");
            popup.set("Parent", comment);
            popup.set("T", text(NAME));
        }),
        ("signature", Trace::Signatures, |built| {
            let signed =
                dictionary! { "Type" => "Sig", "Name" => text(NAME), "Location" => text(NAME), "M" => text(NAME) };
            let signed = built.doc.add_object(signed);
            let looks = format!("BT /F 9 Tf 0 0 Td (Digitally signed by {NAME}) Tj ET").into_bytes();
            let looks = Stream::new(dictionary! { "Subtype" => "Form", "BBox" => area() }, looks);
            let looks = built.doc.add_object(looks);
            let mut field = note("Widget");
            field.set("FT", "Sig");
            field.set("T", text(NAME));
            field.set("V", signed);
            field.set("AP", dictionary! { "N" => looks });
            let field = built.annotate(field);
            built.root().set("AcroForm", dictionary! { "Fields" => vec![field.into()], "SigFlags" => 3 });
            built.root().set("Perms", dictionary! { "DocMDP" => signed });
        }),
        ("certificates", Trace::Signatures, |built| {
            let certificate = built.doc.add_object(stream("X", NAME));
            built.root().set("DSS", dictionary! { "Certs" => vec![certificate.into()] });
        }),
        ("name of a field", Trace::Marks, |built| {
            let mut field = note("Widget");
            field.set("FT", "Tx");
            field.set("T", text(NAME));
            field.set("TU", text(NAME));
            field.set("V", text("yes"));
            let field = built.annotate(field);
            built.root().set("AcroForm", dictionary! { "Fields" => vec![field.into()], "XFA" => text(NAME) });
        }),
        ("thumbnail", Trace::Thumbnails, |built| {
            let picture = built.doc.add_object(stream("XObject", NAME));
            built.page().set("Thumb", picture);
        }),
        ("time of a page", Trace::Marks, |built| built.page().set("LastModified", text(NAME))),
        ("part that nothing refers to", Trace::Earlier, |built| {
            built.doc.add_object(text(NAME));
        }),
        ("creator of a layer", Trace::Authors, |built| {
            let creator = dictionary! { "Creator" => text(NAME) };
            let usage = dictionary! { "CreatorInfo" => creator, "User" => dictionary! { "Name" => text(NAME) } };
            let layer = dictionary! { "Type" => "OCG", "Name" => text("Draft"), "Usage" => usage };
            let layer = built.doc.add_object(layer);
            let shown = dictionary! { "Creator" => text(NAME), "Name" => text(NAME), "Order" => vec![layer.into()] };
            built.root().set("OCProperties", dictionary! { "OCGs" => vec![layer.into()], "D" => shown });
        }),
        ("author in tags", Trace::Marks, |built| {
            let own = dictionary! { "N" => text("Author"), "V" => text(NAME) };
            let own = dictionary! { "O" => "UserProperties", "P" => vec![own.into()] };
            let tag =
                dictionary! { "S" => "P", "T" => text(NAME), "ID" => text(NAME), "A" => own, "Lang" => text(NAME) };
            let tag = built.doc.add_object(tag);
            let root =
                dictionary! { "Type" => "StructTreeRoot", "K" => tag, "ClassMap" => dictionary! { "x" => text(NAME) } };
            built.root().set("StructTreeRoot", root);
        }),
        ("description of a picture", Trace::Properties, |built| {
            let metadata = built.doc.add_object(stream("Metadata", NAME));
            let mut picture = stream("XObject", "\0");
            for (key, value) in [("Subtype", "Image"), ("ColorSpace", "DeviceGray")] {
                picture.dict.set(key, value);
            }
            for key in ["Width", "Height"] {
                picture.dict.set(key, 1);
            }
            picture.dict.set("BitsPerComponent", 8);
            picture.dict.set("Metadata", metadata);
            let picture = built.doc.add_object(picture);
            let fonts = built.page().get(b"Resources").and_then(Object::as_dict).cloned().expect("resources");
            let mut resources = fonts;
            resources.set("XObject", dictionary! { "I" => picture });
            built.page().set("Resources", resources);
        }),
        ("bytes in another file", Trace::Links, |built| {
            let away = Stream::new(dictionary! { "F" => text(&format!("//{NAME}/share")) }, vec![]);
            let away = built.doc.add_object(away);
            built.page().set("Contents", away);
        }),
        ("own entry of a font", Trace::Marks, |built| {
            let font = built
                .doc
                .objects
                .values_mut()
                .find_map(|object| object.as_dict_mut().ok().filter(|dict| dict.has_type(b"Font")));
            font.expect("a font").set("Owner", text(NAME));
        }),
        ("text that stands alone", Trace::Marks, |built| {
            let apart = built.doc.add_object(text(NAME));
            let state = dictionary! { "Type" => "ExtGState", "Note" => apart, "List" => vec![apart.into()] };
            let fonts = built.page().get(b"Resources").and_then(Object::as_dict).cloned().expect("resources");
            let mut resources = fonts;
            resources.set("ExtGState", dictionary! { "G" => state });
            built.page().set("Resources", resources);
        }),
    ]
}

#[test]
fn what_tells_who_made_it_is_gone_from_everywhere() {
    for (place, trace, hide) in places() {
        let mut built = Built::new(&["The plan of care"]);
        hide(&mut built);
        let bytes = built.bytes();
        assert!(holds(&bytes, NAME), "{place}: nothing was hidden");
        let cleaned = clean(&bytes).unwrap_or_else(|fault| panic!("{place}: {fault:?}"));
        assert!(!holds(&cleaned.bytes, NAME), "{place}: is still there");
        let told = cleaned.report.removed.iter().any(|removed| removed.trace == trace && 0 < removed.count);
        assert!(told, "{place}: {:?} does not tell of it", cleaned.report.removed);
        assert_eq!(clean(&bytes).expect("again").bytes, cleaned.bytes, "{place}: not the same twice");
        let again = clean(&cleaned.bytes).unwrap_or_else(|fault| panic!("{place}, again: {fault:?}"));
        assert_eq!(again.report.removed, [], "{place}: something was left to take out");
    }
}

#[test]
fn everything_at_once_is_gone_too() {
    let mut built = Built::new(&["The plan of care", "Another page"]);
    for (_, _, hide) in places() {
        hide(&mut built);
    }
    let cleaned = clean(&built.bytes()).expect("clean");
    assert!(!holds(&cleaned.bytes, NAME));
}

#[test]
fn an_earlier_version_is_gone() {
    let mut bytes = Built::new(&["The plan of care"]).bytes();
    let first = Document::load_mem(&bytes).expect("a PDF");
    let shown = first.get_page_contents(first.page_iter().next().expect("a page"))[0];
    let mut update = lopdf::IncrementalDocument::create_from(bytes.clone(), first);
    let new = Stream::new(Dictionary::new(), b"BT /F 12 Tf 20 200 Td (Changed) Tj ET".to_vec());
    update.new_document.objects.insert(shown, new.into());
    bytes.clear();
    update.save_to(&mut bytes).expect("written");
    assert!(holds(&bytes, "The plan of care"));
    let cleaned = clean(&bytes).expect("clean");
    assert!(!holds(&cleaned.bytes, "The plan of care"));
    assert!(
        cleaned.report.removed.contains(&Removed { trace: Trace::Earlier, count: 1 }),
        "{:?}",
        cleaned.report.removed
    );
}
