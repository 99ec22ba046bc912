//! What assignment looks at: reviewers with their profiles, applications whose panels are made, seats, loads and conflicts.
//!
//! All of it is for the working group. Whoever asks is named, and what they must not see is left out, also of the loads.
//! Several statements take a range of applications by id, so that a page reads what it shows.

use super::{
    Error, Result, Stamp, Tx,
    account::{PersonName, read_id},
    board::kept::Seated,
    centre::CentreIdentity,
    event::What,
    panel::SeatState,
    profile::{self, Profile},
};
use crate::domain::{
    conflict::Tie,
    id::{AccountId, ApplicationId, CycleId, SeatId},
    snapshot::Digest,
};
use std::collections::{BTreeMap, BTreeSet};

/// Applications of the cycle `$1` from `$2` to `$3`. The cycle is written so that SQLite walks through the range and not
/// through the cycle.
macro_rules! within {
    () => {
        "COALESCE(a.cycle_id, '') = $1 AND $2 <= a.id AND a.id <= $3"
    };
}

statements! {
    /// Who can be asked in a cycle: reviewers without an office there.
    REVIEWERS = "SELECT k.id, p.name, p.email, r.institution, r.country, r.languages, r.expertise, r.most_reviews, r.version \
        FROM account k JOIN person p ON p.account_id = k.id LEFT JOIN reviewer_profile r ON r.account_id = k.id \
        WHERE k.disabled_at IS NULL AND EXISTS (SELECT 1 FROM role_grant g WHERE g.account_id = k.id AND g.role = 'reviewer' \
        AND g.ended_at IS NULL AND (g.cycle_id IS NULL OR g.cycle_id = $1)) AND NOT EXISTS (SELECT 1 FROM role_grant g \
        WHERE g.account_id = k.id AND g.role <> 'reviewer' AND g.ended_at IS NULL AND (g.cycle_id IS NULL OR g.cycle_id = $1)) ORDER BY k.id";
    /// Their ties.
    TIES = "SELECT id, account_id, kind, name, domain FROM reviewer_tie ORDER BY at, id";
    /// Applications under review that somebody may see.
    UNDER_REVIEW = "SELECT a.id, b.alias, i.name, i.city, i.country FROM application a JOIN blind_copy b ON b.application_id = a.id \
        JOIN centre_identity i ON i.centre_id = a.centre_id WHERE a.cycle_id = $1 AND a.stage = 'under-review' AND $3 < a.id \
        AND NOT EXISTS (SELECT 1 FROM conflict f WHERE f.application_id = a.id AND f.account_id = $2 AND f.ended_at IS NULL) \
        AND NOT EXISTS (SELECT 1 FROM membership m WHERE m.centre_id = a.centre_id AND m.account_id = $2) ORDER BY a.id LIMIT $4";
    /// Who sits at them.
    SEATS = "SELECT s.id, s.application_id, i.account_id, s.state, s.submitted_at FROM application a JOIN seat s ON s.application_id = a.id \
        JOIN panel_identity i ON i.seat_id = s.id WHERE a.cycle_id = $1 AND a.stage = 'under-review' AND $2 <= a.id AND a.id <= $3 \
        AND s.state <> 'removed' ORDER BY s.place, s.id";
    /// Conflicts that hold, and ties to the centre.
    CONFLICTS = concat!("SELECT f.application_id, f.account_id FROM conflict f JOIN application a ON a.id = f.application_id \
        WHERE ", within!(), " AND f.ended_at IS NULL UNION SELECT a.id, m.account_id FROM application a \
        JOIN membership m ON m.centre_id = a.centre_id WHERE ", within!());
    /// Everybody who works on an application or confirms it.
    PEOPLE = concat!("SELECT a.id, p.name, p.email FROM application a JOIN membership m ON m.centre_id = a.centre_id \
        JOIN person p ON p.account_id = m.account_id WHERE ", within!(), " \
        UNION SELECT a.id, s.name, s.email FROM application a JOIN signatory s ON s.application_id = a.id \
        WHERE ", within!());
    /// Candidates that mean nothing.
    DISMISSED = concat!("SELECT d.application_id, d.account_id, d.facts FROM conflict_dismissal d JOIN application a ON a.id = d.application_id \
        WHERE ", within!());
    /// One more of them.
    DISMISS = "INSERT INTO conflict_dismissal (application_id, account_id, facts, by_id, at) VALUES ($1, $2, $3, $4, $5) \
        ON CONFLICT (application_id, account_id, facts) DO NOTHING";
    /// Coordinators of the cycle who may see an application.
    COORDINATORS = "SELECT k.id FROM application a JOIN account k ON k.disabled_at IS NULL WHERE a.id = $1 AND EXISTS (SELECT 1 \
        FROM role_grant g WHERE g.account_id = k.id AND g.role = 'coordinator' AND g.ended_at IS NULL AND (g.cycle_id IS NULL OR g.cycle_id = a.cycle_id)) \
        AND NOT EXISTS (SELECT 1 FROM role_grant g WHERE g.account_id = k.id AND g.role = 'administrator' AND g.ended_at IS NULL) \
        AND NOT EXISTS (SELECT 1 FROM conflict f WHERE f.application_id = a.id AND f.account_id = k.id AND f.ended_at IS NULL) \
        AND NOT EXISTS (SELECT 1 FROM membership m WHERE m.centre_id = a.centre_id AND m.account_id = k.id)";
    /// Who holds an office in the cycle of an application.
    COLLEAGUES = "SELECT k.id, p.name FROM application a JOIN account k ON k.disabled_at IS NULL JOIN person p ON p.account_id = k.id \
        WHERE a.id = $1 AND EXISTS (SELECT 1 FROM role_grant g WHERE g.account_id = k.id AND g.role IN ('coordinator', 'chair') \
        AND g.ended_at IS NULL AND (g.cycle_id IS NULL OR g.cycle_id = a.cycle_id)) ORDER BY k.id";
    /// What those who have declined said to the working group.
    DECLINED = "SELECT i.seat_id, i.decline_reason FROM seat s JOIN panel_identity i ON i.seat_id = s.id \
        WHERE s.application_id = $1 AND s.state = 'declined'";
}

/// A range of applications, both ends included.
pub type Range = (ApplicationId, ApplicationId);

/// Somebody who can be asked.
#[derive(Clone, Debug)]
pub struct Reviewer {
    /// Which account.
    pub account: AccountId,
    /// Their name.
    pub name: PersonName,
    /// Their address.
    pub email: PersonName,
    /// What they say of themselves; the default while they have said nothing.
    pub profile: Profile,
    /// Who they are tied to.
    pub ties: Vec<Tie>,
}

/// An application whose panel is made.
#[derive(Clone, Debug)]
pub struct Reviewable {
    /// Which one.
    pub id: ApplicationId,
    /// What stands in for it across the blind.
    pub alias: String,
    /// Whose it is.
    pub identity: CentreIdentity,
}

/// Somebody's seat.
#[derive(Clone, Copy, Debug)]
pub struct Taken {
    /// Which one.
    pub seat: SeatId,
    /// At which application.
    pub application: ApplicationId,
    /// Whose.
    pub account: AccountId,
    /// Where it stands.
    pub state: SeatState,
    /// Whether the review is handed in.
    pub submitted: bool,
}

/// How many seats somebody has in a cycle.
#[derive(Clone, Copy, Debug, Default)]
pub struct Load {
    /// Asked and accepted.
    pub seats: u32,
    /// Handed in.
    pub submitted: u32,
}

type ReviewerRow =
    (String, String, String, Option<String>, Option<String>, Option<String>, Option<String>, Option<i64>, Option<i64>);

fn wrong(table: &'static str, row: &str) -> Error {
    Error::Inconsistent(table, "id", row.to_owned())
}

fn application(id: &str) -> Result<ApplicationId> {
    ApplicationId::parse(id).ok_or_else(|| wrong("application", id))
}

fn reviewer(row: ReviewerRow) -> Result<Reviewer> {
    let (id, name, email, institution, country, languages, expertise, most, version) = row;
    let stored = (institution, country, languages, expertise, most, version);
    let profile = match stored {
        (Some(institution), Some(country), Some(languages), Some(expertise), Some(most), Some(version)) => {
            profile::from_row((institution, country, languages, expertise, most, version))
        }
        _ => Profile::default(),
    };
    let (name, email) = (PersonName::new(name), PersonName::new(email));
    Ok(Reviewer { account: read_id(&id, "account")?, name, email, profile, ties: Vec::new() })
}

/// What stands for a candidate that was dismissed.
pub fn facts(reason: &str) -> String {
    Digest::of(crate::domain::fold::folded(reason).as_bytes()).into()
}

impl Tx {
    /// Everybody who can be asked in a cycle.
    pub async fn reviewers_of(&mut self, cycle: CycleId) -> Result<Vec<Reviewer>> {
        let rows = list!(self, ReviewerRow, REVIEWERS, cycle.to_string())?;
        let mut all = rows.into_iter().map(reviewer).collect::<Result<Vec<_>>>()?;
        for (id, account, kind, name, domain) in list!(self, (String, String, String, String, String), TIES)? {
            let account = read_id(&account, "reviewer_tie")?;
            if let Ok(place) = all.binary_search_by_key(&account, |r| r.account) {
                all[place].ties.push(profile::tie(&kind, name, domain, &id)?);
            }
        }
        Ok(all)
    }

    /// Applications under review that `viewer` may see, by id, after one.
    pub async fn under_review(
        &mut self,
        cycle: CycleId,
        viewer: AccountId,
        after: Option<ApplicationId>,
        most: i64,
    ) -> Result<Vec<Reviewable>> {
        let after = after.map(|id| id.to_string()).unwrap_or_default();
        let rows = list!(
            self,
            (String, String, String, String, String),
            UNDER_REVIEW,
            cycle.to_string(),
            viewer.to_string(),
            after,
            most
        )?;
        let read = |(id, alias, name, city, country): (String, String, String, String, String)| {
            Ok(Reviewable { id: application(&id)?, alias, identity: CentreIdentity::new(name, city, country) })
        };
        rows.into_iter().map(read).collect()
    }

    /// How many applications under review `viewer` may see, and how many of them have a panel of `places`.
    pub async fn panels_made(&mut self, cycle: CycleId, viewer: AccountId, places: u8) -> Result<(u64, u64)> {
        let kept = self.kept_counts(cycle, viewer).await?;
        let count = |fits: &dyn Fn(i64) -> bool| {
            let all: i64 = kept.panels().filter(|(sitting, ..)| fits(*sitting)).map(|(.., number)| number).sum();
            u64::try_from(all).unwrap_or(0)
        };
        Ok((count(&|_| true), count(&|sitting| i64::from(places) <= sitting)))
    }

    /// Who sits at applications under review; those who have declined as well.
    pub async fn seats_within(&mut self, cycle: CycleId, (from, to): Range) -> Result<Vec<Taken>> {
        let rows = list!(
            self,
            (String, String, String, String, Option<i64>),
            SEATS,
            cycle.to_string(),
            from.to_string(),
            to.to_string()
        )?;
        let taken = |(seat, at, account, state, submitted): (String, String, String, String, Option<i64>)| {
            Ok(Taken {
                application: application(&at)?,
                account: read_id(&account, "panel_identity")?,
                state: SeatState::parse(&state).ok_or_else(|| wrong("seat", &seat))?,
                submitted: submitted.is_some(),
                seat: SeatId::parse(&seat).ok_or_else(|| wrong("seat", &seat))?,
            })
        };
        rows.into_iter().map(taken).collect()
    }

    /// How many seats everybody has in a cycle; what `viewer` must not see is left out.
    pub async fn loads(&mut self, cycle: CycleId, viewer: AccountId) -> Result<BTreeMap<AccountId, Load>> {
        let mut loads: BTreeMap<AccountId, Load> = BTreeMap::new();
        for (account, _, seated, number) in self.kept_counts(cycle, viewer).await?.seats {
            let number = u32::try_from(number).unwrap_or(u32::MAX);
            let load = loads.entry(account).or_default();
            load.seats = load.seats.saturating_add(number);
            if matches!(seated, Seated::HandedIn | Seated::PastHandedIn) {
                load.submitted = load.submitted.saturating_add(number);
            }
        }
        Ok(loads)
    }

    /// Who must not see which application of a range: by a conflict or as one of its centre.
    pub async fn conflicts_within(
        &mut self,
        cycle: CycleId,
        (from, to): Range,
    ) -> Result<BTreeSet<(ApplicationId, AccountId)>> {
        let rows = list!(self, (String, String), CONFLICTS, cycle.to_string(), from.to_string(), to.to_string())?;
        rows.into_iter().map(|(at, account)| Ok((application(&at)?, read_id(&account, "conflict")?))).collect()
    }

    /// Name and address of everybody behind the applications of a range.
    pub async fn people_within(
        &mut self,
        cycle: CycleId,
        (from, to): Range,
    ) -> Result<BTreeMap<ApplicationId, Vec<(PersonName, PersonName)>>> {
        let rows = list!(self, (String, String, String), PEOPLE, cycle.to_string(), from.to_string(), to.to_string())?;
        let mut all: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (at, name, email) in rows {
            all.entry(application(&at)?).or_default().push((PersonName::new(name), PersonName::new(email)));
        }
        Ok(all)
    }

    /// Candidates of a range that mean nothing: the application, the person, and [`facts`] of the sentence.
    pub async fn dismissed_within(
        &mut self,
        cycle: CycleId,
        (from, to): Range,
    ) -> Result<BTreeSet<(ApplicationId, AccountId, String)>> {
        let rows =
            list!(self, (String, String, String), DISMISSED, cycle.to_string(), from.to_string(), to.to_string())?;
        let read = |(at, account, facts): (String, String, String)| {
            Ok((application(&at)?, read_id(&account, "conflict_dismissal")?, facts))
        };
        rows.into_iter().map(read).collect()
    }

    /// A candidate means nothing.
    pub async fn dismiss_candidate(
        &mut self,
        stamp: &Stamp,
        at: ApplicationId,
        account: AccountId,
        reason: &str,
    ) -> Result<()> {
        let (place, person, by) = (at.to_string(), account.to_string(), stamp.actor.map(|a| a.to_string()));
        run!(self, DISMISS, place.clone(), person.clone(), facts(reason), by, stamp.now.millis())?;
        self.record(stamp, What::CandidateDismissed, &place, &person).await
    }

    /// Coordinators who may see an application.
    pub async fn coordinators_without_conflict(&mut self, at: ApplicationId) -> Result<Vec<AccountId>> {
        let rows = list!(self, (String,), COORDINATORS, at.to_string())?;
        rows.into_iter().map(|(id,)| read_id(&id, "role_grant")).collect()
    }

    /// Coordinators and chairs of the cycle of an application.
    pub async fn colleagues_at(&mut self, at: ApplicationId) -> Result<Vec<(AccountId, PersonName)>> {
        let rows = list!(self, (String, String), COLLEAGUES, at.to_string())?;
        rows.into_iter().map(|(id, name)| Ok((read_id(&id, "role_grant")?, PersonName::new(name)))).collect()
    }

    /// Why those who have declined did so, for the working group.
    pub async fn declined_at(&mut self, at: ApplicationId) -> Result<BTreeMap<SeatId, String>> {
        let rows = list!(self, (String, String), DECLINED, at.to_string())?;
        rows.into_iter().map(|(id, why)| Ok((SeatId::parse(&id).ok_or_else(|| wrong("seat", &id))?, why))).collect()
    }
}
