//! Values of indicators: kept as typed, read when they are needed.

use super::{
    criteria::{Indicator, IndicatorKind},
    date,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What a centre typed for one indicator. Nothing is thrown away because it cannot be read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// Of a percentage.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub numerator: String,
    /// Of a percentage.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub denominator: String,
    /// Of a number; "yes" or "no" for a yes/no indicator.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub value: String,
    /// First month of the period.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub from: String,
    /// Last month of the period.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub to: String,
}

impl Typed {
    /// Rewrites every part, to take names out of what somebody typed there.
    pub fn hide(&mut self, hide: impl Fn(&str) -> String) {
        for part in [&mut self.numerator, &mut self.denominator, &mut self.value, &mut self.from, &mut self.to] {
            *part = hide(part);
        }
    }

    /// Whether nothing was typed at all.
    pub fn is_empty(&self) -> bool {
        self.parts().iter().all(|(_, text)| text.trim().is_empty())
    }

    /// The parts with their names in forms.
    pub fn parts(&self) -> [(&'static str, &str); 5] {
        [
            ("numerator", &self.numerator),
            ("denominator", &self.denominator),
            ("value", &self.value),
            ("from", &self.from),
            ("to", &self.to),
        ]
    }

    /// Sets the part with this name; `false` when there is none.
    pub fn set(&mut self, part: &str, text: String) -> bool {
        let field = match part {
            "numerator" => &mut self.numerator,
            "denominator" => &mut self.denominator,
            "value" => &mut self.value,
            "from" => &mut self.from,
            "to" => &mut self.to,
            _ => return false,
        };
        *field = text;
        true
    }
}

/// A value that could be read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// Counted.
    Number(f64),
    /// A numerator of a denominator, both whole numbers, the denominator above 0.
    Share {
        /// How many.
        numerator: u64,
        /// Of how many.
        denominator: u64,
    },
    /// Present or not.
    YesNo(bool),
}

impl Value {
    /// For charts and comparison: percent, the number itself, or 1 and 0.
    #[expect(clippy::cast_precision_loss, reason = "counts of patients are far below 2^52")]
    pub fn figure(self) -> f64 {
        match self {
            Self::Number(n) => n,
            Self::Share { numerator, denominator } => numerator as f64 / denominator as f64 * 100.0,
            Self::YesNo(yes) => f64::from(u8::from(yes)),
        }
    }
}

/// Something about a typed value that has to be mended, with the part it concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A part is missing although another one is there.
    Missing(&'static str),
    /// A part is not a number (or not yes or no).
    Unreadable(&'static str),
    /// More than all.
    NumeratorAboveDenominator,
    /// Nothing cannot be the whole.
    ZeroDenominator,
    /// The first month comes after the last.
    PeriodBackwards,
    /// The last month lies in the future.
    PeriodInFuture,
}

impl Fault {
    /// The part that has to be mended.
    pub const fn part(self) -> &'static str {
        match self {
            Self::Missing(part) | Self::Unreadable(part) => part,
            Self::NumeratorAboveDenominator => "numerator",
            Self::ZeroDenominator => "denominator",
            Self::PeriodBackwards => "from",
            Self::PeriodInFuture => "to",
        }
    }

    /// Its rule in the table of readiness.
    pub fn code(self) -> &'static str {
        match self {
            Self::Missing("from" | "to") => "period-missing",
            Self::Missing(_) => "figure-missing",
            Self::Unreadable(_) => "figure-unreadable",
            Self::NumeratorAboveDenominator => "share-above-100",
            Self::ZeroDenominator => "denominator-zero",
            Self::PeriodBackwards => "period-backwards",
            Self::PeriodInFuture => "period-future",
        }
    }

    /// What to do about it.
    pub fn message(self) -> String {
        match self {
            Self::Missing("from") => "Give the first month of the period".into(),
            Self::Missing("to") => "Give the last month of the period".into(),
            Self::Missing(part) => format!("Give the {part}"),
            Self::Unreadable("from" | "to") => "Write the month as 2026-09".into(),
            Self::Unreadable("value") => "Write one number, or choose yes or no".into(),
            Self::Unreadable(part) => format!("Write the {part} as a whole number"),
            Self::NumeratorAboveDenominator => "The numerator is larger than the denominator. Check both".into(),
            Self::ZeroDenominator => {
                "The denominator cannot be 0. Leave the indicator empty if there were no cases".into()
            }
            Self::PeriodBackwards => "The period ends before it begins. Swap the months".into(),
            Self::PeriodInFuture => "The period ends in the future. Give the last month that is counted".into(),
        }
    }
}

/// What reading one typed value gave: the value when it is whole, and everything that has to be mended.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// The value, when it could be read.
    pub value: Option<Value>,
    /// First and last month, when both could be read.
    pub period: Option<(Date, Date)>,
    /// What has to be mended.
    pub faults: Vec<Fault>,
}

impl Reading {
    /// Whether it is a figure with all that makes it one: value and period, nothing to mend.
    pub fn is_measured(&self) -> bool {
        self.value.is_some() && self.period.is_some() && self.faults.is_empty()
    }
}

/// Reads what was typed. An empty entry reads as nothing, without faults.
pub fn read(indicator: &Indicator, typed: &Typed, today: Date) -> Reading {
    let mut reading = Reading::default();
    if typed.is_empty() {
        return reading;
    }
    let mut faults = Vec::new();
    reading.value = match indicator.kind {
        IndicatorKind::Percentage => read_share(typed, &mut faults),
        IndicatorKind::Number => read_part("value", &typed.value, number, &mut faults).map(Value::Number),
        IndicatorKind::YesNo => read_part("value", &typed.value, yes_no, &mut faults).map(Value::YesNo),
    };
    if indicator.has_period() {
        let from = read_part("from", &typed.from, |t| date::read_month(t, 1), &mut faults);
        let to = read_part("to", &typed.to, |t| date::read_month(t, 12), &mut faults);
        if let (Some(from), Some(to)) = (from, to) {
            if to < from {
                faults.push(Fault::PeriodBackwards);
            } else if date::months_between(today, to) > 0 {
                faults.push(Fault::PeriodInFuture);
            } else {
                reading.period = Some((from, to));
            }
        }
    } else if reading.value.is_some() {
        reading.period = Some((today, today));
    }
    reading.faults = faults;
    reading
}

fn read_share(typed: &Typed, faults: &mut Vec<Fault>) -> Option<Value> {
    let numerator = read_part("numerator", &typed.numerator, whole, faults);
    let denominator = read_part("denominator", &typed.denominator, whole, faults);
    match (numerator?, denominator?) {
        (_, 0) => faults.push(Fault::ZeroDenominator),
        (n, d) if d < n => faults.push(Fault::NumeratorAboveDenominator),
        (numerator, denominator) => return Some(Value::Share { numerator, denominator }),
    }
    None
}

fn read_part<T>(
    part: &'static str,
    text: &str,
    read: impl Fn(&str) -> Option<T>,
    faults: &mut Vec<Fault>,
) -> Option<T> {
    let text = text.trim();
    if text.is_empty() {
        faults.push(Fault::Missing(part));
        return None;
    }
    let value = read(text);
    if value.is_none() {
        faults.push(Fault::Unreadable(part));
    }
    value
}

/// A whole number, with spaces, apostrophes or separators between groups of three.
fn whole(text: &str) -> Option<u64> {
    let digits: String = text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '\'' | '’')).collect();
    let grouped = digits
        .split([',', '.'])
        .enumerate()
        .all(|(i, g)| if i == 0 { !g.is_empty() && g.len() <= 3 } else { g.len() == 3 });
    let digits = if digits.contains([',', '.']) && grouped { digits.replace([',', '.'], "") } else { digits };
    (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())).then(|| digits.parse().ok()).flatten()
}

/// A number that is not negative, with point or comma before the decimals.
fn number(text: &str) -> Option<f64> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '\'' | '’')).collect();
    let plain = plain.replace(',', ".");
    let readable = !plain.is_empty() && plain.len() <= 15 && plain.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    readable.then(|| plain.parse().ok()).flatten()
}

fn yes_no(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::criteria::Better;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn indicator(kind: IndicatorKind) -> Indicator {
        Indicator {
            key: "k".into(),
            label: "Label".into(),
            definition: String::new(),
            kind,
            unit: "%".into(),
            numerator: None,
            denominator: None,
            period: "12 months".into(),
            better: Better::Higher,
            major: None,
            portal_rules: vec![],
            benchmarks: vec![],
        }
    }

    fn typed(numerator: &str, denominator: &str, from: &str, to: &str) -> Typed {
        Typed {
            numerator: numerator.into(),
            denominator: denominator.into(),
            value: String::new(),
            from: from.into(),
            to: to.into(),
        }
    }

    const TODAY: Date = date(2027, 3, 5);

    #[test]
    fn a_percentage_needs_numerator_denominator_and_period() {
        let percentage = indicator(IndicatorKind::Percentage);
        let faults = |t: &Typed| read(&percentage, t, TODAY).faults;
        assert_eq!(faults(&typed("", "", "", "")), []);
        assert_eq!(faults(&typed("118", "", "2026-01", "2026-12")), [Fault::Missing("denominator")]);
        assert_eq!(faults(&typed("many", "200", "2026-01", "2026-12")), [Fault::Unreadable("numerator")]);
        assert_eq!(faults(&typed("201", "200", "2026-01", "2026-12")), [Fault::NumeratorAboveDenominator]);
        assert_eq!(faults(&typed("0", "0", "2026-01", "2026-12")), [Fault::ZeroDenominator]);
        assert_eq!(faults(&typed("1", "2", "2026-12", "2026-01")), [Fault::PeriodBackwards]);
        assert_eq!(faults(&typed("1", "2", "2027-01", "2027-04")), [Fault::PeriodInFuture]);
        assert_eq!(faults(&typed("1", "2", "", "soon")), [Fault::Missing("from"), Fault::Unreadable("to")]);
        let whole = read(&percentage, &typed("1 842", "2,106", "2026", "2026"), TODAY);
        assert!(whole.is_measured());
        assert_eq!(whole.value, Some(Value::Share { numerator: 1842, denominator: 2106 }));
    }

    #[test]
    fn numbers_are_read_with_point_or_comma() {
        for (text, value) in [
            ("2.5", Some(2.5)),
            ("2,5", Some(2.5)),
            ("12", Some(12.0)),
            ("-1", None),
            ("1e9", None),
            ("NaN", None),
            ("about 3", None),
        ] {
            assert_eq!(number(text), value, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn reading_never_panics_and_keeps_shares_within_0_to_100(n in ".{0,12}", d in ".{0,12}", from in ".{0,8}", to in ".{0,8}") {
            let reading = read(&indicator(IndicatorKind::Percentage), &typed(&n, &d, &from, &to), TODAY);
            if let Some(value) = reading.value {
                prop_assert!((0.0..=100.0).contains(&value.figure()));
            }
        }
    }
}
