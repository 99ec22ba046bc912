//! The pages of administrators: accounts and operation. No application is read here.

pub mod mail;
pub mod overview;
pub mod record;

use crate::server::{administering::Administering, render::Frame};

/// The frame around a page of administrators.
fn frame(here: &Administering) -> Frame {
    Frame {
        name: Some(here.account().name.shown().to_owned()),
        administration: true,
        current: "Administration",
        ..Frame::default()
    }
}
