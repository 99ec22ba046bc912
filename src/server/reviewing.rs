//! The proof that somebody sits on a panel. Loads nothing that names the centre.

use super::{Portal, desk::Desk, problem::Problem, reads::Opened};
use crate::{
    catalogue::Edition,
    domain::{
        access::{Action, Decision, may},
        id::{AccountId, SeatId},
        moment::Moment,
        stage::StageName,
    },
    store::{
        Stamp, Tx,
        blind::Blind,
        cycle::Plan,
        panel::{MySeat, Seat, SeatState},
    },
};
use axum::{extract::FromRequestParts, http::request::Parts};

/// A reviewer at one application, known by its alias. Can only be had from a request of the one who sits there and has no
/// conflict.
#[derive(Clone, Debug)]
pub struct Reviewing {
    desk: Desk,
    account: AccountId,
    mine: MySeat,
    blind: Blind,
    plan: Plan,
}

impl FromRequestParts<Portal> for Reviewing {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, portal: &Portal) -> Result<Self, Problem> {
        let (desk, account, id) = Desk::at(parts, portal, "review", SeatId::parse).await?;
        Self::open(desk, id, account).await
    }
}

/// The seat, if this person may still be there.
async fn seat(tx: &mut Tx, id: SeatId, account: AccountId) -> Result<Option<MySeat>, Problem> {
    let Some(mine) = tx.seat_for(id, account).await? else { return Ok(None) };
    let relation = tx.relation(mine.seat.application, account).await?;
    // Who has declined may take it back, and reads nothing meanwhile.
    let declined = mine.seat.state == SeatState::Declined && relation.is_some_and(|r| !r.bars_a_reviewer());
    let reads = relation.is_some_and(|r| may(r, mine.stage, Action::ReadBlind) == Decision::Allowed);
    let works = matches!(mine.stage, StageName::UnderReview | StageName::Deliberation);
    Ok((works && (declined || reads)).then_some(mine))
}

impl Reviewing {
    /// Opens a review for somebody who is signed in; the only way to make this proof.
    pub async fn open(desk: Desk, id: SeatId, account: AccountId) -> Result<Self, Problem> {
        let mut tx = desk.portal.store.read().await?;
        let Some(mine) = seat(&mut tx, id, account).await? else { return Err(desk.absent(&mut tx, account).await?) };
        let blind = tx.blind_copy(mine.seat.application).await?.ok_or(Problem::Unexpected)?;
        let plan = tx.plan_of_cycle(mine.cycle).await?.ok_or(Problem::Unexpected)?;
        desk.portal.reads.note(&desk.stamp(Some(account)), account, Opened::Application(mine.seat.application));
        Ok(Self { desk, account, mine, blind, plan })
    }

    /// The desk of the request.
    pub const fn desk(&self) -> &Desk {
        &self.desk
    }

    /// The portal.
    pub fn portal(&self) -> &Portal {
        &self.desk.portal
    }

    /// Who is here.
    pub const fn account(&self) -> AccountId {
        self.account
    }

    /// Their seat.
    pub const fn seat(&self) -> &Seat {
        &self.mine.seat
    }

    /// What stands in for the centre.
    pub fn alias(&self) -> &str {
        &self.blind.alias
    }

    /// Where the application stands.
    pub const fn stage(&self) -> StageName {
        self.mine.stage
    }

    /// Dates and rules of the cycle.
    pub const fn plan(&self) -> &Plan {
        &self.plan
    }

    /// What the reviewer reads: only once the seat is accepted and the declaration made.
    pub fn file(&self) -> Option<&crate::domain::blind::BlindCopy> {
        let open = self.mine.seat.state == SeatState::Accepted && self.mine.seat.opened.is_some();
        open.then_some(&self.blind.copy)
    }

    /// Whether they may do something now, with the file open.
    pub fn may(&self, action: Action) -> bool {
        self.file().is_some() && self.decision(action) == Decision::Allowed
    }

    fn decision(&self, action: Action) -> Decision {
        may(crate::domain::access::Relation::Reviewer, self.mine.stage, action)
    }

    /// Fails unless they may do something now, with the file open.
    pub fn require(&self, action: Action) -> Result<(), Problem> {
        match self.decision(action) {
            Decision::Allowed if self.file().is_some() => Ok(()),
            Decision::NotFound => Err(Problem::NotFound),
            Decision::Allowed | Decision::Refused => Err(Problem::NotAllowed),
        }
    }

    /// The time.
    pub fn now(&self) -> Moment {
        self.desk.now()
    }

    /// What accompanies a change they make.
    pub fn stamp(&self) -> Stamp {
        self.desk.stamp(Some(self.account))
    }

    /// Begins to change something; the seat is checked once more, and answered as it is now.
    pub async fn write(&self) -> Result<(Tx, MySeat), Problem> {
        let mut tx = self.desk.portal.store.write().await?;
        let mine = seat(&mut tx, self.mine.seat.id, self.account).await?.ok_or(Problem::NotFound)?;
        Ok((tx, mine))
    }

    /// Asked again in the middle of something long: whether the session goes on, and the file is still open to them.
    pub async fn still_reads(&self) -> bool {
        let asked = async {
            if !self.desk.session_goes_on().await? {
                return Ok(false);
            }
            let mut tx = self.portal().store.read().await?;
            let mine = seat(&mut tx, self.mine.seat.id, self.account).await?;
            Ok::<_, Problem>(mine.is_some_and(|m| m.seat.state == SeatState::Accepted && m.seat.opened.is_some()))
        };
        asked.await.unwrap_or(false)
    }

    /// The edition that the application is pinned to.
    pub fn edition(&self) -> Result<&Edition, Problem> {
        self.desk.portal.edition(&self.mine.edition)
    }

    /// The address of a page of this review; `rest` begins with a slash or is empty.
    pub fn path(&self, rest: &str) -> String {
        format!("/reviews/{}{rest}", self.mine.seat.id)
    }
}
