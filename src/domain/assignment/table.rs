//! A table of assignments as spreadsheets write it: which columns it has, and what stands in each row.
//!
//! Nothing is decided here about people or applications; faults name the row and the column as somebody sees them who has
//! the table open.

/// The most rows of one table.
pub const MOST_ROWS: usize = 5_000;

/// The two columns, with the heading that is asked for first.
const APPLICATION: [&str; 3] = ["application", "alias", "id"];
const REVIEWER: [&str; 3] = ["reviewer", "email", "e-mail"];

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its line in the table; the heading is line 1.
    pub row: u64,
    /// What stands for an application: its alias or its id.
    pub application: String,
    /// The mail address of a reviewer.
    pub reviewer: String,
}

/// Something that has to be mended in the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The line.
    pub row: u64,
    /// The column by its heading; empty for the row as a whole.
    pub column: &'static str,
    /// What to do.
    pub text: String,
}

/// Reads a table with commas, semicolons or tabs. All faults at once.
pub fn read(text: &str) -> Result<Vec<Line>, Vec<Fault>> {
    let fault = |row, column, text: String| Fault { row, column, text };
    let text = text.trim_start_matches('\u{feff}');
    let heading = text.lines().next().unwrap_or_default();
    let between = [b'\t', b';', b','].into_iter().find(|b| heading.as_bytes().contains(b)).unwrap_or(b',');
    let mut reader =
        csv::ReaderBuilder::new().delimiter(between).flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let headings: Vec<String> = reader
        .headers()
        .map(|found| found.iter().map(str::to_lowercase).collect())
        .map_err(|_| vec![fault(1, "", "The table cannot be read".into())])?;
    let place = |names: [&str; 3]| headings.iter().position(|heading| names.contains(&heading.as_str()));
    let (Some(application), Some(reviewer)) = (place(APPLICATION), place(REVIEWER)) else {
        let missing = [(APPLICATION, "application"), (REVIEWER, "reviewer")];
        return Err(missing
            .into_iter()
            .filter(|(names, _)| place(*names).is_none())
            .map(|(_, column)| fault(1, column, format!("The first row needs a column with the heading {column}")))
            .collect());
    };
    let (mut lines, mut faults) = (Vec::new(), Vec::new());
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let row = error.position().map_or(0, csv::Position::line);
                faults.push(fault(row, "", "The row cannot be read: look at its quotation marks".into()));
                break;
            }
        };
        let row = record.position().map_or(0, csv::Position::line);
        if record.iter().all(str::is_empty) {
            continue;
        }
        let cell = |place| record.get(place).unwrap_or_default().to_owned();
        let line = Line { row, application: cell(application), reviewer: cell(reviewer) };
        if line.application.is_empty() {
            faults.push(fault(row, "application", "Enter the alias or the id of the application".into()));
        }
        if line.reviewer.is_empty() {
            faults.push(fault(row, "reviewer", "Enter the mail address of the reviewer".into()));
        }
        lines.push(line);
        if MOST_ROWS < lines.len() {
            faults.push(fault(row, "", format!("A table has at most {MOST_ROWS} rows: import it in parts")));
            break;
        }
    }
    if lines.is_empty() && faults.is_empty() {
        faults.push(fault(2, "", "The table has a heading and no rows".into()));
    }
    if faults.is_empty() { Ok(lines) } else { Err(faults) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(row: u64, application: &str, reviewer: &str) -> Line {
        Line { row, application: application.into(), reviewer: reviewer.into() }
    }

    #[test]
    fn spreadsheets_of_every_country_are_read() {
        let expected = [line(2, "K7QF", "a@b.example"), line(4, "M2XX", "c@d.example")];
        for text in [
            "application,reviewer\nK7QF,a@b.example\n\nM2XX,c@d.example\n",
            "\u{feff}Reviewer;Note;Alias\r\na@b.example;x;K7QF\r\n;;\r\n\"c@d.example\" ;\"a;b\"; M2XX\r\n",
            "id\temail\nK7QF\ta@b.example\n\t\nM2XX\tc@d.example",
        ] {
            assert_eq!(read(text).expect("a table"), expected, "{text:?}");
        }
    }

    #[test]
    fn every_fault_has_its_row_and_column() {
        let faults = |text: &str| -> Vec<(u64, &'static str)> {
            read(text).expect_err("a fault").into_iter().map(|f| (f.row, f.column)).collect()
        };
        assert_eq!(faults(""), [(1, "application"), (1, "reviewer")]);
        assert_eq!(faults("alias,name\nK7QF,x\n"), [(1, "reviewer")]);
        assert_eq!(faults("alias,email\n"), [(2, "")]);
        assert_eq!(
            faults("alias,email\nK7QF\n,a@b.example\nK7QF,a@b.example\n"),
            [(2, "reviewer"), (3, "application")]
        );
        let long = "alias,email\n".to_owned() + &"K7QF,a@b.example\n".repeat(MOST_ROWS + 1);
        assert_eq!(faults(&long), [(MOST_ROWS as u64 + 2, "")]);
    }
}
