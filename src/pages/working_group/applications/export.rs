//! The table as a file to take away: every line that the filters hold. A name that is looked for is none of them: it stands
//! in no address.

use super::{Asked, dates, stage_name};
use crate::{
    domain::{
        calendar::day_in,
        id::CycleId,
        owing,
        sheet::{Cell, Sheet},
        stage::StageName,
    },
    server::{export, problem::Problem, working_group::WorkingGroup},
    store::caseload::{From, Line},
};
use axum::{
    extract::{Path, Query},
    response::Response,
};

/// More lines than this are no table that anybody reads; a last line says that there are more.
const MOST: usize = 20_000;

/// As comma-separated values.
pub async fn csv(
    here: WorkingGroup,
    Path(cycle): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    Ok(export::csv("applications", &sheet(&here, &cycle, &asked).await?))
}

/// As a workbook.
pub async fn xlsx(
    here: WorkingGroup,
    Path(cycle): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    export::xlsx("applications", &[sheet(&here, &cycle, &asked).await?])
}

async fn sheet(here: &WorkingGroup, cycle: &str, asked: &Asked) -> Result<Sheet, Problem> {
    let id = CycleId::parse(cycle).ok_or(Problem::NotFound)?;
    here.require(id)?;
    here.desk().require_step_up().await?;
    let now = here.desk().now();
    let mut tx = here.desk().portal.store.read().await?;
    let plan = tx.plan_of_cycle(id).await?.ok_or(Problem::NotFound)?;
    let (late, zone) = (owing::overdue(dates(&plan), now), plan.cycle.closes.zone.clone());
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    let mut from = From::Start;
    if let Some(search) = asked.search(&plan, now) {
        loop {
            let found = tx.caseload(id, here.id(), &search, from).await?;
            rows.extend(found.lines.iter().map(|line| row(line, &late, &zone)));
            from = match found.lines.last() {
                Some(last) if found.after && rows.len() < MOST => From::After(last.id),
                Some(_) if found.after => {
                    rows.push(HEAD.map(|head| if head == HEAD[0] { MORE.into() } else { Cell::Empty }).to_vec());
                    break;
                }
                _ => break,
            };
        }
    }
    Ok(Sheet { name: "applications", head: HEAD.map(str::to_owned).to_vec(), rows })
}

const MORE: &str = "There are more: choose further filters";

const HEAD: [&str; 10] = [
    "Centre",
    "Town",
    "Country",
    "Kind",
    "Stage",
    "Due",
    "Reviewers",
    "Reviews handed in",
    "Own deadline",
    "Last change",
];

fn row(line: &Line, late: &[StageName], zone: &str) -> Vec<Cell> {
    let stage = line.stage.name();
    let count = |n: i64| Cell::Number(f64::from(u32::try_from(n).unwrap_or(u32::MAX)));
    let none_yet = matches!(stage, StageName::Draft | StageName::Submitted | StageName::Withdrawn);
    let counted = |n: i64| if none_yet { Cell::Empty } else { count(n) };
    vec![
        line.identity.name().into(),
        line.identity.city().into(),
        line.identity.country().into(),
        line.kind.name().into(),
        stage_name(stage).into(),
        if late.contains(&stage) { "Late" } else { "In time" }.into(),
        counted(line.seats),
        counted(line.submitted),
        line.extended.map_or(Cell::Empty, |at| day_in(at, zone).to_string().into()),
        day_in(line.updated, zone).to_string().into(),
    ]
}
