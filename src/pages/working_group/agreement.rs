//! Where reviewers differ: the levels of each panel side by side, and how far reviewers agree at each criterion.

mod view;

use super::figures;
use crate::{
    domain::{criteria::COUNT, id::ApplicationId, statistics},
    server::{problem::Problem, render::Page, working_group::WorkingGroup},
    store::figure::{After, Which},
};
use axum::{
    extract::{Path, Query},
    response::Response,
};
use serde::Deserialize;

/// How many applications a page shows.
const PAGE: usize = 25;

/// What is asked for in the address. What cannot be read is as if it were not there.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    show: String,
    #[serde(default)]
    after: String,
}

impl Asked {
    fn which(&self) -> Which {
        match self.show.as_str() {
            "split" => Which::Split,
            text => match text.parse() {
                Ok(criterion) if (1..=COUNT).contains(&criterion) => Which::SplitAt(criterion),
                _ => Which::All,
            },
        }
    }

    fn after(&self) -> Option<After> {
        let (agreed, application) = self.after.split_once('-')?;
        Some(After { agreed: agreed.parse().ok()?, application: ApplicationId::parse(application)? })
    }
}

/// The page.
pub async fn show(
    group: WorkingGroup,
    Path(cycle): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let plan = figures::plan(&group, &cycle).await?;
    let titles = figures::titles(&group, &plan)?;
    let mut tx = group.desk().portal.store.read().await?;
    let sums = tx.review_sums(plan.cycle.id, group.id()).await?;
    // One more than is shown tells whether there is a next page.
    let mut panels = tx.panels(plan.cycle.id, group.id(), asked.which(), asked.after(), PAGE as i64 + 1).await?;
    drop(tx);
    let more = PAGE < panels.len();
    panels.truncate(PAGE);
    let data = view::Data {
        agreement: statistics::agreement(&sums, &titles),
        panels,
        sums,
        more,
        later: asked.after().is_some(),
        which: asked.which(),
        plan,
        titles,
    };
    let page = Page::new("Agreement", figures::frame(&group, "Agreement"), move || view::page(&data));
    Ok(group.desk().page(page).await)
}
