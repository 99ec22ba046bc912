//! Factors: recovery codes, another app, another password, and how they are kept.

use super::{
    entry::{CODE, half_in},
    harness::{PASSWORD, TestPortal},
};
use crate::{
    domain::id::AccountId,
    server::{
        codes::{self, Secret},
        seal::Seal,
    },
};
use axum::http::StatusCode;
use secrecy::{ExposeSecret, SecretString};

on_both!(
    a_recovery_code_is_used_once,
    a_recovery_code_opens_the_way_to_a_new_app,
    new_recovery_codes_end_the_old_ones,
    a_password_is_changed_with_the_old_one,
    secrets_are_sealed_and_codes_hashed,
    the_key_of_secrets_can_be_changed,
);

/// Recovery codes of an account, made by its owner.
async fn recovery_codes(portal: &TestPortal, email: &str) -> Vec<String> {
    let mut browser = portal.sign_in(email).await;
    let codes = browser.post("/account/factors/recovery", &[]).await.codes();
    assert_eq!(codes.len(), 10);
    browser.page("/account/factors").await.must_show("10 left");
    codes
}

async fn a_recovery_code_is_used_once(portal: TestPortal) {
    let centre = portal.centre("north").await;
    let email = centre.lead_email();
    let codes = recovery_codes(&portal, &email).await;
    let foreign = recovery_codes(&portal, &centre.contributor_email()).await;
    let mut lead = half_in(&portal, &email).await;
    lead.page("/sign-in/recovery").await.must_show("Use a recovery code");
    for wrong in ["", "nonsense", foreign[0].as_str()] {
        let refused = lead.post("/sign-in/recovery", &[("code", wrong)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong:?}");
    }
    assert_eq!(lead.post(CODE, &[("code", &codes[0])]).await.status, StatusCode::UNPROCESSABLE_ENTITY, "not as a code");
    let typed = codes[0].to_uppercase().replace('-', " ");
    let place = lead.post("/sign-in/recovery", &[("code", &typed)]).await.went_to();
    assert_eq!(place, "/account/factors?done=recovered&next=%2Fhome");
    lead.page(&place).await.must_show("You have signed in with a recovery code");
    lead.page("/account/factors").await.must_show("9 left");
    let again = half_in(&portal, &email).await.post("/sign-in/recovery", &[("code", &codes[0])]).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "the second use");
    // Two at once.
    let (mut one, mut other) = (half_in(&portal, &email).await, half_in(&portal, &email).await);
    let fields = [("code", codes[1].as_str())];
    let (first, second) =
        tokio::join!(one.post("/sign-in/recovery", &fields), other.post("/sign-in/recovery", &fields));
    let mut statuses = [first.status, second.status];
    statuses.sort();
    assert_eq!(statuses, [StatusCode::SEE_OTHER, StatusCode::UNPROCESSABLE_ENTITY]);
}

async fn a_recovery_code_opens_the_way_to_a_new_app(portal: TestPortal) {
    let centre = portal.centre("north").await;
    let email = centre.lead_email();
    let codes = recovery_codes(&portal, &email).await;
    let (old, mut elsewhere) = (portal.code_as_is(&email).await, portal.sign_in(&email).await);
    let mut lead = half_in(&portal, &email).await;
    lead.post("/sign-in/recovery", &[("code", &codes[0])]).await.went_to();
    // What else needs a fresh factor stays shut.
    assert!(lead.get("/account/password").await.went_to().starts_with("/account/confirm?next="));
    let fresh = portal.enrol(&mut lead).await;
    assert!(fresh.iter().all(|code| !codes.contains(code)));
    lead.page("/account/password").await;
    assert!(elsewhere.get("/home").await.went_to().starts_with("/sign-in"), "other sessions end");
    let mut later = half_in(&portal, &email).await;
    assert_eq!(later.post(CODE, &[("code", &old)]).await.status, StatusCode::UNPROCESSABLE_ENTITY, "the old app");
    let refused = later.post("/sign-in/recovery", &[("code", &codes[1])]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "the old set");
    portal.sign_in(&email).await;
}

async fn new_recovery_codes_end_the_old_ones(portal: TestPortal) {
    let centre = portal.centre("north").await;
    let email = centre.lead_email();
    let (old, new) = (recovery_codes(&portal, &email).await, recovery_codes(&portal, &email).await);
    let mut lead = half_in(&portal, &email).await;
    assert_eq!(lead.post("/sign-in/recovery", &[("code", &old[3])]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    lead.post("/sign-in/recovery", &[("code", &new[3])]).await.went_to();
}

async fn a_password_is_changed_with_the_old_one(portal: TestPortal) {
    let centre = portal.centre("north").await;
    let email = centre.lead_email();
    let mut elsewhere = portal.sign_in(&email).await;
    let mut pending = half_in(&portal, &email).await;
    let mut lead = portal.sign_in(&email).await;
    let new = "a lemon tree in the yard";
    for (old, password, again, said) in [
        ("", new, new, "Enter the password you have now"),
        ("not this one at all", new, new, "This is not the password you have now"),
        (PASSWORD, "short", "short", "at least 12"),
        (PASSWORD, "north cancer centre", "north cancer centre", "mostly your name"),
        (PASSWORD, "ada port north utopia", "ada port north utopia", "mostly your name"),
        (PASSWORD, new, "a lemon tree in the garden", "The two passwords differ"),
        (PASSWORD, PASSWORD, PASSWORD, "Choose another one"),
    ] {
        let refused = lead.post("/account/password", &[("old", old), ("password", password), ("again", again)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{said}");
        refused.must_show(said);
        assert!(refused.html().named("input").all(|i| i.get("type") != Some("password") || i.get("value") == Some("")));
    }
    elsewhere.page("/home").await;
    let before = lead.session().expect("a session").to_owned();
    let fields = [("old", PASSWORD), ("password", new), ("again", new)];
    let done = lead.post("/account/password", &fields).await.went_to();
    lead.page(&done).await.must_show("Your password is changed");
    assert_ne!(lead.session(), Some(before.as_str()));
    assert!(elsewhere.get("/home").await.went_to().starts_with("/sign-in"), "other sessions end");
    let told = portal
        .texts("SELECT c.text FROM letter l JOIN letter_content c ON c.letter_id = l.id WHERE l.kind = 'security'")
        .await;
    assert_eq!(told.len(), 1, "its owner is told, once");
    assert!(told[0].contains("The password was changed") && !told[0].contains(new), "{told:?}");
    assert_eq!(pending.get(CODE).await.went_to(), "/sign-in?done=late", "also one that is half in");
    let refused = portal.visitor().post("/sign-in", &[("email", &email), ("password", PASSWORD)]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    portal.visitor().post("/sign-in", &[("email", &email), ("password", new)]).await.went_to();
}

async fn secrets_are_sealed_and_codes_hashed(portal: TestPortal) {
    portal.account("Ada", "ada@south.example", &[]).await;
    portal.tamper("DELETE FROM code_factor").await;
    let mut ada = portal.visitor();
    ada.post("/sign-in", &[("email", "ada@south.example"), ("password", PASSWORD)]).await.went_to();
    let secret = ada.page("/account/factors/code").await.codes().remove(0).replace(' ', "");
    let held = portal.texts("SELECT data FROM session").await.concat();
    assert!(held.contains("sealed1:") && !held.contains(&secret), "{held}");
    let codes = portal.enrol(&mut ada).await;
    let rows =
        portal.texts("SELECT secret FROM code_factor UNION ALL SELECT code_hash FROM recovery_code").await.concat();
    for shown in codes.iter().chain([&secret]) {
        assert!(!rows.contains(shown.as_str()) && !rows.contains(&shown.replace('-', "")));
    }
    assert!(!ada.page("/account/factors").await.text().contains(&codes[0]), "shown once");
}

async fn the_key_of_secrets_can_be_changed(portal: TestPortal) {
    portal.centre("north").await;
    let (new, other) = (SecretString::from("ab".repeat(32)), SecretString::from("cd".repeat(32)));
    let old = std::fs::read_to_string(portal.folder().join("seal.key")).expect("a key");
    let both = SecretString::from(format!("{}\n{old}\n", new.expose_secret()));
    let read = |key: &SecretString| Seal::read(Some(key), portal.folder()).expect("keys");
    let sealed = async || portal.read().await.sealed_codes().await.expect("secrets").remove(0);
    let (account, before) = sealed().await;
    let account = AccountId::parse(&account).expect("an account");
    let secret = Secret::open(&portal.seal, account, &before).expect("the old key").base32();

    let mut tx = portal.write().await;
    codes::reseal(&mut tx, &portal.stamp(None), &read(&other)).await.expect_err("a key that opens nothing");
    drop(tx);
    assert_eq!(sealed().await.1, before, "all or none");

    let mut tx = portal.write().await;
    assert_eq!(codes::reseal(&mut tx, &portal.stamp(None), &read(&both)).await.expect("sealed anew"), 2);
    tx.commit().await.expect("commit");
    let (_, after) = sealed().await;
    assert!(Secret::open(&portal.seal, account, &after).is_err(), "the old key alone opens nothing any more");
    assert_eq!(Secret::open(&read(&new), account, &after).expect("the new key").base32(), secret);
    assert_eq!(Secret::open(&read(&both), account, &before).expect("both").base32(), secret, "while reads go on");
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM event WHERE kind = 'SecretsResealed'").await, 1);
}
