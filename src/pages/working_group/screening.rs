//! Screening: what is missing, what names the centre, what looks like a patient's data, and what reviewers will read. It
//! ends with the application accepted, or returned with reasons at their places.

mod view;

use super::{case_frame, case_title, file};
use crate::{
    domain::{
        access::Action,
        blind::{BlindCopy, Mask},
        calendar::{day_in, day_long},
        criteria::COUNT,
        naming::Known,
        screening::{self, Screened},
        snapshot::Snapshot,
        stage::{Reason, Stage, StageName},
        text::{one_line, unify_lines},
    },
    evidence::malware::Scanner,
    server::{form::Form, mail, presiding::Presiding, problem::Problem, render::Page},
    store::{self, Tx, event::What},
};
use axum::{
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use view::Data;

/// The most characters of one reason.
const LONGEST: usize = 2000;

/// The most further words, and the most characters of one.
const WORDS: (usize, usize) = (40, 80);

/// What was typed.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    /// Reasons by criterion; 0 is the application as a whole.
    pub reasons: Vec<(u8, String)>,
    /// Field and what has to be mended there.
    pub errors: Vec<(String, String)>,
    /// What somebody else has done meanwhile.
    pub happened: Option<String>,
    /// Whether further words were saved.
    pub saved: bool,
}

/// The page.
pub async fn show(here: Presiding) -> Result<Response, Problem> {
    respond(&here, Typed::default(), StatusCode::OK).await
}

async fn load(here: &Presiding, tx: &mut Tx) -> Result<(Snapshot, Data), Problem> {
    let application = here.application();
    let frozen = file::snapshot(here, tx).await?;
    let names = tx.names_behind(application.id).await?;
    let words = tx.mask_words(application.id).await?;
    let plan = tx.plan(application.id).await?;
    let (mask, known) = (names.mask(), Known::new(names.all()));
    let zone = &application.cycle.closes.zone;
    let pieces = tx.evidence(application.id).await?;
    let mut concerns = screening::concerns(&Screened {
        snapshot: &frozen,
        criteria: &here.edition()?.criteria,
        plan: &plan,
        mask: &mask,
        known: &known,
        day: day_in(frozen.at, zone),
        decision: day_in(application.cycle.decision, zone),
    });
    concerns.extend(screening::of_files(pieces.iter().map(|p| &p.evidence)));
    concerns.sort_by_key(|concern| (concern.about, concern.criterion));
    let data = Data {
        here: here.clone(),
        files: pieces.into_iter().map(|p| p.evidence).filter(|e| e.check.is_some()).collect(),
        scans: here.portal().settings.scanner != Scanner::Off,
        concerns,
        taken_out: screening::taken_out(&frozen, &mask),
        copy: BlindCopy::of(&frozen, &mask, 0),
        words,
        open: here.may(Action::Screen),
        typed: Typed::default(),
    };
    Ok((frozen, data))
}

async fn respond(here: &Presiding, typed: Typed, status: StatusCode) -> Result<Response, Problem> {
    let mut tx = here.portal().store.read().await?;
    let (_, data) = load(here, &mut tx).await?;
    drop(tx);
    let data = Data { typed, ..data };
    let title = format!("Screening, {}", case_title(here.application()));
    let page = Page::new(title, case_frame(here), move || view::page(&data));
    Ok(here.desk().page_with(status, page).await)
}

/// Somebody was quicker: the page as the application is now, with what was typed.
async fn overtaken(here: &Presiding, typed: Typed) -> Result<Response, Problem> {
    // As it is after what the other one did.
    let here = Presiding::open(here.desk().clone(), here.application().id, here.account()).await?;
    let zone = &here.application().cycle.closes.zone;
    let happened = match &here.application().stage {
        Stage::Draft { returned: Some(returned) } => {
            format!("The application was returned to the centre on {}", day_long(returned.at, zone))
        }
        Stage::Submitted { at, .. } => {
            format!(
                "The application was returned, and handed in again on {}. Look at it as it is now",
                day_long(*at, zone)
            )
        }
        Stage::UnderReview { since, .. } => {
            format!("The application was accepted on {}; reviewers can read it", day_long(*since, zone))
        }
        Stage::Withdrawn { at } => format!("The application was withdrawn on {}", day_long(*at, zone)),
        Stage::Draft { returned: None }
        | Stage::Deliberation { .. }
        | Stage::Decided { .. }
        | Stage::Released { .. } => "The application has gone on since".to_owned(),
    };
    let typed = Typed { happened: Some(happened), ..typed };
    if here.may(Action::Read) && file::digest(&here.application().stage).is_some() {
        return respond(&here, typed, StatusCode::CONFLICT).await;
    }
    let shown = here.clone();
    let page = Page::new("Screening", case_frame(&here), move || view::gone(&shown, &typed));
    Ok(here.desk().page_with(StatusCode::CONFLICT, page).await)
}

/// Accepts, returns, or keeps further words, as the button says.
pub async fn decide(here: Presiding, form: Form) -> Result<Response, Problem> {
    let mut typed = read(&form);
    let then = form.get("then");
    let application = here.application();
    let seen = form.get("digest");
    let current = file::digest(&application.stage).map(|d| d.as_str().to_owned()).unwrap_or_default();
    if !here.may(Action::Screen) || seen != current {
        here.require(Action::Know)?;
        if !here.is_coordinator() {
            return Err(Problem::NotAllowed);
        }
        let again = match (then, &application.stage) {
            // A second press of the button by the same person, or the other one wanted the same.
            ("accept", Stage::UnderReview { digest, .. }) if seen == digest.as_str() => Some("?done=accepted"),
            ("return", Stage::Draft { returned: Some(returned) }) if returned.reasons == reasons(&typed) => {
                Some("?done=returned")
            }
            _ => None,
        };
        return match again {
            Some(said) => Ok(Redirect::to(&here.path(said)).into_response()),
            None => overtaken(&here, typed).await,
        };
    }
    let (words, word_errors) = words(form.get("words"));
    typed.errors.extend(word_errors);
    match then {
        "accept" if !typed.reasons.is_empty() => typed.errors.push((
            "return".into(),
            "You have written reasons. Return the application with them, or clear them and accept".into(),
        )),
        "return" if typed.reasons.is_empty() => {
            typed
                .errors
                .push(("reason-0".into(), "Write at least one reason, at the place that has to be mended".into()));
        }
        _ => {}
    }
    let mut tx = match here.write(Action::Screen).await {
        Ok(tx) => tx,
        Err(Problem::Stale | Problem::NotAllowed | Problem::NotFound) => return overtaken(&here, typed).await,
        Err(other) => return Err(other),
    };
    let stamp = here.stamp();
    tx.set_mask_words(&stamp, application.id, &words).await?;
    if !typed.errors.is_empty() || !matches!(then, "accept" | "return") {
        tx.commit().await?;
        let status = if typed.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
        return respond(&here, Typed { saved: true, ..typed }, status).await;
    }
    let done = if then == "accept" { accept(&here, &mut tx).await } else { give_back(&here, &mut tx, &typed).await };
    match done {
        Ok(()) => {
            tx.commit().await?;
            let said = if then == "accept" { "?done=accepted" } else { "?done=returned" };
            Ok(Redirect::to(&here.path(said)).into_response())
        }
        Err(Problem::Stale) => {
            drop(tx);
            overtaken(&here, typed).await
        }
        Err(other) => Err(other),
    }
}

/// Reviewers may read from now on: the stage and the blind copy are written together.
async fn accept(here: &Presiding, tx: &mut Tx) -> Result<(), Problem> {
    let (application, stamp) = (here.application(), here.stamp());
    let stage = application.stage.clone().open_review(stamp.now).map_err(|_| Problem::Stale)?;
    let frozen = file::snapshot(here, tx).await?;
    let mask: Mask = tx.names_behind(application.id).await?.mask();
    let copy = BlindCopy::of(&frozen, &mask, stamp.chance.bits());
    tx.add_blind_copy(&stamp, application.id, application.cycle.id, &copy).await?;
    tx.set_stage(&stamp, application.id, application.version, &stage, What::Accepted).await?;
    Ok(())
}

/// Back to the centre, which is written to.
async fn give_back(here: &Presiding, tx: &mut Tx, typed: &Typed) -> Result<(), Problem> {
    let (application, stamp) = (here.application(), here.stamp());
    let stage = application.stage.clone().give_back(reasons(typed), stamp.now).map_err(|_| Problem::Stale)?;
    debug_assert_eq!(stage.name(), StageName::Draft);
    tx.set_stage(&stamp, application.id, application.version, &stage, What::Returned).await?;
    mail::returned(tx, &stamp, &here.portal().settings.origin, application).await.map_err(store_problem)?;
    Ok(())
}

fn store_problem(error: store::Error) -> Problem {
    error.into()
}

fn reasons(typed: &Typed) -> Vec<Reason> {
    let reason = |(criterion, text): &(u8, String)| Reason {
        criterion: Some(*criterion).filter(|number| *number != 0),
        text: text.clone(),
    };
    typed.reasons.iter().map(reason).collect()
}

fn read(form: &Form) -> Typed {
    let mut typed = Typed::default();
    for criterion in 0..=COUNT {
        let field = format!("reason-{criterion}");
        let text = unify_lines(form.get(&field)).trim().to_owned();
        if LONGEST < text.chars().count() {
            typed.errors.push((field, format!("Shorten this reason to {LONGEST} characters")));
        }
        if !text.is_empty() {
            typed.reasons.push((criterion, text));
        }
    }
    typed
}

/// Further words, one a line, in an order of their own.
fn words(text: &str) -> (Vec<String>, Vec<(String, String)>) {
    let mut list: Vec<String> = unify_lines(text)
        .lines()
        .map(one_line)
        .filter(|word| !word.is_empty())
        .map(|word| word.chars().take(WORDS.1).collect())
        .collect();
    list.sort();
    list.dedup();
    let mut errors = Vec::new();
    if list.iter().any(|word| word.chars().count() < 3) {
        errors.push((
            "words".to_owned(),
            "A word has to have 3 letters or more; a shorter one would hide too much".to_owned(),
        ));
        list.retain(|word| 3 <= word.chars().count());
    }
    if WORDS.0 < list.len() {
        errors.push(("words".to_owned(), format!("Name at most {} words", WORDS.0)));
        list.truncate(WORDS.0);
    }
    (list, errors)
}
