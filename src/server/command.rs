//! The commands of the program.

pub mod check;
mod record;

use super::{
    Parts, Portal,
    checking::Checker,
    clock::Clock,
    codes::{self, Secret},
    demo::{self, Demo, DemoArgs},
    dossier::kept::Dossiers,
    listen,
    mail::{self, Pace, Postman, Transport},
    passwords::Passwords,
    provider::Providers,
    reads::Reads,
    record::Keeper,
    seal::Seal,
    settings::{ServeArgs, Settings, StorageArgs},
    signing::Signer,
};
use crate::{
    app,
    catalogue::{Catalogue, Complaint},
    domain::id::AccountId,
    evidence::{
        blobs::Blobs,
        opened::{self, Job},
        opening::Opener,
    },
    store::{Chance, Stamp, Store, centre::CentreIdentity, invitation::Invite},
};
use anyhow::{Context, bail};
use clap::{Args, Parser, Subcommand, ValueEnum};
use secrecy::SecretString;
use std::path::PathBuf;
use tokio::sync::watch;

/// Accreditation portal for Designated Centres of Integrated Oncology and Palliative Care.
/// Independent software for the programme; not an official ESMO product.
#[derive(Debug, Parser)]
#[command(version)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start the portal
    Serve(Serve),
    /// Bring the database schema up to date
    Migrate(StorageArgs),
    /// Print a one-time link that creates an account
    Invite(InviteArgs),
    /// Print the code that an account of the demo signs in with now
    DemoCode(DemoCodeArgs),
    /// Check the criteria, and that database and evidence agree
    Check(check::CheckArgs),
    /// Seal every secret anew with the first of several keys
    Reseal(SealArgs),
    /// Look after the record of what happened
    #[command(subcommand)]
    Audit(record::Audit),
    /// Erase what is past its time, or tell what would be
    Retention(record::RetentionArgs),
    /// Open one document, from standard input; the portal starts this for each
    #[command(subcommand, hide = true, name = opened::COMMAND)]
    OpenDocument(Job),
}

impl Cli {
    /// The job of a process that opens a document. It is done before anything else of the program is started.
    pub fn job(&self) -> Option<Job> {
        match &self.command {
            Command::OpenDocument(job) => Some(job.clone()),
            _ => None,
        }
    }
}

#[derive(Args, Debug)]
struct Serve {
    #[command(flatten)]
    storage: StorageArgs,
    #[command(flatten)]
    listening: ServeArgs,
    /// Fill an empty database with an invented world, and print who can sign in
    #[arg(long)]
    demo: bool,
    #[command(flatten)]
    world: DemoArgs,
}

#[derive(Args, Debug)]
struct InviteArgs {
    #[command(flatten)]
    storage: StorageArgs,
    #[command(flatten)]
    serve: ServeArgs,
    /// What the person will be
    #[arg(long)]
    role: InvitedRole,
    /// Their name
    #[arg(long)]
    name: String,
    /// Their e-mail address
    #[arg(long)]
    email: String,
    /// For a lead: the name of the centre, which is created
    #[arg(long, required_if_eq("role", "lead"))]
    centre: Option<String>,
    /// For a lead: the town of the centre
    #[arg(long, required_if_eq("role", "lead"))]
    city: Option<String>,
    /// For a lead: the country of the centre
    #[arg(long, required_if_eq("role", "lead"))]
    country: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum InvitedRole {
    Lead,
    Coordinator,
    Chair,
    Reviewer,
    Administrator,
}

#[derive(Args, Debug)]
struct DemoCodeArgs {
    /// The address of the account, as the demo prints it
    email: String,
    /// Folder of the demo [default: data]
    #[arg(long, env = "DESIGNATED_CENTRES_DATA", value_name = "DIR")]
    data: Option<PathBuf>,
}

#[derive(Args, Debug)]
struct SealArgs {
    #[command(flatten)]
    storage: StorageArgs,
    /// Keys that seal secrets at rest, the new one first; without it, those of `seal.key` in the data folder
    #[arg(long, env = "DESIGNATED_CENTRES_SEAL_KEY", value_name = "KEYS", hide_env_values = true)]
    seal_key: Option<SecretString>,
}

/// Runs the command line.
pub async fn run(cli: Cli) -> anyhow::Result<()> {
    match cli.command {
        Command::Serve(args) => serve(args).await,
        Command::Migrate(storage) => {
            let settings = Settings::read(storage, ServeArgs::default(), false)?;
            let store = open(&settings).await?;
            store.migrate().await?;
            println!("The schema is up to date ({}).", store.engine());
            store.close().await;
            Ok(())
        }
        Command::Invite(args) => invite(args).await,
        Command::DemoCode(args) => {
            let data = args.data.unwrap_or_else(|| "data".into());
            println!("{}", demo::code(&data, &args.email, Clock::System.now())?);
            Ok(())
        }
        Command::Check(args) => check::check(args).await,
        Command::Reseal(args) => reseal(args).await,
        Command::Audit(record::Audit::Verify(storage)) => record::verify(storage).await,
        Command::Retention(args) => record::retention(args).await,
        Command::OpenDocument(_) => bail!("documents are opened before the portal is started"),
    }
}

fn catalogue() -> anyhow::Result<Catalogue> {
    Catalogue::load().map_err(|list| anyhow::anyhow!("the criteria cannot be read:\n{}", lines(&list)))
}

fn lines(complaints: &[Complaint]) -> String {
    complaints.iter().map(|c| format!("  {c}\n")).collect()
}

async fn open(settings: &Settings) -> anyhow::Result<Store> {
    std::fs::create_dir_all(&settings.data)
        .with_context(|| format!("cannot create the data folder {}", settings.data.display()))?;
    Ok(Store::open(&settings.database_url).await?)
}

async fn serve(args: Serve) -> anyhow::Result<()> {
    let demo = args.demo.then(|| Demo::read(&args.world)).transpose()?;
    let settings = Settings::read(args.storage, args.listening, args.demo)?;
    let listener = listen::bind(settings.listen).await?;
    let catalogue = catalogue()?;
    let store = open(&settings).await?;
    store.migrate().await?;
    let seal = seal(&settings, &store).await?;
    let blobs = blobs(&settings, &seal)?;
    let mut tx = store.write().await?;
    tx.sweep_sessions(Clock::System.now()).await?;
    let happened = tx.count_events().await?;
    tx.commit().await?;
    let portal = Portal::new(Parts {
        clock: demo.as_ref().map_or(Clock::System, Demo::clock),
        wall: Clock::System,
        seal,
        chance: demo.as_ref().map_or_else(Chance::default, |demo| demo.chance(happened)),
        passwords: Passwords::strong(),
        providers: Providers::of(&settings.providers)?,
        reads: Reads::default(),
        store,
        catalogue,
        blobs,
        opener: Opener::by_process(std::env::current_exe().context("cannot find the program itself")?),
        dossiers: Dossiers::default(),
        settings,
    });
    tracing::info!(engine = portal.store.engine(), address = %portal.settings.listen, "ready");
    if let Some(demo) = &demo {
        println!("{}", demo::fill(&portal, demo).await?);
        println!("Letters that the portal writes can be read at {}/outbox", portal.settings.origin);
    }
    let signer = Signer::open(&portal.settings, &portal.chance)?;
    let keeper = Keeper::start(portal.clone(), signer).await?;
    let (stop, stopped) = watch::channel(false);
    let postman = Transport::new(&portal.settings.mail)?
        .map(|transport| tokio::spawn(Postman::new(portal.clone(), transport, Pace::default()).run(stopped)));
    let checker = tokio::spawn(Checker::new(portal.clone()).run(stop.subscribe()));
    println!("The portal answers on {}", portal.settings.origin);
    let served = listen::serve(listener, app::router(portal.clone()), portal.settings.connections).await;
    stop.send_replace(true);
    if let Some(postman) = postman {
        postman.await?;
    }
    checker.await?;
    keeper.stop().await;
    served?;
    portal.store.close().await;
    Ok(())
}

/// The key that seals secrets and evidence; refused when it is not the one that those in the database were sealed with.
async fn seal(settings: &Settings, store: &Store) -> anyhow::Result<Seal> {
    let mut tx = store.read().await?;
    let (sealed, blobs) = (tx.sealed_codes().await?, tx.blobs_after("").await?);
    drop(tx);
    if sealed.is_empty() && blobs.is_empty() {
        return Seal::read(settings.seal_key.as_ref(), &settings.data);
    }
    let seal = Seal::existing(settings.seal_key.as_ref(), &settings.data)?;
    let other = "this is another key than the one that the database was sealed with";
    if let Some((account, text)) = sealed.first()
        && let Some(account) = AccountId::parse(account)
    {
        Secret::open(&seal, account, text).context(other)?;
    }
    if let Some(blob) = blobs.first() {
        blob.opens_with(&seal).context(other)?;
    }
    Ok(seal)
}

/// The blob store.
fn blobs(settings: &Settings, seal: &Seal) -> anyhow::Result<Blobs> {
    Blobs::in_folder(&settings.data.join("blobs"), seal.clone())
}

async fn invite(args: InviteArgs) -> anyhow::Result<()> {
    let settings = Settings::read(args.storage, args.serve, false)?;
    let store = open(&settings).await?;
    store.migrate().await?;
    let chance = Chance::default();
    let stamp = Stamp { now: Clock::System.now(), actor: None, request_id: "command line".into(), chance };
    let mut tx = store.write().await?;
    let known = tx.account_by_email(&args.email).await?.is_some();
    let (role, centre) = match (args.role, args.centre, args.city, args.country) {
        (InvitedRole::Lead, Some(name), Some(city), Some(country)) => {
            ("lead", Some(tx.add_centre(&stamp, &CentreIdentity::new(name, city, country)).await?))
        }
        (InvitedRole::Lead, ..) => bail!("a lead needs --centre, --city and --country"),
        (InvitedRole::Coordinator, ..) => ("coordinator", None),
        (InvitedRole::Chair, ..) => ("chair", None),
        (InvitedRole::Reviewer, ..) => ("reviewer", None),
        (InvitedRole::Administrator, ..) => ("administrator", None),
    };
    let invite = Invite { centre, role, cycle: None, name: args.name, email: args.email };
    let token = tx.invite(&stamp, &invite).await?;
    let by_mail = settings.mail.leaves();
    if by_mail {
        mail::invited(&mut tx, &stamp, &settings.origin, &invite, &token).await?;
    }
    tx.commit().await?;
    println!("{}/invitations/{token}", settings.origin);
    println!("The link works once, within 72 hours.");
    if by_mail {
        println!("The running portal also sends it by mail.");
    }
    if known {
        println!("There is an account with this address already: the person signs in with it, then accepts.");
    }
    store.close().await;
    Ok(())
}

async fn reseal(args: SealArgs) -> anyhow::Result<()> {
    let settings = Settings::read(args.storage, ServeArgs::default(), false)?;
    let seal = Seal::existing(args.seal_key.as_ref().or(settings.seal_key.as_ref()), &settings.data)?;
    let store = open(&settings).await?;
    store.migrate().await?;
    let now = Clock::System.now();
    let stamp = Stamp { now, actor: None, request_id: "command line".into(), chance: Chance::default() };
    let mut tx = store.write().await?;
    let count = codes::reseal(&mut tx, &stamp, &seal).await?;
    tx.commit().await?;
    store.close().await;
    println!("{count} secrets are sealed with the first key. Keep the others: evidence is still sealed with them.");
    Ok(())
}
