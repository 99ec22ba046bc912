//! What `designated-centres check` looks for: rows and bytes that do not agree.

use super::{
    browser::Part,
    harness::TestPortal,
    world::{PDF, at},
};
use crate::server::command::check::agree;
use std::fs;

on_both!(an_edited_snapshot_is_found, missing_and_changed_bytes_are_found);

async fn an_edited_snapshot_is_found(portal: TestPortal) {
    let (centre, application) = portal.at_a_draft().await;
    portal.submit(&centre, application).await;
    assert_eq!(portal.read().await.broken_snapshots().await.expect("snapshots"), (1, vec![]));

    assert_eq!(portal.tamper("UPDATE snapshot SET content = content || ' '").await, 1);
    let broken = vec![format!("snapshot 1 of application {application}")];
    assert_eq!(portal.read().await.broken_snapshots().await.expect("snapshots"), (1, broken));
}

async fn missing_and_changed_bytes_are_found(portal: TestPortal) {
    let (centre, application) = portal.at_a_draft().await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    lead.post_multipart(&at(application, "/evidence"), &[Part::File("file", "audit.pdf", PDF)]).await.went_to();
    let found = agree(&portal.store, &portal.blobs, &portal.seal).await.expect("a check");
    assert_eq!((found.blobs, found.factors, found.broken.len()), (1, 2, 0), "{:?}", found.broken);
    let stored = portal.read().await.all_blobs().await.expect("blobs").remove(0);

    let place = portal.folder().join("blobs").join(&stored.place);
    let mut bytes = fs::read(&place).expect("the sealed bytes");
    assert!(!bytes.windows(8).any(|part| part == &PDF[..8]), "they are sealed");
    bytes[20] ^= 1;
    fs::write(&place, bytes).expect("a changed file");
    let broken = async || agree(&portal.store, &portal.blobs, &portal.seal).await.expect("a check").broken;
    assert_eq!(broken().await, [format!("{}: other bytes than were stored", stored.place)]);
    fs::remove_file(&place).expect("a lost file");
    assert_eq!(broken().await, [format!("{}: there are no such bytes", stored.place)]);
}
