//! The source of every page of the demo world, as every role: what a browser gets holds nothing that the page does not
//! show, and every link leads somewhere.

use super::{
    browser::{Browser, Reply},
    harness::{Engine, TestPortal},
    html::Page,
    routes::ROUTES,
    world::{CASE, at, content},
};
use crate::domain::level::Level;
use axum::http::{StatusCode, header};
use serde::Deserialize;
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fs,
};

#[derive(Deserialize)]
struct World {
    accounts: Vec<Card>,
}

#[derive(Deserialize)]
struct Card {
    role: String,
    email: String,
    password: String,
    centre: Option<String>,
}

#[derive(Deserialize)]
struct Names {
    centres: Vec<Named>,
    people: Vec<Named>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
    #[serde(default)]
    email: String,
}

/// Words that somebody must not find anywhere.
type Hidden = BTreeSet<String>;

/// What every page is held against.
struct Rules {
    hidden: Hidden,
    /// Fingerprints that pages may show.
    digests: BTreeSet<String>,
    /// Names that centres agreed to publish.
    published: Vec<String>,
    /// Whom the person who looks has declared a tie to.
    ties: Vec<String>,
}

async fn demo() -> (TestPortal, World, Names) {
    let portal = TestPortal::demo(Engine::Sqlite, None).await;
    let read = |name: &str| fs::read_to_string(portal.folder().join(name)).expect("a file of the demo");
    let world = serde_json::from_str(&read("demo.json")).expect("accounts");
    let names = serde_json::from_str(&read("names.json")).expect("names");
    (portal, world, names)
}

/// Everything that names somebody or a centre, but for those whose address ends like that of the person who looks.
fn hidden_from(names: &Names, own: Option<&Card>) -> Hidden {
    let domain = own.and_then(|card| card.email.split_once('@')).map(|(_, domain)| domain);
    let mine = |p: &&Named| match own {
        Some(card) if card.centre.is_none() => p.email == card.email,
        Some(_) => p.email.ends_with(domain.unwrap_or("nowhere")),
        None => false,
    };
    let role = own.map_or("", |card| card.role.as_str());
    let people = names.people.iter().filter(|p| !mine(p)).flat_map(|p| [p.name.clone(), p.email.clone()]);
    let centre = own.and_then(|card| card.centre.clone());
    let centres = names.centres.iter().map(|c| c.name.clone()).filter(|name| Some(name) != centre.as_ref());
    // Administrators look after people, and no centre; coordinators know every centre, and invite people to it.
    match role {
        "administrator" => centres.collect(),
        "coordinator" | "chair" => people.collect(),
        _ => people.chain(centres).collect(),
    }
}

/// Every page that can be reached by links, with what is wrong with it.
async fn walk(browser: &mut Browser, rules: &Rules) -> (usize, Vec<String>) {
    let mut waiting: VecDeque<String> = ["/", "/home", "/sign-in"].map(str::to_owned).into();
    let mut seen: BTreeSet<String> = waiting.iter().cloned().collect();
    let mut ids: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let (mut anchors, mut wrong) = (Vec::new(), Vec::new());
    while let Some(path) = waiting.pop_front() {
        let reply = browser.get(&path).await;
        if reply.status == StatusCode::SEE_OTHER && matches!(path.as_str(), "/home" | "/sign-in") {
            continue;
        }
        if reply.status != StatusCode::OK {
            wrong.push(format!("{path}: {}", reply.headline()));
            continue;
        }
        if !reply.header(header::CONTENT_TYPE).starts_with("text/html") {
            continue;
        }
        let page = reply.html();
        // The register shows what centres agreed to publish.
        let agreed = |fault: &str| {
            let known = match path.as_str() {
                path if path.starts_with("/register") => &rules.published,
                // A profile shows its own ties.
                "/reviews/profile" => &rules.ties,
                _ => return false,
            };
            known.iter().any(|name| fault == format!("tells {name}"))
        };
        let found = faults(&reply, &page, rules).into_iter().filter(|fault| !agreed(fault));
        wrong.extend(found.map(|fault| format!("{path}: {fault}")));
        for href in page.values("href") {
            let (place, anchor) = href.split_once('#').unwrap_or((href, ""));
            let place = if place.is_empty() { path.as_str() } else { place };
            if !place.starts_with('/') || place.starts_with("//") {
                wrong.push(format!("{path}: leads out to {href}"));
                continue;
            }
            if !anchor.is_empty() {
                anchors.push((path.clone(), place.to_owned(), anchor.to_owned()));
            }
            if seen.insert(place.to_owned()) {
                waiting.push_back(place.to_owned());
            }
        }
        ids.insert(path, page.ids().keys().map(|id| (*id).to_owned()).collect());
    }
    let lost = anchors.into_iter().filter(|(_, place, anchor)| ids.get(place).is_some_and(|ids| !ids.contains(anchor)));
    wrong.extend(lost.map(|(path, place, anchor)| format!("{path}: {place} has no #{anchor}")));
    (ids.len(), wrong)
}

/// What is wrong with one page.
fn faults(reply: &Reply, page: &Page, rules: &Rules) -> Vec<String> {
    let (text, mut wrong) = (reply.text(), Vec::new());
    for tag in &page.tags {
        for (name, value) in &tag.attributes {
            if name == "style" || name.starts_with("on") || value.starts_with("javascript:") {
                wrong.push(format!("<{} {name}=\"{value}\">", tag.name));
            }
        }
    }
    for (name, expected) in [("h1", 1), ("main", 1), ("title", 1), ("style", 0), ("base", 0), ("iframe", 0)] {
        let count = page.named(name).count();
        if count != expected {
            wrong.push(format!("{count} of <{name}>"));
        }
    }
    let ids = page.ids();
    wrong.extend(ids.iter().filter(|(_, n)| **n != 1).map(|(id, n)| format!("{n} elements are #{id}")));
    for attribute in ["for", "aria-labelledby", "aria-describedby"] {
        let named = page.values(attribute).flat_map(str::split_whitespace);
        wrong.extend(named.filter(|id| !ids.contains_key(id)).map(|id| format!("{attribute}={id} leads nowhere")));
    }
    wrong.extend(
        page.scripts.iter().filter(|(nonce, _)| *nonce != reply.nonce()).map(|(_, code)| format!("script {code}")),
    );
    wrong.extend(
        page.named("form")
            .filter_map(|form| Some((form.get("method").unwrap_or("get"), form.get("action")?)))
            .filter(|(method, action)| !is_route(method, action))
            .map(|(_, action)| format!("form to {action}")),
    );
    wrong.extend(unseen_props(page));
    wrong.extend(rules.hidden.iter().filter(|word| text.contains(word.as_str())).map(|word| format!("tells {word}")));
    wrong.extend(secrets(&text, page, rules));
    wrong
}

fn is_route(sent: &str, action: &str) -> bool {
    let action: Vec<&str> = action.split('/').collect();
    ROUTES.iter().filter(|(method, ..)| method.eq_ignore_ascii_case(sent)).any(|(_, template, _)| {
        let template: Vec<&str> = template.split('/').collect();
        template.len() == action.len() && template.iter().zip(&action).all(|(t, a)| t.starts_with('{') || t == a)
    })
}

/// Texts in the properties of islands that the page does not show. They may also name an element.
fn unseen_props(page: &Page) -> Vec<String> {
    let mut unseen = Vec::new();
    for props in page.values("data-props") {
        let values: BTreeMap<String, serde_json::Value> = serde_json::from_str(props).expect("props are JSON");
        for (name, value) in values {
            let value = value.as_str().expect("props are texts");
            if !page.text.contains(value) && !page.ids().contains_key(value) {
                unseen.push(format!("data-props {name}={value:?} is not shown"));
            }
        }
    }
    unseen
}

/// Hashes of passwords, tokens and addresses that are in the source.
fn secrets(text: &str, page: &Page, rules: &Rules) -> Vec<String> {
    let mut found = Vec::new();
    if text.contains("argon2") {
        found.push("a password hash".to_owned());
    }
    for word in text.split(|c: char| !c.is_ascii_hexdigit()) {
        if word.len() == 64 && !rules.digests.contains(word) {
            found.push(format!("token or hash {word}"));
        }
    }
    for word in text.split(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '@' | '.' | '-' | '_')) {
        let shown = || {
            page.text.contains(word)
                || page.named("input").any(|i| i.get("type") != Some("hidden") && i.get("value") == Some(word))
        };
        if word.contains('@') && !shown() {
            found.push(format!("address {word} is not shown"));
        }
    }
    found
}

/// Whom the person with this address has declared a tie to.
async fn own_ties(portal: &TestPortal, email: &str) -> Vec<String> {
    let mut tx = portal.read().await;
    let account = tx.account_by_email(email).await.expect("an answer").expect("an account").id;
    tx.ties_of(account).await.expect("ties").into_iter().map(|stored| stored.tie.name).collect()
}

/// Walks as one account of the demo, or as nobody.
async fn walk_as(portal: &TestPortal, names: &Names, card: Option<&Card>) -> (usize, Vec<String>) {
    let mut browser = match card {
        Some(card) => portal.enter_demo(&card.email, &card.password).await,
        None => portal.visitor(),
    };
    let digests = portal.texts("SELECT sha256 FROM snapshot UNION SELECT sha256 FROM file").await;
    let published = portal.texts("SELECT public_name FROM designation WHERE published").await;
    let ties = match card {
        Some(card) => own_ties(portal, &card.email).await,
        None => Vec::new(),
    };
    let rules = Rules { hidden: hidden_from(names, card), published, ties, digests: digests.into_iter().collect() };
    let (pages, wrong) = walk(&mut browser, &rules).await;
    let who = card.map_or("a visitor", |card| card.email.as_str());
    (pages, wrong.into_iter().map(|fault| format!("{who}: {fault}\n")).collect())
}

#[tokio::test]
async fn every_page_of_the_demo_is_clean_for_every_role() {
    let (portal, world, names) = demo().await;
    let (mut pages, mut wrong) = walk_as(&portal, &names, None).await;
    for card in &world.accounts {
        let (more, faults) = walk_as(&portal, &names, Some(card)).await;
        assert!(18 <= more, "{} sees only {more} pages", card.role);
        pages += more;
        wrong.extend(faults);
    }
    assert!(300 < pages, "only {pages} pages were found");
    assert!(wrong.is_empty(), "{} faults on {pages} pages:\n{}", wrong.len(), wrong.concat());
}

#[tokio::test]
async fn a_page_with_three_texts_of_one_answer_is_clean() {
    let portal = TestPortal::begin(Engine::Sqlite).await;
    let (centre, application) = portal.at_a_draft().await;
    portal.colleague(&centre, "Cleo north", "cleo@north.example").await;
    let here = at(application, "/criteria/3");
    for email in [centre.lead_email(), centre.contributor_email(), "cleo@north.example".to_owned()] {
        let mut browser = portal.sign_in(&email).await;
        browser.post(&here, &[("version", "0"), ("narrative", &format!("Text of {email}."))]).await.went_to();
    }
    let reply = portal.sign_in(&centre.lead_email()).await.page(&here).await;
    let rules = Rules { hidden: Hidden::new(), digests: BTreeSet::new(), published: Vec::new(), ties: Vec::new() };
    assert_eq!(faults(&reply, &reply.html(), &rules), [""; 0]);
}

#[tokio::test]
async fn the_home_page_of_somebody_with_two_centres_is_clean() {
    let portal = TestPortal::begin(Engine::Sqlite).await;
    let (north, application) = portal.at_a_draft().await;
    let south = portal.centre("south").await;
    let cycle = portal.read().await.cycles().await.expect("cycles").remove(0);
    let other = portal.draft(&south, &cycle).await;
    for (centre, application) in [(&north, application), (&south, other)] {
        portal.answer(centre.lead, application, 1, &content(Level::Established, CASE)).await;
    }
    let mut tx = portal.write().await;
    let role = crate::store::centre::Role::Lead;
    tx.join_centre(&portal.stamp(None), south.id, north.lead, role).await.expect("a second centre");
    tx.commit().await.expect("commit");
    let reply = portal.sign_in(&north.lead_email()).await.page("/home").await;
    let rules = Rules { hidden: Hidden::new(), digests: BTreeSet::new(), published: Vec::new(), ties: Vec::new() };
    assert_eq!(faults(&reply, &reply.html(), &rules), [""; 0]);
}
