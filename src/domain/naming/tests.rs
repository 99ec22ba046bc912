use super::*;
use proptest::prelude::*;

/// The people, places and addresses of these tests.
fn known() -> Known {
    Known::new([
        "Dr. Søren Kjærgaard",
        "Anna Müller",
        "Maria García-López",
        "John Young",
        "Li Wei",
        "Nora O'Brien",
        "Rigshospitalet",
        "Saint Brigid's Cancer Centre",
        "North Lakes General Hospital",
        "Aarhus",
        "Reading",
        "anna@lakeside-oncology.example",
        "tom.field@gmail.com",
        "",
    ])
}

fn found(text: &str) -> Vec<(Kind, String)> {
    scan(text, &known()).into_iter().map(|h| (h.kind, h.found)).collect()
}

#[test]
fn what_tells_who_somebody_is_is_found() {
    use Kind::{Email, Link, Name, Near, Particulars, Phone, Titled, Told};
    for (text, kind, words) in [
        ("Thank you, Kjærgaard, for this.", Name, "Kjærgaard"),
        ("thank you kjaergaard", Name, "kjaergaard"),
        ("As Mueller showed", Name, "Mueller"),
        ("as muller showed", Name, "muller"),
        ("Müller's team meets weekly.", Name, "Müller"),
        ("The MÜLLER protocol", Name, "MÜLLER"),
        ("Mu\u{308}ller wrote it", Name, "Mu\u{308}ller"),
        ("Mül\u{200b}ler wrote it", Name, "Mül\u{200b}ler"),
        ("the study of Garcia Lopez", Name, "Garcia Lopez"),
        ("by Nora O’Brien", Name, "Nora O’Brien"),
        ("by John Young, 2019", Name, "John Young"),
        ("by Young John", Name, "Young John"),
        ("ask Li Wei", Name, "Li Wei"),
        ("the register of Rigshospitalet", Name, "Rigshospitalet"),
        ("as in Righospitalet, where", Near, "Righospitalet"),
        ("Kjærgard has shown", Near, "Kjærgard"),
        ("seen at Brigid", Name, "Brigid"),
        ("as North Lakes does", Name, "North Lakes"),
        ("as NLGH does", Name, "NLGH"),
        ("patients from Aarhus come", Name, "Aarhus"),
        ("patients from Reading come", Name, "Reading"),
        ("a ward like that of Prof. Halloran", Titled, "Prof. Halloran"),
        ("write to Anna.M@hospital.example.", Email, "Anna.M@hospital.example"),
        ("write to anna (at) hospital (dot) example", Email, "anna (at) hospital"),
        ("see https://pc.example/audit?x=1.", Link, "https://pc.example/audit?x=1"),
        ("see www.hospice.it for it", Link, "www.hospice.it"),
        ("see lakeside-oncology.example", Link, "lakeside-oncology.example"),
        ("as Lakeside does", Name, "Lakeside"),
        ("ring +45 35 45 35 45 on weekdays", Phone, "+45 35 45 35 45"),
        ("tel. 55 12 34", Phone, "55 12 34"),
        ("on 0171 555 0123 at night", Phone, "0171 555 0123"),
        ("As I told your director, it works.", Told, "As I told"),
        ("when we visited the ward", Told, "when we visited"),
        ("during my last visit", Told, "during my last visit"),
        ("In my own hospital we do this daily.", Particulars, "my own hospital"),
        ("In our country this is law.", Particulars, "our country"),
        ("I trained in Oxford.", Particulars, "I trained in"),
        ("Kind regards", Particulars, "Kind regards"),
    ] {
        let all = found(text);
        assert!(all.iter().any(|(k, w)| *k == kind && w.contains(words)), "{text:?}: {all:?}");
    }
}

#[test]
fn what_tells_nothing_is_left_alone() {
    for text in [
        "",
        "The young patients were seen early; younger ones too.",
        "John is missing here: the youngest field of research.",
        "Reading the minutes took long. Reading them again helped.",
        "Meeting on 2026-09-01, 01.09.2026 and 1/9/2026, from 2019-2024.",
        "24,300 of 1 250 000 patients (0.45 to 0.67), 12.5 %, ISBN 978.",
        "Doses: 0.5 1.5 2.5 mg; pages 12-15, 120/240.",
        "The service runs e.g. on weekdays, i.e. not at night. No.It is not.",
        "Our panel agrees: integration is at level 3. We suggest a written protocol.",
        "The general hospital in the north has a cancer centre of its own, and two lakes.",
        "ESMO and WHO ask for an MDT; the ICU has none.",
        "Dr on call at all times. Prof visits weekly.",
        "The miller, the mullah and a mulled wine.",
        "Patients are seen within 24 hours at home, including Sunday.",
        "We have read the file; I see strengths in teaching.",
        "The team works as one. Staff trained in 2024 lead it.",
    ] {
        let all = found(text);
        let rest: Vec<_> = all.iter().filter(|(_, w)| w != "John").collect();
        assert!(rest.is_empty(), "{text:?}: {rest:?}");
    }
}

#[test]
fn the_place_and_the_words_around_it_are_told() {
    let text = "The referral pathway is written and used by all wards.\nThank you, Anna Müller, for the audit of last year and more.";
    let all = scan(text, &known());
    assert_eq!(all.len(), 1, "what overlaps is one finding: {all:?}");
    assert_eq!(&text[all[0].at.clone()], "Anna Müller");
    assert_eq!(all[0].snippet, "…d used by all wards. Thank you, Anna Müller, for the audit of last year and…");
}

#[test]
fn one_edit_is_one_letter() {
    for (one, other, near) in [
        ("muller", "muller", false),
        ("muller", "miller", true),
        ("muller", "muler", true),
        ("muller", "mulller", true),
        ("muller", "mullre", true),
        ("muller", "mulers", false),
        ("muller", "mill", false),
        ("", "a", true),
    ] {
        assert_eq!(fold::one_edit(one, other), near, "{one} {other}");
        assert_eq!(fold::one_edit(other, one), near, "{other} {one}");
    }
}

#[test]
fn what_is_known_is_not_printed() {
    assert_eq!(format!("{:?}", known()), "[known names]");
}

proptest! {
    #[test]
    fn one_slip_in_a_long_name_is_found(place in 1_usize..9, slip in 0_u8..4, letter in "[b-df-hj-np-tv-xz]") {
        let name: Vec<char> = "Kastellani".chars().collect();
        let (mut typed, letter) = (name.clone(), letter.chars().next().expect("a letter"));
        match slip {
            0 => typed[place] = letter,
            1 => typed.insert(place, letter),
            2 => drop(typed.remove(place)),
            _ => typed.swap(place, place + 1),
        }
        let text = format!("as {} has shown", typed.iter().collect::<String>());
        let found = scan(&text, &Known::new(["Bruno Kastellani"]));
        prop_assert!(found.len() == 1, "{}: {:?}", text, found);
    }

    #[test]
    fn any_text_is_scanned_and_places_lie_within_it(text in "\\PC{0,120}") {
        for hit in scan(&text, &known()) {
            prop_assert_eq!(&text[hit.at.clone()], hit.found.as_str());
        }
    }

    #[test]
    fn a_name_is_found_wherever_it_stands(before in "[a-z ,.\n]{0,40}", after in "[ ,.\n][a-z ,.\n]{0,40}") {
        let text = format!("{before} Søren Kjærgaard{after}");
        prop_assert!(scan(&text, &known()).iter().any(|h| h.found.contains("Kjærgaard")), "{}", text);
    }
}
