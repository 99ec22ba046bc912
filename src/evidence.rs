//! Evidence on its way in and out: bytes, types, limits.

pub mod blobs;
pub mod clean;
pub mod draw;
pub mod malware;
pub mod opened;
pub mod opening;
pub mod sniff;
pub mod upload;
