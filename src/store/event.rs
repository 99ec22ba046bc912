//! The record of what happened: appended in the transaction of each change, never edited.

use super::{Error, Result, Stamp, Tx};
use crate::domain::{id::EventId, moment::Moment, record::Line};

statements! {
    /// How much has happened.
    COUNT = "SELECT CAST(COUNT(*) AS BIGINT) FROM event";
    /// What happened to one subject, oldest first.
    OF_SUBJECT = "SELECT kind, at FROM event WHERE subject = $1 ORDER BY at, seq";
}

/// Declares what can happen, and a list of it.
macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {
        /// What happened. The names are stable.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[expect(missing_docs, reason = "each variant says it")]
        pub enum What {
            $($(#[$doc])* $name),*
        }

        impl What {
            /// Everything that can happen.
            pub const ALL: &[Self] = &[$(Self::$name),*];
        }
    };
}

kinds! {
    SignedIn,
    SignInRefused,
    SignedOut,
    SteppedUp,
    SessionsEnded,
    CodeSetUp,
    SecretsResealed,
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
    InvitationRenewed,
    InvitationRevoked,
    CentreAdded,
    MemberJoined,
    MemberRemoved,
    RoleGranted,
    RoleEnded,
    PersonCorrected,
    AccountClosed,
    AccountReopened,
    ResetStarted,
    PasswordReset,
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
    FileRefused,
    FindingDecided,
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
    Accepted,
    CycleAdded,
    CycleChanged,
    DeadlineExtended,
    MaskWordsSet,
    ReviewerAsked,
    SeatAccepted,
    SeatDeclined,
    SeatReopened,
    SeatRemoved,
    SeatLeads,
    ConflictAdded,
    ConflictEnded,
    FileOpened,
    MarkSaved,
    MarkRevised,
    OwnLevelShown,
    ReviewSubmitted,
    ReviewReopened,
    ProfileSaved,
    TieAdded,
    TieRemoved,
    CandidateDismissed,
    PracticeMarked,
    LetterPosted,
    LetterResent,
    LetterDropped,
    MailChosen,
    RemindersSet,
    ApplicationRead,
    EvidenceRead,
    ReadsRecorded,
    ReadsErased,
    RecordKeyChosen,
    HeadSigned,
    DataExported,
    AccountErased,
    InvitationsErased,
    Designated,
    DesignationPublished,
    DesignationUnpublished,
    VisitNoted,
    WithdrawalProposed,
    WithdrawalDropped,
    DesignationWithdrawn,
    QuestionAsked,
    QuestionWorded,
    QuestionRelayed,
    QuestionDeclined,
    QuestionClosed,
    QuestionAnswered,
    AnswerRelayed,
    DeliberationOpened,
    PanelSpoke,
    ConsensusSaved,
    ConsensusRivalKept,
    DecisionProposed,
    DecisionSentBack,
    DecisionConfirmed,
    LetterMended,
    HitCleared,
    BatchProposed,
    BatchDiscarded,
    BatchReleased,
    DecisionReleased,
    Appealed,
    AppealAnswered,
    AnswerSentBack,
    OutcomeCorrected,
}

impl What {
    /// What happened in words, "Answer saved".
    pub fn words(self) -> String {
        words(&format!("{self:?}"))
    }

    /// What has this name in the record.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|what| format!("{what:?}") == name)
    }
}

/// The name of a kind in words; also of one that only an older or newer program knows.
pub fn words(kind: &str) -> String {
    let mut words = String::new();
    for (place, letter) in kind.chars().enumerate() {
        if place != 0 && letter.is_ascii_uppercase() {
            words.push(' ');
        }
        words.push(if place == 0 { letter } else { letter.to_ascii_lowercase() });
    }
    words
}

impl What {
    /// Whether it changes what belongs to an application, which is then its subject. Transitions and declarations have a
    /// version of their own. A change that is forgotten here fails every test that opens a page after it.
    const fn changes_an_application(self) -> bool {
        matches!(
            self,
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
                | Self::SignatoryConfirmed
        )
    }
}

impl Tx {
    /// Appends to the record when this transaction is committed, and counts the change where it belongs to an application.
    /// `detail` holds references and figures, never a name.
    ///
    /// The line waits until then because the end of the chain is one row that every writer needs: it is taken last, so
    /// that no two writers can wait for each other, whatever else they hold.
    pub async fn record(&mut self, stamp: &Stamp, what: What, subject: &str, detail: &str) -> Result<()> {
        let line = Line {
            id: EventId::new(stamp.chance.bits()).to_string(),
            at: stamp.now.millis(),
            actor: stamp.actor.map(|a| a.to_string()),
            kind: format!("{what:?}"),
            subject: subject.to_owned(),
            detail: detail.to_owned(),
            request_id: stamp.request_id.clone(),
        };
        // Only a transaction that writes has a place for it.
        let waiting = self.waiting().ok_or_else(|| Error::Inconsistent("event", "kind", line.kind.clone()))?;
        waiting.push(line);
        if what.changes_an_application() {
            self.count_change(subject).await?;
        }
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
