//! E-mail addresses, telephone numbers and links.

use super::Kind;
use std::ops::Range;

/// Ends of site names that are hardly ever the end of a sentence and the begin of the next.
const ENDINGS: &[&str] = &[
    "com", "org", "net", "edu", "eu", "info", "gov", "int", "health", "hospital", "example", "test", "de", "fr", "es",
    "nl", "ch", "uk", "dk", "se", "fi", "pl", "pt", "ie", "cz", "hu", "gr", "ro", "hr", "si", "sk", "lt", "lv", "ee",
    "tr", "il", "jp", "cn", "kr", "br", "au", "nz", "za", "ca", "us", "io",
];

/// What a known name tells about a domain: of an e-mail address what stands after the at sign, or a domain itself.
pub fn domain_of(name: &str) -> Option<&str> {
    if let Some((_, domain)) = name.rsplit_once('@') {
        return Some(domain).filter(|d| d.contains('.'));
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    let (_, ending) = name.rsplit_once('.')?;
    let domain = name.chars().all(plain) && ending.len() > 1 && ending.chars().all(|c| c.is_ascii_alphabetic());
    domain.then_some(name)
}

/// Adds what is found.
pub fn find(text: &str, domains: &[String], found: &mut Vec<(Range<usize>, Kind)>) {
    for chunk in chunks(text) {
        let bare = text[chunk.clone()].to_lowercase();
        if let Some(kind) = address(&bare, domains) {
            found.push((chunk, kind));
        }
    }
    spelled_out(text, found);
    phones(text, found);
}

/// What stands between spaces and brackets, without the punctuation around it.
fn chunks(text: &str) -> impl Iterator<Item = Range<usize>> {
    let edge = |c: char| {
        c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | '[' | ']' | '"' | '“' | '”' | ',' | ';' | '|')
    };
    text.split(edge).filter_map(move |part| {
        let from = part.as_ptr() as usize - text.as_ptr() as usize;
        let start = part.len() - part.trim_start_matches(['.', '\'', '‘', ':', '*', '_']).len();
        let end = part.trim_end_matches(['.', '\'', '’', ':', '!', '?', '*', '_']).len();
        (start < end).then_some(from + start..from + end)
    })
}

/// Whether one chunk, in lower case, is an address.
fn address(chunk: &str, domains: &[String]) -> Option<Kind> {
    let after_scheme = chunk.split_once("://").map(|(_, rest)| rest);
    if after_scheme.is_some_and(|rest| !rest.is_empty()) {
        return Some(Kind::Link);
    }
    if let Some((name, domain)) = chunk.rsplit_once('@') {
        let domain = domain.trim_end_matches('/');
        return (!name.is_empty() && domain_of(domain).is_some()).then_some(Kind::Email);
    }
    let (host, path) = chunk.split_once(['/', '?', '#']).map_or((chunk, None), |(host, path)| (host, Some(path)));
    let known = domains.iter().any(|d| host == d || host.strip_suffix(d.as_str()).is_some_and(|h| h.ends_with('.')));
    if known {
        return Some(Kind::Link);
    }
    domain_of(host)?;
    let (name, ending) = host.rsplit_once('.')?;
    let named = name.split('.').all(|l| l.len() > 1 && l.chars().any(|c| c.is_ascii_alphabetic()));
    let site = host.starts_with("www.") || (named && (path.is_some() || ENDINGS.contains(&ending)));
    site.then_some(Kind::Link)
}

/// "anna (at) hospital (dot) example".
fn spelled_out(text: &str, found: &mut Vec<(Range<usize>, Kind)>) {
    let lower = text.to_ascii_lowercase();
    for at in ["(at)", "[at]", "{at}"] {
        for (place, _) in lower.match_indices(at) {
            let before = lower[..place].trim_end();
            let from = before.rfind(char::is_whitespace).map_or(0, |space| space + 1);
            let to = place + at.len();
            let after = lower[to..].trim_start();
            let end = lower.len() - after.len() + after.find(char::is_whitespace).unwrap_or(after.len());
            if !before.is_empty() && !after.is_empty() && text.is_char_boundary(from) {
                found.push((from..end, Kind::Email));
            }
        }
    }
}

/// Runs of digits that people dial. A date, a range of years, an amount and a percentage are none.
fn phones(text: &str, found: &mut Vec<(Range<usize>, Kind)>) {
    let lower = text.to_ascii_lowercase();
    let bytes = text.as_bytes();
    let mut place = 0;
    while place < bytes.len() {
        let begins = bytes[place].is_ascii_digit() || matches!(bytes[place], b'+' | b'(');
        let inside_word = place > 0 && (bytes[place - 1].is_ascii_alphanumeric() || bytes[place - 1] == b'.');
        if !begins || inside_word {
            place += 1;
            continue;
        }
        let run = bytes[place..]
            .iter()
            .take_while(|b| b.is_ascii_digit() || matches!(b, b' ' | b'-' | b'/' | b'(' | b')' | b'+' | b'.'))
            .count();
        let number = text[place..place + run].trim_end_matches([' ', '-', '/', '(', '.', ',']);
        if dialled(number, &lower[..place]) {
            found.push((place..place + number.len(), Kind::Phone));
        }
        place += run.max(1);
    }
}

fn dialled(number: &str, before: &str) -> bool {
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    if !(5..=17).contains(&digits) {
        return false;
    }
    let last =
        before.trim_end_matches([' ', ':', '.', '(']).rsplit(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or("");
    if matches!(last, "tel" | "telephone" | "phone" | "mobile" | "fax" | "call" | "cell" | "ext" | "whatsapp" | "bleep")
    {
        return true;
    }
    if let Some(rest) = number.strip_prefix('+') {
        return digits >= 8 && rest.starts_with(|c: char| c.is_ascii_digit() && c != '0') && !rest.contains('+');
    }
    let groups: Vec<&str> = number.split(['.', ' ', '-', '/', '(', ')']).filter(|g| !g.is_empty()).collect();
    let by_dots = number.contains('.');
    let area = groups.first().is_some_and(|g| g.starts_with('0') && g.len() >= 2);
    let years = groups.iter().any(|g| g.len() == 4 && (g.starts_with("19") || g.starts_with("20")) && groups.len() > 2);
    area && digits >= 9 && !years && (!by_dots || (groups.len() >= 4 && groups.iter().all(|g| g.len() <= 3)))
}
