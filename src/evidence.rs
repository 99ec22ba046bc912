//! Evidence on its way in and out: bytes, types, limits.

pub mod blobs;
pub mod sniff;
pub mod upload;
