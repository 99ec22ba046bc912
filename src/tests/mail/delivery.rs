//! What becomes of letters when the server refuses, hangs, goes away, or lies; and when the portal crashes.

use super::sink::{Sink, settings};
use crate::{
    domain::mail::{Kind, MOST_REFUSALS, Trouble},
    server::mail::{MailSettings, Pace, Postman, Transport, settings::Tls},
    store::{account::PersonName, mail::Post},
    tests::harness::TestPortal,
};
use std::{
    collections::BTreeSet,
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

/// What a letter of these tests says.
const SECRET: &str = "the words of a letter";

impl TestPortal {
    /// Posts a letter to an address.
    pub async fn write_to(&self, email: &str) {
        let post = Post {
            cause: format!("test:{email}"),
            kind: Kind::Receipt,
            role: "lead",
            account: None,
            application: None,
            email: PersonName::new(email.into()),
            subject: "A subject".into(),
            text: SECRET.into(),
            html: format!("<p>{SECRET}</p>"),
            valid_until: None,
            not_before: self.clock.now(),
        };
        let mut tx = self.write().await;
        assert!(tx.post(&self.stamp(None), &post).await.expect("a letter"), "{email}");
        assert!(!tx.post(&self.stamp(None), &post).await.expect("the same cause"), "{email}");
        tx.commit().await.expect("commit");
    }

    /// A postman with these settings, who is not patient.
    pub fn postman(&self, settings: &MailSettings) -> Postman {
        let transport = Transport::new(settings).expect("settings").expect("a transport");
        let pace = Pace { patience: Duration::from_millis(700), ..Pace::default() };
        Postman::new(self.portal().clone(), transport, pace)
    }

    /// Delivers everything that is due.
    pub async fn deliver(&self, settings: &MailSettings) -> usize {
        self.postman(settings).round().await.expect("a round")
    }

    /// State and reason of every letter, by cause.
    async fn letters(&self) -> Vec<String> {
        self.texts("SELECT cause || ' ' || state || ' ' || reason FROM letter ORDER BY cause").await
    }
}

on_both!(
    a_refused_letter_is_dead_and_a_deferred_one_waits,
    a_letter_that_is_deferred_for_ever_dies,
    one_that_hangs_holds_up_no_other,
    a_server_that_cannot_be_used_kills_no_letter,
    two_postmen_send_each_letter_once,
    a_letter_that_arrived_without_our_knowing_comes_again_under_the_same_name,
    what_a_crashed_node_held_is_sent_when_its_lease_ends,
    nothing_is_said_without_encryption,
    an_address_that_cannot_be_is_never_sent_to,
    a_letter_is_not_posted_when_its_cause_is_undone,
    the_postman_stops_when_he_is_told,
);

async fn a_refused_letter_is_dead_and_a_deferred_one_waits(portal: TestPortal) {
    let sink = Sink::open().await;
    for email in ["refused@a.example", "later@a.example", "closing@a.example", "ada@a.example"] {
        portal.write_to(email).await;
    }
    let mail = sink.settings(Tls::NoneOnLoopback);
    assert_eq!(portal.deliver(&mail).await, 4);
    assert_eq!(
        portal.letters().await,
        [
            "test:ada@a.example sent ",
            "test:closing@a.example waiting unreachable",
            "test:later@a.example waiting deferred 451",
            "test:refused@a.example dead refused 550",
        ]
    );
    assert_eq!(sink.recipients(), ["ada@a.example"]);
    assert_eq!(portal.deliver(&mail).await, 0, "nothing is due before its pause is over");
    assert_eq!(
        portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM letter_content").await,
        3,
        "what was sent is forgotten"
    );

    sink.state.kind.store(true, Ordering::Relaxed);
    portal.wait_minutes(2);
    assert_eq!(portal.deliver(&mail).await, 2);
    let dead = portal.read().await.open_letters(true).await.expect("letters").remove(0);
    let mut tx = portal.write().await;
    tx.resend_letter(&portal.stamp(None), dead.id).await.expect("a dead letter");
    assert!(tx.resend_letter(&portal.stamp(None), dead.id).await.is_err(), "it waits already");
    tx.commit().await.expect("commit");
    assert_eq!(portal.deliver(&mail).await, 1);
    assert_eq!(sink.recipients().len(), 4);
    assert!(portal.letters().await.iter().all(|letter| letter.ends_with(" sent ")));
    let mut tx = portal.write().await;
    assert!(tx.resend_letter(&portal.stamp(None), dead.id).await.is_err(), "it was sent");
    assert!(tx.drop_letter(&portal.stamp(None), dead.id).await.is_err(), "it was sent");
}

async fn a_letter_that_is_deferred_for_ever_dies(portal: TestPortal) {
    let sink = Sink::open().await;
    portal.write_to("later@a.example").await;
    let mail = sink.settings(Tls::NoneOnLoopback);
    let mut pauses = Vec::new();
    for tries in 1..=MOST_REFUSALS {
        assert_eq!(portal.deliver(&mail).await, 1, "try {tries}");
        let due = portal.count("SELECT due_at FROM letter").await;
        pauses.push(due - portal.clock.now().millis());
        portal.wait_minutes(8 * 60);
    }
    assert_eq!(portal.letters().await, ["test:later@a.example dead deferred 451"]);
    assert_eq!(portal.deliver(&mail).await, 0);
    for (n, pause) in (0..).zip(&pauses[..8]) {
        let least = 60_000_i64 << n;
        assert!((least..=least + least / 4).contains(pause), "{pauses:?}");
    }
}

async fn one_that_hangs_holds_up_no_other(portal: TestPortal) {
    let sink = Sink::open().await;
    portal.write_to("silent@a.example").await;
    portal.wait_minutes(1);
    for n in 0..30 {
        portal.write_to(&format!("n{n}@a.example")).await;
    }
    let started = Instant::now();
    let mail = sink.settings(Tls::NoneOnLoopback);
    let mut postman = portal.postman(&mail);
    let others = async {
        while sink.recipients().len() < 30 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        started.elapsed()
    };
    let (all, others) = tokio::join!(postman.round(), others);
    assert_eq!(all.expect("a round"), 31);
    assert!(Duration::from_millis(700) <= started.elapsed(), "the silent one was waited for");
    let silent = portal.letters().await.into_iter().find(|letter| letter.contains("silent@")).expect("a letter");
    assert_eq!(silent, "test:silent@a.example waiting silent");
    assert!(others < started.elapsed() || others < Duration::from_millis(700), "{others:?}");
}

async fn a_server_that_cannot_be_used_kills_no_letter(portal: TestPortal) {
    portal.write_to("ada@a.example").await;
    let sink = Sink::open().await;
    sink.state.surly.store(true, Ordering::Relaxed);
    // A port where nobody listens, and a server that sends everybody away at the door.
    let closed = std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port").port();
    for round in 0..2 * MOST_REFUSALS {
        let mail =
            if round % 2 == 0 { settings(closed, Tls::NoneOnLoopback) } else { sink.settings(Tls::NoneOnLoopback) };
        assert_eq!(portal.deliver(&mail).await, 1);
        assert_eq!(portal.letters().await, ["test:ada@a.example waiting unreachable"]);
        assert_eq!(portal.count("SELECT refusals FROM letter").await, 0);
        portal.wait_minutes(19);
    }
    sink.state.surly.store(false, Ordering::Relaxed);
    assert_eq!(portal.deliver(&sink.settings(Tls::NoneOnLoopback)).await, 1);
    assert_eq!(sink.recipients(), ["ada@a.example"]);
}

async fn two_postmen_send_each_letter_once(portal: TestPortal) {
    let sink = Sink::open().await;
    for n in 0..120 {
        portal.write_to(&format!("n{n:03}@a.example")).await;
    }
    let mail = sink.settings(Tls::NoneOnLoopback);
    let (mut one, mut other) = (portal.postman(&mail), portal.postman(&mail));
    let (some, more) = tokio::join!(one.round(), other.round());
    let (some, more) = (some.expect("a round"), more.expect("a round"));
    // Where both chose the same row, one of them may have come back with nothing while the other went on.
    let rest = portal.deliver(&mail).await;
    assert_eq!(some + more + rest, 120);
    let expected: Vec<String> = (0..120).map(|n| format!("n{n:03}@a.example")).collect();
    assert_eq!(sink.recipients(), expected);
    assert_eq!(
        portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM letter WHERE state = 'sent' AND claims = 1").await,
        120
    );
}

async fn a_letter_that_arrived_without_our_knowing_comes_again_under_the_same_name(portal: TestPortal) {
    let sink = Sink::open().await;
    portal.write_to("cut@a.example").await;
    let mail = sink.settings(Tls::NoneOnLoopback);
    portal.deliver(&mail).await;
    assert_eq!(portal.letters().await, ["test:cut@a.example waiting unreachable"]);
    sink.state.kind.store(true, Ordering::Relaxed);
    portal.wait_minutes(2);
    portal.deliver(&mail).await;
    let names = sink.message_ids();
    assert_eq!(names.len(), 2, "twice rather than never");
    assert_eq!(names[0], names[1]);
    assert!(names[0].starts_with('<') && names[0].ends_with("@designated-centres.example>"), "{names:?}");
}

async fn what_a_crashed_node_held_is_sent_when_its_lease_ends(portal: TestPortal) {
    let sink = Sink::open().await;
    portal.write_to("ada@a.example").await;
    let now = portal.clock.now();
    let mut tx = portal.write().await;
    let held = tx.claim_letters(now, now.plus_minutes(5), 10).await.expect("a claim").remove(0);
    tx.commit().await.expect("commit");
    let mail = sink.settings(Tls::NoneOnLoopback);
    assert_eq!(portal.deliver(&mail).await, 0, "somebody holds it");
    portal.wait_minutes(5);
    assert_eq!(portal.deliver(&mail).await, 1);
    // Who held it wakes up, and changes nothing.
    let mut tx = portal.write().await;
    assert!(!tx.letter_sent(&held, now).await.expect("no error"));
    assert!(!tx.letter_failed(&held, Trouble::Refused(550), now, 0).await.expect("no error"));
    tx.commit().await.expect("commit");
    assert_eq!(portal.letters().await, ["test:ada@a.example sent "]);
    assert_eq!(sink.message_ids(), [format!("<{}@designated-centres.example>", held.message_id)]);
}

async fn nothing_is_said_without_encryption(portal: TestPortal) {
    let sink = Sink::open().await;
    portal.write_to("ada@a.example").await;
    for (tls, trouble) in [(Tls::Starttls, "untrusted"), (Tls::Tls, "")] {
        portal.deliver(&sink.settings(tls)).await;
        let letters = portal.letters().await;
        assert!(letters[0].starts_with(&format!("test:ada@a.example waiting {trouble}")), "{letters:?}");
        portal.wait_minutes(19);
    }
    let heard: BTreeSet<String> = sink.state.heard.lock().expect("a lock").iter().cloned().collect();
    for line in &heard {
        let harmless = ["EHLO ", "QUIT"].iter().any(|word| line.starts_with(word)) || !line.is_ascii();
        assert!(harmless, "{line:?} was said in clear");
    }
}

async fn an_address_that_cannot_be_is_never_sent_to(portal: TestPortal) {
    let sink = Sink::open().await;
    let bad = [
        "ada@a.example\r\nRCPT TO:<thief@evil.example>",
        "ada@a.example>\nDATA",
        "ada@a.example, thief@evil.example",
        "ada@a.example thief@evil.example",
        "",
    ];
    for email in bad {
        portal.write_to(email).await;
    }
    assert_eq!(portal.deliver(&sink.settings(Tls::NoneOnLoopback)).await, bad.len());
    assert_eq!(sink.state.heard.lock().expect("a lock").len(), 0);
    let dead = "SELECT CAST(COUNT(*) AS BIGINT) FROM letter WHERE state = 'dead' AND reason = 'address'";
    assert_eq!(portal.count(dead).await, 5);
}

async fn a_letter_is_not_posted_when_its_cause_is_undone(portal: TestPortal) {
    let mut tx = portal.write().await;
    let post = Post {
        cause: "test".into(),
        kind: Kind::Receipt,
        role: "lead",
        account: None,
        application: None,
        email: PersonName::new("ada@a.example".into()),
        subject: "A subject".into(),
        text: SECRET.into(),
        html: SECRET.into(),
        valid_until: None,
        not_before: portal.clock.now(),
    };
    tx.post(&portal.stamp(None), &post).await.expect("a letter");
    drop(tx);
    assert_eq!(portal.letters().await, [""; 0]);
    // One that has to wait for its batch waits.
    let later = Post { not_before: crate::domain::mail::next_batch(portal.clock.now()), ..post };
    let mut tx = portal.write().await;
    tx.post(&portal.stamp(None), &later).await.expect("a letter");
    tx.commit().await.expect("commit");
    let sink = Sink::open().await;
    assert_eq!(portal.deliver(&sink.settings(Tls::NoneOnLoopback)).await, 0);
    portal.wait_minutes(28);
    assert_eq!(portal.deliver(&sink.settings(Tls::NoneOnLoopback)).await, 1);
    let printed = format!("{later:?}");
    assert!(!printed.contains(SECRET) && !printed.contains("ada@"), "{printed}");
}

async fn the_postman_stops_when_he_is_told(portal: TestPortal) {
    let sink = Sink::open().await;
    let transport = Transport::new(&sink.settings(Tls::NoneOnLoopback)).expect("settings").expect("a transport");
    let pace = Pace { rounds: Duration::from_millis(20), ..Pace::default() };
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let work = tokio::spawn(Postman::new(portal.portal().clone(), transport, pace).run(stopped));
    portal.write_to("ada@a.example").await;
    for _ in 0..500 {
        if !sink.recipients().is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    stop.send_replace(true);
    tokio::time::timeout(Duration::from_secs(10), work).await.expect("he stops").expect("without a panic");
    assert_eq!(sink.recipients(), ["ada@a.example"]);
    assert_eq!(portal.letters().await, ["test:ada@a.example sent "]);
}
