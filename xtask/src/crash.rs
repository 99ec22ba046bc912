//! The portal killed while it saves: every acknowledged save must be there afterwards, and no row may point at missing bytes.

use std::fs;
use std::io::Write;
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicI64, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use crate::http::{Server, encode};
use crate::shell;

/// How often the portal is killed.
const KILLS: u32 = 20;

/// After how many acknowledged saves it is killed, each time: 200 in all.
const SAVES: i64 = 10;

/// Kills the portal [`KILLS`] times in the middle of saves and of an upload, and looks what is there.
pub fn crash(binary: &Path, folder: &Path) -> Result<()> {
    let data = folder.join("crash");
    if data.exists() {
        fs::remove_dir_all(&data)?;
    }
    let mut server = Server::start(binary, &data)?;
    let (mut acknowledged, mut saves) = (-1, 0);
    for round in 0..KILLS {
        let (cookie, application) = server.sign_in(&data)?;
        let path = format!("{application}/criteria/2");
        let found = stored(&server, &cookie, &path)?;
        ensure!(
            acknowledged <= found,
            "round {round}: save {acknowledged} was acknowledged, and {found} is what is there"
        );
        let begin = found.max(acknowledged) + 1;
        let last = AtomicI64::new(begin - 1);
        let address = server.address();
        thread::scope(|scope| -> Result<()> {
            let saver = scope.spawn(|| {
                let mut number = begin;
                // Goes on until the portal is gone.
                while save(&server, &cookie, &path, number).is_ok() {
                    last.store(number, Ordering::SeqCst);
                    number += 1;
                }
            });
            let head = format!(
                "POST {application}/evidence HTTP/1.1\r\nhost: {address}\r\norigin: http://{address}\r\ncookie: {cookie}\r\ncontent-type: multipart/form-data; boundary=edge\r\ncontent-length: 90000000\r\n\r\n--edge\r\ncontent-disposition: form-data; name=\"file\"; filename=\"half.pdf\"\r\n\r\n%PDF-1.7\n"
            );
            let uploader = scope.spawn(move || {
                let Ok(mut stream) = TcpStream::connect(address) else { return };
                let mut part = head.into_bytes();
                while stream.write_all(&part).is_ok() {
                    part = vec![b'x'; 64 * 1024];
                    thread::sleep(Duration::from_millis(1));
                }
            });
            while last.load(Ordering::SeqCst) < begin + SAVES - 1 {
                ensure!(!saver.is_finished(), "round {round}: the portal stopped taking saves by itself");
                thread::sleep(Duration::from_micros(200));
            }
            // Another thread holds the server for its saves; the process is killed by its number.
            shell::read(Command::new("kill").args(["-9", &server.process().to_string()]))?;
            saver.join().map_err(|_| anyhow::anyhow!("the saving thread panicked"))?;
            uploader.join().map_err(|_| anyhow::anyhow!("the uploading thread panicked"))?;
            Ok(())
        })?;
        server.kill()?;
        acknowledged = last.load(Ordering::SeqCst);
        saves += acknowledged - begin + 1;
        server = Server::start(binary, &data)?;
    }
    let (cookie, application) = server.sign_in(&data)?;
    let found = stored(&server, &cookie, &format!("{application}/criteria/2"))?;
    ensure!(acknowledged <= found, "at the end: save {acknowledged} was acknowledged, and {found} is what is there");
    drop(server);
    let said = shell::read(Command::new(binary).args(["check", "--data"]).arg(&data))?;
    ensure!(said.contains("Every row has its bytes"), "check did not say that all is well:\n{said}");
    println!("{KILLS} kills, {saves} acknowledged saves, none lost; {}", said.lines().last().unwrap_or_default());
    fs::remove_dir_all(&data)?;
    Ok(())
}

/// Saves a numbered text; an error when it was not acknowledged.
fn save(server: &Server, cookie: &str, path: &str, number: i64) -> Result<()> {
    // Each save is written against the page as it is, so that none becomes a second text.
    let version = version(&server.get(path, cookie)?.text)?;
    let body = format!("version={version}&narrative={}", encode(&format!("Numbered text {number} end")));
    let answer = server.post(path, cookie, &body)?;
    ensure!(answer.status == 303 && answer.text.contains("done=saved"), "not acknowledged");
    Ok(())
}

/// The number of the text that the page shows; -1 before the first.
fn stored(server: &Server, cookie: &str, path: &str) -> Result<i64> {
    let page = server.get(path, cookie)?;
    ensure!(page.status == 200, "the page of the criterion answers {}", page.status);
    ensure!(!page.text.contains("id=\"rival\""), "a save became a second text");
    let number =
        page.text.split("Numbered text ").nth(1).and_then(|t| t.split(' ').next()).and_then(|n| n.parse().ok());
    Ok(number.unwrap_or(-1))
}

fn version(page: &str) -> Result<i64> {
    let at = page.split("name=\"version\" value=\"").nth(1).and_then(|t| t.split('"').next());
    at.and_then(|v| v.parse().ok()).context("the page has no version")
}
