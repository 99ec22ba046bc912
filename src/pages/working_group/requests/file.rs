//! A document that came with an answer, for the working group.

use crate::{
    domain::{access::Action, id::FileId},
    server::{presiding::Presiding, problem::Problem, reads::Opened, showing},
};
use axum::{extract::Path, response::Response};
use std::collections::HashMap;

/// The bytes, under a generated name.
pub async fn download(here: Presiding, Path(at): Path<HashMap<String, String>>) -> Result<Response, Problem> {
    here.require(Action::ReadBlind)?;
    let id = at.get("file").and_then(|id| FileId::parse(id)).ok_or(Problem::NotFound)?;
    let mut tx = here.portal().store.read().await?;
    let requests = tx.requests(here.application().id).await?;
    drop(tx);
    let mut pieces = requests.iter().flat_map(|r| &r.messages).flat_map(|m| &m.attached);
    let file = pieces.find_map(|p| p.file.as_ref().filter(|f| f.id == id)).ok_or(Problem::NotFound)?;
    let (size, stream) = here.portal().bytes_of(file.id).await?;
    let (portal, opened) = (here.portal(), Opened::Blind(here.application().id, id));
    portal.reads.keep(&portal.store, &here.stamp(), here.account(), opened).await?;
    let name = format!("answer-{}", &file.id.to_string()[..6]);
    Ok(showing::attachment(&name, file.file_type, size, stream))
}
