//! Deadlines: a point in time, shown in the zone of the programme.

use super::{date, moment::Moment};
use jiff::civil::Weekday;

/// A point in time together with the IANA zone it is announced in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// When it falls.
    pub at: Moment,
    /// An IANA zone such as `Europe/Zurich`; an unknown one is shown as UTC.
    pub zone: String,
}

impl Deadline {
    /// Calendar days from now until the deadline, counted in its zone; 0 on the day itself, negative when it is past.
    pub fn days_left(&self, now: Moment) -> i64 {
        let (today, last) = (day_in(now, &self.zone), day_in(self.at, &self.zone));
        i64::from(today.until(last).map_or(0, |span| span.get_days()))
    }

    /// Working days (Monday to Friday) that remain, today and the last day included; public holidays are not known here.
    pub fn working_days_left(&self, now: Moment) -> u32 {
        let (mut day, last) = (day_in(now, &self.zone), day_in(self.at, &self.zone));
        let mut count = 0;
        while day <= last && self.at >= now {
            if !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) {
                count += 1;
            }
            let Ok(next) = day.tomorrow() else { break };
            day = next;
        }
        count
    }

    /// The hour of the day in its zone, 0 to 23.
    pub fn hour(&self, now: Moment) -> i8 {
        zoned(now, &self.zone).hour()
    }

    /// Whether it is over.
    pub fn passed(&self, now: Moment) -> bool {
        self.at < now
    }

    /// "41 days left", "1 day left", "Last day", "Closed 3 days ago".
    pub fn countdown(&self, now: Moment) -> String {
        if self.passed(now) {
            return match -self.days_left(now) {
                0 => "Closed today".into(),
                1 => "Closed yesterday".into(),
                days => format!("Closed {days} days ago"),
            };
        }
        match self.days_left(now) {
            0 => "Last day".into(),
            1 => "1 day left".into(),
            days => format!("{days} days left"),
        }
    }

    /// "Thursday 15 April 2027, 23:59 Zurich time".
    pub fn long(&self) -> String {
        let local = zoned(self.at, &self.zone);
        format!(
            "{} {}, {:02}:{:02} {}",
            weekday_name(local.date().weekday()),
            date::long(local.date()),
            local.hour(),
            local.minute(),
            zone_name(&self.zone),
        )
    }

    /// RFC 3339 with the offset of the zone, for `<time datetime>`.
    pub fn machine(&self) -> String {
        let local = zoned(self.at, &self.zone);
        let seconds = local.offset().seconds();
        format!(
            "{}T{:02}:{:02}{}{:02}:{:02}",
            local.date(),
            local.hour(),
            local.minute(),
            if seconds < 0 { '-' } else { '+' },
            seconds.abs() / 3600,
            seconds.abs() / 60 % 60,
        )
    }
}

/// The day in a zone, "15 April 2027".
pub fn day_long(at: Moment, zone: &str) -> String {
    date::long(day_in(at, zone))
}

/// The time of day in a zone, "14:32".
pub fn time_of_day(at: Moment, zone: &str) -> String {
    let local = zoned(at, zone);
    format!("{:02}:{:02}", local.hour(), local.minute())
}

/// "today at 14:32", "yesterday at 09:05" or "on 3 March 2027 at 14:32".
pub fn when(at: Moment, now: Moment, zone: &str) -> String {
    let (day, today) = (day_in(at, zone), day_in(now, zone));
    let time = time_of_day(at, zone);
    if day == today {
        format!("today at {time}")
    } else if day.tomorrow().is_ok_and(|next| next == today) {
        format!("yesterday at {time}")
    } else {
        format!("on {} at {time}", date::long(day))
    }
}

/// The calendar day in a zone.
pub fn day_in(at: Moment, zone: &str) -> jiff::civil::Date {
    zoned(at, zone).date()
}

/// The first moment of a day in UTC.
pub fn begin_of(day: jiff::civil::Date) -> Moment {
    let midnight = day.in_tz("UTC");
    Moment::from_millis(midnight.map_or(0, |at| at.timestamp().as_millisecond()))
}

/// The last minute of a day in a zone, 23:59.
pub fn end_of(day: jiff::civil::Date, zone: &str) -> Moment {
    let last = day.at(23, 59, 0, 0);
    let at = last.in_tz(zone).or_else(|_| last.in_tz("UTC"));
    at.map_or_else(|_| begin_of(day), |at| Moment::from_millis(at.timestamp().as_millisecond()))
}

fn zoned(at: Moment, zone: &str) -> jiff::ZonedDateTime {
    at.timestamp().in_tz(zone).unwrap_or_else(|_| at.timestamp().to_zoned_datetime(jiff::tz::TimeZone::UTC))
}

/// "Zurich time" for `Europe/Zurich`; "UTC" when the zone is unknown.
fn zone_name(zone: &str) -> String {
    if jiff::tz::TimeZone::get(zone).is_err() {
        return "UTC".into();
    }
    match zone.rsplit_once('/') {
        Some((_, city)) => format!("{} time", city.replace('_', " ")),
        None => zone.into(),
    }
}

fn weekday_name(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Moment {
        Moment::parse(text).expect("a time")
    }

    fn april() -> Deadline {
        Deadline { at: at("2027-04-15T21:59:00Z"), zone: "Europe/Zurich".into() }
    }

    #[test]
    fn a_deadline_is_told_in_its_zone() {
        assert_eq!(april().long(), "Thursday 15 April 2027, 23:59 Zurich time");
        assert_eq!(april().machine(), "2027-04-15T23:59+02:00");
    }

    #[test]
    fn days_are_counted_by_the_calendar_of_the_zone() {
        for (now, days, text) in [
            ("2027-03-05T13:32:00Z", 41, "41 days left"),
            ("2027-04-14T21:59:59Z", 1, "1 day left"),
            ("2027-04-14T22:00:00Z", 0, "Last day"),
            ("2027-04-15T21:59:00Z", 0, "Last day"),
            ("2027-04-15T21:59:01Z", 0, "Closed today"),
            ("2027-04-16T08:00:00Z", -1, "Closed yesterday"),
            ("2027-04-18T08:00:00Z", -3, "Closed 3 days ago"),
        ] {
            assert_eq!((april().days_left(at(now)), april().countdown(at(now)).as_str()), (days, text), "{now}");
        }
    }

    #[test]
    fn working_days_leave_weekends_out() {
        // 12 April 2027 is a Monday, the 15th a Thursday.
        assert_eq!(april().working_days_left(at("2027-04-12T08:00:00Z")), 4);
        assert_eq!(april().working_days_left(at("2027-04-10T08:00:00Z")), 4);
        assert_eq!(april().working_days_left(at("2027-04-16T08:00:00Z")), 0);
    }

    #[test]
    fn a_time_is_told_as_people_say_it() {
        let now = at("2027-03-05T13:32:00Z");
        assert_eq!(when(at("2027-03-05T13:30:00Z"), now, "Europe/Zurich"), "today at 14:30");
        assert_eq!(when(at("2027-03-04T08:05:00Z"), now, "Europe/Zurich"), "yesterday at 09:05");
        assert_eq!(when(at("2027-02-26T08:05:00Z"), now, "Europe/Zurich"), "on 26 February 2027 at 09:05");
    }

    #[test]
    fn an_unknown_zone_is_told_as_utc() {
        let odd = Deadline { at: at("2027-04-15T21:59:00Z"), zone: "Mars/Olympus".into() };
        assert_eq!(odd.long(), "Thursday 15 April 2027, 21:59 UTC");
    }
}
