//! The proof that somebody reviews, in whichever cycle.

use super::holding::{Holding, Office};
use crate::{domain::access::Role, store::account::Account};

/// The office of those who review.
#[derive(Debug)]
pub struct Reviewers;

impl Office for Reviewers {
    fn held_by(account: &Account) -> bool {
        account.has_role(Role::Reviewer.key())
    }
}

/// A reviewer, away from any panel.
pub type Practising = Holding<Reviewers>;
