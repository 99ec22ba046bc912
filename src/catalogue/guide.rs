//! Guidance, rendered once.

use super::parse::Link;
use crate::domain::level::Level;
use pulldown_cmark::{Event, Options, Parser, Tag, html};
use std::collections::BTreeSet;

/// A section of a guide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// What the criterion is about.
    Meaning,
    /// Questions to a centre.
    AskYourself,
    /// What convinces, and what does not count.
    GoodEvidence,
    /// Where centres fall short.
    CommonShortfalls,
    /// Worked answers at levels 2, 3 and 4.
    Examples,
    /// When somebody else provides the service.
    ProvidedByAPartner,
    /// What the other side looks at.
    WhatAReviewerLooksFor,
    /// Where facts come from.
    Sources,
}

impl Section {
    /// All sections, in the order of a file.
    pub const ALL: [Self; 8] = [
        Self::Meaning,
        Self::AskYourself,
        Self::GoodEvidence,
        Self::CommonShortfalls,
        Self::Examples,
        Self::ProvidedByAPartner,
        Self::WhatAReviewerLooksFor,
        Self::Sources,
    ];

    /// The heading, in files and on pages.
    pub const fn heading(self) -> &'static str {
        match self {
            Self::Meaning => "Meaning",
            Self::AskYourself => "Ask yourself",
            Self::GoodEvidence => "Good evidence",
            Self::CommonShortfalls => "Common shortfalls",
            Self::Examples => "Examples",
            Self::ProvidedByAPartner => "Provided by a partner",
            Self::WhatAReviewerLooksFor => "What a reviewer looks for",
            Self::Sources => "Sources",
        }
    }

    /// A stable anchor for links.
    pub const fn anchor(self) -> &'static str {
        match self {
            Self::Meaning => "meaning",
            Self::AskYourself => "ask-yourself",
            Self::GoodEvidence => "good-evidence",
            Self::CommonShortfalls => "common-shortfalls",
            Self::Examples => "examples",
            Self::ProvidedByAPartner => "provided-by-a-partner",
            Self::WhatAReviewerLooksFor => "what-a-reviewer-looks-for",
            Self::Sources => "sources",
        }
    }
}

/// The rendered guide of one criterion.
#[derive(Clone, Debug, Default)]
pub struct Guide {
    /// Sections in order: which one, its HTML, and its words.
    pub sections: Vec<(Section, String, usize)>,
    /// Keys of the sources.
    pub sources: Vec<String>,
    /// How many questions a centre is asked.
    pub questions: usize,
    /// The worked answers as they are written, by level.
    pub examples: Vec<(Level, String)>,
    /// Links inside the portal, to be checked when all files are read.
    pub links: Vec<Link>,
    /// Anchors of its page: sections, headings, indicators and sources.
    pub anchors: BTreeSet<String>,
}

impl Guide {
    /// The HTML of a section; empty when the guide does not have it.
    pub fn html(&self, section: Section) -> &str {
        self.sections.iter().find(|(s, ..)| *s == section).map_or("", |(_, html, _)| html)
    }
}

/// Renders Markdown that people typed: no raw HTML, no images, no links that leave the page. What is not rendered is
/// shown as it was typed, so that no word is lost.
pub fn render_typed(markdown: &str) -> String {
    let mut link: Vec<String> = Vec::new();
    let events = Parser::new_ext(markdown, Options::empty()).flat_map(|event| match event {
        Event::Html(text) | Event::InlineHtml(text) => vec![Event::Text(text)],
        Event::Start(Tag::HtmlBlock) => vec![Event::Start(Tag::Paragraph)],
        Event::End(pulldown_cmark::TagEnd::HtmlBlock) => vec![Event::End(pulldown_cmark::TagEnd::Paragraph)],
        Event::Start(Tag::Heading { .. }) => vec![Event::Start(Tag::Paragraph), Event::Start(Tag::Strong)],
        Event::End(pulldown_cmark::TagEnd::Heading(_)) => {
            vec![Event::End(pulldown_cmark::TagEnd::Strong), Event::End(pulldown_cmark::TagEnd::Paragraph)]
        }
        Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
            link.push(dest_url.into_string());
            vec![]
        }
        Event::End(pulldown_cmark::TagEnd::Link | pulldown_cmark::TagEnd::Image) => match link.pop() {
            Some(address) => vec![Event::Text(format!(" ({address})").into())],
            None => vec![],
        },
        other => vec![other],
    });
    let mut out = String::with_capacity(markdown.len() * 2);
    html::push_html(&mut out, events);
    out
}
