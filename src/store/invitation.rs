//! Invitations: a one-time link, kept only as its hash.

use super::{Error, Result, Stamp, Tx, account::PersonName, centre::Role as Membership, ensure_one, event::What};
use crate::domain::{
    access::{Grant, Role},
    id::{AccountId, CentreId, CycleId, InvitationId},
    moment::Moment,
    snapshot::Digest,
};

/// What is read of an invitation.
macro_rules! columns {
    () => {
        "SELECT i.id, i.centre_id, i.role, i.cycle_id, i.name, i.email, i.created_by, i.sent_at, i.expires_at, c.name, y.name FROM invitation i \
        LEFT JOIN centre_identity c ON c.centre_id = i.centre_id LEFT JOIN cycle y ON y.id = i.cycle_id "
    };
}

statements! {
    /// A new invitation.
    ADD = "INSERT INTO invitation (id, token_hash, centre_id, role, cycle_id, name, email, created_by, created_at, sent_at, expires_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10)";
    /// By its link, while it can be used.
    BY_TOKEN = concat!(columns!(), "WHERE i.token_hash = $1 AND i.used_at IS NULL AND i.revoked_at IS NULL AND $2 < i.expires_at");
    /// Uses it; once.
    USE = "UPDATE invitation SET used_at = $2 WHERE id = $1 AND used_at IS NULL AND revoked_at IS NULL AND $2 < expires_at";
    /// Invitations that nobody has used: those of a centre to work on its applications.
    OPEN_OF_CENTRE = concat!(columns!(), "WHERE i.centre_id = $1 AND i.role = 'contributor' AND i.used_at IS NULL \
        AND i.revoked_at IS NULL ORDER BY i.created_at, i.id");
    /// Of leads, the newest first.
    OPEN_OF_LEADS = concat!(columns!(), "WHERE i.role = 'lead' AND i.used_at IS NULL AND i.revoked_at IS NULL \
        ORDER BY i.created_at DESC, i.id LIMIT 500");
    /// Of the programme, the newest first.
    OPEN_OF_PROGRAMME = concat!(columns!(), "WHERE i.role NOT IN ('lead', 'contributor') AND i.used_at IS NULL AND i.revoked_at IS NULL \
        ORDER BY i.created_at DESC, i.id LIMIT 500");
    /// One that nobody has used.
    OPEN = concat!(columns!(), "WHERE i.id = $1 AND i.used_at IS NULL AND i.revoked_at IS NULL");
    /// Takes one back.
    REVOKE = "UPDATE invitation SET revoked_at = $2 WHERE id = $1 AND used_at IS NULL AND revoked_at IS NULL";
    /// What somebody has invited others to.
    OPEN_BY = concat!(columns!(), "WHERE i.created_by = $1 AND i.used_at IS NULL AND i.revoked_at IS NULL");
    /// A new link in the place of the old one.
    RENEW = "UPDATE invitation SET token_hash = $2, sent_at = $3, expires_at = $4 WHERE id = $1 AND used_at IS NULL AND revoked_at IS NULL";
}

/// How long a link can be used.
pub const VALID_HOURS: i64 = 72;

/// An invitation that nobody has used, and that was not taken back.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// Which one.
    pub id: InvitationId,
    /// For which centre; none for a role of the programme.
    pub centre: Option<CentreId>,
    /// To what.
    pub role: Role,
    /// For which cycle, where a role holds in one alone.
    pub cycle: Option<CycleId>,
    /// Who is invited.
    pub name: PersonName,
    /// Their address.
    pub email: PersonName,
    /// Who has invited them; none for the command line.
    pub by: Option<AccountId>,
    /// When the link was made.
    pub sent: Moment,
    /// Until when it can be used.
    pub expires: Moment,
    /// The name of the centre.
    pub centre_name: Option<PersonName>,
    /// "2027".
    pub cycle_name: Option<String>,
}

impl Invitation {
    /// The same invitation, to be sent again.
    pub fn again(&self) -> Invite {
        Invite {
            centre: self.centre,
            role: self.role.key(),
            cycle: self.cycle,
            name: self.name.shown().to_owned(),
            email: self.email.shown().to_owned(),
        }
    }
}

/// Who is invited to what.
#[derive(Clone, Debug)]
pub struct Invite {
    /// For which centre; none for a role of the programme.
    pub centre: Option<CentreId>,
    /// `lead`, `contributor`, `coordinator`, `chair`, `reviewer` or `administrator`.
    pub role: &'static str,
    /// For which cycle, where a role is to hold in one alone.
    pub cycle: Option<CycleId>,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
}

/// Which invitations somebody looks after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// A lead: contributors of the centre.
    Centre(CentreId),
    /// Coordinators: centre leads.
    Leads,
    /// Administrators: roles of the programme.
    Programme,
}

impl Whose {
    /// Whether an invitation is among them.
    pub fn includes(self, invitation: &Invitation) -> bool {
        match self {
            Self::Centre(centre) => invitation.centre == Some(centre) && Role::CentreLead.may_invite(invitation.role),
            Self::Leads => Role::Coordinator.may_invite(invitation.role),
            Self::Programme => Role::Administrator.may_invite(invitation.role),
        }
    }
}

type Row = (
    String,
    Option<String>,
    String,
    Option<String>,
    String,
    String,
    Option<String>,
    i64,
    i64,
    Option<String>,
    Option<String>,
);

fn invitation(
    (id, centre, role, cycle, name, email, by, sent, expires, centre_name, cycle_name): Row,
) -> Result<Invitation> {
    let wrong = |column| Error::Inconsistent("invitation", column, id.clone());
    Ok(Invitation {
        role: Role::parse(&role).ok_or_else(|| wrong("role"))?,
        id: InvitationId::parse(&id).ok_or_else(|| wrong("id"))?,
        centre: centre.as_deref().and_then(CentreId::parse),
        cycle: cycle.as_deref().and_then(CycleId::parse),
        name: PersonName::new(name),
        email: PersonName::new(email),
        by: by.as_deref().and_then(AccountId::parse),
        sent: Moment::from_millis(sent),
        expires: Moment::from_millis(expires),
        centre_name: centre_name.map(PersonName::new),
        cycle_name,
    })
}

fn hashed(token: &str) -> String {
    Digest::of(token.as_bytes()).into()
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
            hashed(&token),
            invite.centre.map(|c| c.to_string()),
            invite.role,
            invite.cycle.map(|c| c.to_string()),
            invite.name.clone(),
            super::account::fold_email(&invite.email),
            stamp.actor.map(|a| a.to_string()),
            stamp.now.millis(),
            expires.millis(),
        )?;
        self.record(stamp, What::Invited, &id.to_string(), invite.role).await?;
        Ok(token)
    }

    /// The invitation behind a link; `None` when it is unknown, used, taken back or too old.
    pub async fn invitation(&mut self, token: &str, now: Moment) -> Result<Option<Invitation>> {
        find!(self, Row, BY_TOKEN, hashed(token), now.millis())?.map(invitation).transpose()
    }

    /// Uses an invitation: the account gets what it was invited to. [`Error::Stale`] when it was used or taken back in
    /// the meantime. What somebody has already stays as it is; a contributor who is invited to lead leads.
    pub async fn accept_invitation(
        &mut self,
        stamp: &Stamp,
        invitation: &Invitation,
        account: AccountId,
    ) -> Result<()> {
        ensure_one(run!(self, USE, invitation.id.to_string(), stamp.now.millis())?)?;
        self.record(stamp, What::InvitationUsed, &invitation.id.to_string(), "").await?;
        if let (Some(centre), Some(role)) = (invitation.centre, Membership::parse(invitation.role.key())) {
            return self.join_centre(stamp, centre, account, role).await;
        }
        let grant = Grant { role: invitation.role, cycle: invitation.cycle };
        let held = self.grants_of(account).await?;
        if held.iter().any(|line| line.ended.is_none() && line.grant == grant) {
            return Ok(());
        }
        self.add_grant(stamp, account, grant, invitation.by).await
    }

    /// Invitations that nobody has used and that were not taken back, also those whose link is too old by now.
    pub async fn open_invitations_of(&mut self, whose: Whose) -> Result<Vec<Invitation>> {
        let rows = match whose {
            Whose::Centre(centre) => list!(self, Row, OPEN_OF_CENTRE, centre.to_string())?,
            Whose::Leads => list!(self, Row, OPEN_OF_LEADS)?,
            Whose::Programme => list!(self, Row, OPEN_OF_PROGRAMME)?,
        };
        rows.into_iter().map(invitation).collect()
    }

    /// One of them; `None` when there is no such invitation among them.
    pub async fn open_invitation(&mut self, whose: Whose, id: InvitationId) -> Result<Option<Invitation>> {
        let found = find!(self, Row, OPEN, id.to_string())?.map(invitation).transpose()?;
        Ok(found.filter(|i| whose.includes(i)))
    }

    /// Makes a new link for an invitation; the one before ends. Answers with the token, which is nowhere else.
    /// [`Error::Stale`] when it was used or taken back.
    pub async fn renew_invitation(&mut self, stamp: &Stamp, whose: Whose, id: InvitationId) -> Result<String> {
        let found = self.open_invitation(whose, id).await?.ok_or(Error::Stale)?;
        let (token, until) = (stamp.chance.token(), stamp.now.plus_minutes(VALID_HOURS * 60));
        ensure_one(run!(self, RENEW, id.to_string(), hashed(&token), stamp.now.millis(), until.millis())?)?;
        self.record(stamp, What::InvitationRenewed, &id.to_string(), found.role.key()).await?;
        Ok(token)
    }

    /// Takes an invitation back. [`Error::Stale`] when it was used or taken back already.
    pub async fn revoke_invitation(&mut self, stamp: &Stamp, whose: Whose, id: InvitationId) -> Result<()> {
        self.open_invitation(whose, id).await?.ok_or(Error::Stale)?;
        ensure_one(run!(self, REVOKE, id.to_string(), stamp.now.millis())?)?;
        self.record(stamp, What::InvitationRevoked, &id.to_string(), "").await
    }

    /// Takes back what somebody has invited others to and could not invite them to with these roles.
    pub async fn revoke_invitations_of(&mut self, stamp: &Stamp, inviter: AccountId, left: &[Role]) -> Result<()> {
        let open = list!(self, Row, OPEN_BY, inviter.to_string())?;
        for found in open.into_iter().map(invitation).collect::<Result<Vec<_>>>()? {
            if !left.iter().any(|role| role.may_invite(found.role)) {
                run!(self, REVOKE, found.id.to_string(), stamp.now.millis())?;
                self.record(stamp, What::InvitationRevoked, &found.id.to_string(), "").await?;
            }
        }
        Ok(())
    }
}
