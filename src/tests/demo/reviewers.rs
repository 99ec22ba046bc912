//! Reviewers of the demo have said where they work and what they know, and two of them may have a conflict.

use crate::{
    domain::{
        conflict::Kind,
        id::{AccountId, ApplicationId},
    },
    server::assigning::candidates,
    tests::harness::{Engine, TestPortal},
};

async fn every_reviewer_has_a_profile_and_two_ties_are_conflict_candidates(engine: Engine) {
    let portal = TestPortal::demo(engine, None).await;
    let reviewers = portal.texts("SELECT account_id FROM role_grant WHERE role = 'reviewer' ORDER BY account_id").await;
    let reviewers: Vec<AccountId> = reviewers.iter().map(|id| AccountId::parse(id).expect("an account")).collect();
    assert_eq!(reviewers.len(), 6);
    let mut tx = portal.read().await;
    for account in &reviewers {
        let profile = tx.profile(*account).await.expect("an answer").expect("a profile");
        assert!(!profile.institution.is_empty() && !profile.country.is_empty() && !profile.languages.is_empty());
        assert!(0 < profile.expertise.count() && 0 < profile.most);
    }
    let open = portal
        .texts("SELECT id FROM application WHERE stage IN ('submitted', 'under-review', 'deliberation', 'decided') ORDER BY id")
        .await;
    let mut found = Vec::new();
    for id in open.iter().map(|id| ApplicationId::parse(id).expect("an application")) {
        let application = tx.standing(id, reviewers[0]).await.expect("an answer").expect("a standing").application;
        let cycle = application.cycle.id;
        let people = tx.people_within(cycle, (id, id)).await.expect("people").remove(&id).unwrap_or_default();
        let sitting: Vec<AccountId> = tx.panel_of(id).await.expect("a panel").into_iter().map(|s| s.account).collect();
        for reviewer in tx.reviewers_of(cycle).await.expect("reviewers") {
            for candidate in candidates(&reviewer, &application.identity, &people, false, |_| false) {
                assert!(!sitting.contains(&reviewer.account), "nobody sits who may have a conflict");
                found.push((application.stage.name().key(), candidate.kind));
            }
        }
    }
    found.sort_unstable();
    assert_eq!(found, [("submitted", Kind::Institution), ("under-review", Kind::CoAuthor)]);
}

on_engines!(every_reviewer_has_a_profile_and_two_ties_are_conflict_candidates);
