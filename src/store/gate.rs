//! What the gate before a release knows, and what was cleared there.

use super::{Error, Result, Stamp, Tx, account::PersonName, event::What};
use crate::domain::{
    id::{ApplicationId, CycleId},
    moment::Moment,
    naming::Known,
    snapshot::Digest,
};

statements! {
    /// Who has or had a seat at an application: name, address, institution.
    PANEL = "SELECT p.name, p.email, COALESCE(r.institution, '') FROM seat s JOIN panel_identity i ON i.seat_id = s.id \
        JOIN person p ON p.account_id = i.account_id LEFT JOIN reviewer_profile r ON r.account_id = i.account_id WHERE s.application_id = $1";
    /// Who has or had an office or reviews in a cycle: name, address, institution.
    GROUP = "SELECT DISTINCT p.name, p.email, COALESCE(r.institution, '') FROM role_grant g JOIN person p ON p.account_id = g.account_id \
        LEFT JOIN reviewer_profile r ON r.account_id = g.account_id WHERE g.role IN ('reviewer', 'coordinator', 'chair') \
        AND (g.cycle_id IS NULL OR g.cycle_id = $1)";
    /// Institutions that the panel says it is tied to.
    TIES = "SELECT t.name, t.domain FROM seat s JOIN panel_identity i ON i.seat_id = s.id JOIN reviewer_tie t ON t.account_id = i.account_id \
        WHERE s.application_id = $1 AND t.kind = 'institution'";
    /// Questions that were passed on to the centre: their texts stay on its pages.
    QUESTIONS = "SELECT r.criterion, m.text FROM information_request r JOIN information_message m ON m.request_id = r.id \
        WHERE r.application_id = $1 AND r.relayed_at IS NOT NULL AND m.side = 'panel' ORDER BY r.criterion, m.at, m.id";
    /// Takes the texts of a panel before they are looked through for a release: whoever saves at the same moment finds that
    /// somebody was quicker, and their text is kept beside.
    HOLD = "UPDATE consensus SET version = version + 1 WHERE application_id = $1";
    /// What was cleared.
    CLEARED = "SELECT g.hit_hash, g.reason, p.name, g.at FROM gate_clearance g LEFT JOIN person p ON p.account_id = g.by_id WHERE g.application_id = $1";
    /// Clears, once; the first reason stays.
    CLEAR = "INSERT INTO gate_clearance (application_id, hit_hash, reason, by_id, at) VALUES ($1, $2, $3, $4, $5) \
        ON CONFLICT (application_id, hit_hash) DO NOTHING";
}

/// A finding that somebody has cleared.
#[derive(Clone, Debug)]
pub struct Clearance {
    /// Of place, words and what stands around them.
    pub hash: String,
    /// Why it may stay.
    pub reason: String,
    /// Who said so.
    pub name: Option<PersonName>,
    /// When.
    pub at: Moment,
}

impl Tx {
    /// The names, addresses and institutions of everybody who must not be named to a centre: its panel, also who has left
    /// it, and all who review or hold an office in the cycle.
    pub async fn known_to_the_gate(&mut self, application: ApplicationId, cycle: CycleId) -> Result<Known> {
        let mut people = list!(self, (String, String, String), PANEL, application.to_string())?;
        people.extend(list!(self, (String, String, String), GROUP, cycle.to_string())?);
        let ties = list!(self, (String, String), TIES, application.to_string())?;
        let people = people.iter().flat_map(|(name, email, institution)| [name, email, institution]);
        let ties = ties.iter().flat_map(|(name, domain)| [name, domain]);
        Ok(Known::new(people.chain(ties).map(String::as_str)))
    }

    /// Holds the texts of a panel until the transaction ends, so that nothing changes between looking and releasing.
    pub async fn hold_texts(&mut self, application: ApplicationId) -> Result<()> {
        run!(self, HOLD, application.to_string())?;
        Ok(())
    }

    /// The texts of questions that were passed on to the centre, with their criterion.
    pub async fn relayed_texts(&mut self, application: ApplicationId) -> Result<Vec<(u8, String)>> {
        let rows = list!(self, (i64, String), QUESTIONS, application.to_string())?;
        let text = |(criterion, text): (i64, String)| {
            let wrong = |_| Error::Inconsistent("information_request", "criterion", criterion.to_string());
            Ok((u8::try_from(criterion).map_err(wrong)?, text))
        };
        rows.into_iter().map(text).collect()
    }

    /// What was cleared at an application.
    pub async fn clearances(&mut self, application: ApplicationId) -> Result<Vec<Clearance>> {
        type Row = (String, String, Option<String>, i64);
        let rows = list!(self, Row, CLEARED, application.to_string())?;
        let clearance = |(hash, reason, name, at): Row| Clearance {
            hash,
            reason,
            name: name.map(PersonName::new),
            at: Moment::from_millis(at),
        };
        Ok(rows.into_iter().map(clearance).collect())
    }

    /// Clears a finding, with a reason. Nothing changes when it is cleared already.
    pub async fn clear_hit(
        &mut self,
        stamp: &Stamp,
        application: ApplicationId,
        hash: &Digest,
        reason: &str,
    ) -> Result<()> {
        let (id, by) = (application.to_string(), stamp.actor.map(|a| a.to_string()));
        let hash = hash.as_str().to_owned();
        if run!(self, CLEAR, id.clone(), hash.clone(), reason.to_owned(), by, stamp.now.millis())? == 0 {
            return Ok(());
        }
        self.record(stamp, What::HitCleared, &id, &hash).await
    }
}
