//! Everything that assignment looks at in one cycle, as one person of the working group may see it.

use crate::{
    domain::{
        assignment::{self, Bar, Proposal, Task, Unsolved, table},
        conflict::{self, Candidate, Centre, Person},
        id::{AccountId, ApplicationId, CycleId},
    },
    store::{
        self, Tx,
        account::{PersonName, fold_email},
        assignment::{Load, Range, Reviewable, Reviewer, Taken, facts},
        centre::CentreIdentity,
        cycle::Plan,
        panel::SeatState,
    },
};
use std::collections::{BTreeMap, BTreeSet};

/// How many applications one proposal is made for; the next one takes the next.
const MOST: usize = 1_000;

/// An application with who sits there and who must not.
#[derive(Clone, Debug)]
pub struct Row {
    /// Which one.
    pub application: Reviewable,
    /// Who sits there, those who have declined as well.
    pub seats: Vec<Taken>,
}

impl Row {
    /// Seats that count: asked and accepted.
    pub fn filled(&self) -> usize {
        self.seats.iter().filter(|s| s.state != SeatState::Declined).count()
    }
}

/// A cycle whose panels are made.
#[derive(Clone, Debug)]
pub struct Assigning {
    /// Its rules.
    pub plan: Plan,
    /// Who can be asked, by account.
    pub reviewers: Vec<Reviewer>,
    /// Applications under review, by id.
    pub rows: Vec<Row>,
    /// Seats in the whole cycle.
    pub loads: BTreeMap<AccountId, Load>,
    people: BTreeMap<ApplicationId, Vec<(PersonName, PersonName)>>,
    held: BTreeSet<(ApplicationId, AccountId)>,
    dismissed: BTreeSet<(ApplicationId, AccountId, String)>,
}

/// What may be a conflict of a reviewer with a centre, as far as it was not dismissed.
pub fn candidates(
    reviewer: &Reviewer,
    centre: &CentreIdentity,
    people: &[(PersonName, PersonName)],
    country: bool,
    dismissed: impl Fn(&str) -> bool,
) -> Vec<Candidate> {
    let people: Vec<(&str, &str)> = people.iter().map(|(name, email)| (name.shown(), email.shown())).collect();
    let centre = Centre { name: centre.name(), city: centre.city(), country: centre.country(), people: &people };
    let person = Person {
        institution: &reviewer.profile.institution,
        country: &reviewer.profile.country,
        email: reviewer.email.shown(),
        ties: &reviewer.ties,
    };
    let mut found = conflict::candidates(&person, &centre, country);
    found.retain(|candidate| !dismissed(&facts(&candidate.reason)));
    found
}

/// One reviewer for one application, as a table asks for it.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The line of the table.
    pub row: u64,
    /// Which application, by its place in [`Assigning::rows`].
    pub application: usize,
    /// Who, by their place in [`Assigning::reviewers`].
    pub reviewer: usize,
}

impl Assigning {
    /// Loads what `viewer` may see of the applications after one, at most `most` of them.
    pub async fn load(
        tx: &mut Tx,
        plan: Plan,
        viewer: AccountId,
        after: Option<ApplicationId>,
        most: i64,
    ) -> store::Result<Self> {
        let cycle = plan.cycle.id;
        let applications = tx.under_review(cycle, viewer, after, most).await?;
        let range = match (applications.first(), applications.last()) {
            (Some(first), Some(last)) => (first.id, last.id),
            _ => (ApplicationId::new(0), ApplicationId::new(0)),
        };
        let mut seats: BTreeMap<ApplicationId, Vec<Taken>> = BTreeMap::new();
        for taken in tx.seats_within(cycle, range).await? {
            seats.entry(taken.application).or_default().push(taken);
        }
        let row =
            |application: Reviewable| Row { seats: seats.remove(&application.id).unwrap_or_default(), application };
        let rows = applications.into_iter().map(row).collect();
        Self::of(tx, plan, viewer, rows, range).await
    }

    async fn of(tx: &mut Tx, plan: Plan, viewer: AccountId, rows: Vec<Row>, range: Range) -> store::Result<Self> {
        let cycle: CycleId = plan.cycle.id;
        Ok(Self {
            reviewers: tx.reviewers_of(cycle).await?,
            loads: tx.loads(cycle, viewer).await?,
            people: tx.people_within(cycle, range).await?,
            held: tx.conflicts_within(cycle, range).await?,
            dismissed: tx.dismissed_within(cycle, range).await?,
            plan,
            rows,
        })
    }

    /// How many seats somebody has.
    pub fn load_of(&self, account: AccountId) -> Load {
        self.loads.get(&account).copied().unwrap_or_default()
    }

    /// Their place in the list.
    pub fn place_of(&self, account: AccountId) -> Option<usize> {
        self.reviewers.binary_search_by_key(&account, |r| r.account).ok()
    }

    /// What speaks against somebody at one application, first of all; none when nothing does.
    pub fn bar(&self, row: &Row, reviewer: &Reviewer) -> Option<Bar> {
        if self.held.contains(&(row.application.id, reviewer.account)) {
            Some(Bar::Conflict)
        } else if row.seats.iter().any(|s| s.account == reviewer.account && s.state == SeatState::Declined) {
            Some(Bar::Declined)
        } else if self.candidates(row, reviewer).is_empty() {
            None
        } else {
            Some(Bar::Candidate)
        }
    }

    /// What may be a conflict of somebody with one application.
    pub fn candidates(&self, row: &Row, reviewer: &Reviewer) -> Vec<Candidate> {
        let (at, account) = (row.application.id, reviewer.account);
        let people = self.people.get(&at).map_or(&[][..], Vec::as_slice);
        let dismissed = |facts: &str| self.dismissed.contains(&(at, account, facts.to_owned()));
        candidates(reviewer, &row.application.identity, people, self.plan.rules.country_conflict, dismissed)
    }

    /// What has to be assigned.
    fn task(&self) -> Task {
        let reviewers = self.reviewers.iter().map(|one| {
            let languages = one.profile.languages.iter().map(String::as_str);
            let mut reviewer = assignment::Reviewer::new(&one.profile.country, languages);
            reviewer.expertise = one.profile.expertise;
            reviewer.most = one.profile.most;
            reviewer.load = self.load_of(one.account).seats;
            reviewer
        });
        let applications = self.rows.iter().map(|row| {
            let country = row.application.identity.country();
            let mut one = assignment::Application::new(country, self.plan.rules.reviewers.into());
            let sitting = row.seats.iter().filter(|s| s.state != SeatState::Declined);
            one.sitting = sitting.filter_map(|s| self.place_of(s.account)).collect();
            // A seat of somebody who reviews no longer in this cycle fills its place as well.
            one.places = one.places.saturating_sub(row.filled() - one.sitting.len());
            if one.free() != 0 {
                let barred = self.reviewers.iter().enumerate();
                one.barred = barred.filter_map(|(at, r)| self.bar(row, r).map(|bar| (at, bar))).collect();
            }
            one
        });
        Task { applications: applications.collect(), reviewers: reviewers.collect() }
    }

    /// Keeps only applications whose panels are not whole, as many as one proposal is made for; answers with how many are
    /// left for the next one.
    pub fn keep_missing(&mut self) -> usize {
        let places = usize::from(self.plan.rules.reviewers);
        self.rows.retain(|row| row.filled() < places);
        let later = self.rows.len().saturating_sub(MOST);
        self.rows.truncate(MOST);
        later
    }

    /// A proposal for what is missing; choices name rows and reviewers by their places here.
    pub fn propose(&self) -> Result<Proposal, Unsolved> {
        assignment::propose(&self.task())
    }

    /// What a table asks for, or everything in it that has to be mended.
    pub fn read(&self, text: &str) -> Result<Vec<Asked>, Vec<table::Fault>> {
        let lines = table::read(text)?;
        let aliases: BTreeMap<&str, usize> =
            self.rows.iter().enumerate().map(|(at, row)| (row.application.alias.as_str(), at)).collect();
        let emails: BTreeMap<String, usize> =
            self.reviewers.iter().enumerate().map(|(at, one)| (fold_email(one.email.shown()), at)).collect();
        let (mut asked, mut faults) = (Vec::new(), Vec::new());
        let mut seen: BTreeMap<(usize, usize), u64> = BTreeMap::new();
        let mut loads: Vec<u32> = self.reviewers.iter().map(|r| self.load_of(r.account).seats).collect();
        for line in lines {
            let by_id = ApplicationId::parse(&line.application)
                .and_then(|id| self.rows.binary_search_by_key(&id, |row| row.application.id).ok());
            let application = by_id.or_else(|| aliases.get(line.application.to_uppercase().as_str()).copied());
            let reviewer = emails.get(&fold_email(&line.reviewer)).copied();
            let mut fault = |column, text: String| faults.push(table::Fault { row: line.row, column, text });
            if application.is_none() {
                fault("application", "No application under review has this alias or id".into());
            }
            if reviewer.is_none() {
                fault("reviewer", "Nobody who reviews in this cycle has this address".into());
            }
            let (Some(application), Some(reviewer)) = (application, reviewer) else { continue };
            let (row, person) = (&self.rows[application], &self.reviewers[reviewer]);
            if let Some(before) = seen.insert((application, reviewer), line.row) {
                fault("", format!("Row {before} asks the same reviewer for the same application"));
                continue;
            }
            if row.seats.iter().any(|s| s.account == person.account && s.state != SeatState::Declined) {
                fault("reviewer", "Sits on this panel already".into());
                continue;
            }
            match self.bar(row, person) {
                Some(Bar::Conflict) => fault("reviewer", "Has a conflict with this application".into()),
                Some(Bar::Declined) => fault("reviewer", "Has declined this application".into()),
                Some(Bar::Candidate) => {
                    let reasons: Vec<String> = self.candidates(row, person).into_iter().map(|c| c.reason).collect();
                    let text = format!(
                        "May have a conflict ({}). Say so, or that it is none, at the panel",
                        reasons.join("; ")
                    );
                    fault("reviewer", text);
                }
                None if person.profile.most <= loads[reviewer] => {
                    fault("reviewer", format!("Would have {} of at most {}", loads[reviewer] + 1, person.profile.most));
                }
                None => {
                    loads[reviewer] += 1;
                    asked.push(Asked { row: line.row, application, reviewer });
                }
            }
        }
        if faults.is_empty() { Ok(asked) } else { Err(faults) }
    }
}
