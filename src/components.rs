//! Parts of pages: each a function from data to markup, named after what it is on the screen.

pub mod area;
pub mod badge;
pub mod chart;
pub mod checked;
pub mod document;
pub mod field;
pub mod inviting;
pub mod layout;
pub mod message;
pub mod named;
pub mod panel;
pub mod qr;
pub mod request;
pub mod standing;
