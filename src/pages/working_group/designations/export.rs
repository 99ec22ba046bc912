//! The ledger as a file to take away: every line that the filters hold.

use super::Asked;
use crate::{
    domain::{
        calendar::day_in,
        moment::Moment,
        sheet::{Cell, Sheet},
    },
    server::{export, problem::Problem, working_group::WorkingGroup},
    store::designation::ledger::Line,
};
use axum::{extract::Query, response::Response};

/// As comma-separated values.
pub async fn csv(here: WorkingGroup, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    here.desk().require_step_up().await?;
    Ok(export::csv("designations", &sheet(&here, asked).await?))
}

/// As a workbook.
pub async fn xlsx(here: WorkingGroup, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    here.desk().require_step_up().await?;
    export::xlsx("designations", &[sheet(&here, asked).await?])
}

async fn sheet(here: &WorkingGroup, asked: Asked) -> Result<Sheet, Problem> {
    let now = here.desk().now();
    let mut search = asked.tidy().search(here);
    search.after = None;
    let mut tx = here.desk().portal.store.read().await?;
    let mut rows = Vec::new();
    loop {
        let (lines, next) = tx.ledger(&search, now).await?;
        rows.extend(lines.iter().map(|line| row(line, now)));
        match next {
            Some(after) => search.after = Some(after),
            None => break,
        }
    }
    let head = ["Centre", "Town", "Country", "Since", "From", "Last day", "Status", "Register"];
    Ok(Sheet { name: "designations", head: head.map(str::to_owned).to_vec(), rows })
}

fn row(line: &Line, now: Moment) -> Vec<Cell> {
    let last = Moment::from_millis(line.term.until.millis().saturating_sub(1));
    vec![
        line.identity.name().into(),
        line.identity.city().into(),
        line.identity.country().into(),
        Cell::Number(day_in(line.since, &line.zone).year().into()),
        day_in(line.term.from, &line.zone).to_string().into(),
        day_in(last, &line.zone).to_string().into(),
        line.status(now).name().into(),
        if line.published { "Published" } else { "Not published" }.into(),
    ]
}
