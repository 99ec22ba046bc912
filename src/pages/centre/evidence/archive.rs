//! All evidence of an application in one archive, as the centre has sent it, with a list of checksums.

use crate::{
    server::{applying::Applying, archive::Archive, problem::Problem, reads::Opened},
    store::evidence::Source,
};
use axum::response::Response;
use std::fmt::Write as _;

/// The archive.
pub async fn all(applying: Applying) -> Result<Response, Problem> {
    let mut tx = applying.portal().store.read().await?;
    let pieces = tx.evidence(applying.application().id).await?;
    drop(tx);
    let archive = Archive::begin(applying.portal()).await?;
    let (mut sums, mut links) = (String::new(), String::new());
    for (number, piece) in (1..).zip(&pieces) {
        let file = match &piece.source {
            Source::Link(link) => {
                let _ = writeln!(links, "{}: {link}", piece.evidence.title);
                continue;
            }
            Source::File(file) => file,
        };
        let (_, bytes) = applying.portal().bytes_of(file.id).await?;
        let opened = Opened::Evidence(applying.application().id, piece.evidence.id);
        applying.portal().reads.keep(&applying.portal().store, &applying.stamp(), applying.account(), opened).await?;
        let name = format!("{number:02}-{}.{}", safe(&piece.evidence.title), file.file_type.extension());
        archive.file(&name, bytes).await?;
        // As `sha256sum --check` reads it.
        let _ = writeln!(sums, "{}  {name}", file.sha256.as_str());
    }
    archive.text("SHA256SUMS.txt", sums).await;
    if !links.is_empty() {
        archive.text("links.txt", links).await;
    }
    archive.send("evidence").await
}

/// A title as the name of a file that every system takes.
fn safe(title: &str) -> String {
    let plain: String = title.chars().map(|c| if c.is_alphanumeric() || c == '-' { c } else { ' ' }).collect();
    let name: String = plain.split_whitespace().collect::<Vec<_>>().join("-").chars().take(60).collect();
    if name.is_empty() { "document".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_title_leaves_the_folder() {
        for (title, name) in [
            ("Rota of the on-call team, 2026", "Rota-of-the-on-call-team-2026"),
            ("../../etc/passwd", "etc-passwd"),
            ("a\r\nb\u{202e}c\"d", "a-b-c-d"),
            ("", "document"),
            ("Grüße", "Grüße"),
        ] {
            assert_eq!(safe(title), name);
        }
        assert_eq!(safe(&"x".repeat(300)).len(), 60);
    }
}
