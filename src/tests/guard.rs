//! What surrounds every answer: headers, nonces, the check of the origin, sessions, and pages for problems.

use super::{
    browser::Browser,
    harness::{ORIGIN, PASSWORD, TestPortal},
    world::at,
};
use crate::server::guard;
use axum::{
    Router,
    body::Body,
    http::{HeaderName, Method, StatusCode, header},
    middleware,
    routing::get,
};
use std::collections::BTreeSet;
use tower_http::catch_panic::CatchPanicLayer;

on_both!(
    the_headers_of_a_page,
    a_nonce_is_used_once_and_stands_on_every_script,
    a_form_of_another_site_is_refused,
    a_head_request_has_the_headers_and_no_body,
    an_unknown_page_says_so,
    an_error_of_ours_says_nothing_about_itself,
    a_panic_says_nothing_about_itself,
    an_unknown_address_and_a_wrong_password_look_the_same,
    the_session_cookie_cannot_be_read_or_sent_by_others,
    signing_in_changes_the_session,
    signing_out_ends_the_session_on_the_server,
    a_session_ends_twelve_hours_after_signing_in,
    the_process_says_how_it_is,
    what_a_browser_keeps_is_named_by_its_content,
);

async fn the_headers_of_a_page(portal: TestPortal) {
    let reply = portal.visitor().page("/").await;
    let bare = reply.bare();
    let head: Vec<&str> =
        bare.lines().take_while(|l| !l.is_empty()).filter(|l| !l.starts_with("content-length")).collect();
    let head = head.join("\n");
    insta::allow_duplicates! {
        insta::assert_snapshot!(head, @r"
        200 OK
        cache-control: no-store
        content-security-policy: default-src 'none'; script-src 'nonce-NONCE' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'
        content-type: text/html; charset=utf-8
        cross-origin-embedder-policy: require-corp
        cross-origin-opener-policy: same-origin
        cross-origin-resource-policy: same-origin
        permissions-policy: camera=(), geolocation=(), microphone=(), payment=(), usb=()
        referrer-policy: same-origin
        vary: accept-encoding
        x-content-type-options: nosniff
        x-frame-options: DENY
        x-permitted-cross-domain-policies: none
        ");
    }
}

async fn a_nonce_is_used_once_and_stands_on_every_script(portal: TestPortal) {
    let (centre, application) = portal.at_a_draft().await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    let mut nonces = BTreeSet::new();
    for path in ["/".to_owned(), "/home".to_owned(), at(application, "/criteria/1"), at(application, "/evidence")] {
        for _ in 0..2 {
            let reply = lead.page(&path).await;
            assert_eq!(reply.nonce().len(), 32, "{path}");
            assert!(nonces.insert(reply.nonce()), "{path} has used a nonce twice");
            for (nonce, code) in reply.html().scripts {
                assert_eq!(nonce, reply.nonce(), "{path}: {code}");
            }
        }
    }
}

async fn a_form_of_another_site_is_refused(portal: TestPortal) {
    let (centre, application) = portal.at_a_draft().await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    let here = at(application, "/criteria/1");
    let site = HeaderName::from_static("sec-fetch-site");
    for (headers, passes) in [
        (vec![(site.clone(), "cross-site"), (header::ORIGIN, "https://evil.example")], false),
        (vec![(site.clone(), "same-site"), (header::ORIGIN, "http://other.portal.test")], false),
        (vec![(header::ORIGIN, "https://evil.example")], false),
        (vec![(header::ORIGIN, "null")], false),
        (vec![(header::ORIGIN, "http://portal.test.evil.example")], false),
        (vec![(site.clone(), "same-origin")], true),
        (vec![(site, "none")], true),
        (vec![(header::ORIGIN, ORIGIN)], true),
    ] {
        let mut request = lead
            .request(&Method::GET, &here)
            .method(Method::POST)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        for (name, value) in &headers {
            request = request.header(name, *value);
        }
        let reply = lead.send(request.body("version=0&narrative=forged".into()).expect("a request")).await;
        if passes {
            assert_eq!(reply.status, StatusCode::SEE_OTHER, "{headers:?}");
        } else {
            assert_eq!(reply.status, StatusCode::FORBIDDEN, "{headers:?}");
            reply.must_show("This request came from another site");
            assert!(portal.read().await.answer(application, 1).await.expect("an answer").is_none(), "{headers:?}");
        }
    }
}

async fn a_head_request_has_the_headers_and_no_body(portal: TestPortal) {
    for path in ["/", "/sign-in", "/no/such/page", "/home", "/livez"] {
        let mut browser = portal.visitor();
        let full = browser.get(path).await;
        let request = browser.request(&Method::HEAD, path).body(Body::empty()).expect("a request");
        let head = browser.send(request).await;
        assert_eq!((head.status, head.body.len()), (full.status, 0), "{path}");
        for name in full.headers.keys().filter(|name| **name != header::VARY && **name != header::CONTENT_LENGTH) {
            assert!(head.headers.contains_key(name), "{path}: {name} is missing");
        }
        // It may be left out, and must not tell another length than the page has.
        let length = head.header(header::CONTENT_LENGTH);
        assert!(length.is_empty() || length == full.header(header::CONTENT_LENGTH), "{path}: {length}");
    }
}

async fn an_unknown_page_says_so(portal: TestPortal) {
    let mut browser = portal.visitor();
    let reply = browser.get("/no/such/page").await;
    assert_eq!(reply.status, StatusCode::NOT_FOUND);
    reply.must_show("We cannot show this page");
    // A known page that is asked for in an unknown way looks the same.
    assert_eq!(browser.post("/help", &[]).await.text(), reply.text());
    assert_eq!(browser.get("/sign-out").await.text(), reply.text());
    assert!(!reply.text().contains("/no/such/page"), "the address is not repeated");
}

async fn an_error_of_ours_says_nothing_about_itself(portal: TestPortal) {
    portal.store.close().await;
    let reply = portal.visitor().get("/").await;
    assert_eq!(reply.status, StatusCode::INTERNAL_SERVER_ERROR);
    reply.must_show("Something went wrong on our side");
    reply.must_show("give the reference ");
    let text = reply.text().to_lowercase();
    for word in ["sqlx", "sqlite", "postgres", "pool", "database", "src/", "closed"] {
        assert!(!text.contains(word), "{word} is told");
    }
}

async fn a_panic_says_nothing_about_itself(portal: TestPortal) {
    async fn panics() -> &'static str {
        panic!("a secret of the program")
    }
    let router = Router::new()
        .route("/", get(panics))
        .layer(CatchPanicLayer::new())
        .layer(middleware::from_fn_with_state(portal.portal().clone(), guard::surround));
    let reply = Browser::new(router).get("/").await;
    assert_eq!(reply.status, StatusCode::INTERNAL_SERVER_ERROR);
    reply.must_show("Something went wrong on our side");
    assert!(!reply.text().contains("secret") && !reply.text().contains("panick"));
    assert_eq!(reply.header(header::X_FRAME_OPTIONS), "DENY");
}

async fn an_unknown_address_and_a_wrong_password_look_the_same(portal: TestPortal) {
    portal.account("Ada", "someone@north.example", &[]).await;
    let mut answers = Vec::new();
    for (email, password) in [
        ("someone@north.example", "not the password".to_owned()),
        ("nobodys@north.example", "not the password".to_owned()),
        ("someone@north.example", "x".repeat(5000)),
        ("nobodys@north.example", "a password that nobody has".to_owned()),
    ] {
        let reply = portal.visitor().post("/sign-in", &[("email", email), ("password", &password)]).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
        answers.push(reply.bare().replace(email, "EMAIL"));
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:#?}");
}

async fn the_session_cookie_cannot_be_read_or_sent_by_others(portal: TestPortal) {
    let centre = portal.centre("north").await;
    let email = centre.lead_email();
    let mut lead = portal.visitor();
    lead.post("/sign-in", &[("email", &email), ("password", PASSWORD)]).await.went_to();
    let code = portal.code(&email).await;
    let reply = lead.post("/sign-in/code", &[("code", &code)]).await;
    let cookie = reply.header(header::SET_COOKIE);
    let attributes: BTreeSet<&str> = cookie.split("; ").skip(1).collect();
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=43200"] {
        assert!(attributes.contains(attribute), "{cookie}");
    }
    assert!(!cookie.contains("Domain"), "{cookie}");
    let value = cookie.split(['=', ';']).nth(1).expect("a value");
    assert!(!portal.texts("SELECT key_hash FROM session").await.iter().any(|key| key == value));
    // A visitor who only looks gets no cookie.
    assert_eq!(portal.visitor().page("/").await.header(header::SET_COOKIE), "");
}

async fn signing_in_changes_the_session(portal: TestPortal) {
    let centre = portal.centre("north").await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    let first = lead.session().expect("a session").to_owned();
    let contributor = centre.contributor_email();
    assert_eq!(portal.sign_in_as(&mut lead, &contributor, &[]).await, "/home");
    let second = lead.session().expect("a session").to_owned();
    assert_ne!(first, second);
    let mut old = portal.visitor();
    old.set_session(&first);
    assert!(old.get("/home").await.went_to().starts_with("/sign-in"), "the old key opens nothing");
    // A key that somebody else has made up opens nothing, and does not become the key of who signs in.
    let mut fixed = portal.visitor();
    fixed.set_session("AAAAAAAAAAAAAAAAAAAAAA");
    portal.sign_in_as(&mut fixed, &contributor, &[]).await;
    assert_ne!(fixed.session(), Some("AAAAAAAAAAAAAAAAAAAAAA"));
}

async fn signing_out_ends_the_session_on_the_server(portal: TestPortal) {
    let centre = portal.centre("north").await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    let mut copy = lead.clone();
    let reply = lead.post("/sign-out", &[]).await;
    assert_eq!(reply.went_to(), "/sign-in");
    assert_eq!(reply.header("clear-site-data"), "\"cache\", \"storage\"");
    assert_eq!(lead.session(), None);
    assert!(copy.get("/home").await.went_to().starts_with("/sign-in"), "a copy of the cookie opens nothing");
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM session").await, 0);
}

async fn a_session_ends_twelve_hours_after_signing_in(portal: TestPortal) {
    let centre = portal.centre("north").await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    // However busy somebody is; every 20 minutes up to 11 h 50.
    for _ in 0..35 {
        portal.wall.set(portal.wall.now().plus_minutes(20));
        lead.page("/home").await.must_show("Welcome back");
    }
    portal.wall.set(portal.wall.now().plus_minutes(19));
    lead.page("/home").await;
    portal.wall.set(portal.wall.now().plus_minutes(1));
    assert_eq!(lead.get("/home").await.went_to(), "/sign-in?next=%2Fhome");
}

async fn the_process_says_how_it_is(portal: TestPortal) {
    assert_eq!(portal.visitor().page("/livez").await.text(), "alive\n");
    assert_eq!(portal.visitor().page("/readyz").await.text(), "ready\n");
    portal.store.close().await;
    assert_eq!(portal.visitor().page("/livez").await.text(), "alive\n");
    let reply = portal.visitor().get("/readyz").await;
    assert_eq!((reply.status, reply.text().as_str()), (StatusCode::SERVICE_UNAVAILABLE, "not ready\n"));
}

async fn what_a_browser_keeps_is_named_by_its_content(portal: TestPortal) {
    let mut browser = portal.visitor();
    let path = format!("/assets/{}", crate::server::assets::STYLE);
    let reply = browser.page(&path).await;
    assert_eq!(reply.header(header::CONTENT_TYPE), "text/css; charset=utf-8");
    assert_eq!(reply.header(header::CACHE_CONTROL), "public, max-age=31536000, immutable");
    assert_eq!(browser.get("/assets/other.css").await.bare(), browser.get("/no/such/page").await.bare());
    let request = browser.request(&Method::GET, &path).header(header::ACCEPT_ENCODING, "gzip, br");
    let packed = browser.send(request.body(Body::empty()).expect("a request")).await;
    assert_eq!(packed.header(header::VARY), "accept-encoding");
    if !packed.header(header::CONTENT_ENCODING).is_empty() {
        assert!(packed.body.len() < reply.body.len());
    }
}
