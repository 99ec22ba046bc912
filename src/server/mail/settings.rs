//! How mail leaves the portal: not at all, into a folder, or through a server. Never without encryption beyond this machine.

use anyhow::{Context, bail, ensure};
use clap::{Args, ValueEnum};
use lettre::message::Mailbox;
use secrecy::SecretString;
use serde::Deserialize;
use std::{
    net::IpAddr,
    path::{Path, PathBuf},
};

/// Settings of mail, from the command line and the environment.
#[derive(Args, Clone, Debug, Default)]
pub struct MailArgs {
    /// Mail server that takes letters from the portal
    #[arg(long, env = "DESIGNATED_CENTRES_SMTP_HOST", value_name = "HOST")]
    pub smtp_host: Option<String>,
    /// Its port [default: 587 with starttls, 465 with tls]
    #[arg(long, env = "DESIGNATED_CENTRES_SMTP_PORT", value_name = "PORT")]
    pub smtp_port: Option<u16>,
    /// How the connection is encrypted [default: starttls]
    #[arg(long, env = "DESIGNATED_CENTRES_SMTP_TLS", value_name = "HOW")]
    pub smtp_tls: Option<Tls>,
    /// One more authority to trust for the server's certificate, in PEM
    #[arg(long, env = "DESIGNATED_CENTRES_SMTP_AUTHORITY", value_name = "FILE")]
    pub smtp_authority: Option<PathBuf>,
    /// User at the mail server
    #[arg(long, env = "DESIGNATED_CENTRES_SMTP_USER", value_name = "NAME")]
    pub smtp_user: Option<String>,
    /// Password at the mail server; better in the environment or the settings file than on the command line
    #[arg(long, env = "DESIGNATED_CENTRES_SMTP_PASSWORD", value_name = "PASSWORD", hide_env_values = true)]
    pub smtp_password: Option<SecretString>,
    /// Sender of all letters, such as `Designated Centres <portal@example.org>`
    #[arg(long, env = "DESIGNATED_CENTRES_MAIL_FROM", value_name = "ADDRESS")]
    pub mail_from: Option<String>,
    /// Folder that letters are written to as .eml files, instead of sending them
    #[arg(long, env = "DESIGNATED_CENTRES_MAIL_DIR", value_name = "DIR")]
    pub mail_dir: Option<PathBuf>,
}

/// The part of the settings file about mail.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct MailFile {
    smtp_host: Option<String>,
    smtp_port: Option<u16>,
    smtp_tls: Option<Tls>,
    smtp_authority: Option<PathBuf>,
    smtp_user: Option<String>,
    smtp_password: Option<SecretString>,
    from: Option<String>,
    dir: Option<PathBuf>,
}

/// How the connection to the mail server is encrypted. There is no "if possible".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Tls {
    /// After the greeting; without it nothing is sent
    #[default]
    Starttls,
    /// From the first byte
    Tls,
    /// Not at all: only to an address of this machine, such as 127.0.0.1
    NoneOnLoopback,
}

/// The settings of mail in effect. `Debug` hides the password.
#[derive(Clone, Debug)]
pub struct MailSettings {
    /// The sender of all letters.
    pub from: Mailbox,
    /// How letters leave.
    pub way: Way,
}

/// How letters leave.
#[derive(Clone, Debug)]
pub enum Way {
    /// Not at all: they wait.
    Nowhere,
    /// As files in a folder.
    Folder(PathBuf),
    /// Through a mail server.
    Smtp(SmtpSettings),
}

/// A mail server.
#[derive(Clone, Debug)]
pub struct SmtpSettings {
    /// Its name, which its certificate has to bear.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is encrypted.
    pub tls: Tls,
    /// One more authority to trust, in PEM.
    pub authority: Option<Vec<u8>>,
    /// User and password.
    pub login: Option<(String, SecretString)>,
}

/// The sender where no letter leaves.
const NOBODY: &str = "portal@designated-centres.example";

impl MailSettings {
    /// How letters leave, in words for an administrator; no user and no password.
    pub fn in_words(&self) -> String {
        match &self.way {
            Way::Nowhere => "Not at all: they wait".to_owned(),
            Way::Folder(folder) => format!("As files in {}", folder.display()),
            Way::Smtp(smtp) => format!("Through {}:{}", smtp.host, smtp.port),
        }
    }

    /// Reads all sources; the demo writes to a folder where nothing is set.
    pub fn read(args: MailArgs, file: MailFile, data: &Path, demo: bool) -> anyhow::Result<Self> {
        let host = args.smtp_host.or(file.smtp_host);
        let dir = args.mail_dir.or(file.dir);
        let from = args.mail_from.or(file.from);
        let tls = args.smtp_tls.or(file.smtp_tls);
        let port = args.smtp_port.or(file.smtp_port);
        let user = args.smtp_user.or(file.smtp_user);
        let password = args.smtp_password.or(file.smtp_password);
        let authority = args.smtp_authority.or(file.smtp_authority);
        let way = match (host, dir) {
            (Some(_), Some(_)) => {
                bail!("letters go through a mail server or into a folder: set smtp-host or mail-dir, not both")
            }
            (Some(host), None) => {
                ensure!(from.is_some(), "set mail-from: the sender of letters, such as portal@example.org");
                let tls = tls.unwrap_or_default();
                if tls == Tls::NoneOnLoopback {
                    let here = host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
                    ensure!(
                        here,
                        "smtp-tls none-on-loopback is for an address of this machine such as 127.0.0.1, not {host:?}"
                    );
                }
                let login = match (user, password) {
                    (Some(user), Some(password)) => Some((user, password)),
                    (None, None) => None,
                    _ => bail!("smtp-user and smtp-password belong together"),
                };
                let read = |path: PathBuf| {
                    std::fs::read(&path).with_context(|| format!("cannot read the authority {}", path.display()))
                };
                Way::Smtp(SmtpSettings {
                    port: port.unwrap_or(if tls == Tls::Tls { 465 } else { 587 }),
                    host,
                    tls,
                    authority: authority.map(read).transpose()?,
                    login,
                })
            }
            (None, _)
                if tls.is_some() || port.is_some() || user.is_some() || password.is_some() || authority.is_some() =>
            {
                bail!("settings of a mail server are there, but no smtp-host")
            }
            (None, Some(dir)) => Way::Folder(dir),
            (None, None) if demo => Way::Folder(data.join("mail")),
            (None, None) => Way::Nowhere,
        };
        Ok(Self { from: sender(from.as_deref().unwrap_or(NOBODY))?, way })
    }

    /// Whether letters leave at all.
    pub const fn leaves(&self) -> bool {
        !matches!(self.way, Way::Nowhere)
    }

    /// The same for a test: into a folder, from an invented address.
    ///
    /// # Panics
    ///
    /// Never: the address is one.
    #[cfg(test)]
    pub fn in_folder(folder: PathBuf) -> Self {
        Self { from: sender(NOBODY).expect("an address"), way: Way::Folder(folder) }
    }

    /// The part of the sender's address that stands in every `Message-ID`.
    pub fn domain(&self) -> &str {
        self.from.email.domain()
    }
}

/// The sender: an address with the name of the institution, never of a person.
fn sender(text: &str) -> anyhow::Result<Mailbox> {
    ensure!(!text.contains(char::is_control), "mail-from is one line");
    let mut from: Mailbox = text.parse().with_context(|| {
        format!("mail-from is an address such as Designated Centres <portal@example.org>, not {text:?}")
    })?;
    from.name.get_or_insert_with(|| crate::components::layout::NAME.to_owned());
    Ok(from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(args: MailArgs, demo: bool) -> Result<MailSettings, String> {
        MailSettings::read(args, MailFile::default(), Path::new("data"), demo).map_err(|e| format!("{e:#}"))
    }

    fn args(host: &str, from: &str) -> MailArgs {
        let text = |text: &str| Some(text.to_owned()).filter(|t| !t.is_empty());
        MailArgs { smtp_host: text(host), mail_from: text(from), ..MailArgs::default() }
    }

    #[test]
    fn only_the_demo_writes_to_a_folder_by_itself() {
        assert!(matches!(read(MailArgs::default(), false).expect("settings").way, Way::Nowhere));
        let Way::Folder(folder) = read(MailArgs::default(), true).expect("settings").way else { panic!("no folder") };
        assert_eq!(folder, Path::new("data/mail"));
    }

    #[test]
    fn what_does_not_fit_together_is_refused_with_what_to_do() {
        let fine = args("mail.example.org", "portal@example.org");
        assert!(read(fine.clone(), false).is_ok());
        for (args, word) in [
            (args("mail.example.org", ""), "mail-from"),
            (MailArgs { mail_dir: Some("x".into()), ..fine.clone() }, "not both"),
            (MailArgs { smtp_user: Some("u".into()), ..fine.clone() }, "belong together"),
            (MailArgs { smtp_tls: Some(Tls::NoneOnLoopback), ..fine.clone() }, "127.0.0.1"),
            (MailArgs { smtp_tls: Some(Tls::NoneOnLoopback), ..args("localhost.example.org", "a@b.org") }, "127.0.0.1"),
            (MailArgs { smtp_port: Some(25), ..MailArgs::default() }, "no smtp-host"),
            (args("mail.example.org", "portal"), "mail-from"),
            (args("mail.example.org", "a@b.org\r\nBcc: c@d.org"), "one line"),
            (args("mail.example.org", "A\r\n <a@b.org>"), "one line"),
        ] {
            let error = read(args, false).expect_err(word);
            assert!(error.contains(word), "{error}");
        }
    }

    #[test]
    fn the_port_follows_the_encryption_and_the_name_is_institutional() {
        for (tls, port) in [(None, 587), (Some(Tls::Starttls), 587), (Some(Tls::Tls), 465)] {
            let settings = read(MailArgs { smtp_tls: tls, ..args("mail.example.org", "portal@example.org") }, false);
            let settings = settings.expect("settings");
            let Way::Smtp(smtp) = &settings.way else { panic!("no server") };
            assert_eq!((smtp.port, settings.from.name.as_deref()), (port, Some("Designated Centres")));
        }
    }

    #[test]
    fn the_password_is_not_printed() {
        let login =
            MailArgs { smtp_user: Some("u".into()), smtp_password: Some("hunter2".into()), ..args("m.org", "a@b.org") };
        let printed = format!("{login:?} {:?}", read(login.clone(), false));
        assert!(!printed.contains("hunter2"), "{printed}");
    }
}
