//! Accounts and centres of the demo.

use super::{
    names::{Crew, Names, Person},
    scribe::Scribe,
    welcome::Card,
};
use crate::{
    domain::{
        id::{AccountId, CentreId},
        moment::Moment,
        signatory::Capacity,
    },
    server::codes::Secret,
    store::{
        Chance,
        centre::{CentreIdentity, Role},
    },
};

/// A centre, and who stands for it.
#[derive(Clone, Debug)]
pub struct Staff {
    /// Which centre.
    pub centre: CentreId,
    /// Answers for its applications.
    pub lead: AccountId,
    /// Work on them.
    pub contributors: Vec<AccountId>,
    /// Who confirms them, with name and address.
    pub signatories: Vec<(Capacity, Signer)>,
}

/// The working group of the demo.
#[derive(Clone, Debug)]
pub struct Office {
    /// Runs the cycles.
    pub coordinator: AccountId,
    /// Runs them too.
    pub second: AccountId,
    /// Leads the working group.
    pub chair: AccountId,
    /// Sit on panels.
    pub reviewers: Vec<Reviewer>,
}

/// A reviewer of the demo.
#[derive(Clone)]
pub struct Reviewer {
    /// Who.
    pub id: AccountId,
    /// Where they work.
    pub institution: String,
    /// In which country.
    pub country: String,
}

impl std::fmt::Debug for Reviewer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[a reviewer]")
    }
}

/// What each reviewer sees.
const REVIEWER_SEES: [&str; super::names::REVIEWERS] = [
    "a review that is under way, and a deliberation",
    "an application they are asked to review, and a deliberation",
    "no review in this cycle yet; wrote papers with a lead whose application is under review",
    "no review in this cycle yet; has worked at a centre that has submitted",
    "a review that is handed in, of a decision not yet released",
    "a review that is handed in, of a decision not yet released",
];

/// Name and address of somebody who confirms.
#[derive(Clone)]
pub struct Signer {
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[a name]")
    }
}

impl Staff {
    /// Whoever looks after a criterion: the lead after the first two, contributors in turn after the others.
    pub fn owner(&self, criterion: u8) -> AccountId {
        match self.contributors.as_slice() {
            [one, other] if 2 < criterion => {
                if criterion < 9 {
                    *one
                } else {
                    *other
                }
            }
            _ => self.lead,
        }
    }
}

/// Writes people, and gathers who can sign in.
#[derive(Debug)]
pub struct Registry<'a> {
    hash: &'a str,
    /// Where the secrets of authenticator apps are drawn from.
    codes: Chance,
    /// Who can sign in, in the order in which they were written.
    pub cards: Vec<Card>,
}

impl<'a> Registry<'a> {
    /// With the hash of the password that all share.
    pub const fn new(hash: &'a str, codes: Chance) -> Self {
        Self { hash, codes, cards: Vec::new() }
    }

    /// Who looks after the programme, and who reviews.
    pub async fn programme(&mut self, scribe: &mut Scribe<'_>, names: &Names, at: Moment) -> anyhow::Result<Office> {
        let sees = "the board of the cycle, and every application that was handed in";
        let coordinator = self.account(scribe, names.coordinator(), at, "coordinator", None, sees).await?;
        let sees = "no application: accounts and operation only";
        self.account(scribe, names.administrator(), at, "administrator", None, sees).await?;
        let sees = "the same board; confirms, and takes over where the first has a conflict";
        let second = self.account(scribe, names.second_coordinator(), at, "coordinator", None, sees).await?;
        let sees = "what is to be decided";
        let chair = self.account(scribe, names.chair(), at, "chair", None, sees).await?;
        let mut reviewers = Vec::new();
        for (person, sees) in names.reviewers().iter().zip(REVIEWER_SEES) {
            let id = self.account(scribe, person, at, "reviewer", None, sees).await?;
            reviewers.push(Reviewer { id, institution: person.institution.clone(), country: person.country.clone() });
        }
        Ok(Office { coordinator, second, chair, reviewers })
    }

    /// A centre with its people.
    pub async fn centre(
        &mut self,
        scribe: &mut Scribe<'_>,
        crew: Crew<'_>,
        at: Moment,
        sees: &str,
    ) -> anyhow::Result<Staff> {
        let centre = &crew.centre;
        let identity = CentreIdentity::new(centre.name.clone(), centre.city.clone(), centre.country.clone());
        let stamp = scribe.stamp(at, None);
        let id = scribe.tx.add_centre(&stamp, &identity).await?;
        let lead = self.account(scribe, crew.lead, at, "centre lead", Some(&centre.name), sees).await?;
        scribe.tx.join_centre(&stamp, id, lead, Role::Lead).await?;
        let mut contributors = Vec::new();
        for (person, days) in crew.contributors.iter().zip([1, 2]) {
            let at = at.plus_days(days);
            let contributor = self
                .account(scribe, person, at, "contributor", Some(&centre.name), &format!("{sees}, as a colleague"))
                .await?;
            let stamp = scribe.stamp(at, Some(lead));
            scribe.tx.join_centre(&stamp, id, contributor, Role::Contributor).await?;
            contributors.push(contributor);
        }
        let signers = std::iter::once(crew.lead)
            .chain(crew.heads)
            .map(|p| Signer { name: p.name.clone(), email: p.email.clone() });
        Ok(Staff { centre: id, lead, contributors, signatories: Capacity::ALL.into_iter().zip(signers).collect() })
    }

    async fn account(
        &mut self,
        scribe: &mut Scribe<'_>,
        person: &Person,
        at: Moment,
        role: &str,
        centre: Option<&str>,
        sees: &str,
    ) -> anyhow::Result<AccountId> {
        let roles: Vec<String> = if centre.is_none() { vec![role.to_owned()] } else { Vec::new() };
        let stamp = scribe.stamp(at, None);
        let id = scribe.tx.add_account(&stamp, &person.name, &person.email, self.hash, &roles).await?;
        let secret = Secret::draw(&self.codes);
        let sealed = secret.seal(&scribe.portal.seal, id)?;
        scribe.tx.set_up_code(&scribe.stamp(at, Some(id)), id, &sealed, 0).await?;
        self.cards.push(Card::new(role, &person.email, secret.base32(), centre, sees));
        Ok(id)
    }
}
