//! Words without case, accents and invisible characters.

use std::ops::Range;

/// One word of a text.
#[derive(Clone, Debug)]
pub struct Word {
    /// Where it stands, in bytes.
    pub at: Range<usize>,
    /// Lower case, plain letters.
    pub folded: String,
    /// Begins with a capital.
    pub capital: bool,
    /// Nothing but capitals, three or more.
    pub upper: bool,
    /// Begins a sentence or a line.
    pub first: bool,
}

impl Word {
    /// Whether a line begins between the word before and this one.
    pub fn first_after_line(&self, text: &str, before: &Self) -> bool {
        text[before.at.end..self.at.start].contains('\n')
    }
}

/// The words of a text; `spelling` makes one letter plain.
pub fn words(text: &str, spelling: fn(char, &mut String)) -> Vec<Word> {
    let mut all = Vec::new();
    let mut start = None;
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    for (index, &(at, c)) in chars.iter().enumerate() {
        let next = chars.get(index + 1).map(|(_, c)| *c);
        let inside = c.is_alphanumeric() || unseen(c) || (apostrophe(c) && next.is_some_and(char::is_alphabetic));
        match start {
            None if c.is_alphanumeric() => start = Some(at),
            Some(from) if !inside => {
                all.extend(word(text, from..at, spelling));
                start = None;
            }
            _ => {}
        }
    }
    if let Some(from) = start {
        all.extend(word(text, from..text.len(), spelling));
    }
    all
}

fn word(text: &str, at: Range<usize>, spelling: fn(char, &mut String)) -> Option<Word> {
    let raw = &text[at.clone()];
    // "Müller's" is Müller.
    let own = raw.strip_suffix(['s', 'S']).and_then(|r| r.strip_suffix(apostrophe)).filter(|r| r.chars().count() > 1);
    let at = at.start..at.start + own.unwrap_or(raw).len();
    let raw = &text[at.clone()];
    let mut folded = String::with_capacity(raw.len());
    for c in raw.chars().filter(|c| !unseen(*c) && !apostrophe(*c)) {
        spelling(c, &mut folded);
    }
    let upper = raw.chars().filter(|c| c.is_alphabetic()).count() >= 3 && !raw.chars().any(char::is_lowercase);
    let before = text[..at.start].trim_end_matches([' ', '\t', '"', '“', '‘', '(', '*']);
    let first = before.is_empty() || before.ends_with(['.', '!', '?', ':', '\n', '\r', '•', '-', '–']);
    let capital = raw.chars().next().is_some_and(char::is_uppercase);
    (!folded.is_empty()).then_some(Word { at, folded, capital, upper, first })
}

fn apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | 'ʼ' | '`')
}

/// Marks on a letter, and characters without width.
fn unseen(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

/// A letter without its accent, in lower case: "Ü" is "u".
pub fn fold(c: char, into: &mut String) {
    for c in c.to_lowercase() {
        match c {
            'à'..='å' | 'ā' | 'ă' | 'ą' | 'ǎ' | 'а' => into.push('a'),
            'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' | 'с' => into.push('c'),
            'ď' | 'đ' | 'ð' => into.push('d'),
            'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' | 'е' => into.push('e'),
            'ĝ' | 'ğ' | 'ġ' | 'ģ' => into.push('g'),
            'ĥ' | 'ħ' => into.push('h'),
            'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' | 'і' => into.push('i'),
            'ĵ' => into.push('j'),
            'ķ' => into.push('k'),
            'ĺ' | 'ļ' | 'ľ' | 'ł' => into.push('l'),
            'ñ' | 'ń' | 'ņ' | 'ň' => into.push('n'),
            'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' | 'о' => into.push('o'),
            'р' => into.push('p'),
            'ŕ' | 'ŗ' | 'ř' => into.push('r'),
            'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => into.push('s'),
            'ţ' | 'ť' | 'ŧ' | 'ț' => into.push('t'),
            'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => into.push('u'),
            'ŵ' => into.push('w'),
            'ý' | 'ÿ' | 'ŷ' | 'у' => into.push('y'),
            'ź' | 'ż' | 'ž' => into.push('z'),
            'х' => into.push('x'),
            'æ' => into.push_str("ae"),
            'œ' => into.push_str("oe"),
            'ß' => into.push_str("ss"),
            'þ' => into.push_str("th"),
            'ά' => into.push('α'),
            'έ' => into.push('ε'),
            'ή' => into.push('η'),
            'ί' | 'ϊ' => into.push('ι'),
            'ό' => into.push('ο'),
            'ύ' | 'ϋ' => into.push('υ'),
            'ώ' => into.push('ω'),
            'ς' => into.push('σ'),
            c if unseen(c) => {}
            c => into.push(c),
        }
    }
}

/// The same with the letters that some keyboards lack spelled out: "Ü" is "ue".
pub fn spell_out(c: char, into: &mut String) {
    match c {
        'ä' | 'Ä' => into.push_str("ae"),
        'ö' | 'Ö' | 'ø' | 'Ø' => into.push_str("oe"),
        'ü' | 'Ü' => into.push_str("ue"),
        'å' | 'Å' => into.push_str("aa"),
        c => fold(c, into),
    }
}

/// A word, and what is left of it when one letter is missing.
pub fn rests(word: &str) -> impl Iterator<Item = String> {
    let without = word.char_indices().map(|(at, c)| format!("{}{}", &word[..at], &word[at + c.len_utf8()..]));
    std::iter::once(word.to_owned()).chain(without)
}

/// Whether two words differ by exactly one letter that is missing, further, another one, or two that changed places.
pub fn one_edit(one: &str, other: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let same = short.iter().zip(&long).take_while(|(x, y)| x == y).count();
    match long.len() - short.len() {
        0 if same == short.len() => false,
        0 => {
            short[same + 1..] == long[same + 1..]
                || (same + 1 < short.len()
                    && short[same] == long[same + 1]
                    && short[same + 1] == long[same]
                    && short[same + 2..] == long[same + 2..])
        }
        1 => short[same..] == long[same + 1..],
        _ => false,
    }
}
