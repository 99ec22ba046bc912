//! Sign-in through the identity provider of a hospital: authorization code with PKCE, state and nonce.
//!
//! A person is known by issuer and subject, never by an address. What a provider says is believed only when its issuer,
//! audience, nonce, times, algorithm and signature are right, and nothing is fetched from anywhere but its own hosts.

mod configured;
mod token;
mod wire;

pub use configured::{Configured, Section};
pub use token::Person;

use crate::{domain::moment::Moment, store::identity::Visit};
use openidconnect::{
    AuthType, AuthenticationFlow, AuthorizationCode, ClientId, ClientSecret, CsrfToken, Nonce, OAuth2TokenResponse,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, TokenResponse,
    core::{CoreClient, CoreClientAuthMethod, CoreProviderMetadata, CoreResponseType},
};
use secrecy::ExposeSecret;
use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::Mutex;
use wire::Wire;

/// How long what a provider says about itself is believed without asking again.
const FRESH: Duration = Duration::from_hours(1);

/// How long it is believed while the provider cannot be asked.
const STALE: Duration = Duration::from_hours(24);

/// Why somebody does not come in through a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// It does not answer, or answers something else. The text is for the log.
    Down(String),
    /// What it says is not true, or not for us. The text is for the log.
    Untrue(String),
    /// It says that the person may not or did not want to.
    Declined(String),
}

impl Trouble {
    /// For the record: a word, without what others have written.
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Down(_) => "down",
            Self::Untrue(_) => "untrue",
            Self::Declined(_) => "declined",
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Down(text) | Self::Untrue(text) | Self::Declined(text)) = self;
        write!(f, "{}: {text}", self.key())
    }
}

/// What a provider has said about itself, and when.
struct Known {
    metadata: Arc<CoreProviderMetadata>,
    at: Instant,
}

/// One provider.
pub struct Provider {
    /// From the settings.
    pub settings: Configured,
    wire: Wire,
    known: Mutex<Option<Known>>,
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Provider({})", self.settings.name)
    }
}

/// All providers of the settings, in their order.
#[derive(Debug, Default)]
pub struct Providers(Vec<Provider>);

impl Providers {
    /// From the settings. Nobody is asked before somebody signs in.
    pub fn of(settings: &[Configured]) -> anyhow::Result<Self> {
        let provider = |settings: &Configured| {
            Ok(Provider { wire: Wire::to(settings)?, settings: settings.clone(), known: Mutex::new(None) })
        };
        settings.iter().map(provider).collect::<anyhow::Result<_>>().map(Self)
    }

    /// The provider with this name in addresses.
    pub fn named(&self, name: &str) -> Option<&Provider> {
        self.0.iter().find(|provider| provider.settings.name == name)
    }

    /// The provider with this issuer.
    pub fn issued_by(&self, issuer: &str) -> Option<&Provider> {
        self.0.iter().find(|provider| provider.settings.issuer.as_str() == issuer)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Provider> {
        self.0.iter()
    }
}

impl Provider {
    /// The address at the provider that somebody is sent to.
    pub async fn way_out(&self, origin: &str, state: &str, visit: &Visit) -> Result<String, Trouble> {
        let metadata = self.metadata(false).await?;
        if !self.settings.reaches(metadata.authorization_endpoint().url()) {
            return Err(Trouble::Untrue("its authorization endpoint is on another host".into()));
        }
        let verifier = PkceCodeVerifier::new(visit.verifier.clone());
        let (state, nonce) = (state.to_owned(), visit.nonce.clone());
        let client = CoreClient::from_provider_metadata((*metadata).clone(), self.client_id(), None)
            .set_redirect_uri(self.way_back(origin)?);
        let (url, ..) = client
            .authorize_url(
                AuthenticationFlow::<CoreResponseType>::AuthorizationCode,
                move || CsrfToken::new(state),
                move || Nonce::new(nonce),
            )
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .url();
        Ok(url.into())
    }

    /// Who has come back with this code.
    pub async fn person(&self, origin: &str, code: &str, visit: &Visit, now: Moment) -> Result<Person, Trouble> {
        let metadata = self.metadata(false).await?;
        let secret = ClientSecret::new(self.settings.secret.expose_secret().to_owned());
        let mut client = CoreClient::from_provider_metadata((*metadata).clone(), self.client_id(), Some(secret))
            .set_redirect_uri(self.way_back(origin)?);
        let methods = metadata.token_endpoint_auth_methods_supported();
        if methods.is_some_and(|m| !m.contains(&CoreClientAuthMethod::ClientSecretBasic)) {
            client = client.set_auth_type(AuthType::RequestBody);
        }
        let request = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(|_| Trouble::Untrue("it names no token endpoint".into()))?
            .set_pkce_verifier(PkceCodeVerifier::new(visit.verifier.clone()));
        let answer = request.request_async(&self.wire).await.map_err(|error| match error {
            RequestTokenError::ServerResponse(said) => Trouble::Declined(format!("token endpoint: {}", said.error())),
            RequestTokenError::Request(error) => Trouble::Down(error.to_string()),
            // Neither of the two is shown whole: the answer may hold tokens.
            RequestTokenError::Parse(..) => Trouble::Untrue("its token answer cannot be read".into()),
            RequestTokenError::Other(_) => Trouble::Down("its token answer is something else".into()),
        })?;
        let token = answer.id_token().ok_or_else(|| Trouble::Untrue("there is no token about the person".into()))?;
        let check = |metadata: &CoreProviderMetadata| {
            token::check(&self.settings, metadata, token, answer.access_token(), &visit.nonce, now)
        };
        match check(&metadata) {
            // It may have a new key since it was asked.
            Err(token::Fault::UnknownKey) => check(&*self.metadata(true).await?),
            checked => checked,
        }
        .map_err(|fault| Trouble::Untrue(fault.to_string()))
    }

    fn client_id(&self) -> ClientId {
        ClientId::new(self.settings.client_id.clone())
    }

    fn way_back(&self, origin: &str) -> Result<RedirectUrl, Trouble> {
        let url = format!("{origin}/sign-in/provider/{}/callback", self.settings.name);
        RedirectUrl::new(url).map_err(|_| Trouble::Down("the origin in the settings is no address".into()))
    }

    /// What it says about itself: issuer, endpoints, keys. Asked again after an hour, or at once with `anew`.
    async fn metadata(&self, anew: bool) -> Result<Arc<CoreProviderMetadata>, Trouble> {
        // One question at a time; everybody else waits for its answer.
        let mut known = self.known.lock().await;
        if let Some(known) = known.as_ref().filter(|known| !anew && known.at.elapsed() < FRESH) {
            return Ok(known.metadata.clone());
        }
        match CoreProviderMetadata::discover_async(self.settings.issuer.clone(), &self.wire).await {
            Ok(metadata) => {
                let metadata = Arc::new(metadata);
                *known = Some(Known { metadata: metadata.clone(), at: Instant::now() });
                Ok(metadata)
            }
            Err(error) => {
                let trouble = wire::trouble(&error);
                match known.as_ref().filter(|known| !anew && known.at.elapsed() < STALE) {
                    Some(known) if matches!(trouble, Trouble::Down(_)) => {
                        tracing::warn!(provider = self.settings.name, %trouble, "asked in vain; what it said before still holds");
                        Ok(known.metadata.clone())
                    }
                    _ => Err(trouble),
                }
            }
        }
    }
}
