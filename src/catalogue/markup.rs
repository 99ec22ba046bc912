//! Markdown of criteria files as HTML: references to sources, terms of the glossary, and headings with anchors.

use super::glossary::Glossary;
use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html};
use std::collections::BTreeSet;

/// Where a text stands.
#[derive(Clone, Copy, Debug)]
pub struct Around<'a> {
    /// The page that lists its sources, such as `/criteria/6`.
    pub page: &'a str,
    /// The anchor of its section.
    pub anchor: &'a str,
    /// Keys of the sources in their order.
    pub sources: &'a [String],
    /// Terms that are explained where they first stand; none in texts that are shown as examples.
    pub glossary: Option<&'a Glossary>,
}

/// Renders trusted Markdown of a criteria file. A source named in round brackets becomes its number in the list of
/// sources, with a link; the first occurrence of a term becomes a link with its definition; a heading gets an anchor that
/// begins with the one of the section.
pub fn render(markdown: &str, around: &Around<'_>) -> String {
    let mut events: Vec<Event<'_>> = Parser::new_ext(markdown, Options::empty()).collect();
    name_headings(&mut events, around.anchor);
    let (mut apart, mut seen) = (0_usize, BTreeSet::new());
    for event in &mut events {
        match event {
            Event::Start(Tag::Heading { .. } | Tag::Link { .. }) => apart += 1,
            Event::End(TagEnd::Heading(_) | TagEnd::Link) => apart = apart.saturating_sub(1),
            Event::Text(text) if apart == 0 => {
                let marked = referenced(text, around, &mut |plain| termed(plain, around, &mut seen));
                *event = Event::InlineHtml(marked.into());
            }
            _ => {}
        }
    }
    let mut out = String::with_capacity(markdown.len() * 2);
    html::push_html(&mut out, events.into_iter());
    out
}

/// The anchors of the headings in a text whose section has this anchor.
pub fn heading_anchors(markdown: &str, anchor: &str) -> Vec<String> {
    let mut events: Vec<Event<'_>> = Parser::new(markdown).collect();
    name_headings(&mut events, anchor);
    let named = events.into_iter().filter_map(|event| match event {
        Event::Start(Tag::Heading { id, .. }) => id.map(CowStr::into_string),
        _ => None,
    });
    named.collect()
}

fn name_headings(events: &mut [Event<'_>], anchor: &str) {
    for at in 0..events.len() {
        let (before, after) = events.split_at_mut(at + 1);
        let Some(Event::Start(Tag::Heading { id, .. })) = before.last_mut() else { continue };
        let mut text = String::new();
        for event in after.iter().take_while(|e| !matches!(e, Event::End(TagEnd::Heading(_)))) {
            if let Event::Text(part) | Event::Code(part) = event {
                text += part;
            }
        }
        *id = Some(format!("{anchor}-{}", slug(&text)).into());
    }
}

/// The list of sources: numbered, each with the anchor that [`render`] links to.
pub fn render_sources(markdown: &str) -> String {
    let items = markdown.lines().filter_map(|l| l.strip_prefix("- ")).zip(1..);
    let items = items.map(|(item, n)| {
        let text = item.split_once(": ").map_or(item, |(_, text)| text);
        format!("<li id=\"source-{n}\">{}</li>\n", escape(text))
    });
    format!("<ol>\n{}</ol>\n", items.collect::<String>())
}

/// The text as HTML with its references; everything else goes through `plain`.
fn referenced(text: &str, around: &Around<'_>, plain: &mut impl FnMut(&str) -> String) -> String {
    let (mut html, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once('(') {
        let Some((inside, tail)) = after.split_once(')') else { break };
        let places: Option<Vec<usize>> =
            inside.split(", ").map(|key| around.sources.iter().position(|s| s == key)).collect();
        if let Some(places) = places {
            let links = places.iter().map(|i| {
                let (n, page) = (i + 1, around.page);
                format!("<a class=\"reference\" href=\"{page}#source-{n}\" aria-label=\"Source {n}\">{n}</a>")
            });
            html += &plain(before.trim_end());
            html += &format!("&#160;[{}]", links.collect::<Vec<_>>().join(", "));
        } else {
            html += &plain(&rest[..before.len() + inside.len() + 2]);
        }
        rest = tail;
    }
    html + &plain(rest)
}

/// The text as HTML, with each term explained that was not seen before.
fn termed(text: &str, around: &Around<'_>, seen: &mut BTreeSet<usize>) -> String {
    let Some(glossary) = around.glossary else { return escape(text) };
    let (mut html, mut from) = (String::new(), 0);
    while let Some(found) = glossary.find(text, from, |term| seen.contains(&term)) {
        html += &escape(&text[from..found.start]);
        html += &glossary.marked(found.term, &text[found.start..found.end], around.anchor);
        seen.insert(found.term);
        from = found.end;
    }
    html + &escape(&text[from..])
}

/// Words as an anchor: small letters and digits with dashes between.
pub fn slug(text: &str) -> String {
    let mut slug = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        if c.is_ascii_alphanumeric() {
            slug.push(c);
        } else if !slug.ends_with('-') && c != '\'' && c != '’' {
            slug.push('-');
        }
    }
    slug.trim_matches('-').to_owned()
}

/// Plain text as HTML.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
