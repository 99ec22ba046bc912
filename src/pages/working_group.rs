//! The pages of the working group's secretariat.

pub mod assignment;
pub mod designation;
pub mod designations;
pub mod invitations;
pub mod panel;

use crate::server::{coordinating::Coordinating, render::Frame};

/// The frame around a page of coordinators.
fn frame(here: &Coordinating, current: &'static str) -> Frame {
    let account = here.account();
    Frame {
        name: Some(account.name.shown().to_owned()),
        administration: account.has_role("administrator"),
        working_group: true,
        current,
        ..Frame::default()
    }
}
