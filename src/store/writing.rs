//! An open transaction, with the lines that its commit appends to the record.

use super::Tx;
use crate::domain::record::Line;
use sqlx::{Database, Transaction};
use std::ops::{Deref, DerefMut};

/// A transaction that writes. Dropped without a commit, it leaves neither rows nor lines.
#[derive(Debug)]
pub struct Writing<DB: Database> {
    tx: Transaction<'static, DB>,
    waiting: Vec<Line>,
}

impl<DB: Database> Writing<DB> {
    /// Around a transaction that has begun.
    pub(super) const fn new(tx: Transaction<'static, DB>) -> Self {
        Self { tx, waiting: Vec::new() }
    }

    /// The transaction, to be committed. Its lines have to be in the record already.
    pub(super) fn end(self) -> Transaction<'static, DB> {
        debug_assert!(self.waiting.is_empty(), "a line of the record would be lost");
        self.tx
    }
}

impl<DB: Database> Deref for Writing<DB> {
    type Target = DB::Connection;
    fn deref(&self) -> &DB::Connection {
        &self.tx
    }
}

impl<DB: Database> DerefMut for Writing<DB> {
    fn deref_mut(&mut self) -> &mut DB::Connection {
        &mut self.tx
    }
}

impl Tx {
    /// The lines that wait for the commit; none of them for a connection that only reads.
    pub(super) const fn waiting(&mut self) -> Option<&mut Vec<Line>> {
        match self {
            Self::Sqlite(writing) => Some(&mut writing.waiting),
            Self::Postgres(writing) => Some(&mut writing.waiting),
            Self::SqliteReader(_) | Self::PostgresReader(_) => None,
        }
    }
}
