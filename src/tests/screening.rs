//! Screening: what it finds, accepting with the blind copy, returning with reasons at their places, and two at once.

use super::{
    harness::TestPortal,
    world::{
        about, at, content,
        review::{CHAIR, COORDINATOR, ReviewWorld, SECOND},
    },
};
use crate::{
    domain::{
        evidence::Kind as EvidenceKind,
        id::ApplicationId,
        level::Level,
        stage::{Stage, StageName},
    },
    store::conflict,
};
use axum::http::StatusCode;

on_both!(
    accepting_makes_the_blind_copy_once,
    a_return_brings_its_reasons_to_their_places,
    findings_stand_at_their_criterion_and_words_are_taken_out,
    two_coordinators_at_once_one_wins_and_the_other_reads_what_happened,
    who_must_not_see_it_finds_nothing,
    the_file_is_read_as_it_was_handed_in,
);

fn screening(application: ApplicationId) -> String {
    format!("/working-group/applications/{application}/screening")
}

async fn stage(portal: &TestPortal, world: &ReviewWorld, application: ApplicationId) -> Stage {
    let standing = portal.read().await.standing(application, world.coordinator).await.expect("a standing");
    standing.expect("an application").application.stage
}

async fn digest(portal: &TestPortal, world: &ReviewWorld, application: ApplicationId) -> String {
    match stage(portal, world, application).await {
        Stage::Submitted { digest, .. } => digest.as_str().to_owned(),
        other => panic!("{other:?}"),
    }
}

async fn accepting_makes_the_blind_copy_once(portal: TestPortal) {
    let world = portal.review_world().await;
    let application = world.applications[0];
    let path = screening(application);
    let seen = digest(&portal, &world, application).await;
    let accept = [("digest", seen.as_str()), ("then", "accept")];
    let mut chair = portal.sign_in(CHAIR).await;
    let looked = chair.page(&path).await;
    assert!(!looked.shows("Accept for review"), "the chair looks, and the secretariat screens");
    assert_eq!(chair.post(&path, &accept).await.status, StatusCode::FORBIDDEN);

    let mut coordinator = portal.sign_in(COORDINATOR).await;
    coordinator.page(&path).await.must_show("Accept for review");
    // Reasons that were written are not thrown away by the other button.
    let both = [&accept[..], &[("reason-3", "Add the rota")]].concat();
    let refused = coordinator.post(&path, &both).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.must_show("You have written reasons");
    assert!(refused.text().contains("Add the rota"));
    assert_eq!(stage(&portal, &world, application).await.name(), StageName::Submitted);
    assert!(portal.read().await.blind_copy(application).await.expect("a look").is_none());

    let way = coordinator.post(&path, &accept).await.went_to();
    assert_eq!(way, format!("/working-group/applications/{application}?done=accepted"));
    coordinator.page(&way).await.must_show("The application is accepted");
    coordinator.page(&way).await.must_show("asks 2 reviewers");
    let blind = portal.read().await.blind_copy(application).await.expect("a look").expect("a blind copy");
    assert_eq!(blind.copy.answers.len(), 13);
    let text = serde_json::to_string(&blind.copy).expect("json").to_lowercase();
    assert!(!text.contains("northmere"), "{text}");
    // The second press leads to the same place and makes nothing.
    assert_eq!(coordinator.post(&path, &accept).await.went_to(), way);
    let again = portal.read().await.blind_copy(application).await.expect("a look").expect("a blind copy");
    assert_eq!((again.alias, again.copy), (blind.alias, blind.copy));
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM event WHERE kind = 'Accepted'").await, 1);
}

async fn a_return_brings_its_reasons_to_their_places(portal: TestPortal) {
    let world = portal.review_world().await;
    let application = world.applications[0];
    let path = screening(application);
    let seen = digest(&portal, &world, application).await;
    let mut coordinator = portal.sign_in(COORDINATOR).await;
    let empty = coordinator.post(&path, &[("digest", seen.as_str()), ("then", "return")]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    empty.must_show("Write at least one reason");
    let long = "x".repeat(2001);
    let fields = [("digest", seen.as_str()), ("then", "return"), ("reason-4", long.as_str())];
    let refused = coordinator.post(&path, &fields).await;
    refused.must_show("Shorten this reason");
    assert!(refused.text().contains(&long), "what was typed stays");

    let mails = "SELECT CAST(COUNT(*) AS BIGINT) FROM letter WHERE kind = 'returned'";
    let before = portal.count(mails).await;
    let fields = [
        ("digest", seen.as_str()),
        ("then", "return"),
        ("reason-0", "The head has left. Name the new one."),
        ("reason-3", "Add the rota of the team."),
    ];
    let way = coordinator.post(&path, &fields).await.went_to();
    coordinator.page(&way).await.must_show("The application is returned");
    assert_eq!(coordinator.post(&path, &fields).await.went_to(), way, "the second press");
    assert_eq!(portal.count(mails).await, before + 2, "lead and contributor");
    let mut lead = portal.sign_in(&world.centres[0].lead_email()).await;
    lead.page(&at(application, "/criteria/3")).await.must_show("Add the rota of the team.");
    // A draft is the centre's own again.
    assert_eq!(coordinator.get(&path).await.status, StatusCode::NOT_FOUND);
    // Handed in again, it can be accepted; a page from before the return can do nothing to it.
    portal.wait_minutes(5);
    portal.answer(world.centres[0].lead, application, 3, &content(Level::Partial, "The rota is attached now.")).await;
    lead.post(&at(application, "/submit"), &[]).await.went_to();
    let stale =
        coordinator.post(&path, &[("digest", seen.as_str()), ("then", "return"), ("reason-5", "Old page")]).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    stale.must_show("handed in again");
    assert!(stale.text().contains("Old page"));
    let now = digest(&portal, &world, application).await;
    assert_ne!(now, seen);
    coordinator.post(&path, &[("digest", now.as_str()), ("then", "accept")]).await.went_to();
}

async fn findings_stand_at_their_criterion_and_words_are_taken_out(portal: TestPortal) {
    let world = portal.review_world().await;
    let east = portal.centre("easton").await;
    let application = portal.ready_draft(&east, &world.cycle).await;
    let text = "At easton Cancer Centre the Kestrel House team meets weekly. Mrs B., born 12.03.1957, MRN 4471182, was \
        seen within two days by the nurse in charge and the doctor on call.";
    portal.answer(east.lead, application, 2, &content(Level::Established, text)).await;
    portal.link(east.lead, application, &about("Letter of easton", EvidenceKind::Policy, "2026-01-01", ""), &[2]).await;
    let mut lead = portal.sign_in(&east.lead_email()).await;
    lead.post(&at(application, "/submit"), &[]).await.went_to();
    let path = screening(application);
    let mut coordinator = portal.sign_in(COORDINATOR).await;
    let page = coordinator.page(&path).await;
    page.must_show("a date of birth stands here");
    page.must_show("the number of a patient or a record stands here");
    let shown = page.text();
    assert!(shown.contains("[name removed] the Kestrel House team") || shown.contains("[name removed]"), "masked");
    // A name that only a person recognises is taken out as well.
    let seen = digest(&portal, &world, application).await;
    let fields = [("digest", seen.as_str()), ("then", "words"), ("words", "Kestrel House\nab\nKestrel House")];
    let refused = coordinator.post(&path, &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.must_show("A word has to have 3 letters or more");
    let fields = [("digest", seen.as_str()), ("then", "words"), ("words", "Kestrel House")];
    let kept = coordinator.post(&path, &fields).await;
    assert_eq!(kept.status, StatusCode::OK);
    kept.must_show("The words are saved");
    assert_eq!(kept.text().matches("Kestrel").count(), 1, "in the field alone: {}", kept.text());
    let accept = [("digest", seen.as_str()), ("then", "accept"), ("words", "Kestrel House")];
    coordinator.post(&path, &accept).await.went_to();
    let blind = portal.read().await.blind_copy(application).await.expect("a look").expect("a blind copy");
    let copy = serde_json::to_string(&blind.copy).expect("json");
    assert!(!copy.contains("Kestrel") && !copy.contains("easton") && copy.contains("[name removed]"), "{copy}");
    // The record says how many, never which.
    let details = portal.texts("SELECT detail FROM event WHERE kind = 'MaskWordsSet'").await;
    assert_eq!(details, ["1"]);
}

async fn two_coordinators_at_once_one_wins_and_the_other_reads_what_happened(portal: TestPortal) {
    let world = portal.review_world().await;
    let [first, second] = world.applications;
    let (mut one, mut two) = (portal.sign_in(COORDINATOR).await, portal.sign_in(SECOND).await);
    let seen = digest(&portal, &world, first).await;
    one.post(&screening(first), &[("digest", seen.as_str()), ("then", "accept")]).await.went_to();
    let fields = [("digest", seen.as_str()), ("then", "return"), ("reason-2", "The figures are of 2024.")];
    let late = two.post(&screening(first), &fields).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    late.must_show("The application was accepted on 5 March 2027");
    assert_eq!(stage(&portal, &world, first).await.name(), StageName::UnderReview);

    let seen = digest(&portal, &world, second).await;
    let fields = [("digest", seen.as_str()), ("then", "return"), ("reason-2", "The figures are of 2024.")];
    one.post(&screening(second), &fields).await.went_to();
    let late = two.post(&screening(second), &[("digest", seen.as_str()), ("then", "accept")]).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    late.must_show("The application was returned to the centre on 5 March 2027");
    // Other reasons than those that went out: they can be copied.
    let other = [("digest", seen.as_str()), ("then", "return"), ("reason-9", "Home care is not shown.")];
    let late = two.post(&screening(second), &other).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    late.must_show("Home care is not shown.");
    assert!(portal.read().await.blind_copy(second).await.expect("a look").is_none());
}

async fn who_must_not_see_it_finds_nothing(portal: TestPortal) {
    let world = portal.review_world().await;
    let application = world.applications[0];
    let mut tx = portal.write().await;
    let stamp = portal.stamp(Some(world.second));
    let (kind, source) = (conflict::Kind::Institution, conflict::Source::Declared);
    tx.add_conflict(&stamp, application, world.coordinator, kind, source, "").await.expect("a conflict");
    tx.commit().await.expect("commit");
    let seen = digest_as(&portal, &world, application).await;
    let unknown = ApplicationId::new(99);
    portal.account("Ida Admin", "ida@programme.example", &["administrator", "coordinator"]).await;
    let reviewer = super::world::review::reviewer(0);
    for email in [COORDINATOR, "ida@programme.example", reviewer.as_str(), "lead@northmere.example"] {
        let mut browser = portal.sign_in(email).await;
        for rest in ["", "/screening", "/file", "/extension", &format!("/evidence/{:032x}", 5)] {
            let path = |id: ApplicationId| format!("/working-group/applications/{id}{rest}");
            let (foreign, none) = (browser.get(&path(application)).await, browser.get(&path(unknown)).await);
            assert_eq!(foreign.status, StatusCode::NOT_FOUND, "{email} {rest}");
            assert_eq!(foreign.bare(), none.bare(), "{email} {rest}");
        }
        for fields in [vec![("then", "accept"), ("digest", seen.as_str())], vec![("then", "return"), ("reason-0", "x")]]
        {
            let (foreign, none) = (
                browser.post(&screening(application), &fields).await,
                browser.post(&screening(unknown), &fields).await,
            );
            assert_eq!(foreign.bare(), none.bare(), "{email}");
        }
    }
    // The second coordinator takes over.
    let mut second = portal.sign_in(SECOND).await;
    second.post(&screening(application), &[("then", "accept"), ("digest", &seen)]).await.went_to();
}

/// The digest as somebody without a conflict reads it.
async fn digest_as(portal: &TestPortal, world: &ReviewWorld, application: ApplicationId) -> String {
    let standing = portal.read().await.standing(application, world.second).await.expect("a standing");
    match standing.expect("an application").application.stage {
        Stage::Submitted { digest, .. } => digest.as_str().to_owned(),
        other => panic!("{other:?}"),
    }
}

async fn the_file_is_read_as_it_was_handed_in(portal: TestPortal) {
    let world = portal.review_world().await;
    let east = portal.centre("easton").await;
    let application = portal.ready_draft(&east, &world.cycle).await;
    let file = format!("/working-group/applications/{application}/file");
    let mut lead = portal.sign_in(&east.lead_email()).await;
    let parts = [
        super::browser::Part::Text("title", "Rota 2026"),
        super::browser::Part::Text("kind", "policy"),
        super::browser::Part::File("file", "easton rota.pdf", super::world::PDF),
    ];
    let added = lead.post_multipart(&at(application, "/evidence"), &parts).await.went_to();
    let evidence = added.rsplit_once('/').expect("an address").1.split('?').next().expect("an id").to_owned();
    lead.post(&at(application, "/criteria/3/evidence"), &[("evidence", evidence.as_str()), ("pages", "1")]).await;
    let mut chair = portal.sign_in(CHAIR).await;
    let bytes = format!("/working-group/applications/{application}/evidence/{evidence}");
    for path in [&file, &bytes] {
        assert_eq!(chair.get(path).await.status, StatusCode::NOT_FOUND, "a draft is the centre's own: {path}");
    }
    lead.post(&at(application, "/submit"), &[]).await.went_to();
    let page = chair.page(&file).await;
    page.must_show("easton Cancer Centre");
    page.must_show("working days");
    let reply = chair.get(&bytes).await;
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(reply.body, super::world::PDF);
    assert!(!reply.header("content-disposition").contains("easton"), "{}", reply.header("content-disposition"));
    let none = format!("/working-group/applications/{application}/evidence/{:032x}", 7);
    assert_eq!(chair.get(&none).await.status, StatusCode::NOT_FOUND);
    // Evidence of another application is none of this one's.
    let foreign = format!("/working-group/applications/{}/evidence/{evidence}", world.applications[0]);
    assert_eq!(chair.get(&foreign).await.status, StatusCode::NOT_FOUND);
}
