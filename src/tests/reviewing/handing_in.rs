//! Recommending, handing in, and taking it back until the deliberation begins.

use super::{at_a_review, of};
use crate::{
    domain::outcome::Outcome,
    tests::{browser::Browser, harness::TestPortal, html::textarea},
};
use axum::http::StatusCode;

on_both!(
    what_is_missing_is_listed_and_what_was_typed_is_kept,
    a_review_is_handed_in_once_and_reopened,
    a_summary_of_two_windows_is_not_overwritten,
    the_preview_shows_what_the_centre_may_read_and_nothing_else,
);

async fn base(browser: &mut Browser, path: &str) -> String {
    browser.page(path).await.html().value_of("base")
}

async fn what_is_missing_is_listed_and_what_was_typed_is_kept(portal: TestPortal) {
    let (_, application, seat, mut rosa) = at_a_review(&portal).await;
    let here = of(seat, "/submit");
    let mark = base(&mut rosa, &here).await;
    let refused = rosa.post(&here, &[("base", &mark), ("note", "Between us"), ("then", "submit")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for text in [
        "Choose what you recommend",
        "Write a summary for the centre",
        "Criterion 1: Choose a level",
        "Criterion 13: Choose a level",
    ] {
        refused.must_show(text);
    }
    assert_eq!(textarea(&refused.text(), "note").as_deref(), Some("Between us"));
    rosa.post(&of(seat, "/criteria/2"), &[("level", "1")]).await.went_to();
    rosa.post(&of(seat, "/criteria/4"), &[("level", "4")]).await.went_to();
    let page = rosa.page(&here).await;
    page.must_show("Criterion 2: Say what is missing for level 3");
    page.must_show("Criterion 2: Say what would satisfy you, so that the centre knows what to do");
    page.must_show("Criterion 4: Say what makes it exemplary: others can learn from it");
    assert!(page.text().contains(&of(seat, "/criteria/2#gap")));
    let now = portal.seat_now(application, seat).await;
    assert_eq!((now.note.as_str(), now.submitted), ("Between us", None));
    // Saving alone never refuses.
    let mark = page.html().value_of("base");
    let place = rosa.post(&here, &[("base", &mark), ("summary", "Half a"), ("then", "stay")]).await.went_to();
    assert_eq!(place, of(seat, "/submit?done=saved"));
    assert_eq!(textarea(&rosa.page(&place).await.text(), "summary").as_deref(), Some("Half a"));
}

async fn a_review_is_handed_in_once_and_reopened(portal: TestPortal) {
    let (world, application, seat, mut rosa) = at_a_review(&portal).await;
    portal.mark_all(application, seat, world.reviewers[0], [3; 13]).await;
    let here = of(seat, "/submit");
    let mark = base(&mut rosa, &here).await;
    let whole =
        [("base", mark.as_str()), ("recommendation", "deferred"), ("summary", "A good team."), ("then", "submit")];
    assert_eq!(rosa.post(&here, &whole).await.went_to(), of(seat, "?done=submitted"));
    let now = portal.seat_now(application, seat).await;
    assert_eq!((now.recommendation, now.summary.as_str()), (Some(Outcome::Deferred), "A good team."));
    assert!(now.submitted.is_some());
    // The second press of the button, and the form of another window.
    assert_eq!(rosa.post(&here, &whole).await.went_to(), of(seat, "?done=submitted"));
    let late = rosa.post(&here, &[("base", &mark), ("summary", "A better thought"), ("then", "submit")]).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    late.must_show("A better thought");
    let closed = rosa.post(&of(seat, "/criteria/3"), &[("version", "1"), ("gap", "Another thought")]).await;
    assert_eq!(closed.status, StatusCode::CONFLICT);
    closed.must_show("Another thought");
    rosa.page(&of(seat, "/criteria/3")).await.must_show("Reopen it to change this");
    assert_eq!(rosa.get(&here).await.went_to(), of(seat, ""));
    assert_eq!(rosa.post(&of(seat, "/decline"), &[]).await.went_to(), of(seat, "?done=handed-in"));
    rosa.page("/reviews").await.must_show("Handed in");
    for _ in 0..2 {
        assert_eq!(rosa.post(&of(seat, "/reopen"), &[]).await.went_to(), of(seat, "?done=reopened"));
        assert!(portal.seat_now(application, seat).await.submitted.is_none());
    }
    let page = rosa.page(&here).await;
    assert_eq!(textarea(&page.text(), "summary").as_deref(), Some("A good team."));
    rosa.post(&of(seat, "/criteria/3"), &[("version", "1"), ("gap", "Another thought")]).await.went_to();
    let events = portal.read().await.events_of(&seat.to_string()).await.expect("events");
    for (kind, times) in [("ReviewSubmitted", 1), ("ReviewReopened", 1)] {
        assert_eq!(events.iter().filter(|(k, _)| k == kind).count(), times, "{kind}");
    }
}

async fn a_summary_of_two_windows_is_not_overwritten(portal: TestPortal) {
    let (world, application, seat, mut first) = at_a_review(&portal).await;
    let here = of(seat, "/submit");
    let mark = base(&mut first, &here).await;
    let mut second = first.clone();
    first.post(&here, &[("base", &mark), ("summary", "Of the first"), ("then", "stay")]).await.went_to();
    let beside = second.post(&here, &[("base", &mark), ("summary", "Of the second"), ("then", "stay")]).await;
    assert_eq!(beside.status, StatusCode::CONFLICT);
    beside.must_show("Of the second");
    assert_eq!(portal.seat_now(application, seat).await.summary, "Of the first");
    // That somebody else changes the seat is nothing to the text.
    let mark = base(&mut first, &here).await;
    let mut tx = portal.write().await;
    tx.set_lead(&portal.stamp(Some(world.coordinator)), application, seat).await.expect("a lead");
    tx.commit().await.expect("commit");
    first.post(&here, &[("base", &mark), ("summary", "Of the first, mended"), ("then", "stay")]).await.went_to();
    assert_eq!(portal.seat_now(application, seat).await.summary, "Of the first, mended");
}

async fn the_preview_shows_what_the_centre_may_read_and_nothing_else(portal: TestPortal) {
    let (_, _, seat, mut rosa) = at_a_review(&portal).await;
    let fields = [
        ("version", "0"),
        ("level", "2"),
        ("strengths", "Strong words"),
        ("gap", "A wide gap"),
        ("satisfy", "A small bridge"),
        ("confidence", "low"),
        ("note", "A secret doubt"),
    ];
    rosa.post(&of(seat, "/criteria/3"), &fields).await.went_to();
    let mark = base(&mut rosa, &of(seat, "/submit")).await;
    let whole = [
        ("base", mark.as_str()),
        ("recommendation", "not-accredited"),
        ("summary", "In all, kind words"),
        ("note", "A second doubt"),
        ("then", "stay"),
    ];
    rosa.post(&of(seat, "/submit"), &whole).await.went_to();
    let page = rosa.page(&of(seat, "/preview")).await;
    for text in ["Strong words", "A wide gap", "A small bridge", "In all, kind words", "2 Partial"] {
        page.must_show(text);
    }
    for hidden in ["A secret doubt", "A second doubt", "Not accredited", "Not sure", "2027-03-05", "14:32"] {
        assert!(!page.shows(hidden), "{hidden}");
    }
}
