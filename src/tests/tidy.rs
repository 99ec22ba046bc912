//! Reads the sources: what the architecture promises is so.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The longest a file may be before it has to be split.
const LINES: usize = 400;

/// Lines that choose between browser and server, outside `lib.rs` and tests: the solver of panels would have to be built for
/// a browser that never asks it.
const CHOICES: usize = 1;

/// Every source file below a folder: its path inside the repository, and its text.
fn sources(folder: &str) -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs") {
                found.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    walk(&root.join(folder), &mut found);
    found.sort();
    assert!(!found.is_empty(), "{folder} holds no source");
    let named = found.into_iter().map(|path| {
        let name = path.strip_prefix(root).expect("inside the repository").display().to_string();
        (name, fs::read_to_string(&path).expect("a source file"))
    });
    named.collect()
}

fn everything() -> Vec<(String, String)> {
    [sources("src"), sources("xtask/src")].concat()
}

/// Lines, comments left out, that name one of these crates.
fn uses(folder: &str, crates: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for (name, text) in sources(folder) {
        for (line, code) in (1..).zip(text.lines()) {
            let code = code.split("//").next().unwrap_or_default();
            let names = crates.iter().any(|c| code.contains(&format!("{c}::")) || code.contains(&format!("use {c};")));
            if names {
                found.push(format!("{name}:{line}: {}\n", code.trim()));
            }
        }
    }
    found
}

#[test]
fn the_domain_knows_neither_database_nor_network_nor_pages() {
    assert_eq!(uses("src/domain", &["sqlx", "axum", "leptos_axum", "leptos", "tokio"]), [""; 0]);
}

#[test]
fn islands_know_neither_database_nor_network() {
    assert_eq!(uses("src/islands", &["sqlx", "axum", "leptos_axum", "tokio"]), [""; 0]);
}

#[test]
fn the_domain_uses_nothing_else_of_the_portal() {
    let others = ["app", "catalogue", "components", "evidence", "islands", "pages", "server", "store"];
    let others: Vec<String> = others.iter().map(|module| format!("crate::{module}")).collect();
    let others: Vec<&str> = others.iter().map(String::as_str).collect();
    assert_eq!(uses("src/domain", &others), [""; 0]);
}

#[test]
fn the_store_uses_no_pages() {
    assert_eq!(uses("src/store", &["axum", "leptos", "crate::pages", "crate::components", "crate::server"]), [""; 0]);
}

#[test]
fn a_module_is_a_file_beside_its_folder() {
    let named: Vec<String> =
        everything().into_iter().map(|(name, _)| name).filter(|name| name.ends_with("/mod.rs")).collect();
    assert_eq!(named, [""; 0]);
}

#[test]
fn no_file_is_too_long_to_be_read_in_one_go() {
    let long: Vec<String> = everything()
        .into_iter()
        .map(|(name, text)| (name, text.lines().count()))
        .filter(|(_, lines)| LINES < *lines)
        .map(|(name, lines)| format!("{name} has {lines} lines"))
        .collect();
    assert_eq!(long, [""; 0]);
}

#[test]
fn every_statement_is_a_constant() {
    let wrapper = concat!("Assert", "SqlSafe");
    let named: Vec<String> =
        everything().into_iter().filter(|(_, text)| text.contains(wrapper)).map(|(name, _)| name).collect();
    assert_eq!(named, [""; 0]);
}

#[test]
fn hardly_a_line_chooses_between_browser_and_server() {
    let mark = concat!("cfg", "(");
    let lines: Vec<String> = sources("src")
        .into_iter()
        .filter(|(name, _)| name != "src/lib.rs" && !name.starts_with("src/tests"))
        .flat_map(|(name, text)| {
            let chosen = text.lines().filter(|l| l.contains("feature = ") && l.contains(mark));
            chosen.map(|line| format!("{name}: {}", line.trim())).collect::<Vec<_>>()
        })
        .collect();
    assert!(lines.len() <= CHOICES, "{}", lines.join("\n"));
}
