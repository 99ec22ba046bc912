//! Passkeys beside the other factors: confirming with one, the first one, and what a password does without it.

use super::{LEAD, add, ask, device::Device, is_inside, must_be_refused, send, sign_in, with_passkey};
use crate::tests::{
    browser::{Browser, Reply},
    harness::{PASSWORD, TestPortal},
};
use axum::http::StatusCode;
use serde_json::json;

on_both!(
    a_passkey_confirms_that_it_is_the_same_person,
    changing_passkeys_takes_a_fresh_factor_and_ends_other_sessions,
    a_passkey_can_be_the_first_factor,
    a_password_alone_does_not_get_past_a_passkey,
);

/// Answers the question of the page that asks whether it is still the same person.
async fn confirm(browser: &mut Browser, device: &mut Device) -> Reply {
    let question = ask(browser, "/account/confirm/passkey/begin").await;
    let credential = device.get(&question["options"]);
    let fields = json!([["next", "/account/passkeys"]]);
    let answer = json!({ "ceremony": question["ceremony"], "credential": credential, "fields": fields });
    send(browser, "/account/confirm/passkey", &answer).await
}

/// Keeps a session awake for more than an hour.
async fn grow_old(portal: &TestPortal, browser: &mut Browser) {
    for _ in 0..3 {
        portal.wait_outside(21);
        browser.page("/home").await;
    }
}

async fn a_passkey_confirms_that_it_is_the_same_person(portal: TestPortal) {
    let (mut browser, mut device) = with_passkey(&portal).await;
    portal.account("Ben north", "ben@north.example", &[]).await;
    let mut ben = portal.sign_in("ben@north.example").await;
    let none = send(&mut ben, "/account/confirm/passkey/begin", &json!({})).await;
    assert_eq!(none.status, StatusCode::NOT_FOUND, "Ben has no passkey");
    grow_old(&portal, &mut browser).await;
    let place = browser.get("/account/passkeys").await.went_to();
    assert_eq!(place, "/account/confirm?next=%2Faccount%2Fpasskeys");
    browser.page(&place).await.must_show("Confirm with a passkey");
    let mut foreign = Device::new(9);
    must_be_refused(&confirm(&mut browser, &mut foreign).await, "opens no account here");
    let mut forged = Device::new(1);
    must_be_refused(&confirm(&mut browser, &mut forged).await, "opens no account here");
    assert_eq!(browser.get("/account/passkeys").await.status, StatusCode::SEE_OTHER);
    let before = browser.session().map(str::to_owned);
    let reply = confirm(&mut browser, &mut device).await;
    assert_eq!(reply.json(), json!({ "state": "done", "href": "/account/passkeys" }));
    assert_ne!(browser.session().map(str::to_owned), before, "a new session key");
    browser.page("/account/passkeys").await;
    assert_eq!(portal.texts("SELECT detail FROM event WHERE kind = 'SteppedUp' AND detail = 'passkey'").await.len(), 2);
}

async fn changing_passkeys_takes_a_fresh_factor_and_ends_other_sessions(portal: TestPortal) {
    let (mut browser, mut first) = with_passkey(&portal).await;
    let mut other = portal.visitor();
    sign_in(&mut other, &mut first).await;
    assert!(is_inside(&mut other).await);
    let id = portal.texts("SELECT id FROM passkey").await.remove(0);
    grow_old(&portal, &mut browser).await;
    for path in [format!("/account/passkeys/{id}"), format!("/account/passkeys/{id}/remove")] {
        assert!(browser.post(&path, &[("label", "Mine")]).await.went_to().starts_with("/account/confirm"), "{path}");
    }
    for path in ["/account/passkeys/begin", "/account/passkeys"] {
        assert_eq!(send(&mut browser, path, &json!({})).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(portal.texts("SELECT label FROM passkey").await, ["Work laptop"]);
    let mut other = portal.visitor();
    sign_in(&mut other, &mut first).await;
    confirm(&mut browser, &mut first).await;
    assert!(is_inside(&mut other).await, "confirming ends nothing");
    assert_eq!(add(&mut browser, &mut Device::new(2), "").await.status, StatusCode::OK);
    assert!(!is_inside(&mut other).await && is_inside(&mut browser).await, "adding one does");
    sign_in(&mut other, &mut first).await;
    browser.post(&format!("/account/passkeys/{id}/remove"), &[]).await.went_to();
    assert!(!is_inside(&mut other).await && is_inside(&mut browser).await, "and so does removing one");
}

async fn a_passkey_can_be_the_first_factor(portal: TestPortal) {
    portal.account("Ada north", LEAD, &[]).await;
    portal.tamper("DELETE FROM code_factor").await;
    let mut browser = portal.visitor();
    let fields = [("email", LEAD), ("password", PASSWORD), ("next", "/help")];
    assert_eq!(browser.post("/sign-in", &fields).await.went_to(), "/account/factors/code");
    browser.page("/account/factors/code").await.must_show("Or add a passkey instead");
    let (list, nobody) = (browser.get("/account/passkeys").await, portal.visitor().get("/account/passkeys").await);
    assert_eq!(list.bare(), nobody.bare(), "the list opens for nobody who is not wholly inside");
    assert!(!is_inside(&mut browser).await);
    let mut device = Device::new(1);
    let reply = add(&mut browser, &mut device, "Phone").await;
    assert_eq!(reply.json(), json!({ "state": "done", "href": "/help" }));
    assert!(is_inside(&mut browser).await);
    assert_eq!(sign_in(&mut portal.visitor(), &mut device).await.json()["href"], "/help");
}

async fn a_password_alone_does_not_get_past_a_passkey(portal: TestPortal) {
    let (_, mut device) = with_passkey(&portal).await;
    portal.tamper("DELETE FROM code_factor").await;
    let mut browser = portal.visitor();
    let fields = [("email", LEAD), ("password", PASSWORD), ("next", "/help")];
    assert_eq!(browser.post("/sign-in", &fields).await.went_to(), "/sign-in/code");
    browser.page("/sign-in/code").await.must_show("Sign in with a passkey");
    assert!(browser.get("/account/factors/code").await.went_to().starts_with("/sign-in"), "nothing new can be set up");
    assert_eq!(send(&mut browser, "/account/passkeys/begin", &json!({})).await.status, StatusCode::UNAUTHORIZED);
    assert!(!is_inside(&mut browser).await);
    assert_eq!(sign_in(&mut browser, &mut device).await.json()["href"], "/help");
    assert!(is_inside(&mut browser).await);
}
