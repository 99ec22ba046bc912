//! The glossary: words that guides and forms use, with what is meant by them here.

use super::markup::{escape, slug};

/// A word with its meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// As it is listed.
    pub term: String,
    /// Other spellings, plurals and near names.
    pub also: Vec<String>,
    /// What is meant by it, in plain text.
    pub definition: String,
    /// Whether guides explain it where it first stands; not so for words that guides also use in another sense.
    pub linked: bool,
}

impl Term {
    /// The anchor on the page of the glossary.
    pub fn anchor(&self) -> String {
        slug(&self.term)
    }

    /// The address of its definition.
    pub fn href(&self) -> String {
        format!("/glossary#{}", self.anchor())
    }

    /// The word and its other spellings.
    pub fn spellings(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.term.as_str()).chain(self.also.iter().map(String::as_str))
    }
}

/// All terms in the order of the alphabet, ready to be found in texts.
#[derive(Clone, Debug, Default)]
pub struct Glossary {
    terms: Vec<Term>,
    /// Spellings of terms that guides explain, the longest first, with the place of their term.
    spellings: Vec<(String, usize)>,
}

/// A spelling found in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// First byte.
    pub start: usize,
    /// First byte after it.
    pub end: usize,
    /// Which term, counted in the order of the alphabet.
    pub term: usize,
}

impl Glossary {
    /// Sorts the terms.
    pub fn new(mut terms: Vec<Term>) -> Self {
        terms.sort_by_key(|t| t.term.to_lowercase());
        let linked = terms.iter().enumerate().filter(|(_, t)| t.linked);
        let mut spellings: Vec<(String, usize)> =
            linked.flat_map(|(i, t)| t.spellings().map(move |s| (s.to_owned(), i))).collect();
        spellings.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.cmp(b)));
        Self { terms, spellings }
    }

    /// All terms, in the order of the alphabet.
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// The term with this word or spelling.
    pub fn term(&self, word: &str) -> Option<&Term> {
        self.terms.iter().find(|t| t.spellings().any(|s| s == word))
    }

    /// The first spelling in a text from a byte on, among terms that are not to be skipped. Only whole words count; a
    /// spelling in small letters is also found at the beginning of a sentence.
    pub fn find(&self, text: &str, from: usize, skip: impl Fn(usize) -> bool) -> Option<Found> {
        let starts = text.char_indices().map(|(at, _)| at).filter(|at| from <= *at);
        let starts = starts.filter(|at| !text[..*at].chars().next_back().is_some_and(within_word));
        for start in starts {
            for (spelling, term) in self.spellings.iter().filter(|(_, term)| !skip(*term)) {
                let Some(candidate) = text.get(start..start + spelling.len()) else { continue };
                let end = start + spelling.len();
                if same(candidate, spelling) && !text[end..].chars().next().is_some_and(within_word) {
                    return Some(Found { start, end, term: *term });
                }
            }
        }
        None
    }

    /// A term as it stands in a guide: a link to its definition, and the definition itself, which shows on hover and on
    /// focus, is read out as a description, and is closed by Escape. `place` keeps its name apart from others on a page.
    pub fn marked(&self, term: usize, shown: &str, place: &str) -> String {
        let Some(term) = self.terms.get(term) else { return escape(shown) };
        let (id, href) = (format!("term-{place}-{}", term.anchor()), term.href());
        format!(
            "<a class=\"term\" href=\"{href}\" interestfor=\"{id}\" aria-describedby=\"{id}\">{}</a>\
             <span class=\"definition\" id=\"{id}\" popover=\"hint\" role=\"tooltip\">{}</span>",
            escape(shown),
            escape(&term.definition)
        )
    }
}

fn within_word(c: char) -> bool {
    c.is_alphanumeric() || c == '-'
}

/// Equal, or equal but for a capital at the beginning of a sentence.
fn same(candidate: &str, spelling: &str) -> bool {
    if candidate == spelling {
        return true;
    }
    let (mut a, mut b) = (candidate.chars(), spelling.chars());
    let (Some(first), Some(small)) = (a.next(), b.next()) else { return false };
    small.is_lowercase() && first.to_lowercase().eq([small]) && a.as_str() == b.as_str()
}
