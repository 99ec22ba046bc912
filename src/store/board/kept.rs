//! What is kept of a board: under what each application counts, and the sums of its cycle.
//!
//! The rule stands in the view `board_now`. A commit counts what its lines in the record have changed
//! (`Tx::count_for_board`): each application is counted again and only the difference is written, so that counting twice
//! changes nothing. On PostgreSQL the end of the record is taken before: two transactions that change one application
//! count one after the other, and the later one sees what the earlier one has changed.

use crate::{
    domain::{
        id::{AccountId, CycleId},
        record::Line,
        stage::StageName,
    },
    store::{Error, Result, Tx, account::PersonName, account::read_id, figure::SEATS},
};
use std::collections::{BTreeMap, BTreeSet};

statements! {
    /// The application of a subject, which is one itself or a seat at one.
    CONCERNED = "SELECT a.id, a.cycle_id FROM application a WHERE a.id = COALESCE((SELECT s.application_id FROM seat s WHERE s.id = $1), $1)";
    /// Under what it counts now: a line for each time.
    NOW = "SELECT part, word FROM board_now WHERE application_id = $1";
    /// Under what it was counted until now.
    BEFORE = "SELECT part, word, number FROM board_part WHERE application_id = $1";
    /// It is counted under something so often.
    SET = "INSERT INTO board_part (application_id, part, word, number) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (application_id, part, word) DO UPDATE SET number = excluded.number";
    /// It is no longer.
    UNSET = "DELETE FROM board_part WHERE application_id = $1 AND part = $2 AND word = $3";
    /// Adds to a sum.
    ADD = "INSERT INTO board_sum (cycle_id, part, word, number) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (cycle_id, part, word) DO UPDATE SET number = board_sum.number + excluded.number";
    /// Takes a sum away that has come to nothing.
    CLEAR = "DELETE FROM board_sum WHERE cycle_id = $1 AND part = $2 AND word = $3 AND number = 0";
    /// The sums of a cycle, with the names of those whose seats they count.
    SUMS = "SELECT b.part, b.word, b.number, p.name FROM board_sum b LEFT JOIN person p ON p.account_id = b.part WHERE b.cycle_id = $1";
    /// What applications that the viewer must not see have added to them: the other side of what is visible.
    HIDDEN = "SELECT b.part, b.word, CAST(SUM(b.number) AS BIGINT) FROM ( \
        SELECT x.application_id AS id FROM conflict x WHERE x.account_id = $2 AND x.ended_at IS NULL \
        UNION SELECT c.id FROM membership m JOIN application c ON c.centre_id = m.centre_id WHERE m.account_id = $2 AND c.cycle_id = $1 \
        UNION SELECT s.application_id FROM panel_identity n JOIN seat s ON s.id = n.seat_id WHERE n.account_id = $2 AND s.state IN ('asked', 'accepted') \
        ) h CROSS JOIN application a CROSS JOIN board_part b WHERE a.id = h.id AND a.cycle_id = $1 AND b.application_id = a.id GROUP BY b.part, b.word";
}

/// Lines of the record whose subject is an application, after which it is counted again; beside those that name its new
/// stage, and those whose subject is a seat.
const OTHERS: [&str; 10] = [
    "ApplicationStarted",
    "QuestionAsked",
    "QuestionWorded",
    "QuestionRelayed",
    "QuestionDeclined",
    "QuestionClosed",
    "QuestionAnswered",
    "AnswerRelayed",
    "DecisionProposed",
    "DecisionConfirmed",
];

/// Whether an application is counted again after a line.
fn counts(line: &Line) -> bool {
    let (kind, detail) = (line.kind.as_str(), line.detail.as_str());
    SEATS.contains(&kind) || OTHERS.contains(&kind) || StageName::ALL.iter().any(|stage| stage.key() == detail)
}

/// How a seat counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seated {
    /// Not answered yet.
    Asked,
    /// The review is still to be handed in.
    Owed,
    /// It never was, and nobody waits for it.
    Open,
    /// It is handed in.
    HandedIn,
    /// The result is released, without this review.
    Past,
    /// The result is released, with this review.
    PastHandedIn,
}

impl Seated {
    fn parse(word: &str) -> Result<Self> {
        Ok(match word {
            "asked" => Self::Asked,
            "owed" => Self::Owed,
            "open" => Self::Open,
            "handed-in" => Self::HandedIn,
            "past" => Self::Past,
            "past handed-in" => Self::PastHandedIn,
            _ => return Err(wrong(word)),
        })
    }
}

/// What a viewer may know of the counts of a cycle.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    /// Applications by what stands in the view; see [`Kept::at`] and [`Kept::panels`].
    pub applications: Vec<(String, i64)>,
    /// Seats by person.
    pub seats: Vec<(AccountId, PersonName, Seated, i64)>,
    /// Open questions that wait to be passed on.
    pub to_relay: i64,
    /// Open questions that wait for a centre, by the moment until which.
    pub with_centres: Vec<(i64, i64)>,
}

impl Kept {
    /// How many applications count under words that begin with a stage.
    pub fn at(&self, stage: StageName) -> i64 {
        self.under(|word| word.split(' ').next() == Some(stage.key()))
    }

    /// How many applications count under exactly this.
    pub fn exactly(&self, words: &str) -> i64 {
        self.under(|word| word == words)
    }

    fn under(&self, fits: impl Fn(&str) -> bool) -> i64 {
        self.applications.iter().filter(|(word, _)| fits(word)).map(|(_, number)| number).sum()
    }

    /// How many applications under review have so many on their panel, and so many reviews that are in.
    pub fn panels(&self) -> impl Iterator<Item = (i64, i64, i64)> + '_ {
        self.applications.iter().filter_map(|(word, number)| {
            let (sitting, handed_in) = word.strip_prefix("under-review ")?.split_once(' ')?;
            Some((sitting.parse().ok()?, handed_in.parse().ok()?, *number))
        })
    }
}

type Key = (String, String);

fn wrong(row: &str) -> Error {
    Error::Inconsistent("board_sum", "word", row.to_owned())
}

impl Tx {
    /// Counts what the lines that wait for the commit have changed. Part of every commit, the last one before its lines
    /// are written.
    pub(in crate::store) async fn count_for_board(&mut self) -> Result<()> {
        let lines = self.waiting().map(|lines| lines.as_slice()).unwrap_or_default();
        let subjects: BTreeSet<String> = lines.iter().filter(|l| counts(l)).map(|l| l.subject.clone()).collect();
        if subjects.is_empty() {
            return Ok(());
        }
        self.wait_for_my_turn().await?;
        let mut applications = BTreeMap::new();
        for subject in subjects {
            applications.extend(find!(self, (String, String), CONCERNED, subject)?);
        }
        let mut sums: BTreeMap<(String, Key), i64> = BTreeMap::new();
        for (id, cycle) in applications {
            let rows = list!(self, (String, String, i64), BEFORE, id.clone())?;
            let before: BTreeMap<Key, i64> = rows.into_iter().map(|(part, word, n)| ((part, word), n)).collect();
            let mut now: BTreeMap<Key, i64> = BTreeMap::new();
            for key in list!(self, Key, NOW, id.clone())? {
                *now.entry(key).or_insert(0) += 1;
            }
            for (key, number) in &before {
                if !now.contains_key(key) {
                    run!(self, UNSET, id.clone(), key.0.clone(), key.1.clone())?;
                    *sums.entry((cycle.clone(), key.clone())).or_insert(0) -= number;
                }
            }
            for (key, number) in now {
                let until_now = before.get(&key).copied().unwrap_or(0);
                if number != until_now {
                    run!(self, SET, id.clone(), key.0.clone(), key.1.clone(), number)?;
                    *sums.entry((cycle.clone(), key)).or_insert(0) += number - until_now;
                }
            }
        }
        for ((cycle, (part, word)), number) in sums.into_iter().filter(|(_, number)| *number != 0) {
            run!(self, ADD, cycle.clone(), part.clone(), word.clone(), number)?;
            if number < 0 {
                run!(self, CLEAR, cycle, part, word)?;
            }
        }
        Ok(())
    }

    /// The counts of a cycle without what one viewer must not see.
    pub(in crate::store) async fn kept_counts(&mut self, cycle: CycleId, viewer: AccountId) -> Result<Kept> {
        let (cycle, viewer) = (cycle.to_string(), viewer.to_string());
        let rows = list!(self, (String, String, i64, Option<String>), SUMS, cycle.clone())?;
        let rows_hidden = list!(self, (String, String, i64), HIDDEN, cycle, viewer)?;
        let hidden: BTreeMap<Key, i64> = rows_hidden.into_iter().map(|(part, word, n)| ((part, word), n)).collect();
        let mut kept = Kept::default();
        for (part, word, number, name) in rows {
            let key = (part, word);
            let number = number - hidden.get(&key).copied().unwrap_or(0);
            let (part, word) = key;
            if number == 0 {
                continue;
            }
            match (part.as_str(), name) {
                ("application", _) => kept.applications.push((word, number)),
                ("question", _) if word == "relay" => kept.to_relay += number,
                ("question", _) => kept.with_centres.push((word.parse().map_err(|_| wrong(&word))?, number)),
                (account, Some(name)) => {
                    let account = read_id(account, "board_sum")?;
                    kept.seats.push((account, PersonName::new(name), Seated::parse(&word)?, number));
                }
                (_, None) => {}
            }
        }
        Ok(kept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::event::What;

    #[test]
    fn the_lines_after_which_is_counted_are_lines_that_are_written() {
        for kind in OTHERS {
            assert!(What::parse(kind).is_some(), "{kind}");
        }
    }
}
