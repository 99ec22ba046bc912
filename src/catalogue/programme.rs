//! The programme in one page.

use super::{glossary::Glossary, markup::slug, parse::Link};
use std::collections::BTreeSet;

/// What the page tells, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// Who awards what to whom.
    What,
    /// The 13 criteria in their groups.
    Groups,
    /// The five levels, and how they answer yes or no.
    Scale,
    /// Where the portal's defaults go beyond what is published.
    Process,
    /// The disclaimer.
    NotOfficial,
    /// Where facts come from.
    Sources,
}

impl Topic {
    /// All topics, in the order of the page.
    pub const ALL: [Self; 6] = [Self::What, Self::Groups, Self::Scale, Self::Process, Self::NotOfficial, Self::Sources];

    /// The heading, in the file and on the page.
    pub const fn heading(self) -> &'static str {
        match self {
            Self::What => "What it is",
            Self::Groups => "The five groups",
            Self::Scale => "The scale",
            Self::Process => "What is published, and what is ours",
            Self::NotOfficial => "Not an official product",
            Self::Sources => "Sources",
        }
    }

    /// A stable anchor for links.
    pub fn anchor(self) -> String {
        slug(self.heading())
    }
}

/// One part of the page.
#[derive(Clone, Debug)]
pub struct Part {
    /// What it tells.
    pub topic: Topic,
    /// As HTML, rendered once.
    pub html: String,
}

/// The programme as an edition tells it.
#[derive(Clone, Debug)]
pub struct Programme {
    /// "The programme in one page".
    pub title: String,
    /// Its parts in order.
    pub parts: Vec<Part>,
    /// Keys of the sources.
    pub sources: Vec<String>,
    /// The words that guides and forms use.
    pub glossary: Glossary,
    /// Links inside the portal, to be checked when all files are read.
    pub links: Vec<Link>,
    /// Anchors of its page.
    pub anchors: BTreeSet<String>,
}
