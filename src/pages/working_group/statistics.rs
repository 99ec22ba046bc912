//! What a cycle adds up to, on a page and to take away.

use super::figures::{self, Drawn};
use crate::{
    components::layout,
    domain::{
        calendar::day_in,
        dates::Entry,
        designation::{Facts, Status},
        moment::Moment,
        sheet::Sheet,
        statistics,
    },
    server::{export, problem::Problem, render::Page, working_group::WorkingGroup},
    store::cycle::Plan,
};
use axum::{
    extract::{Path, Query},
    response::Response,
};
use leptos::prelude::*;
use serde::Deserialize;

/// The tables, with what the page says about each and how it draws it.
const ABOUT: [(&str, &str, Drawn); 5] = [
    ("agreement", "How far reviewers of one application agree.", Drawn::Bar(2, 100.0)),
    (
        "level-gap",
        "How far the level of a panel lies from the one that the centre gave itself, once decided. Left of the middle: the panel is lower.",
        Drawn::Around(2, 2.0),
    ),
    ("frequent-gaps", "Where panels most often stay below level 3.", Drawn::Bar(3, 100.0)),
    ("designations-by-country", "All designations of the programme, as they stand today.", Drawn::Nothing),
    ("designations-by-year", "The same by the year of the award.", Drawn::Nothing),
];

/// All tables, in the order of [`ABOUT`].
async fn sheets(group: &WorkingGroup, plan: &Plan) -> Result<Vec<Sheet>, Problem> {
    let titles = figures::titles(group, plan)?;
    let mut tx = group.desk().portal.store.read().await?;
    let sums = tx.review_sums(plan.cycle.id, group.id()).await?;
    let counted = tx.counted_designations(group.id()).await?;
    drop(tx);
    let (now, zone) = (group.desk().now(), &plan.cycle.closes.zone);
    let list: Vec<(String, i16, Status)> = counted
        .into_iter()
        .map(|d| {
            let facts = Facts { withdrawn: d.withdrawn, renewing: d.renewing };
            (d.country, day_in(d.from, zone).year(), Status::of(d.until, facts, now))
        })
        .collect();
    let mut sheets = vec![
        statistics::agreement(&sums, &titles),
        statistics::level_gap(&sums, &titles),
        statistics::gaps(&sums, &titles),
    ];
    sheets.extend(statistics::designations(&list));
    Ok(sheets)
}

/// The page.
pub async fn show(group: WorkingGroup, Path(cycle): Path<String>) -> Result<Response, Problem> {
    let plan = figures::plan(&group, &cycle).await?;
    let sheets = sheets(&group, &plan).await?;
    let frame = figures::frame(&group, "Statistics");
    let page = Page::new("Statistics", frame, move || view(&plan, &sheets));
    Ok(group.desk().page(page).await)
}

/// Which table is wanted as comma-separated values: the first when none is named.
#[derive(Debug, Default, Deserialize)]
pub struct Wanted {
    #[serde(default)]
    table: String,
}

/// One table as comma-separated values.
pub async fn csv(
    group: WorkingGroup,
    Path(cycle): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    let plan = figures::plan(&group, &cycle).await?;
    let key = if wanted.table.is_empty() { ABOUT[0].0 } else { wanted.table.as_str() };
    let at = ABOUT.iter().position(|(known, ..)| *known == key).ok_or(Problem::NotFound)?;
    group.desk().require_step_up().await?;
    let sheets = sheets(&group, &plan).await?;
    let sheet = sheets.get(at).ok_or(Problem::Unexpected)?;
    Ok(export::csv(ABOUT[at].0, sheet))
}

/// All tables as one workbook.
pub async fn xlsx(group: WorkingGroup, Path(cycle): Path<String>) -> Result<Response, Problem> {
    let plan = figures::plan(&group, &cycle).await?;
    group.desk().require_step_up().await?;
    export::xlsx("statistics", &sheets(&group, &plan).await?)
}

/// The dates of a cycle for a calendar.
pub async fn dates(group: WorkingGroup, Path(cycle): Path<String>) -> Result<Response, Problem> {
    let plan = figures::plan(&group, &cycle).await?;
    let (zone, name) = (&plan.cycle.closes.zone, &plan.cycle.name);
    let entry = |key: &str, at: Moment, what: &str| Entry {
        id: format!("{key}-{}", plan.cycle.id),
        day: day_in(at, zone),
        summary: format!("Cycle {name}: {what}"),
        note: String::new(),
    };
    let entries = [
        entry("opens", plan.cycle.opens, "applications open"),
        entry("closes", plan.cycle.closes.at, "applications close"),
        entry("reviews", plan.reviews_due.at, "reviews are due"),
        entry("decision", plan.decision.at, "decisions are due"),
        entry("award", plan.award.at, "designations are awarded"),
    ];
    Ok(export::ics("dates", &entries, group.desk().now()))
}

fn view(plan: &Plan, sheets: &[Sheet]) -> impl IntoView + use<> {
    let base = format!("/working-group/cycles/{}", plan.cycle.id);
    let sections = ABOUT.iter().zip(sheets).map(|((key, about, drawn), sheet)| {
        let table = if sheet.rows.is_empty() {
            view! { <p class="soft">"None yet. They begin with the first release of accredited applications."</p> }
                .into_any()
        } else {
            figures::table(sheet, sheet.name, *drawn).into_any()
        };
        let csv = format!("{base}/statistics.csv?table={key}");
        let label = format!("{} as comma-separated values", sheet.name);
        view! {
            <section class="panel" aria-labelledby=*key>
                <div class="panel-head"><h2 id=*key>{sheet.name}</h2><a href=csv aria-label=label>"CSV"</a></div>
                <p class="soft">{*about}</p>
                {table}
            </section>
        }
    });
    let name = plan.cycle.name.clone();
    view! {
        <main class="page wide" id="main">
            {layout::crumbs(vec![(format!("Cycle {name}"), base.clone())], "Statistics")}
            <div class="page-head"><div>
                <h1>"Statistics"</h1>
                <p class="facts">
                    <span>{format!("Cycle {name}")}</span>
                    <a href=format!("{base}/agreement")>"Where reviewers differ"</a>
                    <a href=format!("{base}/statistics.xlsx")>"All tables as a workbook"</a>
                    <a href=format!("{base}/dates.ics")>"Dates for your calendar"</a>
                </p>
                <p class="soft">"Groups below 5 are hidden, and as much more as is needed that nobody can compute them. Applications you have a conflict with are left out. For a file you show a second factor again."</p>
            </div></div>
            {sections.collect_view()}
        </main>
    }
}
