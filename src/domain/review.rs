//! What a reviewer says about one criterion.

use super::{level::Level, text::unify_lines};
use serde::{Deserialize, Serialize};

/// How sure a reviewer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// The file leaves room for doubt.
    Low,
    /// Likely.
    Medium,
    /// The file shows it.
    High,
}

impl Confidence {
    /// All three, from low to high.
    pub const ALL: [Self; 3] = [Self::Low, Self::Medium, Self::High];

    /// In the store and in forms.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    /// "Medium".
    pub const fn name(self) -> &'static str {
        match self {
            Self::Low => "Low",
            Self::Medium => "Medium",
            Self::High => "High",
        }
    }

    /// The confidence with this key.
    pub fn parse(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.key() == key)
    }
}

/// What one reviewer says about one criterion: the part that is typed into one form and saved at once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Mark {
    /// None until one is chosen.
    pub level: Option<Level>,
    /// What the centre does well; the centre may read it.
    pub strengths: String,
    /// What is missing; the centre may read it.
    pub gap: String,
    /// What would satisfy; the centre may read it.
    pub satisfy: String,
    /// How sure the reviewer is; only the working group reads it.
    pub confidence: Option<Confidence>,
    /// For the chair alone.
    pub note: String,
}

impl Mark {
    /// Whether nothing was said.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The texts that may reach the centre.
    pub fn for_the_centre(&self) -> [(&'static str, &str); 3] {
        [("strengths", &self.strengths), ("gap", &self.gap), ("satisfy", &self.satisfy)]
    }

    /// Takes over the fields of a form: `level`, `strengths`, `gap`, `satisfy`, `confidence`, `note`. A field that is
    /// absent leaves its part as it was. Returns the names of fields that it did not understand.
    #[must_use]
    pub fn take(&mut self, fields: &[(String, String)]) -> Vec<String> {
        let mut odd = Vec::new();
        for (name, text) in fields {
            let understood = match name.as_str() {
                "level" | "confidence" if text.is_empty() => true,
                "level" => Level::parse(text).map(|level| self.level = Some(level)).is_some(),
                "confidence" => Confidence::parse(text).map(|c| self.confidence = Some(c)).is_some(),
                "strengths" => set(&mut self.strengths, text),
                "gap" => set(&mut self.gap, text),
                "satisfy" => set(&mut self.satisfy, text),
                "note" => set(&mut self.note, text),
                // Fields of the page around the mark.
                "version" | "page" | "then" => true,
                _ => false,
            };
            if !understood {
                odd.push(name.clone());
            }
        }
        odd
    }
}

fn set(part: &mut String, text: &str) -> bool {
    *part = unify_lines(text);
    true
}

/// A, B, … Z, AA, AB, …: the letter of a reviewer or a piece of evidence across the blind, from its place in a random
/// order.
pub fn letter(index: usize) -> String {
    let last = char::from(b'A' + u8::try_from(index % 26).unwrap_or(0));
    if index < 26 { last.to_string() } else { letter(index / 26 - 1) + &last.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(name: &str, text: &str) -> (String, String) {
        (name.into(), text.into())
    }

    #[test]
    fn a_form_changes_what_it_holds_and_nothing_else() {
        let mut mark = Mark { note: "for the chair".into(), ..Mark::default() };
        let odd = mark.take(&[field("level", "3"), field("gap", "No rota\r\nat night"), field("confidence", "high")]);
        assert!(odd.is_empty());
        assert_eq!((mark.level, mark.confidence), (Some(Level::Established), Some(Confidence::High)));
        assert_eq!((mark.gap.as_str(), mark.note.as_str()), ("No rota\nat night", "for the chair"));
    }

    #[test]
    fn what_it_does_not_understand_is_named_and_changes_nothing() {
        let mut mark = Mark { level: Some(Level::Partial), ..Mark::default() };
        assert_eq!(mark.take(&[field("level", "7"), field("colour", "red")]), ["level", "colour"]);
        assert_eq!(mark.level, Some(Level::Partial));
    }

    #[test]
    fn letters_go_on_after_z() {
        let letters: Vec<String> = [0, 1, 25, 26, 27, 51, 52, 701, 702].map(letter).to_vec();
        assert_eq!(letters, ["A", "B", "Z", "AA", "AB", "AZ", "BA", "ZZ", "AAA"]);
    }
}
