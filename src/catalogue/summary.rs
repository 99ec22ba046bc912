//! What an edition holds, counted: what `check --criteria` prints.

use super::{Edition, Section};
use crate::domain::{criteria::IndicatorKind, level::Level};
use std::fmt;

/// One criterion, counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its official number.
    pub number: u8,
    /// Its title.
    pub title: String,
    /// Words of the guide.
    pub words: usize,
    /// Questions to the centre.
    pub questions: usize,
    /// Indicators.
    pub indicators: usize,
    /// Published figures.
    pub benchmarks: usize,
    /// Those of them with year, sample and a source that the guide lists.
    pub sourced: usize,
    /// Indicators with rules of the portal about levels.
    pub ruled: usize,
    /// Worked answers.
    pub examples: usize,
    /// Sources.
    pub sources: usize,
    /// What is not there.
    pub missing: Vec<String>,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:>2} {:<42} {:>5} {:>9} {:>10} {:>10} {:>12} {:>8} {:>7}",
            self.number,
            self.title,
            self.words,
            self.questions,
            self.indicators,
            self.benchmarks,
            format!("{} of {}", self.sourced, self.benchmarks),
            self.examples,
            self.sources
        )
    }
}

impl Edition {
    /// Every criterion, counted.
    pub fn lines(&self) -> Vec<Line> {
        let pairs = self.criteria.iter().zip(&self.guides);
        pairs
            .map(|(criterion, guide)| {
                let benchmarks: Vec<_> = criterion.indicators.iter().flat_map(|i| &i.benchmarks).collect();
                let sourced =
                    benchmarks.iter().filter(|b| 0 < b.year && !b.n.is_empty() && guide.sources.contains(&b.source));
                let mut line = Line {
                    number: criterion.number,
                    title: criterion.title.clone(),
                    words: guide.sections.iter().map(|(_, _, words)| words).sum(),
                    questions: guide.questions,
                    indicators: criterion.indicators.len(),
                    sourced: sourced.count(),
                    benchmarks: benchmarks.len(),
                    ruled: criterion.indicators.iter().filter(|i| !i.portal_rules.is_empty()).count(),
                    examples: guide.examples.len(),
                    sources: guide.sources.len(),
                    missing: Vec::new(),
                };
                let sections = Section::ALL.into_iter().filter(|s| guide.html(*s).is_empty());
                line.missing = sections.map(|s| format!("the section {}", s.heading())).collect();
                let measured = criterion.indicators.iter().any(|i| i.kind != IndicatorKind::YesNo);
                for (there, what) in [
                    (0 < line.questions, "questions"),
                    (measured, "an indicator that can be measured"),
                    (0 < line.ruled, "a rule of the portal about level and indicator"),
                    (line.sourced == line.benchmarks, "the source of a benchmark"),
                    (guide.examples.len() == 3, "a worked answer"),
                    (Level::ALL.into_iter().all(|l| !criterion.descriptor(l).is_empty()), "a level descriptor"),
                    (0 < line.sources, "sources"),
                ] {
                    if !there {
                        line.missing.push(what.to_owned());
                    }
                }
                line
            })
            .collect()
    }

    /// The table that `check --criteria` prints.
    pub fn summary(&self) -> String {
        let lines = self.lines();
        let mut out = format!(
            "Edition {}: {} criteria; the programme in {} parts; {} terms\n   {:<42} {:>5} {:>9} {:>10} {:>10} {:>12} {:>8} {:>7}\n",
            self.name,
            lines.len(),
            self.programme.parts.len(),
            self.programme.glossary.terms().len(),
            "Criterion",
            "words",
            "questions",
            "indicators",
            "benchmarks",
            "with source",
            "examples",
            "sources"
        );
        for line in &lines {
            out += &format!("{line}\n");
        }
        let missing: Vec<String> = lines
            .iter()
            .flat_map(|l| l.missing.iter().map(move |what| format!("  criterion {}: {what}\n", l.number)))
            .collect();
        if missing.is_empty() {
            out += "None is missing.\n";
        } else {
            out += &format!("{} missing:\n{}", missing.len(), missing.concat());
        }
        out
    }
}
