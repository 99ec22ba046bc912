use super::*;
use crate::domain::{
    answer::Content,
    criteria::{Better, Group, Indicator},
    evidence::Kind,
    id::ActionId,
    indicator::Typed,
    plan::PlannedAction,
    stage::Reason,
};
use jiff::civil::{Date, date};
use proptest::prelude::*;
use std::collections::BTreeMap;

const TODAY: Date = date(2027, 3, 5);
const DECISION: Date = date(2027, 10, 1);

fn criterion() -> Criterion {
    let indicator = |key: &str, kind, major| Indicator {
        key: key.into(),
        label: key.into(),
        definition: String::new(),
        kind,
        unit: "%".into(),
        numerator: None,
        denominator: None,
        period: "12 months".into(),
        better: Better::Higher,
        major,
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
        indicators: vec![
            indicator("seen", IndicatorKind::Percentage, None),
            indicator("team", IndicatorKind::YesNo, Some(3)),
        ],
    }
}

fn long_narrative() -> String {
    "Every patient with advanced cancer is seen by the palliative care team in the clinic within ten working days, and the nurse in charge checks the list each Monday.".into()
}

fn content(level: u8) -> Content {
    let seen = Typed {
        numerator: "8".into(),
        denominator: "10".into(),
        from: "2026-01".into(),
        to: "2026-12".into(),
        ..Typed::default()
    };
    let team = Typed { value: "yes".into(), ..Typed::default() };
    Content {
        level: Level::from_number(level.into()),
        narrative: long_narrative(),
        indicators: BTreeMap::from([("seen".to_owned(), seen), ("team".to_owned(), team)]),
    }
}

fn audit() -> Evidence {
    Evidence {
        id: EvidenceId::new(1),
        title: "Audit".into(),
        kind: Kind::Data,
        effective: "2026-11-01".into(),
        expiry: String::new(),
        uses: vec![(1, String::new())],
    }
}

/// The codes and severities found after `change` was made to an application that is ready.
fn codes(change: impl FnOnce(&mut Content, &mut Vec<Evidence>)) -> Vec<(&'static str, Severity)> {
    let (mut content, mut evidence) = (content(3), vec![audit()]);
    change(&mut content, &mut evidence);
    with(&content, &evidence, |_| {}).into_iter().map(|f| (f.code, f.severity)).collect()
}

fn with(content: &Content, evidence: &[Evidence], change: impl FnOnce(&mut File<'_>)) -> Vec<Finding> {
    let criteria = [criterion()];
    let answers = BTreeMap::from([(1, content.clone())]);
    let confirmed = Capacity::ALL.map(|c| (c, Confirmation::Confirmed));
    let mut file = File {
        criteria: &criteria,
        answers: &answers,
        evidence,
        rivals: &[],
        requests: &[],
        returned: &[],
        plan: &[],
        confirmations: &confirmed,
        declarations: &Declaration::ALL,
        today: TODAY,
        decision: DECISION,
    };
    change(&mut file);
    findings(&file)
}

#[test]
fn a_whole_application_has_no_findings() {
    assert_eq!(codes(|_, _| {}), []);
}

#[test]
fn each_rule_of_an_answer() {
    use Severity::{Error, Hint, Warning};
    assert_eq!(codes(|c, _| *c = Content::default()), [("level-missing", Error)]);
    assert_eq!(codes(|c, _| c.narrative = " \n".into()), [("narrative-missing", Error)]);
    assert_eq!(codes(|c, _| c.narrative = "word ".repeat(401)), [("narrative-long", Error)]);
    assert_eq!(codes(|c, _| c.narrative = "word ".repeat(400)), []);
    assert_eq!(codes(|c, _| c.narrative = "We do.".into()), [("narrative-short", Hint)]);
    assert_eq!(codes(|c, _| c.level = Some(Level::Partial)), [("plan-missing", Warning)]);
    assert_eq!(codes(|_, e| e.clear()), [("use-missing", Error)]);
    assert_eq!(codes(|_, e| e[0].effective = "2025-01-31".into()), [("use-missing", Error)]);
    assert_eq!(codes(|_, e| e[0].uses = vec![(2, String::new())]), [("use-missing", Error)]);
    assert_eq!(codes(|c, _| c.level = Some(Level::Exemplary)), []);
    assert_eq!(
        codes(|c, _| {
            c.level = Some(Level::Exemplary);
            c.indicators.remove("seen");
        }),
        [("measure-missing", Error)]
    );
    assert_eq!(codes(|c, _| drop(c.indicators.remove("team"))), [("major-missing", Hint)]);
}

#[test]
fn each_rule_of_an_indicator() {
    use Severity::{Error, Warning};
    let seen = |part: &'static str, text: &'static str| {
        codes(move |c, _| assert!(c.indicators.get_mut("seen").expect("seen").set(part, text.into())))
    };
    assert_eq!(seen("denominator", ""), [("indicator", Error)]);
    assert_eq!(seen("numerator", "eleven"), [("indicator", Error)]);
    assert_eq!(seen("numerator", "11"), [("indicator", Error)]);
    assert_eq!(seen("to", ""), [("indicator", Warning)]);
    assert_eq!(
        codes(|c, _| {
            let typed = c.indicators.get_mut("seen").expect("seen");
            typed.from = "2023-01".into();
            typed.to = "2024-02".into();
        }),
        [("period-old", Warning)]
    );
}

#[test]
fn each_rule_of_evidence() {
    use Severity::{Error, Hint, Warning};
    assert_eq!(codes(|_, e| e.push(Evidence { uses: vec![], ..audit() })), [("evidence-unused", Hint)]);
    assert_eq!(codes(|_, e| e.push(Evidence { expiry: "soon".into(), ..audit() })), [("date-unreadable", Error)]);
    assert_eq!(codes(|_, e| e.push(Evidence { effective: String::new(), ..audit() })), [("date-missing", Warning)]);
    assert_eq!(
        codes(|_, e| e.push(Evidence { expiry: "2027-03-04".into(), ..audit() })),
        [("evidence-expired", Warning)]
    );
    assert_eq!(
        codes(|_, e| e.push(Evidence { expiry: "2027-05-01".into(), ..audit() })),
        [("evidence-expiring", Warning)]
    );
    assert_eq!(codes(|_, e| e.push(Evidence { expiry: "2027-10-01".into(), ..audit() })), []);
}

#[test]
fn each_rule_around_the_answers() {
    let (content, evidence) = (content(3), [audit()]);
    let codes = |change: fn(&mut File<'_>)| -> Vec<_> {
        with(&content, &evidence, change).into_iter().map(|f| f.code).collect()
    };
    assert_eq!(codes(|f| f.rivals = &[1]), ["two-texts"]);
    assert_eq!(codes(|f| f.requests = &[1]), ["request-open"]);
    assert_eq!(codes(|f| f.declarations = &[Declaration::Accurate]), ["declaration-open", "declaration-open"]);
    assert_eq!(codes(|f| f.confirmations = &[(Capacity::DepartmentHead, Confirmation::Nobody)]), ["signatory-missing"]);
    assert_eq!(
        codes(|f| f.confirmations = &[(Capacity::DepartmentHead, Confirmation::Waiting)]),
        ["signatory-waiting"]
    );
    assert_eq!(
        codes(|f| f.confirmations = &[(Capacity::DepartmentHead, Confirmation::BeforeChange)]),
        ["signatory-before-change"]
    );
    let gap = Content { level: Some(Level::Partial), ..content.clone() };
    let planned = |due: &str| -> Vec<_> {
        let action = PlannedAction {
            id: ActionId::new(1),
            criterion: 1,
            what: "Hire".into(),
            owner: "Head of department".into(),
            due: due.into(),
            measure: "Post filled".into(),
            carried: false,
            done: None,
        };
        let plan: &'static [PlannedAction] = vec![action].leak();
        with(&gap, &evidence, |f| f.plan = plan).into_iter().map(|f| f.code).collect()
    };
    assert_eq!(planned("1.9.2027"), Vec::<&str>::new());
    assert_eq!(planned("soon"), ["plan-incomplete"]);
    let reasons: &'static [Reason] = vec![Reason { criterion: Some(1), text: "Name the pathway".into() }].leak();
    let returned: Vec<_> = with(&content, &evidence, |f| f.returned = reasons).into_iter().map(|f| f.code).collect();
    assert_eq!(returned, ["returned"]);
}

#[test]
fn errors_come_first() {
    let list = with(&Content { level: Some(Level::Partial), ..Content::default() }, &[], |_| {});
    assert!(list.is_sorted_by_key(|f| f.severity));
}

proptest! {
    #[test]
    fn looking_never_panics(level in 0_i64..6, narrative in ".{0,80}", effective in ".{0,12}", expiry in ".{0,12}", part in ".{0,8}") {
        let mut content = content(3);
        content.level = Level::from_number(level);
        content.narrative = narrative;
        content.indicators.entry("seen".into()).or_default().numerator = part;
        let evidence = Evidence { effective, expiry, ..audit() };
        with(&content, &[evidence], |_| {});
    }
}
