//! What the pages of reviewers need beside the blind copy: where the bytes of evidence are, the name of a centre where the
//! rules of the cycle show it, and what a reviewer should not tell about themselves.

use super::{Error, Result, Tx, account::PersonName};
use crate::domain::id::{AccountId, ApplicationId, CentreId};

statements! {
    /// Whose application it is, without a name.
    CENTRE = "SELECT centre_id FROM application WHERE id = $1";
    /// The particulars of one reviewer.
    PROFILE = "SELECT p.name, p.email, COALESCE(r.institution, '') FROM person p LEFT JOIN reviewer_profile r ON r.account_id = p.account_id WHERE p.account_id = $1";
    /// What they are tied to.
    TIES = "SELECT name, domain FROM reviewer_tie WHERE account_id = $1";
}

impl Tx {
    /// Whose application it is: an identifier that no page shows.
    pub async fn centre_of(&mut self, application: ApplicationId) -> Result<Option<CentreId>> {
        let row = find!(self, (String,), CENTRE, application.to_string())?;
        row.map(|(id,)| CentreId::parse(&id).ok_or(Error::Inconsistent("application", "centre_id", id))).transpose()
    }

    /// A reviewer's own names: theirs, their address, their institution, and whom they are tied to.
    pub async fn own_names(&mut self, account: AccountId) -> Result<Vec<PersonName>> {
        let mut names = Vec::new();
        if let Some((name, email, institution)) = find!(self, (String, String, String), PROFILE, account.to_string())? {
            names.extend([name, email, institution]);
        }
        for (name, domain) in list!(self, (String, String), TIES, account.to_string())? {
            names.extend([name, domain]);
        }
        Ok(names.into_iter().filter(|n| !n.trim().is_empty()).map(PersonName::new).collect())
    }
}
