//! The check that the criteria can be read, and that database and evidence agree.

use super::{blobs, catalogue, lines, open, seal};
use crate::{
    catalogue as criteria,
    domain::{id::AccountId, readiness},
    evidence::blobs::Blobs,
    server::{
        codes::Secret,
        seal::Seal,
        settings::{ServeArgs, Settings, StorageArgs},
    },
    store::Store,
};
use anyhow::{Context, bail};
use clap::Args;
use secrecy::SecretString;
use std::path::PathBuf;

/// What to check.
#[derive(Args, Debug)]
pub struct CheckArgs {
    #[command(flatten)]
    storage: StorageArgs,
    /// Check only the criteria: those built in (-), or the edition in this folder
    #[arg(long, value_name = "DIR", num_args = 0..=1, default_missing_value = "-")]
    criteria: Option<PathBuf>,
    /// Key that seals secrets and evidence at rest; without it, `seal.key` in the data folder
    #[arg(long, env = "DESIGNATED_CENTRES_SEAL_KEY", value_name = "KEY", hide_env_values = true)]
    seal_key: Option<SecretString>,
    /// Print the rules of the readiness check, and check nothing
    #[arg(long, conflicts_with = "criteria")]
    rules: bool,
}

/// Checks the criteria, and that database and evidence agree.
pub async fn check(args: CheckArgs) -> anyhow::Result<()> {
    if args.rules {
        print!("{}", readiness::table());
        return Ok(());
    }
    match &args.criteria {
        Some(folder) if folder.as_os_str() != "-" => {
            let edition =
                criteria::edition_from(folder).with_context(|| format!("cannot read {}", folder.display()))?;
            return match edition {
                Ok(edition) => {
                    print!("{}", edition.summary());
                    Ok(())
                }
                Err(list) => bail!("the criteria in {} cannot be used:\n{}", folder.display(), lines(&list)),
            };
        }
        _ => catalogue()?.editions().iter().for_each(|edition| print!("{}", edition.summary())),
    }
    if args.criteria.is_some() {
        return Ok(());
    }
    let mut settings = Settings::read(args.storage, ServeArgs::default(), false)?;
    settings.seal_key = args.seal_key.or(settings.seal_key);
    if settings.is_embedded() && !settings.data.join("portal.sqlite").exists() {
        println!("No database in {}: nothing more to check.", settings.data.display());
        return Ok(());
    }
    let store = open(&settings).await?;
    let seal = seal(&settings, &store).await?;
    let found = agree(&store, &blobs(&settings, &seal)?, &seal).await?;
    store.close().await;
    println!(
        "{} files, {} snapshots and {} second factors looked at in {}.",
        found.blobs,
        found.snapshots,
        found.factors,
        store.engine()
    );
    if found.broken.is_empty() {
        println!("Every row has its bytes, and every hash holds.");
        return Ok(());
    }
    let lines: String = found.broken.iter().map(|b| format!("  {b}\n")).collect();
    bail!("{} things do not agree:\n{lines}", found.broken.len())
}

/// What was looked at, and what does not agree.
#[derive(Debug, Default)]
pub struct Found {
    /// Blobs whose bytes were read.
    pub blobs: usize,
    /// Snapshots.
    pub snapshots: usize,
    /// Second factors.
    pub factors: usize,
    /// What does not agree.
    pub broken: Vec<String>,
}

/// Looks at everything that the database and the blob store say about one another.
pub async fn agree(store: &Store, blobs: &Blobs, seal: &Seal) -> anyhow::Result<Found> {
    let mut tx = store.read().await?;
    let (snapshots, mut broken) = tx.broken_snapshots().await?;
    let sealed = tx.sealed_codes().await?;
    for (account, text) in &sealed {
        if AccountId::parse(account).is_none_or(|id| Secret::open(seal, id, text).is_err()) {
            broken.push(format!("second factor of account {account}: does not open with this key"));
        }
    }
    let all = tx.all_blobs().await?;
    drop(tx);
    for stored in &all {
        match blobs.verify(stored).await {
            Ok(true) => {}
            Ok(false) => broken.push(format!("{}: other bytes than were stored", stored.place)),
            Err(error) => broken.push(format!("{}: {error}", stored.place)),
        }
    }
    Ok(Found { blobs: all.len(), snapshots, factors: sealed.len(), broken })
}
