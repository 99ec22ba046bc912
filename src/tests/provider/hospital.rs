//! The identity provider of a hospital, on a port of this machine. It tells the truth unless a test makes it lie.

use super::keys::{Sign, base64url, ours, sha256, signature};
use crate::{
    domain::moment::Moment,
    server::provider::{Configured, Section},
    tests::{
        browser::{Browser, Reply},
        harness::{NOW, ORIGIN},
    },
};
use axum::{
    Form, Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};
use tokio::net::TcpListener;

/// Who the portal is there.
pub const CLIENT: &str = "portal";

/// What proves it.
pub const SECRET: &str = "a secret that only two know";

/// What the portal gets for a code.
pub const ACCESS: &str = "an access token";

/// A token before it is signed.
#[derive(Clone, Debug)]
pub struct Token {
    pub header: Value,
    pub claims: Value,
    pub sign: Sign,
    /// What is sent instead of it.
    pub instead: Option<Value>,
}

impl Token {
    /// The text of it.
    pub fn text(&self) -> Value {
        if let Some(instead) = &self.instead {
            return instead.clone();
        }
        let part = |value: &Value| base64url(value.to_string().as_bytes());
        let signed = format!("{}.{}", part(&self.header), part(&self.claims));
        format!("{signed}.{}", base64url(&signature(self.sign, &signed))).into()
    }
}

/// Changes what would be right.
pub type Forge = fn(&mut Token);

/// What a test can change.
pub struct Mood {
    /// Who signs in.
    pub subject: String,
    /// Changes tokens.
    pub forge: Forge,
    /// Changes what the provider says about itself.
    pub about: fn(&mut Value),
    /// Its public keys.
    pub keys: Value,
    /// By how many minutes its clock is past that of all tests.
    pub minutes: i64,
    /// How often it was asked about itself.
    pub asked: usize,
    /// What the token endpoint says instead of tokens.
    pub refuse: Option<(StatusCode, Value)>,
    /// Codes that were given out: nonce, challenge, way back.
    codes: BTreeMap<String, (String, String, String)>,
}

/// A provider that runs as long as the test.
#[derive(Clone)]
pub struct Hospital {
    pub issuer: String,
    mood: Arc<Mutex<Mood>>,
}

impl Hospital {
    /// Opens.
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let issuer = format!("http://{}", listener.local_addr().expect("an address"));
        let mood = Mood {
            subject: "staff-4711".into(),
            forge: |_| {},
            about: |_| {},
            keys: ours().set("-1"),
            minutes: 0,
            asked: 0,
            refuse: None,
            codes: BTreeMap::new(),
        };
        let hospital = Self { issuer, mood: Arc::new(Mutex::new(mood)) };
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(about))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .route("/elsewhere", get(|| async { Redirect::temporary("http://127.0.0.1:1/") }))
            .route("/endless", get(|| async { "x".repeat(2 * 1024 * 1024) }))
            .with_state(hospital.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        hospital
    }

    /// As it stands in the settings of a portal.
    pub fn settings(&self, name: &str, trusts: bool) -> Configured {
        let text = format!(
            "name = \"{name}\"\ntitle = \"North Hospital\"\nissuer = \"{}\"\nclient-id = \"{CLIENT}\"\n\
             client-secret = \"{SECRET}\"\ntrusts-second-factor = {trusts}",
            self.issuer
        );
        let section: Section = toml::from_str(&text).expect("settings");
        Configured::read(section).expect("settings")
    }

    /// Changes its mood.
    pub fn mood<T>(&self, change: impl FnOnce(&mut Mood) -> T) -> T {
        change(&mut self.mood.lock().expect("a mood"))
    }

    /// Signs somebody in at the page that a portal has sent them to: the way back.
    pub fn sign_in(&self, left: &Reply) -> String {
        assert_eq!(left.status, StatusCode::OK, "{}", left.headline());
        let refresh = left.header("refresh").strip_prefix("0; url=").expect("a way out").to_owned();
        assert!(left.html().values("href").any(|href| href == refresh), "a link for those whose browser stays");
        let (place, query) = refresh.split_once('?').expect("a query");
        assert_eq!(place, format!("{}/authorize", self.issuer));
        let query: BTreeMap<String, String> = serde_urlencoded::from_str(query).expect("a query");
        assert_eq!(query["response_type"], "code");
        assert_eq!(query["scope"], "openid");
        assert_eq!(query["client_id"], CLIENT);
        assert_eq!(query["code_challenge_method"], "S256");
        let (state, nonce) = (&query["state"], &query["nonce"]);
        assert!(64 <= state.len() && 64 <= nonce.len() && state != nonce);
        let back = query["redirect_uri"].clone();
        let code = format!("code-{}", &state[..16]);
        let grant = (nonce.clone(), query["code_challenge"].clone(), back.clone());
        self.mood(|mood| mood.codes.insert(code.clone(), grant));
        let path = back.strip_prefix(ORIGIN).expect("a way back to the portal");
        format!("{path}?code={code}&state={state}")
    }

    /// The whole way: from the button to what the portal says at the end.
    pub async fn round_trip(&self, browser: &mut Browser, button: &str) -> Reply {
        let left = browser.post(button, &[("next", "/help")]).await;
        let back = self.sign_in(&left);
        browser.get(&back).await
    }
}

async fn about(State(hospital): State<Hospital>) -> Response {
    let issuer = &hospital.issuer;
    let mut about = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256", "ES256"],
    });
    hospital.mood(|mood| {
        mood.asked += 1;
        (mood.about)(&mut about);
    });
    match about {
        Value::String(text) => text.into_response(),
        Value::Null => Redirect::temporary("/elsewhere").into_response(),
        about => Json(about).into_response(),
    }
}

async fn keys(State(hospital): State<Hospital>) -> Json<Value> {
    Json(hospital.mood(|mood| mood.keys.clone()))
}

async fn token(
    State(hospital): State<Hospital>,
    headers: HeaderMap,
    Form(form): Form<BTreeMap<String, String>>,
) -> Response {
    assert!(headers[header::AUTHORIZATION].to_str().expect("ASCII").starts_with("Basic "), "the client proves itself");
    assert_eq!(form["grant_type"], "authorization_code");
    let issuer = hospital.issuer.clone();
    hospital.mood(|mood| {
        if let Some((status, answer)) = &mood.refuse {
            return (*status, Json(answer.clone())).into_response();
        }
        let Some((nonce, challenge, back)) = mood.codes.remove(&form["code"]) else {
            return (StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_grant" }))).into_response();
        };
        assert_eq!(form["redirect_uri"], back);
        assert_eq!(base64url(&sha256(&form["code_verifier"])), challenge, "the code belongs to another browser");
        let now = Moment::parse(NOW).expect("a time").plus_minutes(mood.minutes).millis() / 1000;
        let claims = json!({
            "iss": issuer, "sub": mood.subject, "aud": CLIENT, "nonce": nonce, "iat": now, "exp": now + 300,
            "amr": ["pwd", "otp", "mfa"], "at_hash": base64url(&sha256(ACCESS)[..16]),
            "email": "lead@north.example", "email_verified": true,
        });
        let header = json!({ "alg": "RS256", "typ": "JWT", "kid": "rsa-1" });
        let mut token = Token { header, claims, sign: Sign::Ours("RS256"), instead: None };
        (mood.forge)(&mut token);
        let mut answer = json!({ "access_token": ACCESS, "token_type": "Bearer", "expires_in": 300 });
        if token.instead != Some(Value::Null) {
            answer["id_token"] = token.text();
        }
        Json(answer).into_response()
    })
}
