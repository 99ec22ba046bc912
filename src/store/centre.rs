//! Cycles, centres, and who works for a centre.

use super::{
    Error, Result, Stamp, Tx,
    account::{PersonName, read_id},
    event::What,
};
use crate::domain::{
    calendar::Deadline,
    id::{AccountId, CentreId, CycleId},
    moment::Moment,
};
use std::fmt;

statements! {
    /// Cycles, the newest first.
    CYCLES = "SELECT id, name, edition, zone, opens_at, closes_at, decision_at FROM cycle ORDER BY closes_at DESC";
    /// A new cycle.
    ADD_CYCLE = "INSERT INTO cycle (id, name, edition, zone, opens_at, closes_at, decision_at, reviews_due_at, award_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    /// A new centre.
    ADD = "INSERT INTO centre (id, created_at) VALUES ($1, $2)";
    /// Its identity.
    ADD_IDENTITY = "INSERT INTO centre_identity (centre_id, name, city, country) VALUES ($1, $2, $3, $4)";
    /// Somebody begins to work for a centre; a contributor who is asked to lead leads, a lead stays one.
    JOIN_CENTRE = "INSERT INTO membership (centre_id, account_id, role, since) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (centre_id, account_id) DO UPDATE SET role = excluded.role \
        WHERE excluded.role = 'lead' AND membership.role <> 'lead'";
    /// Somebody stops.
    LEAVE = "DELETE FROM membership WHERE centre_id = $1 AND account_id = $2 AND role = 'contributor'";
    /// Counts a change in every application of the centre.
    COUNT_CHANGES = "UPDATE application SET changes = changes + 1 WHERE centre_id = $1";
    /// Their criteria have no owner then.
    DISOWN = "UPDATE answer SET owner_id = NULL WHERE owner_id = $2 AND application_id IN (SELECT id FROM application WHERE centre_id = $1)";
    /// Who works for a centre.
    MEMBERS = "SELECT m.account_id, m.role, m.since, p.name, p.email FROM membership m JOIN person p ON p.account_id = m.account_id \
        WHERE m.centre_id = $1 ORDER BY m.role DESC, m.since";
    /// The centres somebody works for.
    OF_ACCOUNT = "SELECT m.centre_id, m.role, i.name, i.city, i.country FROM membership m JOIN centre_identity i ON i.centre_id = m.centre_id \
        WHERE m.account_id = $1 ORDER BY m.since";
    /// Every centre's identity.
    ALL_IDENTITIES = "SELECT centre_id, name, city, country FROM centre_identity ORDER BY name, centre_id";
    /// One centre's identity.
    IDENTITY = "SELECT name, city, country FROM centre_identity WHERE centre_id = $1";
}

/// One yearly call.
#[derive(Clone, Debug)]
pub struct Cycle {
    /// Which one.
    pub id: CycleId,
    /// "2027".
    pub name: String,
    /// The edition of the criteria.
    pub edition: String,
    /// When applications can be started.
    pub opens: Moment,
    /// When they close, in the zone of the programme.
    pub closes: Deadline,
    /// When decisions are planned.
    pub decision: Moment,
}

impl Cycle {
    /// Whether applications can be started and submitted.
    pub fn open_at(&self, now: Moment) -> bool {
        self.opens <= now && !self.closes.passed(now)
    }
}

/// Name and place of a centre. Neither `Display` nor `Serialize`.
#[derive(Clone, PartialEq, Eq)]
pub struct CentreIdentity {
    name: String,
    city: String,
    country: String,
}

impl CentreIdentity {
    /// From what was read or typed.
    pub const fn new(name: String, city: String, country: String) -> Self {
        Self { name, city, country }
    }

    /// The name, for somebody who may see it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The town.
    pub fn city(&self) -> &str {
        &self.city
    }

    /// The country.
    pub fn country(&self) -> &str {
        &self.country
    }
}

impl fmt::Debug for CentreIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[a centre]")
    }
}

/// What somebody does for a centre.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Answers for the application.
    Lead,
    /// Works on it.
    Contributor,
}

impl Role {
    /// In the store.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Lead => "lead",
            Self::Contributor => "contributor",
        }
    }

    /// "Centre lead".
    pub const fn name(self) -> &'static str {
        match self {
            Self::Lead => "Centre lead",
            Self::Contributor => "Contributor",
        }
    }

    /// The role with this key.
    pub fn parse(key: &str) -> Option<Self> {
        [Self::Lead, Self::Contributor].into_iter().find(|r| r.key() == key)
    }
}

/// Somebody who works for a centre.
#[derive(Clone, Debug)]
pub struct Member {
    /// Which account.
    pub account: AccountId,
    /// What they do.
    pub role: Role,
    /// Since when.
    pub since: Moment,
    /// Their name.
    pub name: PersonName,
    /// Their address.
    pub email: PersonName,
}

/// A centre that somebody works for.
#[derive(Clone, Debug)]
pub struct MyCentre {
    /// Which centre.
    pub id: CentreId,
    /// What they do there.
    pub role: Role,
    /// Its name and place.
    pub identity: CentreIdentity,
}

type CycleRow = (String, String, String, String, i64, i64, i64);

fn cycle((id, name, edition, zone, opens, closes, decision): CycleRow) -> Result<Cycle> {
    Ok(Cycle {
        id: CycleId::parse(&id).ok_or_else(|| Error::Inconsistent("cycle", "id", id.clone()))?,
        name,
        edition,
        opens: Moment::from_millis(opens),
        closes: Deadline { at: Moment::from_millis(closes), zone },
        decision: Moment::from_millis(decision),
    })
}

fn role(key: &str, row: &str) -> Result<Role> {
    Role::parse(key).ok_or_else(|| Error::Inconsistent("membership", "role", row.to_owned()))
}

impl Tx {
    /// All cycles, the newest first.
    pub async fn cycles(&mut self) -> Result<Vec<Cycle>> {
        list!(self, CycleRow, CYCLES)?.into_iter().map(cycle).collect()
    }

    /// A new cycle, with reviews due half way to the decision and designations awarded sixty days after it.
    pub async fn add_cycle(&mut self, cycle: &Cycle) -> Result<()> {
        // Whole days, so that reviews are due at the same time of day as submissions.
        let half = (cycle.decision.millis() - cycle.closes.at.millis()) / 2;
        let review_days = half / 86_400_000;
        run!(
            self,
            ADD_CYCLE,
            cycle.id.to_string(),
            cycle.name.clone(),
            cycle.edition.clone(),
            cycle.closes.zone.clone(),
            cycle.opens.millis(),
            cycle.closes.at.millis(),
            cycle.decision.millis(),
            cycle.closes.at.plus_days(review_days).millis(),
            cycle.decision.plus_days(60).millis(),
        )?;
        Ok(())
    }

    /// A new centre with its identity.
    pub async fn add_centre(&mut self, stamp: &Stamp, identity: &CentreIdentity) -> Result<CentreId> {
        let id = CentreId::new(stamp.chance.bits());
        run!(self, ADD, id.to_string(), stamp.now.millis())?;
        run!(
            self,
            ADD_IDENTITY,
            id.to_string(),
            identity.name.clone(),
            identity.city.clone(),
            identity.country.clone()
        )?;
        self.key_centre(id, identity).await?;
        self.record(stamp, What::CentreAdded, &id.to_string(), "").await?;
        Ok(id)
    }

    /// Somebody begins to work for a centre. Nothing changes when they already do, but that a contributor who is asked to
    /// lead leads.
    pub async fn join_centre(&mut self, stamp: &Stamp, centre: CentreId, account: AccountId, role: Role) -> Result<()> {
        let changed = run!(self, JOIN_CENTRE, centre.to_string(), account.to_string(), role.key(), stamp.now.millis())?;
        if changed == 0 {
            return Ok(());
        }
        run!(self, COUNT_CHANGES, centre.to_string())?;
        let detail = format!("{account} {}", role.key());
        self.record(stamp, What::MemberJoined, &centre.to_string(), &detail).await
    }

    /// Name and place of every centre, by name.
    pub async fn all_centres(&mut self) -> Result<Vec<(CentreId, CentreIdentity)>> {
        let rows = list!(self, (String, String, String, String), ALL_IDENTITIES)?;
        let read = |(id, name, city, country): (String, String, String, String)| {
            let id = CentreId::parse(&id).ok_or(Error::Inconsistent("centre_identity", "centre_id", id))?;
            Ok((id, CentreIdentity { name, city, country }))
        };
        rows.into_iter().map(read).collect()
    }

    /// A contributor stops working for a centre; their criteria have no owner then.
    pub async fn leave_centre(&mut self, stamp: &Stamp, centre: CentreId, account: AccountId) -> Result<()> {
        super::ensure_one(run!(self, LEAVE, centre.to_string(), account.to_string())?)?;
        run!(self, DISOWN, centre.to_string(), account.to_string())?;
        run!(self, COUNT_CHANGES, centre.to_string())?;
        self.record(stamp, What::MemberRemoved, &centre.to_string(), &account.to_string()).await
    }

    /// Who works for a centre, the lead first.
    pub async fn members(&mut self, centre: CentreId) -> Result<Vec<Member>> {
        let rows = list!(self, (String, String, i64, String, String), MEMBERS, centre.to_string())?;
        let member = |(account, key, since, name, email): (String, String, i64, String, String)| {
            Ok(Member {
                account: read_id(&account, "membership")?,
                role: role(&key, &account)?,
                since: Moment::from_millis(since),
                name: PersonName::new(name),
                email: PersonName::new(email),
            })
        };
        rows.into_iter().map(member).collect()
    }

    /// The centres somebody works for.
    pub async fn centres_of(&mut self, account: AccountId) -> Result<Vec<MyCentre>> {
        let rows = list!(self, (String, String, String, String, String), OF_ACCOUNT, account.to_string())?;
        let mine = |(id, key, name, city, country): (String, String, String, String, String)| {
            Ok(MyCentre {
                role: role(&key, &id)?,
                id: CentreId::parse(&id).ok_or(Error::Inconsistent("membership", "centre_id", id))?,
                identity: CentreIdentity { name, city, country },
            })
        };
        rows.into_iter().map(mine).collect()
    }

    /// Name and place of a centre.
    pub async fn centre_identity(&mut self, centre: CentreId) -> Result<Option<CentreIdentity>> {
        let row = find!(self, (String, String, String), IDENTITY, centre.to_string())?;
        Ok(row.map(|(name, city, country)| CentreIdentity { name, city, country }))
    }
}
