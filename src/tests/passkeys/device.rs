//! A device with passkeys, as far as a portal can tell one from a real one.

use crate::tests::{
    harness::ORIGIN,
    provider::keys::{base64url, sha256},
};
use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair},
};
use serde_json::{Value, json};

/// Somebody was there.
const PRESENT: u8 = 0x01;
/// Somebody has unlocked it.
const VERIFIED: u8 = 0x04;
/// The passkey can be copied to other devices.
const COPYABLE: u8 = 0x08;
/// It has been.
const COPIED: u8 = 0x10;
/// A new passkey is in the answer.
const ATTESTED: u8 = 0x40;

/// One passkey on one device, and what a test can make it say.
#[derive(Debug)]
pub struct Device {
    key: EcdsaKeyPair,
    /// By which the passkey is known.
    pub id: Vec<u8>,
    /// As the portal has told it.
    pub handle: String,
    /// How often it has signed.
    pub counter: u32,
    /// Whether it has been copied to other devices.
    pub copied: bool,
    /// Whether somebody has unlocked it.
    pub verified: bool,
    /// The page it believes to be on.
    pub origin: String,
    /// The name it believes the page to have.
    pub name: String,
}

impl Device {
    /// A device whose passkey is known by this one byte.
    pub fn new(id: u8) -> Self {
        Self {
            key: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).expect("a key"),
            id: vec![id; 16],
            handle: String::new(),
            counter: 0,
            copied: false,
            verified: true,
            origin: ORIGIN.into(),
            name: ORIGIN.trim_start_matches("http://").into(),
        }
    }

    fn data(&self, more: u8) -> Vec<u8> {
        let mut flags = PRESENT | COPYABLE | more;
        flags |= if self.verified { VERIFIED } else { 0 } | if self.copied { COPIED } else { 0 };
        [sha256(&self.name), vec![flags], self.counter.to_be_bytes().to_vec()].concat()
    }

    fn client(&self, kind: &str, challenge: &Value) -> String {
        json!({ "type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false }).to_string()
    }

    /// Makes its passkey, as asked.
    pub fn create(&mut self, options: &Value) -> Value {
        let asked = &options["publicKey"];
        assert_eq!(asked["authenticatorSelection"]["userVerification"], "required");
        assert_eq!(asked["authenticatorSelection"]["residentKey"], "required");
        self.handle = asked["user"]["id"].as_str().expect("a handle").into();
        let point = self.key.public_key().as_ref();
        let key = [
            [0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20].as_slice(),
            &point[1..33],
            &[0x22, 0x58, 0x20],
            &point[33..],
        ]
        .concat();
        let length = u16::try_from(self.id.len()).expect("a length").to_be_bytes();
        let data = [self.data(ATTESTED), vec![0; 16], length.to_vec(), self.id.clone(), key].concat();
        let size = u8::try_from(data.len()).expect("a size");
        let attestation = [b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData".as_slice(), &[0x58, size], &data].concat();
        let client = self.client("webauthn.create", &asked["challenge"]);
        json!({
            "id": base64url(&self.id), "rawId": base64url(&self.id), "type": "public-key",
            "clientExtensionResults": { "credProps": { "rk": true } },
            "response": { "attestationObject": base64url(&attestation), "clientDataJSON": base64url(client.as_bytes()) },
        })
    }

    /// Signs, as asked.
    pub fn get(&mut self, options: &Value) -> Value {
        let asked = &options["publicKey"];
        assert_eq!(asked["userVerification"], "required");
        self.counter += 1;
        let (data, client) = (self.data(0), self.client("webauthn.get", &asked["challenge"]));
        let signed = [data.clone(), sha256(&client)].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).expect("a signature");
        json!({
            "id": base64url(&self.id), "rawId": base64url(&self.id), "type": "public-key", "clientExtensionResults": {},
            "response": {
                "authenticatorData": base64url(&data), "clientDataJSON": base64url(client.as_bytes()),
                "signature": base64url(signature.as_ref()), "userHandle": self.handle,
            },
        })
    }
}
