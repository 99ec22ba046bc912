//! How far one criterion is, in one word.

use super::{
    answer::Content,
    readiness::{Finding, Severity},
};

/// How far one criterion is. Every screen shows this and nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Nothing was answered.
    NotStarted,
    /// Begun, and errors are left.
    ToMend(usize),
    /// No errors, but a reviewer would probably ask.
    Warned(usize),
    /// Nothing is left to do.
    Ready,
}

impl Progress {
    /// From the answer to a criterion and the findings at it.
    pub fn of<'a>(content: Option<&Content>, findings: impl Iterator<Item = &'a Finding>) -> Self {
        let (mut errors, mut warnings) = (0, 0);
        for finding in findings {
            match finding.severity {
                Severity::Error => errors += 1,
                Severity::Warning => warnings += 1,
                Severity::Hint => {}
            }
        }
        match (content.is_none_or(Content::is_empty), errors, warnings) {
            (true, _, _) => Self::NotStarted,
            (false, 0, 0) => Self::Ready,
            (false, 0, warnings) => Self::Warned(warnings),
            (false, errors, _) => Self::ToMend(errors),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{level::Level, readiness::Place};

    #[test]
    fn errors_outweigh_warnings_and_hints_count_nothing() {
        let finding =
            |severity| Finding { code: "x", severity, place: Place::Field(1, "level".into()), message: String::new() };
        let begun = Content { level: Some(Level::Partial), ..Content::default() };
        let of = |list: &[Severity]| {
            let findings: Vec<Finding> = list.iter().map(|s| finding(*s)).collect();
            Progress::of(Some(&begun), findings.iter())
        };
        assert_eq!(Progress::of(None, [].iter()), Progress::NotStarted);
        assert_eq!(of(&[Severity::Hint]), Progress::Ready);
        assert_eq!(of(&[Severity::Warning, Severity::Warning]), Progress::Warned(2));
        assert_eq!(of(&[Severity::Error, Severity::Warning]), Progress::ToMend(1));
    }
}
