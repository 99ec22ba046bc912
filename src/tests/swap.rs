//! The swap test: two worlds of the same seed and the same clock that differ only in identities that somebody must not
//! know. What that person receives is equal, byte for byte, at every address, in every file and in every letter.
//!
//! [`cast`] holds the identities, [`world`] builds a world with them, [`story`] takes it from the draft to the release, and
//! [`walk`] compares. The addresses are the table of routes, filled with the references of the world, and every link that
//! anybody finds. Of an answer only the nonce is normalised, which its own header names; nothing else may differ.
//!
//! Clocks that stand still would hide a time that tells who acted: whoever is swapped also acts some minutes later, on the
//! same day.

pub mod cast;
pub mod story;
pub mod walk;
pub mod world;

use super::{harness::Engine, routes::ROUTES};
use cast::Cast;
use std::collections::BTreeSet;
use story::Chapter;
use walk::{Count, Tour};
use world::World;

/// Tells the story in two worlds, and compares what the viewers receive after each chapter.
async fn swap(mut one: World, mut other: World, viewers: &[&'static str], last: Chapter) -> Count {
    let mut tour = Tour::of(viewers);
    for chapter in Chapter::ALL.into_iter().filter(|chapter| *chapter <= last) {
        one.tell(chapter).await;
        other.tell(chapter).await;
        tour.ends = chapter == last;
        tour.chapter(chapter.name(), &mut one, &mut other).await;
        assert!(
            tour.differences.is_empty(),
            "{} differences for {viewers:?}:\n{}",
            tour.differences.len(),
            tour.differences.iter().take(12).cloned().collect::<String>()
        );
    }
    tour.count
}

/// Whatever reviews: centres, the public, people without a role and the reviewers who stay receive the same.
async fn reviewers_may_be_others(engine: Engine) {
    let outside = ["visitor", "stranger", "lead", "contributor", "other lead", "other contributor"];
    let mut count = Count::default();
    for (swapped, staying) in [([1, 2].as_slice(), ["reviewer 1"].as_slice()), (&[0], &["reviewer 2", "reviewer 3"])] {
        let one = World::begin(engine, Cast::FIRST).await;
        let mut other = World::begin(engine, Cast::FIRST.with_other_judges(swapped)).await;
        for place in swapped {
            other.late[*place] = 17;
        }
        count.add(swap(one, other, &[outside.as_slice(), staying].concat(), Chapter::Answered).await);
    }
    println!("other reviewers on {engine:?}: {count}, 0 differences");
    assert_eq!(left_out(&count), Vec::<String>::new());
    assert!(9 <= count.viewers.len() && 500 < count.whole && 20 < count.files && 20 < count.letters, "{count}");
}

/// Whoever applies: every reviewer receives the same until the results are released.
async fn centres_may_be_others(engine: Engine) {
    let viewers = ["reviewer 1", "reviewer 2", "reviewer 3", "visitor", "stranger"];
    let one = World::begin(engine, Cast::FIRST).await;
    let mut other = World::begin(engine, Cast::FIRST.with_other_houses()).await;
    other.slow = [17, 23];
    let count = swap(one, other, &viewers, Chapter::Decided).await;
    println!("other centres on {engine:?}: {count}, 0 differences");
    assert!(5 <= count.viewers.len() && 300 < count.whole && 10 < count.files, "{count}");
}

/// Routes that have not answered 200 to anybody, without a reason that is known.
const NEVER_WHOLE: &[(&str, &str)] = &[
    ("/sign-in", "leads home when somebody is signed in, and is asked as a visitor by another test"),
    ("/sign-in/code", "the same"),
    ("/sign-in/recovery", "the same"),
    ("/sign-in/provider/{provider}/callback", "no provider is set up"),
    ("/invitations/{token}", "links are for one person; the token of the walk is no link"),
    ("/confirmations/{token}", "the same"),
    ("/reset/{token}", "the same"),
    ("/outbox", "there is none outside the demo"),
    ("/working-group", "leads to the board of the newest cycle"),
    ("/applications/{application}/requests/{request}/files/{file}", "no file comes with the answer of this story"),
    ("/working-group/applications/{application}/requests/files/{file}", "the same"),
    ("/reviews/{review}/requests/evidence/{letter}", "the same"),
    (
        "/working-group/applications/{application}/evidence/{evidence}",
        "the evidence of this story that the group sees is a link",
    ),
    ("/working-group/cycles/{cycle}/releases/{batch}", "the batch of the story is released before anybody looks"),
];

/// Routes that the walk has left out: not asked, or never opened for anybody.
fn left_out(count: &Count) -> Vec<String> {
    let asked: BTreeSet<_> = count.routes.iter().copied().collect();
    let mut missing = Vec::new();
    for (method, template, _) in ROUTES {
        let released = ROUTES.iter().any(|(_, path, _)| *path == "/working-group/cycles/{cycle}/releases");
        // Where the portal releases nothing, there is no designation to be looked at.
        let later = !released && (template.contains("designation") || template.contains("/certificate"));
        let known = later || NEVER_WHOLE.iter().any(|(path, _)| path == template);
        let not_sent = *template == "/outbox" || walk::NOT_SENT.iter().any(|(path, _)| path == template);
        if !not_sent && !asked.contains(&(*method, *template)) {
            missing.push(format!("{method} {template} was not asked"));
        } else if *method == "GET" && !count.opened.contains(template) && !known {
            missing.push(format!("GET {template} has opened for nobody"));
        }
    }
    missing
}

on_engines!(reviewers_may_be_others, centres_may_be_others);
