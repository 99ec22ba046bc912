//! The way of a centre from signing in to withdrawing, as its people go it.

use super::{
    browser::{Browser, Part},
    harness::{PASSWORD, TestPortal},
    world::{CASE, Centre, PDF, at, content},
};
use crate::domain::{
    criteria::COUNT,
    id::ApplicationId,
    level::Level,
    readiness::Severity,
    signatory::{Capacity, Declaration},
    stage::StageName,
};
use axum::http::StatusCode;

on_both!(
    a_centre_goes_from_signing_in_to_withdrawing,
    submitting_is_refused_with_everything_that_is_missing,
    nothing_can_be_submitted_after_the_deadline,
    what_was_returned_can_be_submitted_after_the_deadline,
    starting_twice_leads_to_the_same_application,
    two_submissions_at_once_freeze_once,
    a_text_saved_at_the_moment_of_submitting_is_frozen_or_given_back,
);

/// How many errors the application page says are left.
async fn errors_left(browser: &mut Browser, application: ApplicationId) -> usize {
    let text = browser.page(&at(application, "/check")).await.html().text;
    let Some((before, _)) =
        text.split_once(" things to mend before you submit").or(text.split_once(" thing to mend before"))
    else {
        return 0;
    };
    before.rsplit(|c: char| !c.is_ascii_digit()).next().and_then(|n| n.parse().ok()).expect("a number")
}

async fn sign_in_wrong_then_right(portal: &TestPortal, centre: &Centre) -> Browser {
    let mut lead = portal.visitor();
    let email = centre.lead_email();
    let refused = lead.post("/sign-in", &[("email", &email), ("password", "a loud evening")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.must_show("Email address and password do not fit together");
    assert_eq!(refused.html().value_of("email"), email);
    assert_eq!(lead.session(), None);
    let in_capitals = format!("  {} ", email.to_uppercase());
    let place = lead.post("/sign-in", &[("email", &in_capitals), ("password", PASSWORD)]).await.went_to();
    assert_eq!(place, "/sign-in/code");
    let code = portal.code(&email).await;
    assert_eq!(lead.post("/sign-in/code", &[("code", &code)]).await.went_to(), "/home");
    lead
}

/// Starts an application with the form of the home page.
async fn start(browser: &mut Browser) -> ApplicationId {
    let home = browser.page("/home").await.html();
    let fields = [("centre", home.value_of("centre")), ("cycle", home.value_of("cycle")), ("from", "empty".to_owned())];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let place = browser.post("/applications", &fields).await.went_to();
    ApplicationId::parse(place.strip_prefix("/applications/").expect("an application")).expect("an identifier")
}

async fn answer_everything(browser: &mut Browser, application: ApplicationId) {
    for criterion in 1..=COUNT {
        let here = at(application, &format!("/criteria/{criterion}"));
        let version = browser.page(&here).await.html().value_of("version");
        let narrative = format!("{CASE} ({criterion})");
        let fields = [("version", version.as_str()), ("level", "3"), ("narrative", &narrative), ("then", "next")];
        let next = browser.post(&here, &fields).await.went_to();
        let expected = if criterion < COUNT { format!("/criteria/{}", criterion + 1) } else { "/check".to_owned() };
        assert_eq!(next, at(application, &expected));
    }
}

/// Uploads one file at a criterion, then uses it for all others.
async fn attach(browser: &mut Browser, application: ApplicationId) {
    let parts = [
        Part::Text("title", "Audit of 2026"),
        Part::Text("kind", "data"),
        Part::Text("effective", "1.11.2026"),
        Part::Text("criterion", "1"),
        Part::Text("pages", "2-4"),
        Part::File("file", "audit 2026.pdf", PDF),
    ];
    let place = browser.post_multipart(&at(application, "/evidence"), &parts).await.went_to();
    assert_eq!(place, at(application, "/criteria/1?done=linked#evidence"));
    let list = browser.page(&at(application, "/evidence")).await.html();
    let base = at(application, "/evidence/");
    let evidence = list.values("href").find_map(|h| h.strip_prefix(&base)).expect("one piece").to_owned();
    for criterion in 2..=COUNT {
        let here = at(application, &format!("/criteria/{criterion}/evidence"));
        browser.post(&here, &[("evidence", &evidence), ("pages", "5")]).await.went_to();
    }
}

async fn confirm_all(portal: &TestPortal, browser: &mut Browser, centre: &Centre, application: ApplicationId) {
    let email = centre.lead_email();
    let fields = [
        ("corresponding-physician-name", "Ada north"),
        ("corresponding-physician-email", email.as_str()),
        ("department-head-name", "Dora Head"),
        ("department-head-email", "dora@north.example"),
        ("institute-head-name", "Ivo Head"),
        ("institute-head-email", "ivo@north.example"),
    ];
    let named = browser.post(&at(application, "/check/signatories"), &fields).await;
    assert_eq!(named.status, StatusCode::OK);
    let links = named.links("confirmations");
    assert_eq!(links.len(), 3);
    for link in &links[1..] {
        let mut head = portal.visitor();
        head.page(link).await.must_show("you confirm that the application of north Cancer Centre");
        assert_eq!(head.post(link, &[]).await.went_to(), *link);
        // A second press of the button.
        head.post(link, &[]).await.went_to();
        head.page(link).await.must_show("You have confirmed");
    }
    let place = browser.post(&at(application, "/check/confirm"), &[("capacity", "corresponding-physician")]).await;
    assert_eq!(place.went_to(), at(application, "/check#signatories"));
}

async fn a_centre_goes_from_signing_in_to_withdrawing(portal: TestPortal) {
    let centre = portal.centre("north").await;
    portal.open_cycle().await;
    let mut lead = sign_in_wrong_then_right(&portal, &centre).await;
    let application = start(&mut lead).await;
    lead.page(&at(application, "")).await.must_show("Initial application 2027");
    let mut left = vec![errors_left(&mut lead, application).await];

    answer_everything(&mut lead, application).await;
    left.push(errors_left(&mut lead, application).await);
    attach(&mut lead, application).await;
    left.push(errors_left(&mut lead, application).await);
    confirm_all(&portal, &mut lead, &centre, application).await;
    left.push(errors_left(&mut lead, application).await);
    let declared = Declaration::ALL.map(|d| ("declare", d.key()));
    lead.post(&at(application, "/check/declarations"), &declared).await.went_to();
    left.push(errors_left(&mut lead, application).await);
    // 13 levels, 3 people, 3 declarations; then evidence of use instead of levels; and so on.
    assert_eq!(left, [19, 19, 6, 3, 0]);

    let receipt = at(application, "/receipt");
    assert_eq!(lead.post(&at(application, "/submit"), &[]).await.went_to(), receipt);
    assert_eq!(lead.post(&at(application, "/submit"), &[]).await.went_to(), receipt, "the second press");
    let digest = portal.texts("SELECT sha256 FROM snapshot").await;
    assert_eq!(digest.len(), 1);
    let page = lead.page(&receipt).await;
    page.must_show(&digest[0]);
    page.must_show("Friday 5 March 2027");

    typed_after_submitting_is_kept(&mut lead, application).await;

    let way = at(application, "/withdraw");
    lead.page(&way).await.must_show("Withdraw the application?");
    assert_eq!(lead.post(&way, &[]).await.went_to(), at(application, ""));
    assert_eq!(lead.post(&way, &[]).await.went_to(), at(application, ""), "the second press");
    lead.page(&at(application, "")).await.must_show("You withdrew this application on 5 March 2027");
    assert_eq!(portal.application(&centre, application).await.stage.name(), StageName::Withdrawn);
    let events = portal.read().await.events_of(&application.to_string()).await.expect("events");
    let count = |what: &str| events.iter().filter(|(kind, _)| kind == what).count();
    assert_eq!([count("Submitted"), count("Withdrawn"), count("SignatoryConfirmed")], [1, 1, 3]);
}

/// A page that was open while a colleague submitted.
async fn typed_after_submitting_is_kept(browser: &mut Browser, application: ApplicationId) {
    let here = at(application, "/criteria/3");
    let refused = browser.post(&here, &[("version", "1"), ("level", "4"), ("narrative", "One <more> \"thing\"")]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    refused.must_show("This was not saved");
    refused.must_show("One <more> \"thing\"");
    browser.page(&here).await.must_show(&format!("{CASE} (3)"));
    for rest in ["/evidence/00/remove", "/check/declarations", "/check/signatories", "/team/owners"] {
        let refused = browser.post(&at(application, rest), &[]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{rest}");
    }
    let refused = browser.post_multipart(&at(application, "/evidence"), &[Part::File("file", "b.pdf", PDF)]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

async fn submitting_is_refused_with_everything_that_is_missing(portal: TestPortal) {
    let (centre, application) = portal.at_a_draft().await;
    portal.answer(centre.lead, application, 1, &content(Level::Established, CASE)).await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    let refused = lead.post(&at(application, "/submit"), &[]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.must_show("There is a problem");
    refused.must_show("Criterion 1: Level 3 or 4 needs evidence of use");
    for criterion in 2..=COUNT {
        refused.must_show(&format!("Criterion {criterion}: Choose a level"));
    }
    for capacity in Capacity::ALL {
        refused.must_show(&format!("{}: give name and e-mail address", capacity.name()));
    }
    for declaration in Declaration::ALL {
        refused.must_show(&format!("Declare: {}", declaration.sentence()));
    }
    let page = refused.html();
    let links = page.named("a").filter(|a| a.get("href").is_some_and(|h| h.contains('#')));
    assert!(13 + 3 + 3 <= links.count());
    assert!(Severity::Error < Severity::Warning);
    assert_eq!(portal.application(&centre, application).await.stage.name(), StageName::Draft);
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM snapshot").await, 0);
}

async fn nothing_can_be_submitted_after_the_deadline(portal: TestPortal) {
    let (centre, cycle) = (portal.centre("north").await, portal.open_cycle().await);
    let application = portal.ready_draft(&centre, &cycle).await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    portal.clock.set(cycle.closes.at.plus_minutes(1));
    let refused = lead.post(&at(application, "/submit"), &[]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    refused.must_show("The deadline has passed");
    assert_eq!(portal.application(&centre, application).await.stage.name(), StageName::Draft);
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM snapshot").await, 0, "nothing was frozen");
    portal.clock.set(cycle.closes.at);
    lead.post(&at(application, "/submit"), &[]).await.went_to();
}

async fn what_was_returned_can_be_submitted_after_the_deadline(portal: TestPortal) {
    let (centre, cycle) = (portal.centre("north").await, portal.open_cycle().await);
    let application = portal.ready_draft(&centre, &cycle).await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    lead.post(&at(application, "/submit"), &[]).await.went_to();
    portal.clock.set(cycle.closes.at.plus_days(3));
    portal.give_back(&centre, application, 3, "Say how many units.").await;
    lead.page(&at(application, "")).await.must_show("Criterion 3: Say how many units.");
    lead.page(&at(application, "/criteria/3")).await.must_show("Say how many units.");
    assert_eq!(lead.post(&at(application, "/submit"), &[]).await.went_to(), at(application, "/receipt"));
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM snapshot").await, 2);
    assert_eq!(portal.read().await.broken_snapshots().await.expect("snapshots"), (2, vec![]));
}

async fn starting_twice_leads_to_the_same_application(portal: TestPortal) {
    let centre = portal.centre("north").await;
    let cycle = portal.open_cycle().await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    let (id, call) = (centre.id.to_string(), cycle.id.to_string());
    let fields = [("centre", id.as_str()), ("cycle", call.as_str()), ("from", "empty")];
    let first = lead.post("/applications", &fields).await.went_to();
    assert_eq!(lead.post("/applications", &fields).await.went_to(), first);
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM application").await, 1);
    let mut contributor = portal.sign_in(&centre.contributor_email()).await;
    assert_eq!(contributor.post("/applications", &fields).await.status, StatusCode::NOT_FOUND);
    let closed = portal.cycle("2026", -400, -300).await.id.to_string();
    let refused = lead.post("/applications", &[("centre", &id), ("cycle", &closed)]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
}

async fn two_submissions_at_once_freeze_once(portal: TestPortal) {
    let (centre, cycle) = (portal.centre("north").await, portal.open_cycle().await);
    let application = portal.ready_draft(&centre, &cycle).await;
    let mut one = portal.sign_in(&centre.lead_email()).await;
    let (mut other, way) = (one.clone(), at(application, "/submit"));
    let (first, second) = tokio::join!(one.post(&way, &[]), other.post(&way, &[]));
    let statuses = [first.status, second.status];
    assert!(statuses.contains(&StatusCode::SEE_OTHER), "{statuses:?}");
    assert!(statuses.iter().all(|s| matches!(*s, StatusCode::SEE_OTHER | StatusCode::CONFLICT)), "{statuses:?}");
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM snapshot").await, 1);
}

async fn a_text_saved_at_the_moment_of_submitting_is_frozen_or_given_back(portal: TestPortal) {
    let (centre, cycle) = (portal.centre("north").await, portal.open_cycle().await);
    let application = portal.ready_draft(&centre, &cycle).await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    let mut contributor = portal.sign_in(&centre.contributor_email()).await;
    let (way, here) = (at(application, "/submit"), at(application, "/criteria/13"));
    let typed = [("version", "1"), ("narrative", "Written in the last second.")];
    let (submitted, saved) = tokio::join!(lead.post(&way, &[]), contributor.post(&here, &typed));
    submitted.went_to();
    let frozen = portal.texts("SELECT content FROM snapshot").await.remove(0);
    let is_frozen = frozen.contains("Written in the last second.");
    if saved.status == StatusCode::SEE_OTHER {
        assert!(is_frozen, "it was saved, and is not in what was submitted");
    } else {
        assert_eq!((saved.status, is_frozen), (StatusCode::CONFLICT, false));
        saved.must_show("Written in the last second.");
    }
}
