//! The parser of criteria files. It refuses rather than guesses, and names file and line.

mod across;
mod body;
mod practice;
mod programme;

pub use across::{across, dead_links, folder};
pub use practice::practice;
pub use programme::programme;

use super::{glossary::Glossary, guide::Guide};
use crate::domain::{
    criteria::{Criterion, Group, Indicator, IndicatorKind},
    evidence::Kind,
    text::words,
};
use serde::{Deserialize, de::DeserializeOwned};
use std::{fmt, ops::Range};
use toml::Spanned;

/// One file of an edition.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// As it is named in complaints.
    pub path: String,
    /// Its content.
    pub text: String,
}

/// Something a file has to mend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// Which file.
    pub path: String,
    /// Which line, from 1.
    pub line: usize,
    /// What is wrong and what is expected.
    pub message: String,
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.message)
    }
}

/// A link to another place of the portal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The line on which it stands.
    pub line: usize,
    /// Where it leads, as it is written: `/criteria/6#levels`, or `#levels` on the same page.
    pub to: String,
}

/// The front matter as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Front {
    edition: String,
    number: u8,
    key: String,
    group: Group,
    title: String,
    statement: String,
    expected_evidence: Vec<Kind>,
    levels: Levels,
    #[serde(default)]
    indicators: Vec<Indicator>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Levels {
    absent: String,
    ad_hoc: String,
    partial: String,
    established: String,
    exemplary: String,
}

/// Collects complaints about one file.
type Begun<'a, T> = (Inspector<'a>, &'a str, T, (&'a str, usize));

struct Inspector<'a> {
    file: &'a SourceFile,
    complaints: Vec<Complaint>,
}

impl<'a> Inspector<'a> {
    /// Begins with a file: its front matter as text and read, the text after it, and the line where that begins.
    fn begin<T: DeserializeOwned>(file: &'a SourceFile) -> Result<Begun<'a, T>, Vec<Complaint>> {
        let mut inspector = Self { file, complaints: Vec::new() };
        let Some((front_text, text, line)) = split(&file.text) else {
            inspector.complain(1, "The file begins with front matter between two lines +++");
            return Err(inspector.complaints);
        };
        match toml::from_str(front_text) {
            Ok(front) => Ok((inspector, front_text, front, (text, line))),
            Err(error) => {
                inspector.unreadable(front_text, &error);
                Err(inspector.complaints)
            }
        }
    }

    /// Complains when a file says that it is of another edition than the one it stands in.
    fn check_edition(&mut self, front: &str, says: &Spanned<String>, edition: &str) {
        if says.get_ref() != edition {
            let said = format!("The file stands in edition {edition}, and says {}", says.get_ref());
            self.complain(line_at(front, says.span().start) + 1, said);
        }
    }

    fn complain(&mut self, line: usize, message: impl Into<String>) {
        self.complaints.push(Complaint { path: self.file.path.clone(), line, message: message.into() });
    }

    /// Complains about front matter that cannot be read, at the line that the reader of TOML names.
    fn unreadable(&mut self, front: &str, error: &toml::de::Error) {
        let at = error.span().map_or(0, |s| s.start);
        // The front matter begins on line 2.
        self.complain(line_at(front, at) + 1, error.message().to_owned());
    }

    /// The first line that contains `needle`, for complaints about front matter; line 1 when there is none.
    fn line_of(&self, needle: &str) -> usize {
        self.file.text.lines().position(|l| l.contains(needle)).map_or(1, |i| i + 1)
    }
}

/// Reads one criterion; its guide explains the terms of the glossary.
pub fn criterion(edition: &str, file: &SourceFile, glossary: &Glossary) -> Result<(Criterion, Guide), Vec<Complaint>> {
    let (mut inspector, _, front, (body, body_line)) = Inspector::begin::<Front>(file)?;
    inspect_front(edition, &front, &mut inspector);
    let mut guide = body::inspect(front.number, body, body_line, glossary, &mut inspector);
    guide.anchors.extend(["levels", "indicators", "contents"].map(str::to_owned));
    guide.anchors.extend(front.indicators.iter().map(|i| format!("indicator-{}", i.key)));
    for benchmark in front.indicators.iter().flat_map(|i| &i.benchmarks) {
        if !guide.sources.contains(&benchmark.source) {
            let line = inspector.line_of(&format!("source = \"{}\"", benchmark.source));
            inspector
                .complain(line, format!("The benchmark's source “{}” is not in the section Sources", benchmark.source));
        }
    }
    if !inspector.complaints.is_empty() {
        return Err(inspector.complaints);
    }
    let Levels { absent, ad_hoc, partial, established, exemplary } = front.levels;
    let criterion = Criterion {
        number: front.number,
        key: front.key,
        group: front.group,
        title: front.title,
        statement: front.statement,
        expected_evidence: front.expected_evidence,
        descriptors: [absent, ad_hoc, partial, established, exemplary],
        indicators: front.indicators,
    };
    Ok((criterion, guide))
}

fn inspect_front(edition: &str, front: &Front, inspector: &mut Inspector<'_>) {
    let name = inspector.file.path.rsplit('/').next().unwrap_or_default().to_owned();
    if front.edition != edition {
        inspector.complain(
            inspector.line_of("edition ="),
            format!("The file stands in edition {edition}, and says {}", front.edition),
        );
    }
    if !super::numbers().contains(&front.number) || !name.starts_with(&format!("{:02}-", front.number)) {
        inspector.complain(
            inspector.line_of("number ="),
            format!("The number {} does not fit the file name {name}", front.number),
        );
    }
    if front.group != Group::of(front.number) {
        inspector.complain(
            inspector.line_of("group ="),
            format!("Criterion {} belongs to the group {}", front.number, Group::of(front.number).name()),
        );
    }
    for (field, text, most) in [("title", &front.title, 48), ("statement", &front.statement, 320)] {
        if text.trim().is_empty() || most < text.chars().count() {
            inspector
                .complain(inspector.line_of(&format!("{field} =")), format!("The {field} has 1 to {most} characters"));
        }
    }
    if front.expected_evidence.is_empty() {
        inspector.complain(inspector.line_of("expected_evidence ="), "Name at least one expected kind of evidence");
    }
    let levels = &front.levels;
    for (field, text) in [
        ("absent", &levels.absent),
        ("ad-hoc", &levels.ad_hoc),
        ("partial", &levels.partial),
        ("established", &levels.established),
        ("exemplary", &levels.exemplary),
    ] {
        let count = words(text);
        if !(8..=60).contains(&count) {
            inspector.complain(
                inspector.line_of(&format!("{field} =")),
                format!("A descriptor has 8 to 60 words; this one has {count}"),
            );
        }
    }
    if !front.indicators.iter().any(|i| i.kind != IndicatorKind::YesNo) {
        inspector.complain(1, "At least one indicator is a number or a percentage, so that level 4 can be shown");
    }
    for indicator in &front.indicators {
        let line = inspector.line_of(&format!("key = \"{}\"", indicator.key));
        let share = indicator.kind == IndicatorKind::Percentage;
        if share && (indicator.numerator.is_none() || indicator.denominator.is_none()) {
            inspector.complain(line, format!("The percentage “{}” needs numerator and denominator", indicator.key));
        }
        if indicator.unit.trim().is_empty()
            || indicator.label.trim().is_empty()
            || indicator.definition.trim().is_empty()
        {
            inspector.complain(line, format!("The indicator “{}” needs label, definition and unit", indicator.key));
        }
        if indicator.portal_rules.iter().any(|rule| !rule.is_whole()) {
            inspector.complain(
                line,
                format!(
                    "Each of the portal_rules of “{}” needs either from_level or up_to_level, and one of at_least, at_most and above",
                    indicator.key
                ),
            );
        }
        for benchmark in &indicator.benchmarks {
            if !(1990..=2100).contains(&benchmark.year)
                || benchmark.n.trim().is_empty()
                || benchmark.label.trim().is_empty()
            {
                inspector.complain(line, format!("Each benchmark of “{}” needs year, n and label", indicator.key));
            }
        }
    }
}

/// The sections: heading and the range of their text.
fn sections(body: &str) -> Vec<(String, Range<usize>)> {
    let mut list: Vec<(String, Range<usize>)> = Vec::new();
    let mut at = 0;
    for line in body.split_inclusive('\n') {
        if let Some(heading) = line.strip_prefix("## ") {
            if let Some((_, range)) = list.last_mut() {
                range.end = at;
            }
            list.push((heading.trim().to_owned(), at + line.len()..body.len()));
        }
        at += line.len();
    }
    list
}

/// The keys of a list "- KEY: reference".
fn source_keys(text: &str) -> Vec<String> {
    let keys = text.lines().filter_map(|l| l.strip_prefix("- ")).filter_map(|l| l.split_once(':'));
    keys.map(|(key, _)| key.trim().to_owned()).collect()
}

/// Front matter, body, and the line on which the body begins.
fn split(text: &str) -> Option<(&str, &str, usize)> {
    let rest = text.strip_prefix("+++\n")?;
    let end = rest.find("\n+++\n")?;
    let front = &rest[..=end];
    let body = &rest[end + 5..];
    Some((front, body, 1 + front.lines().count() + 2))
}

/// The line, from 1, of a byte position.
fn line_at(text: &str, at: usize) -> usize {
    text[..at.min(text.len())].matches('\n').count() + 1
}
