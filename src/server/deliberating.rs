//! What a panel has on its table: the levels and texts of its reviews, under letters. Loads nothing that names anybody.

use super::problem::Problem;
use crate::{
    domain::{
        consensus::{Open, Wording, open_at},
        criteria::COUNT,
        cycle::Rules,
        id::{ApplicationId, SeatId},
        level::Level,
        review::letter,
    },
    store::{
        Tx,
        deliberation::Consensus,
        panel::{Seat, SeatState},
        review::StoredMark,
    },
};

/// The letters of a panel: its accepted seats in the order of their places.
pub fn letters(seats: &[Seat]) -> Vec<(SeatId, String)> {
    let accepted = seats.iter().filter(|s| s.state == SeatState::Accepted);
    accepted.enumerate().map(|(place, seat)| (seat.id, letter(place))).collect()
}

/// Why a deliberation cannot begin yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotYet {
    /// So many have accepted, and so many are needed.
    TooFew(usize, usize),
    /// So many reviews are not in.
    NotIn(usize),
}

impl NotYet {
    /// In a sentence.
    pub fn message(self) -> String {
        match self {
            Self::TooFew(have, need) => {
                format!("{need} reviewers are needed, and {have} accepted so far. Ask one more on the panel page.")
            }
            Self::NotIn(1) => "1 review is not in yet.".to_owned(),
            Self::NotIn(n) => format!("{n} reviews are not in yet."),
        }
    }
}

/// Whether a deliberation can begin: every accepted seat has handed in, and there are enough of them.
pub fn ready(seats: &[Seat], rules: &Rules) -> Result<(), NotYet> {
    let accepted: Vec<&Seat> = seats.iter().filter(|s| s.state == SeatState::Accepted).collect();
    let missing = accepted.iter().filter(|s| s.submitted.is_none()).count();
    match (accepted.len(), usize::from(rules.reviewers)) {
        (have, need) if have < need => Err(NotYet::TooFew(have, need)),
        _ if missing != 0 => Err(NotYet::NotIn(missing)),
        _ => Ok(()),
    }
}

/// What one reviewer says about one criterion, as the others read it: neither how sure they are nor the note to the chair.
#[derive(Clone, Debug)]
pub struct Said {
    /// "A".
    pub letter: String,
    /// Whether it is the reader's own.
    pub mine: bool,
    /// The level marked alone, and the one that counts now.
    pub levels: Option<(Level, Level)>,
    /// Why the second differs from the first.
    pub why: String,
    /// The texts.
    pub wording: Wording,
}

/// One criterion on the table.
#[derive(Clone, Debug)]
pub struct Line {
    /// Which criterion.
    pub criterion: u8,
    /// What each seat says, in the order of the letters. Of a reader who has not marked here, only their own.
    pub said: Vec<Said>,
    /// Whether the first levels disagree.
    pub apart: bool,
    /// Whether the levels that count now do.
    pub still_apart: bool,
    /// Whether the others' words are kept back until the reader has marked.
    pub waits: bool,
    /// What the panel has agreed on.
    pub consensus: Option<Consensus>,
    /// What is open here.
    pub open: Option<Open>,
}

impl Line {
    /// What is agreed on, or a first wording from what the reviewers say.
    pub fn wording(&self) -> Wording {
        match &self.consensus {
            Some(consensus) => consensus.wording(),
            None => self.gathered(),
        }
    }

    /// A first wording from what the reviewers say.
    pub fn gathered(&self) -> Wording {
        let said: Vec<Wording> =
            self.said.iter().map(|s| Wording { level: s.levels.map(|(_, now)| now), ..s.wording.clone() }).collect();
        Wording::gathered(said.iter())
    }
}

/// The whole table of a panel.
#[derive(Clone, Debug)]
pub struct Table {
    /// Letter of each seat.
    pub letters: Vec<(SeatId, String)>,
    /// By criterion, 1 to 13.
    pub lines: Vec<Line>,
}

impl Table {
    /// Loads it, for somebody who sits there, or for the working group (`mine` is none then).
    pub async fn load(
        tx: &mut Tx,
        application: ApplicationId,
        rules: &Rules,
        mine: Option<SeatId>,
    ) -> Result<Self, Problem> {
        let letters = letters(&tx.seats_of(application).await?);
        let mut marks = Vec::new();
        for (seat, letter) in &letters {
            marks.push((*seat, letter.clone(), tx.marks_of(*seat).await?));
        }
        let consensus = tx.consensus_of(application).await?;
        let lines = (1..=COUNT).map(|criterion| {
            let agreed = consensus.iter().find(|c| c.criterion == criterion).cloned();
            line(criterion, &marks, agreed, rules, mine)
        });
        Ok(Self { lines: lines.collect(), letters })
    }

    /// The letter of a seat.
    pub fn letter(&self, seat: SeatId) -> Option<&str> {
        self.letters.iter().find(|(id, _)| *id == seat).map(|(_, letter)| letter.as_str())
    }

    /// What is open before a decision can be proposed.
    pub fn open(&self) -> Vec<Open> {
        self.lines.iter().filter_map(|line| line.open).collect()
    }
}

fn line(
    criterion: u8,
    marks: &[(SeatId, String, Vec<StoredMark>)],
    consensus: Option<Consensus>,
    rules: &Rules,
    mine: Option<SeatId>,
) -> Line {
    let mut said = Vec::new();
    for (seat, letter, marks) in marks {
        let mark = marks.iter().find(|m| m.criterion == criterion);
        said.push(Said {
            letter: letter.clone(),
            mine: Some(*seat) == mine,
            levels: mark.and_then(|m| Some((m.mark.level?, m.counts()?))),
            why: mark.map(|m| m.revised_why.clone()).unwrap_or_default(),
            wording: mark.map_or_else(Wording::default, |m| Wording {
                level: m.mark.level,
                strengths: m.mark.strengths.clone(),
                gap: m.mark.gap.clone(),
                satisfy: m.mark.satisfy.clone(),
            }),
        });
    }
    let first: Vec<Level> = said.iter().filter_map(|s| s.levels.map(|(first, _)| first)).collect();
    let now: Vec<Level> = said.iter().filter_map(|s| s.levels.map(|(_, now)| now)).collect();
    let wording = consensus.as_ref().map(Consensus::wording).unwrap_or_default();
    // Whoever came later marks alone first.
    let waits = mine.is_some() && !said.iter().any(|s| s.mine && s.levels.is_some());
    if waits {
        said.retain(|s| s.mine);
        let open = Some(Open::NoLevel(criterion));
        return Line { criterion, apart: false, still_apart: false, open, waits, said, consensus: None };
    }
    Line {
        criterion,
        apart: rules.differ(&first),
        still_apart: rules.differ(&now),
        open: open_at(rules, criterion, &now, &wording),
        waits,
        said,
        consensus,
    }
}
