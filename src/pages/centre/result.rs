//! What was decided, as the centre reads it: letter, and feedback for each criterion. Before the release there is no such
//! page.

use super::{frame, title};
use crate::{
    components::{area::paragraphs, badge, layout},
    domain::{
        access::Action,
        appeal::until,
        calendar::{Deadline, day_long},
        level::Level,
        outcome::Outcome,
        stage::Stage,
    },
    server::{applying::Applying, gate::part_name, problem::Problem, render::Page},
    store::{deliberation::Consensus, snapshot},
};
use axum::response::Response;
use leptos::prelude::*;
use std::collections::BTreeMap;

/// Everything the page shows. Nothing in it says who reviewed or decided.
struct Data {
    outcome: Outcome,
    letter: String,
    /// The day in the zone of the cycle.
    day: String,
    until: Deadline,
    asked: bool,
    own: BTreeMap<u8, Level>,
    agreed: BTreeMap<u8, Consensus>,
}

impl Data {
    async fn load(applying: &Applying) -> Result<Self, Problem> {
        let application = applying.application();
        let Stage::Released { outcome, digest, at: released, .. } = &application.stage else {
            return Err(Problem::NotFound);
        };
        let mut tx = applying.portal().store.read().await?;
        // Decisions of cycles before this portal have no letter here.
        let letter = tx.decision(application.id).await?.map_or_else(String::new, |decision| decision.letter);
        let plan = tx.plan_of_cycle(application.cycle.id).await?.ok_or(Problem::Unexpected)?;
        let (content, _) = tx.snapshot(application.id, digest).await?.ok_or(Problem::Unexpected)?;
        let frozen = snapshot::read(&content)?;
        let zone = &application.cycle.closes.zone;
        Ok(Self {
            outcome: *outcome,
            letter,
            day: day_long(*released, zone),
            until: until(*released, plan.rules.appeal_days, zone),
            asked: tx.appeal(application.id).await?.is_some(),
            own: frozen.answers.into_iter().filter_map(|a| Some((a.criterion, a.content.level?))).collect(),
            agreed: tx.consensus_of(application.id).await?.into_iter().map(|c| (c.criterion, c)).collect(),
        })
    }
}

/// The result.
pub async fn show(applying: Applying) -> Result<Response, Problem> {
    applying.require(Action::ReadResult)?;
    let data = Data::load(&applying).await?;
    let criteria: Vec<_> = applying.edition()?.criteria.iter().map(|c| (c.number, c.title.clone())).collect();
    let shown = applying.clone();
    let page = Page::new("Decision", frame(&applying, "Application"), move || view(&shown, &data, &criteria));
    Ok(applying.desk().page(page).await)
}

/// What an outcome means for the centre.
const fn meaning(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Accredited => "Your centre is designated for three years.",
        Outcome::AccreditedWithRecommendations => {
            "Your centre is designated for three years. The renewal will ask how the recommendations were answered."
        }
        Outcome::Deferred => "The decision is put off to the next cycle, so that the gaps below can be closed.",
        Outcome::NotAccredited => "Your centre is not designated in this cycle. It can apply again in any later one.",
    }
}

fn view(applying: &Applying, data: &Data, criteria: &[(u8, String)]) -> impl IntoView + use<> {
    let heading = title(applying);
    let centre = applying.application().identity.name().to_owned();
    let rows = criteria.iter().map(|(number, title)| {
        let level = data.agreed.get(number).and_then(|a| a.level);
        view! {
            <tr>
                <th scope="row"><a href=format!("#criterion-{number}")>{format!("{number}. {title}")}</a></th>
                <td>{badge::level(data.own.get(number).copied())}</td>
                <td>{badge::level(level)}</td>
            </tr>
        }
    });
    let feedback = criteria.iter().map(|(number, title)| criterion(*number, title, data.agreed.get(number)));
    let (rows, feedback) = (rows.collect_view(), feedback.collect_view());
    let letter = paragraphs(&data.letter);
    let certificate = data.outcome.designates().then(|| {
        let href = applying.path("/designation");
        view! { <p class="screen-only"><a class="button" href=href>"Designation and certificate"</a></p> }
    });
    let appeal = appeal(applying, data);
    view! {
        <main class="page" id="main">
            {layout::crumbs(vec![(heading.clone(), applying.path(""))], "Decision")}
            <div class="page-head"><div>
                <h1>{data.outcome.name()}</h1>
                <p class="facts"><span>{heading}</span><span>{centre}</span><span>{format!("Released on {}", data.day)}</span></p>
            </div></div>
            <section class="panel" aria-labelledby="letter">
                <h2 id="letter">"Letter"</h2>
                <p><strong>{meaning(data.outcome)}</strong></p>
                <div class="prose">{letter}</div>
                {certificate}
            </section>
            <section class="panel" aria-labelledby="levels">
                <h2 id="levels">"Levels"</h2>
                <div class="table-box scrolls" tabindex="0" role="region" aria-labelledby="levels"><table>
                    <caption class="visually-hidden">"Level of each criterion: yours, and what the panel agreed on"</caption>
                    <thead><tr><th scope="col">"Criterion"</th><th scope="col">"Yours"</th><th scope="col">"Panel"</th></tr></thead>
                    <tbody>{rows}</tbody>
                </table></div>
                <p class="soft">"A level of 3 or more answers the official question with yes."</p>
            </section>
            <section class="stack" aria-labelledby="feedback"><h2 id="feedback">"Feedback"</h2>{feedback}</section>
            {appeal}
            <p class="soft screen-only">"Print this page, or keep it as a file, with the print command of your browser."</p>
        </main>
    }
}

fn criterion(number: u8, title: &str, agreed: Option<&Consensus>) -> impl IntoView + use<> {
    let level = agreed.and_then(|a| a.level);
    let texts = agreed.map(|agreed| {
        let wording = agreed.wording();
        let parts = wording.texts().into_iter().filter(|(_, text)| !text.trim().is_empty()).map(|(part, text)| {
            let (name, text) = (capital(part_name(part)), paragraphs(text));
            view! { <dt>{name}</dt><dd>{text}</dd> }
        });
        parts.collect_view()
    });
    let texts = texts.filter(|parts| !parts.is_empty()).map(|parts| view! { <dl class="prose">{parts}</dl> });
    let (id, labelled) = (format!("criterion-{number}"), format!("criterion-{number}"));
    view! {
        <section class="panel" aria-labelledby=labelled>
            <div class="panel-head"><h3 id=id>{format!("{number}. {title}")}</h3>{badge::level(level)}</div>
            {texts}
        </section>
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn appeal(applying: &Applying, data: &Data) -> Option<impl IntoView + use<>> {
    let open = !data.until.passed(applying.now());
    let href = applying.path("/appeal");
    let (text, link) = if data.asked {
        ("Your centre has asked the working group to look at this again.".to_owned(), "See what was asked and answered")
    } else if open {
        let text = format!(
            "Is a fact wrong, or do you want the outcome looked at again? The lead can ask once, until {}.",
            data.until.long()
        );
        (text, "Ask for a correction or appeal")
    } else {
        return None;
    };
    Some(view! {
        <section class="panel screen-only" aria-labelledby="appeal"><h2 id="appeal">"Appeal or correction"</h2><p>{text}</p><p><a href=href>{link}</a></p></section>
    })
}
