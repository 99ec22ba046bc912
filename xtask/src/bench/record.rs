//! Reading a long record again. The lines are chained here a second time, from the words of the specification: when the
//! portal and this file do not agree on them, the portal finds a fault and the measurement fails.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use sha2::{Digest, Sha256};
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};

use super::Figure;
use crate::http::Server;
use crate::project::Project;

/// How many lines are added to those of the demo.
const LINES: i64 = 100_000;

/// Measures.
pub fn measure(project: &Project, folder: &Path) -> Result<Vec<Figure>> {
    let (binary, data) = (project.release_binary(), folder.join("record"));
    drop(Server::start(&binary, &data)?);
    append(&data)?;
    let begun = Instant::now();
    let mut child =
        Command::new(binary).args(["audit", "verify", "--data"]).arg(&data).stdout(Stdio::null()).spawn()?;
    let mut peak = 0;
    let status = loop {
        peak = peak.max(memory(child.id()).unwrap_or(0));
        match child.try_wait()? {
            Some(status) => break status,
            None => sleep(Duration::from_millis(5)),
        }
    };
    let took = begun.elapsed();
    ensure!(status.success(), "the portal does not accept a chain that follows its specification");
    let size = fs::metadata(data.join("portal.sqlite"))?.len();
    let beside = format!("peak {} MiB, database {} MiB", peak >> 20, size >> 20);
    Ok(vec![Figure::new("audit verify, 100,000 lines", format!("{} ms", took.as_millis()), beside)])
}

/// The highest memory so far of a process, in bytes.
fn memory(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().trim_end_matches(" kB").parse::<u64>().ok()? * 1024)
}

/// Appends lines to the chain.
fn append(data: &Path) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let options = SqliteConnectOptions::new().filename(data.join("portal.sqlite"));
        let mut db = SqliteConnection::connect_with(&options).await?;
        let (first, mut previous): (i64, String) =
            sqlx::query_as("SELECT seq, hash FROM record_head").fetch_one(&mut db).await?;
        let mut tx = db.begin().await?;
        for seq in first + 1..=first + LINES {
            let (id, at, detail) = (format!("{seq:032x}"), seq, format!("criterion {}", seq % 13 + 1));
            let fields = [id.as_str(), &at.to_string(), "", "AnswerSaved", &id, &detail, "bench"];
            let mut bytes = format!("{previous}designated-centres record 1\n");
            for (place, field) in fields.iter().enumerate() {
                bytes += &if place == 2 { "-,".to_owned() } else { format!("{}:{field},", field.len()) };
            }
            let hash: String = Sha256::digest(bytes.as_bytes()).iter().map(|b| format!("{b:02x}")).collect();
            sqlx::query(
                "INSERT INTO event (id, at, kind, subject, detail, request_id, seq, previous, hash) \
                 VALUES ($1, $2, 'AnswerSaved', $1, $3, 'bench', $4, $5, $6)",
            )
            .bind(id)
            .bind(at)
            .bind(detail)
            .bind(seq)
            .bind(previous)
            .bind(&hash)
            .execute(&mut *tx)
            .await?;
            previous = hash;
        }
        sqlx::query("UPDATE record_head SET seq = seq + $1, hash = $2")
            .bind(LINES)
            .bind(previous)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        db.close().await.context("the database cannot be closed")
    })
}
