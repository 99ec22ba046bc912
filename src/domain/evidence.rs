//! Evidence: what it is, which files are taken, and when it still counts.

use super::{checking::Check, date, id::EvidenceId};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// How long evidence of use counts, in months before the day it is looked at (the portal's rule; `domain.md` section 4).
pub const USE_COUNTS_FOR_MONTHS: i32 = 24;

/// The largest file, in bytes: 512 MiB.
pub const FILE_LIMIT: u64 = 512 * 1024 * 1024;

/// All files of one application together, in bytes: 5 GiB.
pub const APPLICATION_LIMIT: u64 = 5 * 1024 * 1024 * 1024;

/// What a piece of evidence shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// It is written down.
    Policy,
    /// It is done: minutes, rotas, audits, training records.
    ProofOfUse,
    /// It is counted.
    Data,
    /// Somebody else provides it, by agreement.
    Agreement,
    /// Anything else.
    Other,
}

impl Kind {
    /// All kinds, in the order in which they are offered.
    pub const ALL: [Self; 5] = [Self::Policy, Self::ProofOfUse, Self::Data, Self::Agreement, Self::Other];

    /// "Proof of use".
    pub const fn name(self) -> &'static str {
        match self {
            Self::Policy => "Policy",
            Self::ProofOfUse => "Proof of use",
            Self::Data => "Data",
            Self::Agreement => "Agreement",
            Self::Other => "Other",
        }
    }

    /// "proof-of-use", in forms, criteria files and the store.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Policy => "policy",
            Self::ProofOfUse => "proof-of-use",
            Self::Data => "data",
            Self::Agreement => "agreement",
            Self::Other => "other",
        }
    }

    /// The kind with this key.
    pub fn parse(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.key() == key)
    }

    /// Whether it can show that something is done, not only written.
    pub const fn shows_use(self) -> bool {
        matches!(self, Self::ProofOfUse | Self::Data)
    }
}

/// The types of file that are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FileType {
    /// Portable Document Format.
    Pdf,
    /// Word.
    Docx,
    /// Excel.
    Xlsx,
    /// `PowerPoint`.
    Pptx,
    /// PNG image.
    Png,
    /// JPEG image.
    Jpeg,
    /// Plain text.
    Txt,
    /// Comma-separated values.
    Csv,
}

impl FileType {
    /// All types, in the order in which they are named to people.
    pub const ALL: [Self; 8] =
        [Self::Pdf, Self::Docx, Self::Xlsx, Self::Pptx, Self::Png, Self::Jpeg, Self::Txt, Self::Csv];

    /// The extension given to a download, without the dot.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Docx => "docx",
            Self::Xlsx => "xlsx",
            Self::Pptx => "pptx",
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Txt => "txt",
            Self::Csv => "csv",
        }
    }

    /// The media type sent with a download.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Pptx => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Txt => "text/plain; charset=utf-8",
            Self::Csv => "text/csv; charset=utf-8",
        }
    }

    /// The type that a file name claims by its extension.
    pub fn from_name(name: &str) -> Option<Self> {
        let extension = name.rsplit_once('.')?.1.to_ascii_lowercase();
        match extension.as_str() {
            "jpeg" => Some(Self::Jpeg),
            other => Self::ALL.into_iter().find(|t| t.extension() == other),
        }
    }
}

/// Why a file was not taken. Nothing of it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileRefusal {
    /// No file was chosen.
    Missing,
    /// It has no bytes.
    Empty,
    /// It is larger than [`FILE_LIMIT`].
    TooLarge,
    /// With it the application would pass [`APPLICATION_LIMIT`].
    ApplicationFull,
    /// Its extension is not one of [`FileType::ALL`].
    TypeNotTaken,
    /// Its content is not what its name says.
    Renamed,
}

impl FileRefusal {
    /// What happened, the limit, and what to do.
    pub const fn message(self) -> &'static str {
        match self {
            Self::Missing => "Choose a file, or give a link instead",
            Self::Empty => "This file is empty. Open it to see whether it was saved, then choose it again",
            Self::TooLarge => "This file is larger than 512 MiB. Split it, or save it with smaller pictures",
            Self::ApplicationFull => {
                "With this file the application would hold more than 5 GiB. Remove a file that is no longer needed"
            }
            Self::TypeNotTaken => {
                "We take PDF, Word, Excel, PowerPoint, PNG, JPEG, text and CSV. Save it as PDF, then choose it again"
            }
            Self::Renamed => {
                "The content of this file is not what its name says. Save it again from the program that made it"
            }
        }
    }
}

/// A piece of evidence as the rules see it. Dates are kept as typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// Which one.
    pub id: EvidenceId,
    /// What the centre calls it.
    pub title: String,
    /// What it shows.
    pub kind: Kind,
    /// The day from which it holds, or to which its figures reach, as typed.
    pub effective: String,
    /// The day on which it ends, as typed; empty when it has none.
    pub expiry: String,
    /// The criteria it is used for, with the pages that matter there.
    pub uses: Vec<(u8, String)>,
    /// How far its file is on the way to reviewers; none for a link.
    pub check: Option<Check>,
}

impl Evidence {
    /// Whether it shows, on this day, that something is done: right kind, and effective within the last 24 months.
    pub fn shows_use_on(&self, today: Date) -> bool {
        let recent = date::read_day(&self.effective).is_some_and(|day| {
            let months = date::months_between(day, today);
            day <= today
                && (months < USE_COUNTS_FOR_MONTHS || (months == USE_COUNTS_FOR_MONTHS && day.day() >= today.day()))
        });
        self.kind.shows_use() && recent
    }

    /// Whether it has ended before this day.
    pub fn expired_on(&self, day: Date) -> bool {
        date::read_day(&self.expiry).is_some_and(|end| end < day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn evidence(kind: Kind, effective: &str, expiry: &str) -> Evidence {
        Evidence {
            id: EvidenceId::new(1),
            title: "Audit".into(),
            kind,
            effective: effective.into(),
            expiry: expiry.into(),
            uses: vec![],
            check: None,
        }
    }

    #[test]
    fn use_is_shown_by_proof_or_data_of_the_last_24_months() {
        let today = date(2027, 3, 5);
        for (kind, effective, shows) in [
            (Kind::ProofOfUse, "2026-06-01", true),
            (Kind::Data, "2025-03-05", true),
            (Kind::Data, "2025-03-04", false),
            (Kind::Data, "2027-03-06", false),
            (Kind::Data, "", false),
            (Kind::Policy, "2026-06-01", false),
            (Kind::Agreement, "2026-06-01", false),
        ] {
            assert_eq!(evidence(kind, effective, "").shows_use_on(today), shows, "{kind:?} {effective}");
        }
    }

    #[test]
    fn evidence_expires_after_its_last_day() {
        let policy = evidence(Kind::Policy, "2024-01-01", "2027-05-01");
        assert!(!policy.expired_on(date(2027, 5, 1)));
        assert!(policy.expired_on(date(2027, 5, 2)));
        assert!(!evidence(Kind::Policy, "", "").expired_on(date(2099, 1, 1)));
    }

    #[test]
    fn the_type_is_claimed_by_the_last_extension() {
        assert_eq!(FileType::from_name("Audit 2026.PDF"), Some(FileType::Pdf));
        assert_eq!(FileType::from_name("photo.jpeg"), Some(FileType::Jpeg));
        assert_eq!(FileType::from_name("report.pdf.exe"), None);
        assert_eq!(FileType::from_name("pdf"), None);
    }
}
