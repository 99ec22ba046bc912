//! The practice set: one file for each synthetic application.

use super::{Complaint, Inspector, SourceFile, body, line_at, sections};
use crate::{
    catalogue::{
        guide::render_typed,
        practice::{Case, Practice},
    },
    domain::{level::Level, text::words},
};
use serde::Deserialize;
use std::{collections::BTreeMap, ops::RangeInclusive};
use toml::Spanned;

/// How many words a narrative has: enough to mark, quick to read.
const NARRATIVE: RangeInclusive<usize> = 30..=120;

/// How many words a reason has: one sentence.
const REASON: RangeInclusive<usize> = 6..=40;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Front {
    edition: Spanned<String>,
    number: Spanned<u8>,
    title: Spanned<String>,
    about: Spanned<String>,
    agreed: Vec<Agreed>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Agreed {
    criterion: Spanned<u8>,
    level: Spanned<u8>,
    reason: Spanned<String>,
}

/// Reads one practice application.
pub fn practice(edition: &str, file: &SourceFile) -> Result<Practice, Vec<Complaint>> {
    let (mut inspector, front_text, front, (text, text_line)) = Inspector::begin::<Front>(file)?;
    let line = |at: std::ops::Range<usize>| line_at(front_text, at.start) + 1;
    inspector.check_edition(front_text, &front.edition, edition);
    let number = *front.number.get_ref();
    if file.path.rsplit('/').next() != Some(format!("{number}.md").as_str()) {
        inspector.complain(line(front.number.span()), format!("The number {number} does not fit the file name"));
    }
    for (field, text, most) in [("title", &front.title, 60), ("about", &front.about, 240)] {
        if text.get_ref().trim().is_empty() || most < text.get_ref().chars().count() {
            inspector.complain(line(text.span()), format!("The {field} has 1 to {most} characters"));
        }
    }
    let mut agreed: BTreeMap<u8, (Level, String)> = BTreeMap::new();
    for entry in front.agreed {
        let (criterion, at) = (*entry.criterion.get_ref(), line(entry.criterion.span()));
        if !crate::catalogue::numbers().contains(&criterion) {
            inspector.complain(at, format!("There is no criterion {criterion}"));
            continue;
        }
        let count = words(entry.reason.get_ref());
        if !REASON.contains(&count) {
            let (least, most) = REASON.into_inner();
            let said = format!("A reason has {least} to {most} words; this one has {count}");
            inspector.complain(line(entry.reason.span()), said);
        }
        match Level::from_number((*entry.level.get_ref()).into()) {
            None => inspector.complain(line(entry.level.span()), "A level is a number from 0 to 4"),
            Some(level) => {
                if agreed.insert(criterion, (level, entry.reason.into_inner())).is_some() {
                    inspector.complain(at, format!("Criterion {criterion} has an agreed level already"));
                }
            }
        }
    }
    let mut narratives = read_narratives(text, text_line, &mut inspector);
    let mut cases = Vec::new();
    for criterion in crate::catalogue::numbers() {
        match (agreed.remove(&criterion), narratives.remove(&criterion)) {
            (Some((level, reason)), Some(narrative)) => cases.push(Case { narrative, level, reason }),
            (agreed, narrative) => {
                if agreed.is_none() {
                    inspector.complain(2, format!("Criterion {criterion} has no agreed level"));
                }
                if narrative.is_none() {
                    inspector.complain(text_line, format!("The section “Criterion {criterion}” is missing"));
                }
            }
        }
    }
    let practice = Practice { number, title: front.title.into_inner(), about: front.about.into_inner(), cases };
    if inspector.complaints.is_empty() { Ok(practice) } else { Err(inspector.complaints) }
}

fn read_narratives(text: &str, text_line: usize, inspector: &mut Inspector<'_>) -> BTreeMap<u8, String> {
    // It refuses raw HTML and images; a link would lead out of what is practised on.
    for link in body::markdown(text, text_line, inspector) {
        inspector.complain(link.line, format!("The link “{}” leads away from the practice", link.to));
    }
    let mut narratives = BTreeMap::new();
    for (heading, range) in sections(text) {
        let line = text_line + line_at(text, range.start) - 2;
        let narrative = text[range].trim();
        let number = heading.strip_prefix("Criterion ").and_then(|n| n.parse::<u8>().ok());
        let Some(number) = number.filter(|n| crate::catalogue::numbers().contains(n)) else {
            inspector.complain(line, format!("The section “{heading}” is not known"));
            continue;
        };
        let count = words(narrative);
        if !NARRATIVE.contains(&count) {
            let (least, most) = NARRATIVE.into_inner();
            inspector.complain(line, format!("A narrative has {least} to {most} words; this one has {count}"));
        }
        if narratives.insert(number, render_typed(narrative)).is_some() {
            inspector.complain(line, format!("The section “{heading}” stands here twice"));
        }
    }
    narratives
}
