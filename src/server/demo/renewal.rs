//! The renewal in progress: started from the application of three years ago, and nearly done.

use super::{
    cases::Case,
    handing_in,
    papers::{Paper, Topic},
    people::Staff,
    plot::Before,
    scribe::Scribe,
    sheet::{Composer, Levels, Piece, Sheet},
};
use crate::{
    domain::{
        answer::Content,
        calendar::day_in,
        date,
        evidence::Kind,
        id::ApplicationId,
        moment::Moment,
        signatory::{Capacity, Declaration},
    },
    store::centre::Cycle,
};
use jiff::civil::Date;

/// What the centre will answer. That of [`OPEN`] is not chosen yet.
const LEVELS: Levels = [4, 3, 3, 3, 4, 3, 3, 3, 3, 3, 3, 3, 4];

/// The criterion without a level.
const OPEN: u8 = 10;

/// The criterion whose answer still stands as it was three years ago, without new evidence of use.
const UNTOUCHED: u8 = 4;

/// Criteria that were written in two sittings.
const TWICE: [u8; 3] = [1, 5, 12];

/// The criterion of which two people have saved different texts.
const DISPUTED: u8 = 7;

/// What colleagues say to each other: where, days before now, whether the lead says it, whether it asks for a change,
/// and whether that was done.
const NOTES: [(u8, i64, bool, bool, bool, &str); 5] = [
    (9, -24, true, true, true, "Please name the months that the figures cover."),
    (
        2,
        -19,
        false,
        false,
        false,
        "The figures come from the yearly report; the quality office keeps the table behind them.",
    ),
    (
        12,
        -15,
        false,
        false,
        false,
        "I have asked for the newest list of studies. Until then the text is right as it stands.",
    ),
    (5, -8, true, true, false, "Please say in one sentence who does this at weekends."),
    (
        11,
        -3,
        false,
        false,
        false,
        "Still the text of three years ago. The new figures will be here by the end of the week.",
    ),
];

/// Writes it, as it stands now.
pub async fn write(
    scribe: &mut Scribe<'_>,
    composer: Composer<'_>,
    cycle: &Cycle,
    staff: &Staff,
    before: &Before,
) -> anyhow::Result<()> {
    let today = day_in(scribe.now(), &cycle.closes.zone);
    let sheet = sheet(composer, today, scribe.now(), cycle)?;
    let case = Case { cycle, staff, sheet: &sheet, previous: Some((before.id, &before.sheet)) };
    let at = scribe.day(scribe.now(), -55);
    let id = case.start(scribe, at).await?;
    for criterion in composer.criteria.iter().map(|c| c.number) {
        let stamp = scribe.stamp(at.plus_days(1).plus_minutes(criterion.into()), Some(staff.lead));
        scribe.tx.set_owner(&stamp, id, criterion, Some(staff.owner(criterion))).await?;
    }
    answers(scribe, staff, id, &sheet).await?;
    evidence(scribe, composer, staff, id, &sheet).await?;
    dispute(scribe, staff, id).await?;
    notes(scribe, staff, id).await?;
    confirmations(scribe, staff, id).await
}

/// The answers that were written anew, and the evidence that there is.
fn sheet(composer: Composer<'_>, today: Date, now: Moment, cycle: &Cycle) -> anyhow::Result<Sheet> {
    let mut sheet = composer.sheet(&LEVELS, today)?;
    sheet.answers.retain(|criterion, _| *criterion != UNTOUCHED);
    if let Some(content) = sheet.answers.get_mut(&OPEN) {
        *content = Content { narrative: first_paragraph(&content.narrative).to_owned(), ..Content::default() };
    }
    sheet.pieces.retain(|p| !(p.uses.contains(&UNTOUCHED) && p.kind.shows_use()));
    if let Some(policy) = sheet.pieces.iter_mut().find(|p| p.kind == Kind::Policy) {
        let soon = now.plus_days((cycle.decision.millis() - now.millis()) / (1000 * 60 * 60 * 24) / 2);
        policy.expiry = day_in(soon, &cycle.closes.zone).to_string();
    }
    let title = "Ideas for a visit of the reviewers";
    let topic = Topic { title, kind: Kind::Other, criterion: "Not decided", day: today };
    sheet.pieces.push(Piece {
        title: title.into(),
        kind: Kind::Other,
        effective: String::new(),
        expiry: String::new(),
        paper: Paper::about(composer.dice, topic)?,
        uses: Vec::new(),
    });
    Ok(sheet)
}

async fn answers(scribe: &mut Scribe<'_>, staff: &Staff, id: ApplicationId, sheet: &Sheet) -> anyhow::Result<()> {
    for (criterion, content) in &sheet.answers {
        let (author, days) = (staff.owner(*criterion), -48 + 3 * i64::from(*criterion));
        if TWICE.contains(criterion) {
            let begun = Content { narrative: first_paragraph(&content.narrative).to_owned(), ..content.clone() };
            let at = scribe.day(scribe.now(), days - 2);
            scribe.answer(at, author, id, *criterion, &begun).await?;
        }
        let at = scribe.day(scribe.now(), days);
        scribe.answer(at, author, id, *criterion, content).await?;
    }
    Ok(())
}

/// Adds the evidence; one file is replaced by a newer one later.
async fn evidence(
    scribe: &mut Scribe<'_>,
    composer: Composer<'_>,
    staff: &Staff,
    id: ApplicationId,
    sheet: &Sheet,
) -> anyhow::Result<()> {
    scribe.store(staff.centre, &sheet.pieces).await?;
    for piece in &sheet.pieces {
        let criterion = piece.uses.first().copied().unwrap_or(13);
        let stamp =
            scribe.stamp(scribe.day(scribe.now(), -47 + 3 * i64::from(criterion)), Some(staff.owner(criterion)));
        scribe.evidence(&stamp, staff.centre, id, piece).await?;
    }
    let Some(old) = sheet.pieces.iter().find(|p| p.uses == [3] && matches!(p.paper, Paper::File { .. })) else {
        return Ok(());
    };
    let Some(stored) = scribe.tx.evidence(id).await?.into_iter().find(|p| p.evidence.title == old.title) else {
        return Ok(());
    };
    let title = format!("{}, second version", old.title);
    let day = date::read_day(&old.effective).unwrap_or_default();
    let paper =
        Paper::about(composer.dice, Topic { title: &title, kind: old.kind, criterion: "Physical symptoms", day })?;
    let newer = Piece { paper, ..old.clone() };
    scribe.store(staff.centre, std::slice::from_ref(&newer)).await?;
    let stamp = scribe.stamp(scribe.day(scribe.now(), -6), Some(staff.owner(3)));
    let source = scribe.source(&stamp, staff.centre, &newer).await?;
    Ok(scribe.tx.replace_evidence(&stamp, id, &stored, &source).await?)
}

/// A contributor saves from a page that was opened before the owner saved.
async fn dispute(scribe: &mut Scribe<'_>, staff: &Staff, id: ApplicationId) -> anyhow::Result<()> {
    let (Some(opened), Some(colleague)) = (scribe.tx.answer(id, DISPUTED).await?, staff.contributors.last()) else {
        return Ok(());
    };
    let with = |sentence: &str| {
        let content = opened.content.clone();
        Content { narrative: format!("{}\n\n{sentence}", content.narrative), ..content }
    };
    let at = scribe.day(scribe.now(), -4);
    scribe
        .answer(
            at,
            staff.owner(DISPUTED),
            id,
            DISPUTED,
            &with("We count again every six months and tell both departments."),
        )
        .await?;
    let current = scribe.tx.answer(id, DISPUTED).await?;
    let stamp = scribe.stamp(at.plus_minutes(38), Some(*colleague));
    let text = with("The figures are counted once a year, in spring, and discussed with the nurses of both wards.");
    scribe
        .tx
        .save_answer(
            &stamp,
            id,
            DISPUTED,
            &crate::store::answer::Base { version: opened.version, page: None },
            &text,
            current.as_ref(),
        )
        .await?;
    Ok(())
}

async fn notes(scribe: &mut Scribe<'_>, staff: &Staff, id: ApplicationId) -> anyhow::Result<()> {
    for (criterion, days, by_lead, request, done, text) in NOTES {
        let at = scribe.day(scribe.now(), days);
        let author = if by_lead { staff.lead } else { staff.owner(criterion) };
        scribe.tx.add_note(&scribe.stamp(at, Some(author)), id, criterion, request, text).await?;
        if done {
            let note = scribe.tx.notes(id).await?.into_iter().find(|n| n.criterion == criterion && n.is_open_request());
            let stamp = scribe.stamp(at.plus_days(2), Some(staff.owner(criterion)));
            if let Some(note) = note {
                scribe.tx.close_note(&stamp, id, note.id).await?;
            }
        }
    }
    Ok(())
}

/// All three signatories are named, one has confirmed; one declaration is made.
async fn confirmations(scribe: &mut Scribe<'_>, staff: &Staff, id: ApplicationId) -> anyhow::Result<()> {
    let named = scribe.day(scribe.now(), -2);
    for (capacity, signer) in &staff.signatories {
        let stamp = scribe.stamp(named, Some(staff.lead));
        scribe.tx.name_signatory(&stamp, id, *capacity, &signer.name, &signer.email).await?;
    }
    let confirmed = scribe.stamp(scribe.day(scribe.now(), -1), None);
    scribe.tx.confirm(&confirmed, id, Capacity::CorrespondingPhysician).await?;
    let draft = handing_in::read(scribe, staff.lead, id).await?;
    let stamp = scribe.stamp(confirmed.now, Some(staff.lead));
    Ok(scribe.tx.declare(&stamp, &draft, &[Declaration::Membership]).await?)
}

fn first_paragraph(text: &str) -> &str {
    text.split("\n\n").next().unwrap_or_default()
}
