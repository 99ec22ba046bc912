//! What can only be seen with all files of an edition in hand.

use super::{Complaint, SourceFile};
use crate::{
    catalogue::{guide::Guide, programme::Programme},
    domain::{criteria::Criterion, pcoi::MAJORS},
};
use std::collections::{BTreeMap, BTreeSet};

/// All numbers, no key twice, no descriptor twice, all major indicators. `complete` says whether every file could be
/// read; otherwise absence proves nothing.
pub fn across(criteria: &[Criterion], files: &[SourceFile], complete: bool) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    let mut once = |what: String, said: &str, number: u8, needle: &str| {
        let file = file_of(files, number);
        let path = file.map_or_else(|| format!("criterion {number}"), |f| f.path.clone());
        if let Some(first) = seen.insert(what, path.clone()) {
            // The second time counts when both stand in one file.
            let nth = usize::from(first == path);
            let lines = file.into_iter().flat_map(|f| f.text.lines().zip(1..)).filter(|(l, _)| l.contains(needle));
            let line = lines.map(|(_, n)| n).nth(nth).unwrap_or(1);
            complaints.push(Complaint { path, line, message: format!("The {said} is already used in {first}") });
        }
    };
    for criterion in criteria {
        let number = criterion.number;
        once(format!("number {number}"), &format!("number {number}"), number, "number =");
        once(format!("key “{}”", criterion.key), &format!("key “{}”", criterion.key), number, "key =");
        for indicator in &criterion.indicators {
            let said = format!("indicator key “{}”", indicator.key);
            once(said.clone(), &said, number, &format!("key = \"{}\"", indicator.key));
            if let Some(major) = indicator.major {
                let said = format!("major indicator {major}");
                once(said.clone(), &said, number, &format!("major = {major}"));
            }
        }
        for descriptor in &criterion.descriptors {
            once(format!("descriptor {}", descriptor.to_lowercase()), "level descriptor", number, descriptor);
        }
    }
    if complete {
        let mut missing = |message| complaints.push(Complaint { path: folder(files), line: 1, message });
        for number in crate::catalogue::numbers().filter(|n| !criteria.iter().any(|c| c.number == *n)) {
            missing(format!("Criterion {number} has no file"));
        }
        for major in (1..=MAJORS).filter(|m| !criteria.iter().flat_map(|c| &c.indicators).any(|i| i.major == Some(*m)))
        {
            missing(format!("Major indicator {major} is asked nowhere"));
        }
    }
    complaints
}

/// Links that lead to a page or an anchor that does not exist.
pub fn dead_links(
    criteria: &[Criterion],
    guides: &[Guide],
    programme: &Programme,
    files: &[SourceFile],
) -> Vec<Complaint> {
    let none = BTreeSet::new();
    let terms: BTreeSet<String> = programme.glossary.terms().iter().map(super::super::glossary::Term::anchor).collect();
    let mut pages = BTreeMap::from([
        ("/criteria".to_owned(), &none),
        ("/glossary".to_owned(), &terms),
        ("/programme".to_owned(), &programme.anchors),
    ]);
    for (criterion, guide) in criteria.iter().zip(guides) {
        pages.insert(format!("/criteria/{}", criterion.number), &guide.anchors);
    }
    let programme_path = files.iter().find(|f| f.path.ends_with("programme.md")).map_or("", |f| f.path.as_str());
    let of_guides = criteria.iter().zip(guides).map(|(criterion, guide)| {
        let path = file_of(files, criterion.number).map_or("", |f| f.path.as_str());
        (format!("/criteria/{}", criterion.number), path, &guide.links)
    });
    let of_programme = std::iter::once(("/programme".to_owned(), programme_path, &programme.links));
    let mut complaints = Vec::new();
    for (page, path, links) in of_guides.chain(of_programme) {
        for link in links {
            let (place, anchor) = link.to.split_once('#').unwrap_or((&link.to, ""));
            let place = if place.is_empty() { page.as_str() } else { place };
            let message = match pages.get(place) {
                None => format!("The link “{}” leads to no page", link.to),
                Some(anchors) if !anchor.is_empty() && !anchors.contains(anchor) => {
                    format!("The link “{}” leads to a place that {place} does not have", link.to)
                }
                Some(_) => continue,
            };
            complaints.push(Complaint { path: path.to_owned(), line: link.line, message });
        }
    }
    complaints
}

fn file_of(files: &[SourceFile], number: u8) -> Option<&SourceFile> {
    files.iter().find(|f| f.path.rsplit('/').next().is_some_and(|n| n.starts_with(&format!("{number:02}-"))))
}

/// The folder of an edition, as complaints name it.
pub fn folder(files: &[SourceFile]) -> String {
    files.first().and_then(|f| f.path.rsplit_once('/')).map_or("criteria", |(folder, _)| folder).to_owned()
}
