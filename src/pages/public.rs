//! Pages that need no account.

pub mod about;
pub mod criteria;
pub mod landing;
pub mod programme;
pub mod record;
pub mod register;
pub mod verify;

use crate::server::{desk::Desk, problem::Problem, render::Frame};

/// The frame of a public page, with the name of who is signed in.
async fn frame(desk: &Desk, current: &'static str) -> Result<Frame, Problem> {
    let name = desk.visitor().await?.map(|a| a.name.shown().to_owned());
    Ok(Frame { name, current, ..Frame::default() })
}
