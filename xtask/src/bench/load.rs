//! Throughput and latency of signed-in pages beside an answer that does nothing.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use super::Figure;
use crate::http::Server;
use crate::project::Project;
use crate::shell;

/// What one run of the load generator gave.
struct Run {
    rate: f64,
    p50: String,
    p99: String,
    p99_millis: f64,
}

/// Measures.
pub fn measure(project: &Project, folder: &Path) -> Result<Vec<Figure>> {
    let data = folder.join("load");
    let server = Server::start(&project.release_binary(), &data)?;
    let (cookie, application) = server.sign_in(&data)?;
    let bare = run(&server, "/livez", &cookie)?;
    let mut figures =
        vec![Figure::new("livez", format!("{:.0} req/s", bare.rate), format!("p50 {}, p99 {}", bare.p50, bare.p99))];
    for (name, path) in [
        ("application page", application.clone()),
        ("criterion page", format!("{application}/criteria/5")),
        ("guide page, signed out", "/criteria/5".to_owned()),
    ] {
        let run = run(&server, &path, &cookie)?;
        let beside = format!("p50 {}, p99 {}, {:.2} of livez", run.p50, run.p99, run.rate / bare.rate);
        figures.push(
            Figure::new(name, format!("{:.0} req/s", run.rate), beside)
                .within("3,000 req/s, p99 20 ms", 3000.0 <= run.rate && run.p99_millis <= 20.0),
        );
    }
    Ok(figures)
}

fn run(server: &Server, path: &str, cookie: &str) -> Result<Run> {
    let url = format!("http://{}{path}", server.address());
    let load = |seconds: &str| {
        let mut command = Command::new("wrk");
        command.args(["--threads", "2", "--connections", "32", "--latency", "--duration", seconds, "--header"]);
        command.arg(format!("cookie: {cookie}")).arg(&url);
        shell::read(&mut command)
    };
    load("2s")?;
    let text = load("8s")?;
    let after = |key: &str| text.lines().find_map(|l| l.trim().strip_prefix(key)).map(|v| v.trim().to_owned());
    let rate = after("Requests/sec:").and_then(|v| v.parse().ok()).context("the load generator told no rate")?;
    anyhow::ensure!(!text.contains("Non-2xx"), "{path} did not answer with 200 under load:\n{text}");
    let (p50, p99) = (after("50%").unwrap_or_default(), after("99%").unwrap_or_default());
    let p99_millis = millis(&p99).context("the load generator told no latency")?;
    Ok(Run { rate, p50, p99, p99_millis })
}

/// Reads "8.61ms", "954.00us" or "1.20s".
fn millis(text: &str) -> Option<f64> {
    let (number, unit) = text.split_at(text.find(|c: char| c.is_ascii_alphabetic())?);
    let number: f64 = number.parse().ok()?;
    match unit {
        "us" => Some(number / 1000.0),
        "ms" => Some(number),
        "s" => Some(number * 1000.0),
        _ => None,
    }
}
