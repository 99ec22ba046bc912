//! Decisions: who may, what is refused and kept, two people, and the gate.

use super::{
    harness::TestPortal,
    world::{
        at,
        decided::{ALL_YES, group, releases, version_of},
        review::{CHAIR, COORDINATOR, SECOND, reviewer},
    },
};
use crate::{
    domain::stage::StageName,
    store::conflict::{Kind, Source},
};
use axum::http::StatusCode;

on_both!(
    a_decision_does_not_exist_for_who_must_not_see_it,
    a_proposal_needs_levels_an_outcome_and_a_reason_and_keeps_what_was_typed,
    one_person_with_two_accounts_is_not_two_people,
    what_is_sent_back_is_proposed_again_and_nothing_is_lost,
    a_decision_is_confirmed_on_the_levels_it_was_proposed_on,
    names_are_mended_or_cleared_before_anything_leaves,
);

const LETTER: &str = "Dear colleagues,\n\nthank you for your application.";

fn proposal<'a>(version: &'a str, outcome: &'a str, deviation: &'a str) -> [(&'a str, &'a str); 4] {
    [("version", version), ("outcome", outcome), ("deviation", deviation), ("letter", LETTER)]
}

async fn a_decision_does_not_exist_for_who_must_not_see_it(portal: TestPortal) {
    let (world, application, _) = portal.in_deliberation().await;
    portal.tamper("UPDATE seat SET note = 'a word for the chair'").await;
    portal.account("Otto Admin", "admin@programme.example", &["administrator"]).await;
    portal.account("Both Hats", "both@programme.example", &["chair", "administrator"]).await;
    let mut tx = portal.write().await;
    let stamp = portal.stamp(None);
    let (kind, source) = (Kind::Institution, Source::Recorded);
    tx.add_conflict(&stamp, application, world.second, kind, source, "").await.expect("a conflict");
    tx.commit().await.expect("commit");
    let pages = ["/decision", "/gate", "/appeal"];
    let forms =
        ["/decision", "/decision/confirm", "/decision/back", "/decision/letter", "/gate", "/appeal", "/appeal/confirm"];
    let people = [
        SECOND.to_owned(),
        reviewer(0),
        reviewer(2),
        world.centres[0].lead_email(),
        world.centres[1].lead_email(),
        "admin@programme.example".to_owned(),
        "both@programme.example".to_owned(),
    ];
    for email in people {
        let mut browser = portal.sign_in(&email).await;
        let unknown = browser.get("/no/such/page").await.bare();
        for page in pages {
            assert_eq!(browser.get(&group(application, page)).await.bare(), unknown, "{email} {page}");
        }
        for form in forms {
            let reply = browser.post(&group(application, form), &proposal("0", "accredited", "")).await;
            assert_eq!(reply.bare(), unknown, "{email} {form}");
        }
    }
    // The secretariat confirms and does not propose; nobody decides before the panel deliberates.
    let mut coordinator = portal.sign_in(COORDINATOR).await;
    let page = coordinator.page(&group(application, "/decision")).await;
    page.must_show("What the rules suggest");
    assert!(!page.shows("a word for the chair"), "notes for the chair are not the secretariat's");
    portal.sign_in(CHAIR).await.page(&group(application, "/decision")).await.must_show("a word for the chair");
    let reply = coordinator.post(&group(application, "/decision"), &proposal("0", "accredited", "")).await;
    assert_eq!(reply.status, StatusCode::CONFLICT);
    reply.must_show("thank you for your application");
    let early = world.applications[1];
    portal.accept(&world, early).await;
    let mut chair = portal.sign_in(CHAIR).await;
    assert_eq!(chair.get(&group(early, "/decision")).await.status, StatusCode::FORBIDDEN);
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM decision").await, 0);
}

async fn a_proposal_needs_levels_an_outcome_and_a_reason_and_keeps_what_was_typed(portal: TestPortal) {
    let (_, application, _) = portal.in_deliberation().await;
    let place = group(application, "/decision");
    let mut chair = portal.sign_in(CHAIR).await;
    let page = chair.page(&place).await;
    page.must_show("The panel has not agreed on a level yet at criterion 1, 2");
    page.must_show("Reviewer A: Accredited");
    page.must_show("Reviewer B: Accredited");
    assert!(!page.shows("Rosa") && !page.shows("Rune"), "letters stand for reviewers");
    let reply = chair.post(&place, &proposal("0", "accredited", "kept deviation")).await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    reply.must_show("The panel has not agreed on a level yet");
    reply.must_show("kept deviation");

    portal.agree(application, ALL_YES).await;
    for (fields, message) in [
        (proposal("0", "", "x"), "Choose an outcome"),
        (proposal("0", "marvellous", "x"), "Choose an outcome"),
        (proposal("0", "deferred", " "), "Say why the outcome differs from \"Accredited\", which the rules suggest"),
    ] {
        let reply = chair.post(&place, &fields).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{message}");
        reply.must_show(message);
        reply.must_show("thank you for your application");
    }
    let bare = [("version", "0"), ("outcome", "accredited"), ("letter", "")];
    chair.post(&place, &bare).await.must_show("Write the letter to the centre");
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM decision").await, 0);

    let right = proposal("0", "deferred", "Two visits are needed.");
    chair.post(&place, &right).await.went_to();
    chair.post(&place, &right).await.went_to();
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM decision_history").await, 1, "a second press");
    let page = chair.page(&place).await;
    page.must_show("Waits for a second person");
    page.must_show("Two visits are needed.");
    // A page that was opened before: nothing is overwritten, and the text is given back.
    let late = chair.post(&place, &proposal("0", "accredited", "typed too late")).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    late.must_show("typed too late");
    assert_eq!(portal.texts("SELECT outcome FROM decision").await, ["deferred"]);
}

async fn one_person_with_two_accounts_is_not_two_people(portal: TestPortal) {
    let (_, application, _) = portal.in_deliberation().await;
    portal.agree(application, ALL_YES).await;
    let place = group(application, "/decision");
    let mut chair = portal.sign_in(CHAIR).await;
    chair.post(&place, &proposal("0", "accredited", "")).await.went_to();
    portal.account("Monti, Chiara", "other@clinic.example", &["coordinator"]).await;
    portal.account("Somebody Else", "c.hair+office@programme.example", &["coordinator"]).await;
    for (email, reason) in [
        (CHAIR, "you have done the first half yourself"),
        ("other@clinic.example", "from an account with your name"),
        ("c.hair+office@programme.example", "from an account with your address"),
    ] {
        let mut browser = portal.sign_in(email).await;
        browser.page(&place).await.must_show(reason);
        let reply = browser.post(&group(application, "/decision/confirm"), &[("version", "1")]).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{email}");
        reply.must_show(reason);
    }
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM decision WHERE confirmed_at IS NOT NULL").await, 0);

    // Another person confirms, with a fresh second factor.
    let mut coordinator = portal.sign_in(COORDINATOR).await;
    portal.wait_outside(61);
    let mut coordinator_again = portal.sign_in(SECOND).await;
    portal.wait_outside(0);
    let stale = coordinator_again.post(&group(application, "/decision/confirm"), &[("version", "7")]).await;
    assert_eq!(stale.status, StatusCode::CONFLICT, "another version than the one that was read");
    let asked = coordinator.post(&group(application, "/decision/confirm"), &[("version", "1")]).await;
    let asked = asked.went_to();
    assert!(asked.starts_with("/account/confirm") || asked.starts_with("/sign-in"), "{asked}");
    coordinator_again.press(&place, "/decision/confirm").await;
    coordinator_again.post(&group(application, "/decision/confirm"), &[("version", "1")]).await.went_to();
    assert_eq!(portal.texts("SELECT stage FROM application WHERE stage = 'decided'").await.len(), 1);
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM event WHERE kind = 'DecisionConfirmed'").await, 1);
}

async fn what_is_sent_back_is_proposed_again_and_nothing_is_lost(portal: TestPortal) {
    let (_, application, _) = portal.in_deliberation().await;
    portal.agree(application, ALL_YES).await;
    let (place, back) = (group(application, "/decision"), group(application, "/decision/back"));
    let mut chair = portal.sign_in(CHAIR).await;
    let mut coordinator = portal.sign_in(COORDINATOR).await;
    let nothing = coordinator.post(&back, &[("version", "0"), ("why", "too early")]).await;
    assert_eq!(nothing.status, StatusCode::CONFLICT);
    nothing.must_show("too early");
    chair.post(&place, &proposal("0", "deferred", "The rota is thin.")).await.went_to();
    let empty = coordinator.post(&back, &[("version", "1"), ("why", "  ")]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    empty.must_show("Say what has to change");
    coordinator.post(&back, &[("version", "1"), ("why", "The letter is too short.")]).await.went_to();
    coordinator.post(&back, &[("version", "1"), ("why", "The letter is too short.")]).await.went_to();
    let confirm = coordinator.post(&group(application, "/decision/confirm"), &[("version", "2")]).await;
    assert_eq!(confirm.status, StatusCode::CONFLICT, "what is sent back is not confirmed");
    let page = chair.page(&place).await;
    page.must_show("To change: The letter is too short.");
    page.must_show("The rota is thin.");
    chair.post(&place, &proposal("2", "accredited", "")).await.went_to();
    let page = coordinator.page(&place).await;
    page.must_show("The letter is too short.");
    page.must_show("The rota is thin.");
    let steps = portal.texts("SELECT what FROM decision_history ORDER BY what").await;
    assert_eq!(steps, ["proposed", "proposed", "sent-back"]);
    coordinator.press(&place, "/decision/confirm").await;
    let again = chair.post(&place, &proposal("3", "deferred", "after all")).await;
    assert_eq!(again.status, StatusCode::CONFLICT, "it is decided");
    again.must_show("after all");
}

async fn a_decision_is_confirmed_on_the_levels_it_was_proposed_on(portal: TestPortal) {
    let (_, application, _) = portal.in_deliberation().await;
    portal.agree(application, ALL_YES).await;
    let place = group(application, "/decision");
    let mut chair = portal.sign_in(CHAIR).await;
    chair.post(&place, &proposal("0", "accredited", "")).await.went_to();
    portal.agree_at(application, 5, 1, "There is no clinic.").await;
    let mut coordinator = portal.sign_in(COORDINATOR).await;
    let reply = coordinator.post(&group(application, "/decision/confirm"), &[("version", "1")]).await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    reply.must_show("The panel has changed a level since this was proposed");
    portal.agree_at(application, 5, 3, "There is a clinic.").await;
    coordinator.press(&place, "/decision/confirm").await;
    let standing = portal.read().await.standing(application, portal_account(&portal).await).await;
    assert_eq!(standing.expect("an answer").expect("a standing").application.stage.name(), StageName::Decided);
}

async fn portal_account(portal: &TestPortal) -> crate::domain::id::AccountId {
    portal.read().await.account_by_email(COORDINATOR).await.expect("an answer").expect("an account").id
}

async fn names_are_mended_or_cleared_before_anything_leaves(portal: TestPortal) {
    let (world, application, _) = portal.in_deliberation().await;
    portal.agree(application, ALL_YES).await;
    portal.agree_at(application, 4, 3, "As Rosa Altamira said, nights are not covered.").await;
    portal.agree_at(application, 7, 3, "Write to rune@bergstad.example for a template.").await;
    portal.decide(application, crate::domain::outcome::Outcome::Accredited).await;
    let mut coordinator = portal.sign_in(COORDINATOR).await;
    let gate = coordinator.page(&group(application, "/gate")).await;
    gate.must_show("Criterion 4, gap");
    gate.must_show("Rosa Altamira");
    gate.must_show("an e-mail address");
    let id = application.to_string();
    let refused = coordinator.post(&releases(world.cycle.id), &[("application", &id)]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.must_show("look at the names in what the centre reads first");
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM release_batch").await, 0);

    // One is mended, the other cleared with a reason.
    portal.agree_at(application, 4, 3, "Nights are not covered.").await;
    let gate = coordinator.page(&group(application, "/gate")).await;
    assert!(!gate.shows("Rosa Altamira"));
    let finding = gate.html().value_of("finding");
    let empty = coordinator.post(&group(application, "/gate"), &[("finding", &finding), ("reason", " ")]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    empty.must_show("Say why it tells nothing");
    let unknown = "0".repeat(64);
    let moved = coordinator.post(&group(application, "/gate"), &[("finding", &unknown), ("reason", "a reason")]).await;
    assert_eq!(moved.status, StatusCode::CONFLICT);
    moved.must_show("a reason");
    for _ in 0..2 {
        let fields = [("finding", finding.as_str()), ("reason", "A public template, and nobody's own address.")];
        coordinator.post(&group(application, "/gate"), &fields).await.went_to();
    }
    let gate = coordinator.page(&group(application, "/gate")).await;
    gate.must_show("Nothing is open");
    gate.must_show("A public template, and nobody's own address.");
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM gate_clearance").await, 1);
    // Another wording around it is looked at anew.
    portal.agree_at(application, 7, 3, "She asks you to write to rune@bergstad.example.").await;
    coordinator.page(&group(application, "/gate")).await.must_show("an e-mail address");
    // The letter is mended after the confirmation; the earlier one is kept.
    let page = coordinator.page(&group(application, "/decision")).await;
    let version = version_of(&page.text(), "/decision/letter");
    let letter = [("version", version.as_str()), ("letter", "Dear colleagues, well done.")];
    coordinator.post(&group(application, "/decision/letter"), &letter).await.went_to();
    coordinator.post(&group(application, "/decision/letter"), &letter).await.went_to();
    let late = coordinator
        .post(&group(application, "/decision/letter"), &[("version", version.as_str()), ("letter", "Too late")])
        .await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    late.must_show("Too late");
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM decision_history WHERE what = 'letter'").await, 1);
    let lead = portal.sign_in(&world.centres[0].lead_email()).await.get(&at(application, "/result")).await;
    assert_eq!(lead.status, StatusCode::NOT_FOUND, "nothing is released");
}
