//! Sessions: `tower-sessions` over this store. The key in the cookie is kept only as SHA-256.
//!
//! A session ends [`IDLE_MINUTES`] after it was last seen, and [`LONGEST_HOURS`] after it began.

use super::{Error, Result, Stamp, Store, Tx, event::What};
use crate::domain::{id::AccountId, moment::Moment, snapshot::Digest};
use async_trait::async_trait;
use serde_json::Value;
use std::{collections::HashMap, fmt, sync::Arc};
use time::OffsetDateTime;
use tower_sessions::{
    SessionStore,
    session::{Id, Record},
    session_store,
};

statements! {
    /// By its key.
    LOAD = "SELECT data, expires_at, seen_at FROM session WHERE key_hash = $1 AND $2 < expires_at AND $3 < seen_at";
    /// Seen again.
    SEE = "UPDATE session SET seen_at = $2 WHERE key_hash = $1 AND seen_at < $2";
    /// New.
    CREATE = "INSERT INTO session (key_hash, account_id, data, begun_at, seen_at, expires_at, handle, device) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    /// Changed. One that was ended in the meantime does not come back.
    SAVE = "UPDATE session SET account_id = $2, data = $3, seen_at = $4 WHERE key_hash = $1";
    /// Signed out.
    DELETE = "DELETE FROM session WHERE key_hash = $1";
    /// Past their time.
    SWEEP = "DELETE FROM session WHERE expires_at <= $1";
    /// Where somebody is signed in, the newest first.
    OF_ACCOUNT = "SELECT handle, device, begun_at, seen_at FROM session \
        WHERE account_id = $1 AND handle IS NOT NULL AND $2 < expires_at AND $3 < seen_at ORDER BY seen_at DESC, begun_at DESC, handle";
    /// One of somebody.
    END_ONE = "DELETE FROM session WHERE account_id = $1 AND handle = $2";
    /// All of somebody but one, also those that are not wholly signed in.
    END_OTHERS = "DELETE FROM session WHERE account_id = $1 AND (handle IS NULL OR handle <> $2)";
}

/// How long a session lasts without being used.
pub const IDLE_MINUTES: i64 = 30;

/// How long a session lasts from signing in.
pub const LONGEST_HOURS: i64 = 12;

/// How often it is written down that a session was seen.
const SEEN_EVERY_MILLIS: i64 = 60_000;

/// In a session's data: who is wholly signed in.
pub const ACCOUNT: &str = "account";
/// Who has shown a first factor, and must show a second.
pub const PENDING: &str = "pending";
/// Who has shown a first factor, and must set up a second.
pub const ENROLLING: &str = "enrolling";
/// How it was shown.
pub const HOW: &str = "how";
/// When, in milliseconds.
pub const BEGUN: &str = "begun";
/// By which it can be ended.
pub const HANDLE: &str = "handle";
/// What kind of machine.
pub const DEVICE: &str = "device";

/// Tells the time.
type Now = Arc<dyn Fn() -> Moment + Send + Sync>;

/// Sessions in the database.
#[derive(Clone)]
pub struct Sessions {
    store: Store,
    now: Now,
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sessions")
    }
}

/// A place where somebody is signed in.
#[derive(Clone, Debug)]
pub struct Place {
    /// By which it can be ended.
    pub handle: String,
    /// What kind of machine.
    pub device: String,
    /// When they signed in.
    pub begun: Moment,
    /// When it was last seen, to the minute.
    pub seen: Moment,
}

fn hashed(id: Id) -> String {
    Digest::of(id.to_string().as_bytes()).into()
}

fn backend(error: Error) -> session_store::Error {
    session_store::Error::Backend(error.to_string())
}

fn text(data: &HashMap<String, Value>, key: &str) -> Option<String> {
    data.get(key).and_then(Value::as_str).map(str::to_owned)
}

/// Whose session it is, wholly or not yet: a change of password ends all of them.
fn owner(data: &HashMap<String, Value>) -> Option<String> {
    text(data, ACCOUNT).or_else(|| text(data, PENDING)).or_else(|| text(data, ENROLLING))
}

fn idle(now: Moment) -> i64 {
    now.plus_minutes(-IDLE_MINUTES).millis()
}

impl Sessions {
    /// Over a database, by a clock.
    pub fn new(store: Store, now: impl Fn() -> Moment + Send + Sync + 'static) -> Self {
        Self { store, now: Arc::new(now) }
    }

    async fn see(&self, id: Id, now: Moment) -> Result<()> {
        let mut tx = self.store.write().await?;
        run!(&mut tx, SEE, hashed(id), now.millis())?;
        tx.commit().await
    }
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        // 128 random bits from the library; a collision fails on the primary key.
        let data = serde_json::to_string(&record.data).map_err(|e| session_store::Error::Encode(e.to_string()))?;
        let now = (self.now)();
        // A session whose key is changed keeps its beginning.
        let begun = record.data.get(BEGUN).and_then(Value::as_i64).map_or(now, Moment::from_millis);
        let expires = begun.plus_minutes(LONGEST_HOURS * 60);
        let handle = text(&record.data, ACCOUNT).and_then(|_| text(&record.data, HANDLE));
        let device = text(&record.data, DEVICE).unwrap_or_default();
        let mut tx = self.store.write().await.map_err(backend)?;
        run!(
            &mut tx,
            CREATE,
            hashed(record.id),
            owner(&record.data),
            data,
            begun.millis(),
            now.millis(),
            expires.millis(),
            handle,
            device,
        )
        .map_err(backend)?;
        tx.commit().await.map_err(backend)
    }

    async fn save(&self, record: &Record) -> session_store::Result<()> {
        let data = serde_json::to_string(&record.data).map_err(|e| session_store::Error::Encode(e.to_string()))?;
        let mut tx = self.store.write().await.map_err(backend)?;
        let now = (self.now)().millis();
        run!(&mut tx, SAVE, hashed(record.id), owner(&record.data), data, now).map_err(backend)?;
        tx.commit().await.map_err(backend)
    }

    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        let now = (self.now)();
        let mut tx = self.store.read().await.map_err(backend)?;
        let row = find!(&mut tx, (String, i64, i64), LOAD, hashed(*id), now.millis(), idle(now)).map_err(backend)?;
        drop(tx);
        let Some((data, expires, seen)) = row else { return Ok(None) };
        // A page that only looks does not cost a write, but for one a minute.
        if seen + SEEN_EVERY_MILLIS <= now.millis()
            && let Err(error) = self.see(*id, now).await
        {
            tracing::warn!(%error, "it could not be written down that a session was seen");
        }
        let data = serde_json::from_str(&data).map_err(|e| session_store::Error::Decode(e.to_string()))?;
        let expiry_date = OffsetDateTime::from_unix_timestamp(expires / 1000)
            .map_err(|e| session_store::Error::Decode(e.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> session_store::Result<()> {
        let mut tx = self.store.write().await.map_err(backend)?;
        run!(&mut tx, DELETE, hashed(*id)).map_err(backend)?;
        tx.commit().await.map_err(backend)
    }
}

impl Tx {
    /// Removes sessions that are past their time.
    pub async fn sweep_sessions(&mut self, now: Moment) -> Result<u64> {
        run!(self, SWEEP, now.millis())
    }

    /// Where somebody is signed in, the newest first. `now` is by the clock of the sessions.
    pub async fn sessions_of(&mut self, account: AccountId, now: Moment) -> Result<Vec<Place>> {
        let rows = list!(self, (String, String, i64, i64), OF_ACCOUNT, account.to_string(), now.millis(), idle(now))?;
        Ok(rows
            .into_iter()
            .map(|(handle, device, begun, seen)| Place {
                handle,
                device,
                begun: Moment::from_millis(begun),
                seen: Moment::from_millis(seen),
            })
            .collect())
    }

    /// Ends one session of an account; whether there was one.
    pub async fn end_session(&mut self, stamp: &Stamp, account: AccountId, handle: &str) -> Result<bool> {
        let ended = run!(self, END_ONE, account.to_string(), handle.to_owned())?;
        if ended != 0 {
            self.record(stamp, What::SessionsEnded, &account.to_string(), "1").await?;
        }
        Ok(ended != 0)
    }

    /// Ends all sessions of an account but the one with this handle (all of them when it is empty); how many there were.
    pub async fn end_other_sessions(&mut self, stamp: &Stamp, account: AccountId, but: &str) -> Result<u64> {
        let ended = run!(self, END_OTHERS, account.to_string(), but.to_owned())?;
        if ended != 0 {
            self.record(stamp, What::SessionsEnded, &account.to_string(), &ended.to_string()).await?;
        }
        Ok(ended)
    }
}
