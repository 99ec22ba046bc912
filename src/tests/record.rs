//! The chain of the record: unbroken whatever writes at once, closed to changes, and what was changed anyhow is named.

use super::{
    harness::{Engine, TestPortal},
    world::{at, content},
};
use crate::{
    domain::{
        level::Level,
        record::{BEGINNING, Line},
    },
    server::{
        audit::{Report, verify},
        record::sign_today,
        signing::{Signer, verifies},
    },
    store::{Store, event::What},
};
use axum::http::StatusCode;
use std::{fs, os::unix::fs::PermissionsExt};

impl TestPortal {
    /// Reads the record again.
    pub async fn audit(&self) -> Report {
        verify(&self.store, None).await.expect("a reading")
    }

    /// The record is whole.
    #[track_caller]
    pub fn must_be_whole(report: &Report) {
        assert_eq!(report.faults, [""; 0]);
        assert_eq!(report.wrong, 0);
    }

    /// Writes this many lines, each in a transaction of its own.
    async fn lines(&self, count: usize) {
        for number in 0..count {
            let mut tx = self.write().await;
            tx.record(&self.stamp(None), What::NoteAdded, "x", &number.to_string()).await.expect("a line");
            tx.commit().await.expect("commit");
        }
    }

    /// Whether the database refuses this.
    async fn refuses(&self, sql: &'static str) -> bool {
        let refused = match &self.store {
            Store::Sqlite { writer, .. } => sqlx::query(sql).execute(writer).await.err(),
            Store::Postgres(pool) => sqlx::query(sql).execute(pool).await.err(),
        };
        refused.is_some_and(|error| error.to_string().contains("the record is only appended to"))
    }

    /// Takes the triggers away, as somebody could who owns the database.
    pub async fn unguard(&self) {
        let triggers: &[&str] = match &self.store {
            Store::Sqlite { .. } => &[
                "DROP TRIGGER event_not_edited",
                "DROP TRIGGER event_not_deleted",
                "DROP TRIGGER event_chained",
                "DROP TRIGGER signed_head_not_edited",
                "DROP TRIGGER signed_head_not_deleted",
                "DROP TRIGGER reading_not_edited",
            ],
            Store::Postgres(_) => &["DROP FUNCTION only_appended_to CASCADE"],
        };
        for sql in triggers {
            self.tamper(sql).await;
        }
    }

    fn signer(&self) -> Signer {
        Signer::open(&self.settings, &self.chance).expect("a key")
    }
}

on_both!(
    every_change_is_chained_with_its_line,
    what_is_not_committed_leaves_no_line,
    twenty_writers_at_once_leave_one_chain,
    the_record_refuses_changes,
    what_was_changed_anyhow_is_named,
    a_tail_that_was_cut_is_named,
    lines_from_before_the_chain_are_adopted_once,
    a_head_is_signed_once_a_day,
    a_chain_that_was_written_anew_does_not_fit_its_signed_heads,
    the_public_page_tells_days_hashes_and_signatures_alone,
);

async fn every_change_is_chained_with_its_line(portal: TestPortal) {
    let (centre, application) = portal.at_a_draft().await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    lead.post(&at(application, "/criteria/3/notes"), &[("text", "Look here")]).await;
    portal.answer(centre.lead, application, 3, &content(Level::Established, "A case")).await;
    let events = portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM event").await;
    assert!(4 < events, "{events}");
    let head = portal.read().await.head().await.expect("a head");
    assert_eq!(head.seq, events);
    let report = portal.audit().await;
    TestPortal::must_be_whole(&report);
    assert_eq!(report.lines, u64::try_from(events).expect("a count"));
}

async fn what_is_not_committed_leaves_no_line(portal: TestPortal) {
    portal.lines(2).await;
    let mut tx = portal.write().await;
    tx.record(&portal.stamp(None), What::NoteAdded, "x", "lost").await.expect("a line");
    tx.head_with_my_lines().await.expect("a head");
    drop(tx);
    portal.lines(1).await;
    let report = portal.audit().await;
    TestPortal::must_be_whole(&report);
    assert_eq!(report.lines, 3);
    // A connection that only reads cannot record.
    let mut tx = portal.read().await;
    assert!(tx.record(&portal.stamp(None), What::NoteAdded, "x", "").await.is_err());
}

async fn twenty_writers_at_once_leave_one_chain(portal: TestPortal) {
    let mut accounts = Vec::new();
    for number in 0..4 {
        accounts.push(portal.account("Somebody", &format!("somebody{number}@example.org"), &[]).await);
    }
    let before = portal.read().await.head().await.expect("a head").seq;
    let mut writers = Vec::new();
    for writer in 0..20 {
        let (store, stamp, account) = (portal.store.clone(), portal.stamp(None), accounts[writer % accounts.len()]);
        writers.push(tokio::spawn(async move {
            for round in 0..10 {
                let mut tx = store.write().await?;
                // Half of them record before they take the row that others wait for, half of them after: a chain that was
                // taken at once, and not at the commit, would end in a deadlock here.
                let first = (writer + round) % 2 == 0;
                if first {
                    tx.record(&stamp, What::NoteAdded, "x", &writer.to_string()).await?;
                }
                tx.rehash(&stamp, account, &format!("{writer} {round}")).await?;
                tokio::task::yield_now().await;
                if !first {
                    tx.record(&stamp, What::NoteAdded, "x", &writer.to_string()).await?;
                }
                tx.commit().await?;
            }
            Ok::<_, crate::store::Error>(())
        }));
    }
    for writer in writers {
        writer.await.expect("no panic").expect("no deadlock");
    }
    let report = portal.audit().await;
    TestPortal::must_be_whole(&report);
    assert_eq!(i64::try_from(report.lines).expect("a count"), before + 20 * 10 * 2);
}

async fn the_record_refuses_changes(portal: TestPortal) {
    portal.lines(3).await;
    sign_today(portal.portal(), &portal.signer()).await.expect("a head");
    for sql in [
        "UPDATE event SET detail = 'x' WHERE seq = 2",
        "DELETE FROM event WHERE seq = 3",
        "INSERT INTO event (id, at, kind, subject, detail, request_id) VALUES ('x', 1, 'x', 'x', 'x', 'x')",
        "UPDATE signed_head SET hash = 'x'",
        "DELETE FROM signed_head",
    ] {
        assert!(portal.refuses(sql).await, "{sql}");
    }
    if let Store::Sqlite { .. } = portal.store {
        let sql = "INSERT OR REPLACE INTO event (id, at, kind, subject, detail, request_id, seq) SELECT id, at, kind, 'x', detail, request_id, seq FROM event WHERE seq = 2";
        assert!(portal.refuses(sql).await, "{sql}");
    }
    TestPortal::must_be_whole(&portal.audit().await);
    // Triggers that were dropped come back with the next start.
    portal.unguard().await;
    assert!(!portal.refuses("UPDATE event SET detail = detail WHERE seq = 2").await);
    portal.store.migrate().await.expect("a start");
    assert!(portal.refuses("UPDATE event SET detail = detail WHERE seq = 2").await);
}

async fn what_was_changed_anyhow_is_named(portal: TestPortal) {
    portal.lines(12).await;
    portal.unguard().await;
    let ids = portal.texts("SELECT id FROM event ORDER BY seq").await;
    let found = |report: Report| report.faults;

    // One byte.
    portal.tamper("UPDATE event SET detail = '5' WHERE seq = 5").await;
    let edited = format!("line 5 ({}) was edited: it does not fit its hash", ids[4]);
    assert_eq!(found(portal.audit().await), [edited]);
    portal.tamper("UPDATE event SET detail = '4' WHERE seq = 5").await;
    TestPortal::must_be_whole(&portal.audit().await);

    // Two lines that changed places.
    for sql in [
        "UPDATE event SET seq = 1000 WHERE seq = 6",
        "UPDATE event SET seq = 6 WHERE seq = 9",
        "UPDATE event SET seq = 9 WHERE seq = 1000",
    ] {
        portal.tamper(sql).await;
    }
    let faults = found(portal.audit().await);
    assert!(faults[0].starts_with(&format!("line 6 ({}) does not follow", ids[8])), "{faults:?}");
    assert!(faults[0].ends_with(&format!("that now stands at 8 ({})", ids[7])), "{faults:?}");
    assert!(faults.iter().any(|f| f.starts_with(&format!("line 9 ({})", ids[5]))), "{faults:?}");
    for sql in [
        "UPDATE event SET seq = 1000 WHERE seq = 6",
        "UPDATE event SET seq = 6 WHERE seq = 9",
        "UPDATE event SET seq = 9 WHERE seq = 1000",
    ] {
        portal.tamper(sql).await;
    }
    TestPortal::must_be_whole(&portal.audit().await);

    // A line that was put in beside the chain.
    portal
        .tamper(
            "INSERT INTO event (id, at, kind, subject, detail, request_id) VALUES ('put-in', 1, 'x', 'x', 'x', 'x')",
        )
        .await;
    assert_eq!(found(portal.audit().await), ["line put-in stands outside the chain: it was put in"]);
    portal.tamper("DELETE FROM event WHERE id = 'put-in'").await;

    // A line that was taken out.
    portal.tamper("DELETE FROM event WHERE seq = 7").await;
    assert_eq!(found(portal.audit().await), ["line 7 is missing"]);
}

async fn a_tail_that_was_cut_is_named(portal: TestPortal) {
    portal.lines(6).await;
    sign_today(portal.portal(), &portal.signer()).await.expect("a head");
    portal.unguard().await;
    portal.tamper("DELETE FROM event WHERE 5 < seq").await;
    let faults = portal.audit().await.faults;
    assert_eq!(faults[0], "lines 6 to 8 are missing");
    // Also when somebody moved the head along: the signed one stays.
    portal.tamper("UPDATE record_head SET seq = 5, hash = (SELECT hash FROM event WHERE seq = 5)").await;
    let faults = portal.audit().await.faults;
    assert_eq!(faults, ["the signed head of 2027-03-05 names line 8, which is not there"]);
    // A head that lags behind hides nothing either.
    portal.tamper("DELETE FROM signed_head").await;
    portal.tamper("UPDATE record_head SET seq = 4, hash = (SELECT hash FROM event WHERE seq = 4)").await;
    assert_eq!(portal.audit().await.faults, ["lines 5 to 5 were put in: the head of the record is line 4"]);
}

async fn lines_from_before_the_chain_are_adopted_once(portal: TestPortal) {
    portal.lines(5).await;
    portal.unguard().await;
    // As the database was before there was a chain.
    portal.tamper("UPDATE event SET seq = NULL, previous = NULL, hash = NULL").await;
    let sql = format!("UPDATE record_head SET seq = 0, hash = '{BEGINNING}'");
    portal.tamper(Box::leak(sql.into_boxed_str())).await;
    portal.store.migrate().await.expect("a start");
    let report = portal.audit().await;
    TestPortal::must_be_whole(&report);
    assert_eq!(report.lines, 5);
    let head = portal.read().await.head().await.expect("a head");
    assert_eq!(head.seq, 5);

    portal.store.migrate().await.expect("a second start");
    assert_eq!(portal.read().await.head().await.expect("a head"), head);
    portal.lines(1).await;
    TestPortal::must_be_whole(&portal.audit().await);

    // What is put in later is no line from before.
    portal.unguard().await;
    portal
        .tamper(
            "INSERT INTO event (id, at, kind, subject, detail, request_id) VALUES ('put-in', 1, 'x', 'x', 'x', 'x')",
        )
        .await;
    portal.store.migrate().await.expect("a third start");
    assert_eq!(portal.audit().await.faults, ["line put-in stands outside the chain: it was put in"]);
}

async fn a_head_is_signed_once_a_day(portal: TestPortal) {
    let signer = portal.signer();
    portal.lines(2).await;
    assert!(sign_today(portal.portal(), &signer).await.expect("a head"));
    assert!(!sign_today(portal.portal(), &signer).await.expect("no second one"), "the same day");
    portal.wait_minutes(24 * 60);
    // Nobody did anything in between.
    assert!(sign_today(portal.portal(), &signer).await.expect("a head"));
    let heads = portal.read().await.signed_heads().await.expect("heads");
    let days: Vec<&str> = heads.iter().map(|h| h.day.as_str()).collect();
    assert_eq!(days, ["2027-03-05", "2027-03-06"]);
    assert_ne!(heads[0].hash, heads[1].hash, "an equal head would tell of a quiet day");
    let report = verify(&portal.store, Some(&signer.public_key())).await.expect("a reading");
    TestPortal::must_be_whole(&report);
    assert_eq!((report.heads, report.signed.as_deref()), (2, Some("2027-03-06")));

    // Another key is announced, and the portal's own is the one that counts.
    fs::remove_file(portal.folder().join("record.key")).expect("the key");
    let other = portal.signer();
    assert_ne!(other.public_key(), signer.public_key());
    portal.wait_minutes(24 * 60);
    sign_today(portal.portal(), &other).await.expect("a head");
    TestPortal::must_be_whole(&verify(&portal.store, Some(&other.public_key())).await.expect("a reading"));
    let faults = verify(&portal.store, Some(&signer.public_key())).await.expect("a reading").faults;
    assert_eq!(faults, ["the signed head of 2027-03-07 was signed with another key than this portal's"]);
}

/// Hashes every line again from the first on, as somebody would who hides an edit.
async fn write_anew(portal: &TestPortal) {
    let links = portal.read().await.links_after(0, "").await.expect("lines");
    let mut previous = BEGINNING.to_owned();
    for link in links {
        let line: Line = link.line;
        let hash = String::from(line.hash_after(&previous));
        let sql = format!("UPDATE event SET previous = '{previous}', hash = '{hash}' WHERE seq = {}", link.seq);
        portal.tamper(Box::leak(sql.into_boxed_str())).await;
        previous = hash;
    }
    portal.tamper("UPDATE record_head SET hash = (SELECT hash FROM event ORDER BY seq DESC LIMIT 1)").await;
}

async fn a_chain_that_was_written_anew_does_not_fit_its_signed_heads(portal: TestPortal) {
    let signer = portal.signer();
    portal.lines(4).await;
    sign_today(portal.portal(), &signer).await.expect("a head");
    portal.lines(2).await;
    portal.unguard().await;
    portal.tamper("UPDATE event SET subject = 'y' WHERE seq = 2").await;
    write_anew(&portal).await;
    let faults = portal.audit().await.faults;
    assert_eq!(faults, ["the signed head of 2027-03-05 is another than line 6 has: the record was written anew"]);
    // With the head made to fit, the signature does not.
    portal.tamper("UPDATE signed_head SET hash = (SELECT hash FROM event WHERE seq = 6)").await;
    assert_eq!(portal.audit().await.faults, ["the signature of the head of 2027-03-05 is wrong"]);
}

async fn the_public_page_tells_days_hashes_and_signatures_alone(portal: TestPortal) {
    portal.visitor().page("/record").await.must_show("None was signed yet");
    let (centre, application) = portal.at_a_draft().await;
    let signer = portal.signer();
    sign_today(portal.portal(), &signer).await.expect("a head");
    let page = portal.visitor().page("/record").await;
    let head = portal.read().await.newest_signed_head().await.expect("a head").expect("a head");
    for text in [&head.day, &head.hash, &head.signature, &head.public_key] {
        page.must_show(text);
    }
    let text = format!("designated-centres record head 1\n{}\n{}\n", head.day, head.hash);
    assert!(verifies(&head.public_key, &text, &head.signature), "as the page says");
    // What people do meanwhile changes nothing on it.
    portal.answer(centre.lead, application, 3, &content(Level::Established, "A case")).await;
    portal.wait_minutes(30);
    assert_eq!(portal.visitor().page("/record").await.bare(), page.bare());
    // A second page, and a day that is none.
    portal.wait_minutes(24 * 60);
    sign_today(portal.portal(), &signer).await.expect("a head");
    let earlier = portal.visitor().page("/record?before=2027-03-06").await;
    assert!(earlier.shows(&head.hash) && !earlier.shows("2027-03-06"));
    assert_eq!(portal.visitor().get("/record?before=%3Cb%3E").await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_key_is_made_once_and_is_nobody_elses_to_read() {
    let portal = TestPortal::begin(Engine::Sqlite).await;
    assert!(Signer::existing(&portal.settings).expect("no key").is_none());
    let key = portal.signer().public_key();
    assert_eq!(portal.signer().public_key(), key);
    let path = portal.folder().join("record.key");
    assert_eq!(fs::metadata(&path).expect("the key").permissions().mode() & 0o777, 0o600);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("other rights");
    let error = Signer::existing(&portal.settings).expect_err("a key that others can read");
    assert!(error.to_string().contains("can be read by others"), "{error}");
    let mut settings = portal.settings.clone();
    settings.record_key = Some("11".repeat(32).into());
    assert_ne!(Signer::open(&settings, &portal.chance).expect("a key").public_key(), key);
    settings.record_key = Some("11".into());
    assert!(Signer::open(&settings, &portal.chance).is_err());
    assert!(!format!("{settings:?}").contains("11\""), "{settings:?}");
}
