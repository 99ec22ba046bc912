//! The decision on one application: what the panel agreed on, what the rules suggest, one person's proposal and another's
//! confirmation.

mod view;

use crate::{
    domain::{
        access::Action,
        decision::{Proposal, letter_to_begin_from, letter_to_mend, levels_key, suggest},
        id::SeatId,
        level::Level,
        outcome::Outcome,
        stage::{Stage, StageName},
        text::unify_lines,
        two_people::Same,
    },
    server::{form::Form, gate, presiding::Presiding, problem::Problem, render::Frame, render::Page},
    store::{
        Tx,
        cycle::Plan,
        decision::{Decision, Past},
        deliberation::Consensus,
        event::What,
        panel::{Seat, SeatState},
        snapshot,
    },
};
use axum::{
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use std::collections::BTreeMap;

/// Everything the page shows.
struct Data {
    decision: Option<Decision>,
    consensus: BTreeMap<u8, Consensus>,
    /// What the centre said of itself.
    own: BTreeMap<u8, Level>,
    /// The panel in the order of its letters.
    seats: Vec<Seat>,
    /// What they wrote for the chair alone, by seat and criterion; empty for everybody else.
    notes: Vec<(SeatId, u8, String)>,
    plan: Plan,
    findings: Vec<gate::Finding>,
    history: Vec<Past>,
    /// Why this person cannot be the second one.
    same: Option<Same>,
}

impl Data {
    async fn load(tx: &mut Tx, here: &Presiding) -> Result<Self, Problem> {
        let application = here.application();
        let decision = tx.decision(application.id).await?;
        let same = match &decision {
            Some(decision) => tx.same_person(decision.proposed_by, here.account()).await?,
            None => None,
        };
        let seats = tx.seats_of(application.id).await?;
        let mut notes = Vec::new();
        if here.is_chair() {
            for seat in &seats {
                let marks = tx.marks_of(seat.id).await?;
                let written = marks.into_iter().filter(|m| !m.mark.note.trim().is_empty());
                notes.extend(written.map(|m| (seat.id, m.criterion, m.mark.note)));
            }
        }
        Ok(Self {
            consensus: tx.consensus_of(application.id).await?.into_iter().map(|c| (c.criterion, c)).collect(),
            own: own_levels(tx, here).await?,
            notes,
            seats: seats.into_iter().filter(|s| s.state == SeatState::Accepted).collect(),
            plan: tx.plan_of_cycle(application.cycle.id).await?.ok_or(Problem::Unexpected)?,
            findings: gate::findings(tx, application.id, application.cycle.id).await?,
            history: tx.decision_history(application.id).await?,
            decision,
            same,
        })
    }

    /// The levels of all criteria; none while one is open.
    fn levels(&self, here: &Presiding) -> Result<Option<Vec<Level>>, Problem> {
        let edition = here.edition()?;
        Ok(edition.criteria.iter().map(|c| self.consensus.get(&c.number).and_then(|a| a.level)).collect())
    }

    /// The criteria without a level.
    fn missing(&self, here: &Presiding) -> Result<Vec<u8>, Problem> {
        let edition = here.edition()?;
        let open = |number: &u8| self.consensus.get(number).is_none_or(|a| a.level.is_none());
        Ok(edition.criteria.iter().map(|c| c.number).filter(open).collect())
    }
}

async fn own_levels(tx: &mut Tx, here: &Presiding) -> Result<BTreeMap<u8, Level>, Problem> {
    let application = here.application();
    let (Stage::UnderReview { digest, .. }
    | Stage::Deliberation { digest, .. }
    | Stage::Decided { digest, .. }
    | Stage::Released { digest, .. }) = &application.stage
    else {
        return Ok(BTreeMap::new());
    };
    let (content, _) = tx.snapshot(application.id, digest).await?.ok_or(Problem::Unexpected)?;
    let frozen = snapshot::read(&content)?;
    Ok(frozen.answers.into_iter().filter_map(|a| Some((a.criterion, a.content.level?))).collect())
}

/// What was typed, and what has to be mended.
#[derive(Clone, Default)]
struct Typed {
    proposal: Option<Proposal>,
    /// Why a proposal is sent back.
    why: String,
    errors: Vec<(&'static str, String)>,
}

/// The frame of a page about an application.
pub(super) fn frame_of(here: &Presiding) -> Frame {
    Frame {
        name: Some(here.name().shown().to_owned()),
        working_group: here.is_coordinator(),
        current: "Working group",
        ..Frame::default()
    }
}

fn opens(here: &Presiding) -> Result<(), Problem> {
    if here.may(Action::ReadResult) { Ok(()) } else { here.require(Action::Confirm) }
}

/// The page.
pub async fn show(here: Presiding) -> Result<Response, Problem> {
    opens(&here)?;
    let mut tx = here.portal().store.read().await?;
    let data = Data::load(&mut tx, &here).await?;
    drop(tx);
    respond(&here, data, Typed::default(), StatusCode::OK).await
}

async fn respond(here: &Presiding, data: Data, typed: Typed, status: StatusCode) -> Result<Response, Problem> {
    let edition = here.edition()?;
    let criteria = edition.criteria.iter().map(|c| (c.number, c.title.clone())).collect();
    let (levels, missing) = (data.levels(here)?, data.missing(here)?);
    let shown = here.clone();
    let page = Page::new("Decision", frame_of(here), move || {
        view::page(&shown, data, typed, &view::Panel { criteria, levels, missing })
    });
    Ok(here.desk().page_with(status, page).await)
}

fn version(form: &Form) -> i64 {
    form.get("version").parse().unwrap_or(-1)
}

fn done(here: &Presiding) -> Response {
    Redirect::to(&here.path("/decision")).into_response()
}

/// The chair proposes an outcome, or proposes anew.
pub async fn propose(here: Result<Presiding, Problem>, form: Form) -> Result<Response, Problem> {
    let here = here.map_err(|p| p.keeping(&form.0))?;
    opens(&here)?;
    propose_in(&here, &form).await.map_err(|p| p.keeping(&form.0))
}

async fn propose_in(here: &Presiding, form: &Form) -> Result<Response, Problem> {
    let mut tx = here.write(Action::Propose).await?;
    let data = Data::load(&mut tx, here).await?;
    let proposal = Proposal {
        outcome: Outcome::parse(form.get("outcome")),
        deviation: unify_lines(form.get("deviation")),
        letter: unify_lines(form.get("letter")),
    };
    let again = data
        .decision
        .as_ref()
        .is_some_and(|d| d.waits() && d.proposed_by == here.account() && d.proposal() == proposal);
    if again {
        // A second press of the button.
        return Ok(done(here));
    }
    let Some(levels) = data.levels(here)? else {
        drop(tx);
        let open: Vec<String> = data.missing(here)?.iter().map(u8::to_string).collect();
        let text = format!("The panel has not agreed on a level yet at criterion {}", open.join(", "));
        let typed = Typed { proposal: Some(proposal), errors: vec![("levels", text)], ..Typed::default() };
        return respond(here, data, typed, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    let suggested = suggest(&levels, &data.plan.rules.thresholds);
    let errors = proposal.to_mend(suggested);
    if !errors.is_empty() {
        drop(tx);
        let typed = Typed { proposal: Some(proposal), errors, ..Typed::default() };
        return respond(here, data, typed, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let application = here.application();
    let place = (application.id, application.cycle.id, version(form));
    tx.propose_decision(&here.stamp(), place, (suggested, &levels_key(&levels)), &proposal).await?;
    tx.commit().await?;
    Ok(done(here))
}

/// The second person confirms: the application is decided.
pub async fn confirm(here: Presiding, form: Form) -> Result<Response, Problem> {
    opens(&here)?;
    let mut tx = here.portal().store.read().await?;
    let before = tx.decision(here.application().id).await?;
    drop(tx);
    if before.is_some_and(|d| d.confirmed_by == Some(here.account())) {
        // A second press of the button.
        return Ok(done(&here));
    }
    here.require(Action::Confirm)?;
    here.desk().require_step_up().await?;
    let mut tx = here.write(Action::Confirm).await?;
    let data = Data::load(&mut tx, &here).await?;
    let decision = data.decision.clone().filter(|d| d.waits() && d.version == version(&form)).ok_or(Problem::Stale)?;
    let refusal = if let Some(same) = data.same {
        Some(format!("Another person has to confirm this: {}", same.reason()))
    } else if data.levels(&here)?.is_none_or(|levels| levels_key(&levels) != decision.levels) {
        Some("The panel has changed a level since this was proposed. Send it back, so that it is proposed on the levels of today".to_owned())
    } else {
        None
    };
    if let Some(text) = refusal {
        drop(tx);
        let typed = Typed { errors: vec![("confirm", text)], ..Typed::default() };
        return respond(&here, data, typed, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let (stamp, application) = (here.stamp(), here.application());
    let stage = application.stage.clone().decide(decision.outcome, here.now()).map_err(|_| Problem::Stale)?;
    tx.confirm_decision(&stamp, application.id, &decision).await?;
    tx.set_stage(&stamp, application.id, application.version, &stage, What::StageChanged).await?;
    tx.commit().await?;
    Ok(done(&here))
}

/// The second person sends a proposal back, with a reason.
pub async fn send_back(here: Result<Presiding, Problem>, form: Form) -> Result<Response, Problem> {
    let here = here.map_err(|p| p.keeping(&form.0))?;
    opens(&here)?;
    send_back_in(&here, &form).await.map_err(|p| p.keeping(&form.0))
}

async fn send_back_in(here: &Presiding, form: &Form) -> Result<Response, Problem> {
    let why = unify_lines(form.get("why")).trim().to_owned();
    let mut tx = here.write(Action::Confirm).await?;
    let data = Data::load(&mut tx, here).await?;
    if data.decision.as_ref().is_some_and(|d| d.confirmed.is_none() && !why.is_empty() && d.sent_back == why) {
        // A second press of the button.
        return Ok(done(here));
    }
    let decision = data.decision.clone().filter(|d| d.waits() && d.version == version(form)).ok_or(Problem::Stale)?;
    if why.is_empty() {
        drop(tx);
        let errors = vec![("why", "Say what has to change, so that it can be proposed again".to_owned())];
        let typed = Typed { why, errors, ..Typed::default() };
        return respond(here, data, typed, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    tx.send_back_decision(&here.stamp(), here.application().id, &decision, &why).await?;
    tx.commit().await?;
    Ok(done(here))
}

/// Mends the letter of a decision that is confirmed and not released.
pub async fn mend(here: Result<Presiding, Problem>, form: Form) -> Result<Response, Problem> {
    let here = here.map_err(|p| p.keeping(&form.0))?;
    opens(&here)?;
    mend_in(&here, &form).await.map_err(|p| p.keeping(&form.0))
}

async fn mend_in(here: &Presiding, form: &Form) -> Result<Response, Problem> {
    let letter = unify_lines(form.get("letter"));
    let mut tx = here.write(Action::Release).await?;
    let data = Data::load(&mut tx, here).await?;
    let decision = data.decision.clone().ok_or(Problem::Stale)?;
    if decision.letter == letter {
        return Ok(done(here));
    }
    if decision.version != version(form) {
        return Err(Problem::Stale);
    }
    if let Some(text) = letter_to_mend(&letter) {
        drop(tx);
        let proposal = Some(Proposal { letter, ..decision.proposal() });
        let typed = Typed { proposal, errors: vec![("letter", text)], ..Typed::default() };
        return respond(here, data, typed, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    tx.mend_letter(&here.stamp(), here.application().id, &decision, &letter).await?;
    tx.commit().await?;
    Ok(done(here))
}

/// What the form begins with.
fn begin(here: &Presiding, data: &Data, typed: &Typed) -> Proposal {
    typed.proposal.clone().or_else(|| data.decision.as_ref().map(Decision::proposal)).unwrap_or_else(|| Proposal {
        letter: letter_to_begin_from(&here.application().cycle.name),
        ..Proposal::default()
    })
}

/// Whether the form to propose is shown.
fn proposes(here: &Presiding, data: &Data) -> bool {
    here.may(Action::Propose) && data.decision.as_ref().is_none_or(|d| d.confirmed.is_none())
}

/// Whether the letter can still be mended.
fn mends(here: &Presiding) -> bool {
    here.application().stage.name() == StageName::Decided && here.may(Action::Release)
}
