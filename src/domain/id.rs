//! Identifiers: 128 random bits, shown as 32 hexadecimal digits.
//!
//! They are random so that nothing can be read from their order; each noun has a type of its own, so that one cannot be
//! handed over for another.

use serde::{Deserialize, Serialize};

/// Declares identifier types that share one shape.
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(u128);

        impl $name {
            /// From 128 random bits.
            pub const fn new(bits: u128) -> Self {
                Self(bits)
            }

            /// Reads exactly 32 lower-case hexadecimal digits; anything else is `None`.
            pub fn parse(text: &str) -> Option<Self> {
                parse(text).map(Self)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{:032x}", self.0)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}({:032x})", stringify!($name), self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = &'static str;
            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::parse(&text).ok_or("an identifier is 32 hexadecimal digits")
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }
    )*};
}

ids! {
    /// Somebody who can sign in. Says nothing about who that is.
    AccountId,
    /// One yearly call.
    CycleId,
    /// The organisation, without its name.
    CentreId,
    /// One centre's file in one cycle.
    ApplicationId,
    /// A document or link that supports answers.
    EvidenceId,
    /// The bytes behind a piece of evidence.
    FileId,
    /// A note to colleagues or a request for a change.
    NoteId,
    /// Something that is planned where a criterion is not yet met.
    ActionId,
    /// An invitation that was sent.
    InvitationId,
    /// One line of the record of what happened.
    EventId,
    /// A letter by mail.
    LetterId,
    /// A passkey that somebody signs in with.
    PasskeyId,
    /// Who somebody is at an identity provider.
    IdentityId,
    /// A place on a panel; also the public id of the review.
    SeatId,
    /// A question to a centre.
    RequestId,
    /// One message of a question.
    MessageId,
    /// What was said in a deliberation.
    PostId,
    /// Decisions that become visible together.
    BatchId,
    /// The status that follows an outcome.
    DesignationId,
    /// A reason not to see an application.
    ConflictId,
    /// Somebody or something that a reviewer is tied to.
    TieId,
    /// A visit to a designated centre.
    VisitId,
    /// Something in the text of a file.
    FindingId,
    /// A row that nothing refers to.
    AnyId,
}

fn parse(text: &str) -> Option<u128> {
    let plain = text.len() == 32 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    plain.then(|| u128::from_str_radix(text, 16).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_reads_back_what_it_prints() {
        let id = ApplicationId::new(0x00ab_cdef);
        assert_eq!(ApplicationId::parse(&id.to_string()), Some(id));
    }

    #[test]
    fn other_spellings_are_not_the_same_identifier() {
        for text in [
            "",
            "1",
            "ABCDEFABCDEFABCDEFABCDEFABCDEFAB",
            "+0000000000000000000000000000001",
            "0x000000000000000000000000000001",
        ] {
            assert_eq!(AccountId::parse(text), None, "{text:?}");
        }
    }
}
