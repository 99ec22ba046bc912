//! What one application of the demo says: chosen first, written afterwards.

use super::{
    answers::{Bank, WrittenEvidence},
    dice::Dice,
    papers::{Paper, Topic},
    shift::{self, Shift},
};
use crate::domain::{answer::Content, criteria::Criterion, date, evidence::Kind, level::Level};
use jiff::{ToSpan, civil::Date};
use std::collections::BTreeMap;

/// The level of each criterion, 1 to 13.
pub type Levels = [u8; 13];

/// The most pieces of evidence for one criterion.
const PIECES: usize = 2;

/// How many months before it is handed in something may lie that shows use.
const RECENT: i32 = 18;

/// The answers of an application and what supports them.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// By criterion.
    pub answers: BTreeMap<u8, Content>,
    /// In the order of the criteria.
    pub pieces: Vec<Piece>,
}

/// A piece of evidence that will be added.
#[derive(Clone, Debug)]
pub struct Piece {
    /// What the centre calls it.
    pub title: String,
    /// What it shows.
    pub kind: Kind,
    /// From when it holds, or until when it counts.
    pub effective: String,
    /// When it ends; empty when it does not.
    pub expiry: String,
    /// Where it can be read.
    pub paper: Paper,
    /// Criteria it is used for.
    pub uses: Vec<u8>,
}

/// Chooses the answers of one application.
#[derive(Clone, Copy, Debug)]
pub struct Composer<'a> {
    /// What can be chosen.
    pub bank: &'a Bank,
    /// Chooses.
    pub dice: &'a Dice,
    /// The edition that is answered.
    pub criteria: &'a [Criterion],
}

impl Composer<'_> {
    /// Answers at these levels, as they can be handed in on this day.
    pub fn sheet(self, levels: &Levels, day: Date) -> anyhow::Result<Sheet> {
        let mut sheet = Sheet { answers: BTreeMap::new(), pieces: Vec::new() };
        for (criterion, level) in self.criteria.iter().zip(levels) {
            let level = Level::try_from(*level).map_err(anyhow::Error::msg)?;
            let written = self.bank.pick(self.dice, criterion.number, level)?;
            sheet.answers.insert(criterion.number, moved(written.content(), Shift::to(day)));
            for evidence in chosen(&written.evidence) {
                sheet.pieces.push(self.piece(criterion, evidence, day)?);
            }
        }
        // Minutes, figures and policies often serve two criteria.
        if let Some(piece) = sheet.pieces.iter_mut().find(|p| p.kind.shows_use()) {
            piece.uses.push(piece.uses[0] + 1);
        }
        Ok(sheet)
    }

    /// A piece of evidence for a criterion.
    pub fn piece(self, criterion: &Criterion, written: &WrittenEvidence, day: Date) -> anyhow::Result<Piece> {
        let shift = Shift::to(day);
        let title = shift.text(&written.title);
        let usual = match written.kind {
            Kind::Data => shift.last_month()?.last_of_month(),
            Kind::Policy | Kind::ProofOfUse | Kind::Agreement | Kind::Other => {
                day.checked_sub(i64::from(self.dice.between(60, 330)).days())?
            }
        };
        let effective = as_titled(&title, written.kind, usual, day);
        let ends = matches!(written.kind, Kind::Policy | Kind::Agreement);
        let expiry = if ends {
            day.checked_add(i64::from(self.dice.between(24, 35)).months())?.last_of_month().to_string()
        } else {
            String::new()
        };
        let topic = Topic { title: &title, kind: written.kind, criterion: &criterion.title, day: effective };
        // The last criterion shows its policy as a page.
        let linked = criterion.number == 13 && written.kind == Kind::Policy;
        let paper = if linked { Paper::link(&title) } else { Paper::about(self.dice, topic)? };
        Ok(Piece {
            kind: written.kind,
            effective: effective.to_string(),
            expiry,
            paper,
            uses: vec![criterion.number],
            title,
        })
    }
}

/// Use first, then what else there is.
fn chosen(evidence: &[WrittenEvidence]) -> Vec<&WrittenEvidence> {
    let mut list: Vec<&WrittenEvidence> = evidence.iter().collect();
    list.sort_by_key(|e| !e.kind.shows_use());
    if let Some(other) = list.iter().skip(1).position(|e| !e.kind.shows_use()) {
        list.swap(1, other + 1);
    }
    list.truncate(PIECES);
    list
}

/// The day that a title suggests by its month, or by an earlier year; the usual one when that lies too late, or too long
/// ago for what shows use.
fn as_titled(title: &str, kind: Kind, usual: Date, day: Date) -> Date {
    let year_alone = || {
        let year = shift::last_year(title).filter(|year| *year < usual.year())?;
        Date::new(year, if kind.shows_use() { 12 } else { usual.month() }, usual.day().min(28)).ok()
    };
    let suggested = shift::last_named_month(title).map(Date::last_of_month).or_else(year_alone);
    let fits = |suggested: &Date| {
        let months = date::months_between(*suggested, day);
        1 < months && (!kind.shows_use() || months <= RECENT)
    };
    suggested.filter(fits).unwrap_or(usual)
}

/// An answer, told as of another day.
fn moved(mut content: Content, shift: Shift) -> Content {
    content.narrative = shift.text(&content.narrative);
    for typed in content.indicators.values_mut() {
        typed.from = shift.month(&typed.from);
        typed.to = shift.month(&typed.to);
    }
    content
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{catalogue::Catalogue, store::Chance};

    #[test]
    fn figures_end_two_to_six_months_before_the_day_and_evidence_lies_before_it() {
        let (bank, catalogue) = (Bank::load().expect("answers"), Catalogue::load().expect("criteria"));
        for seed in 0..20 {
            let dice = Dice::new(Chance::seeded(seed));
            let composer = Composer { bank: &bank, dice: &dice, criteria: &catalogue.newest().criteria };
            let day = jiff::civil::date(2027, 3, 5)
                .checked_add(i64::try_from(seed * 37).expect("small").days())
                .expect("a day");
            let sheet = composer.sheet(&[3, 2, 4, 3, 1, 3, 3, 4, 3, 2, 3, 3, 4], day).expect("a sheet");
            assert_eq!(sheet.answers.len(), 13);
            for typed in sheet.answers.values().flat_map(|a| a.indicators.values()).filter(|t| !t.to.is_empty()) {
                let months = date::months_between(date::read_month(&typed.to, 1).expect("a month"), day);
                assert!((2..=6).contains(&months), "{typed:?} before {day}");
            }
            for piece in &sheet.pieces {
                let effective = date::read_day(&piece.effective).expect("a day");
                assert!(effective < day, "{} {effective}", piece.title);
                assert!(
                    !piece.kind.shows_use() || date::months_between(effective, day) <= RECENT,
                    "{} {effective}",
                    piece.title
                );
            }
        }
    }
}
