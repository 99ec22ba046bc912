//! Signing in with two factors, setting them up, and showing one again.

use super::{
    browser::Browser,
    harness::{ORIGIN, PASSWORD, TestPortal},
    routes::{
        Door::{Public, Typed},
        ROUTES,
    },
    world::at,
};
use axum::http::{StatusCode, header};

on_both!(
    a_password_alone_opens_nothing,
    an_account_without_a_second_factor_opens_nothing_until_there_is_one,
    a_code_that_is_wrong_of_another_or_too_old_is_refused,
    a_code_is_used_once,
    a_code_is_used_once_also_by_two_requests_at_once,
    the_demo_takes_a_code_again_and_of_its_own_time,
    the_second_step_has_ten_minutes,
    a_second_factor_is_asked_for_again_after_an_hour,
    signing_in_leads_only_inside,
);

/// Where the code is sent.
pub const CODE: &str = "/sign-in/code";

/// Somebody who has shown a password.
pub async fn half_in(portal: &TestPortal, email: &str) -> Browser {
    let mut browser = portal.visitor();
    assert_eq!(browser.post("/sign-in", &[("email", email), ("password", PASSWORD)]).await.went_to(), CODE);
    browser
}

/// Every route that is not public answers as to somebody who is signed out.
async fn opens_nothing(portal: &TestPortal, browser: &Browser, but: &[&str]) {
    let (_, application) = portal.at_a_draft().await;
    let (mut half, mut nobody) = (browser.clone(), portal.visitor());
    for (method, template, door) in ROUTES.iter().filter(|(_, path, door)| *door != Public && !but.contains(path)) {
        let path = template
            .replace("{application}", &application.to_string())
            .replace("{criterion}", "3")
            .replace(['{', '}'], "");
        if *method == "GET" {
            assert_eq!(half.get(&path).await.bare(), nobody.get(&path).await.bare(), "GET {template}");
            continue;
        }
        let fields = [("narrative", "typed"), ("version", "0")];
        let reply = half.post(&path, &fields).await;
        let other = nobody.post(&path, &fields).await;
        if *door == Typed {
            assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "{template}");
        }
        if reply.status == StatusCode::UNAUTHORIZED {
            // The page names the request.
            assert_eq!(reply.headline(), other.headline(), "{template}");
            reply.must_show("typed");
            let saved = half.autosave(&path, &fields).await;
            assert_eq!(saved.status, StatusCode::UNAUTHORIZED, "{template}");
            assert_eq!(saved.json()["state"], "signed-out", "{template}");
        } else {
            assert_eq!(reply.bare(), other.bare(), "POST {template}");
        }
    }
}

async fn a_password_alone_opens_nothing(portal: TestPortal) {
    portal.account("Ada", "ada@south.example", &["administrator"]).await;
    let half = half_in(&portal, "ada@south.example").await;
    opens_nothing(&portal, &half, &[]).await;
    let mut half = half;
    half.page("/").await.must_show("Sign in");
    half.page(CODE).await.must_show("Enter a code");
    let held = portal.texts("SELECT data FROM session WHERE handle IS NULL").await;
    assert!(held.len() == 1 && held[0].contains("pending") && !held[0].contains("\"account\""), "{held:?}");
    // There is no second step without the first.
    for path in [CODE, "/sign-in/recovery"] {
        let mut nobody = portal.visitor();
        assert_eq!(nobody.get(path).await.went_to(), "/sign-in?done=late");
        assert_eq!(nobody.post(path, &[("code", "123456")]).await.went_to(), "/sign-in?done=late");
    }
}

async fn an_account_without_a_second_factor_opens_nothing_until_there_is_one(portal: TestPortal) {
    let account = portal.account("Ada", "ada@south.example", &[]).await;
    portal.tamper("DELETE FROM code_factor").await;
    let mut ada = portal.visitor();
    let fields = [("email", "ada@south.example"), ("password", PASSWORD), ("next", "/account")];
    assert_eq!(ada.post("/sign-in", &fields).await.went_to(), "/account/factors/code");
    // A passkey can be the second factor as well; a test of its own looks at that.
    let ways = ["/account/factors/code", "/account/passkeys", "/account/passkeys/begin"];
    opens_nothing(&portal, &ada, &ways).await;
    assert_eq!(ada.get("/sign-in?next=%2Fhome").await.went_to(), "/account/factors/code");

    let page = ada.page("/account/factors/code").await;
    assert_eq!(
        page.codes(),
        ada.page("/account/factors/code").await.codes(),
        "the secret stays while the page is open"
    );
    assert!(page.html().named("svg").any(|svg| svg.get("class") == Some("qr")));
    for wrong in ["", "000000", "abc"] {
        let refused = ada.post("/account/factors/code", &[("code", wrong)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong:?}");
        assert_eq!(refused.codes(), page.codes());
    }
    assert_eq!(
        portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM code_factor").await,
        2,
        "of the two of the centre alone"
    );
    let before = ada.session().expect("a session").to_owned();
    let codes = portal.enrol(&mut ada).await;
    assert_eq!(codes.len(), 10);
    assert_ne!(ada.session(), Some(before.as_str()), "the key changes");
    ada.page("/account").await.must_show("ada@south.example");
    let events = portal.read().await.events_of(&account.to_string()).await.expect("events");
    let kinds: Vec<&str> = events.iter().map(|(kind, _)| kind.as_str()).collect();
    for kind in ["CodeSetUp", "RecoveryCodesMade", "SignedIn"] {
        assert!(kinds.contains(&kind), "{kinds:?}");
    }
    portal.sign_in("ada@south.example").await;
}

async fn a_code_that_is_wrong_of_another_or_too_old_is_refused(portal: TestPortal) {
    let centre = portal.centre("north").await;
    let (email, other) = (centre.lead_email(), centre.contributor_email());
    let early = portal.code(&email).await;
    portal.wall.set(portal.wall.now().plus_minutes(1));
    let (foreign, mut answers) = (portal.code(&other).await, Vec::new());
    let mut lead = half_in(&portal, &email).await;
    for wrong in ["000000", early.as_str(), foreign.as_str(), "12345"] {
        let refused = lead.post(CODE, &[("code", wrong)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        refused.must_show("Two or three tries are sensible");
        assert!(!refused.text().contains(wrong), "a code is not shown again");
        answers.push(refused.bare());
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "never which part was wrong");
    assert!(lead.get("/home").await.went_to().starts_with("/sign-in"));
    let code = portal.code(&email).await;
    let spaced = format!(" {} {}", &code[..3], &code[3..]);
    assert_eq!(lead.post(CODE, &[("code", &spaced)]).await.went_to(), "/home");
    lead.page("/home").await;
}

async fn a_code_is_used_once(portal: TestPortal) {
    let centre = portal.centre("north").await;
    let email = centre.lead_email();
    let code = portal.code_as_is(&email).await;
    half_in(&portal, &email).await.post(CODE, &[("code", &code)]).await.went_to();
    let mut thief = half_in(&portal, &email).await;
    let replayed = thief.post(CODE, &[("code", &code)]).await;
    assert_eq!(replayed.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(thief.get("/home").await.went_to().starts_with("/sign-in"));
    // A moment later it would still be within its time.
    portal.wall.set(portal.wall.now().plus_minutes(1).plus_minutes(-1));
    assert_eq!(thief.post(CODE, &[("code", &code)]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    portal.wall.set(portal.wall.now().plus_minutes(1));
    let next = portal.code_as_is(&email).await;
    thief.post(CODE, &[("code", &next)]).await.went_to();
}

async fn a_code_is_used_once_also_by_two_requests_at_once(portal: TestPortal) {
    let centre = portal.centre("north").await;
    let email = centre.lead_email();
    let (mut one, mut other) = (half_in(&portal, &email).await, half_in(&portal, &email).await);
    let code = portal.code_as_is(&email).await;
    let fields = [("code", code.as_str())];
    let (first, second) = tokio::join!(one.post(CODE, &fields), other.post(CODE, &fields));
    let mut statuses = [first.status, second.status];
    statuses.sort();
    assert_eq!(statuses, [StatusCode::SEE_OTHER, StatusCode::UNPROCESSABLE_ENTITY]);
}

async fn the_demo_takes_a_code_again_and_of_its_own_time(portal: TestPortal) {
    let centre = portal.centre("north").await;
    let email = centre.lead_email();
    let frozen = portal.code_as_is(&email).await;
    portal.wall.set(portal.wall.now().plus_days(400));
    let demo = portal.with_settings(|settings| settings.codes_again = true);
    for code in [&frozen, &frozen, &portal.code_as_is(&email).await] {
        let mut lead = Browser::new(demo.clone());
        lead.post("/sign-in", &[("email", &email), ("password", PASSWORD)]).await.went_to();
        assert_eq!(lead.post(CODE, &[("code", code)]).await.went_to(), "/home");
    }
    let refused = half_in(&portal, &email).await.post(CODE, &[("code", &frozen)]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "only in the demo");
}

async fn the_second_step_has_ten_minutes(portal: TestPortal) {
    let centre = portal.centre("north").await;
    let email = centre.lead_email();
    let mut lead = half_in(&portal, &email).await;
    portal.wall.set(portal.wall.now().plus_minutes(10));
    let code = portal.code(&email).await;
    let late = lead.post(CODE, &[("code", &code)]).await.went_to();
    assert_eq!(late, "/sign-in?done=late");
    lead.page(&late).await.must_show("longer than ten minutes");
    let mut lead = half_in(&portal, &email).await;
    portal.wall.set(portal.wall.now().plus_minutes(9));
    let code = portal.code(&email).await;
    lead.post(CODE, &[("code", &code)]).await.went_to();
    // An account that is closed between the two steps does not get in.
    let mut lead = half_in(&portal, &email).await;
    portal.tamper("UPDATE account SET disabled_at = 1").await;
    assert_eq!(lead.post(CODE, &[("code", "123456")]).await.went_to(), "/sign-in?done=late");
}

async fn a_second_factor_is_asked_for_again_after_an_hour(portal: TestPortal) {
    let centre = portal.centre("north").await;
    let email = centre.lead_email();
    let mut lead = portal.sign_in(&email).await;
    portal.wall.set(portal.wall.now().plus_minutes(25));
    lead.page("/account/factors/code").await;
    for _ in 0..2 {
        lead.page("/home").await;
        portal.wall.set(portal.wall.now().plus_minutes(20));
    }
    lead.page("/home").await;
    let asked = lead.get("/account/factors/code").await.went_to();
    assert_eq!(asked, "/account/confirm?next=%2Faccount%2Ffactors%2Fcode");
    for (path, fields) in [
        ("/account/factors/code", vec![("code", "123456")]),
        ("/account/factors/recovery", vec![]),
        (
            "/account/password",
            vec![("old", PASSWORD), ("password", "a lemon tree in the yard"), ("again", "a lemon tree in the yard")],
        ),
        ("/account/sessions/end", vec![("session", "others")]),
    ] {
        let way = lead.post(path, &fields).await.went_to();
        assert_eq!(way, "/account/confirm?next=%2Fhome", "{path}");
        let referer = format!("{ORIGIN}/account/sessions");
        let way = lead.form(path, &fields, &[(header::REFERER, &referer)]).await.went_to();
        assert_eq!(way, "/account/confirm?next=%2Faccount%2Fsessions", "{path}");
        let foreign = lead.form(path, &fields, &[(header::REFERER, "https://evil.example/account")]).await.went_to();
        assert_eq!(foreign, "/account/confirm?next=%2Fhome", "{path}");
    }
    let next = lead.page(&asked).await.html().value_of("next");
    for wrong in ["", "000000"] {
        let refused = lead.post("/account/confirm", &[("code", wrong), ("next", &next)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(refused.html().value_of("next"), "/account/factors/code");
    }
    let before = lead.session().expect("a session").to_owned();
    let code = portal.code(&email).await;
    let place = lead.post("/account/confirm", &[("code", &code), ("next", &next)]).await.went_to();
    assert_eq!(place, "/account/factors/code");
    lead.page(&place).await;
    assert_ne!(lead.session(), Some(before.as_str()), "the key changes");
    let mut old = portal.visitor();
    old.set_session(&before);
    assert!(old.get("/home").await.went_to().starts_with("/sign-in"), "the old key opens nothing");
    let replayed = lead.post("/account/confirm", &[("code", &code)]).await;
    assert_eq!(replayed.status, StatusCode::UNPROCESSABLE_ENTITY);
    // The twelve hours are counted from signing in, not from here.
    let begun = portal.count("SELECT CAST(MIN(begun_at) AS BIGINT) FROM session").await;
    assert_eq!(begun, portal.wall.now().plus_minutes(-65).millis());
}

async fn signing_in_leads_only_inside(portal: TestPortal) {
    let (centre, application) = portal.at_a_draft().await;
    let email = centre.lead_email();
    let inside = at(application, "/criteria/3?x=1");
    for (next, place) in [
        (inside.as_str(), inside.as_str()),
        ("https://evil.example/", "/home"),
        ("//evil.example", "/home"),
        ("/\\evil.example", "/home"),
        ("/\t/evil.example", "/home"),
        ("javascript:alert(1)", "/home"),
        ("", "/home"),
    ] {
        let mut lead = portal.visitor();
        assert_eq!(portal.sign_in_as(&mut lead, &email, &[("next", next)]).await, place, "{next}");
        let query = serde_urlencoded::to_string([("next", next)]).expect("a query");
        assert_eq!(lead.get(&format!("/sign-in?{query}")).await.went_to(), place, "{next}");
        assert_eq!(lead.page(&format!("/account/confirm?{query}")).await.html().value_of("next"), place, "{next}");
        let code = portal.code(&email).await;
        assert_eq!(lead.post("/account/confirm", &[("code", &code), ("next", next)]).await.went_to(), place, "{next}");
        let way = lead.page(&format!("/account/factors?done=recovered&{query}")).await;
        assert!(
            way.html()
                .values("href")
                .all(|href| href.starts_with('/') && !href.starts_with("//") || href.starts_with('#'))
        );
    }
}
