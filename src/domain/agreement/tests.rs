//! Kappa against published and hand-computed tables, and against a formula of another shape.

use super::*;
use proptest::prelude::*;

fn level(number: usize) -> Level {
    Level::ALL[number]
}

fn tally(rows: &[&[i64]]) -> Tally {
    let mut tally = Tally::default();
    for (one, row) in rows.iter().enumerate() {
        for (other, count) in row.iter().enumerate() {
            tally.count(level(one), level(other), *count);
        }
    }
    tally
}

/// Two abstractors and three grades, 100 charts: K. L. Gwet's table `cont3x3abstractors` of the package irrCAC, whose
/// documentation prints 0.8921569 for quadratic weights.
#[test]
fn the_published_table_gives_the_published_kappa() {
    let published = tally(&[&[13, 0, 0], &[0, 20, 7], &[0, 4, 56]]);
    assert_eq!(published.pairs(), 100);
    let kappa = published.weighted_kappa().expect("a kappa");
    assert!((kappa - 0.892_156_9).abs() < 5e-8, "{kappa}");
    assert!((published.agreement().expect("a share") - 89.0).abs() < 1e-9);
}

/// By hand: four pairs 0|0, 4|4, 0|4, 2|2. Seen: 16/4 = 4. First levels 0, 4, 0, 2, second 0, 4, 4, 2; by chance, the mean
/// squared difference over all 16 combinations is (0+16+16+4 + 16+0+0+4 + 0+16+16+4 + 4+4+4+0)/16 = 104/16 = 6.5.
/// Kappa 1 - 4/6.5 = 5/13.
#[test]
fn a_small_table_gives_what_a_hand_computes() {
    let mut four = Tally::default();
    for (one, other) in [(0, 0), (4, 4), (0, 4), (2, 2)] {
        four.add(level(one), level(other));
    }
    let kappa = four.weighted_kappa().expect("a kappa");
    assert!((kappa - 5.0 / 13.0).abs() < 1e-12, "{kappa}");
    assert!((four.agreement().expect("a share") - 75.0).abs() < 1e-12);
    assert!((four.mean_difference().expect("a mean") - 1.0).abs() < 1e-12);
}

#[test]
fn the_ends_of_the_scale() {
    assert_eq!(Tally::default().weighted_kappa(), Err(Undefined::NoPairs));
    assert_eq!(Tally::default().agreement(), None);
    assert_eq!(Tally::default().mean_difference(), None);
    assert_eq!(tally(&[&[0], &[0, 0], &[0, 0, 0], &[0, 0, 0, 9]]).weighted_kappa(), Err(Undefined::OneLevel));
    assert_eq!(tally(&[&[3], &[0, 5]]).weighted_kappa(), Ok(1.0));
    assert_eq!(tally(&[&[0, 4], &[4, 0]]).weighted_kappa(), Ok(-1.0));
    assert_eq!(tally(&[&[5, 5], &[5, 5]]).weighted_kappa(), Ok(0.0), "independent");
}

#[test]
fn a_panel_gives_every_pair_once() {
    let of = |levels: &[usize]| {
        let levels: Vec<Level> = levels.iter().map(|n| level(*n)).collect();
        pairs(&levels).map(|(one, other)| (one.number(), other.number())).collect::<Vec<_>>()
    };
    assert_eq!(of(&[]), []);
    assert_eq!(of(&[3]), []);
    assert_eq!(of(&[3, 1]), [(3, 1)]);
    assert_eq!(of(&[3, 1, 2]), [(3, 1), (3, 2), (1, 2)]);
}

proptest! {
    /// In both orders, kappa is 1 - mean(d²) / (2 variance) over all levels given: a formula without a table.
    #[test]
    fn kappa_is_one_minus_squared_differences_over_twice_the_variance(list in prop::collection::vec((0..5_usize, 0..5_usize), 1..40)) {
        let mut counted = Tally::default();
        for (one, other) in &list {
            counted.add(level(*one), level(*other));
        }
        let given: Vec<f64> = list.iter().flat_map(|(a, b)| [*a, *b]).map(|n| f64::from(u32::try_from(n).expect("small"))).collect();
        let n = f64::from(u32::try_from(given.len()).expect("few"));
        let mean = given.iter().sum::<f64>() / n;
        let variance = given.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n;
        let squares = given.chunks(2).map(|p| (p[0] - p[1]).powi(2)).sum::<f64>() * 2.0 / n;
        match counted.in_both_orders().weighted_kappa() {
            Ok(kappa) => prop_assert!((kappa - (1.0 - squares / (2.0 * variance))).abs() < 1e-9),
            Err(why) => prop_assert!(why == Undefined::OneLevel && variance < 1e-12),
        }
    }

    /// Neither letters nor arrival change it.
    #[test]
    fn kappa_does_not_depend_on_who_is_a(list in prop::collection::vec((0..5_usize, 0..5_usize, any::<bool>()), 1..40)) {
        let (mut straight, mut turned) = (Tally::default(), Tally::default());
        for (one, other, turn) in &list {
            straight.add(level(*one), level(*other));
            let (one, other) = if *turn { (other, one) } else { (one, other) };
            turned.add(level(*one), level(*other));
        }
        prop_assert_eq!(straight.in_both_orders(), turned.in_both_orders());
    }

    /// What is left out for one viewer leaves exactly the rest.
    #[test]
    fn taking_out_is_the_reverse_of_counting(kept in prop::collection::vec((0..5_usize, 0..5_usize), 0..20), hidden in prop::collection::vec((0..5_usize, 0..5_usize), 0..20)) {
        let of = |list: &[(usize, usize)]| {
            let mut counted = Tally::default();
            list.iter().for_each(|(one, other)| counted.add(level(*one), level(*other)));
            counted
        };
        let mut all = of(&[kept.clone(), hidden.clone()].concat());
        all.without(&of(&hidden));
        prop_assert_eq!(all, of(&kept));
    }
}
