//! The panel of one application: seats, conflicts and what may be one, and asking by hand.

mod view;

use super::{assignment::ask as ask_one, case_frame};
use crate::{
    domain::{
        access::Action,
        conflict::{Candidate, Kind},
        id::{AccountId, ConflictId, SeatId},
        text::one_line,
    },
    server::{assigning::candidates, form::Form, presiding::Presiding, problem::Problem, render::Page},
    store::{
        Tx,
        assignment::{Load, Reviewer, facts},
        conflict::{Conflict, Source},
        panel::{SeatState, Sitting},
    },
};
use axum::{
    extract::{Path, Query},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use std::collections::{BTreeMap, HashMap};

/// The most characters of a reason.
const LONGEST: usize = 1_000;

/// What was typed into a form of the page, and what has to be mended.
#[derive(Clone, Default)]
pub(super) struct Typed {
    reviewer: String,
    why: String,
    person: String,
    kind: String,
    reason: String,
    errors: Vec<(&'static str, String)>,
}

/// Everything that the page looks at.
pub(super) struct Panel {
    sitting: Vec<Sitting>,
    declined: BTreeMap<SeatId, String>,
    reviewers: Vec<Reviewer>,
    loads: BTreeMap<AccountId, Load>,
    conflicts: Vec<Conflict>,
    candidates: Vec<(AccountId, Candidate)>,
    /// Who else may be named in a conflict: colleagues of the working group.
    colleagues: Vec<(AccountId, String)>,
    alias: Option<String>,
}

impl Panel {
    async fn load(at: &Presiding, tx: &mut Tx) -> Result<Self, Problem> {
        let application = at.application();
        let (id, cycle) = (application.id, application.cycle.id);
        let plan = tx.plan_of_cycle(cycle).await?.ok_or(Problem::Unexpected)?;
        let people = tx.people_within(cycle, (id, id)).await?.remove(&id).unwrap_or_default();
        let dismissed = tx.dismissed_within(cycle, (id, id)).await?;
        let reviewers = tx.reviewers_of(cycle).await?;
        let conflicts = tx.conflicts_of(id).await?;
        let mut found = Vec::new();
        for one in reviewers.iter().filter(|one| !conflicts.iter().any(|c| c.account == one.account)) {
            let gone = |facts: &str| dismissed.contains(&(id, one.account, facts.to_owned()));
            let all = candidates(one, &application.identity, &people, plan.rules.country_conflict, gone);
            found.extend(all.into_iter().map(|candidate| (one.account, candidate)));
        }
        let colleagues = tx.colleagues_at(id).await?.into_iter();
        Ok(Self {
            sitting: tx.panel_of(id).await?,
            declined: tx.declined_at(id).await?,
            loads: tx.loads(cycle, at.account()).await?,
            colleagues: colleagues.map(|(id, name)| (id, name.shown().to_owned())).collect(),
            alias: tx.blind_copy(id).await?.map(|blind| blind.alias),
            candidates: found,
            reviewers,
            conflicts,
        })
    }

    fn name(&self, account: AccountId) -> &str {
        self.reviewers.iter().find(|r| r.account == account).map_or("Somebody", |r| r.name.shown())
    }

    /// Who can be asked: nothing speaks against them as far as the portal knows.
    fn open(&self) -> impl Iterator<Item = &Reviewer> {
        self.reviewers.iter().filter(|one| {
            let account = one.account;
            !self.sitting.iter().any(|s| s.account == account)
                && !self.conflicts.iter().any(|c| c.account == account)
                && !self.candidates.iter().any(|(other, _)| *other == account)
        })
    }
}

/// The page.
pub async fn show(at: Presiding, Query(query): Query<HashMap<String, String>>) -> Result<Response, Problem> {
    let done = match query.get("done").map(String::as_str) {
        Some("asked") => Some("The reviewer is asked. The letter leaves at the next full hour"),
        Some("removed") => Some("The seat has ended"),
        Some("leads") => Some("The lead is chosen"),
        Some("conflict") => Some("The conflict is recorded"),
        Some("ended") => Some("The conflict has ended"),
        Some("dismissed") => Some("It counts as no conflict"),
        _ => None,
    };
    respond(&at, Typed::default(), done, StatusCode::OK).await
}

async fn respond(
    at: &Presiding,
    typed: Typed,
    done: Option<&'static str>,
    status: StatusCode,
) -> Result<Response, Problem> {
    at.require(Action::Read)?;
    let mut tx = at.portal().store.read().await?;
    let panel = Panel::load(at, &mut tx).await?;
    drop(tx);
    let frame = case_frame(at);
    let here = at.clone();
    let page = Page::new("Panel", frame, move || view::page(&here, &panel, &typed, done));
    Ok(at.desk().page_with(status, page).await)
}

fn back(at: &Presiding, done: &str) -> Response {
    Redirect::to(&at.path(&format!("/panel?done={done}"))).into_response()
}

async fn refuse(
    at: &Presiding,
    tx: Tx,
    mut typed: Typed,
    field: &'static str,
    text: &str,
) -> Result<Response, Problem> {
    drop(tx);
    typed.errors.push((field, text.to_owned()));
    respond(at, typed, None, StatusCode::UNPROCESSABLE_ENTITY).await
}

/// Asks one reviewer.
pub async fn ask(at: Presiding, form: Form) -> Result<Response, Problem> {
    let mut tx = at.write(Action::Assign).await?;
    let typed = Typed { reviewer: form.get("reviewer").to_owned(), why: one_line(form.get("why")), ..Typed::default() };
    if LONGEST < typed.why.chars().count() {
        return refuse(&at, tx, typed, "why", &format!("Say why in at most {LONGEST} characters")).await;
    }
    let panel = Panel::load(&at, &mut tx).await?;
    let account = AccountId::parse(&typed.reviewer).filter(|id| panel.reviewers.iter().any(|r| r.account == *id));
    let Some(account) = account else {
        return refuse(&at, tx, typed, "reviewer", "Choose a reviewer").await;
    };
    if panel.candidates.iter().any(|(other, _)| *other == account) {
        let text = "They may have a conflict. Say below whether it is one";
        return refuse(&at, tx, typed, "reviewer", text).await;
    }
    let (stamp, application) = (at.stamp(), at.application());
    let why = if typed.why.is_empty() { "Asked by hand" } else { &typed.why };
    let pair = (application.id, account, why);
    if let Some(text) = ask_one(&mut tx, (&stamp, at.desk()), at.account(), application.cycle.id, pair).await? {
        return refuse(&at, tx, typed, "reviewer", text).await;
    }
    tx.commit().await?;
    Ok(back(&at, "asked"))
}

fn seat_in(panel: &[Sitting], path: &HashMap<String, String>) -> Result<SeatId, Problem> {
    let id = path.get("seat").and_then(|id| SeatId::parse(id)).ok_or(Problem::NotFound)?;
    panel.iter().find(|s| s.seat.id == id).map(|s| s.seat.id).ok_or(Problem::NotFound)
}

/// Ends a seat. What was marked stays in the record of the panel.
pub async fn remove(at: Presiding, Path(path): Path<HashMap<String, String>>) -> Result<Response, Problem> {
    let mut tx = at.write(Action::Assign).await?;
    let seat = seat_in(&tx.panel_of(at.application().id).await?, &path)?;
    tx.remove_seat(&at.stamp(), seat).await?;
    tx.commit().await?;
    Ok(back(&at, "removed"))
}

/// Chooses who compiles the feedback. To choose the same one again changes nothing.
pub async fn lead(at: Presiding, Path(path): Path<HashMap<String, String>>) -> Result<Response, Problem> {
    let mut tx = at.write(Action::Assign).await?;
    let panel = tx.panel_of(at.application().id).await?;
    let seat = seat_in(&panel, &path)?;
    let leads = panel.iter().any(|s| s.seat.id == seat && s.seat.leads && s.seat.state == SeatState::Accepted);
    if !leads {
        tx.set_lead(&at.stamp(), at.application().id, seat).await?;
        tx.commit().await?;
    }
    Ok(back(&at, "leads"))
}

/// Confirms or dismisses what may be a conflict.
pub async fn settle(at: Presiding, form: Form) -> Result<Response, Problem> {
    let mut tx = at.write(Action::Assign).await?;
    let panel = Panel::load(&at, &mut tx).await?;
    let account = AccountId::parse(form.get("reviewer"));
    let wanted = form.get("facts");
    // It has to be what was shown: a profile may have changed since.
    let found = panel.candidates.iter().find(|(id, c)| Some(*id) == account && facts(&c.reason) == wanted);
    let (account, candidate) = found.ok_or(Problem::Stale)?;
    let (stamp, id) = (at.stamp(), at.application().id);
    let done = if form.get("do") == "dismiss" {
        tx.dismiss_candidate(&stamp, id, *account, &candidate.reason).await?;
        "dismissed"
    } else {
        tx.add_conflict(&stamp, id, *account, candidate.kind, Source::Computed, &candidate.reason).await?;
        "conflict"
    };
    tx.commit().await?;
    Ok(back(&at, done))
}

/// Records a conflict of a reviewer or a colleague; their sight of the application ends with it.
pub async fn record(at: Presiding, form: Form) -> Result<Response, Problem> {
    let mut tx = at.write(Action::Read).await?;
    let typed = Typed {
        person: form.get("person").to_owned(),
        kind: form.get("kind").to_owned(),
        reason: form.get("reason").trim().to_owned(),
        ..Typed::default()
    };
    let panel = Panel::load(&at, &mut tx).await?;
    let known = |id: &AccountId| {
        panel.reviewers.iter().any(|r| r.account == *id) || panel.colleagues.iter().any(|(other, _)| other == id)
    };
    let Some(account) = AccountId::parse(&typed.person).filter(known) else {
        return refuse(&at, tx, typed, "person", "Choose whose conflict it is").await;
    };
    let Some(kind) = Kind::parse(&typed.kind) else {
        return refuse(&at, tx, typed, "kind", "Choose of what kind it is").await;
    };
    if LONGEST < typed.reason.chars().count() {
        return refuse(&at, tx, typed, "reason", &format!("Give the reason in at most {LONGEST} characters")).await;
    }
    if panel.conflicts.iter().any(|c| c.account == account) {
        return refuse(&at, tx, typed, "person", "A conflict is recorded for them already").await;
    }
    let (stamp, id) = (at.stamp(), at.application().id);
    if tx.coordinators_without_conflict(id).await? == [account] {
        let text =
            "Nobody else runs this cycle without a conflict here. Ask an administrator for a second coordinator first";
        return refuse(&at, tx, typed, "person", text).await;
    }
    tx.add_conflict(&stamp, id, account, kind, Source::Recorded, &typed.reason).await?;
    tx.commit().await?;
    if account == at.account() {
        // For them the application exists no longer.
        let cycle = at.application().cycle.id;
        return Ok(Redirect::to(&format!("/working-group/cycles/{cycle}/assignment")).into_response());
    }
    Ok(back(&at, "conflict"))
}

/// A conflict holds no longer.
pub async fn end(at: Presiding, Path(path): Path<HashMap<String, String>>) -> Result<Response, Problem> {
    let mut tx = at.write(Action::Assign).await?;
    let id = path.get("conflict").and_then(|id| ConflictId::parse(id)).ok_or(Problem::NotFound)?;
    let application = at.application().id;
    if !tx.conflicts_of(application).await?.iter().any(|c| c.id == id) {
        return Err(Problem::NotFound);
    }
    tx.end_conflict(&at.stamp(), application, id).await?;
    tx.commit().await?;
    Ok(back(&at, "ended"))
}
