//! The style sheet: four files, joined in a fixed order.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// Later sheets rely on earlier ones. `src/build.rs` keeps the same list; a test compares them.
pub const SHEETS: [&str; 4] = ["tokens.css", "elements.css", "components.css", "print.css"];

/// Joins the sheets of one folder.
pub fn join(folder: &Path) -> Result<String> {
    let mut sheet = String::new();
    for name in SHEETS {
        let file = folder.join(name);
        let text = fs::read_to_string(&file).with_context(|| {
            format!("cannot read {}; the style sheet is made of {}", file.display(), SHEETS.join(", "))
        })?;
        sheet.push_str(&text);
        if !sheet.ends_with('\n') {
            sheet.push('\n');
        }
    }
    Ok(sheet)
}
