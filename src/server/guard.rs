//! What surrounds every answer: request id, nonce, security headers, the origin check, and pages for problems.

use super::{Portal, desk::Ticket, problem::Problem, render};
use crate::{domain::snapshot::hex, pages::problem as problem_page};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use std::time::Instant;
use tower_http::csrf::{CsrfLayer, ProtectionError};
use tracing::Instrument;

/// The headers that never change. A snapshot test keeps them.
const HEADERS: [(HeaderName, &str); 8] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    // `no-referrer` would lose the way back of a form without JavaScript.
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-embedder-policy"), "require-corp"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (HeaderName::from_static("x-permitted-cross-domain-policies"), "none"),
];

/// The content security policy of a page.
fn policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; \
         font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
    )
}

/// Refuses unsafe requests from other sites (`Sec-Fetch-Site`, else `Origin`).
pub fn origin_check(origin: &str) -> CsrfLayer<fn(ProtectionError) -> Response> {
    let refuse: fn(ProtectionError) -> Response = |_| Problem::Foreign.into_response();
    let layer = CsrfLayer::new().add_trusted_origin(origin).unwrap_or_else(|error| {
        tracing::warn!(%error, "the origin in the settings cannot be trusted by name; only same-origin requests pass");
        CsrfLayer::new()
    });
    layer.with_rejection_response(refuse)
}

/// Surrounds every answer.
pub async fn surround(State(portal): State<Portal>, mut request: Request, next: Next) -> Response {
    let ticket = Ticket { nonce: random(16), request_id: random(8) };
    let started = Instant::now();
    let wants_fragment = wants_json(request.headers());
    let span = tracing::info_span!("request", id = %ticket.request_id, method = %request.method());
    request.extensions_mut().insert(ticket.clone());
    let response = next.run(request).instrument(span.clone()).await;
    let response = match problem_of(&response) {
        Some(problem) => dress(problem, &ticket, wants_fragment).await,
        None => response,
    };
    span.in_scope(|| {
        tracing::info!(status = response.status().as_u16(), millis = started.elapsed().as_millis(), "answered");
    });
    finish(response, &ticket, &portal)
}

/// A problem that a handler gave, or that the framework found before one was asked.
fn problem_of(response: &Response) -> Option<Problem> {
    if let Some(problem) = response.extensions().get::<Problem>() {
        return Some(problem.clone());
    }
    // Pages of ours say so by their type; what has none is the framework's.
    if response.headers().contains_key(header::CONTENT_TYPE) && response.status() != StatusCode::UNPROCESSABLE_ENTITY {
        let framework =
            response.headers().get(header::CONTENT_TYPE).is_some_and(|t| t.as_bytes().starts_with(b"text/plain"));
        if !framework {
            return None;
        }
    }
    match response.status() {
        // The framework's 400 is an address that cannot be, such as a criterion that is no number.
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED | StatusCode::BAD_REQUEST => Some(Problem::NotFound),
        StatusCode::PAYLOAD_TOO_LARGE => Some(Problem::TooLarge),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Some(Problem::Unreadable),
        StatusCode::INTERNAL_SERVER_ERROR => Some(Problem::Unexpected),
        _ => None,
    }
}

async fn dress(problem: Problem, ticket: &Ticket, wants_json: bool) -> Response {
    if let Problem::SignIn(back) = &problem {
        if wants_json {
            return (StatusCode::UNAUTHORIZED, axum::Json(serde_json::json!({ "state": "signed-out" })))
                .into_response();
        }
        let query = serde_urlencoded::to_string([("next", back)]).unwrap_or_default();
        return Redirect::to(&format!("/sign-in?{query}")).into_response();
    }
    if let Problem::Confirm(back) = &problem {
        if wants_json {
            return (StatusCode::FORBIDDEN, axum::Json(serde_json::json!({ "state": "later" }))).into_response();
        }
        let query = serde_urlencoded::to_string([("next", back)]).unwrap_or_default();
        return Redirect::to(&format!("/account/confirm?{query}")).into_response();
    }
    if wants_json {
        let state = match &problem {
            Problem::Kept(super::problem::Why::SignedOut, _) => "signed-out",
            Problem::Kept(super::problem::Why::Closed, _) | Problem::NotAllowed | Problem::Stale => "closed",
            _ => "later",
        };
        return (problem.status(), axum::Json(serde_json::json!({ "state": state }))).into_response();
    }
    let (status, wait) = (problem.status(), if let Problem::TooMany(seconds) = problem { Some(seconds) } else { None });
    let mut response = render::render(&ticket.nonce, status, problem_page::page(problem, &ticket.request_id)).await;
    response.headers_mut().extend(wait.map(|seconds| (header::RETRY_AFTER, HeaderValue::from(seconds))));
    response
}

fn finish(mut response: Response, ticket: &Ticket, portal: &Portal) -> Response {
    let html = response.headers().get(header::CONTENT_TYPE).is_some_and(|t| t.as_bytes().starts_with(b"text/html"));
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        let policy = if html { policy(&ticket.nonce) } else { "default-src 'none'; frame-ancestors 'none'".to_owned() };
        insert(headers, header::CONTENT_SECURITY_POLICY, &policy);
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if portal.settings.origin.starts_with("https://") {
        headers
            .insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000; includeSubDomains"));
    }
    response
}

fn insert(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// Whether an island asks: it wants to know what became of a save, not a page.
pub fn wants_json(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).is_some_and(|v| v.as_bytes() == b"application/json")
}

/// Random hexadecimal digits from the system, also in the demo: nonces must not be guessed.
fn random(bytes: usize) -> String {
    let mut buffer = vec![0; bytes];
    crate::store::Chance::default().fill(&mut buffer);
    hex(&buffer)
}
