//! The words by which the working group finds a centre, and how its list is ordered. Identities, kept as bytes, folded,
//! because both engines order text by rules of their own; a page is then a range of an index.

use super::{Error, Result, Store, Tx, centre::CentreIdentity};
use crate::domain::{id::CentreId, text::fold};

statements! {
    /// How it is ordered.
    SET_KEY = "UPDATE centre_identity SET sort_key = $2 WHERE centre_id = $1";
    /// Forgets its words.
    FORGET = "DELETE FROM centre_word WHERE centre_id = $1";
    /// Keeps one.
    KEEP = "INSERT INTO centre_word (word, centre_id) VALUES ($1, $2) ON CONFLICT (word, centre_id) DO NOTHING";
    /// Centres from before there were any.
    UNKEYED = "SELECT centre_id, name, city, country FROM centre_identity WHERE sort_key IS NULL LIMIT 1000";
}

/// The words of a text as they are compared: without case and accents.
pub fn words(text: &str) -> Vec<String> {
    let parts = text.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    let mut all: Vec<String> = parts.map(|part| part.chars().map(fold).collect()).collect();
    all.sort();
    all.dedup();
    all
}

/// What a centre is ordered by.
pub fn sort_key(name: &str) -> Vec<u8> {
    name.trim().chars().map(fold).collect::<String>().into_bytes()
}

impl Tx {
    /// Keeps the words of a centre and its place in the list, instead of those before. Whoever writes a name calls it.
    pub async fn key_centre(&mut self, id: CentreId, identity: &CentreIdentity) -> Result<()> {
        run!(self, SET_KEY, id.to_string(), sort_key(identity.name()))?;
        run!(self, FORGET, id.to_string())?;
        for word in words(&format!("{} {}", identity.name(), identity.city())) {
            run!(self, KEEP, word.into_bytes(), id.to_string())?;
        }
        Ok(())
    }
}

impl Store {
    /// Keeps the words of centres that were written before there were any; nothing to do otherwise.
    pub(super) async fn key_centres(&self) -> Result<()> {
        loop {
            let mut tx = self.write().await?;
            let rows = list!(&mut tx, (String, String, String, String), UNKEYED)?;
            if rows.is_empty() {
                return Ok(());
            }
            for (id, name, city, country) in rows {
                let centre = CentreId::parse(&id).ok_or(Error::Inconsistent("centre_identity", "centre_id", id))?;
                tx.key_centre(centre, &CentreIdentity::new(name, city, country)).await?;
            }
            tx.commit().await?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_centre_is_found_by_each_word_whatever_its_accents() {
        assert_eq!(words("Århus-Klinik, São João"), ["arhus", "joao", "klinik", "sao"]);
        assert_eq!(sort_key(" Élan Centre"), b"elan centre");
    }
}
