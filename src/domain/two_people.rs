//! What needs two people: a decision, a release, a withdrawal. One place says whether two accounts are two people.

use super::{id::AccountId, text::fold};

/// Somebody who has done the first half, or wants to do the second.
#[derive(Clone, Copy)]
pub struct Somebody<'a> {
    /// Their account.
    pub account: AccountId,
    /// Their name.
    pub name: &'a str,
    /// Their address.
    pub email: &'a str,
}

impl std::fmt::Debug for Somebody<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Somebody({:?})", self.account)
    }
}

/// Why two accounts count as one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Same {
    /// It is the same account.
    Account,
    /// The names are the same.
    Name,
    /// The addresses lead to the same mailbox.
    Mailbox,
}

impl Same {
    /// What to tell the person, as the end of "Another person has to do this: ...".
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Account => "you have done the first half yourself",
            Self::Name => "the first half was done from an account with your name",
            Self::Mailbox => "the first half was done from an account with your address",
        }
    }
}

/// Why two accounts are one person, as far as the portal can tell; `None` when they are two. An identity at a provider
/// belongs to one account only, so that it cannot stand behind two.
pub fn same_person(one: Somebody<'_>, other: Somebody<'_>) -> Option<Same> {
    if one.account == other.account {
        Some(Same::Account)
    } else if mailbox(one.email) == mailbox(other.email) {
        Some(Same::Mailbox)
    } else if name(one.name) == name(other.name) {
        Some(Same::Name)
    } else {
        None
    }
}

/// The words of a name, whatever their order, case, accents and titles.
fn name(text: &str) -> Vec<String> {
    const TITLES: [&str; 10] = ["dr", "prof", "professor", "mr", "mrs", "ms", "med", "phd", "md", "pd"];
    let folded: String = text.chars().map(fold).filter(|c| *c != '\'').collect();
    let words = folded.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty() && !TITLES.contains(w));
    let mut words: Vec<String> = words.map(str::to_owned).collect();
    words.sort();
    words
}

/// What an address leads to: many providers deliver `a.b+c@` to `ab@`.
fn mailbox(email: &str) -> String {
    let email = email.trim().to_lowercase();
    let Some((local, domain)) = email.rsplit_once('@') else { return email };
    let local = local.split('+').next().unwrap_or(local).replace('.', "");
    let domain = if domain == "googlemail.com" { "gmail.com" } else { domain };
    format!("{local}@{domain}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn somebody<'a>(account: u128, name: &'a str, email: &'a str) -> Somebody<'a> {
        Somebody { account: AccountId::new(account), name, email }
    }

    #[test]
    fn two_accounts_are_one_person_by_account_mailbox_or_name() {
        let one = somebody(1, "Dr. Anna Müller-Lund", "anna.muller@north.example");
        for (other, same) in [
            (somebody(1, "Ben", "ben@north.example"), Some(Same::Account)),
            (somebody(2, "Ben", "anna.muller+chair@north.example"), Some(Same::Mailbox)),
            (somebody(2, "Ben", "ANNAMULLER@North.example"), Some(Same::Mailbox)),
            (somebody(2, "muller lund anna", "a@south.example"), Some(Same::Name)),
            (somebody(2, "ANNA MÜLLER LUND, MD", "a@south.example"), Some(Same::Name)),
            (somebody(2, "Anna Müller", "anna.muller@south.example"), None),
            (somebody(2, "Ben Lund", "ben@north.example"), None),
        ] {
            assert_eq!(same_person(one, other), same, "{other:?}");
            assert_eq!(same_person(other, one), same, "the other way round: {other:?}");
        }
        let (gmail, googlemail) = (somebody(1, "A", "a.b@gmail.com"), somebody(2, "C", "ab+x@googlemail.com"));
        assert_eq!(same_person(gmail, googlemail), Some(Same::Mailbox));
    }

    #[test]
    fn nothing_of_a_person_is_printed() {
        assert!(!format!("{:?}", somebody(1, "Anna", "anna@north.example")).contains("nna"));
    }
}
