//! Letters through the pages: who gets one, what it says, what is kept of it, and who decides.

mod delivery;
mod real;
mod schedule;
mod sink;

use super::{
    harness::{Engine, PASSWORD, TestPortal},
    world::at,
};
use crate::{
    domain::{id::ApplicationId, moment::Moment, stage::Reason},
    server::mail,
    store::{Stamp, invitation::Whose},
};
use axum::http::StatusCode;
use std::fs;

impl TestPortal {
    /// Delivers into the folder, and answers with every letter in it, the oldest first.
    pub async fn mailed(&self) -> Vec<String> {
        self.deliver(&self.settings.mail).await;
        let mut paths: Vec<_> = fs::read_dir(self.folder().join("mail"))
            .map(|entries| entries.map(|entry| entry.expect("an entry").path()).collect())
            .unwrap_or_default();
        paths.sort();
        let joined = |path| fs::read_to_string(path).expect("a letter").replace("=\r\n", "").replace("=3D", "=");
        paths.into_iter().map(joined).collect()
    }

    /// "kind role address" of every letter that is not sent.
    pub async fn posted(&self) -> Vec<String> {
        self.texts(
            "SELECT l.kind || ' ' || l.role || ' ' || c.email FROM letter l JOIN letter_content c ON c.letter_id = l.id \
             WHERE l.state = 'waiting' ORDER BY 1",
        )
        .await
    }

    /// Goes to a moment.
    pub fn go_to(&self, time: &str) {
        self.clock.set(Moment::parse(time).expect("a time"));
    }

    /// Screening sends an application back, as its page will do.
    async fn screen(&self, stamp: &Stamp, centre: &super::world::Centre, id: ApplicationId, text: &str) {
        let before = self.application(centre, id).await;
        let reasons = vec![Reason { criterion: Some(3), text: text.into() }];
        let stage = before.stage.clone().give_back(reasons, stamp.now).expect("it was submitted");
        let mut tx = self.write().await;
        tx.set_stage(stamp, id, before.version, &stage, crate::store::event::What::Returned).await.expect("a stage");
        mail::returned(&mut tx, stamp, &self.settings.origin, &before).await.expect("letters");
        tx.commit().await.expect("commit");
    }
}

on_both!(
    an_invitation_arrives_with_its_link_and_is_forgotten,
    a_link_that_was_taken_back_is_not_sent,
    a_signatory_gets_the_link_of_today,
    a_request_goes_to_who_can_act_and_never_to_who_asks,
    no_form_can_write_a_header,
    submitting_and_returning_are_written_to_the_centre_alone,
    administrators_see_why_and_never_what,
    without_a_mail_server_letters_wait_and_the_page_says_so,
);

async fn an_invitation_arrives_with_its_link_and_is_forgotten(portal: TestPortal) {
    let (centre, application) = portal.at_a_draft().await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    let fields = [("name", "Cleo North"), ("email", "Cleo@north.example")];
    let invited = lead.post(&at(application, "/team/invitations"), &fields).await;
    let link = invited.links("invitations").remove(0);
    invited.must_show("It goes out by mail now.");
    let mut visitor = portal.visitor();
    visitor.page("/outbox").await.must_show("1 more letter is on its way");

    let letters = portal.mailed().await;
    let [letter] = letters.as_slice() else { panic!("{} letters", letters.len()) };
    assert!(letter.contains("To: cleo@north.example\r\n"), "{letter}");
    assert!(letter.contains("You are invited to work on the application of north Cancer Centre."), "{letter}");
    assert_eq!(letter.matches(&link).count(), 2, "in the text and in the HTML");
    assert!(letter.contains("Date: Fri, 05 Mar 2027 13:00:00 +0000\r\n"), "{letter}");
    for name in ["Ada", "Ben", "Cleo North", "lead@", "Cc:", "Bcc:", "Reply-To:"] {
        assert!(!letter.contains(name), "{name} in {letter}");
    }
    // Nothing of it is left in the database.
    let token = link.rsplit_once('/').expect("a token").1;
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM letter_content").await, 0);
    for sql in ["SELECT cause FROM letter", "SELECT detail || subject FROM event", "SELECT token_hash FROM invitation"]
    {
        assert!(portal.texts(sql).await.iter().all(|text| !text.contains(token) && !text.contains("cleo")), "{sql}");
    }
    // A tester follows the link of the outbox.
    let outbox = visitor.page("/outbox").await;
    outbox.must_show("Your invitation to Designated Centres");
    assert!(outbox.html().values("href").any(|href| href == link), "{}", outbox.text());
    visitor.page(&link).await.must_show("Accept the invitation");
    let accept = [("name", "Cleo"), ("password", PASSWORD), ("again", PASSWORD)];
    visitor.post(&link, &accept).await.went_to();
}

async fn a_link_that_was_taken_back_is_not_sent(portal: TestPortal) {
    let (centre, application) = portal.at_a_draft().await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    for name in ["cleo", "dan"] {
        let email = format!("{name}@north.example");
        lead.post(&at(application, "/team/invitations"), &[("name", name), ("email", &email)]).await;
    }
    assert_eq!(portal.posted().await.len(), 2);
    let open = portal.read().await.open_invitations_of(Whose::Centre(centre.id)).await.expect("invitations");
    let cleo = open.iter().find(|i| i.name.shown() == "cleo").expect("an invitation").id;
    lead.post(&at(application, &format!("/team/invitations/{cleo}/revoke")), &[]).await.went_to();
    let letters = portal.mailed().await;
    assert_eq!(letters.len(), 1);
    assert!(letters[0].contains("To: dan@north.example"));
    let states = portal.texts("SELECT state || ' ' || reason FROM letter ORDER BY state").await;
    assert_eq!(states, ["dropped moot", "sent "]);
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM letter_content").await, 0);

    // One that waited for more than 72 hours is dead, and cannot be sent again.
    lead.post(&at(application, "/team/invitations"), &[("name", "Eve"), ("email", "eve@north.example")]).await;
    portal.wait_minutes(72 * 60);
    assert_eq!(portal.mailed().await.len(), 1);
    let dead = portal.read().await.open_letters(true).await.expect("letters").remove(0);
    assert!(!dead.can_be_resent(portal.clock.now()) && dead.email.is_none());
    let resent = portal.write().await.resend_letter(&portal.stamp(None), dead.id).await;
    assert!(resent.is_err(), "its link is too old");
}

async fn a_signatory_gets_the_link_of_today(portal: TestPortal) {
    let (centre, application) = portal.at_a_draft().await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    let way = at(application, "/check/signatories");
    let fields = |name| [("department-head-name", name), ("department-head-email", "head@north.example")];
    lead.post(&way, &fields("Dora")).await;
    // Somebody else is named before the first letter has left: its link has ended.
    let link = lead.post(&way, &fields("Emil")).await.links("confirmations").remove(0);
    let letters = portal.mailed().await;
    let [letter] = letters.as_slice() else { panic!("{} letters", letters.len()) };
    assert!(letter.contains(&link) && letter.contains("You are named as its head of department."), "{letter}");
    assert!(!letter.contains("Emil") && !letter.contains("Dora") && !letter.contains("Ada"), "{letter}");
    // The same once more: no new link, no new letter.
    lead.post(&way, &fields("Emil")).await.went_to();
    assert_eq!(portal.mailed().await.len(), 1);
}

async fn a_request_goes_to_who_can_act_and_never_to_who_asks(portal: TestPortal) {
    let (centre, application) = portal.at_a_draft().await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    let mut contributor = portal.sign_in(&centre.contributor_email()).await;
    let notes = |n: u8| at(application, &format!("/criteria/{n}/notes"));
    let request = [("text", "The figures of March are missing"), ("request", "yes")];
    lead.post(&notes(3), &request).await.went_to();
    assert_eq!(portal.posted().await, [""; 0], "nobody else looks after it");
    contributor.post(&notes(3), &[("text", "only a note")]).await.went_to();
    assert_eq!(portal.posted().await, [""; 0], "a note asks for nothing");
    contributor.post(&notes(3), &request).await.went_to();
    assert_eq!(portal.posted().await, ["request lead lead@north.example"]);
    let owner = centre.contributor.to_string();
    lead.post(&at(application, "/team/owners"), &[("owner-4", &owner)]).await.went_to();
    lead.post(&notes(4), &request).await.went_to();
    contributor.post(&notes(4), &request).await.went_to();
    let letters = portal.mailed().await;
    assert_eq!(letters.len(), 3);
    for letter in &letters {
        // What colleagues write to each other never leaves the portal.
        assert!(!letter.contains("figures of March"), "{letter}");
        let (to_lead, names) = (letter.contains("To: lead@"), (letter.contains("Ada"), letter.contains("Ben")));
        assert_eq!(names, (to_lead, !to_lead), "only the recipient is named: {letter}");
    }
}

async fn no_form_can_write_a_header(portal: TestPortal) {
    let (centre, application) = portal.at_a_draft().await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    for bad in ["\r\nBcc: thief@evil.example", "\nBcc: thief@evil.example", "\r\n\r\nbody", "%0d%0aBcc: x@y.example"] {
        let fields = [("name", format!("Cleo{bad}")), ("email", format!("cleo@north.example{bad}"))];
        let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let refused = lead.post(&at(application, "/team/invitations"), &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{bad:?}");
        let name = format!("Cleo{bad}");
        lead.post(&at(application, "/team/invitations"), &[("name", &name), ("email", "cleo@north.example")]).await;
        let fields = [("department-head-name", name.as_str()), ("department-head-email", "head@north.example")];
        lead.post(&at(application, "/check/signatories"), &fields).await;
    }
    // A centre and a person with a line end in their names, past every form.
    portal.tamper("UPDATE centre_identity SET name = 'North\r\nBcc: thief@evil.example'").await;
    portal.tamper("UPDATE person SET name = 'Ada\r\nBcc: thief@evil.example'").await;
    lead.post(&at(application, "/team/invitations"), &[("name", "Dan"), ("email", "dan@north.example")]).await;
    let mut contributor = portal.sign_in(&centre.contributor_email()).await;
    let request = [("text", "look"), ("request", "yes")];
    contributor.post(&at(application, "/criteria/3/notes"), &request).await.went_to();
    let letters = portal.mailed().await;
    assert!(7 <= letters.len(), "{}", letters.len());
    for letter in letters {
        let (head, body) = letter.split_once("\r\n\r\n").expect("a body");
        assert_eq!(head.matches('@').count(), 3, "sender, recipient, Message-ID: {head}");
        assert!(!head.contains("Bcc") && !head.contains("evil"), "{head}");
        assert!(!body.contains("\r\nBcc"), "{body}");
    }
}

async fn submitting_and_returning_are_written_to_the_centre_alone(portal: TestPortal) {
    let (centre, cycle) = (portal.centre("north").await, portal.open_cycle().await);
    portal.centre("south").await;
    let screener = portal.account("Canaria Reviewerova", "canary@group.example", &["coordinator", "reviewer"]).await;
    let application = portal.ready_draft(&centre, &cycle).await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    lead.post(&at(application, "/submit"), &[]).await.went_to();
    lead.post(&at(application, "/submit"), &[]).await.went_to();
    assert_eq!(portal.posted().await, ["receipt lead lead@north.example"], "once, however often the button is pressed");

    portal.screen(&portal.stamp(Some(screener)), &centre, application, "canary@group.example says so").await;
    assert_eq!(
        portal.posted().await,
        [
            "receipt lead lead@north.example",
            "returned contributor colleague@north.example",
            "returned lead lead@north.example"
        ]
    );
    // A second round is another cause.
    lead.post(&at(application, "/submit"), &[]).await.went_to();
    let letters = portal.mailed().await;
    assert_eq!(letters.len(), 4);
    for letter in &letters {
        for canary in ["Canaria", "canary", "Reviewerova", "group.example", "south", "13:32", "14:32"] {
            assert!(!letter.contains(canary), "{canary} in {letter}");
        }
        let other = if letter.contains("To: lead@") { "Ben" } else { "Ada" };
        assert!(!letter.contains(other), "{letter}");
    }
}

async fn administrators_see_why_and_never_what(portal: TestPortal) {
    let (centre, application) = portal.at_a_draft().await;
    portal.account("Administrator", "admin@example.org", &["administrator"]).await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    let fields = [("name", "Cleo"), ("email", "refused@north.example")];
    let link = lead.post(&at(application, "/team/invitations"), &fields).await.links("invitations").remove(0);
    let token = link.rsplit_once('/').expect("a token").1;
    let mut administrator = portal.sign_in("admin@example.org").await;
    administrator.page("/administration").await.must_show("Mail");
    let waiting = administrator.page("/administration/mail").await;
    waiting.must_show("Invitation, to contributor");
    let sink = sink::Sink::open().await;
    let mail = sink.settings(mail::settings::Tls::NoneOnLoopback);
    portal.deliver(&mail).await;
    let dead = administrator.page("/administration/mail").await;
    dead.must_show("The mail server refuses it for good (code 550).");
    dead.must_show("refused@north.example");
    for page in [&waiting, &dead] {
        for secret in [token, "/invitations/", "north Cancer Centre", "nobody here", "Your invitation"] {
            assert!(!page.text().contains(secret), "{secret}");
        }
    }
    let id = portal.read().await.open_letters(true).await.expect("letters").remove(0).id;
    let way = |what: &str| format!("/administration/mail/{id}/{what}");
    assert_eq!(lead.post(&way("resend"), &[]).await.status, StatusCode::NOT_FOUND);
    administrator.post(&way("resend"), &[]).await.went_to();
    assert_eq!(administrator.post(&way("resend"), &[]).await.status, StatusCode::CONFLICT, "it waits already");
    sink.state.kind.store(true, std::sync::atomic::Ordering::Relaxed);
    portal.deliver(&mail).await;
    let taken = sink.state.taken.lock().expect("a lock")[0].1.replace("=\n", "");
    assert!(taken.contains(token), "the link is still the same");
    assert_eq!(administrator.post(&way("drop"), &[]).await.status, StatusCode::CONFLICT, "it was sent");
    // One that is dropped is forgotten.
    lead.post(&at(application, "/team/invitations"), &[("name", "Dan"), ("email", "dan@north.example")]).await;
    let id = portal.read().await.open_letters(false).await.expect("letters").remove(0).id;
    administrator.post(&format!("/administration/mail/{id}/drop"), &[]).await.went_to();
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM letter_content").await, 0);
    portal.deliver(&mail).await;
    assert_eq!(sink.recipients(), ["refused@north.example"]);
    let events = "SELECT kind FROM event WHERE kind LIKE 'Letter%' ORDER BY kind";
    assert_eq!(portal.texts(events).await, ["LetterDropped", "LetterPosted", "LetterPosted", "LetterResent"]);
    administrator.page("/administration/mail").await.must_show("Every letter was delivered, or is still tried.");
}

async fn without_a_mail_server_letters_wait_and_the_page_says_so(portal: TestPortal) {
    let engine = if portal.store.engine() == "SQLite" { Engine::Sqlite } else { Engine::Postgres };
    let portal = TestPortal::begin_with(engine, |settings| settings.mail.way = mail::Way::Nowhere).await;
    let (centre, application) = portal.at_a_draft().await;
    portal.account("Administrator", "admin@example.org", &["administrator"]).await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    let fields = [("name", "Cleo"), ("email", "cleo@north.example")];
    let invited = lead.post(&at(application, "/team/invitations"), &fields).await;
    invited.must_show("Send this link to the person yourself.");
    assert_eq!(portal.posted().await, ["invitation contributor cleo@north.example"]);
    let mut administrator = portal.sign_in("admin@example.org").await;
    administrator.page("/administration/mail").await.must_show("No mail server is set, so letters wait.");
    let unknown = administrator.get("/no/such/page").await;
    assert_eq!(administrator.get("/outbox").await.bare(), unknown.bare(), "no folder, no outbox");

    let portal = TestPortal::begin_with(engine, |settings| settings.demo = false).await;
    let mut visitor = portal.visitor();
    let unknown = visitor.get("/no/such/page").await;
    assert_eq!(visitor.get("/outbox").await.bare(), unknown.bare(), "not outside the demo");
}
