//! The list of people, the list of sessions, and the settings: what administrators look at.

use super::{
    browser::{Browser, Reply},
    harness::{Engine, TestPortal},
};
use crate::{
    pages::administration::settings::{HIDDEN, SHOWN},
    store::{self, Store},
};
use std::collections::BTreeSet;

on_both!(
    people_are_found_by_the_beginning_of_a_word,
    every_page_of_a_list_goes_on_where_the_last_one_ended,
    people_from_before_there_were_words_are_found_after_a_start,
    sessions_are_counted_and_ended,
    a_secret_is_in_no_setting_that_is_shown,
);

const HERE: &str = "/administration/people";

async fn administrator(portal: &TestPortal) -> Browser {
    portal.account("Ida Berg", "ida@example.org", &["administrator"]).await;
    portal.sign_in("ida@example.org").await
}

/// The accounts that a page lists, in its order.
fn listed(reply: &Reply) -> Vec<String> {
    let page = reply.html();
    let people = page.values("href").filter_map(|href| href.strip_prefix("/administration/people/"));
    people.map(str::to_owned).collect()
}

async fn people_are_found_by_the_beginning_of_a_word(portal: TestPortal) {
    let mut ida = administrator(&portal).await;
    let asa = portal.account("Åsa Lind-Öberg", "a.lind@hospital.example", &["chair"]).await.to_string();
    let lin = portal.account("Lin 100%", "lin_x@clinic.example", &[]).await.to_string();
    let mut find = async |beginning: &str, role: &str| {
        let reply = ida.post(HERE, &[("beginning", beginning), ("role", role)]).await;
        assert_eq!(reply.html().value_of("beginning"), beginning.trim(), "what was typed is kept");
        listed(&reply)
    };
    for (beginning, role, found) in [
        ("nobody", "", vec![]),
        ("ind", "", vec![]),
        ("%", "", vec![]),
        ("l_n", "", vec![]),
        ("'; DROP TABLE person; --", "", vec![]),
        ("lind", "", vec![&asa]),
        ("ÅSA", "", vec![&asa]),
        (" a.lind@HOSPITAL.example ", "", vec![&asa]),
        ("lin", "", vec![&lin, &asa]),
        ("lin_", "", vec![&lin]),
        ("100%", "", vec![&lin]),
        ("", "chair", vec![&asa]),
        ("lin", "chair", vec![&asa]),
        ("lin_", "chair", vec![]),
    ] {
        assert_eq!(
            find(beginning, role).await,
            found.into_iter().cloned().collect::<Vec<_>>(),
            "{beginning:?} {role:?}"
        );
    }
    assert_eq!(find("", "").await.len(), 3);
    ida.post(HERE, &[("beginning", "nobody")]).await.must_show("Nobody. Type fewer letters");
    // What is looked for stands in no address, where browsers and proxies keep it.
    let found = ida.post(HERE, &[("beginning", "lind")]).await.html();
    assert!(found.values("href").chain(found.values("action")).all(|a| !a.contains('?') && !a.contains("lind")));
    assert!(found.named("form").all(|form| form.get("method") == Some("post")));
    let page = ida.page(HERE).await;
    page.must_show("a.lind@hospital.example");
    page.must_show("Chair");
    page.must_show("Never");
    page.must_show("today at 13:32 UTC");
}

/// Every page of a list, from the first to the last.
async fn pages(browser: &mut Browser, first: Reply) -> Vec<Vec<String>> {
    let (mut reply, mut all) = (first, Vec::new());
    loop {
        all.push(listed(&reply));
        let page = reply.html();
        let Some(after) = page.named("input").find(|i| i.get("name") == Some("after")).and_then(|i| i.get("value"))
        else {
            return all;
        };
        let fields =
            [("beginning", page.value_of("beginning")), ("place", page.value_of("place")), ("after", after.to_owned())];
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        reply = browser.post(HERE, &fields).await;
    }
}

async fn every_page_of_a_list_goes_on_where_the_last_one_ended(portal: TestPortal) {
    let mut ida = administrator(&portal).await;
    let mut tx = portal.write().await;
    let mut made = BTreeSet::new();
    for n in 0..130 {
        // Found by several words each; half of the accounts come in the same moment.
        let (stamp, name, email) = (portal.stamp(None), format!("Mara Mar{n:03} Marten"), format!("mar{n}@e.org"));
        made.insert(tx.add_account(&stamp, &name, &email, "x", &[]).await.expect("an account").to_string());
        if n % 2 == 0 {
            portal.wait_minutes(1);
        }
    }
    tx.commit().await.expect("commit");
    let first = ida.page(HERE).await;
    let all = pages(&mut ida, first).await;
    assert_eq!(all.iter().map(Vec::len).collect::<Vec<_>>(), [50, 50, 31], "and Ida");
    assert_eq!(all.concat().into_iter().collect::<BTreeSet<_>>().len(), 131);
    for beginning in ["mar", "m", "mara"] {
        let first = ida.post(HERE, &[("beginning", beginning)]).await;
        let all = pages(&mut ida, first).await;
        assert_eq!(all.iter().map(Vec::len).collect::<Vec<_>>(), [50, 50, 30], "{beginning}");
        assert_eq!(all.concat().into_iter().collect::<BTreeSet<_>>(), made, "{beginning}");
    }
    // A place that cannot be is answered with a page, not with an error.
    let (least, most) = ("0".repeat(32), "f".repeat(32));
    for (place, after) in [("x", "x"), ("zz", "0"), ("-1", most.as_str()), ("99999999999999999999", least.as_str())] {
        for beginning in ["", "mar"] {
            let odd = ida.post(HERE, &[("beginning", beginning), ("place", place), ("after", after)]).await;
            assert_eq!(odd.status, 200, "{place} {after}");
        }
    }
}

async fn people_from_before_there_were_words_are_found_after_a_start(portal: TestPortal) {
    let mut ida = administrator(&portal).await;
    portal.tamper("DELETE FROM person_key").await;
    portal.tamper("UPDATE person SET keyed = FALSE").await;
    assert_eq!(listed(&ida.post(HERE, &[("beginning", "berg")]).await).len(), 0);
    portal.store.migrate().await.expect("a start");
    assert_eq!(listed(&ida.post(HERE, &[("beginning", "berg")]).await).len(), 1);
    let words = "SELECT CAST(COUNT(*) AS BIGINT) FROM person_key";
    assert_eq!(portal.count(words).await, 3);
    portal.store.migrate().await.expect("a second start");
    assert_eq!(portal.count(words).await, 3);
}

async fn sessions_are_counted_and_ended(portal: TestPortal) {
    let mut ida = administrator(&portal).await;
    let north = portal.centre("north").await;
    let (mut one, mut two) = (portal.sign_in(&north.lead_email()).await, portal.sign_in(&north.lead_email()).await);
    let mut ben = portal.sign_in(&north.contributor_email()).await;
    let here = "/administration/sessions";
    let page = ida.page(here).await;
    for text in ["Everybody34", "Centre lead12", "Contributor11", "Administrator11"] {
        page.must_show(text);
    }
    let person = format!("{HERE}/{}", north.lead);
    let reference =
        portal.read().await.sessions_of(north.lead, portal.wall.now()).await.expect("sessions").remove(0).handle;
    // The handle that names a session opens nothing, and ends only a session of its person.
    let mut thief = portal.visitor();
    thief.set_session(&reference);
    assert!(thief.get("/home").await.went_to().starts_with("/sign-in"));
    ida.post(&format!("{HERE}/{}/sessions/{reference}/end", north.contributor), &[]).await.went_to();
    ida.post(&format!("{person}/sessions/%25/end"), &[]).await.went_to();
    assert_eq!(portal.read().await.sessions_of(north.lead, portal.wall.now()).await.expect("sessions").len(), 2);

    let end = format!("{person}/sessions/{reference}/end");
    assert_eq!(ida.post(&end, &[("from", "sessions")]).await.went_to(), here);
    let alive = async |browser: &mut Browser| browser.get("/home").await.status == 200;
    assert_eq!([alive(&mut one).await, alive(&mut two).await].iter().filter(|a| **a).count(), 1, "one of two");
    assert_eq!(ida.post(&end, &[]).await.went_to(), format!("{person}?done=sessions"), "the second press");
    assert_eq!(ida.post(&format!("{person}/sessions/end"), &[]).await.went_to(), format!("{person}?done=sessions"));
    assert!(!alive(&mut one).await && !alive(&mut two).await && alive(&mut ben).await);
    ida.post(&format!("{person}/sessions/end"), &[]).await.went_to();
    let events = portal.read().await.events_of(&north.lead.to_string()).await.expect("events");
    assert_eq!(events.iter().filter(|(kind, _)| kind == "SessionsEnded").count(), 2);
}

async fn a_secret_is_in_no_setting_that_is_shown(portal: TestPortal) {
    use secrecy::ExposeSecret;
    let mut ida = administrator(&portal).await;
    let page = ida.page("/administration/settings").await;
    page.must_show(super::harness::ORIGIN);
    page.must_show(portal.store.engine());
    assert!(!page.text().contains(portal.settings.database_url.expose_secret()));
}

#[test]
fn every_setting_is_shown_or_named_as_hidden() {
    let source = include_str!("../server/settings.rs");
    let (_, body) = source.split_once("pub struct Settings {").expect("the settings");
    let (body, _) = body.split_once("\n}").expect("their end");
    let mut fields: BTreeSet<(&str, &str)> = BTreeSet::new();
    for line in body.lines().filter_map(|line| line.trim().strip_prefix("pub ")) {
        fields.insert(line.trim_end_matches(',').split_once(": ").expect("name and type"));
    }
    assert!(6 <= fields.len(), "{fields:?}");
    let listed: Vec<&str> =
        SHOWN.iter().map(|(field, ..)| *field).chain(HIDDEN.iter().map(|(field, _)| *field)).collect();
    let names: BTreeSet<&str> = fields.iter().map(|(name, _)| *name).collect();
    assert_eq!(listed.iter().copied().collect::<BTreeSet<_>>(), names, "list it in pages/administration/settings.rs");
    assert_eq!(listed.len(), names.len(), "a setting stands twice");
    for (name, kind) in fields {
        assert!(!kind.contains("Secret") || HIDDEN.iter().any(|(hidden, _)| *hidden == name), "{name} is a secret");
    }
}

/// A list among very many people has to be a range of an index, on whichever page.
#[tokio::test]
async fn no_list_of_people_reads_everybody() {
    let portal = TestPortal::begin(Engine::Sqlite).await;
    let Store::Sqlite { writer, .. } = &portal.store else { panic!("SQLite") };
    let mut looked = 0;
    for (name, sql) in store::people::ALL.iter().filter(|(_, sql)| sql.starts_with("SELECT")) {
        let mut plan = sqlx::QueryBuilder::<sqlx::Sqlite>::new("EXPLAIN QUERY PLAN ");
        plan.push(*sql);
        let steps: Vec<(i64, i64, i64, String)> = plan.build_query_as().fetch_all(writer).await.expect(sql);
        looked += 1;
        for (.., step) in steps {
            let everybody =
                step.starts_with("SCAN") && !step.contains("USING") || step.contains("TEMP B-TREE FOR ORDER BY");
            // Those with a role are few, and sorted after they are found.
            assert!(!everybody || name.ends_with("WITH_ROLE"), "{name}: {step}");
        }
    }
    assert!(5 <= looked);
}
