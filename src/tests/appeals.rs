//! The one round after a release.

use super::{
    harness::TestPortal,
    world::{
        at,
        decided::{group, releases, version_of},
        review::{CHAIR, COORDINATOR, SECOND},
    },
};
use axum::http::StatusCode;

on_both!(a_lead_asks_once_and_in_time, an_answer_is_looked_through_and_is_final, another_outcome_needs_two_people,);

const ASK: [(&str, &str); 2] = [("kind", "appeal"), ("text", "The rota was attached as evidence C.")];

async fn a_lead_asks_once_and_in_time(portal: TestPortal) {
    let world = portal.released_world().await;
    let place = at(world.applications[1], "/appeal");
    let mut colleague = portal.sign_in(&world.centres[1].contributor_email()).await;
    colleague.page(&place).await.must_show("The lead of your centre can ask once");
    let refused = colleague.post(&place, &ASK).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    refused.must_show("The rota was attached as evidence C.");
    let mut lead = portal.sign_in(&world.centres[1].lead_email()).await;
    for (fields, message) in [
        ([("kind", ""), ("text", "kept text")], "Choose what you ask for"),
        ([("kind", "appeal"), ("text", " ")], "Write what it is about"),
        ([("kind", "gift"), ("text", "kept text")], "Choose what you ask for"),
    ] {
        let reply = lead.post(&place, &fields).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
        reply.must_show(message);
        reply.must_show(fields[1].1.trim());
    }
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM appeal").await, 0);
    lead.post(&place, &ASK).await.went_to();
    lead.post(&place, &ASK).await.went_to();
    let more = lead.post(&place, &[("kind", "correction"), ("text", "And another thing")]).await;
    assert_eq!(more.status, StatusCode::CONFLICT);
    more.must_show("And another thing");
    let page = lead.page(&place).await;
    page.must_show("The rota was attached as evidence C.");
    page.must_show("The answer will stand here");
    portal.sign_in(COORDINATOR).await.page(&releases(world.cycle.id)).await.must_show("southwold Cancer Centre");
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM event WHERE kind = 'Appealed'").await, 1);

    // The last day counts whole; after it the text is given back.
    let place = at(world.applications[0], "/appeal");
    let mut lead = portal.sign_in(&world.centres[0].lead_email()).await;
    portal.wait_minutes(31 * 24 * 60);
    let late = lead.post(&place, &ASK).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    late.must_show("The time to ask ended on Sunday 4 April 2027, 23:59 Zurich time");
    late.must_show("The rota was attached as evidence C.");
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM appeal").await, 1);
}

async fn an_answer_is_looked_through_and_is_final(portal: TestPortal) {
    let world = portal.released_world().await;
    let application = world.applications[1];
    let (place, ours) = (at(application, "/appeal"), group(application, "/appeal"));
    let mut coordinator = portal.sign_in(COORDINATOR).await;
    coordinator.page(&ours).await.must_show("The centre has not asked for anything so far");
    let early = coordinator.post(&ours, &[("version", "0"), ("answer", "Too early")]).await;
    assert_eq!(early.status, StatusCode::CONFLICT);
    early.must_show("Too early");
    let mut lead = portal.sign_in(&world.centres[1].lead_email()).await;
    lead.post(&place, &ASK).await.went_to();

    let empty = coordinator.post(&ours, &[("version", "1"), ("answer", "")]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    let named = "Rune Bergstad has read evidence C again.";
    let refused = coordinator.post(&ours, &[("version", "1"), ("answer", named)]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.must_show("The answer may tell who somebody is");
    refused.must_show("a known name: Rune Bergstad");
    refused.must_show(named);
    assert!(!lead.page(&place).await.shows("Rune"));
    let answer = [("version", "1"), ("answer", "Evidence C was read again. The rota does not cover nights.")];
    coordinator.post(&ours, &answer).await.went_to();
    coordinator.post(&ours, &answer).await.went_to();
    let late = portal.sign_in(SECOND).await.post(&ours, &[("version", "2"), ("answer", "Another answer")]).await;
    assert_eq!(late.status, StatusCode::CONFLICT, "an answer is final");
    late.must_show("Another answer");
    let page = lead.page(&place).await;
    page.must_show("The outcome stays as it was.");
    page.must_show("The rota does not cover nights.");
    assert!(!page.shows("Corinna"));
    lead.page(&at(application, "/result")).await.must_show("Deferred");
    let letters = "SELECT CAST(COUNT(*) AS BIGINT) FROM letter WHERE cause LIKE 'appeal-answered:%'";
    assert_eq!(portal.count(letters).await, 2, "lead and contributor, once");
}

async fn another_outcome_needs_two_people(portal: TestPortal) {
    let world = portal.released_world().await;
    let application = world.applications[1];
    let (place, ours) = (at(application, "/appeal"), group(application, "/appeal"));
    let mut lead = portal.sign_in(&world.centres[1].lead_email()).await;
    lead.post(&place, &ASK).await.went_to();
    let mut chair = portal.sign_in(CHAIR).await;
    let less = [("version", "1"), ("answer", "We look at it again."), ("changed", "not-accredited")];
    let refused = chair.post(&ours, &less).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.must_show("An appeal never ends with less than what was released");
    let better = [("version", "1"), ("answer", "Evidence C shows the rota."), ("changed", "accredited")];
    chair.post(&ours, &better).await.went_to();
    let waiting = lead.page(&place).await;
    assert!(!waiting.shows("Evidence C shows the rota.") && !waiting.shows("outcome is now"), "it waits");
    let own = chair.post(&format!("{ours}/confirm"), &[("version", "2")]).await;
    assert_eq!(own.status, StatusCode::UNPROCESSABLE_ENTITY);
    own.must_show("Another person has to confirm this");

    let mut second = portal.sign_in(SECOND).await;
    let empty = second.post(&format!("{ours}/back"), &[("version", "2"), ("why", "")]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    second.post(&format!("{ours}/back"), &[("version", "2"), ("why", "Say which pages.")]).await.went_to();
    assert_eq!(second.post(&format!("{ours}/confirm"), &[("version", "3")]).await.status, StatusCode::CONFLICT);
    chair.page(&ours).await.must_show("Evidence C shows the rota.");
    let again = [("version", "3"), ("answer", "Evidence C, pages 2 to 4, shows the rota."), ("changed", "accredited")];
    chair.post(&ours, &again).await.went_to();
    let version = version_of(&second.page(&ours).await.text(), "/appeal/confirm");
    second.post(&format!("{ours}/confirm"), &[("version", &version)]).await.went_to();
    second.post(&format!("{ours}/confirm"), &[("version", &version)]).await.went_to();

    lead.page(&place).await.must_show("The outcome is now \"Accredited\".");
    let result = lead.page(&at(application, "/result")).await;
    result.must_show("Your centre is designated for three years.");
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM designation").await, 2);
    assert_eq!(portal.texts("SELECT DISTINCT outcome FROM decision").await, ["accredited"]);
    let steps = portal
        .texts("SELECT what FROM decision_history WHERE what IN ('appeal', 'corrected', 'sent-back') ORDER BY what")
        .await;
    assert_eq!(steps, ["appeal", "appeal", "corrected", "sent-back"], "what stood before is kept");
}
