//! The record of what happened: appended in the transaction of each change, never edited.

use super::{Result, Stamp, Tx};
use crate::domain::{id::EventId, moment::Moment};

statements! {
    /// Appends.
    APPEND = "INSERT INTO event (id, at, actor_id, kind, subject, detail, request_id) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    /// How much has happened.
    COUNT = "SELECT CAST(COUNT(*) AS BIGINT) FROM event";
    /// What happened to one subject, oldest first.
    OF_SUBJECT = "SELECT kind, at FROM event WHERE subject = $1 ORDER BY at, id";
}

/// What happened. The names are stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each variant says it")]
pub enum What {
    SignedIn,
    SignInRefused,
    SignedOut,
    SteppedUp,
    SessionsEnded,
    CodeSetUp,
    RecoveryCodesMade,
    RecoveryCodeUsed,
    PasswordChanged,
    AccountCreated,
    PasswordRehashed,
    PasskeyAdded,
    PasskeyRenamed,
    PasskeyRemoved,
    IdentityLinked,
    IdentityUnlinked,
    Invited,
    InvitationUsed,
    InvitationRevoked,
    MemberRemoved,
    ApplicationStarted,
    AnswerSaved,
    AnswerRivalKept,
    AnswerChosen,
    OwnerSet,
    NoteAdded,
    NoteClosed,
    EvidenceAdded,
    EvidenceEdited,
    EvidenceReplaced,
    EvidenceRemoved,
    EvidenceUsed,
    ActionPlanned,
    ActionEdited,
    ActionRemoved,
    SignatoryNamed,
    SignatoryConfirmed,
    Declared,
    Submitted,
    Withdrawn,
    Returned,
    StageChanged,
}

impl What {
    /// Whether it changes what belongs to an application, which is then its subject.
    const fn changes_an_application(self) -> bool {
        match self {
            Self::AnswerSaved
            | Self::AnswerRivalKept
            | Self::AnswerChosen
            | Self::OwnerSet
            | Self::NoteAdded
            | Self::NoteClosed
            | Self::EvidenceAdded
            | Self::EvidenceEdited
            | Self::EvidenceReplaced
            | Self::EvidenceRemoved
            | Self::EvidenceUsed
            | Self::ActionPlanned
            | Self::ActionEdited
            | Self::ActionRemoved
            | Self::SignatoryNamed
            | Self::SignatoryConfirmed => true,
            // Transitions and declarations have a version of their own.
            Self::ApplicationStarted
            | Self::Declared
            | Self::Submitted
            | Self::Withdrawn
            | Self::Returned
            | Self::StageChanged
            | Self::SignedIn
            | Self::SignInRefused
            | Self::SignedOut
            | Self::SteppedUp
            | Self::SessionsEnded
            | Self::CodeSetUp
            | Self::RecoveryCodesMade
            | Self::RecoveryCodeUsed
            | Self::PasswordChanged
            | Self::AccountCreated
            | Self::PasswordRehashed
            | Self::PasskeyAdded
            | Self::PasskeyRenamed
            | Self::PasskeyRemoved
            | Self::IdentityLinked
            | Self::IdentityUnlinked
            | Self::Invited
            | Self::InvitationUsed
            | Self::InvitationRevoked
            | Self::MemberRemoved => false,
        }
    }
}

impl Tx {
    /// Appends to the record, and counts the change where it belongs to an application. `detail` holds references and
    /// figures, never a name.
    pub async fn record(&mut self, stamp: &Stamp, what: What, subject: &str, detail: &str) -> Result<()> {
        if what.changes_an_application() {
            self.count_change(subject).await?;
        }
        let id = EventId::new(stamp.chance.bits());
        run!(
            self,
            APPEND,
            id.to_string(),
            stamp.now.millis(),
            stamp.actor.map(|a| a.to_string()),
            format!("{what:?}"),
            subject.to_owned(),
            detail.to_owned(),
            stamp.request_id.clone(),
        )?;
        Ok(())
    }

    /// How much has happened.
    pub async fn count_events(&mut self) -> Result<u64> {
        let count = find!(self, (i64,), COUNT)?.map_or(0, |row| row.0);
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// What happened to one subject, oldest first.
    pub async fn events_of(&mut self, subject: &str) -> Result<Vec<(String, Moment)>> {
        let rows = list!(self, (String, i64), OF_SUBJECT, subject.to_owned())?;
        Ok(rows.into_iter().map(|(kind, at)| (kind, Moment::from_millis(at))).collect())
    }
}
