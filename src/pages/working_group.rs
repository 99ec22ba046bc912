//! The pages of the working group's secretariat.

pub mod assignment;
pub mod deliberation;
pub mod designation;
pub mod designations;
pub mod feedback;
pub mod invitations;
pub mod panel;
pub mod requests;

use crate::server::{coordinating::Coordinating, presiding::Presiding, render::Frame};

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

/// The frame around a page about one application.
fn frame_at(here: &Presiding) -> Frame {
    Frame { name: Some(here.name().shown().to_owned()), working_group: here.is_coordinator(), ..Frame::default() }
}

/// "Renewal application 2027, Fjellvik Cancer Centre".
fn title_at(here: &Presiding) -> String {
    let application = here.application();
    format!("{} application {}, {}", application.kind.name(), application.cycle.name, application.identity.name())
}
