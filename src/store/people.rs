//! People as administrators look after them: found by the beginning of a name or an address, also among very many.
//!
//! Both engines order text by rules of their own; words are therefore kept as bytes beside the person, in lower case,
//! and a page is a range of an index. Whoever changes or removes a name has to call [`Tx::key_person`] or
//! [`Tx::forget_keys`].

use super::{
    Result, Stamp, Store, Tx,
    account::{PersonName, fold_email, grants, read_id},
    ensure_one,
    event::What,
};
use crate::domain::{access::Grant, id::AccountId, moment::Moment};

/// How many people stand on one page.
pub const PAGE: usize = 50;

/// How many words are read at once; people are found by a name of two words and an address, so a page needs about three
/// times as many words.
const WORDS: i64 = 160;

/// What a line of a list is made of.
macro_rules! columns {
    () => {
        "a.id, p.name, p.email, a.created_at, a.disabled_at, \
        (SELECT string_agg(g.role || ':' || COALESCE(g.cycle_id, ''), ' ') FROM role_grant g \
            WHERE g.account_id = a.id AND g.ended_at IS NULL) AS granted, \
        (SELECT CAST(COUNT(*) AS BIGINT) FROM membership m WHERE m.account_id = a.id) AS centres, \
        (SELECT MAX(s.seen_at) FROM session s WHERE s.account_id = a.id) AS seen, \
        (SELECT MAX(e.at) FROM event e WHERE e.subject = a.id AND e.kind = 'SignedIn') AS signed_in"
    };
}

statements! {
    /// A page of everybody, the newest account first.
    NEWEST = concat!("SELECT '', ", columns!(), " FROM account a JOIN person p ON p.account_id = a.id \
        WHERE (a.created_at, a.id) < ($1, $2) ORDER BY a.created_at DESC, a.id DESC LIMIT $3");
    /// Words in a range, with the people behind them.
    WORDS_FROM = concat!("SELECT k.word, ", columns!(), " FROM person_key k JOIN account a ON a.id = k.account_id \
        JOIN person p ON p.account_id = a.id WHERE (k.word, k.account_id) > ($1, $2) AND k.word < $3 \
        ORDER BY k.word, k.account_id LIMIT $4");
    /// Everybody with a role; they are few.
    WITH_ROLE = concat!("SELECT '', ", columns!(), " FROM account a JOIN person p ON p.account_id = a.id WHERE a.id IN \
        (SELECT r.account_id FROM role_grant r WHERE r.role = $1 AND r.ended_at IS NULL) ORDER BY a.created_at DESC, a.id DESC");
    /// One person, also when the account is closed.
    ONE = concat!("SELECT '', ", columns!(), " FROM account a JOIN person p ON p.account_id = a.id WHERE a.id = $1");
    /// Forgets the words of a person.
    FORGET = "DELETE FROM person_key WHERE account_id = $1";
    /// Keeps one.
    KEEP = "INSERT INTO person_key (word, account_id) VALUES ($1, $2) ON CONFLICT (word, account_id) DO NOTHING";
    /// They are kept.
    KEYED = "UPDATE person SET keyed = TRUE WHERE account_id = $1";
    /// People whose words are not kept yet: from before there were any.
    UNKEYED = "SELECT account_id, name, email FROM person WHERE keyed = FALSE LIMIT 1000";
    /// Another name or address.
    CORRECT = "UPDATE person SET name = $2, email = $3 WHERE account_id = $1";
    /// Why.
    ADD_REASON = "INSERT INTO person_correction (account_id, at, by_id, what, reason) VALUES ($1, $2, $3, $4, $5)";
    /// What was corrected so far, the newest first.
    REASONS = "SELECT at, what, reason FROM person_correction WHERE account_id = $1 ORDER BY at DESC";
    /// Closes an account.
    CLOSE = "UPDATE account SET disabled_at = $2 WHERE id = $1 AND disabled_at IS NULL";
    /// Opens it again.
    REOPEN = "UPDATE account SET disabled_at = NULL WHERE id = $1 AND disabled_at IS NOT NULL";
}

/// One person in a list of administrators.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Which account.
    pub id: AccountId,
    /// Their name.
    pub name: PersonName,
    /// Their address.
    pub email: PersonName,
    /// Since when there is an account.
    pub created: Moment,
    /// Since when it is closed, if it is.
    pub closed: Option<Moment>,
    /// Their roles of the programme.
    pub grants: Vec<Grant>,
    /// For how many centres they work.
    pub centres: i64,
    /// When they were last seen, if ever.
    pub seen: Option<Moment>,
}

/// Where a list goes on: after this word (empty in lists that are not searched) and this account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct After {
    /// The moment an account was made, or the word, in a form that addresses can carry.
    pub place: String,
    /// The account.
    pub account: AccountId,
}

type Row<W> = (W, String, String, String, i64, Option<i64>, Option<String>, i64, Option<i64>, Option<i64>);

fn listed<W>((_, id, name, email, created, closed, granted, centres, seen, signed_in): Row<W>) -> Result<Listed> {
    Ok(Listed {
        id: read_id(&id, "person")?,
        name: PersonName::new(name),
        email: PersonName::new(email),
        created: Moment::from_millis(created),
        closed: closed.map(Moment::from_millis),
        grants: grants(granted.as_deref())?,
        centres,
        seen: seen.max(signed_in).map(Moment::from_millis),
    })
}

/// The words somebody is found by: each word of the name, and the address; in lower case.
pub fn words(name: &str, email: &str) -> Vec<String> {
    let mut all: Vec<String> = name.split_whitespace().map(str::to_lowercase).collect();
    all.push(fold_email(email));
    all.sort();
    all.dedup();
    all
}

fn bytes_of(hex: &str) -> Option<Vec<u8>> {
    let digits = hex.as_bytes();
    let pairs = digits.chunks_exact(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
    digits.len().is_multiple_of(2).then(|| pairs.collect()).flatten()
}

impl Tx {
    /// Writes name and address of somebody.
    pub(super) async fn write_person(&mut self, id: AccountId, name: &str, email: &str) -> Result<()> {
        run!(self, CORRECT, id.to_string(), name.to_owned(), email.to_owned())?;
        Ok(())
    }

    /// Keeps the words that somebody is found by, in place of those before.
    pub async fn key_person(&mut self, account: AccountId, name: &str, email: &str) -> Result<()> {
        self.forget_keys(account).await?;
        for word in words(name, email) {
            run!(self, KEEP, word.into_bytes(), account.to_string())?;
        }
        run!(self, KEYED, account.to_string())?;
        Ok(())
    }

    /// Forgets the words that somebody is found by.
    pub async fn forget_keys(&mut self, account: AccountId) -> Result<()> {
        run!(self, FORGET, account.to_string())?;
        Ok(())
    }

    /// A page of everybody, the newest account first.
    pub async fn newest_people(&mut self, after: Option<&After>) -> Result<Vec<Listed>> {
        let (at, id) =
            after.map_or((i64::MAX, String::new()), |a| (a.place.parse().unwrap_or(i64::MAX), a.account.to_string()));
        let rows = list!(self, Row<String>, NEWEST, at, id, i64::try_from(PAGE + 1).unwrap_or(i64::MAX))?;
        rows.into_iter().map(listed).collect()
    }

    /// A page of people of whom a word of the name or the address begins like this, in the order of that word. Everybody
    /// comes once. Answers with one more than a page when there are more.
    pub async fn find_people(&mut self, beginning: &str, after: Option<&After>) -> Result<Vec<(Listed, After)>> {
        let beginning = beginning.trim().to_lowercase();
        let from = beginning.clone().into_bytes();
        // 0xFF is in no text.
        let until = [from.as_slice(), &[0xFF]].concat();
        // One bound below, so that both engines begin at the right place of the index.
        let (mut word, mut account) = after
            .and_then(|a| Some((bytes_of(&a.place)?, a.account.to_string())))
            .filter(|(word, _)| from <= *word)
            .unwrap_or((from, String::new()));
        let mut found = Vec::new();
        while found.len() <= PAGE {
            let rows = list!(self, Row<Vec<u8>>, WORDS_FROM, word.clone(), account.clone(), until.clone(), WORDS,)?;
            let Some(last) = rows.last() else { break };
            let whole = i64::try_from(rows.len()).unwrap_or(WORDS) < WORDS;
            (word, account) = (last.0.clone(), last.1.clone());
            for row in rows {
                let key = row.0.clone();
                let person = listed(row)?;
                let all = words(person.name.shown(), person.email.shown());
                // The first of several words that fit brings somebody onto the page.
                if all.iter().find(|w| w.starts_with(&beginning)).is_some_and(|first| first.as_bytes() == key) {
                    let after = After { place: crate::domain::snapshot::hex(&key), account: person.id };
                    found.push((person, after));
                }
            }
            if whole {
                break;
            }
        }
        found.truncate(PAGE + 1);
        Ok(found)
    }

    /// Everybody with a role of the programme.
    pub async fn people_with_role(&mut self, role: &str) -> Result<Vec<Listed>> {
        list!(self, Row<String>, WITH_ROLE, role.to_owned())?.into_iter().map(listed).collect()
    }

    /// One person, also when the account is closed.
    pub async fn person(&mut self, account: AccountId) -> Result<Option<Listed>> {
        find!(self, Row<String>, ONE, account.to_string())?.map(listed).transpose()
    }

    /// Corrects a name or an address, with the reason. Sessions and links that were made for the old address end.
    /// [`super::Error::Taken`] when somebody else has the address.
    pub async fn correct_person(
        &mut self,
        stamp: &Stamp,
        before: &Listed,
        name: &str,
        email: &str,
        reason: &str,
    ) -> Result<()> {
        let (id, email) = (before.id, fold_email(email));
        let mut what = Vec::new();
        if before.name.shown() != name {
            what.push("name");
        }
        if before.email.shown() != email {
            what.push("address");
        }
        let (actor, what) = (stamp.actor.map(|a| a.to_string()), what.join(" "));
        self.write_person(id, name, &email).await?;
        self.count_changes_shown(id).await?;
        self.key_person(id, name, &email).await?;
        run!(self, ADD_REASON, id.to_string(), stamp.now.millis(), actor, what.clone(), reason.to_owned())?;
        if what.contains("address") {
            self.end_other_sessions(stamp, id, "").await?;
            self.end_resets(stamp, id).await?;
        }
        self.record(stamp, What::PersonCorrected, &id.to_string(), &what).await
    }

    /// What was corrected so far, the newest first: when, what (`name`, `address`), and why.
    pub async fn corrections(&mut self, account: AccountId) -> Result<Vec<(Moment, String, String)>> {
        let rows = list!(self, (i64, String, String), REASONS, account.to_string())?;
        Ok(rows.into_iter().map(|(at, what, reason)| (Moment::from_millis(at), what, reason)).collect())
    }

    /// Closes an account, and ends at once its sessions, its links, and what it has invited others to. [`super::Error::Stale`] when it is closed already.
    pub async fn close_account(&mut self, stamp: &Stamp, account: AccountId) -> Result<()> {
        ensure_one(run!(self, CLOSE, account.to_string(), stamp.now.millis())?)?;
        self.end_other_sessions(stamp, account, "").await?;
        self.end_resets(stamp, account).await?;
        self.revoke_invitations_of(stamp, account, &[]).await?;
        self.record(stamp, What::AccountClosed, &account.to_string(), "").await
    }

    /// Opens a closed account again. [`super::Error::Stale`] when it is open.
    pub async fn reopen_account(&mut self, stamp: &Stamp, account: AccountId) -> Result<()> {
        ensure_one(run!(self, REOPEN, account.to_string())?)?;
        self.record(stamp, What::AccountReopened, &account.to_string(), "").await
    }
}

impl Store {
    /// Keeps the words of people who were written before there were any; nothing to do otherwise.
    pub(super) async fn key_everybody(&self) -> Result<()> {
        loop {
            let mut tx = self.write().await?;
            let rows = list!(&mut tx, (String, String, String), UNKEYED)?;
            if rows.is_empty() {
                return Ok(());
            }
            for (id, name, email) in rows {
                tx.key_person(read_id(&id, "person")?, &name, &email).await?;
            }
            tx.commit().await?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_is_found_by_each_word_and_by_the_address() {
        assert_eq!(words(" Åsa  Lind-Berg ", "Asa@Example.org "), ["asa@example.org", "lind-berg", "åsa"]);
        assert_eq!(words("Ada Ada", "ada"), ["ada"]);
    }

    #[test]
    fn a_place_in_a_list_reads_back() {
        assert_eq!(bytes_of("61ff"), Some(vec![0x61, 0xFF]));
        for odd in ["6", "6g", "+1", "ä"] {
            assert_eq!(bytes_of(odd).filter(|b| crate::domain::snapshot::hex(b) == odd), None, "{odd}");
        }
    }
}
