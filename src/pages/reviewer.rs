//! The pages of reviewers.

pub mod profile;
