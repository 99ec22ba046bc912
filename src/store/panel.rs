//! Panels: who sits at which application, and how far each review is.

use super::{Error, Result, Stamp, Tx, account::PersonName, account::read_id, ensure_one, event::What};
use crate::domain::{
    id::{AccountId, ApplicationId, CycleId, SeatId},
    moment::Moment,
    outcome::Outcome,
    stage::StageName,
};
use sqlx::FromRow;

statements! {
    /// The seats of one application, in the order of their letters; names nobody.
    OF_APPLICATION = "SELECT id, application_id, state, place, leads, asked_at, answered_at, opened_at, recommendation, summary, note, \
        submitted_at, version FROM seat WHERE application_id = $1 AND state <> 'removed' ORDER BY place, id";
    /// One seat of one person, with where the application stands; only while they are a reviewer of its cycle.
    MINE = "SELECT s.id, s.application_id, s.state, s.place, s.leads, s.asked_at, s.answered_at, s.opened_at, s.recommendation, s.summary, \
        s.note, s.submitted_at, s.version, a.cycle_id, a.stage, a.edition FROM seat s JOIN panel_identity i ON i.seat_id = s.id \
        JOIN account k ON k.id = i.account_id AND k.disabled_at IS NULL JOIN application a ON a.id = s.application_id \
        WHERE s.id = $1 AND i.account_id = $2 AND s.state <> 'removed' AND EXISTS (SELECT 1 FROM role_grant g WHERE g.account_id = k.id \
        AND g.role = 'reviewer' AND g.ended_at IS NULL AND (g.cycle_id IS NULL OR g.cycle_id = a.cycle_id))";
    /// All seats of one person at applications whose panel works.
    ALL_MINE = "SELECT s.id, s.application_id, s.state, s.place, s.leads, s.asked_at, s.answered_at, s.opened_at, s.recommendation, s.summary, \
        s.note, s.submitted_at, s.version, a.cycle_id, a.stage, a.edition FROM panel_identity i JOIN seat s ON s.id = i.seat_id \
        JOIN account k ON k.id = i.account_id AND k.disabled_at IS NULL JOIN application a ON a.id = s.application_id \
        WHERE i.account_id = $1 AND s.state <> 'removed' AND a.stage IN ('under-review', 'deliberation') \
        AND EXISTS (SELECT 1 FROM role_grant g WHERE g.account_id = k.id AND g.role = 'reviewer' AND g.ended_at IS NULL \
        AND (g.cycle_id IS NULL OR g.cycle_id = a.cycle_id)) \
        AND NOT EXISTS (SELECT 1 FROM conflict f WHERE f.application_id = a.id AND f.account_id = k.id AND f.ended_at IS NULL) \
        AND NOT EXISTS (SELECT 1 FROM membership m WHERE m.centre_id = a.centre_id AND m.account_id = k.id) ORDER BY s.place, s.id";
    /// Who sits there.
    SITTING = "SELECT i.seat_id, i.account_id, p.name, i.why FROM seat s JOIN panel_identity i ON i.seat_id = s.id \
        JOIN person p ON p.account_id = i.account_id WHERE s.application_id = $1 AND s.state <> 'removed' ORDER BY s.place, s.id";
    /// What speaks against somebody's seat at an application: whether they review in the cycle, hold an office there, work
    /// for the centre, have a conflict, or sit there.
    BARRIERS = "SELECT \
        EXISTS (SELECT 1 FROM role_grant g WHERE g.account_id = $2 AND g.role = 'reviewer' AND g.ended_at IS NULL \
        AND (g.cycle_id IS NULL OR g.cycle_id = a.cycle_id)), \
        EXISTS (SELECT 1 FROM role_grant g WHERE g.account_id = $2 AND g.role <> 'reviewer' AND g.ended_at IS NULL \
        AND (g.cycle_id IS NULL OR g.cycle_id = a.cycle_id)), \
        EXISTS (SELECT 1 FROM membership m WHERE m.centre_id = a.centre_id AND m.account_id = $2), \
        EXISTS (SELECT 1 FROM conflict f WHERE f.application_id = a.id AND f.account_id = $2 AND f.ended_at IS NULL), \
        EXISTS (SELECT 1 FROM panel_identity i JOIN seat s ON s.id = i.seat_id WHERE s.application_id = a.id AND i.account_id = $2 \
        AND s.state <> 'removed') \
        FROM application a JOIN account k ON k.id = $2 AND k.disabled_at IS NULL WHERE a.id = $1";
    /// A new seat.
    ADD = "INSERT INTO seat (id, application_id, state, place, leads, asked_at, summary, note, version, updated_at) \
        VALUES ($1, $2, 'asked', $3, FALSE, $4, '', '', 1, $4)";
    /// Whose it is.
    ADD_IDENTITY = "INSERT INTO panel_identity (seat_id, account_id, why, decline_reason) VALUES ($1, $2, $3, '')";
    /// Accepts, declines, or takes that back.
    ANSWER = "UPDATE seat SET state = $3, answered_at = $4, version = version + 1, updated_at = $5 WHERE id = $1 AND version = $2";
    /// Why it was declined.
    SET_DECLINE_REASON = "UPDATE panel_identity SET decline_reason = $2 WHERE seat_id = $1";
    /// The file was opened, after the declaration.
    OPEN = "UPDATE seat SET opened_at = $2 WHERE id = $1 AND opened_at IS NULL";
    /// Ends a seat.
    REMOVE = "UPDATE seat SET state = 'removed', leads = FALSE, version = version + 1, updated_at = $2 WHERE id = $1 AND state <> 'removed'";
    /// Nobody leads.
    UNLEAD = "UPDATE seat SET leads = FALSE, version = version + 1 WHERE application_id = $1 AND leads = TRUE AND id <> $2";
    /// One leads.
    LEAD = "UPDATE seat SET leads = TRUE, version = version + 1, updated_at = $3 WHERE id = $1 AND application_id = $2 AND state = 'accepted' AND leads = FALSE";
    /// What is said about the application as a whole.
    SET_SUMMARY = "UPDATE seat SET recommendation = $3, summary = $4, note = $5, submitted_at = $6, version = version + 1, updated_at = $7 \
        WHERE id = $1 AND version = $2 AND state = 'accepted' AND EXISTS (SELECT 1 FROM application a WHERE a.id = seat.application_id AND a.stage = 'under-review')";
}

/// Where a seat stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeatState {
    /// The reviewer has not answered yet.
    Asked,
    /// The reviewer reviews.
    Accepted,
    /// The reviewer does not; it can be taken back.
    Declined,
    /// Ended by the working group or a conflict.
    Removed,
}

impl SeatState {
    /// All states.
    pub const ALL: [Self; 4] = [Self::Asked, Self::Accepted, Self::Declined, Self::Removed];

    /// In the store.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::Removed => "removed",
        }
    }

    /// The state with this key.
    pub fn parse(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.key() == key)
    }
}

/// A place on a panel, without who sits there.
#[derive(Clone, Debug)]
pub struct Seat {
    /// Which one; also the public id of the review.
    pub id: SeatId,
    /// At which application.
    pub application: ApplicationId,
    /// Where it stands.
    pub state: SeatState,
    /// Random; letters across the blind follow it.
    pub place: i64,
    /// Whether it compiles the feedback.
    pub leads: bool,
    /// When the reviewer was asked.
    pub asked: Moment,
    /// When they accepted or declined.
    pub answered: Option<Moment>,
    /// When they declared that they have no conflict and opened the file.
    pub opened: Option<Moment>,
    /// What they recommend.
    pub recommendation: Option<Outcome>,
    /// About the application as a whole; the centre may read it.
    pub summary: String,
    /// About the application as a whole, for the chair alone.
    pub note: String,
    /// When the review was handed in.
    pub submitted: Option<Moment>,
    /// Counts changes.
    pub version: i64,
}

/// A seat of somebody, with where its application stands.
#[derive(Clone, Debug)]
pub struct MySeat {
    /// The seat.
    pub seat: Seat,
    /// The call.
    pub cycle: CycleId,
    /// Where the application stands.
    pub stage: StageName,
    /// The edition it is pinned to.
    pub edition: String,
}

/// Who sits where: for the working group only.
#[derive(Clone, Debug)]
pub struct Sitting {
    /// The seat.
    pub seat: Seat,
    /// Who.
    pub account: AccountId,
    /// Their name.
    pub name: PersonName,
    /// Why they were asked, in words.
    pub why: String,
}

/// What speaks against somebody's seat at an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Barrier {
    /// They are no reviewer of the cycle, or their account is closed.
    NoReviewer,
    /// They know whose applications the cycle has: coordinator, chair or administrator.
    Office,
    /// They work for the centre.
    OfCentre,
    /// A conflict holds.
    Conflict,
    /// They sit there, or have declined.
    Sits,
}

#[derive(FromRow)]
struct SeatRow {
    id: String,
    application_id: String,
    state: String,
    place: i64,
    leads: bool,
    asked_at: i64,
    answered_at: Option<i64>,
    opened_at: Option<i64>,
    recommendation: Option<String>,
    summary: String,
    note: String,
    submitted_at: Option<i64>,
    version: i64,
}

#[derive(FromRow)]
struct MineRow {
    #[sqlx(flatten)]
    seat: SeatRow,
    cycle_id: String,
    stage: String,
    edition: String,
}

fn wrong(column: &'static str, row: &str) -> Error {
    Error::Inconsistent("seat", column, row.to_owned())
}

fn seat(row: SeatRow) -> Result<Seat> {
    let id = row.id.as_str();
    let outcome = |key: &str| Outcome::parse(key).ok_or_else(|| wrong("recommendation", id));
    Ok(Seat {
        id: SeatId::parse(id).ok_or_else(|| wrong("id", id))?,
        application: ApplicationId::parse(&row.application_id).ok_or_else(|| wrong("application_id", id))?,
        state: SeatState::parse(&row.state).ok_or_else(|| wrong("state", id))?,
        place: row.place,
        leads: row.leads,
        asked: Moment::from_millis(row.asked_at),
        answered: row.answered_at.map(Moment::from_millis),
        opened: row.opened_at.map(Moment::from_millis),
        recommendation: row.recommendation.as_deref().map(outcome).transpose()?,
        submitted: row.submitted_at.map(Moment::from_millis),
        version: row.version,
        summary: row.summary,
        note: row.note,
    })
}

fn mine(row: MineRow) -> Result<MySeat> {
    let id = row.seat.id.clone();
    Ok(MySeat {
        cycle: CycleId::parse(&row.cycle_id).ok_or_else(|| wrong("cycle_id", &id))?,
        stage: StageName::ALL.into_iter().find(|s| s.key() == row.stage).ok_or_else(|| wrong("stage", &id))?,
        edition: row.edition,
        seat: seat(row.seat)?,
    })
}

impl Tx {
    /// The seats of one application in the order of their letters, those that have ended left out. Names nobody.
    pub async fn seats_of(&mut self, application: ApplicationId) -> Result<Vec<Seat>> {
        list!(self, SeatRow, OF_APPLICATION, application.to_string())?.into_iter().map(seat).collect()
    }

    /// One seat of one person; `None` when it is not theirs, has ended, or they review no longer.
    pub async fn seat_for(&mut self, id: SeatId, account: AccountId) -> Result<Option<MySeat>> {
        find!(self, MineRow, MINE, id.to_string(), account.to_string())?.map(mine).transpose()
    }

    /// All seats of one person at applications whose panel works, in an order that says nothing.
    pub async fn seats_for(&mut self, account: AccountId) -> Result<Vec<MySeat>> {
        list!(self, MineRow, ALL_MINE, account.to_string())?.into_iter().map(mine).collect()
    }

    /// Who sits at an application: for the working group only.
    pub async fn panel_of(&mut self, application: ApplicationId) -> Result<Vec<Sitting>> {
        let mut seats = self.seats_of(application).await?;
        let rows = list!(self, (String, String, String, String), SITTING, application.to_string())?;
        rows.into_iter()
            .map(|(id, account, name, why)| {
                let at = seats.iter().position(|s| s.id.to_string() == id).ok_or_else(|| wrong("id", &id))?;
                let account = read_id(&account, "panel_identity")?;
                Ok(Sitting { seat: seats.remove(at), account, name: PersonName::new(name), why })
            })
            .collect()
    }

    /// What speaks against a seat; `None` when nothing does.
    pub async fn barrier(&mut self, application: ApplicationId, account: AccountId) -> Result<Option<Barrier>> {
        let row = find!(self, (bool, bool, bool, bool, bool), BARRIERS, application.to_string(), account.to_string())?;
        Ok(match row {
            None | Some((false, ..)) => Some(Barrier::NoReviewer),
            Some((_, true, ..)) => Some(Barrier::Office),
            Some((_, _, true, ..)) => Some(Barrier::OfCentre),
            Some((_, _, _, true, _)) => Some(Barrier::Conflict),
            Some((_, _, _, _, true)) => Some(Barrier::Sits),
            Some((true, false, false, false, false)) => None,
        })
    }

    /// Asks a reviewer to a panel. [`Error::Taken`] when something speaks against it: see [`Tx::barrier`].
    pub async fn ask_reviewer(
        &mut self,
        stamp: &Stamp,
        application: ApplicationId,
        account: AccountId,
        why: &str,
    ) -> Result<SeatId> {
        if self.barrier(application, account).await?.is_some() {
            return Err(Error::Taken);
        }
        let id = SeatId::new(stamp.chance.bits());
        let place = i64::try_from(stamp.chance.bits() >> 66).unwrap_or(0);
        run!(self, ADD, id.to_string(), application.to_string(), place, stamp.now.millis())?;
        run!(self, ADD_IDENTITY, id.to_string(), account.to_string(), why.to_owned())?;
        self.record(stamp, What::ReviewerAsked, &id.to_string(), &format!("{application} {account}")).await?;
        Ok(id)
    }

    /// The reviewer accepts, declines with a reason for the working group, or takes either back (`Asked`).
    /// [`Error::Stale`] when the seat has changed.
    pub async fn answer_seat(&mut self, stamp: &Stamp, seat: &Seat, state: SeatState, reason: &str) -> Result<()> {
        let what = match state {
            SeatState::Accepted => What::SeatAccepted,
            SeatState::Declined => What::SeatDeclined,
            SeatState::Asked => What::SeatReopened,
            SeatState::Removed => What::SeatRemoved,
        };
        let answered = (state != SeatState::Asked).then_some(stamp.now.millis());
        let id = seat.id.to_string();
        ensure_one(run!(self, ANSWER, id.clone(), seat.version, state.key(), answered, stamp.now.millis())?)?;
        run!(self, SET_DECLINE_REASON, id.clone(), reason.to_owned())?;
        self.record(stamp, what, &id, "").await
    }

    /// The reviewer has declared that they have no conflict, and opens the file for the first time.
    pub async fn open_file(&mut self, stamp: &Stamp, seat: &Seat) -> Result<()> {
        if run!(self, OPEN, seat.id.to_string(), stamp.now.millis())? == 0 {
            return Ok(());
        }
        self.record(stamp, What::FileOpened, &seat.id.to_string(), "no conflict declared").await
    }

    /// Ends a seat. [`Error::Stale`] when it has ended.
    pub async fn remove_seat(&mut self, stamp: &Stamp, seat: SeatId) -> Result<()> {
        ensure_one(run!(self, REMOVE, seat.to_string(), stamp.now.millis())?)?;
        self.record(stamp, What::SeatRemoved, &seat.to_string(), "").await
    }

    /// Chooses who compiles the feedback. [`Error::Stale`] when the seat is not accepted, or leads already.
    pub async fn set_lead(&mut self, stamp: &Stamp, application: ApplicationId, seat: SeatId) -> Result<()> {
        run!(self, UNLEAD, application.to_string(), seat.to_string())?;
        ensure_one(run!(self, LEAD, seat.to_string(), application.to_string(), stamp.now.millis())?)?;
        self.record(stamp, What::SeatLeads, &seat.to_string(), "").await
    }

    /// Keeps what is said about the application as a whole, without handing the review in.
    pub async fn keep_summary(
        &mut self,
        stamp: &Stamp,
        seat: &Seat,
        recommendation: Option<Outcome>,
        summary: &str,
        note: &str,
    ) -> Result<()> {
        self.write_summary(stamp, seat, recommendation, (summary, note), seat.submitted).await?;
        self.record(stamp, What::MarkSaved, &seat.id.to_string(), "summary").await
    }

    /// Hands a review in. [`Error::Stale`] when the seat has changed or its application is under review no longer.
    pub async fn submit_review(
        &mut self,
        stamp: &Stamp,
        seat: &Seat,
        recommendation: Outcome,
        summary: &str,
        note: &str,
    ) -> Result<()> {
        self.write_summary(stamp, seat, Some(recommendation), (summary, note), Some(stamp.now)).await?;
        self.record(stamp, What::ReviewSubmitted, &seat.id.to_string(), recommendation.key()).await
    }

    /// Takes a review back, to change it. [`Error::Stale`] as above.
    pub async fn reopen_review(&mut self, stamp: &Stamp, seat: &Seat) -> Result<()> {
        let (summary, note) = (seat.summary.clone(), seat.note.clone());
        self.write_summary(stamp, seat, seat.recommendation, (&summary, &note), None).await?;
        self.record(stamp, What::ReviewReopened, &seat.id.to_string(), "").await
    }

    async fn write_summary(
        &mut self,
        stamp: &Stamp,
        seat: &Seat,
        recommendation: Option<Outcome>,
        (summary, note): (&str, &str),
        submitted: Option<Moment>,
    ) -> Result<()> {
        ensure_one(run!(
            self,
            SET_SUMMARY,
            seat.id.to_string(),
            seat.version,
            recommendation.map(Outcome::key),
            summary.to_owned(),
            note.to_owned(),
            submitted.map(Moment::millis),
            stamp.now.millis(),
        )?)
    }
}
