//! The certificate of a designation: one sheet to print, with a code by which anybody can check it.

use super::frame;
use crate::{
    components::{layout, qr::Square},
    domain::calendar::day_in,
    server::{applying::Applying, problem::Problem, render::Page},
    store::{centre::CentreIdentity, designation::Designation},
};
use axum::response::Response;
use leptos::prelude::*;

/// The certificate.
pub async fn show(applying: Applying) -> Result<Response, Problem> {
    let mut tx = applying.portal().store.read().await?;
    let designation = tx.designation_of(applying.application().id).await?.ok_or(Problem::NotFound)?;
    let all = tx.designations_of(designation.centre).await?;
    drop(tx);
    let number = all.iter().filter(|d| d.term.from <= designation.term.from).count();
    let first = all.last().unwrap_or(&designation);
    let terms = terms(number, day_in(first.term.from, &first.zone).year());
    let origin = applying.portal().settings.origin.clone();
    let square = Square::of(&format!("{origin}/certificates/{}", designation.code));
    let (shown, now) = (applying.clone(), applying.now());
    let page = Page::new("Certificate", frame(&applying, "Application"), move || {
        let way = vec![(super::title(&shown), shown.path("")), ("Designation".to_owned(), shown.path("/designation"))];
        let valid = designation.withdrawn.is_none() && now < designation.term.until;
        let last = designation.term.last_day(&designation.zone);
        let intro = match &designation.withdrawn {
            Some(_) => "This designation was withdrawn. Its certificate is not valid any more.".to_owned(),
            None if now < designation.term.until => {
                format!("Valid until {last}. Anybody can check it with the code in the lower corner.")
            }
            None => format!("The term ended on {last}. Whoever checks the code is told so."),
        };
        let print = valid.then(|| {
            view! { <p class="soft small">"Print this page, or save it as a PDF: it fills one sheet of A4."</p> }
        });
        let identity = &shown.application().identity;
        let sheet = designation.withdrawn.is_none().then(|| sheet(&designation, identity, &terms, square, &origin));
        view! {
            <main class="page" id="main">
                {layout::crumbs(way, "Certificate")}
                <div class="page-head"><div><h1>"Certificate"</h1><p class="soft">{intro}</p>{print}</div></div>
                {sheet}
            </main>
        }
    });
    Ok(applying.desk().page(page).await)
}

/// "Second term, designated since 2024."
fn terms(number: usize, since: i16) -> String {
    let ordinal = match number {
        0 | 1 => return "First term.".to_owned(),
        2 => "Second".to_owned(),
        3 => "Third".to_owned(),
        4 => "Fourth".to_owned(),
        5 => "Fifth".to_owned(),
        n => return format!("Term {n}, designated since {since}."),
    };
    format!("{ordinal} term, designated since {since}.")
}

fn sheet(
    of: &Designation,
    identity: &CentreIdentity,
    terms: &str,
    square: Option<Square>,
    origin: &str,
) -> impl IntoView + use<> {
    let place = format!("{}, {}", identity.city(), identity.country());
    let met =
        format!("It was accredited against the 13 criteria of the {} edition in an anonymous review.", of.edition);
    let term = format!("{} to {}", of.term.first_day(&of.zone), of.term.last_day(&of.zone));
    let bare = origin.split_once("://").map_or(origin, |(_, host)| host);
    let verify = format!("Enter it at {bare}/verify to see whether this designation is still valid.");
    let label = format!("A square for a camera, which opens the check of the code {}", of.code);
    view! {
        <div class="sheet-box">
            <article class="certificate" aria-label="Certificate">
                <header>
                    {layout::mark("brand-mark")}
                    <p class="programme">"Designated Centres of Integrated Oncology and Palliative Care"</p>
                </header>
                <div class="middle">
                    <p>"The Designated Centres Working Group confirms that"</p>
                    <h2>{identity.name().to_owned()}</h2>
                    <p>{place}</p>
                    <hr class="rule"/>
                    <p class="title">"is an ESMO Designated Centre of Integrated Oncology and Palliative Care"</p>
                    <p>{met}<br/>{terms.to_owned()}</p>
                    <p><strong>{term}</strong></p>
                </div>
                <div class="signatures"><p>"Chair of the working group"</p><p>"Deputy chair of the working group"</p></div>
                <div class="proof">
                    {square.map(|square| square.view("seal", label))}
                    <div>
                        <p>"Verification code"</p>
                        <p class="code">{of.code.to_string()}</p>
                        <p>{verify}</p>
                        <p>"Issued with independent software for the programme; not an official ESMO product."</p>
                    </div>
                </div>
            </article>
        </div>
    }
}
