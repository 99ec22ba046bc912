//! Small groups are not counted in public, and nothing that is shown lets one compute them.
//!
//! A count from 1 to [`LEAST`] - 1 is hidden, be it a cell or a total; 0 is shown. That alone is not enough: the rest of
//! a row with its total gives a single hidden cell away. So more cells are hidden until none can be computed
//! (complementary suppression), and that is proved for each table, not hoped for.
//!
//! The proof: rows and columns with their totals are a network in which every count is an edge between two sums, and
//! what flows in flows out. Hidden counts are known to be at least 1. A hidden count can be computed exactly when no other
//! set of hidden counts fits the same sums, that is, when no cycle of hidden edges passes through it along which one
//! more and one less leaves all at least 1. Flows of whole numbers are made of such cycles, so that the check misses nothing.

/// Groups below this are hidden.
pub const LEAST: u64 = 5;

/// A count, for whoever may read statistics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// It can be told.
    Count(u64),
    /// It is small, or it would give away one that is.
    Hidden,
}

impl Shown {
    /// The count, or words.
    pub fn text(self) -> String {
        match self {
            Self::Count(count) => count.to_string(),
            Self::Hidden => "hidden".to_owned(),
        }
    }
}

/// Whether a group is large enough to be told of on its own.
pub const fn enough(count: u64) -> bool {
    count == 0 || LEAST <= count
}

/// One table as it may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Row by row.
    pub cells: Vec<Vec<Shown>>,
    /// The total of each row.
    pub rows: Vec<Shown>,
}

/// One or two tables of the same things, counted by something else in their rows, with common columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tables {
    /// The first.
    pub first: Table,
    /// The second.
    pub second: Table,
    /// The totals of the columns, the same for both.
    pub columns: Vec<Shown>,
    /// How many there are at all.
    pub total: Shown,
}

/// A count between two sums.
struct Edge {
    from: usize,
    to: usize,
    count: u64,
    /// Totals are hidden last.
    total: bool,
    hidden: bool,
}

/// Hides what must not be told of two tables that count the same things: `first` and `second` have the same sums in each
/// column, `columns` many. For one table alone, hand over an empty second one.
pub fn suppress(first: &[Vec<u64>], second: &[Vec<u64>], columns: usize) -> Tables {
    let one_alone = second.is_empty();
    // Nodes: a sum for each row of both tables, then the columns and all of the first, then those of the second.
    let upper = first.len() + second.len();
    let lower = if one_alone { upper } else { upper + columns + 1 };
    let node = |base: usize, column: usize| base + column;
    // With one table alone the totals of columns end in one more sum, as the row of totals does.
    let bottom = lower + columns + 1;
    let mut edges = Vec::new();
    let mut edge = |from, to, count, total| {
        edges.push(Edge { from, to, count, total, hidden: !enough(count) });
        edges.len() - 1
    };
    let cell = |row: &[u64], column: usize| row.get(column).copied().unwrap_or(0);
    let sum = |row: &[u64]| (0..columns).map(|c| cell(row, c)).sum::<u64>();
    let mut cells = [Vec::new(), Vec::new()];
    let mut row_totals = [Vec::new(), Vec::new()];
    for (at, row) in first.iter().enumerate() {
        cells[0].push((0..columns).map(|c| edge(at, node(upper, c), cell(row, c), false)).collect::<Vec<_>>());
        // The total of a row flows into the row: out of the sum of all.
        row_totals[0].push(edge(node(upper, columns), at, sum(row), true));
    }
    for (at, row) in second.iter().enumerate() {
        let at = first.len() + at;
        cells[1].push((0..columns).map(|c| edge(node(lower, c), at, cell(row, c), false)).collect::<Vec<_>>());
        row_totals[1].push(edge(at, node(lower, columns), sum(row), true));
    }
    let of_column = |c: usize| first.iter().map(|row| cell(row, c)).sum::<u64>();
    let all = (0..columns).map(of_column).sum::<u64>();
    let (column_totals, total) = if one_alone {
        let totals: Vec<usize> = (0..columns).map(|c| edge(node(upper, c), bottom, of_column(c), true)).collect();
        (totals, edge(bottom, node(upper, columns), all, true))
    } else {
        let totals: Vec<usize> =
            (0..columns).map(|c| edge(node(upper, c), node(lower, c), of_column(c), true)).collect();
        (totals, edge(node(lower, columns), node(upper, columns), all, true))
    };
    hide_until_safe(&mut edges, bottom + 1);
    let shown = |at: usize| if edges[at].hidden { Shown::Hidden } else { Shown::Count(edges[at].count) };
    let table = |which: usize| Table {
        cells: cells[which].iter().map(|row| row.iter().map(|at| shown(*at)).collect()).collect(),
        rows: row_totals[which].iter().map(|at| shown(*at)).collect(),
    };
    Tables {
        first: table(0),
        second: table(1),
        columns: column_totals.iter().map(|at| shown(*at)).collect(),
        total: shown(total),
    }
}

/// What it costs to hide a count that may be told: cells before totals, few before many, small before large.
const CELL: u64 = 1 << 32;
const TOTAL: u64 = 1 << 40;

/// Hides more and more until nothing hidden can be computed. Each round hides one count more or is the last: a count that
/// flows lies on a cycle of counts that flow, so that there is always something to hide it with.
fn hide_until_safe(edges: &mut [Edge], nodes: usize) {
    loop {
        let mut changed = false;
        for at in 0..edges.len() {
            if !edges[at].hidden {
                continue;
            }
            let (from, to) = (edges[at].from, edges[at].to);
            let one_more = cheapest(edges, nodes, at, to, from);
            let one_less = if 1 < edges[at].count { cheapest(edges, nodes, at, from, to) } else { None };
            // The cheaper of the two cycles through it; it costs nothing when all of it is hidden already.
            let (cost, way) = [one_more, one_less].into_iter().flatten().min().unwrap_or_default();
            changed |= 0 < cost;
            way.into_iter().for_each(|step| edges[step].hidden = true);
        }
        if !changed {
            return;
        }
    }
}

/// The cheapest way to carry one from a sum to another, and the counts along it: one more in the direction of a count, one
/// less against it, never through the count `without`, and never through a zero, which is always told.
fn cheapest(edges: &[Edge], nodes: usize, without: usize, from: usize, to: usize) -> Option<(u64, Vec<usize>)> {
    let mut best: Vec<Option<(u64, Option<usize>)>> = vec![None; nodes];
    let mut settled = vec![false; nodes];
    best[from] = Some((0, None));
    // Dijkstra, without a heap: there are few sums.
    while let Some((node, cost)) = (0..nodes)
        .filter(|n| !settled[*n])
        .filter_map(|n| best[n].map(|(cost, _)| (n, cost)))
        .min_by_key(|(n, cost)| (*cost, *n))
    {
        settled[node] = true;
        for (at, edge) in edges.iter().enumerate().filter(|(at, e)| *at != without && e.count != 0) {
            let reached = match (edge.from == node, edge.to == node) {
                (true, _) => edge.to,
                (_, true) if 1 < edge.count => edge.from,
                _ => continue,
            };
            let price = match (edge.hidden, edge.total) {
                (true, _) => 0,
                (false, false) => CELL + edge.count.min(CELL),
                (false, true) => TOTAL + edge.count.min(CELL),
            };
            let next = cost.saturating_add(price);
            if !settled[reached] && best[reached].is_none_or(|(known, _)| next < known) {
                best[reached] = Some((next, Some(at)));
            }
        }
    }
    let (cost, _) = best[to]?;
    let (mut way, mut node) = (Vec::new(), to);
    while let Some((_, Some(at))) = best[node] {
        way.push(at);
        node = if edges[at].to == node { edges[at].from } else { edges[at].to };
    }
    Some((cost, way))
}

#[cfg(test)]
mod tests;
