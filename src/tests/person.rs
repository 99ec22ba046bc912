//! One person as administrators look after them: corrections, roles, and closing an account.

use super::{
    browser::Browser,
    harness::{PASSWORD, TestPortal},
};
use crate::domain::access::Role;
use axum::http::StatusCode;

on_both!(
    a_name_or_address_is_corrected_with_a_reason,
    a_role_is_given_for_one_cycle_and_ended,
    somebody_remains_administrator,
    two_administrators_cannot_end_each_other,
    an_account_is_closed_and_opened_again,
    an_unknown_person_is_not_found,
);

fn at(person: impl std::fmt::Display, rest: &str) -> String {
    format!("/administration/people/{person}{rest}")
}

async fn ida(portal: &TestPortal) -> (crate::domain::id::AccountId, Browser) {
    let id = portal.account("Ida Berg", "ida@example.org", &["administrator"]).await;
    (id, portal.sign_in("ida@example.org").await)
}

async fn a_name_or_address_is_corrected_with_a_reason(portal: TestPortal) {
    let (_, mut ida) = ida(&portal).await;
    let otto = portal.account("Oto Lind", "oto@example.org", &[]).await;
    let mut browser = portal.sign_in("oto@example.org").await;
    let here = at(otto, "");
    for (name, email, reason, message) in [
        ("", "oto@example.org", "A typo", "Enter the name"),
        ("Otto Lind", "oto", "A typo", "Enter an email address"),
        ("Otto Lind", "oto@example.org", " ", "Say why"),
        ("Otto Lind", "IDA@example.org", "A typo", "Another account has this address"),
    ] {
        let refused = ida.post(&here, &[("name", name), ("email", email), ("reason", reason)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{message}");
        refused.must_show(message);
        assert_eq!(refused.html().value_of("name"), name, "what was typed is kept");
    }
    assert_eq!(portal.texts("SELECT name FROM person WHERE email = 'oto@example.org'").await, ["Oto Lind"]);

    let fields = [("name", "Otto Lind"), ("email", "oto@example.org"), ("reason", "He called: two t")];
    assert_eq!(ida.post(&here, &fields).await.went_to(), at(otto, "?done=corrected"));
    browser.page("/home").await.must_show("Welcome back, Otto");
    let fields = [("name", "Otto Lind"), ("email", "Otto@example.org"), ("reason", "He called again")];
    ida.post(&here, &fields).await.went_to();
    assert!(browser.get("/home").await.went_to().starts_with("/sign-in"), "another address ends sessions");
    portal.sign_in("otto@example.org").await;
    let old = portal.visitor().post("/sign-in", &[("email", "oto@example.org"), ("password", PASSWORD)]).await;
    assert_eq!(old.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = ida.page(&here).await;
    page.must_show("He called: two t");
    page.must_show("He called again");
    let find = [("beginning", "oto")];
    assert!(!ida.post("/administration/people", &find).await.text().contains(&here), "the old words find nobody");
    assert!(ida.post("/administration/people", &[("beginning", "otto")]).await.text().contains(&here));

    // The same again changes nothing; the record tells what was corrected, and no name.
    ida.post(&here, &fields).await.went_to();
    let told = portal.texts("SELECT detail FROM event WHERE kind = 'PersonCorrected' ORDER BY at, detail").await;
    assert_eq!(told, ["address", "name"]);
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM person_correction").await, 2);
}

async fn a_role_is_given_for_one_cycle_and_ended(portal: TestPortal) {
    let (_, mut ida) = ida(&portal).await;
    let (this, next) = (portal.open_cycle().await, portal.cycle("2028", 300, 400).await);
    let cora = portal.account("Cora", "cora@example.org", &[]).await;
    let mut browser = portal.sign_in("cora@example.org").await;
    let (roles, end) = (at(cora, "/roles"), at(cora, "/roles/end"));
    for (role, cycle) in [("", ""), ("lead", ""), ("signatory", ""), ("coordinator", "x"), ("chair", &"0".repeat(32))] {
        let refused = ida.post(&roles, &[("role", role), ("cycle", cycle)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{role} {cycle}");
    }
    let page = "/working-group/invitations";
    assert_eq!(browser.get(page).await.status, StatusCode::NOT_FOUND);

    let cycle = this.id.to_string();
    let coordinator = [("role", "coordinator"), ("cycle", cycle.as_str())];
    assert_eq!(ida.post(&roles, &coordinator).await.went_to(), at(cora, "?done=granted"));
    let account = portal.read().await.account(cora).await.expect("an account").expect("Cora");
    assert!(account.holds(Role::Coordinator, this.id) && !account.holds(Role::Coordinator, next.id));
    browser.page(page).await;
    ida.page(&at(cora, "")).await.must_show("Coordinator in the cycle 2027");
    let again = ida.post(&roles, &coordinator).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    again.must_show("They have this role already");

    // In an open tab the next request is refused like an unknown page.
    assert_eq!(ida.post(&end, &coordinator).await.went_to(), at(cora, "?done=ended"));
    let (gone, unknown) = (browser.get(page).await, browser.get("/no/such/page").await);
    assert_eq!(gone.bare(), unknown.bare());
    assert_eq!(browser.post(page, &[("name", "X")]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(ida.post(&end, &coordinator).await.went_to(), at(cora, "?done=ended"), "the second press");
    ida.page(&at(cora, "")).await.must_show("ended today");
    // Ended is not for ever.
    ida.post(&roles, &coordinator).await.went_to();
    browser.page(page).await;
    let told = portal.texts("SELECT kind FROM event WHERE kind LIKE 'Role%' ORDER BY at, kind").await;
    assert_eq!(told, ["RoleEnded", "RoleGranted", "RoleGranted", "RoleGranted"], "with Ida's own");
}

async fn somebody_remains_administrator(portal: TestPortal) {
    let (own, mut ida) = ida(&portal).await;
    let role = [("role", "administrator"), ("cycle", "")];
    let refused = ida.post(&at(own, "/roles/end"), &role).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    refused.must_show("Somebody has to remain administrator");
    ida.page("/administration").await;
    // A closed account is nobody.
    let adam = portal.account("Adam", "adam@example.org", &["administrator"]).await;
    ida.post(&at(adam, "/close"), &[]).await.went_to();
    assert_eq!(ida.post(&at(own, "/roles/end"), &role).await.status, StatusCode::CONFLICT);
    ida.post(&at(adam, "/reopen"), &[]).await.went_to();
    assert_eq!(ida.post(&at(own, "/roles/end"), &role).await.went_to(), "/home");
    assert_eq!(ida.get("/administration").await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        ida.post(&at(own, "/roles"), &role).await.status,
        StatusCode::NOT_FOUND,
        "nobody gives it to themselves"
    );
    portal.sign_in("adam@example.org").await.page("/administration").await;
}

async fn two_administrators_cannot_end_each_other(portal: TestPortal) {
    let (first, mut ida) = ida(&portal).await;
    let second = portal.account("Adam", "adam@example.org", &["administrator"]).await;
    let mut adam = portal.sign_in("adam@example.org").await;
    let role = [("role", "administrator"), ("cycle", "")];
    let remain = async || portal.write().await.hold_administrators().await.expect("administrators").len();
    let (to_second, to_first) = (at(second, "/roles/end"), at(first, "/roles/end"));
    tokio::join!(ida.post(&to_second, &role), adam.post(&to_first, &role));
    assert_eq!(remain().await, 1);
    // The one who remains gives it back, and both close the other at once.
    let mut one = if ida.get("/administration").await.status == StatusCode::OK { ida.clone() } else { adam.clone() };
    for person in [first, second] {
        one.post(&at(person, "/roles"), &role).await;
    }
    assert_eq!(remain().await, 2);
    let (to_second, to_first) = (at(second, "/close"), at(first, "/close"));
    tokio::join!(ida.post(&to_second, &[]), adam.post(&to_first, &[]));
    assert_eq!(remain().await, 1);
}

async fn an_account_is_closed_and_opened_again(portal: TestPortal) {
    let (own, mut ida) = ida(&portal).await;
    let refused = ida.post(&at(own, "/close"), &[]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    refused.must_show("You cannot close your own account");
    ida.page("/administration").await;

    let north = portal.centre("north").await;
    let mut lead = portal.sign_in(&north.lead_email()).await;
    lead.page("/home").await;
    let here = at(north.lead, "");
    assert_eq!(ida.post(&at(north.lead, "/close"), &[]).await.went_to(), at(north.lead, "?done=closed"));
    assert!(lead.get("/home").await.went_to().starts_with("/sign-in"));
    let fields = [("email", north.lead_email()), ("password", PASSWORD.to_owned())];
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let refused = portal.visitor().post("/sign-in", &fields).await;
    let unknown = portal.visitor().post("/sign-in", &[("email", "nobody@example.org"), ("password", PASSWORD)]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let told = refused.text().replace(&refused.nonce(), "").replace(&north.lead_email(), "nobody@example.org");
    assert_eq!(told, unknown.text().replace(&unknown.nonce(), ""), "closed looks like unknown");
    ida.page(&here).await.must_show("Account closed");
    // What would give a closed account something is refused.
    assert_eq!(
        ida.post(&at(north.lead, "/roles"), &[("role", "chair")]).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(ida.post(&at(north.lead, "/reset"), &[]).await.status, StatusCode::CONFLICT);
    ida.post(&at(north.lead, "/close"), &[]).await.went_to();

    assert_eq!(ida.post(&at(north.lead, "/reopen"), &[]).await.went_to(), at(north.lead, "?done=reopened"));
    ida.post(&at(north.lead, "/reopen"), &[]).await.went_to();
    assert!(lead.get("/home").await.went_to().starts_with("/sign-in"), "the old session stays ended");
    portal.sign_in(&north.lead_email()).await.page("/home").await.must_show("north Cancer Centre");
    let events = portal.read().await.events_of(&north.lead.to_string()).await.expect("events");
    let told: Vec<&str> = events
        .iter()
        .map(|(kind, _)| kind.as_str())
        .filter(|k| k.starts_with("AccountC") || k.starts_with("AccountR"))
        .collect();
    assert_eq!(told.iter().filter(|k| **k == "AccountClosed").count(), 1, "{told:?}");
    assert_eq!(told.iter().filter(|k| **k == "AccountReopened").count(), 1, "{told:?}");
}

async fn an_unknown_person_is_not_found(portal: TestPortal) {
    let (_, mut ida) = ida(&portal).await;
    for person in ["x".to_owned(), "0".repeat(32)] {
        assert_eq!(ida.get(&at(&person, "")).await.status, StatusCode::NOT_FOUND);
        for rest in ["", "/roles", "/roles/end", "/close", "/reopen", "/reset", "/sessions/end", "/sessions/00/end"] {
            let fields = [("name", "A"), ("email", "a@b.org"), ("reason", "c"), ("role", "chair")];
            assert_eq!(ida.post(&at(&person, rest), &fields).await.status, StatusCode::NOT_FOUND, "{rest}");
        }
    }
}
