//! The applications of a cycle: filtered, found by name, ordered, paged by the server.
//!
//! A name that is looked for goes in the body of a request, not in its address: addresses are kept by browsers and proxies.

pub mod export;
pub(super) mod view;

use super::group_frame;
use crate::{
    domain::{
        application::Kind,
        id::{ApplicationId, CycleId},
        owing::{self, Dates},
        stage::StageName,
    },
    server::{form::Form, problem::Problem, render::Page, working_group::WorkingGroup},
    store::{
        caseload::{From, Search, Sort},
        cycle::Plan,
    },
};
use axum::{
    extract::{Path, Query},
    response::Response,
};
use serde::Deserialize;
use view::Data;
pub(super) use view::{stage_badge, stage_name};

/// What is asked for, in the address or in a form.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// The key of a stage; empty means all.
    pub stage: String,
    /// A country; empty means all.
    pub country: String,
    /// The key of a kind; empty means both.
    pub kind: String,
    /// "yes" for what is late.
    pub overdue: String,
    /// The key of an order.
    pub sort: String,
    /// Words of a centre's name.
    #[serde(skip)]
    pub text: String,
    /// The page begins after this application.
    pub after: String,
    /// The page ends before this application.
    pub before: String,
    /// "last" for the last page.
    pub page: String,
}

impl Asked {
    fn of(form: &Form) -> Self {
        let get = |name: &str| form.get(name).to_owned();
        Self {
            stage: get("stage"),
            country: get("country"),
            kind: get("kind"),
            overdue: get("overdue"),
            sort: get("sort"),
            text: form.get("name").trim().chars().take(100).collect(),
            after: get("after"),
            before: get("before"),
            page: get("page"),
        }
    }

    /// The filters as the store takes them; none when nothing can fit.
    fn search(&self, plan: &Plan, now: crate::domain::moment::Moment) -> Option<Search> {
        let stage = StageName::ALL.into_iter().find(|s| s.key() == self.stage);
        let mut stages: Vec<StageName> = stage.into_iter().collect();
        if self.overdue == "yes" {
            let late = owing::overdue(dates(plan), now);
            stages = if stages.is_empty() { late } else { stages.into_iter().filter(|s| late.contains(s)).collect() };
            if stages.is_empty() {
                return None;
            }
        }
        Some(Search {
            stages,
            country: self.country.clone(),
            kind: [Kind::Initial, Kind::Renewal].into_iter().find(|k| k.key() == self.kind),
            text: self.text.clone(),
            sort: self.sort(),
        })
    }

    fn sort(&self) -> Sort {
        Sort::ALL.into_iter().find(|s| s.key() == self.sort).unwrap_or_default()
    }

    fn from(&self) -> From {
        if let Some(id) = ApplicationId::parse(&self.after) {
            From::After(id)
        } else if let Some(id) = ApplicationId::parse(&self.before) {
            From::Before(id)
        } else if self.page == "last" {
            From::End
        } else {
            From::Start
        }
    }
}

/// The dates of a cycle after which work is late.
pub(super) const fn dates(plan: &Plan) -> Dates {
    Dates { reviews_due: plan.reviews_due.at, decision: plan.decision.at, award: plan.award.at }
}

/// The table, filtered by what stands in the address.
pub async fn show(
    here: WorkingGroup,
    Path(cycle): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    respond(&here, &cycle, asked).await
}

/// The table with a name that is looked for.
pub async fn search(here: WorkingGroup, Path(cycle): Path<String>, form: Form) -> Result<Response, Problem> {
    respond(&here, &cycle, Asked::of(&form)).await
}

async fn respond(here: &WorkingGroup, cycle: &str, asked: Asked) -> Result<Response, Problem> {
    let id = CycleId::parse(cycle).ok_or(Problem::NotFound)?;
    here.require(id)?;
    let now = here.desk().now();
    let mut tx = here.desk().portal.store.read().await?;
    let plan = tx.plan_of_cycle(id).await?.ok_or(Problem::NotFound)?;
    let countries = tx.countries(here.id()).await?;
    let found = match asked.search(&plan, now) {
        Some(search) => tx.caseload(id, here.id(), &search, asked.from()).await?,
        None => crate::store::caseload::Found { total: Some(0), ..Default::default() },
    };
    drop(tx);
    let data = Data { plan, countries, found, asked, now };
    let title = format!("Applications, cycle {}", data.plan.cycle.name);
    let page = Page::new(title, group_frame(here, "Board"), move || view::page(&data));
    Ok(here.desk().page(page).await)
}
