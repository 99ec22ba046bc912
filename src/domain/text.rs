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
