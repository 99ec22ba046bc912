//! Getting in.

pub mod confirmation;
pub mod invitation;
pub mod new_password;
pub mod reset;
pub mod sign_in;
