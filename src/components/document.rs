//! A document as reviewers see it: a picture of each page with its text, a picture, or text alone.

use crate::domain::{evidence::FileType, report::Passage};
use leptos::prelude::*;

/// What is shown of a document.
#[derive(Debug)]
pub struct Document {
    /// What it is.
    pub file_type: FileType,
    /// How many pages can be drawn.
    pub pages: Option<u32>,
    /// The page that is shown, from 1.
    pub page: u32,
    /// Its text.
    pub passages: Vec<Passage>,
    /// The address of this page, without the number.
    pub here: String,
    /// The address that the number of a page is added to for its picture.
    pub pictures: String,
    /// Pages that matter, as the centre has written them: "3-5, 9".
    pub matter: String,
    /// Where the whole copy can be downloaded.
    pub download: String,
}

/// The first page that matters: of "3-5, 9" the third, of "see annex" none.
pub fn first_page(matter: &str) -> Option<u32> {
    matter.split(|c: char| !c.is_ascii_digit()).find(|part| !part.is_empty())?.parse().ok().filter(|page| *page != 0)
}

/// The document.
pub fn view(document: &Document) -> AnyView {
    let matter = (!document.matter.is_empty())
        .then(|| view! { <p class="facts"><span>{format!("Pages that matter here: {}", document.matter)}</span></p> });
    let body = match (document.file_type, document.pages) {
        (FileType::Pdf, Some(pages)) => paged(document, pages.max(1)),
        (FileType::Png | FileType::Jpeg, _) => {
            let src = format!("{}/1", document.pictures);
            view! { <figure class="sheet"><img src=src alt="The picture. It has no text that could be read out."/></figure> }.into_any()
        }
        _ => text(&document.passages),
    };
    let download = document.download.clone();
    view! {
        {matter}
        <p class="soft small">"This is the copy that reviewers get. Links in it are text. "<a href=download>"Download the copy"</a></p>
        {body}
    }
    .into_any()
}

fn paged(document: &Document, pages: u32) -> AnyView {
    let page = document.page.clamp(1, pages);
    let src = format!("{}/{page}", document.pictures);
    let place = format!("page {page}");
    let prefix = format!("{place},");
    let of_page: Vec<Passage> = document
        .passages
        .iter()
        .filter(|p| p.place == place || p.place.starts_with(&prefix) || p.place.ends_with(&format!(" {place}")))
        .cloned()
        .collect();
    let alt = format!("Page {page}; its text stands below");
    view! {
        {turner(document, page, pages)}
        <figure class="sheet"><img src=src alt=alt/></figure>
        {turner(document, page, pages)}
        <details><summary>{format!("Text of page {page}")}</summary>{text(&of_page)}</details>
    }
    .into_any()
}

fn turner(document: &Document, page: u32, pages: u32) -> AnyView {
    let to = |number: u32| format!("{}?page={number}", document.here);
    let before = (1 < page).then(|| view! { <a class="button quiet" rel="prev" href=to(page - 1)>"Page before"</a> });
    let after = (page < pages).then(|| view! { <a class="button quiet" rel="next" href=to(page + 1)>"Next page"</a> });
    view! {
        <form class="turner" method="get" action=document.here.clone()>
            {before}
            <label>"Page "<input type="number" name="page" min="1" max=pages.to_string() value=page.to_string()/></label>
            <span class="soft">{format!("of {pages}")}</span>
            <button class="button quiet" type="submit">"Go"</button>
            {after}
        </form>
    }
    .into_any()
}

/// The text of a document, part by part.
pub fn text(passages: &[Passage]) -> AnyView {
    let parts = passages.iter().map(|passage| {
        let place = first_upper(&passage.place);
        match &passage.text {
            Some(text) if !text.trim().is_empty() => {
                view! { <section class="stack"><h3>{place}</h3><pre class="document" tabindex="0">{text.clone()}</pre></section> }.into_any()
            }
            Some(_) => ().into_any(),
            None => view! { <p class="soft">{format!("{place}: a picture without text.")}</p> }.into_any(),
        }
    });
    let parts = parts.collect_view();
    if parts.is_empty() {
        return view! { <p class="soft">"There is no text to read here."</p> }.into_any();
    }
    view! { <div class="column">{parts}</div> }.into_any()
}

fn first_upper(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_page_that_matters_is_the_first_number() {
        for (matter, page) in [
            ("3-5, 9", Some(3)),
            ("p. 12", Some(12)),
            ("", None),
            ("see annex", None),
            ("0", None),
            ("99999999999", None),
        ] {
            assert_eq!(first_page(matter), page, "{matter:?}");
        }
    }
}
