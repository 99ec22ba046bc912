//! Decisions: which outcome the rules of a cycle suggest, and what a proposal needs.

use super::{cycle::Thresholds, level::Level, outcome::Outcome};

/// The most words of a letter.
pub const LETTER_WORDS: usize = 1200;

/// The outcome that the levels of a panel suggest under the rules of a cycle.
pub fn suggest(levels: &[Level], thresholds: &Thresholds) -> Outcome {
    let yes = count_yes(levels);
    let lowest = levels.iter().map(|l| l.number()).min().unwrap_or(0);
    if thresholds.accredited <= yes {
        Outcome::Accredited
    } else if thresholds.recommendations <= yes && thresholds.lowest <= lowest {
        Outcome::AccreditedWithRecommendations
    } else if thresholds.deferred <= yes {
        Outcome::Deferred
    } else {
        Outcome::NotAccredited
    }
}

fn count_yes(levels: &[Level]) -> u8 {
    u8::try_from(levels.iter().filter(|l| l.answers_yes()).count()).unwrap_or(u8::MAX)
}

/// Why that outcome is suggested, in words.
pub fn why(levels: &[Level], thresholds: &Thresholds) -> String {
    let yes = count_yes(levels);
    let lowest = levels.iter().min().map_or(0, |l| l.number());
    let reached =
        format!("{yes} of {} criteria are at level 3 or more, and the lowest level is {lowest}.", levels.len());
    let rule = match suggest(levels, thresholds) {
        Outcome::Accredited => format!("{} are enough for \"accredited\".", thresholds.accredited),
        Outcome::AccreditedWithRecommendations => format!(
            "\"Accredited\" asks for {}; \"accredited with recommendations\" for {} and no level below {}.",
            thresholds.accredited, thresholds.recommendations, thresholds.lowest
        ),
        Outcome::Deferred => format!(
            "\"Accredited with recommendations\" asks for {} and no level below {}; \"deferred\" for {}.",
            thresholds.recommendations, thresholds.lowest, thresholds.deferred
        ),
        Outcome::NotAccredited => format!("\"Deferred\" asks for {}.", thresholds.deferred),
    };
    format!("{reached} {rule}")
}

/// The levels in the order of their criteria, as one text: what a decision was made on.
pub fn levels_key(levels: &[Level]) -> String {
    levels.iter().map(|l| l.number().to_string()).collect()
}

/// What a chair proposes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proposal {
    /// None until one is chosen.
    pub outcome: Option<Outcome>,
    /// Why it differs from what the rules suggest.
    pub deviation: String,
    /// What the centre will read with the outcome.
    pub letter: String,
}

impl Proposal {
    /// What has to be mended before it can be proposed: field and sentence.
    pub fn to_mend(&self, suggested: Outcome) -> Vec<(&'static str, String)> {
        let mut list = Vec::new();
        match self.outcome {
            None => list.push(("outcome", "Choose an outcome".to_owned())),
            Some(outcome) if outcome != suggested && self.deviation.trim().is_empty() => {
                let text =
                    format!("Say why the outcome differs from \"{}\", which the rules suggest", suggested.name());
                list.push(("deviation", text));
            }
            Some(_) => {}
        }
        list.extend(letter_to_mend(&self.letter).map(|text| ("letter", text)));
        list
    }
}

/// What has to be mended in a letter.
pub fn letter_to_mend(letter: &str) -> Option<String> {
    match super::text::words(letter) {
        0 => Some("Write the letter to the centre".to_owned()),
        n if LETTER_WORDS < n => Some(format!("Shorten the letter to {LETTER_WORDS} words; it has {n}")),
        _ => None,
    }
}

/// A letter to begin from. The outcome stands above it on the page of the centre, so that letter and outcome cannot
/// contradict each other.
pub fn letter_to_begin_from(cycle: &str) -> String {
    format!(
        "Dear colleagues,\n\nThank you for your application in the cycle {cycle}. Your file was read by reviewers who did not \
         know your centre, and discussed in the working group. Below, each criterion has the level that was agreed on, what \
         you do well, what is missing, and what would satisfy.\n\nWith thanks for the work that went into it,\nthe Designated \
         Centres Working Group"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn levels(text: &str) -> Vec<Level> {
        text.chars().map(|c| Level::parse(&c.to_string()).expect("a level")).collect()
    }

    #[test]
    fn the_thresholds_decide_what_is_suggested() {
        let usual = Thresholds::default();
        let strict = Thresholds { accredited: 13, recommendations: 12, deferred: 10, lowest: 3 };
        for (panel, rules, outcome) in [
            ("3333333333333", &usual, Outcome::Accredited),
            ("4444444444444", &usual, Outcome::Accredited),
            ("3333333333332", &usual, Outcome::AccreditedWithRecommendations),
            ("3333333333322", &usual, Outcome::AccreditedWithRecommendations),
            ("3333333333321", &usual, Outcome::Deferred),
            ("4444444444440", &usual, Outcome::Deferred),
            ("3333333333222", &usual, Outcome::Deferred),
            ("3333333300000", &usual, Outcome::Deferred),
            ("3333333222222", &usual, Outcome::NotAccredited),
            ("0000000000000", &usual, Outcome::NotAccredited),
            ("3333333333332", &strict, Outcome::Deferred),
            ("3333333332222", &strict, Outcome::NotAccredited),
        ] {
            assert_eq!(suggest(&levels(panel), rules), outcome, "{panel}");
        }
    }

    #[test]
    fn the_rule_is_told_in_words() {
        let usual = Thresholds::default();
        assert_eq!(
            why(&levels("3333333333321"), &usual),
            "11 of 13 criteria are at level 3 or more, and the lowest level is 1. \"Accredited with recommendations\" asks \
             for 11 and no level below 2; \"deferred\" for 8."
        );
        assert_eq!(levels_key(&levels("4013")), "4013");
    }

    #[test]
    fn a_proposal_needs_an_outcome_a_letter_and_where_it_differs_a_reason() {
        let fields = |p: &Proposal| p.to_mend(Outcome::Deferred).into_iter().map(|(f, _)| f).collect::<Vec<_>>();
        let mut proposal = Proposal::default();
        assert_eq!(fields(&proposal), ["outcome", "letter"]);
        proposal.outcome = Some(Outcome::Accredited);
        proposal.letter = "Dear colleagues".into();
        proposal.deviation = " \n ".into();
        assert_eq!(fields(&proposal), ["deviation"]);
        proposal.deviation = "The gap was closed in May".into();
        assert_eq!(fields(&proposal), Vec::<&str>::new());
        proposal.deviation.clear();
        proposal.outcome = Some(Outcome::Deferred);
        assert_eq!(fields(&proposal), Vec::<&str>::new());
        proposal.letter = "word ".repeat(LETTER_WORDS + 1);
        assert_eq!(fields(&proposal), ["letter"]);
    }

    proptest! {
        #[test]
        fn a_better_level_never_suggests_less(panel in prop::collection::vec(0_i64..4, 13), place in 0_usize..13) {
            let before: Vec<Level> = panel.iter().filter_map(|n| Level::from_number(*n)).collect();
            let mut after = before.clone();
            after[place] = Level::from_number(panel[place] + 1).expect("a level");
            let rank = |outcome: Outcome| Outcome::ALL.iter().position(|o| *o == outcome);
            let usual = Thresholds::default();
            prop_assert!(rank(suggest(&after, &usual)) <= rank(suggest(&before, &usual)));
        }
    }
}
