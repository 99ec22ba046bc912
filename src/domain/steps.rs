//! What would make every criterion "established": the shortest list of steps, from the answers and what stands against them.

use super::{
    answer::Content,
    criteria::Criterion,
    level::Level,
    readiness::{Finding, Severity},
};

/// A step towards level 3 at one criterion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Where.
    pub criterion: u8,
    /// What has to be there.
    pub what: String,
}

/// The steps, by criterion: none where level 3 is reached and nothing has to be mended; the descriptor of level 3 where a
/// lower level or none is chosen; otherwise what has to be mended.
pub fn to_established<'a>(
    criteria: &[Criterion],
    content: impl Fn(u8) -> Option<&'a Content>,
    findings: &[Finding],
) -> Vec<Step> {
    let mut steps = Vec::new();
    for criterion in criteria {
        let number = criterion.number;
        match content(number).and_then(|c| c.level) {
            Some(level) if level.answers_yes() => {
                let errors =
                    findings.iter().filter(|f| f.severity == Severity::Error && f.place.criterion() == Some(number));
                steps.extend(errors.map(|f| Step { criterion: number, what: f.message.clone() }));
            }
            Some(level) => {
                let what = format!(
                    "From {} {} to 3 Established: {}",
                    level.number(),
                    level.name(),
                    criterion.descriptor(Level::Established)
                );
                steps.push(Step { criterion: number, what });
            }
            None => {
                let what = format!("Choose a level. 3 Established means: {}", criterion.descriptor(Level::Established));
                steps.push(Step { criterion: number, what });
            }
        }
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{criteria::Group, readiness::Place};

    fn criterion(number: u8) -> Criterion {
        Criterion {
            number,
            key: String::new(),
            group: Group::of(number),
            title: String::new(),
            statement: String::new(),
            expected_evidence: vec![],
            descriptors: ["none", "some", "half", "whole", "best"].map(str::to_owned),
            indicators: vec![],
        }
    }

    #[test]
    fn a_step_is_what_lies_between_an_answer_and_level_3() {
        let criteria = [1, 2, 3, 4].map(criterion);
        let at = |level| Content { level, ..Content::default() };
        let answers = [at(Some(Level::Exemplary)), at(Some(Level::Partial)), at(Some(Level::Established)), at(None)];
        let mend = |number, severity| Finding {
            code: "x",
            severity,
            place: Place::Field(number, "evidence".into()),
            message: "Add a rota".into(),
        };
        let findings = [mend(3, Severity::Error), mend(1, Severity::Warning), mend(2, Severity::Error)];
        let steps = to_established(&criteria, |n| answers.get(usize::from(n) - 1), &findings);
        let lines: Vec<String> = steps.iter().map(|s| format!("{}: {}", s.criterion, s.what)).collect();
        assert_eq!(
            lines,
            [
                "2: From 2 Partial to 3 Established: whole",
                "3: Add a rota",
                "4: Choose a level. 3 Established means: whole"
            ]
        );
    }
}
