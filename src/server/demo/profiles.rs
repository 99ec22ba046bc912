//! What reviewers of the demo say of themselves, and two ties that make a conflict candidate.

use super::{names::Names, people::Office, scribe::Scribe};
use crate::{
    domain::{
        assignment::Groups,
        conflict::{Kind, Tie},
        criteria::Group::{self, Credentialing, Education, Integration, Research, ServiceProvision},
        moment::Moment,
    },
    store::profile::Profile,
};

/// Languages besides English, groups of criteria, and the most reviews of each reviewer.
const SAID: [(&[&str], &[Group], u32); super::names::REVIEWERS] = [
    (&["French"], &[Integration, ServiceProvision], 6),
    (&["German", "French"], &[Credentialing, ServiceProvision], 4),
    (&["Italian", "Spanish"], &[Integration, Research], 5),
    (&["Japanese"], &[ServiceProvision, Education], 3),
    (&["Spanish", "Portuguese"], &[Credentialing, Research, Education], 8),
    (&["Polish", "German"], &[Integration, Credentialing], 5),
];

/// The reviewer who has published with the lead of a centre, and which centre: its application is under review.
const CO_AUTHOR: (usize, usize) = (2, 4);

/// The reviewer who has worked at a centre, and which centre: its application is submitted.
const WORKED_AT: (usize, usize) = (3, 3);

/// Every reviewer fills in their profile within the days after they have joined.
pub async fn write(scribe: &mut Scribe<'_>, names: &Names, office: &Office, joined: Moment) -> anyhow::Result<()> {
    for (reviewer, (languages, groups, most)) in office.reviewers.iter().zip(SAID) {
        let profile = Profile {
            institution: reviewer.institution.clone(),
            country: reviewer.country.clone(),
            languages: languages.iter().map(|language| (*language).to_owned()).collect(),
            expertise: Groups::of(groups.iter().copied()),
            most,
            version: 0,
        };
        let stamp = scribe.stamp(scribe.day(joined, 2), Some(reviewer.id));
        scribe.tx.save_profile(&stamp, reviewer.id, &profile).await?;
    }
    let lead = names.crews().nth(CO_AUTHOR.1).map(|crew| crew.lead.name.clone());
    let centre = names.crews().nth(WORKED_AT.1).map(|crew| crew.centre.name.clone());
    for (reviewer, kind, name, reason) in [
        (CO_AUTHOR.0, Kind::CoAuthor, lead, "Two papers together"),
        (WORKED_AT.0, Kind::Institution, centre, "Worked there as a fellow"),
    ] {
        if let (Some(reviewer), Some(name)) = (office.reviewers.get(reviewer), name) {
            let stamp = scribe.stamp(scribe.day(joined, 3), Some(reviewer.id));
            let tie = Tie { kind, name, domain: String::new() };
            scribe.tx.add_tie(&stamp, reviewer.id, &tie, reason).await?;
        }
    }
    Ok(())
}
