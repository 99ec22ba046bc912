//! A running portal, and the little HTTP that measuring and crashing need.

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use crate::shell;

/// A moment at which the demo stands still, so that every run measures the same world.
const NOW: &str = "2027-03-05T13:32:00Z";

/// A server that is stopped when it is dropped.
pub struct Server {
    child: Child,
    binary: PathBuf,
    address: SocketAddr,
    /// How long it took from start to the first answer.
    pub started: Duration,
}

/// An answer.
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Headers and body as they came.
    pub text: String,
}

impl Server {
    /// Starts this binary on the demo world in this folder, and waits for its first answer.
    pub fn start(binary: &Path, data: &Path) -> Result<Self> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let begun = Instant::now();
        let child = Command::new(binary)
            .args(["serve", "--demo", "--now", NOW, "--listen", &address.to_string(), "--data"])
            .arg(data)
            .stdout(Stdio::null())
            .spawn()
            .context("the portal cannot be started")?;
        let mut server = Self { child, binary: binary.to_owned(), address, started: Duration::ZERO };
        while begun.elapsed() < Duration::from_secs(30) {
            if server.get("/livez", "").is_ok_and(|a| a.status == 200) {
                server.started = begun.elapsed();
                return Ok(server);
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        bail!("the portal did not answer within 30 seconds")
    }

    /// `127.0.0.1:PORT`.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The number of its process.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// Its resident memory in bytes; the highest so far with `peak`.
    pub fn memory(&self, peak: bool) -> Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let key = if peak { "VmHWM:" } else { "VmRSS:" };
        let line = status.lines().find_map(|l| l.strip_prefix(key)).context("the kernel tells no memory")?;
        let kilobytes: u64 = line.trim().trim_end_matches(" kB").parse()?;
        Ok(kilobytes * 1024)
    }

    /// Kills the process at once, as a power cut would.
    pub fn kill(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Asks for a page.
    pub fn get(&self, path: &str, cookie: &str) -> Result<Answer> {
        self.send(
            &format!("GET {path} HTTP/1.1\r\nhost: {}\r\ncookie: {cookie}\r\nconnection: close\r\n\r\n", self.address),
            &[],
        )
    }

    /// Sends a form.
    pub fn post(&self, path: &str, cookie: &str, body: &str) -> Result<Answer> {
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: {}\r\ncookie: {cookie}\r\norigin: http://{}\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            self.address,
            self.address,
            body.len()
        );
        self.send(&head, body.as_bytes())
    }

    fn send(&self, head: &str, body: &[u8]) -> Result<Answer> {
        let mut stream = TcpStream::connect(self.address)?;
        stream.write_all(head.as_bytes())?;
        stream.write_all(body)?;
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes)?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let status = text.get(9..12).and_then(|s| s.parse().ok()).context("not an answer in HTTP")?;
        Ok(Answer { status, text })
    }

    /// Signs in as the lead with the renewal in progress; answers with the cookie and the path of the application.
    pub fn sign_in(&self, data: &Path) -> Result<(String, String)> {
        let cookie = self.enter(data, |account| account.is_object())?;
        let home = self.get("/home", &cookie)?;
        let at = home.text.find("/applications/").context("home links to no application")?;
        Ok((cookie, home.text[at..at + "/applications/".len() + 32].to_owned()))
    }

    /// Signs in as the first account with this role; answers with the cookie.
    pub fn sign_in_as(&self, data: &Path, role: &str) -> Result<String> {
        self.enter(data, |account| account["role"] == role)
    }

    fn enter(&self, data: &Path, wanted: impl Fn(&serde_json::Value) -> bool) -> Result<String> {
        let text = fs::read_to_string(data.join("demo.json"))?;
        let demo: serde_json::Value = serde_json::from_str(&text)?;
        let accounts = demo["accounts"].as_array().context("demo.json lists no accounts")?;
        let account = accounts.iter().find(|a| wanted(a)).context("demo.json has no such account")?;
        let field = |name: &str| account[name].as_str().with_context(|| format!("demo.json names no {name}"));
        let body = format!("email={}&password={}", encode(field("email")?), encode(field("password")?));
        let half = cookie_of(&self.post("/sign-in", "", &body)?)?;
        // The portal itself says what an app would show.
        let code = shell::read(Command::new(&self.binary).args(["demo-code", field("email")?, "--data"]).arg(data))?;
        let answer = self.post("/sign-in/code", &half, &format!("code={}", code.trim()))?;
        ensure!(answer.status == 303, "the code was not taken:\n{}", answer.text);
        cookie_of(&answer)
    }
}

/// The session cookie that an answer sets.
fn cookie_of(answer: &Answer) -> Result<String> {
    let cookie = answer.text.lines().find_map(|l| l.strip_prefix("set-cookie: ")).and_then(|l| l.split(';').next());
    Ok(cookie.context("signing in gave no cookie")?.to_owned())
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself; there is nothing to do about that here.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Percent-encodes everything that is not a letter or digit.
pub fn encode(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}
