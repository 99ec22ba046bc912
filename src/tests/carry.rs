//! Starting from the last application: what is copied, what is left out, and how each answer relates to the last one.

use super::{
    browser::{Browser, Part},
    harness::TestPortal,
    world::{Centre, PDF, about, at, content},
};
use crate::domain::{application::Kind as ApplicationKind, evidence::Kind, id::ApplicationId, level::Level};
use axum::http::StatusCode;

on_both!(
    answers_and_valid_evidence_are_carried_over,
    each_answer_says_whether_it_was_changed,
    an_empty_start_copies_nothing,
    a_withdrawn_application_is_not_what_the_next_starts_from,
    evidence_that_ends_later_today_is_carried_over,
);

/// A centre with a submitted application of last year, and an open cycle.
async fn last_year(portal: &TestPortal) -> (Centre, ApplicationId) {
    let centre = portal.centre("north").await;
    let before = portal.cycle("2026", -400, -300).await;
    let application = portal.draft(&centre, &before).await;
    portal.answer(centre.lead, application, 1, &content(Level::Established, "As in 2026.")).await;
    portal.answer(centre.contributor, application, 2, &content(Level::Partial, "Also as in 2026.")).await;
    portal.open_cycle().await;
    (centre, application)
}

async fn start(portal: &TestPortal, browser: &mut Browser, centre: &Centre, from: &str) -> ApplicationId {
    let cycles = portal.read().await.cycles().await.expect("cycles");
    let cycle = cycles.iter().find(|c| c.name == "2027").expect("the open cycle").id.to_string();
    let id = centre.id.to_string();
    let place = browser.post("/applications", &[("centre", &id), ("cycle", &cycle), ("from", from)]).await.went_to();
    ApplicationId::parse(place.strip_prefix("/applications/").expect("an application")).expect("an identifier")
}

async fn answers_and_valid_evidence_are_carried_over(portal: TestPortal) {
    let (centre, before) = last_year(&portal).await;
    for (title, expiry) in [("Rota", ""), ("Agreement", "2028-08-31"), ("Old agreement", "4.3.2027"), ("Odd", "soon")] {
        portal.link(centre.lead, before, &about(title, Kind::Agreement, "2025-09-01", expiry), &[1, 2]).await;
    }
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    lead.post_multipart(
        &at(before, "/evidence"),
        &[Part::Text("criterion", "2"), Part::File("file", "audit.pdf", PDF)],
    )
    .await
    .went_to();
    portal.submit(&centre, before).await;

    lead.page("/home").await.must_show("Start from the last application");
    let application = start(&portal, &mut lead, &centre, "last").await;
    let started = portal.application(&centre, application).await;
    assert_eq!((started.kind, started.previous), (ApplicationKind::Renewal, Some(before)));
    let mut tx = portal.read().await;
    let (old, new) = (tx.answers(before).await.expect("answers"), tx.answers(application).await.expect("answers"));
    assert_eq!(new.len(), 2);
    for (number, answer) in &new {
        assert_eq!(answer.content, old[number].content);
        assert_eq!(answer.carried.as_ref(), Some(&old[number].content));
    }
    let pieces = tx.evidence(application).await.expect("evidence");
    drop(tx);
    let mut titles: Vec<&str> = pieces.iter().map(|p| p.evidence.title.as_str()).collect();
    titles.sort_unstable();
    assert_eq!(titles, ["Agreement", "Odd", "Rota", "audit"]);
    let rota = pieces.iter().find(|p| p.evidence.title == "Rota").expect("the rota");
    assert_eq!(rota.evidence.uses, [(1, "2-4".to_owned()), (2, "2-4".to_owned())]);
    // The same bytes, not a copy of them.
    assert_eq!(portal.read().await.all_blobs().await.expect("blobs").len(), 1);
    let audit = pieces.iter().find(|p| p.evidence.title == "audit").expect("the audit").evidence.id;
    assert!(lead.page(&at(application, &format!("/evidence/{audit}/file"))).await.body == PDF);
}

async fn each_answer_says_whether_it_was_changed(portal: TestPortal) {
    let (centre, before) = last_year(&portal).await;
    portal.submit(&centre, before).await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    let application = start(&portal, &mut lead, &centre, "last").await;
    let here = at(application, "/criteria/1");
    lead.page(&here).await.must_show("Unchanged since the last cycle");
    let save = |narrative| [("version", "1"), ("level", "3"), ("narrative", narrative)];
    lead.post(&here, &save("As in 2027.")).await.went_to();
    lead.page(&here).await.must_show("Changed since the last cycle");
    lead.page(&at(application, "/criteria/2")).await.must_show("Unchanged since the last cycle");
    let overview = lead.page(&at(application, "")).await;
    overview.must_show("Ada");
    overview.must_show(" · changed");
    overview.must_show(" · unchanged");
    overview.must_show("Last application");
    // What was submitted stays as it was.
    lead.page(&at(before, "/criteria/1")).await.must_show("As in 2026.");
}

async fn an_empty_start_copies_nothing(portal: TestPortal) {
    let (centre, before) = last_year(&portal).await;
    portal.submit(&centre, before).await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    let application = start(&portal, &mut lead, &centre, "empty").await;
    assert_eq!(portal.read().await.answers(application).await.expect("answers").len(), 0);
    assert_eq!(portal.read().await.evidence(application).await.expect("evidence").len(), 0);
}

async fn a_withdrawn_application_is_not_what_the_next_starts_from(portal: TestPortal) {
    let (centre, before) = last_year(&portal).await;
    portal.advance(&centre, before, |stage, now| stage.withdraw(now).expect("a draft can be withdrawn")).await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    assert!(!lead.page("/home").await.shows("Start from the last application"));
    let application = start(&portal, &mut lead, &centre, "last").await;
    let started = portal.application(&centre, application).await;
    assert_eq!((started.kind, started.previous), (ApplicationKind::Initial, None));
    assert_eq!(lead.get(&at(before, "/receipt")).await.status, StatusCode::NOT_FOUND);
}

async fn evidence_that_ends_later_today_is_carried_over(portal: TestPortal) {
    let (centre, before) = last_year(&portal).await;
    for (title, expiry) in [("Ends today", "2027-03-05"), ("Ended yesterday", "2027-03-04")] {
        portal.link(centre.lead, before, &about(title, Kind::Policy, "2025-09-01", expiry), &[1]).await;
    }
    portal.submit(&centre, before).await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    let application = start(&portal, &mut lead, &centre, "last").await;
    let pieces = portal.read().await.evidence(application).await.expect("evidence");
    assert_eq!(pieces.iter().map(|p| p.evidence.title.as_str()).collect::<Vec<_>>(), ["Ends today"]);
}
