//! What reviewers of the demo write.

use super::dice::Dice;
use crate::domain::{
    level::Level,
    outcome::Outcome,
    review::{Confidence, Mark},
};

const STRENGTHS: [&str; 5] = [
    "The written procedure is dated, short, and names who does what.",
    "The figures come with numerator, denominator and period, and can be checked against the evidence.",
    "The audit looked at real cases and led to a change within the year.",
    "Responsibility is with a named post and has cover in holidays.",
    "The text describes what happens on a usual day, not only what is planned.",
];

const GAPS: [&str; 5] = [
    "The procedure covers the inpatient wards; nothing shows that the day clinic works by it.",
    "Nights and weekends rest on goodwill: no rota, and no record of calls.",
    "The table gives a percentage without the number of patients behind it.",
    "The policy is signed, but nothing shows its use in the last two years.",
    "Responsibility lies with one person; nobody is named for the time they are away.",
];

const SATISFY: [&str; 5] = [
    "Extend the procedure to the day clinic and audit 20 cases there within a year.",
    "A rota for nights and weekends, and a count of calls over three months.",
    "Numerator, denominator and period for the last full year.",
    "An audit of 20 recent cases that shows the policy at work.",
    "A named deputy, and a handover that both have signed.",
];

const ABSENT: &str = "No service is described at this criterion.";

/// What a reviewer says who gives this level.
pub fn on(dice: &Dice, level: Level) -> Mark {
    let pick = |list: &[&str; 5]| dice.pick(list).map_or_else(String::new, |text| (*text).to_owned());
    let (strengths, gap, satisfy) = (pick(&STRENGTHS), pick(&GAPS), pick(&SATISFY));
    let confidence = Some(if dice.below(3) == 0 { Confidence::Medium } else { Confidence::High });
    let blank = String::new;
    match level {
        Level::Absent => Mark { level: Some(level), gap: ABSENT.into(), satisfy, confidence, ..Mark::default() },
        Level::AdHoc | Level::Partial => {
            Mark { level: Some(level), strengths, gap, satisfy, confidence, note: blank() }
        }
        Level::Established | Level::Exemplary => Mark { level: Some(level), strengths, confidence, ..Mark::default() },
    }
}

/// What is said about an application as a whole.
pub const fn summary(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Accredited => {
            "Oncology and palliative care work as one here, and the centre can show it with figures."
        }
        Outcome::AccreditedWithRecommendations => {
            "A sound service with gaps that can be closed before renewal. They are named at their criteria."
        }
        Outcome::Deferred => {
            "Much is planned and some of it works. The gaps are named; another year should close them."
        }
        Outcome::NotAccredited => "The service rests on individuals. The criteria name what would have to be there.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Chance;

    #[test]
    fn whoever_gives_less_than_established_says_what_would_satisfy() {
        let dice = Dice::new(Chance::seeded(1));
        for level in Level::ALL {
            let mark = on(&dice, level);
            assert_eq!(mark.level, Some(level));
            assert_eq!(mark.satisfy.is_empty(), level.answers_yes(), "{level:?}");
        }
        assert!(Outcome::ALL.into_iter().all(|o| !summary(o).is_empty()));
    }
}
