//! One answer of a self-assessment.

use super::{
    indicator::Typed,
    level::Level,
    text::{one_line, unify_lines},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a centre answers to one criterion: the part that is typed into one form and saved at once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// The chosen level; none until one is chosen.
    pub level: Option<Level>,
    /// The case, in Markdown, as typed.
    pub narrative: String,
    /// Indicator values by key, as typed.
    pub indicators: BTreeMap<String, Typed>,
}

impl Content {
    /// Whether nothing has been answered.
    pub fn is_empty(&self) -> bool {
        self.level.is_none() && self.narrative.trim().is_empty() && self.indicators.values().all(Typed::is_empty)
    }

    /// Takes over the fields of a form: `level`, `narrative` and `indicator.KEY.PART`. A field that is absent leaves its
    /// part as it was, so that a form of an older or shorter page deletes nothing. Returns the names of fields that it
    /// did not understand; their text is not taken over.
    #[must_use]
    pub fn take(&mut self, fields: &[(String, String)]) -> Vec<String> {
        let mut odd = Vec::new();
        for (name, text) in fields {
            let understood = match name.as_str() {
                "level" if text.is_empty() => true,
                "level" => Level::parse(text).map(|level| self.level = Some(level)).is_some(),
                "narrative" => {
                    self.narrative = unify_lines(text);
                    true
                }
                // Fields of the page around the answer.
                "version" | "page" | "then" => true,
                other => self.take_indicator(other, text),
            };
            if !understood {
                odd.push(name.clone());
            }
        }
        self.indicators.retain(|_, typed| !typed.is_empty());
        odd
    }

    fn take_indicator(&mut self, name: &str, text: &str) -> bool {
        let Some((key, part)) = name.strip_prefix("indicator.").and_then(|rest| rest.rsplit_once('.')) else {
            return false;
        };
        let plain = !key.is_empty()
            && key.len() <= 64
            && key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        plain && self.indicators.entry(key.to_owned()).or_default().set(part, one_line(text))
    }
}

/// How an answer that was carried over from the last cycle relates to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carried {
    /// There was no answer in the last cycle.
    New,
    /// Word for word as it was.
    Unchanged,
    /// Edited since.
    Changed,
}

impl Carried {
    /// Compares an answer with the one of the last cycle.
    pub fn of(now: &Content, before: Option<&Content>) -> Self {
        match before {
            None => Self::New,
            Some(before) if before == now => Self::Unchanged,
            Some(_) => Self::Changed,
        }
    }

    /// "Unchanged since the last cycle".
    pub const fn name(self) -> &'static str {
        match self {
            Self::New => "New in this cycle",
            Self::Unchanged => "Unchanged since the last cycle",
            Self::Changed => "Changed since the last cycle",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn a_form_is_taken_over_as_typed() {
        let mut content = Content::default();
        let odd = content.take(&fields(&[
            ("version", "3"),
            ("level", "3"),
            ("narrative", "One.\r\nTwo."),
            ("indicator.screened-visits.numerator", " about 12 "),
        ]));
        assert_eq!(odd, Vec::<String>::new());
        assert_eq!(content.level, Some(Level::Established));
        assert_eq!(content.narrative, "One.\nTwo.");
        assert_eq!(content.indicators["screened-visits"].numerator, "about 12");
    }

    #[test]
    fn what_a_form_does_not_hold_stays() {
        let mut content =
            Content { level: Some(Level::Partial), narrative: "Kept".into(), indicators: BTreeMap::new() };
        assert_eq!(content.take(&fields(&[("level", "")])), Vec::<String>::new());
        assert_eq!((content.level, content.narrative.as_str()), (Some(Level::Partial), "Kept"));
    }

    #[test]
    fn fields_that_are_not_understood_are_named() {
        let mut content = Content::default();
        let odd = content.take(&fields(&[
            ("level", "9"),
            ("indicator.x.colour", "1"),
            ("indicator.UP.value", "1"),
            ("strange", "1"),
        ]));
        assert_eq!(odd, ["level", "indicator.x.colour", "indicator.UP.value", "strange"]);
        assert_eq!(content, Content::default());
    }

    #[test]
    fn an_answer_is_compared_with_the_last_cycle() {
        let before = Content { narrative: "As ever".into(), ..Content::default() };
        assert_eq!(Carried::of(&before, None), Carried::New);
        assert_eq!(Carried::of(&before, Some(&before.clone())), Carried::Unchanged);
        assert_eq!(Carried::of(&Content::default(), Some(&before)), Carried::Changed);
    }
}
