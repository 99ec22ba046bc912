//! Who opened which application or evidence.
//!
//! What was read is kept for [`KEPT_DAYS`] days and then erased: longer, it would be a file about how people work. The
//! chain cannot be erased from. So the rows stand in a table of their own, written in batches, and the line of the record
//! that accompanies a batch holds the number of its rows and their hash, and no person. While the rows are there, that
//! line shows that none was changed, added or taken away; when their time is over, whole batches go, and another line says
//! up to when. `audit verify` accepts a batch without rows only if such a line covers it.

use super::{Result, Stamp, Tx, event::What, record::line};
use crate::domain::{
    id::{AccountId, EventId},
    moment::Moment,
    record::Line,
    snapshot::Digest,
};

/// How long it is kept who read what.
pub const KEPT_DAYS: i64 = 90;

statements! {
    /// One row of a batch.
    ADD = "INSERT INTO reading (id, batch, at, actor_id, kind, subject, detail, request_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    /// A batch.
    OF_BATCH = "SELECT id, at, actor_id, kind, subject, detail, request_id FROM reading WHERE batch = $1 ORDER BY id";
    /// Up to when batches were erased.
    ERASED = "SELECT detail FROM event WHERE kind = 'ReadsErased'";
    /// Rows of no batch.
    STRAY = "SELECT r.id FROM reading r WHERE NOT EXISTS (SELECT 1 FROM event e WHERE e.kind = 'ReadsRecorded' AND e.subject = r.batch) \
        ORDER BY r.id LIMIT 20";
    /// How many rows are past their time.
    PAST = "SELECT CAST(COUNT(*) AS BIGINT) FROM reading WHERE batch IN (SELECT subject FROM event WHERE kind = 'ReadsRecorded' AND at < $1)";
    /// Erases them.
    ERASE = "DELETE FROM reading WHERE batch IN (SELECT subject FROM event WHERE kind = 'ReadsRecorded' AND at < $1)";
}

/// Somebody opened something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// When.
    pub at: Moment,
    /// Who.
    pub actor: AccountId,
    /// [`What::ApplicationRead`] or [`What::EvidenceRead`].
    pub what: What,
    /// The application.
    pub subject: String,
    /// The evidence, or nothing.
    pub detail: String,
    /// The request it belongs to.
    pub request_id: String,
}

type Row = (String, i64, Option<String>, String, String, String, String);

/// What the line of the record says about a batch.
fn summary(lines: &[Line]) -> String {
    let bytes: String = lines.iter().map(Line::canonical).collect();
    format!("{} {}", lines.len(), Digest::of(bytes.as_bytes()).as_str())
}

impl Tx {
    /// Writes a batch; nothing when it is empty.
    pub async fn record_readings(&mut self, stamp: &Stamp, readings: &[Reading]) -> Result<()> {
        if readings.is_empty() {
            return Ok(());
        }
        let batch = EventId::new(stamp.chance.bits()).to_string();
        let mut lines: Vec<Line> = readings
            .iter()
            .map(|r| Line {
                id: EventId::new(stamp.chance.bits()).to_string(),
                at: r.at.millis(),
                actor: Some(r.actor.to_string()),
                kind: format!("{:?}", r.what),
                subject: r.subject.clone(),
                detail: r.detail.clone(),
                request_id: r.request_id.clone(),
            })
            .collect();
        lines.sort_by(|one, other| one.id.cmp(&other.id));
        for line in &lines {
            let line = line.clone();
            run!(
                self,
                ADD,
                line.id.clone(),
                batch.clone(),
                line.at,
                line.actor.clone(),
                line.kind.clone(),
                line.subject.clone(),
                line.detail.clone(),
                line.request_id.clone(),
            )?;
        }
        self.record(stamp, What::ReadsRecorded, &batch, &summary(&lines)).await
    }

    /// What is wrong with the batch that a line of the record names; `None` when all its rows are there as they were
    /// written, or were erased when their time was over.
    pub async fn broken_batch(&mut self, recorded: &Line) -> Result<Option<&'static str>> {
        let rows = list!(self, Row, OF_BATCH, recorded.subject.clone())?;
        let lines: Vec<Line> = rows.into_iter().map(line).collect();
        if !lines.is_empty() {
            let whole = summary(&lines) == recorded.detail;
            return Ok((!whole).then_some("reads were changed, added or taken away"));
        }
        let erased = list!(self, (String,), ERASED)?;
        let until = erased.iter().filter_map(|(until,)| until.parse::<i64>().ok()).max();
        Ok((until.is_none_or(|until| until <= recorded.at)).then_some("its reads are gone before their time"))
    }

    /// Rows of no batch; at most 20 are named.
    pub async fn stray_readings(&mut self) -> Result<Vec<String>> {
        Ok(list!(self, (String,), STRAY)?.into_iter().map(|(id,)| id).collect())
    }

    /// How many rows are past their time.
    pub async fn past_readings(&mut self, before: Moment) -> Result<i64> {
        Ok(find!(self, (i64,), PAST, before.millis())?.map_or(0, |row| row.0))
    }

    /// Erases batches from before a moment, and says so in the record.
    pub async fn erase_readings(&mut self, stamp: &Stamp, before: Moment) -> Result<u64> {
        let erased = run!(self, ERASE, before.millis())?;
        if erased != 0 {
            self.record(stamp, What::ReadsErased, "", &before.millis().to_string()).await?;
        }
        Ok(erased)
    }
}
