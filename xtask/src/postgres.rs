//! A throw-away `PostgreSQL`: its own folder, a Unix socket only, gone when the value is dropped.

use std::fmt::Write as _;
use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::{DirBuilderExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{self, Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::{install, shell};

/// The beginning of every folder's name; the process id follows.
const PREFIX: &str = "designated-centres-postgres-";

/// How long the server may take to answer, and to stop.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running cluster.
pub struct Cluster {
    server: Child,
    folder: Folder,
}

impl Cluster {
    /// Creates and starts a cluster; returns when it answers.
    pub fn start() -> Result<Self> {
        let programs =
            install::postgres_programs().context("initdb is not there; install the Debian package `postgresql`")?;
        let owner = Owner::find()?;
        remove_abandoned();
        let folder = Folder::create(owner.as_ref())?;
        let data = folder.0.join("data");

        let mut initdb = command(&programs.join("initdb"), owner.as_ref());
        initdb.arg("-D").arg(&data);
        initdb.args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]);
        shell::read(&mut initdb).context("the throw-away PostgreSQL could not be created")?;

        let log = folder.0.join("log");
        let log_file =
            File::create(&log).with_context(|| format!("cannot write {}; is the disk full?", log.display()))?;
        let mut postgres = command(&programs.join("postgres"), owner.as_ref());
        postgres.arg("-D").arg(&data).arg("-k").arg(&folder.0);
        // Nothing here outlives the tests, so nothing has to reach the disk.
        for setting in
            ["listen_addresses=", "max_connections=100", "fsync=off", "synchronous_commit=off", "full_page_writes=off"]
        {
            postgres.args(["-c", setting]);
        }
        postgres.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log_file);
        let server = postgres.spawn().context("the throw-away PostgreSQL could not be started")?;

        let mut cluster = Self { server, folder };
        cluster.wait_until_ready(&data).map_err(|error| {
            let said = fs::read_to_string(&log).unwrap_or_default();
            error.context(format!("PostgreSQL's own log:\n{}", said.trim()))
        })?;
        Ok(cluster)
    }

    /// The address in the form that sqlx takes.
    pub fn url(&self) -> String {
        format!("postgres://postgres@localhost/postgres?host={}", url_encoded(&self.folder.0))
    }

    fn wait_until_ready(&mut self, data: &Path) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            // The server keeps its state in the last line of this file; `pg_ctl --wait` reads the same.
            let state = fs::read_to_string(data.join("postmaster.pid")).unwrap_or_default();
            if state.lines().last().is_some_and(|line| line.trim() == "ready") {
                return Ok(());
            }
            if let Some(status) = self.server.try_wait()? {
                bail!("the throw-away PostgreSQL ended at once ({status})");
            }
            thread::sleep(Duration::from_millis(20));
        }
        bail!("the throw-away PostgreSQL did not answer within {} s", PATIENCE.as_secs())
    }

    /// Asks for a quick shutdown and waits; insists when that takes too long.
    fn stop(&mut self) -> io::Result<()> {
        // Std sends no signal but SIGKILL, after which PostgreSQL would leave shared memory behind.
        signal("INT", self.server.id());
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            if self.server.try_wait()?.is_some() {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(20));
        }
        self.server.kill()?;
        self.server.wait().map(drop)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Err(error) = self.stop() {
            eprintln!("the throw-away PostgreSQL could not be stopped: {error}");
        }
    }
}

/// The cluster's folder; dropped after the server, and removed then.
struct Folder(PathBuf);

impl Folder {
    fn create(owner: Option<&Owner>) -> Result<Self> {
        // Not `TMPDIR`: a socket's path may have 107 bytes, and another user must be able to reach it.
        let path = Path::new("/tmp").join(format!("{PREFIX}{}", process::id()));
        DirBuilder::new()
            .mode(0o700)
            .create(&path)
            .with_context(|| format!("cannot create {}; remove it if it is there", path.display()))?;
        let folder = Self(path);
        if let Some(owner) = owner {
            chown(&folder.0, Some(owner.user), Some(owner.group))
                .with_context(|| format!("cannot hand {} over", folder.0.display()))?;
        }
        Ok(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            eprintln!("{} could not be removed: {error}", self.0.display());
        }
    }
}

/// Who runs the cluster when this process is the superuser: the server refuses to be run by that.
struct Owner {
    user: u32,
    group: u32,
}

impl Owner {
    fn find() -> Result<Option<Self>> {
        if !shell::is_root()? {
            return Ok(None);
        }
        let number = |flag: &str, name: &str| -> Option<u32> {
            shell::read(Command::new("id").args([flag, name])).ok()?.parse().ok()
        };
        let owner = ["postgres", "nobody"]
            .into_iter()
            .find_map(|name| Some(Self { user: number("-u", name)?, group: number("-g", name)? }));
        owner
            .context(
                "PostgreSQL does not run as root, and there is neither a user `postgres` nor \
                 `nobody`; create one or run as another user",
            )
            .map(Some)
    }
}

/// One of the cluster's programs, run by the owner from a folder that every user can read.
fn command(program: &Path, owner: Option<&Owner>) -> Command {
    let mut command = Command::new(program);
    command.current_dir("/");
    if let Some(owner) = owner {
        // Setting the user this way also clears the superuser's other groups.
        command.uid(owner.user).gid(owner.group);
    }
    command
}

/// Removes what interrupted runs left. A server that still runs there notices that its data are
/// gone, and ends itself within a minute.
fn remove_abandoned() {
    for entry in fs::read_dir("/tmp").into_iter().flatten().flatten() {
        let name = entry.file_name();
        let Some(id) = name.to_str().and_then(|name| name.strip_prefix(PREFIX)) else { continue };
        // `kill -0` asks only whether the process is there. A folder that is not ours stays: the
        // system refuses to remove it, and that is no error here.
        if id.parse().is_ok_and(|id| !signal("0", id)) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// Sends a signal with the shell's own `kill`, which every system has.
fn signal(name: &str, process: u32) -> bool {
    let line = format!("kill -{name} {process}");
    shell::succeeds(Command::new("sh").args(["-c", line.as_str()]))
}

/// A path as the value of a query parameter.
pub fn url_encoded(path: &Path) -> String {
    let mut encoded = String::new();
    for byte in path.as_os_str().as_encoded_bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(byte) {
            encoded.push(char::from(*byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}
