//! What the pages of figures share: who looks, the cycle, and tables that are charts at the same time.

use crate::{
    domain::{
        id::CycleId,
        sheet::{Cell, Sheet},
    },
    server::{problem::Problem, render::Frame, working_group::WorkingGroup},
    store::cycle::Plan,
};
use leptos::prelude::*;

/// The cycle of an address, for somebody who works in it.
pub async fn plan(group: &WorkingGroup, cycle: &str) -> Result<Plan, Problem> {
    let id = CycleId::parse(cycle).ok_or(Problem::NotFound)?;
    group.require(id)?;
    let mut tx = group.desk().portal.store.read().await?;
    tx.plan_of_cycle(id).await?.ok_or(Problem::NotFound)
}

/// The frame around a page of figures.
pub fn frame(group: &WorkingGroup, current: &'static str) -> Frame {
    let account = group.account();
    Frame {
        name: Some(account.name.shown().to_owned()),
        working_group: account.has_role("coordinator"),
        current,
        ..Frame::default()
    }
}

/// The titles of the criteria of a cycle, "4. Expert care for distress".
pub fn titles(group: &WorkingGroup, plan: &Plan) -> Result<Vec<String>, Problem> {
    let edition = group.desk().portal.edition(&plan.cycle.edition)?;
    Ok(edition.criteria.iter().map(|c| format!("{}. {}", c.number, c.title)).collect())
}

/// Which column of a table is drawn beside it, and how.
#[derive(Clone, Copy, Debug)]
pub enum Drawn {
    /// A bar from 0 to this.
    Bar(usize, f64),
    /// A mark on a line from minus this to this, with 0 in the middle.
    Around(usize, f64),
    /// Nothing.
    Nothing,
}

/// A table, with the picture of one column at the end of each row.
pub fn table(sheet: &Sheet, caption: &str, drawn: Drawn) -> impl IntoView + use<> {
    let heads = sheet.head.iter().enumerate().map(|(at, text)| {
        let class = if at == 0 { "" } else { "number" };
        view! { <th scope="col" class=class>{text.clone()}</th> }
    });
    let picture = !matches!(drawn, Drawn::Nothing);
    let rows = sheet.rows.iter().map(|row| {
        let cells = row.iter().enumerate().map(|(at, cell)| match (at, cell) {
            (0, cell) => view! { <th scope="row">{words(cell)}</th> }.into_any(),
            (_, Cell::Text(text)) => view! { <td class="soft">{text.clone()}</td> }.into_any(),
            (_, cell) => view! { <td class="number">{words(cell)}</td> }.into_any(),
        });
        let picture = match drawn {
            Drawn::Nothing => None,
            Drawn::Bar(column, most) => Some(bar(row.get(column), most).into_any()),
            Drawn::Around(column, most) => Some(around(row.get(column), most).into_any()),
        };
        view! { <tr>{cells.collect_view()}{picture.map(|p| view! { <td class="bar-cell">{p}</td> })}</tr> }
    });
    let (caption, heads, rows) = (caption.to_owned(), heads.collect_view(), rows.collect_view());
    view! {
        <div class="scrolls" tabindex="0" role="region" aria-label=caption.clone()>
            <table class="funnel">
                <caption class="visually-hidden">{caption.clone()}</caption>
                <thead><tr>{heads}{picture.then(|| view! { <td></td> })}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

fn words(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => text.clone(),
        Cell::Number(number) => number.to_string(),
        Cell::Empty => "none".to_owned(),
    }
}

fn figure(cell: Option<&Cell>) -> Option<f64> {
    match cell {
        Some(Cell::Number(number)) => Some(*number),
        _ => None,
    }
}

fn bar(cell: Option<&Cell>, most: f64) -> Option<impl IntoView + use<>> {
    let width = figure(cell).map(|value| value.clamp(0.0, most) / most * 300.0)?;
    Some(view! {
        <svg viewBox="0 0 300 16" preserveAspectRatio="none" aria-hidden="true">
            <rect class="track" y="2" width="300" height="12" rx="2"></rect>
            <rect class="bar" y="2" width=format!("{width:.1}") height="12" rx="2"></rect>
        </svg>
    })
}

fn around(cell: Option<&Cell>, most: f64) -> Option<impl IntoView + use<>> {
    let from = |value: f64| 150.0 + value.clamp(-most, most) / most * 146.0;
    let end = figure(cell).map(from)?;
    let (left, width) = (end.min(150.0), (end - 150.0).abs());
    Some(view! {
        <svg viewBox="0 0 300 16" preserveAspectRatio="none" aria-hidden="true">
            <rect class="track" y="2" width="300" height="12" rx="2"></rect>
            <rect class="bar" x=format!("{left:.1}") y="2" width=format!("{width:.1}") height="12"></rect>
            <path class="median" d="M150 0v16"></path>
        </svg>
    })
}
