//! The pages of the working group.

pub mod agreement;
pub mod appeal;
pub mod applications;
pub mod assignment;
pub mod board;
pub mod case;
pub mod cycles;
pub mod decision;
pub mod deliberation;
pub mod designation;
pub mod designations;
pub mod extension;
pub mod feedback;
mod figures;
pub mod file;
pub mod findings;
pub mod gate;
pub mod invitations;
pub mod panel;
pub mod releases;
pub mod requests;
pub mod screening;
mod second;
pub mod settings;
pub mod statistics;

use crate::{
    server::{coordinating::Coordinating, presiding::Presiding, render::Frame, working_group::WorkingGroup},
    store::application::Application,
};

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

/// "Renewal application 2027, Fjellvik Cancer Centre".
fn title_at(here: &Presiding) -> String {
    let application = here.application();
    format!("{} application {}, {}", application.kind.name(), application.cycle.name, application.identity.name())
}

/// The frame around a page of the working group. The chair invites nobody.
pub(crate) fn group_frame(here: &WorkingGroup, current: &'static str) -> Frame {
    let account = here.account();
    Frame {
        name: Some(account.name.shown().to_owned()),
        working_group: account.has_role("coordinator"),
        board: true,
        reviews: account.has_role("reviewer"),
        current,
        ..Frame::default()
    }
}

/// The frame around a page about one application.
pub(crate) fn case_frame(here: &Presiding) -> Frame {
    Frame {
        name: Some(here.name().shown().to_owned()),
        working_group: here.is_coordinator(),
        board: true,
        current: "Board",
        ..Frame::default()
    }
}

/// "Renewal application 2027".
pub(crate) fn case_title(application: &Application) -> String {
    format!("{} application {}", application.kind.name(), application.cycle.name)
}

/// The way to a page about one application.
pub(crate) fn case_way(here: &Presiding) -> Vec<(String, String)> {
    let application = here.application();
    let cycle = format!("/working-group/cycles/{}", application.cycle.id);
    vec![
        (format!("Cycle {}", application.cycle.name), cycle.clone()),
        ("Applications".to_owned(), format!("{cycle}/applications")),
        (application.identity.name().to_owned(), here.path("")),
    ]
}
