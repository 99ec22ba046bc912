//! Tests of the whole portal through its router, on both engines.
//!
//! [`harness`] makes a portal for each test, [`browser`] uses it, [`world`] fills it. What holds on one engine has to hold
//! on the other: `on_both!` runs one body on each. Tests on PostgreSQL need `TEST_DATABASE_URL`, the
//! address of a server that is thrown away afterwards; `cargo xtask test` starts one. They are never skipped.

/// Makes two tests of each function: `NAME::sqlite` and `NAME::postgres`.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            use crate::tests::harness::{Engine, TestPortal};

            #[tokio::test]
            async fn sqlite() {
                super::$name(TestPortal::begin(Engine::Sqlite).await).await;
            }

            #[tokio::test]
            async fn postgres() {
                super::$name(TestPortal::begin(Engine::Postgres).await).await;
            }
        }
    )+};
}

/// The same of functions that make their portals themselves: they take the engine.
macro_rules! on_engines {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            use crate::tests::harness::Engine;

            #[tokio::test]
            async fn sqlite() {
                super::$name(Engine::Sqlite).await;
            }

            #[tokio::test]
            async fn postgres() {
                super::$name(Engine::Postgres).await;
            }
        }
    )+};
}

mod access;
mod appeals;
mod assigning;
mod asvs;
mod board;
mod browser;
mod canary;
mod carry;
mod check;
mod checking;
mod counts;
mod cycles;
mod data_rights;
mod decisions;
mod deliberation;
mod demo;
mod designations;
mod doors;
mod entry;
mod evidence;
mod factors;
mod figures;
mod guard;
mod guessing;
mod guides;
mod harness;
mod html;
mod inviting;
mod journey;
mod leaks;
mod mail;
mod model;
mod page_source;
mod panel;
mod passkeys;
mod people;
mod person;
mod plan;
mod practice;
mod provider;
mod reads;
mod record;
mod releasing;
mod requests;
mod reset;
mod reviewing;
mod roles;
mod routes;
mod saves;
mod screening;
mod sessions;
mod statements;
mod swap;
mod table;
mod team;
mod tidy;
mod traces;
mod typed;
mod world;
