//! Whether the process lives, and whether it can do its work.

use crate::server::Portal;
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
};

/// The process answers.
pub async fn livez() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], "alive\n")
}

/// Database and blob store can be written and read.
pub async fn readyz(State(portal): State<Portal>) -> impl IntoResponse {
    match probe(&portal).await {
        Ok(()) => (StatusCode::OK, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], "ready\n"),
        Err(error) => {
            tracing::error!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], "not ready\n")
        }
    }
}

async fn probe(portal: &Portal) -> anyhow::Result<()> {
    let mut tx = portal.store.write().await?;
    tx.probe().await?;
    tx.commit().await?;
    let mut tx = portal.store.read().await?;
    tx.ping().await?;
    portal.blobs.probe(&crate::store::Chance::default().token()).await?;
    Ok(())
}
