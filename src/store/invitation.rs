//! Invitations: a one-time link, kept only as its hash.

use super::{Error, Result, Stamp, Tx, account::PersonName, ensure_one, event::What};
use crate::domain::{
    id::{CentreId, InvitationId},
    moment::Moment,
    snapshot::Digest,
};

statements! {
    /// A new invitation.
    ADD = "INSERT INTO invitation (id, token_hash, centre_id, role, name, email, created_by, created_at, expires_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    /// By its link, while it can be used.
    BY_TOKEN = "SELECT id, centre_id, role, name, email, expires_at FROM invitation WHERE token_hash = $1 AND used_at IS NULL AND $2 < expires_at";
    /// Uses it; once.
    USE = "UPDATE invitation SET used_at = $2 WHERE id = $1 AND used_at IS NULL";
    /// Open invitations of a centre.
    OPEN_OF_CENTRE = "SELECT id, centre_id, role, name, email, expires_at FROM invitation \
        WHERE centre_id = $1 AND used_at IS NULL AND $2 < expires_at ORDER BY created_at";
    /// Takes one back.
    REVOKE = "UPDATE invitation SET expires_at = $3 WHERE id = $1 AND centre_id = $2 AND used_at IS NULL AND $3 < expires_at";
}

/// How long a link can be used.
pub const VALID_HOURS: i64 = 72;

/// An invitation that can still be used.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// Which one.
    pub id: InvitationId,
    /// For which centre; none for a role of the programme.
    pub centre: Option<CentreId>,
    /// `lead`, `contributor`, `coordinator` or `administrator`.
    pub role: String,
    /// Who is invited.
    pub name: PersonName,
    /// Their address.
    pub email: PersonName,
    /// Until when.
    pub expires: Moment,
}

/// Who is invited to what.
#[derive(Clone, Debug)]
pub struct Invite {
    /// For which centre; none for a role of the programme.
    pub centre: Option<CentreId>,
    /// `lead`, `contributor`, `coordinator` or `administrator`.
    pub role: &'static str,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
}

type Row = (String, Option<String>, String, String, String, i64);

fn invitation((id, centre, role, name, email, expires): Row) -> Result<Invitation> {
    Ok(Invitation {
        id: InvitationId::parse(&id).ok_or_else(|| Error::Inconsistent("invitation", "id", id.clone()))?,
        centre: centre.as_deref().and_then(CentreId::parse),
        role,
        name: PersonName::new(name),
        email: PersonName::new(email),
        expires: Moment::from_millis(expires),
    })
}

impl Tx {
    /// Invites somebody; answers with the token of the link, which is nowhere else.
    pub async fn invite(&mut self, stamp: &Stamp, invite: &Invite) -> Result<String> {
        let (id, token) = (InvitationId::new(stamp.chance.bits()), stamp.chance.token());
        let expires = stamp.now.plus_minutes(VALID_HOURS * 60);
        run!(
            self,
            ADD,
            id.to_string(),
            String::from(Digest::of(token.as_bytes())),
            invite.centre.map(|c| c.to_string()),
            invite.role,
            invite.name.clone(),
            super::account::fold_email(&invite.email),
            stamp.actor.map(|a| a.to_string()),
            stamp.now.millis(),
            expires.millis(),
        )?;
        self.record(stamp, What::Invited, &id.to_string(), invite.role).await?;
        Ok(token)
    }

    /// The invitation behind a link; `None` when it is unknown, used or too old.
    pub async fn invitation(&mut self, token: &str, now: Moment) -> Result<Option<Invitation>> {
        let hash = String::from(Digest::of(token.as_bytes()));
        find!(self, Row, BY_TOKEN, hash, now.millis())?.map(invitation).transpose()
    }

    /// Uses an invitation; [`Error::Stale`] when it was used in the meantime.
    pub async fn use_invitation(&mut self, stamp: &Stamp, id: InvitationId) -> Result<()> {
        ensure_one(run!(self, USE, id.to_string(), stamp.now.millis())?)?;
        self.record(stamp, What::InvitationUsed, &id.to_string(), "").await
    }

    /// Invitations of a centre that nobody has used yet.
    pub async fn open_invitations(&mut self, centre: CentreId, now: Moment) -> Result<Vec<Invitation>> {
        list!(self, Row, OPEN_OF_CENTRE, centre.to_string(), now.millis())?.into_iter().map(invitation).collect()
    }

    /// Takes an invitation back.
    pub async fn revoke_invitation(&mut self, stamp: &Stamp, centre: CentreId, id: InvitationId) -> Result<()> {
        ensure_one(run!(self, REVOKE, id.to_string(), centre.to_string(), stamp.now.millis())?)?;
        self.record(stamp, What::InvitationRevoked, &id.to_string(), "").await
    }
}
