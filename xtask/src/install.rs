//! The tools that a command needs: found, installed, or named in the error.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::project::Project;
use crate::shell::{self, find_program, is_executable};

/// The target that the islands are compiled for.
pub const WASM: &str = "wasm32-unknown-unknown";

/// The oldest Node that the browser tests run on.
const NODE: u32 = 20;

/// Adds the WebAssembly target to the toolchain where it is missing.
pub fn wasm_target() -> Result<()> {
    // Asks the compiler and not rustup, which a machine with a packaged toolchain may not have.
    let library = shell::read(Command::new("rustc").args(["--print", "target-libdir", "--target", WASM]))?;
    if Path::new(&library).is_dir() {
        return Ok(());
    }
    ensure!(
        find_program("rustup").is_some(),
        "the target {WASM} is missing and rustup is not there to add it; install the target from \
         where your Rust toolchain came from"
    );
    shell::run(Command::new("rustup").args(["target", "add", WASM]))
}

/// Adds rustfmt and clippy to the toolchain where they are missing.
pub fn components(project: &Project) -> Result<()> {
    for (command, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        if shell::succeeds(project.cargo().args([command, "--version"])) {
            continue;
        }
        ensure!(
            find_program("rustup").is_some(),
            "{component} is missing and rustup is not there to add it; install {component} from \
             where your Rust toolchain came from"
        );
        shell::run(Command::new("rustup").args(["component", "add", component]))?;
    }
    Ok(())
}

/// Installs the Debian packages behind what is missing, in one call of the package manager.
pub fn packages(postgres: bool, browser: bool, tests: bool) -> Result<()> {
    let mut missing = Vec::new();
    if postgres && postgres_programs().is_none() {
        missing.push("postgresql");
    }
    if browser && chromium().is_none() {
        missing.push("chromium");
    }
    if tests && !mail_server() {
        missing.push("python3-aiosmtpd");
    }
    if tests && !scanner() {
        missing.push("clamav-daemon");
    }
    install(&missing)?;
    let advice = "install it by hand";
    ensure!(!postgres || postgres_programs().is_some(), "initdb is still missing; {advice}");
    ensure!(!browser || chromium().is_some(), "chromium is still missing; {advice}");
    ensure!(!tests || scanner(), "clamd is still missing; {advice}");
    ensure!(!tests || mail_server(), "the Python module aiosmtpd is still missing; {advice}");
    Ok(())
}

/// Installs the program that puts load on the portal where it is missing.
pub fn load_generator() -> Result<()> {
    if find_program("wrk").is_none() {
        install(&["wrk"])?;
    }
    ensure!(find_program("wrk").is_some(), "wrk is still missing; install it by hand");
    Ok(())
}

/// Installs Debian packages in one call of the package manager.
fn install(missing: &[&str]) -> Result<()> {
    if missing.is_empty() {
        return Ok(());
    }
    let wanted = missing.join(" ");
    let advice = format!("install {wanted} by hand (Debian: `apt-get install {wanted}`)");
    ensure!(find_program("apt-get").is_some(), "no apt-get here to install {wanted}; {advice}");
    let by_sudo = !shell::is_root()?;
    ensure!(
        !by_sudo || find_program("sudo").is_some(),
        "{wanted} can be installed only by the superuser, and there is no sudo; {advice}"
    );
    let apt = |arguments: &[&str]| {
        let mut command = Command::new(if by_sudo { "sudo" } else { "env" });
        if by_sudo {
            command.arg("env");
        }
        command.arg("DEBIAN_FRONTEND=noninteractive").arg("apt-get").args(arguments);
        shell::run(&mut command).with_context(|| advice.clone())
    };
    apt(&["update"])?;
    apt(&[&["install", "--yes", "--no-install-recommends"], missing].concat())?;
    Ok(())
}

/// Whether the mail server that the tests deliver to is there. Debian's Python knows its packages; another one may stand
/// first in `PATH`.
fn mail_server() -> bool {
    let knows = |python: &str| shell::succeeds(Command::new(python).args(["-c", "import aiosmtpd"]));
    ["/usr/bin/python3", "python3"].into_iter().any(knows)
}

/// Whether the malware scanner that the tests start is there. Debian keeps it where only the superuser looks.
fn scanner() -> bool {
    find_program("clamd").is_some() || is_executable(Path::new("/usr/sbin/clamd"))
}

/// The browser that the tests drive.
pub fn chromium() -> Option<PathBuf> {
    ["chromium", "google-chrome"].into_iter().find_map(find_program)
}

/// The folder with both `initdb` and `postgres`, from `PATH` or from where Debian keeps them.
pub fn postgres_programs() -> Option<PathBuf> {
    let complete = |folder: &PathBuf| ["initdb", "postgres"].iter().all(|name| is_executable(&folder.join(name)));
    // The program is followed to its real place: a link may stand alone.
    let in_path = find_program("initdb")
        .and_then(|file| fs::canonicalize(file).ok())
        .and_then(|file| file.parent().map(PathBuf::from))
        .filter(complete);
    in_path.or_else(|| {
        let versions = fs::read_dir("/usr/lib/postgresql").ok()?;
        versions
            .filter_map(|version| {
                let version = version.ok()?;
                let number: u32 = version.file_name().to_str()?.parse().ok()?;
                Some((number, version.path().join("bin")))
            })
            .filter(|(_, folder)| complete(folder))
            .max()
            .map(|(_, folder)| folder)
    })
}

/// Refuses to go on without a Node that is new enough.
pub fn node() -> Result<()> {
    let advice = format!("the browser tests need Node {NODE} or later with npm; install it");
    if find_program("node").is_none() || find_program("npm").is_none() {
        bail!("node or npm is not in PATH; {advice}");
    }
    let version = shell::read(Command::new("node").arg("--version"))?;
    match major(&version) {
        Some(major) if major >= NODE => Ok(()),
        _ => bail!("node says it is {version}; {advice}"),
    }
}

/// The first number of `v20.11.1`.
pub fn major(version: &str) -> Option<u32> {
    version.trim_start_matches('v').split('.').next()?.parse().ok()
}
