//! The file about the programme as a whole, with the glossary in its front matter.

use super::{Complaint, Inspector, SourceFile, body, line_at, sections, source_keys};
use crate::{
    catalogue::{
        glossary::{Glossary, Term},
        markup::{Around, heading_anchors, render, render_sources, slug},
        programme::{Part, Programme, Topic},
    },
    domain::text::words,
};
use serde::Deserialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::RangeInclusive,
};
use toml::Spanned;

/// One page, in words, without the list of sources.
const PAGE: RangeInclusive<usize> = 250..=750;

/// How long a definition may be: it has to fit beside the word it explains.
const DEFINITION: RangeInclusive<usize> = 4..=40;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Front {
    edition: Spanned<String>,
    title: Spanned<String>,
    glossary: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    term: Spanned<String>,
    #[serde(default)]
    also: Vec<String>,
    definition: Spanned<String>,
    /// Whether guides explain it where it first stands.
    #[serde(default = "yes")]
    linked: bool,
}

const fn yes() -> bool {
    true
}

/// Reads the file about the programme.
pub fn programme(edition: &str, file: &SourceFile) -> Result<Programme, Vec<Complaint>> {
    let (mut inspector, front_text, front, (text, text_line)) = Inspector::begin::<Front>(file)?;
    let line = |at: std::ops::Range<usize>| line_at(front_text, at.start) + 1;
    inspector.check_edition(front_text, &front.edition, edition);
    if front.title.get_ref().trim().is_empty() {
        inspector.complain(line(front.title.span()), "The title is empty");
    }
    if front.glossary.is_empty() {
        inspector.complain(2, "The glossary is empty");
    }
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for entry in &front.glossary {
        let at = line(entry.term.span());
        let spellings = std::iter::once(entry.term.get_ref()).chain(&entry.also);
        // The anchor has to be as unique as the word.
        for spelling in spellings.flat_map(|s| BTreeSet::from([s.to_lowercase(), slug(s)])).collect::<BTreeSet<_>>() {
            if spelling.is_empty() {
                inspector.complain(at, "A term has a word");
            } else if let Some(first) = seen.insert(spelling.clone(), at) {
                inspector.complain(at, format!("The term “{spelling}” is already explained on line {first}"));
            }
        }
        let count = words(entry.definition.get_ref());
        if !DEFINITION.contains(&count) {
            let (least, most) = DEFINITION.into_inner();
            inspector.complain(
                line(entry.definition.span()),
                format!(
                    "The definition of “{}” has {least} to {most} words; this one has {count}",
                    entry.term.get_ref()
                ),
            );
        }
    }
    let terms = front.glossary.into_iter().map(|entry| Term {
        term: entry.term.into_inner(),
        also: entry.also,
        definition: entry.definition.into_inner(),
        linked: entry.linked,
    });
    let mut programme = Programme {
        title: front.title.into_inner(),
        parts: Vec::new(),
        sources: Vec::new(),
        glossary: Glossary::new(terms.collect()),
        links: body::markdown(text, text_line, &mut inspector),
        anchors: BTreeSet::new(),
    };
    read_parts(text, text_line, &mut programme, &mut inspector);
    if inspector.complaints.is_empty() { Ok(programme) } else { Err(inspector.complaints) }
}

fn read_parts(text: &str, text_line: usize, programme: &mut Programme, inspector: &mut Inspector<'_>) {
    let parts = sections(text);
    let sources = parts.iter().find(|(heading, _)| heading == Topic::Sources.heading());
    programme.sources = sources.map(|(_, range)| source_keys(&text[range.clone()])).unwrap_or_default();
    programme.anchors.extend((1..=programme.sources.len()).map(|n| format!("source-{n}")));
    let mut count = 0;
    for (heading, range) in &parts {
        let line = text_line + line_at(text, range.start) - 2;
        let part = &text[range.clone()];
        let Some(topic) = Topic::ALL.into_iter().find(|t| t.heading() == heading) else {
            inspector.complain(line, format!("The section “{heading}” is not known"));
            continue;
        };
        if words(part) == 0 {
            inspector.complain(line, format!("The section “{heading}” is empty"));
            continue;
        }
        body::unknown_sources(part, line + 1, &programme.sources, inspector);
        let anchor = topic.anchor();
        let html = if topic == Topic::Sources {
            render_sources(part)
        } else {
            count += words(part);
            let around = Around {
                page: "/programme",
                anchor: &anchor,
                sources: &programme.sources,
                glossary: Some(&programme.glossary),
            };
            render(part, &around)
        };
        programme.anchors.extend(heading_anchors(part, &anchor));
        programme.anchors.insert(anchor);
        programme.parts.push(Part { topic, html });
    }
    for topic in Topic::ALL.into_iter().filter(|t| !parts.iter().any(|(h, _)| h == t.heading())) {
        inspector.complain(text_line, format!("The section “{}” is missing", topic.heading()));
    }
    if !PAGE.contains(&count) {
        let (least, most) = PAGE.into_inner();
        inspector.complain(text_line, format!("The programme on one page has {least} to {most} words, not {count}"));
    }
}
