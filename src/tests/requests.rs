//! Questions to a centre: who may ask, pass on and answer; what crosses the blind, and what does not.

use super::{
    browser::Part,
    harness::TestPortal,
    html::textarea,
    world::{
        PDF, at,
        review::{CHAIR, COORDINATOR, ReviewWorld, SECOND, reviewer},
    },
};
use crate::{
    domain::id::{ApplicationId, SeatId},
    store::conflict,
};
use axum::http::{StatusCode, header};

on_both!(
    what_cannot_be_asked_is_refused_and_given_back,
    a_question_crosses_only_when_it_is_passed_on,
    an_answer_reaches_the_panel_without_the_names_of_its_centre,
    other_reviewers_read_the_answer_and_not_who_asked,
    a_question_that_is_not_passed_on_stays_with_its_author,
    two_coordinators_at_one_wording_lose_nothing,
    evidence_of_an_answer_has_the_next_letter,
    coordinators_are_told_once_an_hour_that_something_waits,
    after_the_decision_nothing_is_asked_any_more,
);

fn here(application: ApplicationId, rest: &str) -> String {
    format!("/working-group/applications/{application}{rest}")
}

fn mine(seat: SeatId, rest: &str) -> String {
    format!("/reviews/{seat}{rest}")
}

/// The first application under review, with two seats.
async fn under_review(portal: &TestPortal) -> (ReviewWorld, ApplicationId, [SeatId; 2]) {
    let world = portal.review_world().await;
    let application = world.applications[0];
    portal.accept(&world, application).await;
    let one = portal.seat(&world, application, world.reviewers[0]).await;
    let two = portal.seat(&world, application, world.reviewers[1]).await;
    (world, application, [one, two])
}

/// The letters that wait, by kind.
async fn letters(portal: &TestPortal) -> Vec<String> {
    portal.texts("SELECT l.kind || ' ' || l.role FROM letter l WHERE l.state = 'waiting' ORDER BY 1").await
}

const QUESTION: &str = "How many nights were covered in 2026? I missed it, as a colleague from Basel.";
const PASSED: &str = "How many nights were covered in 2026?";

/// The request and the message that waits, as the forms of the working group name them.
async fn waiting(portal: &TestPortal, application: ApplicationId) -> (String, String, String) {
    let requests = portal.read().await.requests(application).await.expect("requests");
    let found = requests.iter().find_map(|r| {
        let message = r.messages.iter().find(|m| m.way == crate::domain::request::Way::Waits)?;
        Some((r.id.to_string(), message.id.to_string(), message.version.to_string()))
    });
    found.expect("a message that waits")
}

/// Passes on what waits, in these words.
async fn pass_on(portal: &TestPortal, application: ApplicationId, text: &str) -> String {
    let (request, message, version) = waiting(portal, application).await;
    let mut coordinator = portal.sign_in(COORDINATOR).await;
    let fields = [("do", "relay"), ("message", &message), ("version", &version), ("text", text), ("due", "19.3.2027")];
    let place = coordinator.post(&here(application, &format!("/requests/{request}")), &fields).await.went_to();
    assert_eq!(place, here(application, &format!("/requests?done=relayed#request-{request}")));
    request
}

async fn asked(portal: &TestPortal, seat: SeatId, who: usize, criterion: &str, text: &str) {
    let mut browser = portal.sign_in(&reviewer(who)).await;
    let way = mine(seat, "/requests");
    let place = browser.post(&way, &[("criterion", criterion), ("text", text)]).await.went_to();
    assert!(place.starts_with(&format!("{way}?done=asked#request-")), "{place}");
}

async fn what_cannot_be_asked_is_refused_and_given_back(portal: TestPortal) {
    let (world, application, seats) = under_review(&portal).await;
    let mut one = portal.sign_in(&reviewer(0)).await;
    let unknown = one.get("/no/such/page").await.bare();
    for path in [mine(seats[1], "/requests"), mine(SeatId::new(7), "/requests"), here(application, "/requests")] {
        assert_eq!(one.get(&path).await.bare(), unknown, "{path}");
        let refused = one.post(&path, &[("criterion", "3"), ("text", "typed")]).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND, "{path}");
    }
    let way = mine(seats[0], "/requests");
    for (criterion, text, why) in [
        ("3", "  ", "Write your question"),
        ("14", "How many?", "Choose a criterion"),
        ("03", "How many?", "Choose a criterion"),
        ("3", &"word ".repeat(601), "Shorten it to 600 words"),
    ] {
        let refused = one.post(&way, &[("criterion", criterion), ("text", text)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{why}");
        refused.must_show(why);
        assert_eq!(textarea(&refused.text(), "text").as_deref(), Some(text.trim()), "{why}");
    }
    let signed_out = portal.visitor().post(&way, &[("criterion", "3"), ("text", "typed in vain")]).await;
    assert_eq!(signed_out.status, StatusCode::UNAUTHORIZED);
    signed_out.must_show("typed in vain");
    for email in [&world.centres[0].lead_email(), CHAIR] {
        let mut other = portal.sign_in(email).await;
        assert_eq!(other.get(&way).await.status, StatusCode::NOT_FOUND, "{email}");
    }
    assert_eq!(portal.read().await.requests(application).await.expect("requests").len(), 0);
}

async fn a_question_crosses_only_when_it_is_passed_on(portal: TestPortal) {
    let (world, application, seats) = under_review(&portal).await;
    asked(&portal, seats[0], 0, "5", QUESTION).await;
    // The second press of the button.
    asked(&portal, seats[0], 0, "5", QUESTION).await;
    assert_eq!(portal.read().await.requests(application).await.expect("requests").len(), 1);
    let mut lead = portal.sign_in(&world.centres[0].lead_email()).await;
    let nothing = lead.page(&at(application, "/requests")).await;
    nothing.must_show("Nobody has asked anything");
    let (request, message, version) = waiting(&portal, application).await;
    let page = at(application, &format!("/requests/{request}"));
    assert_eq!(lead.get(&page).await.status, StatusCode::NOT_FOUND, "it was not passed on");

    // The chair reads it, and does not pass it on; a wrong day is mended; nothing is lost.
    let way = here(application, &format!("/requests/{request}"));
    let fields =
        |due| [("do", "relay"), ("message", &*message), ("version", &*version), ("text", PASSED), ("due", due)];
    let mut chair = portal.sign_in(CHAIR).await;
    chair.page(&here(application, "/requests")).await.must_show(QUESTION);
    assert_eq!(chair.post(&way, &fields("19.3.2027")).await.status, StatusCode::CONFLICT);
    let mut coordinator = portal.sign_in(COORDINATOR).await;
    for (due, why) in [("soon", "Write day, month and year"), ("4.3.2027", "Choose a day that is still to come")] {
        let refused = coordinator.post(&way, &fields(due)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{due}");
        refused.must_show(why);
        refused.must_show(PASSED);
    }
    let before = letters(&portal).await.len();
    pass_on(&portal, application, PASSED).await;
    let twice = coordinator.post(&way, &fields("19.3.2027")).await;
    assert_eq!(twice.status, StatusCode::CONFLICT, "the second press");

    let read = lead.page(&page).await;
    read.must_show(PASSED);
    read.must_show("14 days left");
    read.must_show("Asked on 5 March 2027");
    for hidden in ["Basel", "Reviewer", "14:32", &seats[0].to_string()] {
        assert!(!read.text().contains(hidden), "{hidden} crossed");
    }
    lead.page(&at(application, "")).await.must_show("A question waits for your answer");
    let posted = letters(&portal).await;
    assert_eq!(posted.len(), before + 2, "both people of the centre, once: {posted:?}");
    let texts = portal
        .texts("SELECT c.text FROM letter_content c JOIN letter l ON l.id = c.letter_id WHERE l.kind = 'question'")
        .await;
    assert!(texts.iter().all(|t| !t.contains("nights") && t.contains("asks your centre something")), "{texts:?}");
    // Its author sees both wordings.
    let own = portal.sign_in(&reviewer(0)).await.page(&mine(seats[0], "/requests")).await;
    own.must_show(QUESTION);
    own.must_show("As the working group passed it on");
}

async fn an_answer_reaches_the_panel_without_the_names_of_its_centre(portal: TestPortal) {
    let (world, application, seats) = under_review(&portal).await;
    asked(&portal, seats[0], 0, "5", QUESTION).await;
    let request = pass_on(&portal, application, PASSED).await;
    let way = at(application, &format!("/requests/{request}"));
    let mut lead = portal.sign_in(&world.centres[0].lead_email()).await;
    let empty = lead.post_multipart(&way, &[Part::Text("text", " ")]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    empty.must_show("Write your answer, or attach something");
    let mut stranger = portal.sign_in(&world.centres[1].lead_email()).await;
    assert_eq!(stranger.post_multipart(&way, &[Part::Text("text", "x")]).await.status, StatusCode::NOT_FOUND);
    let signed_out = portal.visitor().post_multipart(&way, &[Part::Text("text", "typed in vain")]).await;
    assert_eq!(signed_out.status, StatusCode::UNAUTHORIZED);
    signed_out.must_show("typed in vain");

    let snapshots = portal.texts("SELECT sha256 FROM snapshot").await;
    let answer = "All 365 nights at the northmere Cancer Centre, says Ada northmere.";
    for press in ["first", "second"] {
        let place = lead.post_multipart(&way, &[Part::Text("text", answer)]).await.went_to();
        assert_eq!(place, format!("{way}?done=answered"), "{press}");
    }
    lead.page(&way).await.must_show(answer);
    let mut one = portal.sign_in(&reviewer(0)).await;
    let page = mine(seats[0], "/requests");
    assert!(!one.page(&page).await.shows("365 nights"), "it was not passed on");
    let shown = portal.sign_in(COORDINATOR).await.page(&here(application, "/requests")).await;
    shown.must_show(answer);
    let masked = textarea(&shown.text(), "text").expect("the wording that crosses");
    assert_eq!(masked, "All 365 nights at the [name removed], says [name removed].");
    pass_on(&portal, application, &masked).await;
    let read = one.page(&page).await;
    read.must_show(&masked);
    read.must_show("Answered");
    assert!(!read.text().contains("northmere"));
    assert_eq!(portal.texts("SELECT sha256 FROM snapshot").await, snapshots, "what was submitted stays as it is");
    let posted = letters(&portal).await;
    let told: Vec<_> = posted.iter().filter(|l| *l == "panel reviewer").collect();
    assert_eq!(told.len(), 2, "the whole panel: {posted:?}");
}

async fn other_reviewers_read_the_answer_and_not_who_asked(portal: TestPortal) {
    let (world, application, seats) = under_review(&portal).await;
    asked(&portal, seats[0], 0, "5", QUESTION).await;
    let mut two = portal.sign_in(&reviewer(1)).await;
    let page = mine(seats[1], "/requests");
    two.page(&page).await.must_show("Nothing was asked yet");
    let request = pass_on(&portal, application, PASSED).await;
    two.page(&page).await.must_show("Nothing was asked yet");
    let mut lead = portal.sign_in(&world.centres[0].lead_email()).await;
    lead.post_multipart(&at(application, &format!("/requests/{request}")), &[Part::Text("text", "All 365.")])
        .await
        .went_to();
    pass_on(&portal, application, "All 365.").await;
    let read = two.page(&page).await;
    read.must_show("All 365.");
    assert!(!read.shows(PASSED) && !read.shows("Reviewer"), "the question stays hidden until the deliberation");
    let refused = two.post(&format!("{page}/{request}"), &[("text", "And weekends?")]).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND, "somebody else's question");
    // Their author goes on, until it is settled.
    let mut one = portal.sign_in(&reviewer(0)).await;
    let own = mine(seats[0], &format!("/requests/{request}"));
    one.post(&own, &[("text", "And weekends?")]).await.went_to();
    let page = at(application, &format!("/requests/{request}"));
    assert!(!lead.page(&page).await.shows("weekends"), "it was not passed on");
    pass_on(&portal, application, "And weekends?").await;
    lead.page(&page).await.must_show("And weekends?");
    for press in ["first", "second"] {
        one.post(&own, &[("do", "close")]).await.went_to();
        lead.page(&page).await.must_show("This question is closed");
        let late = lead.post_multipart(&page, &[Part::Text("text", "Weekends too.")]).await;
        assert_eq!(late.status, StatusCode::CONFLICT, "{press}");
        late.must_show("Weekends too.");
    }
}

async fn a_question_that_is_not_passed_on_stays_with_its_author(portal: TestPortal) {
    let (world, application, seats) = under_review(&portal).await;
    asked(&portal, seats[0], 0, "5", QUESTION).await;
    let (request, message, version) = waiting(&portal, application).await;
    let way = here(application, &format!("/requests/{request}"));
    let mut coordinator = portal.sign_in(COORDINATOR).await;
    let fields = |reason| [("do", "decline"), ("message", &*message), ("version", &*version), ("reason", reason)];
    let refused = coordinator.post(&way, &fields(" ")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.must_show("Say why it is not passed on");
    coordinator.post(&way, &fields("It stands in the narrative.")).await.went_to();
    assert_eq!(coordinator.post(&way, &fields("Again.")).await.status, StatusCode::CONFLICT, "the second press");
    let own = portal.sign_in(&reviewer(0)).await.page(&mine(seats[0], "/requests")).await;
    own.must_show("It stands in the narrative.");
    own.must_show("Not passed on");
    let mut lead = portal.sign_in(&world.centres[0].lead_email()).await;
    lead.page(&at(application, "/requests")).await.must_show("Nobody has asked anything");
}

async fn two_coordinators_at_one_wording_lose_nothing(portal: TestPortal) {
    let (_, application, seats) = under_review(&portal).await;
    asked(&portal, seats[0], 0, "5", QUESTION).await;
    let (request, message, version) = waiting(&portal, application).await;
    let way = here(application, &format!("/requests/{request}"));
    let fields = |text| [("do", "reword"), ("message", &*message), ("version", &*version), ("text", text)];
    let mut first = portal.sign_in(COORDINATOR).await;
    let mut second = portal.sign_in(SECOND).await;
    assert!(first.post(&way, &fields(PASSED)).await.went_to().contains("done=worded"));
    assert!(second.post(&way, &fields("How many nights?")).await.went_to().contains("done=beside"));
    let page = second.page(&here(application, "/requests")).await;
    for wording in [PASSED, "How many nights?", QUESTION] {
        page.must_show(wording);
    }
}

async fn evidence_of_an_answer_has_the_next_letter(portal: TestPortal) {
    let (world, application, seats) = under_review(&portal).await;
    asked(&portal, seats[0], 0, "5", QUESTION).await;
    let request = pass_on(&portal, application, PASSED).await;
    let way = at(application, &format!("/requests/{request}"));
    let mut lead = portal.sign_in(&world.centres[0].lead_email()).await;
    let refused = lead.post_multipart(&way, &[Part::Text("text", "See it"), Part::File("file", "a.exe", b"MZ")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(textarea(&refused.text(), "text").as_deref(), Some("See it"));
    let parts = [Part::Text("text", ""), Part::Text("title", "Rota of northmere"), Part::File("file", "rota.pdf", PDF)];
    lead.post_multipart(&way, &parts).await.went_to();
    let mut one = portal.sign_in(&reviewer(0)).await;
    let file = mine(seats[0], "/requests/evidence/B");
    assert_eq!(one.get(&file).await.status, StatusCode::NOT_FOUND, "it was not passed on");
    pass_on(&portal, application, "").await;
    let page = one.page(&mine(seats[0], "/requests")).await;
    // The application has one piece, A.
    page.must_show("Evidence B: Rota of [name removed]");
    assert!(!page.text().contains("northmere") && !page.text().contains("rota.pdf"));
    one.get(&file).await.must_show("This file is still being looked through");
    portal.look_through().await;
    let bytes = one.page(&file).await;
    assert!(bytes.body.starts_with(b"%PDF-"));
    let alias = portal.read().await.blind_copy(application).await.expect("a copy").expect("one").alias;
    let expected = format!("attachment; filename=\"{alias}-B.pdf\"");
    assert_eq!(bytes.header(header::CONTENT_DISPOSITION), expected);
    for absent in [header::ETAG, header::LAST_MODIFIED] {
        assert_eq!(bytes.header(absent), "");
    }
    assert_eq!(one.get(&mine(seats[0], "/requests/evidence/C")).await.status, StatusCode::NOT_FOUND);
    // The same bytes again keep their letter.
    lead.post_multipart(&way, &[Part::Text("text", "Once more"), Part::File("file", "again.pdf", PDF)]).await.went_to();
    pass_on(&portal, application, "Once more").await;
    let page = one.page(&mine(seats[0], "/requests")).await;
    page.must_show("Evidence B: again");
    assert!(!page.shows("Evidence C"));
}

async fn after_the_decision_nothing_is_asked_any_more(portal: TestPortal) {
    let (world, application, seats) = under_review(&portal).await;
    asked(&portal, seats[0], 0, "5", QUESTION).await;
    let request = pass_on(&portal, application, PASSED).await;
    portal.deliberate(&world, application).await;
    let mut two = portal.sign_in(&reviewer(1)).await;
    let letters = two.page(&mine(seats[1], "/requests")).await;
    letters.must_show(PASSED);
    assert!(!letters.shows("Basel"), "the others read what crossed");
    portal
        .advance(&world.centres[0], application, |stage, now| {
            stage.decide(crate::domain::outcome::Outcome::Accredited, now).expect("deliberated")
        })
        .await;
    let unknown = two.get("/no/such/page").await.bare();
    assert_eq!(two.get(&mine(seats[1], "/requests")).await.bare(), unknown);
    // The centre cannot tell: its answer is taken as before.
    let mut lead = portal.sign_in(&world.centres[0].lead_email()).await;
    let way = at(application, &format!("/requests/{request}"));
    lead.post_multipart(&way, &[Part::Text("text", "All 365.")]).await.went_to();
    let mut coordinator = portal.sign_in(COORDINATOR).await;
    coordinator.page(&here(application, "/requests")).await.must_show("All 365.");
    let asked = [("criterion", "3"), ("text", "One more"), ("due", "19.3.2027")];
    let late = coordinator.post(&here(application, "/requests"), &asked).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    late.must_show("One more");
}

async fn coordinators_are_told_once_an_hour_that_something_waits(portal: TestPortal) {
    let (world, application, seats) = under_review(&portal).await;
    let told = || async {
        let mut who = portal
            .texts("SELECT p.email FROM letter l JOIN person p ON p.account_id = l.account_id WHERE l.kind = 'panel' AND l.role = 'coordinator'")
            .await;
        who.sort();
        who
    };
    assert!(told().await.is_empty());
    asked(&portal, seats[0], 0, "5", QUESTION).await;
    asked(&portal, seats[1], 1, "7", "How many beds are there?").await;
    assert_eq!(told().await, [COORDINATOR, SECOND], "one letter each for both questions");
    let texts = portal
        .texts("SELECT c.text FROM letter_content c JOIN letter l ON l.id = c.letter_id WHERE l.role = 'coordinator'")
        .await;
    let alias = portal.texts("SELECT alias FROM blind_copy").await;
    for text in &texts {
        assert!(text.contains("A reviewer has asked something, or a centre has answered."), "{text}");
        for hidden in ["nights", "beds", "northmere", "Rosa", &application.to_string()]
            .into_iter()
            .chain(alias.iter().map(|a| &**a))
        {
            assert!(!text.contains(hidden), "{hidden} stands in the letter");
        }
    }
    // How many coordinators there are stands in nobody's own record.
    let by = "SELECT COALESCE(actor_id, '') FROM event WHERE kind = 'LetterPosted' AND subject IN (SELECT id FROM letter WHERE role = 'coordinator')";
    assert_eq!(portal.texts(by).await, ["", ""]);
    // Who must not see the application is not told of it.
    let mut tx = portal.write().await;
    let (kind, source) = (conflict::Kind::Mentor, conflict::Source::Recorded);
    tx.add_conflict(&portal.stamp(None), application, world.second, kind, source, "").await.expect("a conflict");
    tx.commit().await.expect("commit");
    portal.wait_minutes(61);
    asked(&portal, seats[0], 0, "6", "Who answers at night?").await;
    assert_eq!(told().await, [COORDINATOR, COORDINATOR, SECOND]);
}
