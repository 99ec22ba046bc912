//! With a real clamd that knows one signature, that of EICAR's test file; and while it is away.

use crate::{
    domain::{checking::State, id::ApplicationId, report::Fault},
    evidence::malware::Scanner,
    server::demo::pdf,
    tests::{
        browser::Part,
        harness::{Engine, TestPortal},
        world::at,
    },
};
use axum::http::StatusCode;
use std::{fs, io::Write, path::Path, process::Stdio, time::Duration};
use tokio::{
    net::UnixStream,
    process::{Child, Command},
    time::{sleep, timeout},
};

on_engines!(what_the_scanner_finds_is_refused, while_the_scanner_is_away_nothing_is_released, a_limit_is_said);

/// EICAR's test file, in two halves, so that no scanner takes this one for it.
fn eicar() -> Vec<u8> {
    [br"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-".as_slice(), b"ANTIVIRUS-TEST-FILE!$H+H*"].concat()
}

/// A clamd; gone when it is dropped.
struct Clamd(Child);

impl Clamd {
    /// Starts one that listens at `clamd.ctl` in a folder, and waits until it answers.
    async fn start(folder: &Path) -> Self {
        let database = folder.join("database");
        fs::create_dir_all(&database).expect("a folder");
        let signature = eicar().iter().map(|b| format!("{b:02x}")).collect::<String>();
        fs::write(database.join("test.ndb"), format!("Eicar-Test-Signature:0:*:{signature}\n")).expect("a signature");
        let socket = folder.join("clamd.ctl");
        let settings = format!(
            "LocalSocket {}\nDatabaseDirectory {}\nTemporaryDirectory {}\nForeground yes\nFixStaleSocket yes\n\
             StreamMaxLength 2M\nMaxFileSize 2M\nMaxScanSize 4M\nAlertExceedsMax yes\nAlertEncrypted yes\n",
            socket.display(),
            database.display(),
            folder.display()
        );
        let file = folder.join("clamd.conf");
        fs::write(&file, settings).expect("settings");
        let child = Command::new("clamd")
            .arg(format!("--config-file={}", file.display()))
            .env("PATH", "/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("clamd: install it (Debian: apt-get install clamav-daemon; cargo xtask test does it)");
        let there = async {
            while UnixStream::connect(&socket).await.is_err() {
                sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(Duration::from_mins(1), there).await.expect("clamd answers within a minute");
        Self(child)
    }

    async fn signal(&self, signal: &str) {
        let process = self.0.id().expect("it runs").to_string();
        assert!(Command::new("kill").args([signal, &process]).status().await.expect("kill").success());
    }
}

/// A portal whose scanner listens in this folder.
async fn portal(engine: Engine, folder: &Path) -> TestPortal {
    let place = folder.join("clamd.ctl");
    TestPortal::begin_with(engine, |settings| settings.scanner = Scanner::Socket(place)).await
}

fn zipped(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).expect("an entry");
        zip.write_all(bytes).expect("bytes");
    }
    zip.finish().expect("an archive").into_inner()
}

/// A Word file with a further part.
fn docx(part: &str, bytes: &[u8]) -> Vec<u8> {
    zipped(&[
        (
            "[Content_Types].xml",
            br#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"#,
        ),
        (
            "_rels/.rels",
            br#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>"#,
        ),
        (
            "word/document.xml",
            br#"<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>In force from 1 May.</w:t></w:r></w:p></w:body></w:document>"#,
        ),
        (part, bytes),
    ])
}

/// Adds a file and looks it through; answers with what became of it.
async fn looked(
    portal: &TestPortal,
    lead: &str,
    application: ApplicationId,
    name: &str,
    bytes: &[u8],
) -> (State, Option<Fault>) {
    let mut lead = portal.sign_in(lead).await;
    let way = at(application, "/evidence");
    let place = lead.post_multipart(&way, &[Part::File("file", name, bytes)]).await.went_to();
    let id = place.rsplit_once('/').expect("an address").1.split('?').next().expect("an id").to_owned();
    portal.look_through().await;
    let pieces = portal.read().await.evidence(application).await.expect("evidence");
    let piece = pieces.iter().find(|p| p.evidence.id.to_string() == id).expect("the piece");
    let check = piece.evidence.check.expect("a check");
    (check.state, check.fault)
}

async fn what_the_scanner_finds_is_refused(engine: Engine) {
    let folder = tempfile::tempdir().expect("a folder");
    let _clamd = Clamd::start(folder.path()).await;
    let portal = portal(engine, folder.path()).await;
    let (centre, application) = portal.at_a_draft().await;
    let lead = centre.lead_email();
    let infected = (State::Refused, Some(Fault::Infected));
    let inner = zipped(&[("notes.txt", &eicar())]);
    let policy = pdf::page("Policy", &["In force from 1 May.".to_owned()]);
    let with_tail =
        [policy.as_slice(), b"\n1 0 obj << /Length 68 >> stream\n", &eicar(), b"\nendstream endobj\n"].concat();
    for (name, bytes) in [
        ("plain.txt", eicar()),
        ("zipped.docx", docx("word/embeddings/inner.zip", &inner)),
        ("part.docx", docx("word/media/note.txt", &eicar())),
        ("tail.pdf", with_tail),
    ] {
        assert_eq!(looked(&portal, &lead, application, name, &bytes).await, infected, "{name}");
    }
    let clean = looked(&portal, &lead, application, "clean.pdf", &policy).await;
    assert_eq!(clean, (State::Ready, None));
    let mut browser = portal.sign_in(&lead).await;
    let page = browser.page(&at(application, "/evidence")).await;
    page.must_show("Refused");
    assert!(!page.shows("does not scan files for malware"));
}

async fn while_the_scanner_is_away_nothing_is_released(engine: Engine) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut clamd = Clamd::start(folder.path()).await;
    let portal = portal(engine, folder.path()).await;
    let (centre, application) = portal.at_a_draft().await;
    let lead = centre.lead_email();
    // It has the file and does not go on; then it is killed.
    clamd.signal("-STOP").await;
    let looking =
        async { looked(&portal, &lead, application, "minutes.txt", b"Minutes of the weekly meeting.\n").await };
    let killing = async {
        while portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM file_check WHERE state = 'checking'").await == 0 {
            sleep(Duration::from_millis(20)).await;
        }
        sleep(Duration::from_millis(200)).await;
        clamd.0.kill().await.expect("killed");
    };
    let (waiting, ()) = tokio::join!(looking, killing);
    assert_eq!(waiting, (State::Checking, None));
    let mut browser = portal.sign_in(&lead).await;
    let place = at(application, "/evidence");
    let pieces = portal.read().await.evidence(application).await.expect("evidence");
    let page = browser.page(&format!("{place}/{}", pieces[0].evidence.id)).await;
    page.must_show("The malware scanner does not answer at the moment");
    assert_eq!(browser.get(&format!("{place}/{}/copy", pieces[0].evidence.id)).await.status, StatusCode::NOT_FOUND);
    let page = browser.page(&format!("{place}/{}", pieces[0].evidence.id)).await;
    page.must_show("is still being looked through");
    fs::remove_file(folder.path().join("clamd.ctl")).ok();
    let _again = Clamd::start(folder.path()).await;
    portal.wait_minutes(2);
    portal.look_through().await;
    let pieces = portal.read().await.evidence(application).await.expect("evidence");
    assert_eq!(pieces[0].evidence.check.expect("a check").state, State::Ready);
}

async fn a_limit_is_said(engine: Engine) {
    let folder = tempfile::tempdir().expect("a folder");
    let _clamd = Clamd::start(folder.path()).await;
    let portal = portal(engine, folder.path()).await;
    let (centre, application) = portal.at_a_draft().await;
    let large = "A line of a table of figures, and one more.\n".repeat(100_000);
    let refused = looked(&portal, &centre.lead_email(), application, "large.txt", large.as_bytes()).await;
    assert_eq!(refused, (State::Refused, Some(Fault::Unscanned)));
}
