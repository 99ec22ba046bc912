//! Sessions: when they end, where they are listed, and ending them from elsewhere.

use super::harness::TestPortal;
use axum::http::StatusCode;

on_both!(
    a_session_ends_after_half_an_hour_without_use,
    a_page_is_not_a_write_but_once_a_minute,
    one_session_can_be_ended_from_another,
    all_other_sessions_can_be_ended,
    nobody_ends_the_session_of_somebody_else,
    a_session_that_was_ended_does_not_come_back,
);

async fn a_session_ends_after_half_an_hour_without_use(portal: TestPortal) {
    let centre = portal.centre("north").await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    for _ in 0..3 {
        portal.wall.set(portal.wall.now().plus_minutes(29));
        lead.page("/home").await;
    }
    portal.wall.set(portal.wall.now().plus_minutes(30));
    assert_eq!(lead.get("/home").await.went_to(), "/sign-in?next=%2Fhome");
}

async fn a_page_is_not_a_write_but_once_a_minute(portal: TestPortal) {
    let centre = portal.centre("north").await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    let seen = "SELECT CAST(MAX(seen_at) AS BIGINT) FROM session";
    let first = portal.count(seen).await;
    let second = crate::domain::moment::Moment::from_millis(portal.wall.now().millis() + 59_999);
    portal.wall.set(second);
    lead.page("/home").await;
    assert_eq!(portal.count(seen).await, first);
    portal.wall.set(portal.wall.now().plus_minutes(1));
    lead.page("/home").await;
    assert_eq!(portal.count(seen).await, portal.wall.now().millis());
}

async fn one_session_can_be_ended_from_another(portal: TestPortal) {
    let centre = portal.centre("north").await;
    let email = centre.lead_email();
    let agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X)";
    let mut phone = portal.visitor().with("user-agent", agent);
    portal.sign_in_as(&mut phone, &email, &[]).await;
    portal.wall.set(portal.wall.now().plus_minutes(5));
    let mut desk = portal.sign_in(&email).await;
    let page = desk.page("/account/sessions").await;
    page.must_show("iPhone");
    page.must_show("This one");
    assert!(!page.text().contains(agent));
    let handles: Vec<String> = page
        .html()
        .named("input")
        .filter(|i| i.get("name") == Some("session") && i.get("value") != Some("others"))
        .filter_map(|i| i.get("value").map(str::to_owned))
        .collect();
    assert_eq!(handles.len(), 1, "the current one ends by signing out");
    phone.page("/home").await;
    assert_eq!(
        desk.post("/account/sessions/end", &[("session", &handles[0])]).await.went_to(),
        "/account/sessions?done=one"
    );
    assert!(phone.get("/home").await.went_to().starts_with("/sign-in"));
    desk.page("/account/sessions?done=one").await.must_show("That session has ended");
    // A second press.
    desk.post("/account/sessions/end", &[("session", &handles[0])]).await.went_to();
    let own = portal.texts("SELECT handle FROM session WHERE handle IS NOT NULL").await.remove(0);
    desk.post("/account/sessions/end", &[("session", &own)]).await.went_to();
    desk.page("/home").await;
}

async fn all_other_sessions_can_be_ended(portal: TestPortal) {
    let centre = portal.centre("north").await;
    let email = centre.lead_email();
    let (mut one, mut two) = (portal.sign_in(&email).await, portal.sign_in(&email).await);
    let mut colleague = portal.sign_in(&centre.contributor_email()).await;
    let mut desk = portal.sign_in(&email).await;
    desk.post("/account/sessions/end", &[("session", "others")]).await.went_to();
    for gone in [&mut one, &mut two] {
        assert!(gone.get("/home").await.went_to().starts_with("/sign-in"));
        let saved = gone.autosave("/account/sessions/end", &[("session", "others")]).await;
        assert_eq!(saved.status, StatusCode::UNAUTHORIZED);
    }
    desk.page("/home").await;
    colleague.page("/home").await;
    assert!(!desk.page("/account/sessions").await.shows("End all other sessions"));
}

async fn nobody_ends_the_session_of_somebody_else(portal: TestPortal) {
    let centre = portal.centre("north").await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    let handle = portal.texts("SELECT handle FROM session").await.remove(0);
    let mut colleague = portal.sign_in(&centre.contributor_email()).await;
    assert!(!colleague.page("/account/sessions").await.text().contains(&handle));
    let answer = colleague.post("/account/sessions/end", &[("session", &handle)]).await;
    let unknown = colleague.post("/account/sessions/end", &[("session", &"0".repeat(32))]).await;
    assert_eq!(answer.bare(), unknown.bare());
    lead.page("/home").await;
}

async fn a_session_that_was_ended_does_not_come_back(portal: TestPortal) {
    let centre = portal.centre("north").await;
    let email = centre.lead_email();
    let mut gone = portal.sign_in(&email).await;
    // A request that changes its session while that is ended elsewhere: read before, written afterwards.
    let key: tower_sessions::session::Id = gone.session().expect("a session").parse().expect("a key");
    let wall = portal.wall.clone();
    let sessions = crate::store::session::Sessions::new(portal.store.clone(), move || wall.now());
    let record = tower_sessions::SessionStore::load(&sessions, &key).await.expect("a read").expect("a session");
    portal.sign_in(&email).await.post("/account/sessions/end", &[("session", "others")]).await.went_to();
    tower_sessions::SessionStore::save(&sessions, &record).await.expect("a write");
    assert!(gone.get("/home").await.went_to().starts_with("/sign-in"));
}
