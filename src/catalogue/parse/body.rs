//! The Markdown of a guide: its sections, how much each may hold, and what it may not hold.

use super::{Inspector, Link, line_at, sections, source_keys};
use crate::{
    catalogue::{
        glossary::Glossary,
        guide::{Guide, Section},
        markup::{Around, heading_anchors, render, render_sources},
    },
    domain::{level::Level, text::words},
};
use pulldown_cmark::{Event, Parser, Tag};
use std::ops::RangeInclusive;

/// The levels that have a worked answer.
const EXAMPLES: [Level; 3] = [Level::Partial, Level::Established, Level::Exemplary];

/// How many words one worked answer has.
const EXAMPLE_WORDS: RangeInclusive<usize> = 90..=160;

/// How much a section may hold.
enum Limit {
    /// Words of running text.
    Words(RangeInclusive<usize>),
    /// Entries of a list.
    Entries(RangeInclusive<usize>),
}

const fn limit(section: Section) -> Option<Limit> {
    Some(match section {
        Section::Meaning => Limit::Words(100..=180),
        Section::ProvidedByAPartner => Limit::Words(40..=100),
        Section::AskYourself => Limit::Entries(6..=10),
        Section::GoodEvidence => Limit::Entries(5..=9),
        Section::CommonShortfalls | Section::WhatAReviewerLooksFor => Limit::Entries(4..=8),
        Section::Sources => Limit::Entries(3..=15),
        // Each example has a limit of its own.
        Section::Examples => return None,
    })
}

/// Reads the body of a guide.
pub fn inspect(number: u8, body: &str, body_line: usize, glossary: &Glossary, inspector: &mut Inspector<'_>) -> Guide {
    let mut guide = Guide { links: markdown(body, body_line, inspector), ..Guide::default() };
    let page = format!("/criteria/{number}");
    let parts = sections(body);
    let sources = parts.iter().find(|(heading, _)| heading == Section::Sources.heading());
    guide.sources = sources.map(|(_, range)| source_keys(&body[range.clone()])).unwrap_or_default();
    guide.anchors.extend((1..=guide.sources.len()).map(|n| format!("source-{n}")));
    for (heading, range) in &parts {
        // The line of the heading itself.
        let line = body_line + line_at(body, range.start) - 2;
        let text = &body[range.clone()];
        let Some(section) = Section::ALL.into_iter().find(|s| s.heading() == heading) else {
            inspector.complain(line, format!("The section “{heading}” is not known"));
            continue;
        };
        if words(text) == 0 {
            inspector.complain(line, format!("The section “{heading}” is empty"));
            continue;
        }
        within_limit(section, text, line, inspector);
        unknown_sources(text, line + 1, &guide.sources, inspector);
        match section {
            Section::AskYourself => guide.questions = entries(text),
            Section::GoodEvidence if !text.lines().any(|l| l.starts_with("- **Does not count**: ")) => {
                inspector.complain(line, "Say in the section Good evidence what does not count");
            }
            Section::Examples => guide.examples = examples(text, line, inspector),
            _ => {}
        }
        let glossary = (!matches!(section, Section::Examples | Section::Sources)).then_some(glossary);
        let around = Around { page: &page, anchor: section.anchor(), sources: &guide.sources, glossary };
        let html = if section == Section::Sources { render_sources(text) } else { render(text, &around) };
        guide.anchors.insert(section.anchor().to_owned());
        guide.anchors.extend(heading_anchors(text, section.anchor()));
        guide.sections.push((section, html, words(text)));
    }
    for section in Section::ALL.into_iter().filter(|s| !parts.iter().any(|(h, _)| h == s.heading())) {
        inspector.complain(body_line, format!("The section “{}” is missing", section.heading()));
    }
    guide
}

fn within_limit(section: Section, text: &str, line: usize, inspector: &mut Inspector<'_>) {
    let (count, range, of) = match limit(section) {
        None => return,
        Some(Limit::Words(range)) => (words(text), range, "words"),
        Some(Limit::Entries(range)) => (entries(text), range, "entries"),
    };
    if !range.contains(&count) {
        let (least, most) = range.into_inner();
        let heading = section.heading();
        inspector.complain(line, format!("The section “{heading}” has {least} to {most} {of}; this one has {count}"));
    }
}

fn entries(text: &str) -> usize {
    text.lines().filter(|l| l.starts_with("- ")).count()
}

/// The worked answers under their headings.
fn examples(text: &str, line: usize, inspector: &mut Inspector<'_>) -> Vec<(Level, String)> {
    let mut list = Vec::new();
    for level in EXAMPLES {
        let heading = format!("### Level {}", level.number());
        let Some(at) = text.lines().position(|l| l == heading) else {
            inspector.complain(line, format!("The section Examples needs a worked answer under “{heading}”"));
            continue;
        };
        let answer: Vec<&str> = text.lines().skip(at + 1).take_while(|l| !l.starts_with("### ")).collect();
        let answer = answer.join("\n").trim().to_owned();
        let count = words(&answer);
        if !EXAMPLE_WORDS.contains(&count) {
            let (least, most) = EXAMPLE_WORDS.into_inner();
            inspector
                .complain(line + at + 1, format!("A worked answer has {least} to {most} words; this one has {count}"));
        }
        list.push((level, answer));
    }
    list
}

/// What looks like a source and is none: capitals and digits alone in round brackets.
pub fn unknown_sources(text: &str, first_line: usize, sources: &[String], inspector: &mut Inspector<'_>) {
    let is_key = |word: &str| {
        3 <= word.len()
            && word.starts_with(|c: char| c.is_ascii_uppercase())
            && word.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
    };
    for (line, number) in text.lines().zip(first_line..) {
        for inside in line.split('(').skip(1).filter_map(|rest| rest.split_once(')')).map(|(inside, _)| inside) {
            for key in inside.split(", ").filter(|k| is_key(k) && !sources.iter().any(|s| s == k)) {
                inspector.complain(number, format!("The source “{key}” is not in the section Sources"));
            }
        }
    }
}

/// Refuses raw HTML, images and links that are neither secure nor inside the portal; returns the links inside it.
pub fn markdown(body: &str, body_line: usize, inspector: &mut Inspector<'_>) -> Vec<Link> {
    let mut links = Vec::new();
    for (event, range) in Parser::new(body).into_offset_iter() {
        let line = body_line + line_at(body, range.start) - 1;
        match event {
            Event::Html(_) | Event::InlineHtml(_) => {
                inspector.complain(line, "Raw HTML is not allowed; write Markdown");
            }
            Event::Start(Tag::Image { .. }) => inspector.complain(line, "Images are not allowed"),
            Event::Start(Tag::Link { dest_url, .. }) => {
                let to = dest_url.into_string();
                if to.starts_with('#') || (to.starts_with('/') && !to.starts_with("//")) {
                    links.push(Link { line, to });
                } else {
                    inspector.complain(
                        line,
                        format!("The link “{to}” leads out; name the address in the section Sources instead"),
                    );
                }
            }
            _ => {}
        }
    }
    links
}
