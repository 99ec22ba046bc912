//! Side doors: searches, references of somebody else, conflicts. Each asks the portal in two ways between which somebody on
//! the wrong side must see no difference.

use super::{
    browser::Reply,
    harness::Engine,
    routes::{Door, ROUTES},
    swap::{
        cast::{Cast, House, Judge},
        story::Chapter,
        walk::{addresses, crawl, received, unpacked},
        world::World,
    },
};
use crate::{
    domain::stage::StageName,
    store::conflict::{Kind, Source},
};
use axum::http::StatusCode;
use std::collections::{BTreeMap, BTreeSet};

/// Names under which a page may take a word to look for, or an order.
const ASKED_BY: [&str; 10] = ["q", "search", "name", "centre", "country", "reviewer", "sort", "order", "state", "page"];

/// A world in the middle of its reviews.
async fn in_review(engine: Engine, until: Chapter) -> World {
    let mut world = World::begin(engine, Cast::FIRST).await;
    for chapter in Chapter::ALL.into_iter().filter(|chapter| *chapter <= until) {
        world.tell(chapter).await;
    }
    world
}

/// Every page that answers this person with 200.
async fn pages_of(world: &mut World, who: &'static str) -> BTreeSet<String> {
    let values = world.values().await;
    let mut places = BTreeSet::new();
    for (_, template, _) in ROUTES.iter().filter(|(method, _, door)| *method == "GET" && *door != Door::Demo) {
        places.extend(addresses(template, &values));
    }
    let mut open = BTreeSet::new();
    crawl(world, who, async |_, path, reply| {
        if reply.status == StatusCode::OK {
            open.insert(path.to_owned());
        }
    })
    .await;
    for place in places.difference(&open.clone()) {
        if world.get(who, place).await.status == StatusCode::OK {
            open.insert(place.clone());
        }
    }
    open
}

/// What somebody is told when they look for a word, with the word itself taken out.
fn told(reply: &Reply, word: &str) -> String {
    (received(reply) + &unpacked(reply)).replace(word, "WORD")
}

async fn looking_for_a_name_is_like_looking_for_nothing(engine: Engine) {
    let mut world = in_review(engine, Chapter::Reviewing).await;
    let (houses, judges) = (world.cast.houses, world.cast.judges);
    let centre_words = [houses[0].lead.email, "Quillmere", houses[0].city, houses[0].country];
    let panel_words = ["Marlowitz", judges[1].person.email, "Tarnklinik", judges[2].country];
    let mut compared = 0;
    for (who, words) in [
        ("visitor", [centre_words, panel_words].concat()),
        ("stranger", [centre_words, panel_words].concat()),
        ("reviewer 1", [centre_words.as_slice(), &panel_words[1..]].concat()),
        ("reviewer 2", centre_words.to_vec()),
        ("lead", panel_words.to_vec()),
        ("other lead", [centre_words, panel_words].concat()),
    ] {
        let mut pages = pages_of(&mut world, who).await;
        pages.retain(|page| !page.contains('?') && !page.starts_with("/criteria/") && !page.starts_with("/assets"));
        assert!(8 < pages.len(), "{who} sees {} pages", pages.len());
        for page in &pages {
            for by in ASKED_BY {
                for word in &words {
                    let nonsense: String = word.chars().map(|c| if c.is_alphanumeric() { 'x' } else { c }).collect();
                    let ask = |word: &str| {
                        let query = serde_urlencoded::to_string([(by, word)]).expect("a query");
                        format!("{page}?{query}")
                    };
                    let (hit, miss) = (world.get(who, &ask(word)).await, world.get(who, &ask(&nonsense)).await);
                    let encoded = |word: &str| word.replace('@', "%40");
                    let hit = told(&hit, word).replace(&encoded(word), "WORD");
                    let miss = told(&miss, &nonsense).replace(&encoded(&nonsense), "WORD");
                    assert_eq!(hit, miss, "{who}: {page}, {by}={word}");
                    compared += 1;
                }
            }
        }
    }
    println!("{compared} searches on {engine:?} tell nothing");
}

async fn what_is_somebody_elses_is_like_what_is_not(engine: Engine) {
    let mut compared = 0;
    for until in [Chapter::Draft, Chapter::Reviewing, Chapter::Deliberating, Chapter::Answered] {
        let mut world = in_review(engine, until).await;
        let values = world.values().await;
        let mut different = Vec::new();
        for who in ["stranger", "lead", "other contributor", "reviewer 1", "reviewer 3", "administrator"] {
            let foreign = world.foreign(who, &values);
            for (method, template, door) in ROUTES {
                let Some(name) = ["{application}", "{review}"].into_iter().find(|name| template.contains(name)) else {
                    continue;
                };
                if *door == Door::Public {
                    continue;
                }
                for value in &foreign[name] {
                    let mut unused = values.clone();
                    unused.insert(name.to_owned(), vec!["5".repeat(32)]);
                    let mut used = values.clone();
                    used.insert(name.to_owned(), vec![value.clone()]);
                    let (there, nowhere) =
                        (addresses(template, &used).remove(0), addresses(template, &unused).remove(0));
                    let (one, other) = if *method == "GET" {
                        (world.get(who, &there).await, world.get(who, &nowhere).await)
                    } else {
                        (world.post(who, &there).await, world.post(who, &nowhere).await)
                    };
                    compared += 1;
                    if received(&one) != received(&other) || one.status != StatusCode::NOT_FOUND {
                        different.push(format!("{who}: {method} {there}: {}\n", one.headline()));
                    }
                }
            }
        }
        assert!(different.is_empty(), "{}: {}", until.name(), different.concat());
    }
    println!("{compared} references of others on {engine:?} are like none");
}

async fn a_conflict_takes_every_trace_away(engine: Engine) {
    let mut world = in_review(engine, Chapter::Reviewing).await;
    let values = world.values().await;
    let own: Vec<&str> = world.cast.houses[0].words();
    let shared = [world.applications[0].to_string()];
    let trace = |text: &str| {
        let of_centre = own.iter().find(|word| text.contains(**word)).map(|word| (*word).to_owned());
        of_centre.or_else(|| shared.iter().find(|id| text.contains(id.as_str())).cloned())
    };
    let mut tx = world.portal.write().await;
    let stamp = world.portal.stamp(Some(world.group[0]));
    for account in [world.group[1], world.group[2], world.judges[0]] {
        let kind = Kind::Institution;
        tx.add_conflict(&stamp, world.applications[0], account, kind, Source::Recorded, "").await.expect("a conflict");
    }
    tx.commit().await.expect("commit");
    let mut places: BTreeSet<String> = BTreeSet::new();
    for (_, template, _) in ROUTES.iter().filter(|(method, _, door)| *method == "GET" && *door != Door::Demo) {
        places.extend(addresses(template, &values));
    }
    let mut seen_before = false;
    for who in ["coordinator", "second coordinator", "chair", "reviewer 1"] {
        let mut found = Vec::new();
        let mut asked = BTreeMap::new();
        let of_links = crawl(&mut world, who, async |_, path, reply| {
            asked.insert(path.to_owned(), reply.clone());
        })
        .await;
        for place in places.difference(&of_links) {
            asked.insert(place.clone(), world.get(who, place).await);
        }
        for (path, reply) in asked {
            // Who was invited to lead which centre is known before there is an application to be conflicted with.
            if path.starts_with("/working-group/invitations") || reply.status != StatusCode::OK {
                continue;
            }
            let text = super::html::unescape(&(reply.bare() + &unpacked(&reply)));
            found.extend(trace(&text).map(|word| format!("{who}: {path} tells {word}\n")));
        }
        if who == "coordinator" {
            seen_before = !found.is_empty();
        } else {
            assert!(found.is_empty(), "{}", found.concat());
        }
    }
    let office = ROUTES.iter().any(|(_, path, _)| path.starts_with("/working-group/applications"));
    assert!(seen_before || !office, "the coordinator without a conflict sees it");
}

async fn an_assignment_ends_with_the_panels_work(engine: Engine) {
    let mut world = in_review(engine, Chapter::Reviewing).await;
    let review = world.seats[0].id.to_string();
    let values =
        BTreeMap::from([("{review}".to_owned(), vec![review]), ("{criterion}".to_owned(), vec!["3".to_owned()])]);
    let stages = [StageName::Decided, StageName::Released, StageName::Withdrawn];
    let inside: Vec<String> = ROUTES
        .iter()
        .filter(|(method, path, _)| *method == "GET" && path.contains("{review}"))
        .flat_map(|(_, template, _)| addresses(template, &values))
        .collect();
    let mut open = 0;
    for path in &inside {
        open += usize::from(world.get("reviewer 1", path).await.status == StatusCode::OK);
    }
    assert!(inside.is_empty() || 0 < open, "the review opens while the panel works");
    for stage in stages {
        world.portal.sql("UPDATE application SET stage = $1 WHERE stage = stage", &[stage.key()]).await;
        for path in &inside {
            let (gone, unknown) = (world.get("reviewer 1", path).await, world.get("reviewer 1", "/no/such/page").await);
            assert_eq!(received(&gone), received(&unknown), "{stage:?} {path}");
        }
    }
}

#[test]
fn the_words_that_are_looked_for_are_in_the_cast() {
    let all: Vec<&str> = Cast::FIRST.houses.iter().flat_map(House::words).collect();
    let judges: Vec<&str> = Cast::FIRST.judges.iter().flat_map(Judge::words).collect();
    assert!(all.contains(&"Quillmere") && judges.contains(&"Marlowitz") && judges.contains(&"Tarnklinik"));
}

on_engines!(
    looking_for_a_name_is_like_looking_for_nothing,
    what_is_somebody_elses_is_like_what_is_not,
    a_conflict_takes_every_trace_away,
    an_assignment_ends_with_the_panels_work,
);
