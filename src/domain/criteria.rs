//! The shape of one edition of the criteria. The texts stand in `criteria/`; `catalogue` reads them.

use super::{evidence, level::Level};
use serde::{Deserialize, Serialize};

/// How many criteria every edition has; the official form asks for all of them.
pub const COUNT: u8 = 13;

/// The five groups, in the order of the official form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Group {
    /// Criteria 1 and 2.
    Integration,
    /// Criteria 3 and 4.
    Credentialing,
    /// Criteria 5 to 11.
    ServiceProvision,
    /// Criterion 12.
    Research,
    /// Criterion 13.
    Education,
}

impl Group {
    /// All groups in order.
    pub const ALL: [Self; 5] =
        [Self::Integration, Self::Credentialing, Self::ServiceProvision, Self::Research, Self::Education];

    /// "Service provision".
    pub const fn name(self) -> &'static str {
        match self {
            Self::Integration => "Integration",
            Self::Credentialing => "Credentialing",
            Self::ServiceProvision => "Service provision",
            Self::Research => "Research",
            Self::Education => "Education",
        }
    }

    /// The group that the official form gives a criterion.
    pub const fn of(number: u8) -> Self {
        match number {
            0..=2 => Self::Integration,
            3 | 4 => Self::Credentialing,
            5..=11 => Self::ServiceProvision,
            12 => Self::Research,
            _ => Self::Education,
        }
    }
}

/// What kind of number an indicator is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum IndicatorKind {
    /// A count, a time, a staffing figure.
    Number,
    /// A numerator of a denominator, shown in percent.
    Percentage,
    /// Present or not.
    YesNo,
}

/// In which direction an indicator is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Better {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
    /// It describes; neither direction is better.
    Neither,
}

/// A published figure to compare with. Always shown with its year, sample and source.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Benchmark {
    /// In the unit of the indicator.
    pub value: f64,
    /// Who or what it describes.
    pub label: String,
    /// Year of the figure, or of its publication.
    pub year: u16,
    /// The sample, in words.
    pub n: String,
    /// A key of the criterion's sources.
    pub source: String,
}

/// What the words of a level say about an indicator, as a figure: the portal's own rule, never a published one. Where a
/// level and a value contradict it, readiness gives a hint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PortalRule {
    /// Holds at this level and above.
    pub from_level: Option<Level>,
    /// Holds at this level and below.
    pub up_to_level: Option<Level>,
    /// The least figure that fits, in the unit of the indicator; 1 is yes.
    pub at_least: Option<f64>,
    /// The largest figure that fits; 0 is no.
    pub at_most: Option<f64>,
    /// Only a larger figure fits.
    pub above: Option<f64>,
}

impl PortalRule {
    /// Whether it says for which levels, and what: one of each.
    pub const fn is_whole(&self) -> bool {
        let levels = self.from_level.is_some() as u8 + self.up_to_level.is_some() as u8;
        let figures = self.at_least.is_some() as u8 + self.at_most.is_some() as u8 + self.above.is_some() as u8;
        levels == 1 && figures == 1
    }

    /// Whether a level and a figure contradict it.
    pub fn contradicts(&self, level: Level, figure: f64) -> bool {
        let meant = self.from_level.is_some_and(|from| from <= level) || self.up_to_level.is_some_and(|to| level <= to);
        let fits = self.at_least.is_none_or(|least| least <= figure)
            && self.at_most.is_none_or(|most| figure <= most)
            && self.above.is_none_or(|above| above < figure);
        meant && !fits
    }

    /// What fits the level: "at least 168 hours a week", "no".
    pub fn expects(&self, indicator: &Indicator) -> String {
        if indicator.kind == IndicatorKind::YesNo {
            return if self.at_most.is_some() { "no".into() } else { "yes".into() };
        }
        let unit = &indicator.unit;
        match (self.at_least, self.at_most, self.above) {
            (Some(least), ..) => format!("at least {least} {unit}"),
            (_, Some(most), _) => format!("at most {most} {unit}"),
            (.., Some(above)) => format!("more than {above} {unit}"),
            _ => "a figure".into(),
        }
    }
}

/// A number with unit, numerator, denominator and period.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Indicator {
    /// Unique within the edition.
    pub key: String,
    /// Short name.
    pub label: String,
    /// What exactly is counted.
    pub definition: String,
    /// Number, percentage, or yes/no.
    pub kind: IndicatorKind,
    /// "%", "days", "FTE" and so on.
    pub unit: String,
    /// What is counted.
    #[serde(default)]
    pub numerator: Option<String>,
    /// Of what.
    #[serde(default)]
    pub denominator: Option<String>,
    /// Over what time, in words.
    pub period: String,
    /// Direction.
    pub better: Better,
    /// Its number among the 13 major indicators of integration (Hui et al., Ann Oncol 2015), where it is one.
    #[serde(default)]
    pub major: Option<u8>,
    /// What the levels of its criterion say about it.
    #[serde(default)]
    pub portal_rules: Vec<PortalRule>,
    /// Published figures.
    #[serde(default)]
    pub benchmarks: Vec<Benchmark>,
}

impl Indicator {
    /// Whether its value belongs to a period. A yes/no, and a figure told "At submission", belong to the day.
    pub fn has_period(&self) -> bool {
        self.kind != IndicatorKind::YesNo && !self.period.eq_ignore_ascii_case("at submission")
    }
}

/// One criterion of an edition.
#[derive(Clone, Debug, PartialEq)]
pub struct Criterion {
    /// 1 to 13, the official item number.
    pub number: u8,
    /// Short name in addresses and anchors.
    pub key: String,
    /// Its group.
    pub group: Group,
    /// Short title in our own words.
    pub title: String,
    /// What the official item asks, in our own words.
    pub statement: String,
    /// Kinds of evidence one would expect.
    pub expected_evidence: Vec<evidence::Kind>,
    /// What each level means here, 0 to 4.
    pub descriptors: [String; 5],
    /// Its indicators.
    pub indicators: Vec<Indicator>,
}

impl Criterion {
    /// What a level means for this criterion.
    pub fn descriptor(&self, level: Level) -> &str {
        &self.descriptors[usize::from(level.number())]
    }

    /// The indicator with this key.
    pub fn indicator(&self, key: &str) -> Option<&Indicator> {
        self.indicators.iter().find(|i| i.key == key)
    }
}
