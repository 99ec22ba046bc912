//! The reviewer's desk: what is shown when, what is never shown, and that nothing that was written is lost.

mod handing_in;
mod marking;

use super::{
    browser::{Browser, Part, Reply},
    harness::TestPortal,
    world::{CASE, Centre, PDF, at, review::ReviewWorld, review::reviewer},
};
use crate::domain::id::{ApplicationId, SeatId};
use axum::http::StatusCode;

on_both!(
    nothing_of_the_file_is_shown_before_the_declaration,
    a_review_is_accepted_or_declined_in_one_click_and_back,
    a_conflict_takes_the_application_out_of_sight_at_once,
    the_review_of_somebody_else_is_answered_like_an_unknown_page,
    no_page_of_a_reviewer_names_the_centre,
    the_centre_is_named_only_where_the_cycle_says_so,
    evidence_is_the_same_bytes_and_headers_for_every_reviewer,
    after_the_decision_there_is_no_such_review,
    home_leads_a_reviewer_to_the_next_step,
    an_administrator_of_the_centre_does_not_read_of_its_panel_in_the_record,
);

/// The address of a page of a review.
pub fn of(seat: SeatId, rest: &str) -> String {
    format!("/reviews/{seat}{rest}")
}

/// The first application is under review, and the first reviewer has opened it.
pub async fn at_a_review(portal: &TestPortal) -> (ReviewWorld, ApplicationId, SeatId, Browser) {
    let world = portal.review_world().await;
    let application = world.applications[0];
    portal.accept(&world, application).await;
    let seat = portal.seat(&world, application, world.reviewers[0]).await;
    let browser = portal.sign_in(&reviewer(0)).await;
    (world, application, seat, browser)
}

/// The first reviewer is asked, and has not answered.
async fn asked(portal: &TestPortal) -> (ReviewWorld, ApplicationId, SeatId, Browser) {
    let world = portal.review_world().await;
    let application = world.applications[0];
    portal.accept(&world, application).await;
    let mut tx = portal.write().await;
    let stamp = portal.stamp(Some(world.coordinator));
    let seat = tx.ask_reviewer(&stamp, application, world.reviewers[0], "for the test").await.expect("a seat");
    tx.commit().await.expect("commit");
    let browser = portal.sign_in(&reviewer(0)).await;
    (world, application, seat, browser)
}

/// Pages of an open review.
const PAGES: [&str; 7] = ["", "/conflict", "/criteria/1", "/criteria/3", "/criteria/13", "/preview", "/submit"];

/// Fails unless this is the answer for what does not exist.
#[track_caller]
fn must_be_unknown(reply: &Reply, unknown: &Reply, what: &str) {
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    assert_eq!(reply.bare(), unknown.bare(), "{what}");
}

async fn nothing_of_the_file_is_shown_before_the_declaration(portal: TestPortal) {
    let (_, _, seat, mut rosa) = asked(&portal).await;
    let unknown = rosa.get("/no/such/page").await;
    let inside = ["/criteria/3", "/preview", "/submit", "/evidence/A"];
    for answered in [false, true] {
        if answered {
            rosa.post(&of(seat, "/accept"), &[]).await.went_to();
        }
        for rest in inside {
            must_be_unknown(&rosa.get(&of(seat, rest)).await, &unknown, rest);
        }
        let page = rosa.page(&of(seat, "")).await;
        assert!(!page.shows(&CASE[..40]) && !page.shows("Audit of 2026") && !page.shows("criteria/1"), "{answered}");
        let saved = rosa.post(&of(seat, "/criteria/3"), &[("level", "3")]).await;
        assert_eq!(saved.status, StatusCode::CONFLICT, "{answered}: {}", saved.headline());
    }
    let page = rosa.page(&of(seat, "")).await;
    page.must_show("You will not learn which centre this is");
    page.must_show("On file: no institution yet, and no ties.");
    for (ticked, missing) in [
        (vec![], "Confirm that your profile and your ties are up to date"),
        (vec![("current", "1")], "Declare that you know of no conflict"),
        (vec![("none", "1")], "Confirm that your profile and your ties are up to date"),
    ] {
        let refused = rosa.post(&of(seat, "/declaration"), &ticked).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        refused.must_show(missing);
        assert!(rosa.get(&of(seat, "/criteria/3")).await.status == StatusCode::NOT_FOUND);
    }
    let both = [("none", "1"), ("current", "1")];
    assert_eq!(rosa.post(&of(seat, "/declaration"), &both).await.went_to(), of(seat, ""));
    rosa.page(&of(seat, "/criteria/3")).await.must_show(&CASE[..40]);
    // A second press declares nothing twice.
    assert_eq!(rosa.post(&of(seat, "/declaration"), &both).await.went_to(), of(seat, ""));
    let events = portal.read().await.events_of(&seat.to_string()).await.expect("events");
    assert_eq!(events.iter().filter(|(kind, _)| kind == "FileOpened").count(), 1);
}

async fn a_review_is_accepted_or_declined_in_one_click_and_back(portal: TestPortal) {
    let (_, application, seat, mut rosa) = asked(&portal).await;
    let state = |portal: &TestPortal| {
        let portal = portal.portal().clone();
        async move {
            let seats = portal.store.read().await.expect("a reader").seats_of(application).await.expect("seats");
            seats[0].state.key()
        }
    };
    rosa.page("/reviews").await.must_show("Accept");
    for (press, done, then) in [
        ("/decline", "declined", "declined"),
        ("/decline", "declined", "declined"),
        // What was declined has to be taken back first.
        ("/accept", "declined", "declined"),
        ("/undo", "undone", "asked"),
        ("/undo", "undone", "asked"),
        ("/accept", "accepted", "accepted"),
        ("/accept", "accepted", "accepted"),
        ("/undo", "undone", "asked"),
        ("/accept", "accepted", "accepted"),
    ] {
        let place = rosa.post(&of(seat, press), &[]).await.went_to();
        assert_eq!(place, format!("/reviews?done={done}&review={seat}"), "{press}");
        assert_eq!(state(&portal).await, then, "{press}");
        let page = rosa.page(&place).await;
        assert_eq!(page.shows("Undo"), done != "undone", "{press}");
    }
    rosa.post(&of(seat, "/declaration"), &[("none", "1"), ("current", "1")]).await.went_to();
    assert_eq!(rosa.post(&of(seat, "/undo"), &[]).await.went_to(), of(seat, "?done=opened"));
    assert_eq!(state(&portal).await, "accepted", "a file that was read is not unread");
    rosa.post(&of(seat, "/criteria/3"), &[("level", "3")]).await.went_to();
    rosa.post(&of(seat, "/decline"), &[("reason", "Ill until June")]).await.went_to();
    assert_eq!(rosa.get(&of(seat, "/criteria/3")).await.status, StatusCode::NOT_FOUND);
    for press in ["/undo", "/accept"] {
        rosa.post(&of(seat, press), &[]).await.went_to();
    }
    let mark = portal.read().await.mark(seat, 3).await.expect("a mark");
    assert!(mark.is_some_and(|m| m.mark.level.is_some()), "what was marked is there again");
}

async fn a_conflict_takes_the_application_out_of_sight_at_once(portal: TestPortal) {
    let (world, application, seat, mut rosa) = at_a_review(&portal).await;
    let page = rosa.page("/reviews").await.text();
    let alias = portal.read().await.blind_copy(application).await.expect("a copy").expect("a copy").alias;
    assert!(page.contains(&alias));
    let refused = rosa.post(&of(seat, "/conflict"), &[("reason", "We trained together")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.must_show("Choose the kind of conflict");
    refused.must_show("We trained together");
    let fields = [("kind", "mentor"), ("reason", "We trained together")];
    assert_eq!(rosa.post(&of(seat, "/conflict"), &fields).await.went_to(), "/reviews?done=conflict");
    let unknown = rosa.get("/no/such/page").await;
    for rest in PAGES.into_iter().chain(["/evidence/A"]) {
        must_be_unknown(&rosa.get(&of(seat, rest)).await, &unknown, rest);
    }
    let nowhere = rosa.post("/no/such/page", &fields).await;
    for rest in ["/conflict", "/criteria/3", "/submit", "/accept", "/undo", "/declaration", "/reopen", "/decline"] {
        must_be_unknown(&rosa.post(&of(seat, rest), &fields).await, &nowhere, rest);
    }
    let queue = rosa.page("/reviews?done=conflict").await;
    assert!(!queue.text().contains(&alias));
    let conflicts = portal.read().await.conflicts_of(application).await.expect("conflicts");
    assert_eq!(conflicts.iter().map(|c| c.account).collect::<Vec<_>>(), [world.reviewers[0]]);
    // A new seat at the same application is not to be had.
    let mut tx = portal.write().await;
    let again = tx.ask_reviewer(&portal.stamp(Some(world.coordinator)), application, world.reviewers[0], "").await;
    assert!(again.is_err());
}

async fn the_review_of_somebody_else_is_answered_like_an_unknown_page(portal: TestPortal) {
    let (world, application, seat, _) = at_a_review(&portal).await;
    portal.seat(&world, application, world.reviewers[1]).await;
    let random = SeatId::new(7);
    for email in [
        reviewer(1),
        reviewer(2),
        super::world::review::COORDINATOR.to_owned(),
        super::world::review::CHAIR.to_owned(),
        world.centres[0].lead_email(),
    ] {
        let mut other = portal.sign_in(&email).await;
        for rest in PAGES.into_iter().chain(["/evidence/A"]) {
            let (theirs, nobodys) = (other.get(&of(seat, rest)).await, other.get(&of(random, rest)).await);
            must_be_unknown(&theirs, &nobodys, &format!("{email}: {rest}"));
        }
        let fields = [("level", "0"), ("kind", "other"), ("then", "submit"), ("none", "1"), ("current", "1")];
        for rest in ["/criteria/3", "/conflict", "/submit", "/accept", "/decline", "/undo", "/declaration", "/reopen"] {
            let (theirs, nobodys) =
                (other.post(&of(seat, rest), &fields).await, other.post(&of(random, rest), &fields).await);
            must_be_unknown(&theirs, &nobodys, &format!("{email}: {rest}"));
        }
    }
    assert!(portal.read().await.marks_of(seat).await.expect("marks").is_empty());
}

/// What names the first centre of the world.
fn names(centre: &Centre) -> [String; 5] {
    let word = centre.word;
    [word.to_owned(), format!("Ada {word}"), format!("Port {word}"), "Utopia".to_owned(), format!("{word}.example")]
}

async fn no_page_of_a_reviewer_names_the_centre(portal: TestPortal) {
    let (world, _, seat, mut rosa) = at_a_review(&portal).await;
    rosa.post(&of(seat, "/criteria/3"), &[("level", "2"), ("then", "stay")]).await.went_to();
    for path in PAGES.map(|rest| of(seat, rest)).into_iter().chain(["/reviews".to_owned(), "/home".to_owned()]) {
        let page = rosa.page(&path).await.bare();
        for name in names(&world.centres[0]) {
            assert!(!page.to_lowercase().contains(&name.to_lowercase()), "{path} shows {name}");
        }
        for id in [world.centres[0].id.to_string(), world.applications[0].to_string()] {
            assert!(!page.contains(&id), "{path} holds an identifier of the centre");
        }
    }
    // The links of the centre are no links here, and their hosts are hidden.
    let page = rosa.page(&of(seat, "/criteria/3")).await;
    page.must_show("To open it would tell the centre that somebody reads");
    assert!(!page.text().contains("evidence.example"));
}

async fn the_centre_is_named_only_where_the_cycle_says_so(portal: TestPortal) {
    let (_, _, seat, mut rosa) = asked(&portal).await;
    rosa.post(&of(seat, "/accept"), &[]).await.went_to();
    assert!(!rosa.page(&of(seat, "")).await.shows("northmere Cancer Centre"));
    portal.tamper(r#"UPDATE cycle SET rules = '{"anonymity":"reviewer"}'"#).await;
    let page = rosa.page(&of(seat, "")).await;
    page.must_show("northmere Cancer Centre, Utopia");
    assert!(!page.shows(&CASE[..40]), "the file is not open yet");
    rosa.post(&of(seat, "/declaration"), &[("none", "1")]).await.went_to();
    rosa.page(&of(seat, "")).await.must_show("northmere Cancer Centre, Utopia");
}

/// One more centre, which hands a document in.
async fn with_a_document(portal: &TestPortal, world: &ReviewWorld) -> ApplicationId {
    let centre = portal.centre("eastfold").await;
    let application = portal.ready_draft(&centre, &world.cycle).await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    let file = [Part::File("file", "eastfold-rota.pdf", PDF)];
    let piece = lead.post_multipart(&at(application, "/evidence"), &file).await.went_to();
    let piece = piece.strip_suffix("?done=added").expect("it is new").to_owned();
    let fields = [
        ("version", "1"),
        ("title", "Rota of eastfold"),
        ("kind", "policy"),
        ("effective", "2026-11-01"),
        ("use", "3"),
        ("pages-3", "2-3"),
    ];
    lead.post(&piece, &fields).await.went_to();
    let declarations = crate::domain::signatory::Declaration::ALL;
    let mut tx = portal.write().await;
    let standing = tx.standing(application, centre.lead).await.expect("a standing").expect("theirs");
    tx.declare(&portal.stamp(Some(centre.lead)), &standing.application, &declarations).await.expect("declared");
    tx.commit().await.expect("commit");
    let place = lead.post(&at(application, "/submit"), &[]).await.went_to();
    assert!(place.ends_with("/receipt"), "{place}");
    application
}

async fn evidence_is_the_same_bytes_and_headers_for_every_reviewer(portal: TestPortal) {
    let world = portal.review_world().await;
    let application = with_a_document(&portal, &world).await;
    portal.accept(&world, application).await;
    portal.look_through().await;
    let blind = portal.read().await.blind_copy(application).await.expect("a copy").expect("a copy");
    let letter = |file: bool| {
        let piece = blind.copy.evidence.iter().find(|e| e.sha256.is_some() == file).expect("a piece");
        piece.letter.clone()
    };
    let mut replies = Vec::new();
    for index in 0..2 {
        let seat = portal.seat(&world, application, world.reviewers[index]).await;
        let mut browser = portal.sign_in(&reviewer(index)).await;
        let page = browser.page(&of(seat, "/criteria/3")).await;
        page.must_show("Rota of [name removed]");
        let unknown = browser.get("/no/such/page").await;
        for none in ["Z", "a", "%00", letter(false).as_str()] {
            must_be_unknown(&browser.get(&of(seat, &format!("/evidence/{none}"))).await, &unknown, none);
        }
        replies.push(browser.get(&of(seat, &format!("/evidence/{}/copy", letter(true)))).await);
        let reads = portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM reading WHERE kind = 'EvidenceRead'").await;
        assert_eq!(reads, i64::try_from(index + 1).expect("small"), "on record before the first byte leaves");
    }
    assert_eq!(replies[0].bare(), replies[1].bare());
    let reply = &replies[0];
    assert!(reply.status == StatusCode::OK && reply.body.starts_with(b"%PDF-"));
    let name = format!("attachment; filename=\"{}-{}.pdf\"", blind.alias, letter(true));
    assert_eq!(reply.header("content-disposition"), name);
    assert_eq!(reply.header("x-content-type-options"), "nosniff");
    for tells in ["etag", "last-modified", "content-location", "server-timing"] {
        assert_eq!(reply.header(tells), "", "{tells}");
    }
}

async fn after_the_decision_there_is_no_such_review(portal: TestPortal) {
    let (world, application, seats) = portal.in_deliberation().await;
    let mut rosa = portal.sign_in(&reviewer(0)).await;
    let page = rosa.page(&of(seats[0], "/criteria/5")).await;
    page.must_show("The panel deliberates");
    assert!(!page.text().contains("id=\"mark\""), "no form");
    let closed = rosa.post(&of(seats[0], "/criteria/5"), &[("level", "0"), ("gap", "Too late a thought")]).await;
    assert_eq!(closed.status, StatusCode::CONFLICT);
    closed.must_show("Too late a thought");
    assert_eq!(rosa.post(&of(seats[0], "/reopen"), &[]).await.went_to(), of(seats[0], "?done=too-late"));
    portal.tamper("UPDATE application SET stage = 'decided'").await;
    let unknown = rosa.get("/no/such/page").await;
    for rest in PAGES {
        must_be_unknown(&rosa.get(&of(seats[0], rest)).await, &unknown, rest);
    }
    assert!(!rosa.page("/reviews").await.text().contains(&seats[0].to_string()));
    let marks = portal.read().await.marks_of(seats[0]).await.expect("marks");
    assert_eq!(marks.len(), 13, "{application} {}", world.cycle.name);
}

async fn home_leads_a_reviewer_to_the_next_step(portal: TestPortal) {
    let (world, application, seat, mut rosa) = asked(&portal).await;
    let alias = portal.read().await.blind_copy(application).await.expect("a copy").expect("a copy").alias;
    let home = rosa.page("/home").await;
    home.must_show("1 review waits for you.");
    home.must_show(&format!("Answer for {alias}"));
    rosa.post(&of(seat, "/accept"), &[]).await.went_to();
    rosa.page("/reviews").await.must_show(&format!("Open the file of {alias}"));
    rosa.post(&of(seat, "/declaration"), &[("none", "1"), ("current", "1")]).await.went_to();
    rosa.page("/reviews").await.must_show(&format!("Begin with {alias}, criterion 1"));
    portal.mark_all(application, seat, world.reviewers[0], [3; 13]).await;
    rosa.page("/reviews").await.must_show(&format!("Hand in the review of {alias}"));
    let mut rune = portal.sign_in(&reviewer(1)).await;
    rune.page("/home").await.must_show("Nothing waits for you at this moment.");
    rune.page("/reviews").await.must_show("No review waits for you");
    let mut lead = portal.sign_in(&world.centres[0].lead_email()).await;
    assert!(!lead.page("/home").await.shows("My reviews"));
}

async fn an_administrator_of_the_centre_does_not_read_of_its_panel_in_the_record(portal: TestPortal) {
    let (world, _, seat, mut rosa) = at_a_review(&portal).await;
    let own = portal.account("Olga northmere", "olga@northmere.example", &["administrator"]).await;
    let mut tx = portal.write().await;
    let role = crate::store::centre::Role::Contributor;
    tx.join_centre(&portal.stamp(None), world.centres[0].id, own, role).await.expect("a contributor");
    tx.commit().await.expect("commit");
    portal.account("Otto Weit", "otto@operator.example", &["administrator"]).await;
    rosa.post(&of(seat, "/criteria/3"), &[("level", "2")]).await.went_to();
    let reviewer = world.reviewers[0];
    for (email, sees) in [("olga@northmere.example", false), ("otto@operator.example", true)] {
        let mut browser = portal.sign_in(email).await;
        for query in [
            String::new(),
            "kind=MarkSaved".to_owned(),
            "kind=ReviewerAsked".to_owned(),
            "day=2027-03-05".to_owned(),
            format!("account={reviewer}"),
            format!("kind=MarkSaved&account={reviewer}"),
        ] {
            let page = browser.page(&format!("/administration/record?{query}")).await;
            assert_eq!(page.text().contains(&seat.to_string()), sees, "{email} {query}");
        }
    }
}
