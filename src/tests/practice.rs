//! The practice set: a first mark, then the agreed level; and nobody else's business.

use super::{
    harness::TestPortal,
    world::review::{COORDINATOR, reviewer},
};
use crate::domain::outcome::Outcome;
use axum::http::StatusCode;

on_both!(
    a_reviewer_marks_and_then_reads_what_was_agreed_on,
    nobody_sees_the_drift_of_another,
    due_dates_name_neither_centre_nor_alias,
);

const FIRST: &str = "/reviews/practice/1";

/// Why level 3 was agreed on at the first criterion of the first application.
const REASON: &str = "Team and clinic, all tumour groups, written pathway";

async fn a_reviewer_marks_and_then_reads_what_was_agreed_on(portal: TestPortal) {
    portal.review_world().await;
    let mut rosa = portal.sign_in(&reviewer(0)).await;
    let mark = async |browser: &mut super::browser::Browser, criterion: &str, level: &str| {
        browser.post(FIRST, &[("criterion", criterion), ("level", level)]).await
    };
    for (criterion, level) in [("0", "3"), ("14", "3"), ("x", "3"), ("", "3")] {
        assert_eq!(mark(&mut rosa, criterion, level).await.status, StatusCode::NOT_FOUND, "{criterion:?}");
    }
    for level in ["", "5", "three"] {
        let refused = mark(&mut rosa, "1", level).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        refused.must_show("Choose a level for criterion 1");
        assert!(!refused.shows(REASON));
    }
    for other in ["/reviews/practice/4", "/reviews/practice/01", "/reviews/practice/x"] {
        let unknown = rosa.get("/no/such/page").await.bare();
        assert_eq!(rosa.get(other).await.bare(), unknown, "{other}");
    }
    let before = rosa.page(FIRST).await;
    assert!(!before.shows(REASON), "the agreed level is not told before the mark");
    assert!(!before.text().contains("Agreed"));
    rosa.page("/reviews/practice").await.must_show("none yet");
    // Agreed on are 3 and 2.
    assert_eq!(mark(&mut rosa, "1", "2").await.went_to(), format!("{FIRST}#criterion-1"));
    let after = rosa.page(FIRST).await;
    after.must_show(REASON);
    after.must_show("You are below the agreed level.");
    mark(&mut rosa, "2", "2").await.went_to();
    rosa.page(FIRST)
        .await
        .must_show("On average you mark 0.5 levels below what was agreed on. Of 2 criteria, 50 % have the same level.");
    // The first mark counts: afterwards the agreed level is known.
    mark(&mut rosa, "1", "3").await.went_to();
    rosa.page(FIRST).await.must_show("You are below the agreed level.");
    let list = rosa.page("/reviews/practice").await;
    list.must_show("2 of 13");
    list.must_show("-0.5");
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM practice_mark").await, 2);
    // The record says that somebody practises, and not how.
    let details = portal.texts("SELECT detail FROM event WHERE kind = 'PracticeMarked' ORDER BY seq").await;
    assert_eq!(details, ["practice 2026-1 criterion 1", "practice 2026-1 criterion 2"]);
}

async fn nobody_sees_the_drift_of_another(portal: TestPortal) {
    portal.review_world().await;
    portal.account("Admin", "admin@example.org", &["administrator"]).await;
    let mut rune = portal.sign_in(&reviewer(1)).await;
    let places = ["/reviews/practice", FIRST];
    let before = [rune.page(places[0]).await.text(), rune.page(places[1]).await.text()];
    let mut rosa = portal.sign_in(&reviewer(0)).await;
    rosa.post(FIRST, &[("criterion", "1"), ("level", "0")]).await.went_to();
    for (place, before) in places.iter().zip(before) {
        assert_eq!(rune.page(place).await.text(), before, "{place}");
    }
    for email in [COORDINATOR, "admin@example.org", "lead@northmere.example"] {
        let mut other = portal.sign_in(email).await;
        let unknown = other.get("/no/such/page").await.bare();
        for place in ["/reviews/practice", FIRST, "/reviews/due.ics"] {
            assert_eq!(other.get(place).await.bare(), unknown, "{email} {place}");
        }
        let reply = other.post(FIRST, &[("criterion", "2"), ("level", "0")]).await;
        assert_eq!(reply.bare(), other.post("/no/such/page", &[]).await.bare(), "{email}");
    }
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM practice_mark").await, 1);
}

async fn due_dates_name_neither_centre_nor_alias(portal: TestPortal) {
    let world = portal.review_world().await;
    let mut rosa = portal.sign_in(&reviewer(0)).await;
    assert!(!rosa.page("/reviews/due.ics").await.text().contains("VEVENT"), "nothing is due");
    let mut seats = Vec::new();
    for application in world.applications {
        portal.accept(&world, application).await;
        seats.push(portal.seat(&world, application, world.reviewers[0]).await);
    }
    let both = rosa.page("/reviews/due.ics").await;
    assert_eq!(both.header("content-disposition"), "attachment; filename=\"due.ics\"");
    let text = both.text();
    assert_eq!(text.matches("BEGIN:VEVENT").count(), 1, "{text}");
    assert!(text.contains("SUMMARY:Cycle 2027: 2 reviews are due\r\n"), "{text}");
    let aliases = portal.texts("SELECT alias FROM blind_copy ORDER BY alias").await;
    let seats_named = seats.iter().map(ToString::to_string);
    for hidden in aliases.into_iter().chain(seats_named).chain(["northmere", "southwold", "Rosa"].map(str::to_owned)) {
        assert!(!text.contains(&hidden), "{hidden} in {text}");
    }
    portal.mark_all(world.applications[0], seats[0], world.reviewers[0], [3; 13]).await;
    portal.hand_in(world.applications[0], seats[0], world.reviewers[0], Outcome::Accredited).await;
    let text = rosa.page("/reviews/due.ics").await.text();
    assert!(text.contains("SUMMARY:Cycle 2027: 1 review is due\r\n"), "{text}");
}
