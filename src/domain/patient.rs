//! What looks like the data of a patient in a text: dates of birth, national numbers, numbers of records.
//!
//! A finding stops somebody who screens, so few of them may be false: a national number counts when its check digits are
//! right, and where a format is too common for that, when its name stands before it; a date counts after a word of birth;
//! a record number after a word for one. Ages, years, counts and telephone numbers are left alone.

mod numbers;

use super::date::MONTHS;
use std::ops::Range;

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A date after a word of birth.
    BirthDate,
    /// A number that a state or an insurance gives to one person.
    NationalNumber,
    /// The number of a patient or of a record.
    RecordNumber,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// What it is.
    pub kind: Kind,
    /// What it is called, "a Swiss social security number".
    pub name: &'static str,
    /// Where it stands: bytes of the text, on character boundaries.
    pub place: Range<usize>,
}

impl Hit {
    /// The finding with a few words around it, for somebody who may read the text.
    pub fn snippet<'a>(&self, text: &'a str) -> &'a str {
        const AROUND: usize = 30;
        let mut from = self.place.start.saturating_sub(AROUND);
        while !text.is_char_boundary(from) {
            from -= 1;
        }
        let mut to = (self.place.end + AROUND).min(text.len());
        while !text.is_char_boundary(to) {
            to += 1;
        }
        text[from..to].trim()
    }
}

/// A run of ASCII letters and digits.
#[derive(Clone, Copy, Debug)]
struct Token<'a> {
    text: &'a str,
    start: usize,
}

impl Token<'_> {
    const fn end(&self) -> usize {
        self.start + self.text.len()
    }

    fn digits(&self) -> bool {
        self.text.bytes().all(|b| b.is_ascii_digit())
    }
}

/// Everything in a text that looks like the data of a patient, in the order of the text; nothing is told twice.
pub fn find(text: &str) -> Vec<Hit> {
    let lower = text.to_ascii_lowercase();
    let tokens = tokens(text);
    let mut hits: Vec<Hit> = Vec::new();
    for at in 0..tokens.len() {
        let hit = birth_date(&lower, &tokens[at..])
            .or_else(|| numbers::national(&lower, &tokens[at..]))
            .or_else(|| record_number(&lower, &tokens[at..]));
        if let Some(hit) = hit
            && hits.last().is_none_or(|before| before.place.end <= hit.place.start)
        {
            hits.push(hit);
        }
    }
    hits
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut list = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (start, c.is_ascii_alphanumeric()) {
            (None, true) => start = Some(at),
            (Some(from), false) => {
                // Letters of other scripts and with accents belong to a word, not to a number.
                let whole = !c.is_alphabetic() && !text[..from].chars().next_back().is_some_and(char::is_alphabetic);
                if whole {
                    list.push(Token { text: &text[from..at], start: from });
                }
                start = None;
            }
            _ => {}
        }
    }
    list
}

/// The text between two tokens.
fn between<'a>(text: &'a str, one: &Token<'_>, next: &Token<'_>) -> &'a str {
    text.get(one.end()..next.start).unwrap_or_default()
}

/// What stands before a place, at most this many bytes of it.
fn before(lower: &str, place: usize, most: usize) -> &str {
    let mut from = place.saturating_sub(most);
    while !lower.is_char_boundary(from) {
        from += 1;
    }
    &lower[from..place]
}

/// Words after which a date is a date of birth.
const BIRTH: [&str; 22] = [
    "date of birth",
    "birth date",
    "birthdate",
    "birthday",
    "born",
    "dob",
    "d.o.b",
    "geboren",
    "geb.",
    "geburtsdatum",
    "date de naissance",
    "né le",
    "née le",
    "nato il",
    "nata il",
    "data di nascita",
    "fecha de nacimiento",
    "nacido",
    "nacida",
    "data de nascimento",
    "geboortedatum",
    "födelsedatum",
];

/// What is born without being a patient.
const FOUNDED: [&str; 9] =
    ["service", "unit", "programme", "program", "clinic", "team", "centre", "department", "collaboration"];

fn birth_date(lower: &str, tokens: &[Token<'_>]) -> Option<Hit> {
    let place = date(lower, tokens)?;
    let near = before(lower, place.start, 28);
    let word = BIRTH.iter().filter_map(|word| Some((near.rfind(word)?, word))).max_by_key(|(at, _)| *at);
    let (at, word) = word?;
    let starts_a_word = !near[..at].chars().next_back().is_some_and(char::is_alphanumeric);
    if !starts_a_word {
        return None;
    }
    // Between the word and the date stand no other sentences.
    let rest = &near[at + word.len()..];
    if rest.contains(['\n', ';']) || rest.contains(". ") {
        return None;
    }
    let subject = before(lower, place.start - (near.len() - at), 40);
    let subject = subject.rsplit([';', '\n']).next().and_then(|part| part.rsplit(". ").next()).unwrap_or_default();
    if *word == "born" && FOUNDED.iter().any(|founded| subject.contains(founded)) {
        return None;
    }
    Some(Hit { kind: Kind::BirthDate, name: "a date of birth", place })
}

/// A whole date that begins with these tokens: `12.03.1957`, `1957-03-12`, `12 March 1957`, `March 12, 1957`.
fn date(lower: &str, tokens: &[Token<'_>]) -> Option<Range<usize>> {
    let [one, two, three, ..] = tokens else { return None };
    let gaps = [between(lower, one, two), between(lower, two, three)];
    let place = one.start..three.end();
    let number = |token: &Token<'_>, most: usize| -> Option<u32> {
        (token.digits() && token.text.len() <= most).then(|| token.text.parse().ok()).flatten()
    };
    let year = |token: &Token<'_>| {
        matches!(number(token, 4), Some(y) if (1900..=2100).contains(&y)) || token.text.len() == 2 && token.digits()
    };
    let month_name = |token: &Token<'_>| {
        let word = token.text.to_ascii_lowercase();
        3 <= word.len() && MONTHS.iter().any(|month| month.to_ascii_lowercase().starts_with(&word))
    };
    let day = |token: &Token<'_>| {
        let bare = token.text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        matches!(bare.parse::<u32>(), Ok(1..=31))
    };
    let month = |token: &Token<'_>| matches!(number(token, 2), Some(1..=12));
    let numeric = matches!(gaps[0], "." | "/" | "-" | ". ") && gaps[0] == gaps[1];
    if numeric && day(one) && number(one, 2).is_some() && month(two) && year(three) {
        return Some(place);
    }
    // Month first, as written in America.
    if numeric && gaps[0] == "/" && month(one) && number(two, 2).is_some() && day(two) && year(three) {
        return Some(place);
    }
    if numeric && one.text.len() == 4 && year(one) && month(two) && number(three, 2).is_some() && day(three) {
        return Some(place);
    }
    let spaced = gaps.iter().all(|gap| matches!(gap.trim(), "" | "," | "."));
    let long = spaced && three.text.len() == 4 && year(three);
    (long && (day(one) && month_name(two) || month_name(one) && day(two))).then_some(place)
}

/// Words after which a number is that of a patient or of a record.
const RECORD: [&str; 22] = [
    "mrn",
    "medical record number",
    "medical record no",
    "medical record",
    "patient id",
    "patient identifier",
    "patient number",
    "patient no",
    "patient nr",
    "hospital number",
    "hospital no",
    "record number",
    "chart number",
    "chart no",
    "patientennummer",
    "patienten-nr",
    "fallnummer",
    "numéro de dossier",
    "numéro patient",
    "historia clínica",
    "cartella clinica",
    "nhc",
];

fn record_number(lower: &str, tokens: &[Token<'_>]) -> Option<Hit> {
    let token = tokens.first()?;
    let digits = token.text.bytes().filter(u8::is_ascii_digit).count();
    if digits < 5 && !(digits == 4 && digits < token.text.len()) || 16 < token.text.len() {
        return None;
    }
    let near = before(lower, token.start, 36);
    // What may stand between the word and the number.
    let near = near.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '#' | '.' | '=' | '('));
    let near = ["number", "no", "nr", "id", "is", "n°"]
        .iter()
        .find_map(|filler| near.strip_suffix(filler).filter(|rest| rest.ends_with([' ', ':'])))
        .map_or(near, |rest| if RECORD.iter().any(|word| near.ends_with(word)) { near } else { rest.trim_end() });
    let word = RECORD.iter().find(|word| near.ends_with(**word))?;
    let starts_a_word = !near[..near.len() - word.len()].chars().next_back().is_some_and(char::is_alphanumeric);
    // "Patient number 12500" may be a count; "12500 patients" is one.
    let counted = tokens.get(1).is_some_and(|next| next.text.eq_ignore_ascii_case("patients"));
    (starts_a_word && !counted).then(|| Hit {
        kind: Kind::RecordNumber,
        name: "the number of a patient or a record",
        place: token.start..token.end(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found(text: &str) -> Vec<(Kind, &str)> {
        find(text).into_iter().map(|hit| (hit.kind, &text[hit.place])).collect()
    }

    #[test]
    fn dates_of_birth_are_found_in_the_ways_people_write_them() {
        for (text, date) in [
            ("Mrs B., born 12.03.1957, was seen twice", "12.03.1957"),
            ("DOB: 12/03/57", "12/03/57"),
            ("date of birth 1957-03-12", "1957-03-12"),
            ("a man born on the 12th March 1957 in pain", "12th March 1957"),
            ("born March 12, 1957", "March 12, 1957"),
            ("Patient, geb. 1.2.1948, Station 3", "1.2.1948"),
            ("The team meets weekly. Mrs B., born 12.03.1957, came", "12.03.1957"),
            ("née le 04/11/1961", "04/11/1961"),
            ("nata il 4-11-1961", "4-11-1961"),
        ] {
            assert_eq!(found(text), [(Kind::BirthDate, date)], "{text}");
        }
    }

    #[test]
    fn dates_of_the_service_are_left_alone() {
        for text in [
            "The audit of 12.03.2026 covers 214 patients",
            "The service was born on 1 March 2015 out of a pilot",
            "Our joint clinic, born 01/03/2015, meets weekly",
            "We report stillborn projects. 12.03.2026 was the last meeting",
            "Data from 1 January 2026 to 31 December 2026",
            "A 54-year-old woman born abroad; seen on 12.03.2026",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn record_numbers_are_found_after_their_word() {
        for (text, number) in [
            ("see MRN 4471182 for the course", "4471182"),
            ("MRN: A4471", "A4471"),
            ("(patient no. 0012345)", "0012345"),
            ("Hospital number #883211", "883211"),
            ("Patient ID is 99120045", "99120045"),
            ("medical record number: 5512093", "5512093"),
            ("Fallnummer 20260044", "20260044"),
        ] {
            assert_eq!(found(text), [(Kind::RecordNumber, number)], "{text}");
        }
    }

    #[test]
    fn counts_years_and_telephones_are_left_alone() {
        for text in [
            "patient numbers rose to 12500 in 2026",
            "The patient number 12500 patients was passed",
            "In 2025 we saw 10432 outpatients and 3120 inpatients",
            "Call 044 255 11 11 or +41 44 255 11 11 at any hour",
            "ISO 15189, room 12345, budget 1200000",
            "The electronic medical record shows a note within 48 hours",
            "doi 10.1016/j.esmoop.2023.101234, PMID 36123456",
            "Seven days a week, 08:00-17:00, 365 days",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn a_snippet_stays_within_characters() {
        let text = "äöü born 12.03.1957 äöüäöüäöüäöüäöüäöüäöü";
        let hits = find(text);
        assert!(hits[0].snippet(text).contains("12.03.1957"));
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in ".{0,120}") {
            let hits = find(&text);
            for hit in &hits {
                prop_assert!(!text[hit.place.clone()].is_empty());
                hit.snippet(&text);
            }
            prop_assert!(hits.windows(2).all(|two| two[0].place.end <= two[1].place.start));
        }
    }
}
