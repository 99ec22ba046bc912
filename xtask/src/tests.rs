//! What holds the tool together: versions, names, addresses and orders.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process;

use crate::gate::{self, Step};
use crate::site::{self, File};
use crate::{install, postgres, serve, style};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask stands in the workspace")
}

/// A folder of one test's own, removed when the test ends.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let path = env::temp_dir().join(format!("xtask-{name}-{}", process::id()));
        fs::create_dir_all(&path).expect("the temporary folder is writable");
        Self(path)
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(&self.0)
            .expect("the folder is there")
            .map(|entry| entry.expect("it can be listed").file_name().display().to_string())
            .collect();
        names.sort();
        names
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn locked_version(package: &str) -> String {
    let lock = fs::read_to_string(root().join("Cargo.lock")).expect("Cargo.lock is committed");
    let mut lines = lock.lines().skip_while(|line| *line != format!("name = \"{package}\""));
    let version = lines.nth(1).expect("the package is locked");
    version.trim_start_matches("version = ").trim_matches('"').to_owned()
}

#[test]
fn wasm_bindgen_and_its_tool_have_one_version() {
    assert_eq!(
        locked_version("wasm-bindgen"),
        locked_version("wasm-bindgen-cli-support"),
        "set wasm-bindgen-cli-support in xtask/Cargo.toml to the version of wasm-bindgen"
    );
}

#[test]
fn a_name_is_made_from_the_content() {
    let file = File::new("app", "js", b"abc".to_vec());
    assert_eq!(file.name(), "app-ba7816bf8f01cfea.js");
    assert_ne!(file.name(), File::new("app", "js", b"abd".to_vec()).name());
}

#[test]
fn the_site_holds_the_files_their_copies_and_nothing_older() {
    let site = Scratch::new("site");
    site::write(&site.0, &[File::new("app", "js", b"abc".to_vec())]).expect("written");
    let text = "body{}".repeat(100).into_bytes();
    let file = File::new("style", "css", text.clone());
    let name = file.name();
    let manifest = site::write(&site.0, &[file]).expect("written");

    assert_eq!(site.names(), [site::MANIFEST.to_owned(), name.clone(), format!("{name}.br"), format!("{name}.gz")]);
    assert_eq!(manifest["css"], name.as_str());
    assert_eq!(manifest["sizes"][&name]["raw"], 600);
    let written = fs::read_to_string(site.0.join(site::MANIFEST)).expect("there");
    assert_eq!(written.parse::<serde_json::Value>().expect("JSON"), manifest);

    let packed = fs::File::open(site.0.join(format!("{name}.br"))).expect("there");
    let mut opened = Vec::new();
    brotli::BrotliDecompress(&mut { packed }, &mut opened).expect("valid brotli");
    assert_eq!(opened, text);
    let packed = fs::File::open(site.0.join(format!("{name}.gz"))).expect("there");
    let mut opened = Vec::new();
    std::io::copy(&mut flate2::read::GzDecoder::new(packed), &mut opened).expect("valid gzip");
    assert_eq!(opened, text);
}

#[test]
fn a_second_run_without_changes_writes_nothing() {
    let site = Scratch::new("again");
    let write = || {
        site::write(&site.0, &[File::new("app", "js", b"abc".to_vec())]).expect("written");
        fs::metadata(site.0.join(site::MANIFEST)).and_then(|file| file.modified()).expect("there")
    };
    assert_eq!(write(), write());
}

#[test]
fn a_socket_folder_is_encoded_for_a_query() {
    let encoded = |path: &str| postgres::url_encoded(Path::new(path));
    assert_eq!(encoded("/tmp/run-1"), "%2Ftmp%2Frun-1");
    assert_eq!(encoded("/a b&c=d?é"), "%2Fa%20b%26c%3Dd%3F%C3%A9");
}

#[test]
fn the_sheets_are_joined_in_their_order() {
    let folder = Scratch::new("style");
    for name in style::SHEETS {
        fs::write(folder.0.join(name), format!("/* {name} */")).expect("writable");
    }
    assert_eq!(
        style::join(&folder.0).expect("all are there"),
        "/* tokens.css */\n/* elements.css */\n/* components.css */\n/* print.css */\n"
    );
}

#[test]
fn a_missing_sheet_is_named() {
    let folder = Scratch::new("no-style");
    let error = style::join(&folder.0).expect_err("nothing is there").to_string();
    assert!(error.contains("tokens.css"), "{error}");
}

#[test]
fn the_build_script_joins_the_same_sheets() {
    let script = fs::read_to_string(root().join("src/build.rs")).expect("src/build.rs is there");
    let list = style::SHEETS.map(|name| format!("{name:?}")).join(", ");
    assert!(script.contains(&list), "src/build.rs must list {list}");
}

#[test]
fn the_demo_keeps_its_defaults_unless_they_are_given() {
    let arguments = |extra: &[&str]| {
        let extra = extra.iter().map(|&word| word.to_owned()).collect();
        serve::arguments(Path::new("target/demo"), extra).join(" ")
    };
    assert_eq!(arguments(&[]), "serve --demo --listen 127.0.0.1:3000 --data target/demo");
    assert_eq!(
        arguments(&["--listen=[::1]:80", "--seed", "7"]),
        "serve --demo --data target/demo --listen=[::1]:80 --seed 7"
    );
}

#[test]
fn one_step_brings_what_it_needs() {
    assert_eq!(gate::plan(Some(Step::Fmt)), [Step::Fmt]);
    assert_eq!(gate::plan(Some(Step::Browser)), [Step::Bundle, Step::Browser]);
    let all = gate::plan(None);
    assert!(all.is_sorted());
    assert_eq!(all.len(), 8);
}

#[test]
fn the_version_of_node_is_its_first_number() {
    assert_eq!(install::major("v20.11.1"), Some(20));
    assert_eq!(install::major("unknown"), None);
}

#[test]
fn npm_packages_are_current_only_when_installed_after_the_lock() {
    let folder = Scratch::new("npm");
    let lock = folder.0.join("package-lock.json");
    fs::write(&lock, "{}").expect("writable");
    assert!(!gate::npm_is_current(&folder.0));
    fs::create_dir(folder.0.join("node_modules")).expect("writable");
    fs::write(folder.0.join("node_modules/.package-lock.json"), "{}").expect("writable");
    assert!(gate::npm_is_current(&folder.0));
}
