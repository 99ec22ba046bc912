//! The settings of a cycle as they are typed: dates in a zone, rules, days of reminders.

use super::{
    calendar::{day_in, time_of_day},
    cycle::{Anonymity, OwnLevel, Rules, Thresholds},
    date,
    mail::Reminders,
    moment::Moment,
    text::one_line,
};
use jiff::{ToSpan, civil, tz::TimeZone};
use std::collections::BTreeMap;

/// The five dates in their order: the key of their fields, and what they are.
pub const DATES: [(&str, &str); 5] = [
    ("opens", "Opens"),
    ("closes", "Submission deadline"),
    ("reviews", "Reviews due"),
    ("decision", "Decision"),
    ("award", "Award"),
];

/// The numbers among the rules: key, what they are, least and most.
pub const NUMBERS: [(&str, &str, u16, u16); 7] = [
    ("reviewers", "Reviewers of one application", 1, 5),
    ("apart", "Levels apart that are a disagreement", 1, 4),
    ("accredited", "Criteria at level 3 or more: accredited", 0, 13),
    ("recommendations", "Criteria at level 3 or more: accredited with recommendations", 0, 13),
    ("lowest", "Lowest level that recommendations allow", 0, 4),
    ("deferred", "Criteria at level 3 or more: deferred", 0, 13),
    ("appeal-days", "Days in which a centre may appeal", 0, 365),
];

/// How a checkbox that is ticked is kept.
pub const YES: &str = "yes";

/// The settings of a cycle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// "2027".
    pub name: String,
    /// The edition of the criteria.
    pub edition: String,
    /// The IANA zone in which its dates are announced.
    pub zone: String,
    /// When applications can be started.
    pub opens: Moment,
    /// Until when they can be submitted.
    pub closes: Moment,
    /// When reviews have to be in.
    pub reviews_due: Moment,
    /// When decisions are planned.
    pub decision: Moment,
    /// When designations are awarded.
    pub award: Moment,
    /// What the programme does not publish.
    pub rules: Rules,
    /// On which days drafts are reminded of the deadline.
    pub reminders: Reminders,
}

/// The fields as they are typed, by name.
pub type Typed = BTreeMap<String, String>;

/// A field and what has to be mended there.
pub type Fault = (String, String);

impl Call {
    /// Reads what was typed; every field that has to be mended is told.
    pub fn read(typed: &Typed, editions: &[&str]) -> Result<Self, Vec<Fault>> {
        let get = |name: &str| typed.get(name).map_or("", |text| text.trim());
        let mut faults: Vec<Fault> = Vec::new();
        let name = one_line(get("name"));
        if name.is_empty() || 40 < name.chars().count() {
            faults.push(("name".into(), "Enter a name, such as 2028, up to 40 characters".into()));
        }
        let zone = get("zone").to_owned();
        let known = TimeZone::get(&zone).is_ok();
        if !known {
            faults.push(("zone".into(), "Enter a time zone, such as Europe/Zurich".into()));
        }
        let edition = get("edition").to_owned();
        if !editions.contains(&edition.as_str()) {
            faults.push(("edition".into(), "Choose an edition of the criteria".into()));
        }
        let mut at = DATES.map(|(key, what)| {
            let (day, time) = (format!("{key}-day"), format!("{key}-time"));
            let read_day = date::read_day(get(&day));
            let read_time = time_of(get(&time));
            if read_day.is_none() {
                faults.push((day, format!("{what}: enter a day, such as 15.4.2028")));
            }
            if read_time.is_none() {
                faults.push((time, format!("{what}: enter a time, such as 23:59")));
            }
            moment(read_day?, read_time?, &zone)
        });
        for place in 1..DATES.len() {
            let ((_, before), (key, what)) = (DATES[place - 1], DATES[place]);
            if let (Some(one), Some(next)) = (at[place - 1], at[place])
                && next <= one
            {
                faults.push((format!("{key}-day"), format!("{what} has to come after: {}", before.to_lowercase())));
                // The next date is measured against the one that was in order.
                at[place] = Some(one);
            }
        }
        let rules = rules(typed, &mut faults);
        let reminders = Reminders::read(get("remind-before"), get("remind-after"));
        if reminders.is_none() {
            faults.push(("remind-before".into(), "Write days between 1 and 90, at most six, such as 14 7 2".into()));
        }
        match (at, reminders) {
            ([Some(opens), Some(closes), Some(reviews_due), Some(decision), Some(award)], Some(reminders))
                if faults.is_empty() =>
            {
                Ok(Self { name, edition, zone, opens, closes, reviews_due, decision, award, rules, reminders })
            }
            _ => Err(faults),
        }
    }

    /// The fields as a form shows them.
    pub fn typed(&self) -> Typed {
        let mut typed = Typed::new();
        let mut put = |name: &str, text: String| typed.insert(name.to_owned(), text);
        put("name", self.name.clone());
        put("zone", self.zone.clone());
        put("edition", self.edition.clone());
        for ((key, _), at) in DATES.into_iter().zip(self.dates()) {
            put(&format!("{key}-day"), day_in(at, &self.zone).to_string());
            put(&format!("{key}-time"), time_of_day(at, &self.zone));
        }
        let Rules { reviewers, apart, across, anonymity, own_level, thresholds, country_conflict, appeal_days } =
            self.rules;
        for (key, number) in [
            ("reviewers", u16::from(reviewers)),
            ("apart", u16::from(apart)),
            ("accredited", u16::from(thresholds.accredited)),
            ("recommendations", u16::from(thresholds.recommendations)),
            ("lowest", u16::from(thresholds.lowest)),
            ("deferred", u16::from(thresholds.deferred)),
            ("appeal-days", appeal_days),
        ] {
            put(key, number.to_string());
        }
        put("across", if across { YES.into() } else { String::new() });
        put("country-conflict", if country_conflict { YES.into() } else { String::new() });
        put("anonymity", anonymity_key(anonymity).into());
        put("own-level", own_level_key(own_level).into());
        put("remind-before", Reminders::written(&self.reminders.before));
        put("remind-after", Reminders::written(&self.reminders.after));
        typed
    }

    /// The five dates in their order.
    pub const fn dates(&self) -> [Moment; 5] {
        [self.opens, self.closes, self.reviews_due, self.decision, self.award]
    }

    /// The first cycle of a portal, as a beginning: open from now on for three months, with the portal's rules.
    pub fn first(edition: &str, now: Moment, rules: Rules) -> Self {
        let zone = "Europe/Zurich".to_owned();
        let midnight = |days| {
            let day = day_in(now.plus_days(days), &zone);
            moment(day, civil::time(23, 59, 0, 0), &zone).unwrap_or(now)
        };
        Self {
            name: day_in(now, &zone).year().to_string(),
            edition: edition.to_owned(),
            opens: midnight(-1),
            closes: midnight(90),
            reviews_due: midnight(150),
            decision: midnight(180),
            award: midnight(240),
            rules,
            reminders: Reminders::default(),
            zone,
        }
    }

    /// The next cycle, as a beginning: the same a year later.
    #[must_use]
    pub fn next(&self) -> Self {
        let name = self.name.parse::<u32>().map_or_else(|_| format!("{} next", self.name), |n| (n + 1).to_string());
        let later = |at: Moment| {
            let day = day_in(at, &self.zone).checked_add(1.year());
            let time = time_of(&time_of_day(at, &self.zone));
            day.ok().zip(time).and_then(|(day, time)| moment(day, time, &self.zone)).unwrap_or(at)
        };
        Self {
            name,
            opens: later(self.opens),
            closes: later(self.closes),
            reviews_due: later(self.reviews_due),
            decision: later(self.decision),
            award: later(self.award),
            ..self.clone()
        }
    }

    /// What differs, field by field, with the value before and after: for the record.
    pub fn changes(&self, after: &Self) -> Vec<String> {
        let (old, new) = (self.typed(), after.typed());
        let shown = |text: &str| if text.is_empty() { "none".to_owned() } else { text.to_owned() };
        old.iter()
            .filter(|(name, text)| new.get(*name) != Some(text))
            .map(|(name, text)| format!("{name} {} -> {}", shown(text), shown(new.get(name).map_or("", |t| t))))
            .collect()
    }

    /// What cannot change any more once a centre has begun an application: the criteria it answers, and that it is hidden
    /// from reviewers if it was told so.
    pub fn frozen(&self, after: &Self) -> Vec<Fault> {
        let mut faults = Vec::new();
        if self.edition != after.edition {
            let text = format!("The edition stays {}: applications of this cycle have begun", self.edition);
            faults.push(("edition".into(), text));
        }
        if self.rules.anonymity == Anonymity::Double && after.rules.anonymity != Anonymity::Double {
            let text = "Centres have begun to apply unseen by reviewers, so this stays".to_owned();
            faults.push(("anonymity".into(), text));
        }
        faults
    }
}

fn rules(typed: &Typed, faults: &mut Vec<Fault>) -> Rules {
    let get = |name: &str| typed.get(name).map_or("", |text| text.trim());
    let mut number = |key: &str| -> u16 {
        let Some((_, what, least, most)) = NUMBERS.into_iter().find(|n| n.0 == key) else { return 0 };
        match get(key).parse() {
            Ok(value) if (least..=most).contains(&value) => value,
            _ => {
                faults.push((key.to_owned(), format!("{what}: enter a number from {least} to {most}")));
                least
            }
        }
    };
    let small = |value: u16| u8::try_from(value).unwrap_or(u8::MAX);
    let rules = Rules {
        reviewers: small(number("reviewers")),
        apart: small(number("apart")),
        across: get("across") == YES,
        anonymity: if get("anonymity") == "reviewer" { Anonymity::Reviewer } else { Anonymity::Double },
        own_level: match get("own-level") {
            "after-review" => OwnLevel::AfterReview,
            "in-deliberation" => OwnLevel::InDeliberation,
            _ => OwnLevel::AfterMark,
        },
        thresholds: Thresholds {
            accredited: small(number("accredited")),
            recommendations: small(number("recommendations")),
            deferred: small(number("deferred")),
            lowest: small(number("lowest")),
        },
        country_conflict: get("country-conflict") == YES,
        appeal_days: number("appeal-days"),
    };
    let Thresholds { accredited, recommendations, deferred, .. } = rules.thresholds;
    for (key, more, less) in [("recommendations", accredited, recommendations), ("deferred", recommendations, deferred)]
    {
        if more < less && !faults.iter().any(|(field, _)| NUMBERS.iter().any(|n| n.0 == field)) {
            faults.push((key.to_owned(), "A lesser outcome cannot need more criteria than a better one".into()));
        }
    }
    rules
}

/// In forms.
pub const fn anonymity_key(anonymity: Anonymity) -> &'static str {
    match anonymity {
        Anonymity::Double => "double",
        Anonymity::Reviewer => "reviewer",
    }
}

/// In forms.
pub const fn own_level_key(own: OwnLevel) -> &'static str {
    match own {
        OwnLevel::AfterMark => "after-mark",
        OwnLevel::AfterReview => "after-review",
        OwnLevel::InDeliberation => "in-deliberation",
    }
}

/// A time of day as people type it, `9:05` or `23.59`.
pub fn time_of(text: &str) -> Option<civil::Time> {
    let (hour, minute) = text.trim().split_once([':', '.'])?;
    civil::Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

/// A day and a time in a zone.
pub fn moment(day: civil::Date, time: civil::Time, zone: &str) -> Option<Moment> {
    let at = day.to_datetime(time).in_tz(zone).ok()?;
    Some(Moment::from_millis(at.timestamp().as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call() -> Call {
        let at = |text: &str| Moment::parse(text).expect("a time");
        Call {
            name: "2027".into(),
            edition: "2026".into(),
            zone: "Europe/Zurich".into(),
            opens: at("2027-01-04T07:00:00Z"),
            closes: at("2027-04-15T21:59:00Z"),
            reviews_due: at("2027-06-01T21:59:00Z"),
            decision: at("2027-07-01T21:59:00Z"),
            award: at("2027-10-08T07:00:00Z"),
            rules: Rules::default(),
            reminders: Reminders::default(),
        }
    }

    fn faults(change: impl FnOnce(&mut Typed)) -> Vec<String> {
        let mut typed = call().typed();
        change(&mut typed);
        Call::read(&typed, &["2026"]).err().unwrap_or_default().into_iter().map(|(field, _)| field).collect()
    }

    #[test]
    fn what_a_form_shows_is_read_back_the_same() {
        let typed = call().typed();
        assert_eq!(typed["closes-day"], "2027-04-15");
        assert_eq!(typed["closes-time"], "23:59");
        assert_eq!(Call::read(&typed, &["2026"]), Ok(call()));
    }

    #[test]
    fn each_field_says_what_has_to_be_mended() {
        for (field, text, told) in [
            ("name", " ", vec!["name"]),
            ("zone", "Mars/Olympus", vec!["zone"]),
            ("edition", "1999", vec!["edition"]),
            ("closes-day", "soon", vec!["closes-day"]),
            ("closes-time", "25:00", vec!["closes-time"]),
            ("closes-day", "2026-01-01", vec!["closes-day"]),
            ("award-day", "2027-05-01", vec!["award-day"]),
            ("reviews-day", "2027-04-15", vec!["reviews-day"]),
            ("reviewers", "0", vec!["reviewers"]),
            ("apart", "two", vec!["apart"]),
            ("deferred", "12", vec!["deferred"]),
            ("recommendations", "14", vec!["recommendations"]),
            ("appeal-days", "", vec!["appeal-days"]),
            ("remind-before", "often", vec!["remind-before"]),
        ] {
            assert_eq!(faults(|typed| drop(typed.insert(field.into(), text.into()))), told, "{field} {text:?}");
        }
        assert_eq!(faults(Typed::clear).len(), 3 + 10 + 7, "everything is missing, and told at once");
    }

    #[test]
    fn the_next_cycle_is_the_same_a_year_later_on_the_clock_of_its_zone() {
        let next = call().next();
        assert_eq!((next.name.as_str(), next.typed()["closes-day"].as_str()), ("2028", "2028-04-15"));
        assert_eq!(next.typed()["opens-time"], "08:00");
        assert_eq!(Call::read(&next.typed(), &["2026"]), Ok(next));
    }

    #[test]
    fn changes_are_told_with_the_values_before_and_after() {
        let mut after = call();
        after.rules.reviewers = 3;
        after.rules.across = false;
        after.closes = after.closes.plus_days(1);
        assert_eq!(
            call().changes(&after),
            ["across yes -> none", "closes-day 2027-04-15 -> 2027-04-16", "reviewers 2 -> 3"]
        );
        assert!(call().changes(&call()).is_empty());
    }

    #[test]
    fn once_a_centre_has_begun_it_is_neither_asked_other_criteria_nor_shown() {
        let mut after = call();
        after.edition = "2027".into();
        after.rules.anonymity = Anonymity::Reviewer;
        let fields: Vec<String> = call().frozen(&after).into_iter().map(|(field, _)| field).collect();
        assert_eq!(fields, ["edition", "anonymity"]);
        // To hide more is always possible.
        let open = Call { rules: Rules { anonymity: Anonymity::Reviewer, ..Rules::default() }, ..call() };
        assert!(open.frozen(&call()).is_empty());
    }
}
