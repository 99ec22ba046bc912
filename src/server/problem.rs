//! What people are told when something cannot be done. One closed enum; internals go to the log.

use crate::{evidence::blobs, store};
use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};

/// Why a request cannot be answered as asked. Guard turns it into a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// There is no such page, or it is not open to this person: the same answer.
    NotFound,
    /// They have to sign in first; holds the page to return to.
    SignIn(String),
    /// They have to show a second factor again; holds the page to return to.
    Confirm(String),
    /// They may see it, and not do this.
    NotAllowed,
    /// Something was typed and cannot be saved: the text is shown for copying.
    Kept(Why, Vec<(String, String)>),
    /// The request came from another site.
    Foreign,
    /// The form cannot be read.
    Unreadable,
    /// More bytes than the page takes.
    TooLarge,
    /// Asked for too often; holds the seconds to wait.
    TooMany(i64),
    /// Somebody else was quicker.
    Stale,
    /// A file that is not looked through yet.
    NotYet,
    /// The database is busy.
    Busy,
    /// The disk is full.
    Full,
    /// Anything else.
    Unexpected,
}

/// Why something that was typed cannot be saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The session has ended.
    SignedOut,
    /// The application was submitted or withdrawn.
    Closed,
    /// Parts of the form are not known (any more); the rest was saved.
    NotUnderstood,
    /// The database is busy.
    Busy,
    /// The disk is full.
    Full,
    /// Anything else.
    Unexpected,
}

impl Problem {
    /// The status of the answer.
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::SignIn(_) | Self::Confirm(_) => StatusCode::SEE_OTHER,
            Self::NotAllowed | Self::Foreign => StatusCode::FORBIDDEN,
            Self::Kept(Why::SignedOut, _) => StatusCode::UNAUTHORIZED,
            Self::Kept(Why::Closed, _) | Self::Stale | Self::NotYet => StatusCode::CONFLICT,
            Self::Kept(Why::NotUnderstood, _) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Unreadable => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Busy | Self::Kept(Why::Busy, _) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Full | Self::Kept(Why::Full, _) => StatusCode::INSUFFICIENT_STORAGE,
            Self::Unexpected | Self::Kept(Why::Unexpected, _) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The same problem with what was typed, so that it can be copied.
    #[must_use]
    pub fn keeping(self, typed: &[(String, String)]) -> Self {
        let why = match self {
            Self::SignIn(_) => Why::SignedOut,
            Self::NotAllowed | Self::Stale => Why::Closed,
            Self::Busy => Why::Busy,
            Self::Full => Why::Full,
            Self::Unexpected => Why::Unexpected,
            // Whoever comes back from confirming finds the form as the browser keeps it.
            Self::NotFound
            | Self::Confirm(_)
            | Self::TooMany(_)
            | Self::Kept(..)
            | Self::Foreign
            | Self::NotYet
            | Self::Unreadable
            | Self::TooLarge => return self,
        };
        let around = |name: &str| matches!(name, "version" | "page" | "then" | "base");
        let texts = typed.iter().filter(|(name, text)| !text.trim().is_empty() && !around(name));
        Self::Kept(why, texts.cloned().collect())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<store::Error> for Problem {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Busy => Self::Busy,
            store::Error::Full => Self::Full,
            store::Error::Stale | store::Error::Taken => Self::Stale,
            other => {
                tracing::error!(error = %other, "the store failed");
                Self::Unexpected
            }
        }
    }
}

impl From<blobs::Error> for Problem {
    fn from(error: blobs::Error) -> Self {
        match error {
            blobs::Error::Full => Self::Full,
            other => {
                tracing::error!(error = %other, "the blob store failed");
                Self::Unexpected
            }
        }
    }
}

impl From<anyhow::Error> for Problem {
    fn from(error: anyhow::Error) -> Self {
        tracing::error!(error = %error, "unexpected");
        Self::Unexpected
    }
}

impl From<tower_sessions::session::Error> for Problem {
    fn from(error: tower_sessions::session::Error) -> Self {
        tracing::error!(error = %error, "the session store failed");
        Self::Busy
    }
}
