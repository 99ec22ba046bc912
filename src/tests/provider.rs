//! Sign-in through identity providers: the right way, every wrong token, and providers that are down or lie.

mod forged;
mod hospital;
pub mod keys;

use super::{
    browser::{Browser, Reply},
    harness::{Engine, TestPortal},
};
use crate::store::Store;
use axum::http::StatusCode;
use forged::FORGED;
use hospital::Hospital;
use keys::{Sign, ours, theirs};
use serde_json::json;

/// Changes what a provider says about itself.
type Lie = fn(&mut serde_json::Value);

const BUTTON: &str = "/sign-in/provider/north";
const LINK: &str = "/account/providers/north";
const LEAD: &str = "lead@north.example";

on_both!(
    no_forged_token_opens_anything,
    a_linked_person_signs_in,
    an_identity_opens_one_account,
    a_person_who_is_not_linked_reads_how_to_link,
    one_factor_at_the_provider_is_not_enough,
    a_way_back_works_once_in_one_browser_for_ten_minutes,
    an_account_that_was_closed_stays_closed,
    a_link_belongs_to_who_began_it,
    a_provider_that_says_no_is_believed,
    a_provider_that_is_down_says_so,
    a_provider_that_lies_about_itself_is_refused,
    a_new_key_is_found_and_the_old_one_ends,
    the_provider_is_asked_about_itself_once,
);

/// A portal on the same engine with one provider, and somebody who has an account.
async fn portal_of(empty: TestPortal, trusts: bool) -> (TestPortal, Hospital) {
    let engine = if matches!(empty.store, Store::Sqlite { .. }) { Engine::Sqlite } else { Engine::Postgres };
    let hospital = Hospital::open().await;
    let portal = TestPortal::with_providers(engine, vec![hospital.settings("north", trusts)]).await;
    portal.account("Ada north", LEAD, &[]).await;
    (portal, hospital)
}

/// The same, with the identity of the provider linked to the account.
async fn linked(empty: TestPortal) -> (TestPortal, Hospital) {
    let (portal, hospital) = portal_of(empty, true).await;
    let reply = hospital.round_trip(&mut portal.sign_in(LEAD).await, LINK).await;
    assert_eq!(reply.went_to(), "/account/providers?done=linked");
    (portal, hospital)
}

async fn is_inside(browser: &mut Browser) -> bool {
    browser.get("/home").await.status == StatusCode::OK
}

/// The answer is a refusal that carries a reference and opens nothing.
async fn must_be_out(portal: &TestPortal, browser: &mut Browser, reply: &Reply, status: StatusCode, says: &str) {
    assert_eq!(reply.status, status, "{}", reply.headline());
    reply.must_show(says);
    reply.must_show("give the reference");
    assert!(!is_inside(browser).await, "{says}");
    assert_eq!(
        portal
            .count("SELECT CAST(COUNT(*) AS BIGINT) FROM event WHERE kind = 'SignedIn' AND detail = 'provider'")
            .await,
        0
    );
}

async fn no_forged_token_opens_anything(empty: TestPortal) {
    let (portal, hospital) = linked(empty).await;
    assert!(50 < FORGED.len());
    let mut passed = Vec::new();
    for (what, forge) in FORGED {
        hospital.mood(|mood| mood.forge = *forge);
        let mut browser = portal.visitor();
        let reply = hospital.round_trip(&mut browser, BUTTON).await;
        if reply.status != StatusCode::FORBIDDEN || is_inside(&mut browser).await {
            passed.push(format!("{what}: {}\n", reply.headline()));
        } else {
            reply.must_show("We cannot trust this answer of North Hospital");
        }
    }
    assert!(passed.is_empty(), "{}", passed.concat());
    let refused =
        "SELECT CAST(COUNT(*) AS BIGINT) FROM event WHERE kind = 'SignInRefused' AND detail = 'provider north: untrue'";
    assert_eq!(portal.count(refused).await, i64::try_from(FORGED.len()).expect("a number"));
    // The table would also pass if nothing ever opened.
    let right: [hospital::Forge; 4] = [
        |_| {},
        |t| (t.header["alg"], t.sign) = ("PS256".into(), Sign::Ours("PS256")),
        |t| (t.header, t.sign) = (json!({ "alg": "ES256", "kid": "ec-1" }), Sign::Ours("ES256")),
        |t| t.claims["aud"] = json!(["portal"]),
    ];
    for forge in right {
        hospital.mood(|mood| mood.forge = forge);
        assert_eq!(hospital.round_trip(&mut portal.visitor(), BUTTON).await.went_to(), "/help");
    }
}

async fn a_linked_person_signs_in(empty: TestPortal) {
    let (portal, hospital) = linked(empty).await;
    let mut browser = portal.visitor();
    browser.page("/sign-in").await.must_show("Sign in with North Hospital");
    let before = browser.post(BUTTON, &[("next", "//evil.example")]).await;
    let (session, back) = (browser.session().map(str::to_owned), hospital.sign_in(&before));
    assert_eq!(browser.get(&back).await.went_to(), "/home", "only paths of the portal are followed");
    assert!(is_inside(&mut browser).await);
    assert_ne!(browser.session().map(str::to_owned), session, "a new session key");
    // What changes how one signs in takes a second factor of ours within the hour.
    assert_eq!(browser.get("/account/providers").await.went_to(), "/account/confirm?next=%2Faccount%2Fproviders");
    assert!(browser.post(LINK, &[]).await.went_to().starts_with("/account/confirm"));
    portal.sign_in(LEAD).await.page("/account/providers").await.must_show("last used 5 March 2027");
    assert_eq!(portal.texts("SELECT issuer FROM identity").await, std::slice::from_ref(&hospital.issuer));
    let kept = portal.texts("SELECT identity_hash FROM identity").await.concat();
    assert!(!kept.contains("4711") && kept.len() == 64, "the subject is not kept");
    let told = portal.texts("SELECT detail FROM event WHERE kind IN ('SignedIn', 'IdentityLinked')").await.concat();
    assert!(told.contains("provider") && !told.contains("4711"), "{told}");
}

async fn an_identity_opens_one_account(empty: TestPortal) {
    let (portal, hospital) = linked(empty).await;
    portal.account("Ben north", "ben@north.example", &[]).await;
    let mut ben = portal.sign_in("ben@north.example").await;
    let taken = hospital.round_trip(&mut ben, LINK).await;
    assert_eq!(taken.status, StatusCode::CONFLICT);
    taken.must_show("is linked already");
    // Another person at the same provider is another identity, whatever address it shows.
    hospital.mood(|mood| mood.subject = "staff-0815".into());
    assert_eq!(hospital.round_trip(&mut ben, LINK).await.went_to(), "/account/providers?done=linked");
    let mut browser = portal.visitor();
    hospital.round_trip(&mut browser, BUTTON).await.went_to();
    browser.page("/home").await.must_show("Ben north");
    // Somebody else's link is nobody's.
    let ids = portal
        .texts("SELECT i.id FROM identity i JOIN person p ON p.account_id = i.account_id WHERE p.name = 'Ada north'")
        .await;
    let foreign = format!("/account/identities/{}/remove", ids[0]);
    let unknown = ben.post("/no/such/page", &[]).await;
    assert_eq!(ben.post(&foreign, &[]).await.bare(), unknown.bare());
    let mut ada = portal.sign_in(LEAD).await;
    assert_eq!(ada.post(&foreign, &[]).await.went_to(), "/account/providers?done=unlinked");
    assert_eq!(ada.post(&foreign, &[]).await.status, StatusCode::NOT_FOUND, "the second press");
    hospital.mood(|mood| mood.subject = "staff-4711".into());
    let reply = hospital.round_trip(&mut portal.visitor(), BUTTON).await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN);
}

async fn a_person_who_is_not_linked_reads_how_to_link(empty: TestPortal) {
    let (portal, hospital) = portal_of(empty, true).await;
    // The address of the token is that of an account; it must not matter.
    let mut browser = portal.visitor();
    let reply = hospital.round_trip(&mut browser, BUTTON).await;
    must_be_out(&portal, &mut browser, &reply, StatusCode::FORBIDDEN, "not linked to an account yet").await;
    reply.must_show("Sign in, and go on to your providers");
}

async fn one_factor_at_the_provider_is_not_enough(empty: TestPortal) {
    let (portal, hospital) = linked(empty).await;
    let weak: [hospital::Forge; 5] = [
        |t| t.claims["amr"] = json!(["pwd"]),
        |t| t.claims["amr"] = json!(["pwd", "sms"]),
        |t| t.claims["amr"] = json!([]),
        |t| (t.claims["amr"], t.claims["acr"]) = (json!(["pwd"]), "0".into()),
        |t| {
            t.claims.as_object_mut().expect("claims").remove("amr");
        },
    ];
    for forge in weak {
        hospital.mood(|mood| mood.forge = forge);
        let mut browser = portal.visitor();
        assert_eq!(hospital.round_trip(&mut browser, BUTTON).await.went_to(), "/sign-in/code");
        assert!(!is_inside(&mut browser).await);
        let code = portal.code(LEAD).await;
        assert_eq!(browser.post("/sign-in/code", &[("code", &code)]).await.went_to(), "/help");
        assert!(is_inside(&mut browser).await);
    }
    let strong: [hospital::Forge; 3] = [
        |t| t.claims["amr"] = json!(["hwk"]),
        |t| t.claims["amr"] = json!(["pwd", "http://schemas.microsoft.com/claims/multipleauthn"]),
        |t| (t.claims["amr"], t.claims["acr"]) = (json!(["pwd"]), "https://refeds.org/profile/mfa".into()),
    ];
    for forge in strong {
        hospital.mood(|mood| mood.forge = forge);
        assert_eq!(hospital.round_trip(&mut portal.visitor(), BUTTON).await.went_to(), "/help");
    }
    // Where its word is not taken, it can say what it wants.
    let engine = if matches!(portal.store, Store::Sqlite { .. }) { Engine::Sqlite } else { Engine::Postgres };
    let wary = TestPortal::with_providers(engine, vec![hospital.settings("north", false)]).await;
    wary.account("Ada north", LEAD, &[]).await;
    hospital.round_trip(&mut wary.sign_in(LEAD).await, LINK).await.went_to();
    let mut browser = wary.visitor();
    assert_eq!(hospital.round_trip(&mut browser, BUTTON).await.went_to(), "/sign-in/code");
    assert!(!is_inside(&mut browser).await);
}

async fn a_way_back_works_once_in_one_browser_for_ten_minutes(empty: TestPortal) {
    let (portal, hospital) = linked(empty).await;
    let says = "This way back cannot be used";
    let mut browser = portal.visitor();
    let back = hospital.sign_in(&browser.post(BUTTON, &[]).await);
    let mut thief = portal.visitor();
    thief.post(BUTTON, &[]).await;
    let stolen = thief.get(&back).await;
    must_be_out(&portal, &mut thief, &stolen, StatusCode::FORBIDDEN, says).await;
    let mut nobody = portal.visitor();
    let stolen = nobody.get(&back).await;
    must_be_out(&portal, &mut nobody, &stolen, StatusCode::FORBIDDEN, says).await;
    for bad in ["", "?code=x", "?state=", "?state=x&code=x", "?error=x"] {
        let mut other = portal.visitor();
        other.post(BUTTON, &[]).await;
        let reply = other.get(&format!("{BUTTON}/callback{bad}")).await;
        must_be_out(&portal, &mut other, &reply, StatusCode::FORBIDDEN, says).await;
    }
    let mut late = portal.visitor();
    let too_late = hospital.sign_in(&late.post(BUTTON, &[]).await);
    portal.wait_outside(10);
    hospital.mood(|mood| mood.minutes = 10);
    let reply = late.get(&too_late).await;
    must_be_out(&portal, &mut late, &reply, StatusCode::FORBIDDEN, says).await;
    // In time, and then a second time.
    let back = hospital.sign_in(&browser.post(BUTTON, &[]).await);
    browser.get(&back).await.went_to();
    assert_eq!(browser.get(&back).await.status, StatusCode::FORBIDDEN, "the second use");
    assert!(is_inside(&mut browser).await, "who is inside stays inside");
    assert_eq!(portal.visitor().get("/sign-in/provider/south/callback").await.status, StatusCode::NOT_FOUND);
    assert_eq!(portal.visitor().post("/sign-in/provider/south", &[]).await.status, StatusCode::NOT_FOUND);
}

async fn an_account_that_was_closed_stays_closed(empty: TestPortal) {
    let (portal, hospital) = linked(empty).await;
    portal.tamper("UPDATE account SET disabled_at = 1").await;
    let mut browser = portal.visitor();
    let reply = hospital.round_trip(&mut browser, BUTTON).await;
    must_be_out(&portal, &mut browser, &reply, StatusCode::FORBIDDEN, "not linked to an account yet").await;
}

async fn a_link_belongs_to_who_began_it(empty: TestPortal) {
    let (portal, hospital) = portal_of(empty, true).await;
    portal.account("Ben north", "ben@north.example", &[]).await;
    let mut ada = portal.sign_in(LEAD).await;
    let back = hospital.sign_in(&ada.post(LINK, &[]).await);
    // In the same browser, somebody else has signed in meanwhile.
    let cookie = ada.session().expect("a session").to_owned();
    portal
        .tamper(
            "UPDATE session SET data = REPLACE(data, (SELECT account_id FROM person WHERE name = 'Ada north'), \
        (SELECT account_id FROM person WHERE name = 'Ben north'))",
        )
        .await;
    assert_eq!(ada.session(), Some(cookie.as_str()));
    ada.page("/home").await.must_show("Ben north");
    let reply = ada.get(&back).await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN, "{}", reply.headline());
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM identity").await, 0);
    // A sign-in cannot become a link, nor the other way round, by changing the address.
    let mut ada = portal.sign_in(LEAD).await;
    let back = hospital.sign_in(&ada.post(LINK, &[]).await);
    ada.post("/sign-out", &[]).await;
    let reply = ada.get(&back).await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN, "{}", reply.headline());
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM identity").await, 0);
}

async fn a_provider_that_says_no_is_believed(empty: TestPortal) {
    let (portal, hospital) = linked(empty).await;
    let mut browser = portal.visitor();
    let back = hospital.sign_in(&browser.post(BUTTON, &[]).await);
    let state = back.rsplit_once("state=").expect("a state").1;
    let reply = browser.get(&format!("{BUTTON}/callback?error=access_denied%0D%0Afoo&state={state}")).await;
    must_be_out(&portal, &mut browser, &reply, StatusCode::FORBIDDEN, "did not let you through").await;
    let back = hospital.sign_in(&browser.post(BUTTON, &[]).await);
    let reply = browser.get(&format!("{back}&iss=https%3A%2F%2Fevil.example")).await;
    must_be_out(&portal, &mut browser, &reply, StatusCode::FORBIDDEN, "We cannot trust this answer").await;
    for (status, answer, expected) in [
        (StatusCode::BAD_REQUEST, json!({ "error": "invalid_grant" }), StatusCode::FORBIDDEN),
        (StatusCode::UNAUTHORIZED, json!({ "error": "invalid_client" }), StatusCode::FORBIDDEN),
        (StatusCode::INTERNAL_SERVER_ERROR, json!("out of order"), StatusCode::BAD_GATEWAY),
        (StatusCode::OK, json!({ "token_type": "Bearer" }), StatusCode::FORBIDDEN),
        (StatusCode::FOUND, json!({}), StatusCode::BAD_GATEWAY),
    ] {
        hospital.mood(|mood| mood.refuse = Some((status, answer.clone())));
        let mut browser = portal.visitor();
        let reply = hospital.round_trip(&mut browser, BUTTON).await;
        assert_eq!(reply.status, expected, "{status} {answer}: {}", reply.headline());
        assert!(!is_inside(&mut browser).await);
    }
}

async fn a_provider_that_is_down_says_so(empty: TestPortal) {
    let (portal, hospital) = portal_of(empty, true).await;
    let mut gone = hospital.clone();
    gone.issuer = "http://127.0.0.1:1".into();
    let engine = if matches!(portal.store, Store::Sqlite { .. }) { Engine::Sqlite } else { Engine::Postgres };
    for settings in [gone.settings("north", true), hospital.settings("north", true)] {
        hospital.mood(|mood| mood.about = |about| *about = "This page is being repaired.".into());
        let portal = TestPortal::with_providers(engine, vec![settings]).await;
        let mut browser = portal.visitor();
        let reply = browser.post(BUTTON, &[]).await;
        must_be_out(&portal, &mut browser, &reply, StatusCode::BAD_GATEWAY, "North Hospital does not answer").await;
        browser.page("/sign-in").await;
    }
}

async fn a_provider_that_lies_about_itself_is_refused(empty: TestPortal) {
    let (portal, hospital) = portal_of(empty, true).await;
    let lies: [(&str, Lie); 8] = [
        ("issuer", |a| a["issuer"] = "https://evil.example".into()),
        ("issuer with a slash", |a| a["issuer"] = format!("{}/", a["issuer"].as_str().unwrap_or("")).into()),
        ("keys elsewhere", |a| a["jwks_uri"] = "http://169.254.169.254/latest/meta-data".into()),
        ("keys on another port", |a| a["jwks_uri"] = "http://127.0.0.1:1/keys".into()),
        ("keys lead elsewhere", |a| {
            a["jwks_uri"] = a["jwks_uri"].as_str().unwrap_or("").replace("/keys", "/elsewhere").into();
        }),
        ("keys without end", |a| {
            a["jwks_uri"] = a["jwks_uri"].as_str().unwrap_or("").replace("/keys", "/endless").into();
        }),
        ("sign-in elsewhere", |a| a["authorization_endpoint"] = "https://evil.example/authorize".into()),
        ("itself elsewhere", |a| *a = serde_json::Value::Null),
    ];
    for (what, about) in lies {
        hospital.mood(|mood| mood.about = about);
        let reply = portal.visitor().post(BUTTON, &[]).await;
        let refused = matches!(reply.status, StatusCode::FORBIDDEN | StatusCode::BAD_GATEWAY);
        assert!(refused && reply.header("refresh").is_empty(), "{what}: {}", reply.headline());
    }
    // The secret goes to no other host.
    hospital.mood(|mood| mood.about = |a| a["token_endpoint"] = "http://127.0.0.2:1/token".into());
    let engine = if matches!(portal.store, Store::Sqlite { .. }) { Engine::Sqlite } else { Engine::Postgres };
    let portal = TestPortal::with_providers(engine, vec![hospital.settings("north", true)]).await;
    let mut browser = portal.visitor();
    let reply = hospital.round_trip(&mut browser, BUTTON).await;
    assert!(matches!(reply.status, StatusCode::FORBIDDEN | StatusCode::BAD_GATEWAY), "{}", reply.headline());
    assert!(!is_inside(&mut browser).await);
}

async fn a_new_key_is_found_and_the_old_one_ends(empty: TestPortal) {
    let (portal, hospital) = linked(empty).await;
    // From now on it signs with other keys of other names.
    hospital.mood(|mood| {
        mood.keys = theirs().set("-2");
        mood.forge = |t| (t.header["kid"], t.sign) = ("rsa-2".into(), Sign::Theirs("RS256"));
    });
    assert_eq!(hospital.round_trip(&mut portal.visitor(), BUTTON).await.went_to(), "/help");
    hospital.mood(|mood| mood.forge = |_| {});
    let mut browser = portal.visitor();
    let reply = hospital.round_trip(&mut browser, BUTTON).await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN, "the old key");
    assert!(!is_inside(&mut browser).await);
    assert_ne!(ours().set("-1"), theirs().set("-1"));
}

async fn the_provider_is_asked_about_itself_once(empty: TestPortal) {
    let (portal, hospital) = linked(empty).await;
    for _ in 0..3 {
        hospital.round_trip(&mut portal.visitor(), BUTTON).await.went_to();
    }
    assert_eq!(hospital.mood(|mood| mood.asked), 1);
}
