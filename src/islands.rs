//! Islands: leaves that add to a form the server has rendered. Their props are public, so they are plain texts that the
//! page shows anyway. No island holds another one, and none is needed to work.

#![expect(missing_docs, reason = "the island macro makes structs of the documented functions' arguments")]

pub mod autosave;
pub mod keys;
pub mod passkey;
pub mod upload;
