//! Whether a case names who, when and how: a simple heuristic for a hint, never for a refusal.
//!
//! - **Who**: a word for a profession or a group with a task ("nurse", "oncologists", "team"). "We" is not enough.
//! - **When**: a weekday, a month, a year, a time of the day, an adverb such as "weekly", or a unit of time with a number
//!   or "each", "every", "per", "within" before it. "For many years" and "at all times" say nothing.
//! - **How**: a thing that one could ask to see ("protocol", "rota", "minutes", "audit"), or a share of something.
//!
//! It reads English words only. A text in which it finds nothing may still be good; that is why it only hints.

/// A part of a case that a stranger needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// A role.
    Who,
    /// A time or a frequency.
    When,
    /// Something to look up, or a figure.
    How,
}

impl Part {
    /// What to say.
    pub const fn ask(self) -> &'static str {
        match self {
            Self::Who => "who does it, by role",
            Self::When => "when, how often or within what time",
            Self::How => "how one would know: a document, a meeting, a figure",
        }
    }
}

/// Beginnings of words for people with a task.
const ROLES: &[&str] = &[
    "anaesthet",
    "caregiver",
    "chaplain",
    "clinician",
    "colleague",
    "coordinator",
    "counsellor",
    "dietitian",
    "doctor",
    "fellow",
    "midwi",
    "nurs",
    "oncolog",
    "pharmacist",
    "physician",
    "physiotherap",
    "psychiatr",
    "psycholog",
    "psycho-oncolog",
    "resident",
    "secretar",
    "specialist",
    "staff",
    "surgeon",
    "team",
    "therapist",
    "trainee",
    "volunteer",
    "worker",
    "researcher",
    "professor",
    "consultant",
    "haematolog",
    "radiotherap",
];

/// Beginnings of words for what one could look up.
const MEANS: &[&str] = &[
    "agenda",
    "agreement",
    "assessment",
    "audit",
    "board",
    "card",
    "checklist",
    "contract",
    "criteria",
    "curriculum",
    "desk",
    "diary",
    "directive",
    "document",
    "figure",
    "file",
    "form",
    "formulary",
    "guideline",
    "index",
    "leaflet",
    "letter",
    "list",
    "log",
    "manual",
    "map",
    "meeting",
    "memorandum",
    "minutes",
    "module",
    "note",
    "number",
    "paper",
    "pathway",
    "plan",
    "policy",
    "policies",
    "procedure",
    "programme",
    "protocol",
    "questionnaire",
    "record",
    "referral",
    "register",
    "report",
    "review",
    "rota",
    "round",
    "scale",
    "schedule",
    "score",
    "screen",
    "sheet",
    "standard",
    "study",
    "studies",
    "survey",
    "table",
    "template",
    "test",
    "timetable",
    "tool",
];

const TIMES: &[&str] = &[
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "mondays",
    "tuesdays",
    "wednesdays",
    "thursdays",
    "fridays",
    "saturdays",
    "sundays",
    "january",
    "february",
    "march",
    "april",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "spring",
    "autumn",
    "daily",
    "weekly",
    "monthly",
    "quarterly",
    "yearly",
    "annually",
    "weekday",
    "weekdays",
    "weekend",
    "weekends",
    "overnight",
    "fortnightly",
];

const UNITS: &[&str] =
    &["minute", "hour", "day", "night", "week", "month", "quarter", "year", "morning", "evening", "session"];

const FEW: &[&str] = &[
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "twelve",
    "a",
    "an",
    "at",
    "by",
    "each",
    "every",
    "per",
    "within",
    "last",
    "past",
    "next",
    "same",
    "following",
    "working",
    "first",
    "second",
    "once",
    "twice",
];

/// What a case does not name.
pub fn missing(text: &str) -> Vec<Part> {
    let words: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric() && !matches!(c, '-' | '/' | ':' | '.' | ',' | '%'))
        .map(|w| w.trim_matches(['-', '/', ':', '.', ',']).to_lowercase())
        .filter(|w| !w.is_empty())
        .collect();
    let begins = |list: &[&str]| words.iter().any(|w| list.iter().any(|start| w.starts_with(start)));
    let mut missing = Vec::new();
    if !begins(ROLES) {
        missing.push(Part::Who);
    }
    if !words.iter().enumerate().any(|(at, word)| is_time(word, &words[at.saturating_sub(2)..at])) {
        missing.push(Part::When);
    }
    if !begins(MEANS) && !words.iter().enumerate().any(|(at, word)| is_share(word, &words[at + 1..])) {
        missing.push(Part::How);
    }
    missing
}

fn is_time(word: &str, before: &[String]) -> bool {
    let has_digit = |w: &str| w.bytes().any(|b| b.is_ascii_digit());
    let is_year = |w: &str| w.parse::<u16>().is_ok_and(|y| (1980..=2100).contains(&y));
    let is_clock = |w: &str| w.split_once(':').is_some_and(|(h, m)| h.parse::<u8>().is_ok() && m.parse::<u8>().is_ok());
    let is_unit = |w: &str| UNITS.iter().any(|u| w == *u || w.strip_suffix('s') == Some(u));
    TIMES.contains(&word)
        || is_year(word)
        || is_clock(word)
        || word == "24/7"
        || (is_unit(word) && before.iter().any(|w| has_digit(w) || FEW.contains(&w.as_str())))
}

/// "83 %", "118 of 142".
fn is_share(word: &str, after: &[String]) -> bool {
    let number = |w: &str| w.starts_with(|c: char| c.is_ascii_digit());
    match after {
        [first, ..] if number(word) && first == "%" => true,
        [of, whole, ..] => number(word) && of == "of" && number(whole),
        _ => number(word) && word.ends_with('%'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_is_found_and_missed() {
        for (text, expected) in [
            ("", vec![Part::Who, Part::When, Part::How]),
            (
                "We are deeply committed to the best possible care for all, at all times and for many years, and we value close cooperation.",
                vec![Part::Who, Part::When, Part::How],
            ),
            ("The nurse rings each family within 2 days and ticks the list.", vec![]),
            ("On Tuesdays it is looked at by the team.", vec![Part::How]),
            ("The oncologist decides by the written protocol.", vec![Part::When]),
            ("Every week 118 of 142 are seen.", vec![Part::Who]),
            ("Last year the physicians saw 83 % of them.", vec![]),
            ("At 17:00 the chaplain takes the telephone.", vec![Part::How]),
            ("Since 2024 the physicians have kept a log.", vec![]),
        ] {
            assert_eq!(missing(text), expected, "{text:?}");
        }
    }
}
