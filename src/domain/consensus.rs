//! What a panel agrees on, and what is still open before a decision can be proposed.

use super::{cycle::Rules, level::Level, text::unify_lines};
use serde::{Deserialize, Serialize};

/// What the panel says about one criterion: the part that is typed into one form and saved at once. Its texts are what the
/// centre will read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Wording {
    /// None until the panel has agreed on one.
    pub level: Option<Level>,
    /// What the centre does well.
    pub strengths: String,
    /// What is missing.
    pub gap: String,
    /// What would satisfy.
    pub satisfy: String,
}

impl Wording {
    /// From the fields of a form: `level`, `strengths`, `gap`, `satisfy`.
    pub fn typed<'a>(get: impl Fn(&str) -> &'a str) -> Self {
        Self {
            level: Level::parse(get("level")),
            strengths: unify_lines(get("strengths")),
            gap: unify_lines(get("gap")),
            satisfy: unify_lines(get("satisfy")),
        }
    }

    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.level.is_none() && self.texts().iter().all(|(_, text)| text.trim().is_empty())
    }

    /// The texts with the names of their fields.
    pub fn texts(&self) -> [(&'static str, &str); 3] {
        [("strengths", &self.strengths), ("gap", &self.gap), ("satisfy", &self.satisfy)]
    }

    /// A first wording from what the reviewers wrote, in the order given: the level where all have the same, and every text
    /// once. Nobody is told apart in it.
    pub fn gathered<'a>(reviews: impl Iterator<Item = &'a Self> + Clone) -> Self {
        let mut levels = reviews.clone().map(|r| r.level);
        let first = levels.next().flatten();
        let gather = |part: fn(&Self) -> &str| {
            let mut texts: Vec<&str> = Vec::new();
            for text in reviews.clone().map(part).map(str::trim).filter(|text| !text.is_empty()) {
                if !texts.contains(&text) {
                    texts.push(text);
                }
            }
            texts.join("\n\n")
        };
        Self {
            level: first.filter(|_| levels.all(|level| level == first)),
            strengths: gather(|r| &r.strengths),
            gap: gather(|r| &r.gap),
            satisfy: gather(|r| &r.satisfy),
        }
    }
}

/// Something that is open at a criterion, with the place to mend it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Open {
    /// The reviewers are apart, and the panel has not agreed on a level.
    Unsettled(u8),
    /// The panel has no level yet.
    NoLevel(u8),
    /// The level is below the one that answers yes, and nothing says what is missing or what would satisfy.
    NoGap(u8),
}

impl Open {
    /// Which criterion.
    pub const fn criterion(self) -> u8 {
        match self {
            Self::Unsettled(criterion) | Self::NoLevel(criterion) | Self::NoGap(criterion) => criterion,
        }
    }

    /// "Criterion 4: the reviewers are apart, and no level is agreed."
    pub fn message(self) -> String {
        let criterion = self.criterion();
        match self {
            Self::Unsettled(_) => format!("Criterion {criterion}: the reviewers are apart, and no level is agreed."),
            Self::NoLevel(_) => format!("Criterion {criterion}: no level is agreed yet."),
            Self::NoGap(_) => {
                format!("Criterion {criterion}: the level answers no. Say what is missing, or what would satisfy.")
            }
        }
    }
}

/// What is open at one criterion, where these levels stand now.
pub fn open_at(rules: &Rules, criterion: u8, levels: &[Level], wording: &Wording) -> Option<Open> {
    match wording.level {
        None if rules.differ(levels) => Some(Open::Unsettled(criterion)),
        None => Some(Open::NoLevel(criterion)),
        Some(level) if !level.answers_yes() && wording.gap.trim().is_empty() && wording.satisfy.trim().is_empty() => {
            Some(Open::NoGap(criterion))
        }
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(level: Option<u8>, gap: &str) -> Wording {
        Wording { level: level.and_then(|l| Level::from_number(l.into())), gap: gap.into(), ..Wording::default() }
    }

    #[test]
    fn a_first_wording_holds_every_text_once_and_a_level_only_where_all_agree() {
        let reviews =
            [said(Some(2), "No rota at night"), said(Some(2), " No rota at night\n"), said(Some(2), "No audit")];
        let first = Wording::gathered(reviews.iter());
        assert_eq!((first.level, first.gap.as_str()), (Some(Level::Partial), "No rota at night\n\nNo audit"));
        for apart in [[Some(2), Some(3)], [None, Some(2)], [Some(2), None], [None, None]] {
            let reviews = apart.map(|level| said(level, ""));
            assert!(Wording::gathered(reviews.iter()).is_empty(), "{apart:?}");
        }
        assert!(Wording::gathered([].iter()).is_empty());
    }

    #[test]
    fn what_is_open_is_told_until_it_is_mended() {
        let levels = |numbers: &[i64]| numbers.iter().filter_map(|n| Level::from_number(*n)).collect::<Vec<_>>();
        let rules = Rules::default();
        for (numbers, wording, open) in [
            (vec![1, 4], said(None, ""), Some(Open::Unsettled(4))),
            (vec![2, 3], said(None, "x"), Some(Open::Unsettled(4))),
            (vec![3, 4], said(None, ""), Some(Open::NoLevel(4))),
            (vec![], said(None, ""), Some(Open::NoLevel(4))),
            (vec![1, 4], said(Some(2), " "), Some(Open::NoGap(4))),
            (vec![1, 4], said(Some(2), "No rota"), None),
            (vec![1, 4], said(Some(3), ""), None),
        ] {
            assert_eq!(open_at(&rules, 4, &levels(&numbers), &wording), open, "{numbers:?} {wording:?}");
        }
        let satisfied = Wording { satisfy: "A rota".into(), ..said(Some(1), "") };
        assert_eq!(open_at(&rules, 4, &[], &satisfied), None);
    }
}
