//! The key that signs the head of the record: Ed25519, in the data folder or from the settings.

use super::settings::Settings;
use crate::{domain::snapshot::hex, store::Chance};
use anyhow::{Context, bail};
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use secrecy::ExposeSecret;
use std::{
    fmt, fs,
    io::{ErrorKind, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::Path,
};

/// The file in the data folder.
const FILE: &str = "record.key";

/// Signs. `Debug` shows nothing of the key.
pub struct Signer(Ed25519KeyPair);

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({})", self.public_key())
    }
}

impl Signer {
    /// The key of the settings, else that of the data folder, which is made when there is none.
    pub fn open(settings: &Settings, chance: &Chance) -> anyhow::Result<Self> {
        if let Some(signer) = Self::existing(settings)? {
            return Ok(signer);
        }
        let mut seed = [0; 32];
        chance.fill(&mut seed);
        let path = settings.data.join(FILE);
        let write = || -> std::io::Result<()> {
            let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
            writeln!(file, "{}", hex(&seed))?;
            file.sync_all()?;
            fs::File::open(&settings.data)?.sync_all()
        };
        write().with_context(|| format!("cannot write the key of the record to {}", path.display()))?;
        Self::from_seed(&hex(&seed))
    }

    /// The key of the settings, else that of the data folder; none when there is neither.
    pub fn existing(settings: &Settings) -> anyhow::Result<Option<Self>> {
        if let Some(seed) = &settings.record_key {
            return Self::from_seed(seed.expose_secret()).map(Some).context("the setting record-key is not right");
        }
        let path = settings.data.join(FILE);
        let seed = match fs::read_to_string(&path) {
            Ok(seed) => seed,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
        };
        ensure_private(&path)?;
        Self::from_seed(seed.trim()).map(Some).with_context(|| format!("{} is not right", path.display()))
    }

    fn from_seed(seed: &str) -> anyhow::Result<Self> {
        let Some(seed) = bytes(seed).filter(|seed| seed.len() == 32) else {
            bail!("a seed is 64 hexadecimal digits");
        };
        Ed25519KeyPair::from_seed_unchecked(&seed).map(Self).map_err(|_| anyhow::anyhow!("this is no seed of a key"))
    }

    /// The public key in 64 hexadecimal digits.
    pub fn public_key(&self) -> String {
        hex(self.0.public_key().as_ref())
    }

    /// The signature of a text in 128 hexadecimal digits.
    pub fn sign(&self, text: &str) -> String {
        hex(self.0.sign(text.as_bytes()).as_ref())
    }
}

/// A key that others on the machine can read is no key.
fn ensure_private(path: &Path) -> anyhow::Result<()> {
    let mode = fs::metadata(path)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        bail!("{} can be read by others (mode {mode:o}): set its mode to 600", path.display());
    }
    Ok(())
}

/// Whether a signature of a text is right; also false when key or signature are no such thing.
pub fn verifies(public_key: &str, text: &str, signature: &str) -> bool {
    let (Some(key), Some(signature)) = (bytes(public_key), bytes(signature)) else { return false };
    UnparsedPublicKey::new(&ED25519, key).verify(text.as_bytes(), &signature).is_ok()
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = hex.chars().map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok())).collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0)?;
    Some(digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_test_of_rfc_8032() {
        let seed = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
        let signer = Signer::from_seed(seed).expect("a key");
        assert_eq!(signer.public_key(), "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
        let signature = signer.sign("");
        assert!(signature.starts_with("e5564300c360ac729086e2cc806e828a"));
        assert!(verifies(&signer.public_key(), "", &signature));
        assert!(!verifies(&signer.public_key(), "x", &signature));
        assert!(!verifies(&signer.public_key(), "", "zz"));
        assert!(!verifies("", "", &signature));
        assert!(!format!("{signer:?}").contains(seed));
    }
}
