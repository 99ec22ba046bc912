//! Tables to take away: rows under one heading, as comma-separated values or for a spreadsheet.

use std::fmt::Write as _;

/// What begins a formula in a spreadsheet, or makes it look past what begins one (OWASP, CSV injection).
const RUNS: [char; 8] = ['=', '+', '-', '@', '\t', '\r', '\n', '\0'];

/// One cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Words, whoever typed them.
    Text(String),
    /// A figure of our own.
    Number(f64),
    /// Nothing to tell.
    Empty,
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<u8> for Cell {
    fn from(number: u8) -> Self {
        Self::Number(number.into())
    }
}

impl From<Option<f64>> for Cell {
    fn from(number: Option<f64>) -> Self {
        number.filter(|n| n.is_finite()).map_or(Self::Empty, Self::Number)
    }
}

/// A table with a heading; every row has as many cells as it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sheet {
    /// What it is, in one or two words: the name of a sheet, and the end of a file's name.
    pub name: &'static str,
    /// The heading of each column.
    pub head: Vec<String>,
    /// The rows.
    pub rows: Vec<Vec<Cell>>,
}

/// A text as a spreadsheet has to be told it: never taken for a formula.
pub fn guarded(text: &str) -> String {
    if text.starts_with(RUNS) { format!("'{text}") } else { text.to_owned() }
}

/// The table as comma-separated values (RFC 4180), in UTF-8 with the mark by which spreadsheets know it.
pub fn csv(sheet: &Sheet) -> String {
    let mut out = String::from('\u{feff}');
    record(&mut out, sheet.head.iter().map(|text| quoted(text)));
    for row in &sheet.rows {
        record(&mut out, row.iter().map(cell));
    }
    out
}

/// One line of comma-separated values.
pub fn record(out: &mut String, cells: impl Iterator<Item = String>) {
    for (at, cell) in cells.enumerate() {
        // Writing to a string cannot fail.
        let _ = write!(out, "{}{cell}", if at == 0 { "" } else { "," });
    }
    out.push_str("\r\n");
}

/// A guarded text in quotation marks.
pub fn quoted(text: &str) -> String {
    format!("\"{}\"", guarded(text).replace('"', "\"\""))
}

fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => quoted(text),
        // A negative figure is a figure: what stands here holds digits, a point and a sign, and nothing else.
        Cell::Number(number) if number.is_finite() => number.to_string(),
        Cell::Number(_) | Cell::Empty => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_table_is_written_as_spreadsheets_read_it() {
        let sheet = Sheet {
            name: "gaps",
            head: vec!["What".into(), "=Mean".into()],
            rows: vec![
                vec!["=1+1, \"quoted\"".into(), Cell::Number(-0.5)],
                vec!["two\nlines".into(), Cell::Empty],
                vec!["\0=1".into(), Cell::Number(f64::NAN)],
            ],
        };
        assert_eq!(
            csv(&sheet),
            "\u{feff}\"What\",\"'=Mean\"\r\n\"'=1+1, \"\"quoted\"\"\",-0.5\r\n\"two\nlines\",\r\n\"'\0=1\",\r\n"
        );
    }

    proptest! {
        #[test]
        fn no_text_begins_a_formula(text in "[=+\\-@\t\r\n\\x00'\", a-z]{0,12}") {
            let kept = guarded(&text);
            prop_assert!(!kept.starts_with(RUNS));
            prop_assert!(kept == text || kept == format!("'{text}"), "nothing else changes");
        }

        #[test]
        fn figures_are_figures(number in any::<f64>()) {
            let written = cell(&Cell::Number(number));
            prop_assert!(written.is_empty() != number.is_finite());
            prop_assert!(written.is_empty() || written.parse::<f64>() == Ok(number));
        }
    }
}
