//! How far a review is: what is missing before it can be handed in, and how long the rest takes.

use super::{level::Level, review::Mark};

/// Words that somebody reads in a minute when they have to judge them.
const WORDS_A_MINUTE: usize = 180;
/// Minutes for thinking and writing, at each criterion.
const TO_MARK: usize = 3;
/// Pieces of evidence that are looked into at one criterion; a minute each.
const PIECES: usize = 3;
/// Minutes for a criterion nobody has opened yet.
const UNSEEN: usize = 6;

/// Something that has to be there before a review is handed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// No level was chosen.
    Level,
    /// Level 4, and nothing about why.
    Strengths,
    /// Below level 3, and nothing about what is missing.
    Gap,
    /// Below level 3, and nothing about what would be enough.
    Satisfy,
}

impl Missing {
    /// The field where it is put right.
    pub const fn field(self) -> &'static str {
        match self {
            Self::Level => "level",
            Self::Strengths => "strengths",
            Self::Gap => "gap",
            Self::Satisfy => "satisfy",
        }
    }

    /// What to do.
    pub const fn message(self) -> &'static str {
        match self {
            Self::Level => "Choose a level",
            Self::Strengths => "Say what makes it exemplary: others can learn from it",
            Self::Gap => "Say what is missing for level 3",
            Self::Satisfy => "Say what would satisfy you, so that the centre knows what to do",
        }
    }
}

/// What is missing at one criterion before the review is handed in. A centre that gets a no is told why and what next.
pub fn missing(mark: &Mark) -> Vec<Missing> {
    let Some(level) = mark.level else { return vec![Missing::Level] };
    let blank = |text: &str| text.trim().is_empty();
    let mut missing = Vec::new();
    if level == Level::Exemplary && blank(&mark.strengths) {
        missing.push(Missing::Strengths);
    }
    if !level.answers_yes() {
        if blank(&mark.gap) {
            missing.push(Missing::Gap);
        }
        if blank(&mark.satisfy) {
            missing.push(Missing::Satisfy);
        }
    }
    missing
}

/// How far one criterion is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marked {
    /// Nothing was said.
    Not,
    /// Something is missing.
    Begun,
    /// Nothing is missing.
    Whole,
}

impl Marked {
    /// Of one mark, if there is one.
    pub fn of(mark: Option<&Mark>) -> Self {
        match mark {
            None => Self::Not,
            Some(mark) if mark.is_empty() => Self::Not,
            Some(mark) if missing(mark).is_empty() => Self::Whole,
            Some(_) => Self::Begun,
        }
    }

    /// "Marked".
    pub const fn name(self) -> &'static str {
        match self {
            Self::Not => "Not marked",
            Self::Begun => "Begun",
            Self::Whole => "Marked",
        }
    }
}

/// Minutes for one criterion: to read its case, to look into its evidence, and to mark it.
pub fn minutes(words: usize, pieces: usize) -> usize {
    TO_MARK + words.div_ceil(WORDS_A_MINUTE) + pieces.min(PIECES)
}

/// Minutes for a file that nobody has opened, of so many criteria.
pub const fn minutes_unseen(criteria: usize) -> usize {
    criteria * UNSEEN
}

/// "about 55 minutes", "about 1 hour 20 minutes": rounded up to five, because it is a guess.
pub fn about(minutes: usize) -> String {
    let rounded = minutes.div_ceil(5) * 5;
    let hours = match rounded / 60 {
        0 => String::new(),
        1 => "1 hour".to_owned(),
        n => format!("{n} hours"),
    };
    match (hours.is_empty(), rounded % 60) {
        (true, rest) => format!("about {rest} minutes"),
        (false, 0) => format!("about {hours}"),
        (false, rest) => format!("about {hours} {rest} minutes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(level: Option<u8>, strengths: &str, gap: &str, satisfy: &str) -> Mark {
        Mark {
            level: level.and_then(|n| Level::from_number(n.into())),
            strengths: strengths.into(),
            gap: gap.into(),
            satisfy: satisfy.into(),
            ..Mark::default()
        }
    }

    #[test]
    fn a_no_needs_a_gap_and_a_way_and_the_best_level_needs_a_reason() {
        for (mark, expected) in [
            (mark(None, "", "", ""), vec![Missing::Level]),
            (mark(None, "good", "bad", "more"), vec![Missing::Level]),
            (mark(Some(0), "", "", ""), vec![Missing::Gap, Missing::Satisfy]),
            (mark(Some(2), "", " \n", "a rota"), vec![Missing::Gap]),
            (mark(Some(2), "", "no rota", "a rota"), vec![]),
            (mark(Some(3), "", "", ""), vec![]),
            (mark(Some(4), " ", "", ""), vec![Missing::Strengths]),
            (mark(Some(4), "shared widely", "", ""), vec![]),
        ] {
            assert_eq!(missing(&mark), expected, "{mark:?}");
        }
    }

    #[test]
    fn what_was_begun_is_not_whole() {
        assert_eq!(Marked::of(None), Marked::Not);
        assert_eq!(Marked::of(Some(&Mark::default())), Marked::Not);
        assert_eq!(Marked::of(Some(&mark(None, "good", "", ""))), Marked::Begun);
        assert_eq!(Marked::of(Some(&mark(Some(1), "", "", ""))), Marked::Begun);
        assert_eq!(Marked::of(Some(&mark(Some(3), "", "", ""))), Marked::Whole);
    }

    #[test]
    fn a_longer_case_takes_longer_and_a_heap_of_evidence_does_not() {
        assert_eq!(minutes(0, 0), 3);
        assert_eq!(minutes(181, 1), 6);
        assert_eq!(minutes(400, 40), 9);
        assert_eq!(minutes_unseen(13), 78);
    }

    #[test]
    fn a_guess_is_told_as_one() {
        for (minutes, told) in [
            (0, "about 0 minutes"),
            (1, "about 5 minutes"),
            (55, "about 55 minutes"),
            (58, "about 1 hour"),
            (61, "about 1 hour 5 minutes"),
            (130, "about 2 hours 10 minutes"),
        ] {
            assert_eq!(about(minutes), told, "{minutes}");
        }
    }
}
