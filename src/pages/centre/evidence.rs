//! Evidence: everything attached, with what it shows, when it holds, and where it is used.

pub mod archive;
pub mod copy;
mod receive;
pub(crate) mod view;

use super::frame;
use crate::{
    domain::{access::Action, criteria::COUNT, evidence::Kind, id::EvidenceId, text::one_line},
    server::{
        applying::Applying, dossier::Dossier, form::Form, guard::wants_json, guarded, problem::Problem, reads::Opened,
        render::Page, showing,
    },
    store::{
        Tx,
        evidence::{About, Piece, Source},
    },
};
use axum::{
    Json,
    extract::{Multipart, Path, Query, multipart::MultipartRejection},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use receive::{Received, receive};
use serde::Deserialize;
use serde_json::json;
use std::{collections::HashMap, sync::Arc};
use view::{Refused, Typed};

/// What a redirect to these pages says.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Said {
    /// What was done: `added`, `again`, `saved`, `replaced`, `removed`, `decided`.
    #[serde(default)]
    pub done: String,
}

type Address = Path<HashMap<String, String>>;

/// All evidence.
pub async fn list(applying: Applying, Query(said): Query<Said>) -> Result<Response, Problem> {
    let dossier = Dossier::load(&applying).await?;
    Ok(applying.desk().page(list_page(&applying, dossier, said.done, None)).await)
}

fn list_page(applying: &Applying, dossier: Arc<Dossier>, done: String, refused: Option<Typed>) -> Page {
    let (frame, data) =
        (frame(applying, "Evidence"), view::List { dossier, done, refused, applying: applying.clone() });
    Page::new("Evidence", frame, move || view::list(&data)).with_islands()
}

/// Adds a document or a link.
pub async fn add(
    applying: Applying,
    headers: HeaderMap,
    parts: Result<Multipart, MultipartRejection>,
) -> Result<Response, Problem> {
    applying.require(Action::Edit)?;
    let parts = parts.map_err(|_| Problem::Unreadable)?;
    let json = wants_json(&headers);
    match receive(&applying, parts).await? {
        Received::Refused(typed) if json => Ok(refused(&typed)),
        Received::Refused(typed) => {
            let dossier = Dossier::load(&applying).await?;
            let page = list_page(&applying, dossier, String::new(), Some(typed));
            Ok(applying.desk().page_with(StatusCode::UNPROCESSABLE_ENTITY, page).await)
        }
        Received::Whole { about, source, criterion, pages } => {
            let application = applying.application().id;
            let stamp = applying.stamp();
            let mut tx = applying.portal().store.write().await?;
            tx.touch_draft(&stamp, application).await?;
            let (source, surplus) = kept(&mut tx, &applying, source).await?;
            let pieces = tx.evidence(application).await?;
            let same = pieces.iter().find(|p| same_bytes(&p.source, &source));
            let (id, done) = match same {
                Some(piece) => (piece.evidence.id, "again"),
                None => (tx.add_evidence(&stamp, application, &about, &source).await?, "added"),
            };
            if let Some(criterion) = criterion {
                tx.use_evidence(&stamp, application, id, criterion, &pages).await?;
            }
            tx.commit().await?;
            applying.portal().blobs.forget(surplus).await;
            let href = match criterion {
                Some(criterion) if done == "added" => {
                    applying.path(&format!("/criteria/{criterion}?done=linked#evidence"))
                }
                _ => applying.path(&format!("/evidence/{id}?done={done}")),
            };
            Ok(if json {
                Json(json!({ "state": "added", "href": href })).into_response()
            } else {
                Redirect::to(&href).into_response()
            })
        }
    }
}

/// Puts another file or link in place of one.
pub async fn replace(
    applying: Applying,
    Path(at): Address,
    headers: HeaderMap,
    parts: Result<Multipart, MultipartRejection>,
) -> Result<Response, Problem> {
    applying.require(Action::Edit)?;
    let parts = parts.map_err(|_| Problem::Unreadable)?;
    let piece = find(&applying, &at).await?;
    let json = wants_json(&headers);
    match receive(&applying, parts).await? {
        Received::Refused(typed) if json => Ok(refused(&typed)),
        Received::Refused(typed) => {
            let refused = Refused::Source(typed);
            piece_page(&applying, piece.evidence.id, String::new(), refused, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Received::Whole { source, .. } => {
            let application = applying.application().id;
            let stamp = applying.stamp();
            let mut tx = applying.portal().store.write().await?;
            tx.touch_draft(&stamp, application).await?;
            let (source, surplus) = kept(&mut tx, &applying, source).await?;
            if !same_bytes(&piece.source, &source) {
                tx.replace_evidence(&stamp, application, &piece, &source).await?;
            }
            tx.commit().await?;
            applying.portal().blobs.forget(surplus).await;
            let href = applying.path(&format!("/evidence/{}?done=replaced", piece.evidence.id));
            Ok(if json {
                Json(json!({ "state": "added", "href": href })).into_response()
            } else {
                Redirect::to(&href).into_response()
            })
        }
    }
}

/// The bytes are durable; now the row for them, and the place of bytes that the centre has already.
async fn kept(
    tx: &mut Tx,
    applying: &Applying,
    source: receive::Incoming,
) -> Result<(Source, Option<String>), Problem> {
    Ok(match source {
        receive::Incoming::Link(link) => (Source::Link(link), None),
        receive::Incoming::File(taken) => {
            let (file, surplus) = taken.row(tx, &applying.stamp(), applying.application().centre).await?;
            (Source::File(file), surplus)
        }
    })
}

fn same_bytes(one: &Source, two: &Source) -> bool {
    match (one, two) {
        (Source::File(one), Source::File(two)) => one.sha256 == two.sha256,
        (Source::Link(one), Source::Link(two)) => one == two,
        _ => false,
    }
}

fn refused(typed: &Typed) -> Response {
    let message = typed.errors.first().map_or("This could not be taken", |(_, text)| text.as_str());
    (StatusCode::UNPROCESSABLE_ENTITY, Json(json!({ "state": "refused", "message": message }))).into_response()
}

async fn find(applying: &Applying, at: &HashMap<String, String>) -> Result<Piece, Problem> {
    let id = at.get("evidence").and_then(|id| EvidenceId::parse(id)).ok_or(Problem::NotFound)?;
    let mut tx = applying.portal().store.read().await?;
    let pieces = tx.evidence(applying.application().id).await?;
    pieces.into_iter().find(|p| p.evidence.id == id).ok_or(Problem::NotFound)
}

/// One piece.
pub async fn show(applying: Applying, Path(at): Address, Query(said): Query<Said>) -> Result<Response, Problem> {
    let piece = find(&applying, &at).await?;
    piece_page(&applying, piece.evidence.id, said.done, Refused::Nothing, StatusCode::OK).await
}

async fn piece_page(
    applying: &Applying,
    id: EvidenceId,
    done: String,
    refused: Refused,
    status: StatusCode,
) -> Result<Response, Problem> {
    let dossier = Dossier::load(applying).await?;
    let piece = dossier.pieces.iter().find(|p| p.evidence.id == id).ok_or(Problem::NotFound)?;
    let title = piece.evidence.title.clone();
    let mut tx = applying.portal().store.read().await?;
    let earlier = tx.earlier_sources(id).await?;
    let checked = match &piece.source {
        Source::File(file) => {
            let mut findings = tx.file_findings(file.id).await?;
            for (reason, by, _) in findings.iter_mut().filter_map(|f| f.decided.as_mut()) {
                // What whoever screens has noted is for the working group.
                if !dossier.members.iter().any(|member| Some(member.account) == *by) {
                    "decided in screening".clone_into(reason);
                }
            }
            tx.file_status(file.id).await?.zip(Some(findings))
        }
        Source::Link(_) => None,
    };
    drop(tx);
    let frame = frame(applying, "Evidence");
    let data = view::One { id, dossier, earlier, checked, done, refused, applying: applying.clone() };
    let page = Page::new(title, frame, move || view::one(&data)).with_islands();
    Ok(applying.desk().page_with(status, page).await)
}

/// Changes title, kind, dates, and where it is used. Saving never refuses: dates are kept as typed.
pub async fn edit(applying: Result<Applying, Problem>, Path(at): Address, form: Form) -> Result<Response, Problem> {
    let save = async {
        let applying = applying?;
        applying.require(Action::Edit)?;
        let piece = find(&applying, &at).await?;
        let (id, application, stamp) = (piece.evidence.id, applying.application().id, applying.stamp());
        let about = About {
            title: title_or(&one_line(form.get("title")), &piece.evidence.title),
            kind: Kind::parse(form.get("kind")).unwrap_or(piece.evidence.kind),
            effective: one_line(form.get("effective")),
            expiry: one_line(form.get("expiry")),
        };
        let version = form.get("version").parse().unwrap_or(piece.version);
        let mut tx = applying.portal().store.write().await?;
        tx.touch_draft(&stamp, application).await?;
        tx.edit_evidence(&stamp, application, id, version, &about).await?;
        for criterion in 1..=COUNT {
            let wanted = form.all("use").any(|c| c == criterion.to_string());
            let pages = one_line(form.get(&format!("pages-{criterion}")));
            let before = piece.evidence.uses.iter().find(|(c, _)| *c == criterion);
            match (wanted, before) {
                (true, Some((_, same))) if *same == pages => {}
                (true, _) => tx.use_evidence(&stamp, application, id, criterion, &pages).await?,
                (false, Some(_)) => tx.unuse_evidence(&stamp, application, id, criterion).await?,
                (false, None) => {}
            }
        }
        tx.commit().await?;
        Ok(Redirect::to(&applying.path(&format!("/evidence/{id}?done=saved"))).into_response())
    };
    save.await.map_err(|problem: Problem| problem.keeping(&form.0))
}

fn title_or(title: &str, before: &str) -> String {
    let title: String = title.chars().take(200).collect();
    if title.is_empty() { before.to_owned() } else { title }
}

/// Takes it out of the application.
pub async fn remove(applying: Applying, Path(at): Address) -> Result<Response, Problem> {
    applying.require(Action::Edit)?;
    let piece = find(&applying, &at).await?;
    let stamp = applying.stamp();
    let mut tx = applying.portal().store.write().await?;
    tx.touch_draft(&stamp, applying.application().id).await?;
    tx.remove_evidence(&stamp, applying.application().id, piece.evidence.id).await?;
    tx.commit().await?;
    Ok(Redirect::to(&applying.path("/evidence?done=removed")).into_response())
}

/// Uses a piece for a criterion, or stops using it there.
pub async fn use_here(applying: Applying, Path(at): Address, form: Form) -> Result<Response, Problem> {
    applying.require(Action::Edit)?;
    let criterion: u8 = at
        .get("criterion")
        .and_then(|c| c.parse().ok())
        .filter(|c| (1..=COUNT).contains(c))
        .ok_or(Problem::NotFound)?;
    let chosen = HashMap::from([("evidence".to_owned(), form.get("evidence").to_owned())]);
    let piece = find(&applying, &chosen).await?;
    let (id, application, stamp) = (piece.evidence.id, applying.application().id, applying.stamp());
    let mut tx = applying.portal().store.write().await?;
    tx.touch_draft(&stamp, application).await?;
    let done = if form.has("remove") {
        tx.unuse_evidence(&stamp, application, id, criterion).await?;
        "removed"
    } else {
        tx.use_evidence(&stamp, application, id, criterion, &one_line(form.get("pages"))).await?;
        "linked"
    };
    tx.commit().await?;
    Ok(Redirect::to(&applying.path(&format!("/criteria/{criterion}?done={done}#evidence"))).into_response())
}

/// The bytes, under a generated name, never shown inside the portal.
pub async fn download(applying: Applying, Path(at): Address) -> Result<Response, Problem> {
    let piece = find(&applying, &at).await?;
    let Source::File(file) = &piece.source else { return Err(Problem::NotFound) };
    let (size, stream) = applying.portal().bytes_of(file.id).await?;
    // Bytes that have left cannot be called back: that they did is durable before.
    let opened = Opened::Evidence(applying.application().id, piece.evidence.id);
    applying.portal().reads.keep(&applying.portal().store, &applying.stamp(), applying.account(), opened).await?;
    let criterion = piece.evidence.uses.first().map_or_else(|| "00".to_owned(), |(c, _)| format!("{c:02}"));
    let name = format!("evidence-C{criterion}-{}", &piece.evidence.id.to_string()[..6]);
    // Who is removed from the centre, or whose session is ended, gets no further part.
    let asks = applying.clone();
    let stream = guarded::while_open(stream, move || {
        let asks = asks.clone();
        async move { asks.still_may(Action::Read).await }
    });
    Ok(showing::attachment(&name, file.file_type, size, stream))
}
