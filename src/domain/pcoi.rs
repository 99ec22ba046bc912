//! Estimates of the Palliative Care and Oncology Integration indexes.
//!
//! PCOI-13 sums the 13 major indicators of integration (Hui et al., Ann Oncol 2015;26:1953-1959), PCOI-9 nine of them
//! (Hui et al., ESMO Open 2018;3:e000372). The papers publish medians; how proportions enter the sum is inferred, so the
//! values here are labelled as estimates: each yes counts 1, each proportion its fraction, the emergency visits inverted.

use super::{
    criteria::{Criterion, IndicatorKind},
    indicator::{self, Typed, Value},
};
use jiff::civil::Date;
use std::collections::BTreeMap;

/// How many major indicators there are.
pub const MAJORS: u8 = 13;

/// The major indicator that is better when lower: two or more emergency visits in the last 30 days of life.
const INVERTED: u8 = 8;

/// A published distribution among designated centres, from the survey of 2016.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Published {
    /// Half of the centres lie below.
    pub median: f64,
    /// A quarter of the centres lies below.
    pub lower_quartile: f64,
    /// A quarter of the centres lies above.
    pub upper_quartile: f64,
}

/// PCOI-13 of designated centres (Hui et al., ESMO Open 2018).
pub const PCOI_13: Published = Published { median: 7.8, lower_quartile: 6.4, upper_quartile: 9.6 };

/// PCOI-9 of designated centres (Hui et al., ESMO Open 2018).
pub const PCOI_9: Published = Published { median: 6.0, lower_quartile: 5.0, upper_quartile: 7.0 };

/// What the indicators of an application add up to.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimate {
    /// 0 to 13.
    pub thirteen: f64,
    /// 0 to 9, the yes/no indicators alone.
    pub nine: f64,
    /// One entry for each major indicator: its number, its label, the criterion where it is asked, and what it adds;
    /// `None` when there is no readable value, which then counts 0.
    pub parts: Vec<Part>,
}

/// What one major indicator adds.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// 1 to 13.
    pub major: u8,
    /// Its label.
    pub label: String,
    /// Where it is asked.
    pub criterion: u8,
    /// 0 to 1; `None` when nothing readable was given.
    pub adds: Option<f64>,
}

impl Estimate {
    /// How many of the 13 have no readable value.
    pub fn missing(&self) -> usize {
        self.parts.iter().filter(|p| p.adds.is_none()).count()
    }
}

/// Adds up the major indicators of an edition. `typed` gives the values by indicator key.
pub fn estimate<'a>(
    criteria: &[Criterion],
    typed: impl Fn(u8) -> Option<&'a BTreeMap<String, Typed>>,
    today: Date,
) -> Estimate {
    let mut estimate = Estimate { thirteen: 0.0, nine: 0.0, parts: Vec::new() };
    for criterion in criteria {
        let values = typed(criterion.number);
        for (indicator, major) in criterion.indicators.iter().filter_map(|i| Some((i, i.major?))) {
            let value =
                values.and_then(|v| v.get(&indicator.key)).and_then(|t| indicator::read(indicator, t, today).value);
            let adds = value.map(|value| match value {
                Value::Share { .. } if major == INVERTED => 1.0 - value.figure() / 100.0,
                Value::Share { .. } => value.figure() / 100.0,
                Value::YesNo(_) | Value::Number(_) => value.figure().clamp(0.0, 1.0),
            });
            estimate.thirteen += adds.unwrap_or(0.0);
            if indicator.kind == IndicatorKind::YesNo {
                estimate.nine += adds.unwrap_or(0.0);
            }
            estimate.parts.push(Part { major, label: indicator.label.clone(), criterion: criterion.number, adds });
        }
    }
    estimate.parts.sort_by_key(|p| p.major);
    estimate
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::criteria::{Better, Group, Indicator};
    use jiff::civil::date;

    fn criterion(majors: &[(u8, IndicatorKind)]) -> Criterion {
        let indicator = |&(major, kind): &(u8, IndicatorKind)| Indicator {
            key: format!("major-{major}"),
            label: format!("Major {major}"),
            definition: String::new(),
            kind,
            unit: "%".into(),
            numerator: None,
            denominator: None,
            period: String::new(),
            better: Better::Higher,
            major: Some(major),
            portal_rules: vec![],
            benchmarks: vec![],
        };
        Criterion {
            number: 1,
            key: "one".into(),
            group: Group::Integration,
            title: "One".into(),
            statement: String::new(),
            expected_evidence: vec![],
            descriptors: Default::default(),
            indicators: majors.iter().map(indicator).collect(),
        }
    }

    fn share(numerator: &str) -> Typed {
        Typed {
            numerator: numerator.into(),
            denominator: "100".into(),
            from: "2026".into(),
            to: "2026".into(),
            ..Typed::default()
        }
    }

    fn yes(value: &str) -> Typed {
        Typed { value: value.into(), ..Typed::default() }
    }

    #[test]
    fn yes_counts_one_a_share_its_fraction_and_emergencies_inverted() {
        use IndicatorKind::{Percentage, YesNo};
        let criteria = [criterion(&[(1, YesNo), (2, YesNo), (6, Percentage), (8, Percentage), (9, Percentage)])];
        let values = BTreeMap::from([
            ("major-1".to_owned(), yes("yes")),
            ("major-2".to_owned(), yes("no")),
            ("major-6".to_owned(), share("40")),
            ("major-8".to_owned(), share("10")),
        ]);
        let estimate = estimate(&criteria, |_| Some(&values), date(2027, 3, 5));
        assert!((estimate.thirteen - 2.3).abs() < 1e-9, "{}", estimate.thirteen);
        assert!((estimate.nine - 1.0).abs() < 1e-9);
        assert_eq!(estimate.missing(), 1);
    }
}
