//! Nothing that is shown gives away what is hidden: every set of counts that fits is tried.

use super::*;
use Shown::{Count, Hidden};
use proptest::prelude::*;

fn alone(rows: &[Vec<u64>]) -> Tables {
    suppress(rows, &[], rows.first().map_or(0, Vec::len))
}

#[test]
fn nothing_is_hidden_without_a_small_group() {
    let tables = alone(&[vec![5, 0], vec![12, 7]]);
    assert_eq!(tables.first.cells, [[Count(5), Count(0)], [Count(12), Count(7)]]);
    assert_eq!(
        (tables.first.rows, tables.columns, tables.total),
        (vec![Count(5), Count(19)], vec![Count(17), Count(7)], Count(24))
    );
}

#[test]
fn a_small_group_takes_others_with_it() {
    // 3 alone could be computed from its row and from its column.
    let tables = alone(&[vec![3, 20, 30], vec![40, 50, 60], vec![70, 80, 90]]);
    let hidden = tables.first.cells.iter().flatten().filter(|c| **c == Hidden).count();
    assert_eq!(hidden, 4, "{tables:?}");
    assert_eq!(tables.first.cells[2], [Count(70), Count(80), Count(90)], "the rest stays");
    assert_eq!(tables.total, Count(443));
}

#[test]
fn two_ones_whose_sum_is_two_are_given_away_and_so_the_total_goes() {
    let tables = alone(&[vec![1, 1, 10], vec![1, 1, 10]]);
    assert_eq!(tables.first.cells[0][..2], [Hidden, Hidden]);
    // With totals of 12 and cells of 10 shown, both would have to be 1.
    assert!(tables.first.rows[0] == Hidden || tables.first.cells[0][2] == Hidden, "{tables:?}");
}

#[test]
fn an_empty_table_is_a_table() {
    let tables = suppress(&[], &[], 3);
    assert_eq!((tables.columns, tables.total), (vec![Count(0); 3], Count(0)));
}

/// Every value that each hidden count of a table can have, one around the true one, so that all shown sums are right.
fn fits(first: &[Vec<u64>], second: &[Vec<u64>], columns: usize, tables: &Tables) -> Vec<(String, Vec<u64>)> {
    let shown: Vec<(&Table, &[Vec<u64>])> =
        [(&tables.first, first), (&tables.second, second)].into_iter().filter(|(_, rows)| !rows.is_empty()).collect();
    let mut found: Vec<(String, Vec<u64>)> = Vec::new();
    let mut note = |name: String, value: u64| match found.iter_mut().find(|(n, _)| *n == name) {
        Some((_, values)) if values.contains(&value) => {}
        Some((_, values)) => values.push(value),
        None => found.push((name, vec![value])),
    };
    // All fillings of each table alone, by their sums of columns.
    let fillings: Vec<Vec<Vec<Vec<u64>>>> = shown.iter().map(|(table, rows)| fillings(table, rows)).collect();
    let sums =
        |filling: &[Vec<u64>]| -> Vec<u64> { (0..columns).map(|c| filling.iter().map(|row| row[c]).sum()).collect() };
    let right = |sums: &[u64]| {
        let columns = sums.iter().zip(&tables.columns).all(|(sum, shown)| agrees(*shown, *sum));
        columns && agrees(tables.total, sums.iter().sum())
    };
    let common: Vec<std::collections::BTreeSet<Vec<u64>>> =
        fillings.iter().map(|list| list.iter().map(|f| sums(f)).filter(|s| right(s)).collect()).collect();
    for (which, list) in fillings.iter().enumerate() {
        for filling in list {
            let sum = sums(filling);
            if !common.iter().all(|set| set.contains(&sum)) {
                continue;
            }
            for (r, row) in filling.iter().enumerate() {
                note(format!("row {which} {r}"), row.iter().sum());
                for (c, value) in row.iter().enumerate() {
                    note(format!("cell {which} {r} {c}"), *value);
                }
            }
            for (c, value) in sum.iter().enumerate() {
                note(format!("column {c}"), *value);
            }
            note("total".into(), sum.iter().sum());
        }
    }
    found
}

/// What somebody knows of a count that is hidden: it is not 0.
fn agrees(shown: Shown, value: u64) -> bool {
    match shown {
        Count(count) => count == value,
        Hidden => 1 <= value,
    }
}

fn fillings(table: &Table, rows: &[Vec<u64>]) -> Vec<Vec<Vec<u64>>> {
    let mut list: Vec<Vec<Vec<u64>>> = vec![vec![]];
    for (r, row) in rows.iter().enumerate() {
        let mut of_row: Vec<Vec<u64>> = vec![vec![]];
        for (c, count) in row.iter().enumerate() {
            let values: Vec<u64> = match table.cells[r][c] {
                Count(count) => vec![count],
                Hidden => (count.saturating_sub(1).max(1)..=count + 1).collect(),
            };
            of_row = of_row.iter().flat_map(|f| values.iter().map(|v| [f.clone(), vec![*v]].concat())).collect();
        }
        of_row.retain(|f| agrees(table.rows[r], f.iter().sum()));
        list = list.iter().flat_map(|f| of_row.iter().map(|r| [f.clone(), vec![r.clone()]].concat())).collect();
    }
    list
}

/// What can be computed, and what is small and shown.
fn faults(first: &[Vec<u64>], second: &[Vec<u64>], columns: usize) -> Vec<String> {
    let tables = suppress(first, second, columns);
    let values = fits(first, second, columns, &tables);
    let mut faults = Vec::new();
    let mut look = |name: String, shown: Shown| match shown {
        Count(count) if !enough(count) => faults.push(format!("{name} shows {count}")),
        Count(_) => {}
        Hidden => {
            let one = values.iter().find(|(n, _)| *n == name).is_none_or(|(_, values)| values.len() < 2);
            if one {
                faults.push(format!("{name} can be computed"));
            }
        }
    };
    for (which, table) in [&tables.first, &tables.second].into_iter().enumerate() {
        for (r, row) in table.cells.iter().enumerate() {
            row.iter().enumerate().for_each(|(c, shown)| look(format!("cell {which} {r} {c}"), *shown));
            look(format!("row {which} {r}"), table.rows[r]);
        }
    }
    tables.columns.iter().enumerate().for_each(|(c, shown)| look(format!("column {c}"), *shown));
    look("total".into(), tables.total);
    faults
}

/// Splits the sums of columns over the rows of a second table.
fn split(sums: &[u64], cuts: &[(u64, u64)]) -> Vec<Vec<u64>> {
    let first: Vec<u64> = sums.iter().zip(cuts).map(|(sum, (cut, _))| cut % (sum + 1)).collect();
    let second: Vec<u64> = sums.iter().zip(&first).map(|(sum, first)| sum - first).collect();
    vec![first, second]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn nothing_hidden_can_be_computed_from_one_table(rows in prop::collection::vec(prop::collection::vec(0..9_u64, 3), 1..4)) {
        prop_assert_eq!(faults(&rows, &[], 3), Vec::<String>::new());
    }

    #[test]
    fn nor_from_two_tables_side_by_side(rows in prop::collection::vec(prop::collection::vec(0..9_u64, 2), 1..3), cuts in prop::collection::vec((0..20_u64, 0..20_u64), 2)) {
        let sums: Vec<u64> = (0..2).map(|c| rows.iter().map(|row| row[c]).sum()).collect();
        prop_assert_eq!(faults(&rows, &split(&sums, &cuts), 2), Vec::<String>::new());
    }
}

/// The check itself finds what is given away: without complementary suppression it complains.
#[test]
fn the_check_would_find_a_cell_that_is_given_away() {
    let rows = vec![vec![3, 20], vec![40, 50]];
    let tables = Tables {
        first: Table {
            cells: vec![vec![Hidden, Count(20)], vec![Count(40), Count(50)]],
            rows: vec![Count(23), Count(90)],
        },
        second: Table { cells: vec![], rows: vec![] },
        columns: vec![Count(43), Count(70)],
        total: Count(113),
    };
    let values = fits(&rows, &[], 2, &tables);
    assert!(values.contains(&("cell 0 0 0".to_owned(), vec![3])), "{values:?}");
}
