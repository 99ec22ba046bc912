//! The written answers of the demo: seven to each criterion, at levels 1 to 4.

use super::dice::Dice;
use crate::domain::{answer::Content, evidence::Kind, indicator::Typed, level::Level};
use anyhow::Context;
use include_dir::{Dir, include_dir};
use serde::Deserialize;
use std::collections::BTreeMap;

static FILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/src/server/demo/answers");

/// All written answers, by criterion.
#[derive(Debug)]
pub struct Bank(BTreeMap<u8, Vec<Written>>);

/// One answer, told as of late 2026.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Written {
    level: Level,
    narrative: String,
    /// What supports it.
    pub evidence: Vec<WrittenEvidence>,
    #[serde(default)]
    indicators: BTreeMap<String, Typed>,
}

/// What a centre would show with an answer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrittenEvidence {
    /// What the centre calls it.
    pub title: String,
    /// What it shows.
    pub kind: Kind,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    answers: Vec<Written>,
}

impl Bank {
    /// Reads the files that the program was built with.
    pub fn load() -> anyhow::Result<Self> {
        let mut bank = BTreeMap::new();
        for file in FILES.files() {
            let name = file.path().display();
            let number = file.path().file_stem().and_then(|n| n.to_str()).and_then(|n| n.parse().ok());
            let number = number.with_context(|| format!("demo answers {name}: the name is no criterion"))?;
            let text = file.contents_utf8().with_context(|| format!("demo answers {name}: not UTF-8"))?;
            let file: File = toml::from_str(text).with_context(|| format!("demo answers {name}"))?;
            bank.insert(number, file.answers);
        }
        Ok(Self(bank))
    }

    /// One of the answers to a criterion at a level.
    pub fn pick(&self, dice: &Dice, criterion: u8, level: Level) -> anyhow::Result<&Written> {
        let fitting: Vec<&Written> =
            self.0.get(&criterion).into_iter().flatten().filter(|a| a.level == level).collect();
        dice.pick(&fitting)
            .copied()
            .with_context(|| format!("no demo answer to criterion {criterion} at level {}", level.number()))
    }
}

impl Written {
    /// As it is typed into the form.
    pub fn content(&self) -> Content {
        Content {
            level: Some(self.level),
            narrative: self.narrative.trim().to_owned(),
            indicators: self.indicators.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        catalogue::Catalogue,
        domain::{criteria::COUNT, indicator, narrative},
    };
    use jiff::civil::date;

    #[test]
    fn there_are_answers_to_every_criterion_at_levels_1_to_4() {
        let (bank, dice) = (Bank::load().expect("answers"), Dice::new(crate::store::Chance::seeded(1)));
        for criterion in 1..=COUNT {
            for level in [Level::AdHoc, Level::Partial, Level::Established, Level::Exemplary] {
                bank.pick(&dice, criterion, level).expect("an answer");
            }
        }
        assert!(bank.pick(&dice, 1, Level::Absent).is_err());
    }

    #[test]
    fn every_figure_belongs_to_an_indicator_of_its_criterion() {
        let (bank, catalogue) = (Bank::load().expect("answers"), Catalogue::load().expect("criteria"));
        for (number, answers) in &bank.0 {
            let criterion = catalogue.newest().criterion(*number).expect("a criterion");
            for key in answers.iter().flat_map(|a| a.indicators.keys()) {
                assert!(criterion.indicator(key).is_some(), "criterion {number}: {key}");
            }
        }
    }

    #[test]
    fn levels_and_figures_agree_and_cases_at_level_3_name_who_when_and_how() {
        let (bank, catalogue) = (Bank::load().expect("answers"), Catalogue::load().expect("criteria"));
        let mut wrong = Vec::new();
        for (number, answers) in &bank.0 {
            let criterion = catalogue.newest().criterion(*number).expect("a criterion");
            for answer in answers {
                let begin: String = answer.narrative.trim().chars().take(40).collect();
                if answer.level.answers_yes() {
                    let missing = narrative::missing(&answer.narrative);
                    wrong.extend(missing.iter().map(|part| format!("{number}: {begin}: no {part:?}\n")));
                }
                for (key, typed) in &answer.indicators {
                    let indicator = criterion.indicator(key).expect("an indicator");
                    let value = indicator::read(indicator, typed, date(2027, 3, 5)).value.expect("a value").figure();
                    let against = indicator.portal_rules.iter().filter(|rule| rule.contradicts(answer.level, value));
                    wrong.extend(against.map(|rule| {
                        format!("{number}: {begin}: {:?}, {key} {value}, {}\n", answer.level, rule.expects(indicator))
                    }));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.concat());
    }
}
