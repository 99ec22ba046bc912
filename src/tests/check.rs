//! What `designated-centres check` looks for: rows and bytes that do not agree.

use super::{
    browser::Part,
    harness::TestPortal,
    world::{PDF, at},
};
use crate::evidence::blobs;
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
    let files = portal.read().await.files().await.expect("files");
    let [(owner, sha256, size)] = files.as_slice() else { panic!("one file, not {files:?}") };
    assert!(portal.blobs.verify(*owner, sha256, *size).await.expect("the bytes"));

    let hash = sha256.as_str();
    let place = portal.folder().join(format!("blobs/evidence/{owner}/{}/{hash}", &hash[..2]));
    fs::write(&place, [PDF, b" "].concat()).expect("a changed file");
    assert!(!portal.blobs.verify(*owner, sha256, *size).await.expect("other bytes"));
    fs::remove_file(&place).expect("a lost file");
    assert!(matches!(portal.blobs.verify(*owner, sha256, *size).await, Err(blobs::Error::Missing)));
}
