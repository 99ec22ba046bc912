use super::*;
use crate::domain::{
    answer::Content,
    criteria::{Better, Group, Indicator, PortalRule},
    evidence::Kind,
    id::ActionId,
    indicator::Typed,
    plan::PlannedAction,
    report::Fault,
    stage::Reason,
};
use jiff::civil::{Date, date};
use proptest::prelude::*;
use std::collections::BTreeMap;

const TODAY: Date = date(2027, 3, 5);
const DECISION: Date = date(2027, 10, 1);

/// From level 3 on 168 hours a week, up to level 0 none.
const HOURS: [PortalRule; 2] = [
    PortalRule {
        from_level: Some(Level::Established),
        up_to_level: None,
        at_least: Some(168.0),
        at_most: None,
        above: None,
    },
    PortalRule { from_level: None, up_to_level: Some(Level::Absent), at_least: None, at_most: Some(0.0), above: None },
];

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
        indicators: vec![
            indicator("seen", IndicatorKind::Percentage, None),
            indicator("team", IndicatorKind::YesNo, Some(3)),
            Indicator {
                period: "At submission".into(),
                portal_rules: HOURS.to_vec(),
                ..indicator("hours", IndicatorKind::Number, None)
            },
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
        check: None,
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
fn the_limits_of_the_rules() {
    assert_eq!(codes(|c, _| c.narrative = format!("{} {}", long_narrative(), "word ".repeat(371))), []);
    assert_eq!(codes(|c, _| c.level = Some(Level::Exemplary)), []);
    assert_eq!(codes(|_, e| e.push(Evidence { expiry: "2027-10-01".into(), ..audit() })), []);
    // Evidence of another criterion, and evidence that is too old, show no use here.
    assert_eq!(codes(|_, e| e[0].uses = vec![(2, String::new())]), [("use-missing", Severity::Error)]);
    assert_eq!(codes(|_, e| e[0].effective = "2025-01-31".into()), [("use-missing", Severity::Error)]);
    // Nobody is asked for roles and times where there is nothing yet.
    let vague = |level| codes(move |c, _| (c.level, c.narrative) = (Some(level), "There is nothing.".into()));
    assert_eq!(vague(Level::AdHoc), [("plan-missing", Severity::Warning)]);
    assert_eq!(vague(Level::Partial), [("plan-missing", Severity::Warning), ("narrative-vague", Severity::Hint)]);
}

#[test]
fn a_level_and_a_figure_that_contradict_each_other_give_a_hint() {
    let told = |level: u8, hours: &str| {
        let mut content = content(level);
        content.indicators.insert("hours".into(), Typed { value: hours.into(), ..Typed::default() });
        let list = with(&content, &[audit()], |_| {});
        list.into_iter().find(|f| f.code == "level-contradicted").map(|f| f.message)
    };
    for (level, hours) in [(3, "168"), (4, "168"), (2, "40"), (1, "40"), (0, "0"), (3, "about 40")] {
        assert_eq!(told(level, hours), None, "level {level} with {hours}");
    }
    for (level, hours, expected) in [
        (3, "40", "Level 3 goes with at least 168 % for “hours” (the portal's own rule)"),
        (4, "167.5", "Level 4 goes with at least 168 %"),
        (0, "8", "Level 0 goes with at most 0 %"),
    ] {
        let message = told(level, hours).unwrap_or_else(|| panic!("level {level} with {hours}"));
        assert!(message.starts_with(expected), "{message}");
    }
}

/// One application for each rule, in the order of the table: what it is called, and what is found.
fn cases() -> Vec<(&'static str, Vec<Finding>)> {
    let changed = |change: fn(&mut Content, &mut Vec<Evidence>)| {
        let (mut content, mut evidence) = (content(3), vec![audit()]);
        change(&mut content, &mut evidence);
        with(&content, &evidence, |_| {})
    };
    let checked = |check: Check| {
        let file = Evidence { check: Some(check), ..audit() };
        with(&content(3), &[audit(), file], |_| {})
    };
    let around = |change: fn(&mut File<'_>)| with(&content(3), &[audit()], change);
    let seen = |part: &str, text: &str| {
        let mut content = content(3);
        assert!(content.indicators.get_mut("seen").expect("seen").set(part, text.into()));
        with(&content, &[audit()], |_| {})
    };
    let planned = |due: &str| {
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
        with(&content(2), &[audit()], |f| f.plan = vec![action].leak())
    };
    assert_eq!(planned("1.9.2027"), []);
    vec![
        ("level-missing", changed(|c, _| *c = Content::default())),
        ("narrative-missing", changed(|c, _| c.narrative = " \n".into())),
        ("narrative-long", changed(|c, _| c.narrative = format!("{} {}", long_narrative(), "word ".repeat(372)))),
        ("narrative-vague", changed(|c, _| c.narrative = "We are committed to good care at all times.".into())),
        ("two-texts", around(|f| f.rivals = &[1])),
        ("request-open", around(|f| f.requests = &[1])),
        (
            "returned",
            around(|f| f.returned = vec![Reason { criterion: Some(1), text: "Name the pathway".into() }].leak()),
        ),
        ("use-missing", changed(|_, e| e.clear())),
        (
            "measure-missing",
            changed(|c, _| {
                c.level = Some(Level::Exemplary);
                c.indicators.remove("seen");
            }),
        ),
        (
            "level-contradicted",
            changed(|c, _| {
                c.indicators.insert("hours".into(), Typed { value: "40".into(), ..Typed::default() });
            }),
        ),
        ("major-missing", changed(|c, _| drop(c.indicators.remove("team")))),
        ("figure-missing", seen("denominator", "")),
        ("figure-unreadable", seen("numerator", "eleven")),
        ("share-above-100", seen("numerator", "11")),
        ("denominator-zero", seen("denominator", "0")),
        ("period-missing", seen("to", "")),
        ("period-backwards", seen("from", "2027-01")),
        ("period-future", seen("to", "2027-04")),
        (
            "period-old",
            changed(|c, _| {
                let typed = c.indicators.get_mut("seen").expect("seen");
                (typed.from, typed.to) = ("2023-01".into(), "2024-02".into());
            }),
        ),
        ("plan-missing", changed(|c, _| c.level = Some(Level::Partial))),
        ("plan-incomplete", planned("soon")),
        ("date-unreadable", changed(|_, e| e.push(Evidence { expiry: "soon".into(), ..audit() }))),
        ("date-missing", changed(|_, e| e.push(Evidence { effective: String::new(), ..audit() }))),
        ("evidence-expired", changed(|_, e| e.push(Evidence { expiry: "2027-03-04".into(), ..audit() }))),
        ("evidence-expiring", changed(|_, e| e.push(Evidence { expiry: "2027-05-01".into(), ..audit() }))),
        ("file-refused", checked(Check { state: State::Refused, fault: Some(Fault::Encrypted), ..Check::begun() })),
        ("file-patient", checked(Check { state: State::NeedsYou, patients: 1, ..Check::begun() })),
        ("file-names", checked(Check { state: State::NeedsYou, names: 1, ..Check::begun() })),
        ("file-waiting", checked(Check::begun())),
        ("file-unchecked", checked(Check { state: State::Ready, unchecked: true, ..Check::begun() })),
        ("evidence-unused", changed(|_, e| e.push(Evidence { uses: vec![], ..audit() }))),
        ("signatory-missing", around(|f| f.confirmations = &[(Capacity::DepartmentHead, Confirmation::Nobody)])),
        ("signatory-waiting", around(|f| f.confirmations = &[(Capacity::DepartmentHead, Confirmation::Waiting)])),
        (
            "signatory-before-change",
            around(|f| f.confirmations = &[(Capacity::DepartmentHead, Confirmation::BeforeChange)]),
        ),
        ("declaration-open", around(|f| f.declarations = &Declaration::ALL[1..])),
    ]
}

/// A whole application becomes one in which exactly this rule speaks; without the rule its case would find nothing.
#[test]
fn every_rule_speaks_in_its_own_case_and_nowhere_else() {
    let cases = cases();
    for (code, findings) in &cases {
        let found: Vec<_> = findings.iter().map(|f| (f.code, f.severity)).collect();
        let rule = Rule::of(code).unwrap_or_else(|| panic!("{code} is not in the table"));
        assert_eq!(found, [(*code, rule.severity)]);
        assert!(!findings[0].message.is_empty());
    }
    assert_eq!(
        cases.iter().map(|(code, _)| *code).collect::<Vec<_>>(),
        RULES.iter().map(|r| r.code).collect::<Vec<_>>()
    );
}

#[test]
fn the_table_tells_every_rule_once() {
    let table = table();
    assert_eq!(table.lines().count(), RULES.len() + 1);
    for (line, rule) in table.lines().skip(1).zip(RULES) {
        assert!(
            line.starts_with(rule.code) && line.contains(rule.severity.name()) && line.ends_with(rule.says),
            "{line}"
        );
    }
    for (code, limit) in [
        ("narrative-long", text::NARRATIVE_WORDS.to_string()),
        ("period-old", PERIOD_MONTHS.to_string()),
        ("use-missing", crate::domain::evidence::USE_COUNTS_FOR_MONTHS.to_string()),
    ] {
        assert!(Rule::of(code).expect(code).says.contains(&limit), "{code} does not tell its limit");
    }
    let codes: std::collections::BTreeSet<_> = RULES.iter().map(|r| r.code).collect();
    assert_eq!(codes.len(), RULES.len());
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
