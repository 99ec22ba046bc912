//! Readiness: what is missing, with the place to mend it.
//!
//! Reading an application never fails; it gives findings. Only submitting asks whether there are errors among them. Every
//! finding belongs to one of the [`RULES`].

mod rules;

pub use rules::{RULES, Rule, table};

use super::{
    application::File,
    checking::{Check, State},
    criteria::{Criterion, IndicatorKind},
    date,
    evidence::Evidence,
    id::EvidenceId,
    indicator::{self, Fault},
    level::Level,
    narrative, report,
    signatory::{Capacity, Confirmation, Declaration},
    text,
};

/// Oldest period of an indicator that is still told as current, in months (the portal's rule).
const PERIOD_MONTHS: i32 = 36;

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Submitting is refused.
    Error,
    /// A reviewer will probably ask.
    Warning,
    /// Might make the case clearer.
    Hint,
}

impl Severity {
    /// "Error".
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error => "Error",
            Self::Warning => "Warning",
            Self::Hint => "Hint",
        }
    }
}

/// Where a finding can be mended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A field on the page of a criterion: `level`, `narrative`, `evidence`, `plan`, `requests`, `rival` or `indicator.KEY.PART`.
    Field(u8, String),
    /// A piece of evidence.
    Evidence(EvidenceId),
    /// A signatory.
    Signatory(Capacity),
    /// A declaration.
    Declaration(Declaration),
}

impl Place {
    /// The criterion it belongs to, if it belongs to one.
    pub const fn criterion(&self) -> Option<u8> {
        match self {
            Self::Field(number, _) => Some(*number),
            Self::Evidence(_) | Self::Signatory(_) | Self::Declaration(_) => None,
        }
    }
}

/// Something readiness reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Stable, for tests and statistics.
    pub code: &'static str,
    /// How much it weighs.
    pub severity: Severity,
    /// Where to mend it.
    pub place: Place,
    /// What to do.
    pub message: String,
}

/// Proof that an application has no errors; needed to submit it.
#[derive(Debug)]
pub struct Ready(());

impl Ready {
    /// Only for tests of transitions.
    #[cfg(test)]
    pub const fn for_tests() -> Self {
        Self(())
    }
}

/// Proof of readiness, or the findings that stand against it.
pub fn check(file: &File<'_>) -> Result<Ready, Vec<Finding>> {
    let findings = findings(file);
    if findings.iter().any(|f| f.severity == Severity::Error) { Err(findings) } else { Ok(Ready(())) }
}

/// All findings, errors first, in the order of the form.
pub fn findings(file: &File<'_>) -> Vec<Finding> {
    let mut list = Vec::new();
    for criterion in file.criteria {
        answer_findings(file, criterion, &mut list);
    }
    for evidence in file.evidence {
        evidence_findings(file, evidence, &mut list);
    }
    for (capacity, confirmation) in file.confirmations {
        signatory_finding(*capacity, *confirmation, &mut list);
    }
    for declaration in Declaration::ALL.into_iter().filter(|d| !file.declarations.contains(d)) {
        list.push(Finding {
            code: "declaration-open",
            severity: Severity::Error,
            place: Place::Declaration(declaration),
            message: format!("Declare: {}", declaration.sentence()),
        });
    }
    debug_assert!(list.iter().all(|f| Rule::of(f.code).is_some_and(|r| r.severity == f.severity)), "{list:?}");
    list.sort_by_key(|f| f.severity);
    list
}

fn answer_findings(file: &File<'_>, criterion: &Criterion, list: &mut Vec<Finding>) {
    let number = criterion.number;
    let mut report = |code, severity, field: &str, message: String| {
        list.push(Finding { code, severity, place: Place::Field(number, field.to_owned()), message });
    };
    for reason in file.returned.iter().filter(|r| r.criterion == Some(number)) {
        report("returned", Severity::Warning, "returned", format!("Returned by screening: {}", reason.text));
    }
    if file.rivals.contains(&number) {
        report("two-texts", Severity::Error, "rival", "Two people saved different answers. Choose one".into());
    }
    if file.requests.contains(&number) {
        report(
            "request-open",
            Severity::Warning,
            "requests",
            "A colleague asked for a change. Answer the request or close it".into(),
        );
    }
    let empty = super::answer::Content::default();
    let content = file.answers.get(&number).unwrap_or(&empty);
    let Some(level) = content.level else {
        report("level-missing", Severity::Error, "level", "Choose a level".into());
        return;
    };
    match text::words(&content.narrative) {
        0 => report(
            "narrative-missing",
            Severity::Error,
            "narrative",
            "Write how you meet this criterion, or what is missing".into(),
        ),
        n if text::NARRATIVE_WORDS < n => report(
            "narrative-long",
            Severity::Error,
            "narrative",
            format!("Shorten the text to {} words; it has {n}", text::NARRATIVE_WORDS),
        ),
        // Below level 2 there is often nobody and nothing to name.
        _ if Level::AdHoc < level => {
            let missing = narrative::missing(&content.narrative);
            if !missing.is_empty() {
                let missing: Vec<&str> = missing.into_iter().map(narrative::Part::ask).collect();
                report("narrative-vague", Severity::Hint, "narrative", format!("Say {}", missing.join("; ")));
            }
        }
        _ => {}
    }
    let used: Vec<&Evidence> = file.evidence.iter().filter(|e| e.uses.iter().any(|(c, _)| *c == number)).collect();
    if level.answers_yes() && !used.iter().any(|e| e.shows_use_on(file.today)) {
        let message = if used.iter().any(|e| e.kind.shows_use()) {
            "Level 3 or 4 needs evidence of use from the last 24 months. Give the evidence its date, or add a newer piece"
        } else {
            "Level 3 or 4 needs evidence of use: minutes, a rota, an audit or figures from the last 24 months. A policy alone is not use"
        };
        report("use-missing", Severity::Error, "evidence", message.into());
    }
    let plan: Vec<_> = file.plan.iter().filter(|a| a.criterion == number && a.done.is_none()).collect();
    if let Some(action) = plan.iter().find(|a| !a.missing().is_empty()) {
        let message = format!("Complete the planned action “{}”: say {}", action.what, action.missing().join(", "));
        report("plan-incomplete", Severity::Hint, "plan", message);
    }
    if !level.answers_yes() && plan.is_empty() {
        let message = format!(
            "Level {} answers the official question with no. Plan who will close the gap, and by when",
            level.number()
        );
        report("plan-missing", Severity::Warning, "plan", message);
    }
    let mut measured = false;
    for indicator in &criterion.indicators {
        let field = |part: &str| format!("indicator.{}.{part}", indicator.key);
        let Some(typed) = content.indicators.get(&indicator.key) else {
            if let Some(major) = indicator.major {
                let part = if indicator.kind == IndicatorKind::Percentage { "numerator" } else { "value" };
                let message = format!(
                    "Give “{}”: it is one of the 13 indicators of integration and counts 0 in your estimate (number {major})",
                    indicator.label
                );
                report("major-missing", Severity::Hint, &field(part), message);
            }
            continue;
        };
        let reading = indicator::read(indicator, typed, file.today);
        for fault in &reading.faults {
            let severity =
                if matches!(fault, Fault::Missing("from" | "to")) { Severity::Warning } else { Severity::Error };
            let message = format!("{} for “{}”", fault.message(), indicator.label);
            report(fault.code(), severity, &field(fault.part()), message);
        }
        let figure = reading.value.map(indicator::Value::figure);
        let contradicted = figure.and_then(|f| indicator.portal_rules.iter().find(|rule| rule.contradicts(level, f)));
        if let Some(rule) = contradicted {
            let message = format!(
                "Level {} goes with {} for “{}” (the portal's own rule). Check level and figure, or say in the text why both are right",
                level.number(),
                rule.expects(indicator),
                indicator.label
            );
            let part = if indicator.kind == IndicatorKind::Percentage { "numerator" } else { "value" };
            report("level-contradicted", Severity::Hint, &field(part), message);
        }
        if let Some((_, to)) = reading.period
            && PERIOD_MONTHS < date::months_between(to, file.today)
        {
            report(
                "period-old",
                Severity::Warning,
                &field("to"),
                format!("The figures for “{}” are more than three years old. Give newer ones", indicator.label),
            );
        }
        measured |= indicator.kind != IndicatorKind::YesNo && reading.is_measured();
    }
    if level == Level::Exemplary && !measured {
        let first = criterion.indicators.iter().find(|i| i.kind != IndicatorKind::YesNo);
        let field = first.map_or("level".to_owned(), |i| {
            format!("indicator.{}.{}", i.key, if i.kind == IndicatorKind::Percentage { "numerator" } else { "value" })
        });
        report(
            "measure-missing",
            Severity::Error,
            &field,
            "Level 4 needs at least one measured indicator with its period".into(),
        );
    }
}

fn evidence_findings(file: &File<'_>, evidence: &Evidence, list: &mut Vec<Finding>) {
    let mut report = |code, severity, message: String| {
        list.push(Finding { code, severity, place: Place::Evidence(evidence.id), message });
    };
    let title = &evidence.title;
    for (typed, name) in [(&evidence.effective, "effective date"), (&evidence.expiry, "expiry date")] {
        if !typed.trim().is_empty() && date::read_day(typed).is_none() {
            report("date-unreadable", Severity::Error, format!("Write the {name} of “{title}” as day, month and year"));
        }
    }
    if evidence.kind.shows_use() && evidence.effective.trim().is_empty() {
        report(
            "date-missing",
            Severity::Warning,
            format!("Give “{title}” its date; without it, it does not count as use"),
        );
    }
    if evidence.expired_on(file.today) {
        report(
            "evidence-expired",
            Severity::Warning,
            format!("“{title}” has expired. Replace it with the current version"),
        );
    } else if evidence.expired_on(file.decision) {
        report(
            "evidence-expiring",
            Severity::Warning,
            format!("“{title}” expires before the decision. Say who renews it"),
        );
    }
    if let Some(check) = &evidence.check {
        file_findings(title, check, &mut report);
    }
    if evidence.uses.is_empty() {
        report("evidence-unused", Severity::Hint, format!("“{title}” supports no criterion yet"));
    }
}

/// What a file's way to reviewers means for handing in: what is refused or undecided stops it, what goes on by itself does not.
fn file_findings(title: &str, check: &Check, tell: &mut impl FnMut(&'static str, Severity, String)) {
    match (check.state, check.fault) {
        (State::Refused, fault) => {
            let why = fault.map_or("It cannot be shown to reviewers. Replace it", report::Fault::message);
            tell("file-refused", Severity::Error, format!("“{title}”: {}", lower_this(why)));
        }
        (state, _) if state.goes_on() => tell(
            "file-waiting",
            Severity::Warning,
            format!(
                "“{title}” is still being looked through. You can submit meanwhile; reviewers get it when that is done"
            ),
        ),
        _ => {}
    }
    if 0 < check.patients {
        tell(
            "file-patient",
            Severity::Error,
            format!("“{title}” seems to hold data of a patient. Replace the file, or say at each place why it is none"),
        );
    }
    if 0 < check.names {
        tell(
            "file-names",
            Severity::Error,
            format!("“{title}” may tell reviewers who you are. Replace the file, or say at each place why it may stay"),
        );
    }
    if check.unchecked {
        tell(
            "file-unchecked",
            Severity::Hint,
            format!(
                "“{title}” has pages or pictures without text. Look there for names yourself: logos, letterheads, signatures"
            ),
        );
    }
}

/// The sentence after a title: "this file …".
fn lower_this(sentence: &str) -> String {
    sentence.strip_prefix("This ").map_or_else(|| sentence.to_owned(), |rest| format!("this {rest}"))
}

fn signatory_finding(capacity: Capacity, confirmation: Confirmation, list: &mut Vec<Finding>) {
    let who = capacity.name();
    let (code, severity, message) = match confirmation {
        Confirmation::Confirmed => return,
        Confirmation::Nobody => ("signatory-missing", Severity::Error, format!("{who}: give name and e-mail address")),
        Confirmation::Waiting => ("signatory-waiting", Severity::Error, format!("{who}: has not confirmed yet")),
        Confirmation::BeforeChange => (
            "signatory-before-change",
            Severity::Warning,
            format!("{who}: confirmed before the last change. Tell them, or ask again"),
        ),
    };
    list.push(Finding { code, severity, place: Place::Signatory(capacity), message });
}

#[cfg(test)]
mod tests;
