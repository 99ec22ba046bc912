//! Plain text: it says nothing but what can be read, so it passes as it is.

use super::Cleaned;
use crate::domain::report::{Fault, Passage, Report, TEXT};

/// How many lines one passage has.
const LINES: usize = 200;

/// What Windows-1252 means by the bytes from 0x80 to 0x9f; the five that it leaves open are spaces.
const WINDOWS: [char; 32] = [
    '€', ' ', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', ' ', 'Ž', ' ', ' ', '‘', '’', '“', '”', '•', '–',
    '—', '˜', '™', 'š', '›', 'œ', ' ', 'ž', 'Ÿ',
];

/// Reads a text: UTF-8, or Windows-1252 as older programs write it. Its bytes stay as they are.
pub fn clean(bytes: &[u8]) -> Result<Cleaned, Fault> {
    if bytes.contains(&0) {
        return Err(Fault::Renamed);
    }
    let bare = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = String::from_utf8(bare.to_vec()).unwrap_or_else(|_| bare.iter().map(|byte| windows(*byte)).collect());
    let lines: Vec<&str> = text.lines().collect();
    let mut left = TEXT;
    let mut passages = Vec::new();
    for (number, part) in (0..).zip(lines.chunks(LINES)) {
        let text: String = part.join("\n").chars().take(left).collect();
        left -= text.chars().count();
        let first = number * LINES + 1;
        let place = format!("lines {first}-{}", first + part.len() - 1);
        passages.push(Passage { place, text: Some(text) });
    }
    Ok(Cleaned { bytes: bytes.to_vec(), report: Report { removed: Vec::new(), passages, pages: None } })
}

fn windows(byte: u8) -> char {
    match byte {
        0x80..=0x9f => WINDOWS[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_passes_as_it_is_and_is_read_by_two_hundred_lines() {
        let text: String = (1..=450).map(|line| format!("line {line}\n")).collect();
        let cleaned = clean(text.as_bytes()).expect("a text");
        assert_eq!(cleaned.bytes, text.as_bytes());
        let places: Vec<&str> = cleaned.report.passages.iter().map(|p| p.place.as_str()).collect();
        assert_eq!(places, ["lines 1-200", "lines 201-400", "lines 401-450"]);
        assert!(cleaned.report.passages[2].text.as_deref().is_some_and(|t| t.ends_with("line 450")));
    }

    #[test]
    fn both_ways_to_write_it_are_read() {
        for bytes in
            ["Grüße “Zürich”".as_bytes(), b"\xef\xbb\xbfGr\xc3\xbc\xc3\x9fe \xe2\x80\x9cZ\xc3\xbcrich\xe2\x80\x9d"]
        {
            let cleaned = clean(bytes).expect("a text");
            assert_eq!(cleaned.report.passages[0].text.as_deref(), Some("Grüße “Zürich”"));
            assert_eq!(cleaned.bytes, bytes, "its mark stays too");
        }
        let old = clean(b"Gr\xfc\xdfe \x93Z\xfcrich\x94").expect("a text");
        assert_eq!(old.report.passages[0].text.as_deref(), Some("Grüße “Zürich”"));
        assert_eq!(clean(b"MZ\0"), Err(Fault::Renamed));
        assert_eq!(clean(b"").expect("nothing").report.passages, []);
    }
}
