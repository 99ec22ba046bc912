//! What is looked for in the table of applications.

use crate::{
    domain::{
        application::Kind,
        id::{AccountId, ApplicationId, CycleId},
        stage::StageName,
    },
    store::centre_key::words,
};

/// How many words of a search count.
const WORDS: usize = 3;

/// In which order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// By the name of the centre.
    #[default]
    Name,
    /// By the name, backwards.
    NameDown,
    /// What has changed last first.
    Newest,
    /// What has waited longest first.
    Oldest,
}

impl Sort {
    /// All orders.
    pub const ALL: [Self; 4] = [Self::Name, Self::NameDown, Self::Newest, Self::Oldest];

    /// In addresses.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::NameDown => "name-down",
            Self::Newest => "newest",
            Self::Oldest => "oldest",
        }
    }

    pub(super) const fn turned(self) -> Self {
        match self {
            Self::Name => Self::NameDown,
            Self::NameDown => Self::Name,
            Self::Newest => Self::Oldest,
            Self::Oldest => Self::Newest,
        }
    }
}

/// Where a page begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum From {
    /// At the first application.
    #[default]
    Start,
    /// After this one.
    After(ApplicationId),
    /// So that it ends before this one.
    Before(ApplicationId),
    /// So that it ends with the last.
    End,
}

/// What is looked for.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// In these stages; empty means all.
    pub stages: Vec<StageName>,
    /// In this country; empty means all.
    pub country: String,
    /// Of this kind.
    pub kind: Option<Kind>,
    /// With words that begin so in the name or town of the centre.
    pub text: String,
    /// In which order.
    pub sort: Sort,
}

/// The filters as every statement takes them.
#[derive(Clone, Debug)]
pub(super) struct Filter {
    pub(super) cycle: String,
    pub(super) viewer: String,
    pub(super) kind: String,
    pub(super) country: String,
    pub(super) stages: [String; 7],
    /// Ranges of words; none when no name is looked for.
    pub(super) words: Option<[(Vec<u8>, Vec<u8>); WORDS]>,
}

/// The first bytes after all that begin with a word. No text holds the byte 255.
fn range(word: &str) -> (Vec<u8>, Vec<u8>) {
    (word.as_bytes().to_vec(), [word.as_bytes(), &[0xff]].concat())
}

impl Filter {
    pub(super) fn of(cycle: CycleId, viewer: AccountId, search: &Search) -> Self {
        let chosen: &[StageName] = if search.stages.is_empty() { &StageName::ALL } else { &search.stages };
        let stages = std::array::from_fn(|at| chosen[at % chosen.len()].key().to_owned());
        let mut wanted = words(&search.text);
        wanted.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
        let mut words = std::array::from_fn(|_| range(""));
        for (place, word) in words.iter_mut().zip(&wanted) {
            *place = range(word);
        }
        Self {
            cycle: cycle.to_string(),
            viewer: viewer.to_string(),
            kind: search.kind.map_or("", Kind::key).to_owned(),
            country: search.country.clone(),
            stages,
            words: (!wanted.is_empty()).then_some(words),
        }
    }
}
