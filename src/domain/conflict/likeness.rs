//! When two names may mean the same place or person.

use super::fold::words;
use std::collections::BTreeSet;

/// Words that say what kind of place it is, not which one.
const GENERIC: [&str; 66] = [
    "a",
    "academic",
    "and",
    "at",
    "cancer",
    "cancro",
    "care",
    "center",
    "centre",
    "centro",
    "clinic",
    "clinica",
    "clinical",
    "clinics",
    "college",
    "comprehensive",
    "council",
    "da",
    "de",
    "del",
    "department",
    "der",
    "di",
    "do",
    "e",
    "faculty",
    "for",
    "foundation",
    "general",
    "gmbh",
    "group",
    "health",
    "hopital",
    "hospice",
    "hospital",
    "hospitals",
    "institut",
    "institute",
    "integrated",
    "international",
    "klinik",
    "kreftsenter",
    "krankenhaus",
    "la",
    "medical",
    "medicine",
    "national",
    "nhs",
    "of",
    "oncology",
    "oncologia",
    "palliative",
    "regional",
    "research",
    "saint",
    "san",
    "school",
    "service",
    "st",
    "sykehus",
    "the",
    "trust",
    "tumour",
    "und",
    "universitario",
    "university",
];

/// Mail services that everybody can use: to share one says nothing.
const PUBLIC: [&str; 38] = [
    "126.com",
    "163.com",
    "aol.com",
    "daum.net",
    "fastmail.com",
    "free.fr",
    "gmail.com",
    "gmx.at",
    "gmx.ch",
    "gmx.com",
    "gmx.de",
    "gmx.net",
    "googlemail.com",
    "hanmail.net",
    "hotmail.com",
    "hotmail.co.uk",
    "hotmail.fr",
    "hotmail.it",
    "icloud.com",
    "laposte.net",
    "libero.it",
    "live.com",
    "mail.com",
    "mail.ru",
    "me.com",
    "msn.com",
    "naver.com",
    "orange.fr",
    "outlook.com",
    "proton.me",
    "protonmail.com",
    "qq.com",
    "rediffmail.com",
    "t-online.de",
    "web.de",
    "yahoo.co.jp",
    "yahoo.com",
    "yandex.ru",
];

/// Second labels below which organisations have names of their own, as in `ac.uk`.
const SECOND: [&str; 18] = [
    "ac", "co", "com", "edu", "go", "gob", "gov", "gouv", "gv", "health", "ne", "net", "nhs", "nom", "or", "org",
    "sch", "univ",
];

fn telling(text: &str) -> BTreeSet<String> {
    words(text).into_iter().filter(|w| 1 < w.chars().count() && !GENERIC.contains(&w.as_str())).collect()
}

/// Whether an institution may be a centre of this name in this town. What counts is the words that tell one place from
/// another: all of the shorter name have to stand in the other one. A town alone says so only when it names the centre.
pub fn same_place(institution: &str, (name, city): (&str, &str)) -> bool {
    let (own, theirs) = (telling(institution), telling(name));
    if !own.is_empty() && !theirs.is_empty() && (own.is_subset(&theirs) || theirs.is_subset(&own)) {
        return true;
    }
    // "Cancer Centre" in a town: only the town tells which one.
    let town = telling(city);
    theirs.is_empty() && !town.is_empty() && town.is_subset(&own)
}

/// Whether two names may be of one person: all parts of the shorter one, two at least, stand in the other one, in whatever
/// order. An initial stands for a part that begins with it; one part at least has to be the same as a whole.
pub fn same_person(one: &str, other: &str) -> bool {
    let (one, other) = (words(one), words(other));
    let (few, many) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    let mut left = many.clone();
    let fits = |part: &String, word: &String| {
        part == word
            || (part.chars().count() == 1 || word.chars().count() == 1) && part.chars().next() == word.chars().next()
    };
    // Whole parts first, so that an initial does not take the part that another one needs.
    let (whole, initials): (Vec<&String>, Vec<&String>) = few.iter().partition(|part| 1 < part.chars().count());
    let all = whole.iter().chain(&initials).all(|part| {
        let place =
            left.iter().position(|word| word == *part).or_else(|| left.iter().position(|word| fits(part, word)));
        place.map(|place| left.remove(place)).is_some()
    });
    all && 2 <= few.len() && whole.iter().any(|part| many.contains(part))
}

/// The part of an address that belongs to one organisation: `kreft.fjellvik-hf.no` is `fjellvik-hf.no`, `x.ox.ac.uk` is
/// `ox.ac.uk`. None for a service that everybody can use. Takes an address or a domain alone.
pub fn mail_domain(address: &str) -> Option<String> {
    let address = address.trim().to_lowercase();
    let domain = address.rsplit_once('@').map_or(address.as_str(), |(_, domain)| domain).trim_matches('.');
    let labels: Vec<&str> = domain.split('.').collect();
    let [.., second, top] = labels.as_slice() else { return None };
    let kept = if top.len() == 2 && SECOND.contains(second) { 3 } else { 2 };
    let own = labels.get(labels.len().checked_sub(kept)?..)?.join(".");
    let whole = !own.split('.').any(str::is_empty);
    (whole && !PUBLIC.contains(&own.as_str()) && !PUBLIC.contains(&domain)).then_some(own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_the_same_by_the_words_that_tell_them_apart() {
        for (institution, name, city, expected) in [
            ("Royal Marsden", "The Royal Marsden NHS Foundation Trust", "London", true),
            ("Hôpital Saint-Étienne", "Centre Etienne", "Lyon", true),
            ("Kantonsspital St. Gallen", "Hospital San Gallen", "Gallen", true),
            ("University Hospital", "Cancer Centre", "Oslo", false),
            ("Oslo University Hospital", "Cancer Centre", "Oslo", true),
            ("Oslo University Hospital", "Radium Cancer Centre", "Oslo", false),
            ("", "Cancer Centre", "", false),
            ("North Clinic", "Northern Clinic", "Hull", false),
        ] {
            assert_eq!(same_place(institution, (name, city)), expected, "{institution} / {name}");
        }
    }

    #[test]
    fn people_are_the_same_in_another_order_and_with_initials() {
        for (one, other, expected) in [
            ("Ana María Ruiz", "RUIZ Ana Maria", true),
            ("A. Ruiz", "Ana María Ruiz", true),
            ("Ruiz, M.", "Ana María Ruiz", true),
            ("A. M.", "Ana María", false),
            ("Ruiz", "Ana Ruiz", false),
            ("Ana Ruiz", "Ana Ruiz-Lopez", true),
            ("Ana Ruiz", "Ana Lopez", false),
            ("", "", false),
        ] {
            assert_eq!(same_person(one, other), expected, "{one} / {other}");
            assert_eq!(same_person(other, one), expected, "{other} / {one}");
        }
    }

    #[test]
    fn a_domain_belongs_to_one_organisation_or_to_nobody() {
        for (address, expected) in [
            ("a@kreft.fjellvik-hf.no", Some("fjellvik-hf.no")),
            ("a@Nott.OX.ac.uk", Some("ox.ac.uk")),
            ("b@ox.ac.uk", Some("ox.ac.uk")),
            ("hospital.go.jp", Some("hospital.go.jp")),
            ("a@ac.uk", None),
            ("a@GMail.com", None),
            ("a@yahoo.co.jp", None),
            ("localhost", None),
            ("a@b..no", None),
            ("", None),
        ] {
            assert_eq!(mail_domain(address).as_deref(), expected, "{address}");
        }
    }
}
