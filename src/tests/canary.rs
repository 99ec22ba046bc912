//! Canaries: every identity field of a world holds words that occur nowhere else. Everybody looks at everything that can be
//! found or guessed, after each chapter of the story: no word is where its reader must not know it, and it is where they may.
//!
//! Looked at are status line, headers, pages with what their islands are given, entities resolved, files, what archives and
//! spreadsheets hold, and letters with their headers.

use super::{
    browser::Reply,
    harness::Engine,
    html::unescape,
    routes::{Door, ROUTES},
    swap::{
        cast::{Cast, House, Judge, Person},
        story::Chapter,
        walk::{addresses, crawl, unpacked},
        world::World,
    },
};
use crate::domain::snapshot::Digest;
use std::collections::{BTreeMap, BTreeSet};

/// What a word tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Tells {
    /// Which centre applies: name, town, country, hosts, names of files.
    Centre(usize),
    /// Who works for it.
    Team(usize),
    /// Who reviews.
    Reviewer(usize),
    /// Where they work, and with whom.
    Tie(usize),
    /// Who is in the working group.
    Group,
    /// Who looks after the accounts.
    Operation,
    /// An address, as a hash that somebody could look up elsewhere.
    Hash,
}

/// Every planted word with what it tells.
fn words(cast: &Cast) -> Vec<(Tells, String)> {
    let mut all = Vec::new();
    for (place, house) in cast.houses.iter().enumerate() {
        let team: Vec<&str> = house.people().into_iter().flat_map(Person::words).collect();
        all.extend(House::words(house).into_iter().filter(|w| !team.contains(w)).map(|w| (Tells::Centre(place), w)));
        all.extend(team.into_iter().map(|w| (Tells::Team(place), w)));
    }
    for (place, judge) in cast.judges.iter().enumerate() {
        let person = judge.person.words();
        all.extend(Judge::words(judge).into_iter().filter(|w| !person.contains(w)).map(|w| (Tells::Tie(place), w)));
        all.extend(person.into_iter().map(|w| (Tells::Reviewer(place), w)));
    }
    all.extend(cast.group.into_iter().flat_map(Person::words).map(|w| (Tells::Group, w)));
    all.extend(["Ulrika Fernwater", "u.fernwater@operation.example"].map(|w| (Tells::Operation, w)));
    let hashes = all.iter().filter(|(_, word)| word.contains('@')).map(|(_, word)| {
        let hash: String = Digest::of(word.as_bytes()).into();
        (Tells::Hash, hash)
    });
    let hashes: Vec<_> = hashes.collect();
    all.into_iter().map(|(tells, word)| (tells, word.to_owned())).chain(hashes).collect()
}

/// The matrix: who may know what. `public`: which centres have agreed to stand in the register by now.
#[expect(clippy::match_same_arms, reason = "a table reads line by line")]
fn may_know(who: &str, tells: Tells, public: &[usize]) -> bool {
    let own_centre = match who {
        "lead" | "contributor" => Some(0),
        "other lead" | "other contributor" => Some(1),
        _ => None,
    };
    let own_seat = who.strip_prefix("reviewer ").and_then(|n| n.parse::<usize>().ok()).map(|n| n - 1);
    match (who, tells) {
        (_, Tells::Hash) => false,
        (_, Tells::Centre(place)) if public.contains(&place) => true,
        ("coordinator" | "second coordinator" | "chair", Tells::Operation) => false,
        ("coordinator" | "second coordinator" | "chair", _) => true,
        // Looks after people, and reads no application.
        ("administrator", Tells::Centre(_) | Tells::Tie(_)) => false,
        ("administrator", _) => true,
        (_, Tells::Centre(place) | Tells::Team(place)) => own_centre == Some(place),
        (_, Tells::Reviewer(place) | Tells::Tie(place)) => own_seat == Some(place),
        (_, Tells::Group | Tells::Operation) => false,
    }
}

/// What was looked at.
#[derive(Debug, Default)]
struct Seen {
    answers: usize,
    letters: usize,
    bytes: usize,
    /// What was found where it may be.
    known: BTreeSet<(&'static str, Tells)>,
    /// What was found where it must not be.
    leaks: Vec<String>,
}

impl Seen {
    fn look(&mut self, who: &'static str, place: &str, text: &str, all: &[(Tells, String)], public: &[usize]) {
        self.bytes += text.len();
        let resolved = unescape(text);
        for (tells, word) in all {
            if !text.contains(word.as_str()) && !resolved.contains(word.as_str()) {
                continue;
            }
            if may_know(who, *tells, public) {
                self.known.insert((who, *tells));
            } else {
                self.leaks.push(format!("{who}: {place} tells {word:?} ({tells:?})\n"));
            }
        }
    }
}

/// Everything of an answer in which a word could stand.
fn whole(reply: &Reply) -> String {
    reply.bare() + &unpacked(reply)
}

async fn no_word_is_where_it_must_not_be(engine: Engine) {
    let mut world = World::begin(engine, Cast::FIRST).await;
    let all = words(&world.cast);
    assert!(60 < all.len(), "{}", all.len());
    let mut seen = Seen::default();
    for chapter in Chapter::ALL {
        world.tell(chapter).await;
        let public = world.published().await;
        let values = world.values().await;
        let mut places: BTreeSet<String> = BTreeSet::new();
        for (_, template, _) in ROUTES.iter().filter(|(method, _, door)| *method == "GET" && *door != Door::Demo) {
            places.extend(addresses(template, &values));
        }
        let mut found: BTreeMap<&'static str, BTreeSet<String>> = BTreeMap::new();
        for who in World::EVERYBODY {
            let mut replies = Vec::new();
            let of_links =
                crawl(&mut world, who, async |_, path, reply| replies.push((path.to_owned(), reply.clone()))).await;
            seen.answers += replies.len();
            for (path, reply) in &replies {
                seen.look(who, &format!("{}, {path}", chapter.name()), &whole(reply), &all, &public);
            }
            places.extend(of_links.iter().cloned());
            found.insert(who, of_links);
        }
        for who in World::EVERYBODY {
            for path in places.difference(&found[who]) {
                let reply = world.get(who, path).await;
                seen.answers += 1;
                seen.look(who, &format!("{}, {path}", chapter.name()), &whole(&reply), &all, &public);
            }
        }
        for (who, letters) in world.letters().await {
            seen.letters += letters.len();
            // Signatories know whom they confirm for.
            if who != "somebody without an account" {
                seen.look(who, &format!("{}, a letter", chapter.name()), &letters.concat(), &all, &public);
            }
        }
        assert!(seen.leaks.is_empty(), "{} leaks:\n{}", seen.leaks.len(), seen.leaks.concat());
    }
    println!(
        "canaries on {engine:?}: {} words, {} answers, {} letters, {} bytes: 0 hits; {} found where they may be",
        all.len(),
        seen.answers,
        seen.letters,
        seen.bytes,
        seen.known.len()
    );
    for expected in [
        ("lead", Tells::Centre(0)),
        ("lead", Tells::Team(0)),
        ("other lead", Tells::Team(1)),
        ("reviewer 1", Tells::Reviewer(0)),
        ("reviewer 3", Tells::Reviewer(2)),
        ("coordinator", Tells::Centre(0)),
        ("administrator", Tells::Reviewer(1)),
        ("administrator", Tells::Team(1)),
    ] {
        assert!(seen.known.contains(&expected), "{expected:?} was found nowhere: the walk does not look");
    }
}

#[test]
fn the_matrix_opens_nothing_across_the_blind() {
    for who in World::EVERYBODY {
        for (tells, word) in words(&Cast::FIRST) {
            let across = match tells {
                Tells::Centre(_) | Tells::Team(_) => who.starts_with("reviewer"),
                Tells::Reviewer(_) | Tells::Tie(_) | Tells::Group => {
                    who.contains("lead") || who.contains("contributor")
                }
                Tells::Operation | Tells::Hash => false,
            };
            assert!(!(across && may_know(who, tells, &[])), "{who} {word}");
            assert!(who != "visitor" || !may_know(who, tells, &[]), "{word}");
        }
    }
}

mod no_word_is_where_it_must_not_be_on {
    use crate::tests::harness::Engine;

    #[tokio::test]
    async fn sqlite() {
        super::no_word_is_where_it_must_not_be(Engine::Sqlite).await;
    }

    #[tokio::test]
    async fn postgres() {
        super::no_word_is_where_it_must_not_be(Engine::Postgres).await;
    }
}
