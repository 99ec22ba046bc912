//! The measurements of `cargo xtask bench`: each beside something simpler in the same run, so that the ratio holds on any
//! machine. Budgets are named with each figure; a miss is printed as a miss and does not fail the command.

mod cycle;
mod load;
mod record;
mod saves;
mod start;
mod upload;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use clap::ValueEnum;
use serde_json::json;

use crate::bundle;
use crate::install;
use crate::project::Project;
use crate::report::Report;

/// One measured figure.
pub struct Figure {
    /// What was measured.
    what: String,
    /// The value with its unit.
    value: String,
    /// What it is measured against, and the ratio.
    beside: String,
    /// The budget, and whether it is kept; none where there is none.
    budget: Option<(&'static str, bool)>,
}

impl Figure {
    fn new(what: impl Into<String>, value: impl Into<String>, beside: impl Into<String>) -> Self {
        Self { what: what.into(), value: value.into(), beside: beside.into(), budget: None }
    }

    fn within(mut self, budget: &'static str, kept: bool) -> Self {
        self.budget = Some((budget, kept));
        self
    }
}

/// What is measured, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// From start to the first answer, and memory.
    Start,
    /// Requests a second and their times.
    Load,
    /// Durable saves.
    Saves,
    /// Uploads.
    Upload,
    /// The record of what happened.
    Record,
    /// Pages of the working group with few applications and with many.
    Cycle,
    /// Bytes of what a browser loads.
    Sizes,
}

impl Part {
    const fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Load => "load",
            Self::Saves => "saves",
            Self::Upload => "upload",
            Self::Record => "record",
            Self::Cycle => "cycle",
            Self::Sizes => "sizes",
        }
    }

    fn measure(self, project: &Project, folder: &Path) -> Result<Vec<Figure>> {
        match self {
            Self::Start => start::measure(project, folder),
            Self::Load => load::measure(project, folder),
            Self::Saves => saves::measure(project, folder),
            Self::Upload => upload::measure(project, folder),
            Self::Record => record::measure(project, folder),
            Self::Cycle => cycle::measure(project, folder),
            Self::Sizes => sizes(project),
        }
    }
}

/// Measures the release binary and writes `bench.json` into the target directory.
pub fn bench(project: &Project, report: &mut Report, only: Option<Part>) -> Result<()> {
    report.step("set-up", || install::load_generator().and_then(|()| install::wasm_target()))?;
    report.step("bundle", || bundle::bundle(project).map(drop))?;
    report.step("build", || project.build_release())?;
    let folder = project.target().join("bench");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let mut figures = Vec::new();
    for part in Part::value_variants().iter().filter(|part| only.is_none_or(|only| only == **part)) {
        figures.extend(report.step(part.name(), || part.measure(project, &folder))?);
    }
    fs::remove_dir_all(&folder)?;
    print(&figures);
    let rows: Vec<_> = figures
        .iter()
        .map(|f| json!({ "what": f.what, "value": f.value, "beside": f.beside, "budget": f.budget.map(|b| b.0), "kept": f.budget.map(|b| b.1) }))
        .collect();
    let file = project.target().join("bench.json");
    fs::write(&file, serde_json::to_string_pretty(&rows)?)
        .with_context(|| format!("cannot write {}", file.display()))?;
    println!("Written to {}", file.display());
    Ok(())
}

fn print(figures: &[Figure]) {
    println!("\n{:<38} {:>22}  {:<52} budget", "measured", "value", "beside");
    for figure in figures {
        let budget = match figure.budget {
            Some((budget, true)) => format!("{budget}: kept"),
            Some((budget, false)) => format!("{budget}: MISSED"),
            None => String::new(),
        };
        println!("{:<38} {:>22}  {:<52} {budget}", figure.what, figure.value, figure.beside);
    }
}

/// Bytes of the bundle as they go over the wire.
fn sizes(project: &Project) -> Result<Vec<Figure>> {
    let text = fs::read_to_string(project.site().join("manifest.json"))?;
    let manifest: serde_json::Value = serde_json::from_str(&text)?;
    let sizes = manifest["sizes"].as_object().context("the manifest names no sizes")?;
    let sum = |kind: &str| sizes.values().filter_map(|s| s[kind].as_u64()).sum::<u64>();
    let (raw, gzip, brotli) = (sum("raw"), sum("gzip"), sum("brotli"));
    let figure = Figure::new("bundle and style, brotli", format!("{brotli} bytes"), format!("raw {raw}, gzip {gzip}"));
    Ok(vec![figure.within("100 kB", brotli <= 100_000)])
}
