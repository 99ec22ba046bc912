//! The rules of readiness in one table: what `check --rules` prints and the help page shows.

use super::Severity;
use Severity::{Error, Hint, Warning};

/// One rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Stable, for tests and statistics.
    pub code: &'static str,
    /// How much its finding weighs.
    pub severity: Severity,
    /// What it says.
    pub says: &'static str,
}

impl Rule {
    /// The rule with this code.
    pub fn of(code: &str) -> Option<&'static Self> {
        RULES.iter().find(|r| r.code == code)
    }
}

const fn rule(code: &'static str, severity: Severity, says: &'static str) -> Rule {
    Rule { code, severity, says }
}

/// All rules, in the order of the form.
pub const RULES: &[Rule] = &[
    rule("level-missing", Error, "A criterion has no level yet."),
    rule("narrative-missing", Error, "A level is chosen, but the case is not written."),
    rule("narrative-long", Error, "The case is longer than 400 words."),
    rule(
        "narrative-vague",
        Hint,
        "At level 2 or above the case names no role, no time, or nothing that one could look up.",
    ),
    rule("two-texts", Error, "Two people saved different answers, and none is chosen yet."),
    rule("request-open", Warning, "A colleague asked for a change, and the request is still open."),
    rule("returned", Warning, "Screening returned the application because of this criterion."),
    rule(
        "use-missing",
        Error,
        "Level 3 or 4 has no evidence of use from the last 24 months; a policy alone is not use.",
    ),
    rule("measure-missing", Error, "Level 4 has no measured indicator with value and period."),
    rule(
        "level-contradicted",
        Hint,
        "A level and the figure of an indicator do not fit each other, by the portal's own rule.",
    ),
    rule(
        "major-missing",
        Hint,
        "One of the 13 major indicators of integration has no value, and counts 0 in the estimate.",
    ),
    rule("figure-missing", Error, "A figure is begun, but a part of it is missing."),
    rule("figure-unreadable", Error, "A part of a figure is not a number, a month, or yes or no."),
    rule("share-above-100", Error, "A numerator is larger than its denominator."),
    rule("denominator-zero", Error, "A denominator is 0."),
    rule("period-missing", Warning, "A figure has no first or last month."),
    rule("period-backwards", Error, "A period ends before it begins."),
    rule("period-future", Error, "A period ends in the future."),
    rule("period-old", Warning, "A period ended more than 36 months ago."),
    rule("plan-missing", Warning, "A level below 3 has no planned action."),
    rule("plan-incomplete", Hint, "A planned action does not say who, by when, or how one will know."),
    rule("date-unreadable", Error, "A date of a piece of evidence cannot be read."),
    rule("date-missing", Warning, "Evidence that could show use has no date, so it does not count as use."),
    rule("evidence-expired", Warning, "A piece of evidence has expired."),
    rule("evidence-expiring", Warning, "A piece of evidence expires before the decision."),
    rule("file-refused", Error, "A file cannot be shown to reviewers as it is."),
    rule("file-patient", Error, "Something in a file looks like the data of a patient, and nobody has decided on it."),
    rule("file-names", Error, "Something in a file may tell who the centre is, and nobody has decided on it."),
    rule("file-waiting", Warning, "A file is still being looked through."),
    rule("file-unchecked", Hint, "A file has parts without text, where nobody has looked for names."),
    rule("evidence-unused", Hint, "A piece of evidence supports no criterion."),
    rule("signatory-missing", Error, "One of the three signatories is not named."),
    rule("signatory-waiting", Error, "A signatory has not confirmed yet."),
    rule("signatory-before-change", Warning, "A signatory confirmed before the last change."),
    rule("declaration-open", Error, "A declaration is not made yet."),
];

/// The table as text: code, severity, and what the rule says.
pub fn table() -> String {
    let width = RULES.iter().map(|r| r.code.len()).max().unwrap_or_default();
    let rows = RULES.iter().map(|r| format!("{:<width$}  {:<8}  {}\n", r.code, r.severity.name(), r.says));
    format!("{:<width$}  {:<8}  What it says\n{}", "Code", "Severity", rows.collect::<String>())
}
