//! `cargo xtask`: everything that is done with the project, from set-up to the whole gate.
//!
//! A command does its own set-up: what is missing is installed or named in the error, never
//! skipped. The modules:
//!
//! - [`project`]: where the workspace and its target directory are;
//! - [`shell`]: running other programs, and saying what failed;
//! - [`install`]: the tools that a command needs;
//! - [`bundle`], [`style`], [`site`]: what a browser loads, written to `target/site`;
//! - [`gate`]: the steps of `cargo xtask test`;
//! - [`postgres`]: the throw-away database that the tests use;
//! - [`serve`]: the demo on this machine;
//! - [`crash`]: the portal killed while it saves, and what is there afterwards;
//! - [`http`]: a running portal, for both;
//! - [`mod@bench`]: measurements against the budgets;
//! - [`report`]: steps, their times and the table at the end.

mod bench;
mod bundle;
mod crash;
mod gate;
mod http;
mod install;
mod postgres;
mod project;
mod report;
mod serve;
mod shell;
mod site;
mod style;
#[cfg(test)]
mod tests;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::project::Project;
use crate::report::Report;

/// Set-up, build and tests of designated-centres.
#[derive(Parser)]
#[command(bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build everything and start the portal on this machine with demo data.
    Serve {
        /// Further arguments for the server, after `--`.
        #[arg(last = true)]
        extra: Vec<String>,
    },
    /// Build what a browser loads into target/site.
    Bundle,
    /// Build the release binary at target/release/designated-centres.
    Build,
    /// Measure the release binary beside simpler things, against the budgets.
    Bench {
        /// Measure this part alone.
        #[arg(long, value_name = "NAME")]
        only: Option<bench::Part>,
    },
    /// Run every check: format, lints, documentation, tests on both engines, browser.
    Test {
        /// Run this step alone, with what it needs.
        #[arg(long, value_name = "NAME")]
        only: Option<gate::Step>,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<()> {
    let project = Project::find()?;
    let mut report = Report::default();
    match command {
        Command::Serve { extra } => serve::serve(&project, &mut report, extra),
        Command::Bundle => {
            report.step("set-up", install::wasm_target)?;
            report.step("bundle", || bundle::bundle(&project))
        }
        Command::Build => {
            report.step("set-up", install::wasm_target)?;
            report.step("bundle", || bundle::bundle(&project))?;
            report.step("build", || project.build_release())?;
            println!("built {}", project.release_binary().display());
            Ok(())
        }
        Command::Bench { only } => bench::bench(&project, &mut report, only),
        Command::Test { only } => gate::test(&project, report, only),
    }
}
