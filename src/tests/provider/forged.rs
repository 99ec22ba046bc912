//! Tokens that must never open anything.

use super::{
    hospital::{Forge, SECRET, Token},
    keys::{Sign, base64url, sha256, theirs},
};
use serde_json::{Value, json};

fn remove(token: &mut Token, claim: &str) {
    token.claims.as_object_mut().expect("claims").remove(claim);
}

fn now(token: &Token) -> i64 {
    token.claims["iat"].as_i64().expect("a time")
}

fn instead(token: &mut Token, change: impl FnOnce(Vec<String>) -> String) {
    let text = token.text().as_str().expect("a token").to_owned();
    token.instead = Some(change(text.split('.').map(str::to_owned).collect()).into());
}

/// What is wrong, and how it is made.
pub const FORGED: &[(&str, Forge)] = &[
    ("the issuer is another", |t| t.claims["iss"] = "https://evil.example".into()),
    ("the issuer has a slash more", |t| {
        t.claims["iss"] = format!("{}/", t.claims["iss"].as_str().unwrap_or("")).into();
    }),
    ("the issuer is written in capitals", |t| {
        t.claims["iss"] = t.claims["iss"].as_str().unwrap_or("").to_uppercase().into();
    }),
    ("there is no issuer", |t| remove(t, "iss")),
    ("it is for another client", |t| t.claims["aud"] = "another portal".into()),
    ("it is for us and somebody else", |t| t.claims["aud"] = json!(["portal", "another portal"])),
    ("it is for nobody", |t| t.claims["aud"] = json!([])),
    ("there is no audience", |t| remove(t, "aud")),
    ("another party has asked for it", |t| t.claims["azp"] = "another portal".into()),
    ("the nonce is another", |t| t.claims["nonce"] = "0".repeat(64).into()),
    ("the nonce is empty", |t| t.claims["nonce"] = "".into()),
    ("there is no nonce", |t| remove(t, "nonce")),
    ("it is over", |t| t.claims["exp"] = (now(t) - 1).into()),
    ("it is over and claims that it is young", |t| {
        (t.claims["exp"], t.claims["iat"]) = ((now(t) - 3600).into(), (now(t) - 60).into());
    }),
    ("its end is no number", |t| t.claims["exp"] = "tomorrow".into()),
    ("there is no end", |t| remove(t, "exp")),
    ("it was made tomorrow", |t| t.claims["iat"] = (now(t) + 86400).into()),
    ("it was made an hour ago", |t| t.claims["iat"] = (now(t) - 3600).into()),
    ("nobody says when it was made", |t| remove(t, "iat")),
    ("there is no subject", |t| remove(t, "sub")),
    ("the subject is empty", |t| t.claims["sub"] = "".into()),
    ("the subject is a number", |t| t.claims["sub"] = 4711.into()),
    ("the subject is a list", |t| t.claims["sub"] = json!(["staff-4711"])),
    ("the subject is endless", |t| t.claims["sub"] = "x".repeat(256).into()),
    ("it belongs to another access token", |t| t.claims["at_hash"] = base64url(&sha256("another")[..16]).into()),
    ("it is not signed: none", |t| (t.header["alg"], t.sign) = ("none".into(), Sign::Nothing)),
    ("it is not signed: nOnE", |t| (t.header["alg"], t.sign) = ("nOnE".into(), Sign::Nothing)),
    ("it says none and is signed", |t| t.header["alg"] = "none".into()),
    ("the algorithm is missing", |t| {
        t.header.as_object_mut().expect("a header").remove("alg");
    }),
    ("it is signed with the client's secret", |t| {
        (t.header, t.sign) = (json!({ "alg": "HS256" }), Sign::Secret(SECRET));
    }),
    ("it is signed with an empty secret", |t| (t.header, t.sign) = (json!({ "alg": "HS256" }), Sign::Secret(""))),
    ("it is signed with the public key as a secret", |t| {
        (t.header["alg"], t.sign) = ("HS256".into(), Sign::PublicAsSecret);
    }),
    ("it is signed with a key of the attacker (RSA)", |t| t.sign = Sign::Theirs("RS256")),
    ("it is signed with a key of the attacker (PSS)", |t| {
        (t.header["alg"], t.sign) = ("PS256".into(), Sign::Theirs("PS256"));
    }),
    ("it is signed with a key of the attacker (EC)", |t| {
        (t.header, t.sign) = (json!({ "alg": "ES256", "kid": "ec-1" }), Sign::Theirs("ES256"));
    }),
    ("it brings its own key", |t| {
        t.header = json!({ "alg": "RS256", "jwk": theirs().rsa_jwk("rsa-1") });
        t.sign = Sign::Theirs("RS256");
    }),
    ("it says where its key is", |t| {
        t.header =
            json!({ "alg": "RS256", "kid": "rsa-1", "jku": "http://127.0.0.1:1/keys", "x5u": "http://127.0.0.1:1" });
        t.sign = Sign::Theirs("RS256");
    }),
    ("nobody knows its key", |t| t.header["kid"] = "rsa-2".into()),
    ("the name of its key is a way through the disk", |t| t.header["kid"] = "../../../dev/null".into()),
    ("it names a key of another kind", |t| t.header["kid"] = "ec-1".into()),
    ("it says RS512 and is RS256", |t| t.header["alg"] = "RS512".into()),
    ("it says PS256 and is RS256", |t| t.header["alg"] = "PS256".into()),
    ("its signature belongs to something else", |t| t.sign = Sign::Elsewhere),
    ("its signature is cut", |t| t.sign = Sign::Half),
    ("its signature is empty", |t| t.sign = Sign::Nothing),
    ("it was changed after it was signed", |t| {
        let mut claims = t.claims.clone();
        claims["sub"] = "staff-0001".into();
        let payload = base64url(claims.to_string().as_bytes());
        instead(t, |parts| format!("{}.{payload}.{}", parts[0], parts[2]));
    }),
    ("its header was changed after it was signed", |t| {
        let head = base64url(json!({ "alg": "RS256", "kid": "rsa-1", "x": 1 }).to_string().as_bytes());
        instead(t, |parts| format!("{head}.{}.{}", parts[1], parts[2]));
    }),
    ("it has two parts", |t| instead(t, |parts| format!("{}.{}", parts[0], parts[1]))),
    ("it has five parts", |t| instead(t, |parts| format!("{}.e.{}.{}.t", parts[0], parts[1], parts[2]))),
    ("it is a word", |t| t.instead = Some("token".into())),
    ("it is empty", |t| t.instead = Some("".into())),
    ("it is an object", |t| t.instead = Some(json!({ "sub": "staff-4711" }))),
    ("there is none", |t| t.instead = Some(Value::Null)),
    ("it demands what we do not know", |t| {
        (t.header["crit"], t.header["exp-policy"]) = (json!(["exp-policy"]), "never".into());
    }),
    ("it holds another token", |t| t.header["cty"] = "JWT".into()),
    ("it is an access token", |t| t.header["typ"] = "at+jwt".into()),
    ("it is encrypted", |t| t.header = json!({ "alg": "RSA-OAEP", "enc": "A256GCM", "kid": "rsa-1" })),
];
