//! Getting in.

pub mod confirmation;
pub mod invitation;
pub mod mail;
pub mod outbox;
pub mod sign_in;
