//! Who plays: every identity of a world, on both sides of the blind. Two worlds with other casts are the same story.
//!
//! Every word here occurs nowhere else, so that each is a canary as well.

/// A person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Person {
    /// As they have typed it.
    pub name: &'static str,
    /// What they sign in with.
    pub email: &'static str,
}

/// A centre with its people, and the words by which its papers name it.
#[derive(Clone, Copy, Debug)]
pub struct House {
    /// Its name.
    pub centre: &'static str,
    /// Its town.
    pub city: &'static str,
    /// Its country.
    pub country: &'static str,
    /// Where its links lead.
    pub host: &'static str,
    /// What its file is called.
    pub file: &'static str,
    /// Answers for it.
    pub lead: Person,
    /// Works on it.
    pub contributor: Person,
    /// Confirm the application.
    pub signatories: [Person; 3],
}

/// A reviewer.
#[derive(Clone, Copy, Debug)]
pub struct Judge {
    /// Who it is.
    pub person: Person,
    /// Where they work.
    pub institution: &'static str,
    /// In which country.
    pub country: &'static str,
    /// Whom they have written with.
    pub tie: &'static str,
}

/// Everybody.
#[derive(Clone, Copy, Debug)]
pub struct Cast {
    /// The centres.
    pub houses: [House; 2],
    /// The reviewers.
    pub judges: [Judge; 3],
    /// The secretariat, twice; and the chair.
    pub group: [Person; 3],
}

const fn person(name: &'static str, email: &'static str) -> Person {
    Person { name, email }
}

/// The first centres.
const HOUSES: [House; 2] = [
    House {
        centre: "Quillmere Cancer Centre",
        city: "Quilltown",
        country: "Quillonia",
        host: "papers.quillmere.example",
        file: "Quillmere-protocol.pdf",
        lead: person("Adelinda Quarrington", "a.quarrington@quillmere.example"),
        contributor: person("Bertrand Quennelby", "b.quennelby@quillmere.example"),
        signatories: [
            person("Cordula Questwick", "c.questwick@quillmere.example"),
            person("Desmond Quibberly", "d.quibberly@quillmere.example"),
            person("Esmeralda Quorndon", "e.quorndon@quillmere.example"),
        ],
    },
    House {
        centre: "Wexcombe Cancer Centre",
        city: "Wexbourne",
        country: "Wexonia",
        host: "papers.wexcombe.example",
        file: "Wexcombe-protocol.pdf",
        lead: person("Fridolin Wexelby", "f.wexelby@wexcombe.example"),
        contributor: person("Gundula Wexington", "g.wexington@wexcombe.example"),
        signatories: [
            person("Horatia Wexworthy", "h.wexworthy@wexcombe.example"),
            person("Isidor Wexfield", "i.wexfield@wexcombe.example"),
            person("Jolanthe Wexmoor", "j.wexmoor@wexcombe.example"),
        ],
    },
];

/// Other centres; names of other lengths, in another order of the alphabet.
const OTHER_HOUSES: [House; 2] = [
    House {
        centre: "Zyndria University Hospital of Zyndhafen",
        city: "Zyndhafen",
        country: "Zyndrien",
        host: "zyndria.example",
        file: "2026 (final) Zyndria.pdf",
        lead: person("Zo Zynd", "zo@zyndria.example"),
        contributor: person("Professor Zacharias Zyndenberger", "zacharias.zyndenberger@zyndria.example"),
        signatories: [
            person("Zenobia Zyndel", "z.zyndel@zyndria.example"),
            person("Zoltan Zyndmann", "z.zyndmann@zyndria.example"),
            person("Zelda Zyndrup", "z.zyndrup@zyndria.example"),
        ],
    },
    House {
        centre: "Abbryx",
        city: "Abbryxton",
        country: "Abbryxland",
        host: "www.abbryx.example",
        file: "Abbryx.pdf",
        lead: person("Abelard Abbryxen", "abelard@abbryx.example"),
        contributor: person("Abigail Abbryxsen", "abigail@abbryx.example"),
        signatories: [
            person("Absalom Abbryxo", "absalom@abbryx.example"),
            person("Abraxas Abbryxi", "abraxas@abbryx.example"),
            person("Abundia Abbryxa", "abundia@abbryx.example"),
        ],
    },
];

/// The first reviewers.
const JUDGES: [Judge; 3] = [
    Judge {
        person: person("Kunigunde Marlowitz", "k.marlowitz@marlinstitute.example"),
        institution: "Marlinstitute Vessia",
        country: "Vessia",
        tie: "Leopoldine Marlbrecht",
    },
    Judge {
        person: person("Nepomuk Tarnhelm", "n.tarnhelm@tarnklinik.example"),
        institution: "Tarnklinik Ostrovia",
        country: "Ostrovia",
        tie: "Ottokar Tarnfels",
    },
    Judge {
        person: person("Philomena Dunkelrode", "p.dunkelrode@dunkelspital.example"),
        institution: "Dunkelspital Morvania",
        country: "Morvania",
        tie: "Quirin Dunkelbach",
    },
];

/// Other reviewers, none of the names as long as the one it stands for, in another order of the alphabet.
const OTHER_JUDGES: [Judge; 3] = [
    Judge {
        person: person("Xu Yvetot", "xu@yvetot.example"),
        institution: "Yvetot",
        country: "Yvetonia",
        tie: "Xaveria Yvetaux",
    },
    Judge {
        person: person("Professor Cunegonda Bellarmine-Oxhaven", "cunegonda.bellarmine-oxhaven@oxhaven.example"),
        institution: "The Oxhaven Royal Institute of Bellarmine Studies",
        country: "Oxhavenia",
        tie: "Cosima Oxhavener",
    },
    Judge {
        person: person("Abo Lund", "abo@lundq.example"),
        institution: "Lundq",
        country: "Lundqia",
        tie: "Asta Lundqist",
    },
];

/// The working group.
const GROUP: [Person; 3] = [
    person("Rosamund Ferncastle", "r.ferncastle@secretariat.example"),
    person("Sieglinde Ferngate", "s.ferngate@secretariat.example"),
    person("Tiberius Fernhill", "t.fernhill@secretariat.example"),
];

impl Cast {
    /// The one that every other is held against.
    pub const FIRST: Self = Self { houses: HOUSES, judges: JUDGES, group: GROUP };

    /// The same with other reviewers in these places.
    #[must_use]
    pub fn with_other_judges(mut self, places: &[usize]) -> Self {
        for place in places {
            self.judges[*place] = OTHER_JUDGES[*place];
        }
        self
    }

    /// The same with other centres.
    #[must_use]
    pub const fn with_other_houses(mut self) -> Self {
        self.houses = OTHER_HOUSES;
        self
    }
}

impl Person {
    /// The words that name them.
    pub fn words(self) -> Vec<&'static str> {
        let family = self.name.rsplit_once(' ').map_or(self.name, |(_, family)| family);
        vec![self.name, family, self.email]
    }
}

impl House {
    /// Everybody of it.
    pub fn people(&self) -> Vec<Person> {
        [&[self.lead, self.contributor], self.signatories.as_slice()].concat()
    }

    /// The words that name it and its people.
    pub fn words(&self) -> Vec<&'static str> {
        let first = self.centre.split(' ').next().unwrap_or(self.centre);
        let own = [self.centre, first, self.city, self.country, self.host, self.file];
        own.into_iter().chain(self.people().into_iter().flat_map(Person::words)).collect()
    }
}

impl Judge {
    /// The words that name them.
    pub fn words(&self) -> Vec<&'static str> {
        let first = self.institution.split(' ').next().unwrap_or(self.institution);
        [self.institution, first, self.country, self.tie].into_iter().chain(self.person.words()).collect()
    }
}

#[test]
fn every_word_of_a_cast_is_a_canary() {
    let all = [Cast::FIRST, Cast::FIRST.with_other_judges(&[0, 1, 2]).with_other_houses()];
    let mut people: Vec<Person> = all.iter().flat_map(|cast| cast.houses.iter().flat_map(House::people)).collect();
    people.extend(all.iter().flat_map(|cast| cast.judges.map(|judge| judge.person)));
    people.extend(GROUP);
    let (count, mut seen) = (people.len(), std::collections::BTreeSet::new());
    seen.extend(people.iter().map(|p| p.email));
    assert_eq!((count, seen.len()), (29, 29));
    for cast in all {
        for judge in cast.judges {
            assert!(cast.houses.iter().flat_map(House::words).all(|word| !judge.words().contains(&word)));
        }
    }
}
