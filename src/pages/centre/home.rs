//! Home: my applications by cycle, and what to do next.

use super::place;
use crate::{
    components::{badge, layout},
    domain::{
        access::Role,
        id::{ApplicationId, CentreId, CycleId},
        moment::Moment,
        readiness::Severity,
        stage::{Stage, StageName},
    },
    pages::reviewer::queue,
    server::{
        applying::Applying,
        desk::Desk,
        dossier::Dossier,
        form::Form,
        problem::Problem,
        render::{Frame, Page},
    },
    store::{
        application::Listed,
        centre::{self, Cycle, MyCentre},
    },
};
use axum::response::{IntoResponse, Redirect, Response};
use leptos::prelude::*;

/// What somebody sees of one centre.
struct Centre {
    mine: MyCentre,
    applications: Vec<Listed>,
    /// The open cycle, when it has no application yet.
    startable: Option<Cycle>,
    /// The draft that is being written.
    draft: Option<Draft>,
}

struct Draft {
    href: String,
    ready: usize,
    errors: usize,
    documents: usize,
    confirmed: usize,
    /// The first things to do: address, text, and where.
    next: Vec<(String, String, &'static str)>,
}

/// Home.
pub async fn show(desk: Desk) -> Result<Response, Problem> {
    let account = desk.signed_in().await?;
    let now = desk.now();
    let mut tx = desk.portal.store.read().await?;
    let cycles = tx.cycles().await?;
    let mine = tx.centres_of(account.id).await?;
    let board = (account.has_role("coordinator") || account.has_role("chair")) && !account.has_role("administrator");
    if board && mine.is_empty() && !account.has_role("reviewer") {
        // Their work begins at the board.
        return Ok(Redirect::to("/working-group").into_response());
    }
    let mut lists = Vec::new();
    for centre in mine {
        let applications = tx.applications_of(centre.id).await?;
        lists.push((centre, applications));
    }
    drop(tx);
    let mut centres = Vec::new();
    for (mine, applications) in lists {
        let started = |cycle: &Cycle| applications.iter().any(|a| a.cycle.id == cycle.id);
        let startable = cycles.iter().find(|c| c.open_at(now) && !started(c)).cloned();
        let draft = applications.iter().find(|a| a.stage.name() == StageName::Draft).map(|a| a.id);
        let draft = match draft {
            Some(id) => draft_of(&desk, id).await?,
            None => None,
        };
        centres.push(Centre { mine, applications, startable, draft });
    }
    let name = account.name.shown().to_owned();
    let roles: Vec<Role> = account.grants.iter().map(|g| g.role).collect();
    let application = centres.iter().find_map(|c| {
        c.draft
            .as_ref()
            .map(|d| d.href.clone())
            .or_else(|| c.applications.first().map(|a| format!("/applications/{}", a.id)))
    });
    let (administration, working_group) = (account.has_role("administrator"), account.has_role("coordinator"));
    let reviews = account.has_role("reviewer");
    let my_reviews = if reviews { Some(queue::Home::load(&desk, account.id).await?) } else { None };
    let frame =
        Frame { name: Some(name.clone()), application, administration, working_group, board, reviews, current: "Home" };
    Ok(desk.page(page(frame, &name, roles, centres, my_reviews, now)).await)
}

/// What the draft still needs, through the same door as its own pages.
async fn draft_of(desk: &Desk, id: ApplicationId) -> Result<Option<Draft>, Problem> {
    let applying = open(desk, id).await?;
    let dossier = Dossier::load(&applying).await?;
    let base = applying.path("");
    let errors: Vec<_> = dossier.findings.iter().filter(|f| f.severity == Severity::Error).collect();
    let next = errors.iter().take(3).map(|f| {
        let whose = f
            .place
            .criterion()
            .and_then(|n| dossier.answers.get(&n))
            .is_some_and(|a| a.owner == Some(applying.account()));
        (place(&base, &f.place), super::line(f), if whose { "With you" } else { "" })
    });
    let ready = (1..=crate::domain::criteria::COUNT).filter(|n| {
        !dossier.findings_at(*n).any(|f| f.severity == Severity::Error)
            && dossier.content(*n).is_some_and(|c| !c.is_empty())
    });
    let confirmed = dossier.signatories.iter().filter(|s| s.confirmed.is_some()).count();
    Ok(Some(Draft {
        next: next.collect(),
        ready: ready.count(),
        errors: errors.len(),
        documents: dossier.pieces.len(),
        confirmed,
        href: base,
    }))
}

/// The proof for one application, for a page whose address does not name it.
async fn open(desk: &Desk, id: ApplicationId) -> Result<Applying, Problem> {
    let account = desk.account_id().await?.ok_or_else(|| desk.sign_in_first())?;
    Applying::open(desk.clone(), id, account).await
}

/// Starts an application in the open cycle, empty or from the last one.
pub async fn start(desk: Desk, form: Form) -> Result<Response, Problem> {
    let account = desk.signed_in().await?;
    let (centre, cycle) = (CentreId::parse(form.get("centre")), CycleId::parse(form.get("cycle")));
    let mut tx = desk.portal.store.write().await?;
    let mine = tx.centres_of(account.id).await?;
    let centre = mine.iter().find(|c| Some(c.id) == centre && c.role == centre::Role::Lead).ok_or(Problem::NotFound)?;
    let cycle =
        tx.cycles().await?.into_iter().find(|c| Some(c.id) == cycle && c.open_at(desk.now())).ok_or(Problem::Stale)?;
    let applications = tx.applications_of(centre.id).await?;
    if let Some(existing) = applications.iter().find(|a| a.cycle.id == cycle.id) {
        // A second press of the button.
        return Ok(Redirect::to(&format!("/applications/{}", existing.id)).into_response());
    }
    let previous = applications
        .iter()
        .find(|a| a.stage.name() != StageName::Withdrawn && a.cycle.closes.at < cycle.closes.at)
        .map(|a| a.id);
    let stamp = desk.stamp(Some(account.id));
    let from_last = form.get("from") == "last";
    let id = tx.start_application(&stamp, &cycle, centre.id, previous.filter(|_| from_last)).await?;
    if let (true, Some(previous)) = (from_last, previous) {
        super::application::carry_over(&mut tx, &stamp, previous, id, &cycle.closes.zone).await?;
    }
    tx.commit().await?;
    Ok(Redirect::to(&format!("/applications/{id}")).into_response())
}

fn page(
    frame: Frame,
    name: &str,
    roles: Vec<Role>,
    centres: Vec<Centre>,
    my_reviews: Option<queue::Home>,
    now: Moment,
) -> Page {
    let welcome = format!("Welcome back, {}", name.split_whitespace().next().unwrap_or(name));
    let title = centres.first().map_or_else(|| "Home".to_owned(), |c| c.mine.identity.name().to_owned());
    Page::new("Home", frame, move || {
        let deadline = centres.iter().find_map(|c| {
            c.applications
                .iter()
                .find(|a| a.stage.name() == StageName::Draft)
                .map(|a| a.cycle.closes.clone())
                .or_else(|| c.startable.as_ref().map(|s| s.closes.clone()))
        });
        let deadline = deadline.map(|closes| layout::deadline(&closes, now));
        let several = 1 < centres.len();
        // Who only reviews has their reviews here, and needs nobody to tell them what they are.
        let empty = centres.is_empty() && (my_reviews.is_none() || roles.iter().any(|r| *r != Role::Reviewer));
        let list = centres.into_iter().map(|centre| centre_view(centre, several, now)).collect_view();
        view! {
            <main class="page" id="main">
                <div class="page-head"><div><p class="soft">{welcome}</p><h1>{title}</h1></div>{deadline}</div>
                {my_reviews.map(queue::Home::view)}
                {list}
                {empty.then(|| no_centre(&roles))}
                <p class="small"><a href="/account/mail">"Choose what is written to you"</a></p>
            </main>
        }
    })
}

fn no_centre(roles: &[Role]) -> impl IntoView + use<> {
    let (text, way) = if roles.contains(&Role::Administrator) {
        let text = "You look after accounts and operation. An administrator reads no application.";
        (text, Some(("/administration", "Go to the administration")))
    } else if roles.contains(&Role::Coordinator) {
        let text = "You coordinate the programme. Drafts belong to their centres alone; what is submitted will be listed here for screening.";
        (text, Some(("/working-group/invitations", "Invite a centre lead")))
    } else if roles.contains(&Role::Chair) {
        ("You chair the working group. What is ready to be decided will be listed here.", None)
    } else {
        ("You do not work for a centre yet. Ask the lead of your centre to invite you.", None)
    };
    let way = way.map(|(href, name)| view! { <p><a class="button quiet" href=href>{name}</a></p> });
    view! { <section class="panel stack"><h2>"Nothing to do here"</h2><p>{text}</p>{way}</section> }
}

fn centre_view(centre: Centre, several: bool, now: Moment) -> impl IntoView {
    let Centre { mine, applications, startable, draft } = centre;
    let lead = mine.role == centre::Role::Lead;
    let previous = applications.iter().any(|a| a.stage.name() != StageName::Withdrawn);
    let heading = several.then(|| view! { <h2>{mine.identity.name().to_owned()}</h2> });
    let cards =
        applications.iter().filter(|a| a.stage.name() == StageName::Draft).map(|a| draft_card(a, draft.as_ref()));
    let cards = cards.collect_view();
    let next = draft.as_ref().filter(|d| !d.next.is_empty()).map(next_list);
    let start = startable.filter(|_| lead).map(|cycle| start_card(mine.id, &cycle, previous, now));
    let rows = applications.iter().map(|a| {
        let href = format!("/applications/{}", a.id);
        let result = format!("{href}/result");
        let returned = matches!(a.stage, Stage::Draft { returned: Some(_) });
        let outcome = match &a.stage {
            Stage::Released { outcome, .. } => outcome.name(),
            _ => "",
        };
        let designation = match &a.stage {
            Stage::Released { outcome, .. } if outcome.designates() => Some(format!("{href}/designation")),
            _ => None,
        };
        let designation = designation.map(|way| view! { <br/><a href=way>"Designation and certificate"</a> });
        view! {
            <li>
                <span>
                    <a href=href>{format!("{} {}", a.cycle.name, a.kind.name().to_lowercase())}</a>
                    {(!outcome.is_empty()).then(|| view! { <br/><span class="soft">{outcome}", "<a href=result>"letter and feedback"</a></span> })}
                    {designation}
                </span>
                {badge::stage(a.stage.name(), returned)}
            </li>
        }
    });
    let rows = rows.collect_view();
    view! {
        {heading}
        <div class="split">
            <div class="column">{cards}{next}{start}</div>
            <div class="column">
                <section class="panel" aria-label="All applications">
                    <h2>"All applications"</h2>
                    {if rows.is_empty() {
                        view! { <p class="soft">"None yet."</p> }.into_any()
                    } else {
                        view! { <ul class="owed" role="list">{rows}</ul> }.into_any()
                    }}
                </section>
            </div>
        </div>
    }
}

fn draft_card(listed: &Listed, draft: Option<&Draft>) -> impl IntoView + use<> {
    let returned = matches!(listed.stage, Stage::Draft { returned: Some(_) });
    let title = format!("{} application {}", listed.kind.name(), listed.cycle.name);
    let label = title.clone();
    let counts = draft.map(|d| {
        view! {
            <dl class="counts">
                <div><dt>"criteria without errors"</dt><dd>{format!("{} of 13", d.ready)}</dd></div>
                <div><dt>"to mend first"</dt><dd>{d.errors}</dd></div>
                <div><dt>"pieces of evidence"</dt><dd>{d.documents}</dd></div>
                <div><dt>"confirmations"</dt><dd>{format!("{} of 3", d.confirmed)}</dd></div>
            </dl>
        }
    });
    view! {
        <section class="panel" aria-label=label>
            <div class="panel-head"><h2>{title}</h2>{badge::stage(listed.stage.name(), returned)}</div>
            {counts}
            <p class="row"><a class="button" href=format!("/applications/{}", listed.id)>"Open the application"</a></p>
        </section>
    }
}

fn next_list(draft: &Draft) -> impl IntoView + use<> {
    let items = draft.next.iter().zip(1..).map(|((href, text, whose), number)| {
        view! {
            <li>
                <span class="item-number" aria-hidden="true">{number}</span>
                <div><a href=href.clone()>{text.clone()}</a><span class="soft">{*whose}</span></div>
                {badge::badge(badge::Tone::Problem, "To mend")}
            </li>
        }
    });
    view! {
        <section class="stack" aria-label="What to do next">
            <h2>"What to do next"</h2>
            <div class="task-group"><ul class="task-list">{items.collect_view()}</ul></div>
        </section>
    }
}

fn start_card(centre: CentreId, cycle: &Cycle, previous: bool, now: Moment) -> impl IntoView + use<> {
    let (name, long, left) = (cycle.name.clone(), cycle.closes.long(), cycle.closes.countdown(now).to_lowercase());
    let id = cycle.id.to_string();
    let last = previous.then(|| {
        view! { <button class="button" type="submit" name="from" value="last">"Start from the last application"</button> }
    });
    let class = if previous { "button quiet" } else { "button" };
    view! {
        <section class="panel" aria-label=format!("Apply in the cycle {name}")>
            <h2>{format!("Apply in the cycle {name}")}</h2>
            <p>{format!("The call is open until {long}, {left}.")}</p>
            {previous.then(|| view! { <p class="soft">"Starting from the last application copies its answers and the evidence that is still valid. Each answer says whether you have changed it."</p> })}
            <form method="post" action="/applications" class="row">
                <input type="hidden" name="centre" value=centre.to_string()/>
                <input type="hidden" name="cycle" value=id/>
                {last}
                <button class=class type="submit" name="from" value="empty">"Start with an empty application"</button>
            </form>
        </section>
    }
}
