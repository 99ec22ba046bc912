//! What the board of a cycle counts: where applications are, who owes what, how much each reviewer has. What the viewer must
//! not see (see [`super::caseload`]) is in none of the counts.

pub mod kept;

use super::{Error, Result, Tx, account::PersonName, caseload::visible};
use crate::domain::{
    id::{AccountId, ApplicationId, CycleId},
    moment::Moment,
    owing::Facts,
    stage::StageName,
};
use kept::{Kept, Seated};
use std::collections::BTreeMap;

statements! {
    /// Since when the oldest waits for screening.
    OLDEST = concat!("SELECT a.updated_at FROM application a WHERE a.stage = 'submitted' AND ", visible!(), "ORDER BY a.updated_at LIMIT 1");
    /// How far one application is, whoever looks.
    FACTS = "SELECT CAST(COALESCE(SUM(CASE WHEN s.state = 'asked' THEN 1 ELSE 0 END), 0) AS BIGINT), \
        CAST(COALESCE(SUM(CASE WHEN s.state = 'accepted' THEN 1 ELSE 0 END), 0) AS BIGINT), \
        CAST(COALESCE(SUM(CASE WHEN s.state = 'accepted' AND s.submitted_at IS NOT NULL THEN 1 ELSE 0 END), 0) AS BIGINT), \
        (SELECT CAST(COUNT(*) AS BIGINT) FROM information_request r WHERE r.application_id = $1 AND r.closed_at IS NULL AND r.relayed_at IS NULL), \
        (SELECT CAST(COUNT(*) AS BIGINT) FROM information_request r WHERE r.application_id = $1 AND r.closed_at IS NULL AND r.relayed_at IS NOT NULL \
            AND (SELECT g.side FROM information_message g WHERE g.request_id = r.id ORDER BY g.at DESC, g.id DESC LIMIT 1) = 'panel'), \
        EXISTS (SELECT 1 FROM decision d WHERE d.application_id = $1 AND d.confirmed_at IS NULL) \
        FROM seat s WHERE s.application_id = $1";
}

/// What one reviewer has in work in a cycle.
#[derive(Clone, Debug)]
pub struct Load {
    /// Who.
    pub account: AccountId,
    /// Their name.
    pub name: PersonName,
    /// Asked, and not answered.
    pub asked: i64,
    /// Accepted.
    pub accepted: i64,
    /// Of those, handed in.
    pub submitted: i64,
    /// Of those, still to be handed in.
    pub owed: i64,
}

/// What the board shows.
#[derive(Clone, Debug, Default)]
pub struct Board {
    /// How many there are in each stage, in the order of an application's life.
    pub stages: Vec<(StageName, i64)>,
    /// Drafts that screening has returned.
    pub returned: i64,
    /// Since when the oldest waits for screening.
    pub oldest: Option<Moment>,
    /// What each reviewer has, by name.
    pub loads: Vec<Load>,
    /// Applications whose panel is not complete.
    pub short: i64,
    /// Applications of which every review is in.
    pub all_in: i64,
    /// Questions to be passed on.
    pub to_relay: i64,
    /// Questions that centres have not answered.
    pub with_centres: i64,
    /// Of those, late.
    pub late: i64,
    /// Applications that the chair has not proposed a decision for.
    pub to_propose: i64,
    /// Proposed decisions that nobody has confirmed.
    pub to_confirm: i64,
}

impl Board {
    /// How many there are in a stage.
    pub fn at(&self, stage: StageName) -> i64 {
        self.stages.iter().find(|(name, _)| *name == stage).map_or(0, |(_, count)| *count)
    }

    /// How many there are in all, withdrawn ones left out.
    pub fn alive(&self) -> i64 {
        self.stages.iter().filter(|(name, _)| *name != StageName::Withdrawn).map(|(_, count)| count).sum()
    }
}

/// What each reviewer has in work, by name.
fn loads(kept: &Kept) -> Vec<Load> {
    let mut loads: BTreeMap<AccountId, Load> = BTreeMap::new();
    for (account, name, seated, number) in &kept.seats {
        if matches!(seated, Seated::Past | Seated::PastHandedIn) {
            continue;
        }
        let none = Load { account: *account, name: name.clone(), asked: 0, accepted: 0, submitted: 0, owed: 0 };
        let load = loads.entry(*account).or_insert(none);
        match seated {
            Seated::Asked => load.asked += number,
            Seated::Owed | Seated::Open | Seated::HandedIn | Seated::Past | Seated::PastHandedIn => {
                load.accepted += number;
            }
        }
        match seated {
            Seated::Owed => load.owed += number,
            Seated::HandedIn => load.submitted += number,
            Seated::Asked | Seated::Open | Seated::Past | Seated::PastHandedIn => {}
        }
    }
    let mut loads: Vec<Load> = loads.into_values().collect();
    loads.sort_by_key(|load| (super::centre_key::sort_key(load.name.shown()), load.account));
    loads
}

impl Tx {
    /// The board of a cycle as the viewer may see it. `reviewers` is how many an application needs.
    pub async fn board(&mut self, cycle: CycleId, viewer: AccountId, reviewers: u8, now: Moment) -> Result<Board> {
        let kept = self.kept_counts(cycle, viewer).await?;
        let oldest = find!(self, (i64,), OLDEST, cycle.to_string(), viewer.to_string())?;
        let needed = i64::from(reviewers);
        let (now, centres) = (now.millis(), &kept.with_centres);
        Ok(Board {
            stages: StageName::ALL.map(|stage| (stage, kept.at(stage))).to_vec(),
            returned: kept.exactly("draft returned"),
            oldest: oldest.map(|(at,)| Moment::from_millis(at)),
            loads: loads(&kept),
            short: kept.panels().filter(|(sitting, ..)| *sitting < needed).map(|(.., number)| number).sum(),
            all_in: kept
                .panels()
                .filter(|(sitting, handed_in, _)| needed <= *handed_in && sitting == handed_in)
                .map(|(.., number)| number)
                .sum(),
            to_relay: kept.to_relay,
            with_centres: centres.iter().map(|(_, number)| number).sum(),
            late: centres.iter().filter(|(due, _)| *due < now).map(|(_, number)| number).sum(),
            to_propose: kept.exactly("deliberation"),
            to_confirm: kept.exactly("deliberation proposed"),
        })
    }

    /// How far one application is.
    pub async fn facts(&mut self, application: ApplicationId, reviewers: u8) -> Result<Facts> {
        let row = find!(self, (i64, i64, i64, i64, i64, bool), FACTS, application.to_string())?;
        let Some((asked, accepted, submitted, to_relay, with_centre, proposed)) = row else {
            return Err(Error::Inconsistent("seat", "application_id", application.to_string()));
        };
        Ok(Facts { reviewers: i64::from(reviewers), asked, accepted, submitted, to_relay, with_centre, proposed })
    }
}
