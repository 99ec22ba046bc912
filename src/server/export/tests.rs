//! What leaves in a file can be read back, runs nothing, and says nothing of who made it.

use super::*;
use proptest::prelude::*;
use std::io::Read as _;

/// The parts of a workbook, unpacked.
fn parts(bytes: &[u8]) -> Vec<(String, String)> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("an archive");
    (0..archive.len())
        .map(|at| {
            let mut file = archive.by_index(at).expect("a part");
            let mut text = String::new();
            file.read_to_string(&mut text).expect("XML");
            (file.name().expect("a name").into_owned(), text)
        })
        .collect()
}

fn table(rows: Vec<Vec<Cell>>) -> Sheet {
    Sheet { name: "Table", head: vec!["One".into(), "Two".into()], rows }
}

#[test]
fn a_workbook_holds_no_author_no_company_and_no_time() {
    let tables = [table(vec![vec!["Tamarind Bay".into(), Cell::Number(2.5)]])];
    let bytes = workbook(&tables).expect("a workbook");
    assert_eq!(bytes, workbook(&tables).expect("a workbook"), "the same table, the same bytes");
    let parts = parts(&bytes);
    let core = &parts.iter().find(|(name, _)| name == "docProps/core.xml").expect("properties").1;
    assert!(core.contains("<dc:creator></dc:creator>") || core.contains("<dc:creator/>"), "{core}");
    assert!(
        core.contains("<cp:lastModifiedBy></cp:lastModifiedBy>") || core.contains("<cp:lastModifiedBy/>"),
        "{core}"
    );
    assert_eq!(core.matches("2000-01-01T00:00:00Z").count(), 2, "{core}");
    let app = &parts.iter().find(|(name, _)| name == "docProps/app.xml").expect("properties").1;
    assert!(app.contains("<Company></Company>") || !app.contains("<Company>"), "{app}");
    assert!(parts.iter().any(|(_, text)| text.contains("Tamarind Bay")), "the text is there");
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&bytes)).expect("an archive");
    for at in 0..archive.len() {
        let time = archive.by_index(at).expect("a part").last_modified().expect("a time");
        assert_eq!((time.year(), time.month(), time.day()), (1980, 1, 1), "a fixed time");
    }
}

#[test]
fn a_workbook_holds_no_formula() {
    let bad = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "{=1}", "=HYPERLINK(\"http://evil.example\")"];
    let rows = bad.iter().map(|text| vec![Cell::from(*text), Cell::Empty]).collect();
    let parts = parts(&workbook(&[table(rows)]).expect("a workbook"));
    for (name, text) in &parts {
        assert!(!text.contains("<f>") && !text.contains("<f "), "{name} holds a formula");
        assert!(!text.contains("<hyperlink"), "{name} holds a link");
    }
}

#[test]
fn a_text_that_is_too_long_is_cut_and_says_so() {
    let long = "x".repeat(CELL_CHARACTERS + 10);
    assert_eq!(cut(&long).chars().count(), CELL_CHARACTERS);
    assert!(cut(&long).ends_with(" [cut]"));
    assert!(workbook(&[table(vec![vec![long.into(), Cell::Empty]])]).is_ok());
}

#[test]
fn the_names_of_files_are_ours() {
    let response = csv("statistics-2027", &table(vec![]));
    assert_eq!(response.headers()[header::CONTENT_DISPOSITION], "attachment; filename=\"statistics-2027.csv\"");
    assert_eq!(response.headers()[header::CONTENT_TYPE], "text/csv; charset=utf-8");
}

fn cells() -> impl Strategy<Value = Cell> {
    prop_oneof![
        "[=+\\-@\t\r\n\\x00'\",; a-zäλ]{0,12}".prop_map(Cell::Text),
        (-1e6..1e6_f64).prop_map(Cell::Number),
        Just(Cell::Empty)
    ]
}

proptest! {
    #[test]
    fn comma_separated_values_read_back_and_run_nothing(rows in prop::collection::vec(prop::collection::vec(cells(), 2), 1..8)) {
        let text = sheet::csv(&table(rows.clone()));
        let text = text.strip_prefix('\u{feff}').expect("the mark of UTF-8");
        let mut reader = csv_crate(text);
        let read: Vec<Vec<String>> = reader.records().map(|r| r.expect("a record").iter().map(str::to_owned).collect()).collect();
        prop_assert_eq!(read.len(), rows.len());
        for (read, row) in read.iter().zip(&rows) {
            prop_assert_eq!(read.len(), row.len());
            for (read, cell) in read.iter().zip(row) {
                match cell {
                    Cell::Text(text) => {
                        prop_assert_eq!(read, &sheet::guarded(text));
                        prop_assert!(!read.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\0']));
                    }
                    Cell::Number(number) => prop_assert_eq!(read.parse::<f64>(), Ok(*number)),
                    Cell::Empty => prop_assert_eq!(read, ""),
                }
            }
        }
    }

    #[test]
    fn every_table_makes_a_workbook(rows in prop::collection::vec(prop::collection::vec(cells(), 2), 0..8)) {
        prop_assert!(workbook(&[table(rows)]).is_ok());
    }
}

fn csv_crate(text: &str) -> ::csv::Reader<&[u8]> {
    ::csv::ReaderBuilder::new().from_reader(text.as_bytes())
}
