//! Who gets what: every route, asked as everybody, against its door; and what no request may do whoever sends it.

use super::{
    access::{Scene, ask},
    browser::{Browser, Reply},
    harness::{Engine, ORIGIN, TestPortal},
    routes::{Door, ROUTES},
};
use axum::{
    body::Body,
    http::{HeaderName, Method, StatusCode, header},
};
use std::collections::BTreeMap;

/// Everybody who asks.
const WHO: [&str; 9] =
    ["visitor", "stranger", "contributor", "lead", "other lead", "coordinator", "chair", "reviewer", "administrator"];

/// Routes that answer like an unknown page also where they are open: there is no such link, no receipt and no designation
/// of a draft, no centre named, nobody to confirm for.
const EMPTY: &[(&str, &str)] = &[
    ("POST", "/account/providers/{provider}"),
    ("POST", "/account/identities/{identity}/remove"),
    ("POST", "/account/confirm/passkey/begin"),
    ("POST", "/account/passkeys/{passkey}/remove"),
    ("POST", "/sign-in/provider/{provider}"),
    ("GET", "/sign-in/provider/{provider}/callback"),
    ("POST", "/applications/{application}/check/confirm"),
    ("GET", "/confirmations/{token}"),
    ("POST", "/confirmations/{token}"),
    ("GET", "/applications/{application}/receipt"),
    ("GET", "/applications/{application}/result"),
    ("GET", "/applications/{application}/appeal"),
    ("POST", "/applications/{application}/appeal"),
    ("GET", "/working-group/applications/{application}/decision"),
    ("POST", "/working-group/applications/{application}/decision"),
    ("POST", "/working-group/applications/{application}/decision/confirm"),
    ("POST", "/working-group/applications/{application}/decision/back"),
    ("POST", "/working-group/applications/{application}/decision/letter"),
    ("GET", "/working-group/applications/{application}/gate"),
    ("POST", "/working-group/applications/{application}/gate"),
    ("GET", "/working-group/applications/{application}/appeal"),
    ("POST", "/working-group/applications/{application}/appeal"),
    ("POST", "/working-group/applications/{application}/appeal/confirm"),
    ("POST", "/working-group/applications/{application}/appeal/back"),
    ("GET", "/working-group/cycles/{cycle}/releases/{batch}"),
    ("POST", "/working-group/cycles/{cycle}/releases/{batch}"),
    ("POST", "/working-group/cycles/{cycle}/releases/{batch}/discard"),
    ("GET", "/applications/{application}/certificate"),
    ("GET", "/applications/{application}/designation"),
    ("POST", "/applications/{application}/designation"),
    ("POST", "/applications/{application}/designation/unpublish"),
    ("GET", "/working-group/designations/{designation}"),
    ("POST", "/working-group/designations/{designation}/visits"),
    ("POST", "/working-group/designations/{designation}/withdrawal"),
    ("POST", "/working-group/designations/{designation}/withdrawal/drop"),
    ("POST", "/working-group/designations/{designation}/withdrawal/confirm"),
    ("GET", "/applications/{application}/requests/{request}/files/{file}"),
    ("POST", "/reviews/profile/ties/{tie}/remove"),
    ("POST", "/applications"),
];

/// What somebody meets at a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Met {
    Open,
    Refused,
    Hidden,
    SignIn,
}

/// What the door says they meet.
fn expected(door: Door, who: &str) -> Met {
    let of_centre = matches!(who, "contributor" | "lead");
    match door {
        // The scene is a draft: nobody of the working group reads it.
        Door::Case if who != "visitor" => Met::Hidden,
        Door::Secretariat if who == "coordinator" => Met::Open,
        Door::Secretariat if who == "chair" => Met::Refused,
        // The tests run the demo.
        Door::Public | Door::Demo => Met::Open,
        _ if who == "visitor" => Met::SignIn,
        Door::Account => Met::Open,
        Door::Centre | Door::Typed if of_centre => Met::Open,
        Door::Lead if who == "lead" => Met::Open,
        Door::Lead if of_centre => Met::Refused,
        Door::Coordinator if who == "coordinator" => Met::Open,
        Door::WorkingGroup | Door::GroupTyped if matches!(who, "coordinator" | "chair") => Met::Open,
        Door::Administrator if who == "administrator" => Met::Open,
        Door::Reviewer if who == "reviewer" => Met::Open,
        // Nobody of these sits on a panel.
        Door::Centre
        | Door::Typed
        | Door::Lead
        | Door::Coordinator
        | Door::WorkingGroup
        | Door::GroupTyped
        | Door::Administrator
        | Door::Reviewer
        | Door::Panel
        | Door::Secretariat
        | Door::Case
        | Door::PanelTyped => Met::Hidden,
    }
}

fn met(reply: &Reply, unknown: &Reply) -> Met {
    if reply.header("location").starts_with("/sign-in?next=") || reply.status == StatusCode::UNAUTHORIZED {
        Met::SignIn
    } else if reply.bare() == unknown.bare() {
        Met::Hidden
    } else if reply.status == StatusCode::FORBIDDEN {
        Met::Refused
    } else {
        Met::Open
    }
}

/// What changes least comes first, so that each route is asked in a whole world; signing out comes last.
fn in_order() -> Vec<(&'static str, &'static str, Door)> {
    let ends = ["/withdraw", "/remove", "/revoke", "/close", "/end", "/reopen"];
    let mut all: Vec<_> = ROUTES.to_vec();
    all.sort_by_key(|(method, path, _)| {
        let last = *path == "/sign-out";
        (last, *method == "POST" && ends.iter().any(|end| path.ends_with(end)), *method == "POST")
    });
    all
}

/// Makes everybody who asks, and answers with the browser of one of them.
async fn somebody(portal: &TestPortal, scene: &Scene, who: &str) -> Browser {
    let email = match who {
        "visitor" => return portal.visitor(),
        "contributor" => scene.centre.contributor_email(),
        "lead" => scene.centre.lead_email(),
        "other lead" => portal.centre("south").await.lead_email(),
        "stranger" => {
            portal.account("Stranger", "stranger@example.org", &[]).await;
            "stranger@example.org".to_owned()
        }
        role => {
            let email = format!("{role}@example.org");
            portal.account(role, &email, &[role]).await;
            email
        }
    };
    portal.sign_in(&email).await
}

async fn column(engine: Engine, who: &str) -> BTreeMap<(&'static str, &'static str), (StatusCode, Met)> {
    let portal = TestPortal::begin(engine).await;
    let scene = Scene::of(&portal).await;
    let mut browser = somebody(&portal, &scene, who).await;
    let mut column = BTreeMap::new();
    for (method, template, _) in in_order() {
        let unknown = ask(&mut browser, method, "/no/such/page").await;
        let path = scene.address(template);
        let fields =
            [("narrative", "typed"), ("evidence", scene.value("{evidence}")), ("criterion", "3"), ("what", "Hire")];
        let reply = if method == "POST" { browser.post(&path, &fields).await } else { browser.get(&path).await };
        let place = reply.header("location");
        assert!(
            place.is_empty() || (place.starts_with('/') && !place.starts_with("//")),
            "{method} {template}: {place}"
        );
        column.insert((method, template), (reply.status, met(&reply, &unknown)));
    }
    column
}

async fn who_gets_what(engine: Engine) {
    let mut columns = Vec::new();
    for who in WHO {
        columns.push((who, column(engine, who).await));
    }
    let mut wrong = String::new();
    let mut table = format!("{:4} {:<75} {:<13} {}\n", "", "", "", WHO.join(" | "));
    for (method, template, door) in ROUTES {
        table += &format!("{method:4} {template:<75} {:<13}", format!("{door:?}"));
        for (who, column) in &columns {
            let (status, met) = column[&(*method, *template)];
            let width = who.len() + if *who == WHO[0] { 1 } else { 3 };
            table += &format!("{:>width$}", status.as_u16());
            let mut should = expected(*door, who);
            if should == Met::Open && EMPTY.contains(&(*method, *template)) {
                should = Met::Hidden;
            }
            if met != should {
                wrong += &format!("{method} {template} as {who}: {status}, {met:?} instead of {should:?}\n");
            }
        }
        table += "\n";
    }
    assert!(wrong.is_empty(), "{wrong}");
    insta::assert_snapshot!("who_gets_what", table);
}

/// What is in the database, but for sessions and the record of reads.
async fn state(portal: &TestPortal) -> BTreeMap<String, Vec<String>> {
    let mut rows = portal.rows().await;
    for table in ["session", "reading", "record_head"] {
        rows.remove(table);
    }
    if let Some(events) = rows.get_mut("event") {
        events.retain(|row| !row.contains("Read") && !row.contains("Opened"));
    }
    rows
}

async fn a_get_changes_nothing(engine: Engine) {
    for who in WHO {
        let portal = TestPortal::begin(engine).await;
        let scene = Scene::of(&portal).await;
        let mut browser = somebody(&portal, &scene, who).await;
        let before = state(&portal).await;
        assert!(20 < before.len() && !before["event"].is_empty());
        for (_, template, _) in ROUTES.iter().filter(|(method, ..)| *method == "GET") {
            browser.get(&scene.address(template)).await;
            let after = state(&portal).await;
            let changed: Vec<_> = after.iter().filter(|(table, rows)| before[*table] != **rows).collect();
            assert!(changed.is_empty(), "GET {template} as {who} has changed {changed:?}");
        }
    }
}

async fn no_form_of_another_site_passes(engine: Engine) {
    let site = HeaderName::from_static("sec-fetch-site");
    for who in ["visitor", "lead", "coordinator", "administrator"] {
        let portal = TestPortal::begin(engine).await;
        let scene = Scene::of(&portal).await;
        let mut browser = somebody(&portal, &scene, who).await;
        let before = portal.rows().await;
        for (_, template, _) in ROUTES.iter().filter(|(method, ..)| *method == "POST") {
            for headers in [
                vec![(site.clone(), "cross-site"), (header::ORIGIN, "https://evil.example")],
                vec![(header::ORIGIN, "https://evil.example")],
                vec![(header::ORIGIN, "null")],
            ] {
                let mut request = browser
                    .request(&Method::GET, &scene.address(template))
                    .method(Method::POST)
                    .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
                for (name, value) in &headers {
                    request = request.header(name, *value);
                }
                let reply = browser.send(request.body("narrative=forged".into()).expect("a request")).await;
                assert_eq!(reply.status, StatusCode::FORBIDDEN, "POST {template} as {who}: {headers:?}");
                reply.must_show("This request came from another site");
            }
        }
        assert_eq!(portal.rows().await, before, "{who}");
    }
}

async fn a_forged_host_appears_nowhere(engine: Engine) {
    for who in ["visitor", "lead", "coordinator", "administrator"] {
        let portal = TestPortal::begin(engine).await;
        let scene = Scene::of(&portal).await;
        let mut browser = somebody(&portal, &scene, who).await;
        for (method, template, _) in in_order() {
            let path = scene.address(template);
            let method = if method == "GET" { Method::GET } else { Method::POST };
            let mut request = browser.request(&method, &path);
            let headers = request.headers_mut().expect("headers");
            for name in ["host", "x-forwarded-host", "x-original-host", "forwarded"] {
                let value = if name == "forwarded" { "host=evil.example" } else { "evil.example" };
                headers.insert(HeaderName::from_static(name), value.parse().expect("a header"));
            }
            headers.insert(header::CONTENT_TYPE, "application/x-www-form-urlencoded".parse().expect("a header"));
            let body = "name=Zoe&email=zoe@zenith.example&centre-name=Zenith&city=Z&country=Z&role=chair";
            let body = if method == Method::GET { Body::empty() } else { body.into() };
            let reply = browser.send(request.body(body).expect("a request")).await;
            let shown = reply.bare();
            assert!(!shown.contains("evil.example"), "{method} {template} as {who}: {shown}");
            // A link that is to be sent leads to the portal.
            if path.ends_with("/invitations") && reply.status == StatusCode::OK && method == Method::POST {
                assert!(shown.contains(&format!("{ORIGIN}/invitations/")), "{method} {template} as {who}");
            }
        }
    }
}

async fn signing_in_leads_nowhere_else(engine: Engine) {
    let portal = TestPortal::begin(engine).await;
    portal.account("Ada", "ada@example.org", &[]).await;
    for next in [
        "https://evil.example",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "javascript:alert(1)",
        "http:evil.example",
        "evil.example",
        "home",
        "",
    ] {
        let mut browser = portal.visitor();
        let place = portal.sign_in_as(&mut browser, "ada@example.org", &[("next", next)]).await;
        assert_eq!(place, "/home", "{next:?}");
        let query = serde_urlencoded::to_string([("next", next)]).expect("a query");
        assert_eq!(browser.get(&format!("/sign-in?{query}")).await.went_to(), "/home", "{next:?}, signed in");
    }
    let mut browser = portal.visitor();
    let place = portal.sign_in_as(&mut browser, "ada@example.org", &[("next", "/criteria/3?x=1")]).await;
    assert_eq!(place, "/criteria/3?x=1");
}

on_engines!(
    who_gets_what,
    a_get_changes_nothing,
    no_form_of_another_site_passes,
    a_forged_host_appears_nowhere,
    signing_in_leads_nowhere_else,
);
