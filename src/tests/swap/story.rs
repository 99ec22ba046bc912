//! The story: from two drafts to released decisions, as far as the portal can tell it.

use super::{super::world::at, world::World};

/// A part of the story; after each one, everything is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Chapter {
    /// Both centres write.
    Draft,
    /// Both have handed in.
    Submitted,
    /// Decided, not released.
    Decided,
    /// After the appeal was answered.
    Answered,
}

impl Chapter {
    /// All, in their order.
    pub const ALL: [Self; 4] = [Self::Draft, Self::Submitted, Self::Decided, Self::Answered];

    /// For messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Submitted => "submitted",
            Self::Decided => "decided",
            Self::Answered => "answered",
        }
    }
}

impl World {
    /// Tells one chapter.
    pub async fn tell(&mut self, chapter: Chapter) {
        match chapter {
            Chapter::Draft | Chapter::Decided | Chapter::Answered => {}
            Chapter::Submitted => {
                for (place, who) in ["lead", "other lead"].into_iter().enumerate() {
                    let (path, slow) = (at(self.applications[place], "/submit"), self.slow[place]);
                    let before = self.portal.clock.now();
                    self.portal.clock.set(before.plus_minutes(slow));
                    self.post(who, &path).await.went_to();
                    self.portal.clock.set(before);
                }
            }
        }
    }
}
