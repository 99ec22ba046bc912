//! Profiles, conflicts and assignment: who is asked for what, and who must not see what.

use super::{
    browser::Browser,
    harness::TestPortal,
    world::review::{CHAIR, COORDINATOR, ReviewWorld, SECOND, reviewer},
};
use crate::domain::id::{AccountId, ApplicationId};
use axum::http::StatusCode;

on_both!(
    a_profile_is_kept_and_is_nobody_elses,
    a_proposal_asks_nobody_before_it_is_accepted,
    a_table_is_applied_as_a_whole_or_not_at_all,
    who_has_a_conflict_sees_nothing_of_it_in_lists_and_loads,
    what_may_be_a_conflict_is_settled_before_anybody_is_asked,
    a_seat_leads_and_ends,
);

/// How many seats there are.
const SEATS: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM seat WHERE state <> 'removed'";

fn assignment(world: &ReviewWorld, rest: &str) -> String {
    format!("/working-group/cycles/{}/assignment{rest}", world.cycle.id)
}

fn panel(application: ApplicationId, rest: &str) -> String {
    format!("/working-group/applications/{application}/panel{rest}")
}

async fn accepted(portal: &TestPortal) -> ReviewWorld {
    let world = portal.review_world().await;
    for application in world.applications {
        portal.accept(&world, application).await;
    }
    world
}

async fn save_profile(browser: &mut Browser, version: &str, institution: &str, most: &str) -> StatusCode {
    let fields = [
        ("version", version),
        ("institution", institution),
        ("country", "Japan"),
        ("languages", "Portuguese, Norwegian"),
        ("expertise", "research"),
        ("most", most),
    ];
    let reply = browser.post("/reviews/profile", &fields).await;
    if reply.status == StatusCode::UNPROCESSABLE_ENTITY {
        reply.must_show("Enter a number from 1 to 60");
        assert_eq!(reply.html().value_of("institution"), institution, "what was typed stays");
    }
    reply.status
}

async fn a_profile_is_kept_and_is_nobody_elses(portal: TestPortal) {
    portal.review_world().await;
    let mut chair = portal.sign_in(CHAIR).await;
    assert_eq!(chair.get("/reviews/profile").await.status, StatusCode::NOT_FOUND);
    let mut one = portal.sign_in(&reviewer(0)).await;
    assert_eq!(save_profile(&mut one, "0", "Hoshinami University", "0").await, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM reviewer_profile").await, 0);
    assert_eq!(save_profile(&mut one, "0", "Hoshinami University", "7").await, StatusCode::SEE_OTHER);
    one.page("/reviews/profile").await.must_show("Hoshinami University");
    // The same form from another page comes too late, and keeps what was typed.
    assert_eq!(save_profile(&mut one, "0", "Elsewhere", "7").await, StatusCode::CONFLICT);
    one.page("/reviews/profile").await.must_show("Hoshinami University");
    assert_eq!(save_profile(&mut one, "1", "Elsewhere", "7").await, StatusCode::SEE_OTHER);

    let tie = [("kind", "co-author"), ("name", "Ada Northmere"), ("domain", "x@Ward.example"), ("reason", "a paper")];
    let nameless = one.post("/reviews/profile/ties", &[("kind", "co-author"), ("reason", "a paper")]).await;
    assert_eq!(nameless.status, StatusCode::UNPROCESSABLE_ENTITY);
    nameless.must_show("Enter the name of the institution or person");
    for _ in 0..2 {
        one.post("/reviews/profile/ties", &tie).await.went_to();
    }
    let ties = portal.texts("SELECT id FROM reviewer_tie").await;
    assert_eq!(ties.len(), 1, "sent twice, kept once");
    one.page("/reviews/profile").await.must_show("ward.example");
    let remove = format!("/reviews/profile/ties/{}/remove", ties[0]);
    let mut other = portal.sign_in(&reviewer(1)).await;
    assert!(!other.page("/reviews/profile").await.shows("Ada Northmere"));
    assert_eq!(other.post(&remove, &[]).await.status, StatusCode::NOT_FOUND);
    one.post(&remove, &[]).await.went_to();
    assert_eq!(one.post(&remove, &[]).await.status, StatusCode::NOT_FOUND);
}

async fn a_proposal_asks_nobody_before_it_is_accepted(portal: TestPortal) {
    let world = accepted(&portal).await;
    let mut chair = portal.sign_in(CHAIR).await;
    chair.page(&assignment(&world, "")).await.must_show("2 of 2 applications under review need reviewers");
    assert_eq!(chair.get(&assignment(&world, "/proposal")).await.status, StatusCode::FORBIDDEN);
    let mut coordinator = portal.sign_in(COORDINATOR).await;
    let proposal = coordinator.page(&assignment(&world, "/proposal")).await;
    proposal.must_show("4 reviews to ask for");
    proposal.must_show("Would have");
    assert_eq!(portal.count(SEATS).await, 0);
    let text = proposal.text();
    let pairs: Vec<String> = text.split("name=\"ask\" value=\"").skip(1).map(|rest| rest[..65].to_owned()).collect();
    assert_eq!(pairs.len(), 4, "{pairs:?}");
    let fields: Vec<(&str, &str)> = pairs.iter().map(|pair| ("ask", pair.as_str())).collect();
    assert_eq!(chair.post(&assignment(&world, ""), &fields).await.status, StatusCode::FORBIDDEN);
    // One row is taken out.
    let done = coordinator.post(&assignment(&world, ""), &fields[1..]).await.went_to();
    coordinator.page(&done).await.must_show("3 reviews are asked for");
    assert_eq!(portal.count(SEATS).await, 3);
    let letters = portal
        .texts("SELECT c.email FROM letter l JOIN letter_content c ON c.letter_id = l.id WHERE l.kind = 'review-asked'")
        .await;
    assert!((2..=3).contains(&letters.len()), "one for each reviewer, not for each review: {letters:?}");
    // The same again: who was asked is named, and the one that was left out is asked.
    let again = coordinator.post(&assignment(&world, ""), &fields).await;
    again.must_show("Was asked already");
    again.must_show("1 reviewer is asked for a review");
    assert_eq!(portal.count(SEATS).await, 4);
    coordinator.page(&assignment(&world, "/proposal")).await.must_show("Every panel is whole");
}

async fn a_table_is_applied_as_a_whole_or_not_at_all(portal: TestPortal) {
    let world = accepted(&portal).await;
    let aliases = portal.texts("SELECT alias FROM blind_copy").await;
    let mut coordinator = portal.sign_in(COORDINATOR).await;
    let here = assignment(&world, "/table");
    let (one, two, three) = (reviewer(0), reviewer(1), world.applications[0].to_string());
    let wrong = format!("Alias;Email\n{};{one}\nZZZZ;{two}\n{};nobody@clinic.example\n", aliases[0], aliases[1]);
    for what in ["check", "import"] {
        let reply = coordinator.post(&here, &[("table", &wrong), ("do", what)]).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
        reply.must_show("Row 3, column application: No application under review has this alias or id");
        reply.must_show("Row 4, column reviewer: Nobody who reviews in this cycle has this address");
        reply.must_show("nobody@clinic.example");
        assert_eq!(portal.count(SEATS).await, 0, "one wrong row, and nothing is applied");
    }
    let right = format!("application,reviewer\n{three},{one}\n{three},{}\n", two.to_uppercase());
    let checked = coordinator.post(&here, &[("table", &right), ("do", "check")]).await;
    checked.must_show("The table is right: 2 rows");
    assert_eq!(portal.count(SEATS).await, 0, "a dry run");
    coordinator.post(&here, &[("table", &right), ("do", "import")]).await.went_to();
    assert_eq!(portal.count(SEATS).await, 2);
    let again = coordinator.post(&here, &[("table", &right), ("do", "import")]).await;
    again.must_show("Row 2, column reviewer: Sits on this panel already");
    assert_eq!(portal.count(SEATS).await, 2);
}

async fn record(browser: &mut Browser, application: ApplicationId, person: AccountId) -> super::browser::Reply {
    let person = person.to_string();
    let fields = [("person", person.as_str()), ("kind", "mentor"), ("reason", "my teacher")];
    browser.post(&panel(application, "/conflicts"), &fields).await
}

async fn who_has_a_conflict_sees_nothing_of_it_in_lists_and_loads(portal: TestPortal) {
    let world = accepted(&portal).await;
    let (north, south) = (world.applications[0], world.applications[1]);
    let alias = portal.read().await.blind_copy(north).await.expect("a copy").expect("a copy").alias;
    portal.seat(&world, north, world.reviewers[0]).await;
    let mut coordinator = portal.sign_in(COORDINATOR).await;
    coordinator.page(&assignment(&world, "")).await.must_show("1 of at most 10");
    let done = record(&mut coordinator, north, world.coordinator).await.went_to();
    let page = coordinator.page(&done).await;
    assert!(!page.shows("northmere") && !page.shows(&alias) && !page.shows("1 of at most 10"), "{}", page.html().text);
    page.must_show("1 of 1 applications under review needs reviewers");
    assert!(!coordinator.page(&assignment(&world, "/proposal")).await.shows("northmere"));
    // What they must not see is answered like what there is not.
    let unknown = panel(ApplicationId::new(4), "");
    assert_eq!(coordinator.get(&panel(north, "")).await.bare(), coordinator.get(&unknown).await.bare());
    let told = |alias: &str| format!("alias,email\n{alias},{}\n", reviewer(1));
    let hidden = coordinator.post(&assignment(&world, "/table"), &[("table", &told(&alias))]).await;
    let absent = coordinator.post(&assignment(&world, "/table"), &[("table", &told("ZZZZ"))]).await;
    assert_eq!(hidden.bare().replace(&alias, "ZZZZ"), absent.bare());
    let pair = format!("{north}.{}", world.reviewers[1]);
    let asked = coordinator.post(&assignment(&world, ""), &[("ask", &pair)]).await;
    asked.must_show("Its panel is not made any more");
    assert!(!asked.shows("northmere"));
    // The second coordinator takes over, and cannot be taken away as well.
    let mut second = portal.sign_in(SECOND).await;
    second.page(&assignment(&world, "")).await.must_show("northmere");
    let refused = record(&mut second, north, world.second).await;
    refused.must_show("Nobody else runs this cycle without a conflict here");
    refused.must_show("my teacher");
    second.page(&panel(north, "")).await.must_show("recorded by the working group");
    second.page(&panel(south, "")).await.must_show("No conflict is known");
    assert!(!second.page(&panel(north, "")).await.shows("my teacher"), "a reason is private");
}

async fn what_may_be_a_conflict_is_settled_before_anybody_is_asked(portal: TestPortal) {
    let world = accepted(&portal).await;
    let north = world.applications[0];
    let mut one = portal.sign_in(&reviewer(0)).await;
    save_profile(&mut one, "0", "Northmere University Hospital", "5").await;
    let mut coordinator = portal.sign_in(COORDINATOR).await;
    let page = coordinator.page(&panel(north, "")).await;
    page.must_show("Works at Northmere University Hospital; the centre is northmere Cancer Centre");
    let person = world.reviewers[0].to_string();
    let ask = coordinator.post(&panel(north, "/ask"), &[("reviewer", &person)]).await;
    ask.must_show("They may have a conflict");
    let facts = page.html().value_of("facts");
    let settle = |what: &'static str| [("reviewer", person.clone()), ("facts", facts.clone()), ("do", what.to_owned())];
    let fields = settle("dismiss");
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, text)| (*name, text.as_str())).collect();
    coordinator.post(&panel(north, "/candidates"), &fields).await.went_to();
    assert!(!coordinator.page(&panel(north, "")).await.shows("May be conflicts"));
    assert_eq!(coordinator.post(&panel(north, "/candidates"), &fields).await.status, StatusCode::CONFLICT);
    coordinator.post(&panel(north, "/ask"), &[("reviewer", &person), ("why", "Knows the field")]).await.went_to();
    coordinator.page(&panel(north, "")).await.must_show("Knows the field");
    // Another profile is another question; confirmed, it ends the seat.
    save_profile(&mut one, "1", "The northmere Clinic", "5").await;
    let facts = coordinator.page(&panel(north, "")).await.html().value_of("facts");
    let fields = [("reviewer", person.as_str()), ("facts", facts.as_str()), ("do", "confirm")];
    coordinator.post(&panel(north, "/candidates"), &fields).await.went_to();
    let page = coordinator.page(&panel(north, "")).await;
    page.must_show("computed and confirmed");
    assert_eq!(portal.count(SEATS).await, 0);
    coordinator.post(&panel(north, "/ask"), &[("reviewer", &person)]).await.must_show("Has a conflict");
    let conflict = portal.texts("SELECT id FROM conflict").await.remove(0);
    let mut chair = portal.sign_in(CHAIR).await;
    let end = panel(north, &format!("/conflicts/{conflict}/end"));
    assert_eq!(chair.post(&end, &[]).await.status, StatusCode::FORBIDDEN);
    let elsewhere = panel(world.applications[1], &format!("/conflicts/{conflict}/end"));
    assert_eq!(coordinator.post(&elsewhere, &[]).await.status, StatusCode::NOT_FOUND);
    coordinator.post(&end, &[]).await.went_to();
    assert_eq!(coordinator.post(&end, &[]).await.status, StatusCode::NOT_FOUND);
}

async fn a_seat_leads_and_ends(portal: TestPortal) {
    let world = accepted(&portal).await;
    let north = world.applications[0];
    let seat = portal.seat(&world, north, world.reviewers[0]).await;
    let mut coordinator = portal.sign_in(COORDINATOR).await;
    let elsewhere = panel(world.applications[1], &format!("/seats/{seat}/remove"));
    assert_eq!(coordinator.post(&elsewhere, &[]).await.status, StatusCode::NOT_FOUND);
    let mut one = portal.sign_in(&reviewer(0)).await;
    assert_eq!(one.get(&panel(north, "")).await.status, StatusCode::NOT_FOUND);
    for _ in 0..2 {
        coordinator.post(&panel(north, &format!("/seats/{seat}/lead")), &[]).await.went_to();
        assert!(portal.seat_now(north, seat).await.leads);
    }
    coordinator.page(&panel(north, "")).await.must_show("Leads");
    let remove = panel(north, &format!("/seats/{seat}/remove"));
    coordinator.post(&remove, &[]).await.went_to();
    assert_eq!(coordinator.post(&remove, &[]).await.status, StatusCode::NOT_FOUND);
    coordinator.page(&panel(north, "")).await.must_show("Nobody is asked yet");
}
