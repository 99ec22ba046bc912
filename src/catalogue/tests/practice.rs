//! The practice set: three applications that name nobody, and a file that is broken in one place is refused there.

use super::*;
use std::collections::BTreeSet;

/// All files of the newest edition, those of the practice set too.
fn with_practice() -> Vec<SourceFile> {
    let folder = FILES.dirs().last().expect("an edition");
    let practice = folder.dirs().flat_map(include_dir::Dir::files).map(|f| SourceFile {
        path: format!("criteria/{}", f.path().display()),
        text: f.contents_utf8().expect("UTF-8").to_owned(),
    });
    files().into_iter().chain(practice).collect()
}

const FIRST: &str = "criteria/2026/practice/1.md";

fn complaints(from: &str, to: &str) -> (Vec<String>, String) {
    let mut files = with_practice();
    let file = files.iter_mut().find(|f| f.path == FIRST).expect("the file");
    let before = file.text.clone();
    file.text = before.replacen(from, to, 1);
    assert_ne!(file.text, before, "{from:?} is not there");
    let list = edition("2026", files).err().unwrap_or_default();
    (list.iter().map(ToString::to_string).collect(), before)
}

#[test]
fn three_applications_cover_the_scale() {
    let catalogue = catalogue();
    let practice = &catalogue.newest().practice;
    assert_eq!(practice.iter().map(|p| p.number).collect::<Vec<_>>(), [1, 2, 3]);
    let levels: BTreeSet<Level> = practice.iter().flat_map(|p| &p.cases).map(|c| c.level).collect();
    assert_eq!(levels.into_iter().collect::<Vec<_>>(), Level::ALL, "every level is practised");
    for one in practice {
        assert_eq!(one.cases.len(), 13, "{}", one.title);
        // A level that is the same throughout would teach nothing.
        assert!(2 <= one.cases.iter().map(|c| c.level).collect::<BTreeSet<_>>().len(), "{}", one.title);
    }
}

#[test]
fn a_broken_file_is_refused_with_its_line() {
    for (from, to, at, message) in [
        ("level = 3\n", "level = 5\n", "level = 3", "A level is a number from 0 to 4"),
        ("criterion = 2\n", "criterion = 14\n", "criterion = 2", "There is no criterion 14"),
        ("number = 1\n", "number = 2\n", "number = 1", "The number 2 does not fit the file name"),
        ("edition = \"2026\"", "edition = \"2025\"", "edition = ", "The file stands in edition 2026, and says 2025"),
        ("## Criterion 3\n", "## Criterion three\n", "## Criterion 3", "The section “Criterion three” is not known"),
        ("## Criterion 3\n", "## Criterion 4\n", "## Criterion 4", "The section “Criterion 4” stands here twice"),
        ("Our consultation team", "Our <b>consultation</b> team", "Our consultation team", "Raw HTML is not allowed"),
    ] {
        let (list, before) = complaints(from, to);
        let line = before.lines().position(|l| l.contains(at)).expect(at) + 1;
        let begin = format!("{FIRST}:{line}: {message}");
        assert!(list.iter().any(|c| c.starts_with(&begin)), "{from:?} -> {to:?}: {begin} in {list:?}");
    }
}

#[test]
fn what_is_missing_is_named() {
    let (list, _) = complaints("[[agreed]]\ncriterion = 13", "[[agreed]]\ncriterion = 12");
    assert!(list.iter().any(|c| c.ends_with("Criterion 13 has no agreed level")), "{list:?}");
    assert!(list.iter().any(|c| c.ends_with("Criterion 12 has an agreed level already")), "{list:?}");
    let (list, _) = complaints("## Criterion 13\n", "");
    assert!(list.iter().any(|c| c.ends_with("The section “Criterion 13” is missing")), "{list:?}");
    let (list, _) = complaints("title = ", "heading = ");
    assert!(list.iter().any(|c| c.contains("unknown field")), "{list:?}");
}

#[test]
fn an_edition_without_a_practice_set_is_whole() {
    assert_eq!(edition("2026", files()).expect("an edition").practice.len(), 0);
}
