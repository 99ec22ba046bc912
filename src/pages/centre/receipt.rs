//! The receipt of a submitted application, and taking it back.

use super::{frame, title};
use crate::{
    components::{badge, layout},
    domain::{
        access::Action,
        calendar::Deadline,
        snapshot::{Digest, Snapshot},
        stage::Stage,
    },
    server::{applying::Applying, problem::Problem, render::Page},
    store::{event::What, snapshot},
};
use axum::response::{IntoResponse, Redirect, Response};
use leptos::prelude::*;

/// The receipt.
pub async fn show(applying: Applying) -> Result<Response, Problem> {
    let digest = digest(&applying.application().stage).ok_or(Problem::NotFound)?;
    let mut tx = applying.portal().store.read().await?;
    let (content, at) = tx.snapshot(applying.application().id, &digest).await?.ok_or(Problem::Unexpected)?;
    drop(tx);
    let frozen = snapshot::read(&content)?;
    let zone = applying.application().cycle.closes.zone.clone();
    let submitted = Deadline { at, zone };
    let shown = applying.clone();
    let page =
        Page::new("Receipt", frame(&applying, "Application"), move || view(&shown, &frozen, &digest, &submitted));
    Ok(applying.desk().page(page).await)
}

fn digest(stage: &Stage) -> Option<Digest> {
    match stage {
        Stage::Submitted { digest, .. }
        | Stage::UnderReview { digest, .. }
        | Stage::Deliberation { digest, .. }
        | Stage::Decided { digest, .. }
        | Stage::Released { digest, .. } => Some(digest.clone()),
        Stage::Draft { .. } | Stage::Withdrawn { .. } => None,
    }
}

fn view(applying: &Applying, frozen: &Snapshot, digest: &Digest, submitted: &Deadline) -> AnyView {
    let Ok(edition) = applying.edition() else { return ().into_any() };
    let stage = applying.application().stage.name();
    let (long, machine) = (submitted.long(), submitted.machine());
    let rows = frozen.answers.iter().map(|answer| {
        let title = edition.criterion(answer.criterion).map_or("", |c| c.title.as_str());
        view! { <tr><th scope="row">{format!("{}. {title}", answer.criterion)}</th><td>{badge::level(answer.content.level)}</td></tr> }
    });
    let evidence = frozen.evidence.iter().map(|e| {
        let hash = e.sha256.as_ref().map(|d| d.as_str().to_owned()).or_else(|| e.link.clone()).unwrap_or_default();
        view! { <li>{e.title.clone()}<br/><code class="typed small">{hash}</code></li> }
    });
    let withdraw = applying.may(Action::Withdraw).then(|| {
        let href = applying.path("/withdraw");
        view! { <section class="stack screen-only"><h2>"Withdraw"</h2><p>"Until reviewers begin you can take the application back. "<a href=href>"Withdraw the application"</a></p></section> }
    });
    let whole = applying.path("/check");
    let evidence = evidence.collect_view();
    view! {
        <main class="page" id="main">
            {layout::crumbs(vec![(title(applying), applying.path(""))], "Receipt")}
            <div class="page-head"><div>
                <h1>"Submitted"</h1>
                <p class="facts">{badge::stage(stage, false)}<span>{title(applying)}</span><span>{applying.application().identity.name().to_owned()}</span></p>
            </div></div>
            <section class="panel" aria-labelledby="receipt">
                <h2 id="receipt">"Receipt"</h2>
                <p>"We received your application on "<strong><time datetime=machine>{long}</time></strong>". It is frozen: nobody can change it."</p>
                <p>"Its fingerprint is the SHA-256 of everything you submitted:"</p>
                <p><code class="typed">{digest.as_str().to_owned()}</code></p>
                <p class="soft">"Print this page or keep it as a file; the fingerprint proves what was submitted."</p>
                <p><a class="button quiet" href=whole>"Read or print the whole application"</a></p>
            </section>
            <section class="stack" aria-labelledby="next"><h2 id="next">"What happens next"</h2>
                <p>"Screening looks whether everything is there; it may return the application to you with reasons. Then reviewers read it without knowing your centre, and you do not learn who they are. Decisions are released together."</p>
            </section>
            <section class="panel" aria-labelledby="content">
                <h2 id="content">"What was submitted"</h2>
                <table><thead><tr><th scope="col">"Criterion"</th><th scope="col">"Level"</th></tr></thead><tbody>{rows.collect_view()}</tbody></table>
                {(!evidence.is_empty()).then(|| view! { <details><summary>"Evidence with its fingerprints"</summary><ul>{evidence}</ul></details> })}
            </section>
            {withdraw}
        </main>
    }
    .into_any()
}

/// Asks before withdrawing.
pub async fn ask_withdraw(applying: Applying) -> Result<Response, Problem> {
    applying.require(Action::Withdraw)?;
    let action = applying.path("/withdraw");
    let back = applying.path("");
    let heading = title(&applying);
    let page = Page::new("Withdraw", frame(&applying, "Application"), move || {
        view! {
            <main class="page narrow" id="main">
                <div class="stack"><p class="soft">{heading}</p><h1>"Withdraw the application?"</h1></div>
                <p>"It will not be reviewed in this cycle, and this cannot be undone here. Everything you wrote stays readable, and a later application can start from it."</p>
                <form method="post" action=action class="row">
                    <button class="button" type="submit">"Withdraw it"</button>
                    <a class="button quiet" href=back>"Keep it"</a>
                </form>
            </main>
        }
    });
    Ok(applying.desk().page(page).await)
}

/// Takes the application back.
pub async fn withdraw(applying: Applying) -> Result<Response, Problem> {
    if matches!(applying.application().stage, Stage::Withdrawn { .. }) {
        // A second press of the button.
        return Ok(Redirect::to(&applying.path("")).into_response());
    }
    applying.require(Action::Withdraw)?;
    let application = applying.application();
    let stage = application.stage.clone().withdraw(applying.now()).map_err(|_| Problem::Stale)?;
    let mut tx = applying.portal().store.write().await?;
    tx.set_stage(&applying.stamp(), application.id, application.version, &stage, What::Withdrawn).await?;
    tx.commit().await?;
    Ok(Redirect::to(&applying.path("")).into_response())
}
