//! The bundle and the style sheet, embedded in the binary under hashed names and already compressed.

use axum::{
    extract::Path,
    http::{HeaderMap, HeaderName, StatusCode, header},
    response::{IntoResponse, Response},
};

/// One embedded file.
#[derive(Debug)]
pub struct Asset {
    /// Its hashed name.
    pub name: &'static str,
    /// Its media type.
    pub content_type: &'static str,
    /// As it is.
    pub raw: &'static [u8],
    /// Compressed with brotli.
    pub brotli: Option<&'static [u8]>,
    /// Compressed with gzip.
    pub gzip: Option<&'static [u8]>,
}

include!(concat!(env!("OUT_DIR"), "/site.rs"));

/// Serves an embedded file in the best encoding the browser takes; it may keep it for ever, since the name is a hash.
pub async fn serve(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let Some(asset) = ASSETS.iter().find(|a| a.name == name) else { return StatusCode::NOT_FOUND.into_response() };
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let takes = |coding: &str| accepted.split(',').any(|c| c.trim().split(';').next() == Some(coding));
    let (bytes, encoding) = match (asset.brotli, asset.gzip) {
        (Some(bytes), _) if takes("br") => (bytes, Some("br")),
        (_, Some(bytes)) if takes("gzip") => (bytes, Some("gzip")),
        _ => (asset.raw, None),
    };
    let constant: [(HeaderName, &str); 3] = [
        (header::CONTENT_TYPE, asset.content_type),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::VARY, "accept-encoding"),
    ];
    match encoding {
        Some(encoding) => (constant, [(header::CONTENT_ENCODING, encoding)], bytes).into_response(),
        None => (constant, bytes).into_response(),
    }
}

/// The mark of the portal as an icon.
pub async fn icon() -> impl IntoResponse {
    const ICON: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 24"><path fill="#0e5a6e" d="M16 3.63a9.5 9.5 0 0 1 0 16.74a9.5 9.5 0 0 1 0-16.74z"/><g fill="none" stroke="#0e5a6e" stroke-width="1.6"><circle cx="11.5" cy="12" r="9.5"/><circle cx="20.5" cy="12" r="9.5"/></g></svg>"##;
    ([(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, "public, max-age=86400")], ICON)
}
