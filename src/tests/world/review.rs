//! A cycle with its working group, reviewers, and two centres that have submitted; and the steps from there.

use super::{Centre, at};
use crate::{
    domain::{
        blind::BlindCopy,
        id::{AccountId, ApplicationId, SeatId},
        level::Level,
        outcome::Outcome,
        review::Mark,
    },
    store::{
        centre::Cycle,
        event::What,
        panel::{Seat, SeatState},
        snapshot,
    },
    tests::harness::TestPortal,
};

/// The people of a cycle and what two centres have handed in.
#[derive(Clone, Debug)]
pub struct ReviewWorld {
    /// The open cycle.
    pub cycle: Cycle,
    /// Runs it: `coordinator@programme.example`.
    pub coordinator: AccountId,
    /// Runs it too: `second@programme.example`.
    pub second: AccountId,
    /// Leads the working group: `chair@programme.example`.
    pub chair: AccountId,
    /// `reviewer-1@clinic.example` to `reviewer-3@clinic.example`.
    pub reviewers: [AccountId; 3],
    /// Two centres, "north" and "south".
    pub centres: [Centre; 2],
    /// What they have submitted.
    pub applications: [ApplicationId; 2],
}

/// Who runs the cycle.
pub const COORDINATOR: &str = "coordinator@programme.example";

/// Who runs it too.
pub const SECOND: &str = "second@programme.example";

/// Who leads the working group.
pub const CHAIR: &str = "chair@programme.example";

/// The address of a reviewer, 0 to 2.
pub fn reviewer(index: usize) -> String {
    format!("reviewer-{}@clinic.example", index + 1)
}

impl TestPortal {
    /// A cycle with its working group, three reviewers, and two submitted applications.
    pub async fn review_world(&self) -> ReviewWorld {
        let cycle = self.open_cycle().await;
        let coordinator = self.account("Corinna Dahl", COORDINATOR, &["coordinator"]).await;
        let second = self.account("Sixten Olander", SECOND, &["coordinator"]).await;
        let chair = self.account("Chiara Monti", CHAIR, &["chair"]).await;
        let reviewers = [
            self.account("Rosa Altamira", &reviewer(0), &["reviewer"]).await,
            self.account("Rune Bergstad", &reviewer(1), &["reviewer"]).await,
            self.account("Rahel Castell", &reviewer(2), &["reviewer"]).await,
        ];
        let centres = [self.centre("northmere").await, self.centre("southwold").await];
        let mut applications = Vec::new();
        for centre in &centres {
            let application = self.ready_draft(centre, &cycle).await;
            let mut lead = self.sign_in(&centre.lead_email()).await;
            lead.post(&at(application, "/submit"), &[]).await.went_to();
            applications.push(application);
        }
        let applications = [applications[0], applications[1]];
        ReviewWorld { cycle, coordinator, second, chair, reviewers, centres, applications }
    }

    /// Screening accepts an application: reviewers may read its blind copy.
    pub async fn accept(&self, world: &ReviewWorld, application: ApplicationId) {
        let stamp = self.stamp(Some(world.coordinator));
        let mut tx = self.write().await;
        let standing = tx.standing(application, world.coordinator).await.expect("a standing").expect("an application");
        let stage = standing.application.stage.open_review(stamp.now).expect("it was submitted");
        let crate::domain::stage::Stage::UnderReview { digest, .. } = &stage else { unreachable!("it was opened") };
        let (content, _) = tx.snapshot(application, digest).await.expect("a snapshot").expect("frozen");
        let mask = tx.names_behind(application).await.expect("names").mask();
        let copy = BlindCopy::of(&snapshot::read(&content).expect("a snapshot"), &mask, stamp.chance.bits());
        tx.add_blind_copy(&stamp, application, world.cycle.id, &copy).await.expect("a blind copy");
        let version = standing.application.version;
        tx.set_stage(&stamp, application, version, &stage, What::StageChanged).await.expect("a stage");
        tx.commit().await.expect("commit");
    }

    /// A reviewer is asked, accepts, and has declared no conflict.
    pub async fn seat(&self, world: &ReviewWorld, application: ApplicationId, reviewer: AccountId) -> SeatId {
        let mut tx = self.write().await;
        let by = self.stamp(Some(world.coordinator));
        let id = tx.ask_reviewer(&by, application, reviewer, "for the test").await.expect("a seat");
        let own = self.stamp(Some(reviewer));
        let asked = tx.seat_for(id, reviewer).await.expect("a seat").expect("theirs").seat;
        tx.answer_seat(&own, &asked, SeatState::Accepted, "").await.expect("accepted");
        tx.open_file(&own, &asked).await.expect("opened");
        tx.commit().await.expect("commit");
        id
    }

    /// A seat as it is now.
    pub async fn seat_now(&self, application: ApplicationId, id: SeatId) -> Seat {
        let seats = self.read().await.seats_of(application).await.expect("seats");
        seats.into_iter().find(|s| s.id == id).expect("the seat")
    }

    /// A seat marks all 13 criteria with these levels.
    pub async fn mark_all(&self, application: ApplicationId, seat: SeatId, reviewer: AccountId, levels: [u8; 13]) {
        let now = self.seat_now(application, seat).await;
        let mut tx = self.write().await;
        for (criterion, level) in (1..=13).zip(levels) {
            let mark = Mark {
                level: Level::from_number(level.into()),
                strengths: format!("The rota at criterion {criterion} is kept."),
                gap: "Nights are not covered.".into(),
                satisfy: "A rota that covers nights.".into(),
                ..Mark::default()
            };
            tx.save_mark(&self.stamp(Some(reviewer)), &now, criterion, &mark, 0, None).await.expect("a mark");
        }
        tx.commit().await.expect("commit");
    }

    /// A seat hands its review in.
    pub async fn hand_in(&self, application: ApplicationId, seat: SeatId, reviewer: AccountId, outcome: Outcome) {
        let now = self.seat_now(application, seat).await;
        let mut tx = self.write().await;
        let stamp = self.stamp(Some(reviewer));
        tx.submit_review(&stamp, &now, outcome, "A team that works.", "").await.expect("handed in");
        tx.commit().await.expect("commit");
    }

    /// The panel deliberates.
    pub async fn deliberate(&self, world: &ReviewWorld, application: ApplicationId) {
        let stamp = self.stamp(Some(world.coordinator));
        let mut tx = self.write().await;
        let standing = tx.standing(application, world.coordinator).await.expect("a standing").expect("an application");
        let stage = standing.application.stage.deliberate(stamp.now).expect("it was under review");
        let version = standing.application.version;
        tx.set_stage(&stamp, application, version, &stage, What::StageChanged).await.expect("a stage");
        tx.commit().await.expect("commit");
    }

    /// Two seats at the first application have marked and handed in, and the panel deliberates.
    pub async fn in_deliberation(&self) -> (ReviewWorld, ApplicationId, [SeatId; 2]) {
        let world = self.review_world().await;
        let application = world.applications[0];
        self.accept(&world, application).await;
        let mut seats = Vec::new();
        for (reviewer, levels) in
            world.reviewers.into_iter().take(2).zip([[3; 13], [2, 3, 3, 3, 1, 3, 3, 3, 3, 4, 3, 3, 3]])
        {
            let seat = self.seat(&world, application, reviewer).await;
            self.mark_all(application, seat, reviewer, levels).await;
            self.hand_in(application, seat, reviewer, Outcome::Accredited).await;
            seats.push(seat);
        }
        self.deliberate(&world, application).await;
        (world, application, [seats[0], seats[1]])
    }
}
