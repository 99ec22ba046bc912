//! Guessing becomes slow, tells nothing, and keeps nobody else out.

use super::{
    browser::{Browser, Reply},
    harness::{PASSWORD, TestPortal},
};
use crate::{
    domain::moment::Moment,
    server::{
        client::Client,
        desk::{Desk, Ticket},
        limits::{self, Limit},
        problem::Problem,
    },
};
use axum::http::{StatusCode, header};
use std::{sync::Arc, time::Instant};

on_both!(
    after_five_failures_there_is_a_growing_delay,
    a_known_and_an_unknown_account_look_the_same_at_each_try,
    a_known_and_an_unknown_account_take_the_same_time,
    the_failures_of_one_address_keep_nobody_else_out,
    one_address_is_slowed_down_across_accounts,
    many_tries_at_once_count_as_many,
    a_forged_header_changes_nothing,
    a_trusted_proxy_names_the_client,
    codes_are_counted_too_and_a_password_does_not_free_them,
    old_counters_are_swept,
    something_costly_has_its_share,
);

async fn fail(browser: &mut Browser, email: &str) -> Reply {
    browser.post("/sign-in", &[("email", email), ("password", "not the password")]).await
}

fn later(portal: &TestPortal, seconds: i64) {
    portal.wall.set(Moment::from_millis(portal.wall.now().millis() + seconds * 1000));
}

async fn after_five_failures_there_is_a_growing_delay(portal: TestPortal) {
    let centre = portal.centre("north").await;
    let email = centre.lead_email();
    let mut browser = portal.visitor();
    for _ in 0..5 {
        assert_eq!(fail(&mut browser, &email).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    for delay in [30, 60, 120] {
        let reply = browser.post("/sign-in", &[("email", &email), ("password", PASSWORD), ("next", "/account")]).await;
        assert_eq!(reply.status, StatusCode::TOO_MANY_REQUESTS, "even the right password is not looked at");
        assert_eq!(reply.header(header::RETRY_AFTER), delay.to_string());
        reply.must_show(&format!("Try again in {delay} seconds"));
        let page = reply.html();
        assert_eq!((page.value_of("email"), page.value_of("next")), (email.clone(), "/account".to_owned()));
        assert!(!reply.text().contains(PASSWORD), "a password is not shown again");
        later(&portal, delay - 1);
        assert_eq!(fail(&mut browser, &email).await.status, StatusCode::TOO_MANY_REQUESTS, "waiting is not counted");
        later(&portal, 1);
        assert_eq!(fail(&mut browser, &email).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    later(&portal, 240);
    portal.sign_in(&email).await;
    // The right one has made it forget.
    assert_eq!(fail(&mut browser, &email).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(fail(&mut browser, &email).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

async fn a_known_and_an_unknown_account_look_the_same_at_each_try(portal: TestPortal) {
    portal.account("Ada", "someone@north.example", &[]).await;
    let mut known = portal.visitor().at("192.0.2.1");
    let mut unknown = portal.visitor().at("192.0.2.2");
    for n in 0..8 {
        let one = fail(&mut known, "someone@north.example").await;
        let other = fail(&mut unknown, "nobodys@north.example").await;
        let expected = if n < 5 { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::TOO_MANY_REQUESTS };
        assert_eq!(one.status, expected, "{n}");
        assert_eq!(one.bare().replace("someone@", "x@"), other.bare().replace("nobodys@", "x@"), "{n}");
    }
    // The second step says nothing about the account, whatever was typed before.
    for path in ["/sign-in/code", "/sign-in/recovery"] {
        let (one, other) =
            (known.post(path, &[("code", "123456")]).await, unknown.post(path, &[("code", "123456")]).await);
        assert_eq!(one.bare(), other.bare(), "{path}");
        assert_eq!(known.get(path).await.bare(), unknown.get(path).await.bare(), "{path}");
    }
}

async fn a_known_and_an_unknown_account_take_the_same_time(portal: TestPortal) {
    portal.account("Ada", "someone@north.example", &[]).await;
    let mut times = [Vec::new(), Vec::new()];
    for n in 0..200_u16 {
        let [high, low] = n.to_be_bytes();
        for (email, times) in ["someone@north.example", "nobodys@north.example"].into_iter().zip(&mut times) {
            let mut browser = portal.visitor().at(&format!("192.0.{high}.{low}"));
            let begun = Instant::now();
            let reply = fail(&mut browser, email).await;
            times.push(begun.elapsed());
            assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
    }
    let [known, unknown] = times.map(|mut list| {
        list.sort();
        list[list.len() / 2].as_secs_f64()
    });
    println!("known {:.3} ms, unknown {:.3} ms, ratio {:.3}", known * 1e3, unknown * 1e3, known / unknown);
    // The hash is as cheap as can be here, so that everything around it shows. Twice would show a step that one side lacks.
    assert!((0.67..1.5).contains(&(known / unknown)), "known {known} s, unknown {unknown} s");
}

async fn the_failures_of_one_address_keep_nobody_else_out(portal: TestPortal) {
    let centre = portal.centre("north").await;
    let email = centre.lead_email();
    for n in 0..120 {
        let mut attacker = portal.visitor().at(&format!("198.51.100.{}", n % 40));
        fail(&mut attacker, &email).await;
    }
    let mut lead = portal.visitor().at("192.0.2.1");
    assert_eq!(portal.sign_in_as(&mut lead, &email, &[]).await, "/home");
}

async fn one_address_is_slowed_down_across_accounts(portal: TestPortal) {
    let centre = portal.centre("north").await;
    let mut attacker = portal.visitor().at("198.51.100.7");
    for n in 0..20 {
        let reply = fail(&mut attacker, &format!("person{n}@north.example")).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{n}");
    }
    let refused = fail(&mut attacker, "one.more@north.example").await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    refused.must_show("Try again in 60 seconds");
    later(&portal, 60);
    // Whoever shares the address, and waits, gets in with both steps.
    let mut lead = portal.visitor().at("198.51.100.7");
    assert_eq!(portal.sign_in_as(&mut lead, &centre.lead_email(), &[]).await, "/home");
    later(&portal, 3600);
    assert_eq!(fail(&mut attacker, "one.more@north.example").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    // Of IPv6, a household has many addresses.
    for n in 0..20 {
        fail(&mut portal.visitor().at(&format!("2001:db8::{n:x}")), &format!("person{n}@north.example")).await;
    }
    let refused = fail(&mut portal.visitor().at("2001:db8::ffff"), "one.more@north.example").await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
}

async fn many_tries_at_once_count_as_many(portal: TestPortal) {
    let centre = portal.centre("north").await;
    let email = Arc::new(centre.lead_email());
    let tries: Vec<_> = (0..16)
        .map(|_| {
            let (mut browser, email) = (portal.visitor(), email.clone());
            tokio::spawn(async move { fail(&mut browser, &email).await.status })
        })
        .collect();
    let mut looked_at = 0;
    for reply in tries {
        looked_at += i32::from(reply.await.expect("a reply") == StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(looked_at, 5);
}

async fn a_forged_header_changes_nothing(portal: TestPortal) {
    let centre = portal.centre("north").await;
    let email = centre.lead_email();
    for n in 0..5 {
        let mut attacker = portal.visitor().at("198.51.100.7").with("x-forwarded-for", &format!("203.0.113.{n}"));
        assert_eq!(fail(&mut attacker, &email).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{n}");
    }
    let mut attacker = portal.visitor().at("198.51.100.7").with("x-forwarded-for", "203.0.113.99");
    assert_eq!(fail(&mut attacker, &email).await.status, StatusCode::TOO_MANY_REQUESTS);
    // Nor can somebody else's address be made to wait.
    let mut lead = portal.visitor().at("203.0.113.1");
    assert_eq!(portal.sign_in_as(&mut lead, &email, &[]).await, "/home");
}

async fn a_trusted_proxy_names_the_client(portal: TestPortal) {
    let centre = portal.centre("north").await;
    let email = centre.lead_email();
    let router =
        portal.with_settings(|settings| settings.trusted_proxies = vec!["10.0.0.0/8".parse().expect("a network")]);
    let from = |forwarded: &str| Browser::new(router.clone()).at("10.1.2.3").with("x-forwarded-for", forwarded);
    for n in 0..5 {
        // What a client has written itself stands left of what the proxy saw.
        let mut attacker = from(&format!("203.0.113.{n}, 198.51.100.7"));
        assert_eq!(fail(&mut attacker, &email).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{n}");
    }
    assert_eq!(fail(&mut from("198.51.100.7"), &email).await.status, StatusCode::TOO_MANY_REQUESTS);
    let mut lead = from("192.0.2.1");
    assert_eq!(portal.sign_in_as(&mut lead, &email, &[]).await, "/home");
}

async fn codes_are_counted_too_and_a_password_does_not_free_them(portal: TestPortal) {
    let centre = portal.centre("north").await;
    let email = centre.lead_email();
    let half = || async {
        let mut browser = portal.visitor();
        browser.post("/sign-in", &[("email", &email), ("password", PASSWORD)]).await.went_to();
        browser
    };
    for _ in 0..5 {
        // The password is typed anew each time.
        let refused = half().await.post("/sign-in/code", &[("code", "000000")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let code = portal.code(&email).await;
    for path in ["/sign-in/code", "/sign-in/recovery"] {
        let refused = half().await.post(path, &[("code", &code)]).await;
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS, "{path}");
        refused.must_show("Try again in 30 seconds");
    }
    later(&portal, 30);
    let code = portal.code(&email).await;
    assert_eq!(half().await.post("/sign-in/code", &[("code", &code)]).await.went_to(), "/home");
}

async fn old_counters_are_swept(portal: TestPortal) {
    for n in 0..3 {
        fail(&mut portal.visitor(), &format!("person{n}@north.example")).await;
    }
    let count = "SELECT CAST(COUNT(*) AS BIGINT) FROM tally";
    assert_eq!(portal.count(count).await, 4);
    let rows = portal.texts("SELECT key_hash FROM tally").await;
    assert!(rows.iter().all(|key| key.len() == 64 && !key.contains("north")));
    later(&portal, 3601);
    fail(&mut portal.visitor(), "somebody@north.example").await;
    assert_eq!(portal.count(count).await, 2);
}

async fn something_costly_has_its_share(portal: TestPortal) {
    const EXPORTS: Limit = Limit::new("exports", 2, 60);
    const LETTERS: Limit = Limit::new("letters", 2, 60);
    let centre = portal.centre("north").await;
    let desk = Desk {
        portal: portal.portal().clone(),
        ticket: Ticket { nonce: String::new(), request_id: "test".into() },
        here: String::new(),
        back: String::new(),
        client: Client { address: [192, 0, 2, 1].into(), device: "" },
        session: tower_sessions::Session::new(
            None,
            Arc::new(crate::store::session::Sessions::new(portal.store.clone(), || Moment::from_millis(0))),
            None,
        ),
    };
    for _ in 0..2 {
        limits::take(&desk, EXPORTS, centre.lead).await.expect("a share");
    }
    assert_eq!(limits::take(&desk, EXPORTS, centre.lead).await, Err(Problem::TooMany(3600)));
    limits::take(&desk, EXPORTS, centre.contributor).await.expect("a share of their own");
    limits::take(&desk, LETTERS, centre.lead).await.expect("another kind");
    later(&portal, 3600);
    limits::take(&desk, EXPORTS, centre.lead).await.expect("a new share");
}
