//! The reviewer's pages. They know an application by its alias, and load nothing that names a centre.

pub mod deliberation;
pub mod feedback;
pub mod requests;

use crate::server::{problem::Problem, render::Frame, reviewing::Reviewing};
use serde::Deserialize;

/// What a redirect to a page of a reviewer says.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Said {
    /// What was done.
    #[serde(default)]
    pub done: String,
}

async fn frame(reviewing: &Reviewing) -> Result<Frame, Problem> {
    let account = reviewing.desk().signed_in().await?;
    Ok(Frame { name: Some(account.name.shown().to_owned()), current: "My reviews", ..Frame::default() })
}

/// "Application K7QF".
fn title(reviewing: &Reviewing) -> String {
    format!("Application {}", reviewing.alias())
}
