//! What reviewers and the working group see alike when a panel deliberates: everything under letters.

pub mod compile;
pub mod feedback;
pub mod table;
pub mod talk;

use crate::{catalogue::Edition, domain::criteria::COUNT, server::problem::Problem};

/// The criterion that an address names.
pub fn criterion(text: &str) -> Result<u8, Problem> {
    text.parse().ok().filter(|n| (1..=COUNT).contains(n) && text == n.to_string()).ok_or(Problem::NotFound)
}

/// "4. Expert care for distress".
pub fn heading(edition: &Edition, criterion: u8) -> String {
    let title = edition.criterion(criterion).map_or("", |c| c.title.as_str());
    format!("{criterion}. {title}")
}
