//! An application as it was handed in, with its evidence, for the working group.

use super::{case_frame, case_title, case_way};
use crate::{
    components::layout,
    domain::{
        access::Action,
        answer::Content,
        criteria::{Criterion, Group},
        date,
        id::EvidenceId,
        level::Level,
        snapshot::{Digest, Snapshot, SnapshotEvidence},
        stage::Stage,
    },
    pages::centre::criterion::content_view,
    server::{guarded, presiding::Presiding, problem::Problem, reads::Opened, render::Page, showing},
    store::{
        Tx,
        evidence::{Piece, Source},
        snapshot,
    },
};
use axum::{extract::Path, response::Response};
use leptos::prelude::*;
use std::collections::HashMap;

/// The digest of what was handed in; none while or when there is nothing.
pub(super) fn digest(stage: &Stage) -> Option<&Digest> {
    match stage {
        Stage::Submitted { digest, .. }
        | Stage::UnderReview { digest, .. }
        | Stage::Deliberation { digest, .. }
        | Stage::Decided { digest, .. }
        | Stage::Released { digest, .. } => Some(digest),
        Stage::Draft { .. } | Stage::Withdrawn { .. } => None,
    }
}

/// What was handed in, whole.
pub(super) async fn snapshot(here: &Presiding, tx: &mut Tx) -> Result<Snapshot, Problem> {
    here.require(Action::Read)?;
    let digest = digest(&here.application().stage).ok_or(Problem::NotFound)?;
    let (content, _) = tx.snapshot(here.application().id, digest).await?.ok_or(Problem::Unexpected)?;
    Ok(snapshot::read(&content)?)
}

/// The page.
pub async fn show(here: Presiding) -> Result<Response, Problem> {
    let mut tx = here.portal().store.read().await?;
    let frozen = snapshot(&here, &mut tx).await?;
    let pieces = tx.evidence(here.application().id).await?;
    drop(tx);
    let shown = here.clone();
    let title = format!("{}, as handed in", case_title(here.application()));
    let page = Page::new(title, case_frame(&here), move || view(&shown, &frozen, &pieces));
    Ok(here.desk().page(page).await)
}

/// The bytes of a piece of evidence that was handed in.
pub async fn evidence(here: Presiding, Path(at): Path<HashMap<String, String>>) -> Result<Response, Problem> {
    let id = at.get("evidence").and_then(|id| EvidenceId::parse(id)).ok_or(Problem::NotFound)?;
    let mut tx = here.portal().store.read().await?;
    let frozen = snapshot(&here, &mut tx).await?;
    let pieces = tx.evidence(here.application().id).await?;
    drop(tx);
    let piece = pieces.into_iter().find(|p| p.evidence.id == id).ok_or(Problem::NotFound)?;
    let Source::File(file) = &piece.source else { return Err(Problem::NotFound) };
    if !frozen.evidence.iter().any(|e| e.sha256.as_ref() == Some(&file.sha256)) {
        return Err(Problem::NotFound);
    }
    let (size, stream) = here.portal().bytes_of(file.id).await?;
    // Bytes that have left cannot be called back: that they did is durable before.
    let opened = Opened::Evidence(here.application().id, id);
    here.portal().reads.keep(&here.portal().store, &here.stamp(), here.account(), opened).await?;
    let name = format!("evidence-{}", &id.to_string()[..6]);
    // Who has a conflict from now on gets no further part.
    let asks = here.clone();
    let stream = guarded::while_open(stream, move || {
        let asks = asks.clone();
        async move {
            let again = Presiding::open(asks.desk().clone(), asks.application().id, asks.account()).await;
            again.is_ok_and(|here| here.may(Action::Read))
        }
    });
    Ok(showing::attachment(&name, file.file_type, size, stream))
}

fn view(here: &Presiding, frozen: &Snapshot, pieces: &[Piece]) -> AnyView {
    let Ok(edition) = here.edition() else { return ().into_any() };
    let groups = Group::ALL.into_iter().map(|group| {
        let items = edition.criteria.iter().filter(|c| c.group == group).map(|c| answer(here, frozen, pieces, c));
        view! { <section class="stack" aria-label=group.name()><h2>{group.name()}</h2>{items.collect_view()}</section> }
    });
    let application = here.application();
    view! {
        <main class="page" id="main">
            {layout::crumbs(case_way(here), "As handed in")}
            <div class="page-head"><div>
                <h1>"The application as handed in"</h1>
                <p class="facts"><span>{case_title(application)}</span><span>{application.identity.name().to_owned()}</span><span>{format!("Criteria edition {}", application.edition)}</span></p>
            </div></div>
            {groups.collect_view()}
        </main>
    }
    .into_any()
}

fn answer(here: &Presiding, frozen: &Snapshot, pieces: &[Piece], criterion: &Criterion) -> AnyView {
    let empty = Content::default();
    let number = criterion.number;
    let content = frozen.answers.iter().find(|a| a.criterion == number).map_or(&empty, |a| &a.content);
    let official = match content.level.map(Level::answers_yes) {
        Some(true) => "Official answer: yes",
        Some(false) => "Official answer: no",
        None => "No answer",
    };
    let figures = criterion.indicators.iter().filter_map(|i| Some((i, content.indicators.get(&i.key)?)));
    let figures =
        figures.map(|(indicator, typed)| view! { <li>{figure(&indicator.label, &indicator.unit, typed)}</li> });
    let figures = figures.collect_view();
    let used = frozen.evidence.iter().filter_map(|e| {
        let (_, pages) = e.uses.iter().find(|(c, _)| *c == number)?;
        Some(view! { <li>{evidence_line(here, e, pages, pieces)}</li> })
    });
    let used = used.collect_view();
    view! {
        <article class="panel answer" id=format!("criterion-{number}")>
            <h3>{format!("{number}. {}", criterion.title)}</h3>
            <p class="statement">{criterion.statement.clone()}</p>
            <p class="soft">{official}</p>
            {content_view(content)}
            {(!figures.is_empty()).then(|| view! { <h4>"Indicators"</h4><ul>{figures}</ul> })}
            {(!used.is_empty()).then(|| view! { <h4>"Evidence"</h4><ul>{used}</ul> })}
        </article>
    }
    .into_any()
}

/// "Patients seen within ten days: 80 of 100, 2026-01 to 2026-12".
pub(super) fn figure(label: &str, unit: &str, typed: &crate::domain::indicator::Typed) -> String {
    let value = if typed.numerator.is_empty() && typed.denominator.is_empty() {
        format!("{} {}", typed.value, if unit == "yes/no" { "" } else { unit })
    } else {
        format!("{} of {}", typed.numerator, typed.denominator)
    };
    let period = if typed.to.is_empty() { String::new() } else { format!(", {} to {}", typed.from, typed.to) };
    format!("{label}: {}{period}", value.trim())
}

fn evidence_line(here: &Presiding, e: &SnapshotEvidence, pages: &str, pieces: &[Piece]) -> impl IntoView + use<> {
    let day = |typed: &str| date::read_day(typed).map_or_else(|| typed.to_owned(), date::long);
    let mut about = vec![e.kind.name().to_owned()];
    if !e.effective.is_empty() {
        about.push(format!("from {}", day(&e.effective)));
    }
    if !e.expiry.is_empty() {
        about.push(format!("until {}", day(&e.expiry)));
    }
    if !pages.is_empty() {
        about.push(format!("pages {pages}"));
    }
    let file = e
        .sha256
        .as_ref()
        .and_then(|sha256| pieces.iter().find(|p| matches!(&p.source, Source::File(file) if file.sha256 == *sha256)));
    let name = match (file, &e.link) {
        (Some(piece), _) => {
            let href = here.path(&format!("/evidence/{}", piece.evidence.id));
            view! { <a href=href>{e.title.clone()}</a> }.into_any()
        }
        (None, Some(link)) => view! { {e.title.clone()}": "<span class="typed">{link.clone()}</span> }.into_any(),
        (None, None) => e.title.clone().into_any(),
    };
    view! { {name}" "<span class="soft">{about.join(" · ")}</span> }
}
