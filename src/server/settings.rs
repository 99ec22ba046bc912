//! Settings: from the command line, the environment, and a TOML file, in this order. Unknown keys are refused.

use super::{
    client::Network,
    mail::{MailArgs, MailSettings, settings::MailFile},
    provider,
};
use crate::{
    evidence::malware::{self, Scanner},
    store::Store,
};
use anyhow::{Context, bail};
use clap::Args;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

/// Settings that every command takes.
#[derive(Args, Clone, Debug, Default)]
pub struct StorageArgs {
    /// Folder for the embedded database and the evidence [default: data]
    #[arg(long, env = "DESIGNATED_CENTRES_DATA", value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Database: `postgres://…`; without it, an embedded SQLite in the data folder
    #[arg(long, env = "DESIGNATED_CENTRES_DATABASE_URL", value_name = "URL", hide_env_values = true)]
    pub database_url: Option<SecretString>,
    /// Seed of the key that signs the head of the record: 64 hexadecimal digits [default: `record.key` in the data folder]
    #[arg(long, env = "DESIGNATED_CENTRES_RECORD_KEY", value_name = "HEX", hide_env_values = true)]
    pub record_key: Option<SecretString>,
    /// Settings file in TOML
    #[arg(long, env = "DESIGNATED_CENTRES_SETTINGS", value_name = "FILE")]
    pub settings: Option<PathBuf>,
}

/// Settings of the server alone.
#[derive(Args, Clone, Debug, Default)]
pub struct ServeArgs {
    /// Address to listen on [default: 127.0.0.1:3000]
    #[arg(long, env = "DESIGNATED_CENTRES_LISTEN", value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,
    /// The address people see, such as `https://portal.example.org`; needed when a proxy stands in front
    #[arg(long, env = "DESIGNATED_CENTRES_ORIGIN", value_name = "URL")]
    pub origin: Option<String>,
    /// Most connections at once [default: 2000]
    #[arg(long, env = "DESIGNATED_CENTRES_CONNECTIONS", value_name = "N")]
    pub connections: Option<usize>,
    /// Proxies that are believed when they name the client in `X-Forwarded-For`, such as `10.0.0.0/8` [default: none]
    #[arg(long, env = "DESIGNATED_CENTRES_TRUSTED_PROXIES", value_name = "NETWORK", value_delimiter = ',')]
    pub trusted_proxies: Option<Vec<Network>>,
    /// Key that seals secrets at rest, 64 hexadecimal digits; without it, `seal.key` in the data folder
    #[arg(long, env = "DESIGNATED_CENTRES_SEAL_KEY", value_name = "KEY", hide_env_values = true)]
    pub seal_key: Option<SecretString>,
    /// Where clamd looks at evidence: the path of its socket, HOST:PORT, or `off`, which every page with files says [default:
    /// /run/clamav/clamd.ctl; in the demo off]
    #[arg(long, env = "DESIGNATED_CENTRES_CLAMD", value_name = "PLACE")]
    pub clamd: Option<Scanner>,
    /// How letters leave.
    #[command(flatten)]
    pub mail: MailArgs,
}

/// The settings file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    data: Option<PathBuf>,
    database_url: Option<SecretString>,
    record_key: Option<SecretString>,
    listen: Option<SocketAddr>,
    origin: Option<String>,
    connections: Option<usize>,
    #[serde(default)]
    provider: Vec<provider::Section>,
    trusted_proxies: Option<Vec<Network>>,
    seal_key: Option<SecretString>,
    clamd: Option<String>,
    #[serde(default)]
    mail: MailFile,
}

/// The settings in effect. `Debug` hides what is secret.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Folder for the embedded database and the evidence.
    pub data: PathBuf,
    /// The database; its address can hold a password.
    pub database_url: SecretString,
    /// Seed of the key that signs the head of the record; none when it is in the data folder.
    pub record_key: Option<SecretString>,
    /// Where the server listens.
    pub listen: SocketAddr,
    /// The address people see, without a slash at the end.
    pub origin: String,
    /// Most connections at once.
    pub connections: usize,
    /// Proxies that are believed when they name the client.
    pub trusted_proxies: Vec<Network>,
    /// The key that seals secrets, where it is not in the data folder.
    pub seal_key: Option<SecretString>,
    /// Who looks for malware in evidence.
    pub scanner: Scanner,
    /// How letters leave.
    pub mail: MailSettings,
    /// Whether this is the demo.
    pub demo: bool,
    /// Identity providers that people can sign in through.
    pub providers: Vec<provider::Configured>,
    /// Whether a code of an authenticator app may be used again, and may be of the portal's own time. Only in the demo.
    pub codes_again: bool,
}

impl Settings {
    /// Reads all sources. `demo` allows plain HTTP cookies on this machine.
    pub fn read(storage: StorageArgs, serve: ServeArgs, demo: bool) -> anyhow::Result<Self> {
        let file = storage.settings.as_deref().map(read_file).transpose()?.unwrap_or_default();
        let data = storage.data.or(file.data).unwrap_or_else(|| "data".into());
        let listen = serve.listen.or(file.listen).unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 3000)));
        let origin = serve.origin.or(file.origin).unwrap_or_else(|| format!("http://{listen}"));
        let origin = origin.trim_end_matches('/').to_owned();
        if !origin.starts_with("http://") && !origin.starts_with("https://") {
            bail!("the origin is an address such as https://portal.example.org, not {origin:?}");
        }
        let providers = read_providers(file.provider)?;
        let named = file.clamd.as_deref().map(str::parse).transpose().map_err(anyhow::Error::msg)?;
        let usual = || if demo { Scanner::Off } else { Scanner::Socket(malware::USUAL.into()) };
        Ok(Self {
            database_url: storage.database_url.or(file.database_url).unwrap_or_else(|| Store::embedded_url(&data)),
            mail: MailSettings::read(serve.mail, file.mail, &data, demo)?,
            data,
            record_key: storage.record_key.or(file.record_key),
            listen,
            origin,
            connections: serve.connections.or(file.connections).unwrap_or(2000),
            trusted_proxies: serve.trusted_proxies.or(file.trusted_proxies).unwrap_or_default(),
            seal_key: serve.seal_key.or(file.seal_key),
            scanner: serve.clamd.or(named).unwrap_or_else(usual),
            demo,
            providers,
            codes_again: demo,
        })
    }

    /// Whether the session cookie demands HTTPS: always, but for the demo on plain HTTP.
    pub fn secure_cookies(&self) -> bool {
        !self.demo || self.origin.starts_with("https://")
    }

    /// Whether the database is embedded.
    pub fn is_embedded(&self) -> bool {
        self.database_url.expose_secret().starts_with("sqlite:")
    }
}

fn read_providers(sections: Vec<provider::Section>) -> anyhow::Result<Vec<provider::Configured>> {
    let list: Vec<_> = sections.into_iter().map(provider::Configured::read).collect::<anyhow::Result<_>>()?;
    for (i, one) in list.iter().enumerate() {
        // Two names for one issuer would make one person two.
        if list[..i].iter().any(|other| other.name == one.name || other.issuer == one.issuer) {
            bail!("two providers have the name {} or the issuer {}", one.name, one.issuer.as_str());
        }
    }
    Ok(list)
}

fn read_file(path: &Path) -> anyhow::Result<File> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("cannot read the settings file {}", path.display()))?;
    toml::from_str(&text).with_context(|| format!("the settings file {} is not right", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_keys_are_refused() {
        let error = toml::from_str::<File>("lissten = \"127.0.0.1:1\"").expect_err("a typo");
        assert!(error.to_string().contains("lissten"), "{error}");
    }

    #[test]
    fn providers_are_read_and_none_comes_twice() {
        let one = "[[provider]]\nname = \"north\"\nissuer = \"https://id.north.example\"\nclient-id = \"x\"\nclient-secret = \"y\"\n";
        let read = |text: &str| read_providers(toml::from_str::<File>(text).expect("TOML").provider);
        assert_eq!(read("").expect("none").len(), 0);
        assert_eq!(read(one).expect("one").len(), 1);
        assert!(read(&one.repeat(2)).is_err());
        assert!(read(&format!("{one}{}", one.replace("\"north\"", "\"south\""))).is_err());
        let error = toml::from_str::<File>(&one.replace("client-id", "client_id")).expect_err("a typo");
        assert!(error.to_string().contains("client_id"), "{error}");
    }

    #[test]
    fn secrets_are_not_printed() {
        let storage =
            StorageArgs { database_url: Some("postgres://user:hunter2@host/db".into()), ..StorageArgs::default() };
        let printed = format!(
            "{:?} {:?}",
            storage,
            Settings::read(storage.clone(), ServeArgs::default(), false).expect("settings")
        );
        assert!(!printed.contains("hunter2"), "{printed}");
    }

    #[test]
    fn only_the_demo_takes_a_code_again() {
        let read = |demo| Settings::read(StorageArgs::default(), ServeArgs::default(), demo).expect("settings");
        assert!(read(true).codes_again && !read(false).codes_again);
    }

    #[test]
    fn proxies_and_the_key_can_stand_in_the_file() {
        let file: File =
            toml::from_str("trusted-proxies = [\"10.0.0.0/8\", \"::1\"]\nseal-key = \"hunter2\"").expect("a file");
        assert_eq!(file.trusted_proxies.as_deref().map(<[_]>::len), Some(2));
        assert!(!format!("{file:?}").contains("hunter2"));
        assert!(toml::from_str::<File>("trusted-proxies = [\"everywhere\"]").is_err());
    }

    #[test]
    fn only_the_demo_does_without_a_scanner_unless_it_is_said() {
        let read = |clamd: Option<Scanner>, demo| {
            let serve = ServeArgs { clamd, ..ServeArgs::default() };
            Settings::read(StorageArgs::default(), serve, demo).expect("settings").scanner
        };
        assert_eq!(read(None, true), Scanner::Off);
        assert_eq!(read(None, false), Scanner::Socket(malware::USUAL.into()));
        assert_eq!(read(Some(Scanner::Off), false), Scanner::Off);
    }

    #[test]
    fn only_the_demo_may_use_plain_cookies() {
        let read = |demo| Settings::read(StorageArgs::default(), ServeArgs::default(), demo).expect("settings");
        assert!(read(false).secure_cookies());
        assert!(!read(true).secure_cookies());
    }
}
