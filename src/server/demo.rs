//! The demo world: nine invented centres, their people, three cycles, and an application in every state.
//!
//! Everything is told relative to one moment, so that the world always looks alive, and drawn from one seed: the same
//! seed, moment and names give the same rows and identifiers. Names decide nothing: a world with other names differs in
//! the names alone. Nothing here describes a real hospital or person.

mod answers;
mod cases;
mod cycles;
mod decided;
mod dice;
mod feedback;
mod handing_in;
mod names;
mod panel;
mod papers;
pub(crate) mod pdf;
mod people;
mod plot;
mod profiles;
mod renewal;
mod scribe;
mod sheet;
mod shift;
mod verdicts;
mod welcome;

use super::{Portal, checking::Checker, clock::Clock, codes::Secret};
use crate::{domain::moment::Moment, store::Chance};
use anyhow::Context;
use names::Names;
use std::path::{Path, PathBuf};

/// The seed when none is given.
const SEED: u64 = 2026;

/// The password of every demo account.
const PASSWORD: &str = "spring evening before the deadline";

/// Sets the secrets of authenticator apps apart from both.
const CODES: u64 = 0x636f_6465_7320_6f66;

/// Sets the numbers that fill the world apart from those that the portal draws afterwards, so that no identifier comes twice.
const WORLD: u64 = 0x6465_6d6f_2077_6f72;

/// What the demo is made from.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct DemoArgs {
    /// Names of centres and people, in the format of `names.json` in the data folder
    #[arg(long, requires = "demo", value_name = "FILE")]
    pub names: Option<PathBuf>,
    /// Chooses other answers and figures [default: 2026]
    #[arg(long, requires = "demo", value_name = "N")]
    pub seed: Option<u64>,
    /// Makes the clock stand still, such as at 2027-03-05T14:32:00Z
    #[arg(long, requires = "demo", value_name = "TIME", value_parser = read_time)]
    pub now: Option<Moment>,
}

/// A demo world that can be written into an empty database.
#[derive(Clone, Debug)]
pub struct Demo {
    seed: u64,
    /// Around which everything is told.
    now: Moment,
    /// Whether the clock stands still there.
    frozen: bool,
    names: Names,
}

impl Demo {
    /// From the command line. Without a time, the world is told around the time of the system, and the clock goes on.
    pub fn read(args: &DemoArgs) -> anyhow::Result<Self> {
        let names = args.names.as_deref().map_or_else(Names::invented, Names::read)?;
        let now = args.now.unwrap_or_else(|| Clock::System.now());
        Ok(Self { seed: args.seed.unwrap_or(SEED), now, frozen: args.now.is_some(), names })
    }

    /// The clock of the portal: still when a time was given.
    pub fn clock(&self) -> Clock {
        if self.frozen { Clock::frozen(self.now) } else { Clock::System }
    }

    /// What the portal draws from, seeded. How much has happened goes into the seed: a portal that is started again does
    /// not draw the identifiers of its last run a second time, and from the same state it draws the same.
    pub fn chance(&self, happened: u64) -> Chance {
        Chance::seeded(self.seed.rotate_left(32) ^ self.now.millis().cast_unsigned() ^ happened.rotate_left(48))
    }

    /// What the world is drawn from.
    fn world(&self) -> Chance {
        Chance::seeded(self.seed ^ WORLD)
    }
}

/// The code that an account of the demo in this folder signs in with at a moment.
pub fn code(data: &Path, email: &str, now: Moment) -> anyhow::Result<String> {
    let secret = welcome::secret(data, email)?;
    Secret::from_base32(&secret).context("demo.json holds a secret that is none")?.code(now)
}

fn read_time(text: &str) -> Result<Moment, String> {
    Moment::parse(text).ok_or_else(|| "write the time as 2027-03-05T14:32:00Z".into())
}

/// Fills an empty database; changes nothing when there are accounts already. Writes `demo.json` (who can sign in) and
/// `names.json` (what `--names` reads) into the data folder. Answers with what to print.
pub async fn fill(portal: &Portal, demo: &Demo) -> anyhow::Result<String> {
    let data = &portal.settings.data;
    if portal.store.read().await?.count_accounts().await? != 0 {
        return Ok(welcome::again(data));
    }
    let hash = portal.passwords.hash(PASSWORD.into()).await?;
    let registry = people::Registry::new(&hash, Chance::seeded(demo.seed ^ CODES));
    let mut scribe = scribe::Scribe::begin(portal, demo.now, demo.world()).await?;
    let people = plot::write(&mut scribe, &demo.names, registry).await.context("the demo world cannot be written")?;
    // As with evidence, the files come first: where there are accounts, it can be read who they are.
    let world = welcome::World::new(demo.seed, demo.now, people);
    world.keep(data)?;
    demo.names.keep(data)?;
    scribe.commit().await?;
    // Whoever opens the demo finds its documents ready, and two demos that are alike show the same.
    Checker::new(portal.clone()).round().await?;
    Ok(world.text(data))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn demo(now: Option<&str>) -> Demo {
        Demo::read(&DemoArgs { now: now.and_then(Moment::parse), ..DemoArgs::default() }).expect("a demo")
    }

    #[test]
    fn the_clock_stands_still_only_when_a_time_is_given() {
        assert!(matches!(demo(None).clock(), Clock::System));
        let still = demo(Some("2027-03-05T14:32:00Z"));
        assert_eq!(still.clock().now(), still.now);
    }

    #[test]
    fn the_same_seed_and_moment_draw_the_same_and_the_world_draws_apart() {
        let one = demo(Some("2027-03-05T14:32:00Z"));
        assert_eq!(one.chance(0).bits(), one.clone().chance(0).bits());
        assert_ne!(one.chance(0).bits(), one.world().bits());
        assert_ne!(one.chance(0).bits(), one.chance(782).bits());
        assert_ne!(one.chance(0).bits(), demo(Some("2027-03-05T14:32:01Z")).chance(0).bits());
        assert_eq!(one.world().bits(), demo(Some("2027-03-05T14:32:01Z")).world().bits());
    }

    #[test]
    fn a_time_is_written_in_one_way() {
        assert!(read_time("2027-03-05T14:32:00Z").is_ok());
        assert!(read_time("tomorrow").is_err_and(|e| e.contains("2027-03-05T14:32:00Z")));
    }
}
