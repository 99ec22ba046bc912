//! From gap to plan: what will be done where a criterion is not yet met, and the plan as a file for other programs.

use super::{date, id::ActionId, moment::Moment};
use std::fmt::Write as _;

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

/// The plan as comma-separated values (RFC 4180), readable by spreadsheets. A text that a spreadsheet would run as a
/// formula is kept as text by an apostrophe (OWASP: CSV injection).
pub fn csv(actions: &[PlannedAction]) -> String {
    let mut out = String::from("criterion,what,owner,due,how we will know,done\r\n");
    for action in actions {
        let done = if action.done.is_some() { "yes" } else { "no" };
        let cells =
            [&action.criterion.to_string(), &action.what, &action.owner, &action.due, &action.measure, done].map(cell);
        out += &cells.join(",");
        out += "\r\n";
    }
    out
}

fn cell(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

/// The plan as a calendar (RFC 5545): an all-day entry on the day each open action is due. Actions without a readable day
/// are left out.
pub fn ics(actions: &[PlannedAction], now: Moment) -> String {
    let stamp = now.timestamp().strftime("%Y%m%dT%H%M%SZ").to_string();
    let mut out = String::new();
    for line in ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//designated-centres//plan//EN", "CALSCALE:GREGORIAN"] {
        push_folded(&mut out, line);
    }
    for action in actions.iter().filter(|a| a.done.is_none()) {
        let Some(due) = date::read_day(&action.due) else { continue };
        let note = format!("Owner: {}\nHow we will know: {}", action.owner, action.measure);
        push_folded(&mut out, "BEGIN:VEVENT");
        push_folded(&mut out, &format!("UID:{}@designated-centres", action.id));
        push_folded(&mut out, &format!("DTSTAMP:{stamp}"));
        push_folded(&mut out, &format!("DTSTART;VALUE=DATE:{}", due.strftime("%Y%m%d")));
        push_folded(
            &mut out,
            &format!("SUMMARY:{}", escape(&format!("Criterion {}: {}", action.criterion, action.what))),
        );
        push_folded(&mut out, &format!("DESCRIPTION:{}", escape(&note)));
        push_folded(&mut out, "END:VEVENT");
    }
    push_folded(&mut out, "END:VCALENDAR");
    out
}

fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace('\r', "").replace('\n', "\\n")
}

/// A content line has at most 75 octets; what follows begins with a space (RFC 5545, 3.1).
fn push_folded(out: &mut String, line: &str) {
    let mut width = 0;
    for character in line.chars() {
        if 75 < width + character.len_utf8() {
            out.push_str("\r\n ");
            width = 1;
        }
        // Writing to a string cannot fail.
        let _ = out.write_char(character);
        width += character.len_utf8();
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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

    proptest! {
        #[test]
        fn calendar_lines_are_short_and_end_as_they_should(what in ".{0,300}") {
            for line in ics(&[action(&what, "2027-09-01")], Moment::from_millis(0)).split_terminator("\r\n") {
                prop_assert!(line.len() <= 75 && !line.contains('\n'));
            }
        }
    }
}
