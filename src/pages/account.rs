//! Getting in.

pub mod confirmation;
pub mod invitation;
pub mod passkeys;
pub mod provider;
pub mod sign_in;
