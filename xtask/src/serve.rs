//! `cargo xtask serve`: from a fresh clone to the running demo.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::project::Project;
use crate::report::Report;
use crate::{bundle, install, shell};

const ADDRESS: &str = "127.0.0.1:3000";

/// Sets up, builds and becomes the server.
pub fn serve(project: &Project, report: &mut Report, extra: Vec<String>) -> Result<()> {
    report.step("set-up", install::wasm_target)?;
    report.step("bundle", || bundle::bundle(project))?;
    report.step("build", || shell::run(project.cargo().arg("build")))?;

    let binary = project.binary("debug");
    let arguments = arguments(&project.target().join("demo"), extra);
    println!("\n$ {} {}", binary.display(), arguments.join(" "));
    // The server takes this process over, so that signals and the exit code are its own.
    let refused = Command::new(&binary).args(arguments).exec();
    Err(refused).with_context(|| format!("{} could not be started; did the build above finish?", binary.display()))
}

/// The defaults of the demo, each given way to the caller's own.
pub fn arguments(data: &Path, extra: Vec<String>) -> Vec<String> {
    let mut arguments = vec!["serve".to_owned(), "--demo".to_owned()];
    for (option, value) in [("--listen", ADDRESS), ("--data", &data.to_string_lossy())] {
        let given =
            |word: &String| word.strip_prefix(option).is_some_and(|rest| rest.is_empty() || rest.starts_with('='));
        if !extra.iter().any(given) {
            arguments.extend([option.to_owned(), value.to_owned()]);
        }
    }
    arguments.extend(extra);
    arguments
}
