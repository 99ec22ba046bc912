//! Random walks of random people over the life of an application: in the rules, and through the pages.
//!
//! Wherever a walk leads, three things hold: no step lets anybody across the blind know more, no text that was acknowledged
//! is lost, and no state is stuck.

pub mod forms;

use super::{
    harness::Engine,
    html::unescape,
    swap::{
        cast::{Cast, House, Judge},
        story::Chapter,
        world::World,
    },
};
use crate::domain::{
    access::{Action, Decision, Relation, combined, may},
    moment::Moment,
    outcome::Outcome,
    readiness::Ready,
    snapshot::Digest,
    stage::{Reason, Stage, StageName},
};
use axum::http::StatusCode;
use forms::Form;
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use std::collections::BTreeMap;

/// What changes the stage.
const STEPS: [Action; 7] = [
    Action::Submit,
    Action::Return,
    Action::Screen,
    Action::Deliberate,
    Action::Confirm,
    Action::Release,
    Action::Withdraw,
];

/// One step, if the state allows it.
fn step(stage: Stage, action: Action, now: Moment) -> Option<Stage> {
    let done = match action {
        Action::Submit => stage.submit(&Ready::for_tests(), Digest::of(b"frozen"), now, now),
        Action::Return => stage.give_back(vec![Reason { criterion: None, text: "Mend it.".into() }], now),
        Action::Screen => stage.open_review(now),
        Action::Deliberate => stage.deliberate(now),
        Action::Confirm => stage.decide(Outcome::Deferred, now),
        Action::Release => stage.release(now),
        Action::Withdraw => stage.withdraw(now),
        _ => return None,
    };
    done.ok()
}

fn allowed(who: &[Relation], stage: StageName, action: Action) -> bool {
    may(combined(who.iter().copied()), stage, action) == Decision::Allowed
}

/// What somebody with these relations can learn about who is on the other side.
fn knows(who: &[Relation], stage: StageName) -> Vec<Action> {
    let reviews = who.contains(&Relation::Reviewer);
    let own = who.iter().any(|r| r.of_centre());
    let across: &[Action] = match (reviews, own) {
        // The centre: whatever shows the panel at work, and the result before its time.
        (_, true) => &[
            Action::Assign,
            Action::ReadBlind,
            Action::Discuss,
            Action::Compile,
            Action::Propose,
            Action::Confirm,
            Action::Mark,
            Action::Relay,
        ],
        // The panel: whatever shows whose the file is.
        (true, false) => &[Action::Read, Action::Know, Action::Screen, Action::Relay, Action::ReadResult],
        (false, false) => &[],
    };
    across.iter().copied().filter(|action| allowed(who, stage, *action)).collect()
}

fn somebody() -> impl Strategy<Value = Vec<Relation>> {
    proptest::sample::subsequence(Relation::ALL.to_vec(), 1..=3)
}

proptest! {
    #![proptest_config(Config { cases: 512, failure_persistence: None, ..Config::default() })]

    #[test]
    fn no_walk_widens_sight_or_gets_stuck(
        walk in proptest::collection::vec((somebody(), proptest::sample::select(&STEPS[..])), 0..40),
        witness in somebody(),
    ) {
        let mut stage = Stage::new();
        for (minute, (who, action)) in (0..).zip(walk) {
            let now = Moment::from_millis(minute * 60_000);
            let before = stage.name();
            if allowed(&who, before, action) && let Some(next) = step(stage.clone(), action, now) {
                stage = next;
            }
            // Nobody on one side of the blind knows the other, whatever happened.
            prop_assert_eq!(knows(&witness, stage.name()), Vec::<Action>::new(), "{:?} {:?}", witness, stage.name());
            let own = witness.iter().any(|r| r.of_centre());
            if own && stage.name() != StageName::Released {
                prop_assert!(!allowed(&witness, stage.name(), Action::ReadResult));
            }
            // A conflict and an administrator's office take everything away at once, in every state.
            if !own && witness.iter().any(|r| matches!(r, Relation::Conflicted | Relation::Administrator)) {
                prop_assert!(Action::ALL.iter().all(|a| !allowed(&witness, stage.name(), *a)));
            }
            // Somebody can go on, unless it is over; what is over stays so.
            let goes_on = Relation::ALL.iter().any(|r| {
                STEPS.iter().any(|a| allowed(&[*r], stage.name(), *a) && step(stage.clone(), *a, now).is_some())
            });
            let over = matches!(stage.name(), StageName::Released | StageName::Withdrawn);
            prop_assert_eq!(goes_on, !over, "{:?}", stage.name());
            if matches!(before, StageName::Released | StageName::Withdrawn) {
                prop_assert_eq!(before, stage.name());
            }
            // Rules and states agree: what is allowed to somebody is possible, and what nobody may do is not done.
            for (relation, action) in Relation::ALL.iter().flat_map(|r| STEPS.iter().map(move |a| (*r, *a))) {
                if allowed(&[relation], stage.name(), action) {
                    prop_assert!(step(stage.clone(), action, now).is_some(), "{:?} {:?}", stage.name(), action);
                }
            }
        }
    }
}

/// Who walks through the pages.
const WALKERS: [&str; 8] =
    ["lead", "contributor", "other lead", "reviewer 1", "reviewer 2", "reviewer 3", "coordinator", "chair"];

/// How far each walk goes.
const STRIDES: usize = 150;

/// A text that was acknowledged.
#[derive(Debug)]
struct Told {
    text: String,
    who: &'static str,
    action: String,
    /// In which it was sent.
    stride: usize,
    /// In which the page was opened from which it was sent.
    opened: usize,
}

/// A walk through the pages: open a page, remember its forms, send one of those that were remembered (also an old one, as
/// from a tab that was left open), and look at what became of the texts.
async fn stroll(chapters: usize, choices: &[u32]) {
    let mut world = World::begin(Engine::Sqlite, Cast::FIRST).await;
    for chapter in Chapter::ALL.into_iter().take(chapters) {
        world.tell(chapter).await;
    }
    let mut pages: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    // Forms with the stride in which their page was opened.
    let mut drawers: BTreeMap<&str, Vec<(usize, Form)>> = BTreeMap::new();
    let mut answered: BTreeMap<String, usize> = BTreeMap::new();
    let mut acknowledged: Vec<Told> = Vec::new();
    let mut sent = 0_usize;
    let mut choice = choices.iter().copied().cycle();
    let mut draw = |among: usize| choice.next().map_or(0, |n| n as usize % among.max(1));
    for stride in 0..STRIDES {
        let who = WALKERS[draw(WALKERS.len())];
        let known =
            pages.entry(who).or_insert_with(|| vec!["/home".into(), "/reviews".into(), "/working-group".into()]);
        let path = known[draw(known.len())].clone();
        let reply = world.get(who, &path).await;
        assert!(!reply.status.is_server_error(), "{who} {path}: {}", reply.headline());
        if reply.status == StatusCode::OK {
            let links = super::swap::walk::links(&reply);
            known.extend(links.into_iter().filter(|link| !link.starts_with("/account")));
            known.sort();
            known.dedup();
            let drawer = drawers.entry(who).or_default();
            let found = forms::of(&reply).into_iter().filter(|form| form.action.len() > 1);
            drawer.extend(found.map(|form| (stride, form)));
        }
        let drawer = drawers.entry(who).or_default();
        if drawer.is_empty() {
            continue;
        }
        let (opened, form) = drawer[draw(drawer.len())].clone();
        let token = format!("Acknowledged text {stride} of a walk.");
        let fields = form.filled(&token, &mut draw);
        let pairs: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let reply = world.send(who, &form.action, &pairs).await;
        assert!(!reply.status.is_server_error(), "{who} POST {}: {}", form.action, reply.headline());
        sent += 1;
        if let Some(seat) = ["decline", "undo", "conflict"].iter().find_map(|end| form.action.strip_suffix(end)) {
            answered.insert(seat.to_owned(), stride);
        }
        let accepted = reply.status == StatusCode::SEE_OTHER && !reply.went_to().contains("/sign-in");
        if accepted && form.takes_text() {
            acknowledged.push(Told { text: token.clone(), who, action: form.action.clone(), stride, opened });
        } else if reply.status != StatusCode::SEE_OTHER && form.takes_text() && reply.status != StatusCode::NOT_FOUND {
            // What was refused is given back.
            let shown = unescape(&reply.text());
            assert!(shown.contains(&token), "{who} POST {} {}: the text is gone", form.action, reply.headline());
        }
        world.portal.kept_counts_hold(&format!("{who} POST {}", form.action)).await;
        let all: String = world.portal.rows().await.into_values().flatten().collect();
        // What somebody has written over their own text, on a page that showed it, is not lost.
        let replaced = |told: &Told| {
            // One answer has one reason: whoever answers anew, or takes the answer back, has replaced it.
            if told.action.ends_with("/decline") {
                let seat = told.action.trim_end_matches("decline");
                return told.stride < answered.get(seat).copied().unwrap_or(0);
            }
            let same = |other: &&Told| other.who == told.who && other.action == told.action;
            acknowledged.iter().filter(same).any(|other| told.stride < other.opened)
        };
        let gone = acknowledged.iter().filter(|told| !all.contains(told.text.as_str()));
        let lost: Vec<&Told> = gone.filter(|told| !replaced(told)).collect();
        assert!(lost.is_empty(), "{who} POST {} has lost {lost:?}", form.action);
        // Nobody has been unmasked by it.
        for (viewer, words) in [
            ("reviewer 2", world.cast.houses.iter().flat_map(House::words).collect::<Vec<_>>()),
            ("lead", world.cast.judges.iter().flat_map(Judge::words).collect()),
        ] {
            let places = pages.get(viewer).cloned().unwrap_or_default();
            if let Some(place) = places.get(draw(places.len())) {
                let reply = world.get(viewer, place).await;
                let text = unescape(&String::from_utf8_lossy(&reply.body));
                let found: Vec<_> = words.iter().filter(|word| text.contains(**word)).collect();
                assert!(found.is_empty(), "{viewer} {place} after {who} POST {}: {found:?}", form.action);
            }
        }
    }
    // Documents have pages without forms, so that a walk may meet few.
    assert!(2 < sent, "{sent} forms were sent");
    println!("a walk from {chapters} chapters on: {sent} forms, {} texts acknowledged", acknowledged.len());
}

#[test]
fn no_walk_through_the_pages_loses_a_text_or_unmasks_anybody() {
    let config = Config { cases: 6, max_shrink_iters: 0, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new(config);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let strategy = (1..=Chapter::ALL.len(), proptest::collection::vec(any::<u32>(), 900));
    let walked = runner.run(&strategy, |(chapters, choices)| {
        runtime.block_on(stroll(chapters, &choices));
        Ok(())
    });
    walked.expect("no walk fails");
}
