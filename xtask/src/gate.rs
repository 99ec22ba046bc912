//! `cargo xtask test`: the whole gate, one step after the other.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use clap::ValueEnum;

use crate::postgres::Cluster;
use crate::project::{PACKAGE, Project};
use crate::report::Report;
use crate::{bundle, crash, install, shell};

/// One step of the gate, in the order in which they run: what is quick to fail comes first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, ValueEnum)]
pub enum Step {
    /// Every file is formatted.
    Fmt,
    /// The bundle is built.
    Bundle,
    /// Clippy finds nothing, on this machine's target and on WebAssembly.
    Clippy,
    /// The documentation builds without a warning.
    Rustdoc,
    /// Unit and integration tests on both engines.
    Tests,
    /// The criteria are complete and well formed.
    Criteria,
    /// The portal is killed while it saves, and nothing is lost.
    Crash,
    /// The browser tests.
    Browser,
}

impl Step {
    /// The name in `--only` and in the table.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fmt => "fmt",
            Self::Bundle => "bundle",
            Self::Clippy => "clippy",
            Self::Rustdoc => "rustdoc",
            Self::Tests => "tests",
            Self::Criteria => "criteria",
            Self::Crash => "crash",
            Self::Browser => "browser",
        }
    }

    /// Whether the step looks at the bundle that the server embeds.
    fn needs_bundle(self) -> bool {
        matches!(self, Self::Tests | Self::Browser)
    }

    fn needs_postgres(self) -> bool {
        matches!(self, Self::Tests | Self::Browser)
    }
}

/// The steps of a run: all, or one with what it needs.
pub fn plan(only: Option<Step>) -> Vec<Step> {
    match only {
        None => Step::value_variants().to_vec(),
        Some(step) if step.needs_bundle() => vec![Step::Bundle, step],
        Some(step) => vec![step],
    }
}

/// Runs the gate, prints the table, and fails when a step failed.
pub fn test(project: &Project, mut report: Report, only: Option<Step>) -> Result<()> {
    let steps = plan(only);
    let mut planned = vec![SET_UP];
    planned.extend(steps.iter().map(|step| step.name()));
    let outcome = run(project, &mut report, &steps);
    println!("\n{}", report.table(&planned));
    outcome
}

const SET_UP: &str = "set-up";

fn run(project: &Project, report: &mut Report, steps: &[Step]) -> Result<()> {
    let has = |wanted: &[Step]| steps.iter().any(|step| wanted.contains(step));
    // Dropped at the end of this function, on every way out.
    let cluster = report.step(SET_UP, || {
        if has(&[Step::Fmt, Step::Clippy]) {
            install::components(project)?;
        }
        if has(&[Step::Bundle, Step::Clippy]) {
            install::wasm_target()?;
        }
        if has(&[Step::Browser]) {
            install::node()?;
        }
        let postgres = steps.iter().any(|step| step.needs_postgres());
        install::packages(postgres, has(&[Step::Browser]), has(&[Step::Tests]))?;
        postgres.then(Cluster::start).transpose()
    })?;
    let database = cluster.as_ref().map(Cluster::url).unwrap_or_default();
    for step in steps {
        report.step(step.name(), || perform(project, *step, &database))?;
    }
    Ok(())
}

fn perform(project: &Project, step: Step, database: &str) -> Result<()> {
    let cargo = |arguments: &[&str]| shell::run(project.cargo().args(arguments));
    match step {
        Step::Fmt => cargo(&["fmt", "--all", "--", "--check"])
            .context("some files are not formatted; `cargo fmt --all` mends that"),
        Step::Bundle => bundle::bundle(project),
        Step::Clippy => {
            cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])?;
            let wasm = ["--target", install::WASM, "--no-default-features", "--features", "hydrate"];
            let clippy = ["clippy", "--package", PACKAGE, "--lib"];
            cargo(&[&clippy[..], &wasm, &["--", "-D", "warnings"]].concat())
        }
        Step::Rustdoc => {
            let mut doc = project.cargo();
            doc.args(["doc", "--workspace", "--no-deps", "--document-private-items"]);
            shell::run(doc.env("RUSTDOCFLAGS", "-Dwarnings"))
        }
        Step::Tests => {
            let mut tests = project.cargo();
            shell::run(tests.args(["test", "--workspace"]).env("TEST_DATABASE_URL", database))
        }
        Step::Criteria => {
            cargo(&["build"])?;
            shell::run(Command::new(project.binary("debug")).args(["check", "--criteria"]))
        }
        Step::Crash => {
            cargo(&["build"])?;
            crash::crash(&project.binary("debug"), project.target())
        }
        Step::Browser => browser(project, database),
    }
}

fn browser(project: &Project, database: &str) -> Result<()> {
    shell::run(project.cargo().arg("build"))?;
    let folder = project.end2end();
    if !npm_is_current(&folder) {
        shell::run(Command::new("npm").arg("ci").current_dir(&folder))?;
    }
    let chromium = install::chromium().context("chromium is not in PATH; install the Debian package `chromium`")?;
    // `--no-install`: the version is that of the lock file, never one fetched on the way.
    let mut playwright = Command::new("npx");
    playwright.args(["--no-install", "playwright", "test"]).current_dir(&folder);
    playwright.env("SERVER_BIN", project.binary("debug"));
    playwright.env("CHROMIUM", chromium).env("POSTGRES_URL", database);
    shell::run(&mut playwright)
}

/// Whether the packages were installed after the lock file last changed. Npm writes its own record
/// last, so an interrupted installation does not count.
pub fn npm_is_current(folder: &Path) -> bool {
    let changed = |file: &str| fs::metadata(folder.join(file)).and_then(|found| found.modified());
    match (changed("node_modules/.package-lock.json"), changed("package-lock.json")) {
        (Ok(installed), Ok(locked)) => installed >= locked,
        _ => false,
    }
}
