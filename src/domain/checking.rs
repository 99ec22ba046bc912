//! Looking through a file before a reviewer may see it: how far that is, and what it means for the application.

use super::{
    naming::{self, Known},
    patient,
    report::{Fault, Passage},
    snapshot::Digest,
};

/// How far a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// It is stored, and waits for its turn.
    Received,
    /// It is being scanned and cleaned.
    Checking,
    /// There is a copy for reviewers; its text waits to be searched.
    Cleaned,
    /// Something was found that somebody has to decide.
    NeedsYou,
    /// It cannot be shown to reviewers as it is.
    Refused,
    /// Reviewers may see the copy.
    Ready,
}

impl State {
    /// All of them, in the order of a file's way.
    pub const ALL: [Self; 6] =
        [Self::Received, Self::Checking, Self::Cleaned, Self::NeedsYou, Self::Refused, Self::Ready];

    /// In the store.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Checking => "checking",
            Self::Cleaned => "cleaned",
            Self::NeedsYou => "needs-you",
            Self::Refused => "refused",
            Self::Ready => "ready",
        }
    }

    /// The state with this key.
    pub fn parse(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.key() == key)
    }

    /// For its centre: "Needs you".
    pub const fn name(self) -> &'static str {
        match self {
            Self::Received => "Received",
            Self::Checking => "Checking",
            Self::Cleaned => "Cleaned",
            Self::NeedsYou => "Needs you",
            Self::Refused => "Refused",
            Self::Ready => "Ready",
        }
    }

    /// Whether there is a copy for reviewers.
    pub const fn has_copy(self) -> bool {
        matches!(self, Self::Cleaned | Self::NeedsYou | Self::Ready)
    }

    /// Whether it goes on by itself.
    pub const fn goes_on(self) -> bool {
        matches!(self, Self::Received | Self::Checking | Self::Cleaned)
    }
}

/// Why a file's turn has not come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// The malware scanner does not answer.
    Scanner,
    /// The program that opens documents cannot be started, or the bytes cannot be read at the moment.
    Opening,
}

impl Wait {
    /// In the store.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Scanner => "scanner",
            Self::Opening => "opening",
        }
    }

    /// The reason with this key.
    pub fn parse(key: &str) -> Option<Self> {
        [Self::Scanner, Self::Opening].into_iter().find(|wait| wait.key() == key)
    }

    /// For its centre.
    pub const fn message(self) -> &'static str {
        match self {
            Self::Scanner => {
                "The malware scanner does not answer at the moment. The file is safe, and is tried again by itself"
            }
            Self::Opening => "The file cannot be opened at the moment. It is safe, and is tried again by itself",
        }
    }
}

/// What a finding in a file is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum About {
    /// It looks like the data of a patient.
    Patient,
    /// It may tell who the centre or its people are.
    Identity,
    /// There is something to see and nothing to read, so that nobody has looked there for names.
    Unchecked,
}

impl About {
    /// In the store.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Patient => "patient",
            Self::Identity => "identity",
            Self::Unchecked => "unchecked",
        }
    }

    /// The one with this key.
    pub fn parse(key: &str) -> Option<Self> {
        [Self::Patient, Self::Identity, Self::Unchecked].into_iter().find(|about| about.key() == key)
    }

    /// Whether somebody has to decide before reviewers may see the file.
    pub const fn stops(self) -> bool {
        matches!(self, Self::Patient | Self::Identity)
    }
}

/// Something in the text of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What it is about.
    pub about: About,
    /// What it is, "a known name", "a Swiss social security number".
    pub what: String,
    /// Where: "page 3".
    pub place: String,
    /// The words, with a few around them.
    pub snippet: String,
    /// Of all of these: what was decided once holds for the same words at the same place.
    pub hash: Digest,
}

/// The most findings that are kept of one file: whoever mends a hundred looks at the file anew.
pub const MOST_FOUND: usize = 100;

/// What is found in the text of a file, patients first. `known` are the names on the side of the centre; without them,
/// because reviewers may know the centre, only patients are searched for.
pub fn search(passages: &[Passage], known: Option<&Known>) -> Vec<Found> {
    let mut list = Vec::new();
    let mut unchecked = Vec::new();
    for passage in passages {
        let Some(text) = &passage.text else {
            unchecked.push(passage.place.as_str());
            continue;
        };
        for hit in patient::find(text) {
            list.push(found(About::Patient, hit.name, &passage.place, hit.snippet(text)));
        }
        for hit in known.map(|known| naming::scan(text, known)).unwrap_or_default() {
            if !hit.kind.of_writer() {
                list.push(found(About::Identity, hit.kind.name(), &passage.place, &hit.snippet));
            }
        }
    }
    list.sort_by_key(|found| found.about);
    let mut seen = std::collections::BTreeSet::new();
    list.retain(|found| seen.insert(found.hash.clone()));
    list.truncate(MOST_FOUND);
    if let Some(first) = unchecked.first() {
        let place = if unchecked.len() == 1 {
            (*first).to_owned()
        } else {
            format!("{first} and {} more", unchecked.len() - 1)
        };
        list.push(found(About::Unchecked, "nothing to read", &place, ""));
    }
    list
}

fn found(about: About, what: &str, place: &str, snippet: &str) -> Found {
    let snippet = snippet.split_whitespace().collect::<Vec<_>>().join(" ");
    let hash = Digest::of(format!("{}\n{what}\n{place}\n{snippet}", about.key()).as_bytes());
    Found { about, what: what.to_owned(), place: place.to_owned(), snippet, hash }
}

/// The most characters of the reason why a finding may stay.
pub const REASON: usize = 500;

/// What has to be mended in a decision on so many findings; none when nothing is wrong.
pub const fn to_mend(chosen: usize, reason: &str) -> Option<&'static str> {
    match (chosen == 0, reason.is_empty()) {
        (true, _) => Some("Choose at least one finding above"),
        (false, true) => Some("Write why they may stay, in a few words"),
        (false, false) => None,
    }
}

/// How far a file is, as the rules and the lists see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Check {
    /// Its state.
    pub state: State,
    /// Why it was refused.
    pub fault: Option<Fault>,
    /// Why its turn has not come.
    pub waits: Option<Wait>,
    /// Findings about patients that nobody has decided.
    pub patients: u32,
    /// Findings about the centre that nobody has decided.
    pub names: u32,
    /// Whether there are parts that nobody has looked at for names.
    pub unchecked: bool,
}

impl Check {
    /// A file that has just been stored.
    pub const fn begun() -> Self {
        Self { state: State::Received, fault: None, waits: None, patients: 0, names: 0, unchecked: false }
    }

    /// The state that a file with a copy has after its text was searched.
    pub const fn settled(patients: u32, names: u32) -> State {
        if patients == 0 && names == 0 { State::Ready } else { State::NeedsYou }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passage(place: &str, text: Option<&str>) -> Passage {
        Passage { place: place.into(), text: text.map(str::to_owned) }
    }

    #[test]
    fn patients_come_first_then_names_then_what_nobody_could_read() {
        let known = Known::new(["Fjellvik Hospital", "Ingrid Solberg"]);
        let passages = [
            passage("page 1", Some("Rota of the team, written by Ingrid Solberg.")),
            passage("page 2", None),
            passage("page 3", Some("Patient, date of birth: 12.03.1951, was seen on the ward.")),
            passage("page 4", None),
            passage("page 1", Some("Rota of the team, written by Ingrid Solberg.")),
        ];
        let found = search(&passages, Some(&known));
        let told: Vec<_> = found.iter().map(|f| (f.about, f.place.as_str())).collect();
        assert_eq!(
            told,
            [(About::Patient, "page 3"), (About::Identity, "page 1"), (About::Unchecked, "page 2 and 1 more")]
        );
        assert!(found[1].snippet.contains("Ingrid Solberg"));
        // Who may know the centre is stopped by patients alone.
        let told: Vec<_> = search(&passages, None).iter().map(|f| f.about).collect();
        assert_eq!(told, [About::Patient, About::Unchecked]);
    }

    #[test]
    fn the_same_words_elsewhere_are_another_finding() {
        let known = Known::new(["Fjellvik"]);
        let one = |place| search(&[passage(place, Some("The team at Fjellvik meets."))], Some(&known)).remove(0).hash;
        assert_eq!(one("page 1"), one("page 1"));
        assert_ne!(one("page 1"), one("page 2"));
    }

    #[test]
    fn every_state_and_reason_has_a_key_of_its_own() {
        assert!(State::ALL.into_iter().all(|s| State::parse(s.key()) == Some(s)));
        assert!([Wait::Scanner, Wait::Opening].into_iter().all(|w| Wait::parse(w.key()) == Some(w)));
        assert!(
            [About::Patient, About::Identity, About::Unchecked].into_iter().all(|a| About::parse(a.key()) == Some(a))
        );
        assert_eq!(
            (Check::settled(0, 0), Check::settled(1, 0), Check::settled(0, 1)),
            (State::Ready, State::NeedsYou, State::NeedsYou)
        );
    }
}
