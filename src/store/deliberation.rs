//! What a panel says to each other about a criterion, and what it agrees on. Nothing here names a reviewer: a reviewer is a
//! seat. A text that would overwrite a newer one is kept beside it, never instead of it.

use super::{Error, Result, Stamp, Tx, account::PersonName, answer::Base, ensure_one, event::What};
use crate::domain::{
    consensus::Wording,
    id::{AccountId, ApplicationId, EventId, PostId, SeatId},
    level::Level,
    moment::Moment,
    review::Mark,
};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;

statements! {
    /// What was agreed on, by criterion.
    CONSENSUS = "SELECT criterion, level, strengths, gap, satisfy, version FROM consensus WHERE application_id = $1 ORDER BY criterion";
    /// The same at one criterion.
    CONSENSUS_AT = "SELECT criterion, level, strengths, gap, satisfy, version FROM consensus WHERE application_id = $1 AND criterion = $2";
    /// The first wording.
    ADD = "INSERT INTO consensus (application_id, criterion, level, strengths, gap, satisfy, version, updated_at, updated_by, saved_from) \
        VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8, $9) ON CONFLICT (application_id, criterion) DO NOTHING";
    /// A later one, against the version that was read.
    UPDATE = "UPDATE consensus SET level = $4, strengths = $5, gap = $6, satisfy = $7, version = version + 1, updated_at = $8, updated_by = $9, saved_from = $10 \
        WHERE application_id = $1 AND criterion = $2 AND version = $3";
    /// Who of the working group wrote what stands there, and from which page.
    WRITTEN_BY = "SELECT updated_by, saved_from FROM consensus WHERE application_id = $1 AND criterion = $2";
    /// Keeps a wording that was replaced, or that came too late.
    KEEP = "INSERT INTO consensus_history (id, application_id, criterion, content, at, author_id) VALUES ($1, $2, $3, $4, $5, $6)";
    /// Kept wordings, the newest first; without who wrote them.
    HISTORY = "SELECT id, content, at FROM consensus_history WHERE application_id = $1 AND criterion = $2 ORDER BY at DESC, id LIMIT 50";
    /// All kept wordings of an application.
    BESIDE = "SELECT criterion, content FROM consensus_history WHERE application_id = $1 ORDER BY criterion, at";
    /// Identities: who of the working group wrote what was kept.
    AUTHORS = "SELECT h.id, p.name FROM consensus_history h JOIN person p ON p.account_id = h.author_id WHERE h.application_id = $1 AND h.criterion = $2";
    /// What the panel says about a criterion, the oldest first.
    POSTS = "SELECT id, seat_id, text, at FROM panel_post WHERE application_id = $1 AND criterion = $2 ORDER BY at, id";
    /// At which criteria something was said, and how often.
    COUNTS = "SELECT criterion, CAST(COUNT(*) AS BIGINT) FROM panel_post WHERE application_id = $1 GROUP BY criterion";
    /// One more.
    SAY = "INSERT INTO panel_post (id, application_id, criterion, seat_id, author_id, text, at, asks_third) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    /// Where a third reviewer is asked for.
    THIRD = "SELECT DISTINCT criterion FROM panel_post WHERE application_id = $1 AND asks_third = TRUE ORDER BY criterion";
    /// Takes the seats of an application: a review that is reopened at the same time waits, and then finds another version.
    HOLD_SEATS = "UPDATE seat SET version = version + 1 WHERE application_id = $1 AND state = 'accepted'";
    /// The mark of somebody who has come to the panel late, before they see those of the others.
    MARK_LATE = "INSERT INTO mark (seat_id, criterion, content, level, own_shown, revised_why, version, updated_at) \
        SELECT $1, $2, $3, $4, FALSE, '', 1, $5 WHERE EXISTS (SELECT 1 FROM seat s JOIN application a ON a.id = s.application_id \
        WHERE s.id = $1 AND s.state = 'accepted' AND a.stage = 'deliberation') ON CONFLICT (seat_id, criterion) DO UPDATE \
        SET content = excluded.content, level = excluded.level, version = mark.version + 1, updated_at = excluded.updated_at WHERE mark.level IS NULL";
    /// The same text from the same seat at this criterion: a second press of the button.
    SAID = "SELECT id FROM panel_post WHERE application_id = $1 AND criterion = $2 AND text = $3 AND COALESCE(seat_id, author_id) = $4 AND at >= $5";
}

/// What the panel has agreed on at one criterion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consensus {
    /// Which criterion.
    pub criterion: u8,
    /// None until one is agreed on.
    pub level: Option<Level>,
    /// What the centre does well.
    pub strengths: String,
    /// What is missing.
    pub gap: String,
    /// What would satisfy.
    pub satisfy: String,
    /// Counts saves, from 1.
    pub version: i64,
}

impl Consensus {
    /// The part that is typed.
    pub fn wording(&self) -> Wording {
        Wording {
            level: self.level,
            strengths: self.strengths.clone(),
            gap: self.gap.clone(),
            satisfy: self.satisfy.clone(),
        }
    }
}

/// A wording that was replaced, or that came too late.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Which one.
    pub id: EventId,
    /// What it says.
    pub wording: Wording,
    /// Whether it came too late: somebody else had saved in between.
    pub beside: bool,
    /// When it was kept.
    pub at: Moment,
}

/// What became of a save.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saved {
    /// It is the wording now, with this version.
    Kept(i64),
    /// Somebody else had saved another one: both are there.
    Beside,
}

/// Something that was said to the panel.
#[derive(Clone, Debug)]
pub struct Post {
    /// Which one.
    pub id: PostId,
    /// From which seat; none for the working group.
    pub seat: Option<SeatId>,
    /// What was said.
    pub text: String,
    /// When; pages tell the day.
    pub at: Moment,
}

/// How a kept wording stands in the store.
#[derive(Serialize, Deserialize)]
struct Content {
    #[serde(flatten)]
    wording: Wording,
    #[serde(default)]
    beside: bool,
}

#[derive(FromRow)]
struct Row {
    criterion: i64,
    level: Option<i64>,
    strengths: String,
    gap: String,
    satisfy: String,
    version: i64,
}

/// The same text within this many minutes is a second press of the button.
const AGAIN_MINUTES: i64 = 10;

fn wrong(column: &'static str, row: impl ToString) -> Error {
    Error::Inconsistent("consensus", column, row.to_string())
}

fn number(criterion: i64) -> Result<u8> {
    u8::try_from(criterion).map_err(|_| wrong("criterion", criterion))
}

fn consensus(row: Row) -> Result<Consensus> {
    let level = row.level.map(|l| Level::from_number(l).ok_or_else(|| wrong("level", l))).transpose()?;
    let Row { strengths, gap, satisfy, version, .. } = row;
    Ok(Consensus { criterion: number(row.criterion)?, level, strengths, gap, satisfy, version })
}

fn read(content: &str) -> Result<Content> {
    serde_json::from_str(content).map_err(|_| wrong("content", "kept"))
}

impl Tx {
    /// What the panel has agreed on so far, by criterion; criteria without a saved wording are absent.
    pub async fn consensus_of(&mut self, application: ApplicationId) -> Result<Vec<Consensus>> {
        list!(self, Row, CONSENSUS, application.to_string())?.into_iter().map(consensus).collect()
    }

    /// What the panel has agreed on at one criterion.
    pub async fn consensus_at(&mut self, application: ApplicationId, criterion: u8) -> Result<Option<Consensus>> {
        let row = find!(self, Row, CONSENSUS_AT, application.to_string(), i64::from(criterion))?;
        row.map(consensus).transpose()
    }

    /// Saves a wording. When somebody else has saved another one since it was begun, it is kept beside that; a page that
    /// has saved last may save again, whatever its answer said, and is one sitting: what it replaces of its own is not kept. `by` is who of the working group
    /// writes; none for a reviewer, whose name stands nowhere near.
    pub async fn save_consensus(
        &mut self,
        stamp: &Stamp,
        application: ApplicationId,
        criterion: u8,
        (base, by): (&Base, Option<AccountId>),
        wording: &Wording,
    ) -> Result<Saved> {
        let current = self.consensus_at(application, criterion).await?;
        if let Some(current) = current.as_ref().filter(|c| c.wording() == *wording) {
            return Ok(Saved::Kept(current.version));
        }
        let (place, criterion_) = (application.to_string(), i64::from(criterion));
        let (level, by) = (wording.level.map(|l| i64::from(l.number())), by.map(|b| b.to_string()));
        let Wording { strengths, gap, satisfy, .. } = wording.clone();
        let (now, page) = (stamp.now.millis(), base.page.clone());
        let written = find!(self, (Option<String>, Option<String>), WRITTEN_BY, place.clone(), criterion_)?;
        let (before_by, before_page) = written.unwrap_or_default();
        let own = page.is_some() && page == before_page && by == before_by;
        let version = current.as_ref().filter(|_| own).map_or(base.version, |c| c.version);
        let changed = match &current {
            None if version == 0 => {
                run!(self, ADD, place.clone(), criterion_, level, strengths, gap, satisfy, now, by.clone(), page)?
            }
            Some(current) if current.version == version => {
                let by = by.clone();
                run!(self, UPDATE, place.clone(), criterion_, version, level, strengths, gap, satisfy, now, by, page)?
            }
            _ => 0,
        };
        if changed == 1 {
            if let Some(before) = current.as_ref().filter(|_| !own) {
                let kept = Content { wording: before.wording(), beside: false };
                self.keep_wording(stamp, application, criterion, &kept, before_by).await?;
            }
            let detail = format!("criterion {criterion}, version {}", version + 1);
            self.record(stamp, What::ConsensusSaved, &place, &detail).await?;
            return Ok(Saved::Kept(version + 1));
        }
        let kept = Content { wording: wording.clone(), beside: true };
        self.keep_wording(stamp, application, criterion, &kept, by).await?;
        self.record(stamp, What::ConsensusRivalKept, &place, &format!("criterion {criterion}")).await?;
        Ok(Saved::Beside)
    }

    async fn keep_wording(
        &mut self,
        stamp: &Stamp,
        application: ApplicationId,
        criterion: u8,
        content: &Content,
        by: Option<String>,
    ) -> Result<()> {
        let json = serde_json::to_string(content).map_err(|_| wrong("content", "new"))?;
        run!(
            self,
            KEEP,
            EventId::new(stamp.chance.bits()).to_string(),
            application.to_string(),
            i64::from(criterion),
            json,
            stamp.now.millis(),
            by,
        )?;
        Ok(())
    }

    /// Kept wordings of one criterion, the newest first, without who wrote them.
    pub async fn kept_wordings(&mut self, application: ApplicationId, criterion: u8) -> Result<Vec<Kept>> {
        let rows = list!(self, (String, String, i64), HISTORY, application.to_string(), i64::from(criterion))?;
        let kept = |(id, content, at): (String, String, i64)| {
            let content = read(&content)?;
            Ok(Kept {
                id: EventId::parse(&id).ok_or_else(|| wrong("id", &id))?,
                wording: content.wording,
                beside: content.beside,
                at: Moment::from_millis(at),
            })
        };
        rows.into_iter().map(kept).collect()
    }

    /// Who of the working group wrote a kept wording; reviewers are not among them. For the working group alone.
    pub async fn wording_authors(
        &mut self,
        application: ApplicationId,
        criterion: u8,
    ) -> Result<Vec<(EventId, PersonName)>> {
        let rows = list!(self, (String, String), AUTHORS, application.to_string(), i64::from(criterion))?;
        let author = |(id, name): (String, String)| {
            Ok((EventId::parse(&id).ok_or_else(|| wrong("id", &id))?, PersonName::new(name)))
        };
        rows.into_iter().map(author).collect()
    }

    /// Criteria where a wording came too late and is not what stands there now.
    pub async fn wordings_beside(&mut self, application: ApplicationId) -> Result<Vec<u8>> {
        let current = self.consensus_of(application).await?;
        let mut criteria = Vec::new();
        for (criterion, content) in list!(self, (i64, String), BESIDE, application.to_string())? {
            let (criterion, content) = (number(criterion)?, read(&content)?);
            let stands = current.iter().any(|c| c.criterion == criterion && c.wording() == content.wording);
            if content.beside && !stands && !criteria.contains(&criterion) {
                criteria.push(criterion);
            }
        }
        Ok(criteria)
    }

    /// What the panel says about a criterion, the oldest first.
    pub async fn posts(&mut self, application: ApplicationId, criterion: u8) -> Result<Vec<Post>> {
        type Row = (String, Option<String>, String, i64);
        let rows = list!(self, Row, POSTS, application.to_string(), i64::from(criterion))?;
        let post = |(id, seat, text, at): Row| {
            let wrong = || Error::Inconsistent("panel_post", "id", id.clone());
            Ok(Post {
                id: PostId::parse(&id).ok_or_else(wrong)?,
                seat: seat.as_deref().map(|s| SeatId::parse(s).ok_or_else(wrong)).transpose()?,
                text,
                at: Moment::from_millis(at),
            })
        };
        rows.into_iter().map(post).collect()
    }

    /// How much was said, by criterion.
    pub async fn count_posts(&mut self, application: ApplicationId) -> Result<Vec<(u8, i64)>> {
        let rows = list!(self, (i64, i64), COUNTS, application.to_string())?;
        rows.into_iter().map(|(criterion, count)| Ok((number(criterion)?, count))).collect()
    }

    /// Says something to the panel, from a seat or from the working group; `third`: and asks for a third reviewer. The same text from the same place again within
    /// minutes is one text: `false` then.
    pub async fn say(
        &mut self,
        stamp: &Stamp,
        application: ApplicationId,
        criterion: u8,
        (from, third): (Voice, bool),
        text: &str,
    ) -> Result<bool> {
        let (seat, author) = match from {
            Voice::Seat(seat) => (Some(seat.to_string()), None),
            Voice::WorkingGroup(account) => (None, Some(account.to_string())),
        };
        let (place, number) = (application.to_string(), i64::from(criterion));
        let whose = seat.clone().or_else(|| author.clone());
        let since = stamp.now.plus_minutes(-AGAIN_MINUTES).millis();
        if find!(self, (String,), SAID, place.clone(), number, text.to_owned(), whose, since)?.is_some() {
            return Ok(false);
        }
        let id = PostId::new(stamp.chance.bits());
        run!(
            self,
            SAY,
            id.to_string(),
            place.clone(),
            number,
            seat,
            author,
            text.to_owned(),
            stamp.now.millis(),
            third
        )?;
        self.record(stamp, What::PanelSpoke, &place, &format!("criterion {criterion}, {id}")).await?;
        Ok(true)
    }

    /// Criteria at which somebody has asked for a third reviewer.
    pub async fn third_asked_at(&mut self, application: ApplicationId) -> Result<Vec<u8>> {
        list!(self, (i64,), THIRD, application.to_string())?.into_iter().map(|(criterion,)| number(criterion)).collect()
    }

    /// Takes the seats of an application, so that none is reopened while its panel begins to deliberate.
    pub async fn hold_seats(&mut self, application: ApplicationId) -> Result<()> {
        run!(self, HOLD_SEATS, application.to_string())?;
        Ok(())
    }

    /// The mark of somebody who has come to the panel when it deliberates already. [`Error::Stale`] when there is a level
    /// already, or the panel does not deliberate.
    pub async fn mark_late(&mut self, stamp: &Stamp, seat: SeatId, criterion: u8, mark: &Mark) -> Result<()> {
        let content = serde_json::to_string(mark).map_err(|_| wrong("mark", "new"))?;
        let level = mark.level.map(|l| i64::from(l.number()));
        let (id, place) = (seat.to_string(), i64::from(criterion));
        ensure_one(run!(self, MARK_LATE, id.clone(), place, content, level, stamp.now.millis())?)?;
        self.record(stamp, What::MarkSaved, &id, &format!("criterion {criterion}, in deliberation")).await
    }
}

/// From where something is said to the panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voice {
    /// A reviewer: only the seat is written down.
    Seat(SeatId),
    /// Somebody of the working group.
    WorkingGroup(AccountId),
}
