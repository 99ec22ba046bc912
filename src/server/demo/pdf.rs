//! The smallest useful PDF: one page of text.

use std::fmt::Write as _;

/// Characters in a line of the body.
const LINE: usize = 84;

/// A document of one page: a title and lines of text, long ones broken between words. No metadata.
pub fn page(title: &str, lines: &[String]) -> Vec<u8> {
    let mut content = String::from("BT\n/F2 16 Tf\n20 TL\n56 770 Td\n");
    for line in broken(title, LINE * 2 / 3) {
        let _ = writeln!(content, "({}) Tj T*", escaped(&line));
    }
    content.push_str("/F1 10.5 Tf\n15 TL\nT*\n");
    for line in lines.iter().flat_map(|line| broken(line, LINE)) {
        let _ = writeln!(content, "({}) Tj T*", escaped(&line));
    }
    content.push_str("ET\n");
    let font = |name: &str| format!("<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>");
    assemble(&[
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 4 0 R /F2 5 0 R >> >> /Contents 6 0 R >>".to_owned(),
        font("Helvetica"),
        font("Helvetica-Bold"),
        format!("<< /Length {} >>\nstream\n{content}endstream", content.len()),
    ])
}

/// Numbers the objects from 1 and writes where each begins.
fn assemble(objects: &[String]) -> Vec<u8> {
    let mut file = String::from("%PDF-1.4\n");
    let mut table = String::from("0000000000 65535 f \n");
    for (number, object) in (1..).zip(objects) {
        let _ = writeln!(table, "{:010} 00000 n ", file.len());
        let _ = write!(file, "{number} 0 obj\n{object}\nendobj\n");
    }
    let (size, start) = (objects.len() + 1, file.len());
    let _ = write!(file, "xref\n0 {size}\n{table}trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n");
    file.into_bytes()
}

/// A string of a content stream. Everything beyond ASCII is written as an octal escape of its place in Latin-1, or as a
/// question mark, so that the file stays plain text.
fn escaped(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    for c in line.chars() {
        match c {
            '(' | ')' | '\\' => text.extend(['\\', c]),
            ' '..='~' => text.push(c),
            '\u{a0}'..='\u{ff}' => {
                let _ = write!(text, "\\{:03o}", u32::from(c));
            }
            '–' | '—' => text.push('-'),
            '‘' | '’' => text.push('\''),
            '“' | '”' => text.push('"'),
            _ => text.push('?'),
        }
    }
    text
}

/// Breaks a line between words; an empty line stays one.
fn broken(line: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in line.split_whitespace() {
        match lines.last_mut() {
            Some(last) if last.is_empty() => last.push_str(word),
            Some(last) if last.len() + word.len() < width => last.extend([" ", word]),
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> String {
        let lines =
            vec!["A line (with brackets) and a back\\slash, é and Ω. ".repeat(4), String::new(), "The end.".into()];
        String::from_utf8(page("A title", &lines)).expect("plain text")
    }

    #[test]
    fn every_object_stands_where_the_table_says() {
        let file = sample();
        assert!(file.starts_with("%PDF-1.4\n") && file.ends_with("%%EOF\n") && file.is_ascii());
        let start: usize = file
            .rsplit("startxref\n")
            .next()
            .and_then(|t| t.lines().next())
            .and_then(|n| n.parse().ok())
            .expect("startxref");
        let table = &file[start..];
        assert!(table.starts_with("xref\n0 7\n0000000000 65535 f \n"), "{table}");
        let entries: Vec<&str> = table.lines().skip(3).take(6).collect();
        for (number, entry) in (1..).zip(entries) {
            assert_eq!(entry.len(), 19, "with its line end 20 bytes: {entry:?}");
            let offset: usize = entry[..10].parse().expect("an offset");
            assert!(file[offset..].starts_with(&format!("{number} 0 obj\n")), "object {number}");
        }
    }

    #[test]
    fn the_length_of_the_text_is_right_and_its_brackets_are_escaped() {
        let file = sample();
        let (head, body) = file.split_once("stream\n").expect("a stream");
        let length: usize = head
            .rsplit("/Length ")
            .next()
            .and_then(|t| t.split(' ').next())
            .and_then(|n| n.parse().ok())
            .expect("a length");
        assert!(body[length..].starts_with("endstream"), "{}", &body[length..]);
        assert!(body.contains("\\(with brackets\\) and a back\\\\slash, \\351 and ?."), "{body}");
    }
}
