//! Terms, steps and status, as tables.

use super::*;
use proptest::prelude::*;

fn at(text: &str) -> Moment {
    Moment::parse(text).expect("a time")
}

fn award(text: &str, zone: &str) -> Term {
    Term::awarded(&Deadline { at: at(text), zone: zone.into() })
}

#[test]
fn a_term_is_three_years_of_whole_days_in_the_zone_of_the_programme() {
    for (awarded, zone, first, last) in [
        ("2024-11-01T09:00:00Z", "Europe/Zurich", "1 November 2024", "31 October 2027"),
        ("2024-10-31T23:30:00Z", "Europe/Zurich", "1 November 2024", "31 October 2027"),
        ("2024-10-31T23:30:00Z", "UTC", "31 October 2024", "30 October 2027"),
        ("2027-01-01T09:00:00Z", "Europe/Zurich", "1 January 2027", "31 December 2029"),
        // A leap day on either side.
        ("2028-02-29T09:00:00Z", "Europe/Zurich", "29 February 2028", "28 February 2031"),
        ("2028-02-28T09:00:00Z", "Europe/Zurich", "28 February 2028", "27 February 2031"),
        ("2025-03-01T09:00:00Z", "Europe/Zurich", "1 March 2025", "29 February 2028"),
        ("2025-02-28T09:00:00Z", "Europe/Zurich", "28 February 2025", "27 February 2028"),
        // Summer time begins and ends on these days.
        ("2027-03-28T09:00:00Z", "Europe/Zurich", "28 March 2027", "27 March 2030"),
        ("2027-10-31T09:00:00Z", "Europe/Zurich", "31 October 2027", "30 October 2030"),
        ("2027-05-01T09:00:00Z", "Mars/Olympus", "1 May 2027", "30 April 2030"),
    ] {
        let term = award(awarded, zone);
        assert_eq!((term.first_day(zone).as_str(), term.last_day(zone).as_str()), (first, last), "{awarded} {zone}");
        assert!(term.valid_at(term.from) && !term.valid_at(term.until), "{awarded}");
    }
    let term = award("2024-11-01T09:00:00Z", "Europe/Zurich");
    assert_eq!((term.from, term.until), (at("2024-10-31T23:00:00Z"), at("2027-10-31T23:00:00Z")));
}

#[test]
fn status_follows_dates_and_facts() {
    let until = award("2024-11-01T09:00:00Z", "Europe/Zurich").until;
    let plain = Facts::default();
    let renewing = Facts { renewing: true, withdrawn: false };
    let withdrawn = Facts { renewing: true, withdrawn: true };
    for (now, facts, status) in [
        ("2024-11-02T09:00:00Z", plain, Status::Active),
        ("2026-10-31T09:00:00Z", plain, Status::Active),
        ("2026-11-01T00:00:00Z", plain, Status::Expiring(Step::Twelve)),
        ("2027-04-30T23:59:59Z", plain, Status::Expiring(Step::Twelve)),
        ("2027-05-01T00:00:00Z", plain, Status::Expiring(Step::Six)),
        ("2027-07-31T12:00:00Z", plain, Status::Expiring(Step::Six)),
        ("2027-08-01T00:00:00Z", plain, Status::Expiring(Step::Three)),
        ("2027-10-31T22:59:59Z", plain, Status::Expiring(Step::Three)),
        ("2027-10-31T23:00:00Z", plain, Status::Lapsed),
        ("2026-01-01T00:00:00Z", renewing, Status::InRenewal),
        ("2027-10-01T00:00:00Z", renewing, Status::InRenewal),
        ("2027-11-01T00:00:00Z", renewing, Status::Lapsed),
        ("2026-01-01T00:00:00Z", withdrawn, Status::Withdrawn),
        ("2028-01-01T00:00:00Z", withdrawn, Status::Withdrawn),
    ] {
        assert_eq!(Status::of(until, facts, at(now)), status, "{now} {facts:?}");
    }
}

#[test]
fn steps_come_at_the_end_of_short_months_as_well() {
    // Valid until the end of 30 May in UTC.
    let until = at("2027-05-31T00:00:00Z");
    for (now, step) in [
        ("2027-02-28T00:00:00Z", Some(Step::Six)),
        ("2027-03-01T00:00:00Z", Some(Step::Three)),
        ("2027-02-27T00:00:00Z", Some(Step::Six)),
        ("2027-03-31T00:00:00Z", Some(Step::Three)),
        ("2026-05-31T00:00:00Z", Some(Step::Twelve)),
        ("2026-05-30T23:59:00Z", None),
    ] {
        assert_eq!(Step::of(until, at(now)), step, "{now}");
    }
    let leap = at("2028-03-01T00:00:00Z");
    assert_eq!(Step::of(leap, at("2027-02-28T12:00:00Z")), None);
    assert_eq!(Step::of(leap, at("2027-03-01T12:00:00Z")), Some(Step::Twelve));
    assert_eq!(Step::of(at("2028-02-29T00:00:00Z"), at("2027-02-28T12:00:00Z")), None);
    assert_eq!(Step::of(at("2028-02-28T00:00:00Z"), at("2027-02-28T12:00:00Z")), Some(Step::Twelve));
}

#[test]
fn a_filter_is_read_back_and_nothing_wrong_is_a_filter() {
    for wanted in Wanted::ALL {
        assert_eq!(Wanted::parse(wanted.key()), wanted);
    }
    assert_eq!(Wanted::parse("nonsense"), Wanted::Any);
    assert!(Wanted::Expiring(Step::Twelve).holds(Status::Expiring(Step::Three)));
    assert!(!Wanted::Expiring(Step::Three).holds(Status::Expiring(Step::Twelve)));
}

proptest! {
    /// Time only takes a term nearer to its end.
    #[test]
    fn a_status_never_goes_back(from in 0_i64..40_000, days in 1_i64..400, start in 0_i64..4_000) {
        let term = Term::awarded(&Deadline { at: Moment::from_millis(0).plus_days(start), zone: "UTC".into() });
        let rank = |now: Moment| match Status::of(term.until, Facts::default(), now) {
            Status::Active => 0,
            Status::Expiring(step) => 1 + step as u8,
            Status::InRenewal | Status::Withdrawn => unreachable!("no fact says so"),
            Status::Lapsed => 9,
        };
        let now = Moment::from_millis(0).plus_days(from % 6_000);
        prop_assert!(rank(now) <= rank(now.plus_days(days)));
    }

    /// A list that is bounded by the ends of terms holds exactly what has the status.
    #[test]
    fn the_ends_of_a_filter_hold_what_it_wants(hours in -30_000_i64..30_000, withdrawn: bool, renewing: bool) {
        let now = at("2027-03-05T13:32:00Z");
        let until = now.plus_minutes(hours * 60);
        let status = Status::of(until, Facts { withdrawn, renewing }, now);
        for wanted in Wanted::ALL {
            let (first, last) = wanted.ends(now);
            let within = first <= until && until < last;
            prop_assert!(!wanted.holds(status) || within, "{:?} {:?}", wanted, status);
            if within && !withdrawn && !renewing && wanted != Wanted::Withdrawn && wanted != Wanted::InRenewal {
                prop_assert!(wanted.holds(status), "{:?} {:?}", wanted, status);
            }
        }
    }
}
