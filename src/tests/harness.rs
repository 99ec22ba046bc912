//! A whole portal for one test: its own folder, its own database, a clock that stands still, and browsers to use it.

use crate::{
    app,
    catalogue::Catalogue,
    domain::{id::AccountId, moment::Moment},
    evidence::{blobs::Blobs, malware::Scanner, opening::Opener},
    server::{
        Parts, Portal,
        checking::Checker,
        clock::Clock,
        codes::Secret,
        dossier::kept::Dossiers,
        mail::MailSettings,
        passwords::Passwords,
        provider::{Configured, Providers},
        reads::Reads,
        seal::Seal,
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
        Self::begin_with(engine, |_| ()).await
    }

    /// An empty portal that believes to be somewhere else.
    pub async fn begin_at(engine: Engine, origin: &str) -> Self {
        Self::begin_with(engine, |settings| origin.clone_into(&mut settings.origin)).await
    }

    /// An empty portal with identity providers.
    pub async fn with_providers(engine: Engine, providers: Vec<Configured>) -> Self {
        Self::begin_with(engine, |settings| settings.providers = providers).await
    }

    /// An empty portal with other settings.
    pub async fn begin_with(engine: Engine, change: impl FnOnce(&mut Settings)) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let database_url = match engine {
            Engine::Sqlite => Store::embedded_url(folder.path()),
            Engine::Postgres => schema().await.into(),
        };
        let store = Store::open(&database_url).await.expect("a database");
        store.migrate().await.expect("the schema");
        let mut settings = Settings {
            data: folder.path().to_owned(),
            database_url,
            listen: ([127, 0, 0, 1], 0).into(),
            origin: ORIGIN.into(),
            connections: 16,
            mail: MailSettings::in_folder(folder.path().join("mail")),
            record_key: None,
            trusted_proxies: Vec::new(),
            seal_key: None,
            scanner: Scanner::Off,
            providers: Vec::new(),
            demo: true,
            codes_again: false,
        };
        change(&mut settings);
        let seal = Seal::read(None, folder.path()).expect("a key");
        let portal = Portal::new(Parts {
            store,
            catalogue: Catalogue::load().expect("the criteria"),
            blobs: Blobs::in_folder(&folder.path().join("blobs"), seal.clone()).expect("a blob store"),
            opener: Opener::here(),
            dossiers: Dossiers::default(),
            clock: Clock::frozen(Moment::parse(NOW).expect("a time")),
            wall: Clock::frozen(Moment::parse(NOW).expect("a time")),
            seal,
            chance: Chance::seeded(13),
            passwords: Passwords::cheap(),
            providers: Providers::of(&settings.providers).expect("providers"),
            reads: Reads::default(),
            settings,
        });
        Self { router: app::router(portal.clone()), portal, folder }
    }

    /// Looks through every file that is due.
    pub async fn look_through(&self) {
        Checker::new(self.portal.clone()).round().await.expect("files are looked through");
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

    /// Somebody who has signed in with [`PASSWORD`] and a code.
    pub async fn sign_in(&self, email: &str) -> Browser {
        let mut browser = self.visitor();
        let place = self.sign_in_as(&mut browser, email, &[]).await;
        assert_eq!(place, "/home", "{email}");
        browser
    }

    /// Signs in with [`PASSWORD`], further fields of the form, and a code; answers with where that leads.
    pub async fn sign_in_as(&self, browser: &mut Browser, email: &str, fields: &[(&str, &str)]) -> String {
        let fields = [&[("email", email), ("password", PASSWORD)], fields].concat();
        let reply = browser.post("/sign-in", &fields).await;
        assert_eq!(reply.went_to(), "/sign-in/code", "{email}");
        let code = self.code(email).await;
        browser.post("/sign-in/code", &[("code", &code)]).await.went_to()
    }

    /// The code that the app of this account shows now. The clock of sessions and codes stands still: so that somebody can
    /// sign in twice, it is forgotten which codes were used.
    pub async fn code(&self, email: &str) -> String {
        self.tamper("UPDATE code_factor SET used_step = 0").await;
        self.code_as_is(email).await
    }

    /// The code that the app of this account shows now.
    pub async fn code_as_is(&self, email: &str) -> String {
        let mut tx = self.read().await;
        let account = tx.account_by_email(email).await.expect("an account").expect("an account").id;
        let factor = tx.code_factor(account).await.expect("a factor").expect("a second factor");
        let secret = Secret::open(&self.seal, account, &factor.sealed).expect("a secret");
        secret.code(self.wall.now()).expect("a code")
    }

    /// Sets up an app for somebody who has shown a password alone; answers with the recovery codes.
    pub async fn enrol(&self, browser: &mut Browser) -> Vec<String> {
        let offered = browser.page("/account/factors/code").await.codes().remove(0).replace(' ', "");
        let secret = Secret::from_base32(&offered).unwrap_or_else(|| panic!("{offered:?} is no secret"));
        let code = secret.code(self.wall.now()).expect("a code");
        let reply = browser.post("/account/factors/code", &[("code", &code)]).await;
        reply.must_show("Keep your recovery codes");
        reply.codes()
    }

    /// A portal like this one on the same database, with other settings.
    pub fn with_settings(&self, change: impl FnOnce(&mut Settings)) -> Router {
        let mut settings = self.settings.clone();
        change(&mut settings);
        let Parts {
            store,
            catalogue: _,
            blobs,
            opener,
            dossiers: _,
            reads: _,
            clock,
            wall,
            seal,
            chance,
            passwords,
            providers: _,
            settings: _,
        } = &**self.portal();
        app::router(Portal::new(Parts {
            store: store.clone(),
            catalogue: Catalogue::load().expect("the criteria"),
            blobs: blobs.clone(),
            opener: opener.clone(),
            dossiers: Dossiers::default(),
            reads: Reads::default(),
            clock: clock.clone(),
            wall: wall.clone(),
            seal: seal.clone(),
            chance: chance.clone(),
            passwords: passwords.clone(),
            providers: Providers::of(&settings.providers).expect("providers"),
            settings,
        }))
    }

    /// Lets time pass.
    pub fn wait_minutes(&self, minutes: i64) {
        self.clock.set(self.clock.now().plus_minutes(minutes));
    }

    /// Lets time pass for sessions and for whatever waits for an answer.
    pub fn wait_outside(&self, minutes: i64) {
        self.wall.set(self.wall.now().plus_minutes(minutes));
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

    /// Runs SQL of a test with texts in the place of `$1`, `$2`, ….
    pub async fn sql(&self, sql: &'static str, binds: &[&str]) -> u64 {
        match &self.store {
            Store::Sqlite { writer, .. } => {
                let query = binds.iter().fold(sqlx::query(sql), |query, bind| query.bind((*bind).to_owned()));
                query.execute(writer).await.expect(sql).rows_affected()
            }
            Store::Postgres(pool) => {
                let query = binds.iter().fold(sqlx::query(sql), |query, bind| query.bind((*bind).to_owned()));
                query.execute(pool).await.expect(sql).rows_affected()
            }
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
