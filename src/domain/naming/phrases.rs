//! Turns of phrase that tell who writes, or that people have met.

use super::{Kind, fold::Word};
use std::ops::Range;

/// Words in a row; `|` between those that may stand in one place, `?` after one that may be missing.
const PHRASES: &[(Kind, &str)] = &[
    (Kind::Told, "as|like i|we told|said|wrote|mentioned|explained|discussed|advised|agreed"),
    (Kind::Told, "i|we have|had? told|visited|met|phoned|emailed you|your|them|the?"),
    (Kind::Told, "when|since i|we visited|met|spoke|talked|came"),
    (Kind::Told, "i|we spoke|talked to|with"),
    (
        Kind::Told,
        "i|we know|knew the|your|this|their centre|center|team|hospital|clinic|head|director|colleagues|group",
    ),
    (Kind::Told, "during|at|after|on my|our last|recent|first? visit|visits|talk|meeting|conversation"),
    (Kind::Told, "in|from my|our last|previous? mail|email|letter|call|conversation|message"),
    (Kind::Particulars, "my|our own? hospital|centre|center|clinic|institution|institute|university|department|ward"),
    (Kind::Particulars, "my|our own? country|city|town|region|colleague|colleagues"),
    (Kind::Particulars, "my own? team|unit|service|group|practice|patients|staff"),
    (Kind::Particulars, "my own? paper|study|book|trial|thesis|publication|publications|research|registry"),
    (Kind::Particulars, "our own paper|study|trial|team|unit|service|group|practice|patients|staff"),
    (
        Kind::Particulars,
        "i|we work|worked|trained|studied|practise|practised|teach|taught|lead|led|live|lived at|in|as|the|with",
    ),
    (Kind::Particulars, "i|we have|had worked|trained|studied|published|taught|led"),
    (Kind::Particulars, "i published"),
    (
        Kind::Particulars,
        "i am|was the|a|an? chair|head|director|professor|member|nurse|physician|oncologist|doctor|psychologist",
    ),
    (Kind::Particulars, "as the|a|an? chair|head|director|professor of? our|my"),
    (Kind::Particulars, "my|the reviewers name is"),
    (Kind::Particulars, "where|here i|we come from"),
    (Kind::Particulars, "call|contact|email|phone|reach|ring me|us"),
    (Kind::Particulars, "write|talk|speak to me"),
    (Kind::Particulars, "yours|sincerely|faithfully sincerely|faithfully|yours|truly"),
    (Kind::Particulars, "kind|best|warm|kindest|warmest regards|wishes"),
];

/// The first length at which the pattern fits the words, if it does.
fn fits(pattern: &[&str], words: &[Word]) -> Option<usize> {
    let Some((slot, rest)) = pattern.split_first() else { return Some(0) };
    let (slot, optional) = slot.strip_suffix('?').map_or((*slot, false), |s| (s, true));
    let here = words.first().filter(|w| slot.split('|').any(|s| s == w.folded));
    let taken = here.and_then(|_| fits(rest, &words[1..])).map(|n| n + 1);
    taken.or_else(|| optional.then(|| fits(rest, words)).flatten())
}

/// Adds what is found.
pub fn find(words: &[Word], found: &mut Vec<(Range<usize>, Kind)>) {
    for (kind, phrase) in PHRASES {
        let pattern: Vec<&str> = phrase.split(' ').collect();
        for place in 0..words.len() {
            if let Some(n) = fits(&pattern, &words[place..]).filter(|n| *n > 0) {
                found.push((words[place].at.start..words[place + n - 1].at.end, *kind));
            }
        }
    }
}
