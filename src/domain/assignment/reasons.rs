//! What a proposal says about itself.

use super::{Bar, Choice, Groups, Lack, Proposal, Task};
use crate::domain::region;

/// Puts every choice, and everything that is missing, into words.
pub(super) fn explain(task: &Task, panels: &[Vec<usize>], pruned: Option<usize>) -> Proposal {
    let mut loads: Vec<u32> = task.reviewers.iter().map(|r| r.load).collect();
    for &reviewer in panels.iter().flatten() {
        loads[reviewer] += 1;
    }
    let mut choices = Vec::new();
    let mut lacks = Vec::new();
    for (application, panel) in panels.iter().enumerate() {
        for &reviewer in panel {
            choices.push(Choice {
                application,
                reviewer,
                why: why(task, panel, application, reviewer, loads[reviewer]),
            });
        }
        let places = task.applications[application].free() - panel.len();
        let near = task.near(application, panel);
        if places != 0 || near {
            lacks.push(Lack { application, places, near, why: lacking(task, &loads, application, places, near) });
        }
    }
    Proposal { choices, lacks, cost: task.cost(panels), loads, pruned }
}

fn why(task: &Task, panel: &[usize], application: usize, reviewer: usize, load: u32) -> Vec<String> {
    let person = &task.reviewers[reviewer];
    let mut why = Vec::new();
    if task.outside(application, reviewer) {
        let (theirs, centre) = (region::name(&person.country), region::name(&task.applications[application].country));
        why.push(format!("Works in {theirs}; the centre is in {centre}"));
    }
    if let Some(language) = task.reads(application, reviewer) {
        why.push(format!("Reads {language}"));
    }
    let others = task.applications[application].sitting.iter().chain(panel).filter(|other| **other != reviewer);
    let known = others.fold(Groups::default(), |all, &other| all.and(task.reviewers[other].expertise));
    let own = person.expertise.without(known);
    if own.count() != 0 {
        why.push(format!("Alone on this panel in knowing {}", groups(own)));
    } else if person.expertise.count() != 0 {
        why.push(format!("Knows {}", groups(person.expertise)));
    }
    why.push(format!("Would have {load} of at most {}", person.most));
    why
}

/// "integration, research".
fn groups(groups: Groups) -> String {
    groups.list().map(|group| group.name().to_lowercase()).collect::<Vec<_>>().join(", ")
}

fn lacking(task: &Task, loads: &[u32], application: usize, places: usize, near: bool) -> Vec<String> {
    let mut why = Vec::new();
    match places {
        0 => {}
        1 => why.push(format!("1 place stays free. {}", out_of(task, loads, application, |_| true))),
        n => why.push(format!("{n} places stay free. {}", out_of(task, loads, application, |_| true))),
    }
    if near {
        let region = region::name(&task.applications[application].country);
        let outside = |reviewer: usize| task.outside(application, reviewer);
        let which = (0..task.reviewers.len()).filter(|&r| outside(r)).count();
        why.push(if which == 0 {
            format!("Nobody is known to work outside {region}")
        } else {
            format!("Nobody on the panel works outside {region}. {}", out_of(task, loads, application, outside))
        });
    }
    why
}

/// "Of 18 reviewers, 2 have a conflict, 15 have as many reviews as they take, 1 sits there."
fn out_of(task: &Task, loads: &[u32], application: usize, chosen: impl Fn(usize) -> bool) -> String {
    let place = &task.applications[application];
    let (mut all, mut conflict, mut candidate, mut declined, mut sitting, mut full) = (0, 0, 0, 0, 0, 0);
    for reviewer in (0..task.reviewers.len()).filter(|&reviewer| chosen(reviewer)) {
        all += 1;
        let bar = place.barred.iter().filter(|(barred, _)| *barred == reviewer).map(|(_, bar)| *bar).min();
        match bar {
            Some(Bar::Conflict) => conflict += 1,
            Some(Bar::Candidate) => candidate += 1,
            Some(Bar::Declined) => declined += 1,
            None if place.sitting.contains(&reviewer) => sitting += 1,
            None if task.reviewers[reviewer].most <= loads[reviewer] => full += 1,
            None => {}
        }
    }
    let say = |count: usize, one: &str, many: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        n => Some(format!("{n} {many}")),
    };
    let parts: Vec<String> = [
        say(conflict, "has a conflict", "have a conflict"),
        say(
            candidate,
            "may have a conflict that nobody has looked at",
            "may have a conflict that nobody has looked at",
        ),
        say(declined, "was asked before", "were asked before"),
        say(sitting, "sits there", "sit there"),
        say(full, "has as many reviews as they take", "have as many reviews as they take"),
    ]
    .into_iter()
    .flatten()
    .collect();
    let who = say(all, "reviewer", "reviewers").unwrap_or_else(|| "no reviewers".into());
    if parts.is_empty() { format!("There are {who}.") } else { format!("Of {who}, {}.", parts.join(", ")) }
}
