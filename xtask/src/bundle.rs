//! What a browser loads: the islands as WebAssembly with their script, and the style sheet.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use wasm_bindgen_cli_support::Bindgen;

use crate::project::{PACKAGE, Project};
use crate::site::{self, File};
use crate::{install, shell, style};

/// The profile in the root `Cargo.toml` that compiles for size.
const PROFILE: &str = "wasm-release";

/// Builds the bundle into `target/site`.
pub fn bundle(project: &Project) -> Result<()> {
    let module = compile(project)?;
    let (script, module) = bind(project, &module)?;
    let sheet = style::join(&project.root().join("style"))?;
    let files = [
        File::new("app", "js", script),
        File::new("app", "wasm", module),
        File::new("style", "css", sheet.into_bytes()),
    ];
    let manifest = site::write(&project.site(), &files)?;
    println!("{}", site::summary(&manifest)?);
    Ok(())
}

/// Compiles the islands; returns the raw module's path.
fn compile(project: &Project) -> Result<PathBuf> {
    let mut cargo = project.cargo();
    // `rustc --crate-type` builds the one kind of library that a browser can load and no other.
    cargo.args(["rustc", "--package", PACKAGE, "--lib", "--crate-type", "cdylib"]);
    cargo.args(["--profile", PROFILE, "--target", install::WASM]);
    cargo.args(["--no-default-features", "--features", "hydrate"]);
    if let Some(home) = cargo_home() {
        // The module is public, and panic messages carry source paths: they must not name this
        // machine's folders. The separator lets a path contain spaces.
        let flags = ["--remap-path-prefix".to_owned(), format!("{}=/cargo", home.display())];
        cargo.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"));
    }
    shell::run(&mut cargo)?;
    let name = format!("{}.wasm", PACKAGE.replace('-', "_"));
    Ok(project.target().join(install::WASM).join(PROFILE).join(name))
}

/// Where cargo keeps the sources of dependencies.
fn cargo_home() -> Option<PathBuf> {
    let given = env::var_os("CARGO_HOME").map(PathBuf::from);
    given.or_else(|| env::home_dir().map(|home| home.join(".cargo")))
}

/// Turns the raw module into a script and the module that it loads.
fn bind(project: &Project, module: &Path) -> Result<(Vec<u8>, Vec<u8>)> {
    let mut bindgen = Bindgen::new();
    bindgen.input_path(module).out_name("app").typescript(false).web(true)?;
    bindgen.remove_name_section(true).remove_producers_section(true);
    let mut output = bindgen.generate_output().with_context(|| {
        format!(
            "wasm-bindgen could not read {}; if it names a version, set \
             wasm-bindgen-cli-support in xtask/Cargo.toml to that of wasm-bindgen in Cargo.lock",
            module.display()
        )
    })?;

    // A snippet would be one more file with a name that the module's script repeats.
    // Every crate has an entry, mostly an empty one.
    let inline = output.snippets().iter().filter(|(_, texts)| !texts.is_empty()).map(|(name, _)| name);
    let files = output.local_modules().keys().chain(output.npm_dependencies().keys());
    let extra: Vec<&str> = inline.chain(files).map(String::as_str).collect();
    ensure!(
        extra.is_empty(),
        "the islands bring JavaScript files of their own ({}), which the bundle does not serve; \
         leave out the dependency or feature that adds them",
        extra.join(", ")
    );

    let folder = project.target().join("wasm-bindgen");
    output.emit(&folder).with_context(|| format!("cannot write to {}; is the disk full?", folder.display()))?;
    let read = |name: &str| {
        let file = folder.join(name);
        fs::read(&file).with_context(|| format!("wasm-bindgen left no {}", file.display()))
    };
    Ok((read("app.js")?, read("app_bg.wasm")?))
}
