//! Whether two accounts are two people: asked within the transaction of the second half.

use super::{Result, Tx};
use crate::domain::{
    id::AccountId,
    two_people::{Same, Somebody, same_person},
};

statements! {
    /// Name and address of an account, also of one that was closed.
    SOMEBODY = "SELECT name, email FROM person WHERE account_id = $1";
}

impl Tx {
    /// Why two accounts count as one person; `None` when they are two people. An account without a person counts as the
    /// other one: what cannot be told apart is not two.
    pub async fn same_person(&mut self, one: AccountId, other: AccountId) -> Result<Option<Same>> {
        let (first, second) = (
            find!(self, (String, String), SOMEBODY, one.to_string())?,
            find!(self, (String, String), SOMEBODY, other.to_string())?,
        );
        let (Some((name, email)), Some((other_name, other_email))) = (first, second) else {
            return Ok(Some(Same::Account));
        };
        Ok(same_person(
            Somebody { account: one, name: &name, email: &email },
            Somebody { account: other, name: &other_name, email: &other_email },
        ))
    }
}
