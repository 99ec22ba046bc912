//! What the board of a cycle counts: where applications are, who owes what, how much each reviewer has. What the viewer must
//! not see (see [`super::caseload`]) is in none of the counts.

use super::{Error, Result, Tx, account::PersonName, account::read_id, caseload::visible};
use crate::domain::{
    id::{AccountId, ApplicationId, CycleId},
    moment::Moment,
    owing::Facts,
    stage::StageName,
};

statements! {
    /// How many there are in a stage, up to a number: from the index alone.
    STAGE = "SELECT CAST(COUNT(*) AS BIGINT) FROM (SELECT 1 FROM application a WHERE a.cycle_id = $1 AND a.stage = $2 LIMIT $3) few";
    /// How many the viewer must not see.
    HIDDEN = "SELECT a.stage, CAST(COUNT(*) AS BIGINT) FROM ( \
        SELECT x.application_id AS id FROM conflict x WHERE x.account_id = $2 AND x.ended_at IS NULL \
        UNION SELECT b.id FROM membership m JOIN application b ON b.centre_id = m.centre_id WHERE m.account_id = $2 AND b.cycle_id = $1 \
        UNION SELECT s.application_id FROM panel_identity n JOIN seat s ON s.id = n.seat_id WHERE n.account_id = $2 AND s.state IN ('asked', 'accepted') \
        ) h CROSS JOIN application a WHERE a.id = h.id AND a.cycle_id = $1 GROUP BY a.stage";
    /// Drafts that screening has returned.
    RETURNED = concat!("SELECT CAST(COUNT(*) AS BIGINT) FROM application a WHERE a.stage = 'draft' AND a.stage_data LIKE '%\"reasons\"%' AND ", visible!());
    /// Since when the oldest waits for screening.
    OLDEST = concat!("SELECT MIN(a.updated_at) FROM application a WHERE a.stage = 'submitted' AND ", visible!());
    /// What each reviewer has in work: asked, accepted, submitted; and of those under review, not yet submitted.
    LOADS = concat!("SELECT q.account_id, p.name, CAST(SUM(CASE WHEN s.state = 'asked' THEN 1 ELSE 0 END) AS BIGINT), \
        CAST(SUM(CASE WHEN s.state = 'accepted' THEN 1 ELSE 0 END) AS BIGINT), \
        CAST(SUM(CASE WHEN s.state = 'accepted' AND s.submitted_at IS NOT NULL THEN 1 ELSE 0 END) AS BIGINT), \
        CAST(SUM(CASE WHEN s.state = 'accepted' AND s.submitted_at IS NULL AND a.stage = 'under-review' THEN 1 ELSE 0 END) AS BIGINT) \
        FROM application a CROSS JOIN seat s CROSS JOIN panel_identity q CROSS JOIN person p \
        WHERE s.application_id = a.id AND q.seat_id = s.id AND p.account_id = q.account_id \
        AND s.state IN ('asked', 'accepted') AND a.stage IN ('under-review', 'deliberation', 'decided') AND ", visible!(), "GROUP BY q.account_id, p.name");
    /// Applications under review whose panel is not complete.
    SHORT = concat!("SELECT CAST(COUNT(*) AS BIGINT) FROM application a WHERE a.stage = 'under-review' AND \
        (SELECT COUNT(*) FROM seat t WHERE t.application_id = a.id AND t.state IN ('asked', 'accepted')) < $3 AND ", visible!());
    /// Applications of which every review is in.
    ALL_IN = concat!("SELECT CAST(COUNT(*) AS BIGINT) FROM application a WHERE a.stage = 'under-review' \
        AND (SELECT COUNT(*) FROM seat t WHERE t.application_id = a.id AND t.state = 'accepted' AND t.submitted_at IS NOT NULL) >= $3 \
        AND NOT EXISTS (SELECT 1 FROM seat t WHERE t.application_id = a.id AND (t.state = 'asked' OR (t.state = 'accepted' AND t.submitted_at IS NULL))) AND ", visible!());
    /// Open questions: to be passed on, with the centre, and late there.
    QUESTIONS = concat!("SELECT CAST(COALESCE(SUM(CASE WHEN r.relayed_at IS NULL THEN 1 ELSE 0 END), 0) AS BIGINT), \
        CAST(COALESCE(SUM(CASE WHEN r.relayed_at IS NOT NULL THEN 1 ELSE 0 END), 0) AS BIGINT), \
        CAST(COALESCE(SUM(CASE WHEN r.relayed_at IS NOT NULL AND r.due_at < $3 THEN 1 ELSE 0 END), 0) AS BIGINT) \
        FROM information_request r CROSS JOIN application a WHERE a.id = r.application_id AND r.closed_at IS NULL AND a.stage IN ('under-review', 'deliberation') \
        AND (SELECT g.side FROM information_message g WHERE g.request_id = r.id ORDER BY g.at DESC, g.id DESC LIMIT 1) = 'panel' AND ", visible!());
    /// Applications in deliberation: without a proposed decision, and with one that nobody has confirmed.
    DECISIONS = concat!("SELECT CAST(COALESCE(SUM(CASE WHEN d.application_id IS NULL THEN 1 ELSE 0 END), 0) AS BIGINT), \
        CAST(COALESCE(SUM(CASE WHEN d.application_id IS NOT NULL AND d.confirmed_at IS NULL THEN 1 ELSE 0 END), 0) AS BIGINT) \
        FROM application a LEFT JOIN decision d ON d.application_id = a.id WHERE a.stage = 'deliberation' AND ", visible!());
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

/// Up to how many applications of a stage are counted one by one: a board of more says "more than".
pub const MOST: i64 = 5000;

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

impl Tx {
    /// The board of a cycle as the viewer may see it. `reviewers` is how many an application needs.
    pub async fn board(&mut self, cycle: CycleId, viewer: AccountId, reviewers: u8, now: Moment) -> Result<Board> {
        let (id, who, needed) = (cycle.to_string(), viewer.to_string(), i64::from(reviewers));
        let mut all = Vec::new();
        for stage in StageName::ALL {
            let row = find!(self, (i64,), STAGE, id.clone(), stage.key(), MOST + 1)?;
            all.push((stage.key().to_owned(), row.map_or(0, |row| row.0)));
        }
        let hidden = list!(self, (String, i64), HIDDEN, id.clone(), who.clone())?;
        let count = |rows: &[(String, i64)], stage: StageName| {
            rows.iter().find(|(name, _)| name == stage.key()).map_or(0, |(_, count)| *count)
        };
        let stages = StageName::ALL.map(|stage| (stage, count(&all, stage) - count(&hidden, stage))).to_vec();
        let rows = list!(self, (String, String, i64, i64, i64, i64), LOADS, id.clone(), who.clone())?;
        let load = |(account, name, asked, accepted, submitted, owed): (String, String, i64, i64, i64, i64)| {
            Ok(Load {
                account: read_id(&account, "panel_identity")?,
                name: PersonName::new(name),
                asked,
                accepted,
                submitted,
                owed,
            })
        };
        let mut loads: Vec<Load> = rows.into_iter().map(load).collect::<Result<_>>()?;
        loads.sort_by_key(|load| (super::centre_key::sort_key(load.name.shown()), load.account));
        let questions = find!(self, (i64, i64, i64), QUESTIONS, id.clone(), who.clone(), now.millis())?;
        let (to_relay, with_centres, late) = questions.unwrap_or_default();
        let (to_propose, to_confirm) = find!(self, (i64, i64), DECISIONS, id.clone(), who.clone())?.unwrap_or_default();
        let oldest = find!(self, (Option<i64>,), OLDEST, id.clone(), who.clone())?;
        let short = find!(self, (i64,), SHORT, id.clone(), who.clone(), needed)?;
        let all_in = find!(self, (i64,), ALL_IN, id.clone(), who.clone(), needed)?;
        let returned = find!(self, (i64,), RETURNED, id, who)?;
        let one = |row: Option<(i64,)>| row.map_or(0, |row| row.0);
        Ok(Board {
            stages,
            returned: one(returned),
            oldest: oldest.and_then(|row| row.0).map(Moment::from_millis),
            loads,
            short: one(short),
            all_in: one(all_in),
            to_relay,
            with_centres,
            late,
            to_propose,
            to_confirm,
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
