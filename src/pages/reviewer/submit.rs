//! The recommendation, the summary, and handing the review in; and taking it back until the deliberation begins.

use super::{bar, file, frame, overview::missing_items, own_names, title};
use crate::{
    components::{
        field::{area_html, box_class},
        message::{self, Item},
        named,
    },
    domain::{
        access::Action, naming::Hit, naming::scan, outcome::Outcome, snapshot::Digest, stage::StageName,
        text::unify_lines,
    },
    server::{form::Form, problem::Problem, render::Page, reviewing::Reviewing},
    store::panel::Seat,
};
use axum::{
    extract::Query,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use leptos::prelude::*;

/// What is said about the application as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Whole {
    recommendation: Option<Outcome>,
    summary: String,
    note: String,
}

impl Whole {
    fn of(seat: &Seat) -> Self {
        Self { recommendation: seat.recommendation, summary: seat.summary.clone(), note: seat.note.clone() }
    }

    /// Takes over a form; a field that is absent leaves its part as it was.
    fn take(mut self, form: &Form) -> Self {
        if let Some(outcome) = Outcome::parse(form.get("recommendation")) {
            self.recommendation = Some(outcome);
        }
        for (name, part) in [("summary", &mut self.summary), ("note", &mut self.note)] {
            if form.has(name) {
                *part = unify_lines(form.get(name));
            }
        }
        self
    }

    /// Tells whether it is still what a page was made from. The version of a seat counts other changes too.
    fn mark(&self) -> String {
        let key = self.recommendation.map_or("", Outcome::key);
        let (summary, note) = (&self.summary, &self.note);
        Digest::of(format!("{key}\0{summary}\0{note}").as_bytes()).as_str()[..16].to_owned()
    }
}

/// The page.
pub async fn show(reviewing: Reviewing, Query(said): Query<super::Said>) -> Result<Response, Problem> {
    file(&reviewing)?;
    if reviewing.seat().submitted.is_some() || reviewing.stage() == StageName::Deliberation {
        return Ok(Redirect::to(&reviewing.path("")).into_response());
    }
    let whole = Whole::of(reviewing.seat());
    respond(&reviewing, whole, Vec::new(), said.done == "saved", StatusCode::OK).await
}

/// Saves, or hands in. Saving never refuses; what is missing before the review can be handed in is listed, and what was
/// typed is kept all the same.
pub async fn submit(reviewing: Result<Reviewing, Problem>, form: Form) -> Result<Response, Problem> {
    hand_in(reviewing, &form).await.map_err(|problem| problem.keeping(&form.0))
}

async fn hand_in(reviewing: Result<Reviewing, Problem>, form: &Form) -> Result<Response, Problem> {
    let reviewing = reviewing?;
    reviewing.require(Action::Mark)?;
    let (mut tx, mine) = reviewing.write().await?;
    let (stamp, before) = (reviewing.stamp(), Whole::of(&mine.seat));
    let whole = before.clone().take(form);
    if mine.seat.submitted.is_some() {
        // A second press of the button says nothing new.
        if whole == before {
            return Ok(Redirect::to(&reviewing.path("?done=submitted")).into_response());
        }
        return Err(Problem::NotAllowed);
    }
    // Another window was quicker: what it has saved stays, and this text is shown to be copied.
    if form.get("base") != before.mark() && whole != before {
        return Err(Problem::Stale);
    }
    let handing_in = form.get("then") == "submit";
    let marks = tx.marks_of(mine.seat.id).await?;
    let mut missing = missing_items(&reviewing, &marks);
    if whole.summary.trim().is_empty() {
        missing.insert(0, Item { text: "Write a summary for the centre".into(), href: "#summary".into() });
    }
    if whole.recommendation.is_none() {
        missing.insert(0, Item { text: "Choose what you recommend".into(), href: "#recommendation".into() });
    }
    if let Some(recommendation) = whole.recommendation.filter(|_| handing_in && missing.is_empty()) {
        tx.submit_review(&stamp, &mine.seat, recommendation, &whole.summary, &whole.note).await?;
        if reviewing.plan().rules.own_level == crate::domain::cycle::OwnLevel::AfterReview {
            for mark in &marks {
                tx.show_own_level(&stamp, mine.seat.id, mark.criterion).await?;
            }
        }
        tx.commit().await?;
        Ok(Redirect::to(&reviewing.path("?done=submitted")).into_response())
    } else {
        if whole != before {
            tx.keep_summary(&stamp, &mine.seat, whole.recommendation, &whole.summary, &whole.note).await?;
        }
        tx.commit().await?;
        if handing_in {
            return respond(&reviewing, whole, missing, false, StatusCode::UNPROCESSABLE_ENTITY).await;
        }
        Ok(Redirect::to(&reviewing.path("/submit?done=saved")).into_response())
    }
}

/// Takes a review back, to change it. Once the panel deliberates, levels are revised there.
pub async fn reopen(reviewing: Reviewing) -> Result<Response, Problem> {
    let (mut tx, mine) = reviewing.write().await?;
    if mine.stage != StageName::UnderReview {
        return Ok(Redirect::to(&reviewing.path("?done=too-late")).into_response());
    }
    if mine.seat.submitted.is_some() {
        tx.reopen_review(&reviewing.stamp(), &mine.seat).await?;
        tx.commit().await?;
    }
    Ok(Redirect::to(&reviewing.path("?done=reopened")).into_response())
}

async fn respond(
    reviewing: &Reviewing,
    whole: Whole,
    errors: Vec<Item>,
    saved: bool,
    status: StatusCode,
) -> Result<Response, Problem> {
    let marks = reviewing.portal().store.read().await?.marks_of(reviewing.seat().id).await?;
    let known = own_names(reviewing).await?;
    let hits: Vec<(String, String, Hit)> = scan(&whole.summary, &known)
        .into_iter()
        .map(|hit| ("#summary".to_owned(), "Summary".to_owned(), hit))
        .collect();
    let missing = if errors.is_empty() { missing_items(reviewing, &marks) } else { Vec::new() };
    let (head, base) = (bar(reviewing, Some(&marks)), reviewing.path(""));
    let page_title = format!("{}: recommend and hand in", title(reviewing));
    let page = Page::new(page_title, frame(reviewing).await?, move || {
        let error = |href: &str| errors.iter().find(|e| e.href == href).map(|e| e.text.clone());
        let (no_choice, no_summary) = (error("#recommendation"), error("#summary"));
        let choices = Outcome::ALL.into_iter().enumerate().map(|(i, outcome)| {
            let id = if i == 0 { "recommendation".to_owned() } else { format!("recommendation-{}", outcome.key()) };
            view! {
                <div class="choice">
                    <input type="radio" id=id.clone() name="recommendation" value=outcome.key() checked=whole.recommendation == Some(outcome)/>
                    <label for=id>{outcome.name()}</label>
                </div>
            }
        });
        let (choice_class, summary_class) = (box_class(no_choice.is_some()), box_class(no_summary.is_some()));
        let invalid = no_summary.is_some().then_some("true");
        let described = if no_summary.is_some() { "summary-hint summary-error" } else { "summary-hint" };
        let still = (!missing.is_empty()).then(|| {
            view! {
                <section class="notice attention" aria-labelledby="missing">
                    <h2 id="missing">"Missing before you can hand it in"</h2>
                    {message::list(missing)}
                </section>
            }
        });
        view! {
            <main class="page review-page" id="main">
                {message::refused(errors)}
                {head}
                {saved.then(|| message::done("Saved."))}
                {still}
                {named::section(hits)}
                <form class="form panel" method="post" action=format!("{base}/submit") aria-labelledby="hand-in" novalidate>
                    <h2 id="hand-in">"Recommend and hand in"</h2>
                    <input type="hidden" name="base" value=whole.mark()/>
                    <fieldset class=choice_class>
                        <legend>"What do you recommend?"</legend>
                        <p class="hint">"The working group reads it; the centre never does."</p>
                        {no_choice.map(|text| view! { <p class="field-error">{text}</p> })}
                        {choices.collect_view()}
                    </fieldset>
                    <div class=summary_class>
                        <label for="summary">"Summary for the centre"</label>
                        <p class="hint" id="summary-hint">"What it does best, and what matters most for its patients next. Three or four sentences."</p>
                        {no_summary.map(|text| view! { <p class="field-error" id="summary-error">{text}</p> })}
                        <textarea id="summary" name="summary" rows="6" aria-invalid=invalid aria-describedby=described inner_html=area_html(&whole.summary)></textarea>
                    </div>
                    <div class="field">
                        <label for="note">"Private note to the chair"</label>
                        <p class="hint" id="note-hint">"Only the working group reads it."</p>
                        <textarea id="note" name="note" rows="3" aria-describedby="note-hint" inner_html=area_html(&whole.note)></textarea>
                    </div>
                    <div class="form-actions">
                        <button class="button" type="submit" name="then" value="submit">"Hand the review in"</button>
                        <button class="button quiet" type="submit" name="then" value="stay">"Save"</button>
                        <a href=format!("{base}/preview")>"What the centre will see"</a>
                    </div>
                    <p class="small soft">"You can reopen it until the deliberation begins. Until then nobody on the panel sees it."</p>
                </form>
            </main>
        }
    });
    Ok(reviewing.desk().page_with(status, page).await)
}
