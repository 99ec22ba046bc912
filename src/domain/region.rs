//! Countries: in which region of the world they lie, and what people write there besides English.
//!
//! Regions are the continents of the geoscheme of the United Nations (M49). A country that is not known here is a region of
//! its own, so that nobody is taken for a neighbour by mistake.

mod table;

use super::fold::folded;
use table::COUNTRIES;

/// A continent of the geoscheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Region {
    /// Northern and Sub-Saharan Africa.
    Africa,
    /// Northern America, Latin America and the Caribbean.
    Americas,
    /// Central, Eastern, South-eastern, Southern and Western Asia.
    Asia,
    /// Eastern, Northern, Southern and Western Europe.
    Europe,
    /// Australia and New Zealand, Melanesia, Micronesia and Polynesia.
    Oceania,
}

impl Region {
    /// "Europe".
    pub const fn name(self) -> &'static str {
        match self {
            Self::Africa => "Africa",
            Self::Americas => "the Americas",
            Self::Asia => "Asia",
            Self::Europe => "Europe",
            Self::Oceania => "Oceania",
        }
    }
}

/// One country of the table.
#[derive(Clone, Copy, Debug)]
struct Country {
    /// As it is written in English.
    name: &'static str,
    region: Region,
    /// In which documents of a hospital may be written, besides English; names in English.
    languages: &'static [&'static str],
}

/// Other ways to write the name of a country, folded, beside the name in the table.
const ALSO: [(&str, &str); 27] = [
    ("usa", "United States"),
    ("us", "United States"),
    ("united states of america", "United States"),
    ("uk", "United Kingdom"),
    ("great britain", "United Kingdom"),
    ("england", "United Kingdom"),
    ("scotland", "United Kingdom"),
    ("wales", "United Kingdom"),
    ("northern ireland", "United Kingdom"),
    ("czech republic", "Czechia"),
    ("turkiye", "Turkey"),
    ("holland", "Netherlands"),
    ("the netherlands", "Netherlands"),
    ("republic of korea", "South Korea"),
    ("korea", "South Korea"),
    ("viet nam", "Vietnam"),
    ("russian federation", "Russia"),
    ("uae", "United Arab Emirates"),
    ("cote d ivoire", "Ivory Coast"),
    ("cote divoire", "Ivory Coast"),
    ("burma", "Myanmar"),
    ("brasil", "Brazil"),
    ("deutschland", "Germany"),
    ("espana", "Spain"),
    ("italia", "Italy"),
    ("macedonia", "North Macedonia"),
    ("republic of ireland", "Ireland"),
];

fn find(country: &str) -> Option<&'static Country> {
    let wanted = folded(country);
    let name = ALSO.iter().find(|(also, _)| *also == wanted).map_or(wanted.clone(), |(_, name)| folded(name));
    COUNTRIES.iter().find(|c| folded(c.name) == name)
}

/// The region of a country by its English name; none when it is not known.
pub fn of(country: &str) -> Option<Region> {
    find(country).map(|c| c.region)
}

/// Where a country lies, in words: "Europe", or the country itself when it is not known.
pub fn name(country: &str) -> String {
    of(country).map_or_else(|| country.trim().to_owned(), |region| region.name().to_owned())
}

/// Whether two names are of one country.
pub fn same_country(one: &str, other: &str) -> bool {
    match (find(one), find(other)) {
        (Some(one), Some(other)) => one.name == other.name,
        (None, None) => !folded(one).is_empty() && folded(one) == folded(other),
        _ => false,
    }
}

/// Where a country lies, looked up once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// No country is written.
    #[default]
    Nowhere,
    /// In a region.
    In(Region),
    /// In a country that is not known, folded.
    Alone(String),
}

impl Place {
    /// Of a country by its English name.
    pub fn of(country: &str) -> Self {
        match (of(country), folded(country)) {
            (Some(region), _) => Self::In(region),
            (None, name) if name.is_empty() => Self::Nowhere,
            (None, name) => Self::Alone(name),
        }
    }

    /// Whether somebody here stands outside the region of the other place. Who has written no country stands outside of
    /// none.
    pub fn outside(&self, other: &Self) -> bool {
        *self != Self::Nowhere && *other != Self::Nowhere && self != other
    }
}

/// In which languages, besides English, the papers of a hospital there may be written; empty when that is not known.
pub fn languages(country: &str) -> &'static [&'static str] {
    find(country).map_or(&[], |c| c.languages)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn countries_lie_where_the_united_nations_put_them() {
        for (country, region) in [
            ("Norway", Region::Europe),
            ("Chile", Region::Americas),
            ("Portugal", Region::Europe),
            ("Malaysia", Region::Asia),
            ("Kenya", Region::Africa),
            ("Canada", Region::Americas),
            ("Austria", Region::Europe),
            ("Japan", Region::Asia),
            ("India", Region::Asia),
            ("türkiye", Region::Asia),
            ("Cyprus", Region::Asia),
            ("RUSSIA", Region::Europe),
            ("Egypt", Region::Africa),
            ("Côte d’Ivoire", Region::Africa),
            ("New Zealand", Region::Oceania),
            ("U.S.A.", Region::Americas),
        ] {
            let found = of(country).or_else(|| of(&country.replace('.', "")));
            assert_eq!(found, Some(region), "{country}");
        }
    }

    #[test]
    fn every_country_stands_once_and_every_other_name_leads_to_one() {
        let names: BTreeSet<String> = COUNTRIES.iter().map(|c| folded(c.name)).collect();
        assert_eq!(names.len(), COUNTRIES.len());
        assert!(190 < names.len(), "{}", names.len());
        for (also, name) in ALSO {
            assert_eq!(folded(also), also);
            assert!(names.contains(&folded(name)), "{also} leads to {name}");
            assert!(!names.contains(also), "{also} stands in the table already");
        }
    }

    #[test]
    fn an_unknown_country_is_a_region_of_its_own() {
        assert_eq!(of("Utopia"), None);
        let outside = |one, other| Place::of(one).outside(&Place::of(other));
        assert!(!outside("Utopia", "utopia") && outside("Utopia", "Norway") && outside("Utopia", "Lilliput"));
        assert!(!outside("", "Norway") && !outside("Norway", " ") && !same_country("", ""));
        assert!(outside("Japan", "Norway") && !outside("Spain", "Norway"));
        assert!(same_country("Great Britain", "United Kingdom") && !same_country("Niger", "Nigeria"));
        assert_eq!((name("Norway").as_str(), name(" Utopia").as_str()), ("Europe", "Utopia"));
    }
}
