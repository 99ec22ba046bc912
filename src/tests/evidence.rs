//! Evidence: what is taken, what is refused, and that bytes come back as they went in.

use super::{
    browser::{Browser, Part, Reply},
    harness::TestPortal,
    world::{PDF, about, at, content},
};
use crate::{
    domain::{
        evidence::{APPLICATION_LIMIT, FileRefusal, FileType, Kind},
        id::ApplicationId,
        level::Level,
        snapshot::Digest,
    },
    evidence::blobs::Stored,
    store::evidence::{Source, StoredFile},
};
use axum::http::{StatusCode, header};
use serde_json::json;
use std::{fs, path::Path};

on_both!(
    what_cannot_be_taken_is_refused_and_leaves_nothing,
    a_full_application_takes_no_more_files,
    evidence_of_another_application_is_unknown,
    a_file_comes_back_as_it_went_in,
    the_same_bytes_are_one_piece_within_a_centre,
    the_same_bytes_of_two_centres_stay_apart,
    a_replaced_file_is_kept_in_the_history,
    a_removed_piece_is_gone_from_the_draft,
    one_piece_serves_several_criteria,
    dates_are_kept_as_typed,
    an_upload_without_a_whole_form_is_refused,
);

async fn upload(browser: &mut Browser, application: ApplicationId, name: &str, bytes: &[u8]) -> Reply {
    browser.post_multipart(&at(application, "/evidence"), &[Part::File("file", name, bytes)]).await
}

/// Uploads a PDF and answers with the address of its piece.
async fn added(browser: &mut Browser, application: ApplicationId, name: &str, bytes: &[u8]) -> String {
    let place = upload(browser, application, name, bytes).await.went_to();
    place.strip_suffix("?done=added").expect("it is new").to_owned()
}

fn files(folder: &Path) -> usize {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    entries.map(|e| e.expect("an entry").path()).map(|path| if path.is_dir() { files(&path) } else { 1 }).sum()
}

async fn what_cannot_be_taken_is_refused_and_leaves_nothing(portal: TestPortal) {
    let (centre, application) = portal.at_a_draft().await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    for (name, bytes, refusal) in [
        ("", b"".as_slice(), FileRefusal::Missing),
        ("empty.pdf", b"", FileRefusal::Empty),
        ("renamed.pdf", b"MZ\x90\0 this is a program", FileRefusal::Renamed),
        ("renamed.docx", b"PK\x03\x04 but not an archive", FileRefusal::Renamed),
        ("page.html", b"<script>alert(1)</script>", FileRefusal::TypeNotTaken),
        ("drawing.svg", b"<svg onload='x'/>", FileRefusal::TypeNotTaken),
        ("audit.pdf.exe", PDF, FileRefusal::TypeNotTaken),
        ("no-extension", PDF, FileRefusal::TypeNotTaken),
    ] {
        let refused = upload(&mut lead, application, name, bytes).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        refused.must_show(refusal.message());
    }
    let refused =
        lead.post_multipart(&at(application, "/evidence"), &[Part::Text("link", "javascript:alert(1)")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.must_show("Write the whole address, beginning with https://");
    assert_eq!(portal.read().await.evidence(application).await.expect("evidence").len(), 0);
    assert_eq!(portal.read().await.all_blobs().await.expect("blobs").len(), 0);
    assert_eq!(files(&portal.folder().join("blobs")), 0);
}

async fn a_full_application_takes_no_more_files(portal: TestPortal) {
    let (centre, application) = portal.at_a_draft().await;
    let stamp = portal.stamp(Some(centre.lead));
    let sha256 = Digest::of(b"five gibibytes");
    let size = APPLICATION_LIMIT - 10;
    let mut tx = portal.write().await;
    let stored = Stored { sha256: sha256.clone(), size, place: "evidence/none".into(), sealed_key: "none".into() };
    let (id, _) = tx.add_file(&stamp, centre.id, &stored, FileType::Pdf).await.expect("a file");
    let file = StoredFile { id, sha256, size, file_type: FileType::Pdf, name: "all.pdf".into() };
    let source = Source::File(file);
    tx.add_evidence(&stamp, application, &about("All", Kind::Data, "", ""), &source).await.expect("evidence");
    tx.commit().await.expect("commit");
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    let refused = upload(&mut lead, application, "one-more.pdf", PDF).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.must_show(FileRefusal::ApplicationFull.message());
    assert_eq!(files(&portal.folder().join("blobs")), 0);
}

async fn evidence_of_another_application_is_unknown(portal: TestPortal) {
    let (north, application) = portal.at_a_draft().await;
    let south = portal.centre("south").await;
    let cycle = portal.read().await.cycles().await.expect("cycles").remove(0);
    let other = portal.draft(&south, &cycle).await;
    let mut theirs = portal.sign_in(&south.lead_email()).await;
    let piece = added(&mut theirs, other, "theirs.pdf", PDF).await;
    let id = piece.rsplit('/').next().expect("an identifier").to_owned();
    let mut lead = portal.sign_in(&north.lead_email()).await;
    let unknown = lead.get("/no/such/page").await.bare();
    for rest in [format!("/evidence/{id}"), format!("/evidence/{id}/file")] {
        assert_eq!(lead.get(&at(application, &rest)).await.bare(), unknown, "{rest}");
        assert_eq!(lead.get(&at(other, &rest)).await.bare(), unknown, "{rest}");
    }
    for (rest, fields) in [
        (format!("/evidence/{id}"), vec![("title", "Mine now")]),
        (format!("/evidence/{id}/remove"), vec![]),
        ("/criteria/3/evidence".to_owned(), vec![("evidence", id.as_str())]),
    ] {
        assert_eq!(lead.post(&at(application, &rest), &fields).await.status, StatusCode::NOT_FOUND, "{rest}");
    }
    let way = at(application, &format!("/evidence/{id}/replace"));
    assert_eq!(lead.post_multipart(&way, &[Part::File("file", "b.pdf", PDF)]).await.status, StatusCode::NOT_FOUND);
    theirs.page(&piece).await.must_show("theirs");
}

async fn a_file_comes_back_as_it_went_in(portal: TestPortal) {
    let (centre, application) = portal.at_a_draft().await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    let bytes: Vec<u8> = PDF.iter().copied().chain((0..200_000_u32).map(|n| n.to_le_bytes()[n as usize % 3])).collect();
    let piece = added(&mut lead, application, "../../Grüße 2026.pdf", &bytes).await;
    let reply = lead.page(&format!("{piece}/file")).await;
    assert!(reply.body == bytes, "other bytes came back");
    let id = piece.rsplit('/').next().expect("an identifier");
    let name = format!("attachment; filename=\"evidence-C00-{}.pdf\"", &id[..6]);
    assert_eq!(reply.header(header::CONTENT_DISPOSITION), name);
    assert_eq!(reply.header(header::CONTENT_TYPE), "application/pdf");
    assert_eq!(reply.header(header::CONTENT_LENGTH), bytes.len().to_string());
    assert_eq!(reply.header(header::X_CONTENT_TYPE_OPTIONS), "nosniff");
    assert_eq!(reply.header(header::CONTENT_SECURITY_POLICY), "sandbox; default-src 'none'");
    assert_eq!(reply.header(header::CACHE_CONTROL), "no-store");
    lead.page(&piece).await.must_show(Digest::of(&bytes).as_str());

    let page = b"<!DOCTYPE html><html><script>alert(1)</script>";
    let piece = added(&mut lead, application, "notes.txt", page).await;
    let reply = lead.page(&format!("{piece}/file")).await;
    assert_eq!(reply.header(header::CONTENT_TYPE), "text/plain; charset=utf-8");
    assert!(reply.header(header::CONTENT_DISPOSITION).starts_with("attachment;"));
    assert!(reply.body == page.as_slice());
}

async fn the_same_bytes_are_one_piece_within_a_centre(portal: TestPortal) {
    let (centre, application) = portal.at_a_draft().await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    let piece = added(&mut lead, application, "audit.pdf", PDF).await;
    let again = upload(&mut lead, application, "the same audit.pdf", PDF).await.went_to();
    assert_eq!(again, format!("{piece}?done=again"));
    lead.page(&again).await.must_show("nothing was stored twice");
    let way = at(application, "/evidence");
    let request = [(header::ACCEPT, "application/json")];
    assert_eq!(lead.form(&way, &[], &request).await.status, StatusCode::BAD_REQUEST, "no form with files");
    assert_eq!(portal.read().await.evidence(application).await.expect("evidence").len(), 1);
    assert_eq!(files(&portal.folder().join("blobs")), 1);
}

async fn the_same_bytes_of_two_centres_stay_apart(portal: TestPortal) {
    let (north, application) = portal.at_a_draft().await;
    let south = portal.centre("south").await;
    let cycle = portal.read().await.cycles().await.expect("cycles").remove(0);
    let other = portal.draft(&south, &cycle).await;
    let mut ours = portal.sign_in(&north.lead_email()).await;
    let mut theirs = portal.sign_in(&south.lead_email()).await;
    added(&mut ours, application, "audit.pdf", PDF).await;
    // Not "again": whether another centre has the same document is nobody's business.
    added(&mut theirs, other, "audit.pdf", PDF).await;
    assert_eq!(portal.read().await.all_blobs().await.expect("blobs").len(), 2);
    assert_eq!(files(&portal.folder().join("blobs")), 2);
}

async fn a_replaced_file_is_kept_in_the_history(portal: TestPortal) {
    let (centre, application) = portal.at_a_draft().await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    let piece = added(&mut lead, application, "audit 2025.pdf", PDF).await;
    let way = format!("{piece}/replace");
    let refused = lead.post_multipart(&way, &[Part::File("file", "x.pdf", b"MZ")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let newer = [PDF, b"% newer"].concat();
    let place = lead.post_multipart(&way, &[Part::File("file", "audit 2026.pdf", &newer)]).await.went_to();
    assert_eq!(place, format!("{piece}?done=replaced"));
    let page = lead.page(&piece).await;
    page.must_show("audit 2025.pdf, replaced 5 March 2027");
    page.must_show("Uploaded as audit 2026.pdf");
    assert!(lead.page(&format!("{piece}/file")).await.body == newer);
    // The same again changes nothing.
    lead.post_multipart(&way, &[Part::File("file", "audit 2026.pdf", &newer)]).await.went_to();
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM evidence_history").await, 1);
    // A link may take its place, and the other way round.
    lead.post_multipart(&way, &[Part::Text("link", "https://audit.example/2026")]).await.went_to();
    lead.page(&piece).await.must_show("https://audit.example/2026");
    assert_eq!(lead.get(&format!("{piece}/file")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM evidence_history").await, 2);
    assert_eq!(files(&portal.folder().join("blobs")), 2, "earlier bytes stay");
}

async fn a_removed_piece_is_gone_from_the_draft(portal: TestPortal) {
    let (centre, application) = portal.at_a_draft().await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    let piece = added(&mut lead, application, "audit.pdf", PDF).await;
    let place = lead.post(&format!("{piece}/remove"), &[]).await.went_to();
    assert_eq!(place, at(application, "/evidence?done=removed"));
    lead.page(&place).await.must_show("Nothing is attached yet");
    for rest in ["", "/file"] {
        assert_eq!(lead.get(&format!("{piece}{rest}")).await.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(lead.post(&format!("{piece}/remove"), &[]).await.status, StatusCode::NOT_FOUND, "the second press");
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM evidence").await, 1, "the row stays");
}

async fn one_piece_serves_several_criteria(portal: TestPortal) {
    let (centre, application) = portal.at_a_draft().await;
    for criterion in [3, 8] {
        portal.answer(centre.lead, application, criterion, &content(Level::Established, "A case.")).await;
    }
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    let piece = added(&mut lead, application, "audit.pdf", PDF).await;
    let id = piece.rsplit('/').next().expect("an identifier").to_owned();
    lead.page(&at(application, "/check")).await.must_show("Criterion 8: Level 3 or 4 needs evidence of use");
    let fields = [
        ("version", "1"),
        ("title", "Audit of referrals"),
        ("kind", "data"),
        ("effective", "1.11.2026"),
        ("use", "3"),
        ("use", "8"),
        ("pages-3", "2-4"),
        ("pages-8", "7"),
        ("pages-9", "not used"),
    ];
    lead.post(&piece, &fields).await.went_to();
    lead.page(&at(application, "/evidence")).await.must_show("Criteria 3 (pages 2-4), 8 (pages 7)");
    let check = lead.page(&at(application, "/check")).await;
    check.must_show("Audit of referrals");
    assert!(!check.shows("Level 3 or 4 needs evidence of use"));
    // Not used at 8 any more, then again with other pages.
    let here = at(application, "/criteria/8/evidence");
    lead.post(&here, &[("evidence", &id), ("remove", "1")]).await.went_to();
    lead.page(&at(application, "/check")).await.must_show("Criterion 8: Level 3 or 4 needs evidence of use");
    lead.post(&here, &[("evidence", &id), ("pages", "9")]).await.went_to();
    lead.page(&at(application, "/criteria/8")).await.must_show("Pages 9");
    lead.page(&at(application, "/criteria/3")).await.must_show("also in criteria 8");
    // A page that was opened before the last change does not overwrite it.
    let stale = lead.post(&piece, &fields).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    stale.must_show("Audit of referrals");
}

async fn dates_are_kept_as_typed(portal: TestPortal) {
    let (centre, application) = portal.at_a_draft().await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    let parts = [
        Part::Text("title", "Rota"),
        Part::Text("kind", "proof-of-use"),
        Part::Text("effective", "last summer"),
        Part::Text("expiry", "1.3.2027"),
        Part::Text("link", "https://rota.example/2026"),
    ];
    let place = lead.post_multipart(&at(application, "/evidence"), &parts).await.went_to();
    let page = lead.page(&place).await;
    page.must_show("Write day, month and year, such as 1.9.2026");
    assert_eq!(page.html().value_of("effective"), "last summer");
    page.must_show("“Rota” has expired. Replace it with the current version");
}

async fn an_upload_without_a_whole_form_is_refused(portal: TestPortal) {
    let (centre, application) = portal.at_a_draft().await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    let way = at(application, "/evidence");
    let half =
        "--cut\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\r\n%PDF-1.7 and then the line";
    for (kind, body) in [("multipart/form-data; boundary=cut", half), ("multipart/form-data", ""), ("text/plain", "x")]
    {
        let request = lead.request(&axum::http::Method::POST, &way).header(header::CONTENT_TYPE, kind);
        let reply = lead.send(request.body(body.into()).expect("a request")).await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{kind}");
        reply.must_show("We could not read this form");
    }
    assert_eq!(files(&portal.folder().join("blobs")), 0);
    let island = lead.request(&axum::http::Method::POST, &way).header(header::ACCEPT, "application/json");
    let island = island.header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
    let refused = lead.send(island.body("--x--\r\n".into()).expect("a request")).await;
    let expected = json!({ "state": "refused", "message": FileRefusal::Missing.message() });
    assert_eq!((refused.status, refused.json()), (StatusCode::UNPROCESSABLE_ENTITY, expected));
}
