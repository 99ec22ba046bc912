//! Passkeys: adding, signing in, and everything that must not.

mod again;
mod device;

use super::{
    browser::{Browser, Reply},
    harness::TestPortal,
};
use axum::http::{Method, StatusCode, header};
use device::Device;
use serde_json::{Value, json};

const LEAD: &str = "lead@north.example";

on_both!(
    a_passkey_is_added_and_signs_in,
    what_is_no_passkey_of_the_account_does_not_sign_in,
    a_question_is_answered_once_within_five_minutes,
    a_question_belongs_to_its_account_and_purpose,
    a_passkey_that_was_removed_opens_nothing,
    a_copied_passkey_shows_itself,
    what_the_device_says_about_itself_is_kept,
    a_passkey_has_a_name,
    a_passkey_belongs_to_one_account,
    nobody_has_endless_passkeys,
    the_handle_is_random_and_no_address,
);

/// Sends JSON as the island does.
async fn send(browser: &mut Browser, path: &str, body: &Value) -> Reply {
    let request = browser
        .request(&Method::POST, path)
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::ACCEPT, "application/json")
        .body(body.to_string().into())
        .expect("a request");
    browser.send(request).await
}

async fn ask(browser: &mut Browser, path: &str) -> Value {
    let reply = send(browser, path, &json!({})).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());
    reply.json()
}

/// Adds the passkey of a device to the account that is signed in.
async fn add(browser: &mut Browser, device: &mut Device, label: &str) -> Reply {
    let question = ask(browser, "/account/passkeys/begin").await;
    let credential = device.create(&question["options"]);
    let answer = json!({ "ceremony": question["ceremony"], "credential": credential, "fields": [["label", label]] });
    send(browser, "/account/passkeys", &answer).await
}

async fn sign_in(browser: &mut Browser, device: &mut Device) -> Reply {
    let question = ask(browser, "/sign-in/passkey/begin").await;
    let credential = device.get(&question["options"]);
    let answer = json!({ "ceremony": question["ceremony"], "credential": credential, "fields": [["next", "/help"]] });
    send(browser, "/sign-in/passkey", &answer).await
}

#[track_caller]
fn must_be_refused(reply: &Reply, says: &str) {
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", reply.text());
    let message = reply.json()["message"].as_str().expect("a message").to_owned();
    assert!(message.contains(says), "{message}");
}

async fn is_inside(browser: &mut Browser) -> bool {
    browser.get("/home").await.status == StatusCode::OK
}

/// Somebody who is signed in, with a passkey.
async fn with_passkey(portal: &TestPortal) -> (Browser, Device) {
    portal.account("Ada north", LEAD, &[]).await;
    let (mut browser, mut device) = (portal.sign_in(LEAD).await, Device::new(1));
    let reply = add(&mut browser, &mut device, "Work laptop").await;
    assert_eq!(reply.json(), json!({ "state": "done", "href": "/account/passkeys?done=added" }));
    (browser, device)
}

async fn a_passkey_is_added_and_signs_in(portal: TestPortal) {
    let (mut browser, mut device) = with_passkey(&portal).await;
    let page = browser.page("/account/passkeys?done=added").await;
    page.must_show("Work laptop");
    page.must_show("Added 5 March 2027, not used yet");
    let mut other = portal.visitor();
    other.page("/sign-in").await.must_show("Sign in with a passkey");
    let reply = sign_in(&mut other, &mut device).await;
    assert_eq!(reply.json(), json!({ "state": "done", "href": "/help" }));
    assert!(is_inside(&mut other).await);
    other.page("/account/passkeys").await.must_show("last used 5 March 2027");
    let told = portal.texts("SELECT detail FROM event WHERE kind = 'SignedIn' ORDER BY at, id").await;
    assert!(told.contains(&"passkey".to_owned()), "{told:?}");
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM event WHERE kind = 'PasskeyAdded'").await, 1);
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM passkey_ceremony").await, 0, "all are taken");
    // The same device again: it is asked to refuse, and the portal does.
    let question = ask(&mut browser, "/account/passkeys/begin").await;
    assert_eq!(question["options"]["publicKey"]["excludeCredentials"][0]["id"], "AQEBAQEBAQEBAQEBAQEBAQ");
    must_be_refused(&add(&mut browser, &mut device, "Again").await, "");
}

async fn what_is_no_passkey_of_the_account_does_not_sign_in(portal: TestPortal) {
    let (_, device) = with_passkey(&portal).await;
    let right = device.handle.clone();
    let says = "opens no account here";
    let mut cases: Vec<(&str, Device)> = Vec::new();
    let mut case = |what, change: &dyn Fn(&mut Device)| {
        let mut other = Device::new(1);
        other.handle.clone_from(&right);
        change(&mut other);
        cases.push((what, other));
    };
    case("a foreign credential", &|d| d.id = vec![9; 16]);
    case("the credential with a foreign key", &|_| ());
    case("a foreign handle", &|d| d.handle = "AAAAAAAAAAAAAAAAAAAAAA".into());
    case("no handle", &|d| d.handle = String::new());
    for (what, mut other) in cases {
        let mut browser = portal.visitor();
        let reply = sign_in(&mut browser, &mut other).await;
        must_be_refused(&reply, says);
        assert!(!is_inside(&mut browser).await, "{what}");
    }
    let mut device = device;
    for (what, change) in [
        ("nobody has unlocked it", (|d: &mut Device| d.verified = false) as fn(&mut Device)),
        ("another page", |d| (d.verified, d.origin) = (true, "https://evil.example".into())),
        ("another port", |d| d.origin = "http://portal.test:8080".into()),
        ("another name", |d| (d.origin, d.name) = ("http://portal.test".into(), "evil.example".into())),
    ] {
        change(&mut device);
        let mut browser = portal.visitor();
        must_be_refused(&sign_in(&mut browser, &mut device).await, says);
        assert!(!is_inside(&mut browser).await, "{what}");
    }
    let refused = "SELECT CAST(COUNT(*) AS BIGINT) FROM event WHERE kind = 'SignInRefused'";
    assert_eq!(portal.count(refused).await, 8);
    device.name = "portal.test".into();
    portal.tamper("UPDATE account SET disabled_at = 1").await;
    must_be_refused(&sign_in(&mut portal.visitor(), &mut device).await, says);
    portal.tamper("UPDATE account SET disabled_at = NULL").await;
    assert_eq!(sign_in(&mut portal.visitor(), &mut device).await.status, StatusCode::OK, "and the right one does");
    for nonsense in ["", "{}", "[]", "{\"ceremony\":\"x\"}", "narrative=typed"] {
        let mut browser = portal.visitor();
        let request = browser.request(&Method::POST, "/sign-in/passkey").body(nonsense.into()).expect("a request");
        must_be_refused(&browser.send(request).await, "no answer that we understand");
    }
}

async fn a_question_is_answered_once_within_five_minutes(portal: TestPortal) {
    let (mut browser, mut device) = with_passkey(&portal).await;
    let mut other = portal.visitor();
    let question = ask(&mut other, "/sign-in/passkey/begin").await;
    let credential = device.get(&question["options"]);
    let answer = json!({ "ceremony": question["ceremony"], "credential": credential });
    let reply = send(&mut other, "/sign-in/passkey", &answer).await;
    assert_eq!(reply.json()["href"], "/home");
    let mut thief = portal.visitor();
    let again = send(&mut thief, "/sign-in/passkey", &answer).await;
    must_be_refused(&again, "used twice");
    assert_eq!(again.json()["state"], "late");
    // A wrong answer ends the question as well.
    let question = ask(&mut thief, "/sign-in/passkey/begin").await;
    let wrong = Device::new(7).get(&question["options"]);
    must_be_refused(
        &send(&mut thief, "/sign-in/passkey", &json!({ "ceremony": question["ceremony"], "credential": wrong })).await,
        "opens no account",
    );
    let right = device.get(&question["options"]);
    must_be_refused(
        &send(&mut thief, "/sign-in/passkey", &json!({ "ceremony": question["ceremony"], "credential": right })).await,
        "used twice",
    );
    // An answer to another question.
    let (one, two) = (ask(&mut thief, "/sign-in/passkey/begin").await, ask(&mut thief, "/sign-in/passkey/begin").await);
    let credential = device.get(&one["options"]);
    must_be_refused(
        &send(&mut thief, "/sign-in/passkey", &json!({ "ceremony": two["ceremony"], "credential": credential })).await,
        "opens no account",
    );
    let question = ask(&mut thief, "/sign-in/passkey/begin").await;
    let adding = ask(&mut browser, "/account/passkeys/begin").await;
    portal.wait_outside(5);
    let credential = device.get(&question["options"]);
    must_be_refused(
        &send(&mut thief, "/sign-in/passkey", &json!({ "ceremony": question["ceremony"], "credential": credential }))
            .await,
        "longer than five minutes",
    );
    let credential = Device::new(2).create(&adding["options"]);
    must_be_refused(
        &send(&mut browser, "/account/passkeys", &json!({ "ceremony": adding["ceremony"], "credential": credential }))
            .await,
        "longer than five minutes",
    );
    assert!(!is_inside(&mut thief).await);
    ask(&mut thief, "/sign-in/passkey/begin").await;
    let open = portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM passkey_ceremony").await;
    assert_eq!(open, 1, "what nobody has answered is swept");
}

async fn a_question_belongs_to_its_account_and_purpose(portal: TestPortal) {
    let (mut ada, mut device) = with_passkey(&portal).await;
    portal.account("Ben north", "ben@north.example", &[]).await;
    let mut ben = portal.sign_in("ben@north.example").await;
    let question = ask(&mut ada, "/account/passkeys/begin").await;
    let credential = Device::new(2).create(&question["options"]);
    let answer = json!({ "ceremony": question["ceremony"], "credential": credential });
    must_be_refused(&send(&mut ben, "/account/passkeys", &answer).await, "used twice");
    // What was asked for signing in is no confirmation and no addition.
    let question = ask(&mut ada, "/sign-in/passkey/begin").await;
    let credential = Device::new(3).create(&json!({ "publicKey": {
        "authenticatorSelection": { "userVerification": "required", "residentKey": "required" },
        "user": { "id": "x" }, "challenge": question["options"]["publicKey"]["challenge"],
    } }));
    let answer = json!({ "ceremony": question["ceremony"], "credential": credential });
    must_be_refused(&send(&mut ada, "/account/passkeys", &answer).await, "used twice");
    let question = ask(&mut ada, "/account/passkeys/begin").await;
    let credential = device.get(&json!({ "publicKey": {
        "userVerification": "required", "challenge": question["options"]["publicKey"]["challenge"],
    } }));
    let answer = json!({ "ceremony": question["ceremony"], "credential": credential });
    must_be_refused(&send(&mut portal.visitor(), "/sign-in/passkey", &answer).await, "used twice");
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM passkey").await, 1);
}

async fn a_passkey_that_was_removed_opens_nothing(portal: TestPortal) {
    let (mut browser, mut first) = with_passkey(&portal).await;
    let id = portal.texts("SELECT id FROM passkey").await.remove(0);
    let way = format!("/account/passkeys/{id}/remove");
    // While there is an app it may go; without one it is the last factor.
    browser.page("/account/passkeys").await.must_show("Remove");
    portal.tamper("DELETE FROM code_factor").await;
    browser.page("/account/passkeys").await.must_show("It stays until there is another way");
    let last = browser.post(&way, &[]).await;
    assert_eq!(last.status, StatusCode::UNPROCESSABLE_ENTITY);
    last.must_show("This is your only way to prove that it is you");
    let mut second = Device::new(2);
    assert_eq!(add(&mut browser, &mut second, "").await.status, StatusCode::OK);
    browser.page("/account/passkeys").await.must_show("Passkey 2");
    portal.account("Ben north", "ben@north.example", &[]).await;
    let mut ben = portal.sign_in("ben@north.example").await;
    let unknown = ben.post("/no/such/page", &[]).await;
    assert_eq!(ben.post(&way, &[]).await.bare(), unknown.bare(), "somebody else's");
    assert_eq!(browser.post(&way, &[]).await.went_to(), "/account/passkeys?done=removed");
    assert_eq!(browser.post(&way, &[]).await.status, StatusCode::NOT_FOUND, "the second press");
    must_be_refused(&sign_in(&mut portal.visitor(), &mut first).await, "opens no account here");
    assert_eq!(sign_in(&mut portal.visitor(), &mut second).await.status, StatusCode::OK);
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM event WHERE kind = 'PasskeyRemoved'").await, 1);
}

async fn a_copied_passkey_shows_itself(portal: TestPortal) {
    let (_, mut device) = with_passkey(&portal).await;
    device.counter = 10;
    assert_eq!(sign_in(&mut portal.visitor(), &mut device).await.status, StatusCode::OK);
    device.counter = 5;
    must_be_refused(&sign_in(&mut portal.visitor(), &mut device).await, "opens no account here");
    let told = portal.texts("SELECT detail FROM event WHERE kind = 'SignInRefused'").await.concat();
    assert!(told.contains("its counter went back"), "{told}");
    device.counter = 11;
    assert_eq!(sign_in(&mut portal.visitor(), &mut device).await.status, StatusCode::OK);
}

async fn what_the_device_says_about_itself_is_kept(portal: TestPortal) {
    let (_, mut device) = with_passkey(&portal).await;
    let kept = |text: &str| serde_json::from_str::<Value>(text).expect("JSON")["cred"].clone();
    let before = kept(&portal.texts("SELECT credential FROM passkey").await[0]);
    assert_eq!((&before["counter"], &before["backup_state"]), (&json!(0), &json!(false)));
    (device.counter, device.copied) = (41, true);
    assert_eq!(sign_in(&mut portal.visitor(), &mut device).await.status, StatusCode::OK);
    let after = kept(&portal.texts("SELECT credential FROM passkey").await[0]);
    assert_eq!((&after["counter"], &after["backup_state"]), (&json!(42), &json!(true)));
}

async fn a_passkey_has_a_name(portal: TestPortal) {
    let (mut browser, _) = with_passkey(&portal).await;
    let id = portal.texts("SELECT id FROM passkey").await.remove(0);
    let way = format!("/account/passkeys/{id}");
    let refused = browser.post(&way, &[("label", "  ")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.must_show("Enter a name for this passkey");
    assert_eq!(browser.post(&way, &[("label", "<b>Key</b> & ring")]).await.went_to(), "/account/passkeys?done=renamed");
    browser.page("/account/passkeys?done=renamed").await.must_show("<b>Key</b> & ring");
    portal.account("Ben north", "ben@north.example", &[]).await;
    let mut ben = portal.sign_in("ben@north.example").await;
    assert_eq!(ben.post(&way, &[("label", "Mine")]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(portal.texts("SELECT label FROM passkey").await, ["<b>Key</b> & ring"]);
}

async fn a_passkey_belongs_to_one_account(portal: TestPortal) {
    with_passkey(&portal).await;
    portal.account("Ben north", "ben@north.example", &[]).await;
    let mut ben = portal.sign_in("ben@north.example").await;
    must_be_refused(&add(&mut ben, &mut Device::new(1), "Mine").await, "known here already");
    // A device that nobody has unlocked makes no passkey here, nor does one on another page.
    let mut device = Device::new(2);
    device.verified = false;
    must_be_refused(&add(&mut ben, &mut device, "Mine").await, "no answer that we understand");
    let mut device = Device::new(2);
    device.origin = "https://evil.example".into();
    must_be_refused(&add(&mut ben, &mut device, "Mine").await, "no answer that we understand");
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM passkey").await, 1);
}

async fn nobody_has_endless_passkeys(portal: TestPortal) {
    let (mut browser, _) = with_passkey(&portal).await;
    for id in 2..=20 {
        assert_eq!(add(&mut browser, &mut Device::new(id), "").await.status, StatusCode::OK, "{id}");
    }
    must_be_refused(&send(&mut browser, "/account/passkeys/begin", &json!({})).await, "You have 20 passkeys");
}

async fn the_handle_is_random_and_no_address(portal: TestPortal) {
    let (mut ada, device) = with_passkey(&portal).await;
    portal.account("Ben north", "ben@north.example", &[]).await;
    let mut ben = portal.sign_in("ben@north.example").await;
    let again = ask(&mut ada, "/account/passkeys/begin").await;
    let other = ask(&mut ben, "/account/passkeys/begin").await;
    let handle = |question: &Value| question["options"]["publicKey"]["user"]["id"].as_str().expect("one").to_owned();
    assert_eq!(handle(&again), device.handle, "the same for all passkeys of an account");
    assert_ne!(handle(&other), device.handle);
    assert_eq!(device.handle.len(), 22, "16 bytes");
    let kept = portal.texts("SELECT handle FROM passkey_handle").await.concat();
    assert!(!kept.contains('@'));
    let ids = portal.texts("SELECT id FROM account").await;
    assert!(ids.iter().all(|id| !kept.replace('-', "").contains(id.as_str())), "nor the identifier of the account");
}
