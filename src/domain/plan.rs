//! From gap to plan: what will be done where a criterion is not yet met, and the plan as a file for other programs.

use super::{
    date,
    dates::{self, Entry},
    id::ActionId,
    moment::Moment,
    sheet,
};

/// Something a centre plans at one criterion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedAction {
    /// Which one.
    pub id: ActionId,
    /// Where.
    pub criterion: u8,
    /// What will be done.
    pub what: String,
    /// Who does it, as typed: a role rather than a name.
    pub owner: String,
    /// By when, as typed.
    pub due: String,
    /// How one will know that it worked.
    pub measure: String,
    /// Whether it comes from the last cycle.
    pub carried: bool,
    /// When it was done.
    pub done: Option<Moment>,
}

impl PlannedAction {
    /// What is missing to make it a plan, in the order of the form.
    pub fn missing(&self) -> Vec<&'static str> {
        let mut list = Vec::new();
        if self.owner.trim().is_empty() {
            list.push("who does it");
        }
        if date::read_day(&self.due).is_none() {
            list.push("by when");
        }
        if self.measure.trim().is_empty() {
            list.push("how you will know");
        }
        list
    }
}

/// The plan as comma-separated values (RFC 4180), readable by spreadsheets; nothing in it is run as a formula.
pub fn csv(actions: &[PlannedAction]) -> String {
    let mut out = String::from("criterion,what,owner,due,how we will know,done\r\n");
    for action in actions {
        let done = if action.done.is_some() { "yes" } else { "no" };
        let cells = [&action.criterion.to_string(), &action.what, &action.owner, &action.due, &action.measure, done];
        sheet::record(&mut out, cells.into_iter().map(sheet::quoted));
    }
    out
}

/// The plan as a calendar (RFC 5545): an all-day entry on the day each open action is due. Actions without a readable day
/// are left out.
pub fn ics(actions: &[PlannedAction], now: Moment) -> String {
    let open = actions.iter().filter(|a| a.done.is_none());
    let entries = open.filter_map(|action| {
        Some(Entry {
            id: action.id.to_string(),
            day: date::read_day(&action.due)?,
            summary: format!("Criterion {}: {}", action.criterion, action.what),
            note: format!("Owner: {}\nHow we will know: {}", action.owner, action.measure),
        })
    });
    dates::calendar("plan", &entries.collect::<Vec<_>>(), now)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn action(what: &str, due: &str) -> PlannedAction {
        PlannedAction {
            id: ActionId::new(7),
            criterion: 4,
            what: what.into(),
            owner: "Lead psychologist".into(),
            due: due.into(),
            measure: "80 % seen within 10 days".into(),
            carried: false,
            done: None,
        }
    }

    #[test]
    fn a_plan_says_who_when_and_how_one_will_know() {
        assert_eq!(action("Hire", "1.9.2027").missing(), Vec::<&str>::new());
        let bare = PlannedAction { owner: " ".into(), measure: String::new(), ..action("Hire", "soon") };
        assert_eq!(bare.missing(), ["who does it", "by when", "how you will know"]);
    }

    #[test]
    fn a_spreadsheet_runs_nothing() {
        let text = csv(&[action("=1+1, \"quoted\"", "2027-09-01")]);
        assert_eq!(
            text,
            "criterion,what,owner,due,how we will know,done\r\n\"4\",\"'=1+1, \"\"quoted\"\"\",\"Lead psychologist\",\"2027-09-01\",\"80 % seen within 10 days\",\"no\"\r\n"
        );
    }

    #[test]
    fn a_calendar_holds_open_actions_with_a_day() {
        let done = PlannedAction { done: Some(Moment::from_millis(1)), ..action("Done", "2027-09-01") };
        let text = ics(
            &[action("Hire; and train", "1.9.2027"), action("Some day", "soon"), done],
            Moment::from_millis(1_804_253_520_000),
        );
        assert_eq!(text.matches("BEGIN:VEVENT").count(), 1);
        for line in
            ["DTSTAMP:20270305T133200Z", "DTSTART;VALUE=DATE:20270901", "SUMMARY:Criterion 4: Hire\\; and train"]
        {
            assert!(text.contains(&format!("{line}\r\n")), "{line} in {text}");
        }
    }
}
