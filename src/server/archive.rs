//! Archives to take away.
//!
//! One is written into a file that has no name any more once it is open, so that it is gone when it was sent, whatever
//! happens; its memory does not grow with the files. Entries have generated names and one fixed time: an archive tells
//! nothing but what stands in it.

use super::{Portal, problem::Problem};
use crate::{domain::snapshot::hex, evidence::blobs};
use axum::{
    body::Body,
    http::header,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures_util::{StreamExt, stream, stream::BoxStream};
use std::{
    fs::{self, File},
    io::{self, ErrorKind, Seek, Write},
    path::Path,
};
use tokio::{
    io::AsyncReadExt,
    sync::mpsc,
    task::{JoinHandle, spawn_blocking},
};
use zip::{CompressionMethod, DateTime, ZipWriter, write::SimpleFileOptions};

/// Parts in which an archive is sent.
const PART: usize = 64 * 1024;

/// What goes into an archive.
enum Piece {
    /// A new entry; texts are compressed, files are as they are.
    Begin(String, CompressionMethod),
    /// Bytes of it.
    More(Bytes),
}

/// An archive that is being written.
#[derive(Debug)]
pub struct Archive {
    send: mpsc::Sender<Piece>,
    writing: JoinHandle<io::Result<(File, u64)>>,
}

impl Archive {
    /// An empty one, on the disk of the data folder.
    pub async fn begin(portal: &Portal) -> Result<Self, Problem> {
        let folder = portal.settings.data.clone();
        let mut random = [0; 8];
        portal.chance.fill(&mut random);
        let name = hex(&random);
        let file = spawn_blocking(move || unnamed(&folder, &name)).await.map_err(anyhow::Error::from)?.map_err(disk)?;
        let (send, receive) = mpsc::channel(4);
        Ok(Self { send, writing: spawn_blocking(move || write(file, receive)) })
    }

    /// Adds a text.
    pub async fn text(&self, name: &str, text: String) {
        self.put(Piece::Begin(name.to_owned(), CompressionMethod::Deflated)).await;
        self.put(Piece::More(text.into())).await;
    }

    /// Adds a file.
    pub async fn file(
        &self,
        name: &str,
        mut bytes: BoxStream<'static, Result<Bytes, blobs::Error>>,
    ) -> Result<(), Problem> {
        let mut goes_on = self.put(Piece::Begin(name.to_owned(), CompressionMethod::Stored)).await;
        while goes_on && let Some(part) = bytes.next().await {
            goes_on = self.put(Piece::More(part?)).await;
        }
        Ok(())
    }

    /// Whether it goes on. Where it does not, because the disk is full, sending tells why.
    async fn put(&self, piece: Piece) -> bool {
        self.send.send(piece).await.is_ok()
    }

    /// Ends it and sends it. `name` is ours, without an ending.
    pub async fn send(self, name: &str) -> Result<Response, Problem> {
        drop(self.send);
        let (file, size) = self.writing.await.map_err(anyhow::Error::from)?.map_err(disk)?;
        let headers = [
            (header::CONTENT_TYPE, "application/zip".to_owned()),
            (header::CONTENT_LENGTH, size.to_string()),
            (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.zip\"")),
        ];
        let parts = stream::try_unfold(tokio::fs::File::from_std(file), |mut file| async move {
            let mut part = vec![0; PART];
            let read = file.read(&mut part).await?;
            part.truncate(read);
            Ok::<_, io::Error>((read != 0).then(|| (Bytes::from(part), file)))
        });
        Ok((headers, Body::from_stream(parts)).into_response())
    }
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
