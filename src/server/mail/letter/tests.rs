//! The words of letters.

use super::*;

fn every_letter() -> Vec<Letter> {
    let title = || "Renewal application 2027".to_owned();
    let path = |rest: &str| format!("/applications/{}{rest}", "a".repeat(32));
    let token = "0".repeat(64);
    let invitation = |role: &str, centre: Option<&str>| Letter::Invitation {
        role: role.into(),
        centre: centre.map(str::to_owned),
        path: format!("/invitations/{token}"),
    };
    let reminder = |left| Letter::Reminder {
        title: title(),
        left,
        closes: "Thursday 15 April 2027, 23:59 Zurich time".into(),
        path: path(""),
    };
    vec![
        invitation("lead", Some("Fjellvik Cancer Centre")),
        invitation("contributor", Some("Fjellvik Cancer Centre")),
        invitation("coordinator", None),
        invitation("administrator", None),
        Letter::Signature {
            capacity: Capacity::InstituteHead,
            centre: "Fjellvik Cancer Centre".into(),
            cycle: "2027".into(),
            path: format!("/confirmations/{token}"),
        },
        Letter::Request { title: title(), criterion: 7, path: path("/criteria/7#notes") },
        Letter::Receipt { title: title(), day: "5 March 2027".into(), path: path("/receipt") },
        Letter::Returned { title: title(), path: path("") },
        Letter::ReviewAsked { path: "/reviews".into() },
        reminder(14),
        reminder(1),
        reminder(0),
        reminder(-1),
        Letter::Designation { ends: Some("31 October 2027".into()), path: path("/designation") },
        Letter::Designation { ends: None, path: path("/designation") },
        Letter::Question {
            title: title(),
            due: "Friday 19 March 2027, 23:59 Zurich time".into(),
            path: path(&format!("/requests/{}", "b".repeat(32))),
        },
        Letter::Panel { news: News::Answer, path: format!("/reviews/{}/requests", "c".repeat(32)) },
        Letter::Panel { news: News::Waits, path: format!("/working-group/cycles/{}", "d".repeat(32)) },
        Letter::Panel { news: News::Deliberation, path: format!("/reviews/{}/deliberation", "c".repeat(32)) },
        Letter::SignedIn { how: "a passkey".into(), day: "5 March 2027".into(), path: "/account".into() },
        Letter::FactorChanged {
            what: "A passkey was added".into(),
            day: "5 March 2027".into(),
            path: "/account".into(),
        },
        Letter::Digest {
            lines: vec![
                (
                    "Renewal application 2027: a colleague asks for a change at criterion 7.".into(),
                    path("/criteria/7#notes"),
                ),
                ("Renewal application 2027 was submitted.".into(), path("/receipt")),
            ],
        },
    ]
}

#[test]
fn the_words_of_every_letter() {
    let mut all = String::new();
    for letter in every_letter() {
        let name = matches!(letter.kind(), Kind::Invitation | Kind::Signature)
            .then_some(())
            .map_or(Some("Ingrid Solbergvik"), |()| None);
        let rendered = letter.render(name, "https://portal.example.org").expect("a letter");
        all += &format!("=== {}\n{}\n", rendered.subject, rendered.text);
    }
    insta::assert_snapshot!(all);
}

#[test]
fn the_html_of_a_letter_and_of_a_digest() {
    let letters = every_letter();
    let mut all = String::new();
    for letter in [&letters[4], &letters[letters.len() - 1]] {
        all += &letter.render(Some("Ingrid"), "https://portal.example.org").expect("a letter").html;
    }
    insta::assert_snapshot!(all);
}

#[test]
fn text_and_html_say_the_same() {
    for letter in every_letter() {
        let rendered = letter.render(Some("Ingrid"), "https://portal.example.org").expect("a letter");
        for line in rendered.text.lines().filter(|line| !line.is_empty() && *line != "--") {
            let line = line.trim_start_matches("- ").trim_start().trim_end_matches(':');
            let escaped = line.replace('&', "&#38;");
            assert!(rendered.html.contains(&escaped), "{line:?} is not in {}", rendered.html);
        }
    }
}

#[test]
fn what_others_have_typed_is_no_html_and_no_new_line() {
    let letter = Letter::Invitation {
        role: "lead".into(),
        centre: Some("<script>alert(1)</script>\r\nAccept here: https://evil.example".into()),
        path: "/invitations/x".into(),
    };
    let rendered = letter.render(Some("Ada\r\n\r\nhttps://evil.example/"), "https://p.example").expect("a letter");
    assert!(!rendered.html.contains("<script"), "{}", rendered.html);
    for line in rendered.text.lines() {
        assert!(!line.starts_with("https://evil") && !line.starts_with("Accept here"), "{}", rendered.text);
    }
}

#[test]
fn only_what_can_wait_has_a_line_for_a_digest() {
    use crate::domain::mail::Choice;
    for letter in every_letter() {
        assert_eq!(letter.line().is_some(), letter.kind().choices().contains(&Choice::Digest), "{letter:?}");
    }
}
