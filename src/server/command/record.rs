//! Commands around the record: reading it again, and erasing what is past its time.

use super::open;
use crate::{
    server::{
        audit,
        clock::Clock,
        settings::{ServeArgs, Settings, StorageArgs},
        signing::Signer,
    },
    store::{Chance, Stamp, retention::Class},
};
use anyhow::bail;
use clap::{Args, Subcommand};

/// What can be done with the record.
#[derive(Debug, Subcommand)]
pub enum Audit {
    /// Read the whole record again: every line, its order, its end, and the signed heads
    Verify(StorageArgs),
}

/// What is past its time.
#[derive(Args, Debug)]
pub struct RetentionArgs {
    #[command(flatten)]
    storage: StorageArgs,
    /// Only tell what would be erased
    #[arg(long)]
    dry_run: bool,
}

/// Reads the record; fails when anything is wrong with it. Changes nothing, not even the schema.
pub async fn verify(storage: StorageArgs) -> anyhow::Result<()> {
    let settings = Settings::read(storage, ServeArgs::default(), false)?;
    if settings.is_embedded() && !settings.data.join("portal.sqlite").exists() {
        bail!("There is no database in {}.", settings.data.display());
    }
    let own = Signer::existing(&settings)?.map(|signer| signer.public_key());
    let store = open(&settings).await?;
    let report = audit::verify(&store, own.as_deref()).await?;
    store.close().await;
    println!("Lines: {}. Signed heads: {}. Database: {}.", report.lines, report.heads, store.engine());
    match &report.signed {
        Some(day) => println!(
            "The newest signed head is of {day}. What was cut off after it shows only beside a copy of a later one."
        ),
        None => println!("No head was signed yet."),
    }
    if own.is_none() {
        println!("The key of this portal is not here: who has signed could not be told.");
    }
    if report.wrong == 0 {
        println!("Every line is as it was written, where it was written.");
        return Ok(());
    }
    let untold = report.wrong - report.faults.len();
    let more = if untold == 0 { String::new() } else { format!("  and {untold} more\n") };
    let faults: String = report.faults.iter().map(|fault| format!("  {fault}\n")).collect();
    bail!("The record is not as it was written ({}):\n{faults}{more}", report.wrong)
}

/// Erases what is past its time, or tells what would be.
pub async fn retention(args: RetentionArgs) -> anyhow::Result<()> {
    let settings = Settings::read(args.storage, ServeArgs::default(), false)?;
    let store = open(&settings).await?;
    store.migrate().await?;
    let now = Clock::System.now();
    let mut tx = store.write().await?;
    let classes = tx.retention(now, now).await?;
    if args.dry_run {
        println!("{}Nothing was erased.", table(&classes, "to erase"));
        return Ok(());
    }
    let stamp = Stamp { now, actor: None, request_id: "command line".into(), chance: Chance::default() };
    tx.retain(&stamp, now).await?;
    tx.commit().await?;
    store.close().await;
    print!("{}", table(&classes, "erased"));
    Ok(())
}

fn table(classes: &[Class], done: &str) -> String {
    let row = |class: &Class| {
        let past = class.past.map_or_else(|| "never by itself".to_owned(), |past| past.to_string());
        format!("{:<34} {:<42} {past}\n", class.name, class.kept)
    };
    let head = format!("{:<34} {:<42} {done}\n", "what", "kept");
    head + &classes.iter().map(row).collect::<String>()
}
