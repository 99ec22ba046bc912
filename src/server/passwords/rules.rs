//! Which passwords are taken: long, not among those that people use, and not made of what everybody knows about a person
//! or this portal. No rule about kinds of characters, and none about changing them. Nobody outside is asked.

use super::{LONGEST, SHORTEST};
use crate::{
    server::{desk::Desk, problem::Problem},
    store::{account::Account, centre::CentreIdentity, invitation::Invitation},
};
use std::{collections::HashSet, fmt, sync::LazyLock};
use tokio::task::spawn_blocking;
use zxcvbn::{
    Score,
    feedback::{Feedback, Warning},
    zxcvbn,
};

/// What stands above the field.
pub const HINT: &str = "At least 12 characters. A short sentence is easy to remember and hard to guess.";

/// Long passwords that people use, folded as [`folded`] does; one a line.
static COMMON: LazyLock<HashSet<&'static str>> = LazyLock::new(|| include_str!("common.txt").lines().collect());

/// Words of this portal and of the programme.
const PORTAL: [&str; 14] = [
    "designated",
    "centre",
    "centres",
    "center",
    "centers",
    "integrated",
    "oncology",
    "palliative",
    "accreditation",
    "esmo",
    "portal",
    "cancer",
    "hospital",
    "password",
];

/// So many letters and digits must be left when the words of the context are taken away.
const LEFT: usize = 8;

/// Words that everybody knows who knows the person.
#[derive(Clone, Default)]
pub struct Context(Vec<String>);

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[words about a person]")
    }
}

impl Context {
    /// From the words of some texts; short ones say nothing.
    pub fn new<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let texts = texts.into_iter().chain(PORTAL);
        let mut words: Vec<String> = texts
            .flat_map(|text| text.split(|c: char| !c.is_alphanumeric()))
            .filter(|word| 3 <= word.chars().count())
            .map(str::to_lowercase)
            .collect();
        // Long words first: "centres" is taken away before "centre".
        words.sort_by_key(|word| (std::cmp::Reverse(word.len()), word.clone()));
        words.dedup();
        Self(words)
    }

    /// Of an account, and of the centres it works for. `more` are further words.
    pub async fn of(desk: &Desk, account: Option<&Account>, more: &[&str]) -> Result<Self, Problem> {
        let centres = match account {
            Some(account) => desk.portal.store.read().await?.centres_of(account.id).await?,
            None => Vec::new(),
        };
        let own = account.iter().flat_map(|a| [a.name.shown(), a.email.shown()]).collect::<Vec<_>>();
        let centres = centres.iter().flat_map(|c| about(&c.identity));
        Ok(Self::new(own.into_iter().chain(centres).chain(more.iter().copied())))
    }

    /// Of somebody who is invited, with the name they have typed.
    pub async fn of_invitation(desk: &Desk, invitation: &Invitation, name: &str) -> Result<Self, Problem> {
        let centre = match invitation.centre {
            Some(id) => desk.portal.store.read().await?.centre_identity(id).await?,
            None => None,
        };
        let centre = centre.iter().flat_map(about).collect::<Vec<_>>();
        let own = [name, invitation.name.shown(), invitation.email.shown()];
        Ok(Self::new(own.into_iter().chain(centre)))
    }
}

fn about(centre: &CentreIdentity) -> [&str; 3] {
    [centre.name(), centre.city(), centre.country()]
}

/// Whether a password is taken; else what to change, as a sentence. Takes some milliseconds of a processor.
pub async fn judge(password: String, context: Context) -> anyhow::Result<Result<(), String>> {
    Ok(spawn_blocking(move || verdict(&password, &context)).await?)
}

fn verdict(password: &str, context: &Context) -> Result<(), String> {
    if password.chars().count() < SHORTEST {
        return Err(format!("Choose a password of at least {SHORTEST} characters; a short sentence is fine"));
    }
    if LONGEST < password.len() {
        return Err(format!("Choose a password of at most {LONGEST} characters"));
    }
    if COMMON.contains(folded(password).as_str()) {
        return Err(
            "Many people use this password, so it is tried first. Choose words that only you would put together".into(),
        );
    }
    if left(password, context) < LEFT {
        return Err(
            "This is mostly your name, your centre or words of this portal. Add other words, or choose others".into()
        );
    }
    let words: Vec<&str> = context.0.iter().map(String::as_str).collect();
    let entropy = zxcvbn(password, &words);
    if Score::Three <= entropy.score() { Ok(()) } else { Err(advice(entropy.feedback().and_then(Feedback::warning))) }
}

/// In lower case, without white space.
fn folded(password: &str) -> String {
    password.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

/// How many different letters and digits are left when the words of the context are taken away.
fn left(password: &str, context: &Context) -> usize {
    let mut rest = password.to_lowercase();
    for word in &context.0 {
        rest = rest.replace(word.as_str(), " ");
    }
    rest.chars().filter(|c| c.is_alphanumeric()).count()
}

fn advice(warning: Option<Warning>) -> String {
    let text = match warning {
        Some(Warning::StraightRowsOfKeysAreEasyToGuess | Warning::ShortKeyboardPatternsAreEasyToGuess) => {
            "Rows of keys are tried early. Use a few words instead"
        }
        Some(Warning::RepeatsLikeAaaAreEasyToGuess | Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess) => {
            "Repeating the same adds little. Use a few different words"
        }
        Some(Warning::SequencesLikeAbcAreEasyToGuess) => {
            "Sequences such as 6789 are tried early. Use a few words instead"
        }
        Some(Warning::RecentYearsAreEasyToGuess | Warning::DatesAreOftenEasyToGuess) => {
            "Years and dates are tried early. Add two or three words"
        }
        Some(Warning::NamesAndSurnamesByThemselvesAreEasyToGuess | Warning::CommonNamesAndSurnamesAreEasyToGuess) => {
            "Names are tried early. Add two or three words that have nothing to do with them"
        }
        _ => "This can be guessed. Add two or three words that do not usually go together",
    };
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context() -> Context {
        Context::new([
            "Ingrid Solbergvik",
            "ingrid.solbergvik@fjellvik.example",
            "Fjellvik Cancer Centre",
            "Fjellvik",
            "Norway",
        ])
    }

    #[test]
    fn every_common_password_is_long_enough_to_matter_and_folded() {
        assert!(300 <= COMMON.len(), "{}", COMMON.len());
        for line in COMMON.iter() {
            assert!(SHORTEST <= line.chars().count() && folded(line) == **line, "{line}");
            assert!(verdict(line, &context()).is_err(), "{line}");
        }
    }

    #[test]
    fn what_is_taken_and_what_is_said_otherwise() {
        let long = "a".repeat(LONGEST + 1);
        for (password, said) in [
            ("", "at least 12"),
            ("elevenchars", "at least 12"),
            ("åäöåäöåäöåä", "at least 12"),
            (long.as_str(), "at most"),
            ("Password1234", "Many people use this"),
            ("PASSWORD 1234", "Many people use this"),
            ("correct horse battery staple", "Many people use this"),
            ("qwertyuiopasdfghjkl", "Many people use this"),
            ("ingrid solbergvik", "mostly your name"),
            ("Fjellvik2027!", "mostly your name"),
            ("ESMO designated centres", "mostly your name"),
            ("oncology portal 27", "mostly your name"),
            ("aaaaaaaaaaaaaaaaaaaaab", "Sequences"),
            ("lemonlemonlemonlemonlemon", "Repeating"),
            ("lemontreelemontree", "Repeating"),
            ("monkeysunshine", "guessed"),
            ("12.05.19781978", "Years and dates"),
        ] {
            let verdict = verdict(password, &context()).expect_err(password);
            assert!(verdict.contains(said), "{password}: {verdict}");
        }
        for password in [
            "spring evening before the deadline",
            "a quiet morning on the ward",
            "a lemon tree in the yard",
            "Ingrid walks slowly home in the rain",
            "Über den Wolken 7 Möwen",
            "дождь стучит по крыше больницы",
            "静かな朝に病棟で鳥が鳴く声がする",
            "x7#Kq!v29zR$",
            &"a long walk by the river, ".repeat(10),
        ] {
            assert_eq!(verdict(password, &context()), Ok(()), "{password}");
        }
    }
}
