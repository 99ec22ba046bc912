//! Deliberation: it begins when all reviews are in; then everything stands under letters; what is agreed on is never lost.

use super::{
    browser::Reply,
    harness::TestPortal,
    html::textarea,
    world::review::{CHAIR, COORDINATOR, ReviewWorld, SECOND, reviewer},
};
use crate::domain::{
    id::{ApplicationId, SeatId},
    level::Level,
    outcome::Outcome,
    stage::StageName,
};
use axum::http::StatusCode;

mod compiling;

on_both!(
    it_begins_when_all_reviews_are_in_and_not_before,
    who_sits_elsewhere_or_nowhere_sees_nothing_of_it,
    everything_stands_under_letters,
    a_level_is_revised_beside_the_first_one,
    what_is_said_stands_under_a_letter_once,
    a_third_reviewer_marks_alone_before_the_others_appear,
    the_lead_reviewer_compiles_and_the_coordinator_edits,
    two_people_at_one_text_lose_nothing,
    after_the_decision_the_panel_sees_nothing_any_more,
);

fn here(application: ApplicationId, rest: &str) -> String {
    format!("/working-group/applications/{application}{rest}")
}

fn mine(seat: SeatId, rest: &str) -> String {
    format!("/reviews/{seat}{rest}")
}

async fn stage(portal: &TestPortal, world: &ReviewWorld, application: ApplicationId) -> StageName {
    portal.application(&world.centres[0], application).await.stage.name()
}

/// The fields of the form to word a criterion.
fn wording<'a>(version: &'a str, level: &'a str, gap: &'a str) -> [(&'a str, &'a str); 6] {
    [("version", version), ("level", level), ("strengths", "A rota."), ("gap", gap), ("satisfy", ""), ("then", "stay")]
}

async fn it_begins_when_all_reviews_are_in_and_not_before(portal: TestPortal) {
    let world = portal.review_world().await;
    let application = world.applications[0];
    let way = here(application, "/deliberation");
    let mut coordinator = portal.sign_in(COORDINATOR).await;
    assert_eq!(coordinator.post(&way, &[]).await.status, StatusCode::FORBIDDEN, "not under review");
    portal.accept(&world, application).await;
    let one = portal.seat(&world, application, world.reviewers[0]).await;
    portal.mark_all(application, one, world.reviewers[0], [3; 13]).await;
    portal.hand_in(application, one, world.reviewers[0], Outcome::Accredited).await;
    let refused = coordinator.post(&way, &[]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    refused.must_show("2 reviewers are needed, and 1 accepted so far");
    let two = portal.seat(&world, application, world.reviewers[1]).await;
    portal.mark_all(application, two, world.reviewers[1], [1; 13]).await;
    let refused = coordinator.post(&way, &[]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    refused.must_show("1 review is not in yet.");
    let page = coordinator.page(&way).await;
    assert!(!page.shows("Ad hoc") && !page.shows("Established"), "no level before all reviews are in");
    let mut reviewer_one = portal.sign_in(&reviewer(0)).await;
    for rest in ["/deliberation", "/deliberation/3", "/feedback", "/feedback/3"] {
        let early = reviewer_one.get(&mine(one, rest)).await;
        assert_eq!(early.status, StatusCode::FORBIDDEN, "{rest}");
        let group = coordinator.get(&here(application, &format!("{rest}?show=all"))).await;
        assert!(!group.shows("Ad hoc"), "{rest}");
    }
    portal.hand_in(application, two, world.reviewers[1], Outcome::Deferred).await;
    assert_eq!(stage(&portal, &world, application).await, StageName::UnderReview, "it does not begin by itself");
    coordinator.page(&way).await.must_show("Begin the deliberation");
    let mut chair = portal.sign_in(CHAIR).await;
    assert_eq!(chair.post(&way, &[]).await.status, StatusCode::FORBIDDEN, "the secretariat's");
    for press in ["first", "second"] {
        assert_eq!(coordinator.post(&way, &[]).await.went_to(), format!("{way}?done=opened"), "{press}");
        assert_eq!(stage(&portal, &world, application).await, StageName::Deliberation, "{press}");
    }
    let told = portal.texts("SELECT l.kind || ' ' || l.role FROM letter l WHERE l.kind = 'panel'").await;
    assert_eq!(told, ["panel reviewer", "panel reviewer"]);
    let seat = portal.seat_now(application, one).await;
    let mut tx = portal.write().await;
    assert!(tx.reopen_review(&portal.stamp(Some(world.reviewers[0])), &seat).await.is_err(), "too late to reopen");
}

async fn who_sits_elsewhere_or_nowhere_sees_nothing_of_it(portal: TestPortal) {
    let (world, application, seats) = portal.in_deliberation().await;
    let mut three = portal.sign_in(&reviewer(2)).await;
    let mut lead = portal.sign_in(&world.centres[0].lead_email()).await;
    let mut two = portal.sign_in(&reviewer(1)).await;
    for rest in ["/deliberation", "/deliberation/5", "/feedback", "/feedback/5"] {
        for browser in [&mut three, &mut lead, &mut two] {
            let unknown = browser.get("/no/such/page").await.bare();
            for path in [mine(seats[0], rest), mine(SeatId::new(9), rest), here(application, rest)] {
                assert_eq!(browser.get(&path).await.bare(), unknown, "{path}");
                let refused = browser.post(&path, &[("do", "say"), ("text", "x"), ("level", "3")]).await;
                assert_eq!(refused.status, StatusCode::NOT_FOUND, "{path}");
            }
        }
    }
    assert!(portal.read().await.posts(application, 5).await.expect("posts").is_empty());
    assert!(portal.read().await.consensus_of(application).await.expect("consensus").is_empty());
}

/// The letter of a seat.
async fn letter(portal: &TestPortal, application: ApplicationId, seat: SeatId) -> String {
    let seats = portal.read().await.seats_of(application).await.expect("seats");
    let letters = crate::server::deliberating::letters(&seats);
    letters.into_iter().find(|(id, _)| *id == seat).expect("a letter").1
}

fn names_nobody(reply: &Reply) {
    let text = reply.text();
    for name in ["Altamira", "Bergstad", "Castell", "clinic.example", "northmere", "14:32"] {
        assert!(!text.contains(name), "{name}");
    }
}

async fn everything_stands_under_letters(portal: TestPortal) {
    let (_, application, seats) = portal.in_deliberation().await;
    let mut one = portal.sign_in(&reviewer(0)).await;
    let page = one.page(&mine(seats[0], "/deliberation")).await;
    // 3 against 2 at criterion 1, 3 against 1 at criterion 5; 3 against 4 at criterion 10 is no disagreement.
    page.must_show("The reviewers are apart at 2 of 13 criteria.");
    let table = page.text();
    assert!(table.contains("/deliberation/1\"") && table.contains("/deliberation/5\""));
    assert!(!table.contains("/deliberation/10\""), "only the disagreements");
    let own = letter(&portal, application, seats[0]).await;
    page.must_show(&format!("{own} (you)"));
    let text = page.text().replace("Rosa Altamira", "");
    assert!(!text.contains("Altamira") && !text.contains("Bergstad") && !text.contains("northmere"));
    let all = one.page(&mine(seats[0], "/deliberation?show=all")).await;
    assert!(all.text().contains("/deliberation/10\"") && all.text().contains("/deliberation/13\""));
    let criterion = one.page(&mine(seats[0], "/deliberation/5")).await;
    criterion.must_show("Nights are not covered.");
    criterion.must_show(&format!("Reviewer {own} (you)"));
    let other = letter(&portal, application, seats[1]).await;
    criterion.must_show(&format!("Reviewer {other}"));
    let mut coordinator = portal.sign_in(COORDINATOR).await;
    for rest in ["/deliberation?show=all", "/deliberation/5", "/feedback", "/feedback/5"] {
        let page = coordinator.page(&here(application, rest)).await;
        assert!(!page.shows("(you)"), "{rest}");
        let bare = page.text().replace("northmere Cancer Centre", "");
        for name in ["Altamira", "Bergstad", "clinic.example"] {
            assert!(!bare.contains(name), "{rest}: names stand on the panel page alone");
        }
    }
}

async fn a_level_is_revised_beside_the_first_one(portal: TestPortal) {
    let (_, application, seats) = portal.in_deliberation().await;
    let mut two = portal.sign_in(&reviewer(1)).await;
    let way = mine(seats[1], "/deliberation/5");
    let version = two.page(&way).await.html().value_of("version");
    let fields = |level, why| [("do", "revise"), ("version", &*version), ("level", level), ("why", why)];
    for (level, why, error) in [("", "x", "Choose a level"), ("3", " ", "Say in a sentence why your level has changed")]
    {
        let refused = two.post(&way, &fields(level, why)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        refused.must_show(error);
    }
    assert_eq!(two.post(&way, &fields("3", "The audit shows it.")).await.went_to(), format!("{way}?done=revised"));
    // The second press, and an older page with another level.
    assert_eq!(two.post(&way, &fields("3", "The audit shows it.")).await.went_to(), format!("{way}?done=revised"));
    let late = two.post(&way, &fields("4", "From the other tab.")).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    late.must_show("From the other tab.");
    let mark = portal.read().await.mark(seats[1], 5).await.expect("a mark").expect("one");
    assert_eq!((mark.mark.level, mark.counts()), (Some(Level::AdHoc), Some(Level::Established)));
    let mut one = portal.sign_in(&reviewer(0)).await;
    let page = one.page(&mine(seats[0], "/deliberation/5")).await;
    page.must_show("First 1 Ad hoc, now 3 Established.");
    page.must_show("The audit shows it.");
    let table = one.page(&mine(seats[0], "/deliberation")).await;
    table.must_show("first 1");
    table.must_show("Closer now");
    let _ = application;
}

async fn what_is_said_stands_under_a_letter_once(portal: TestPortal) {
    let (world, application, seats) = portal.in_deliberation().await;
    let mut one = portal.sign_in(&reviewer(0)).await;
    let way = mine(seats[0], "/deliberation/5");
    let empty = one.post(&way, &[("do", "say"), ("text", " ")]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    empty.must_show("Write what you want to say");
    let say = [("do", "say"), ("text", "Page 4 of A shows the rota.")];
    assert_eq!(one.post(&way, &say).await.went_to(), format!("{way}?done=said"));
    assert_eq!(one.post(&way, &say).await.went_to(), format!("{way}?done=again"), "the second press");
    assert_eq!(one.post(&way, &[("do", "third")]).await.went_to(), format!("{way}?done=third"));
    let mut coordinator = portal.sign_in(COORDINATOR).await;
    let group = here(application, "/deliberation/5");
    coordinator.post(&group, &[("do", "say"), ("text", "Look at the decision date.")]).await.went_to();
    coordinator.page(&here(application, "/deliberation")).await.must_show("Third reviewer asked for");
    assert_eq!(portal.read().await.posts(application, 5).await.expect("posts").len(), 3);
    let page = portal.sign_in(&reviewer(1)).await.page(&mine(seats[1], "/deliberation/5")).await;
    let letter = letter(&portal, application, seats[0]).await;
    page.must_show("Page 4 of A shows the rota.");
    page.must_show(&format!("Reviewer {letter}, 5 March 2027"));
    page.must_show("Working group, 5 March 2027");
    assert!(!page.text().contains("Altamira") && !page.text().contains("Dahl"));
    // A reviewer's account stands beside no text of the talk.
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM panel_post WHERE author_id IS NOT NULL").await, 1);
    let _ = world;
}

async fn a_third_reviewer_marks_alone_before_the_others_appear(portal: TestPortal) {
    let (world, application, _) = portal.in_deliberation().await;
    let third = portal.seat(&world, application, world.reviewers[2]).await;
    let mut three = portal.sign_in(&reviewer(2)).await;
    let way = mine(third, "/deliberation/5");
    let page = three.page(&way).await;
    page.must_show("Mark the criterion alone first");
    assert!(!page.shows("Nights are not covered."));
    assert!(!three.page(&mine(third, "/deliberation?show=all")).await.shows("Ad hoc"));
    assert!(!three.page(&mine(third, "/feedback/5")).await.shows("Nights are not covered."));
    let early = three.post(&way, &[("do", "say"), ("text", "What did you mark?")]).await;
    assert_eq!(early.status, StatusCode::CONFLICT);
    let refused = three.post(&way, &[("do", "mark"), ("level", ""), ("gap", "No nights.")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.must_show("Choose a level");
    assert_eq!(textarea(&refused.text(), "gap").as_deref(), Some("No nights."));
    let fields = [("do", "mark"), ("level", "2"), ("gap", "No nights.")];
    for press in ["first", "second"] {
        assert_eq!(three.post(&way, &fields).await.went_to(), format!("{way}?done=marked"), "{press}");
    }
    let page = three.page(&way).await;
    page.must_show("Nights are not covered.");
    let other = three.post(&way, &[("do", "mark"), ("level", "4"), ("gap", "No nights.")]).await;
    assert_eq!(other.status, StatusCode::CONFLICT, "what was marked alone stays");
}

async fn the_lead_reviewer_compiles_and_the_coordinator_edits(portal: TestPortal) {
    let (world, application, seats) = portal.in_deliberation().await;
    let mut tx = portal.write().await;
    tx.set_lead(&portal.stamp(Some(world.coordinator)), application, seats[0]).await.expect("a lead");
    tx.commit().await.expect("commit");
    let mut two = portal.sign_in(&reviewer(1)).await;
    let theirs = mine(seats[1], "/feedback");
    two.page(&theirs).await.must_show("The lead reviewer of this panel compiles the feedback.");
    let refused = two.post(&format!("{theirs}/5"), &wording("0", "2", "Mine")).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    refused.must_show("Mine");
    assert_eq!(two.post(&theirs, &[("do", "gather")]).await.status, StatusCode::FORBIDDEN);

    let mut one = portal.sign_in(&reviewer(0)).await;
    let way = mine(seats[0], "/feedback");
    let page = one.page(&way).await;
    page.must_show("13 things are open");
    page.must_show("Criterion 5: the reviewers are apart, and no level is agreed.");
    for press in ["first", "second"] {
        one.post(&way, &[("do", "gather")]).await.went_to();
        let agreed = portal.read().await.consensus_of(application).await.expect("consensus");
        let criteria: Vec<u8> = agreed.iter().map(|c| c.criterion).collect();
        assert_eq!(criteria, [2, 3, 4, 6, 7, 8, 9, 11, 12, 13], "{press}: where all have the same level");
        assert!(agreed.iter().all(|c| c.version == 1 && c.gap == "Nights are not covered."), "{press}");
    }
    // Prefilled from what all say, each text once.
    let form = one.page(&format!("{way}/5")).await;
    assert_eq!(textarea(&form.text(), "gap").as_deref(), Some("Nights are not covered."));
    form.must_show("Nothing is saved here yet.");
    assert_eq!(one.post(&format!("{way}/5"), &wording("0", "2", "")).await.went_to(), format!("{way}/5?done=saved"));
    one.page(&way).await.must_show("Criterion 5: the level answers no. Say what is missing");
    let mut coordinator = portal.sign_in(COORDINATOR).await;
    let edit = here(application, "/feedback/5");
    let version = coordinator.page(&edit).await.html().value_of("version");
    coordinator.post(&edit, &wording(&version, "2", "Nights have no rota.")).await.went_to();
    for criterion in ["1", "10"] {
        let path = here(application, &format!("/feedback/{criterion}"));
        coordinator.post(&path, &wording("0", "3", "")).await.went_to();
    }
    let whole = coordinator.page(&here(application, "/feedback")).await;
    whole.must_show("The feedback is complete");
    whole.must_show("What the centre will see");
    whole.must_show("Nights have no rota.");
    // The wording before is kept.
    let kept = portal.read().await.kept_wordings(application, 5).await.expect("wordings");
    assert_eq!(kept.iter().map(|k| (k.wording.gap.as_str(), k.beside)).collect::<Vec<_>>(), [("", false)]);
    let mut chair = portal.sign_in(CHAIR).await;
    let refused = chair.post(&edit, &wording("2", "4", "The chair decides, and does not compile.")).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    chair.page(&edit).await.must_show("Nights have no rota.");
}

async fn two_people_at_one_text_lose_nothing(portal: TestPortal) {
    let (_, application, seats) = portal.in_deliberation().await;
    let mut one = portal.sign_in(&reviewer(0)).await;
    let mut second = portal.sign_in(SECOND).await;
    let (way, group) = (mine(seats[0], "/feedback/5"), here(application, "/feedback/5"));
    assert!(one.post(&way, &wording("0", "2", "Of the reviewer.")).await.went_to().contains("done=saved"));
    let beside = second.post(&group, &wording("0", "1", "Of the coordinator.")).await.went_to();
    assert_eq!(beside, format!("{group}?done=beside"));
    let page = second.page(&beside).await;
    page.must_show("Somebody else has saved this criterion meanwhile");
    page.must_show("Of the coordinator.");
    assert_eq!(textarea(&page.text(), "gap").as_deref(), Some("Of the reviewer."));
    page.must_show("Sixten Olander");
    second.page(&here(application, "/feedback")).await.must_show("Two texts");
    let seen = one.page(&way).await;
    seen.must_show("Of the coordinator.");
    assert!(!seen.text().contains("Olander"), "the panel does not learn who");
    // Takes the kept one over; the one before is kept in its place.
    let kept = portal.read().await.kept_wordings(application, 5).await.expect("wordings").remove(0).id.to_string();
    for (version, done) in [("1", "saved"), ("1", "saved")] {
        let place = second.post(&group, &[("take", &*kept), ("version", version)]).await.went_to();
        assert_eq!(place, format!("{group}?done={done}"));
    }
    let now = portal.read().await.consensus_at(application, 5).await.expect("consensus").expect("one");
    assert_eq!((now.gap.as_str(), now.level, now.version), ("Of the coordinator.", Some(Level::AdHoc), 2));
    let texts: Vec<String> = portal
        .read()
        .await
        .kept_wordings(application, 5)
        .await
        .expect("wordings")
        .into_iter()
        .map(|k| k.wording.gap)
        .collect();
    assert!(texts.contains(&"Of the reviewer.".to_owned()), "{texts:?}");
    assert_eq!(second.post(&group, &[("take", "0"), ("version", "2")]).await.status, StatusCode::NOT_FOUND);
}

async fn after_the_decision_the_panel_sees_nothing_any_more(portal: TestPortal) {
    let (world, application, seats) = portal.in_deliberation().await;
    let mut one = portal.sign_in(&reviewer(0)).await;
    names_nobody_to(&one.page(&mine(seats[0], "/deliberation/5")).await, "Rosa Altamira");
    portal
        .advance(&world.centres[0], application, |stage, now| {
            stage.decide(Outcome::Accredited, now).expect("deliberated")
        })
        .await;
    let unknown = one.get("/no/such/page").await.bare();
    for rest in ["/deliberation", "/deliberation/5", "/feedback", "/feedback/5"] {
        assert_eq!(one.get(&mine(seats[0], rest)).await.bare(), unknown, "{rest}");
    }
    let typed = [("do", "say"), ("text", "Too late."), ("version", "0")];
    for rest in ["/deliberation/5", "/feedback/5"] {
        assert_eq!(one.post(&mine(seats[0], rest), &typed).await.status, StatusCode::NOT_FOUND, "{rest}");
    }
    let mut coordinator = portal.sign_in(COORDINATOR).await;
    let late = coordinator.post(&here(application, "/deliberation/5"), &typed).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    late.must_show("Too late.");
    assert_eq!(coordinator.post(&here(application, "/deliberation"), &[]).await.status, StatusCode::FORBIDDEN);
    // Until the release a word can still be mended.
    let edit = here(application, "/feedback/5");
    coordinator.post(&edit, &wording("0", "3", "")).await.went_to();
    assert!(portal.read().await.posts(application, 5).await.expect("posts").is_empty());
}

/// The page shows its reader's own name in its frame, and no other.
fn names_nobody_to(reply: &Reply, own: &str) {
    let mut bare = reply.clone();
    bare.body = reply.text().replace(own, "").into();
    names_nobody(&bare);
}
