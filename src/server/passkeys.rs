//! Passkeys: questions to them, and what their answers mean.
//!
//! A passkey that has verified its owner counts as two factors: the device, and the finger or code that unlocks it.
//! Every ceremony is remembered by the server for five minutes and ends with its first answer, right or wrong.

use super::{desk::Desk, problem::Problem};
use crate::{
    domain::id::AccountId,
    store::{
        self, Chance, Stamp,
        account::Account,
        event::What,
        passkey::{Purpose, StoredPasskey},
    },
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use webauthn_rs::prelude::{
    AuthenticationResult, DiscoverableAuthentication, Passkey, PasskeyAuthentication, PasskeyRegistration,
    PublicKeyCredential, RegisterPublicKeyCredential, Url, Uuid, Webauthn, WebauthnBuilder, WebauthnError,
};

/// How many passkeys an account may have.
pub const MOST: usize = 20;

/// Longest name of a passkey, in characters.
pub const LABEL: usize = 60;

/// Why a passkey was not taken, in a sentence for the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The answer came too late, or a second time.
    Late,
    /// It opens no account here, or its signature does not hold.
    Unknown,
    /// It is an answer of another kind of device, or none at all.
    NotUnderstood,
    /// The credential belongs to an account already.
    Taken,
    /// The account has [`MOST`] passkeys.
    TooMany,
}

impl Refused {
    /// What to do.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Late => "That took longer than five minutes, or the page was used twice. Try again",
            Self::Unknown => "This passkey opens no account here. Use another passkey, or your password and code",
            Self::NotUnderstood => "Your device gave no answer that we understand. Try again, or use another device",
            Self::Taken => "This passkey is known here already. Use another device or another security key",
            Self::TooMany => "You have 20 passkeys. Remove one that you no longer use, then add this one",
        }
    }

    /// For the record and the log.
    const fn key(self) -> &'static str {
        match self {
            Self::Late => "passkey: late",
            Self::Unknown => "passkey: unknown",
            Self::NotUnderstood => "passkey: not understood",
            Self::Taken => "passkey: taken",
            Self::TooMany => "passkey: too many",
        }
    }
}

/// What became of an answer.
pub type Outcome<T> = Result<T, Refused>;

/// An answer as the browser sends it.
#[derive(Deserialize)]
struct Answer<C> {
    ceremony: String,
    credential: C,
    #[serde(default)]
    fields: Vec<(String, String)>,
}

/// Where passkeys work: at an address with a name. At a bare number such as 127.0.0.1 browsers refuse them.
pub fn relying_party(origin: &str) -> Option<Webauthn> {
    let url = Url::parse(origin).ok()?;
    let name = url.domain()?.to_owned();
    WebauthnBuilder::new(&name, &url).ok()?.rp_name("Designated Centres").build().ok()
}

fn party(desk: &Desk) -> Result<Webauthn, Problem> {
    relying_party(&desk.portal.settings.origin).ok_or(Problem::NotFound)
}

fn broken(error: impl std::fmt::Display) -> Problem {
    tracing::error!(%error, "a passkey ceremony failed");
    Problem::Unexpected
}

fn written<T: Serialize>(value: &T) -> Result<String, Problem> {
    serde_json::to_string(value).map_err(broken)
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
    serde_json::from_str(text).map_err(broken)
}

fn credentials(stored: &[StoredPasskey]) -> Result<Vec<Passkey>, Problem> {
    stored.iter().map(|passkey| read(&passkey.credential)).collect()
}

/// Asks for a new passkey of an account. The one who answers must not have one of the account's already.
pub async fn begin_adding(desk: &Desk, account: &Account) -> Result<Outcome<Value>, Problem> {
    let party = party(desk)?;
    let mut tx = desk.portal.store.write().await?;
    let known = credentials(&tx.passkeys(account.id).await?)?;
    if MOST <= known.len() {
        return Ok(Err(Refused::TooMany));
    }
    let fresh = Uuid::from_u128(Chance::default().bits()).to_string();
    let handle = tx.passkey_handle(account.id, &fresh).await?;
    let handle = Uuid::parse_str(&handle).map_err(broken)?;
    let known = known.iter().map(|passkey| passkey.cred_id().clone()).collect();
    let (options, state) = party
        .start_passkey_registration(handle, account.email.shown(), account.name.shown(), Some(known))
        .map_err(broken)?;
    let mut options = serde_json::to_value(options).map_err(broken)?;
    // Only a passkey that its device finds by itself can sign in without an address being typed first.
    options["publicKey"]["authenticatorSelection"]["residentKey"] = "required".into();
    options["publicKey"]["authenticatorSelection"]["requireResidentKey"] = true.into();
    let ceremony = tx.begin_ceremony(&limit(desk), Purpose::Add, Some(account.id), &written(&state)?).await?;
    tx.commit().await?;
    Ok(Ok(json!({ "ceremony": ceremony, "options": options })))
}

/// Takes the new passkey; all other sessions of the account end.
pub async fn finish_adding(desk: &Desk, account: &Account, body: &[u8]) -> Result<Outcome<()>, Problem> {
    let party = party(desk)?;
    let Ok(answer) = serde_json::from_slice::<Answer<RegisterPublicKeyCredential>>(body) else {
        return Ok(refuse(Refused::NotUnderstood));
    };
    let Some(state) = take(desk, &answer.ceremony, Purpose::Add, Some(account.id)).await? else {
        return Ok(refuse(Refused::Late));
    };
    let state: PasskeyRegistration = read(&state)?;
    let passkey = match party.finish_passkey_registration(&answer.credential, &state) {
        Ok(passkey) => passkey,
        Err(error) => {
            tracing::warn!(%error, "a new passkey was refused");
            return Ok(refuse(Refused::NotUnderstood));
        }
    };
    let typed = answer.fields.iter().find(|(name, _)| name == "label").map_or("", |(_, text)| text);
    let mut tx = desk.portal.store.write().await?;
    let count = tx.passkeys(account.id).await?.len();
    if MOST <= count {
        return Ok(refuse(Refused::TooMany));
    }
    let label = label(typed).unwrap_or_else(|| format!("Passkey {}", count + 1));
    let stamp = desk.stamp(Some(account.id));
    match tx.add_passkey(&stamp, account.id, passkey.cred_id(), &written(&passkey)?, &label).await {
        Ok(_) => {
            desk.factor_changed(&mut tx, &stamp, account.id, "A passkey was added").await?;
            tx.commit().await?;
        }
        Err(store::Error::Taken) => return Ok(refuse(Refused::Taken)),
        Err(error) => return Err(error.into()),
    }
    Ok(Ok(()))
}

/// A name that was typed for a passkey; none when it is empty. Cut where it is too long.
pub fn label(typed: &str) -> Option<String> {
    let kept: String = typed.trim().chars().filter(|c| !c.is_control()).take(LABEL).collect();
    (!kept.is_empty()).then_some(kept)
}

/// Asks for any passkey that signs somebody in here.
pub async fn begin_sign_in(desk: &Desk) -> Result<Value, Problem> {
    let (options, state) = party(desk)?.start_discoverable_authentication().map_err(broken)?;
    let mut tx = desk.portal.store.write().await?;
    let ceremony = tx.begin_ceremony(&limit(desk), Purpose::SignIn, None, &written(&state)?).await?;
    tx.commit().await?;
    Ok(json!({ "ceremony": ceremony, "options": options }))
}

/// Who has signed in with a passkey, and the fields that came with it. The caller admits them.
pub async fn finish_sign_in(desk: &Desk, body: &[u8]) -> Result<Outcome<(AccountId, Vec<(String, String)>)>, Problem> {
    let party = party(desk)?;
    let Ok(answer) = serde_json::from_slice::<Answer<PublicKeyCredential>>(body) else {
        return Ok(refuse(Refused::NotUnderstood));
    };
    let Some(state) = take(desk, &answer.ceremony, Purpose::SignIn, None).await? else {
        return Ok(refuse(Refused::Late));
    };
    let state: DiscoverableAuthentication = read(&state)?;
    let mut tx = desk.portal.store.write().await?;
    let stored = match party.identify_discoverable_authentication(&answer.credential) {
        Ok((handle, credential_id)) => tx.passkey_by_credential(credential_id, &handle.to_string()).await?,
        Err(_) => None,
    };
    let Some(stored) = stored else {
        tx.record(&desk.stamp(None), What::SignInRefused, "", Refused::Unknown.key()).await?;
        tx.commit().await?;
        return Ok(refuse(Refused::Unknown));
    };
    let mut passkey: Passkey = read(&stored.credential)?;
    let checked = party.finish_discoverable_authentication_v2(&answer.credential, state, &passkey);
    if !accept(desk, tx, &stored, &mut passkey, checked).await? {
        return Ok(refuse(Refused::Unknown));
    }
    Ok(Ok((stored.account, answer.fields)))
}

/// Asks for a passkey of this account, to confirm that it is still the same person; `None` when the account has none, or
/// when passkeys do not work at this address.
pub async fn begin_confirming(desk: &Desk, account: AccountId) -> Result<Option<Value>, Problem> {
    let Some(party) = relying_party(&desk.portal.settings.origin) else { return Ok(None) };
    let mut tx = desk.portal.store.write().await?;
    let known = credentials(&tx.passkeys(account).await?)?;
    if known.is_empty() {
        return Ok(None);
    }
    let (options, state) = party.start_passkey_authentication(&known).map_err(broken)?;
    let ceremony = tx.begin_ceremony(&limit(desk), Purpose::Confirm, Some(account), &written(&state)?).await?;
    tx.commit().await?;
    Ok(Some(json!({ "ceremony": ceremony, "options": options })))
}

/// Whether a passkey of this account has confirmed it; with the fields that came with the answer. The caller marks the
/// session.
pub async fn finish_confirming(
    desk: &Desk,
    account: AccountId,
    body: &[u8],
) -> Result<Outcome<Vec<(String, String)>>, Problem> {
    let party = party(desk)?;
    let Ok(answer) = serde_json::from_slice::<Answer<PublicKeyCredential>>(body) else {
        return Ok(refuse(Refused::NotUnderstood));
    };
    let Some(state) = take(desk, &answer.ceremony, Purpose::Confirm, Some(account)).await? else {
        return Ok(refuse(Refused::Late));
    };
    let state: PasskeyAuthentication = read(&state)?;
    let mut tx = desk.portal.store.write().await?;
    // The rows as they are now: a passkey that was removed in the meantime confirms nothing.
    let mut used = None;
    for stored in tx.passkeys(account).await? {
        let passkey: Passkey = read(&stored.credential)?;
        if passkey.cred_id().as_ref() as &[u8] == answer.credential.get_credential_id() {
            used = Some((stored, passkey));
        }
    }
    let Some((stored, mut passkey)) = used else { return Ok(refuse(Refused::Unknown)) };
    let checked = party.finish_passkey_authentication(&answer.credential, &state);
    if !accept(desk, tx, &stored, &mut passkey, checked).await? {
        return Ok(refuse(Refused::Unknown));
    }
    Ok(Ok(answer.fields))
}

/// Writes what an answer has changed, or that it was refused; says which.
async fn accept(
    desk: &Desk,
    mut tx: store::Tx,
    stored: &StoredPasskey,
    passkey: &mut Passkey,
    checked: Result<AuthenticationResult, WebauthnError>,
) -> Result<bool, Problem> {
    let stamp = desk.stamp(Some(stored.account));
    match checked {
        Ok(result) if result.user_verified() => {
            passkey.update_credential(&result);
            tx.use_passkey(&stamp, stored, &written(passkey)?).await?;
            tx.commit().await?;
            Ok(true)
        }
        checked => {
            // A counter that has gone back shows a copied key; anything else is a signature that does not hold.
            let why = match checked {
                Err(WebauthnError::CredentialPossibleCompromise) => "passkey: its counter went back",
                _ => "passkey: not proven",
            };
            tracing::warn!(why, error = ?checked.err(), "a passkey was refused");
            let detail = format!("{why} {}", stored.id);
            tx.record(&desk.stamp(None), What::SignInRefused, &stored.account.to_string(), &detail).await?;
            tx.commit().await?;
            Ok(false)
        }
    }
}

/// What accompanies a ceremony: it ends by the clock on the wall, also where that of the portal stands still.
fn limit(desk: &Desk) -> Stamp {
    Stamp { now: desk.portal.wall.now(), ..desk.stamp(None) }
}

/// Ends a ceremony, whatever comes after.
async fn take(
    desk: &Desk,
    token: &str,
    purpose: Purpose,
    account: Option<AccountId>,
) -> Result<Option<String>, Problem> {
    let mut tx = desk.portal.store.write().await?;
    let state = tx.take_ceremony(desk.portal.wall.now(), token, purpose, account).await?;
    tx.commit().await?;
    Ok(state)
}

fn refuse<T>(why: Refused) -> Outcome<T> {
    tracing::info!(why = why.key(), "refused");
    Err(why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passkeys_work_at_a_name_and_not_at_a_number() {
        for (origin, works) in [
            ("https://portal.example.org", true),
            ("https://portal.example.org:8443", true),
            ("http://localhost:3000", true),
            ("http://127.0.0.1:3000", false),
            ("http://[::1]:3000", false),
            ("nonsense", false),
        ] {
            assert_eq!(relying_party(origin).is_some(), works, "{origin}");
        }
    }

    #[test]
    fn a_name_of_a_passkey_is_kept_short_and_printable() {
        assert_eq!(label("  Work\nlaptop "), Some("Worklaptop".into()));
        assert_eq!(label(" \t "), None);
        assert_eq!(label(&"é".repeat(LABEL + 1)), Some("é".repeat(LABEL)));
    }
}
