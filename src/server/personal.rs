//! A copy of everything that is one person's, as one archive.
//!
//! It is written into a file that has no name any more once it is open, so that it is gone when it was sent, whatever
//! happens; its memory does not grow with the files. Entries have generated names and one fixed time: an archive tells
//! nothing but what stands in it.

use super::{desk::Desk, problem::Problem};
use crate::{
    domain::snapshot::hex,
    store::{
        account::Account,
        happened::{Happened, Mine},
        person::Belongings,
    },
};
use axum::{
    body::Body,
    http::header,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use std::{
    fs::{self, File},
    io::{self, ErrorKind, Seek, Write},
    path::Path,
};
use tokio::{io::AsyncReadExt, sync::mpsc, task::spawn_blocking};
use zip::{CompressionMethod, DateTime, ZipWriter, write::SimpleFileOptions};

/// The most of what somebody opened that is handed over; it is erased after its time anyhow.
const OPENED: usize = 100_000;

/// Parts in which the archive is sent.
const PART: usize = 64 * 1024;

/// What goes into the archive.
enum Piece {
    /// A new entry; texts are compressed, files are as they are.
    Begin(String, CompressionMethod),
    /// Bytes of it.
    More(Bytes),
}

/// The archive of somebody, ready to be sent; that it was made is in the record.
pub async fn archive(desk: &Desk, account: &Account) -> Result<Response, Problem> {
    let (text, belongings) = data(desk, account).await?;
    let folder = desk.portal.settings.data.clone();
    let name: String = {
        let mut random = [0; 8];
        desk.portal.chance.fill(&mut random);
        hex(&random)
    };
    let file = spawn_blocking(move || unnamed(&folder, &name)).await.map_err(anyhow::Error::from)?;
    let file = file.map_err(disk)?;
    let (send, receive) = mpsc::channel(4);
    let writing = spawn_blocking(move || write(file, receive));
    // When the disk is full, nobody receives any more; the task that wrote tells why.
    let sent = feed(desk, &belongings, text, send).await?;
    let written = writing.await.map_err(anyhow::Error::from)?;
    let (file, size) = written.map_err(disk)?;
    if !sent {
        return Err(Problem::Unexpected);
    }
    let mut tx = desk.portal.store.write().await?;
    let files = belongings.evidence.iter().filter(|e| e.file.is_some()).count();
    tx.record_export(&desk.stamp(Some(account.id)), account.id, files).await?;
    tx.commit().await?;
    let headers = [
        (header::CONTENT_TYPE, "application/zip".to_owned()),
        (header::CONTENT_LENGTH, size.to_string()),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"my-data.zip\"".to_owned()),
    ];
    let parts = stream::try_unfold(tokio::fs::File::from_std(file), |mut file| async move {
        let mut part = vec![0; PART];
        let read = file.read(&mut part).await?;
        part.truncate(read);
        Ok::<_, io::Error>((read != 0).then(|| (Bytes::from(part), file)))
    });
    Ok((headers, Body::from_stream(parts)).into_response())
}

/// A file that is gone when it is closed.
fn unnamed(folder: &Path, name: &str) -> io::Result<File> {
    let path = folder.join(format!("archive-{name}"));
    let file = File::options().read(true).write(true).create_new(true).open(&path)?;
    fs::remove_file(&path)?;
    Ok(file)
}

fn disk(error: io::Error) -> Problem {
    if matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded) {
        return Problem::Full;
    }
    tracing::error!(%error, "an archive could not be written");
    Problem::Unexpected
}

/// Hands the entries over; false when the other side has ended.
async fn feed(desk: &Desk, belongings: &Belongings, text: String, send: mpsc::Sender<Piece>) -> Result<bool, Problem> {
    let mut pieces = vec![Piece::Begin("data.json".into(), CompressionMethod::Deflated), Piece::More(text.into())];
    for added in &belongings.evidence {
        let (Some(file), Some(name)) = (added.bytes, &added.file) else { continue };
        pieces.push(Piece::Begin(name.clone(), CompressionMethod::Stored));
        for piece in pieces.drain(..) {
            if send.send(piece).await.is_err() {
                return Ok(false);
            }
        }
        let (_, mut bytes) = desk.portal.bytes_of(file).await?;
        while let Some(part) = bytes.next().await {
            if send.send(Piece::More(part?)).await.is_err() {
                return Ok(false);
            }
        }
    }
    for piece in pieces {
        if send.send(piece).await.is_err() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Writes the entries as they come; answers with the file at its beginning, and its size.
fn write(file: File, mut pieces: mpsc::Receiver<Piece>) -> io::Result<(File, u64)> {
    let mut zip = ZipWriter::new(file);
    let options = SimpleFileOptions::default().last_modified_time(DateTime::DEFAULT).large_file(true);
    while let Some(piece) = pieces.blocking_recv() {
        match piece {
            Piece::Begin(name, method) => zip.start_file(name, options.compression_method(method))?,
            Piece::More(bytes) => zip.write_all(&bytes)?,
        }
    }
    let mut file = zip.finish()?;
    let size = file.stream_position()?;
    file.rewind()?;
    Ok((file, size))
}

/// Everything but the files, as JSON; and what it was made from.
async fn data(desk: &Desk, account: &Account) -> Result<(String, Belongings), Problem> {
    let mut tx = desk.portal.store.read().await?;
    let belongings = tx.belongings(account.id, account.email.shown()).await?;
    let opened = tx.what_i_opened(account.id, OPENED).await?;
    let (mut happened, mut before) = (Vec::new(), None);
    loop {
        let (lines, more) = tx.what_happened_to_me(account.id, before).await?;
        before = lines.last().and_then(|line| crate::domain::id::EventId::parse(&line.happened.id));
        happened.extend(lines);
        if !more || before.is_none() {
            break;
        }
    }
    drop(tx);
    let all = json!({
        "made": desk.now().rfc3339(),
        "about": "Everything that is yours. Times are in UTC. Other people are not named; what you wrote for a centre that you have left is that centre's.",
        "account": {
            "reference": account.id,
            "name": account.name.shown(),
            "email": account.email.shown(),
            "roles": account.roles(),
        },
        "yours": belongings,
        "happened": happened.iter().map(mine).collect::<Vec<_>>(),
        "opened": opened.iter().map(line).collect::<Vec<_>>(),
    });
    let text = serde_json::to_string_pretty(&all).map_err(anyhow::Error::from)?;
    Ok((text, belongings))
}

fn line(happened: &Happened) -> Value {
    json!({ "at": happened.at.rfc3339(), "what": happened.kind, "on": happened.subject, "detail": happened.detail })
}

fn mine(mine: &Mine) -> Value {
    let mut line = line(&mine.happened);
    line["by"] = mine.by.into();
    line
}
