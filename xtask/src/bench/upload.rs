//! Speed of an upload beside copying and hashing the same file, and memory while many come at once.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use super::Figure;
use crate::http::Server;
use crate::project::Project;
use crate::shell;

/// The file that is timed.
const LARGE: usize = 400 << 20;

/// Each of the many.
const SMALL: usize = 24 << 20;

/// Measures.
pub fn measure(project: &Project, folder: &Path) -> Result<Vec<Figure>> {
    let data = folder.join("upload");
    let server = Server::start(&project.release_binary(), &data)?;
    let (cookie, application) = server.sign_in(&data)?;
    let file = folder.join("large.pdf");
    fs::write(&file, content(LARGE, 0))?;
    let (mut copies, mut uploads) = (Vec::new(), Vec::new());
    for round in 0..3_u8 {
        copies.push(copy(&file, folder)?);
        uploads.push(upload(&server, &cookie, &application, &content(LARGE, round + 1))?);
    }
    let (copied, uploaded) = (best(&copies), best(&uploads));
    let ratio = copied.as_secs_f64() / uploaded.as_secs_f64();
    let rate = mebibytes(LARGE) / uploaded.as_secs_f64();
    let one = server.memory(true)?;
    thread::scope(|scope| -> Result<()> {
        let (server, cookie, application) = (&server, &cookie, &application);
        let many: Vec<_> = (0..64_u8)
            .map(|i| scope.spawn(move || upload(server, cookie, application, &content(SMALL, 100 + i))))
            .collect();
        for one in many {
            one.join().map_err(|_| anyhow::anyhow!("a measuring thread panicked"))??;
        }
        Ok(())
    })?;
    let many = server.memory(true)?;
    let beside = format!("cp and sha256sum {:.2} s, ratio {ratio:.2}", copied.as_secs_f64());
    Ok(vec![
        Figure::new("upload of 400 MiB, best of 3", format!("{rate:.0} MiB/s"), beside)
            .within("0.80 of cp + sha256sum", 0.8 <= ratio),
        Figure::new("peak memory, one upload of 400 MiB", format!("{} MiB", one >> 20), ""),
        Figure::new("peak memory, 64 uploads at once", format!("{} MiB", many >> 20), "24 MiB each")
            .within("256 MB", many <= 256_000_000),
    ])
}

/// Bytes that begin like a PDF and are new for each `kind`, so that nothing is stored twice.
fn content(size: usize, kind: u8) -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n".to_vec();
    let mut state = u64::from(kind) + 1;
    while bytes.len() < size {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes
}

fn copy(file: &Path, folder: &Path) -> Result<Duration> {
    let to = folder.join("copy.pdf");
    let begun = Instant::now();
    fs::copy(file, &to)?;
    File::open(&to)?.sync_all()?;
    shell::read(Command::new("sha256sum").arg(&to))?;
    let time = begun.elapsed();
    fs::remove_file(&to)?;
    Ok(time)
}

fn upload(server: &Server, cookie: &str, application: &str, content: &[u8]) -> Result<Duration> {
    let (before, after) = (
        "--edge\r\ncontent-disposition: form-data; name=\"kind\"\r\n\r\ndata\r\n--edge\r\ncontent-disposition: form-data; name=\"file\"; filename=\"large.pdf\"\r\ncontent-type: application/pdf\r\n\r\n",
        "\r\n--edge--\r\n",
    );
    let length = before.len() + content.len() + after.len();
    let address = server.address();
    let head = format!(
        "POST {application}/evidence HTTP/1.1\r\nhost: {address}\r\norigin: http://{address}\r\ncookie: {cookie}\r\ncontent-type: multipart/form-data; boundary=edge\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
    );
    let begun = Instant::now();
    let mut stream = TcpStream::connect(address)?;
    for part in [head.as_bytes(), before.as_bytes(), content, after.as_bytes()] {
        stream.write_all(part)?;
    }
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let time = begun.elapsed();
    ensure!(answer.starts_with("HTTP/1.1 303"), "an upload was not taken:\n{answer}");
    Ok(time)
}

fn best(times: &[Duration]) -> Duration {
    times.iter().min().copied().unwrap_or_default()
}

#[expect(clippy::cast_precision_loss, reason = "shown without decimals")]
fn mebibytes(bytes: usize) -> f64 {
    bytes as f64 / 1_048_576.0
}
