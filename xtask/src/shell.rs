//! Running other programs.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// Runs a program with its output on the terminal; anything but success is an error.
pub fn run(command: &mut Command) -> Result<()> {
    let line = describe(command);
    println!("$ {line}");
    let status = command.status().with_context(|| not_started(command))?;
    if !status.success() {
        bail!("`{line}` failed ({status}); its own messages are above");
    }
    Ok(())
}

/// Runs a program and returns what it printed; its error text is part of the error.
pub fn read(command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).output().with_context(|| not_started(command))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("`{}` failed ({}):\n{}", describe(command), output.status, said.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Whether a program starts and succeeds; nothing is shown.
pub fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Finds an executable in `PATH`.
pub fn find_program(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(name)).find(|file| is_executable(file))
}

/// Whether a file is there and may be run by somebody.
pub fn is_executable(file: &Path) -> bool {
    fs::metadata(file).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

/// Whether this process is the superuser.
pub fn is_root() -> Result<bool> {
    Ok(read(Command::new("id").arg("-u"))? == "0")
}

fn not_started(command: &Command) -> String {
    let program = command.get_program().to_string_lossy();
    format!("`{program}` could not be started; see that it is installed and in PATH")
}

/// The command line as one would type it, with the variables that are set for it.
fn describe(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let program = program.file_name().unwrap_or(program.as_os_str());
    let variables = command.get_envs().filter_map(|(name, value)| {
        // The separator between encoded compiler flags is a control character.
        let value = value?.to_string_lossy().replace(char::is_control, " ");
        Some(format!("{}={value}", name.to_string_lossy()))
    });
    variables.chain([program].into_iter().chain(command.get_args()).map(quoted)).collect::<Vec<_>>().join(" ")
}

fn quoted(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    if word.is_empty() || word.contains(char::is_whitespace) { format!("'{word}'") } else { word.into_owned() }
}
