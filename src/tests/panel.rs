//! Panels: seats, marks and conflicts in the store, and who may open a review.

use super::harness::TestPortal;
use crate::{
    domain::{access::Action, level::Level, outcome::Outcome, review::Mark},
    store::{
        conflict::{Kind, Source},
        panel::{Barrier, SeatState},
        review::MarkSaved,
    },
};

on_both!(
    whom_a_seat_is_refused,
    a_conflict_ends_the_seat_and_takes_offices_away,
    a_mark_of_another_page_is_kept_beside_the_newer_one,
    nothing_is_marked_once_the_review_is_in,
    the_blind_copy_names_nobody,
);

async fn whom_a_seat_is_refused(portal: TestPortal) {
    let world = portal.review_world().await;
    let application = world.applications[0];
    portal.accept(&world, application).await;
    let mut tx = portal.write().await;
    for (who, barrier) in [
        (world.coordinator, Some(Barrier::NoReviewer)),
        (world.centres[0].lead, Some(Barrier::NoReviewer)),
        (world.reviewers[0], None),
    ] {
        assert_eq!(tx.barrier(application, who).await.expect("an answer"), barrier);
    }
    drop(tx);
    portal.seat(&world, application, world.reviewers[0]).await;
    let mut tx = portal.write().await;
    let stamp = portal.stamp(Some(world.coordinator));
    assert_eq!(tx.barrier(application, world.reviewers[0]).await.expect("an answer"), Some(Barrier::Sits));
    assert!(tx.ask_reviewer(&stamp, application, world.reviewers[0], "").await.is_err(), "twice");
}

async fn a_conflict_ends_the_seat_and_takes_offices_away(portal: TestPortal) {
    let world = portal.review_world().await;
    let application = world.applications[0];
    portal.accept(&world, application).await;
    let seat = portal.seat(&world, application, world.reviewers[0]).await;
    let mut tx = portal.write().await;
    let stamp = portal.stamp(Some(world.coordinator));
    for account in [world.reviewers[0], world.second] {
        let (kind, source) = (Kind::Institution, Source::Recorded);
        tx.add_conflict(&stamp, application, account, kind, source, "").await.expect("a conflict");
    }
    tx.commit().await.expect("commit");
    let mut tx = portal.read().await;
    assert!(tx.seat_for(seat, world.reviewers[0]).await.expect("an answer").is_none(), "the seat has ended");
    assert!(tx.seats_of(application).await.expect("seats").is_empty());
    let relation = tx.relation(application, world.second).await.expect("an answer").expect("a relation");
    for action in Action::ALL {
        let stage = crate::domain::stage::StageName::UnderReview;
        let decision = crate::domain::access::may(relation, stage, action);
        assert_eq!(decision, crate::domain::access::Decision::NotFound, "{action:?}");
    }
}

async fn a_mark_of_another_page_is_kept_beside_the_newer_one(portal: TestPortal) {
    let world = portal.review_world().await;
    let application = world.applications[0];
    portal.accept(&world, application).await;
    let id = portal.seat(&world, application, world.reviewers[0]).await;
    let seat = portal.seat_now(application, id).await;
    let mark = |text: &str| Mark { level: Some(Level::Partial), gap: text.into(), ..Mark::default() };
    let stamp = portal.stamp(Some(world.reviewers[0]));
    let mut tx = portal.write().await;
    let saved = tx.save_mark(&stamp, &seat, 3, &mark("one"), 0, Some("page-a")).await.expect("saved");
    assert_eq!(saved, MarkSaved::Kept(1));
    let again = tx.save_mark(&stamp, &seat, 3, &mark("one more"), 0, Some("page-a")).await.expect("saved");
    assert_eq!(again, MarkSaved::Kept(2), "the same page, before it has heard of its save");
    let late = tx.save_mark(&stamp, &seat, 3, &mark("of the other tab"), 0, Some("page-b")).await.expect("an answer");
    assert_eq!(late, MarkSaved::BesideAnother);
    tx.commit().await.expect("commit");
    let mut tx = portal.read().await;
    assert_eq!(tx.mark(id, 3).await.expect("a mark").expect("one").mark.gap, "one more");
    let kept = tx.kept_marks(id, 3).await.expect("texts");
    assert!(kept.iter().any(|(m, _)| m.gap == "of the other tab"), "{kept:?}");
}

async fn nothing_is_marked_once_the_review_is_in(portal: TestPortal) {
    let world = portal.review_world().await;
    let application = world.applications[0];
    portal.accept(&world, application).await;
    let id = portal.seat(&world, application, world.reviewers[0]).await;
    portal.mark_all(application, id, world.reviewers[0], [3; 13]).await;
    portal.hand_in(application, id, world.reviewers[0], Outcome::Accredited).await;
    let seat = portal.seat_now(application, id).await;
    assert_eq!((seat.state, seat.submitted.is_some()), (SeatState::Accepted, true));
    let mut tx = portal.write().await;
    let stamp = portal.stamp(Some(world.reviewers[0]));
    let saved = tx.save_mark(&stamp, &seat, 3, &Mark::default(), 1, None).await.expect("an answer");
    assert_eq!(saved, MarkSaved::Closed);
    tx.reopen_review(&stamp, &seat).await.expect("reopened");
    let saved = tx.save_mark(&stamp, &seat, 3, &Mark::default(), 1, None).await.expect("an answer");
    assert_eq!(saved, MarkSaved::Kept(2));
}

async fn the_blind_copy_names_nobody(portal: TestPortal) {
    let world = portal.review_world().await;
    let application = world.applications[0];
    portal.accept(&world, application).await;
    let blind = portal.read().await.blind_copy(application).await.expect("a copy").expect("one");
    let text = serde_json::to_string(&blind.copy).expect("json").to_lowercase();
    assert!(text.contains("palliative care team"), "the case is there: {text}");
    for word in ["northmere", "ada", "lead@", "port northmere"] {
        assert!(!text.contains(&format!(" {word}")), "{word}: {text}");
    }
}
