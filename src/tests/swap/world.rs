//! A world with a cast: who is in it, what its addresses need, and what its letters say.

use super::{
    super::{
        browser::{Browser, Part, Reply},
        harness::{Engine, TestPortal},
        world::{Centre, PDF, about, at, content, review::ReviewWorld},
    },
    cast::{Cast, Person},
};
use crate::{
    domain::{
        criteria::COUNT,
        evidence::Kind,
        id::{AccountId, ApplicationId, SeatId},
        level::Level,
        signatory::{Capacity, Declaration},
    },
    store::{
        centre::{CentreIdentity, Cycle, Role},
        evidence::Source,
    },
};
use std::collections::BTreeMap;

/// One world of a swap.
#[derive(Debug)]
pub struct World {
    /// The portal.
    pub portal: TestPortal,
    /// Who plays.
    pub cast: Cast,
    /// The call.
    pub cycle: Cycle,
    /// The centres.
    pub centres: Vec<Centre>,
    /// Their applications.
    pub applications: Vec<ApplicationId>,
    /// The reviewers.
    pub judges: Vec<AccountId>,
    /// Both coordinators, and the chair.
    pub group: Vec<AccountId>,
    /// By how many minutes each reviewer acts later than in the first world.
    pub late: [i64; 3],
    /// By how many minutes each centre acts later.
    pub slow: [i64; 2],
    /// The panels.
    pub seats: Vec<Seated>,
    browsers: BTreeMap<&'static str, Browser>,
}

/// A reviewer at an application, by their places in the cast.
#[derive(Clone, Copy, Debug)]
pub struct Seated {
    /// Which reviewer.
    pub judge: usize,
    /// Whose application.
    pub house: usize,
    /// The seat.
    pub id: SeatId,
}

impl World {
    /// Everybody who looks.
    pub const EVERYBODY: [&'static str; 13] = [
        "visitor",
        "lead",
        "contributor",
        "other lead",
        "other contributor",
        "reviewer 1",
        "reviewer 2",
        "reviewer 3",
        "coordinator",
        "second coordinator",
        "chair",
        "administrator",
        "stranger",
    ];

    /// The cast has come, the call is open, and both centres have written a draft that is ready.
    #[expect(clippy::large_types_passed_by_value, reason = "once a world")]
    pub async fn begin(engine: Engine, cast: Cast) -> Self {
        // The outbox of the demo shows everybody's letters to everybody; without the demo there is none.
        let portal = TestPortal::begin_with(engine, |settings| settings.demo = false).await;
        let mut group = Vec::new();
        for (person, role) in cast.group.iter().zip(["coordinator", "coordinator", "chair"]) {
            group.push(portal.account(person.name, person.email, &[role]).await);
        }
        portal.account("Ulrika Fernwater", "u.fernwater@operation.example", &["administrator"]).await;
        portal.account("Valentin Sandwell", "v.sandwell@nowhere.example", &[]).await;
        let cycle = portal.open_cycle().await;
        let mut world = Self {
            portal,
            cast,
            cycle,
            centres: Vec::new(),
            applications: Vec::new(),
            judges: Vec::new(),
            group,
            late: [0; 3],
            slow: [0; 2],
            seats: Vec::new(),
            browsers: BTreeMap::new(),
        };
        for judge in cast.judges {
            let account = world.portal.account(judge.person.name, judge.person.email, &["reviewer"]).await;
            world.judges.push(account);
        }
        world.profiles().await;
        for place in 0..cast.houses.len() {
            world.house(place).await;
        }
        for who in Self::EVERYBODY {
            let browser = match world.person(who) {
                None => world.portal.visitor(),
                Some(person) => world.portal.sign_in(person.email).await,
            };
            world.browsers.insert(who, browser);
        }
        world
    }

    /// Who somebody is; nobody for a visitor.
    pub fn person(&self, who: &str) -> Option<Person> {
        let [one, other] = &self.cast.houses;
        Some(match who {
            "lead" => one.lead,
            "contributor" => one.contributor,
            "other lead" => other.lead,
            "other contributor" => other.contributor,
            "reviewer 1" => self.cast.judges[0].person,
            "reviewer 2" => self.cast.judges[1].person,
            "reviewer 3" => self.cast.judges[2].person,
            "coordinator" => self.cast.group[0],
            "second coordinator" => self.cast.group[1],
            "chair" => self.cast.group[2],
            "administrator" => Person { name: "Ulrika Fernwater", email: "u.fernwater@operation.example" },
            "stranger" => Person { name: "Valentin Sandwell", email: "v.sandwell@nowhere.example" },
            _ => return None,
        })
    }

    /// What reviewers say of themselves.
    async fn profiles(&self) {
        for (place, (judge, account)) in self.cast.judges.iter().zip(&self.judges).enumerate() {
            let account = account.to_string();
            let tie = format!("{:032x}", place + 1);
            self.portal
                .sql(
                    "INSERT INTO reviewer_profile (account_id, institution, country, languages, expertise, most_reviews, version, updated_at) \
                     VALUES ($1, $2, $3, 'en', '', 9, 1, 0)",
                    &[&account, judge.institution, judge.country],
                )
                .await;
            self.portal
                .sql(
                    "INSERT INTO reviewer_tie (id, account_id, kind, name, domain, reason, at) VALUES ($1, $2, 'co-author', $3, '', '', 0)",
                    &[&tie, &account, judge.tie],
                )
                .await;
        }
    }

    /// A centre whose papers name it in every field in which somebody can type.
    async fn house(&mut self, place: usize) {
        let (portal, house) = (&self.portal, self.cast.houses[place]);
        let lead = portal.account(house.lead.name, house.lead.email, &[]).await;
        let contributor = portal.account(house.contributor.name, house.contributor.email, &[]).await;
        let identity = CentreIdentity::new(house.centre.into(), house.city.into(), house.country.into());
        let stamp = portal.stamp(None);
        let mut tx = portal.write().await;
        let id = tx.add_centre(&stamp, &identity).await.expect("a centre");
        tx.join_centre(&stamp, id, lead, Role::Lead).await.expect("a lead");
        tx.join_centre(&stamp, id, contributor, Role::Contributor).await.expect("a contributor");
        tx.commit().await.expect("commit");
        let centre = Centre { id, lead, contributor, word: "unused" };
        let application = portal.draft(&centre, &self.cycle).await;
        for criterion in 1..=COUNT {
            let told = format!(
                "At {} in {} ({}) every patient with advanced cancer is seen within ten working days; {} checks the list \
                 each Monday with {}, and whoever has a question writes to {}. The rules are at https://{}/rules. ({criterion})",
                house.centre,
                house.city,
                house.country,
                house.lead.name,
                house.contributor.name,
                house.lead.email,
                house.host
            );
            portal.answer(lead, application, criterion, &content(Level::Established, &told)).await;
        }
        let mut browser = portal.sign_in(house.lead.email).await;
        let parts = [Part::Text("title", "Protocol of the round"), Part::File("file", house.file, PDF)];
        let added = browser.post_multipart(&at(application, "/evidence"), &parts).await;
        added.went_to();
        portal.look_through().await;
        let stamp = portal.stamp(Some(lead));
        let mut tx = portal.write().await;
        let title = format!("Audit of 2026 at {}", house.centre);
        let link = Source::Link(format!("https://{}/audit-of-{}", house.host, house.city));
        let about = about(&title, Kind::Data, "2026-11-01", "");
        let evidence = tx.add_evidence(&stamp, application, &about, &link).await.expect("evidence");
        for criterion in 1..=COUNT {
            tx.use_evidence(&stamp, application, evidence, criterion, "2-4").await.expect("a use");
        }
        for (capacity, person) in Capacity::ALL.into_iter().zip(house.signatories) {
            tx.name_signatory(&stamp, application, capacity, person.name, person.email).await.expect("a signatory");
            tx.confirm(&stamp, application, capacity).await.expect("a confirmation");
        }
        let standing = tx.standing(application, lead).await.expect("a draft").expect("a draft");
        tx.declare(&stamp, &standing.application, &Declaration::ALL).await.expect("declarations");
        tx.commit().await.expect("commit");
        self.centres.push(centre);
        self.applications.push(application);
    }

    /// Asks for a page as somebody.
    pub async fn get(&mut self, who: &str, path: &str) -> Reply {
        self.browsers.get_mut(who).expect("somebody").get(path).await
    }

    /// Sends an empty form as somebody.
    pub async fn post(&mut self, who: &str, path: &str) -> Reply {
        self.send(who, path, &[]).await
    }

    /// Sends a form as somebody.
    pub async fn send(&mut self, who: &str, path: &str, fields: &[(&str, &str)]) -> Reply {
        self.browsers.get_mut(who).expect("somebody").post(path, fields).await
    }

    /// The same world as the steps of other tests take it.
    pub fn review(&self) -> ReviewWorld {
        ReviewWorld {
            cycle: self.cycle.clone(),
            coordinator: self.group[0],
            second: self.group[1],
            chair: self.group[2],
            reviewers: [self.judges[0], self.judges[1], self.judges[2]],
            centres: [self.centres[0].clone(), self.centres[1].clone()],
            applications: [self.applications[0], self.applications[1]],
        }
    }

    /// Sends a form with files as somebody.
    pub async fn send_parts(&mut self, who: &str, path: &str, parts: &[Part<'_>]) -> Reply {
        self.browsers.get_mut(who).expect("somebody").post_multipart(path, parts).await
    }

    /// What stands in addresses for each name in braces: references that exist in this world.
    pub async fn values(&self) -> BTreeMap<String, Vec<String>> {
        let mut values = BTreeMap::new();
        for (name, sql) in [
            ("{application}", "SELECT id FROM application ORDER BY id"),
            ("{review}", "SELECT id FROM seat ORDER BY id"),
            ("{seat}", "SELECT id FROM seat ORDER BY id"),
            ("{request}", "SELECT id FROM information_request ORDER BY id"),
            ("{message}", "SELECT id FROM information_message ORDER BY id"),
            ("{post}", "SELECT id FROM panel_post ORDER BY id"),
            ("{designation}", "SELECT id FROM designation ORDER BY id"),
            ("{code}", "SELECT code FROM designation ORDER BY code"),
            ("{batch}", "SELECT id FROM release_batch ORDER BY id"),
            ("{release}", "SELECT id FROM release_batch ORDER BY id"),
            ("{visit}", "SELECT id FROM visit_note ORDER BY id"),
            ("{conflict}", "SELECT id FROM conflict ORDER BY id"),
            ("{tie}", "SELECT id FROM reviewer_tie ORDER BY id"),
            ("{cycle}", "SELECT id FROM cycle ORDER BY id"),
            ("{centre}", "SELECT id FROM centre ORDER BY id"),
            ("{note}", "SELECT id FROM note ORDER BY id"),
            ("{action}", "SELECT id FROM planned_action ORDER BY id"),
            ("{invitation}", "SELECT id FROM invitation ORDER BY id"),
            ("{letter}", "SELECT id FROM letter WHERE state <> 'sent' ORDER BY id"),
        ] {
            values.insert(name.to_owned(), self.portal.texts(sql).await);
        }
        let mut evidence = self.portal.texts("SELECT id FROM evidence ORDER BY id").await;
        evidence.insert(0, "A".into());
        values.insert("{evidence}".into(), evidence);
        values.entry("{letter}".into()).or_default().splice(0..0, ["A".into(), "B".into()]);
        values.insert("{file}".into(), vec!["A".into(), "B".into()]);
        values.insert("{criterion}".into(), vec!["3".into()]);
        values.insert("{page}".into(), vec!["1".into()]);
        values.insert("{token}".into(), vec!["0".repeat(64)]);
        values.insert("{session}".into(), vec!["0".repeat(16)]);
        values.insert("{provider}".into(), vec!["no-hospital".into()]);
        values.insert("{name}".into(), vec![crate::server::assets::STYLE.into()]);
        let people = [self.centres[0].contributor, self.judges[0]];
        values.insert("{account}".into(), people.iter().map(ToString::to_string).collect());
        values
    }

    /// References of what is somebody else's, by the name in braces: to ask for them must be like asking for nothing.
    pub fn foreign(&self, who: &str, values: &BTreeMap<String, Vec<String>>) -> BTreeMap<&'static str, Vec<String>> {
        let [one, other] = [self.applications[0], self.applications[1]].map(|id| id.to_string());
        let applications = match who {
            "lead" | "contributor" => vec![other],
            "other lead" | "other contributor" => vec![one],
            "coordinator" | "second coordinator" | "chair" => Vec::new(),
            _ => vec![one, other],
        };
        let own = |review: &String| {
            let judge = who.strip_prefix("reviewer ").and_then(|n| n.parse::<usize>().ok());
            self.seats.iter().any(|seat| Some(seat.judge + 1) == judge && seat.id.to_string() == *review)
        };
        let reviews = values["{review}"].iter().filter(|review| !own(review)).cloned().collect();
        BTreeMap::from([("{application}", applications), ("{review}", reviews)])
    }

    /// The centres, by their places, that have agreed to stand in the register.
    pub async fn published(&self) -> Vec<usize> {
        let ids = self.portal.texts("SELECT centre_id FROM designation WHERE published = TRUE").await;
        (0..self.centres.len()).filter(|place| ids.contains(&self.centres[*place].id.to_string())).collect()
    }

    /// Every letter so far, by who received it, with its headers.
    pub async fn letters(&self) -> BTreeMap<&'static str, Vec<String>> {
        let mut all: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
        for letter in self.portal.mailed().await {
            let to = letter.lines().find_map(|line| line.strip_prefix("To: ")).expect("one recipient").trim();
            let who = Self::EVERYBODY.into_iter().find(|who| self.person(who).is_some_and(|p| p.email == to));
            all.entry(who.unwrap_or("somebody without an account")).or_default().push(letter);
        }
        for letters in all.values_mut() {
            letters.sort();
        }
        all
    }
}
