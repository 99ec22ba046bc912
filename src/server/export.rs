//! Files to take away: tables for spreadsheets and days for calendars.
//!
//! A file says nothing of who made it, when, or with what: its name is ours, its properties are empty, and its one date is
//! fixed. The same table gives the same bytes.

use super::problem::Problem;
use crate::domain::{
    dates::{self, Entry},
    moment::Moment,
    sheet::{self, Cell, Sheet},
};
use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};

/// The most characters that a cell of a spreadsheet holds.
const CELL_CHARACTERS: usize = 32_767;

/// A file to keep. The name is written by us alone.
fn file(media_type: &'static str, name: &str, bytes: impl Into<axum::body::Body>) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    let mut response = Response::new(bytes.into());
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    match HeaderValue::from_str(&disposition) {
        Ok(value) => response.headers_mut().insert(header::CONTENT_DISPOSITION, value),
        Err(_) => return Problem::Unexpected.into_response(),
    };
    response
}

/// A table as comma-separated values. `name` goes without its ending.
pub fn csv(name: &str, table: &Sheet) -> Response {
    file("text/csv; charset=utf-8", &format!("{name}.csv"), sheet::csv(table))
}

/// Tables as one workbook, each on a sheet of its own. `name` goes without its ending.
pub fn xlsx(name: &str, tables: &[Sheet]) -> Result<Response, Problem> {
    let bytes = workbook(tables).map_err(|error| {
        tracing::error!(%error, "a workbook could not be written");
        Problem::Unexpected
    })?;
    let media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    Ok(file(media_type, &format!("{name}.xlsx"), bytes))
}

/// Days as a calendar. `name` goes without its ending.
pub fn ics(name: &str, entries: &[Entry], now: Moment) -> Response {
    file("text/calendar; charset=utf-8", &format!("{name}.ics"), dates::calendar(name, entries, now))
}

/// The bytes of a workbook. Texts are written as texts, which a spreadsheet does not run; the apostrophe stands before
/// what looks like a formula all the same, since somebody may save the sheet as comma-separated values.
fn workbook(tables: &[Sheet]) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let begun = ExcelDateTime::from_ymd(2000, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&begun));
    let (bold, text) = (Format::new().set_bold(), Format::new());
    for table in tables {
        let page = workbook.add_worksheet();
        page.set_name(table.name)?;
        for (column, head) in (0_u16..).zip(&table.head) {
            page.write_string_with_format(0, column, cut(head), &bold)?;
        }
        for (row, cells) in (1_u32..).zip(&table.rows) {
            for (column, cell) in (0_u16..).zip(cells) {
                match cell {
                    Cell::Text(words) => drop(page.write_string_with_format(row, column, cut(words), &text)?),
                    Cell::Number(number) if number.is_finite() => drop(page.write_number(row, column, *number)?),
                    Cell::Number(_) | Cell::Empty => {}
                }
            }
        }
        page.set_freeze_panes(1, 0)?;
        page.autofit();
    }
    workbook.save_to_buffer()
}

/// A guarded text that fits into a cell; what does not is said to be missing.
fn cut(text: &str) -> String {
    let guarded = sheet::guarded(text);
    if guarded.chars().count() <= CELL_CHARACTERS {
        return guarded;
    }
    let end = " [cut]";
    guarded.chars().take(CELL_CHARACTERS - end.len()).chain(end.chars()).collect()
}

#[cfg(test)]
mod tests;
