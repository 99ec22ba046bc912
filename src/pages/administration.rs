//! The pages of administrators: accounts and operation. No application is read here.

pub mod files;
pub mod invitations;
pub mod mail;
pub mod overview;
pub mod people;
pub mod person;
pub mod record;
pub mod sessions;
pub mod settings;

use crate::{
    domain::{access::Grant, calendar::when, moment::Moment},
    server::{administering::Administering, render::Frame},
};

/// The frame around a page of administrators.
fn frame(here: &Administering) -> Frame {
    Frame {
        name: Some(here.account().name.shown().to_owned()),
        administration: true,
        working_group: here.account().has_role("coordinator"),
        current: "Administration",
        ..Frame::default()
    }
}

/// The way back to the overview.
fn way() -> Vec<(String, String)> {
    vec![("Administration".to_owned(), "/administration".to_owned())]
}

/// "today at 14:32 UTC": operation is told in one zone for everybody.
fn at(moment: Moment, now: Moment) -> String {
    format!("{} UTC", when(moment, now, "UTC"))
}

/// Roles in one line, each once: "Coordinator, Reviewer".
fn roles(grants: &[Grant]) -> String {
    let mut names: Vec<&str> = grants.iter().map(|g| g.role.name()).collect();
    names.dedup();
    names.join(", ")
}
