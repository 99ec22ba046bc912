//! The plan: what will be done where a criterion is not yet met; also as a table and as a calendar.

pub(crate) mod view;

use super::frame;
use crate::{
    domain::{
        access::Action,
        criteria::COUNT,
        id::ActionId,
        plan::{self, PlannedAction},
        text::one_line,
    },
    server::{applying::Applying, dossier::Dossier, form::Form, problem::Problem, render::Page},
};
use axum::{
    extract::Path,
    http::header,
    response::{IntoResponse, Redirect, Response},
};
use std::collections::HashMap;

/// The page.
pub async fn show(applying: Applying) -> Result<Response, Problem> {
    let dossier = Dossier::load(&applying).await?;
    let frame = frame(&applying, "Plan");
    let data = view::Data { dossier, applying: applying.clone() };
    let page = Page::new("Plan", frame, move || view::page(&data));
    Ok(applying.desk().page(page).await)
}

/// As comma-separated values.
pub async fn csv(applying: Applying) -> Result<Response, Problem> {
    let actions = load(&applying).await?;
    Ok(download("text/csv; charset=utf-8", "plan.csv", plan::csv(&actions)))
}

/// As a calendar.
pub async fn ics(applying: Applying) -> Result<Response, Problem> {
    let actions = load(&applying).await?;
    Ok(download("text/calendar; charset=utf-8", "plan.ics", plan::ics(&actions, applying.now())))
}

async fn load(applying: &Applying) -> Result<Vec<PlannedAction>, Problem> {
    let mut tx = applying.portal().store.read().await?;
    Ok(tx.plan(applying.application().id).await?)
}

fn download(media_type: &'static str, name: &str, text: String) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    ([(header::CONTENT_TYPE, media_type.to_owned()), (header::CONTENT_DISPOSITION, disposition)], text).into_response()
}

/// Plans something at a criterion. Saving never refuses: what is missing is told on the page.
pub async fn add(applying: Result<Applying, Problem>, form: Form) -> Result<Response, Problem> {
    let add = async {
        let applying = applying?;
        applying.require(Action::Edit)?;
        let criterion: u8 =
            form.get("criterion").parse().ok().filter(|c| (1..=COUNT).contains(c)).ok_or(Problem::NotFound)?;
        let action = typed(ActionId::new(0), criterion, &form);
        let back = applying.path(&format!("/criteria/{criterion}#plan"));
        if !action.what.is_empty() {
            let stamp = applying.stamp();
            let mut tx = applying.portal().store.write().await?;
            tx.touch_draft(&stamp, applying.application().id).await?;
            tx.add_action(&stamp, applying.application().id, &action).await?;
            tx.commit().await?;
        }
        Ok(Redirect::to(&back).into_response())
    };
    add.await.map_err(|problem: Problem| problem.keeping(&form.0))
}

/// Words an action anew, marks it as done or open, or takes it out of the plan.
pub async fn change(
    applying: Result<Applying, Problem>,
    Path(at): Path<HashMap<String, String>>,
    form: Form,
) -> Result<Response, Problem> {
    let change = async {
        let applying = applying?;
        applying.require(Action::Edit)?;
        let id = at.get("action").and_then(|id| ActionId::parse(id)).ok_or(Problem::NotFound)?;
        let (stamp, application) = (applying.stamp(), applying.application().id);
        let mut tx = applying.portal().store.write().await?;
        tx.touch_draft(&stamp, application).await?;
        let known = tx.plan(application).await?.into_iter().find(|a| a.id == id).ok_or(Problem::NotFound)?;
        match form.get("do") {
            "done" => tx.set_action_done(&stamp, application, id, true).await?,
            "open" => tx.set_action_done(&stamp, application, id, false).await?,
            "remove" => tx.remove_action(&stamp, application, id).await?,
            _ => {
                let mut action = typed(id, known.criterion, &form);
                if action.what.is_empty() {
                    action.what = known.what;
                }
                tx.edit_action(&stamp, application, &action).await?;
            }
        }
        tx.commit().await?;
        Ok(Redirect::to(&applying.path("/plan")).into_response())
    };
    change.await.map_err(|problem: Problem| problem.keeping(&form.0))
}

fn typed(id: ActionId, criterion: u8, form: &Form) -> PlannedAction {
    let line = |name: &str, most: usize| one_line(form.get(name)).chars().take(most).collect();
    PlannedAction {
        id,
        criterion,
        what: line("what", 500),
        owner: line("owner", 120),
        due: line("due", 40),
        measure: line("measure", 500),
        carried: false,
        done: None,
    }
}
