//! Builds what a test begins with: centres, their people, cycles, and applications in every state.

pub mod decided;
pub mod review;

use super::harness::{PASSWORD, TestPortal};
use crate::{
    domain::{
        answer::Content,
        calendar::Deadline,
        criteria::COUNT,
        evidence::Kind,
        id::{AccountId, ApplicationId, CentreId, CycleId, EvidenceId},
        level::Level,
        moment::Moment,
        readiness::Ready,
        signatory::{Capacity, Declaration},
        snapshot::Digest,
        stage::{Reason, Stage},
    },
    server::codes::Secret,
    store::{
        Chance,
        application::Application,
        centre::{CentreIdentity, Cycle, Role},
        event::What,
        evidence::{About, Source},
    },
};

/// A case that is long enough to say something.
pub const CASE: &str = "Every patient with advanced cancer is seen by the palliative care team in the clinic within ten \
    working days, and the nurse in charge checks the list each Monday with the oncologist on duty.";

/// A PDF of one empty page.
pub const PDF: &[u8] = b"%PDF-1.7\n\
    1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj\n\
    2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj\n\
    3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] >> endobj\n\
    xref\n\
    0 4\n\
    0000000000 65535 f \n\
    0000000009 00000 n \n\
    0000000058 00000 n \n\
    0000000115 00000 n \n\
    trailer << /Size 4 /Root 1 0 R >>\n\
    startxref\n\
    186\n\
    %%EOF\n";

/// A centre and two of its people.
#[derive(Clone, Debug)]
pub struct Centre {
    /// Which one.
    pub id: CentreId,
    /// Answers for it.
    pub lead: AccountId,
    /// Works on it.
    pub contributor: AccountId,
    /// The word in its names and addresses.
    pub word: &'static str,
}

impl Centre {
    /// The address of its lead.
    pub fn lead_email(&self) -> String {
        format!("lead@{}.example", self.word)
    }

    /// The address of its contributor.
    pub fn contributor_email(&self) -> String {
        format!("colleague@{}.example", self.word)
    }
}

/// The address of a page of an application.
pub fn at(application: ApplicationId, rest: &str) -> String {
    format!("/applications/{application}{rest}")
}

/// A level with a case.
pub fn content(level: Level, narrative: &str) -> Content {
    Content { level: Some(level), narrative: narrative.into(), ..Content::default() }
}

/// What a centre says about a piece of evidence.
pub fn about(title: &str, kind: Kind, effective: &str, expiry: &str) -> About {
    About { title: title.into(), kind, effective: effective.into(), expiry: expiry.into() }
}

impl TestPortal {
    /// Somebody who can sign in with the password of all tests.
    pub async fn account(&self, name: &str, email: &str, roles: &[&str]) -> AccountId {
        let hash = self.passwords.hash(PASSWORD.into()).await.expect("a hash");
        let roles: Vec<String> = roles.iter().map(|r| (*r).to_owned()).collect();
        let mut tx = self.write().await;
        let id = tx.add_account(&self.stamp(None), name, email, &hash, &roles).await.expect("an account");
        let secret = Secret::draw(&Chance::default());
        let sealed = secret.seal(&self.seal, id).expect("sealed");
        tx.set_up_code(&self.stamp(Some(id)), id, &sealed, 0).await.expect("a second factor");
        tx.commit().await.expect("commit");
        id
    }

    /// A centre with a lead and a contributor, all named after one word.
    pub async fn centre(&self, word: &'static str) -> Centre {
        let lead = self.account(&format!("Ada {word}"), &format!("lead@{word}.example"), &[]).await;
        let contributor = self.account(&format!("Ben {word}"), &format!("colleague@{word}.example"), &[]).await;
        let identity = CentreIdentity::new(format!("{word} Cancer Centre"), format!("Port {word}"), "Utopia".into());
        let stamp = self.stamp(None);
        let mut tx = self.write().await;
        let id = tx.add_centre(&stamp, &identity).await.expect("a centre");
        tx.join_centre(&stamp, id, lead, Role::Lead).await.expect("a lead");
        tx.join_centre(&stamp, id, contributor, Role::Contributor).await.expect("a contributor");
        tx.commit().await.expect("commit");
        Centre { id, lead, contributor, word }
    }

    /// One more contributor.
    pub async fn colleague(&self, centre: &Centre, name: &str, email: &str) -> AccountId {
        let account = self.account(name, email, &[]).await;
        let mut tx = self.write().await;
        tx.join_centre(&self.stamp(None), centre.id, account, Role::Contributor).await.expect("a contributor");
        tx.commit().await.expect("commit");
        account
    }

    /// A cycle that is open for these days around now.
    pub async fn cycle(&self, name: &str, opens: i64, closes: i64) -> Cycle {
        let day = |days| self.clock.now().plus_days(days);
        let cycle = Cycle {
            id: CycleId::new(self.chance.bits()),
            name: name.into(),
            edition: self.catalogue.newest().name.clone(),
            opens: day(opens),
            closes: Deadline { at: day(closes), zone: "Europe/Zurich".into() },
            decision: day(closes + 150),
        };
        let mut tx = self.write().await;
        tx.add_cycle(&cycle).await.expect("a cycle");
        tx.commit().await.expect("commit");
        cycle
    }

    /// The open cycle of 2027.
    pub async fn open_cycle(&self) -> Cycle {
        self.cycle("2027", -60, 41).await
    }

    /// An empty draft.
    pub async fn draft(&self, centre: &Centre, cycle: &Cycle) -> ApplicationId {
        let mut tx = self.write().await;
        let id = tx.start_application(&self.stamp(Some(centre.lead)), cycle, centre.id, None).await.expect("a draft");
        tx.commit().await.expect("commit");
        id
    }

    /// A centre, the open cycle and an empty draft: what most tests begin with.
    pub async fn at_a_draft(&self) -> (Centre, ApplicationId) {
        let (centre, cycle) = (self.centre("north").await, self.open_cycle().await);
        let application = self.draft(&centre, &cycle).await;
        (centre, application)
    }

    /// Saves an answer over whatever is there.
    pub async fn answer(&self, author: AccountId, application: ApplicationId, criterion: u8, content: &Content) {
        let mut tx = self.write().await;
        let current = tx.answer(application, criterion).await.expect("an answer");
        let base = current.as_ref().map_or(0, |a| a.version);
        tx.save_answer(
            &self.stamp(Some(author)),
            application,
            criterion,
            &crate::store::answer::Base { version: base, page: None },
            content,
            current.as_ref(),
        )
        .await
        .expect("a save");
        tx.commit().await.expect("commit");
    }

    /// Adds a link as evidence and uses it for some criteria.
    pub async fn link(
        &self,
        author: AccountId,
        application: ApplicationId,
        about: &About,
        criteria: &[u8],
    ) -> EvidenceId {
        let (stamp, mut tx) = (self.stamp(Some(author)), self.write().await);
        let source = Source::Link(format!("https://evidence.example/{}", about.title.replace(' ', "-")));
        let id = tx.add_evidence(&stamp, application, about, &source).await.expect("evidence");
        for criterion in criteria {
            tx.use_evidence(&stamp, application, id, *criterion, "2-4").await.expect("a use");
        }
        tx.commit().await.expect("commit");
        id
    }

    /// A draft without an error: 13 answers at level 3, evidence of use, three confirmations, all declarations.
    pub async fn ready_draft(&self, centre: &Centre, cycle: &Cycle) -> ApplicationId {
        let id = self.draft(centre, cycle).await;
        for criterion in 1..=COUNT {
            self.answer(centre.lead, id, criterion, &content(Level::Established, &format!("{CASE} ({criterion})")))
                .await;
        }
        let all: Vec<u8> = (1..=COUNT).collect();
        self.link(centre.lead, id, &about("Audit of 2026", Kind::Data, "2026-11-01", ""), &all).await;
        let stamp = self.stamp(Some(centre.lead));
        let mut tx = self.write().await;
        for capacity in Capacity::ALL {
            let email = format!("{}@{}.example", capacity.key(), centre.word);
            tx.name_signatory(&stamp, id, capacity, &format!("{} {}", capacity.name(), centre.word), &email)
                .await
                .expect("a signatory");
            tx.confirm(&stamp, id, capacity).await.expect("a confirmation");
        }
        let application = tx.standing(id, centre.lead).await.expect("a draft").expect("a draft").application;
        tx.declare(&stamp, &application, &Declaration::ALL).await.expect("declarations");
        tx.commit().await.expect("commit");
        id
    }

    /// The application as its centre sees it.
    pub async fn application(&self, centre: &Centre, id: ApplicationId) -> Application {
        let standing = self.read().await.standing(id, centre.lead).await.expect("a standing");
        standing.expect("an application").application
    }

    /// Takes an application to another stage, without asking whether it is ready.
    pub async fn advance(&self, centre: &Centre, id: ApplicationId, step: impl FnOnce(Stage, Moment) -> Stage) {
        let application = self.application(centre, id).await;
        let stage = step(application.stage, self.clock.now());
        let mut tx = self.write().await;
        tx.set_stage(&self.stamp(None), id, application.version, &stage, What::StageChanged).await.expect("a stage");
        tx.commit().await.expect("commit");
    }

    /// Freezes and submits, without asking whether it is ready.
    pub async fn submit(&self, centre: &Centre, id: ApplicationId) -> Digest {
        let content = format!(
            "{{\"edition\":\"2026\",\"at\":0,\"answers\":[],\"evidence\":[],\"declarations\":[],\"confirmations\":[],\"of\":\"{id}\"}}"
        );
        let mut tx = self.write().await;
        let digest = tx.freeze(&self.stamp(Some(centre.lead)), id, &content).await.expect("a snapshot");
        tx.commit().await.expect("commit");
        let frozen = digest.clone();
        self.advance(centre, id, |stage, now| {
            stage.submit(&Ready::for_tests(), frozen, now, now).expect("a draft can be submitted")
        })
        .await;
        digest
    }

    /// Screening sends it back with a reason at one criterion.
    pub async fn give_back(&self, centre: &Centre, id: ApplicationId, criterion: u8, text: &str) {
        let reasons = vec![Reason { criterion: Some(criterion), text: text.into() }];
        self.advance(centre, id, |stage, now| stage.give_back(reasons, now).expect("it was submitted")).await;
    }
}
