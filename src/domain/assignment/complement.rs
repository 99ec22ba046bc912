//! Among proposals of the same cost: panels whose members know more groups of criteria together.
//!
//! Two reviewers of two panels change places where that adds groups and costs nothing. Loads stay as they are.

use super::{Groups, Task};

/// How often all pairs of places are gone through at most.
const ROUNDS: usize = 4;

/// Up to so many new places; beyond, a round would take longer than it is worth.
const PLACES: usize = 6_000;

/// Changes places until nothing gets better.
pub(super) fn improve(task: &Task, panels: &mut [Vec<usize>]) {
    let places: Vec<(usize, usize)> =
        panels.iter().enumerate().flat_map(|(a, panel)| (0..panel.len()).map(move |place| (a, place))).collect();
    if PLACES < places.len() {
        return;
    }
    for _ in 0..ROUNDS {
        let mut better = false;
        for (index, &one) in places.iter().enumerate() {
            for &other in &places[index + 1..] {
                better |= change(task, panels, one, other);
            }
        }
        if !better {
            return;
        }
    }
}

fn change(task: &Task, panels: &mut [Vec<usize>], one: (usize, usize), other: (usize, usize)) -> bool {
    let (first, second) = (panels[one.0][one.1], panels[other.0][other.1]);
    if one.0 == other.0 || first == second || task.reviewers[first].expertise == task.reviewers[second].expertise {
        return false;
    }
    let (before, groups) = (value(task, panels, one.0, other.0), known(task, panels, one.0, other.0));
    let taken = panels[one.0].contains(&second) || panels[other.0].contains(&first);
    let free = |application: usize, reviewer: usize| {
        let place = &task.applications[application];
        !place.sitting.contains(&reviewer) && !place.barred.iter().any(|(barred, _)| *barred == reviewer)
    };
    if taken || !free(one.0, second) || !free(other.0, first) {
        return false;
    }
    panels[one.0][one.1] = second;
    panels[other.0][other.1] = first;
    let better = value(task, panels, one.0, other.0) <= before && groups < known(task, panels, one.0, other.0);
    if !better {
        panels[one.0][one.1] = first;
        panels[other.0][other.1] = second;
    }
    better
}

/// What two panels cost, loads left out.
fn value(task: &Task, panels: &[Vec<usize>], one: usize, other: usize) -> i64 {
    [one, other].into_iter().fold(0, |cost, application| {
        let worth: i64 = panels[application].iter().map(|&reviewer| task.worth(application, reviewer)).sum();
        let near = if task.near(application, &panels[application]) { super::NEAR } else { 0 };
        cost + near - worth
    })
}

/// How many groups two panels know.
fn known(task: &Task, panels: &[Vec<usize>], one: usize, other: usize) -> u32 {
    let of = |application: usize| {
        let all: Groups =
            panels[application].iter().fold(task.known(application), |all, &r| all.and(task.reviewers[r].expertise));
        all.count()
    };
    of(one) + of(other)
}
