//! Steps, their times, and the table at the end.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// What was done so far, in order.
#[derive(Default)]
pub struct Report {
    rows: Vec<Row>,
}

struct Row {
    name: &'static str,
    time: Duration,
    passed: bool,
}

impl Report {
    /// Runs one step and notes its time, whether it succeeds or not.
    pub fn step<T>(&mut self, name: &'static str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        println!("\n== {name}");
        let start = Instant::now();
        let outcome = work();
        let time = start.elapsed();
        let passed = outcome.is_ok();
        println!("== {name}: {} in {}", word(passed), seconds(time));
        self.rows.push(Row { name, time, passed });
        outcome.with_context(|| format!("step `{name}` failed"))
    }

    /// The table of steps; those in `planned` that never ran are named as such.
    pub fn table(&self, planned: &[&'static str]) -> String {
        let mut table = format!("{:<10} {:>10}  result\n", "step", "time");
        for row in &self.rows {
            // Writing to a string cannot fail.
            let _ = writeln!(table, "{:<10} {:>10}  {}", row.name, seconds(row.time), word(row.passed));
        }
        for name in planned.iter().filter(|name| self.rows.iter().all(|row| row.name != **name)) {
            let _ = writeln!(table, "{name:<10} {:>10}  not run", "-");
        }
        let total = self.rows.iter().map(|row| row.time).sum();
        let _ = writeln!(table, "{:<10} {:>10}", "total", seconds(total));
        table
    }
}

fn word(passed: bool) -> &'static str {
    if passed { "passed" } else { "failed" }
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}
