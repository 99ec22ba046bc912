//! The demo's outbox: every letter as its recipient would read it, so that a tester without a mail server can follow a link.
//! Outside the demo there is no such page.

use crate::{
    server::{
        desk::Desk,
        mail::Way,
        problem::Problem,
        render::{Frame, Page},
    },
    store,
};
use axum::response::Response;
use leptos::prelude::*;
use std::path::Path;

/// How many letters are shown.
const MOST: usize = 100;

/// A letter that was written to the folder.
struct Read {
    to: String,
    subject: String,
    text: String,
}

/// The page.
pub async fn show(desk: Desk) -> Result<Response, Problem> {
    let Way::Folder(folder) = &desk.portal.settings.mail.way else { return Err(Problem::NotFound) };
    if !desk.portal.settings.demo {
        return Err(Problem::NotFound);
    }
    let folder = folder.clone();
    let letters = tokio::task::spawn_blocking(move || read_all(&folder)).await.map_err(|_| Problem::Unexpected)?;
    let account = desk.visitor().await?;
    let waiting = desk.portal.store.read().await?.count_letters(desk.now()).await?.waiting;
    let frame = Frame {
        name: account.as_ref().map(|a: &store::account::Account| a.name.shown().to_owned()),
        administration: account.is_some_and(|a| a.has_role("administrator")),
        ..Frame::default()
    };
    let origin = desk.portal.settings.origin.clone();
    let page = Page::new("The demo's outbox", frame, move || view(&letters, waiting, &origin));
    Ok(desk.page(page).await)
}

/// The newest letters; the names of files sort by time.
fn read_all(folder: &Path) -> Vec<Read> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<_> = entries.map(|e| e.path()).filter(|p| p.extension().is_some_and(|e| e == "eml")).collect();
    paths.sort_unstable_by(|a, b| b.cmp(a));
    paths.iter().take(MOST).filter_map(|path| read(&std::fs::read_to_string(path).ok()?)).collect()
}

/// Reads a letter of ours: its first part is the text, in quoted-printable.
fn read(message: &str) -> Option<Read> {
    let (head, body) = message.split_once("\r\n\r\n")?;
    let header = |name: &str| {
        let line = head.split("\r\n").find_map(|line| line.strip_prefix(name))?;
        Some(line.trim().to_owned())
    };
    let boundary = head.split_once("boundary=\"")?.1.split_once('"')?.0;
    let part = body.split(&format!("--{boundary}")).nth(1)?;
    let (_, text) = part.split_once("\r\n\r\n")?;
    Some(Read { to: header("To:")?, subject: header("Subject:")?, text: decode(text) })
}

/// Quoted-printable; what is malformed stays as it is.
fn decode(text: &str) -> String {
    let joined = text.replace("=\r\n", "");
    let (mut bytes, mut rest) = (Vec::with_capacity(joined.len()), joined.as_bytes());
    while let Some((first, after)) = rest.split_first() {
        let code = after.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        let byte = code.filter(|_| *first == b'=').and_then(|two| u8::from_str_radix(two, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).replace('\r', "").trim().to_owned()
}

fn view(letters: &[Read], waiting: i64, origin: &str) -> AnyView {
    let items = letters.iter().map(|letter| {
        view! {
            <li class="panel">
                <h2>{letter.subject.clone()}</h2>
                <p class="soft">{format!("To {}", letter.to)}</p>
                <p class="typed">{with_links(&letter.text, origin)}</p>
            </li>
        }
    });
    let items = items.collect_view();
    let waits = match waiting {
        0 => None,
        1 => Some("1 more letter is on its way. Load this page again in a few seconds.".to_owned()),
        n => Some(format!("{n} more letters are on their way. Load this page again in a few seconds.")),
    };
    view! {
        <main class="page narrow" id="main">
            <div class="stack">
                <h1>"The demo's outbox"</h1>
                <p class="soft">"No letter leaves the demo. Here is what each recipient would read, the newest first, with links that work."</p>
                {waits.map(|text| view! { <p class="notice">{text}</p> })}
            </div>
            {if items.is_empty() {
                view! { <p>"Nothing was written yet. Invite somebody, or name a signatory."</p> }.into_any()
            } else {
                view! { <ul class="stack" role="list">{items}</ul> }.into_any()
            }}
        </main>
    }
    .into_any()
}

/// The text with what leads to this portal as links; nothing else becomes one.
fn with_links(text: &str, origin: &str) -> Vec<AnyView> {
    let mut pieces = Vec::new();
    for (n, line) in text.lines().enumerate() {
        if n != 0 {
            pieces.push("\n".into_any());
        }
        match line.trim().strip_prefix(origin).filter(|path| path.starts_with('/')) {
            Some(path) => {
                pieces.push(view! { <a href=path.to_owned()>{line.trim().to_owned()}</a> }.into_any());
            }
            None => pieces.push(line.to_owned().into_any()),
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_printable_is_read_back() {
        assert_eq!(decode("T=C3=A4glich =3D a=\r\nb\r\n"), "Täglich = ab");
        assert_eq!(decode("=ZZ ="), "=ZZ =");
    }
}
