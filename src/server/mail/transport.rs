//! Where letters go: a mail server, or a folder.

use super::{
    compose::compose,
    settings::{MailSettings, Way},
    smtp::Smtp,
};
use crate::{domain::mail::Trouble, store::mail::Claimed};
use std::{
    io::Write,
    path::{Path, PathBuf},
    time::Duration,
};

/// Where letters go.
#[derive(Debug)]
pub enum Transport {
    /// Into a folder, each as a file.
    Folder(PathBuf),
    /// To a mail server.
    Smtp(Box<Smtp>),
}

impl Transport {
    /// From the settings; none when letters have to wait.
    pub fn new(settings: &MailSettings) -> anyhow::Result<Option<Self>> {
        Ok(match &settings.way {
            Way::Nowhere => None,
            Way::Folder(folder) => Some(Self::Folder(folder.clone())),
            Way::Smtp(smtp) => Some(Self::Smtp(Box::new(Smtp::new(smtp, settings.domain())?))),
        })
    }

    /// Hands a letter over. When a step takes longer than `patience`, it has failed.
    pub async fn send(&self, letter: &Claimed, settings: &MailSettings, patience: Duration) -> Result<(), Trouble> {
        match self {
            Self::Smtp(smtp) => smtp.send(letter, settings, patience).await,
            Self::Folder(folder) => {
                let bytes = compose(letter, settings)?.formatted();
                let (folder, name) = (folder.clone(), file_name(letter));
                let written = tokio::task::spawn_blocking(move || write(&folder, &name, &bytes)).await;
                match written {
                    Ok(Ok(())) => Ok(()),
                    Ok(Err(error)) => {
                        tracing::warn!(%error, "the folder for letters cannot be written");
                        Err(Trouble::Folder)
                    }
                    Err(_) => Err(Trouble::Folder),
                }
            }
        }
    }

    /// Closes what is open between two letters.
    pub async fn rest(&self, patience: Duration) {
        if let Self::Smtp(smtp) = self {
            smtp.rest(patience).await;
        }
    }
}

/// The same each time a letter is written, so that a second time replaces the first. Sorts by time.
fn file_name(letter: &Claimed) -> String {
    format!("{:015}-{}.eml", letter.written.millis(), letter.id)
}

/// Whole and durable, or not there.
fn write(folder: &Path, name: &str, bytes: &[u8]) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let (part, place) = (folder.join(format!("{name}.part")), folder.join(name));
    let mut file = std::fs::File::create(&part)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&part, &place)?;
    std::fs::File::open(folder)?.sync_all()
}
