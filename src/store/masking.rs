//! What names the centre of an application, to be taken out of what reviewers read.

use super::{Result, Stamp, Tx, event::What};
use crate::domain::{blind::Mask, id::ApplicationId};

statements! {
    /// Name, town and country of the centre.
    PLACE = "SELECT i.name, i.city, i.country FROM application a JOIN centre_identity i ON i.centre_id = a.centre_id WHERE a.id = $1";
    /// Who works for it, and who signs.
    PEOPLE = "SELECT p.name, p.email FROM application a JOIN membership m ON m.centre_id = a.centre_id JOIN person p ON p.account_id = m.account_id \
        WHERE a.id = $1 UNION SELECT s.name, s.email FROM signatory s WHERE s.application_id = $1";
    /// Further words that were found in screening.
    WORDS = "SELECT word FROM mask_word WHERE application_id = $1 ORDER BY word";
    /// Forgets them.
    FORGET_WORDS = "DELETE FROM mask_word WHERE application_id = $1";
    /// Keeps one.
    KEEP_WORD = "INSERT INTO mask_word (application_id, word) VALUES ($1, $2) ON CONFLICT (application_id, word) DO NOTHING";
}

/// The names on the side of a centre. Neither `Display` nor `Serialize`.
#[derive(Clone, Default)]
pub struct CentreNames {
    names: Vec<String>,
    /// Taken out as a whole: "South Africa", and not every "south".
    countries: Vec<String>,
}

impl std::fmt::Debug for CentreNames {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[names]")
    }
}

impl CentreNames {
    /// The names, for a scan or a mask.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// What takes them out of a text.
    pub fn mask(&self) -> Mask {
        Mask::new(self.all()).with_phrases(self.countries.iter().map(String::as_str))
    }
}

impl Tx {
    /// What names the centre of an application: itself, its town and country, its people, those who sign, and the hosts of their
    /// addresses.
    pub async fn names_behind(&mut self, application: ApplicationId) -> Result<CentreNames> {
        let (mut names, mut countries) = (Vec::new(), Vec::new());
        for (name, city, country) in list!(self, (String, String, String), PLACE, application.to_string())? {
            names.extend([name, city]);
            countries.push(country);
        }
        for (name, email) in list!(self, (String, String), PEOPLE, application.to_string())? {
            // "fjellvik" of "someone@fjellvik.example".
            if let Some((_, host)) = email.rsplit_once('@') {
                names.extend(host.rsplit_once('.').map(|(label, _)| label.to_owned()));
                names.push(host.to_owned());
            }
            names.extend([name, email]);
        }
        names.extend(self.mask_words(application).await?);
        Ok(CentreNames { names, countries })
    }

    /// Further words that name the centre of an application, as screening has found them.
    pub async fn mask_words(&mut self, application: ApplicationId) -> Result<Vec<String>> {
        let mut words: Vec<String> =
            list!(self, (String,), WORDS, application.to_string())?.into_iter().map(|row| row.0).collect();
        // The engines order text by rules of their own.
        words.sort();
        Ok(words)
    }

    /// Keeps further words, in place of those before. How many there are is recorded, not which.
    pub async fn set_mask_words(&mut self, stamp: &Stamp, application: ApplicationId, words: &[String]) -> Result<()> {
        if self.mask_words(application).await? == words {
            return Ok(());
        }
        run!(self, FORGET_WORDS, application.to_string())?;
        for word in words {
            run!(self, KEEP_WORD, application.to_string(), word.clone())?;
        }
        self.record(stamp, What::MaskWordsSet, &application.to_string(), &words.len().to_string()).await
    }
}
