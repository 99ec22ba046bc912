//! The application: the 13 criteria, readiness, levels, and the estimated indexes.

use super::{frame, line, place, title};
use crate::{
    catalogue::Edition,
    components::{
        badge::{self, Tone},
        chart::{self, Spoke},
        layout,
        message::{self, Item},
    },
    domain::{
        answer::Carried,
        calendar::when,
        criteria::Group,
        date,
        id::ApplicationId,
        pcoi::{self, Estimate},
        plan::PlannedAction,
        progress::Progress,
        readiness::{Finding, Severity},
        stage::{Stage, StageName},
        steps::{Step, to_established},
    },
    server::{applying::Applying, dossier::Dossier, problem::Problem, render::Page},
    store::{Stamp, Tx, application::Application, evidence::About},
};
use axum::response::Response;
use leptos::prelude::*;
use std::{collections::BTreeMap, sync::Arc};

/// The application.
pub async fn show(applying: Applying) -> Result<Response, Problem> {
    let dossier = Dossier::load(&applying).await?;
    let owners: BTreeMap<_, _> = dossier.members.iter().map(|m| (m.account, m.name.clone())).collect();
    let estimate = dossier.estimate(&applying)?;
    let edition = applying.edition()?;
    let spokes = edition.criteria.iter().map(|c| Spoke {
        label: c.number.to_string(),
        title: c.title.clone(),
        now: dossier.content(c.number).and_then(|a| a.level),
        before: dossier.before.as_ref().and_then(|b| b.get(&c.number)).copied(),
    });
    let spokes: Vec<Spoke> = spokes.collect();
    let groups = groups(&applying, edition, &dossier, &owners);
    let findings = dossier.findings.clone();
    let confirmed = dossier.signatories.iter().filter(|s| s.confirmed.is_some()).count();
    let ready = edition
        .criteria
        .iter()
        .filter(|c| matches!(dossier.progress(c.number), Progress::Ready | Progress::Warned(_)))
        .count();
    let (yes, no) = spokes
        .iter()
        .filter_map(|s| s.now)
        .fold((0, 0), |(y, n), l| if l.answers_yes() { (y + 1, n) } else { (y, n + 1) });
    let has_before = dossier.before.is_some();
    let steps = to_established(&edition.criteria, |n| dossier.content(n), &dossier.findings);
    let asked = super::requests::waiting(&mut applying.portal().store.read().await?, &applying).await?;
    let applying = Arc::new(applying);
    let shown = applying.clone();
    let page = Page::new(title(&applying), frame(&applying, "Application"), move || {
        let application = shown.application();
        let base = shown.path("");
        let draft = application.stage.name() == StageName::Draft;
        let now_label = format!("{}{}", application.cycle.name, if draft { ", this draft" } else { "" });
        let summary =
            format!("{ready} without errors. Of the {} with a level, {yes} answer yes and {no} answer no.", yes + no);
        view! {
            <main class="page" id="main">
                {head(&shown)}
                <div class="split">
                    <div class="column">
                        {state(application, &base)}
                        {questions(asked, &base)}
                        {draft.then(|| readiness_view(&base, &findings))}
                        <section class="stack" aria-labelledby="tasks">
                            <div class="panel-head"><h2 id="tasks">"The 13 criteria"</h2>{draft.then(|| view! { <p class="soft">{summary}</p> })}</div>
                            {groups}
                        </section>
                        {draft.then(|| steps_view(&base, &steps))}
                        {draft.then(|| finish(&base, confirmed, findings.iter().any(|f| f.severity == Severity::Error)))}
                    </div>
                    <div class="column">
                        <section class="panel" aria-labelledby="levels">
                            <h2 id="levels">"Levels"</h2>
                            {chart::radar(&spokes, &now_label, has_before.then_some("Last application"))}
                        </section>
                        {indexes(&base, &estimate)}
                    </div>
                </div>
            </main>
        }
    });
    Ok(applying.desk().page(page).await)
}

fn head(applying: &Applying) -> impl IntoView + use<> {
    let application = applying.application();
    let (now, zone) = (applying.now(), &application.cycle.closes.zone);
    let returned = matches!(application.stage, Stage::Draft { returned: Some(_) });
    let saved = format!("Saved {}", when(application.updated, now, zone));
    let draft = application.stage.name() == StageName::Draft;
    view! {
        <div class="page-head">
            <div>
                <h1>{title(applying)}</h1>
                <p class="facts">
                    {badge::stage(application.stage.name(), returned)}" "
                    <span>{application.identity.name().to_owned()}</span>" "
                    <span>{format!("Criteria edition {}", application.edition)}</span>" "
                    {draft.then(|| view! { <span class="saved">{saved}</span> })}
                </p>
            </div>
            {draft.then(|| layout::deadline(&application.cycle.closes, now))}
        </div>
    }
}

/// Questions that wait for the centre.
fn questions(asked: usize, base: &str) -> Option<AnyView> {
    let text = match asked {
        0 => return None,
        1 => "A question waits for your answer".to_owned(),
        n => format!("{n} questions wait for your answer"),
    };
    let href = format!("{base}/requests");
    Some(view! { <section class="notice attention"><p><a href=href>{text}</a></p></section> }.into_any())
}

/// What the state means and what can be done, when it is not an ordinary draft.
fn state(application: &Application, base: &str) -> Option<AnyView> {
    let zone = &application.cycle.closes.zone;
    let receipt = format!("{base}/receipt");
    match &application.stage {
        Stage::Draft { returned: None } => None,
        Stage::Draft { returned: Some(returned) } => {
            let at = crate::domain::calendar::day_long(returned.at, zone);
            let general: Vec<String> = returned.reasons.iter().filter(|r| r.criterion.is_none()).map(|r| r.text.clone()).collect();
            let items = returned.reasons.iter().filter_map(|r| Some((r.criterion?, r.text.clone())));
            let items = items.map(|(n, text)| Item { text: format!("Criterion {n}: {text}"), href: format!("{base}/criteria/{n}#returned") });
            let general = general.into_iter().map(|text| view! { <p>{text}</p> }).collect_view();
            Some(view! {
                <section class="notice attention" aria-labelledby="returned">
                    <h2 id="returned">"Screening has returned this application"</h2>
                    <p>{format!("On {at}. It is open again; mend these places, then submit it again.")}</p>
                    {general}
                    {message::list(items.collect())}
                </section>
            }.into_any())
        }
        Stage::Withdrawn { at } => {
            let at = crate::domain::calendar::day_long(*at, zone);
            Some(view! { <section class="notice"><p>{format!("You withdrew this application on {at}. It can be read, and not changed.")}</p></section> }.into_any())
        }
        Stage::Released { outcome, .. } => {
            let designation = outcome.designates().then(|| {
                view! { <p><a href=format!("{base}/designation")>"Designation, certificate and register"</a></p> }
            });
            Some(view! {
            <section class="notice"><h2>{outcome.name()}</h2><p>"The decision was released. "<a href=format!("{base}/result")>"Read the letter and the feedback"</a>", or "<a href=receipt>"see what was submitted"</a></p>{designation}</section>
            }.into_any())
        }
        Stage::Submitted { .. } => Some(view! {
            <section class="notice"><p>"Submitted and locked. "<a href=receipt>"See the receipt, print it, or withdraw"</a></p></section>
        }.into_any()),
        Stage::UnderReview { .. } | Stage::Deliberation { .. } | Stage::Decided { .. } => Some(view! {
            <section class="notice"><p>"Reviewers are reading. You hear from us when decisions are released. "<a href=receipt>"See what was submitted"</a></p></section>
        }.into_any()),
    }
}

fn readiness_view(base: &str, findings: &[Finding]) -> AnyView {
    let items = |severity: Severity| -> Vec<Item> {
        findings
            .iter()
            .filter(|f| f.severity == severity)
            .map(|f| Item { text: line(f), href: place(base, &f.place) })
            .collect()
    };
    let (errors, mut others) = (items(Severity::Error), items(Severity::Warning));
    let (warnings, hints) = (others.len(), items(Severity::Hint));
    let count = |n: usize, one: &str, many: &str| if n == 1 { format!("1 {one}") } else { format!("{n} {many}") };
    let more =
        format!("Also look at {} and {}", count(warnings, "warning", "warnings"), count(hints.len(), "hint", "hints"));
    others.extend(hints.into_iter().map(|i| Item { text: format!("Hint: {}", i.text), ..i }));
    let others =
        (!others.is_empty()).then(|| view! { <details><summary>{more}</summary>{message::list(others)}</details> });
    if errors.is_empty() {
        let href = format!("{base}/check");
        return view! {
            <section class="findings" aria-labelledby="findings">
                <h2 id="findings">"Nothing is left to mend"</h2>
                <p><a href=href>"Check your answers and submit"</a></p>
                {others}
            </section>
        }
        .into_any();
    }
    let heading = format!("Mend {} before you submit", count(errors.len(), "thing", "things"));
    // A new application has one finding for each criterion; the list below shows the same, so it is folded.
    let body = if 8 < errors.len() {
        let mut errors = errors;
        let rest = errors.split_off(5);
        let summary = format!("{} more", rest.len());
        view! { {message::list(errors)}<details><summary>{summary}</summary>{message::list(rest)}</details> }.into_any()
    } else {
        message::list(errors).into_any()
    };
    view! { <section class="findings problem" aria-labelledby="findings"><h2 id="findings">{heading}</h2>{body}{others}</section> }.into_any()
}

/// What would make every criterion established.
fn steps_view(base: &str, steps: &[Step]) -> Option<AnyView> {
    let summary = match steps.len() {
        0 => return None,
        1 => "1 step would make every criterion established".to_owned(),
        n => format!("{n} steps would make every criterion established"),
    };
    let items = steps.iter().map(|step| Item {
        text: format!("Criterion {}: {}", step.criterion, step.what),
        href: format!("{base}/criteria/{}", step.criterion),
    });
    let items = items.collect();
    let plan = format!("{base}/plan");
    Some(
        view! {
            <section class="panel" aria-label="What if">
                <h2>"What if"</h2>
                <details><summary>{summary}</summary>{message::list(items)}</details>
                <p><a href=plan>"Open the plan"</a></p>
            </section>
        }
        .into_any(),
    )
}

fn groups(
    applying: &Applying,
    edition: &Edition,
    dossier: &Dossier,
    owners: &BTreeMap<crate::domain::id::AccountId, crate::store::account::PersonName>,
) -> AnyView {
    let draft = applying.application().stage.name() == StageName::Draft;
    let view = Group::ALL.into_iter().map(|group| {
        let items = edition.criteria.iter().filter(|c| c.group == group).map(|criterion| {
            let answer = dossier.answers.get(&criterion.number);
            let owner = answer.and_then(|a| a.owner).and_then(|o| owners.get(&o)).map_or("No owner", |n| n.shown());
            let used = dossier.used_at(criterion.number).count();
            let documents = match used {
                0 => "no evidence yet".to_owned(),
                1 => "1 piece of evidence".to_owned(),
                n => format!("{n} pieces of evidence"),
            };
            let carried = answer.and_then(|a| Some(Carried::of(&a.content, Some(a.carried.as_ref()?)))).map(|c| match c {
                Carried::Unchanged => " · unchanged",
                Carried::Changed => " · changed",
                Carried::New => " · new",
            });
            let href = applying.path(&format!("/criteria/{}", criterion.number));
            let label = format!("Criterion {}: {}", criterion.number, criterion.title);
            view! {
                <li>
                    <span class="item-number" aria-hidden="true">{criterion.number}</span>
                    <div><a href=href aria-label=label>{criterion.title.clone()}</a><span class="soft">{format!("{owner} · {documents}")}{carried}</span></div>
                    {badge::level(answer.and_then(|a| a.content.level))}
                    {draft.then(|| badge::progress(dossier.progress(criterion.number)))}
                </li>
            }
        });
        view! { <div class="task-group"><h3>{group.name()}</h3><ul class="task-list">{items.collect_view()}</ul></div> }
    });
    view.collect_view().into_any()
}

fn finish(base: &str, confirmed: usize, errors: bool) -> impl IntoView + use<> {
    let check = format!("{base}/check");
    let (tone, text) = match confirmed {
        3 => (Tone::Good, "3 of 3".to_owned()),
        n => (Tone::Working, format!("{n} of 3")),
    };
    let submit = if errors { badge::badge(Tone::Quiet, "Not yet") } else { badge::badge(Tone::Good, "Open") };
    view! {
        <section class="stack" aria-labelledby="finish">
            <h2 id="finish">"Confirm and submit"</h2>
            <div class="task-group"><ul class="task-list">
                <li><span class="item-number"></span><div><a href=format!("{check}#signatories")>"Three confirmations"</a><span class="soft">"Corresponding physician, head of department, head of institute"</span></div>{badge::badge(tone, text)}</li>
                <li><span class="item-number"></span><div><a href=check.clone()>"Check your answers and submit"</a><span class="soft">"Everything on one page, also to print"</span></div>{submit}</li>
            </ul></div>
        </section>
    }
}

fn indexes(base: &str, estimate: &Estimate) -> impl IntoView + use<> {
    let index = |name: &str, value: f64, most: f64, published: pcoi::Published| {
        view! {
            <div class="stack">
                <div class="panel-head"><h3>{format!("Estimated {name}")}</h3><strong>{format!("{value:.1} of {most}")}</strong></div>
                {chart::estimate(value, most, published)}
                <p class="soft small">{format!("Designated centres: median {}, middle half {} to {}", published.median, published.lower_quartile, published.upper_quartile)}</p>
            </div>
        }
    };
    let missing = match estimate.missing() {
        0 => String::new(),
        1 => " 1 indicator has no value yet and counts 0.".to_owned(),
        n => format!(" {n} indicators have no value yet and count 0."),
    };
    let rows = estimate.parts.iter().map(|part| {
        let adds = part.adds.map_or_else(|| "none".to_owned(), |a| format!("{a:.2}"));
        view! {
            <tr>
                <th scope="row"><a href=format!("{base}/criteria/{}", part.criterion)>{format!("{} {}", part.major, part.label)}</a></th>
                <td class="number">{adds}</td>
            </tr>
        }
    });
    view! {
        <section class="panel" aria-labelledby="pcoi">
            <h2 id="pcoi">"Integration indexes"</h2>
            {index("PCOI-13", estimate.thirteen, 13.0, pcoi::PCOI_13)}
            {index("PCOI-9", estimate.nine, 9.0, pcoi::PCOI_9)}
            <p class="small">{format!("An orientation, not a rank.{missing} The formula is our reading of the publication: each yes counts 1, each share its fraction, emergency visits inverted; PCOI-9 counts the nine yes/no indicators. Medians: self-reported survey of designated centres, 2016 (Hui et al., ESMO Open 2018).")}</p>
            <details>
                <summary>"How the 13 indicators add up"</summary>
                <table>
                    <caption class="visually-hidden">"What each major indicator adds"</caption>
                    <thead><tr><th scope="col">"Indicator"</th><th scope="col" class="number">"Adds"</th></tr></thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </details>
        </section>
    }
}

/// Copies answers, open actions and evidence that is still valid from an earlier application.
pub async fn carry_over(
    tx: &mut Tx,
    stamp: &Stamp,
    from: ApplicationId,
    to: ApplicationId,
    zone: &str,
) -> Result<(), Problem> {
    for (number, answer) in tx.answers(from).await? {
        if !answer.content.is_empty() {
            tx.carry_answer(stamp, to, number, &answer.content).await?;
        }
    }
    for action in tx.plan(from).await?.into_iter().filter(|a| a.done.is_none()) {
        tx.add_action(stamp, to, &PlannedAction { carried: true, ..action }).await?;
    }
    let today = crate::domain::calendar::day_in(stamp.now, zone);
    for piece in tx.evidence(from).await? {
        let evidence = &piece.evidence;
        let ended = date::read_day(&evidence.expiry).is_some_and(|end| end < today);
        if !ended {
            let about = About {
                title: evidence.title.clone(),
                kind: evidence.kind,
                effective: evidence.effective.clone(),
                expiry: evidence.expiry.clone(),
            };
            let id = tx.add_evidence(stamp, to, &about, &piece.source).await?;
            for (criterion, pages) in &evidence.uses {
                tx.use_evidence(stamp, to, id, *criterion, pages).await?;
            }
        }
    }
    Ok(())
}
