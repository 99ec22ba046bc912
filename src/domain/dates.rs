//! Days for a calendar program (iCalendar, RFC 5545). What is written here leaves the portal: it names nobody.

use super::moment::Moment;
use jiff::civil::Date;

/// An entry for a whole day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Stable, so that a calendar that reads again replaces instead of doubling.
    pub id: String,
    /// Which day.
    pub day: Date,
    /// What it is.
    pub summary: String,
    /// More about it; none when empty.
    pub note: String,
}

/// A calendar of days. `what` names the kind of calendar, in plain letters.
pub fn calendar(what: &str, entries: &[Entry], now: Moment) -> String {
    let stamp = now.timestamp().strftime("%Y%m%dT%H%M%SZ").to_string();
    let mut out = String::new();
    let mut line = |text: &str| push_folded(&mut out, text);
    line("BEGIN:VCALENDAR");
    line("VERSION:2.0");
    line(&format!("PRODID:-//designated-centres//{what}//EN"));
    line("CALSCALE:GREGORIAN");
    for entry in entries {
        line("BEGIN:VEVENT");
        line(&format!("UID:{}@designated-centres", entry.id));
        line(&format!("DTSTAMP:{stamp}"));
        line(&format!("DTSTART;VALUE=DATE:{}", entry.day.strftime("%Y%m%d")));
        line(&format!("SUMMARY:{}", escape(&entry.summary)));
        if !entry.note.is_empty() {
            line(&format!("DESCRIPTION:{}", escape(&entry.note)));
        }
        line("END:VEVENT");
    }
    line("END:VCALENDAR");
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
        out.push(character);
        width += character.len_utf8();
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn entry(summary: &str, note: &str) -> Entry {
        Entry { id: "7".into(), day: date(2027, 9, 1), summary: summary.into(), note: note.into() }
    }

    #[test]
    fn an_entry_is_a_whole_day() {
        let text = calendar("dates", &[entry("Reviews; due", "")], Moment::from_millis(1_804_253_520_000));
        assert_eq!(
            text,
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//designated-centres//dates//EN\r\nCALSCALE:GREGORIAN\r\n\
             BEGIN:VEVENT\r\nUID:7@designated-centres\r\nDTSTAMP:20270305T133200Z\r\nDTSTART;VALUE=DATE:20270901\r\n\
             SUMMARY:Reviews\\; due\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        );
    }

    proptest! {
        #[test]
        fn calendar_lines_are_short_and_end_as_they_should(summary in ".{0,300}", note in ".{0,300}") {
            for line in calendar("x", &[entry(&summary, &note)], Moment::from_millis(0)).split_terminator("\r\n") {
                prop_assert!(line.len() <= 75 && !line.contains('\n'));
            }
        }
    }
}
