//! Getting in, and what is one's own.

pub mod confirmation;
pub mod data;
pub mod invitation;
pub mod record;
pub mod sign_in;

use crate::{server::render::Frame, store::account::Account};

/// The frame around a page about one's own account.
fn frame(account: &Account) -> Frame {
    Frame {
        name: Some(account.name.shown().to_owned()),
        administration: account.has_role("administrator"),
        current: "My data",
        ..Frame::default()
    }
}
