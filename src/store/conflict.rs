//! Who must not see which application.

use super::{Error, Result, Stamp, Tx, account::PersonName, account::read_id, ensure_one, event::What};
pub use crate::domain::conflict::Kind;
use crate::domain::{
    id::{AccountId, ApplicationId, ConflictId},
    moment::Moment,
};

statements! {
    /// A new one.
    ADD = "INSERT INTO conflict (id, application_id, account_id, kind, source, reason, at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    /// It holds no longer.
    END = "UPDATE conflict SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL";
    /// Those of one application that hold.
    OF_APPLICATION = "SELECT f.id, f.account_id, p.name, f.kind, f.source, f.at FROM conflict f JOIN person p ON p.account_id = f.account_id \
        WHERE f.application_id = $1 AND f.ended_at IS NULL ORDER BY f.at, f.id";
    /// Whether one holds.
    HOLDS = "SELECT id FROM conflict WHERE application_id = $1 AND account_id = $2 AND ended_at IS NULL";
    /// Their seat at that application.
    SEAT = "SELECT s.id FROM seat s JOIN panel_identity i ON i.seat_id = s.id WHERE s.application_id = $1 AND i.account_id = $2 \
        AND s.state IN ('asked', 'accepted', 'declined')";
    /// Ends the seat.
    END_SEAT = "UPDATE seat SET state = 'removed', leads = FALSE, version = version + 1, updated_at = $2 WHERE id = $1";
}

/// Who found it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The person.
    Declared,
    /// The portal; somebody has confirmed it.
    Computed,
    /// The working group.
    Recorded,
}

impl Source {
    /// In the store.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Declared => "declared",
            Self::Computed => "computed",
            Self::Recorded => "recorded",
        }
    }

    fn parse(key: &str) -> Option<Self> {
        [Self::Declared, Self::Computed, Self::Recorded].into_iter().find(|s| s.key() == key)
    }
}

/// A conflict that holds, for the working group: without its reason, which is private.
#[derive(Clone, Debug)]
pub struct Conflict {
    /// Which one.
    pub id: ConflictId,
    /// Whose.
    pub account: AccountId,
    /// Their name.
    pub name: PersonName,
    /// Of what kind.
    pub kind: Kind,
    /// Who found it.
    pub source: Source,
    /// Since when.
    pub at: Moment,
}

type Row = (String, String, String, String, String, i64);

fn from_row((id, account, name, kind, source, at): Row) -> Result<Conflict> {
    let wrong = |column| Error::Inconsistent("conflict", column, id.clone());
    Ok(Conflict {
        account: read_id(&account, "conflict")?,
        name: PersonName::new(name),
        kind: Kind::parse(&kind).ok_or_else(|| wrong("kind"))?,
        source: Source::parse(&source).ok_or_else(|| wrong("source"))?,
        at: Moment::from_millis(at),
        id: ConflictId::parse(&id).ok_or_else(|| wrong("id"))?,
    })
}

impl Tx {
    /// Takes an application out of somebody's sight, and ends the seat that they have on its panel.
    /// [`Error::Taken`] when a conflict holds already.
    pub async fn add_conflict(
        &mut self,
        stamp: &Stamp,
        application: ApplicationId,
        account: AccountId,
        kind: Kind,
        source: Source,
        reason: &str,
    ) -> Result<()> {
        let id = ConflictId::new(stamp.chance.bits());
        let (place, person) = (application.to_string(), account.to_string());
        run!(
            self,
            ADD,
            id.to_string(),
            place.clone(),
            person.clone(),
            kind.key(),
            source.key(),
            reason.to_owned(),
            stamp.now.millis(),
        )?;
        self.record(stamp, What::ConflictAdded, &place, &format!("{} {person}", kind.key())).await?;
        if let Some((seat,)) = find!(self, (String,), SEAT, place, person)? {
            ensure_one(run!(self, END_SEAT, seat.clone(), stamp.now.millis())?)?;
            self.record(stamp, What::SeatRemoved, &seat, "conflict").await?;
        }
        Ok(())
    }

    /// A conflict holds no longer. [`Error::Stale`] when it did not.
    pub async fn end_conflict(&mut self, stamp: &Stamp, application: ApplicationId, id: ConflictId) -> Result<()> {
        ensure_one(run!(self, END, id.to_string(), stamp.now.millis())?)?;
        self.record(stamp, What::ConflictEnded, &application.to_string(), &id.to_string()).await
    }

    /// The conflicts of one application that hold.
    pub async fn conflicts_of(&mut self, application: ApplicationId) -> Result<Vec<Conflict>> {
        list!(self, Row, OF_APPLICATION, application.to_string())?.into_iter().map(from_row).collect()
    }

    /// Whether somebody must not see an application.
    pub async fn conflicted(&mut self, application: ApplicationId, account: AccountId) -> Result<bool> {
        Ok(find!(self, (String,), HOLDS, application.to_string(), account.to_string())?.is_some())
    }
}
