//! Why letters do not arrive.

/// Why a letter has not arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The server refuses this letter for good, with this code.
    Refused(u16),
    /// The server refuses it for now, with this code.
    Deferred(u16),
    /// The server took the letter and did not answer in time.
    Silent,
    /// The address cannot be written to.
    Address,
    /// The server cannot be reached.
    Unreachable,
    /// The connection cannot be encrypted, or the server's certificate is not trusted.
    Untrusted,
    /// The server does not accept our user and password.
    NotAdmitted,
    /// The folder cannot be written.
    Folder,
    /// The link in it was too old before it could be sent.
    Expired,
    /// What it is about is over: submitted, used, or taken back.
    Moot,
    /// An administrator dropped it.
    ByHand,
}

impl Trouble {
    /// In the store.
    pub fn key(self) -> String {
        match self {
            Self::Refused(code) => format!("refused {code}"),
            Self::Deferred(code) => format!("deferred {code}"),
            Self::Silent => "silent".into(),
            Self::Address => "address".into(),
            Self::Unreachable => "unreachable".into(),
            Self::Untrusted => "untrusted".into(),
            Self::NotAdmitted => "not-admitted".into(),
            Self::Folder => "folder".into(),
            Self::Expired => "expired".into(),
            Self::Moot => "moot".into(),
            Self::ByHand => "by-hand".into(),
        }
    }

    /// The one with this key.
    pub fn parse(key: &str) -> Option<Self> {
        let (word, code) = key.split_once(' ').unwrap_or((key, ""));
        Some(match word {
            "refused" => Self::Refused(code.parse().ok()?),
            "deferred" => Self::Deferred(code.parse().ok()?),
            "silent" => Self::Silent,
            "address" => Self::Address,
            "unreachable" => Self::Unreachable,
            "untrusted" => Self::Untrusted,
            "not-admitted" => Self::NotAdmitted,
            "folder" => Self::Folder,
            "expired" => Self::Expired,
            "moot" => Self::Moot,
            "by-hand" => Self::ByHand,
            _ => return None,
        })
    }

    /// What it means, in plain words. What a server says is not repeated: it can hold anything.
    pub fn said(self) -> String {
        match self {
            Self::Refused(code) => {
                format!("The mail server refuses it for good (code {code}). Most often the address does not exist.")
            }
            Self::Deferred(code) => format!("The mail server does not take it for now (code {code})."),
            Self::Silent => "The mail server did not answer in time.".into(),
            Self::Address => "This address cannot be written to.".into(),
            Self::Unreachable => "The mail server cannot be reached.".into(),
            Self::Untrusted => {
                "The connection to the mail server cannot be trusted: no encryption, or an unknown certificate.".into()
            }
            Self::NotAdmitted => "The mail server does not accept the user and password of the portal.".into(),
            Self::Folder => "The folder for letters cannot be written.".into(),
            Self::Expired => "Its link became too old before it could be sent. Invite the person again.".into(),
            Self::Moot => "What it is about is over.".into(),
            Self::ByHand => "Dropped by an administrator.".into(),
        }
    }

    /// Whether no letter is to blame: the server cannot be used at all.
    pub const fn is_outage(self) -> bool {
        matches!(self, Self::Unreachable | Self::Untrusted | Self::NotAdmitted | Self::Folder)
    }

    /// Whether trying again is of no use.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Refused(_) | Self::Address | Self::Expired | Self::Moot | Self::ByHand)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_trouble_can_be_kept_and_said() {
        for trouble in [
            Trouble::Refused(550),
            Trouble::Deferred(451),
            Trouble::Silent,
            Trouble::Address,
            Trouble::Unreachable,
            Trouble::Untrusted,
            Trouble::NotAdmitted,
            Trouble::Folder,
            Trouble::Expired,
            Trouble::Moot,
            Trouble::ByHand,
        ] {
            assert_eq!(Trouble::parse(&trouble.key()), Some(trouble));
            assert!(trouble.said().ends_with('.'));
            assert!(!(trouble.is_outage() && trouble.is_final()), "{trouble:?}");
        }
        assert_eq!(Trouble::parse("refused"), None);
    }
}
