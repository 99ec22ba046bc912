//! Reads the HTML that the portal writes, as far as tests look at it.

use std::collections::BTreeMap;

/// An element with its attributes, entities resolved.
#[derive(Clone, Debug)]
pub struct Tag {
    /// In lower case.
    pub name: String,
    /// By name; empty for one without a value.
    pub attributes: Vec<(String, String)>,
}

impl Tag {
    /// An attribute.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}

/// A page.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// Every element that is opened, in order.
    pub tags: Vec<Tag>,
    /// What stands between elements, scripts left out.
    pub text: String,
    /// The scripts: nonce and code.
    pub scripts: Vec<(String, String)>,
}

impl Page {
    /// Reads a page; the portal quotes every attribute and escapes every text.
    pub fn read(html: &str) -> Self {
        let mut page = Self::default();
        let mut rest = html;
        while let Some(start) = rest.find('<') {
            page.text.push_str(&unescape(&rest[..start]));
            rest = &rest[start..];
            if let Some(comment) = rest.strip_prefix("<!--") {
                rest = comment.split_once("-->").map_or("", |(_, after)| after);
                continue;
            }
            let end = end_of_tag(rest);
            let inside = rest[1..end].trim_end_matches('/');
            rest = &rest[(end + 1).min(rest.len())..];
            if inside.starts_with(['!', '/']) {
                continue;
            }
            let tag = tag(inside);
            if tag.name == "script" {
                let (code, after) = rest.split_once("</script>").unwrap_or((rest, ""));
                page.scripts.push((tag.get("nonce").unwrap_or_default().to_owned(), code.to_owned()));
                rest = after;
            }
            page.tags.push(tag);
        }
        page.text.push_str(&unescape(rest));
        page
    }

    /// All elements of a name.
    pub fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Tag> {
        self.tags.iter().filter(move |t| t.name == name)
    }

    /// All values of an attribute.
    pub fn values<'a>(&'a self, attribute: &'a str) -> impl Iterator<Item = &'a str> {
        self.tags.iter().filter_map(move |t| t.get(attribute))
    }

    /// The fields that a form of this page would send with its first button, by name: what a browser would do.
    pub fn value_of(&self, field: &str) -> String {
        let input = self.named("input").find(|t| t.get("name") == Some(field));
        input.and_then(|t| t.get("value")).unwrap_or_default().to_owned()
    }

    /// How often each identifier stands on the page.
    pub fn ids(&self) -> BTreeMap<&str, usize> {
        self.values("id").fold(BTreeMap::new(), |mut ids, id| {
            *ids.entry(id).or_default() += 1;
            ids
        })
    }
}

/// The text of the first `<textarea>` of this name, as a browser would send it.
pub fn textarea(html: &str, name: &str) -> Option<String> {
    let (_, rest) = html.split_once(&format!("name=\"{name}\" rows="))?;
    let (_, rest) = rest.split_once('>')?;
    let (text, _) = rest.split_once("</textarea>")?;
    // The first line end is not part of the text.
    Some(unescape(text.strip_prefix('\n').unwrap_or(text)))
}

/// The byte after the last attribute: a `>` inside quotes does not count.
fn end_of_tag(text: &str) -> usize {
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (None, '>') => return at,
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    text.len()
}

fn tag(inside: &str) -> Tag {
    let (name, mut rest) = inside.split_once(char::is_whitespace).unwrap_or((inside, ""));
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            break;
        }
        let end = rest.find(|c: char| c == '=' || c.is_whitespace()).unwrap_or(rest.len());
        let (attribute, after) = rest.split_at(end);
        let value = after.strip_prefix('=').map(|value| {
            let quote = value.chars().next().filter(|q| matches!(q, '"' | '\''));
            let unquoted = &value[quote.map_or(0, char::len_utf8)..];
            let end = unquoted.find(|c: char| quote.map_or_else(|| c.is_whitespace(), |q| q == c));
            unquoted.split_at(end.unwrap_or(unquoted.len()))
        });
        let (value, after) = value.unwrap_or(("", after));
        attributes.push((attribute.to_ascii_lowercase(), unescape(value)));
        rest = after.trim_start_matches(['"', '\'']);
    }
    Tag { name: name.to_ascii_lowercase(), attributes }
}

/// Resolves the entities that the portal writes.
pub fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#x27;", "'")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

#[test]
fn a_page_is_read_as_a_browser_would() {
    let page = Page::read(
        r#"<!DOCTYPE html><p id="a" class='b c' hidden title="1 &gt; 0 > &quot;x&quot;">One<!> &amp; <b>two</b></p><script nonce="n">if (1 < 2) {}</script><br/>"#,
    );
    assert_eq!(page.text, "One & two");
    assert_eq!(page.scripts, [("n".to_owned(), "if (1 < 2) {}".to_owned())]);
    let first = &page.tags[0];
    assert_eq!((first.get("class"), first.get("hidden")), (Some("b c"), Some("")));
    assert_eq!(first.get("title"), Some("1 > 0 > \"x\""));
    assert_eq!(page.tags.iter().map(|t| t.name.as_str()).collect::<Vec<_>>(), ["p", "b", "script", "br"]);
}
