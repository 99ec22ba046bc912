//! Who the people and centres of the demo are: invented here, or read from a file.

use crate::store::account::fold_email;
use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, fmt, path::Path};

/// How many centres the world has.
pub const CENTRES: usize = 9;

/// People in the order of the file: the lead of each centre, two contributors each of the first and the third centre,
/// the coordinator, the administrator, then for each centre the heads of department and of institute; then the second
/// coordinator, the chair and the reviewers.
pub const PEOPLE: usize = BEFORE_REVIEW + 2 + REVIEWERS;

/// Reviewers of the demo.
pub const REVIEWERS: usize = 6;

/// A file of the time before there were reviewers has this many people; the others are those that come with the program.
const BEFORE_REVIEW: usize = CENTRES + 6 + 2 * CENTRES;

/// The names of the demo that is started without a file.
const INVENTED: &str = include_str!("names.json");

/// All names of a demo world.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Names {
    centres: Vec<Centre>,
    people: Vec<Person>,
}

/// Name and place of a centre.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Centre {
    /// Its name.
    pub name: String,
    /// Its town.
    pub city: String,
    /// Its country.
    pub country: String,
}

/// Somebody of the demo.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Where a reviewer works.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub institution: String,
    /// In which country.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub country: String,
}

/// The people of one centre.
#[derive(Clone, Copy)]
pub struct Crew<'a> {
    /// Name and place.
    pub centre: &'a Centre,
    /// Answers for the application; also its corresponding physician.
    pub lead: &'a Person,
    /// Work on it.
    pub contributors: &'a [Person],
    /// Heads of department and of institute; they confirm, and have no account.
    pub heads: &'a [Person],
}

impl Names {
    /// Those that come with the program.
    pub fn invented() -> anyhow::Result<Self> {
        Self::parse(INVENTED)
    }

    /// From a file.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let text =
            std::fs::read_to_string(path).with_context(|| format!("cannot read the names file {}", path.display()))?;
        Self::parse(&text).with_context(|| format!("the names file {} is not right", path.display()))
    }

    /// Writes `names.json` into the data folder, for somebody who wants to copy and change it.
    pub fn keep(&self, data: &Path) -> anyhow::Result<()> {
        let path = data.join("names.json");
        let text = serde_json::to_string_pretty(self)? + "\n";
        std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
    }

    fn parse(text: &str) -> anyhow::Result<Self> {
        let mut names: Self = serde_json::from_str(text)?;
        if names.people.len() == BEFORE_REVIEW {
            let invented: Self = serde_json::from_str(INVENTED)?;
            names.people.extend(invented.people.into_iter().skip(BEFORE_REVIEW));
        }
        let (centres, people) = (names.centres.len(), names.people.len());
        if centres != CENTRES {
            bail!("there are {centres} centres; {CENTRES} are needed");
        }
        if people != PEOPLE {
            bail!("there are {people} people; {PEOPLE} are needed");
        }
        let of_centres = names.centres.iter().flat_map(|c| [&c.name, &c.city, &c.country]);
        let of_people = names.people.iter().flat_map(|p| [&p.name, &p.email]);
        if of_centres.chain(of_people).any(|text| text.trim().is_empty()) {
            bail!("a name, town, country or e-mail address is empty");
        }
        let mut seen = BTreeSet::new();
        for (number, person) in (1..).zip(&names.people) {
            if !person.email.contains('@') {
                bail!("the e-mail address of person {number} has no @");
            }
            if !seen.insert(fold_email(&person.email)) {
                bail!("the e-mail address of person {number} is there twice");
            }
        }
        Ok(names)
    }

    /// The people of each centre, in order.
    pub fn crews(&self) -> impl Iterator<Item = Crew<'_>> {
        let heads = self.people[CENTRES + 6..BEFORE_REVIEW].chunks(2);
        self.centres.iter().zip(&self.people).zip(heads).enumerate().map(|(index, ((centre, lead), heads))| {
            let contributors = match index {
                0 => &self.people[CENTRES..CENTRES + 2],
                2 => &self.people[CENTRES + 2..CENTRES + 4],
                _ => &[],
            };
            Crew { centre, lead, contributors, heads }
        })
    }

    /// Runs the cycle.
    pub fn coordinator(&self) -> &Person {
        &self.people[CENTRES + 4]
    }

    /// Runs it too: who takes over where the first has a conflict.
    pub fn second_coordinator(&self) -> &Person {
        &self.people[BEFORE_REVIEW]
    }

    /// Leads the working group.
    pub fn chair(&self) -> &Person {
        &self.people[BEFORE_REVIEW + 1]
    }

    /// Sit on panels.
    pub fn reviewers(&self) -> &[Person] {
        &self.people[BEFORE_REVIEW + 2..]
    }

    /// Looks after accounts.
    pub fn administrator(&self) -> &Person {
        &self.people[CENTRES + 5]
    }
}

impl fmt::Debug for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[names]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn refusal(change: impl FnOnce(&mut Value)) -> String {
        let mut names: Value = serde_json::from_str(INVENTED).expect("json");
        change(&mut names);
        Names::parse(&names.to_string()).expect_err("is refused").to_string()
    }

    #[test]
    fn the_invented_names_are_complete_and_can_be_given_again() {
        let names = Names::invented().expect("names");
        let text = serde_json::to_string_pretty(&names).expect("json");
        assert!(Names::parse(&text).expect("reads back") == names);
        assert!(names.people.iter().all(|p| p.email.ends_with(".example")));
        assert_eq!(
            names.crews().map(|c| 1 + c.contributors.len() + c.heads.len()).sum::<usize>() + 4 + REVIEWERS,
            PEOPLE
        );
        assert!(names.reviewers().iter().all(|r| !r.institution.is_empty() && !r.country.is_empty()));
        let countries: BTreeSet<&str> = names.centres.iter().map(|c| c.country.as_str()).collect();
        assert_eq!(countries.len(), CENTRES);
    }

    #[test]
    fn wrong_counts_say_how_many_are_needed() {
        let too_few = refusal(|names| drop(names["centres"].as_array_mut().expect("a list").pop()));
        assert_eq!(too_few, "there are 8 centres; 9 are needed");
        let too_many = refusal(|names| {
            names["people"].as_array_mut().expect("a list").push(json!({"name": "A", "email": "a@b.example"}));
        });
        assert_eq!(too_many, "there are 42 people; 41 are needed");
    }

    #[test]
    fn an_address_can_be_there_once_however_it_is_written() {
        let twice = refusal(|names| names["people"][4]["email"] = json!(" Ingrid.Solbergvik@FJELLVIK.example"));
        assert_eq!(twice, "the e-mail address of person 5 is there twice");
        assert_eq!(
            refusal(|names| names["people"][2]["email"] = json!("nowhere")),
            "the e-mail address of person 3 has no @"
        );
    }

    #[test]
    fn unknown_and_empty_fields_are_refused() {
        assert!(refusal(|names| names["people"][0]["phone"] = json!("1")).contains("phone"));
        assert!(refusal(|names| names["colour"] = json!("blue")).contains("colour"));
        assert_eq!(
            refusal(|names| names["centres"][0]["city"] = json!(" ")),
            "a name, town, country or e-mail address is empty"
        );
    }

    #[test]
    fn names_are_not_printed_by_chance() {
        assert_eq!(format!("{:?}", Names::invented().expect("names")), "[names]");
    }
}
