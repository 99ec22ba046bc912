//! Reviews: what each seat says about each criterion.

use super::{Error, Result, Stamp, Tx, ensure_one, event::What, panel::Seat};
use crate::domain::{
    id::{AnyId, SeatId},
    level::Level,
    moment::Moment,
    review::Mark,
};

statements! {
    /// All marks of one seat.
    OF_SEAT = "SELECT criterion, content, level_before, own_shown, revised, revised_why, version, updated_at, saved_from FROM mark \
        WHERE seat_id = $1 ORDER BY criterion";
    /// The first mark at a criterion; refused when there is one, or the seat may not mark.
    ADD = "INSERT INTO mark (seat_id, criterion, content, level, own_shown, revised_why, version, updated_at, saved_from) \
        SELECT $1, $2, $3, $4, FALSE, '', 1, $5, $6 WHERE EXISTS (SELECT 1 FROM seat s JOIN application a ON a.id = s.application_id \
        WHERE s.id = $1 AND s.state = 'accepted' AND s.submitted_at IS NULL AND a.stage = 'under-review') \
        ON CONFLICT (seat_id, criterion) DO NOTHING";
    /// A later one, against the version that was read.
    UPDATE = "UPDATE mark SET content = $4, level = $5, version = version + 1, updated_at = $6, saved_from = $7 \
        WHERE seat_id = $1 AND criterion = $2 AND version = $3 AND EXISTS (SELECT 1 FROM seat s JOIN application a ON a.id = s.application_id \
        WHERE s.id = $1 AND s.state = 'accepted' AND s.submitted_at IS NULL AND a.stage = 'under-review')";
    /// Keeps a text that was replaced or came too late.
    KEEP = "INSERT INTO mark_history (id, seat_id, criterion, content, at) VALUES ($1, $2, $3, $4, $5)";
    /// Kept texts of one place, the newest first.
    KEPT = "SELECT content, at FROM mark_history WHERE seat_id = $1 AND criterion = $2 ORDER BY at DESC, id DESC";
    /// The centre's own level was shown: from now on both values are kept.
    SHOW_OWN = "UPDATE mark SET own_shown = TRUE, level_before = level WHERE seat_id = $1 AND criterion = $2 AND own_shown = FALSE AND level IS NOT NULL";
    /// A level after deliberation.
    REVISE = "UPDATE mark SET revised = $4, revised_why = $5, version = version + 1, updated_at = $6 WHERE seat_id = $1 AND criterion = $2 AND version = $3 \
        AND EXISTS (SELECT 1 FROM seat s JOIN application a ON a.id = s.application_id WHERE s.id = $1 AND s.state = 'accepted' AND a.stage = 'deliberation')";
}

/// What one seat says about one criterion.
#[derive(Clone, Debug)]
pub struct StoredMark {
    /// Criterion number.
    pub criterion: u8,
    /// What was said.
    pub mark: Mark,
    /// The level that stood when the centre's own was shown.
    pub level_before: Option<Level>,
    /// Whether the centre's own level was shown here.
    pub own_shown: bool,
    /// The level after deliberation, where it was changed.
    pub revised: Option<Level>,
    /// Why.
    pub revised_why: String,
    /// Counts changes.
    pub version: i64,
    /// The last change.
    pub updated: Moment,
    /// The open page that saved last.
    pub saved_from: Option<String>,
}

impl StoredMark {
    /// The level that counts: revised, or else as marked alone.
    pub fn counts(&self) -> Option<Level> {
        self.revised.or(self.mark.level)
    }
}

/// What became of a save.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkSaved {
    /// Written; the new version.
    Kept(i64),
    /// Another open page was quicker: the text is kept beside it, and nothing was replaced.
    BesideAnother,
    /// The review was handed in, or the panel marks no longer: nothing was written.
    Closed,
}

type Row = (i64, String, Option<i64>, bool, Option<i64>, String, i64, i64, Option<String>);

fn from_row(row: Row) -> Result<StoredMark> {
    let (criterion, content, level_before, own_shown, revised, revised_why, version, updated, saved_from) = row;
    let wrong = |column| Error::Inconsistent("mark", column, criterion.to_string());
    let level = |number: i64| Level::from_number(number).ok_or_else(|| wrong("level"));
    Ok(StoredMark {
        mark: serde_json::from_str(&content).map_err(|_| wrong("content"))?,
        criterion: u8::try_from(criterion).map_err(|_| wrong("criterion"))?,
        level_before: level_before.map(level).transpose()?,
        own_shown,
        revised: revised.map(level).transpose()?,
        revised_why,
        version,
        updated: Moment::from_millis(updated),
        saved_from,
    })
}

fn number(level: Option<Level>) -> Option<i64> {
    level.map(|l| i64::from(l.number()))
}

impl Tx {
    /// All marks of one seat, by criterion.
    pub async fn marks_of(&mut self, seat: SeatId) -> Result<Vec<StoredMark>> {
        list!(self, Row, OF_SEAT, seat.to_string())?.into_iter().map(from_row).collect()
    }

    /// The mark of one seat at one criterion.
    pub async fn mark(&mut self, seat: SeatId, criterion: u8) -> Result<Option<StoredMark>> {
        Ok(self.marks_of(seat).await?.into_iter().find(|m| m.criterion == criterion))
    }

    /// Saves a mark that began from `version` (0 when there was none) in an open page. Never loses a text: when another
    /// page was quicker, it is kept in the history.
    pub async fn save_mark(
        &mut self,
        stamp: &Stamp,
        seat: &Seat,
        criterion: u8,
        mark: &Mark,
        version: i64,
        page: Option<&str>,
    ) -> Result<MarkSaved> {
        let content =
            serde_json::to_string(mark).map_err(|_| Error::Inconsistent("mark", "content", "new".to_owned()))?;
        let (id, place, now) = (seat.id.to_string(), i64::from(criterion), stamp.now.millis());
        let (level, page) = (number(mark.level), page.map(str::to_owned));
        let before = self.mark(seat.id, criterion).await?;
        let Some(before) = before else {
            if run!(self, ADD, id.clone(), place, content, level, now, page)? == 0 {
                return Ok(MarkSaved::Closed);
            }
            self.record(stamp, What::MarkSaved, &id, &format!("criterion {criterion}")).await?;
            return Ok(MarkSaved::Kept(1));
        };
        // A page that has saved last may save again, whatever its answer said: the answer may have been lost.
        let own = page.is_some() && page == before.saved_from;
        let base = if own { before.version } else { version };
        if run!(self, UPDATE, id.clone(), place, base, content.clone(), level, now, page)? == 1 {
            if !own && before.mark != *mark {
                let replaced = serde_json::to_string(&before.mark)
                    .map_err(|_| Error::Inconsistent("mark", "content", "old".to_owned()))?;
                self.keep_mark(stamp, &id, place, replaced).await?;
            }
            self.record(stamp, What::MarkSaved, &id, &format!("criterion {criterion}")).await?;
            return Ok(MarkSaved::Kept(base + 1));
        }
        if base == before.version {
            return Ok(MarkSaved::Closed);
        }
        if before.mark != *mark {
            self.keep_mark(stamp, &id, place, content).await?;
            self.record(stamp, What::MarkSaved, &id, &format!("criterion {criterion}, beside a newer text")).await?;
        }
        Ok(MarkSaved::BesideAnother)
    }

    async fn keep_mark(&mut self, stamp: &Stamp, seat: &str, criterion: i64, content: String) -> Result<()> {
        let id = AnyId::new(stamp.chance.bits()).to_string();
        run!(self, KEEP, id, seat.to_owned(), criterion, content, stamp.now.millis())?;
        Ok(())
    }

    /// Texts of one place that were replaced or came too late, the newest first.
    pub async fn kept_marks(&mut self, seat: SeatId, criterion: u8) -> Result<Vec<(Mark, Moment)>> {
        let rows = list!(self, (String, i64), KEPT, seat.to_string(), i64::from(criterion))?;
        rows.into_iter()
            .map(|(content, at)| {
                let wrong = |_| Error::Inconsistent("mark_history", "content", seat.to_string());
                Ok((serde_json::from_str(&content).map_err(wrong)?, Moment::from_millis(at)))
            })
            .collect()
    }

    /// The centre's own level is shown to a reviewer who has marked: their level before that stays beside later ones.
    pub async fn show_own_level(&mut self, stamp: &Stamp, seat: SeatId, criterion: u8) -> Result<()> {
        if run!(self, SHOW_OWN, seat.to_string(), i64::from(criterion))? == 0 {
            return Ok(());
        }
        self.record(stamp, What::OwnLevelShown, &seat.to_string(), &format!("criterion {criterion}")).await
    }

    /// A level after deliberation, beside the first. [`Error::Stale`] when the mark has changed or the panel does not
    /// deliberate.
    pub async fn revise_mark(
        &mut self,
        stamp: &Stamp,
        seat: &Seat,
        mark: &StoredMark,
        level: Option<Level>,
        why: &str,
    ) -> Result<()> {
        let (id, place) = (seat.id.to_string(), i64::from(mark.criterion));
        let why = why.to_owned();
        ensure_one(run!(self, REVISE, id.clone(), place, mark.version, number(level), why, stamp.now.millis())?)?;
        self.record(stamp, What::MarkRevised, &id, &format!("criterion {}", mark.criterion)).await
    }
}
