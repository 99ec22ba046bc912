//! Keys that sign tokens, right and forged.

use aws_lc_rs::{
    hmac,
    rand::SystemRandom,
    rsa::KeySize,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaEncoding,
        RsaKeyPair,
    },
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::sync::OnceLock;

/// Base64 for addresses, without padding.
pub fn base64url(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for i in 0..=chunk.len() {
            text.push(LETTERS[(bits >> (18 - 6 * i) & 63) as usize].into());
        }
    }
    text
}

/// SHA-256.
pub fn sha256(text: &str) -> Vec<u8> {
    Sha256::digest(text.as_bytes()).to_vec()
}

/// A pair of each kind.
pub struct Keys {
    rsa: RsaKeyPair,
    ec: EcdsaKeyPair,
}

/// How a token is signed.
#[derive(Clone, Copy, Debug)]
pub enum Sign {
    /// With one of our keys: algorithm.
    Ours(&'static str),
    /// With a key of the attacker.
    Theirs(&'static str),
    /// With a secret: what a client and a provider share.
    Secret(&'static str),
    /// With our public key as if it were a secret.
    PublicAsSecret,
    /// Not at all.
    Nothing,
    /// With a right signature of something else.
    Elsewhere,
    /// With half a right signature.
    Half,
}

fn pair() -> Keys {
    Keys {
        rsa: RsaKeyPair::generate(KeySize::Rsa2048).expect("a key"),
        ec: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key"),
    }
}

/// Those of the provider.
pub fn ours() -> &'static Keys {
    static OURS: OnceLock<Keys> = OnceLock::new();
    OURS.get_or_init(pair)
}

/// Those of an attacker.
pub fn theirs() -> &'static Keys {
    static THEIRS: OnceLock<Keys> = OnceLock::new();
    THEIRS.get_or_init(pair)
}

impl Keys {
    /// The public keys as a provider publishes them.
    pub fn set(&self, suffix: &str) -> Value {
        json!({ "keys": [self.rsa_jwk(&format!("rsa{suffix}")), self.ec_jwk(&format!("ec{suffix}"))] })
    }

    /// The public RSA key.
    pub fn rsa_jwk(&self, kid: &str) -> Value {
        json!({ "kty": "RSA", "use": "sig", "kid": kid, "n": base64url(self.modulus()), "e": "AQAB" })
    }

    fn ec_jwk(&self, kid: &str) -> Value {
        let point = self.ec.public_key().as_ref();
        let (x, y) = (base64url(&point[1..33]), base64url(&point[33..]));
        json!({ "kty": "EC", "use": "sig", "crv": "P-256", "kid": kid, "x": x, "y": y })
    }

    /// The modulus stands behind nine bytes of DER in a key of 2048 bits.
    fn modulus(&self) -> &[u8] {
        &self.rsa.public_key().as_ref()[9..265]
    }

    fn sign(&self, algorithm: &str, text: &str) -> Vec<u8> {
        let random = SystemRandom::new();
        let rsa = |padding: &'static dyn RsaEncoding| {
            let mut signature = vec![0; self.rsa.public_modulus_len()];
            self.rsa.sign(padding, &random, text.as_bytes(), &mut signature).expect("a signature");
            signature
        };
        match algorithm {
            "RS256" => rsa(&RSA_PKCS1_SHA256),
            "PS256" => rsa(&RSA_PSS_SHA256),
            "ES256" => self.ec.sign(&random, text.as_bytes()).expect("a signature").as_ref().to_vec(),
            other => panic!("nobody signs with {other} here"),
        }
    }
}

/// The signature of a text.
pub fn signature(how: Sign, text: &str) -> Vec<u8> {
    let secret = |key: &[u8]| hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text.as_bytes()).as_ref().to_vec();
    match how {
        Sign::Ours(algorithm) => ours().sign(algorithm, text),
        Sign::Theirs(algorithm) => theirs().sign(algorithm, text),
        Sign::Secret(key) => secret(key.as_bytes()),
        Sign::PublicAsSecret => secret(ours().modulus()),
        Sign::Nothing => Vec::new(),
        Sign::Elsewhere => ours().sign("RS256", "something else"),
        Sign::Half => ours().sign("RS256", text)[..128].to_vec(),
    }
}
