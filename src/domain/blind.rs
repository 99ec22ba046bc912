//! What reviewers read: the frozen snapshot under an alias, with the words that name the centre taken out.

use super::{
    evidence::Kind,
    review::letter,
    snapshot::{Digest, Snapshot, SnapshotAnswer},
    text::fold,
};
use serde::{Deserialize, Serialize};

/// What stands where a name was.
pub const REMOVED: &str = "[name removed]";

/// The blind copy of one application. Names nobody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlindCopy {
    /// The edition of the criteria it answers.
    pub edition: String,
    /// By criterion number.
    pub answers: Vec<SnapshotAnswer>,
    /// Under letters, in a random order.
    pub evidence: Vec<BlindEvidence>,
}

/// A piece of evidence under a letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlindEvidence {
    /// "A".
    pub letter: String,
    /// What it shows.
    pub kind: Kind,
    /// What the centre calls it, without names.
    pub title: String,
    /// As typed.
    pub effective: String,
    /// As typed.
    pub expiry: String,
    /// Criterion and pages.
    pub uses: Vec<(u8, String)>,
    /// Of the file's bytes; none for a link. Never shown.
    pub sha256: Option<Digest>,
    /// The link, where the host is not hidden by the rules; its text is never opened from a page.
    pub link: Option<String>,
}

impl BlindCopy {
    /// Takes the names out of a snapshot. `chance` decides the order of the evidence.
    pub fn of(snapshot: &Snapshot, mask: &Mask, chance: u128) -> Self {
        let mut answers = snapshot.answers.clone();
        answers.sort_by_key(|a| a.criterion);
        for answer in &mut answers {
            answer.content.narrative = mask.hide(&answer.content.narrative);
            for typed in answer.content.indicators.values_mut() {
                typed.hide(|text| mask.hide(text));
            }
        }
        let mut pieces: Vec<_> = snapshot.evidence.iter().collect();
        shuffle(&mut pieces, chance);
        let evidence = pieces.into_iter().enumerate().map(|(place, piece)| BlindEvidence {
            letter: letter(place),
            kind: piece.kind,
            title: mask.hide(&piece.title),
            effective: piece.effective.clone(),
            expiry: piece.expiry.clone(),
            uses: piece.uses.iter().map(|(criterion, pages)| (*criterion, mask.hide(pages))).collect(),
            sha256: piece.sha256.clone(),
            link: piece.link.as_deref().map(|link| mask.hide(link)),
        });
        Self { edition: snapshot.edition.clone(), answers, evidence: evidence.collect() }
    }
}

/// A random order that 128 random bits decide.
pub fn shuffle<T>(items: &mut [T], chance: u128) {
    let [mut state, other] = [chance, chance >> 64].map(|half| u64::try_from(half & u128::from(u64::MAX)).unwrap_or(0));
    state ^= other.rotate_left(32);
    for last in (1..items.len()).rev() {
        // SplitMix64.
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        let among = u64::try_from(last + 1).unwrap_or(1);
        items.swap(last, usize::try_from(mixed % among).unwrap_or(0));
    }
}

/// An alias of four characters that cannot be taken for one another, such as "K7QF".
pub fn alias(chance: u128) -> String {
    const SIGNS: &[u8; 30] = b"23456789ABCDEFGHJKMNPQRSTVWXYZ";
    let mut rest = chance;
    let mut sign = || {
        let place = usize::try_from(rest % 30).unwrap_or(0);
        rest /= 30;
        char::from(SIGNS[place])
    };
    (0..4).map(|_| sign()).collect()
}

/// The words that name a centre and its people.
#[derive(Clone, Default)]
pub struct Mask {
    /// Folded, the longest first.
    words: Vec<Vec<char>>,
}

impl std::fmt::Debug for Mask {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[names]")
    }
}

/// Words of names of centres that many share, and that name none alone.
const COMMON: &[&str] = &[
    "academic",
    "and",
    "cancer",
    "care",
    "center",
    "centre",
    "centro",
    "city",
    "clinic",
    "clinica",
    "clinical",
    "college",
    "comprehensive",
    "department",
    "for",
    "general",
    "health",
    "hospital",
    "institute",
    "institut",
    "international",
    "klinik",
    "medical",
    "medicine",
    "national",
    "of",
    "oncology",
    "palliative",
    "regional",
    "royal",
    "service",
    "services",
    "the",
    "trust",
    "tumour",
    "university",
    "universitario",
    "von",
    "van",
    "der",
    "de",
    "la",
    "del",
    "di",
    "doctor",
    "prof",
];

impl Mask {
    /// From names of the centre, its town and its people, and from addresses. Of a name with several words, each word
    /// that is not common counts alone too.
    pub fn new<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut words: Vec<Vec<char>> = Vec::new();
        let mut add = |text: &str| {
            let folded: Vec<char> = text.trim().chars().map(fold).collect();
            if 3 <= folded.len() && !words.contains(&folded) {
                words.push(folded);
            }
        };
        for name in names {
            add(name);
            for word in name.split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '’') {
                let folded: String = word.chars().map(fold).collect();
                if 3 <= word.chars().count() && !COMMON.contains(&folded.as_str()) {
                    add(word);
                }
            }
        }
        words.sort_by_key(|w| std::cmp::Reverse(w.len()));
        Self { words }
    }

    /// Hides these as well, each as a whole and not by its words: a country of two words shares them with much else.
    #[must_use]
    pub fn with_phrases<'a>(mut self, phrases: impl IntoIterator<Item = &'a str>) -> Self {
        let folded = phrases.into_iter().map(|text| text.trim().chars().map(fold).collect::<Vec<char>>());
        self.words.extend(folded.filter(|word| 3 <= word.len()));
        self.words.sort_by_key(|w| std::cmp::Reverse(w.len()));
        self
    }

    /// The text with every name and every address replaced by [`REMOVED`]; names that follow each other become one.
    pub fn hide(&self, text: &str) -> String {
        let letters: Vec<char> = text.chars().collect();
        let folded: Vec<char> = letters.iter().map(|c| fold(*c)).collect();
        let mut hidden = vec![false; letters.len()];
        let inside = |at: usize| folded.get(at).is_some_and(|c| c.is_alphanumeric());
        for word in &self.words {
            for at in 0..folded.len().saturating_sub(word.len() - 1) {
                let end = at + word.len();
                let bounded = (at == 0 || !inside(at - 1)) && !inside(end);
                // A short name may be a word as well: "Will" is one, "will" is not.
                let named = 4 < word.len() || letters[at].is_uppercase();
                if folded[at..end] == word[..] && bounded && named {
                    hidden[at..end].fill(true);
                }
            }
        }
        hide_addresses(&letters, &mut hidden);
        let mut shown = String::with_capacity(text.len());
        let mut at = 0;
        while at < letters.len() {
            if !hidden[at] {
                shown.push(letters[at]);
                at += 1;
                continue;
            }
            while at < letters.len() && hidden[at] {
                at += 1;
                // A name of several words: the gap between two hidden words goes with them.
                let gap = letters[at..].iter().take_while(|c| !c.is_alphanumeric() && **c != '\n').count();
                if 0 < gap && gap <= 3 && hidden.get(at + gap) == Some(&true) {
                    at += gap;
                }
            }
            shown.push_str(REMOVED);
        }
        shown
    }
}

/// Marks mail addresses and hosts of links: an address names a place whatever it says.
fn hide_addresses(letters: &[char], hidden: &mut [bool]) {
    let stops = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | '[' | ']' | '"' | ',' | ';');
    let mut at = 0;
    while at < letters.len() {
        if stops(letters[at]) {
            at += 1;
            continue;
        }
        let end = letters[at..].iter().position(|c| stops(*c)).map_or(letters.len(), |n| at + n);
        let token: String = letters[at..end].iter().collect();
        let mail = token.find('@').is_some_and(|place| 0 < place && token[place..].contains('.'));
        let site = token.starts_with("www.") || token.contains("://");
        if mail || site {
            let close =
                letters[at..end].iter().rposition(|c| c.is_alphanumeric() || *c == '/').map_or(end, |n| at + n + 1);
            hidden[at..close].fill(true);
        }
        at = end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn mask() -> Mask {
        Mask::new([
            "Fjellvik University Cancer Centre",
            "Fjellvik",
            "Ingrid Solbergvik",
            "Will Oakes",
            "ingrid@fjellvik.example",
        ])
    }

    #[test]
    fn names_go_in_whatever_case_and_accents() {
        for (text, hidden) in [
            ("At FJELLVIK we meet weekly.", "At [name removed] we meet weekly."),
            ("Fjellvik University Cancer Centre runs it", "[name removed] runs it"),
            ("Dr Íngrid Solbergvik leads.", "Dr [name removed] leads."),
            ("Write to ingrid@fjellvik.example, or call.", "Write to [name removed], or call."),
            ("see https://www.other.example/rota?x=1.", "see [name removed]."),
            ("The University Cancer Centre has one", "The University Cancer Centre has one"),
            ("Fjellviken is another word", "Fjellviken is another word"),
            ("It will hold; ask Will.", "It will hold; ask [name removed]."),
            ("", ""),
        ] {
            assert_eq!(mask().hide(text), hidden, "{text}");
        }
    }

    #[test]
    fn a_country_goes_as_a_whole() {
        let mask = mask().with_phrases(["South Utopia"]);
        assert_eq!(mask.hide("In south utopia, and in the south"), "In [name removed], and in the south");
    }

    #[test]
    fn two_centres_that_say_the_same_become_the_same() {
        let other = Mask::new(["Quillamar Oncology Institute", "Puerto Quillamar", "Ana de la Vega"]);
        let one = mask().hide("Ingrid Solbergvik of Fjellvik University Cancer Centre wrote it");
        assert_eq!(other.hide("Ana de la Vega of Quillamar Oncology Institute wrote it"), one);
    }

    #[test]
    fn an_alias_has_four_signs_that_cannot_be_mistaken() {
        for chance in [0, 1, u128::MAX, 0x1234_5678_9abc_def0] {
            let alias = alias(chance);
            assert_eq!(alias.len(), 4);
            assert!(!alias.contains(['0', 'O', '1', 'I', 'L', 'U']), "{alias}");
        }
    }

    proptest! {
        #[test]
        fn nothing_of_a_name_is_left(before in "[ a-z.,]{0,20}", after in "[ a-z.,]{0,20}") {
            let text = format!("{before} Solbergvik {after}");
            prop_assert!(!mask().hide(&text).contains("Solbergvik"));
        }

        #[test]
        fn a_text_without_names_stays_as_it_is(text in "[ a-z.\n]{0,80}") {
            prop_assert_eq!(Mask::default().hide(&text), text);
        }

        #[test]
        fn a_shuffle_keeps_everything(chance: u128, count in 0_usize..40) {
            let mut items: Vec<usize> = (0..count).collect();
            shuffle(&mut items, chance);
            items.sort_unstable();
            prop_assert_eq!(items, (0..count).collect::<Vec<_>>());
        }
    }
}
