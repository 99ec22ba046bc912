//! What can go wrong with the database.

use std::fmt;

/// A result of the store.
pub type Result<T> = std::result::Result<T, Error>;

/// Why the store could not do what it was asked. Never shown to people: pages say what to do instead.
#[derive(Debug)]
pub enum Error {
    /// Another writer holds the database, or all connections are in use. Trying again helps.
    Busy,
    /// The disk is full, or the file cannot be written.
    Full,
    /// A row was changed since it was read.
    Stale,
    /// Something that must be unique is there already.
    Taken,
    /// A row that cannot be: table, column, and which row.
    Inconsistent(&'static str, &'static str, String),
    /// The linked SQLite is too old to be trusted with committed writes.
    OldSqlite(String),
    /// Anything else.
    Database(sqlx::Error),
    /// The schema could not be brought up to date.
    Migration(sqlx::migrate::MigrateError),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Busy => write!(f, "the database is busy"),
            Self::Full => write!(f, "the database cannot be written: the disk is full or read-only"),
            Self::Stale => write!(f, "the row was changed since it was read"),
            Self::Taken => write!(f, "a unique value is already taken"),
            Self::Inconsistent(table, column, row) => write!(f, "inconsistent {table}.{column} in row {row}"),
            Self::OldSqlite(version) => {
                write!(f, "SQLite {version} can lose committed writes; 3.51.3 or newer is needed")
            }
            Self::Database(error) => write!(f, "{error}"),
            Self::Migration(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for Error {}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        if matches!(error, sqlx::Error::PoolTimedOut) {
            return Self::Busy;
        }
        let Some(db) = error.as_database_error() else { return Self::Database(error) };
        if db.is_unique_violation() {
            return Self::Taken;
        }
        // SQLite: primary result code in the low byte; PostgreSQL: SQLSTATE.
        let code = db.code().unwrap_or_default().into_owned();
        match code.as_str() {
            "53100" | "25006" => Self::Full,
            "40001" | "40P01" | "55P03" | "53300" => Self::Busy,
            _ => match code.parse::<u32>().map(|n| n & 0xff) {
                Ok(5 | 6) => Self::Busy,
                Ok(8 | 10 | 13) => Self::Full,
                _ => Self::Database(error),
            },
        }
    }
}

impl From<sqlx::migrate::MigrateError> for Error {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        Self::Migration(error)
    }
}
