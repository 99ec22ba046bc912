//! What people type: every character comes back, and what cannot be saved is given back to be copied.

use super::{
    harness::TestPortal,
    html::textarea,
    saves::{HERE, save, shown, stored},
    world::at,
};
use crate::domain::text::FIELD_BYTES;
use axum::http::StatusCode;

on_both!(
    what_is_not_understood_is_given_back,
    a_level_that_does_not_exist_is_given_back,
    a_text_that_is_too_long_is_refused_whole,
    a_text_of_the_longest_length_is_saved,
    odd_characters_survive,
    a_text_is_shown_as_it_was_typed,
    a_text_that_is_given_back_is_no_markup,
    a_null_character_is_never_an_error_of_ours,
);

async fn what_is_not_understood_is_given_back(portal: TestPortal) {
    let (centre, application) = portal.at_a_draft().await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    let fields = [("version", "0"), ("narrative", "This is known."), ("reflection", "This field <is> gone.")];
    let reply = lead.post(&at(application, HERE), &fields).await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    reply.must_show("A part of this form was not saved");
    reply.must_show("This field <is> gone.");
    assert_eq!(shown(&mut lead, application).await, "This is known.");
}

async fn a_level_that_does_not_exist_is_given_back(portal: TestPortal) {
    let (centre, application) = portal.at_a_draft().await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    let fields = [("version", "0"), ("level", "9"), ("narrative", "Kept all the same.")];
    let reply = lead.post(&at(application, HERE), &fields).await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    let answer = portal.read().await.answer(application, 3).await.expect("an answer").expect("an answer");
    assert_eq!((answer.content.level, answer.content.narrative.as_str()), (None, "Kept all the same."));
}

async fn a_text_that_is_too_long_is_refused_whole(portal: TestPortal) {
    let (centre, application) = portal.at_a_draft().await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    let long = "x".repeat(FIELD_BYTES + 1);
    let reply = save(&mut lead, application, "0", &long).await;
    assert_eq!(reply.status, StatusCode::PAYLOAD_TOO_LARGE);
    reply.must_show("This is more than we can take at once");
    let reply = save(&mut lead, application, "0", &"y".repeat(2 * 1024 * 1024)).await;
    assert_eq!(reply.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(portal.read().await.answer(application, 3).await.expect("an answer").is_none());
}

async fn a_text_of_the_longest_length_is_saved(portal: TestPortal) {
    let (centre, application) = portal.at_a_draft().await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    let longest = "wörter ".repeat(FIELD_BYTES / "wörter ".len());
    let fields = [("version", "0"), ("level", "2"), ("narrative", longest.as_str())];
    lead.post(&at(application, HERE), &fields).await.went_to();
    assert_eq!(stored(&portal, application).await, longest);
    lead.page(&at(application, HERE)).await.must_show("Shorten the text to 400 words");
}

async fn odd_characters_survive(portal: TestPortal) {
    let (centre, application) = portal.at_a_draft().await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    let odd = "שלום عليكم \u{202e}back\u{202c} 👩🏽‍⚕️ e\u{301} \u{feff} \u{200b} ﷽ 𝔘𝔫𝔦 \u{1} \u{7f} ' OR 1=1; -- %00 \\u0000 \
        {{x}} ${y}\n\n\ttab\u{a0}end ";
    save(&mut lead, application, "0", odd).await.went_to();
    assert_eq!(stored(&portal, application).await, odd);
    assert_eq!(shown(&mut lead, application).await, odd);
    // What is shown is sent again unchanged: nothing grows with every save.
    save(&mut lead, application, "1", odd).await.went_to();
    assert_eq!(stored(&portal, application).await, odd);
}

async fn a_text_is_shown_as_it_was_typed(portal: TestPortal) {
    let (centre, application) = portal.at_a_draft().await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    let mut changed = Vec::new();
    for text in [
        "Research & development",
        "Research &amp; development",
        "Less than 5 &lt; 10 &#8364;",
        "</textarea><form action=\"https://evil.example\"><input name=\"password\"></form><script>alert(1)</script>",
        "<!-- a comment",
        "\n\nAfter two empty lines.",
    ] {
        let version = lead.page(&at(application, HERE)).await.html().value_of("version");
        save(&mut lead, application, &version, text).await.went_to();
        assert_eq!(stored(&portal, application).await, text);
        let page = lead.page(&at(application, HERE)).await;
        let back = textarea(&page.text(), "narrative").expect("the field of the case");
        if back != text {
            changed.push(format!("{text:?} comes back as {back:?}\n"));
        }
        if page.html().scripts.iter().any(|(_, code)| code.contains("alert")) {
            changed.push(format!("{text:?} becomes a script\n"));
        }
    }
    assert!(changed.is_empty(), "{}", changed.concat());
}

async fn a_text_that_is_given_back_is_no_markup(portal: TestPortal) {
    let (_, application) = portal.at_a_draft().await;
    let text = "</textarea><form action=\"https://evil.example\"></form> &amp; more";
    let refused = save(&mut portal.visitor(), application, "0", text).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert!(refused.html().named("form").all(|form| form.get("action") != Some("https://evil.example")));
    refused.must_show(text);
}

async fn a_null_character_is_never_an_error_of_ours(portal: TestPortal) {
    let (centre, application) = portal.at_a_draft().await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    save(&mut lead, application, "0", "before\0after").await.went_to();
    assert_eq!(stored(&portal, application).await, "beforeafter", "nobody types it, and PostgreSQL cannot store it");
    let mut failed = Vec::new();
    let base = at(application, "");
    for (path, fields) in [
        (format!("{base}/criteria/3/notes"), vec![("text", "a\0b")]),
        (format!("{base}/criteria/3?done=\0"), vec![("narrative", "before\0after"), ("version", "1")]),
        (format!("{base}/criteria/4"), vec![("indicator.a-b.value", "a\0b")]),
        (format!("{base}/criteria/3/choose"), vec![("author", "a\0b")]),
        (format!("{base}/team/invitations"), vec![("name", "a\0b"), ("email", "a\0b@north.example")]),
        (
            format!("{base}/check/signatories"),
            vec![("department-head-name", "a\0b"), ("department-head-email", "a@b.example")],
        ),
        ("/applications".to_owned(), vec![("centre", "a\0b")]),
        ("/sign-in".to_owned(), vec![("email", "a\0b"), ("password", "a\0b")]),
    ] {
        let reply = lead.post(&path.replace('\0', "%00"), &fields).await;
        if reply.status.is_server_error() {
            failed.push(format!("{}: {}\n", path.replace(&base, "…"), reply.headline()));
        }
    }
    assert!(failed.is_empty(), "{}", failed.concat());
}
