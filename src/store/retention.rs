//! How long each kind of data is kept, and erasing what is past its time.
//!
//! Only what nobody needs any more goes by itself. Applications with their evidence are the proof of a designation and are
//! kept with it; who somebody is goes when they ask; the record holds references and stays whole, since a chain with a hole
//! proves nothing.

use super::{Result, Stamp, Tx, event::What, reading::KEPT_DAYS};
use crate::domain::moment::Moment;

/// How long an invitation is kept once its link opens nothing any more: it holds a name and an address.
pub const INVITATION_DAYS: i64 = 30;

statements! {
    /// Sessions that have ended.
    ENDED_SESSIONS = "SELECT CAST(COUNT(*) AS BIGINT) FROM session WHERE expires_at <= $1";
    /// Invitations that open nothing any more, and were used or ran out before a moment.
    PAST_INVITATIONS = "SELECT CAST(COUNT(*) AS BIGINT) FROM invitation WHERE used_at < $1 OR (used_at IS NULL AND expires_at < $1)";
    /// Takes them away.
    DROP_INVITATIONS = "DELETE FROM invitation WHERE used_at < $1 OR (used_at IS NULL AND expires_at < $1)";
}

/// One class of data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Class {
    /// What it is.
    pub name: &'static str,
    /// How long it is kept.
    pub kept: &'static str,
    /// How many rows are past their time; none for a class that does not go by itself.
    pub past: Option<i64>,
}

impl Tx {
    /// Every class, with what is past its time. `clock` is the system's: it tells when sessions end.
    pub async fn retention(&mut self, now: Moment, clock: Moment) -> Result<Vec<Class>> {
        let sessions = find!(self, (i64,), ENDED_SESSIONS, clock.millis())?.map_or(0, |row| row.0);
        let invitations = now.plus_days(-INVITATION_DAYS).millis();
        let invitations = find!(self, (i64,), PAST_INVITATIONS, invitations)?.map_or(0, |row| row.0);
        let readings = self.past_readings(now.plus_days(-KEPT_DAYS)).await?;
        let class = |name, kept, past| Class { name, kept, past };
        Ok(vec![
            class("sessions", "until they end", Some(sessions)),
            class("invitations", "30 days after they were used or ran out", Some(invitations)),
            class("who opened what", "90 days", Some(readings)),
            class("names and addresses of people", "until they ask for erasure", None),
            class("applications and evidence", "as the proof of a designation", None),
            class("the record and its signed heads", "always; it holds references only", None),
        ])
    }

    /// Erases what is past its time. `clock` is the one that sessions end by.
    pub async fn retain(&mut self, stamp: &Stamp, clock: Moment) -> Result<()> {
        self.sweep_sessions(clock).await?;
        let invitations = run!(self, DROP_INVITATIONS, stamp.now.plus_days(-INVITATION_DAYS).millis())?;
        if invitations != 0 {
            self.record(stamp, What::InvitationsErased, "", &invitations.to_string()).await?;
        }
        self.erase_readings(stamp, stamp.now.plus_days(-KEPT_DAYS)).await?;
        Ok(())
    }
}
