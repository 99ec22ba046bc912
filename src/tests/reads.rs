//! Who opened what: once an hour, before bytes leave, erased after its time, and held by the chain until then.

use super::{
    browser::Part,
    harness::TestPortal,
    world::{PDF, at},
};
use crate::{server::record::flush, store::reading::KEPT_DAYS};
use axum::http::StatusCode;

const ROWS: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM reading";

on_both!(
    pages_are_noted_once_an_hour_and_written_together,
    bytes_of_evidence_are_noted_before_they_leave,
    reads_that_were_changed_are_named,
    reads_are_erased_after_their_time_and_the_chain_stays_whole,
    a_get_changes_nothing_but_the_note_that_it_was_made,
);

async fn pages_are_noted_once_an_hour_and_written_together(portal: TestPortal) {
    let (centre, application) = portal.at_a_draft().await;
    let mut stranger = {
        portal.account("Stranger", "stranger@example.org", &[]).await;
        portal.sign_in("stranger@example.org").await
    };
    assert_eq!(stranger.get(&at(application, "")).await.status, StatusCode::NOT_FOUND);
    flush(portal.portal()).await.expect("a flush");
    assert_eq!(portal.count(ROWS).await, 0, "who saw nothing is not noted");

    let mut lead = portal.sign_in(&centre.lead_email()).await;
    let mut contributor = portal.sign_in(&centre.contributor_email()).await;
    for _ in 0..3 {
        lead.page(&at(application, "")).await;
        lead.page(&at(application, "/evidence")).await;
        contributor.page(&at(application, "/criteria/3")).await;
    }
    assert_eq!(portal.count(ROWS).await, 0, "no page waits for the disk");
    assert_eq!(flush(portal.portal()).await.expect("a flush"), 2);
    assert_eq!(flush(portal.portal()).await.expect("nothing to do"), 0);
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM event WHERE kind = 'ReadsRecorded'").await, 1);
    portal.wait_minutes(60);
    lead.page(&at(application, "")).await;
    assert_eq!(flush(portal.portal()).await.expect("a flush"), 1, "another hour");
    let rows = portal.texts("SELECT actor_id || kind || subject || detail FROM reading ORDER BY at, actor_id").await;
    assert!(rows.contains(&format!("{}ApplicationRead{application}", centre.lead)), "{rows:?}");
    assert!(rows.iter().all(|row| !row.contains("north")), "{rows:?}");
    TestPortal::must_be_whole(&portal.audit().await);
}

async fn bytes_of_evidence_are_noted_before_they_leave(portal: TestPortal) {
    let (centre, application) = portal.at_a_draft().await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    let added = lead.post_multipart(&at(application, "/evidence"), &[Part::File("file", "a.pdf", PDF)]).await;
    let page = added.went_to().replace("?done=added", "");
    let evidence = page.rsplit_once('/').expect("an address").1.to_owned();
    let mut stranger = {
        portal.account("Stranger", "stranger@example.org", &[]).await;
        portal.sign_in("stranger@example.org").await
    };
    assert_eq!(stranger.get(&format!("{page}/file")).await.status, StatusCode::NOT_FOUND);
    let seen = "SELECT CAST(COUNT(*) AS BIGINT) FROM reading WHERE kind = 'EvidenceRead'";
    assert_eq!(portal.count(seen).await, 0);
    lead.page(&format!("{page}/file")).await;
    assert_eq!(portal.count(seen).await, 1, "without waiting for anything");
    lead.page(&format!("{page}/file")).await;
    assert_eq!(portal.count(seen).await, 1, "in the same hour");
    let detail = portal.texts("SELECT detail FROM reading WHERE kind = 'EvidenceRead'").await;
    assert_eq!(detail, [evidence]);
    TestPortal::must_be_whole(&portal.audit().await);
    // When it cannot be noted, nothing is handed out.
    portal.wait_minutes(60);
    portal.tamper("ALTER TABLE reading RENAME TO reading_away").await;
    assert_eq!(lead.get(&format!("{page}/file")).await.status, StatusCode::INTERNAL_SERVER_ERROR);
    portal.tamper("ALTER TABLE reading_away RENAME TO reading").await;
    lead.page(&format!("{page}/file")).await;
    assert_eq!(portal.count(seen).await, 2);
}

async fn two_batches(portal: &TestPortal) {
    let (centre, application) = portal.at_a_draft().await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    let mut contributor = portal.sign_in(&centre.contributor_email()).await;
    for _ in 0..2 {
        lead.page(&at(application, "")).await;
        contributor.page(&at(application, "")).await;
        assert_eq!(flush(portal.portal()).await.expect("a flush"), 2);
        portal.wait_minutes(2 * 60);
    }
}

async fn reads_that_were_changed_are_named(portal: TestPortal) {
    two_batches(&portal).await;
    portal.unguard().await;
    let lines = portal
        .texts("SELECT 'line ' || seq || ' (' || id || ')' FROM event WHERE kind = 'ReadsRecorded' ORDER BY seq")
        .await;
    portal.tamper("UPDATE reading SET at = at + 1 WHERE id = (SELECT MIN(id) FROM reading WHERE batch = (SELECT subject FROM event WHERE kind = 'ReadsRecorded' ORDER BY seq LIMIT 1))").await;
    let changed = format!("{}: reads were changed, added or taken away", lines[0]);
    assert_eq!(portal.audit().await.faults, std::slice::from_ref(&changed));
    portal.tamper("UPDATE reading SET batch = 'none' WHERE batch = (SELECT subject FROM event WHERE kind = 'ReadsRecorded' ORDER BY seq DESC LIMIT 1)").await;
    let faults = portal.audit().await.faults;
    assert_eq!(faults[..2], [changed, format!("{}: its reads are gone before their time", lines[1])]);
    assert_eq!(faults.len(), 4, "and two rows of no batch: {faults:?}");
}

async fn reads_are_erased_after_their_time_and_the_chain_stays_whole(portal: TestPortal) {
    two_batches(&portal).await;
    let mut tx = portal.write().await;
    let stamp = portal.stamp(None);
    let due = |classes: Vec<crate::store::retention::Class>| {
        classes.iter().find(|c| c.name == "who opened what").and_then(|c| c.past)
    };
    assert_eq!(due(tx.retention(stamp.now, stamp.now).await.expect("classes")), Some(0));
    tx.retain(&stamp, stamp.now).await.expect("nothing to do");
    tx.commit().await.expect("commit");
    assert_eq!(portal.count(ROWS).await, 4);
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM event WHERE kind = 'ReadsErased'").await, 0);

    // The first batch is past its time an hour before the second.
    portal.wait_minutes(KEPT_DAYS * 24 * 60 - 3 * 60);
    let stamp = portal.stamp(None);
    let mut tx = portal.write().await;
    assert_eq!(due(tx.retention(stamp.now, stamp.now).await.expect("classes")), Some(2));
    drop(tx);
    assert_eq!(portal.count(ROWS).await, 4, "telling erases nothing");
    let mut tx = portal.write().await;
    tx.retain(&stamp, stamp.now).await.expect("an erasure");
    tx.commit().await.expect("commit");
    assert_eq!(portal.count(ROWS).await, 2);
    TestPortal::must_be_whole(&portal.audit().await);
    let mut tx = portal.write().await;
    tx.retain(&stamp, stamp.now).await.expect("nothing to do any more");
    tx.commit().await.expect("commit");
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM event WHERE kind = 'ReadsErased'").await, 1);

    // Erasing what is not past its time is found.
    portal.tamper("DELETE FROM reading").await;
    let faults = portal.audit().await.faults;
    assert!(faults.len() == 1 && faults[0].ends_with("its reads are gone before their time"), "{faults:?}");
}

async fn a_get_changes_nothing_but_the_note_that_it_was_made(portal: TestPortal) {
    let (centre, application) = portal.at_a_draft().await;
    portal.account("Administrator", "admin@example.org", &["administrator"]).await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    let mut admin = portal.sign_in("admin@example.org").await;
    let before = portal.read().await.head().await.expect("a head");
    for path in ["/record", "/account/record", "/account/data", "/account/data/erasure", &at(application, "")] {
        lead.page(path).await;
    }
    admin.page("/administration/record").await;
    assert_eq!(portal.read().await.head().await.expect("a head"), before);
    assert_eq!(portal.count(ROWS).await, 0);
}
