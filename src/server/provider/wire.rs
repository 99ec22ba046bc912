//! What goes out to a provider: only to its own hosts, no redirects, not for long, not much.

use super::{
    Trouble,
    configured::{Configured, is_loopback},
};
use openidconnect::{
    AsyncHttpClient, DiscoveryError, HttpRequest, HttpResponse,
    http::{Response, StatusCode},
    reqwest::{self, redirect::Policy},
    url::Url,
};
use std::{future::Future, pin::Pin, time::Duration};

/// How long a connection may take to be made.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);

/// How long a whole answer may take. Somebody waits for it.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// The most bytes of an answer.
const MOST: usize = 512 * 1024;

/// The way to one provider.
#[derive(Clone, Debug)]
pub struct Wire {
    client: reqwest::Client,
    settings: Configured,
}

/// Why nothing came back.
#[derive(Debug, thiserror::Error)]
pub enum WireError {
    /// It would have led to another host.
    #[error("it points to a host that is not its own")]
    Foreign,
    /// More than [`MOST`].
    #[error("its answer is too long")]
    TooLong,
    /// It would have led on to somewhere else.
    #[error("it wants to send us somewhere else")]
    Redirect,
    /// Anything else. Never with the address: it can hold what is secret.
    #[error("it cannot be reached: {0}")]
    Unreachable(String),
}

impl Wire {
    /// To this provider.
    pub fn to(settings: &Configured) -> anyhow::Result<Self> {
        let mut client = reqwest::Client::builder()
            .redirect(Policy::none())
            .connect_timeout(CONNECT_WITHIN)
            .timeout(ANSWER_WITHIN)
            .user_agent("designated-centres");
        if is_loopback(settings.issuer.url()) {
            client = client.no_proxy();
        }
        Ok(Self { client: client.build()?, settings: settings.clone() })
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, WireError> {
        let failed = |error: reqwest::Error| WireError::Unreachable(chain(&error.without_url()));
        let url = Url::parse(&request.uri().to_string()).map_err(|_| WireError::Foreign)?;
        if !self.settings.reaches(&url) {
            return Err(WireError::Foreign);
        }
        let mut answer = self.client.execute(request.try_into().map_err(failed)?).await.map_err(failed)?;
        if answer.status().is_redirection() {
            return Err(WireError::Redirect);
        }
        // Not an answer to what was asked, and not to be read as one.
        if answer.status().is_server_error() {
            return Err(WireError::Unreachable(format!("it answers {}", answer.status())));
        }
        let mut response = Response::builder().status(answer.status());
        for (name, value) in answer.headers() {
            response = response.header(name, value);
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(failed)? {
            if MOST < body.len() + chunk.len() {
                return Err(WireError::TooLong);
            }
            body.extend_from_slice(&chunk);
        }
        response.body(body).map_err(|error| WireError::Unreachable(error.to_string()))
    }
}

impl<'c> AsyncHttpClient<'c> for Wire {
    type Error = WireError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, WireError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}

/// An error with its causes; reqwest's own text names only the first.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

/// What it means that a provider could not be asked about itself.
pub fn trouble(error: &DiscoveryError<WireError>) -> Trouble {
    match error {
        DiscoveryError::Request(WireError::Foreign | WireError::Redirect) | DiscoveryError::Validation(_) => {
            Trouble::Untrue(chain(error))
        }
        // A page of maintenance, mostly.
        DiscoveryError::Response(status, ..) if *status != StatusCode::OK => {
            Trouble::Down(format!("it answers {status}"))
        }
        DiscoveryError::Response(..) => Trouble::Down("it answers something that is not JSON".into()),
        DiscoveryError::Parse(_) => Trouble::Down("it does not describe itself in a way that we understand".into()),
        other => Trouble::Down(chain(other)),
    }
}
