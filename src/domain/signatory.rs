//! The three people who stand for an application, and what is declared with it.

use serde::{Deserialize, Serialize};

/// In which capacity somebody confirms an application; the official form names exactly these three.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Capacity {
    /// Answers questions about the application; a member of the society.
    CorrespondingPhysician,
    /// Heads the department.
    DepartmentHead,
    /// Heads the hospital or institute.
    InstituteHead,
}

impl Capacity {
    /// All three, in the order of the form.
    pub const ALL: [Self; 3] = [Self::CorrespondingPhysician, Self::DepartmentHead, Self::InstituteHead];

    /// "Corresponding physician".
    pub const fn name(self) -> &'static str {
        match self {
            Self::CorrespondingPhysician => "Corresponding physician",
            Self::DepartmentHead => "Head of department",
            Self::InstituteHead => "Head of institute",
        }
    }

    /// "corresponding-physician", in forms and in the store.
    pub const fn key(self) -> &'static str {
        match self {
            Self::CorrespondingPhysician => "corresponding-physician",
            Self::DepartmentHead => "department-head",
            Self::InstituteHead => "institute-head",
        }
    }

    /// The capacity with this key.
    pub fn parse(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.key() == key)
    }
}

/// How far one signatory is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirmation {
    /// Nobody is named yet.
    Nobody,
    /// Named, and has not confirmed.
    Waiting,
    /// Has confirmed the application as it stands.
    Confirmed,
    /// Has confirmed, and an answer was changed afterwards.
    BeforeChange,
}

/// What the centre declares when it submits (the portal's own list).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Declaration {
    /// The answers describe the centre as it is.
    Accurate,
    /// No patient can be recognised in text or evidence.
    NoPatientData,
    /// The corresponding physician is a member, or has applied.
    Membership,
}

impl Declaration {
    /// All of them, in order.
    pub const ALL: [Self; 3] = [Self::Accurate, Self::NoPatientData, Self::Membership];

    /// In forms and in the store.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Accurate => "accurate",
            Self::NoPatientData => "no-patient-data",
            Self::Membership => "membership",
        }
    }

    /// The sentence that is declared.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Accurate => "The answers and the evidence describe our centre as it is today.",
            Self::NoPatientData => "No patient can be recognised in our texts, figures and files.",
            Self::Membership => "The corresponding physician is an ESMO member, or has applied for membership.",
        }
    }

    /// The declaration with this key.
    pub fn parse(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|d| d.key() == key)
    }
}
