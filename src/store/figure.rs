//! The figures of a cycle: what its reviews add up to, and where panels disagree.
//!
//! A commit counts what its lines in the record have changed (`Tx::count_reviews`): each application is counted again
//! and only the difference is written, so that counting twice changes nothing. Rows are taken in one order, applications
//! before sums, so that two writers cannot wait for each other.

use super::{Error, Result, Tx, designation::renewing};
use crate::domain::{
    criteria::COUNT,
    cycle::Rules,
    figure::{Figure, Key, Kind, Sums},
    id::{AccountId, ApplicationId, CycleId},
    level::Level,
    moment::Moment,
    record::Line,
    stage::StageName,
};
use std::collections::{BTreeMap, BTreeSet};

/// What one viewer must not see: applications of their own centre, those they have a conflict with, and those on whose
/// panel they sit.
macro_rules! hidden {
    () => {
        "(SELECT k.application_id FROM conflict k WHERE k.account_id = $2 AND k.ended_at IS NULL \
        UNION SELECT o.id FROM membership m JOIN application o ON o.centre_id = m.centre_id WHERE m.account_id = $2 \
        UNION SELECT s.application_id FROM panel_identity p JOIN seat s ON s.id = p.seat_id WHERE p.account_id = $2 AND s.state <> 'removed')"
    };
}

statements! {
    /// The application of a subject, which is one itself or a seat at one.
    CONCERNED = "SELECT a.id, a.cycle_id, a.stage, c.rules FROM application a JOIN cycle c ON c.id = a.cycle_id \
        WHERE a.id = COALESCE((SELECT s.application_id FROM seat s WHERE s.id = $1), $1)";
    /// Takes what an application has added so far: until the commit nobody else counts it.
    TAKE = "INSERT INTO panel_figure (application_id, cycle_id, agreed, levels, gaps) VALUES ($1, $2, 99, '', '') \
        ON CONFLICT (application_id) DO UPDATE SET cycle_id = panel_figure.cycle_id RETURNING agreed, levels, gaps";
    /// What it adds now.
    SET = "UPDATE panel_figure SET agreed = $2, levels = $3, gaps = $4 WHERE application_id = $1";
    /// Every level of a panel, by the order of letters; names nobody.
    LEVELS = "SELECT s.id, s.submitted_at, k.criterion, k.level FROM seat s LEFT JOIN mark k ON k.seat_id = s.id \
        WHERE s.application_id = $1 AND s.state IN ('asked', 'accepted') ORDER BY s.place, s.id, k.criterion";
    /// What the panel agreed on.
    AGREED_ON = "SELECT criterion, level FROM consensus WHERE application_id = $1 ORDER BY criterion";
    /// The panel disagrees at a criterion.
    SPLIT = "INSERT INTO panel_split (cycle_id, criterion, application_id) VALUES ($1, $2, $3) ON CONFLICT (cycle_id, criterion, application_id) DO NOTHING";
    /// It does no longer.
    MEND = "DELETE FROM panel_split WHERE cycle_id = $1 AND criterion = $2 AND application_id = $3";
    /// Adds to a sum.
    ADD = "INSERT INTO level_tally (cycle_id, kind, criterion, one, other, number) VALUES ($1, $2, $3, $4, $5, $6) \
        ON CONFLICT (cycle_id, kind, criterion, one, other) DO UPDATE SET number = level_tally.number + excluded.number";
    /// Where the panel disagreed until now.
    SPLITS = "SELECT criterion FROM panel_split WHERE cycle_id = $1 AND criterion IN (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13) AND application_id = $2 \
        ORDER BY criterion";
    /// All applications of a cycle that were ever counted.
    OF_CYCLE = "SELECT application_id FROM panel_figure WHERE cycle_id = $1 ORDER BY application_id";
    /// The sums of a cycle.
    SUMS = "SELECT kind, criterion, one, other, number FROM level_tally WHERE cycle_id = $1 AND number <> 0";
    /// What a viewer must not see has added to them.
    // It is little, and looked up one by one: to go through the cycle instead would cost as much as the cycle has.
    HIDDEN = concat!("SELECT f.agreed, f.levels, f.gaps FROM ", hidden!(), " h CROSS JOIN panel_figure f \
        WHERE f.application_id = h.application_id AND f.cycle_id = $1");
    /// Applications whose reviews are all in, those with most to settle first, after a place.
    PANELS = concat!("SELECT f.application_id, i.name, f.agreed, f.levels FROM panel_figure f JOIN application a ON a.id = f.application_id \
        JOIN centre_identity i ON i.centre_id = a.centre_id WHERE f.cycle_id = $1 AND (f.agreed, f.application_id) > ($3, $4) AND f.agreed <= $5 \
        AND f.application_id NOT IN ", hidden!(), " ORDER BY f.agreed, f.application_id LIMIT $6");
    /// The same, where panels disagree at one criterion.
    SPLIT_AT = concat!("SELECT f.application_id, i.name, f.agreed, f.levels FROM panel_split x JOIN panel_figure f ON f.application_id = x.application_id \
        JOIN application a ON a.id = x.application_id JOIN centre_identity i ON i.centre_id = a.centre_id \
        WHERE x.cycle_id = $1 AND x.criterion = $3 AND x.application_id > $4 \
        AND x.application_id NOT IN ", hidden!(), " ORDER BY x.application_id LIMIT $5");
    /// Designations by what statistics need; those of a centre that the viewer must not see are left out.
    DESIGNATIONS = concat!("SELECT i.country, d.valid_from, d.valid_until, d.withdrawn_at, ", renewing!("d.id"), " \
        FROM designation d JOIN centre_identity i ON i.centre_id = d.centre_id \
        WHERE NOT EXISTS (SELECT 1 FROM membership m WHERE m.centre_id = d.centre_id AND m.account_id = $1) \
        AND NOT EXISTS (SELECT 1 FROM conflict k JOIN application a ON a.id = k.application_id \
        WHERE k.account_id = $1 AND k.ended_at IS NULL AND a.centre_id = d.centre_id)");
}

/// Lines of the record whose subject is a seat, after which an application is counted again.
pub(super) const SEATS: [&str; 7] = [
    "ReviewerAsked",
    "SeatAccepted",
    "SeatDeclined",
    "SeatReopened",
    "SeatRemoved",
    "ReviewSubmitted",
    "ReviewReopened",
];

/// Whether a line says that a cycle has other rules of what a disagreement is: then all its panels are counted again.
fn redefines(line: &Line) -> bool {
    line.kind == "CycleChanged"
        && line.detail.split("; ").any(|change| change.starts_with("apart ") || change.starts_with("across "))
}

/// An application in the picture of disagreements. For the working group only.
#[derive(Clone, Debug)]
pub struct Panel {
    /// Which one.
    pub application: ApplicationId,
    /// Its centre's name.
    pub centre: crate::store::account::PersonName,
    /// Levels of its reviewers.
    pub figure: Figure,
    /// At how many criteria they agree.
    pub agreed: u8,
}

/// Which panels are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// All whose reviews are in.
    All,
    /// Those that disagree somewhere.
    Split,
    /// Those that disagree at one criterion.
    SplitAt(u8),
}

/// The end of a page: where the next one begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct After {
    /// At how many criteria the last panel agrees.
    pub agreed: u8,
    /// Which it was.
    pub application: ApplicationId,
}

/// A designation, for statistics: no name, no identifier.
#[derive(Clone, Debug)]
pub struct Counted {
    /// The country of the centre.
    pub country: String,
    /// Since when.
    pub from: Moment,
    /// Until when.
    pub until: Moment,
    /// Whether it was withdrawn.
    pub withdrawn: bool,
    /// Whether it is in renewal.
    pub renewing: bool,
}

fn wrong(column: &'static str, row: &str) -> Error {
    Error::Inconsistent("panel_figure", column, row.to_owned())
}

fn small(number: i64, column: &'static str) -> Result<u8> {
    u8::try_from(number).map_err(|_| wrong(column, &number.to_string()))
}

fn rules(text: &str) -> Result<Rules> {
    if text.is_empty() {
        return Ok(Rules::default());
    }
    serde_json::from_str(text).map_err(|_| Error::Inconsistent("cycle", "rules", text.to_owned()))
}

type PanelRow = (String, String, i64, String);

fn panel((id, name, agreed, levels): PanelRow) -> Result<Panel> {
    Ok(Panel {
        application: ApplicationId::parse(&id).ok_or_else(|| wrong("application_id", &id))?,
        centre: crate::store::account::PersonName::new(name),
        figure: Figure::read(&levels, "").ok_or_else(|| wrong("levels", &id))?,
        agreed: small(agreed, "agreed")?,
    })
}

impl Tx {
    /// Counts what the lines that wait for the commit have changed. Part of every commit.
    pub(super) async fn count_reviews(&mut self) -> Result<()> {
        // A draft has no panel, nor has what waits for screening.
        let stages = [
            StageName::UnderReview,
            StageName::Deliberation,
            StageName::Decided,
            StageName::Released,
            StageName::Withdrawn,
        ]
        .map(StageName::key);
        let lines = self.waiting().map(|lines| lines.as_slice()).unwrap_or_default();
        let touched = lines.iter().filter(|l| SEATS.contains(&l.kind.as_str()) || stages.contains(&l.detail.as_str()));
        let mut subjects: BTreeSet<String> = touched.map(|line| line.subject.clone()).collect();
        let cycles: BTreeSet<String> = lines.iter().filter(|l| redefines(l)).map(|l| l.subject.clone()).collect();
        for cycle in cycles {
            subjects.extend(list!(self, (String,), OF_CYCLE, cycle)?.into_iter().map(|(id,)| id));
        }
        self.count_again(subjects).await
    }

    async fn count_again(&mut self, subjects: BTreeSet<String>) -> Result<()> {
        let mut applications = BTreeMap::new();
        for subject in subjects {
            if let Some((id, cycle, stage, rules)) = find!(self, (String, String, String, String), CONCERNED, subject)?
            {
                applications.insert(id, (cycle, stage, rules));
            }
        }
        let mut sums: BTreeMap<(String, Key), i64> = BTreeMap::new();
        for (id, (cycle, stage, text)) in applications {
            let rules = rules(&text)?;
            let row = find!(self, (i64, String, String), TAKE, id.clone(), cycle.clone())?;
            let (agreed, levels, gaps) = row.ok_or_else(|| wrong("application_id", &id))?;
            let (before, agreed) =
                (Figure::read(&levels, &gaps).ok_or_else(|| wrong("levels", &id))?, small(agreed, "agreed")?);
            let now = self.figure_of(&id, &stage).await?;
            let agrees = now.agreed(&rules);
            // Read, not computed: the rules may have been others.
            let known = list!(self, (i64,), SPLITS, cycle.clone(), id.clone())?;
            let until_now = known.into_iter().map(|(c,)| small(c, "criterion")).collect::<Result<Vec<u8>>>()?;
            let splits = now.splits(&rules);
            if now == before && agrees == agreed && splits == until_now {
                continue;
            }
            run!(self, SET, id.clone(), i64::from(agrees), now.levels_text(), now.gaps_text())?;
            for criterion in until_now.iter().filter(|c| !splits.contains(c)) {
                run!(self, MEND, cycle.clone(), i64::from(*criterion), id.clone())?;
            }
            for criterion in splits.iter().filter(|c| !until_now.contains(c)) {
                run!(self, SPLIT, cycle.clone(), i64::from(*criterion), id.clone())?;
            }
            for (sign, counts) in [(-1, before.counts(agreed)), (1, now.counts(agrees))] {
                for (key, times) in counts {
                    *sums.entry((cycle.clone(), key)).or_insert(0) += sign * times;
                }
            }
        }
        for ((cycle, (kind, criterion, one, other)), number) in sums.into_iter().filter(|(_, number)| *number != 0) {
            run!(self, ADD, cycle, kind.key(), i64::from(criterion), i64::from(one), i64::from(other), number)?;
        }
        Ok(())
    }

    /// The levels of an application, as far as they count now.
    async fn figure_of(&mut self, id: &str, stage: &str) -> Result<Figure> {
        let mut figure = Figure::default();
        if !["under-review", "deliberation", "decided", "released"].contains(&stage) {
            return Ok(figure);
        }
        let rows = list!(self, (String, Option<i64>, Option<i64>, Option<i64>), LEVELS, id.to_owned())?;
        let seats = rows.chunk_by(|one, other| one.0 == other.0);
        let mut all_in = true;
        let mut levels = vec![Vec::new(); usize::from(COUNT)];
        for marks in seats {
            all_in &= marks.iter().all(|(_, submitted, ..)| submitted.is_some());
            for (criterion, given) in (1_i64..).zip(&mut levels) {
                let level = marks.iter().find(|(_, _, at, _)| *at == Some(criterion)).and_then(|(.., level)| *level);
                given.push(level.and_then(Level::from_number));
            }
        }
        if all_in && levels.first().is_some_and(|given| !given.is_empty()) {
            figure.levels = levels;
        }
        if ["decided", "released"].contains(&stage) {
            let application = ApplicationId::parse(id).ok_or_else(|| wrong("application_id", id))?;
            let own = self.blind_copy(application).await?.map(|blind| blind.copy.answers).unwrap_or_default();
            let panel = list!(self, (i64, Option<i64>), AGREED_ON, id.to_owned())?;
            let gap = |criterion: u8| {
                let own = own.iter().find(|a| a.criterion == criterion)?.content.level?;
                let panel = panel.iter().find(|(at, _)| *at == i64::from(criterion))?.1?;
                Some((own, Level::from_number(panel)?))
            };
            figure.gaps = (1..=COUNT).map(gap).collect();
        }
        Ok(figure)
    }

    /// The sums of a cycle without what one viewer must not see.
    pub async fn review_sums(&mut self, cycle: CycleId, viewer: AccountId) -> Result<Sums> {
        let mut sums = Sums::default();
        for (kind, criterion, one, other, number) in list!(self, (String, i64, i64, i64, i64), SUMS, cycle.to_string())?
        {
            let kind = Kind::parse(&kind).ok_or_else(|| Error::Inconsistent("level_tally", "kind", kind.clone()))?;
            sums.count((kind, small(criterion, "criterion")?, small(one, "one")?, small(other, "other")?), number);
        }
        for (agreed, levels, gaps) in list!(self, (i64, String, String), HIDDEN, cycle.to_string(), viewer.to_string())?
        {
            let figure = Figure::read(&levels, &gaps).ok_or_else(|| wrong("levels", &levels))?;
            sums.without(&figure, small(agreed, "agreed")?);
        }
        Ok(sums)
    }

    /// A page of panels whose reviews are all in, without those that the viewer must not see: `limit` of them at most.
    pub async fn panels(
        &mut self,
        cycle: CycleId,
        viewer: AccountId,
        which: Which,
        after: Option<After>,
        limit: i64,
    ) -> Result<Vec<Panel>> {
        let (cycle, viewer) = (cycle.to_string(), viewer.to_string());
        let last = after.map_or_else(String::new, |after| after.application.to_string());
        let rows = if let Which::SplitAt(criterion) = which {
            list!(self, PanelRow, SPLIT_AT, cycle, viewer, i64::from(criterion), last, limit)?
        } else {
            let agreed = after.map_or(-1, |after| i64::from(after.agreed));
            let most = if which == Which::Split { COUNT - 1 } else { COUNT };
            list!(self, PanelRow, PANELS, cycle, viewer, agreed, last, i64::from(most), limit)?
        };
        rows.into_iter().map(panel).collect()
    }

    /// All designations for statistics, without those that the viewer must not see.
    pub async fn counted_designations(&mut self, viewer: AccountId) -> Result<Vec<Counted>> {
        let rows = list!(self, (String, i64, i64, Option<i64>, bool), DESIGNATIONS, viewer.to_string())?;
        let counted = |(country, from, until, withdrawn, renewing): (String, i64, i64, Option<i64>, bool)| Counted {
            country,
            from: Moment::from_millis(from),
            until: Moment::from_millis(until),
            withdrawn: withdrawn.is_some(),
            renewing,
        };
        Ok(rows.into_iter().map(counted).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::event::What;

    #[test]
    fn the_lines_after_which_is_counted_are_lines_that_are_written() {
        for kind in SEATS {
            assert!(What::parse(kind).is_some(), "{kind}");
        }
    }

    #[test]
    fn only_other_rules_of_disagreement_count_a_cycle_again() {
        let line = |kind: &str, detail: &str| Line {
            id: String::new(),
            at: 0,
            actor: None,
            kind: kind.into(),
            subject: String::new(),
            detail: detail.into(),
            request_id: String::new(),
        };
        assert!(redefines(&line("CycleChanged", "across yes -> none; reviewers 2 -> 3")));
        assert!(redefines(&line("CycleChanged", "reviewers 2 -> 3; apart 2 -> 1")));
        assert!(!redefines(&line("CycleChanged", "reviewers 2 -> 3; closes-day 2027-04-15 -> 2027-04-16")));
        assert!(!redefines(&line("SeatLeads", "apart 2 -> 1")));
    }
}
