//! Puts letters that stand somewhere on a page into words and lines.

/// A letter on a page.
#[derive(Clone, Debug, PartialEq)]
pub struct Letter {
    /// What it says; nothing where its font does not tell.
    pub text: Option<String>,
    /// Where it begins.
    pub from: (f64, f64),
    /// Where the next one is expected.
    pub to: (f64, f64),
    /// How high its font is.
    pub size: f64,
}

/// From this gap on a word ends, in heights of the font.
const GAP: f64 = 0.15;
/// From this step up or down on a line ends. Raised figures are on their line.
const STEP: f64 = 0.6;
/// From this step back on a line ends: a column, or another cell.
const BACK: f64 = 0.5;
/// Where a letter drawn over another one is the same letter, made bold.
const OVER: f64 = 0.1;
/// How many of the letters may be unknown, of a hundred, for the others to be a text.
const UNKNOWN: usize = 30;

/// The letters of a page as a text.
#[derive(Default)]
pub struct Lines {
    done: Vec<String>,
    last: Option<Letter>,
    /// The last letters, to find those that are drawn twice.
    recent: Vec<Letter>,
    known: usize,
    unknown: usize,
}

impl Lines {
    /// Takes the next letter.
    pub fn take(&mut self, letter: Letter) {
        if letter.text.is_some() {
            self.known += 1;
        } else {
            self.unknown += 1;
        }
        let near = letter.size.abs().max(0.01) * OVER;
        let twice = |old: &Letter| {
            old.text == letter.text
                && (old.from.0 - letter.from.0).abs() < near
                && (old.from.1 - letter.from.1).abs() < near
        };
        if self.recent.iter().any(twice) {
            return;
        }
        let text = plain(letter.text.as_deref().unwrap_or("\u{fffd}"));
        match self.step(&letter) {
            Step::On => {}
            Step::Word => self.space(),
            Step::Line => self.done.push(String::new()),
        }
        if text.chars().all(char::is_whitespace) {
            self.space();
        } else {
            self.line().push_str(&text);
        }
        self.last = Some(letter.clone());
        if self.recent.len() == 64 {
            self.recent.remove(0);
        }
        self.recent.push(letter);
    }

    fn line(&mut self) -> &mut String {
        if self.done.is_empty() {
            self.done.push(String::new());
        }
        let last = self.done.len() - 1;
        &mut self.done[last]
    }

    fn space(&mut self) {
        let line = self.line();
        if !line.is_empty() && !line.ends_with(' ') {
            line.push(' ');
        }
    }

    /// How it follows the last one.
    fn step(&self, letter: &Letter) -> Step {
        let Some(last) = &self.last else { return Step::On };
        let (x, y) = (last.to.0 - last.from.0, last.to.1 - last.from.1);
        let long = x.hypot(y);
        let (x, y) = if long < 1e-9 { (1.0, 0.0) } else { (x / long, y / long) };
        let (dx, dy) = (letter.from.0 - last.to.0, letter.from.1 - last.to.1);
        let size = last.size.max(letter.size).max(1e-6);
        let (along, across) = ((dx * x + dy * y) / size, (dx * -y + dy * x) / size);
        if !along.is_finite() || STEP < across.abs() || along < -BACK {
            Step::Line
        } else if GAP < along {
            Step::Word
        } else {
            Step::On
        }
    }

    /// Whether there is any letter.
    pub fn is_empty(&self) -> bool {
        self.known + self.unknown == 0
    }

    /// The text; none when most letters do not tell what they say.
    pub fn text(self) -> Option<String> {
        if self.known + self.unknown != 0 && UNKNOWN * (self.known + self.unknown) < self.unknown * 100 {
            return None;
        }
        Some(join(self.done.iter().map(String::as_str)))
    }
}

enum Step {
    On,
    Word,
    Line,
}

/// Lines as one text. A word that is broken over two of them is whole again.
pub fn join<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    let mut text = String::new();
    for line in lines {
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        let begins = line.chars().next().unwrap_or(' ');
        if let Some(before) = text.strip_suffix('\u{ad}') {
            text.truncate(before.len());
        } else if ends_in_hyphen(&text) && begins.is_lowercase() {
            text.pop();
        } else if ends_in_hyphen(&text) && begins.is_alphabetic() {
            // A double name, broken at its own hyphen.
        } else if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(line);
    }
    text.replace('\u{ad}', "")
}

fn ends_in_hyphen(text: &str) -> bool {
    let mut last = text.chars().rev();
    matches!(last.next(), Some('-' | '\u{2010}' | '\u{2011}')) && last.next().is_some_and(char::is_alphabetic)
}

/// Letters as they are searched for: ligatures taken apart, odd spaces plain, nothing invisible.
pub fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\u{fb00}' => plain.push_str("ff"),
            '\u{fb01}' => plain.push_str("fi"),
            '\u{fb02}' => plain.push_str("fl"),
            '\u{fb03}' => plain.push_str("ffi"),
            '\u{fb04}' => plain.push_str("ffl"),
            '\u{fb05}' | '\u{fb06}' => plain.push_str("st"),
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}' => {}
            '\u{ad}' => plain.push(letter),
            _ if letter.is_whitespace() => plain.push(' '),
            _ if letter.is_control() => {}
            _ => plain.push(letter),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Letters at these places, each half as wide as the font is high.
    fn letters(parts: &[(&str, f64, f64)]) -> Option<String> {
        let mut lines = Lines::default();
        for (text, mut x, y) in parts.iter().copied() {
            for letter in text.chars() {
                lines.take(Letter { text: Some(letter.into()), from: (x, y), to: (x + 5.0, y), size: 10.0 });
                x += 5.0;
            }
        }
        lines.text()
    }

    #[test]
    fn gaps_are_spaces_and_steps_are_lines() {
        for (parts, expected) in [
            (&[("Ingrid", 0.0, 0.0), ("Solbergvik", 33.0, 0.0)][..], "Ingrid Solbergvik"),
            (&[("Sol", 0.0, 0.0), ("bergvik", 15.5, 0.0)], "Solbergvik"),
            (&[("Ingrid ", 0.0, 0.0), (" Solbergvik", 35.0, 0.0)], "Ingrid Solbergvik"),
            (&[("one", 0.0, 0.0), ("two", 0.0, 12.0)], "one\ntwo"),
            (&[("Solberg-", 0.0, 0.0), ("vik", 0.0, 12.0)], "Solbergvik"),
            (&[("Solberg\u{ad}", 0.0, 0.0), ("vik", 0.0, 12.0)], "Solbergvik"),
            (&[("Anne-", 0.0, 0.0), ("Marie", 0.0, 12.0)], "Anne-Marie"),
            (&[("2024 -", 0.0, 0.0), ("Marie", 0.0, 12.0)], "2024 -\nMarie"),
            (&[("right", 50.0, 0.0), ("left", 0.0, 0.0)], "right\nleft"),
            (&[("bold", 0.0, 0.0), ("bold", 0.3, 0.0)], "bold"),
            (&[("x", 0.0, 0.0), ("2", 5.0, -4.0)], "x2"),
            (&[("\u{fb01}nd", 0.0, 0.0)], "find"),
        ] {
            assert_eq!(letters(parts).as_deref(), Some(expected), "{parts:?}");
        }
    }

    #[test]
    fn letters_that_do_not_tell_what_they_say_are_no_text() {
        let mut lines = Lines::default();
        for x in 0..10_u8 {
            let text = (x < 5).then(|| x.to_string());
            let x = f64::from(x) * 5.0;
            lines.take(Letter { text, from: (x, 0.0), to: (x + 5.0, 0.0), size: 10.0 });
        }
        assert_eq!(lines.text(), None);
    }
}
