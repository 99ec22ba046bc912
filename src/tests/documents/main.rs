//! Documents that were made to do harm, opened by the real process.
fn main() {}
