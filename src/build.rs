//! Embeds what a browser loads: writes `$OUT_DIR/site.rs`, which `src/server/assets.rs` includes.
//!
//! With a bundle in `target/site` (`cargo xtask bundle`) it is that. Without one it is the style
//! sheet alone, joined here, so that a plain `cargo check` or `cargo test` works in a fresh clone:
//! every page works without a script.

use std::env;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// The order in `xtask/src/style.rs`; a test there compares the two.
const SHEETS: [&str; 4] = ["tokens.css", "elements.css", "components.css", "print.css"];

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    // Without a line of this kind cargo would watch every file of the package.
    println!("cargo::rerun-if-changed=src/build.rs");
    if env::var_os("CARGO_FEATURE_SSR").is_none() {
        return Ok(());
    }
    // Macros embed these folders, and a macro cannot tell cargo about a new file.
    for folder in ["style", "migrations", "criteria"] {
        println!("cargo::rerun-if-changed={folder}");
    }

    let out = PathBuf::from(env::var("OUT_DIR")?);
    let site = site(&out)?;
    let manifest = site.join("manifest.json");
    let source = if manifest.is_file() {
        println!("cargo::rerun-if-changed={}", manifest.display());
        bundled(&site, &fs::read_to_string(&manifest)?)?
    } else {
        // Cargo takes a watched file that is missing for changed on every run; the folder is
        // made so that there is something to watch.
        fs::create_dir_all(&site)?;
        println!("cargo::rerun-if-changed={}", site.display());
        style_alone(&out)?
    };
    fs::write(out.join("site.rs"), source)?;
    Ok(())
}

/// `target/site`, found from `target[/TRIPLE]/PROFILE/build/PACKAGE-HASH/out`.
fn site(out: &Path) -> Outcome<PathBuf> {
    let profile = out.ancestors().nth(3).ok_or("OUT_DIR is not inside a target directory")?;
    let mut target = profile.parent().ok_or("OUT_DIR is not inside a target directory")?;
    if target.file_name() == env::var_os("TARGET").as_deref() {
        target = target.parent().ok_or("OUT_DIR is not inside a target directory")?;
    }
    Ok(target.join("site"))
}

/// The bundle that the manifest lists, with its compressed copies.
fn bundled(site: &Path, manifest: &str) -> Outcome<String> {
    let [css, js, wasm] = [field(manifest, "css")?, field(manifest, "js")?, field(manifest, "wasm")?];
    let mut source = String::from(ASSETS_START);
    for name in [css, js, wasm] {
        let [raw, brotli, gzip] = ["", ".br", ".gz"].map(|end| site.join(format!("{name}{end}")));
        for file in [&raw, &brotli, &gzip] {
            if !file.is_file() {
                return Err(format!("{} is listed but missing; run `cargo xtask bundle`", file.display()).into());
            }
        }
        writeln!(
            source,
            "    Asset {{ name: {name:?}, content_type: {:?}, raw: {}, brotli: Some({}), gzip: Some({}) }},",
            content_type(name),
            embedded(&raw)?,
            embedded(&brotli)?,
            embedded(&gzip)?,
        )?;
    }
    names(&mut source, css, &format!("Some(({js:?}, {wasm:?}))"))?;
    Ok(source)
}

/// The style sheet, joined from its sources; nothing is compressed and there is no script.
fn style_alone(out: &Path) -> Outcome<String> {
    let mut sheet = String::new();
    for name in SHEETS {
        if let Ok(text) = fs::read_to_string(Path::new("style").join(name)) {
            sheet.push_str(&text);
            sheet.push('\n');
        } else {
            println!("cargo::warning=style/{name} cannot be read; pages will lack its rules");
        }
    }
    let name = format!("style-{:016x}.css", fnv(sheet.as_bytes()));
    let file = out.join("style.css");
    fs::write(&file, &sheet)?;
    let mut source = String::from(ASSETS_START);
    writeln!(
        source,
        "    Asset {{ name: {name:?}, content_type: {:?}, raw: {}, brotli: None, gzip: None }},",
        content_type(&name),
        embedded(&file)?,
    )?;
    names(&mut source, &name, "None")?;
    Ok(source)
}

/// The expression that embeds a file.
fn embedded(file: &Path) -> Outcome<String> {
    let path = file.to_str().ok_or("the target directory's path is not UTF-8; move it")?;
    Ok(format!("include_bytes!({path:?})"))
}

const ASSETS_START: &str = "/// Every file of the bundle.\npub static ASSETS: &[Asset] = &[\n";

/// Ends the list and names the files that a page links to.
fn names(source: &mut String, style: &str, script: &str) -> Outcome<()> {
    source.push_str("];\n/// The style sheet's name.\n");
    writeln!(source, "pub const STYLE: &str = {style:?};")?;
    source.push_str("/// The script's name and its module's, when the bundle was built.\n");
    writeln!(source, "pub const SCRIPT: Option<(&str, &str)> = {script};")?;
    Ok(())
}

/// A string field of the manifest. The names in it are plain, so this needs no JSON library.
fn field<'a>(manifest: &'a str, key: &str) -> Outcome<&'a str> {
    manifest
        .split_once(&format!("\"{key}\": \""))
        .and_then(|(_, rest)| rest.split_once('"'))
        .map(|(value, _)| value)
        .ok_or_else(|| format!("target/site/manifest.json names no {key}; run `cargo xtask bundle`").into())
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.') {
        Some((_, "css")) => "text/css; charset=utf-8",
        Some((_, "js")) => "text/javascript; charset=utf-8",
        Some((_, "wasm")) => "application/wasm",
        _ => "application/octet-stream",
    }
}

/// FNV-1a: stable across compilers, and good enough to tell two sheets apart.
fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
