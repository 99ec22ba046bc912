//! From gap to plan: what is planned is kept as typed, told on both pages, and leaves as a table and as a calendar.

use super::{
    browser::Browser,
    harness::TestPortal,
    world::{at, content},
};
use crate::domain::{id::ApplicationId, level::Level};
use axum::http::StatusCode;

on_both!(
    an_action_is_planned_changed_and_done,
    a_plan_of_another_centre_does_not_exist,
    open_actions_go_into_the_next_cycle,
    a_plan_cannot_be_changed_once_submitted,
);

async fn plan(browser: &mut Browser, application: ApplicationId, what: &str) -> String {
    let fields = [
        ("criterion", "4"),
        ("what", what),
        ("owner", "Head of department"),
        ("due", "1.9.2027"),
        ("measure", "Post filled"),
    ];
    browser.post(&at(application, "/plan"), &fields).await.went_to()
}

async fn first_action(portal: &TestPortal, application: ApplicationId) -> String {
    let list = portal.read().await.plan(application).await.expect("a plan");
    list.first().expect("an action").id.to_string()
}

async fn an_action_is_planned_changed_and_done(portal: TestPortal) {
    let (centre, application) = portal.at_a_draft().await;
    portal.answer(centre.lead, application, 4, &content(Level::Partial, "One psychologist, two days a week.")).await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    let warning = "answers the official question with no. Plan who will close the gap";
    lead.page(&at(application, "")).await.must_show(warning);
    // Nothing typed plans nothing; something incomplete is kept and told.
    assert_eq!(plan(&mut lead, application, "  ").await, at(application, "/criteria/4#plan"));
    assert_eq!(portal.count("SELECT COUNT(*) FROM planned_action").await, 0);
    lead.post(&at(application, "/plan"), &[("criterion", "4"), ("what", "Hire <a> psychologist"), ("due", "soon")])
        .await
        .went_to();
    let page = lead.page(&at(application, "/plan")).await;
    page.must_show("Hire <a> psychologist");
    page.must_show("Say who does it, by when, how you will know");
    let whole = lead.page(&at(application, "")).await;
    assert!(!whole.shows(warning), "there is a plan now");
    whole.must_show("Complete the planned action");
    let action = at(application, &format!("/plan/{}", first_action(&portal, application).await));
    let fields = [
        ("do", "save"),
        ("what", "=Hire"),
        ("owner", "Head of department"),
        ("due", "1.9.2027"),
        ("measure", "Post filled"),
    ];
    lead.post(&action, &fields).await.went_to();
    lead.page(&at(application, "/plan")).await.must_show("by 1 September 2027");
    let csv = lead.page(&at(application, "/plan.csv")).await;
    assert_eq!(csv.header("content-disposition"), "attachment; filename=\"plan.csv\"");
    assert!(
        csv.text().contains("\"4\",\"'=Hire\",\"Head of department\",\"1.9.2027\",\"Post filled\",\"no\""),
        "{}",
        csv.text()
    );
    let ics = lead.page(&at(application, "/plan.ics")).await.text();
    assert!(ics.contains("DTSTART;VALUE=DATE:20270901\r\n"), "{ics}");
    lead.post(&action, &[("do", "done")]).await.went_to();
    lead.page(&at(application, "/plan")).await.must_show("Done");
    lead.page(&at(application, "")).await.must_show(warning);
    lead.post(&action, &[("do", "remove")]).await.went_to();
    assert_eq!(lead.post(&action, &[("do", "remove")]).await.status, StatusCode::NOT_FOUND);
}

async fn a_plan_of_another_centre_does_not_exist(portal: TestPortal) {
    let (centre, application) = portal.at_a_draft().await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    plan(&mut lead, application, "Hire").await;
    let action = first_action(&portal, application).await;
    let other = portal.centre("south").await;
    let theirs = portal.draft(&other, &portal.read().await.cycles().await.expect("cycles")[0]).await;
    let mut stranger = portal.sign_in(&other.lead_email()).await;
    for place in [at(application, "/plan"), at(application, "/plan.csv"), at(application, "/plan.ics")] {
        assert_eq!(stranger.get(&place).await.status, StatusCode::NOT_FOUND, "{place}");
    }
    let through_mine = at(theirs, &format!("/plan/{action}"));
    assert_eq!(stranger.post(&through_mine, &[("do", "remove")]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(portal.read().await.plan(application).await.expect("a plan").len(), 1);
}

async fn open_actions_go_into_the_next_cycle(portal: TestPortal) {
    let centre = portal.centre("north").await;
    let before = portal.cycle("2026", -400, -300).await;
    let application = portal.draft(&centre, &before).await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    plan(&mut lead, application, "Done by then").await;
    let done = at(application, &format!("/plan/{}", first_action(&portal, application).await));
    lead.post(&done, &[("do", "done")]).await.went_to();
    plan(&mut lead, application, "Still open").await;
    let cycle = portal.open_cycle().await.id.to_string();
    let id = centre.id.to_string();
    let place = lead.post("/applications", &[("centre", &id), ("cycle", &cycle), ("from", "last")]).await.went_to();
    let page = lead.page(&format!("{place}/plan")).await;
    page.must_show("Still open");
    page.must_show("from the last cycle");
    assert!(!page.shows("Done by then"));
}

async fn a_plan_cannot_be_changed_once_submitted(portal: TestPortal) {
    let centre = portal.centre("north").await;
    let cycle = portal.open_cycle().await;
    let application = portal.ready_draft(&centre, &cycle).await;
    portal.submit(&centre, application).await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    let late = lead.post(&at(application, "/plan"), &[("criterion", "4"), ("what", "Too late")]).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    late.must_show("Too late");
}
