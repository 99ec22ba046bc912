//! The linear programme.
//!
//! For each pair that is possible there is a variable from 0 to 1, for each further review of somebody one with a rising
//! cost, and for each application how many places stay free and whether nobody comes from outside. Its rows are, on the
//! side of applications, "as many as there are places" and, inside that row, "one at least from outside"; on the side of
//! reviewers, "as many as their load grows". Each family of rows is nested, so the programme is a flow through a network:
//! its matrix is totally unimodular, and every corner of it is whole. No branching is needed.

use super::{LOAD, NEAR, SHORT, Task, Unsolved};
use good_lp::{Expression, ProblemVariables, Solution, SolverModel, Variable, microlp, variable};

/// Up to so many pairs the whole task is one programme.
const PAIRS: usize = 8_000;

/// Beyond, so many applications are one, each with what the ones before have left of everybody's load.
const PART: usize = 50;

/// There, so many reviewers are reckoned with for each application.
const CANDIDATES: usize = 16;

/// What differs less from a whole number is one.
const WHOLE: f64 = 1e-6;

/// Who is added to each application, and with how many reviewers for each it was reckoned when not with everybody.
pub(super) fn solve(task: &Task) -> Result<(Vec<Vec<usize>>, Option<usize>), Unsolved> {
    let everybody = |application: &usize| match task.applications[*application].free() {
        0 => Vec::new(),
        _ => (0..task.reviewers.len()).filter(|&reviewer| task.open(*application, reviewer)).collect(),
    };
    let all: Vec<usize> = (0..task.applications.len()).collect();
    let pairs: Vec<Vec<usize>> = all.iter().map(everybody).collect();
    let mut loads: Vec<u32> = task.reviewers.iter().map(|r| r.load).collect();
    if pairs.iter().map(Vec::len).sum::<usize>() <= PAIRS {
        return Ok((one(task, &loads, &all, &pairs)?, None));
    }
    let mut panels = Vec::new();
    for part in all.chunks(PART) {
        let mut likely = Vec::new();
        // What somebody has, in eighths: who is named sixteen times in a part gets about two of them.
        let mut eighths: Vec<u32> = loads.iter().map(|load| load * 8).collect();
        for &application in part {
            let named = likeliest(task, &loads, &eighths, application, &pairs[application]);
            for &reviewer in &named {
                eighths[reviewer] += 1;
            }
            likely.push(named);
        }
        for panel in one(task, &loads, part, &likely)? {
            for &reviewer in &panel {
                loads[reviewer] += 1;
            }
            panels.push(panel);
        }
    }
    Ok((panels, Some(CANDIDATES)))
}

/// Who is reckoned with in a part: those with the fewest reviews so far, among them those who are worth most; half of them
/// from outside the region. Among equals another beginning for each application, so that the order of the list counts for
/// nothing.
fn likeliest(task: &Task, loads: &[u32], eighths: &[u32], application: usize, open: &[usize]) -> Vec<usize> {
    let kept = CANDIDATES.max(4 * task.applications[application].free());
    let mut open: Vec<usize> = open.iter().copied().filter(|&r| loads[r] < task.reviewers[r].most).collect();
    open.sort_by_cached_key(|&reviewer| {
        let turn = (reviewer + application * 7_919) % task.reviewers.len().max(1);
        (eighths[reviewer], -task.worth(application, reviewer), turn)
    });
    let (outside, inside): (Vec<usize>, Vec<usize>) = open.iter().partition(|&&r| task.outside(application, r));
    let from_outside = (kept / 2).max(kept.saturating_sub(inside.len())).min(outside.len());
    let from_inside = kept - from_outside;
    outside.into_iter().take(from_outside).chain(inside.into_iter().take(from_inside)).collect()
}

/// The programme of some applications: who is added to each of them.
fn one(task: &Task, loads: &[u32], part: &[usize], pairs: &[Vec<usize>]) -> Result<Vec<Vec<usize>>, Unsolved> {
    let mut variables = ProblemVariables::new();
    let mut cost = Expression::from(0);
    let mut of_reviewer: Vec<Vec<Variable>> = vec![Vec::new(); task.reviewers.len()];
    let mut of_application: Vec<Vec<(usize, Variable)>> = vec![Vec::new(); pairs.len()];
    let mut rows = Vec::new();
    for (place, (&application, open)) in part.iter().zip(pairs).enumerate() {
        let free = task.applications[application].free();
        if free == 0 {
            continue;
        }
        let (mut all, mut from_outside) = (Expression::from(0), Expression::from(0));
        for &reviewer in open {
            let pair = variables.add(variable().clamp(0, 1));
            cost.add_mul(-number(task.worth(application, reviewer)), pair);
            all += pair;
            if task.outside(application, reviewer) {
                from_outside += pair;
            }
            of_reviewer[reviewer].push(pair);
            of_application[place].push((reviewer, pair));
        }
        let short = variables.add(variable().clamp(0, whole(free)));
        cost.add_mul(number(SHORT), short);
        rows.push((all + short).eq(whole(free)));
        if task.near(application, &[]) {
            let near = variables.add(variable().clamp(0, 1));
            cost.add_mul(number(NEAR), near);
            rows.push((from_outside + near).geq(1));
        }
    }
    for ((person, &so_far), pairs) in task.reviewers.iter().zip(loads).zip(&of_reviewer) {
        if pairs.is_empty() {
            continue;
        }
        let mut load: Expression = pairs.iter().sum();
        let more = usize::try_from(person.most.saturating_sub(so_far)).unwrap_or(0).min(pairs.len());
        for step in (so_far + 1..).take(more) {
            let one = variables.add(variable().clamp(0, 1));
            cost.add_mul(number(LOAD * i64::from(step)), one);
            load -= one;
        }
        rows.push(load.eq(0));
    }
    if rows.is_empty() {
        return Ok(vec![Vec::new(); pairs.len()]);
    }
    let model = variables.minimise(cost).using(microlp).with_all(rows);
    let solution = model.solve().map_err(|_| Unsolved::Solver)?;
    let chosen = |(reviewer, pair): &(usize, Variable)| match solution.value(*pair) {
        value if value < WHOLE => Ok(None),
        value if 1.0 - WHOLE < value => Ok(Some(*reviewer)),
        _ => Err(Unsolved::Fraction),
    };
    let panels = of_application.iter().map(|pairs| pairs.iter().filter_map(|pair| chosen(pair).transpose()).collect());
    panels.collect()
}

#[expect(clippy::cast_precision_loss, reason = "costs are small")]
const fn number(cost: i64) -> f64 {
    cost as f64
}

#[expect(clippy::cast_precision_loss, reason = "places are few")]
const fn whole(count: usize) -> f64 {
    count as f64
}
