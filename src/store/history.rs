//! Earlier texts of answers: nothing that was replaced is gone.

use super::{
    Result, Stamp, Tx,
    account::PersonName,
    answer::{Answer, number, read_content, write_content},
};
use crate::domain::{
    answer::Content,
    id::{AccountId, ApplicationId, EventId},
    moment::Moment,
};
use std::collections::BTreeMap;

statements! {
    /// Keeps a text that is about to be replaced.
    KEEP = "INSERT INTO answer_history (id, application_id, criterion, content, author_id, at) VALUES ($1, $2, $3, $4, $5, $6)";
    /// When a text of this criterion was last kept.
    LAST_KEPT = "SELECT CAST(COALESCE(MAX(at), 0) AS BIGINT) FROM answer_history WHERE application_id = $1 AND criterion = $2";
    /// Earlier texts, the newest first.
    HISTORY = "SELECT h.content, h.at, p.name FROM answer_history h LEFT JOIN person p ON p.account_id = h.author_id \
        WHERE h.application_id = $1 AND h.criterion = $2 ORDER BY h.at DESC LIMIT 50";
    /// How many there are, by criterion.
    COUNTS = "SELECT criterion, CAST(COUNT(*) AS BIGINT) FROM answer_history WHERE application_id = $1 GROUP BY criterion";
}

/// Texts of one author within this many minutes count as one sitting; longer ago, the earlier text is kept in the history.
const SITTING_MINUTES: i64 = 10;

/// An earlier text.
#[derive(Clone, Debug)]
pub struct Earlier {
    /// What was answered.
    pub content: Content,
    /// Until when.
    pub at: Moment,
    /// Who had written it.
    pub author: Option<PersonName>,
}

impl Tx {
    /// Keeps the text that is about to be replaced, unless the same person wrote it within one sitting.
    pub(super) async fn keep_before(
        &mut self,
        stamp: &Stamp,
        application: ApplicationId,
        criterion: u8,
        before: &Answer,
    ) -> Result<()> {
        let same_author = before.author.as_ref().map(|(id, _)| *id) == stamp.actor;
        let (place, number) = (application.to_string(), i64::from(criterion));
        if before.content.is_empty() {
            return Ok(());
        }
        if same_author {
            let last = find!(self, (i64,), LAST_KEPT, place.clone(), number)?.map_or(0, |row| row.0);
            let since = if last == 0 { before.updated } else { Moment::from_millis(last) };
            if stamp.now < since.plus_minutes(SITTING_MINUTES) {
                return Ok(());
            }
        }
        self.keep_text(stamp, application, criterion, &before.content, before.author.as_ref().map(|(id, _)| *id)).await
    }

    /// Keeps a text.
    pub(super) async fn keep_text(
        &mut self,
        stamp: &Stamp,
        application: ApplicationId,
        criterion: u8,
        content: &Content,
        author: Option<AccountId>,
    ) -> Result<()> {
        let id = EventId::new(stamp.chance.bits());
        run!(
            self,
            KEEP,
            id.to_string(),
            application.to_string(),
            i64::from(criterion),
            write_content(content)?,
            author.map(|a| a.to_string()),
            stamp.now.millis(),
        )?;
        Ok(())
    }

    /// How many earlier texts there are, by criterion.
    pub async fn count_earlier_answers(&mut self, application: ApplicationId) -> Result<BTreeMap<u8, i64>> {
        let rows = list!(self, (i64, i64), COUNTS, application.to_string())?;
        rows.into_iter().map(|(criterion, count)| Ok((number(criterion)?, count))).collect()
    }

    /// Earlier texts, the newest first.
    pub async fn earlier_answers(&mut self, application: ApplicationId, criterion: u8) -> Result<Vec<Earlier>> {
        let rows = list!(self, (String, i64, Option<String>), HISTORY, application.to_string(), i64::from(criterion))?;
        let earlier = |(content, at, name): (String, i64, Option<String>)| {
            Ok(Earlier {
                content: read_content(&content)?,
                at: Moment::from_millis(at),
                author: name.map(PersonName::new),
            })
        };
        rows.into_iter().map(earlier).collect()
    }
}
