//! Who can sign in to the demo: printed at the start, and kept in the data folder for testers and programs.

use super::PASSWORD;
use crate::{domain::moment::Moment, store::account::fold_email};
use anyhow::Context;
use serde::{Deserialize, Serialize};
use std::{
    fmt,
    fmt::Write as _,
    path::{Path, PathBuf},
};

/// What `demo.json` holds.
#[derive(Serialize, Deserialize)]
pub struct World {
    seed: u64,
    /// RFC 3339.
    now: String,
    accounts: Vec<Card>,
}

/// One account of the demo.
#[derive(Clone, Serialize, Deserialize)]
pub struct Card {
    role: String,
    email: String,
    password: String,
    /// The secret of the authenticator app, in Base32.
    totp_secret: String,
    centre: Option<String>,
    sees: String,
}

impl Card {
    /// For an account with the password that all share.
    pub fn new(role: &str, email: &str, totp_secret: String, centre: Option<&str>, sees: &str) -> Self {
        Self {
            role: role.into(),
            email: fold_email(email),
            password: PASSWORD.into(),
            totp_secret,
            centre: centre.map(str::to_owned),
            sees: sees.into(),
        }
    }
}

impl fmt::Debug for Card {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[an account]")
    }
}

impl World {
    /// Of the accounts that were written.
    pub fn new(seed: u64, now: Moment, accounts: Vec<Card>) -> Self {
        Self { seed, now: now.timestamp().to_string(), accounts }
    }

    /// Writes `demo.json`.
    pub fn keep(&self, data: &Path) -> anyhow::Result<()> {
        let path = place(data);
        let text = serde_json::to_string_pretty(self)? + "\n";
        std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
    }

    /// Who can sign in, in columns, and how to get at a code.
    pub fn text(&self, data: &Path) -> String {
        let width = |part: fn(&Card) -> &str| self.accounts.iter().map(|c| part(c).chars().count()).max().unwrap_or(0);
        let (emails, roles) = (width(|c| &c.email), width(|c| &c.role));
        let mut text = format!("Who can sign in, all with the password: {PASSWORD}\n\n");
        for Card { email, role, sees, .. } in &self.accounts {
            let _ = writeln!(text, "  {email:emails$}  {role:roles$}  {sees}");
        }
        let program = std::env::args().next().unwrap_or_else(|| "designated-centres".to_owned());
        let _ = writeln!(text, "\nThe portal then asks for a code, as an app would show it. This prints it:\n");
        let _ = writeln!(text, "  {program} demo-code EMAIL --data {}", data.display());
        text
    }
}

/// The secret of the account with this address.
pub fn secret(data: &Path, email: &str) -> anyhow::Result<String> {
    let path = place(data);
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("cannot read {}: is a demo in this folder?", path.display()))?;
    let world: World = serde_json::from_str(&text).with_context(|| format!("{} is not right", path.display()))?;
    let email = fold_email(email);
    let card = world.accounts.into_iter().find(|card| card.email == email);
    card.map(|card| card.totp_secret).with_context(|| format!("the demo has no account {email}"))
}

/// What to print when there are accounts already.
pub fn again(data: &Path) -> String {
    let kept = std::fs::read_to_string(place(data)).ok().and_then(|text| serde_json::from_str::<World>(&text).ok());
    let list = kept.map_or_else(String::new, |world| world.text(data));
    format!("The database holds accounts already; the demo has changed nothing.\n{list}")
}

fn place(data: &Path) -> PathBuf {
    data.join("demo.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn world() -> World {
        let accounts = vec![
            Card::new(
                "centre lead",
                "Long.Name@fjellvik.example",
                "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ".into(),
                Some("A centre"),
                "a renewal in progress",
            ),
            Card::new(
                "coordinator",
                "b@c.example",
                "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJA".into(),
                None,
                "what was handed in",
            ),
        ];
        World::new(7, Moment::parse("2027-03-05T14:32:00Z").expect("a time"), accounts)
    }

    #[test]
    fn the_list_is_aligned() {
        let text = world().text(Path::new("here"));
        let (list, code) = text.split_once("\nThe portal then asks").expect("how to get a code");
        assert!(code.ends_with(" demo-code EMAIL --data here\n"), "{code}");
        assert_eq!(
            list,
            "Who can sign in, all with the password: spring evening before the deadline\n\n  \
             long.name@fjellvik.example  centre lead  a renewal in progress\n  \
             b@c.example                 coordinator  what was handed in\n"
        );
    }

    #[test]
    fn what_is_kept_can_be_told_again() {
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(again(folder.path()).lines().count(), 1);
        world().keep(folder.path()).expect("is written");
        let text = std::fs::read_to_string(folder.path().join("demo.json")).expect("a file");
        assert!(text.contains("\"now\": \"2027-03-05T14:32:00Z\"") && text.contains("\"seed\": 7"), "{text}");
        assert!(again(folder.path()).ends_with(&world().text(folder.path())));
        let at = Moment::from_millis(59_000);
        assert_eq!(super::super::code(folder.path(), " Long.name@fjellvik.example", at).expect("a code"), "287082");
        assert!(super::super::code(folder.path(), "nobody@fjellvik.example", at).is_err());
    }
}
