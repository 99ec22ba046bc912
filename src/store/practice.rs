//! What reviewers have marked in the practice set: each sees their own, and nobody sees another's.

use super::{Error, Result, Stamp, Tx, event::What};
use crate::domain::{id::AccountId, level::Level};

statements! {
    /// Somebody's own marks.
    OWN = "SELECT practice, criterion, level FROM practice_mark WHERE account_id = $1";
    /// The first mark counts: after it the agreed level is known.
    ADD = "INSERT INTO practice_mark (account_id, practice, criterion, level, at) VALUES ($1, $2, $3, $4, $5) \
        ON CONFLICT (account_id, practice, criterion) DO NOTHING";
}

/// One mark in the practice set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PracticeMark {
    /// Of which application: edition and number.
    pub practice: String,
    /// Criterion number.
    pub criterion: u8,
    /// The level that was given before the agreed one was shown.
    pub level: Level,
}

impl Tx {
    /// Somebody's own marks, in no order.
    pub async fn practice_of(&mut self, account: AccountId) -> Result<Vec<PracticeMark>> {
        let rows = list!(self, (String, i64, i64), OWN, account.to_string())?;
        rows.into_iter()
            .map(|(practice, criterion, level)| {
                let wrong = |column| Error::Inconsistent("practice_mark", column, practice.clone());
                Ok(PracticeMark {
                    criterion: u8::try_from(criterion).map_err(|_| wrong("criterion"))?,
                    level: Level::from_number(level).ok_or_else(|| wrong("level"))?,
                    practice: practice.clone(),
                })
            })
            .collect()
    }

    /// Keeps a mark; a second one at the same place changes nothing. The record says that somebody practises, and not how.
    pub async fn mark_practice(&mut self, stamp: &Stamp, account: AccountId, mark: &PracticeMark) -> Result<()> {
        let (practice, criterion, level) =
            (mark.practice.clone(), i64::from(mark.criterion), i64::from(mark.level.number()));
        if run!(self, ADD, account.to_string(), practice, criterion, level, stamp.now.millis())? == 0 {
            return Ok(());
        }
        let detail = format!("practice {} criterion {criterion}", mark.practice);
        self.record(stamp, What::PracticeMarked, &account.to_string(), &detail).await
    }
}
