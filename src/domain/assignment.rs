//! Who should review what: a proposal that a coordinator accepts, changes or leaves.
//!
//! A proposal is the optimum of a linear programme (see `programme`). What counts, from most to least:
//!
//! 1. Nobody who has a conflict, who may have one, or who has declined; nobody above the most reviews they take. These are
//!    no costs: such a pair does not exist.
//! 2. Every place is filled ([`SHORT`] for each that is not).
//! 3. Each panel has somebody from outside the region of the centre ([`NEAR`] for each that has not).
//! 4. Loads are even: the n-th review of somebody costs n times [`LOAD`], so two with three each are cheaper than one with
//!    two and one with four.
//! 5. Somebody reads a language of the country ([`LANGUAGE`]), and knows groups of criteria that the panel so far does not
//!    ([`EXPERTISE`] for each).
//!
//! Panels that are equally good by this are told apart by how many groups of criteria their members know together.

mod complement;
mod programme;
mod reasons;
pub mod table;

use super::{
    criteria::Group,
    fold::folded,
    region::{self, Place},
};

/// What a place costs that nobody takes.
pub const SHORT: i64 = 100_000;
/// What a panel costs that has nobody from outside the region.
pub const NEAR: i64 = 20_000;
/// What the first review of somebody costs; the n-th costs n times as much.
pub const LOAD: i64 = 20;
/// What it is worth when somebody reads a language of the country.
pub const LANGUAGE: i64 = 3;
/// What each group of criteria is worth that nobody on the panel knows yet.
pub const EXPERTISE: i64 = 1;

/// The most reviews of somebody who has not said how many they take.
pub const MOST: u32 = 10;

/// Groups of criteria that somebody knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Groups(u8);

impl Groups {
    /// From a list.
    pub fn of(groups: impl IntoIterator<Item = Group>) -> Self {
        Self(groups.into_iter().fold(0, |bits, group| bits | 1 << group as u8))
    }

    /// The same with more.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Those that the other one has not.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// How many.
    pub const fn count(self) -> u32 {
        self.0.count_ones()
    }

    /// One by one, in the order of the official form.
    pub fn list(self) -> impl Iterator<Item = Group> {
        Group::ALL.into_iter().filter(move |group| self.0 & 1 << *group as u8 != 0)
    }
}

/// Why somebody must not be proposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bar {
    /// A conflict that was declared or recorded.
    Conflict,
    /// A computed one that nobody has looked at.
    Candidate,
    /// They were asked, and have declined or were taken out.
    Declined,
}

/// An application with what matters for its panel.
#[derive(Clone, Debug, Default)]
pub struct Application {
    /// The country of the centre.
    country: String,
    place: Place,
    /// Languages of the country, folded and in words.
    languages: Vec<(String, &'static str)>,
    /// How many reviewers it needs in all.
    pub places: usize,
    /// Who sits there already, as places in [`Task::reviewers`]: they stay.
    pub sitting: Vec<usize>,
    /// Who must not.
    pub barred: Vec<(usize, Bar)>,
}

impl Application {
    /// One of a centre in this country, with nobody on its panel.
    pub fn new(country: &str, places: usize) -> Self {
        let languages = region::languages(country).iter().map(|language| (folded(language), *language)).collect();
        Self { country: country.into(), place: Place::of(country), languages, places, ..Self::default() }
    }

    /// How many places are free.
    pub fn free(&self) -> usize {
        self.places.saturating_sub(self.sitting.len())
    }
}

/// A reviewer with what matters for assignment.
#[derive(Clone, Debug, Default)]
pub struct Reviewer {
    country: String,
    place: Place,
    /// Languages that they read, folded.
    languages: Vec<String>,
    /// What they know.
    pub expertise: Groups,
    /// The most reviews they take.
    pub most: u32,
    /// How many they have.
    pub load: u32,
}

impl Reviewer {
    /// Somebody who works in this country (empty when they have not said) and reads these languages.
    pub fn new<'a>(country: &str, languages: impl IntoIterator<Item = &'a str>) -> Self {
        let languages = languages.into_iter().map(folded).collect();
        Self { country: country.into(), place: Place::of(country), languages, most: MOST, ..Self::default() }
    }
}

/// What has to be assigned.
#[derive(Clone, Debug, Default)]
pub struct Task {
    /// Applications; a proposal names them by their place here.
    pub applications: Vec<Application>,
    /// Reviewers; likewise.
    pub reviewers: Vec<Reviewer>,
}

/// One reviewer for one application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Which application.
    pub application: usize,
    /// Who.
    pub reviewer: usize,
    /// Why, in sentences.
    pub why: Vec<String>,
}

/// What could not be done for one application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lack {
    /// Which application.
    pub application: usize,
    /// How many places stay free.
    pub places: usize,
    /// Whether nobody on the panel works outside the region of the centre.
    pub near: bool,
    /// What is missing and why, in sentences.
    pub why: Vec<String>,
}

/// A proposal.
#[derive(Clone, Debug, Default)]
pub struct Proposal {
    /// Who is to be asked for what, application by application.
    pub choices: Vec<Choice>,
    /// What is still missing.
    pub lacks: Vec<Lack>,
    /// What it costs; of two proposals for one task the cheaper one is the better one.
    pub cost: i64,
    /// How many reviews everybody would have, in the order of the task.
    pub loads: Vec<u32>,
    /// With how many reviewers for each application was reckoned, when it was not with everybody.
    pub pruned: Option<usize>,
}

/// Why there is no proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsolved {
    /// The solver has failed.
    Solver,
    /// It has answered with parts of reviewers; its programme has whole answers only.
    Fraction,
}

/// Makes a proposal. The same task gives the same proposal.
pub fn propose(task: &Task) -> Result<Proposal, Unsolved> {
    let (mut panels, pruned) = programme::solve(task)?;
    complement::improve(task, &mut panels);
    Ok(reasons::explain(task, &panels, pruned))
}

impl Task {
    /// Whether somebody may be asked for an application at all.
    pub fn open(&self, application: usize, reviewer: usize) -> bool {
        let (place, person) = (&self.applications[application], &self.reviewers[reviewer]);
        person.load < person.most
            && !place.sitting.contains(&reviewer)
            && !place.barred.iter().any(|(barred, _)| *barred == reviewer)
    }

    /// Whether somebody works outside the region of the centre.
    pub fn outside(&self, application: usize, reviewer: usize) -> bool {
        self.reviewers[reviewer].place.outside(&self.applications[application].place)
    }

    /// A language of the country that somebody reads.
    pub fn reads(&self, application: usize, reviewer: usize) -> Option<&'static str> {
        let read = &self.reviewers[reviewer].languages;
        let of_country = &self.applications[application].languages;
        of_country.iter().find(|(folded, _)| read.contains(folded)).map(|(_, language)| *language)
    }

    /// What everybody who sits there knows.
    fn known(&self, application: usize) -> Groups {
        let sitting = &self.applications[application].sitting;
        sitting.iter().fold(Groups::default(), |all, &reviewer| all.and(self.reviewers[reviewer].expertise))
    }

    /// What somebody is worth for an application, beside those who sit there.
    pub fn worth(&self, application: usize, reviewer: usize) -> i64 {
        let more = self.reviewers[reviewer].expertise.without(self.known(application)).count();
        let language = if self.reads(application, reviewer).is_some() { LANGUAGE } else { 0 };
        language + EXPERTISE * i64::from(more)
    }

    /// What panels cost; each holds who is added to an application, in the order of the task.
    pub fn cost(&self, panels: &[Vec<usize>]) -> i64 {
        let mut cost = 0;
        let mut loads: Vec<u32> = self.reviewers.iter().map(|r| r.load).collect();
        for (application, panel) in panels.iter().enumerate() {
            let place = &self.applications[application];
            let short = place.free().saturating_sub(panel.len());
            cost += SHORT * i64::try_from(short).unwrap_or(i64::MAX / SHORT);
            if self.near(application, panel) {
                cost += NEAR;
            }
            for &reviewer in panel {
                loads[reviewer] += 1;
                cost += LOAD * i64::from(loads[reviewer]) - self.worth(application, reviewer);
            }
        }
        cost
    }

    /// Whether nobody on a panel works outside the region, though there was a place to fill.
    fn near(&self, application: usize, panel: &[usize]) -> bool {
        let place = &self.applications[application];
        place.free() != 0 && !place.sitting.iter().chain(panel).any(|&reviewer| self.outside(application, reviewer))
    }
}

#[cfg(test)]
mod tests;
