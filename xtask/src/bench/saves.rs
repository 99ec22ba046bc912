//! Durable saves beside bare commits of the same engine with the same pragmas on the same disk.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use sqlx::{
    Connection, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

use super::Figure;
use crate::http::{Server, encode};
use crate::project::Project;

/// How long each side is measured.
const TIME: Duration = Duration::from_secs(6);

/// How many people save at once.
const PEOPLE: u32 = 8;

/// Measures.
pub fn measure(project: &Project, folder: &Path) -> Result<Vec<Figure>> {
    let bare_before = bare(folder)?;
    let saves = saves(project, folder)?;
    let bare_after = bare(folder)?;
    let commits = f64::midpoint(bare_before, bare_after);
    let ratio = saves / commits;
    let beside = format!("bare commits {commits:.0}/s, ratio {ratio:.2}");
    Ok(vec![
        Figure::new("durable saves, 8 people", format!("{saves:.0}/s"), beside)
            .within("0.80 of bare commits", 0.8 <= ratio),
    ])
}

/// Commits of one row each, as fast as one connection can.
fn bare(folder: &Path) -> Result<f64> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let options = SqliteConnectOptions::new()
            .filename(folder.join("bare.sqlite"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        let mut connection = SqliteConnection::connect_with(&options).await?;
        sqlx::query("CREATE TABLE IF NOT EXISTS answer (id INTEGER PRIMARY KEY, content TEXT NOT NULL)")
            .execute(&mut connection)
            .await?;
        let (begun, mut count, content) = (Instant::now(), 0_u32, "word ".repeat(150));
        while begun.elapsed() < TIME {
            let mut tx = connection.begin_with("BEGIN IMMEDIATE").await?;
            sqlx::query("INSERT INTO answer (content) VALUES ($1)").bind(&content).execute(&mut *tx).await?;
            tx.commit().await?;
            count += 1;
        }
        connection.close().await?;
        Ok(f64::from(count) / begun.elapsed().as_secs_f64())
    })
}

/// Saves of answers through HTTP, each with a new text.
fn saves(project: &Project, folder: &Path) -> Result<f64> {
    let data = folder.join("saves");
    let server = Server::start(&project.release_binary(), &data)?;
    let (cookie, application) = server.sign_in(&data)?;
    let done = AtomicU32::new(0);
    let begun = Instant::now();
    thread::scope(|scope| -> Result<()> {
        let people: Vec<_> = (1..=PEOPLE)
            .map(|person| {
                let (server, cookie, done) = (&server, &cookie, &done);
                let path = format!("{application}/criteria/{person}");
                scope.spawn(move || -> Result<()> {
                    let page = server.get(&path, cookie)?.text;
                    let at = page.find("name=\"version\" value=\"").context("the page has no version")? + 22;
                    let mut version: i64 =
                        page[at..].split('"').next().and_then(|v| v.parse().ok()).context("no version")?;
                    let text = "word ".repeat(150);
                    while begun.elapsed() < TIME {
                        let body = format!("version={version}&narrative={}", encode(&format!("{text}{version}")));
                        let answer = server.post(&path, cookie, &body)?;
                        anyhow::ensure!(
                            answer.status == 303 && answer.text.contains("done=saved"),
                            "a save was not taken:\n{}",
                            answer.text
                        );
                        version += 1;
                        done.fetch_add(1, Ordering::Relaxed);
                    }
                    Ok(())
                })
            })
            .collect();
        for person in people {
            person.join().map_err(|_| anyhow::anyhow!("a measuring thread panicked"))??;
        }
        Ok(())
    })?;
    Ok(f64::from(done.load(Ordering::Relaxed)) / begun.elapsed().as_secs_f64())
}
