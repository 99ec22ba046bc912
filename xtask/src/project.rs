//! Where the workspace is, and `cargo` called inside it.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::shell;

/// The package that is built, tested and served.
pub const PACKAGE: &str = "designated-centres";

/// The workspace on this machine.
pub struct Project {
    root: PathBuf,
    target: PathBuf,
}

impl Project {
    /// Asks cargo, so that a moved target directory is honoured however it was moved.
    pub fn find() -> Result<Self> {
        let mut metadata = cargo();
        metadata.args(["metadata", "--no-deps", "--format-version", "1"]);
        let text = shell::read(&mut metadata)?;
        let metadata: Value = serde_json::from_str(&text)
            .context("`cargo metadata` did not answer with JSON; is this cargo complete?")?;
        let folder = |key: &str| {
            metadata[key]
                .as_str()
                .map(PathBuf::from)
                .with_context(|| format!("`cargo metadata` names no {key}; cargo is too old"))
        };
        Ok(Self { root: folder("workspace_root")?, target: folder("target_directory")? })
    }

    /// The folder that holds the workspace's `Cargo.toml`.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Cargo's target directory.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// Where the bundle stands.
    pub fn site(&self) -> PathBuf {
        self.target.join("site")
    }

    /// The server's binary in the given profile folder, `debug` or `release`.
    pub fn binary(&self, profile: &str) -> PathBuf {
        self.target.join(profile).join(PACKAGE)
    }

    /// The binary that is deployed.
    pub fn release_binary(&self) -> PathBuf {
        self.binary("release")
    }

    /// Builds the binary that is deployed.
    pub fn build_release(&self) -> Result<()> {
        shell::run(self.cargo().args(["build", "--release", "--package", PACKAGE]))
    }

    /// The browser tests.
    pub fn end2end(&self) -> PathBuf {
        self.root.join("end2end")
    }

    /// `cargo`, run in the workspace root.
    pub fn cargo(&self) -> Command {
        let mut command = cargo();
        command.current_dir(&self.root);
        command
    }
}

/// The cargo that runs this program, so that both use one toolchain.
fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // The cargo that runs this tool describes it in the environment. Build scripts that look at their own description
    // would take that for a change, and run again each time the caller changes.
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")) {
            command.env_remove(name);
        }
    }
    command
}
