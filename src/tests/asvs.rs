//! Every adopted row of OWASP ASVS names the test that shows it, or says why not: `asvs.md` beside this file.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// How many rows are adopted; one that is taken out has to be taken out here as well.
const ADOPTED: usize = 90;

/// One row of the table.
struct Row {
    id: &'static str,
    shown_by: &'static str,
}

fn rows() -> Vec<Row> {
    let lines = include_str!("asvs.md").lines().filter(|line| line.starts_with("| ")).skip(2);
    lines
        .map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
            let [id, level, what, shown_by] = cells[..] else { panic!("{} cells in {line}", cells.len()) };
            assert!(matches!(level, "1" | "2" | "3") && !what.is_empty(), "{line}");
            Row { id, shown_by }
        })
        .collect()
}

/// What stands between two marks.
fn between(text: &str, mark: char) -> impl Iterator<Item = &str> {
    text.split(mark).skip(1).step_by(2)
}

/// Every text below a folder that ends like this.
fn texts(folder: &str, ending: &str) -> String {
    fn walk(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() && !path.ends_with("node_modules") {
                walk(&path, ending, found);
            } else if path.to_string_lossy().ends_with(ending) {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), ending, &mut found);
    found.into_iter().map(|path| fs::read_to_string(path).expect("a source")).collect()
}

#[test]
fn every_row_names_a_test_that_exists_or_a_reason() {
    let (sources, browser) = (texts("src", ".rs"), texts("end2end/tests", ".ts"));
    let (mut wrong, mut pending, mut seen) = (Vec::new(), Vec::new(), BTreeSet::new());
    let rows = rows();
    for Row { id, shown_by } in &rows {
        if !seen.insert(*id) {
            wrong.push(format!("{id} stands twice"));
        }
        if let Some(what) = shown_by.strip_prefix("Pending:") {
            pending.push(format!("{id}:{what}"));
            continue;
        }
        let reason = shown_by.strip_prefix("Reason:");
        if reason.is_some_and(|reason| reason.trim().len() < 20) {
            wrong.push(format!("{id}: a reason is a sentence"));
        }
        let mut named = 0;
        // A reason may speak of other things as well; only names of tests are looked for there.
        for name in between(shown_by, '`').filter(|name| reason.is_none() || name.contains('_')) {
            named += 1;
            if !sources.contains(&format!("fn {name}(")) {
                wrong.push(format!("{id}: there is no test `{name}`"));
            }
        }
        for title in between(shown_by, '"') {
            named += 1;
            if !browser.contains(&format!("test('{title}'")) {
                wrong.push(format!("{id}: there is no browser test \"{title}\""));
            }
        }
        if reason.is_none() && named == 0 {
            wrong.push(format!("{id}: neither a test nor a reason"));
        }
    }
    println!("{} rows, pending:\n  {}", rows.len(), pending.join("\n  "));
    assert_eq!(wrong, [""; 0]);
    assert_eq!(rows.len(), ADOPTED);
}
