//! The story: from two drafts to released decisions and an answered appeal.
//!
//! The first reviewer and the second sit at the first application, the second and the third at the other one. Whoever has
//! been swapped acts some minutes later ([`World::late`], [`World::slow`]), on the same day.

use super::{
    super::{browser::Part, model::forms, routes::ROUTES, world::at},
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
            Chapter::Reviewing => {
                self.begin_reviews().await;
                self.ask_the_centre().await;
            }
            Chapter::Deliberating => {
                self.end_reviews().await;
                self.talk().await;
            }
            Chapter::Decided => self.decide_both().await,
            Chapter::Answered => {
                self.release_both().await;
                self.consent_and_appeal().await;
            }
        }
    }

    async fn hand_in_both(&mut self) {
        for (place, who) in ["lead", "other lead"].into_iter().enumerate() {
            let before = self.delay(self.slow[place]);
            self.post(who, &at(self.applications[place], "/submit")).await.went_to();
            // Handing in has the documents searched again.
            self.portal.look_through().await;
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

    /// Opens a page as somebody and sends the form that leads to this address and has this button, as it stands there but
    /// for these fields. Nothing happens while the portal has no such route.
    async fn act(
        &mut self,
        who: &'static str,
        (page, action): (&str, &str),
        (template, button): (&str, &str),
        fields: &[(&str, &str)],
    ) -> String {
        if !ROUTES.iter().any(|(method, path, _)| *method == "POST" && *path == template) {
            return String::new();
        }
        let shown = self.get(who, page).await;
        let form = forms::of(&shown).into_iter().find(|form| form.action.ends_with(action) && form.has(button));
        let form = form.unwrap_or_else(|| panic!("{who} finds no form to {action} on {page}: {}", shown.headline()));
        let all = form.with(button, fields);
        let pairs: Vec<(&str, &str)> = all.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let reply = self.send(who, &form.action, &pairs).await;
        assert_eq!(reply.status, axum::http::StatusCode::SEE_OTHER, "{who} {action}: {}", reply.html().text);
        reply.went_to()
    }

    /// The first reviewer asks, the secretariat passes it on, the centre answers, and the answer is passed on.
    async fn ask_the_centre(&mut self) {
        let review = format!("/reviews/{}/requests", self.seats[0].id);
        let group = format!("/working-group/applications/{}/requests", self.applications[0]);
        let template = "/working-group/applications/{application}/requests/{request}";
        let before = self.delay(self.late[0]);
        let question = [("criterion", "3"), ("text", "Who covers the nights?")];
        let asked = self.act("reviewer 1", (&review, "/requests"), ("/reviews/{review}/requests", ""), &question).await;
        self.portal.clock.set(before);
        if asked.is_empty() {
            return;
        }
        let request = self.portal.texts("SELECT id FROM information_request").await.remove(0);
        let ends = format!("/requests/{request}");
        let worded = [("text", "Who covers the nights?")];
        let before = self.delay(60);
        self.act("coordinator", (&group, &ends), (template, "relay"), &worded).await;
        self.portal.clock.set(before);
        // Hours apart, so that no delay turns question, answer and what passes them on round.
        let before = self.delay(120 + self.slow[0]);
        let house = self.cast.houses[0];
        let answer = format!("{} of {} does; ask {}.", house.lead.name, house.centre, house.lead.email);
        let path = at(self.applications[0], &ends);
        self.get("lead", &path).await;
        let parts = [Part::Text("text", &answer)];
        self.send_parts("lead", &path, &parts).await.went_to();
        self.portal.clock.set(before);
        // Answers wait for the secretariat as well, where names may stand in them.
        let waits = forms::of(&self.get("coordinator", &group).await);
        if waits.iter().any(|form| form.action.ends_with(&ends) && form.has("relay")) {
            let hidden = [("text", "Somebody of the team does.")];
            let before = self.delay(240);
            self.act("coordinator", (&group, &ends), (template, "relay"), &hidden).await;
            self.portal.clock.set(before);
        }
    }

    /// Both reviewers of the first application talk, and one revises a level.
    async fn talk(&mut self) {
        // An hour apart: what answers follows what it answers, and no delay turns the two round.
        for (seat, text) in [(0, "I would like to see the rota."), (1, "The rota is on page 4.")] {
            let minutes = if seat == 0 { 0 } else { 60 };
            let seat = self.seats[seat];
            let who = ["reviewer 1", "reviewer 2", "reviewer 3"][seat.judge];
            let page = format!("/reviews/{}/deliberation/3", seat.id);
            let before = self.delay(minutes + self.late[seat.judge]);
            let said = [("do", "say"), ("text", text)];
            self.act(who, (&page, "/deliberation/3"), ("/reviews/{review}/deliberation/{criterion}", "say"), &said)
                .await;
            self.portal.clock.set(before);
        }
        let mut tx = self.portal.write().await;
        let stamp = self.portal.stamp(Some(self.group[0]));
        tx.set_lead(&stamp, self.applications[0], self.seats[0].id).await.expect("a lead");
        tx.commit().await.expect("commit");
    }

    /// Both panels agree; the chair proposes, and the secretariat confirms.
    async fn decide_both(&mut self) {
        let world = self.review();
        self.portal.deliberate(&world, self.applications[1]).await;
        for (place, outcome) in [(0, "accredited"), (1, "deferred")] {
            let application = self.applications[place];
            for criterion in 1..=13 {
                self.portal
                    .sql(
                        "INSERT INTO consensus (application_id, criterion, level, strengths, gap, satisfy, version, updated_at) \
                         VALUES ($1, CAST($2 AS BIGINT), 3, 'The rota is kept.', 'Nights are not covered.', 'A rota for nights.', 1, 0)",
                        &[&application.to_string(), &format!("{criterion}")],
                    )
                    .await;
            }
            let page = format!("/working-group/applications/{application}/decision");
            let template = "/working-group/applications/{application}/decision";
            let letter = "Dear colleagues,\n\nthank you for your application.";
            let fields = [("outcome", outcome), ("deviation", "It was weighed."), ("letter", letter)];
            let done = self.act("chair", (&page, "/decision"), (template, ""), &fields).await;
            let confirm = "/working-group/applications/{application}/decision/confirm";
            self.act("coordinator", (&page, "/decision/confirm"), (confirm, ""), &[]).await;
            if done.is_empty() {
                let decide = |stage: crate::domain::stage::Stage, now| stage.decide(Outcome::Accredited, now);
                let centre = self.centres[place].clone();
                self.portal.advance(&centre, application, |s, now| decide(s, now).expect("it was deliberated")).await;
            }
        }
    }

    /// One coordinator proposes the batch, the other releases it.
    async fn release_both(&mut self) {
        let page = format!("/working-group/cycles/{}/releases", self.cycle.id);
        let ids: Vec<String> = self.applications.iter().map(ToString::to_string).collect();
        let template = "/working-group/cycles/{cycle}/releases";
        if !ROUTES.iter().any(|(method, path, _)| *method == "POST" && *path == template) {
            for place in 0..2 {
                let (centre, application) = (self.centres[place].clone(), self.applications[place]);
                self.portal.advance(&centre, application, |s, now| s.release(now).expect("it was decided")).await;
            }
            return;
        }
        let fields: Vec<(&str, &str)> = ids.iter().map(|id| ("application", id.as_str())).collect();
        let batch = self.send("coordinator", &page, &fields).await.went_to();
        let batch = batch.split('?').next().unwrap_or_default().to_owned();
        let template = "/working-group/cycles/{cycle}/releases/{batch}";
        self.act("second coordinator", (&batch, &batch), (template, ""), &[]).await;
    }

    /// The first centre agrees to stand in the register; the other one appeals, and is answered.
    async fn consent_and_appeal(&mut self) {
        let name = self.cast.houses[0].centre;
        let page = at(self.applications[0], "/designation");
        let rows = self.portal.texts("SELECT id FROM designation").await;
        if !rows.is_empty() {
            let fields = [("public-name", name)];
            let template = "/applications/{application}/designation";
            self.act("lead", (&page, "/designation"), (template, ""), &fields).await;
        }
        let page = at(self.applications[1], "/appeal");
        let before = self.delay(self.slow[1]);
        let fields = [("kind", "appeal"), ("text", "The nights are covered since May.")];
        let appealed =
            self.act("other lead", (&page, "/appeal"), ("/applications/{application}/appeal", ""), &fields).await;
        self.portal.clock.set(before);
        if appealed.is_empty() {
            return;
        }
        let page = format!("/working-group/applications/{}/appeal", self.applications[1]);
        let template = "/working-group/applications/{application}/appeal";
        let fields = [("answer", "Thank you. The outcome stays."), ("changed", "")];
        self.act("chair", (&page, "/appeal"), (template, ""), &fields).await;
        let template = "/working-group/applications/{application}/appeal/confirm";
        let shown = forms::of(&self.get("coordinator", &page).await);
        if shown.iter().any(|form| form.action.ends_with("/appeal/confirm")) {
            self.act("coordinator", (&page, "/appeal/confirm"), (template, ""), &[]).await;
        }
    }
}
