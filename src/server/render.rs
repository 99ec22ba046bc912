//! Pages: a view rendered to complete HTML on the server.

use crate::{app, server::problem::Problem};
use axum::{
    body::{Body, to_bytes},
    http::{HeaderValue, Request, StatusCode, header},
    response::{IntoResponse, Response},
};
use leptos::prelude::*;
use std::fmt;

/// Where somebody is, for the main navigation.
#[expect(clippy::struct_excessive_bools, reason = "each is an entry of the navigation")]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frame {
    /// The name of who is signed in; none on public pages seen signed out.
    pub name: Option<String>,
    /// The address of the application whose pages these are.
    pub application: Option<String>,
    /// Whether the pages of administrators are open to them.
    pub administration: bool,
    /// Whether the pages of coordinators are open to them.
    pub working_group: bool,
    /// Whether the board of the working group is open to them.
    pub board: bool,
    /// Whether they review.
    pub reviews: bool,
    /// The entry of the navigation that is current.
    pub current: &'static str,
}

/// A page before it is rendered.
pub struct Page {
    /// Its title, without the name of the portal.
    pub title: String,
    /// The frame around it.
    pub frame: Frame,
    /// Whether it holds islands, so that the bundle is needed.
    pub islands: bool,
    /// What stands in `<main>` and around it.
    body: Box<dyn FnOnce() -> AnyView + Send>,
}

impl fmt::Debug for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Page({})", self.title)
    }
}

impl Page {
    /// A page with a title and what it shows.
    pub fn new<V: IntoView + 'static>(
        title: impl Into<String>,
        frame: Frame,
        body: impl FnOnce() -> V + Send + 'static,
    ) -> Self {
        Self { title: title.into(), frame, islands: false, body: Box::new(move || body().into_any()) }
    }

    /// The page holds islands.
    #[must_use]
    pub fn with_islands(self) -> Self {
        self.with_islands_if(true)
    }

    /// The page holds islands, if this is so.
    #[must_use]
    pub fn with_islands_if(mut self, held: bool) -> Self {
        self.islands = held;
        self
    }
}

/// Renders a page within the shell. All data is loaded before: nothing is streamed, nothing is serialised for the browser.
pub async fn render(nonce: &str, status: StatusCode, page: Page) -> Response {
    let Page { title, frame, islands, body } = page;
    let nonce = nonce.to_owned();
    let view = move || {
        // Only what stands inside an island is hydrated.
        if let Some(shared) = Owner::current_shared_context() {
            shared.set_is_hydrating(false);
        }
        let main = body();
        app::shell(&nonce, title, frame, islands, main)
    };
    let request = Request::new(Body::empty());
    let rendered = leptos_axum::handle_response_inner(
        || (),
        view,
        request,
        |view, _, _| {
            Box::pin(async move {
                let html = view.to_html();
                Box::pin(futures_util::stream::once(async move { html })) as _
            })
        },
    )
    .await;
    let Ok(html) = to_bytes(rendered.into_body(), usize::MAX).await else { return Problem::Unexpected.into_response() };
    let mut response = (status, html).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    response
}
