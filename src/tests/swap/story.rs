//! The story: from two drafts to released decisions and an answered appeal.
//!
//! The first reviewer and the second sit at the first application, the second and the third at the other one. Whoever has
//! been swapped acts some minutes later ([`World::late`], [`World::slow`]), on the same day.

use super::{
    super::world::at,
    world::{Seated, World},
};
use crate::domain::{moment::Moment, outcome::Outcome};

/// A part of the story; after each one, everything is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Chapter {
    /// Both centres write.
    Draft,
    /// Both have handed in.
    Submitted,
    /// Screening has accepted both.
    Accepted,
    /// The panels are there; somebody has marked.
    Reviewing,
    /// Every review is in, and the first panel deliberates.
    Deliberating,
    /// Decided, not released.
    Decided,
    /// After the appeal was answered.
    Answered,
}

/// Which reviewer sits at whose application.
const SEATS: [(usize, usize); 4] = [(0, 0), (1, 0), (2, 1), (1, 1)];

impl Chapter {
    /// All, in their order.
    pub const ALL: [Self; 7] = [
        Self::Draft,
        Self::Submitted,
        Self::Accepted,
        Self::Reviewing,
        Self::Deliberating,
        Self::Decided,
        Self::Answered,
    ];

    /// For messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Submitted => "submitted",
            Self::Accepted => "accepted",
            Self::Reviewing => "reviewing",
            Self::Deliberating => "deliberating",
            Self::Decided => "decided",
            Self::Answered => "answered",
        }
    }
}

impl World {
    /// Lets somebody act later; answers with the time at which the clock stood, for [`Clock::set`].
    ///
    /// [`Clock::set`]: crate::server::clock::Clock::set
    fn delay(&self, minutes: i64) -> Moment {
        let before = self.portal.clock.now();
        self.portal.clock.set(before.plus_minutes(minutes));
        before
    }

    /// Tells one chapter; three days have passed.
    pub async fn tell(&mut self, chapter: Chapter) {
        self.portal.clock.set(self.portal.clock.now().plus_days(3));
        // What was written late on the day of the last chapter has left by now.
        self.letters().await;
        match chapter {
            Chapter::Draft => {}
            Chapter::Submitted => self.hand_in_both().await,
            Chapter::Accepted => {
                let world = self.review();
                for application in world.applications {
                    self.portal.accept(&world, application).await;
                }
            }
            Chapter::Reviewing => self.begin_reviews().await,
            Chapter::Deliberating => self.end_reviews().await,
            Chapter::Decided | Chapter::Answered => {}
        }
    }

    async fn hand_in_both(&mut self) {
        for (place, who) in ["lead", "other lead"].into_iter().enumerate() {
            let before = self.delay(self.slow[place]);
            self.post(who, &at(self.applications[place], "/submit")).await.went_to();
            self.portal.clock.set(before);
        }
    }

    async fn begin_reviews(&mut self) {
        let world = self.review();
        for (judge, house) in SEATS {
            let before = self.delay(self.late[judge]);
            let id = self.portal.seat(&world, self.applications[house], self.judges[judge]).await;
            self.seats.push(Seated { judge, house, id });
            self.portal.clock.set(before);
        }
        self.mark(self.seats[0]).await;
        self.mark(self.seats[1]).await;
    }

    async fn mark(&self, seat: Seated) {
        let before = self.delay(self.late[seat.judge]);
        let level = |criterion: usize| if criterion % 5 == seat.judge { 2 } else { 3 };
        let levels = std::array::from_fn(level);
        self.portal.mark_all(self.applications[seat.house], seat.id, self.judges[seat.judge], levels).await;
        self.portal.clock.set(before);
    }

    async fn end_reviews(&mut self) {
        let world = self.review();
        self.mark(self.seats[2]).await;
        self.mark(self.seats[3]).await;
        for seat in self.seats.clone() {
            let before = self.delay(self.late[seat.judge]);
            let (application, account) = (self.applications[seat.house], self.judges[seat.judge]);
            self.portal.hand_in(application, seat.id, account, Outcome::Accredited).await;
            self.portal.clock.set(before);
        }
        self.portal.deliberate(&world, self.applications[0]).await;
    }
}
