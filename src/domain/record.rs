//! The record of what happened as a chain: each line is hashed together with the hash of the line before.
//!
//! The hash of a line is SHA-256 over the 64 digits of the previous hash, followed by the canonical bytes of the line. The
//! first line follows [`BEGINNING`]. The place of a line is not part of its bytes: it follows from the chain. So a line
//! that was edited can be told from one that was moved: the first does not fit its own hash, the second does, but follows
//! another line than the one it was written after.

use super::snapshot::Digest;
use std::fmt;

/// What the first line follows: 64 zeros.
pub const BEGINNING: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The first bytes of every line, so that no other text of this portal has the same hash.
const FORM: &str = "designated-centres record 1\n";

/// One line as it stands in the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Which one: 32 hexadecimal digits.
    pub id: String,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// The account; none for the system or somebody with a one-time link.
    pub actor: Option<String>,
    /// What happened.
    pub kind: String,
    /// On what, by reference.
    pub subject: String,
    /// References and figures.
    pub detail: String,
    /// The request it belongs to.
    pub request_id: String,
}

impl Line {
    /// The canonical bytes: each field in the order declared here as `LENGTH:TEXT,`, a field that is not there as `-,`.
    /// Two different lines never have the same bytes.
    pub fn canonical(&self) -> String {
        let at = self.at.to_string();
        let fields = [
            Some(self.id.as_str()),
            Some(at.as_str()),
            self.actor.as_deref(),
            Some(self.kind.as_str()),
            Some(self.subject.as_str()),
            Some(self.detail.as_str()),
            Some(self.request_id.as_str()),
        ];
        fields.iter().fold(FORM.to_owned(), |bytes, field| match field {
            Some(text) => bytes + &format!("{}:{text},", text.len()),
            None => bytes + "-,",
        })
    }

    /// The hash of this line when it follows the line with that hash.
    pub fn hash_after(&self, previous: &str) -> Digest {
        Digest::of(format!("{previous}{}", self.canonical()).as_bytes())
    }
}

/// A line with its place in the chain, as it was read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Its number; the first is 1.
    pub seq: i64,
    /// The hash of the line before, as it was when this one was written.
    pub previous: String,
    /// Its own hash.
    pub hash: String,
    /// The line.
    pub line: Line,
}

/// The last line that a chain is said to have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Its number; 0 when nothing has happened yet.
    pub seq: i64,
    /// Its hash.
    pub hash: String,
}

/// Something that is wrong with the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The line does not fit its own hash.
    Edited {
        /// Its number.
        seq: i64,
        /// Which one.
        id: String,
    },
    /// No line has these numbers.
    Missing {
        /// The first.
        from: i64,
        /// The last.
        to: i64,
    },
    /// The line is whole, but was written after another one than the one it follows.
    Moved {
        /// Its number.
        seq: i64,
        /// Which one.
        id: String,
        /// The hash of the line it was written after.
        after: String,
    },
    /// Two lines have this number.
    Twice {
        /// The number.
        seq: i64,
        /// Which one of the two came second.
        id: String,
    },
    /// The line is whole, but the head names another hash for this place.
    NotTheHead {
        /// Its number.
        seq: i64,
        /// Which one.
        id: String,
    },
    /// Lines follow that the head does not know.
    BeyondTheHead {
        /// The number of the head.
        head: i64,
        /// The last number that is there.
        last: i64,
    },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Edited { seq, id } => write!(f, "line {seq} ({id}) was edited: it does not fit its hash"),
            Self::Missing { from, to } if from == to => write!(f, "line {from} is missing"),
            Self::Missing { from, to } => write!(f, "lines {from} to {to} are missing"),
            Self::Moved { seq, id, .. } => {
                write!(f, "line {seq} ({id}) does not follow the line before it: one of the two was moved or replaced")
            }
            Self::Twice { seq, id } => write!(f, "line {seq} ({id}) stands there twice"),
            Self::NotTheHead { seq, id } => {
                write!(f, "line {seq} ({id}) is not the one that the head of the record names")
            }
            Self::BeyondTheHead { head, last } => {
                write!(f, "lines {} to {last} were put in: the head of the record is line {head}", head + 1)
            }
        }
    }
}

/// Goes through a chain line by line, in the order of the numbers, and keeps nothing but the last one.
#[derive(Clone, Debug)]
pub struct Walk {
    /// The head when the walk began: everything up to there has to be found.
    head: Head,
    last: Head,
}

impl Walk {
    /// Begins before the first line.
    pub fn begin(head: Head) -> Self {
        Self { head, last: Head { seq: 0, hash: BEGINNING.to_owned() } }
    }

    /// The last line that was looked at.
    pub const fn last(&self) -> &Head {
        &self.last
    }

    /// Looks at the next line. A fault is told once: what follows is judged by the hashes that are written down.
    pub fn step(&mut self, link: &Link) -> Vec<Fault> {
        let (seq, id) = (link.seq, link.line.id.clone());
        let mut faults = Vec::new();
        if seq <= self.last.seq {
            faults.push(Fault::Twice { seq, id });
            return faults;
        }
        let gap = self.last.seq + 1 < seq;
        if gap {
            faults.push(Fault::Missing { from: self.last.seq + 1, to: seq - 1 });
        }
        if link.line.hash_after(&link.previous).as_str() != link.hash {
            faults.push(Fault::Edited { seq, id });
        } else if !gap && link.previous != self.last.hash {
            faults.push(Fault::Moved { seq, id, after: link.previous.clone() });
        } else if seq == self.head.seq && link.hash != self.head.hash {
            faults.push(Fault::NotTheHead { seq, id });
        }
        self.last = Head { seq, hash: link.hash.clone() };
        faults
    }

    /// Ends the walk; `head` is read after the last line, since others may have gone on writing.
    pub fn end(self, head: &Head) -> Vec<Fault> {
        let mut faults = Vec::new();
        if self.last.seq < self.head.seq {
            faults.push(Fault::Missing { from: self.last.seq + 1, to: self.head.seq });
        }
        if head.seq < self.last.seq {
            faults.push(Fault::BeyondTheHead { head: head.seq, last: self.last.seq });
        }
        faults
    }
}

/// What is signed each day: the day and the hash. How many lines there are is told to nobody, since the number of a quiet
/// day would tell that somebody was at work; and each day's signing is a line itself, so that no two days have the same hash.
pub fn signed_text(day: &str, hash: &str) -> String {
    format!("designated-centres record head 1\n{day}\n{hash}\n")
}

#[cfg(test)]
mod tests;
