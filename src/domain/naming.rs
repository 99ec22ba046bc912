//! Finds in a text what would tell who wrote it or whom it is about: names, places, addresses, and turns of phrase.
//!
//! A finding is a question to a person and never changes a text. Whoever gets too many of them stops reading, so a common
//! word that is somebody's name too ("Young", "Ward") counts only in the full form of the name.

mod fold;
mod patterns;
mod phrases;
mod vocabulary;

use fold::{Word, words};
use std::{collections::HashMap, ops::Range};

/// Known words of this many letters or more are found with one slip of the pen in them too.
const NEAR_LETTERS: usize = 6;
/// A word of a longer name counts on its own from this many letters on.
const ALONE_LETTERS: usize = 4;
/// How many characters a snippet shows on either side.
const AROUND: usize = 32;

/// Why something was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A word or name that is known.
    Name,
    /// Almost a word that is known.
    Near,
    /// A title with a name.
    Titled,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// A link or the address of a site.
    Link,
    /// Refers to a talk, a visit or a letter outside the portal.
    Told,
    /// The writer's own particulars: "my hospital", "I trained in".
    Particulars,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 8] =
        [Self::Name, Self::Near, Self::Titled, Self::Email, Self::Phone, Self::Link, Self::Told, Self::Particulars];

    /// What it is, for a list: "a known name".
    pub const fn name(self) -> &'static str {
        match self {
            Self::Name => "a known name",
            Self::Near => "almost a known name",
            Self::Titled => "a person by title and name",
            Self::Email => "an e-mail address",
            Self::Phone => "a telephone number",
            Self::Link => "a link",
            Self::Told => "a talk or letter outside the portal",
            Self::Particulars => "the writer's own particulars",
        }
    }

    /// Whether it matters only in what a reviewer or the working group writes: a centre says "our hospital" of right.
    pub const fn of_writer(self) -> bool {
        matches!(self, Self::Told | Self::Particulars)
    }
}

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Why.
    pub kind: Kind,
    /// Where: bytes of the text, at character borders.
    pub at: Range<usize>,
    /// The words themselves.
    pub found: String,
    /// The words with a few more on either side, on one line.
    pub snippet: String,
}

/// In which spelling a word counts alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Alone {
    /// In any.
    Always,
    /// With a capital: it stands in the name of an institution.
    Capital,
    /// With a capital in the middle of a sentence: it is a common word, and the whole name of a place.
    Inside,
}

/// What is known: names of people and centres, institutions, towns, addresses, e-mail addresses and their domains.
#[derive(Clone, Default)]
pub struct Known {
    /// Words that count alone.
    alone: HashMap<String, Alone>,
    /// The long ones of them, by themselves and by what is left of each when one letter is missing: two words that differ
    /// by one slip share such a rest.
    rests: HashMap<String, Vec<String>>,
    /// Sequences of words, by the first one.
    phrases: HashMap<String, Vec<Vec<String>>>,
    /// Upper case: "RMH".
    initials: Vec<String>,
    /// "hospital.example".
    domains: Vec<String>,
}

impl std::fmt::Debug for Known {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[known names]")
    }
}

impl Known {
    /// From names as they stand in the store; empty ones say nothing.
    pub fn new<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut known = Self::default();
        for name in names {
            known.add(name);
        }
        known
    }

    fn add(&mut self, name: &str) {
        let bare = name.trim().to_lowercase();
        if let Some(domain) = patterns::domain_of(&bare) {
            self.add_domain(domain);
            return;
        }
        for spelling in [fold::fold, fold::spell_out] {
            self.add_spelling(&words(name, spelling));
        }
    }

    fn add_domain(&mut self, domain: &str) {
        if vocabulary::PROVIDERS.contains(domain) {
            return;
        }
        self.domains.push(domain.to_owned());
        let label = domain.rsplit('.').nth(1).unwrap_or_default();
        for word in label.split('-').filter(|w| w.len() > ALONE_LETTERS && !vocabulary::common(w)) {
            self.count_alone(word, Alone::Always);
        }
    }

    fn add_spelling(&mut self, name: &[Word]) {
        let texts: Vec<String> =
            name.iter().map(|w| w.folded.clone()).filter(|w| !vocabulary::TITLES.contains(w.as_str())).collect();
        let letters = |word: &str| word.chars().all(char::is_alphabetic);
        match texts.as_slice() {
            [word] if letters(word) && word.chars().count() > 2 => {
                self.count_alone(word, if vocabulary::common(word) { Alone::Inside } else { Alone::Always });
            }
            [] | [_] => {}
            several => {
                self.add_phrase(several);
                // "North General" of "North General Hospital".
                let end = several.iter().rposition(|w| !vocabulary::generic(w)).map_or(0, |last| last + 1);
                if (2..several.len()).contains(&end) {
                    self.add_phrase(&several[..end]);
                }
                // "Müller Anna" in a list.
                if let [first, last] = several
                    && !vocabulary::generic(last)
                {
                    self.add_phrase(&[last.clone(), first.clone()]);
                }
                let alone = if several.iter().any(|w| vocabulary::kind(w)) { Alone::Capital } else { Alone::Always };
                for word in several.iter().filter(|w| letters(w) && !vocabulary::common(w)) {
                    if word.chars().count() >= ALONE_LETTERS {
                        self.count_alone(word, alone);
                    }
                }
                self.add_initials(several);
            }
        }
    }

    fn count_alone(&mut self, word: &str, when: Alone) {
        let known = self.alone.entry(word.to_owned()).or_insert(when);
        *known = when.min(*known);
        if *known != Alone::Inside && NEAR_LETTERS <= word.chars().count() {
            for rest in fold::rests(word) {
                let words = self.rests.entry(rest).or_default();
                if !words.iter().any(|w| w == word) {
                    words.push(word.to_owned());
                }
            }
        }
    }

    fn add_phrase(&mut self, phrase: &[String]) {
        let all = self.phrases.entry(phrase[0].clone()).or_default();
        if !all.iter().any(|p| p == phrase) {
            all.push(phrase.to_vec());
        }
    }

    /// The initials of institutions, three letters or more: those of people are too short to mean anything.
    fn add_initials(&mut self, phrase: &[String]) {
        if !phrase.iter().any(|w| vocabulary::kind(w)) {
            return;
        }
        let initials = |skip: bool| -> String {
            let kept = phrase.iter().filter(|w| !(skip && vocabulary::SMALL.contains(w.as_str())));
            kept.filter_map(|w| w.chars().next()).flat_map(char::to_uppercase).collect()
        };
        for short in [initials(true), initials(false)] {
            if short.chars().count() >= 3 && !vocabulary::ABBREVIATIONS.contains(short.as_str()) {
                self.initials.push(short);
            }
        }
    }

    /// Whether a word stands for somebody or something known, exactly or almost.
    fn recognises(&self, word: &Word) -> Option<Kind> {
        if let Some(when) = self.alone.get(&word.folded) {
            let counts = match when {
                Alone::Always => true,
                Alone::Capital => word.capital,
                Alone::Inside => word.capital && !word.first,
            };
            return counts.then_some(Kind::Name);
        }
        if word.upper && self.initials.contains(&word.folded.to_uppercase()) {
            return Some(Kind::Name);
        }
        let near = |known: &String| {
            fold::one_edit(known, &word.folded) && (!word.first || known.chars().next() == word.folded.chars().next())
        };
        let candidate =
            word.capital && word.folded.chars().count() + 1 >= NEAR_LETTERS && !vocabulary::common(&word.folded);
        let found = candidate
            && fold::rests(&word.folded).any(|rest| self.rests.get(&rest).is_some_and(|words| words.iter().any(near)));
        found.then_some(Kind::Near)
    }
}

/// Everything in a text that may tell who somebody is, in the order of the text; what overlaps is one finding.
pub fn scan(text: &str, known: &Known) -> Vec<Hit> {
    let all = words(text, fold::fold);
    let mut found: Vec<(Range<usize>, Kind)> = Vec::new();
    patterns::find(text, &known.domains, &mut found);
    phrases::find(&all, &mut found);
    for (place, word) in all.iter().enumerate() {
        for phrase in known.phrases.get(&word.folded).into_iter().flatten() {
            let rest = all.get(place..place + phrase.len()).unwrap_or_default();
            if !rest.is_empty() && rest.iter().map(|w| &w.folded).eq(phrase) {
                found.push((word.at.start..rest[rest.len() - 1].at.end, Kind::Name));
            }
        }
        if let Some(kind) = known.recognises(word) {
            found.push((word.at.clone(), kind));
        }
        if let Some(next) = all.get(place + 1)
            && vocabulary::TITLES.contains(word.folded.as_str())
            && word.capital
            && next.capital
            && !next.first_after_line(text, word)
            && !vocabulary::common(&next.folded)
        {
            found.push((word.at.start..next.at.end, Kind::Titled));
        }
    }
    found.sort_by_key(|(at, kind)| (at.start, std::cmp::Reverse(at.end), *kind));
    let mut kept: Vec<(Range<usize>, Kind)> = Vec::new();
    for (at, kind) in found {
        match kept.last_mut() {
            Some((last, _)) if at.start < last.end => {}
            // First name and surname are one finding.
            Some((last, before)) if *before == kind && matches!(&text[last.end..at.start], " " | "-") => {
                last.end = at.end;
            }
            _ => kept.push((at, kind)),
        }
    }
    let hit = |(at, kind): (Range<usize>, Kind)| Hit {
        kind,
        found: text[at.clone()].to_owned(),
        snippet: snippet(text, &at),
        at,
    };
    kept.into_iter().map(hit).collect()
}

/// The place with a few characters on either side, on one line.
fn snippet(text: &str, at: &Range<usize>) -> String {
    let before: Vec<char> = text[..at.start].chars().rev().take(AROUND + 1).collect();
    let after: Vec<char> = text[at.end..].chars().take(AROUND + 1).collect();
    let (cut_before, cut_after) = (before.len() > AROUND, after.len() > AROUND);
    let mut line = String::new();
    line.extend(cut_before.then_some('…'));
    line.extend(before.iter().take(AROUND).rev());
    line.push_str(&text[at.clone()]);
    line.extend(after.iter().take(AROUND));
    line.extend(cut_after.then_some('…'));
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
