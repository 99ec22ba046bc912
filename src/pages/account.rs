//! Getting in.

pub mod confirmation;
pub mod invitation;
pub mod sign_in;
