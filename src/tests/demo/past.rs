//! Decided applications of the demo hold what real ones hold: levels and texts of the panel, a decision by two people, and
//! once they are released a letter that the centre reads, and the designation that follows.

use crate::{
    domain::{
        id::{AccountId, ApplicationId},
        outcome::Outcome,
        stage::{Stage, StageName},
    },
    server::gate,
    tests::harness::{Engine, TestPortal},
};
use axum::http::StatusCode;

/// What all accounts of the demo sign in with.
const PASSWORD: &str = "spring evening before the deadline";

/// The applications at a stage.
async fn at_stage(portal: &TestPortal, stage: StageName) -> Vec<ApplicationId> {
    let ids = match stage {
        StageName::Decided => portal.texts("SELECT id FROM application WHERE stage = 'decided' ORDER BY id").await,
        _ => portal.texts("SELECT id FROM application WHERE stage = 'released' ORDER BY id").await,
    };
    ids.iter().map(|id| ApplicationId::parse(id).expect("an application")).collect()
}

async fn decided_applications_hold_what_the_portal_would_have_written(engine: Engine) {
    let portal = TestPortal::demo(engine, None).await;
    let (decided, released) =
        (at_stage(&portal, StageName::Decided).await, at_stage(&portal, StageName::Released).await);
    assert_eq!((decided.len(), released.len()), (1, 3));
    let coordinator =
        portal.texts("SELECT g.account_id FROM role_grant g WHERE g.role = 'coordinator' ORDER BY 1").await;
    let reader = AccountId::parse(&coordinator[0]).expect("a coordinator");
    let mut tx = portal.read().await;
    let mut outcomes = Vec::new();
    for id in decided.into_iter().chain(released) {
        let application = tx.standing(id, reader).await.expect("a standing").expect("an application").application;
        let decision = tx.decision(id).await.expect("an answer").expect("a decision");
        let agreed = tx.consensus_of(id).await.expect("texts");
        assert_eq!(agreed.len(), 13);
        assert!(agreed.iter().all(|a| a.level.is_some() && !a.strengths.is_empty()));
        let levels: String = agreed.iter().filter_map(|a| a.level).map(|l| l.number().to_string()).collect();
        assert_eq!(levels, decision.levels);
        assert!(!decision.letter.is_empty() && decision.letter.contains(&application.cycle.name));
        assert_eq!(decision.deviation.is_empty(), decision.outcome == decision.suggested);
        assert!(decision.confirmed_by.is_some_and(|by| by != decision.proposed_by));
        let findings = gate::findings(&mut tx, id, application.cycle.id).await.expect("findings");
        assert!(findings.is_empty(), "{findings:?}");
        for seat in tx.seats_of(id).await.expect("seats") {
            assert_eq!(tx.marks_of(seat.id).await.expect("marks").len(), 13);
        }
        let designation = tx.designation_of(id).await.expect("an answer");
        let is_released = matches!(application.stage, Stage::Released { .. });
        assert_eq!(designation.is_some(), is_released && decision.outcome.designates());
        assert_eq!(decision.batch.is_some(), is_released);
        outcomes.push(decision.outcome);
    }
    outcomes.sort_unstable_by_key(|outcome| outcome.key());
    assert_eq!(
        outcomes,
        [Outcome::Accredited, Outcome::Accredited, Outcome::AccreditedWithRecommendations, Outcome::Deferred]
    );
    // Those of one cycle were released together.
    assert_eq!(
        portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM release_batch WHERE released_at IS NOT NULL").await,
        2
    );
}

async fn the_lead_of_a_past_application_reads_letter_and_feedback(engine: Engine) {
    let portal = TestPortal::demo(engine, None).await;
    let released = at_stage(&portal, StageName::Released).await;
    for (lead, outcome, said) in [
        (
            "ingrid.solbergvik@fjellvik.example",
            Outcome::AccreditedWithRecommendations,
            "come back to each of them in your renewal",
        ),
        ("maeve.thornbury@pinenarrows.example", Outcome::Deferred, "an audit of recent cases"),
    ] {
        let mut browser = portal.enter_demo(lead, PASSWORD).await;
        let mut results = Vec::new();
        for id in &released {
            let reply = browser.get(&format!("/applications/{id}/result")).await;
            if reply.status == StatusCode::OK {
                results.push(reply.html().text);
            }
        }
        let [result] = results.as_slice() else { panic!("{lead} reads {} results", results.len()) };
        assert!(result.contains(outcome.name()) && result.contains("Dear colleagues"), "{result}");
        for text in [said, "Strengths", "Gap", "What would satisfy", "Nurses keep in touch with many patients"] {
            assert!(result.contains(text), "{text}: {result}");
        }
    }
}

on_engines!(
    decided_applications_hold_what_the_portal_would_have_written,
    the_lead_of_a_past_application_reads_letter_and_feedback,
);
