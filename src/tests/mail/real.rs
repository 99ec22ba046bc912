//! Delivery to a real mail server (aiosmtpd), with encryption and a password, and while it is away.

use super::sink::{message_id, settings};
use crate::{
    server::mail::{
        MailSettings, Way,
        settings::{SmtpSettings, Tls},
    },
    tests::harness::TestPortal,
};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Stdio,
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

/// A mail server in a process of its own; gone when it is dropped.
struct Server {
    port: u16,
    folder: PathBuf,
    process: Child,
}

/// Beside this file.
fn beside(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tests/mail").join(name)
}

impl Server {
    async fn start(folder: &Path, arguments: &[&str]) -> Self {
        // Debian's Python knows its packages; another one may stand first in `PATH`.
        let debian = Path::new("/usr/bin/python3");
        let python = if debian.exists() { debian } else { Path::new("python3") };
        let mut process = Command::new(python)
            .arg(beside("server.py"))
            .arg(folder)
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("python3");
        let mut lines = BufReader::new(process.stdout.take().expect("its output")).lines();
        let line = lines.next_line().await.expect("its output").expect(
            "a mail server: install aiosmtpd (Debian: apt-get install python3-aiosmtpd; cargo xtask test does it)",
        );
        let port = line.strip_prefix("PORT ").and_then(|port| port.parse().ok()).expect("a port");
        Self { port, folder: folder.to_owned(), process }
    }

    fn letters(&self) -> Vec<String> {
        let mut paths: Vec<PathBuf> =
            fs::read_dir(&self.folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
        paths.sort();
        paths.iter().map(|path| fs::read_to_string(path).expect("a letter")).collect()
    }
}

on_both!(
    letters_reach_a_real_server_that_can_be_trusted,
    while_the_server_is_away_nothing_is_lost_and_nothing_comes_twice,
);

async fn letters_reach_a_real_server_that_can_be_trusted(portal: TestPortal) {
    let folder = TempDir::new().expect("a folder");
    let (certificate, key) = (beside("server.pem"), beside("server.key"));
    let arguments = ["--certificate", certificate.to_str().expect("a path"), "--key", key.to_str().expect("a path")];
    let login = ["--user", "portal", "--password", "an honest word"];
    let server = Server::start(folder.path(), &[arguments, login].concat()).await;
    let mail = |authority: bool, password: &str| {
        let mut mail = settings(server.port, Tls::Starttls);
        mail.way = Way::Smtp(SmtpSettings {
            host: "127.0.0.1".into(),
            port: server.port,
            tls: Tls::Starttls,
            authority: authority.then(|| fs::read(beside("authority.pem")).expect("a certificate")),
            login: Some(("portal".into(), password.into())),
        });
        mail
    };
    portal.write_to("ada@north.example").await;
    for (mail, trouble) in [
        (mail(false, "an honest word"), "untrusted"),
        (mail(true, "a wrong word"), "not-admitted"),
        (without_certificate_name(mail(true, "an honest word")), "untrusted"),
    ] {
        assert_eq!(portal.deliver(&mail).await, 1, "{trouble}");
        assert_eq!(portal.texts("SELECT state || ' ' || reason FROM letter").await, [format!("waiting {trouble}")]);
        assert_eq!(server.letters().len(), 0, "{trouble}");
        portal.wait_minutes(19);
    }
    assert_eq!(portal.deliver(&mail(true, "an honest word")).await, 1);
    assert_eq!(portal.texts("SELECT state || ' ' || reason FROM letter").await, ["sent "]);
    let letters = server.letters();
    let [letter] = letters.as_slice() else { panic!("{} letters", letters.len()) };
    assert!(letter.starts_with("ada@north.example\n"), "{letter}");
    for line in [
        "From: \"Designated Centres\" <portal@designated-centres.example>",
        "To: ada@north.example",
        "Subject: A subject",
    ] {
        assert!(letter.contains(&format!("{line}\r\n")), "{line} in {letter}");
    }
}

/// The same server under a name that its certificate does not bear.
fn without_certificate_name(mut mail: MailSettings) -> MailSettings {
    if let Way::Smtp(smtp) = &mut mail.way {
        smtp.host = "localhost".into();
    }
    mail
}

async fn while_the_server_is_away_nothing_is_lost_and_nothing_comes_twice(portal: TestPortal) {
    const ALL: usize = 500;
    for n in 0..ALL {
        portal.write_to(&format!("n{n:03}@a.example")).await;
    }
    let folder = TempDir::new().expect("a folder");
    let mut server = Server::start(folder.path(), &["--until", "200"]).await;
    let mail = settings(server.port, Tls::NoneOnLoopback);
    portal.deliver(&mail).await;
    server.process.wait().await.expect("it goes away");
    let before = server.letters().len();
    assert!((200..ALL).contains(&before), "{before} letters before it went away");
    assert_eq!(
        portal
            .count("SELECT CAST(COUNT(*) AS BIGINT) FROM letter WHERE state = 'waiting' AND reason = 'unreachable'")
            .await,
        i64::try_from(ALL - before).expect("a number")
    );
    // A minute later, still away.
    portal.wait_minutes(2);
    portal.deliver(&mail).await;
    assert_eq!(server.letters().len(), before);

    let port = server.port.to_string();
    let server = Server::start(folder.path(), &["--port", &port]).await;
    portal.wait_minutes(3);
    portal.deliver(&mail).await;
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM letter WHERE state <> 'sent'").await, 0);
    let letters = server.letters();
    let recipients: BTreeSet<&str> = letters.iter().map(|l| l.lines().next().expect("a recipient")).collect();
    let names: BTreeSet<String> = letters.iter().map(|letter| message_id(letter)).collect();
    assert_eq!((letters.len(), recipients.len(), names.len()), (ALL, ALL, ALL), "none lost, none twice");
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM letter_content").await, 0);
}
