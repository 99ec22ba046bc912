//! What screening looks at: whether everything is there, what names the centre, and what looks like the data of a patient.

use super::{
    answer::Content,
    application::File,
    blind::Mask,
    checking::State,
    criteria::Criterion,
    evidence::Evidence,
    id::EvidenceId,
    naming::{self, Known},
    patient,
    plan::PlannedAction,
    readiness::{self, Severity},
    signatory::{Capacity, Confirmation},
    snapshot::Snapshot,
};
use jiff::civil::Date;
use std::collections::BTreeMap;

/// What a concern is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// Something looks like the data of a patient.
    Patient,
    /// Something names the centre, and stays readable after names are taken out.
    Identity,
    /// Something is missing or weak.
    Completeness(Severity),
}

/// One thing to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Concern {
    /// The criterion it stands at; none for the application as a whole.
    pub criterion: Option<u8>,
    /// What it is about.
    pub about: About,
    /// In a sentence without its end.
    pub text: String,
    /// The words, with a few around them; empty when there are none.
    pub words: String,
}

/// What is screened.
#[derive(Clone, Debug)]
pub struct Screened<'a> {
    /// The application as it was handed in.
    pub snapshot: &'a Snapshot,
    /// The criteria it answers.
    pub criteria: &'a [Criterion],
    /// What is planned where a criterion is not met.
    pub plan: &'a [PlannedAction],
    /// Takes the names out.
    pub mask: &'a Mask,
    /// Finds what may name somebody.
    pub known: &'a Known,
    /// The day on which it was handed in.
    pub day: Date,
    /// The day on which decisions are planned.
    pub decision: Date,
}

/// Everything to look at: patients first, then names, then what is missing; each in the order of the form.
pub fn concerns(screened: &Screened<'_>) -> Vec<Concern> {
    let mut list = Vec::new();
    for (criterion, place, text) in texts(screened.snapshot) {
        for hit in patient::find(text) {
            let words = hit.snippet(text).to_owned();
            list.push(Concern {
                criterion,
                about: About::Patient,
                text: format!("{place}: {} stands here", hit.name),
                words,
            });
        }
        let masked = screened.mask.hide(text);
        for hit in naming::scan(&masked, screened.known).into_iter().filter(|hit| !hit.kind.of_writer()) {
            let text = format!("{place}: {} stays readable", hit.kind.name());
            list.push(Concern { criterion, about: About::Identity, text, words: hit.snippet });
        }
    }
    list.extend(completeness(screened));
    list.sort_by_key(|concern| (concern.about, concern.criterion));
    list
}

/// What to look at in the files: those that reviewers cannot see yet, and what nobody has decided in them.
pub fn of_files<'a>(files: impl Iterator<Item = &'a Evidence>) -> Vec<Concern> {
    let mut list = Vec::new();
    for evidence in files {
        let Some(check) = &evidence.check else { continue };
        let mut tell = |about, says: &str| {
            let criterion = evidence.uses.first().map(|u| u.0);
            list.push(Concern {
                criterion,
                about,
                text: format!("The file “{}” {says}", evidence.title),
                words: String::new(),
            });
        };
        if 0 < check.patients {
            tell(About::Patient, "seems to hold data of a patient");
        }
        if 0 < check.names {
            tell(About::Identity, "may tell who the centre is");
        }
        match check.state {
            State::Refused => tell(About::Completeness(Severity::Error), "cannot be shown to reviewers as it is"),
            state if state.goes_on() => {
                tell(About::Completeness(Severity::Warning), "is still being looked through");
            }
            _ => {}
        }
        if check.unchecked {
            tell(About::Completeness(Severity::Hint), "has parts without text, where nobody has looked for names");
        }
    }
    list
}

/// How many places of the application name the centre and are taken out.
pub fn taken_out(snapshot: &Snapshot, mask: &Mask) -> usize {
    let removed = |text: &str| text.matches(super::blind::REMOVED).count();
    texts(snapshot).map(|(_, _, text)| removed(&mask.hide(text)).saturating_sub(removed(text))).sum()
}

/// Every text that reviewers will read, with the criterion it stands at and what it is.
fn texts(snapshot: &Snapshot) -> impl Iterator<Item = (Option<u8>, &'static str, &str)> {
    let narratives = snapshot.answers.iter().map(|a| (Some(a.criterion), "The case", a.content.narrative.as_str()));
    let figures = snapshot.answers.iter().flat_map(|a| {
        a.content.indicators.values().flat_map(move |typed| {
            [&typed.value, &typed.numerator, &typed.denominator]
                .map(|text| (Some(a.criterion), "An indicator", text.as_str()))
        })
    });
    let titles =
        snapshot.evidence.iter().map(|e| (e.uses.first().map(|u| u.0), "The title of evidence", e.title.as_str()));
    let pages = snapshot.evidence.iter().flat_map(|e| {
        e.uses.iter().map(|(criterion, pages)| (Some(*criterion), "The pages of evidence", pages.as_str()))
    });
    narratives.chain(figures).chain(titles).chain(pages)
}

fn completeness(screened: &Screened<'_>) -> Vec<Concern> {
    let snapshot = screened.snapshot;
    let answers: BTreeMap<u8, Content> = snapshot.answers.iter().map(|a| (a.criterion, a.content.clone())).collect();
    let evidence: Vec<Evidence> = snapshot
        .evidence
        .iter()
        .zip(1_u128..)
        .map(|(e, number)| Evidence {
            id: EvidenceId::new(number),
            title: e.title.clone(),
            kind: e.kind,
            effective: e.effective.clone(),
            expiry: e.expiry.clone(),
            uses: e.uses.clone(),
            check: None,
        })
        .collect();
    let confirmations = Capacity::ALL.map(|capacity| {
        let confirmed = snapshot.confirmations.iter().any(|(c, _)| *c == capacity);
        (capacity, if confirmed { Confirmation::Confirmed } else { Confirmation::Nobody })
    });
    let findings = readiness::findings(&File {
        criteria: screened.criteria,
        answers: &answers,
        evidence: &evidence,
        rivals: &[],
        requests: &[],
        returned: &[],
        plan: screened.plan,
        confirmations: &confirmations,
        declarations: &snapshot.declarations,
        today: screened.day,
        decision: screened.decision,
    });
    findings
        .into_iter()
        .filter(|finding| finding.severity != Severity::Hint)
        .map(|finding| Concern {
            criterion: match &finding.place {
                readiness::Place::Evidence(id) => {
                    evidence.iter().find(|e| e.id == *id).and_then(|e| e.uses.first()).map(|u| u.0)
                }
                place => place.criterion(),
            },
            about: About::Completeness(finding.severity),
            text: finding.message,
            words: String::new(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        evidence::Kind,
        level::Level,
        moment::Moment,
        snapshot::{SnapshotAnswer, SnapshotEvidence},
    };
    use jiff::civil::date;

    fn told(narrative: &str, title: &str) -> Vec<(Option<u8>, About, String)> {
        let names = ["Fjellvik Cancer Centre", "Fjellvik", "Ingrid Solbergvik"];
        let content = Content { level: Some(Level::AdHoc), narrative: narrative.into(), ..Content::default() };
        let snapshot = Snapshot {
            edition: "2026".into(),
            at: Moment::from_millis(0),
            answers: vec![SnapshotAnswer { criterion: 3, content }],
            evidence: vec![SnapshotEvidence {
                kind: Kind::Policy,
                title: title.into(),
                effective: String::new(),
                expiry: String::new(),
                uses: vec![(5, "2".into())],
                sha256: None,
                link: None,
            }],
            declarations: vec![],
            confirmations: vec![],
        };
        let screened = Screened {
            snapshot: &snapshot,
            criteria: &[],
            plan: &[],
            mask: &Mask::new(names),
            known: &Known::new(names),
            day: date(2027, 4, 1),
            decision: date(2027, 7, 1),
        };
        let list = concerns(&screened);
        list.into_iter()
            .filter(|c| !matches!(c.about, About::Completeness(_)))
            .map(|c| (c.criterion, c.about, c.text))
            .collect()
    }

    #[test]
    fn a_name_that_is_taken_out_is_no_concern_and_one_that_stays_is() {
        assert_eq!(told("At Fjellvik Cancer Centre we meet weekly.", "Rota"), []);
        let near = told("At Fjelvik we meet weekly.", "Rota");
        assert_eq!(near.len(), 1, "{near:?}");
        assert_eq!((near[0].0, near[0].1), (Some(3), About::Identity));
    }

    #[test]
    fn patients_come_first_and_at_their_place() {
        let list = told("At Fjelvik. Born 12.03.1957, she stayed.", "Letter about MRN 4471182");
        let places: Vec<_> = list.iter().map(|(criterion, about, _)| (*criterion, *about)).collect();
        assert_eq!(places, [(Some(3), About::Patient), (Some(5), About::Patient), (Some(3), About::Identity)]);
    }

    #[test]
    fn what_is_missing_is_told_without_hints() {
        let snapshot = Snapshot {
            edition: "2026".into(),
            at: Moment::from_millis(0),
            answers: vec![],
            evidence: vec![],
            declarations: vec![],
            confirmations: vec![],
        };
        let screened = Screened {
            snapshot: &snapshot,
            criteria: &[],
            plan: &[],
            mask: &Mask::default(),
            known: &Known::default(),
            day: date(2027, 4, 1),
            decision: date(2027, 7, 1),
        };
        let list = concerns(&screened);
        assert!(!list.is_empty());
        assert!(list.iter().all(|c| c.about == About::Completeness(Severity::Error)), "{list:?}");
    }
}
