//! Every way in which other systems have told who somebody is, with the test that shows that this one does not: `leaks.md`
//! beside this file.

use std::{collections::BTreeSet, fs, path::Path};

/// How many ways are known; see the list that the table was made from.
const KNOWN: usize = 92;

/// How many of them are not closed yet. It only ever becomes less.
const OPEN: usize = 0;

/// One row of the table.
struct Row {
    number: usize,
    shown_by: &'static str,
}

fn rows() -> Vec<Row> {
    let lines = include_str!("leaks.md").lines().filter(|line| line.starts_with("| ")).skip(2);
    lines
        .map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
            let [number, channel, shown_by] = cells[..] else { panic!("{} cells in {line}", cells.len()) };
            assert!(channel.len() > 10, "{line}");
            Row { number: number.parse().expect("a number"), shown_by }
        })
        .collect()
}

/// Whether `path::name` is a test of the sources: `tests/swap::name` stands in `src/tests/swap.rs`.
fn is_test(named: &str) -> bool {
    let Some((module, name)) = named.rsplit_once("::") else { return false };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(format!("{module}.rs"));
    let Ok(source) = fs::read_to_string(path) else { return false };
    let Some(at) = source.find(&format!("fn {name}(")) else { return false };
    // A body for both engines is named in a macro, and a test of its own has the attribute before it.
    let before = source[..at].trim_end_matches("async ").trim_end();
    let in_macro = source.lines().any(|line| {
        let line = line.trim().trim_start_matches("on_engines!(").trim_start_matches("on_both!(");
        line.trim_end_matches([';', ')']).split(',').any(|word| word.trim() == name)
    });
    let called = source.contains(&format!("super::{name}(Engine::Sqlite)"));
    before.ends_with("#[test]") || before.ends_with("#[tokio::test]") || in_macro || called
}

#[test]
fn every_known_way_has_a_test_or_cannot_occur() {
    let (rows, mut wrong) = (rows(), Vec::new());
    let numbers: Vec<usize> = rows.iter().map(|row| row.number).collect();
    assert_eq!(numbers, (1..=KNOWN).collect::<Vec<_>>());
    let (mut tests, mut open) = (BTreeSet::new(), Vec::new());
    for Row { number, shown_by } in &rows {
        if shown_by.starts_with("open:") {
            open.push(*number);
            continue;
        }
        let (test, reason) = match (shown_by.strip_prefix("test:"), shown_by.strip_prefix("cannot occur:")) {
            (Some(test), None) => (Some(test), None),
            (None, Some(reason)) => (None, Some(reason)),
            _ => {
                wrong.push(format!("{number}: neither a test nor a reason\n"));
                continue;
            }
        };
        let named: Vec<&str> = shown_by.split('`').skip(1).step_by(2).collect();
        if test.is_some() && named.is_empty() {
            wrong.push(format!("{number}: names no test\n"));
        }
        if reason.is_some_and(|reason| reason.trim().len() < 20) {
            wrong.push(format!("{number}: a reason is a sentence\n"));
        }
        for name in named {
            if is_test(name) {
                tests.insert(name);
            } else {
                wrong.push(format!("{number}: there is no test `{name}`\n"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.concat());
    assert_eq!(open.len(), OPEN, "{open:?}");
    assert!(20 <= tests.len(), "only {} tests stand behind the table", tests.len());
}

#[test]
fn a_name_that_is_no_test_is_found_out() {
    assert!(is_test("tests/leaks::a_name_that_is_no_test_is_found_out"));
    assert!(is_test("tests/swap::reviewers_may_be_others"));
    for wrong in ["tests/leaks::rows", "tests/leaks::no_such_test", "tests/no_such_file::rows", "rows"] {
        assert!(!is_test(wrong), "{wrong}");
    }
}
