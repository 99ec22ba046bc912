//! A file on its way to reviewers: nothing of it arrives before it was scanned, cleaned and searched.

mod scanner;

use super::{
    browser::{Browser, Part},
    harness::TestPortal,
    reviewing::of,
    world::{
        at,
        review::{COORDINATOR, ReviewWorld, reviewer},
    },
};
use crate::{
    domain::{checking::State, id::ApplicationId, report::Fault},
    server::demo::pdf,
};
use axum::http::{StatusCode, header};

on_both!(
    a_name_in_a_file_has_to_be_decided_before_handing_in,
    data_of_a_patient_stops_a_file,
    what_cannot_be_opened_is_refused_and_can_be_replaced,
    a_reviewer_gets_the_copy_and_only_once_it_is_ready,
    names_that_came_later_are_found_when_it_is_handed_in,
    whoever_screens_sees_what_was_found_and_decides_it,
    administrators_see_the_queue_and_no_name,
    a_picture_that_is_used_is_not_called_unused,
);

/// Adds a text file and looks it through; answers with the address of its piece.
async fn added(portal: &TestPortal, lead: &mut Browser, application: ApplicationId, text: &str) -> String {
    let file = Part::File("file", "minutes.txt", text.as_bytes());
    let place = lead.post_multipart(&at(application, "/evidence"), &[file]).await.went_to();
    let place = place.strip_suffix("?done=added").expect("it is new").to_owned();
    lead.page(&place).await.must_show("Received");
    portal.look_through().await;
    place
}

/// A third centre hands in an application with a file that nobody has looked through yet.
async fn handed_in(portal: &TestPortal, world: &ReviewWorld, name: &str, bytes: &[u8]) -> ApplicationId {
    let east = portal.centre("easton").await;
    let application = portal.ready_draft(&east, &world.cycle).await;
    let mut lead = portal.sign_in(&east.lead_email()).await;
    let parts = [Part::Text("title", "The document"), Part::Text("kind", "policy"), Part::File("file", name, bytes)];
    lead.post_multipart(&at(application, "/evidence"), &parts).await.went_to();
    let place = lead.post(&at(application, "/submit"), &[]).await.went_to();
    assert!(place.ends_with("/receipt"), "{place}");
    application
}

async fn state(portal: &TestPortal, application: ApplicationId) -> State {
    let pieces = portal.read().await.evidence(application).await.expect("evidence");
    pieces.last().expect("a piece").evidence.check.expect("a check").state
}

/// The boxes of the findings on a page.
fn findings(page: &str) -> Vec<String> {
    let boxes = page.split("name=\"finding\" value=\"").skip(1);
    boxes.map(|rest| rest.split('"').next().expect("a value").to_owned()).collect()
}

async fn a_name_in_a_file_has_to_be_decided_before_handing_in(portal: TestPortal) {
    let (centre, application) = portal.at_a_draft().await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    let name = portal.application(&centre, application).await.identity.name().to_owned();
    let text = format!("Minutes of the weekly meeting.\nHeld at {name} with both teams.\n");
    let place = added(&portal, &mut lead, application, &text).await;
    let page = lead.page(&place).await;
    page.must_show("Needs you");
    page.must_show("May tell who you are: a known name");
    lead.page(&at(application, "/check")).await.must_show("may tell reviewers who you are");
    let found = findings(&page.text());
    assert!(!found.is_empty());
    let decide = format!("{place}/findings");
    // Without a reason, without a finding: nothing is decided, and what was typed is there.
    let one = [("finding", found[0].as_str())];
    let refused = lead.post(&decide, &one).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.must_show("Write why they may stay, in a few words");
    let refused = lead.post(&decide, &[("reason", "a published scale")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.must_show("Choose at least one finding above");
    assert!(refused.text().contains("value=\"a published scale\""));
    assert_eq!(state(&portal, application).await, State::NeedsYou);
    // Another centre decides nothing here.
    let south = portal.centre("south").await;
    let mut theirs = portal.sign_in(&south.lead_email()).await;
    let both: Vec<(&str, &str)> =
        found.iter().map(|f| ("finding", f.as_str())).chain([("reason", "the name of a scale")]).collect();
    assert_eq!(theirs.post(&decide, &both).await.status, StatusCode::NOT_FOUND);
    assert_eq!(state(&portal, application).await, State::NeedsYou);
    for _ in 0..2 {
        assert_eq!(lead.post(&decide, &both).await.went_to(), format!("{place}?done=decided#check"));
    }
    let page = lead.page(&place).await;
    page.must_show("Ready");
    page.must_show("May stay: the name of a scale");
    assert!(!lead.page(&at(application, "/check")).await.shows("may tell reviewers who you are"));
    lead.page(&format!("{place}/preview")).await.must_show("Minutes of the weekly meeting.");
}

async fn data_of_a_patient_stops_a_file(portal: TestPortal) {
    let (centre, application) = portal.at_a_draft().await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    let text = "Round of Monday.\nPatient, date of birth: 12.03.1951, was seen on the ward.\n";
    let place = added(&portal, &mut lead, application, text).await;
    assert_eq!(state(&portal, application).await, State::NeedsYou);
    lead.page(&place).await.must_show("Looks like");
    lead.page(&at(application, "/check")).await.must_show("seems to hold data of a patient");
    let way = format!("{place}/replace");
    let mended = Part::File("file", "minutes.txt", b"Round of Monday.\nA patient was seen on the ward.\n");
    lead.post_multipart(&way, &[mended]).await.went_to();
    portal.look_through().await;
    assert_eq!(state(&portal, application).await, State::Ready);
    assert!(!lead.page(&at(application, "/check")).await.shows("seems to hold data of a patient"));
}

async fn what_cannot_be_opened_is_refused_and_can_be_replaced(portal: TestPortal) {
    let (centre, application) = portal.at_a_draft().await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    let whole = pdf::page("Policy", &["In force from 1 May.".to_owned()]);
    let cut = Part::File("file", "policy.pdf", &whole[..whole.len() / 3]);
    let place = lead.post_multipart(&at(application, "/evidence"), &[cut]).await.went_to().replace("?done=added", "");
    portal.look_through().await;
    let page = lead.page(&place).await;
    page.must_show("Refused");
    page.must_show(Fault::Damaged.message());
    lead.page(&at(application, "/check")).await.must_show("this file is cut off or damaged");
    for rest in ["/copy", "/pages/1"] {
        assert_eq!(lead.get(&format!("{place}{rest}")).await.status, StatusCode::NOT_FOUND, "{rest}");
    }
    lead.page(&format!("{place}/preview")).await.must_show("There is no copy for reviewers yet");
    lead.post_multipart(&format!("{place}/replace"), &[Part::File("file", "policy.pdf", &whole)]).await.went_to();
    portal.look_through().await;
    lead.page(&place).await.must_show("Ready");
    let picture = lead.page(&format!("{place}/pages/1")).await;
    assert_eq!(picture.header(header::CONTENT_TYPE), "image/png");
    assert!(picture.body.starts_with(b"\x89PNG"));
    assert_eq!(lead.get(&format!("{place}/pages/2")).await.status, StatusCode::NOT_FOUND);
    lead.page(&format!("{place}/preview")).await.must_show("In force from 1 May.");
}

async fn a_reviewer_gets_the_copy_and_only_once_it_is_ready(portal: TestPortal) {
    let world = portal.review_world().await;
    let policy = pdf::page("Policy", &["In force from 1 May.".to_owned()]);
    // What a program writes beside the document: it must not arrive.
    let traced = [policy.as_slice(), b"\n% written by Ingrid Solberg\n"].concat();
    let application = handed_in(&portal, &world, "policy.pdf", &traced).await;
    portal.accept(&world, application).await;
    let seat = portal.seat(&world, application, world.reviewers[0]).await;
    let mut browser = portal.sign_in(&reviewer(0)).await;
    let copy = portal.read().await.blind_copy(application).await.expect("a copy").expect("a copy").copy;
    let piece = copy.evidence.iter().find(|e| e.title == "The document").expect("the policy");
    let base = of(seat, &format!("/evidence/{}", piece.letter));
    browser.page(&base).await.must_show("This document is still being looked through");
    for rest in ["/copy", "/pages/1"] {
        assert_eq!(browser.get(&format!("{base}{rest}")).await.status, StatusCode::NOT_FOUND, "{rest}");
    }
    portal.look_through().await;
    let read = browser.page(&base).await;
    read.must_show("In force from 1 May.");
    assert!(read.text().contains(&format!("{base}/pages/1")));
    let bytes = browser.page(&format!("{base}/copy")).await;
    assert!(bytes.body.starts_with(b"%PDF-") && !bytes.body.windows(7).any(|w| w == b"Solberg"));
    assert_eq!(bytes.header(header::CONTENT_SECURITY_POLICY), "sandbox; default-src 'none'");
    assert!(bytes.header(header::ETAG).is_empty() && bytes.header(header::LAST_MODIFIED).is_empty());
    let picture = browser.page(&format!("{base}/pages/1")).await;
    assert!(picture.body.starts_with(b"\x89PNG"));
    let archive = browser.page(&of(seat, "/evidence.zip")).await;
    assert!(archive.body.starts_with(b"PK") && !archive.body.windows(7).any(|w| w == b"Solberg"));
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(archive.body.to_vec())).expect("an archive");
    let names: Vec<String> =
        (0..zip.len()).map(|n| zip.by_index(n).expect("an entry").name().expect("a name").into_owned()).collect();
    assert!(names.iter().any(|n| n.ends_with(&format!("-{}.pdf", piece.letter))), "{names:?}");
}

async fn names_that_came_later_are_found_when_it_is_handed_in(portal: TestPortal) {
    let (centre, application) = portal.at_a_draft().await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    added(&portal, &mut lead, application, "The rota was written by Tormod Hagebakk.\n").await;
    assert_eq!(state(&portal, application).await, State::Ready);
    portal.colleague(&centre, "Tormod Hagebakk", "tormod@north.example").await;
    let mut tx = portal.write().await;
    tx.search_files_again(application, portal.clock.now()).await.expect("a search");
    tx.commit().await.expect("commit");
    portal.look_through().await;
    assert_eq!(state(&portal, application).await, State::NeedsYou);
}

async fn whoever_screens_sees_what_was_found_and_decides_it(portal: TestPortal) {
    let world = portal.review_world().await;
    let text = "Held at easton Cancer Centre.\n";
    let application = handed_in(&portal, &world, "minutes.txt", text.as_bytes()).await;
    portal.look_through().await;
    let pieces = portal.read().await.evidence(application).await.expect("evidence");
    let piece = pieces.iter().find(|p| p.evidence.title == "The document").expect("the minutes");
    let mut coordinator = portal.sign_in(COORDINATOR).await;
    let screening = format!("/working-group/applications/{application}/screening");
    let page = coordinator.page(&screening).await;
    page.must_show("The file “The document” may tell who the centre is");
    let place = format!("/working-group/applications/{application}/evidence/{}/findings", piece.evidence.id);
    assert!(page.text().contains(&place));
    let page = coordinator.page(&place).await;
    page.must_show("May tell who you are");
    let found = findings(&page.text());
    let refused = coordinator.post(&place, &[("finding", found[0].as_str())]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let fields: Vec<(&str, &str)> =
        found.iter().map(|f| ("finding", f.as_str())).chain([("reason", "a published scale")]).collect();
    assert_eq!(coordinator.post(&place, &fields).await.went_to(), format!("{place}?done=decided"));
    coordinator.page(&place).await.must_show("May stay: a published scale");
    assert!(!coordinator.page(&screening).await.shows("may tell who the centre is"));
    // The centre reads that it was decided, and not what the working group has noted.
    let mut lead = portal.sign_in("lead@easton.example").await;
    let page = lead.page(&at(application, &format!("/evidence/{}", piece.evidence.id))).await;
    page.must_show("May stay: decided in screening");
    assert!(!page.shows("a published scale"));
}

async fn administrators_see_the_queue_and_no_name(portal: TestPortal) {
    let (centre, application) = portal.at_a_draft().await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    added(&portal, &mut lead, application, "Minutes of the weekly meeting.\n").await;
    let broken = Part::File("file", "broken.pdf", b"%PDF-1.7\nnothing");
    lead.post_multipart(&at(application, "/evidence"), &[broken]).await.went_to();
    portal.look_through().await;
    portal.account("Operator", "operator@portal.example", &["administrator"]).await;
    let mut operator = portal.sign_in("operator@portal.example").await;
    let page = operator.page("/administration/files").await;
    page.must_show("Files are not scanned for malware");
    page.must_show(Fault::Damaged.message());
    assert!(!page.shows("minutes.txt") && !page.shows("broken.pdf"));
    assert_eq!(lead.get("/administration/files").await.status, StatusCode::NOT_FOUND);
}

async fn a_picture_that_is_used_is_not_called_unused(portal: TestPortal) {
    let (centre, application) = portal.at_a_draft().await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    let mut picture = Vec::new();
    let mut writer = png::Encoder::new(&mut picture, 1, 1).write_header().expect("a header");
    writer.write_image_data(&[0]).expect("a pixel");
    writer.finish().expect("a picture");
    let parts = [Part::Text("criterion", "3"), Part::File("file", "ward.png", &picture)];
    lead.post_multipart(&at(application, "/evidence"), &parts).await.went_to();
    portal.look_through().await;
    assert_eq!(state(&portal, application).await, State::Ready);
    let page = lead.page(&at(application, "/evidence")).await;
    page.must_show("Look for names");
    assert!(!page.shows("Not used"));
}
