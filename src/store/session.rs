//! Sessions: `tower-sessions` over this store. The key in the cookie is kept only as SHA-256.

use super::{Error, Store, Tx};
use crate::domain::snapshot::Digest;
use async_trait::async_trait;
use time::OffsetDateTime;
use tower_sessions::{
    SessionStore,
    session::{Id, Record},
    session_store,
};

statements! {
    /// By its key.
    LOAD = "SELECT data, expires_at FROM session WHERE key_hash = $1 AND $2 < expires_at";
    /// New, or changed.
    SAVE = "INSERT INTO session (key_hash, account_id, data, seen_at, expires_at) VALUES ($1, $2, $3, $4, $5) \
        ON CONFLICT (key_hash) DO UPDATE SET account_id = excluded.account_id, data = excluded.data, \
        seen_at = excluded.seen_at, expires_at = excluded.expires_at";
    /// Signed out.
    DELETE = "DELETE FROM session WHERE key_hash = $1";
    /// Past their time.
    SWEEP = "DELETE FROM session WHERE expires_at <= $1";
}

/// The key of the account in a session's data.
pub const ACCOUNT: &str = "account";

/// Sessions in the database. Their end is told by the clock of the library, which is the system's, also in the demo.
#[derive(Clone, Debug)]
pub struct Sessions(pub Store);

fn hashed(id: Id) -> String {
    Digest::of(id.to_string().as_bytes()).into()
}

fn backend(error: Error) -> session_store::Error {
    session_store::Error::Backend(error.to_string())
}

fn millis(at: OffsetDateTime) -> i64 {
    i64::try_from(at.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX)
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        // 128 random bits from the library; a collision would replace nobody's session in practice.
        self.save(record).await
    }

    async fn save(&self, record: &Record) -> session_store::Result<()> {
        let data = serde_json::to_string(&record.data).map_err(|e| session_store::Error::Encode(e.to_string()))?;
        let account = record.data.get(ACCOUNT).and_then(|v| v.as_str()).map(str::to_owned);
        let mut tx = self.0.write().await.map_err(backend)?;
        let now = millis(OffsetDateTime::now_utc());
        run!(&mut tx, SAVE, hashed(record.id), account, data, now, millis(record.expiry_date)).map_err(backend)?;
        tx.commit().await.map_err(backend)
    }

    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        let mut tx = self.0.read().await.map_err(backend)?;
        let row =
            find!(&mut tx, (String, i64), LOAD, hashed(*id), millis(OffsetDateTime::now_utc())).map_err(backend)?;
        let Some((data, expires)) = row else { return Ok(None) };
        let data = serde_json::from_str(&data).map_err(|e| session_store::Error::Decode(e.to_string()))?;
        let expiry_date = OffsetDateTime::from_unix_timestamp(expires / 1000)
            .map_err(|e| session_store::Error::Decode(e.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> session_store::Result<()> {
        let mut tx = self.0.write().await.map_err(backend)?;
        run!(&mut tx, DELETE, hashed(*id)).map_err(backend)?;
        tx.commit().await.map_err(backend)
    }
}

impl Tx {
    /// Removes sessions that are past their time.
    pub async fn sweep_sessions(&mut self) -> super::Result<u64> {
        run!(self, SWEEP, millis(OffsetDateTime::now_utc()))
    }
}
