//! Identity providers in the settings file.

use anyhow::{Context, bail};
use openidconnect::{IssuerUrl, url::Host, url::Url};
use secrecy::SecretString;
use serde::Deserialize;
use std::path::PathBuf;

/// One `[[provider]]` of the settings file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Section {
    /// In addresses: lower-case letters, digits and hyphens.
    name: String,
    /// On the button; the name without it.
    title: Option<String>,
    /// Exactly as the provider writes it in its tokens.
    issuer: String,
    client_id: String,
    client_secret: Option<SecretString>,
    /// A file that holds nothing but the secret.
    client_secret_file: Option<PathBuf>,
    /// Whether its word is taken that a second factor was used; otherwise ours follows.
    #[serde(default)]
    trusts_second_factor: bool,
    /// Other hosts of its endpoints and keys, with the port where it is not 443.
    #[serde(default)]
    hosts: Vec<String>,
}

/// A provider that can be used. `Debug` hides the secret.
#[derive(Clone, Debug)]
pub struct Configured {
    /// In addresses.
    pub name: String,
    /// On the button.
    pub title: String,
    /// Exactly as it stands in tokens.
    pub issuer: IssuerUrl,
    /// Who we are there.
    pub client_id: String,
    /// Proves it.
    pub secret: SecretString,
    /// Whether its word is taken that a second factor was used.
    pub trusts_second_factor: bool,
    /// Host and port of everything that may be fetched.
    hosts: Vec<(String, u16)>,
}

impl Configured {
    /// Checks a section of the settings file.
    pub fn read(section: Section) -> anyhow::Result<Self> {
        let name = section.name;
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if name.is_empty() || 40 < name.len() || !name.chars().all(plain) {
            bail!("the name of a provider has lower-case letters, digits and hyphens only, not {name:?}");
        }
        let issuer =
            IssuerUrl::new(section.issuer).with_context(|| format!("the issuer of provider {name} is no address"))?;
        if !is_safe(issuer.url()) {
            bail!("the issuer of provider {name} has to begin with https:// (http:// only on this machine)");
        }
        if issuer.url().query().is_some() || issuer.url().fragment().is_some() {
            bail!("the issuer of provider {name} has neither ? nor #");
        }
        if section.client_id.is_empty() {
            bail!("provider {name} needs a client-id");
        }
        let secret = match (section.client_secret, section.client_secret_file) {
            (Some(secret), None) => secret,
            (None, Some(path)) => std::fs::read_to_string(&path)
                .with_context(|| format!("cannot read the secret of provider {name} from {}", path.display()))?
                .trim()
                .into(),
            _ => bail!("provider {name} needs either client-secret or client-secret-file"),
        };
        let mut hosts = vec![place(issuer.url()).context("an issuer has a host")?];
        for text in section.hosts {
            let url = Url::parse(&format!("https://{text}"));
            let bare = url.ok().filter(|url| url.path() == "/" && url.query().is_none() && url.username().is_empty());
            let host = bare.as_ref().and_then(place);
            hosts.push(host.with_context(|| format!("{text:?} of provider {name} is no host"))?);
        }
        let title = section.title.unwrap_or_else(|| name.clone());
        Ok(Self {
            name,
            title,
            issuer,
            client_id: section.client_id,
            secret,
            trusts_second_factor: section.trusts_second_factor,
            hosts,
        })
    }

    /// Whether this address belongs to the provider, and the way there cannot be listened to.
    pub fn reaches(&self, url: &Url) -> bool {
        is_safe(url) && place(url).is_some_and(|place| self.hosts.contains(&place))
    }
}

fn place(url: &Url) -> Option<(String, u16)> {
    Some((url.host_str()?.to_owned(), url.port_or_known_default()?))
}

/// HTTPS, or plain HTTP that does not leave this machine.
fn is_safe(url: &Url) -> bool {
    url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url))
}

/// Whether an address is on this machine.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(more: &str) -> Result<Configured, String> {
        let text = format!("name = \"north\"\nclient-id = \"portal\"\n{more}");
        let section: Section = toml::from_str(&text).map_err(|e| e.to_string())?;
        Configured::read(section).map_err(|e| format!("{e:#}"))
    }

    const GOOD: &str = "issuer = \"https://id.north.example\"\nclient-secret = \"hunter2\"";

    #[test]
    fn a_provider_that_is_not_right_is_refused_with_the_reason() {
        assert!(read(GOOD).is_ok());
        for (more, says) in [
            ("issuer = \"http://id.north.example\"\nclient-secret = \"x\"", "https://"),
            ("issuer = \"http://127.0.0.1.north.example\"\nclient-secret = \"x\"", "https://"),
            ("issuer = \"http://10.0.0.1\"\nclient-secret = \"x\"", "https://"),
            ("issuer = \"file:///etc/passwd\"\nclient-secret = \"x\"", "https://"),
            ("issuer = \"id.north.example\"\nclient-secret = \"x\"", "no address"),
            ("issuer = \"https://id.north.example/?a\"\nclient-secret = \"x\"", "neither ? nor #"),
            ("issuer = \"https://id.north.example\"", "client-secret"),
            ("issuer = \"https://id.north.example\"\nclient-secret-file = \"/no/such/file\"", "/no/such/file"),
            ("issuer = \"https://id.north.example\"\nclient-secret = \"x\"\nhosts = [\"a/b\"]", "no host"),
            ("issuer = \"https://id.north.example\"\nclient-secret = \"x\"\nissuers = \"x\"", "issuers"),
        ] {
            let error = read(more).expect_err(more);
            assert!(error.contains(says), "{more}: {error}");
        }
    }

    #[test]
    fn plain_http_is_for_this_machine_alone() {
        for issuer in ["http://127.0.0.1:9000", "http://127.8.9.1", "http://[::1]:9000/realm", "http://localhost:9000"]
        {
            read(&format!("issuer = \"{issuer}\"\nclient-secret = \"x\"")).expect(issuer);
        }
    }

    #[test]
    fn only_its_own_hosts_are_reached() {
        let north =
            read(&format!("{GOOD}\nhosts = [\"keys.north.example\", \"api.north.example:8443\"]")).expect("right");
        for (url, reached) in [
            ("https://id.north.example/token", true),
            ("https://id.north.example:443/keys", true),
            ("https://keys.north.example/keys", true),
            ("https://api.north.example:8443/token", true),
            ("https://api.north.example/token", false),
            ("http://id.north.example/token", false),
            ("http://id.north.example:443/token", false),
            ("https://id.north.example:444/token", false),
            ("https://id.north.example.evil.example/", false),
            ("https://user@evil.example/", false),
            ("http://169.254.169.254/latest/meta-data", false),
            ("http://127.0.0.1/", false),
            ("file:///etc/passwd", false),
        ] {
            assert_eq!(north.reaches(&Url::parse(url).expect(url)), reached, "{url}");
        }
    }

    #[test]
    fn the_secret_comes_from_a_file_and_is_not_printed() {
        use secrecy::ExposeSecret;
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("secret");
        std::fs::write(&file, "hunter2\n").expect("a file");
        let north =
            read(&format!("issuer = \"https://id.north.example\"\nclient-secret-file = {file:?}")).expect("right");
        assert_eq!(north.secret.expose_secret(), "hunter2");
        assert!(!format!("{north:?}").contains("hunter2"));
    }
}
