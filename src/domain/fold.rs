//! Names as they are compared: without case, diacritics and punctuation.

use super::text;

/// Words in lower-case letters of the Latin alphabet where there is one: "Hôpital St. Étienne" is `hopital`, `st`,
/// `etienne`. Other scripts keep their letters.
pub fn words(typed: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for letter in typed.chars().flat_map(char::to_lowercase) {
        match letter {
            // Combining marks, and what stands inside a word.
            '\u{300}'..='\u{36f}' | '\'' | '\u{2019}' => {}
            _ if letter.is_alphanumeric() => {
                if let Some(word) = words.last_mut() {
                    match letter {
                        'æ' => word.push_str("ae"),
                        'œ' => word.push_str("oe"),
                        'ß' => word.push_str("ss"),
                        'þ' => word.push_str("th"),
                        _ => word.push(text::fold(letter)),
                    }
                }
            }
            _ => words.push(String::new()),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The words with one space between them.
pub fn folded(typed: &str) -> String {
    words(typed).join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_without_case_marks_and_punctuation() {
        for (text, expected) in [
            ("Hôpital  St. Étienne", "hopital st etienne"),
            ("KRANKENHAUS WEIẞENSEE", "krankenhaus weissensee"),
            ("E\u{301}toile", "etoile"),
            ("İzmir Şehir", "izmir sehir"),
            ("St Mary's / Łódź-Æther", "st marys lodz aether"),
            ("東京がんセンター", "東京がんセンター"),
            (" .,- ", ""),
        ] {
            assert_eq!(folded(text), expected, "{text}");
            assert_eq!(folded(&folded(text)), expected, "{text}");
        }
    }
}
