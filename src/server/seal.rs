//! Sealing what must be readable again: secrets of authenticator apps. AES-256-GCM, with the key outside the database.
//!
//! Each sealed text is bound to its purpose: what was sealed for one account opens for no other. Whoever restores a
//! database needs the key too; it belongs into the backup of the data folder.
//!
//! Several keys may stand in the file or the setting, one a line: the first seals, all open. To change the key, put a new
//! one before the old one, start the portal again, and run `reseal`. The old one stays: evidence is still sealed with it.

use crate::{domain::snapshot::hex, store::Chance};
use anyhow::{Context, bail};
use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use secrecy::{ExposeSecret, SecretString};
use std::{
    fmt,
    fs::{self, OpenOptions},
    io::{ErrorKind, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
    sync::Arc,
};

/// The name of the key in the data folder.
const FILE: &str = "seal.key";

/// Before every sealed text: how it was sealed.
const VERSION: &str = "sealed1:";

/// Seals and opens.
#[derive(Clone)]
pub struct Seal(Arc<Vec<RandomizedNonceKey>>);

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seal")
    }
}

impl Seal {
    /// With the key of the settings, or that of the data folder, which is made when there is none.
    pub fn read(key: Option<&SecretString>, data: &Path) -> anyhow::Result<Self> {
        match key {
            Some(key) => Self::from_hex(key.expose_secret()).context("the setting seal-key is not right"),
            None => Self::of_folder(data),
        }
    }

    /// As [`Seal::read`], for a database that holds sealed secrets already: a key that is missing is not made anew, since
    /// nobody could sign in with it.
    pub fn existing(key: Option<&SecretString>, data: &Path) -> anyhow::Result<Self> {
        let path = data.join(FILE);
        if key.is_none() && !path.exists() {
            bail!(
                "{} is missing, and the database holds secrets that were sealed with it: bring it back from a backup",
                path.display()
            );
        }
        Self::read(key, data)
    }

    fn from_hex(text: &str) -> anyhow::Result<Self> {
        let key = |text: &str| {
            let bytes = unhex(text).filter(|b| b.len() == 32).context("a key is 64 hexadecimal digits")?;
            RandomizedNonceKey::new(&AES_256_GCM, &bytes).map_err(|_| anyhow::anyhow!("the key is refused"))
        };
        let keys = text.split_whitespace().map(key).collect::<anyhow::Result<Vec<_>>>()?;
        if keys.is_empty() {
            bail!("a key is 64 hexadecimal digits");
        }
        Ok(Self(Arc::new(keys)))
    }

    fn of_folder(data: &Path) -> anyhow::Result<Self> {
        let path = data.join(FILE);
        match fs::read_to_string(&path) {
            Ok(text) => return Self::from_hex(&text).with_context(|| format!("{} is not right", path.display())),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
        }
        // Written whole under another name first: a crash leaves no half of a key, and of two starts one wins.
        let mut key = [0; 32];
        Chance::default().fill(&mut key);
        let draft = data.join(format!("{FILE}.{}", std::process::id()));
        let written =
            OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft).and_then(|mut file| {
                file.write_all(hex(&key).as_bytes())?;
                file.sync_all()
            });
        written.with_context(|| format!("cannot write {}", draft.display()))?;
        let linked = fs::hard_link(&draft, &path);
        fs::remove_file(&draft).with_context(|| format!("cannot remove {}", draft.display()))?;
        match linked {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => {
                return Err(error).with_context(|| format!("cannot write {}", path.display()));
            }
            _ => {}
        }
        fs::File::open(data)
            .and_then(|folder| folder.sync_all())
            .with_context(|| format!("cannot sync {}", data.display()))?;
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        Self::from_hex(&text)
    }

    /// Seals some bytes for a purpose.
    pub fn seal(&self, purpose: &str, plain: &[u8]) -> anyhow::Result<String> {
        let mut bytes = plain.to_vec();
        let Some(key) = self.0.first() else { bail!("there is no key") };
        let nonce = key
            .seal_in_place_append_tag(Aad::from(purpose.as_bytes()), &mut bytes)
            .map_err(|_| anyhow::anyhow!("a secret could not be sealed"))?;
        Ok(format!("{VERSION}{}{}", hex(nonce.as_ref()), hex(&bytes)))
    }

    /// Opens what was sealed for a purpose; an error when the key, the purpose or a bit of it is another.
    pub fn open(&self, purpose: &str, sealed: &str) -> anyhow::Result<Vec<u8>> {
        let bytes = sealed.strip_prefix(VERSION).and_then(unhex).context("this was not sealed here")?;
        let Some((nonce, rest)) = bytes.split_at_checked(NONCE_LEN) else { bail!("what was sealed is too short") };
        for key in self.0.iter() {
            let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| anyhow::anyhow!("no nonce"))?;
            let mut rest = rest.to_vec();
            if let Ok(plain) = key.open_in_place(nonce, Aad::from(purpose.as_bytes()), &mut rest) {
                return Ok(plain.to_vec());
            }
        }
        bail!("a sealed secret does not open: is this the key it was sealed with?")
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text.chars().map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok())).collect();
    let digits = digits?;
    (digits.len() % 2 == 0).then(|| digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn what_is_sealed_opens_for_its_purpose_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let seal = Seal::read(None, folder.path()).expect("a key");
        let sealed = seal.seal("code:1", b"a secret").expect("sealed");
        assert_ne!(sealed, seal.seal("code:1", b"a secret").expect("sealed"), "each with a nonce of its own");
        assert!(!sealed.contains(&hex(b"a secret")));
        assert_eq!(seal.open("code:1", &sealed).expect("opens"), b"a secret");
        assert!(seal.open("code:2", &sealed).is_err(), "another account");
        let mut other = sealed.clone();
        let last = if other.pop() == Some('0') { '1' } else { '0' };
        other.push(last);
        for wrong in [other.as_str(), "", "sealed1:", "sealed1:00", "sealed1:zz", &sealed[1..]] {
            assert!(seal.open("code:1", wrong).is_err(), "{wrong}");
        }
        let foreign = Seal::read(Some(&"ab".repeat(32).into()), folder.path()).expect("a key");
        assert!(foreign.open("code:1", &sealed).is_err(), "another key");
    }

    #[test]
    fn the_key_of_a_folder_stays_and_is_for_its_owner_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let sealed = Seal::read(None, folder.path()).expect("a key").seal("x", b"1").expect("sealed");
        assert_eq!(Seal::read(None, folder.path()).expect("the same").open("x", &sealed).expect("opens"), b"1");
        let names: Vec<_> =
            fs::read_dir(folder.path()).expect("a folder").map(|e| e.expect("an entry").file_name()).collect();
        assert_eq!(names, [FILE]);
        assert!(Seal::existing(None, folder.path()).is_ok());
        let empty = tempfile::tempdir().expect("a folder");
        let missing = Seal::existing(None, empty.path()).expect_err("no key").to_string();
        assert!(missing.contains("seal.key is missing") && !empty.path().join(FILE).exists(), "{missing}");
        let mode = fs::metadata(folder.path().join(FILE)).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        fs::write(folder.path().join(FILE), "half a key").expect("a file");
        assert!(Seal::read(None, folder.path()).is_err(), "a broken key is not replaced");
        assert!(Seal::read(Some(&"abc".to_owned().into()), folder.path()).is_err());
    }
}
