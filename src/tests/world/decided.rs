//! The steps from a panel that deliberates to a decision that is released, through the pages.

use super::review::{CHAIR, COORDINATOR, ReviewWorld, SECOND};
use crate::{
    domain::{
        consensus::Wording,
        id::{ApplicationId, CycleId},
        level::Level,
        outcome::Outcome,
        review::Mark,
    },
    store::answer::Base,
    tests::{browser::Browser, harness::TestPortal},
};

/// All thirteen criteria at level 3.
pub const ALL_YES: [u8; 13] = [3; 13];

/// The address of a page of the working group about an application.
pub fn group(application: ApplicationId, rest: &str) -> String {
    format!("/working-group/applications/{application}{rest}")
}

/// The address of the releases of a cycle.
pub fn releases(cycle: CycleId) -> String {
    format!("/working-group/cycles/{cycle}/releases")
}

impl TestPortal {
    /// One seat has marked and handed in, and the panel of an application deliberates. Any reviewer of the world.
    pub async fn to_deliberation(&self, world: &ReviewWorld, application: ApplicationId, reviewer: usize) {
        let reviewer = world.reviewers[reviewer];
        self.accept(world, application).await;
        let seat = self.seat(world, application, reviewer).await;
        self.mark_all(application, seat, reviewer, ALL_YES).await;
        self.hand_in(application, seat, reviewer, Outcome::Accredited).await;
        self.deliberate(world, application).await;
    }

    /// What the panel agrees on at one criterion.
    pub async fn agree_at(&self, application: ApplicationId, criterion: u8, level: u8, gap: &str) {
        let mut tx = self.write().await;
        let version = tx.consensus_at(application, criterion).await.expect("an answer").map_or(0, |c| c.version);
        let mark = Mark::default();
        let wording = Wording {
            level: Level::from_number(level.into()),
            strengths: format!("The rota at criterion {criterion} is kept."),
            gap: gap.into(),
            satisfy: mark.satisfy,
        };
        tx.save_consensus(&self.stamp(None), application, criterion, (&Base { version, page: None }, None), &wording)
            .await
            .expect("saved");
        tx.commit().await.expect("commit");
    }

    /// The panel agrees on these levels.
    pub async fn agree(&self, application: ApplicationId, levels: [u8; 13]) {
        for (criterion, level) in (1..=13).zip(levels) {
            self.agree_at(application, criterion, level, "Nights are not covered.").await;
        }
    }

    /// The chair proposes an outcome and a coordinator confirms it.
    pub async fn decide(&self, application: ApplicationId, outcome: Outcome) {
        let mut chair = self.sign_in(CHAIR).await;
        let fields = [
            ("version", "0"),
            ("outcome", outcome.key()),
            ("deviation", "The working group has weighed it."),
            ("letter", "Dear colleagues,\n\nthank you for your application."),
        ];
        chair.post(&group(application, "/decision"), &fields).await.went_to();
        let mut coordinator = self.sign_in(COORDINATOR).await;
        coordinator.press(&group(application, "/decision"), "/decision/confirm").await;
    }

    /// A coordinator proposes a batch and the other one releases it.
    pub async fn release(&self, world: &ReviewWorld, applications: &[ApplicationId]) {
        let mut coordinator = self.sign_in(COORDINATOR).await;
        let ids: Vec<String> = applications.iter().map(ToString::to_string).collect();
        let fields: Vec<(&str, &str)> = ids.iter().map(|id| ("application", id.as_str())).collect();
        let batch = coordinator.post(&releases(world.cycle.id), &fields).await.went_to();
        let mut second = self.sign_in(SECOND).await;
        second.press(&batch, &batch).await;
    }

    /// Two applications, decided and released: the first accredited, the second deferred.
    pub async fn released_world(&self) -> ReviewWorld {
        let world = self.review_world().await;
        for (place, outcome) in [Outcome::Accredited, Outcome::Deferred].into_iter().enumerate() {
            let application = world.applications[place];
            self.to_deliberation(&world, application, place).await;
            self.agree(application, ALL_YES).await;
            self.decide(application, outcome).await;
        }
        self.release(&world, &world.applications).await;
        world
    }
}

impl Browser {
    /// Opens a page and sends the form whose address ends like this, as it stands there; answers with where it led.
    pub async fn press(&mut self, page: &str, form: &str) -> String {
        let shown = self.page(page).await;
        let version = version_of(&shown.text(), form);
        let base = page.strip_suffix("/decision").or_else(|| page.strip_suffix("/appeal")).unwrap_or("");
        let address = if form.starts_with("/working-group") { form.to_owned() } else { format!("{base}{form}") };
        let reply = self.post(&address, &[("version", &version)]).await;
        reply.went_to()
    }
}

/// The hidden version in the form whose address ends like this.
pub fn version_of(page: &str, form: &str) -> String {
    let ends = format!("{form}\"");
    let rest = page.split("<form ").find(|part| part.split('>').next().is_some_and(|tag| tag.contains(&ends)));
    let rest = rest.unwrap_or_else(|| panic!("no form to {form} in {page}"));
    let (_, after) = rest.split_once("name=\"version\"").expect("a version");
    after.split('"').nth(1).expect("a value").to_owned()
}
