//! The database: one SQL text for SQLite and PostgreSQL.
//!
//! [`Store`] opens, [`Tx`] is the only handle: a request reads or writes within one transaction and says [`Tx::commit`]
//! when everything is right. Every statement is a constant of `statements!`, so that a test can prepare all of them on
//! both engines. Lookups answer `Ok(None)` when something is absent; a row that cannot be is [`Error::Inconsistent`].

/// Runs one expression on whichever engine a transaction belongs to.
macro_rules! on {
    ($tx:expr, $db:ident => $e:expr) => {
        match $tx {
            $crate::store::Tx::Sqlite($db) => $e,
            $crate::store::Tx::SqliteReader($db) => $e,
            $crate::store::Tx::Postgres($db) => $e,
            $crate::store::Tx::PostgresReader($db) => $e,
        }
    };
}

/// `find!(tx, Row, SQL, binds…)`: at most one row.
macro_rules! find {
    ($tx:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        on!($tx, db => sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_optional(&mut **db).await).map_err($crate::store::Error::from)
    };
}

/// `list!(tx, Row, SQL, binds…)`: all rows.
macro_rules! list {
    ($tx:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        on!($tx, db => sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_all(&mut **db).await).map_err($crate::store::Error::from)
    };
}

/// `run!(tx, SQL, binds…)`: the number of rows that changed.
macro_rules! run {
    ($tx:expr, $sql:expr $(, $bind:expr)* $(,)?) => {
        on!($tx, db => sqlx::query($sql)$(.bind($bind))*.execute(&mut **db).await.map(|done| done.rows_affected())).map_err($crate::store::Error::from)
    };
}

/// Declares SQL as constants with a doc line each, and a list of them all.
macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $sql:expr;)*) => {
        $($(#[$doc])* const $name: &str = $sql;)*
        /// Every statement of this module, for the test that prepares them.
        pub const ALL: &[(&str, &str)] = &[$((concat!(module_path!(), "::", stringify!($name)), $name)),*];
    };
}

pub mod account;
pub mod answer;
pub mod appeal;
pub mod application;
pub mod assignment;
pub mod blind;
pub mod blob;
pub mod board;
pub mod call;
pub mod caseload;
pub mod centre;
pub mod centre_key;
pub mod checking;
pub mod conflict;
pub mod cycle;
pub mod decision;
pub mod deliberation;
pub mod designation;
mod error;
pub mod event;
pub mod evidence;
pub mod factor;
pub mod figure;
pub mod gate;
pub mod happened;
pub mod health;
pub mod history;
pub mod identity;
pub mod invitation;
pub mod mail;
pub mod masking;
pub mod note;
pub mod panel;
pub mod passkey;
pub mod people;
pub mod person;
pub mod plan;
pub mod practice;
pub mod presence;
pub mod profile;
pub mod reading;
pub mod record;
pub mod release;
pub mod request;
pub mod reset;
pub mod retention;
pub mod review;
pub mod reviewer;
pub mod role;
pub mod session;
pub mod signatory;
pub mod snapshot;
mod stamp;
pub mod tally;
pub mod two_people;
mod writing;

pub use error::{Error, Result};
pub use stamp::{Chance, Stamp};
pub use writing::Writing;

use secrecy::{ExposeSecret, SecretString};
use sqlx::{
    Postgres, Sqlite, SqlitePool,
    migrate::Migrator,
    pool::PoolConnection,
    postgres::{PgPool, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::{path::Path, str::FromStr, time::Duration};

/// The schema of both engines.
static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// The first SQLite without the race that can lose committed writes when the log is reset.
const OLDEST_SQLITE: (u32, u32, u32) = (3, 51, 3);

/// How long a writer waits for another one: a disk that is busy with many uploads can hold one back for seconds, and
/// waiting loses nothing.
const PATIENCE: Duration = Duration::from_secs(30);

/// Every statement of the portal, by name.
pub fn statements() -> Vec<(&'static str, &'static str)> {
    [
        account::ALL,
        answer::ALL,
        appeal::ALL,
        application::ALL,
        assignment::ALL,
        blind::ALL,
        blob::ALL,
        board::ALL,
        board::kept::ALL,
        call::ALL,
        caseload::ALL,
        centre::ALL,
        centre_key::ALL,
        conflict::ALL,
        cycle::ALL,
        decision::ALL,
        deliberation::ALL,
        designation::ALL,
        designation::ledger::ALL,
        designation::register::ALL,
        event::ALL,
        evidence::ALL,
        factor::ALL,
        figure::ALL,
        gate::ALL,
        happened::ALL,
        health::ALL,
        history::ALL,
        identity::ALL,
        invitation::ALL,
        mail::ALL,
        mail::digest::ALL,
        mail::ending::ALL,
        mail::reminder::ALL,
        masking::ALL,
        note::ALL,
        panel::ALL,
        passkey::ALL,
        people::ALL,
        person::ALL,
        person::reviewing::ALL,
        plan::ALL,
        practice::ALL,
        presence::ALL,
        profile::ALL,
        reading::ALL,
        record::ALL,
        release::ALL,
        request::ALL,
        request::reading::ALL,
        reset::ALL,
        retention::ALL,
        review::ALL,
        reviewer::ALL,
        role::ALL,
        session::ALL,
        signatory::ALL,
        snapshot::ALL,
        tally::ALL,
        two_people::ALL,
    ]
    .concat()
}

/// An open database.
#[derive(Clone, Debug)]
pub enum Store {
    /// Embedded: one writer, several readers.
    Sqlite {
        /// The one connection that writes.
        writer: SqlitePool,
        /// Connections that only read.
        readers: SqlitePool,
    },
    /// A server of its own.
    Postgres(PgPool),
}

/// One transaction that writes, or one connection that reads. Dropped without [`Tx::commit`], it leaves no trace.
#[derive(Debug)]
pub enum Tx {
    /// Writes on SQLite.
    Sqlite(Writing<Sqlite>),
    /// Reads on SQLite.
    SqliteReader(PoolConnection<Sqlite>),
    /// Writes on PostgreSQL.
    Postgres(Writing<Postgres>),
    /// Reads on PostgreSQL.
    PostgresReader(PoolConnection<Postgres>),
}

impl Store {
    /// Opens the database at this address: `sqlite:PATH` or `postgres://…`.
    pub async fn open(url: &SecretString) -> Result<Self> {
        let url = url.expose_secret();
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let pool = PgPoolOptions::new().max_connections(16).acquire_timeout(PATIENCE).connect(url).await?;
            return Ok(Self::Postgres(pool));
        }
        let options = SqliteConnectOptions::from_str(url)?
            .create_if_missing(true)
            .busy_timeout(PATIENCE)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .pragma("trusted_schema", "OFF")
            .pragma("secure_delete", "ON")
            .statement_cache_capacity(200);
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(PATIENCE)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options.clone())
            .await?;
        let readers = SqlitePoolOptions::new()
            .min_connections(1)
            .max_connections(4)
            .acquire_timeout(PATIENCE)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
            .connect_with(options.pragma("query_only", "ON"))
            .await?;
        let store = Self::Sqlite { writer, readers };
        store.refuse_old_sqlite().await?;
        Ok(store)
    }

    /// The address of the embedded database in a data folder.
    pub fn embedded_url(data: &Path) -> SecretString {
        format!("sqlite:{}", data.join("portal.sqlite").display()).into()
    }

    /// Brings the schema up to date; the record is chained, and closed to changes, before anybody writes to it.
    pub async fn migrate(&self) -> Result<()> {
        match self {
            Self::Sqlite { writer, .. } => MIGRATIONS.run(writer).await?,
            Self::Postgres(pool) => MIGRATIONS.run(pool).await?,
        }
        let mut tx = self.write().await?;
        tx.adopt_record().await?;
        tx.guard_record().await?;
        tx.commit().await?;
        let mut tx = self.write().await?;
        tx.guard_readings().await?;
        tx.commit().await?;
        self.key_everybody().await?;
        self.key_centres().await
    }

    /// Begins to read. Each statement sees what was committed before it: a page is made of several, and what decides
    /// anything is read again in the transaction that writes. To begin and end a transaction for every page would double
    /// the number of round trips to the database.
    pub async fn read(&self) -> Result<Tx> {
        Ok(match self {
            Self::Sqlite { readers, .. } => Tx::SqliteReader(readers.acquire().await?),
            Self::Postgres(pool) => Tx::PostgresReader(pool.acquire().await?),
        })
    }

    /// Begins to write. On SQLite the write lock is taken at once, so that a later statement cannot fail on it.
    pub async fn write(&self) -> Result<Tx> {
        Ok(match self {
            Self::Sqlite { writer, .. } => Tx::Sqlite(Writing::new(writer.begin_with("BEGIN IMMEDIATE").await?)),
            Self::Postgres(pool) => Tx::Postgres(Writing::new(pool.begin().await?)),
        })
    }

    /// Closes all connections; on SQLite the log is written back.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }

    /// "SQLite" or "PostgreSQL".
    pub const fn engine(&self) -> &'static str {
        match self {
            Self::Sqlite { .. } => "SQLite",
            Self::Postgres(_) => "PostgreSQL",
        }
    }

    async fn refuse_old_sqlite(&self) -> Result<()> {
        let Self::Sqlite { writer, .. } = self else { return Ok(()) };
        let version: String = sqlx::query_scalar(health::SQLITE_VERSION).fetch_one(writer).await?;
        let mut parts = version.split('.').map(|p| p.parse().unwrap_or(0));
        let mut next = || parts.next().unwrap_or(0);
        if (next(), next(), next()) < OLDEST_SQLITE { Err(Error::OldSqlite(version)) } else { Ok(()) }
    }
}

impl Tx {
    /// Makes everything that was written permanent, at once, with its lines in the record.
    pub async fn commit(mut self) -> Result<()> {
        self.count_reviews().await?;
        self.count_for_board().await?;
        self.chain().await?;
        match self {
            Self::Sqlite(writing) => writing.end().commit().await?,
            Self::Postgres(writing) => writing.end().commit().await?,
            // Nothing was written.
            Self::SqliteReader(_) | Self::PostgresReader(_) => {}
        }
        Ok(())
    }
}

/// Fails when an update did not touch exactly one row: it was written against an older version.
fn ensure_one(rows: u64) -> Result<()> {
    if rows == 1 { Ok(()) } else { Err(Error::Stale) }
}
