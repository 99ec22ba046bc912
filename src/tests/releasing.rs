//! Releases, and what a centre reads: whole batches, two people, one time, and nothing before.

use super::{
    harness::TestPortal,
    world::{
        at,
        decided::{ALL_YES, group, releases},
        review::{COORDINATOR, ReviewWorld, SECOND, reviewer},
    },
};
use crate::{
    domain::outcome::Outcome,
    store::conflict::{Kind, Source},
};
use axum::http::StatusCode;

on_both!(
    a_batch_is_released_by_another_person_at_one_time,
    a_batch_is_whole_or_not_at_all,
    a_batch_with_a_conflict_does_not_exist,
    nothing_of_a_centre_tells_how_far_the_review_is,
    the_result_says_what_was_decided_and_names_nobody,
);

/// Both applications decided: the first accredited, the second deferred.
async fn decided(portal: &TestPortal) -> ReviewWorld {
    let world = portal.review_world().await;
    for (place, outcome) in [Outcome::Accredited, Outcome::Deferred].into_iter().enumerate() {
        let application = world.applications[place];
        portal.to_deliberation(&world, application, place).await;
        portal.agree(application, ALL_YES).await;
        portal.decide(application, outcome).await;
    }
    world
}

async fn a_batch_is_released_by_another_person_at_one_time(portal: TestPortal) {
    let world = decided(&portal).await;
    let place = releases(world.cycle.id);
    let ids = world.applications.map(|a| a.to_string());
    let both = [("application", ids[0].as_str()), ("application", ids[1].as_str())];
    // For others there is no such page, and for a coordinator of another cycle neither.
    for email in [reviewer(0), world.centres[0].lead_email()] {
        let mut browser = portal.sign_in(&email).await;
        let unknown = browser.get("/no/such/page").await.bare();
        assert_eq!(browser.get(&place).await.bare(), unknown, "{email}");
        assert_eq!(browser.post(&place, &both).await.bare(), unknown, "{email}");
    }
    let mut coordinator = portal.sign_in(COORDINATOR).await;
    let none = coordinator.post(&place, &[]).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    none.must_show("Choose at least one decision");
    let foreign = coordinator.post(&place, &[("application", &"0".repeat(32))]).await;
    assert_eq!(foreign.status, StatusCode::CONFLICT);

    let batch = coordinator.post(&place, &both).await.went_to();
    assert_eq!(coordinator.post(&place, &both).await.went_to(), batch, "a second press");
    let page = coordinator.page(&batch).await;
    page.must_show("Another person has to release this batch: you have done the first half yourself.");
    let own = coordinator.post(&batch, &[("version", "1")]).await;
    assert_eq!(own.status, StatusCode::UNPROCESSABLE_ENTITY);
    own.must_show("Another person has to release this batch");
    portal.account("Dahl Corinna", "corinna@clinic.example", &["coordinator"]).await;
    let twin = portal.sign_in("corinna@clinic.example").await.post(&batch, &[("version", "1")]).await;
    assert_eq!(twin.status, StatusCode::UNPROCESSABLE_ENTITY, "the same name");
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM application WHERE stage = 'released'").await, 0);

    let mut second = portal.sign_in(SECOND).await;
    second.page(&batch).await.must_show("Release all of them");
    second.post(&batch, &[("version", "1")]).await.went_to();
    second.post(&batch, &[("version", "1")]).await.went_to();
    coordinator.post(&batch, &[("version", "1")]).await.went_to();
    second.page(&batch).await.must_show("This batch is released.");
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM application WHERE stage = 'released'").await, 2);
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM event WHERE kind = 'BatchReleased'").await, 1);
    assert_eq!(portal.count("SELECT MIN(place) + 10 * MAX(place) FROM decision").await, 21, "places 1 and 2");
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM designation").await, 1, "one of two designates");
    // One letter a person of the two centres, at the next full hour, without a word of what was decided.
    let posted = portal.texts("SELECT DISTINCT l.kind || ' ' || l.role || ' ' || c.email FROM letter l JOIN letter_content c ON c.letter_id = l.id WHERE l.kind = 'decision' ORDER BY 1").await;
    assert_eq!(posted.len(), 4, "{posted:?}");
    let early = portal
        .count("SELECT CAST(COUNT(*) AS BIGINT) FROM letter WHERE kind = 'decision' AND due_at < 1804255200000")
        .await;
    assert_eq!(early, 0, "nothing leaves before 14:00 UTC");
    let texts = portal.texts("SELECT c.subject || c.text || c.html FROM letter_content c JOIN letter l ON l.id = c.letter_id WHERE l.kind = 'decision'").await;
    for word in ["ccredited", "eferred", "Rosa", "Corinna", "Chiara", "rota"] {
        assert!(texts.iter().all(|t| !t.contains(word)), "{word}");
    }
    let discard = second.post(&format!("{batch}/discard"), &[("version", "2")]).await;
    assert_eq!(discard.status, StatusCode::CONFLICT, "what is released stays");
}

async fn a_batch_is_whole_or_not_at_all(portal: TestPortal) {
    let world = decided(&portal).await;
    let place = releases(world.cycle.id);
    let ids = world.applications.map(|a| a.to_string());
    let both = [("application", ids[0].as_str()), ("application", ids[1].as_str())];
    let mut coordinator = portal.sign_in(COORDINATOR).await;
    let mut second = portal.sign_in(SECOND).await;
    let batch = coordinator.post(&place, &both).await.went_to();
    // A name that comes after the proposal: nothing of the batch leaves.
    portal.agree_at(world.applications[1], 2, 3, "Thank you, Rahel Castell.").await;
    let refused = second.post(&batch, &[("version", "1")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.must_show("southwold Cancer Centre: look at the names in what the centre reads first");
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM application WHERE stage = 'released'").await, 0);
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM letter WHERE kind = 'decision'").await, 0);
    // A level that is not the one that was decided on: neither.
    portal.agree_at(world.applications[1], 2, 2, "Nights are not covered.").await;
    let refused = second.post(&batch, &[("version", "1")]).await;
    refused.must_show("the panel's levels are not those that were decided on");
    portal.agree_at(world.applications[1], 2, 3, "Nights are not covered.").await;
    // A letter that is mended leaves the batch, and the batch goes out as it is seen then.
    let page = coordinator.page(&group(world.applications[0], "/decision")).await;
    let version = super::world::decided::version_of(&page.text(), "/decision/letter");
    let letter = [("version", version.as_str()), ("letter", "Dear colleagues, well done.")];
    coordinator.post(&group(world.applications[0], "/decision/letter"), &letter).await.went_to();
    second.page(&batch).await.must_show("A batch of 1 decision");
    let first = [("application", ids[0].as_str())];
    let other = coordinator.post(&place, &first).await.went_to();
    let taken = second.post(&place, &first).await;
    assert_eq!(taken.status, StatusCode::CONFLICT, "it is in a batch");
    // It can be let go, by either.
    assert_eq!(second.post(&format!("{other}/discard"), &[("version", "9")]).await.status, StatusCode::CONFLICT);
    assert_eq!(second.post(&format!("{other}/discard"), &[("version", "1")]).await.went_to(), place);
    assert_eq!(second.get(&other).await.status, StatusCode::NOT_FOUND);
    let again = second.post(&place, &first).await.went_to();
    coordinator.press(&again, &again).await;
    second.press(&batch, &batch).await;
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM application WHERE stage = 'released'").await, 2);
}

async fn a_batch_with_a_conflict_does_not_exist(portal: TestPortal) {
    let world = decided(&portal).await;
    let place = releases(world.cycle.id);
    let ids = world.applications.map(|a| a.to_string());
    let both = [("application", ids[0].as_str()), ("application", ids[1].as_str())];
    let batch = portal.sign_in(COORDINATOR).await.post(&place, &both).await.went_to();
    let mut tx = portal.write().await;
    let (kind, source) = (Kind::Institution, Source::Recorded);
    tx.add_conflict(&portal.stamp(None), world.applications[0], world.second, kind, source, "")
        .await
        .expect("a conflict");
    tx.commit().await.expect("commit");
    let mut second = portal.sign_in(SECOND).await;
    let unknown = second.get("/no/such/page").await.bare();
    assert_eq!(second.get(&batch).await.bare(), unknown);
    assert_eq!(second.post(&batch, &[("version", "1")]).await.bare(), unknown);
    assert_eq!(second.post(&format!("{batch}/discard"), &[("version", "1")]).await.bare(), unknown);
    let page = second.page(&place).await;
    for hidden in ["northmere", "1 decision", "2 decisions", ids[0].as_str()] {
        assert!(!page.shows(hidden), "{hidden}");
    }
    let own = second.post(&place, &[("application", ids[0].as_str())]).await;
    let random = second.post(&place, &[("application", &"0".repeat(32))]).await;
    assert_eq!(own.status, random.status);
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM application WHERE stage = 'released'").await, 0);
}

async fn nothing_of_a_centre_tells_how_far_the_review_is(portal: TestPortal) {
    let world = portal.review_world().await;
    let application = world.applications[0];
    let mut lead = portal.sign_in(&world.centres[0].lead_email()).await;
    let mut colleague = portal.sign_in(&world.centres[0].contributor_email()).await;
    let unknown = lead.get("/no/such/page").await.bare();
    let pages = ["/home".to_owned(), at(application, ""), at(application, "/receipt"), at(application, "/team")];
    let mut seen: Option<Vec<String>> = None;
    for step in 0..4 {
        match step {
            0 => portal.accept(&world, application).await,
            1 => {
                let seat = portal.seat(&world, application, world.reviewers[0]).await;
                portal.mark_all(application, seat, world.reviewers[0], ALL_YES).await;
                portal.hand_in(application, seat, world.reviewers[0], Outcome::Accredited).await;
                portal.deliberate(&world, application).await;
            }
            2 => {
                portal.agree(application, ALL_YES).await;
                portal.decide(application, Outcome::Accredited).await;
            }
            _ => {
                let place = releases(world.cycle.id);
                let id = application.to_string();
                portal.sign_in(COORDINATOR).await.post(&place, &[("application", &id)]).await.went_to();
            }
        }
        for browser in [&mut lead, &mut colleague] {
            assert_eq!(browser.get(&at(application, "/result")).await.bare(), unknown, "step {step}");
            assert_eq!(browser.get(&at(application, "/appeal")).await.bare(), unknown, "step {step}");
            let asked = browser.post(&at(application, "/appeal"), &[("kind", "appeal"), ("text", "Why?")]).await;
            assert_eq!(asked.bare(), unknown, "step {step}");
        }
        let mut now = Vec::new();
        for page in &pages {
            now.push(lead.page(page).await.bare());
        }
        match &seen {
            None => seen = Some(now),
            Some(before) => {
                for (place, page) in pages.iter().enumerate() {
                    assert_eq!(before[place], now[place], "{page} at step {step}");
                }
            }
        }
    }
}

async fn the_result_says_what_was_decided_and_names_nobody(portal: TestPortal) {
    let world = portal.released_world().await;
    let application = world.applications[0];
    for email in [world.centres[0].lead_email(), world.centres[0].contributor_email()] {
        let mut browser = portal.sign_in(&email).await;
        browser.page("/home").await.must_show("letter and feedback");
        browser.page(&at(application, "")).await.must_show("Read the letter and the feedback");
        let result = browser.page(&at(application, "/result")).await;
        for text in [
            "Accredited",
            "Released on 5 March 2027",
            "Your centre is designated for three years.",
            "thank you for your application",
            "The rota at criterion 13 is kept.",
            "Nights are not covered.",
            "until Sunday 4 April 2027, 23:59 Zurich time",
        ] {
            result.must_show(text);
        }
        let text = result.text();
        for name in
            ["Corinna", "Sixten", "Chiara", "Rosa", "Rune", "Rahel", "Dahl", "clinic.example", "programme.example"]
        {
            assert!(!text.contains(name), "{name}");
        }
        for account in [world.coordinator, world.second, world.chair, world.reviewers[0]] {
            assert!(!text.contains(&account.to_string()));
        }
        assert!(!text.contains("14:32") && !text.contains("13:32"), "times to the day");
        let other = browser.get(&at(world.applications[1], "/result")).await;
        assert_eq!(other.bare(), browser.get("/no/such/page").await.bare());
    }
    let deferred =
        portal.sign_in(&world.centres[1].lead_email()).await.page(&at(world.applications[1], "/result")).await;
    deferred.must_show("The decision is put off to the next cycle");
    assert!(!deferred.shows("Designation and certificate"));
}
