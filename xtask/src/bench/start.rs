//! Time from start to the first answer, and memory at rest.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;

use super::Figure;
use crate::http::Server;
use crate::project::Project;

/// Measures.
pub fn measure(project: &Project, folder: &Path) -> Result<Vec<Figure>> {
    let data = folder.join("start");
    drop(Server::start(&project.release_binary(), &data)?);
    let mut times: Vec<Duration> = Vec::new();
    let mut idle = 0;
    for _ in 0..7 {
        let server = Server::start(&project.release_binary(), &data)?;
        times.push(server.started);
        idle = server.memory(false)?;
    }
    times.sort();
    let median = times[times.len() / 2];
    Ok(vec![
        Figure::new("start to first answer, median of 7", format!("{} ms", median.as_millis()), "existing database")
            .within("150 ms", median <= Duration::from_millis(150)),
        Figure::new("resident memory, idle", format!("{} MiB", idle >> 20), "").within("50 MB", idle <= 50_000_000),
    ])
}
