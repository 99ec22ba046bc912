//! A link to choose a new password: an administrator starts it, and never sets a password.

use super::{
    browser::Browser,
    harness::{PASSWORD, TestPortal},
};
use axum::http::{StatusCode, header};

on_both!(
    a_link_lets_the_person_choose_a_new_password_once,
    a_link_that_cannot_be_used_always_looks_the_same,
    two_tabs_cannot_both_set_a_password,
);

const NEW: &str = "another quiet morning on the ward";

async fn link(portal: &TestPortal, ida: &mut Browser, email: &str) -> String {
    let person = portal.read().await.account_by_email(email).await.expect("a look").expect("an account").id;
    let reply = ida.post(&format!("/administration/people/{person}/reset"), &[]).await;
    assert_eq!(reply.status, StatusCode::OK);
    reply.must_show("The link is ready");
    reply.links("reset").remove(0)
}

async fn begin(portal: &TestPortal) -> Browser {
    portal.account("Ida", "ida@example.org", &["administrator"]).await;
    portal.account("Otto", "otto@example.org", &[]).await;
    portal.sign_in("ida@example.org").await
}

async fn a_link_lets_the_person_choose_a_new_password_once(portal: TestPortal) {
    let mut ida = begin(&portal).await;
    let mut open = portal.sign_in("otto@example.org").await;
    let link = link(&portal, &mut ida, "otto@example.org").await;
    assert_eq!(link.len(), "/reset/".len() + 64, "256 bits");
    let hash = portal.texts("SELECT token_hash FROM password_reset").await.remove(0);
    assert!(!link.contains(&hash), "it is kept as its hash");
    let mut otto = portal.visitor();
    otto.page(&link).await.must_show("For otto@example.org");
    for (password, again, message) in [
        ("short", "short", "Choose a password of at least 12 characters"),
        (NEW, "another", "The two passwords differ"),
        ("", "", "Choose a password"),
    ] {
        let refused = otto.post(&link, &[("password", password), ("again", again)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        refused.must_show(message);
        assert!(!refused.text().contains(NEW), "a password is never shown again");
    }
    open.page("/home").await;

    let done = otto.post(&link, &[("password", NEW), ("again", NEW)]).await;
    assert_eq!(done.status, StatusCode::OK);
    done.must_show("Your new password is set");
    // It signs nobody in, and ends what was open.
    assert_eq!((done.header(header::SET_COOKIE), otto.session()), ("", None));
    assert!(otto.get("/home").await.went_to().starts_with("/sign-in"));
    assert!(open.get("/home").await.went_to().starts_with("/sign-in"));
    let old = portal.visitor().post("/sign-in", &[("email", "otto@example.org"), ("password", PASSWORD)]).await;
    assert_eq!(old.status, StatusCode::UNPROCESSABLE_ENTITY);
    let new = [("email", "otto@example.org"), ("password", NEW)];
    // The second factor is asked for as always.
    assert_eq!(portal.visitor().post("/sign-in", &new).await.went_to(), "/sign-in/code");

    let again = otto.post(&link, &[("password", PASSWORD), ("again", PASSWORD)]).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND, "the second use");
    assert_eq!(portal.visitor().post("/sign-in", &new).await.went_to(), "/sign-in/code", "and the password stays");
    let told =
        portal.texts("SELECT kind FROM event WHERE kind IN ('ResetStarted', 'PasswordReset') ORDER BY at, kind").await;
    assert_eq!(told, ["PasswordReset", "ResetStarted"]);
}

async fn a_link_that_cannot_be_used_always_looks_the_same(portal: TestPortal) {
    let mut ida = begin(&portal).await;
    portal.account("Zoe", "zoe@example.org", &[]).await;
    let mut links = Vec::new();
    let used = link(&portal, &mut ida, "otto@example.org").await;
    portal.visitor().post(&used, &[("password", NEW), ("again", NEW)]).await.must_show("is set");
    links.push(used);
    // A newer one ends the older.
    links.push(link(&portal, &mut ida, "otto@example.org").await);
    let newest = link(&portal, &mut ida, "otto@example.org").await;
    // Of an account that is closed since.
    links.push(link(&portal, &mut ida, "zoe@example.org").await);
    let zoe = portal.read().await.account_by_email("zoe@example.org").await.expect("a look").expect("Zoe").id;
    ida.post(&format!("/administration/people/{zoe}/close"), &[]).await.went_to();
    ida.post(&format!("/administration/people/{zoe}/reopen"), &[]).await.went_to();
    portal.visitor().page(&newest).await;
    portal.wait_minutes(15);
    links.push(newest);
    let unknown = format!("/reset/{}", "0".repeat(64));
    let fields = [("password", NEW), ("again", NEW)];
    let (get, post) = (portal.visitor().get(&unknown).await, portal.visitor().post(&unknown, &fields).await);
    assert_eq!((get.status, post.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
    get.must_show("ask an administrator for a new link");
    for link in links {
        assert_eq!(portal.visitor().get(&link).await.bare(), get.bare());
        assert_eq!(portal.visitor().post(&link, &fields).await.bare(), post.bare());
        assert_eq!(ida.get(&link).await.bare(), get.bare(), "also for somebody who is signed in");
    }
}

async fn two_tabs_cannot_both_set_a_password(portal: TestPortal) {
    let mut ida = begin(&portal).await;
    let link = link(&portal, &mut ida, "otto@example.org").await;
    let (mut one, mut two) = (portal.visitor(), portal.visitor());
    let (first, second) = ([("password", NEW), ("again", NEW)], [("password", PASSWORD), ("again", PASSWORD)]);
    let (one, two) = tokio::join!(one.post(&link, &first), two.post(&link, &second));
    let mut both = [one.status, two.status];
    both.sort();
    assert_eq!(both, [StatusCode::OK, StatusCode::NOT_FOUND]);
}
