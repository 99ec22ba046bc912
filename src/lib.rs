//! The accreditation portal for Designated Centres of Integrated Oncology and Palliative Care.
//!
//! # Architecture
//!
//! ```text
//! islands -> browser -> domain  leaves with primitive props; without a browser nothing brings them to life
//! store   -> domain           one SQL text for two engines
//! pages   -> components, server, store, domain
//! domain  -> nothing          pure rules; clock and randomness are parameters
//! ```
//!
//! # Invariants
//!
//! - Every page is complete HTML from the server and works without JavaScript; an island only adds.
//! - A handler asks who it is, loads, lets the domain decide, saves, and redirects. Saving a draft never refuses.
//! - Who may do what is decided in [`domain::access`] and nowhere else; pages take a proof of it.
//! - A session begins to belong to somebody in [`server::entry::admit`] and nowhere else; nothing opens without a second
//!   factor.
//! - A change and its event are written in one transaction; a text is never overwritten by another person's.
//! - Events are a chain: each is hashed with the one before, and the end of the chain is taken last in every transaction.
//! - The bytes of evidence are durable before the row that points at them.
//! - What must not exist for somebody is answered exactly like what does not exist.

#![recursion_limit = "512"]

#[cfg(feature = "ssr")]
pub mod app;
#[cfg(feature = "hydrate")]
mod browser;
#[cfg(feature = "ssr")]
pub mod catalogue;
#[cfg(feature = "ssr")]
pub mod components;
pub mod domain;
#[cfg(feature = "ssr")]
pub mod evidence;
pub mod islands;
#[cfg(not(feature = "hydrate"))]
mod no_browser;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod server;
#[cfg(feature = "ssr")]
pub mod store;
#[cfg(test)]
mod tests;

#[cfg(not(feature = "hydrate"))]
use no_browser as browser;

/// Called by the page once the bundle is there: brings the islands to life.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_islands();
}
