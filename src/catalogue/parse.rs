//! The parser of criteria files. It refuses rather than guesses, and names file and line.

use super::guide::{Guide, Section, render, render_sources};
use crate::domain::{
    criteria::{Criterion, Group, Indicator, IndicatorKind},
    evidence::Kind,
    pcoi::MAJORS,
    text::words,
};
use pulldown_cmark::{Event, Parser, Tag};
use serde::Deserialize;
use std::{collections::BTreeMap, fmt, ops::Range};

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
struct Inspector<'a> {
    file: &'a SourceFile,
    complaints: Vec<Complaint>,
}

impl Inspector<'_> {
    fn complain(&mut self, line: usize, message: impl Into<String>) {
        self.complaints.push(Complaint { path: self.file.path.clone(), line, message: message.into() });
    }

    /// The first line that contains `needle`, for complaints about front matter; line 1 when there is none.
    fn line_of(&self, needle: &str) -> usize {
        self.file.text.lines().position(|l| l.contains(needle)).map_or(1, |i| i + 1)
    }
}

/// Reads one criterion.
pub fn criterion(edition: &str, file: &SourceFile) -> Result<(Criterion, Guide), Vec<Complaint>> {
    let mut inspector = Inspector { file, complaints: Vec::new() };
    let Some((front_text, body, body_line)) = split(&file.text) else {
        inspector.complain(1, "The file begins with front matter between two lines +++");
        return Err(inspector.complaints);
    };
    let front: Front = match toml::from_str(front_text) {
        Ok(front) => front,
        Err(error) => {
            let at = error.span().map_or(0, |s| s.start);
            // The front matter begins on line 2.
            inspector.complain(line_at(front_text, at) + 1, error.message().to_owned());
            return Err(inspector.complaints);
        }
    };
    inspect_front(edition, &front, &mut inspector);
    let guide = inspect_body(front.number, body, body_line, &mut inspector);
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

/// What can only be seen with all files in hand: all numbers, no key twice, all major indicators. `complete` says whether
/// every file could be read; otherwise absence proves nothing.
pub fn across(criteria: &[Criterion], files: &[SourceFile], complete: bool) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    let file_of = |number: u8| {
        files.iter().find(|f| f.path.rsplit('/').next().is_some_and(|n| n.starts_with(&format!("{number:02}-"))))
    };
    let mut once = |what: String, number: u8, needle: &str| {
        let path = file_of(number).map_or_else(|| format!("criterion {number}"), |f| f.path.clone());
        if let Some(first) = seen.insert(what.clone(), path.clone()) {
            let line =
                file_of(number).and_then(|f| f.text.lines().position(|l| l.contains(needle))).map_or(1, |i| i + 1);
            complaints.push(Complaint { path, line, message: format!("The {what} is already used in {first}") });
        }
    };
    for criterion in criteria {
        once(format!("number {}", criterion.number), criterion.number, "number =");
        once(format!("key “{}”", criterion.key), criterion.number, "key =");
        for indicator in &criterion.indicators {
            once(
                format!("indicator key “{}”", indicator.key),
                criterion.number,
                &format!("key = \"{}\"", indicator.key),
            );
            if let Some(major) = indicator.major {
                once(format!("major indicator {major}"), criterion.number, &format!("major = {major}"));
            }
        }
    }
    for criterion in criteria {
        let mut texts = BTreeMap::new();
        for (level, text) in criterion.descriptors.iter().enumerate() {
            if let Some(first) = texts.insert(text, level) {
                let path = file_of(criterion.number).map_or_else(String::new, |f| f.path.clone());
                complaints.push(Complaint {
                    path,
                    line: 1,
                    message: format!("Levels {first} and {level} have the same descriptor"),
                });
            }
        }
    }
    if complete {
        let folder =
            files.first().and_then(|f| f.path.rsplit_once('/')).map_or("criteria", |(folder, _)| folder).to_owned();
        let mut missing = |message| complaints.push(Complaint { path: folder.clone(), line: 1, message });
        for number in super::numbers().filter(|n| !criteria.iter().any(|c| c.number == *n)) {
            missing(format!("Criterion {number} has no file"));
        }
        for major in (1..=MAJORS).filter(|m| !criteria.iter().flat_map(|c| &c.indicators).any(|i| i.major == Some(*m)))
        {
            missing(format!("Major indicator {major} is asked nowhere"));
        }
    }
    complaints
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

fn inspect_body(number: u8, body: &str, body_line: usize, inspector: &mut Inspector<'_>) -> Guide {
    refuse_html(body, body_line, inspector);
    let mut guide = Guide { sections: Vec::new(), sources: Vec::new() };
    let parts = sections(body);
    let sources = parts.iter().find(|(heading, _)| heading == Section::Sources.heading());
    guide.sources = sources.map(|(_, range)| source_keys(&body[range.clone()])).unwrap_or_default();
    for (heading, range) in &parts {
        let line = body_line + line_at(body, range.start) - 1;
        let text = &body[range.clone()];
        match Section::ALL.into_iter().find(|s| s.heading() == heading) {
            None => inspector.complain(line, format!("The section “{heading}” is not known")),
            Some(_) if words(text) == 0 => inspector.complain(line, format!("The section “{heading}” is empty")),
            Some(section) => {
                let html = if section == Section::Sources {
                    render_sources(text)
                } else {
                    render(text, number, &guide.sources)
                };
                guide.sections.push((section, html, words(text)));
            }
        }
    }
    for section in Section::ALL.into_iter().filter(|s| !parts.iter().any(|(h, _)| h == s.heading())) {
        inspector.complain(body_line, format!("The section “{}” is missing", section.heading()));
    }
    for (what, level) in [("Level 2", 2), ("Level 3", 3), ("Level 4", 4)] {
        let present = parts.iter().any(|(h, r)| {
            h == Section::Examples.heading() && body[r.clone()].lines().any(|l| l == format!("### {what}"))
        });
        if !present {
            inspector
                .complain(body_line, format!("The section Examples needs a worked answer under “### Level {level}”"));
        }
    }
    guide
}

fn refuse_html(body: &str, body_line: usize, inspector: &mut Inspector<'_>) {
    for (event, range) in Parser::new(body).into_offset_iter() {
        let line = body_line + line_at(body, range.start) - 1;
        match event {
            Event::Html(_) | Event::InlineHtml(_) => {
                inspector.complain(line, "Raw HTML is not allowed; write Markdown");
            }
            Event::Start(Tag::Image { .. }) => inspector.complain(line, "Images are not allowed"),
            Event::Start(Tag::Link { dest_url, .. })
                if !dest_url.starts_with("https://") && !dest_url.starts_with('#') =>
            {
                inspector.complain(line, format!("The link “{dest_url}” is neither https nor an anchor"));
            }
            _ => {}
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
