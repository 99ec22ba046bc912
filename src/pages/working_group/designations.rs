//! The ledger: the designation of every centre that counts now.

pub mod export;
mod view;

use crate::{
    domain::{
        designation::{Step, Wanted},
        id::CentreId,
        moment::Moment,
        text::one_line,
    },
    server::{
        problem::Problem,
        render::{Frame, Page},
        working_group::WorkingGroup,
    },
    store::designation::ledger::{After, Line, Order, Search},
};
use axum::{extract::Query, response::Response};
use serde::Deserialize;

/// The address of the page.
pub const HERE: &str = "/working-group/designations";

/// Up to how many are counted: a page must not take longer the more there are.
const MOST: i64 = 99;

/// The frame around the pages of designations.
pub(super) fn frame(here: &WorkingGroup) -> Frame {
    super::group_frame(here, "Designations")
}

/// What is looked for, as it stands in the address. What cannot be understood counts as nothing.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    status: String,
    #[serde(default)]
    country: String,
    #[serde(default)]
    sort: String,
    #[serde(default)]
    place: String,
    #[serde(default)]
    after: String,
}

impl Asked {
    fn order(&self) -> Order {
        if self.sort == "name" { Order::Name } else { Order::End }
    }

    fn wanted(&self) -> Wanted {
        Wanted::parse(&self.status)
    }

    /// The address of the same list from another line on, or of its export: `rest` stands behind the path.
    fn address(&self, rest: &str, after: Option<&After>) -> String {
        let place = after.map_or(("", String::new()), |a| (a.place.as_str(), a.centre.to_string()));
        let fields = [
            ("q", self.q.as_str()),
            ("status", self.wanted().key()),
            ("country", self.country.as_str()),
            ("sort", if self.order() == Order::Name { "name" } else { "" }),
            ("place", place.0),
            ("after", place.1.as_str()),
        ];
        let fields: Vec<_> = fields.into_iter().filter(|(_, text)| !text.is_empty()).collect();
        match serde_urlencoded::to_string(&fields) {
            Ok(query) if !query.is_empty() => format!("{HERE}{rest}?{query}"),
            _ => format!("{HERE}{rest}"),
        }
    }

    fn search(&self, here: &WorkingGroup) -> Search {
        let after = CentreId::parse(&self.after).map(|centre| After { place: self.place.clone(), centre });
        Search {
            viewer: here.id(),
            wanted: self.wanted(),
            country: self.country.clone(),
            text: self.q.clone(),
            order: self.order(),
            after,
        }
    }

    /// Without what nobody types: bounded, and in one line.
    fn tidy(mut self) -> Self {
        for text in [&mut self.q, &mut self.country, &mut self.place] {
            *text = one_line(text).replace('\0', "").chars().take(400).collect();
        }
        self
    }
}

struct Data {
    asked: Asked,
    lines: Vec<Line>,
    next: Option<After>,
    countries: Vec<String>,
    /// What ends soon and has no application, each with how many there are.
    counts: Vec<(Wanted, i64)>,
    now: Moment,
}

/// The page.
pub async fn show(here: WorkingGroup, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    let (asked, now) = (asked.tidy(), here.desk().now());
    let mut tx = here.desk().portal.store.read().await?;
    let (lines, next) = tx.ledger(&asked.search(&here), now).await?;
    let countries = tx.ledger_countries(here.id()).await?;
    let mut counts = Vec::new();
    for wanted in Step::ALL.map(Wanted::Expiring) {
        counts.push((wanted, tx.ledger_count(here.id(), wanted, MOST + 1, now).await?));
    }
    drop(tx);
    let data = Data { asked, lines, next, countries, counts, now };
    let page = Page::new("Designations", frame(&here), move || view::page(data));
    Ok(here.desk().page(page).await)
}
