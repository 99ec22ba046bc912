//! The people around an application: colleagues who join and leave, and those who confirm it.

use super::{
    harness::{PASSWORD, TestPortal},
    html::textarea,
    world::at,
};
use axum::http::StatusCode;

on_both!(
    an_invitation_makes_a_colleague_once,
    a_confirmation_counts_for_the_person_who_was_named,
    a_colleague_who_left_sees_nothing_any_more,
);

async fn an_invitation_makes_a_colleague_once(portal: TestPortal) {
    let (centre, application) = portal.at_a_draft().await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    let way = at(application, "/team/invitations");
    let refused = lead.post(&way, &[("name", ""), ("email", "nobody")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.must_show("Enter an email address");
    let invited = lead.post(&way, &[("name", "Cleo North"), ("email", "Cleo@north.example")]).await;
    let link = invited.links("invitations").remove(0);

    let mut cleo = portal.visitor();
    cleo.page(&link).await.must_show("You are invited to work on the application of your centre.");
    let short = cleo.post(&link, &[("name", "Cleo"), ("password", "short"), ("again", "short")]).await;
    assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
    short.must_show("Choose a password of at least 12 characters");
    let fields = [("name", "Cleo N."), ("password", PASSWORD), ("again", PASSWORD)];
    assert_eq!(cleo.post(&link, &fields).await.went_to(), "/account/factors/code");
    portal.enrol(&mut cleo).await;
    cleo.page(&at(application, "/team")).await.must_show("Cleo N. (you)");
    assert_eq!(portal.visitor().post(&link, &fields).await.status, StatusCode::NOT_FOUND, "the second use");
    portal.sign_in("cleo@north.example").await;

    let invited = lead.post(&way, &[("name", "Dan"), ("email", "dan@north.example")]).await;
    let late = invited.links("invitations").remove(0);
    portal.wait_minutes(72 * 60);
    assert_eq!(portal.visitor().get(&late).await.status, StatusCode::NOT_FOUND, "after 72 hours");
}

async fn a_confirmation_counts_for_the_person_who_was_named(portal: TestPortal) {
    let (centre, application) = portal.at_a_draft().await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    let way = at(application, "/check/signatories");
    let name = |name| [("department-head-name", name), ("department-head-email", "head@north.example")];
    let first = lead.post(&way, &name("Dora")).await.links("confirmations").remove(0);
    portal.visitor().post(&first, &[]).await.went_to();
    // The same person again: nothing changes, no new link.
    assert_eq!(lead.post(&way, &name("Dora")).await.went_to(), at(application, "/check#signatories"));
    lead.page(&at(application, "/check")).await.must_show("Confirmed");
    // Somebody else: the earlier confirmation and the earlier link end.
    let second = lead.post(&way, &name("Emil")).await.links("confirmations").remove(0);
    assert_eq!(portal.visitor().get(&first).await.status, StatusCode::NOT_FOUND);
    assert_eq!(portal.visitor().post(&first, &[]).await.status, StatusCode::NOT_FOUND);
    // A colleague cannot confirm in the place of another.
    let mut contributor = portal.sign_in(&centre.contributor_email()).await;
    let refused = contributor.post(&at(application, "/check/confirm"), &[("capacity", "department-head")]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    portal.submit(&centre, application).await;
    assert_eq!(portal.visitor().post(&second, &[]).await.status, StatusCode::CONFLICT, "no draft any more");
}

async fn a_colleague_who_left_sees_nothing_any_more(portal: TestPortal) {
    let (centre, application) = portal.at_a_draft().await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    let mut contributor = portal.sign_in(&centre.contributor_email()).await;
    contributor.page(&at(application, "")).await;
    let owner = centre.contributor.to_string();
    lead.post(&at(application, "/team/owners"), &[("owner-4", &owner)]).await.went_to();
    lead.page(&at(application, "/criteria/4")).await.must_show("Owner: Ben north");
    let way = at(application, &format!("/team/members/{owner}/remove"));
    lead.post(&way, &[]).await.went_to();
    assert_eq!(lead.post(&way, &[]).await.status, StatusCode::CONFLICT, "the second press");
    assert_eq!(contributor.get(&at(application, "")).await.status, StatusCode::NOT_FOUND);
    lead.page(&at(application, "/criteria/4")).await.must_show("No owner yet");
    let itself = at(application, &format!("/team/members/{}/remove", centre.lead));
    assert_eq!(lead.post(&itself, &[]).await.status, StatusCode::CONFLICT, "a lead cannot be removed");
    assert_eq!(textarea(&lead.page(&at(application, "/criteria/4")).await.text(), "narrative").as_deref(), Some(""));
}
