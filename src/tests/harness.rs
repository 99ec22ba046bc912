//! A whole portal for one test: its own folder, its own database, a clock that stands still, and browsers to use it.

use crate::{
    app,
    catalogue::Catalogue,
    domain::{id::AccountId, moment::Moment},
    evidence::blobs::Blobs,
    server::{
        Parts, Portal,
        clock::Clock,
        passwords::Passwords,
        provider::{Configured, Providers},
        settings::Settings,
    },
    store::{Chance, Stamp, Store, Tx},
};
use axum::Router;
use sqlx::{Connection, PgConnection, Postgres, QueryBuilder};
use std::{env, ops::Deref, path::Path};
use tempfile::TempDir;

use super::browser::Browser;

/// The time of every test: 5 March 2027, 14:32 in Zurich.
pub const NOW: &str = "2027-03-05T13:32:00Z";

/// The password of every account.
pub const PASSWORD: &str = "a quiet morning on the ward";

/// Where the portal believes to be.
pub const ORIGIN: &str = "http://portal.test";

/// What the database half of a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// A file in the folder of the test.
    Sqlite,
    /// A schema of its own on the server that `TEST_DATABASE_URL` names.
    Postgres,
}

/// A portal, its router and its folder; gone when it is dropped.
#[derive(Debug)]
pub struct TestPortal {
    portal: Portal,
    router: Router,
    folder: TempDir,
}

impl Deref for TestPortal {
    type Target = Portal;
    fn deref(&self) -> &Portal {
        &self.portal
    }
}

impl TestPortal {
    /// An empty portal.
    pub async fn begin(engine: Engine) -> Self {
        Self::with_providers(engine, Vec::new()).await
    }

    /// An empty portal with identity providers.
    pub async fn with_providers(engine: Engine, providers: Vec<Configured>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let database_url = match engine {
            Engine::Sqlite => Store::embedded_url(folder.path()),
            Engine::Postgres => schema().await.into(),
        };
        let store = Store::open(&database_url).await.expect("a database");
        store.migrate().await.expect("the schema");
        let portal = Portal::new(Parts {
            store,
            catalogue: Catalogue::load().expect("the criteria"),
            blobs: Blobs::in_folder(&folder.path().join("blobs")).expect("a blob store"),
            clock: Clock::frozen(Moment::parse(NOW).expect("a time")),
            chance: Chance::seeded(13),
            passwords: Passwords::cheap(),
            providers: Providers::of(&providers).expect("providers"),
            settings: Settings {
                data: folder.path().to_owned(),
                database_url,
                listen: ([127, 0, 0, 1], 0).into(),
                origin: ORIGIN.into(),
                connections: 16,
                demo: true,
                providers,
            },
        });
        Self { router: app::router(portal.clone()), portal, folder }
    }

    /// The portal itself.
    pub const fn portal(&self) -> &Portal {
        &self.portal
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Somebody who is not signed in.
    pub fn visitor(&self) -> Browser {
        Browser::new(self.router.clone())
    }

    /// Somebody who has signed in with [`PASSWORD`].
    pub async fn sign_in(&self, email: &str) -> Browser {
        let mut browser = self.visitor();
        let reply = browser.post("/sign-in", &[("email", email), ("password", PASSWORD)]).await;
        assert_eq!(reply.went_to(), "/home", "{email} cannot sign in: {}", reply.text());
        browser
    }

    /// Lets time pass.
    pub fn wait_minutes(&self, minutes: i64) {
        self.clock.set(self.clock.now().plus_minutes(minutes));
    }

    /// What accompanies a change that a test makes itself.
    pub fn stamp(&self, actor: Option<AccountId>) -> Stamp {
        Stamp { now: self.clock.now(), actor, request_id: "test".into(), chance: self.chance.clone() }
    }

    /// Begins to write.
    pub async fn write(&self) -> Tx {
        self.store.write().await.expect("a transaction")
    }

    /// Begins to read.
    pub async fn read(&self) -> Tx {
        self.store.read().await.expect("a transaction")
    }

    /// Runs SQL that the portal would never run.
    pub async fn tamper(&self, sql: &'static str) -> u64 {
        match &self.store {
            Store::Sqlite { writer, .. } => sqlx::query(sql).execute(writer).await.expect(sql).rows_affected(),
            Store::Postgres(pool) => sqlx::query(sql).execute(pool).await.expect(sql).rows_affected(),
        }
    }

    /// The texts of the first column that SQL of a test finds.
    pub async fn texts(&self, sql: &'static str) -> Vec<String> {
        match &self.store {
            Store::Sqlite { writer, .. } => sqlx::query_scalar(sql).fetch_all(writer).await.expect(sql),
            Store::Postgres(pool) => sqlx::query_scalar(sql).fetch_all(pool).await.expect(sql),
        }
    }

    /// How many rows a `SELECT CAST(COUNT(*) AS BIGINT)` finds.
    pub async fn count(&self, sql: &'static str) -> i64 {
        match &self.store {
            Store::Sqlite { writer, .. } => sqlx::query_scalar(sql).fetch_one(writer).await.expect(sql),
            Store::Postgres(pool) => sqlx::query_scalar(sql).fetch_one(pool).await.expect(sql),
        }
    }
}

/// The address of a new schema on the throw-away server. Schemas are not dropped: the server is.
async fn schema() -> String {
    let url = env::var("TEST_DATABASE_URL").unwrap_or_else(|_| {
        panic!("TEST_DATABASE_URL is not set: run cargo xtask test, or start a PostgreSQL and name it")
    });
    let name = format!("test_{:032x}", Chance::default().bits());
    let mut server = PgConnection::connect(&url).await.expect("the PostgreSQL that TEST_DATABASE_URL names");
    let mut create = QueryBuilder::<Postgres>::new("CREATE SCHEMA ");
    create.push(&name).build().execute(&mut server).await.expect("a schema");
    server.close().await.expect("a farewell");
    let joint = if url.contains('?') { '&' } else { '?' };
    format!("{url}{joint}options[search_path]={name}")
}
