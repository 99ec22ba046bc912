//! The frozen application: canonical bytes and their SHA-256.

use super::{
    answer::Content,
    evidence::Kind,
    moment::Moment,
    signatory::{Capacity, Declaration},
};
use serde::{Deserialize, Serialize};

/// A SHA-256 as 64 lower-case hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest(String);

impl Digest {
    /// Of some bytes.
    pub fn of(bytes: &[u8]) -> Self {
        use sha2::Digest as _;
        Self(hex(&sha2::Sha256::digest(bytes)))
    }

    /// Reads 64 lower-case hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let plain = text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        plain.then(|| Self(text.to_owned()))
    }

    /// The 64 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Digest {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("a digest is 64 hexadecimal digits")
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.0
    }
}

/// Lower-case hexadecimal digits of some bytes.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |text, b| {
        let digit = |n: u8| char::from(if n < 10 { b'0' + n } else { b'a' + n - 10 });
        text + &digit(b >> 4).to_string() + &digit(b & 15).to_string()
    })
}

/// Everything that is handed in, without the identity of the centre: names of people and of the centre stand elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The edition of the criteria it answers.
    pub edition: String,
    /// When it was frozen.
    pub at: Moment,
    /// By criterion number, 1 to 13.
    pub answers: Vec<SnapshotAnswer>,
    /// What supports the answers.
    pub evidence: Vec<SnapshotEvidence>,
    /// What was declared.
    pub declarations: Vec<Declaration>,
    /// Who has confirmed, by capacity, and when.
    pub confirmations: Vec<(Capacity, Moment)>,
}

/// One answer in a snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotAnswer {
    /// Criterion number.
    pub criterion: u8,
    /// What was answered.
    #[serde(flatten)]
    pub content: Content,
}

/// One piece of evidence in a snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotEvidence {
    /// What it shows.
    pub kind: Kind,
    /// What the centre calls it.
    pub title: String,
    /// As typed.
    pub effective: String,
    /// As typed.
    pub expiry: String,
    /// Criterion and pages.
    pub uses: Vec<(u8, String)>,
    /// Of the file's bytes; none for a link.
    pub sha256: Option<Digest>,
    /// The link; none for a file.
    pub link: Option<String>,
}

impl Snapshot {
    /// The canonical bytes: JSON without white space, fields in the order declared here, lists in the order of their
    /// numbers. The same application always gives the same bytes.
    pub fn canonical(mut self) -> String {
        self.answers.sort_by_key(|a| a.criterion);
        self.evidence.sort_by(|a, b| (&a.uses, &a.title, &a.sha256).cmp(&(&b.uses, &b.title, &b.sha256)));
        self.declarations.sort_unstable();
        self.confirmations.sort_unstable();
        serde_json::to_string(&self).unwrap_or_else(|e| unreachable!("plain data always serialises: {e}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_is_sha_256() {
        assert_eq!(Digest::of(b"abc").as_str(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn the_order_of_arrival_does_not_change_the_bytes() {
        let answer = |criterion| SnapshotAnswer { criterion, content: Content::default() };
        let evidence = |title: &str| SnapshotEvidence {
            kind: Kind::Data,
            title: title.into(),
            effective: String::new(),
            expiry: String::new(),
            uses: vec![],
            sha256: None,
            link: None,
        };
        let snapshot = |answers, evidence, declarations| Snapshot {
            edition: "2026".into(),
            at: Moment::from_millis(1),
            answers,
            evidence,
            declarations,
            confirmations: vec![],
        };
        let one = snapshot(
            vec![answer(1), answer(2)],
            vec![evidence("A"), evidence("B")],
            vec![Declaration::Accurate, Declaration::Membership],
        );
        let two = snapshot(
            vec![answer(2), answer(1)],
            vec![evidence("B"), evidence("A")],
            vec![Declaration::Membership, Declaration::Accurate],
        );
        assert_eq!(one.clone().canonical(), two.canonical());
        let back: Snapshot = serde_json::from_str(&one.clone().canonical()).expect("reads back");
        assert_eq!(back, one);
    }
}
