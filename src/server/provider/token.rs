//! The token about a person: believed only when everything about it is right.

use super::Configured;
use crate::domain::moment::Moment;
use openidconnect::{
    AccessToken, AccessTokenHash, ClaimsVerificationError, ClientId, Nonce, SignatureVerificationError,
    core::{
        CoreIdToken, CoreIdTokenClaims, CoreIdTokenVerifier, CoreJwsSigningAlgorithm as Algorithm, CoreProviderMetadata,
    },
};
use std::fmt;

/// What a token may be signed with: keys that only the provider has. `none` is no signature, and with `HS…` whoever knows
/// the client's secret could sign.
const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::RsaSsaPkcs1V15Sha256,
    Algorithm::RsaSsaPkcs1V15Sha384,
    Algorithm::RsaSsaPkcs1V15Sha512,
    Algorithm::RsaSsaPssSha256,
    Algorithm::RsaSsaPssSha384,
    Algorithm::RsaSsaPssSha512,
    Algorithm::EcdsaP256Sha256,
    Algorithm::EcdsaP384Sha384,
    Algorithm::EdDsa,
];

/// How far clocks may differ, in minutes.
const SKEW: i64 = 2;

/// How old a token may be, in minutes: it was made for somebody who has just come back.
const OLDEST: i64 = 15;

/// The longest subject; the standard says 255 characters.
const SUBJECT: usize = 255;

/// Methods of RFC 8176, and of Microsoft's, that are a second factor beside whatever came first. A text message is not.
const SECOND: [&str; 4] = ["mfa", "otp", "hwk", "http://schemas.microsoft.com/claims/multipleauthn"];

/// Classes that promise two factors: REFEDS MFA, and the two of the phishing-resistant profile.
const CLASSES: [&str; 3] = ["https://refeds.org/profile/mfa", "phr", "phrh"];

/// Somebody as a provider knows them.
#[derive(Clone, PartialEq, Eq)]
pub struct Person {
    /// Who says so.
    pub issuer: String,
    /// Who they are there.
    pub subject: String,
    /// Whether they have shown a second factor there, and we take the provider's word.
    pub second_factor: bool,
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[a person at a provider]")
    }
}

/// What is wrong with a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The key that has signed it is not among those that are known.
    UnknownKey,
    /// Anything else.
    Wrong(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownKey => f.write_str("the token is signed with an unknown key"),
            Self::Wrong(text) => write!(f, "the token is wrong: {text}"),
        }
    }
}

/// Checks a token in every respect. `now` is the time of the world outside, which has dated it.
pub fn check(
    settings: &Configured,
    metadata: &CoreProviderMetadata,
    token: &CoreIdToken,
    access: &AccessToken,
    nonce: &str,
    now: Moment,
) -> Result<Person, Fault> {
    let keys = metadata.jwks().clone();
    let client_id = ClientId::new(settings.client_id.clone());
    // The verifier of a client without a secret: shared secrets never count, whatever the list says.
    let verifier = CoreIdTokenVerifier::new_public_client(client_id, settings.issuer.clone(), keys)
        .set_allowed_algs(ALGORITHMS)
        // The library has no clock that can be set without its calendar; the end is checked below.
        .set_time_fn(Default::default)
        .set_issue_time_verifier_fn(move |at| issued(at.timestamp(), now));
    let claims = token.claims(&verifier, &Nonce::new(nonce.to_owned())).map_err(fault)?;
    if claims.expiration().timestamp() <= now.millis() / 1000 {
        return Err(Fault::Wrong("it is over".into()));
    }
    if let Some(expected) = claims.access_token_hash() {
        let hash = token
            .signing_alg()
            .and_then(|algorithm| Ok((algorithm, token.signing_key(&verifier)?)))
            .map_err(|error| Fault::Wrong(error.to_string()))
            .and_then(|(algorithm, key)| {
                AccessTokenHash::from_token(access, algorithm, key).map_err(|error| Fault::Wrong(error.to_string()))
            })?;
        if hash != *expected {
            return Err(Fault::Wrong("it belongs to another access token".into()));
        }
    }
    if claims.authorized_party().is_some_and(|party| party.as_str() != settings.client_id) {
        return Err(Fault::Wrong("it was made for another party".into()));
    }
    let subject = claims.subject().as_str();
    if subject.is_empty() || SUBJECT < subject.chars().count() {
        return Err(Fault::Wrong("its subject is empty or too long".into()));
    }
    Ok(Person {
        issuer: settings.issuer.as_str().to_owned(),
        subject: subject.to_owned(),
        second_factor: settings.trusts_second_factor && has_second_factor(claims),
    })
}

fn has_second_factor(claims: &CoreIdTokenClaims) -> bool {
    let methods = claims.auth_method_refs().into_iter().flatten();
    let class = claims.auth_context_ref();
    methods.into_iter().any(|method| SECOND.contains(&method.as_str()))
        || class.is_some_and(|class| CLASSES.contains(&class.as_str()))
}

fn fault(error: ClaimsVerificationError) -> Fault {
    match error {
        ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey) => Fault::UnknownKey,
        ClaimsVerificationError::SignatureVerification(error) => Fault::Wrong(error.to_string()),
        other => Fault::Wrong(other.to_string()),
    }
}

fn issued(at: i64, now: Moment) -> Result<(), String> {
    let now = now.millis() / 1000;
    if now + SKEW * 60 < at {
        return Err("it was made in the future".into());
    }
    if at < now - OLDEST * 60 {
        return Err("it was made too long ago".into());
    }
    Ok(())
}
