//! The statistics of a cycle as tables: what a page shows is what a file holds.
//!
//! A mean or a share of fewer than [`LEAST`] applications is not told, nor is a count that would name one; tables of
//! counts with totals go through [`suppress`].

use super::{
    agreement::Tally,
    designation::Status,
    figure::Sums,
    level::Level,
    sheet::{Cell, Sheet},
    suppress::{LEAST, Shown, enough, suppress},
};
use std::collections::BTreeMap;

/// What stands where a figure is not told.
pub const HIDDEN: &str = "hidden";

/// The columns of designations, in the order of their life.
const STATUSES: [&str; 5] = ["Active", "Expiring", "In renewal", "Lapsed", "Withdrawn"];

const fn column(status: Status) -> usize {
    match status {
        Status::Active => 0,
        Status::Expiring(_) => 1,
        Status::InRenewal => 2,
        Status::Lapsed => 3,
        Status::Withdrawn => 4,
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of applications are far below 2^52")]
const fn number(count: i64) -> Cell {
    Cell::Number(count as f64)
}

fn rounded(figure: f64, digits: i32) -> f64 {
    let scale = 10_f64.powi(digits);
    let rounded = (figure * scale).round() / scale;
    // Not "-0".
    if rounded == 0.0 { 0.0 } else { rounded }
}

fn told(figure: Option<f64>, digits: i32) -> Cell {
    figure.map(|f| rounded(f, digits)).into()
}

fn hidden() -> Cell {
    HIDDEN.into()
}

fn few(count: i64) -> bool {
    u64::try_from(count).unwrap_or(0) < LEAST
}

fn shown(shown: Shown) -> Cell {
    match shown {
        Shown::Count(count) => number(i64::try_from(count).unwrap_or(i64::MAX)),
        Shown::Hidden => hidden(),
    }
}

fn head(columns: &[&str]) -> Vec<String> {
    columns.iter().map(|c| (*c).to_owned()).collect()
}

/// How far reviewers agree: a row for each criterion and one for all. `titles` are those of the 13 criteria.
pub fn agreement(sums: &Sums, titles: &[String]) -> Sheet {
    let row = |title: &str, tally: &Tally| {
        let pairs = tally.pairs();
        if few(pairs) || few(sums.panels) {
            return vec![title.into(), hidden(), hidden(), hidden(), "fewer than 5 applications".into()];
        }
        let (kappa, note) = match tally.in_both_orders().weighted_kappa() {
            Ok(kappa) => (Some(kappa), ""),
            Err(why) => (None, why.reason()),
        };
        vec![title.into(), number(pairs), told(tally.agreement(), 0), told(kappa, 2), note.into()]
    };
    let mut rows: Vec<Vec<Cell>> = titles.iter().zip(&sums.pairs).map(|(title, tally)| row(title, tally)).collect();
    rows.push(row("All criteria", &Sums::all(&sums.pairs)));
    Sheet {
        name: "Agreement",
        head: head(&["Criterion", "Pairs of reviewers", "Same level in %", "Weighted kappa", "Note"]),
        rows,
    }
}

/// How far the levels of centres and their panels lie apart, once decided.
pub fn level_gap(sums: &Sums, titles: &[String]) -> Sheet {
    let row = |title: &str, tally: &Tally| {
        let decided = tally.pairs();
        if few(decided) {
            return vec![title.into(), hidden(), hidden(), hidden(), hidden(), hidden()];
        }
        vec![
            title.into(),
            number(decided),
            told(tally.mean_difference(), 1),
            told(tally.percent(|own, panel| panel < own), 0),
            told(tally.agreement(), 0),
            told(tally.percent(|own, panel| own < panel), 0),
        ]
    };
    let mut rows: Vec<Vec<Cell>> = titles.iter().zip(&sums.gaps).map(|(title, tally)| row(title, tally)).collect();
    // Each application counts with all its criteria here.
    let all = if few(sums.gaps[0].pairs()) { Tally::default() } else { Sums::all(&sums.gaps) };
    rows.push(row("All criteria", &all));
    let head = head(&[
        "Criterion",
        "Applications decided",
        "Panel minus centre, mean",
        "Panel lower in %",
        "Same level in %",
        "Panel higher in %",
    ]);
    Sheet { name: "Level gap", head, rows }
}

/// Where panels answer no most often, the most frequent first.
pub fn gaps(sums: &Sums, titles: &[String]) -> Sheet {
    let mut list: Vec<(i64, Vec<Cell>)> = Vec::new();
    for (title, tally) in titles.iter().zip(&sums.gaps) {
        let decided = tally.pairs();
        let below: i64 = Level::ALL
            .into_iter()
            .flat_map(|own| Level::ALL.into_iter().filter(|l| !l.answers_yes()).map(move |panel| (own, panel)))
            .map(|(own, panel)| tally.at(own, panel))
            .sum();
        // Neither those below nor those above may be few: one is the rest of the other.
        let tell = |count: i64| enough(u64::try_from(count).unwrap_or(0));
        if few(decided) || !tell(below) || !tell(decided - below) {
            let total = if few(decided) { hidden() } else { number(decided) };
            list.push((-1, vec![title.as_str().into(), hidden(), total, hidden()]));
        } else {
            let share = told(tally.percent(|_, panel| !panel.answers_yes()), 0);
            list.push((below, vec![title.as_str().into(), number(below), number(decided), share]));
        }
    }
    // What is hidden comes last, in the order of criteria: its place tells nothing.
    list.sort_by_key(|(below, _)| -below);
    Sheet {
        name: "Frequent gaps",
        head: head(&["Criterion", "Panels below level 3", "Applications decided", "Share in %"]),
        rows: list.into_iter().map(|(_, row)| row).collect(),
    }
}

/// Designations by country and by the year of their award, with totals: both tables together hide what one would give
/// away of the other.
pub fn designations(list: &[(String, i16, Status)]) -> [Sheet; 2] {
    let (mut countries, mut years) = (BTreeMap::new(), BTreeMap::new());
    for (country, year, status) in list {
        countries.entry(country.clone()).or_insert_with(|| vec![0_u64; STATUSES.len()])[column(*status)] += 1;
        years.entry(year.to_string()).or_insert_with(|| vec![0_u64; STATUSES.len()])[column(*status)] += 1;
    }
    let counts = |map: &BTreeMap<String, Vec<u64>>| map.values().cloned().collect::<Vec<_>>();
    let tables = suppress(&counts(&countries), &counts(&years), STATUSES.len());
    let sheet = |name, what: &str, labels: &BTreeMap<String, Vec<u64>>, table: &super::suppress::Table| {
        let mut rows: Vec<Vec<Cell>> = Vec::new();
        for ((label, cells), total) in labels.keys().zip(&table.cells).zip(&table.rows) {
            let cells = cells.iter().map(|cell| shown(*cell));
            rows.push(std::iter::once(label.as_str().into()).chain(cells).chain([shown(*total)]).collect());
        }
        if !rows.is_empty() {
            let cells = tables.columns.iter().map(|cell| shown(*cell));
            rows.push(std::iter::once("All".into()).chain(cells).chain([shown(tables.total)]).collect());
        }
        let head = [what].into_iter().chain(STATUSES).chain(["All"]).map(str::to_owned).collect();
        Sheet { name, head, rows }
    };
    [
        sheet("Designations by country", "Country", &countries, &tables.first),
        sheet("Designations by year", "Year of award", &years, &tables.second),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{designation::Step, figure::Kind};

    fn titles() -> Vec<String> {
        (1..=13).map(|n| format!("{n}. Title")).collect()
    }

    fn sums(panels: i64, pairs: &[(u8, u8, i64)], gaps: &[(u8, u8, i64)]) -> Sums {
        let mut sums = Sums { panels, ..Sums::default() };
        for criterion in 1..=13 {
            pairs.iter().for_each(|(one, other, n)| sums.count((Kind::Pair, criterion, *one, *other), *n));
            gaps.iter().for_each(|(own, panel, n)| sums.count((Kind::Gap, criterion, *own, *panel), *n));
        }
        sums
    }

    #[test]
    fn agreement_of_few_applications_is_not_told() {
        let few = agreement(&sums(4, &[(3, 3, 12)], &[]), &titles());
        assert!(few.rows.iter().all(|row| row[1..4].iter().all(|cell| *cell == hidden())), "{few:?}");
        let same = agreement(&sums(5, &[(3, 3, 5)], &[]), &titles());
        assert_eq!(same.rows[0][1..4], [Cell::Number(5.0), Cell::Number(100.0), Cell::Empty]);
        assert_eq!(same.rows[0][4], "all levels are the same, so that kappa says nothing".into());
        // By hand: levels 2 2 3 3 and a pair 2|3 five times each: share 10/15; variance 1/4, mean squared difference 1/3.
        let mixed = agreement(&sums(15, &[(2, 2, 5), (3, 3, 5), (2, 3, 5)], &[]), &titles());
        assert_eq!(mixed.rows[0][1..4], [Cell::Number(15.0), Cell::Number(67.0), Cell::Number(0.33)]);
        assert_eq!((mixed.rows.len(), &mixed.rows[13][1]), (14, &Cell::Number(195.0)));
    }

    #[test]
    fn the_gap_of_levels_says_who_is_higher() {
        let table = level_gap(&sums(8, &[], &[(4, 3, 6), (3, 3, 2)]), &titles());
        assert_eq!(
            table.rows[0][1..],
            [Cell::Number(8.0), Cell::Number(-0.8), Cell::Number(75.0), Cell::Number(25.0), Cell::Number(0.0)]
        );
        let few = level_gap(&sums(4, &[], &[(4, 3, 4)]), &titles());
        assert!(few.rows.iter().all(|row| row[1..].iter().all(|cell| *cell == hidden())), "{few:?}");
    }

    #[test]
    fn the_most_frequent_gap_comes_first_and_few_are_hidden_with_their_rest() {
        let mut sums = sums(20, &[], &[(3, 3, 20)]);
        for (criterion, below) in [(4, 6), (9, 15), (11, 2), (12, 18)] {
            sums.count((Kind::Gap, criterion, 3, 3), -below);
            sums.count((Kind::Gap, criterion, 3, 2), below);
        }
        let table = gaps(&sums, &titles());
        assert_eq!(table.rows[0], ["9. Title".into(), Cell::Number(15.0), Cell::Number(20.0), Cell::Number(75.0)]);
        assert_eq!(table.rows[1][..2], ["4. Title".into(), Cell::Number(6.0)]);
        let hidden_rows: Vec<&Cell> = table.rows.iter().filter(|row| row[1] == hidden()).map(|row| &row[0]).collect();
        assert_eq!(hidden_rows, [&Cell::from("11. Title"), &Cell::from("12. Title")]);
        assert_eq!(table.rows[12][0], "12. Title".into());
    }

    #[test]
    fn designations_stand_in_both_tables_and_small_groups_in_none() {
        let many = |country: &str, year, status, n| vec![(country.to_owned(), year, status); n];
        let list = [
            many("Italy", 2024, Status::Active, 9),
            many("Italy", 2023, Status::Expiring(Step::Six), 7),
            many("Norway", 2024, Status::Active, 6),
            many("Norway", 2021, Status::Lapsed, 2),
        ]
        .concat();
        let [by_country, by_year] = designations(&list);
        assert_eq!(by_country.head, ["Country", "Active", "Expiring", "In renewal", "Lapsed", "Withdrawn", "All"]);
        assert_eq!(by_country.rows[0][..3], ["Italy".into(), Cell::Number(9.0), Cell::Number(7.0)]);
        for sheet in [&by_country, &by_year] {
            for cell in sheet.rows.iter().flatten() {
                assert!(!matches!(cell, Cell::Number(n) if 0.0 < *n && *n < 5.0), "{sheet:?}");
            }
        }
        // The two that lapsed are hidden with the totals from which they could be computed.
        assert_eq!(by_country.rows[1][4], hidden());
        assert_eq!(by_year.rows[3][4], hidden(), "{by_year:?}");
        assert!(designations(&[]).iter().all(|sheet| sheet.rows.is_empty()));
    }
}
