//! Conflicts: reasons not to review, declared or computed.
//!
//! A computed one is a candidate: two names look alike, and somebody of the working group says whether they mean the same.
//! Until then nobody is proposed for an application that they may have a conflict with.

mod likeness;

use super::{fold, region};
use likeness::{mail_domain, same_person, same_place};
use std::fmt;

/// Why somebody must not review.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The same institution.
    Institution,
    /// The same country, in cycles that say so.
    Country,
    /// They have published together.
    CoAuthor,
    /// One has taught the other.
    Mentor,
    /// Anything else.
    Other,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 5] = [Self::Institution, Self::Country, Self::CoAuthor, Self::Mentor, Self::Other];

    /// The kinds of tie that somebody can have; a country is no tie.
    pub const TIES: [Self; 4] = [Self::Institution, Self::CoAuthor, Self::Mentor, Self::Other];

    /// In the store and in forms.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Institution => "institution",
            Self::Country => "country",
            Self::CoAuthor => "co-author",
            Self::Mentor => "mentor",
            Self::Other => "other",
        }
    }

    /// "Same institution".
    pub const fn name(self) -> &'static str {
        match self {
            Self::Institution => "Same institution",
            Self::Country => "Same country",
            Self::CoAuthor => "Co-author",
            Self::Mentor => "Mentor or mentee",
            Self::Other => "Another reason",
        }
    }

    /// The kind with this key.
    pub fn parse(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.key() == key)
    }
}

/// An institution or a person that somebody is tied to. Names people: neither `Display` nor `Serialize`.
#[derive(Clone, PartialEq, Eq)]
pub struct Tie {
    /// How.
    pub kind: Kind,
    /// The name of the institution or of the person.
    pub name: String,
    /// The part of their mail addresses behind the @; may be empty.
    pub domain: String,
}

impl fmt::Debug for Tie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[a tie: {}]", self.kind.key())
    }
}

/// What is known of somebody who may review. Borrows identities for one computation.
#[derive(Clone, Copy)]
pub struct Person<'a> {
    /// Where they work, as they have written it.
    pub institution: &'a str,
    /// In which country.
    pub country: &'a str,
    /// Their mail address.
    pub email: &'a str,
    /// Who they are tied to.
    pub ties: &'a [Tie],
}

/// A centre with the people who stand behind its application.
#[derive(Clone, Copy)]
pub struct Centre<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its town.
    pub city: &'a str,
    /// Its country.
    pub country: &'a str,
    /// Name and mail address of everybody who works on the application or confirms it.
    pub people: &'a [(&'a str, &'a str)],
}

/// A reason that was computed.
#[derive(Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Which kind.
    pub kind: Kind,
    /// Why, in a sentence that may name people.
    pub reason: String,
}

impl fmt::Debug for Candidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[a candidate: {}]", self.kind.key())
    }
}

/// Reasons why somebody may have a conflict with a centre, each kind once, the plainest reason first. `country`: whether
/// the cycle takes the same country for one.
pub fn candidates(person: &Person<'_>, centre: &Centre<'_>, country: bool) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = Vec::new();
    let mut add = |kind, reason: String| {
        if !found.iter().any(|c| c.kind == kind) {
            found.push(Candidate { kind, reason });
        }
    };
    if centre.people.iter().any(|(_, email)| email.trim().eq_ignore_ascii_case(person.email.trim())) {
        add(Kind::Institution, "Takes part in this application".into());
    }
    let place = (centre.name, centre.city);
    if same_place(person.institution, place) {
        let words = format!("Works at {}; the centre is {}", person.institution.trim(), centre.name);
        add(Kind::Institution, words);
    }
    let domains: Vec<String> = centre.people.iter().filter_map(|(_, email)| mail_domain(email)).collect();
    if let Some(domain) = mail_domain(person.email).filter(|own| domains.contains(own)) {
        add(Kind::Institution, format!("Their mail address and those of the centre end in {domain}"));
    }
    for tie in person.ties {
        let kind = tie.kind;
        if kind == Kind::Institution && same_place(&tie.name, place) {
            add(kind, format!("Declared a tie to {}; the centre is {}", tie.name.trim(), centre.name));
        }
        if let Some((name, _)) = centre.people.iter().find(|(name, _)| same_person(&tie.name, name)) {
            let known = if kind == Kind::Institution { Kind::Other } else { kind };
            add(known, format!("Declared a tie to {}; {name} takes part in this application", tie.name.trim()));
        }
        if kind != Kind::Institution && same_place(&tie.name, place) {
            add(kind, format!("Declared a tie to {}; the centre is {}", tie.name.trim(), centre.name));
        }
        if let Some(domain) = mail_domain(&tie.domain).filter(|own| domains.contains(own)) {
            add(kind, format!("Declared a tie to {} with mail addresses that end in {domain}", tie.name.trim()));
        }
    }
    if country && region::same_country(person.country, centre.country) {
        add(Kind::Country, format!("Works in {}, as the centre does", person.country.trim()));
    }
    found
}

/// Whether two candidates of different days are the same one: the kind, and the sentence but for case and marks.
pub fn same_candidate(one: &Candidate, other: &Candidate) -> bool {
    one.kind == other.kind && fold::folded(&one.reason) == fold::folded(&other.reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PEOPLE: [(&str, &str); 2] = [
        ("Ingrid Solbergvik", "ingrid.solbergvik@kreft.fjellvik-hf.no"),
        ("José Núñez Álvarez", "jose.nunez@gmail.com"),
    ];

    fn centre() -> Centre<'static> {
        Centre { name: "Fjellvik Cancer Centre", city: "Fjellvik", country: "Norway", people: &PEOPLE }
    }

    fn person<'a>(institution: &'a str, country: &'a str, email: &'a str, ties: &'a [Tie]) -> Person<'a> {
        Person { institution, country, email, ties }
    }

    fn tie(kind: Kind, name: &str, domain: &str) -> Tie {
        Tie { kind, name: name.into(), domain: domain.into() }
    }

    fn kinds(person: &Person<'_>, country: bool) -> Vec<Kind> {
        candidates(person, &centre(), country).into_iter().map(|c| c.kind).collect()
    }

    #[test]
    fn institution_mail_and_country() {
        use Kind::{Country, Institution};
        for (institution, country, email, same_country, expected) in [
            ("Hoshinami University", "Japan", "a@hoshinami.ac.jp", true, vec![]),
            ("FJELLVIK kreftsenter", "Norway", "a@example.org", false, vec![Institution]),
            ("University Hospital of Fjellvík", "Norway", "a@example.org", true, vec![Institution, Country]),
            ("Elsewhere", "Norway", "a@example.org", false, vec![]),
            ("Elsewhere", "norway", "a@example.org", true, vec![Country]),
            ("Elsewhere", "", "a@post.Fjellvik-HF.no", false, vec![Institution]),
            // Shared by half the world, or only alike.
            ("Elsewhere", "", "somebody@gmail.com", false, vec![]),
            ("Elsewhere", "", "a@other-fjellvik-hf.no", false, vec![]),
            ("Cancer Centre", "", "a@example.org", false, vec![]),
            ("", "", "Jose.Nunez@gmail.com", false, vec![Institution]),
        ] {
            assert_eq!(
                kinds(&person(institution, country, email, &[]), same_country),
                expected,
                "{institution} {email}"
            );
        }
    }

    #[test]
    fn ties_that_were_declared() {
        for (one, expected) in [
            (tie(Kind::CoAuthor, "Solbergvik, Ingrid", ""), vec![Kind::CoAuthor]),
            (tie(Kind::CoAuthor, "I. Solbergvik", ""), vec![Kind::CoAuthor]),
            (tie(Kind::Mentor, "Jose Nunez", ""), vec![Kind::Mentor]),
            (tie(Kind::Mentor, "Ingrid Strandmo", ""), vec![]),
            (tie(Kind::CoAuthor, "Ingrid", ""), vec![]),
            (tie(Kind::Institution, "Fjellvik Hospital", ""), vec![Kind::Institution]),
            (tie(Kind::Institution, "Regional trust", "fjellvik-hf.no"), vec![Kind::Institution]),
            (tie(Kind::Institution, "A mail provider", "gmail.com"), vec![]),
            (tie(Kind::Institution, "Ingrid Solbergvik", ""), vec![Kind::Other]),
            (tie(Kind::Other, "Fjellvik Cancer Centre", ""), vec![Kind::Other]),
        ] {
            let ties = [one];
            let found = kinds(&person("Elsewhere", "Chile", "a@example.org", &ties), true);
            assert_eq!(found, expected, "{}", ties[0].name);
        }
    }

    #[test]
    fn each_reason_says_what_is_alike_and_none_prints_itself() {
        let ties = [tie(Kind::CoAuthor, "ingrid solbergvik", "")];
        let found = candidates(&person("Fjellvik sykehus", "Norway", "a@example.org", &ties), &centre(), true);
        let reasons: Vec<&str> = found.iter().map(|c| c.reason.as_str()).collect();
        assert_eq!(
            reasons,
            [
                "Works at Fjellvik sykehus; the centre is Fjellvik Cancer Centre",
                "Declared a tie to ingrid solbergvik; Ingrid Solbergvik takes part in this application",
                "Works in Norway, as the centre does",
            ]
        );
        let printed = format!("{found:?} {ties:?}");
        assert!(!printed.to_lowercase().contains("solbergvik") && !printed.contains("Fjellvik"), "{printed}");
    }

    #[test]
    fn kinds_read_back() {
        for kind in Kind::ALL {
            assert_eq!(Kind::parse(kind.key()), Some(kind));
        }
        assert_eq!(Kind::parse("Institution"), None);
    }
}
