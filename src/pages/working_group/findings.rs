//! What was found in a file, for whoever screens; and the text that reviewers get, to look oneself.

use super::{case_frame, case_way, file};
use crate::{
    components::{
        checked::{self, Checked},
        document, layout,
        message::{self, Item},
    },
    domain::{
        access::Action,
        checking,
        id::{EvidenceId, FindingId},
        text::one_line,
    },
    evidence::malware::Scanner,
    server::{form::Form, presiding::Presiding, problem::Problem, reads::Opened, render::Page, showing},
    store::evidence::{Source, StoredFile},
};
use axum::{
    extract::{Path, Query},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use leptos::prelude::*;
use std::collections::HashMap;

type Address = Path<HashMap<String, String>>;

/// A file that was handed in, with its title.
async fn find(here: &Presiding, at: &HashMap<String, String>) -> Result<(EvidenceId, String, StoredFile), Problem> {
    let id = at.get("evidence").and_then(|id| EvidenceId::parse(id)).ok_or(Problem::NotFound)?;
    let mut tx = here.portal().store.read().await?;
    let frozen = file::snapshot(here, &mut tx).await?;
    let piece = tx.evidence(here.application().id).await?.into_iter().find(|p| p.evidence.id == id);
    let piece = piece.ok_or(Problem::NotFound)?;
    let Source::File(stored) = piece.source else { return Err(Problem::NotFound) };
    let handed_in = frozen.evidence.iter().any(|e| e.sha256.as_ref() == Some(&stored.sha256));
    if handed_in { Ok((id, piece.evidence.title, stored)) } else { Err(Problem::NotFound) }
}

/// The page.
pub async fn show(
    here: Presiding,
    Path(at): Address,
    Query(asked): Query<HashMap<String, String>>,
) -> Result<Response, Problem> {
    let done = asked.get("done").is_some_and(|done| done == "decided");
    respond(&here, &at, done, None, StatusCode::OK).await
}

async fn respond(
    here: &Presiding,
    at: &HashMap<String, String>,
    done: bool,
    refused: Option<(String, String)>,
    status: StatusCode,
) -> Result<Response, Problem> {
    let (id, name, stored) = find(here, at).await?;
    let mut tx = here.portal().store.read().await?;
    let file_status = tx.file_status(stored.id).await?.ok_or(Problem::NotFound)?;
    let findings = tx.file_findings(stored.id).await?;
    drop(tx);
    let passages = showing::passages(here.portal(), stored.id).await?;
    let opened = Opened::Evidence(here.application().id, id);
    here.portal().reads.keep(&here.portal().store, &here.stamp(), here.account(), opened).await?;
    let base = here.path(&format!("/evidence/{id}"));
    let decide = here.may(Action::Screen).then(|| format!("{base}/findings"));
    let scans = here.portal().settings.scanner != Scanner::Off;
    let shown = here.clone();
    let page = Page::new(format!("Found in a file: {name}"), case_frame(here), move || {
        let errors = refused.iter().map(|(_, text)| Item { text: text.clone(), href: "#reason".into() }).collect();
        let mut way = case_way(&shown);
        way.push(("Screening".to_owned(), shown.path("/screening")));
        view! {
            <main class="page" id="main">
                {layout::crumbs(way, name.clone())}
                <div class="page-head"><div><h1>{name}</h1><p class="facts"><a href=base>"Download the original"</a></p></div></div>
                {message::refused(errors)}
                {done.then(|| message::done("Kept, with the reason."))}
                <section class="panel">{checked::view(Checked { status: &file_status, findings: &findings, decide, refused, scans })}</section>
                <section class="stack" aria-labelledby="text"><h2 id="text">"Its text"</h2>{document::text(&passages)}</section>
            </main>
        }
    });
    Ok(here.desk().page_with(status, page).await)
}

/// Whoever screens says why findings may stay: for what came up only after the application was handed in.
pub async fn decide(here: Presiding, Path(at): Address, form: Form) -> Result<Response, Problem> {
    here.require(Action::Screen)?;
    let (id, _, stored) = find(&here, &at).await?;
    let reason: String = one_line(form.get("reason")).chars().take(checking::REASON).collect();
    let chosen: Vec<FindingId> = form.all("finding").filter_map(FindingId::parse).collect();
    if let Some(error) = checking::to_mend(chosen.len(), &reason) {
        let refused = Some((reason, error.to_owned()));
        return respond(&here, &at, false, refused, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let mut tx = here.write(Action::Screen).await?;
    tx.decide_findings(&here.stamp(), (here.application().id, stored.id), &chosen, &reason).await?;
    tx.commit().await?;
    Ok(Redirect::to(&here.path(&format!("/evidence/{id}/findings?done=decided"))).into_response())
}
