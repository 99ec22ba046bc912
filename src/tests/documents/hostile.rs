//! Files that were made to do harm, and files that are broken in every way.

use super::{clean, left_behind, opener};
use designated_centres::domain::{evidence::FileType, report::Fault};

/// A PDF of these objects, the first one its root, with a table of where they are.
fn pdf(objects: &[String]) -> Vec<u8> {
    let mut text = "%PDF-1.7\n".to_owned();
    let mut places = Vec::new();
    for (number, object) in (1..).zip(objects) {
        places.push(text.len());
        text.push_str(&format!("{number} 0 obj {object} endobj\n"));
    }
    let start = text.len();
    text.push_str(&format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1));
    for place in places {
        text.push_str(&format!("{place:010} 00000 n \n"));
    }
    text.push_str(&format!("trailer << /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n", objects.len() + 1));
    text.into_bytes()
}

fn objects(list: &[&str]) -> Vec<u8> {
    pdf(&list.iter().map(|object| (*object).to_owned()).collect::<Vec<_>>())
}

/// One page that says something.
fn whole() -> Vec<u8> {
    objects(&[
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>",
        "<< /Length 44 >> stream\nBT /F 12 Tf 20 100 Td (In force from May) Tj ET\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ])
}

fn png(side: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    bytes.extend(side.to_be_bytes());
    bytes.extend(side.to_be_bytes());
    bytes.extend([8, 0, 0, 0, 0, 0, 0, 0, 0]);
    bytes
}

/// A number after a number, always the same.
fn next(seed: &mut u64) -> usize {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    usize::try_from(*seed >> 33).unwrap_or(0)
}

#[tokio::test]
async fn a_whole_document_is_taken() {
    let report = clean(&opener(), FileType::Pdf, &whole()).await.expect("started").expect("clean");
    assert_eq!(report.pages, Some(1));
    assert!(report.passages.iter().any(|p| p.text.as_deref().is_some_and(|t| t.contains("In force"))), "{report:?}");
}

#[tokio::test]
async fn what_was_made_to_do_harm_is_answered() {
    let deep = format!("<< /Type /Catalog /Pages 2 0 R /X {}{} >>", "[".repeat(100_000), "]".repeat(100_000));
    let wide = format!("<< /Type /Pages /Kids [{}] /Count 6000 >>", "3 0 R ".repeat(6000));
    let files: Vec<(&str, FileType, Vec<u8>)> = vec![
        (
            "its own parent",
            FileType::Pdf,
            objects(&["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [2 0 R] /Count 1 >>"]),
        ),
        ("a page that is the root", FileType::Pdf, objects(&["<< /Type /Catalog /Pages 1 0 R /Kids [1 0 R] >>"])),
        ("deep arrays", FileType::Pdf, objects(&[&deep, "<< /Type /Pages /Kids [] /Count 0 >>"])),
        (
            "the same page 6000 times",
            FileType::Pdf,
            objects(&[
                "<< /Type /Catalog /Pages 2 0 R >>",
                &wide,
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>",
            ]),
        ),
        (
            "a count that lies",
            FileType::Pdf,
            objects(&["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [] /Count 2147483647 >>"]),
        ),
        (
            "a length that points to itself",
            FileType::Pdf,
            objects(&["<< /Type /Catalog /Pages 2 0 R >>", "<< /Length 2 0 R >> stream\nx\nendstream"]),
        ),
        ("no root", FileType::Pdf, b"%PDF-1.7\ntrailer << >>\nstartxref\n9\n%%EOF".to_vec()),
        (
            "a table that points to itself",
            FileType::Pdf,
            b"%PDF-1.7\nxref\n0 1\n0000000000 65535 f \ntrailer << /Size 1 /Prev 9 /Root 1 0 R >>\nstartxref\n9\n%%EOF"
                .to_vec(),
        ),
        ("half an archive", FileType::Docx, b"PK\x03\x04 and no more".to_vec()),
        (
            "an old Office file with a password",
            FileType::Docx,
            [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".as_slice(), &[0; 600]].concat(),
        ),
        ("no picture", FileType::Png, b"\x89PNG\r\n\x1a\n".to_vec()),
        ("half a picture", FileType::Jpeg, b"\xff\xd8\xff\xe0\0\x10JFIF".to_vec()),
        ("a segment that is longer than the file", FileType::Jpeg, b"\xff\xd8\xff\xe1\xff\xffExif\xff\xd9".to_vec()),
        ("a text of zeros", FileType::Txt, vec![0; 100_000]),
    ];
    for (name, file_type, bytes) in &files {
        let answer = clean(&opener(), *file_type, bytes).await.expect("started");
        // These two are odd, and harmless once they are written anew.
        let odd = matches!(*name, "a count that lies" | "the same page 6000 times");
        assert!(answer.is_err() || odd, "{name}: {answer:?}");
        assert!(!matches!(answer, Err(Fault::Slow | Fault::Memory)), "{name}: {answer:?}");
    }
    for side in [10_001, 50_000, u32::MAX >> 1] {
        assert_eq!(clean(&opener(), FileType::Png, &png(side)).await.expect("started"), Err(Fault::Pixels), "{side}");
    }
}

#[tokio::test]
async fn whatever_is_cut_or_turned_over_is_answered() {
    let (whole, mut seed) = (whole(), 2026);
    for _ in 0..40 {
        let mut bytes = whole.clone();
        for _ in 0..=next(&mut seed) % 12 {
            let at = next(&mut seed) % bytes.len();
            bytes[at] = u8::try_from(next(&mut seed) % 256).unwrap_or(0);
        }
        bytes.truncate(bytes.len() - next(&mut seed) % (bytes.len() / 2));
        let answer = clean(&opener(), FileType::Pdf, &bytes).await.expect("started");
        assert!(
            !matches!(answer, Err(Fault::Slow | Fault::Memory | Fault::Crashed)),
            "{answer:?}: {}",
            bytes.escape_ascii()
        );
    }
    assert_eq!(left_behind(), [0; 0]);
}
