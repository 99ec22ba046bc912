//! The evidence pages.

use crate::{
    components::{
        badge::{self, Tone},
        checked::{self, Checked},
        field::{self, Text},
        layout,
        message::{self, Item},
    },
    domain::{
        access::Action,
        calendar::{day_long, when},
        checking::State,
        criteria::COUNT,
        evidence::Kind,
        id::EvidenceId,
        readiness::{Place, Severity},
    },
    evidence::malware::Scanner,
    islands::upload::Upload,
    pages::centre::{criterion::about_line, title},
    server::{applying::Applying, dossier::Dossier},
    store::{
        checking::{FileFinding, FileStatus},
        evidence::{EarlierSource, Piece, Source},
    },
};
use leptos::prelude::*;
use std::sync::Arc;

/// What was typed into the form of a document or link.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    pub title: String,
    pub kind: String,
    pub effective: String,
    pub expiry: String,
    pub link: String,
    pub pages: String,
    pub criterion: Option<u8>,
    /// Field and what to do.
    pub errors: Vec<(&'static str, String)>,
}

/// The page of all evidence.
pub struct List {
    pub dossier: Arc<Dossier>,
    pub done: String,
    pub refused: Option<Typed>,
    pub applying: Applying,
}

/// The page of one piece.
pub struct One {
    pub id: EvidenceId,
    pub dossier: Arc<Dossier>,
    pub earlier: Vec<EarlierSource>,
    /// How far its file is, and what was found in it.
    pub checked: Option<(FileStatus, Vec<FileFinding>)>,
    pub done: String,
    pub refused: Refused,
    pub applying: Applying,
}

/// What was refused on the page of one piece, as it was typed.
#[derive(Clone, Debug, Default)]
pub enum Refused {
    /// Nothing.
    #[default]
    Nothing,
    /// Another file or link in its place.
    Source(Typed),
    /// Why findings may stay, and what is wrong with it.
    Reason(String, String),
}

fn said(done: &str) -> Option<&'static str> {
    match done {
        "added" => Some("Added. Say below where it is used."),
        "again" => {
            Some("Your centre had attached the same content already. This is that piece; nothing was stored twice.")
        }
        "saved" => Some("Saved."),
        "replaced" => Some("Replaced. The earlier version is kept below."),
        "removed" => Some("Removed from this application."),
        "decided" => Some("Kept. The secretariat reads the reason."),
        _ => None,
    }
}

/// The form to add a document or a link, or to replace one.
pub fn upload_form(applying: &Applying, criterion: Option<u8>, replace: Option<EvidenceId>) -> AnyView {
    upload_form_with(applying, Typed { criterion, ..Typed::default() }, replace)
}

fn upload_form_with(applying: &Applying, typed: Typed, replace: Option<EvidenceId>) -> AnyView {
    let action =
        replace.map_or_else(|| applying.path("/evidence"), |id| applying.path(&format!("/evidence/{id}/replace")));
    let error = |name: &str| typed.errors.iter().find(|(field, _)| *field == name).map(|(_, text)| text.clone());
    let file_error = error("file");
    let class = field::box_class(file_error.is_some());
    let invalid = file_error.is_some().then_some("true");
    let link = Text {
        name: "link",
        label: "Or a link",
        hint: "Reviewers see a link only as text.",
        value: typed.link.clone(),
        error: error("link"),
        kind: "url",
        prefix: "new-".into(),
        ..Text::default()
    };
    let about = replace.is_none().then(|| {
        let kinds = Kind::ALL.into_iter().map(|k| (k.key().to_owned(), k.name().to_owned())).collect();
        let title = Text { name: "title", label: "What is it?", hint: "A title without names of people, towns or your centre. Left empty, it is the file's name.", value: typed.title.clone(), prefix: "new-".into(), ..Text::default() };
        let effective = Text { name: "effective", label: "In force since, or figures up to", hint: "Day, month, year, such as 1.9.2026", value: typed.effective.clone(), prefix: "new-".into(), ..Text::default() };
        let expiry = Text { name: "expiry", label: "Ends on", hint: "Empty if it does not end", value: typed.expiry.clone(), prefix: "new-".into(), ..Text::default() };
        let pages = Text { name: "pages", label: "Pages that matter here", hint: "For example 3-5, 9", value: typed.pages.clone(), prefix: "new-".into(), ..Text::default() };
        view! {
            {title.view()}
            {field::select("new-kind".into(), "kind", "What it shows", kinds, &typed.kind)}
            <p class="soft small">"What counts as "<a href="/glossary#policy">"policy"</a>", "<a href="/glossary#proof-of-use">"proof of use"</a>", "<a href="/glossary#data">"data"</a>" or "<a href="/glossary#agreement">"agreement"</a></p>
            <div class="pair">{effective.view()}{expiry.view()}</div>
            {typed.criterion.map(|number| view! { <input type="hidden" name="criterion" value=number.to_string()/>{pages.view()} })}
        }
    });
    let described = if file_error.is_some() { "new-file-hint new-file-error" } else { "new-file-hint" };
    let button = if replace.is_some() { "Replace" } else { "Add" };
    view! {
        <form class="panel form" id="upload" method="post" action=action enctype="multipart/form-data">
            {about}
            <div class=class>
                <label for="new-file">"Document"</label>
                <p class="hint" id="new-file-hint">"PDF, Word, Excel, PowerPoint, PNG, JPEG, text or CSV, up to 512 MiB. No patient data. Reviewers cannot be shown Word, Excel and PowerPoint yet: save these as PDF."</p>
                {file_error.map(|text| view! { <p class="field-error" id="new-file-error">{text}</p> })}
                <input id="new-file" type="file" name="file" accept=".pdf,.docx,.xlsx,.pptx,.png,.jpg,.jpeg,.txt,.csv" aria-invalid=invalid aria-describedby=described/>
            </div>
            {link.view()}
            <div class="row"><button class="button quiet" type="submit">{button}</button></div>
            <Upload form="upload".to_owned()/>
        </form>
    }
    .into_any()
}

/// All evidence.
pub fn list(data: &List) -> AnyView {
    let applying = &data.applying;
    let open = applying.may(Action::Edit);
    let items = data.dossier.pieces.iter().map(|piece| {
        let href = applying.path(&format!("/evidence/{}", piece.evidence.id));
        let uses: Vec<String> = piece.evidence.uses.iter().map(|(c, pages)| if pages.is_empty() { c.to_string() } else { format!("{c} (pages {pages})") }).collect();
        let uses = if uses.is_empty() { "Used for no criterion yet".to_owned() } else { format!("Criteria {}", uses.join(", ")) };
        view! {
            <li>
                <div><a href=href>{piece.evidence.title.clone()}</a><br/><span class="soft">{about_line(piece)}</span></div>
                <span class="soft small">{uses}</span>
                {piece.evidence.check.filter(|c| c.state != State::Ready).map(checked::state)}
                {status(data, piece.evidence.id)}
            </li>
        }
    });
    let items = items.collect_view();
    let total: u64 = data.dossier.pieces.iter().map(|p| if let Source::File(f) = &p.source { f.size } else { 0 }).sum();
    let count = match data.dossier.pieces.len() {
        1 => "1 piece".to_owned(),
        n => format!("{n} pieces"),
    };
    let summary = format!("{count}, {} of 5 GiB", size(total));
    let errors = data.refused.as_ref().map(|t| {
        t.errors.iter().map(|(field, text)| Item { text: text.clone(), href: format!("#new-{field}") }).collect()
    });
    let upload = open.then(|| {
        let typed = data.refused.clone().unwrap_or_default();
        view! { <section class="stack" aria-labelledby="add"><h2 id="add">"Add a document or a link"</h2>{upload_form_with(applying, typed, None)}</section> }
    });
    view! {
        <main class="page" id="main">
            {layout::crumbs(vec![(title(applying), applying.path(""))], "Evidence")}
            <div class="page-head"><div><h1>"Evidence"</h1><p class="facts">{summary}</p></div></div>
            {message::refused(errors.unwrap_or_default())}
            {said(&data.done).map(message::done)}
            <div class="split">
                <div class="column">
                    {if items.is_empty() {
                        view! { <p class="panel">"Nothing is attached yet. Add a document here, or at the criterion that it supports."</p> }.into_any()
                    } else {
                        let all = applying.path("/evidence.zip");
                        view! {
                            <ul class="evidence" role="list">{items}</ul>
                            <p><a href=all>"Download all files, with their checksums"</a></p>
                            {checked::scanner_off(applying.portal().settings.scanner != Scanner::Off)}
                        }
                        .into_any()
                    }}
                </div>
                <div class="column">{upload}</div>
            </div>
        </main>
    }
    .into_any()
}

fn status(data: &List, id: EvidenceId) -> Option<AnyView> {
    let worst = data
        .dossier
        .findings
        .iter()
        .filter(|f| f.place == Place::Evidence(id))
        .map(|f| (f.severity, f.code))
        .min_by_key(|(s, _)| *s)?;
    Some(match worst {
        (Severity::Error, _) => badge::badge(Tone::Problem, "To mend").into_any(),
        (_, "evidence-expired") => badge::badge(Tone::Attention, "Expired").into_any(),
        (_, "evidence-expiring") => badge::badge(Tone::Attention, "Expires soon").into_any(),
        (Severity::Warning, _) => badge::badge(Tone::Attention, "1 warning").into_any(),
        (_, "file-unchecked") => badge::badge(Tone::Quiet, "Look for names").into_any(),
        (Severity::Hint, _) => badge::badge(Tone::Quiet, "Not used").into_any(),
    })
}

/// One piece.
pub fn one(data: &One) -> AnyView {
    let applying = &data.applying;
    let Some(piece) = data.dossier.pieces.iter().find(|p| p.evidence.id == data.id) else { return ().into_any() };
    let open = applying.may(Action::Edit);
    let zone = &applying.application().cycle.closes.zone;
    let base = applying.path(&format!("/evidence/{}", data.id));
    let findings = data
        .dossier
        .findings
        .iter()
        .filter(|f| f.place == Place::Evidence(data.id))
        .map(|f| view! { <li>{f.message.clone()}</li> })
        .collect_view();
    let source = match &piece.source {
        Source::File(file) => view! {
            <p><a class="button quiet" href=format!("{base}/file")>{format!("Download {} ({})", file.file_type.extension().to_uppercase(), size(file.size))}</a></p>
            <p class="soft small">{format!("Uploaded as {}. SHA-256 ", file.name)}<code>{file.sha256.as_str().to_owned()}</code></p>
        }.into_any(),
        Source::Link(link) => view! { <p class="typed">{link.clone()}</p> }.into_any(),
    };
    let earlier = data
        .earlier
        .iter()
        .map(|e| view! { <li>{format!("{}, replaced {}", e.name, day_long(e.replaced, zone))}</li> })
        .collect_view();
    let refused: Vec<Item> = match &data.refused {
        Refused::Nothing => Vec::new(),
        Refused::Source(t) => {
            t.errors.iter().map(|(field, text)| Item { text: text.clone(), href: format!("#new-{field}") }).collect()
        }
        Refused::Reason(_, error) => vec![Item { text: error.clone(), href: "#reason".into() }],
    };
    let replace = open.then(|| {
        let typed = if let Refused::Source(typed) = &data.refused { typed.clone() } else { Typed::default() };
        let (typed, replacing) = (Typed { criterion: None, ..typed }, matches!(data.refused, Refused::Source(_)));
        view! {
            <details open=replacing><summary>"Replace it with a newer version"</summary>{upload_form_with(applying, typed, Some(data.id))}</details>
            <details>
                <summary>"Remove it"</summary>
                <form class="panel form" method="post" action=format!("{base}/remove")>
                    <p>"It will no longer be part of this application. What was submitted before keeps it."</p>
                    <p><button class="button quiet" type="submit">"Remove from this application"</button></p>
                </form>
            </details>
        }
    });
    let added = format!("Added {}", when(piece.added, applying.now(), zone));
    view! {
        <main class="page" id="main">
            {layout::crumbs(vec![(title(applying), applying.path("")), ("Evidence".into(), applying.path("/evidence"))], piece.evidence.title.clone())}
            <div class="page-head"><div><h1>{piece.evidence.title.clone()}</h1><p class="facts"><span>{about_line(piece)}</span><span>{added}</span></p></div></div>
            {message::refused(refused)}
            {said(&data.done).map(message::done)}
            {(!findings.is_empty()).then(|| view! { <div class="notice attention"><ul>{findings}</ul></div> })}
            <div class="split">
                <div class="column">{if open { edit_form(data, piece).into_any() } else { uses_view(data, piece).into_any() }}</div>
                <div class="column">
                    <section class="panel" aria-labelledby="source">
                        <h2 id="source">"Source"</h2>
                        {source}
                        {(!earlier.is_empty()).then(|| view! { <h3>"Earlier versions"</h3><ul>{earlier}</ul> })}
                        {replace}
                    </section>
                    {check(data, &base, open)}
                </div>
            </div>
        </main>
    }
    .into_any()
}

/// How far the file is on its way to reviewers.
fn check(data: &One, base: &str, open: bool) -> Option<AnyView> {
    let (status, findings) = data.checked.as_ref()?;
    let reason =
        if let Refused::Reason(typed, error) = &data.refused { Some((typed.clone(), error.clone())) } else { None };
    let shown = checked::view(Checked {
        status,
        findings,
        decide: open.then(|| format!("{base}/findings")),
        refused: reason,
        scans: data.applying.portal().settings.scanner != Scanner::Off,
    });
    let preview = status
        .check
        .state
        .has_copy()
        .then(|| view! { <p><a href=format!("{base}/preview")>"What the reviewer will see"</a></p> });
    Some(view! { <section class="panel" id="check" aria-labelledby="check-title"><h2 id="check-title">"On the way to reviewers"</h2>{shown}{preview}</section> }.into_any())
}

fn edit_form(data: &One, piece: &Piece) -> impl IntoView + use<> {
    let evidence = &piece.evidence;
    let kinds = Kind::ALL.into_iter().map(|k| (k.key().to_owned(), k.name().to_owned())).collect();
    let title = Text {
        name: "title",
        label: "What is it?",
        hint: "Without names of people, towns or your centre",
        value: evidence.title.clone(),
        ..Text::default()
    };
    let unreadable = |typed: &str| {
        let odd = !typed.trim().is_empty() && crate::domain::date::read_day(typed).is_none();
        odd.then(|| "Write day, month and year, such as 1.9.2026".to_owned())
    };
    let effective = Text {
        name: "effective",
        label: "In force since, or figures up to",
        error: unreadable(&evidence.effective),
        value: evidence.effective.clone(),
        ..Text::default()
    };
    let expiry = Text {
        name: "expiry",
        label: "Ends on",
        error: unreadable(&evidence.expiry),
        value: evidence.expiry.clone(),
        ..Text::default()
    };
    let titles = data
        .applying
        .edition()
        .ok()
        .map(|e| e.criteria.iter().map(|c| c.title.clone()).collect::<Vec<_>>())
        .unwrap_or_default();
    let uses = (1..=COUNT).map(|number| {
        let used = evidence.uses.iter().find(|(c, _)| *c == number);
        let pages = used.map(|(_, pages)| pages.clone()).unwrap_or_default();
        let text = format!("{number}. {}", titles.get(usize::from(number) - 1).map_or("", String::as_str));
        let (name, label) = (format!("pages-{number}"), format!("Pages for criterion {number}"));
        view! {
            <li>
                {field::checkbox(format!("use-{number}"), "use", number.to_string(), used.is_some(), text)}
                <input name=name type="text" aria-label=label placeholder="Pages" value=pages/>
            </li>
        }
    });
    let action = data.applying.path(&format!("/evidence/{}", data.id));
    view! {
        <form class="form" method="post" action=action novalidate>
            <input type="hidden" name="version" value=piece.version.to_string()/>
            {title.view()}
            {field::select("kind".into(), "kind", "What it shows", kinds, evidence.kind.key())}
            <div class="pair">{effective.view()}{expiry.view()}</div>
            <fieldset class="form-section"><legend>"Where it is used"</legend><ul class="uses" role="list">{uses.collect_view()}</ul></fieldset>
            <div class="form-actions"><button class="button" type="submit">"Save"</button></div>
        </form>
    }
}

fn uses_view(data: &One, piece: &Piece) -> impl IntoView + use<> {
    let base = data.applying.path("/criteria");
    let items = piece.evidence.uses.iter().map(|(c, pages)| {
        let text = if pages.is_empty() { format!("Criterion {c}") } else { format!("Criterion {c}, pages {pages}") };
        view! { <li><a href=format!("{base}/{c}")>{text}</a></li> }
    });
    view! { <section class="stack"><h2>"Where it is used"</h2><ul>{items.collect_view()}</ul></section> }
}

/// "3.2 MB" and the like, in powers of 1024.
#[expect(clippy::cast_precision_loss, reason = "shown with one decimal")]
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} bytes"),
        1024..1_048_576 => format!("{:.0} KiB", bytes as f64 / 1024.0),
        1_048_576..1_073_741_824 => format!("{:.1} MiB", bytes as f64 / 1_048_576.0),
        _ => format!("{:.1} GiB", bytes as f64 / 1_073_741_824.0),
    }
}
