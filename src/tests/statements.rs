//! Every statement of the portal means something on both engines.

use super::harness::{Engine, TestPortal};
use crate::store::{self, Store};
use sqlx::{Executor, SqlSafeStr};
use std::collections::BTreeSet;

on_both!(every_statement_can_be_prepared);

async fn every_statement_can_be_prepared(portal: TestPortal) {
    let mut broken = Vec::new();
    for (name, sql) in store::statements() {
        let refused = match &portal.store {
            Store::Sqlite { writer, .. } => {
                let mut db = writer.acquire().await.expect("a connection");
                (&mut *db).prepare(sql.into_sql_str()).await.err()
            }
            Store::Postgres(pool) => {
                let mut db = pool.acquire().await.expect("a connection");
                (&mut *db).prepare(sql.into_sql_str()).await.err()
            }
        };
        broken.extend(refused.map(|error| format!("{name}: {error}\n{sql}\n")));
    }
    assert!(broken.is_empty(), "{}", broken.concat());
}

#[test]
fn every_statement_has_a_name_of_its_own_and_stands_once() {
    let all = store::statements();
    let names: BTreeSet<&str> = all.iter().map(|(name, _)| *name).collect();
    let texts: BTreeSet<&str> = all.iter().map(|(_, sql)| *sql).collect();
    assert_eq!((names.len(), texts.len()), (all.len(), all.len()));
    assert!(60 < all.len(), "only {} statements are listed: was a module forgotten?", all.len());
}

#[tokio::test]
async fn sqlite_is_new_enough_to_keep_what_was_committed() {
    let portal = TestPortal::begin(Engine::Sqlite).await;
    let version = portal.texts("SELECT sqlite_version()").await.remove(0);
    let numbers: Vec<u32> = version.split('.').map(|n| n.parse().expect("a number")).collect();
    assert!([3, 51, 3].as_slice() <= numbers.as_slice(), "SQLite {version}");
}

#[tokio::test]
async fn sqlite_keeps_its_promises_about_durability() {
    let portal = TestPortal::begin(Engine::Sqlite).await;
    assert_eq!(portal.texts("PRAGMA journal_mode").await, ["wal"]);
    assert_eq!(portal.count("PRAGMA synchronous").await, 2, "FULL");
    assert_eq!(portal.count("PRAGMA foreign_keys").await, 1);
}
