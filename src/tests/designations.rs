//! Designations: ledger, certificate, consent, register, the check of a code, and withdrawal by two people.

use super::{
    browser::Browser,
    harness::TestPortal,
    world::{
        Centre, at,
        review::{CHAIR, COORDINATOR, SECOND},
    },
};
use crate::{
    domain::{
        designation::{Code, Wanted},
        id::{ApplicationId, DesignationId},
        moment::Moment,
        outcome::Outcome,
    },
    server::mail::schedule,
    store::{
        conflict::{Kind, Source},
        designation::{
            Designation,
            ledger::{Order, Search},
        },
    },
};
use axum::http::StatusCode;

mod ledger;

on_both!(
    before_a_designation_there_is_no_page,
    the_certificate_shows_what_its_code_proves,
    a_code_tells_dates_and_only_what_was_published,
    consent_is_the_leads_and_can_be_taken_back,
    the_register_shows_what_is_valid_and_agreed,
    the_register_is_paged_and_searched,
    leads_are_written_to_before_the_end_and_once,
    an_award_of_the_same_application_comes_once,
);

/// The end of an award: 1 November 2024 to 31 October 2027.
const FROM: &str = "2024-10-31T23:00:00Z";
const UNTIL: &str = "2027-10-31T23:00:00Z";

fn moment(text: &str) -> Moment {
    Moment::parse(text).expect("a time")
}

/// The address of a designation for the working group.
fn ledger(id: DesignationId, rest: &str) -> String {
    format!("/working-group/designations/{id}{rest}")
}

/// An application of a past cycle that was released.
async fn released(portal: &TestPortal, centre: &Centre, outcome: Outcome) -> ApplicationId {
    let cycle = portal.cycle(&format!("2024 {}", centre.word), -1000, -900).await;
    let application = portal.draft(centre, &cycle).await;
    portal.submit(centre, application).await;
    portal
        .advance(centre, application, |stage, now| {
            let stage = stage.open_review(now).expect("submitted").deliberate(now).expect("under review");
            stage.decide(outcome, now).expect("deliberated").release(now).expect("decided")
        })
        .await;
    application
}

async fn award(
    portal: &TestPortal,
    centre: &Centre,
    application: ApplicationId,
    from: &str,
    until: &str,
) -> DesignationId {
    let mut tx = portal.write().await;
    let (from, until) = (moment(from), moment(until));
    let id = tx.add_designation(&portal.stamp(None), centre.id, application, from, until).await.expect("a designation");
    tx.commit().await.expect("commit");
    id
}

/// A centre that is designated until the end of October 2027.
async fn designated(portal: &TestPortal, word: &'static str) -> (Centre, ApplicationId, Designation) {
    let centre = portal.centre(word).await;
    let application = released(portal, &centre, Outcome::Accredited).await;
    let id = award(portal, &centre, application, FROM, UNTIL).await;
    (centre, application, now(portal, id).await)
}

async fn now(portal: &TestPortal, id: DesignationId) -> Designation {
    portal.read().await.designation(id).await.expect("a designation").expect("one")
}

async fn publish(portal: &TestPortal, of: &Designation, name: &str) {
    let mut tx = portal.write().await;
    tx.publish(&portal.stamp(None), of, name).await.expect("published");
    tx.commit().await.expect("commit");
}

/// Coordinators and a chair.
async fn group(portal: &TestPortal) -> [Browser; 3] {
    portal.account("Corinna Dahl", COORDINATOR, &["coordinator"]).await;
    portal.account("Sixten Olander", SECOND, &["coordinator"]).await;
    portal.account("Chiara Monti", CHAIR, &["chair"]).await;
    [portal.sign_in(COORDINATOR).await, portal.sign_in(SECOND).await, portal.sign_in(CHAIR).await]
}

async fn before_a_designation_there_is_no_page(portal: TestPortal) {
    let centre = portal.centre("north").await;
    let application = released(&portal, &centre, Outcome::NotAccredited).await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    let unknown = lead.get("/no/such/page").await;
    for rest in ["/certificate", "/designation"] {
        assert_eq!(lead.get(&at(application, rest)).await.bare(), unknown.bare(), "{rest}");
    }
    let refused = lead.post(&at(application, "/designation"), &[("public-name", "North")]).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
    assert!(
        !lead.page(&at(application, "")).await.text().contains("/designation"),
        "no way to a page that is not there"
    );
}

async fn the_certificate_shows_what_its_code_proves(portal: TestPortal) {
    let (centre, application, designation) = designated(&portal, "north").await;
    let south = portal.centre("south").await;
    let mut stranger = portal.sign_in(&south.lead_email()).await;
    let page = at(application, "/certificate");
    let unknown = stranger.get("/no/such/page").await;
    assert_eq!(stranger.get(&page).await.bare(), unknown.bare());
    for email in [centre.lead_email(), centre.contributor_email()] {
        let mut member = portal.sign_in(&email).await;
        let reply = member.page(&page).await;
        for text in [
            "north Cancer Centre",
            "Port north, Utopia",
            "1 November 2024 to 31 October 2027",
            "First term.",
            "Enter it at portal.test/verify",
        ] {
            reply.must_show(text);
        }
        reply.must_show(&designation.code.to_string());
        // The address of the check, as a square: 29 modules and the margin of a version 3 code.
        assert!(reply.text().contains("class=\"seal\""), "a square for cameras");
    }
    // The second term counts from the first.
    let cycle = portal.cycle("2027", -60, 41).await;
    let again = portal.draft(&centre, &cycle).await;
    award(&portal, &centre, again, "2027-10-31T23:00:00Z", "2030-10-31T23:00:00Z").await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    lead.page(&at(again, "/certificate")).await.must_show("Second term, designated since 2024.");
    lead.page(&page).await.must_show("First term.");
}

async fn a_code_tells_dates_and_only_what_was_published(portal: TestPortal) {
    let (_, _, designation) = designated(&portal, "north").await;
    let mut visitor = portal.visitor();
    let page = format!("/certificates/{}", designation.code);
    let reply = visitor.page(&page).await;
    reply.must_show("This certificate is valid");
    reply.must_show("It is valid from 1 November 2024 to 31 October 2027.");
    for word in ["north", "Utopia", &designation.id.to_string()] {
        assert!(!reply.text().contains(word), "{word} was not published");
    }
    publish(&portal, &designation, "North Clinic").await;
    visitor.page(&page).await.must_show("North Clinic");
    // As it is typed from paper.
    let typed = designation.code.to_string().to_lowercase().replace('-', " ");
    let way = visitor.get(&format!("/verify?{}", query(&[("code", &typed)]))).await.went_to();
    visitor.page(&way).await.must_show("This certificate is valid");
    let way = visitor.get(&format!("/register?{}", query(&[("q", &typed)]))).await.went_to();
    assert_eq!(way, page);

    // What stands for nothing is answered alike, whether it could be a code or not.
    let told = |reply: &super::browser::Reply, code: &str| reply.bare().replace(code, "CODE");
    let one = visitor.page(&format!("/certificates/{}", Code::draw(1))).await;
    one.must_show("No certificate has this code");
    for other in ["2222-2222-2223", "nonsense", "0O1I"] {
        let reply = visitor.page(&format!("/certificates/{other}")).await;
        let bare =
            |text: String| text.lines().filter(|l| !l.starts_with("content-length")).collect::<Vec<_>>().join("\n");
        assert_eq!(bare(told(&reply, other)), bare(told(&one, &Code::draw(1).to_string())), "{other}");
    }
    for odd in ["/verify?code=%00", "/verify?code=%2F..%2F", "/certificates/%3Cscript%3E", "/certificates/%00"] {
        let reply = visitor.get(odd).await;
        assert!(!reply.status.is_server_error(), "{odd}: {}", reply.headline());
        assert!(!reply.text().contains("<script>"), "{odd}");
    }

    portal.go_to("2024-10-31T22:59:59Z");
    visitor.page(&page).await.must_show("This certificate is not valid yet");
    portal.go_to("2027-10-31T22:59:59Z");
    visitor.page(&page).await.must_show("This certificate is valid");
    portal.go_to(UNTIL);
    visitor.page(&page).await.must_show("This certificate has expired");
}

fn query(fields: &[(&str, &str)]) -> String {
    serde_urlencoded::to_string(fields).expect("a query")
}

async fn consent_is_the_leads_and_can_be_taken_back(portal: TestPortal) {
    let (centre, application, designation) = designated(&portal, "north").await;
    let (page, leave) = (at(application, "/designation"), at(application, "/designation/unpublish"));
    let mut contributor = portal.sign_in(&centre.contributor_email()).await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    for path in [&page, &leave] {
        let refused = contributor.post(path, &[("public-name", "North Clinic")]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
    }
    contributor.page(&page).await.must_show("The lead of your centre decides whether it is published.");
    let long = "x".repeat(201);
    for name in ["", "  ", long.as_str()] {
        let refused = lead.post(&page, &[("public-name", name)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        refused.must_show("Enter the name under which the centre is published");
        assert_eq!(refused.html().value_of("public-name"), name, "what was typed is kept");
    }
    assert!(!portal.visitor().page("/register").await.shows("north"), "nothing without consent");
    assert_eq!(lead.page(&page).await.html().value_of("public-name"), "north Cancer Centre", "a suggestion");

    for _ in 0..2 {
        let to = lead.post(&page, &[("public-name", "North Clinic")]).await.went_to();
        assert_eq!(to, format!("{page}?done=published"));
        lead.page(&to).await.must_show("Your designation stands in the register.");
    }
    portal.visitor().page("/register").await.must_show("North Clinic");
    lead.post(&page, &[("public-name", "North Clinic, Oncology")]).await.went_to();
    let shown = portal.visitor().page("/register").await;
    assert_eq!(shown.text().matches("North Clinic").count(), 1, "the new name alone");
    let found = portal.visitor().page("/register?q=oncology").await;
    found.must_show("1 centre found");
    for _ in 0..2 {
        assert_eq!(lead.post(&leave, &[]).await.went_to(), format!("{page}?done=unpublished"));
    }
    assert!(!portal.visitor().page("/register").await.shows("North Clinic"));
    assert!(portal.visitor().page("/register?q=oncology").await.shows("0 centres found"));
    assert_eq!(
        lead.page(&page).await.html().value_of("public-name"),
        "North Clinic, Oncology",
        "kept for another time"
    );
    let told = portal.read().await.events_of(&designation.id.to_string()).await.expect("events");
    let kinds: Vec<&str> =
        told.iter().map(|(kind, _)| kind.as_str()).filter(|k| k.starts_with("Designation")).collect();
    assert_eq!(kinds.iter().filter(|k| **k == "DesignationPublished").count(), 2);
    assert_eq!(kinds.iter().filter(|k| **k == "DesignationUnpublished").count(), 1);
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM event WHERE detail LIKE '%Clinic%'").await, 0);
}

async fn the_register_shows_what_is_valid_and_agreed(portal: TestPortal) {
    let (north, _, first) = designated(&portal, "north").await;
    let (_, _, silent) = designated(&portal, "south").await;
    publish(&portal, &first, "North Clinic").await;
    let mut visitor = portal.visitor();
    let page = visitor.page("/register").await;
    page.must_show("North Clinic");
    page.must_show("31 October 2027");
    for word in ["south", &silent.code.to_string(), &first.code.to_string(), &silent.id.to_string()] {
        assert!(!page.text().contains(word), "{word}");
    }
    for country in ["Utopia", "Atlantis"] {
        let found = visitor.page(&format!("/register?country={country}")).await;
        assert_eq!(found.shows("North Clinic"), country == "Utopia", "{country}");
    }
    // A renewal: the entry of the old term stays until the new one begins.
    let cycle = portal.cycle("2027", -60, 41).await;
    let again = portal.draft(&north, &cycle).await;
    let id = award(&portal, &north, again, "2027-10-15T22:00:00Z", "2030-10-15T22:00:00Z").await;
    publish(&portal, &now(&portal, id).await, "North Clinic").await;
    for (time, end) in [("2027-10-15T21:59:00Z", "31 October 2027"), ("2027-10-15T22:00:00Z", "15 October 2030")] {
        portal.go_to(time);
        let page = visitor.page("/register").await;
        page.must_show(end);
        page.must_show("2024");
        assert_eq!(page.text().matches("North Clinic").count(), 1, "{time}");
    }
    portal.go_to("2030-10-15T22:00:00Z");
    visitor.page("/register").await.must_show("No centre is listed yet.");
}

async fn the_register_is_paged_and_searched(portal: TestPortal) {
    let cycle = portal.cycle("2024", -1000, -900).await;
    let mut tx = portal.write().await;
    let stamp = portal.stamp(None);
    for number in 0..70 {
        let country = if number % 2 == 0 { "Utopia" } else { "Åland" };
        let name = format!("Clinic {number:02}");
        let identity = crate::store::centre::CentreIdentity::new(name.clone(), "Port".into(), country.into());
        let centre = tx.add_centre(&stamp, &identity).await.expect("a centre");
        let application = tx.start_application(&stamp, &cycle, centre, None).await.expect("an application");
        let id = tx.add_designation(&stamp, centre, application, moment(FROM), moment(UNTIL)).await.expect("one");
        let designation = tx.designation(id).await.expect("one").expect("one");
        tx.publish(&stamp, &designation, &name).await.expect("published");
    }
    tx.commit().await.expect("commit");
    let mut visitor = portal.visitor();
    let (mut path, mut seen) = (Some("/register".to_owned()), Vec::new());
    while let Some(page) = path {
        let reply = visitor.page(&page).await;
        seen.extend(names(&reply.text()));
        path = next(&reply.text());
    }
    let all: Vec<String> = (0..70).map(|n| format!("Clinic {n:02}")).collect();
    assert_eq!(seen, all, "each once, by name");
    let aland = visitor.page(&format!("/register?{}", query(&[("country", "Åland")]))).await;
    assert_eq!(names(&aland.text()).len(), 35);
    assert_eq!(names(&visitor.page("/register?q=07").await.text()), ["Clinic 07"]);
    assert_eq!(names(&visitor.page("/register?q=CLIN+6").await.text()).len(), 10);
    for odd in ["/register?place=zz&after=0", "/register?q=%00", "/register?q=%25%27", "/register?country=%C3"] {
        let reply = visitor.get(odd).await;
        assert!(!reply.status.is_server_error(), "{odd}: {}", reply.headline());
    }
}

/// The names in the first column of a list.
fn names(page: &str) -> Vec<String> {
    let heads = page.split("<th scope=\"row\">").skip(1).filter_map(|rest| rest.split_once("</th>"));
    heads
        .map(|(head, _)| {
            let text = head.split_once("<br").map_or(head, |(name, _)| name);
            let text = text.rsplit_once("\">").map_or(text, |(_, text)| text).replace("</a>", "");
            text.replace("<!>", "")
        })
        .collect()
}

/// Where the next page is.
fn next(page: &str) -> Option<String> {
    let link = page.split("<a ").find(|link| link.contains("rel=\"next\""))?;
    let (_, rest) = link.split_once("href=\"")?;
    Some(super::html::unescape(rest.split_once('"')?.0))
}

async fn leads_are_written_to_before_the_end_and_once(portal: TestPortal) {
    let (centre, ..) = designated(&portal, "north").await;
    let (south, ..) = designated(&portal, "south").await;
    let tick = || async {
        // Two nodes at once.
        tokio::join!(schedule::tick(portal.portal()), schedule::tick(portal.portal()));
    };
    let lead = |word: &str| format!("designation lead lead@{word}.example");
    for (time, due) in [
        ("2026-10-31T12:00:00Z", vec![]),
        ("2026-11-01T06:59:00Z", vec![]),
        ("2026-11-01T07:00:00Z", vec![lead("north"), lead("south")]),
        ("2026-11-02T07:00:00Z", vec![]),
        // Not running for weeks: what is long past is not written any more.
        ("2027-02-01T07:00:00Z", vec![]),
        ("2027-05-03T07:00:00Z", vec![lead("north"), lead("south")]),
    ] {
        portal.go_to(time);
        tick().await;
        let mut posted = portal.posted().await;
        posted.sort();
        assert_eq!(posted, due, "{time}");
        for letter in portal.mailed().await {
            assert!(letter.contains("Subject: Your designation ends on 31 October 2027"), "{letter}");
            let other = if letter.contains("north.example") { "south" } else { "north" };
            assert!(!letter.contains(other), "{letter}");
        }
    }
    // One centre begins its renewal; the other is written to at three months.
    portal.go_to("2027-07-01T07:00:00Z");
    let cycle = portal.open_cycle().await;
    portal.draft(&centre, &cycle).await;
    portal.mailed().await;
    portal.go_to("2027-08-01T07:00:00Z");
    tick().await;
    let posted = portal.posted().await;
    assert_eq!(posted.iter().filter(|line| line.starts_with("designation")).count(), 1, "{posted:?}");
    assert!(posted.contains(&lead("south")), "{posted:?}");
    let _ = south;
}

async fn an_award_of_the_same_application_comes_once(portal: TestPortal) {
    let (centre, application, designation) = designated(&portal, "north").await;
    let mut tx = portal.write().await;
    let (from, until) = (moment(FROM), moment(UNTIL));
    let again = tx.add_designation(&portal.stamp(None), centre.id, application, from, until).await;
    assert!(again.is_err(), "one designation an application");
    drop(tx);
    // Somebody has changed it meanwhile: what was read before does not count any more.
    publish(&portal, &designation, "North").await;
    let mut tx = portal.write().await;
    assert!(tx.unpublish(&portal.stamp(None), &designation).await.is_err(), "an older version");
    drop(tx);
    assert!(now(&portal, designation.id).await.published);
}
