//! Roles as they act: what several together open, and that what is taken away is gone at once, also in the middle of a
//! download or an upload.

use super::{
    browser::Browser,
    harness::TestPortal,
    world::{Centre, PDF, at},
};
use crate::{
    domain::{
        access::{Action, Decision, Grant, Relation, Role, may},
        id::{AccountId, ApplicationId},
    },
    server::guarded::BYTES,
    store::{centre, evidence::Source},
};
use axum::{
    body::Body,
    http::{Method, StatusCode, header},
};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use tokio::sync::mpsc;

on_both!(
    roles_meet_on_each_application,
    a_role_of_another_cycle_is_none_here,
    roles_are_carried_over_from_the_time_before,
    a_download_ends_with_the_right_to_it,
    an_upload_that_began_before_a_removal_leaves_nothing,
    a_removed_contributor_saves_nothing_from_an_open_page,
);

async fn may_read(portal: &TestPortal, application: ApplicationId, account: AccountId) -> (Vec<Relation>, Decision) {
    let standing = portal.read().await.standing(application, account).await.expect("a standing").expect("an account");
    let decision = may(standing.relation, standing.application.stage.name(), Action::Read);
    (standing.relation.relations().collect(), decision)
}

async fn roles_meet_on_each_application(portal: TestPortal) {
    let (north, application) = portal.at_a_draft().await;
    portal.submit(&north, application).await;
    let both = portal.account("Both", "both@example.org", &["coordinator"]).await;
    assert_eq!(may_read(&portal, application, both).await, (vec![Relation::Coordinator], Decision::Allowed));
    // Of the own centre's application a coordinator sees what the centre sees, and of another's what a coordinator does.
    let south = portal.centre("south").await;
    let cycle = portal.read().await.cycles().await.expect("cycles").remove(0);
    let other = portal.draft(&south, &cycle).await;
    portal.submit(&south, other).await;
    let mut tx = portal.write().await;
    tx.join_centre(&portal.stamp(None), north.id, both, centre::Role::Contributor).await.expect("a contributor");
    tx.commit().await.expect("commit");
    assert_eq!(may_read(&portal, application, both).await, (vec![Relation::Contributor], Decision::Allowed));
    let standing = portal.read().await.standing(application, both).await.expect("a standing").expect("an account");
    let give_back = may(standing.relation, standing.application.stage.name(), Action::Return);
    assert_eq!(give_back, Decision::Refused, "nobody screens their own");
    assert_eq!(may_read(&portal, other, both).await, (vec![Relation::Coordinator], Decision::Allowed));

    // An administrator reads no application, whatever else they are in the programme.
    let mut tx = portal.write().await;
    let grant = Grant { role: Role::Administrator, cycle: None };
    tx.grant(&portal.stamp(None), both, grant).await.expect("a role");
    tx.commit().await.expect("commit");
    let (relations, decision) = may_read(&portal, other, both).await;
    assert_eq!(decision, Decision::NotFound, "{relations:?}");
    assert_eq!(may_read(&portal, application, both).await.1, Decision::Allowed, "their centre's own stays theirs");
    let mut browser = portal.sign_in("both@example.org").await;
    browser.page(&at(application, "")).await;
    assert_eq!(browser.get(&at(other, "")).await.status, StatusCode::NOT_FOUND);
    let mut tx = portal.write().await;
    tx.end_grant(&portal.stamp(None), both, grant).await.expect("an end");
    assert!(tx.end_grant(&portal.stamp(None), both, grant).await.is_err(), "it has ended already");
    tx.commit().await.expect("commit");
    assert_eq!(may_read(&portal, other, both).await.1, Decision::Allowed);
}

async fn a_role_of_another_cycle_is_none_here(portal: TestPortal) {
    let (north, application) = portal.at_a_draft().await;
    portal.submit(&north, application).await;
    let other = portal.cycle("2028", 300, 400).await;
    let this = portal.read().await.cycles().await.expect("cycles").into_iter().find(|c| c.id != other.id).expect("one");
    for (cycle, expected) in
        [(Some(other.id), Decision::NotFound), (Some(this.id), Decision::Allowed), (None, Decision::Allowed)]
    {
        for role in [Role::Coordinator, Role::Chair] {
            let email = format!("{role:?}-{cycle:?}@example.org");
            let account = portal.account("Somebody", &email, &[]).await;
            let mut tx = portal.write().await;
            tx.grant(&portal.stamp(None), account, Grant { role, cycle }).await.expect("a role");
            tx.commit().await.expect("commit");
            assert_eq!(may_read(&portal, application, account).await.1, expected, "{role:?} {cycle:?}");
        }
    }
    let reviewer = portal.account("Reviewer", "r@example.org", &["reviewer"]).await;
    assert_eq!(may_read(&portal, application, reviewer).await.1, Decision::NotFound, "no seat on a panel");
}

async fn roles_are_carried_over_from_the_time_before(portal: TestPortal) {
    // Back to the schema of the time before, with its rows; then the step that carries them over.
    let tables = [
        "DROP TABLE role_grant",
        "DROP TABLE invitation",
        "DROP TABLE password_reset",
        "DROP TABLE person_key",
        "DROP TABLE person_correction",
        "DROP INDEX account_created",
        "DROP INDEX session_seen",
        "DROP INDEX person_unkeyed",
        "ALTER TABLE person DROP COLUMN keyed",
        "ALTER TABLE account ADD COLUMN roles TEXT NOT NULL DEFAULT ''",
        "CREATE TABLE invitation (id TEXT NOT NULL PRIMARY KEY, token_hash TEXT NOT NULL, centre_id TEXT, role TEXT NOT NULL, \
         name TEXT NOT NULL, email TEXT NOT NULL, created_by TEXT, created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, used_at BIGINT)",
        "INSERT INTO account (id, created_at, roles) VALUES ('0000000000000000000000000000000a', 7, 'coordinator administrator')",
        "INSERT INTO account (id, created_at, roles) VALUES ('0000000000000000000000000000000b', 8, '')",
        "INSERT INTO account (id, created_at, roles) VALUES ('0000000000000000000000000000000c', 9, 'chair')",
        "INSERT INTO invitation VALUES ('0000000000000000000000000000000d', 'hash', NULL, 'coordinator', 'N', 'n@e.org', NULL, 5, 6, NULL)",
    ];
    for sql in tables {
        portal.tamper(sql).await;
    }
    let step = include_str!("../../migrations/0007_people.sql");
    match &portal.store {
        crate::store::Store::Sqlite { writer, .. } => sqlx::raw_sql(step).execute(writer).await.map(|_| ()),
        crate::store::Store::Postgres(pool) => sqlx::raw_sql(step).execute(pool).await.map(|_| ()),
    }
    .expect("the step");
    let grants =
        "SELECT account_id || ' ' || role || ' ' || CAST(granted_at AS TEXT) FROM role_grant ORDER BY account_id, role";
    let (a, c) = ("0000000000000000000000000000000a", "0000000000000000000000000000000c");
    assert_eq!(
        portal.texts(grants).await,
        [format!("{a} administrator 7"), format!("{a} coordinator 7"), format!("{c} chair 9")]
    );
    assert_eq!(portal.texts("SELECT name FROM invitation WHERE sent_at = 5 AND expires_at = 6").await, ["N"]);
}

/// A large file of the centre; answers with its address and size.
async fn large(portal: &TestPortal, north: &Centre, application: ApplicationId) -> (String, usize) {
    let bytes = [PDF, &vec![b' '; 6 * BYTES]].concat();
    let size = bytes.len();
    let stored = portal.blobs.put(&north.id.to_string(), "large", bytes.into()).await.expect("a blob");
    let stamp = portal.stamp(Some(north.lead));
    let mut tx = portal.write().await;
    let file_type = crate::domain::evidence::FileType::Pdf;
    let (id, _) = tx.add_file(&stamp, north.id, &stored, file_type).await.expect("a file");
    let about = super::world::about("Large", crate::domain::evidence::Kind::Data, "2027-01-01", "");
    let source = Source::File(crate::store::evidence::StoredFile {
        id,
        sha256: stored.sha256,
        size: stored.size,
        file_type,
        name: "large.pdf".into(),
    });
    let id = tx.add_evidence(&stamp, application, &about, &source).await.expect("evidence");
    tx.commit().await.expect("commit");
    (at(application, &format!("/evidence/{id}/file")), size)
}

/// Begins a download, lets something happen, and goes on; answers with how much came, and whether it came to its end.
async fn downloaded(browser: &Browser, path: &str, meanwhile: impl AsyncFnOnce()) -> (usize, bool) {
    let response = browser.begin(path).await;
    assert_eq!(response.status(), StatusCode::OK);
    let mut parts = response.into_body().into_data_stream();
    let mut came = parts.next().await.expect("a first part").expect("bytes").len();
    meanwhile().await;
    while let Some(part) = parts.next().await {
        match part {
            Ok(bytes) => came += bytes.len(),
            Err(_) => return (came, false),
        }
    }
    (came, true)
}

async fn a_download_ends_with_the_right_to_it(portal: TestPortal) {
    let (north, application) = portal.at_a_draft().await;
    portal.account("Ida", "ida@example.org", &["administrator"]).await;
    let (path, size) = large(&portal, &north, application).await;
    let email = north.contributor_email();
    let ben = portal.sign_in(&email).await;
    assert_eq!(downloaded(&ben, &path, async || {}).await, (size, true), "nothing happens");

    let most = BYTES + BYTES / 2;
    let cut = |(came, whole): (usize, bool)| !whole && came <= most;
    let person = format!("/administration/people/{}", north.contributor);
    let mut ida = portal.sign_in("ida@example.org").await;
    let ended = downloaded(&ben, &path, async || {
        ida.post(&format!("{person}/sessions/end"), &[]).await.went_to();
    });
    assert!(cut(ended.await), "the session was ended");
    let ben = portal.sign_in(&email).await;
    let closed = downloaded(&ben, &path, async || {
        ida.post(&format!("{person}/close"), &[]).await.went_to();
    });
    assert!(cut(closed.await), "the account was closed");
    ida.post(&format!("{person}/reopen"), &[]).await.went_to();
    let ben = portal.sign_in(&email).await;
    let mut lead = portal.sign_in(&north.lead_email()).await;
    let removed = downloaded(&ben, &path, async || {
        lead.post(&at(application, &format!("/team/members/{}/remove", north.contributor)), &[]).await.went_to();
    });
    assert!(cut(removed.await), "the contributor was removed");
    assert_eq!(ben.begin(&path).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(downloaded(&lead, &path, async || {}).await, (size, true), "others go on");
}

async fn an_upload_that_began_before_a_removal_leaves_nothing(portal: TestPortal) {
    let (north, application) = portal.at_a_draft().await;
    let mut ben = portal.sign_in(&north.contributor_email()).await;
    let mut lead = portal.sign_in(&north.lead_email()).await;
    let (sender, receiver) = mpsc::channel::<Bytes>(1);
    let parts = stream::unfold(receiver, |mut receiver| async move {
        receiver.recv().await.map(|bytes| (Ok::<_, std::io::Error>(bytes), receiver))
    });
    let request = ben
        .request(&Method::POST, &at(application, "/evidence"))
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge")
        .body(Body::from_stream(parts))
        .expect("a request");
    let upload = tokio::spawn(async move { ben.send(request).await });
    let head = "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\r\n";
    // There is room for one part: when the second one fits, the first was read, behind the door.
    sender.send(Bytes::from(head)).await.expect("the first part");
    sender.send(Bytes::from_static(PDF)).await.expect("the second part");
    let way = at(application, &format!("/team/members/{}/remove", north.contributor));
    lead.post(&way, &[]).await.went_to();
    sender.send(Bytes::from_static(b"\r\n--edge--\r\n")).await.expect("the last part");
    drop(sender);
    let reply = upload.await.expect("an answer");
    assert_eq!(reply.status, StatusCode::CONFLICT, "{}", reply.headline());
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM evidence").await, 0);
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM file").await, 0);
}

async fn a_removed_contributor_saves_nothing_from_an_open_page(portal: TestPortal) {
    let (north, application) = portal.at_a_draft().await;
    let mut ben = portal.sign_in(&north.contributor_email()).await;
    let here = at(application, "/criteria/4");
    ben.page(&here).await;
    let mut tx = portal.write().await;
    tx.leave_centre(&portal.stamp(None), north.id, north.contributor).await.expect("a removal");
    // A save that is on its way when the removal is committed is refused by the transaction itself.
    let stamp = portal.stamp(Some(north.contributor));
    assert!(tx.touch_draft(&stamp, application).await.is_err());
    tx.touch_draft(&portal.stamp(Some(north.lead)), application).await.expect("the lead goes on");
    tx.commit().await.expect("commit");
    let fields = [("version", "0"), ("narrative", "Too late")];
    let (reply, unknown) = (ben.post(&here, &fields).await, ben.post("/no/such/page", &fields).await);
    assert_eq!(reply.bare(), unknown.bare());
    assert!(portal.read().await.answer(application, 4).await.expect("a look").is_none());
    // Signed in they are still: with nothing to see.
    assert_eq!(portal.sign_in(&north.contributor_email()).await.get(&here).await.status, StatusCode::NOT_FOUND);
}
