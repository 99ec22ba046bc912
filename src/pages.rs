//! Pages: one file a screen. A handler asks who it is, loads, lets the domain decide, saves, and redirects.

pub mod account;
pub mod administration;
pub mod centre;
pub mod health;
pub mod panel;
pub mod problem;
pub mod public;
pub mod reviewer;
pub mod working_group;
