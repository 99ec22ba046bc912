//! What is not said, and still could be read: addresses, pictures, orders, counts, how far something is, and the record.

use super::{
    harness::Engine,
    swap::{
        cast::{Cast, House, Judge, Person},
        story::Chapter,
        walk::{crawl, received, unpacked},
        world::World,
    },
};
use crate::domain::id::AccountId;
use std::collections::BTreeSet;

async fn told(engine: Engine, until: Chapter) -> World {
    let mut world = World::begin(engine, Cast::FIRST).await;
    for chapter in Chapter::ALL.into_iter().filter(|chapter| *chapter <= until) {
        world.tell(chapter).await;
    }
    world
}

/// Every word of a cast that names somebody.
fn every_word(cast: &Cast) -> Vec<&'static str> {
    let houses = cast.houses.iter().flat_map(House::words);
    let judges = cast.judges.iter().flat_map(Judge::words);
    houses.chain(judges).chain(cast.group.into_iter().flat_map(Person::words)).collect()
}

async fn no_address_names_anybody(engine: Engine) {
    let mut world = told(engine, Chapter::Answered).await;
    let words: Vec<String> = every_word(&world.cast).iter().map(|word| word.to_lowercase()).collect();
    let mut places = BTreeSet::new();
    for who in World::EVERYBODY {
        crawl(&mut world, who, async |_, path, reply| {
            places.insert(path.to_owned());
            if reply.header("content-type").starts_with("text/html") {
                let page = reply.html();
                places.extend(page.values("action").chain(page.values("src")).map(str::to_owned));
            }
            places.insert(reply.header("location").to_owned());
            places.insert(reply.header("content-disposition").to_owned());
        })
        .await;
    }
    assert!(40 < places.len(), "{}", places.len());
    // A link that a centre has given as evidence is text of the centre, and no address of ours.
    let found: Vec<_> = places.iter().filter(|p| words.iter().any(|w| p.to_lowercase().contains(w.as_str()))).collect();
    assert!(found.is_empty(), "{found:?}");
}

async fn no_page_shows_a_picture_of_anybody(engine: Engine) {
    let mut world = told(engine, Chapter::Deliberating).await;
    let mut pages = 0;
    for who in World::EVERYBODY {
        crawl(&mut world, who, async |_, path, reply| {
            if !reply.header("content-type").starts_with("text/html") {
                return;
            }
            pages += 1;
            let page = reply.html();
            // A document is shown page by page, in pictures of its own: what shows it says whose page that is.
            let document = path.split('?').next().unwrap_or(path).trim_end_matches("/preview");
            let own = format!("{document}/pages/");
            for picture in page.named("img") {
                let source = picture.get("src").unwrap_or_default();
                assert!(source.starts_with(&own), "<img> of {source} on {path} as {who}");
            }
            for tag in ["image", "picture", "video", "iframe", "object", "embed"] {
                assert_eq!(page.named(tag).count(), 0, "<{tag}> on {path} as {who}");
            }
        })
        .await;
    }
    assert!(60 < pages, "{pages}");
}

async fn letters_follow_a_random_place(engine: Engine) {
    let world = told(engine, Chapter::Accepted).await;
    let (portal, application) = (&world.portal, world.applications[0]);
    let mut asked: Vec<String> = Vec::new();
    for n in 0..12 {
        let account: AccountId =
            portal.account(&format!("Reviewer {n}"), &format!("r{n}@panel.example"), &["reviewer"]).await;
        let mut tx = portal.write().await;
        let stamp = portal.stamp(Some(world.group[0]));
        asked.push(tx.ask_reviewer(&stamp, application, account, "").await.expect("a seat").to_string());
        tx.commit().await.expect("commit");
    }
    let mut tx = portal.read().await;
    let seats = tx.seats_of(application).await.expect("seats");
    let panel = tx.panel_of(application).await.expect("a panel");
    drop(tx);
    assert!(seats.is_sorted_by_key(|seat| seat.place), "the order is that of the random places");
    let order: Vec<String> = seats.iter().map(|seat| seat.id.to_string()).collect();
    assert_eq!(order, panel.iter().map(|sitting| sitting.seat.id.to_string()).collect::<Vec<_>>());
    let mut by_id = order.clone();
    by_id.sort();
    assert_ne!(order, by_id, "not that of the references");
    assert_ne!(order, asked, "not that of arrival");
    // Who was asked first is not one of the first, and neighbours in time are not neighbours in place.
    let place = |n: usize| order.iter().position(|id| *id == asked[n]).expect("asked");
    let steps = (1..12).filter(|n| place(n - 1).abs_diff(place(*n)) == 1).count();
    assert!(steps < 6, "{steps} of 11 neighbours");
}

/// The lines of somebody's record, but for answers to questions.
fn not_their_own(reply: &super::browser::Reply) -> Vec<String> {
    let text = String::from_utf8_lossy(&reply.body).into_owned();
    let table = text.split_once("<tbody").map_or("", |(_, rest)| rest);
    let rows = table.split("<tr").skip(1).map(str::to_owned);
    rows.filter(|row| !row.contains("Question answered")).collect()
}

async fn a_centre_cannot_tell_how_far_its_review_is(engine: Engine) {
    let (mut one, mut other) = (told(engine, Chapter::Accepted).await, told(engine, Chapter::Accepted).await);
    let mut compared = 0;
    for chapter in [Chapter::Reviewing, Chapter::Deliberating, Chapter::Decided] {
        one.tell(chapter).await;
        // In the other world nobody has done anything since screening, and as many days have passed.
        other.portal.clock.set(one.portal.clock.now());
        for who in ["lead", "contributor", "other lead", "other contributor", "visitor", "stranger"] {
            let mut replies = Vec::new();
            crawl(&mut one, who, async |_, path, reply| replies.push((path.to_owned(), reply.clone()))).await;
            for (path, reply) in replies {
                // A new secret is drawn each time, and in one world more was drawn before.
                if path == "/account/factors/code" {
                    continue;
                }
                let twin = other.get(who, &path).await;
                // What the centre itself has answered stands in its own record.
                if path == "/account/record" {
                    assert_eq!(not_their_own(&reply), not_their_own(&twin), "{}, {who}", chapter.name());
                    continue;
                }
                let (one, other) = (received(&reply) + &unpacked(&reply), received(&twin) + &unpacked(&twin));
                assert_eq!(one, other, "{}, {who}: {path}", chapter.name());
                compared += 1;
            }
        }
        let (ones, others) = (one.letters().await, other.letters().await);
        for who in ["lead", "contributor", "other lead", "other contributor"] {
            // The question itself was put to the first centre in one world alone.
            let own = |letter: &&String| !letter.contains("A question about your application");
            let count = |letters: Option<&Vec<String>>| letters.map_or(0, |all| all.iter().filter(own).count());
            assert_eq!(count(ones.get(who)), count(others.get(who)), "{}, {who}: letters", chapter.name());
        }
    }
    assert!(200 < compared, "{compared}");
}

async fn no_line_of_the_record_names_anybody(engine: Engine) {
    let mut world = told(engine, Chapter::Answered).await;
    // Somebody has read everything as well.
    for who in World::EVERYBODY {
        crawl(&mut world, who, async |_, _, _| ()).await;
    }
    let (words, rows) = (every_word(&world.cast), world.portal.rows().await);
    for table in ["event", "reading", "letter", "seat", "mark", "blind_copy", "snapshot_head", "session", "tally"] {
        for row in rows.get(table).into_iter().flatten() {
            let found: Vec<_> = words.iter().filter(|word| row.contains(**word)).collect();
            assert!(found.is_empty(), "{table}: {found:?} in {row:.300}");
        }
    }
    assert!(100 < rows["event"].len() && !rows["blind_copy"].is_empty() && !rows["mark"].is_empty());
}

on_engines!(
    no_address_names_anybody,
    no_page_shows_a_picture_of_anybody,
    letters_follow_a_random_place,
    a_centre_cannot_tell_how_far_its_review_is,
    no_line_of_the_record_names_anybody,
);
