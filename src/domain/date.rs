//! Dates and months as people type them.

use jiff::civil;

/// Reads a day: `2026-09-01` (what a date field sends), `1.9.2026` or `1/9/2026` (day first).
///
/// ```
/// # use designated_centres::domain::date::read_day;
/// assert_eq!(read_day("1.9.2026"), read_day("2026-09-01"));
/// assert_eq!(read_day("September"), None);
/// ```
pub fn read_day(text: &str) -> Option<civil::Date> {
    let text = text.trim();
    let parts: Vec<&str> = text.split(['-', '.', '/']).map(str::trim).collect();
    let [first, month, last] = parts.as_slice() else { return None };
    let (year, day) = if text.contains('-') { (first, last) } else { (last, first) };
    if year.len() != 4 {
        return None;
    }
    civil::Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// Reads a month: `2026-09`, `09/2026` or `9.2026`; also a whole year, `2026`, as the month given in `within_year`.
pub fn read_month(text: &str, within_year: i8) -> Option<civil::Date> {
    let parts: Vec<&str> = text.trim().split(['-', '.', '/']).map(str::trim).collect();
    let (year, month) = match parts.as_slice() {
        [year] if year.len() == 4 => (year.parse().ok()?, within_year),
        [year, month] if year.len() == 4 => (year.parse().ok()?, month.parse().ok()?),
        [month, year] if year.len() == 4 => (year.parse().ok()?, month.parse().ok()?),
        _ => return None,
    };
    civil::Date::new(year, month, 1).ok()
}

/// Whole months from the first day of one month to that of another; negative when `to` is earlier.
pub fn months_between(from: civil::Date, to: civil::Date) -> i32 {
    (i32::from(to.year()) - i32::from(from.year())) * 12 + i32::from(to.month()) - i32::from(from.month())
}

/// "1 September 2026".
pub fn long(date: civil::Date) -> String {
    format!("{} {} {}", date.day(), MONTHS[usize::from(date.month().unsigned_abs()) - 1], date.year())
}

/// English names of the months, January first.
pub const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_in_the_ways_people_write_them() {
        let day = civil::date(2026, 9, 1);
        for text in ["2026-09-01", " 2026-9-1 ", "1.9.2026", "01/09/2026"] {
            assert_eq!(read_day(text), Some(day), "{text:?}");
        }
        for text in ["", "2026", "2026-13-01", "31.2.2026", "1.9.26", "next week", "２０２６-09-01"] {
            assert_eq!(read_day(text), None, "{text:?}");
        }
    }

    #[test]
    fn months_are_read_in_the_ways_people_write_them() {
        assert_eq!(read_month("2026-09", 1), Some(civil::date(2026, 9, 1)));
        assert_eq!(read_month("9/2026", 1), Some(civil::date(2026, 9, 1)));
        assert_eq!(read_month("2026", 12), Some(civil::date(2026, 12, 1)));
        assert_eq!(read_month("summer", 1), None);
    }

    #[test]
    fn months_between_crosses_years() {
        assert_eq!(months_between(civil::date(2025, 10, 1), civil::date(2026, 9, 30)), 11);
        assert_eq!(months_between(civil::date(2026, 3, 1), civil::date(2026, 2, 1)), -1);
    }
}
