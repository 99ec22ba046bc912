//! What comes with time, and what people choose: reminders, digests, and mail that cannot be chosen away.

use crate::{
    domain::mail::Kind,
    server::mail::{self, schedule},
    tests::{harness::TestPortal, world::at},
};
use axum::http::StatusCode;

on_both!(
    a_digest_gathers_what_can_wait_for_who_may_still_see_it,
    reminders_come_once_and_not_after_submitting,
    a_reminder_that_waited_too_long_is_not_sent,
    what_is_essential_cannot_be_chosen_away,
);

async fn a_digest_gathers_what_can_wait_for_who_may_still_see_it(portal: TestPortal) {
    let (centre, application) = portal.at_a_draft().await;
    let colleague = portal.colleague(&centre, "Cleo north", "cleo@north.example").await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    let mut contributor = portal.sign_in(&centre.contributor_email()).await;
    let mut cleo = portal.sign_in("cleo@north.example").await;
    for browser in [&mut lead, &mut cleo] {
        browser.post("/account/mail", &[("request", "digest"), ("reminder", "digest")]).await.went_to();
    }
    let owner = colleague.to_string();
    lead.post(&at(application, "/team/owners"), &[("owner-5", &owner)]).await.went_to();
    let request = [("text", "look"), ("request", "yes")];
    for criterion in [3, 4, 5] {
        contributor.post(&at(application, &format!("/criteria/{criterion}/notes")), &request).await.went_to();
    }
    schedule::tick(portal.portal()).await;
    assert_eq!(portal.posted().await, [""; 0], "not before the morning");
    lead.post(&at(application, &format!("/team/members/{owner}/remove")), &[]).await.went_to();
    portal.go_to("2027-03-06T05:00:00Z");
    let (one, other) = tokio::join!(schedule::gather(portal.portal()), schedule::gather(portal.portal()));
    one.expect("digests");
    other.expect("digests");
    schedule::tick(portal.portal()).await;
    assert_eq!(portal.posted().await, ["digest account lead@north.example"], "one a day, and none for who has left");
    let letters = portal.mailed().await;
    assert!(letters[0].contains("Subject: Designated Centres: 2 pieces of news"), "{}", letters[0]);
    assert!(
        letters[0].contains(&at(application, "/criteria/3#notes")) && !letters[0].contains("Ben"),
        "{}",
        letters[0]
    );
    portal.go_to("2027-03-07T05:00:00Z");
    schedule::tick(portal.portal()).await;
    assert_eq!(portal.posted().await, [""; 0], "nothing new, no letter");
}

async fn reminders_come_once_and_not_after_submitting(portal: TestPortal) {
    // Closes on 15 April 2027, 15:32 in Zurich.
    let (centre, cycle) = (portal.centre("north").await, portal.open_cycle().await);
    let other = portal.centre("south").await;
    let (north, south) = (portal.draft(&centre, &cycle).await, portal.draft(&other, &cycle).await);
    let tick = || async {
        // Two nodes at once, and one that was just started again.
        let (one, two) = tokio::join!(schedule::remind(portal.portal()), schedule::remind(portal.portal()));
        one.expect("reminders");
        two.expect("reminders");
        schedule::tick(portal.portal()).await;
    };
    for (time, before) in [
        ("2027-03-31T12:00:00Z", 0),
        ("2027-04-01T05:00:00Z", 0),
        ("2027-04-01T07:00:00Z", 4),
        ("2027-04-02T07:00:00Z", 4),
        ("2027-04-08T07:00:00Z", 8),
    ] {
        portal.go_to(time);
        tick().await;
        assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM letter").await, before, "{time}");
    }
    let letters = portal.mailed().await;
    assert_eq!(letters.len(), 8);
    assert!(letters[0].contains("Subject: 14 days left to submit\r\n"), "{}", letters[0]);
    assert!(letters[0].contains("Thursday 15 April 2027, 15:32 Zurich time"), "{}", letters[0]);
    for letter in &letters {
        let word = if letter.contains("north.example") { "south" } else { "north" };
        assert!(!letter.contains(word), "{letter}");
    }
    // One centre submits; a new colleague of the other joins on the last day.
    portal.submit(&centre, north).await;
    portal.go_to("2027-04-13T07:00:00Z");
    tick().await;
    assert_eq!(
        portal.posted().await,
        ["reminder contributor colleague@south.example", "reminder lead lead@south.example"]
    );
    portal.go_to("2027-04-15T07:00:00Z");
    portal.colleague(&other, "Cleo south", "cleo@south.example").await;
    tick().await;
    assert_eq!(portal.posted().await.len(), 2, "what was before they joined does not concern them");
    portal.mailed().await;
    // The day after, only the lead can do anything; and only while it is a draft.
    portal.go_to("2027-04-16T07:00:00Z");
    tick().await;
    assert_eq!(portal.posted().await, ["reminder lead lead@south.example"]);
    let letters = portal.mailed().await;
    assert!(letters.iter().any(|letter| letter.contains("Subject: Your application was not submitted\r\n")));
    assert_eq!(letters.len(), 11);

    // A returned draft is not bound by the deadline, and not reminded of it.
    portal.give_back(&centre, north, 3, "look again").await;
    tick().await;
    assert_eq!(portal.posted().await, [""; 0]);
    let _ = south;
}

async fn a_reminder_that_waited_too_long_is_not_sent(portal: TestPortal) {
    let (centre, cycle) = (portal.centre("north").await, portal.open_cycle().await);
    let application = portal.draft(&centre, &cycle).await;
    portal.go_to("2027-04-08T07:00:00Z");
    schedule::tick(portal.portal()).await;
    assert_eq!(portal.posted().await.len(), 2);
    // The mail server is away; the centre submits; the server is back.
    portal.submit(&centre, application).await;
    assert_eq!(portal.mailed().await.len(), 0);
    let states = portal.texts("SELECT state || ' ' || reason FROM letter").await;
    assert_eq!(states, ["dropped moot", "dropped moot"]);

    // Other days, set by an administrator, count from then on.
    portal.account("Administrator", "admin@example.org", &["administrator"]).await;
    let mut administrator = portal.sign_in("admin@example.org").await;
    let way = format!("/administration/mail/reminders/{}", cycle.id);
    let refused = administrator.post(&way, &[("before", "soon"), ("after", "1")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.must_show("Write days between 1 and 90");
    assert_eq!(refused.html().value_of("before"), "soon", "what was typed is kept");
    assert_eq!(administrator.post(&way, &[("before", "5, 3"), ("after", "")]).await.went_to(), "/administration/mail");
    let reminders = portal.read().await.reminders(cycle.id).await.expect("reminders");
    assert_eq!((reminders.before, reminders.after), (vec![5, 3], vec![]));
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM event WHERE kind = 'RemindersSet'").await, 1);
}

async fn what_is_essential_cannot_be_chosen_away(portal: TestPortal) {
    let (centre, application) = portal.at_a_draft().await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    let page = lead.page("/account/mail").await;
    let choices: usize = Kind::ALL.iter().map(|kind| kind.choices().len()).filter(|choices| 1 < *choices).sum();
    assert_eq!(page.html().values("type").filter(|kind| *kind == "radio").count(), choices);
    let never: Vec<(&str, &str)> = Kind::ALL.iter().map(|kind| (kind.key(), "never")).collect();
    assert_eq!(lead.post("/account/mail", &never).await.went_to(), "/account/mail?done=saved");
    lead.page("/account/mail?done=saved").await.must_show("Your choices are saved.");
    assert_eq!(
        portal.texts("SELECT kind || ' ' || choice FROM mail_choice ORDER BY kind").await,
        ["reminder never", "request never"]
    );
    lead.post("/account/mail", &[("reminder", "nonsense")]).await.went_to();
    let mut contributor = portal.sign_in(&centre.contributor_email()).await;
    let request = [("text", "look"), ("request", "yes")];
    contributor.post(&at(application, "/criteria/3/notes"), &request).await.went_to();
    assert_eq!(portal.posted().await, [""; 0]);
    let letter = mail::Letter::FactorChanged {
        what: "A passkey was added".into(),
        day: "5 March 2027".into(),
        path: "/account".into(),
    };
    let mut tx = portal.write().await;
    for _ in 0..2 {
        let (stamp, origin) = (portal.stamp(Some(centre.lead)), &portal.settings.origin);
        mail::security_notice(&mut tx, &stamp, origin, centre.lead, "passkey-1", &letter).await.expect("a letter");
    }
    tx.commit().await.expect("commit");
    assert_eq!(portal.posted().await, ["security account lead@north.example"]);
}
