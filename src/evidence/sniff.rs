//! What a file is, by its content. The name alone is never believed.

use crate::domain::evidence::{FileRefusal, FileType};

/// How many bytes from the beginning are looked at.
pub const HEAD: usize = 8 * 1024;

/// Checks the first bytes of a file against its name. Office files are looked at again, whole, by [`office`].
pub fn check(name: &str, head: &[u8]) -> Result<FileType, FileRefusal> {
    if head.is_empty() {
        return Err(FileRefusal::Empty);
    }
    let claimed = FileType::from_name(name).ok_or(FileRefusal::TypeNotTaken)?;
    let found = infer::get(head).map(|t| t.mime_type());
    let fits = match claimed {
        FileType::Pdf => found == Some("application/pdf"),
        FileType::Png => found == Some("image/png"),
        FileType::Jpeg => found == Some("image/jpeg"),
        FileType::Docx | FileType::Xlsx | FileType::Pptx => head.starts_with(b"PK\x03\x04"),
        FileType::Txt | FileType::Csv => found.is_none_or(|t| t.starts_with("text/")) && is_text(head),
    };
    if fits { Ok(claimed) } else { Err(FileRefusal::Renamed) }
}

/// Text has no control characters but line ends and tabs, and is UTF-8 or Windows-1252.
fn is_text(head: &[u8]) -> bool {
    !head.iter().any(|b| *b < 0x20 && !matches!(b, b'\n' | b'\r' | b'\t' | 0x0c))
}

/// How many bytes from the end of an Office file are kept to look at its directory.
pub const TAIL: usize = 1024 * 1024;

/// Whether an Office file is one: an archive whose directory holds the parts of its type and no macros. `tail` is the end
/// of the file, up to [`TAIL`] bytes; nothing is unpacked, so a bomb has no chance. A directory that is longer than that
/// belongs to no document.
pub fn office(claimed: FileType, tail: &[u8]) -> bool {
    let main = match claimed {
        FileType::Docx => "word/document.xml",
        FileType::Xlsx => "xl/workbook.xml",
        FileType::Pptx => "ppt/presentation.xml",
        FileType::Pdf | FileType::Png | FileType::Jpeg | FileType::Txt | FileType::Csv => return true,
    };
    let Some(names) = directory(tail) else { return false };
    let has = |name: &str| names.contains(&name.as_bytes());
    has("[Content_Types].xml") && has(main) && !names.iter().any(|n| n.ends_with(b"vbaProject.bin"))
}

/// The names in a ZIP archive's central directory (APPNOTE 4.3.12 and 4.3.16), read from the end of the file.
fn directory(tail: &[u8]) -> Option<Vec<&[u8]>> {
    let end = tail.windows(4).rposition(|w| w == b"PK\x05\x06")?;
    let two = |at: usize| Some(usize::from(u16::from_le_bytes(tail.get(at..at + 2)?.try_into().ok()?)));
    let size = usize::try_from(u32::from_le_bytes(tail.get(end + 12..end + 16)?.try_into().ok()?)).ok()?;
    let (mut at, mut names) = (end.checked_sub(size)?, Vec::new());
    while at < end {
        if tail.get(at..at + 4)? != b"PK\x01\x02" {
            return None;
        }
        let (name, extra, comment) = (two(at + 28)?, two(at + 30)?, two(at + 32)?);
        names.push(tail.get(at + 46..at + 46 + name)?);
        at += 46 + name + extra + comment;
    }
    Some(names)
}

#[cfg(test)]
mod tests {
    use super::*;
    use FileRefusal::{Empty, Renamed, TypeNotTaken};
    use std::io::{Cursor, Write};

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

    #[test]
    fn name_and_content_have_to_agree() {
        for (name, head, expected) in [
            ("a.pdf", b"%PDF-1.7\n".as_slice(), Ok(FileType::Pdf)),
            ("a.png", PNG, Ok(FileType::Png)),
            ("a.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF", Ok(FileType::Jpeg)),
            ("a.csv", b"a,b\n1,2\n", Ok(FileType::Csv)),
            ("a.txt", "Grüße\n".as_bytes(), Ok(FileType::Txt)),
            ("a.docx", b"PK\x03\x04rest", Ok(FileType::Docx)),
            ("a.pdf", b"", Err(Empty)),
            ("a.pdf", PNG, Err(Renamed)),
            ("a.pdf", b"MZ\x90\0", Err(Renamed)),
            ("a.txt", b"MZ\x90\0\x03", Err(Renamed)),
            ("a.csv", b"%PDF-1.7\n", Err(Renamed)),
            ("a.txt", b"<!DOCTYPE html><html><script>", Ok(FileType::Txt)),
            ("a.html", b"<html>", Err(TypeNotTaken)),
            ("a.svg", b"<svg", Err(TypeNotTaken)),
            ("a", b"%PDF-1.7", Err(TypeNotTaken)),
        ] {
            assert_eq!(check(name, head), expected, "{name} {head:?}");
        }
    }

    fn archive(names: &[&str]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for name in names {
            writer.start_file(*name, zip::write::SimpleFileOptions::default()).expect("an entry");
            writer.write_all(b"<x/>").expect("bytes");
        }
        writer.finish().expect("an archive").into_inner()
    }

    #[test]
    fn an_office_file_has_the_parts_of_its_type() {
        let word = archive(&["[Content_Types].xml", "word/document.xml"]);
        assert!(office(FileType::Docx, &word));
        assert!(!office(FileType::Xlsx, &word));
        assert!(!office(FileType::Docx, &archive(&["photos/1.png"])));
        assert!(!office(
            FileType::Docx,
            &archive(&["[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"])
        ));
        assert!(!office(FileType::Docx, b"PK\x03\x04 broken"));
        assert!(!office(FileType::Docx, &word[..word.len() - 10]));
        assert!(office(FileType::Docx, &word[word.len() / 2..]) || word.len() < 400, "the end alone is enough");
    }
}
