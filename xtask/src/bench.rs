//! The measurements of `cargo xtask bench`; not written yet, and so not listed as a command.
//!
//! The seam: a function `bench(project: &Project, report: &mut Report) -> Result<()>` here, and one
//! variant of `Command` in `main.rs` that calls it. What it needs stands ready:
//! [`crate::bundle::bundle`] for the sizes in `target/site/manifest.json`,
//! [`crate::project::Project::binary`] for the release binary to start, and
//! [`crate::postgres::Cluster`] for the second engine.
