//! A browser without a screen: keeps cookies, sends forms, and looks at what comes back.

use super::{
    harness::ORIGIN,
    html::{Page, unescape},
};
use crate::server::client::Peer;
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, HeaderName, Method, Request, StatusCode, header, request},
};
use bytes::Bytes;
use std::{collections::BTreeMap, net::SocketAddr};
use tower::ServiceExt;

/// Between the parts of a form with files.
const BOUNDARY: &str = "----a-boundary-that-no-file-holds";

/// Somebody in front of the portal.
#[derive(Clone, Debug)]
pub struct Browser {
    router: Router,
    cookies: BTreeMap<String, String>,
    /// The other end of the connection, as the accept loop tells it.
    peer: Option<SocketAddr>,
    /// Headers of every request.
    headers: Vec<(&'static str, String)>,
}

/// One part of a form with files.
#[derive(Clone, Copy, Debug)]
pub enum Part<'a> {
    /// A field.
    Text(&'a str, &'a str),
    /// A file: field, name, bytes.
    File(&'a str, &'a str, &'a [u8]),
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The bytes.
    pub body: Bytes,
}

impl Browser {
    /// Without a cookie.
    pub const fn new(router: Router) -> Self {
        Self { router, cookies: BTreeMap::new(), peer: None, headers: Vec::new() }
    }

    /// The same browser at another address.
    #[must_use]
    pub fn at(mut self, address: &str) -> Self {
        self.peer = Some(SocketAddr::new(address.parse().expect("an address"), 4711));
        self
    }

    /// The same browser with one more header on every request.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    /// The session cookie, if there is one.
    pub fn session(&self) -> Option<&str> {
        self.cookies.get("session").map(String::as_str)
    }

    /// Takes over a session cookie, as a thief or a careless copy would.
    pub fn set_session(&mut self, value: &str) {
        self.cookies.insert("session".into(), value.into());
    }

    /// A request as a browser makes it on a page of the portal, without a body.
    pub fn request(&self, method: &Method, path: &str) -> request::Builder {
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, "portal.test");
        if !method.is_safe() {
            request = request.header(header::ORIGIN, ORIGIN).header("sec-fetch-site", "same-origin");
        }
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if cookies.is_empty() { request } else { request.header(header::COOKIE, cookies.join("; ")) }
    }

    /// Sends a request and keeps the cookies of the answer.
    pub async fn send(&mut self, mut request: Request<Body>) -> Reply {
        if let Some(peer) = self.peer {
            request.extensions_mut().insert(Peer(peer));
        }
        for (name, value) in &self.headers {
            request.headers_mut().append(*name, value.parse().expect("a header"));
        }
        let response = self.router.clone().oneshot(request).await.expect("the router never fails");
        let (parts, body) = response.into_parts();
        for set in parts.headers.get_all(header::SET_COOKIE) {
            let set = set.to_str().expect("a cookie in ASCII");
            let (name, value) = set.split(';').next().and_then(|pair| pair.split_once('=')).expect("name=value");
            if value.is_empty() || set.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.into(), value.into());
            }
        }
        let body = to_bytes(body, usize::MAX).await.expect("a whole body");
        Reply { status: parts.status, headers: parts.headers, body }
    }

    /// Asks for a page.
    pub async fn get(&mut self, path: &str) -> Reply {
        let request = self.request(&Method::GET, path).body(Body::empty()).expect("a request");
        self.send(request).await
    }

    /// Asks for a page that has to be there.
    pub async fn page(&mut self, path: &str) -> Reply {
        let reply = self.get(path).await;
        assert_eq!(reply.status, StatusCode::OK, "{path} {}", reply.headline());
        reply
    }

    /// Sends a form.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Reply {
        self.form(path, fields, &[]).await
    }

    /// Sends a form as the island does that saves while somebody types.
    pub async fn autosave(&mut self, path: &str, fields: &[(&str, &str)]) -> Reply {
        self.form(path, fields, &[(header::ACCEPT, "application/json")]).await
    }

    /// Sends a form with more headers.
    pub async fn form(&mut self, path: &str, fields: &[(&str, &str)], headers: &[(HeaderName, &str)]) -> Reply {
        let body = serde_urlencoded::to_string(fields).expect("a form");
        let mut request =
            self.request(&Method::POST, path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(name, *value);
        }
        self.send(request.body(body.into()).expect("a request")).await
    }

    /// Sends a form with files.
    pub async fn post_multipart(&mut self, path: &str, parts: &[Part<'_>]) -> Reply {
        let mut body = Vec::new();
        for part in parts {
            body.extend_from_slice(format!("--{BOUNDARY}\r\nContent-Disposition: form-data; ").as_bytes());
            match part {
                Part::Text(name, text) => {
                    body.extend_from_slice(format!("name=\"{name}\"\r\n\r\n{text}").as_bytes());
                }
                Part::File(name, file, bytes) => {
                    let head = format!("name=\"{name}\"; filename=\"{file}\"\r\n");
                    body.extend_from_slice(head.as_bytes());
                    body.extend_from_slice(b"Content-Type: application/octet-stream\r\n\r\n");
                    body.extend_from_slice(bytes);
                }
            }
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        let request = self.request(&Method::POST, path).header(header::CONTENT_TYPE, kind);
        self.send(request.body(body.into()).expect("a request")).await
    }
}

impl Reply {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8(self.body.to_vec()).expect("text in UTF-8")
    }

    /// The body as a page.
    pub fn html(&self) -> Page {
        Page::read(&self.text())
    }

    /// Whether the page shows this text.
    pub fn shows(&self, text: &str) -> bool {
        self.html().text.contains(text) || unescape(&self.text()).contains(text)
    }

    /// Fails with the page when it does not show this text.
    #[track_caller]
    pub fn must_show(&self, text: &str) {
        assert!(self.shows(text), "{text:?} is not shown, but {} {}", self.status, self.html().text);
    }

    /// A header; empty when it is absent.
    pub fn header(&self, name: impl AsRef<str>) -> &str {
        self.headers.get(name.as_ref()).map_or("", |value| value.to_str().expect("a header in ASCII"))
    }

    /// Where a redirect leads.
    #[track_caller]
    pub fn went_to(&self) -> String {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.headline());
        self.header("location").to_owned()
    }

    /// The body as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }

    /// The first heading, for messages of tests.
    pub fn headline(&self) -> String {
        let text = self.text();
        let heading = text.split_once("<h1").and_then(|(_, rest)| rest.split_once("</h1>")).map(|(h, _)| h.to_owned());
        format!("{}: {}", self.status, heading.unwrap_or(text))
    }

    /// The one-time links of a kind that the page shows.
    pub fn links(&self, kind: &str) -> Vec<String> {
        let (text, beginning) = (self.text(), format!("{ORIGIN}/{kind}/"));
        text.split(&beginning).skip(1).map(|rest| format!("/{kind}/{}", &rest[..64])).collect()
    }

    /// What the page shows to be copied: secrets and recovery codes.
    pub fn codes(&self) -> Vec<String> {
        let text = self.text();
        let codes = text.split("<code>").skip(1).filter_map(|rest| rest.split_once("</code>"));
        // The view puts an empty comment behind a text.
        codes.map(|(code, _)| unescape(&code.replace("<!>", ""))).collect()
    }

    /// The nonce of this answer.
    pub fn nonce(&self) -> String {
        let policy = self.header("content-security-policy");
        let nonce = policy.split_once("'nonce-").and_then(|(_, rest)| rest.split_once('\''));
        nonce.map(|(nonce, _)| nonce.to_owned()).unwrap_or_default()
    }

    /// Everything about the answer but the date and the nonce: two answers that somebody cannot tell apart are equal here.
    pub fn bare(&self) -> String {
        let mut lines: Vec<String> = self
            .headers
            .iter()
            .filter(|(name, _)| *name != header::DATE)
            .map(|(name, value)| format!("{name}: {}\n", String::from_utf8_lossy(value.as_bytes())))
            .collect();
        lines.sort();
        let whole = format!("{}\n{}\n{}", self.status, lines.concat(), String::from_utf8_lossy(&self.body));
        let nonce = self.nonce();
        if nonce.is_empty() { whole } else { whole.replace(&nonce, "NONCE") }
    }
}
