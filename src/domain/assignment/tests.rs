//! The optimum against an exhaustive search, and the measurements of the issue.

use super::*;
use proptest::prelude::*;
use std::time::Instant;

const COUNTRIES: [&str; 6] = ["Norway", "Portugal", "Japan", "Kenya", "Chile", "Utopia"];

fn reviewer(country: &str, languages: &[&str], expertise: &[Group], most: u32, load: u32) -> Reviewer {
    let expertise = Groups::of(expertise.iter().copied());
    Reviewer { expertise, most, load, ..Reviewer::new(country, languages.iter().copied()) }
}

fn application(country: &str, places: usize) -> Application {
    Application::new(country, places)
}

/// Every panel that an application can get.
fn panels_of(task: &Task, application: usize) -> Vec<Vec<usize>> {
    let open: Vec<usize> = (0..task.reviewers.len()).filter(|&r| task.open(application, r)).collect();
    (0..1_u32 << open.len())
        .map(|bits| open.iter().enumerate().filter(|(i, _)| bits & 1 << i != 0).map(|(_, &r)| r).collect::<Vec<_>>())
        .filter(|panel| panel.len() <= task.applications[application].free())
        .collect()
}

/// The least cost of all possible proposals.
fn least(task: &Task) -> i64 {
    let mut all: Vec<Vec<Vec<usize>>> = vec![Vec::new()];
    for application in 0..task.applications.len() {
        let more = panels_of(task, application);
        all = all
            .iter()
            .flat_map(|so_far| more.iter().map(move |p| [so_far.as_slice(), std::slice::from_ref(p)].concat()))
            .collect();
    }
    let within = |panels: &&Vec<Vec<usize>>| {
        task.reviewers.iter().enumerate().all(|(r, person)| {
            let more = panels.iter().flatten().filter(|&&other| other == r).count();
            more == 0 || person.load as usize + more <= person.most as usize
        })
    };
    all.iter().filter(within).map(|panels| task.cost(panels)).min().expect("an empty proposal is one")
}

prop_compose! {
    fn reviewers()(country in 0_usize..7, reads in 0_usize..3, bits in 0_u8..32, most in 0_u32..4, load in 0_u32..3) -> Reviewer {
        let languages: [&[&str]; 3] = [&[], &["norwegian", "spanish"], &["portuguese"]];
        let country = COUNTRIES.get(country).copied().unwrap_or_default();
        Reviewer { expertise: Groups(bits), most, load, ..Reviewer::new(country, languages[reads].iter().copied()) }
    }
}

prop_compose! {
    fn applications()(country in 0_usize..6, places in 0_usize..4, sitting in 0_usize..8, barred in prop::collection::vec(0_usize..4, 0..3)) -> Application {
        let sitting = if sitting < 4 { vec![sitting] } else { Vec::new() };
        let barred = barred.into_iter().filter(|r| !sitting.contains(r)).map(|r| (r, Bar::Conflict)).collect();
        Application { sitting, barred, ..Application::new(COUNTRIES[country], places) }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_optimum_is_that_of_an_exhaustive_search(
        reviewers in prop::collection::vec(reviewers(), 4..5),
        applications in prop::collection::vec(applications(), 1..4),
    ) {
        let task = Task { applications, reviewers };
        let proposal = propose(&task).expect("a proposal");
        prop_assert_eq!(proposal.cost, least(&task));
        for choice in &proposal.choices {
            prop_assert!(task.open(choice.application, choice.reviewer), "{:?}", choice);
            prop_assert!(!choice.why.is_empty());
        }
        for (load, person) in proposal.loads.iter().zip(&task.reviewers) {
            prop_assert!(*load <= person.most.max(person.load));
        }
    }
}

#[test]
fn a_panel_that_cannot_be_filled_is_named_with_the_reason() {
    let mut north = application("Norway", 2);
    north.barred = vec![(0, Bar::Conflict), (1, Bar::Declined)];
    let task = Task {
        applications: vec![north, application("Portugal", 1)],
        reviewers: vec![
            reviewer("Norway", &[], &[], 1, 0),
            reviewer("Japan", &[], &[], 5, 0),
            reviewer("Spain", &["Norwegian"], &[Group::Research], 2, 2),
        ],
    };
    let proposal = propose(&task).expect("a proposal");
    assert_eq!(proposal.lacks.len(), 1, "{proposal:?}");
    assert_eq!(
        proposal.lacks[0].why,
        [
            "2 places stay free. Of 3 reviewers, 1 has a conflict, 1 was asked before, 1 has as many reviews as they take.",
            "Nobody on the panel works outside Europe. Of 1 reviewer, 1 was asked before.",
        ]
    );
    assert_eq!(proposal.choices.len(), 1);
    assert_eq!(
        (proposal.choices[0].reviewer, proposal.choices[0].why.join(". ").as_str()),
        (1, "Works in Asia; the centre is in Europe. Would have 1 of at most 5")
    );
}

#[test]
fn who_sits_stays_and_the_others_complement_them() {
    let mut north = application("Norway", 2);
    north.sitting = vec![0];
    let task = Task {
        applications: vec![north],
        reviewers: vec![
            reviewer("Japan", &[], &[Group::Research, Group::Education], 5, 1),
            reviewer("Spain", &[], &[Group::Research, Group::Education], 5, 0),
            reviewer("Spain", &[], &[Group::Integration], 5, 0),
        ],
    };
    let proposal = propose(&task).expect("a proposal");
    let chosen: Vec<usize> = proposal.choices.iter().map(|c| c.reviewer).collect();
    assert_eq!((chosen, proposal.lacks.len()), (vec![2], 0));
    assert_eq!(proposal.choices[0].why[0], "Alone on this panel in knowing integration");
}

#[test]
fn equally_good_panels_are_told_apart_by_what_they_know_together() {
    let halves: [&[Group]; 2] =
        [&[Group::Integration, Group::Credentialing], &[Group::ServiceProvision, Group::Research]];
    let task = Task {
        applications: vec![application("Utopia", 2); 2],
        reviewers: [0, 0, 1, 1].map(|half: usize| reviewer("Japan", &[], halves[half], 1, 0)).to_vec(),
    };
    let proposal = propose(&task).expect("a proposal");
    for application in 0..2 {
        let panel = proposal.choices.iter().filter(|c| c.application == application);
        let known = panel.fold(Groups::default(), |all, c| all.and(task.reviewers[c.reviewer].expertise));
        assert_eq!(known.count(), 4, "{proposal:?}");
    }
}

/// A task as a cycle would give it: always the same for the same numbers.
fn cycle(applications: usize, reviewers: usize, most: u32) -> Task {
    let country = |i: usize| COUNTRIES[i * 7 % 5];
    let languages: [&[&str]; 4] = [&["Portuguese"], &["Norwegian", "Spanish"], &[], &["Swahili"]];
    let people = (0..reviewers).map(|i| {
        let expertise: Vec<Group> =
            Group::ALL.into_iter().enumerate().filter(|(g, _)| (i + g) % 3 != 0).map(|(_, g)| g).collect();
        reviewer(country(i), languages[i % 4], &expertise, most, 0)
    });
    let files = (0..applications).map(|i| {
        let mut one = application(country(i / 3), 2);
        one.barred = (0..reviewers).filter(|r| (r * 31 + i * 17) % 9 == 0).map(|r| (r, Bar::Conflict)).collect();
        one
    });
    Task { applications: files.collect(), reviewers: people.collect() }
}

fn measure(applications: usize, reviewers: usize, most: u32) -> Proposal {
    let task = cycle(applications, reviewers, most);
    let begun = Instant::now();
    let proposal = propose(&task).expect("a proposal");
    let time = begun.elapsed();
    let (least, highest) = (proposal.loads.iter().min(), proposal.loads.iter().max());
    println!(
        "{applications} applications x {reviewers} reviewers x 2: {} chosen, {} lacks, loads {least:?} to {highest:?}, \
         reckoned with {:?}, {} ms",
        proposal.choices.len(),
        proposal.lacks.len(),
        proposal.pruned,
        time.as_millis()
    );
    for choice in &proposal.choices {
        assert!(task.open(choice.application, choice.reviewer), "{choice:?}");
    }
    proposal
}

#[test]
fn a_cycle_of_105_applications_and_18_reviewers() {
    let proposal = measure(105, 18, 15);
    assert_eq!((proposal.choices.len(), proposal.lacks.len()), (210, 0));
    let (least, highest) = (proposal.loads.iter().min(), proposal.loads.iter().max());
    assert_eq!((least, highest), (Some(&11), Some(&12)));
}

#[test]
fn a_cycle_of_2000_applications_and_200_reviewers() {
    let proposal = measure(2_000, 200, 30);
    assert_eq!((proposal.choices.len(), proposal.lacks.len()), (4_000, 0));
    let spread = proposal.loads.iter().max().zip(proposal.loads.iter().min()).map(|(most, least)| most - least);
    assert!(spread.is_some_and(|spread| spread <= 2), "{:?}", proposal.loads);
}
