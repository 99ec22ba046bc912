//! What reviewers say of themselves, and who they are tied to: for assignment and conflicts, and for nothing else.

use super::{Error, Result, Stamp, Tx, ensure_one, event::What};
use crate::domain::{
    assignment::{Groups, MOST},
    conflict::{Kind, Tie},
    criteria::Group,
    id::{AccountId, TieId},
};
use std::fmt;

statements! {
    /// What somebody says of themselves.
    OF_ACCOUNT = "SELECT institution, country, languages, expertise, most_reviews, version FROM reviewer_profile WHERE account_id = $1";
    /// For the first time.
    ADD = "INSERT INTO reviewer_profile (account_id, institution, country, languages, expertise, most_reviews, version, updated_at) \
        VALUES ($1, $2, $3, $4, $5, $6, 1, $7) ON CONFLICT (account_id) DO NOTHING";
    /// Later.
    SAVE = "UPDATE reviewer_profile SET institution = $3, country = $4, languages = $5, expertise = $6, most_reviews = $7, \
        version = version + 1, updated_at = $8 WHERE account_id = $1 AND version = $2";
    /// Who somebody is tied to.
    TIES = "SELECT id, kind, name, domain, reason FROM reviewer_tie WHERE account_id = $1 ORDER BY at, id";
    /// One more.
    ADD_TIE = "INSERT INTO reviewer_tie (id, account_id, kind, name, domain, reason, at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    /// One less.
    REMOVE_TIE = "DELETE FROM reviewer_tie WHERE id = $1 AND account_id = $2";
}

/// What a reviewer says of themselves. Neither `Display` nor `Serialize`.
#[derive(Clone, PartialEq, Eq)]
pub struct Profile {
    /// Where they work.
    pub institution: String,
    /// In which country, by its English name.
    pub country: String,
    /// Languages that they read, besides English.
    pub languages: Vec<String>,
    /// Groups of criteria that they know.
    pub expertise: Groups,
    /// The most reviews they take in a cycle.
    pub most: u32,
    /// Counts changes; 0 while nothing was saved.
    pub version: i64,
}

impl Default for Profile {
    fn default() -> Self {
        let (institution, country, languages) = (String::new(), String::new(), Vec::new());
        Self { institution, country, languages, expertise: Groups::default(), most: MOST, version: 0 }
    }
}

impl fmt::Debug for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[a profile]")
    }
}

/// A tie as it is kept.
#[derive(Clone, Debug)]
pub struct StoredTie {
    /// Which one.
    pub id: TieId,
    /// Who or what, and how.
    pub tie: Tie,
    /// A note for the person alone.
    pub reason: TieReason,
}

/// Why somebody has declared a tie: for their own eyes.
#[derive(Clone)]
pub struct TieReason(String);

impl TieReason {
    /// The words, for the person themselves.
    pub fn shown(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for TieReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[a reason]")
    }
}

/// The name of a group of criteria in the store and in forms.
pub const fn group_key(group: Group) -> &'static str {
    match group {
        Group::Integration => "integration",
        Group::Credentialing => "credentialing",
        Group::ServiceProvision => "service-provision",
        Group::Research => "research",
        Group::Education => "education",
    }
}

/// The groups with these names; others count for nothing.
pub fn groups<'a>(keys: impl IntoIterator<Item = &'a str>) -> Groups {
    Groups::of(keys.into_iter().filter_map(|key| Group::ALL.into_iter().find(|group| group_key(*group) == key)))
}

/// Languages as they were typed, one by one.
pub fn languages(typed: &str) -> Vec<String> {
    typed.split([',', ';', '\n']).map(str::trim).filter(|l| !l.is_empty()).map(str::to_owned).collect()
}

pub(super) type Row = (String, String, String, String, i64, i64);

pub(super) fn from_row((institution, country, spoken, expertise, most, version): Row) -> Profile {
    let most = u32::try_from(most).unwrap_or(MOST);
    let expertise = groups(expertise.split_whitespace());
    Profile { institution, country, languages: languages(&spoken), expertise, most, version }
}

pub(super) fn tie(kind: &str, name: String, domain: String, row: &str) -> Result<Tie> {
    let kind = Kind::parse(kind).ok_or_else(|| Error::Inconsistent("reviewer_tie", "kind", row.to_owned()))?;
    Ok(Tie { kind, name, domain })
}

impl Tx {
    /// What somebody says of themselves as a reviewer.
    pub async fn profile(&mut self, account: AccountId) -> Result<Option<Profile>> {
        Ok(find!(self, Row, OF_ACCOUNT, account.to_string())?.map(from_row))
    }

    /// Saves it over the version that it was made from. [`Error::Stale`] when another page was quicker.
    pub async fn save_profile(&mut self, stamp: &Stamp, account: AccountId, profile: &Profile) -> Result<()> {
        let (id, languages) = (account.to_string(), profile.languages.join(", "));
        let expertise = profile.expertise.list().map(group_key).collect::<Vec<_>>().join(" ");
        let (institution, country, now) = (profile.institution.clone(), profile.country.clone(), stamp.now.millis());
        let most = i64::from(profile.most);
        let saved = if profile.version == 0 {
            run!(self, ADD, id.clone(), institution, country, languages, expertise, most, now)?
        } else {
            run!(self, SAVE, id.clone(), profile.version, institution, country, languages, expertise, most, now)?
        };
        ensure_one(saved)?;
        self.record(stamp, What::ProfileSaved, &id, "").await
    }

    /// Who somebody is tied to, in the order in which they have said so.
    pub async fn ties_of(&mut self, account: AccountId) -> Result<Vec<StoredTie>> {
        let rows = list!(self, (String, String, String, String, String), TIES, account.to_string())?;
        let stored = |(id, kind, name, domain, reason): (String, String, String, String, String)| {
            Ok(StoredTie {
                tie: tie(&kind, name, domain, &id)?,
                reason: TieReason(reason),
                id: TieId::parse(&id).ok_or_else(|| Error::Inconsistent("reviewer_tie", "id", id.clone()))?,
            })
        };
        rows.into_iter().map(stored).collect()
    }

    /// Adds a tie.
    pub async fn add_tie(&mut self, stamp: &Stamp, account: AccountId, tie: &Tie, reason: &str) -> Result<TieId> {
        let id = TieId::new(stamp.chance.bits());
        let (name, domain) = (tie.name.clone(), tie.domain.clone());
        let (person, now) = (account.to_string(), stamp.now.millis());
        run!(self, ADD_TIE, id.to_string(), person.clone(), tie.kind.key(), name, domain, reason.to_owned(), now)?;
        self.record(stamp, What::TieAdded, &person, &format!("{} {id}", tie.kind.key())).await?;
        Ok(id)
    }

    /// Takes a tie away. [`Error::Stale`] when it is gone, or somebody else's.
    pub async fn remove_tie(&mut self, stamp: &Stamp, account: AccountId, id: TieId) -> Result<()> {
        ensure_one(run!(self, REMOVE_TIE, id.to_string(), account.to_string())?)?;
        self.record(stamp, What::TieRemoved, &account.to_string(), &id.to_string()).await
    }
}
