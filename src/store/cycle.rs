//! The dates and rules of a cycle.

use super::{Error, Result, Tx, centre::Cycle};
use crate::domain::{calendar::Deadline, cycle::Rules, id::CycleId, moment::Moment};

statements! {
    /// One cycle with all its dates and its rules.
    PLAN = "SELECT id, name, edition, zone, opens_at, closes_at, decision_at, reviews_due_at, award_at, rules, version FROM cycle WHERE id = $1";
}

/// A cycle with all its dates and its rules.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Name, edition, and when applications can be started and submitted.
    pub cycle: Cycle,
    /// When reviews have to be in.
    pub reviews_due: Deadline,
    /// When decisions are planned.
    pub decision: Deadline,
    /// When designations are awarded.
    pub award: Deadline,
    /// What the programme does not publish.
    pub rules: Rules,
    /// Counts changes of dates and rules.
    pub version: i64,
}

type Row = (String, String, String, String, i64, i64, i64, i64, i64, String, i64);

fn from_row(row: Row) -> Result<Plan> {
    let (id, name, edition, zone, opens, closes, decision, reviews_due, award, rules, version) = row;
    let at = |millis| Deadline { at: Moment::from_millis(millis), zone: zone.clone() };
    let wrong = |column| Error::Inconsistent("cycle", column, id.clone());
    Ok(Plan {
        cycle: Cycle {
            id: CycleId::parse(&id).ok_or_else(|| wrong("id"))?,
            name,
            edition,
            opens: Moment::from_millis(opens),
            closes: at(closes),
            decision: Moment::from_millis(decision),
        },
        reviews_due: at(reviews_due),
        decision: at(decision),
        award: at(award),
        rules: if rules.is_empty() {
            Rules::default()
        } else {
            serde_json::from_str(&rules).map_err(|_| wrong("rules"))?
        },
        version,
    })
}

impl Tx {
    /// One cycle with its dates and rules.
    pub async fn plan_of_cycle(&mut self, id: CycleId) -> Result<Option<Plan>> {
        find!(self, Row, PLAN, id.to_string())?.map(from_row).transpose()
    }
}
