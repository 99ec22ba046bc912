//! Moves the dates in demo answers, so that their figures end a few months before they are handed in.

use crate::domain::date::{self, MONTHS};
use jiff::{ToSpan, civil::Date};

/// The month in which most figures of the written answers end.
const WRITTEN: Date = jiff::civil::date(2026, 9, 1);

/// How many months before the day they are told these figures end. Those of a few answers end a month later or up to
/// three months earlier: all of them two to six months before that day.
const BEFORE: i32 = 3;

/// Numbers of four digits that are years.
const YEARS: std::ops::RangeInclusive<i16> = 1990..=2045;

/// By how many months everything moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shift(i32);

impl Shift {
    /// So that the answers can be handed in on this day.
    pub fn to(day: Date) -> Self {
        Self(date::months_between(WRITTEN, day) - BEFORE)
    }

    /// The last month of the figures.
    pub fn last_month(self) -> anyhow::Result<Date> {
        Ok(WRITTEN.checked_add(self.0.months())?)
    }

    /// Moves a month such as `2026-09`; anything else stays as it is.
    pub fn month(self, text: &str) -> String {
        let moved = date::read_month(text, 1).and_then(|month| month.checked_add(self.0.months()).ok());
        moved.map_or_else(|| text.to_owned(), |month| month.strftime("%Y-%m").to_string())
    }

    /// Moves months and years that a text names. "September 2026" moves by months, a year alone by whole years.
    pub fn text(self, text: &str) -> String {
        let mut moved = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find(|c: char| c.is_ascii_alphanumeric()) {
            let end = rest[start..].find(|c: char| !c.is_ascii_alphanumeric()).map_or(rest.len(), |n| start + n);
            let (word, after) = (&rest[start..end], &rest[end..]);
            moved.push_str(&rest[..start]);
            rest = after;
            if let Some(month) = MONTHS.iter().position(|m| *m == word) {
                rest = self.named_month(month, after, &mut moved);
            } else if let Some(year) = year(word, &moved, after) {
                moved.push_str(&(year + self.years()).to_string());
            } else {
                moved.push_str(word);
            }
        }
        moved + rest
    }

    /// Moves the name of a month with the year behind it; answers with what follows.
    fn named_month<'a>(self, month: usize, after: &'a str, moved: &mut String) -> &'a str {
        let behind = after.strip_prefix(' ').and_then(|text| text.get(..4)).and_then(|word| year(word, "", ""));
        // A day before it might not exist in another month: "30 September" stays.
        if behind.is_none() && moved.trim_end().ends_with(|c: char| c.is_ascii_digit()) {
            moved.push_str(MONTHS[month]);
            return after;
        }
        let (index, years) = self.along(month);
        moved.push_str(MONTHS[index]);
        let Some(year) = behind else { return after };
        moved.push(' ');
        moved.push_str(&(year + years).to_string());
        after.get(5..).unwrap_or_default()
    }

    /// The moved month of a year, and by how many years it moved with it.
    fn along(self, month: usize) -> (usize, i16) {
        let sum = i32::try_from(month).unwrap_or(0) + self.0;
        (usize::try_from(sum.rem_euclid(12)).unwrap_or(0), i16::try_from(sum.div_euclid(12)).unwrap_or(0))
    }

    /// Whole years, to the nearest.
    fn years(self) -> i16 {
        i16::try_from((self.0 + 6).div_euclid(12)).unwrap_or(0)
    }
}

/// The last year that a text names.
pub fn last_year(text: &str) -> Option<i16> {
    text.split(|c: char| !c.is_ascii_alphanumeric()).filter_map(|word| year(word, "", "")).next_back()
}

/// The month that a text names with its year, such as "May 2026"; the last one.
pub fn last_named_month(text: &str) -> Option<Date> {
    let words: Vec<&str> = text.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    let mut named = words.windows(2).filter_map(|pair| {
        let month = MONTHS.iter().position(|m| *m == pair[0])?;
        Date::new(year(pair[1], "", "")?, i8::try_from(month + 1).ok()?, 1).ok()
    });
    named.next_back()
}

/// A word that is a year: four digits in the range of years, and not a part of a larger number.
fn year(word: &str, before: &str, after: &str) -> Option<i16> {
    let mut behind = after.chars();
    let goes_on = matches!(behind.next(), Some('.' | ',')) && behind.next().is_some_and(|c| c.is_ascii_digit());
    let mut ahead = before.chars().rev();
    let begun = matches!(ahead.next(), Some('.' | ',')) && ahead.next().is_some_and(|c| c.is_ascii_digit());
    let plain = word.len() == 4 && word.bytes().all(|b| b.is_ascii_digit()) && !goes_on && !begun;
    plain.then(|| word.parse().ok()).flatten().filter(|year| YEARS.contains(year))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn figures_end_three_months_before_the_day() {
        assert_eq!(Shift::to(date(2026, 12, 31)), Shift(0));
        assert_eq!(Shift::to(date(2027, 3, 5)).month("2026-09"), "2026-12");
        assert_eq!(Shift::to(date(2024, 1, 3)).month("2025-10"), "2022-11");
        assert_eq!(Shift(5).month("soon"), "soon");
    }

    #[test]
    fn months_and_years_in_a_text_move_and_other_numbers_stay() {
        let text =
            "From October 2025 to September 2026, 1,046 of 2050 patients in 2024; on 30 September 12. In August.";
        assert_eq!(Shift(0).text(text), text);
        assert_eq!(
            Shift(5).text(text),
            "From March 2026 to February 2027, 1,046 of 2050 patients in 2024; on 30 September 12. In January."
        );
        assert_eq!(Shift(-36).text("since 2021, version 3 of February 2026"), "since 2018, version 3 of February 2023");
        assert_eq!(Shift(12).text("2024 to 2028"), "2025 to 2029");
        assert_eq!(Shift(12).text("1.2024 and 2024.5, at the end 2024."), "1.2024 and 2024.5, at the end 2025.");
    }

    #[test]
    fn the_last_year_and_month_of_a_title_are_found() {
        assert_eq!(last_year("Activity report 2025-2026"), Some(2026));
        assert_eq!(last_year("Minutes of 46 meetings"), None);
        assert_eq!(last_named_month("Audit, March 2025 to May 2026"), Some(date(2026, 5, 1)));
        assert_eq!(last_named_month("Audit 2026"), None);
    }
}
