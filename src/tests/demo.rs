//! The demo world: the same seed and moment give the same world, and names decide nothing in it.

use super::{
    browser::Browser,
    harness::{Engine, NOW, TestPortal},
};
use crate::{
    domain::{moment::Moment, stage::StageName},
    server::demo::{Demo, DemoArgs, code, fill},
    store::Store,
};
use sqlx::{Database, Postgres, QueryBuilder, Sqlite};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
};

impl TestPortal {
    /// A portal that is filled with the demo world.
    pub async fn demo(engine: Engine, names: Option<PathBuf>) -> Self {
        let portal = Self::begin(engine).await;
        let args = DemoArgs { names, seed: Some(7), now: Moment::parse(NOW) };
        fill(portal.portal(), &Demo::read(&args).expect("a demo")).await.expect("a world");
        portal
    }

    /// Somebody of the demo world, signed in; the address and the password as `demo.json` tells them.
    pub async fn enter_demo(&self, email: &str, password: &str) -> Browser {
        let mut browser = self.visitor();
        let place = browser.post("/sign-in", &[("email", email), ("password", password)]).await.went_to();
        assert_eq!(place, "/sign-in/code");
        let code = code(self.folder(), email, self.wall.now()).expect("a code");
        assert_eq!(browser.post("/sign-in/code", &[("code", &code)]).await.went_to(), "/home");
        browser
    }

    /// Every row of every table, as text.
    pub async fn rows(&self) -> BTreeMap<String, Vec<String>> {
        let tables = match &self.store {
            Store::Sqlite { .. } => {
                self.texts("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\'").await
            }
            Store::Postgres(_) => {
                self.texts("SELECT CAST(table_name AS TEXT) FROM information_schema.tables WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' AND table_name NOT LIKE '\\_%'").await
            }
        };
        let mut all = BTreeMap::new();
        for table in tables {
            let rows = match &self.store {
                Store::Sqlite { writer, .. } => {
                    let columns: Vec<String> = sqlx::query_scalar("SELECT name FROM pragma_table_info($1)")
                        .bind(&table)
                        .fetch_all(writer)
                        .await
                        .expect("columns");
                    let row = columns.iter().map(|c| format!("quote({c})")).collect::<Vec<_>>().join(" || ' ' || ");
                    select::<Sqlite>(&row, &table).build_query_scalar().fetch_all(writer).await.expect("rows")
                }
                Store::Postgres(pool) => {
                    let row = format!("CAST({table} AS TEXT)");
                    select::<Postgres>(&row, &table).build_query_scalar().fetch_all(pool).await.expect("rows")
                }
            };
            let rows: Vec<String> = rows;
            all.insert(table, rows.into_iter().map(without_hash).collect());
        }
        all
    }
}

fn select<DB: Database>(row: &str, table: &str) -> QueryBuilder<DB> {
    let mut select = QueryBuilder::new("SELECT ");
    select.push(row).push(" FROM ").push(table).push(" ORDER BY 1");
    select
}

/// Password hashes are salted, and secrets sealed, with numbers of the operating system; the folder's files are the only
/// place that knows them.
fn without_hash(row: String) -> String {
    if let Some((before, after)) = row.split_once("$argon2id$") {
        let end = after.find(['\'', '"']).unwrap_or(after.len());
        return format!("{before}HASH{}", &after[end..]);
    }
    if let Some((before, after)) = row.split_once("sealed1:") {
        return format!("{before}SEALED{}", after.trim_start_matches(|c: char| c.is_ascii_hexdigit()));
    }
    row
}

async fn the_same_seed_and_moment_give_the_same_rows(engine: Engine) {
    let (one, other) = (TestPortal::demo(engine, None).await, TestPortal::demo(engine, None).await);
    let (rows, others) = (one.rows().await, other.rows().await);
    assert!(15 < rows.len() && 500 < rows.values().map(Vec::len).sum::<usize>());
    for (table, rows) in &rows {
        assert_eq!(rows, &others[table], "{table}");
    }
    let read = |portal: &TestPortal| fs::read_to_string(portal.folder().join("demo.json")).expect("demo.json");
    assert_eq!(read(&one), read(&other));

    // A second filling changes nothing.
    let demo = Demo::read(&DemoArgs { names: None, seed: Some(8), now: Moment::parse(NOW) }).expect("a demo");
    fill(one.portal(), &demo).await.expect("nothing to do");
    assert_eq!(one.rows().await, rows);
}

async fn other_names_change_the_identities_alone(engine: Engine) {
    let one = TestPortal::demo(engine, None).await;
    let mut names: serde_json::Value =
        serde_json::from_slice(&fs::read(one.folder().join("names.json")).expect("names.json")).expect("JSON");
    let mut count = 0;
    for list in ["people", "centres"] {
        for entry in names[list].as_array_mut().expect("a list") {
            for (_, value) in entry.as_object_mut().expect("an entry") {
                count += 1;
                *value = format!("canary{count}{}", value.as_str().expect("a text")).into();
            }
        }
    }
    let path = one.folder().join("other.json");
    fs::write(&path, names.to_string()).expect("a file");
    let other = TestPortal::demo(engine, Some(path)).await;
    let (rows, others) = (one.rows().await, other.rows().await);
    let different: BTreeSet<&str> = rows.keys().filter(|t| rows[*t] != others[*t]).map(String::as_str).collect();
    assert_eq!(
        different,
        BTreeSet::from([
            "person",
            "person_key",
            "centre_identity",
            "signatory",
            // Where reviewers work, and who they are tied to.
            "reviewer_profile",
            "reviewer_tie",
            // What centres agreed to publish, and what they are found by.
            "designation",
            "centre_word",
            "ledger",
            "ledger_word",
            "register_entry",
            "register_word",
        ])
    );
    for table in different {
        // How many words a name has is its own affair.
        assert!(rows[table].len() == others[table].len() || table.ends_with("_word"), "{table}");
        // Single words of names, as bytes: only the first word of each name was changed.
        if !table.ends_with("_key") && !table.ends_with("_word") {
            assert!(others[table].iter().all(|row| row.contains("canary")), "{table}");
        }
    }
}

async fn every_state_is_there_and_everything_agrees(engine: Engine) {
    let portal = TestPortal::demo(engine, None).await;
    let stages: BTreeSet<String> = portal.texts("SELECT DISTINCT stage FROM application").await.into_iter().collect();
    assert_eq!(stages, StageName::ALL.iter().map(|s| s.key().to_owned()).collect());
    let (snapshots, broken) = portal.read().await.broken_snapshots().await.expect("snapshots");
    assert!(8 <= snapshots && broken.is_empty(), "{snapshots} {broken:?}");
    for stored in portal.read().await.all_blobs().await.expect("blobs") {
        assert!(portal.blobs.verify(&stored).await.expect("the bytes"), "{stored:?}");
    }
    let now = Moment::parse(NOW).expect("a time").millis();
    assert!(portal.count("SELECT CAST(MAX(at) AS BIGINT) FROM event").await <= now, "nothing happens in the future");
}

mod past;
mod reviewers;

on_engines!(
    the_same_seed_and_moment_give_the_same_rows,
    other_names_change_the_identities_alone,
    every_state_is_there_and_everything_agrees,
);
