//! The catalogue: every edition of the criteria, read from `criteria/` when the program is built.
//!
//! A file is TOML front matter between two lines `+++`, then Markdown sections. [`parse`] refuses what it does not
//! understand and names file and line; guidance is rendered once, at start, never on a request.

mod glossary;
mod guide;
mod markup;
pub mod parse;
mod practice;
mod programme;
mod summary;

pub use glossary::{Glossary, Term};
pub use guide::{Guide, Section, render_typed};
pub use markup::slug;
pub use parse::{Complaint, SourceFile};
pub use practice::{Case, Practice};
pub use programme::Programme;

use crate::domain::criteria::{COUNT, Criterion};
use include_dir::{Dir, include_dir};

/// The files of `criteria/`, as they were when the program was built.
static FILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/criteria");

/// The folder of an edition with its practice applications.
const PRACTICE: &str = "practice";

/// The file about the programme as a whole.
const PROGRAMME: &str = "programme.md";

/// One dated version of the criteria with its guides.
#[derive(Debug)]
pub struct Edition {
    /// "2026".
    pub name: String,
    /// The 13 criteria in order.
    pub criteria: Vec<Criterion>,
    /// Their guides, in the same order.
    pub guides: Vec<Guide>,
    /// The programme in one page, and the glossary.
    pub programme: Programme,
    /// Synthetic applications for reviewers to practise on, by number; an edition may have none.
    pub practice: Vec<Practice>,
}

impl Edition {
    /// The practice application with this number.
    pub fn practice(&self, number: u8) -> Option<&Practice> {
        self.practice.iter().find(|p| p.number == number)
    }

    /// The criterion with this official number.
    pub fn criterion(&self, number: u8) -> Option<&Criterion> {
        self.criteria.iter().find(|c| c.number == number)
    }

    /// The guide of the criterion with this official number.
    pub fn guide(&self, number: u8) -> Option<&Guide> {
        self.criteria.iter().position(|c| c.number == number).and_then(|i| self.guides.get(i))
    }
}

/// All editions, the newest last.
#[derive(Debug)]
pub struct Catalogue {
    editions: Vec<Edition>,
}

impl Catalogue {
    /// The catalogue that the program was built with.
    pub fn load() -> Result<Self, Vec<Complaint>> {
        let mut editions = Vec::new();
        for folder in FILES.dirs() {
            let name = folder.path().display().to_string();
            let practice = folder.dirs().filter(|d| d.path().ends_with(PRACTICE));
            let files = folder.files().chain(practice.flat_map(Dir::files)).map(|f| SourceFile {
                path: format!("criteria/{}", f.path().display()),
                text: String::from_utf8_lossy(f.contents()).into_owned(),
            });
            editions.push(edition(&name, files.collect())?);
        }
        editions.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(Self { editions })
    }

    /// An edition by name.
    pub fn edition(&self, name: &str) -> Option<&Edition> {
        self.editions.iter().find(|e| e.name == name)
    }

    /// The edition that new applications are pinned to.
    pub fn newest(&self) -> &Edition {
        self.editions
            .last()
            .unwrap_or_else(|| unreachable!("a catalogue without an edition is refused when it is loaded"))
    }

    /// All editions, the newest last.
    pub fn editions(&self) -> &[Edition] {
        &self.editions
    }
}

/// Reads one edition from its files; all complaints of all files at once.
pub fn edition(name: &str, mut files: Vec<SourceFile>) -> Result<Edition, Vec<Complaint>> {
    files.retain(|f| {
        let name = f.path.rsplit('/').next().unwrap_or_default();
        name == PROGRAMME || (name.starts_with(|c: char| c.is_ascii_digit()) && has_markdown_name(name))
    });
    files.sort_by(|a, b| a.path.cmp(&b.path));
    let (exercises, files): (Vec<_>, Vec<_>) = files.into_iter().partition(|f| is_practice(&f.path));
    let mut complaints = Vec::new();
    let mut practice = Vec::new();
    for file in &exercises {
        match parse::practice(name, file) {
            Ok(one) => practice.push(one),
            Err(mut list) => complaints.append(&mut list),
        }
    }
    practice.sort_by_key(|p| p.number);
    let page = files.iter().find(|f| f.path.rsplit('/').next() == Some(PROGRAMME));
    if page.is_none() {
        let message = format!("The file {PROGRAMME} is missing");
        complaints.push(Complaint { path: parse::folder(&files), line: 1, message });
    }
    let programme = page.and_then(|f| parse::programme(name, f).map_err(|mut list| complaints.append(&mut list)).ok());
    let none = Glossary::default();
    let glossary = programme.as_ref().map_or(&none, |p| &p.glossary);
    let mut criteria = Vec::new();
    let mut guides = Vec::new();
    for file in files.iter().filter(|f| f.path.rsplit('/').next() != Some(PROGRAMME)) {
        match parse::criterion(name, file, glossary) {
            Ok((criterion, guide)) => {
                criteria.push(criterion);
                guides.push(guide);
            }
            Err(mut list) => complaints.append(&mut list),
        }
    }
    complaints.append(&mut parse::across(&criteria, &files, complaints.is_empty()));
    match programme {
        Some(programme) if complaints.is_empty() => {
            let dead = parse::dead_links(&criteria, &guides, &programme, &files);
            let edition = Edition { name: name.to_owned(), criteria, guides, programme, practice };
            if dead.is_empty() { Ok(edition) } else { Err(dead) }
        }
        _ => Err(complaints),
    }
}

fn is_practice(path: &str) -> bool {
    path.rsplit('/').nth(1) == Some(PRACTICE)
}

fn has_markdown_name(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, extension)| extension == "md")
}

/// Reads an edition from a folder on disk, for `check --criteria DIR`.
pub fn edition_from(folder: &std::path::Path) -> std::io::Result<Result<Edition, Vec<Complaint>>> {
    let mut files = Vec::new();
    let practice = Some(folder.join(PRACTICE)).filter(|inner| inner.is_dir());
    for folder in std::iter::once(folder.to_owned()).chain(practice) {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|e| e == "md") {
                files.push(SourceFile { path: path.display().to_string(), text: std::fs::read_to_string(&path)? });
            }
        }
    }
    let name = folder.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(edition(&name, files))
}

/// The numbers that an edition has to have.
fn numbers() -> std::ops::RangeInclusive<u8> {
    1..=COUNT
}

#[cfg(test)]
mod tests;
