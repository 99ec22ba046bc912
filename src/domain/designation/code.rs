//! The code of a certificate: short enough to be typed from paper, long enough not to be guessed.

use std::fmt;

/// Digits and capitals without those that look alike: no 0 and O, no 1, I and L. Thirty-one of them, a prime number, so
/// that the check character notices every wrong character and every two that were swapped.
const LETTERS: &[u8; 31] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";

/// Random characters, before the check character.
const RANDOM: usize = 11;

/// Characters between two dashes.
const GROUP: usize = 4;

/// The code of a certificate: eleven random characters and one that checks them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code(String);

impl Code {
    /// From 128 random bits, of which about 54 remain.
    pub fn draw(bits: u128) -> Self {
        let mut rest = bits;
        let mut values = Vec::with_capacity(RANDOM + 1);
        for _ in 0..RANDOM {
            values.push(u32::try_from(rest % 31).unwrap_or(0));
            rest /= 31;
        }
        values.push(check(&values));
        Self(values.into_iter().map(letter).collect())
    }

    /// Reads a code as people type it: with or without dashes and spaces, in capitals or not. `None` when it cannot be one:
    /// too long, too short, or a character is wrong.
    ///
    /// ```
    /// # use designated_centres::domain::designation::Code;
    /// let code = Code::draw(7);
    /// assert_eq!(Code::parse(&format!(" {} ", code.to_string().to_lowercase())), Some(code));
    /// assert_eq!(Code::parse("2222-2222-2223"), None);
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        let plain: String = text
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '\u{2010}'..='\u{2015}' | '.'))
            .map(|c| c.to_ascii_uppercase())
            .collect();
        let values: Vec<u32> = plain.chars().map(value).collect::<Option<_>>()?;
        let (last, rest) = values.split_last()?;
        (rest.len() == RANDOM && *last == check(rest)).then_some(Self(plain))
    }

    /// Without dashes, as it is kept.
    pub fn plain(&self) -> &str {
        &self.0
    }
}

/// In groups, "7HQM-2KXD-94TB".
impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, letter) in self.0.chars().enumerate() {
            if place != 0 && place % GROUP == 0 {
                f.write_str("-")?;
            }
            write!(f, "{letter}")?;
        }
        Ok(())
    }
}

fn letter(value: u32) -> char {
    usize::try_from(value).ok().and_then(|at| LETTERS.get(at)).map_or('2', |byte| char::from(*byte))
}

fn value(letter: char) -> Option<u32> {
    LETTERS.iter().position(|byte| char::from(*byte) == letter).and_then(|at| u32::try_from(at).ok())
}

/// The sum of all values, each times its place, and of the check character times its own, is a multiple of 31.
fn check(values: &[u32]) -> u32 {
    let sum: u32 = (1..).zip(values).map(|(place, value)| place * value).sum();
    // The place of the check character is the twelfth; 12 times 13 is 1 more than a multiple of 31.
    (31 - sum % 31) * 13 % 31
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_code_is_three_groups_without_letters_that_look_alike() {
        let code = Code::draw(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef).to_string();
        assert_eq!(code.len(), 14);
        assert!(code.split('-').all(|group| group.len() == 4), "{code}");
        for alike in ['0', 'O', '1', 'I', 'L'] {
            assert!(!LETTERS.contains(&u8::try_from(alike).expect("ASCII")), "{alike}");
        }
    }

    #[test]
    fn what_is_no_code_is_not_read() {
        for text in ["", "2222-2222-222", "2222-2222-2222-2", "OOOO-1111-IIII", "7HQM-2KXD-94Tß", "a page"] {
            assert_eq!(Code::parse(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn a_code_is_read_back_however_it_is_typed(bits: u128) {
            let code = Code::draw(bits);
            let spaced = code.to_string().replace('-', " ");
            for typed in [code.to_string(), code.plain().to_lowercase(), spaced] {
                prop_assert_eq!(Code::parse(&typed), Some(code.clone()));
            }
        }

        #[test]
        fn one_wrong_character_is_noticed(bits: u128, place in 0_usize..12, other in 0_usize..31) {
            let code = Code::draw(bits);
            let mut wrong = code.plain().as_bytes().to_vec();
            wrong[place] = LETTERS[other];
            let wrong = String::from_utf8(wrong).expect("ASCII");
            prop_assert_eq!(Code::parse(&wrong).is_some(), wrong == code.plain());
        }

        #[test]
        fn two_swapped_characters_are_noticed(bits: u128, one in 0_usize..12, other in 0_usize..12) {
            let code = Code::draw(bits);
            let mut wrong = code.plain().as_bytes().to_vec();
            wrong.swap(one, other);
            let wrong = String::from_utf8(wrong).expect("ASCII");
            prop_assert_eq!(Code::parse(&wrong).is_some(), wrong == code.plain());
        }
    }
}
