//! Text that people type: counting and tidying, never changing what it says.

/// The longest narrative, in words; more than this is refused at submission, never when saving a draft.
pub const NARRATIVE_WORDS: usize = 400;

/// The most bytes one typed field may hold; beyond this a request is refused whole, with the text shown for copying.
pub const FIELD_BYTES: usize = 100_000;

/// Words as a person counts them: runs of characters between white space.
pub fn words(text: &str) -> usize {
    text.split_whitespace().count()
}

/// Line ends as the browser's form sends them (`\r\n`) become `\n`; nothing else changes.
pub fn unify_lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// One line from something typed: no control characters, no white space around it.
pub fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>().trim().to_owned()
}

/// Whether two names are the same but for case, spaces and punctuation.
pub fn same_name(one: &str, other: &str) -> bool {
    let bare =
        |text: &str| text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    bare(one) == bare(other)
}

/// A letter without case and accents, for comparing names: "É" and "e" are the same.
pub fn fold(letter: char) -> char {
    let lower = letter.to_lowercase().next().unwrap_or(letter);
    match lower {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ă' | 'ą' => 'a',
        'ç' | 'ć' | 'č' | 'ĉ' | 'ċ' => 'c',
        'ď' | 'đ' | 'ð' => 'd',
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => 'e',
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => 'g',
        'ĥ' | 'ħ' => 'h',
        'ì' | 'í' | 'î' | 'ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' => 'i',
        'ĵ' => 'j',
        'ķ' => 'k',
        'ĺ' | 'ļ' | 'ľ' | 'ł' => 'l',
        'ñ' | 'ń' | 'ņ' | 'ň' => 'n',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ō' | 'ŏ' | 'ő' => 'o',
        'ŕ' | 'ŗ' | 'ř' => 'r',
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => 's',
        'ţ' | 'ť' | 'ŧ' | 'ț' => 't',
        'ù' | 'ú' | 'û' | 'ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => 'u',
        'ŵ' => 'w',
        'ý' | 'ÿ' | 'ŷ' => 'y',
        'ź' | 'ż' | 'ž' => 'z',
        '’' => '\'',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_are_counted_between_white_space() {
        assert_eq!(words(""), 0);
        assert_eq!(words("  One\u{a0}two,\nthree — four "), 5);
    }

    #[test]
    fn names_are_the_same_whatever_stands_between_the_letters() {
        assert!(same_name("St. Mary's  Cancer Centre", "st marys cancer-centre"));
        assert!(same_name("ÅRHUS Klinik", "århus klinik"));
        assert!(!same_name("North Cancer Centre", "North Cancer Centre 2"));
    }

    proptest! {
        #[test]
        fn unified_text_has_no_carriage_return_and_is_stable(text in ".{0,200}") {
            let once = unify_lines(&text);
            prop_assert!(!once.contains('\r'));
            prop_assert_eq!(unify_lines(&once), once);
        }
    }
}
