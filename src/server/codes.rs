//! Codes of authenticator apps, and recovery codes.
//!
//! SHA-1, six digits and half a minute are what every app understands. The code before and after the current one is
//! taken too, since phones are rarely right to the second: a deviation from OWASP ASVS 6.5.5 that is made on purpose. A
//! code is used once, and none that is older than one that was used.

use super::{desk::Desk, problem::Problem, seal::Seal};
use crate::{
    components::layout::NAME,
    domain::{id::AccountId, moment::Moment, snapshot::Digest},
    store::{Chance, Stamp, Tx, event::What},
};
use anyhow::Context;
use totp_rs::{Algorithm, Builder, Totp};

/// How many recovery codes make a set.
pub const RECOVERY_CODES: usize = 10;

/// Letters and digits that cannot be taken for one another, 32 of them.
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Letters of a recovery code: 130 bits, of which 128 are drawn.
const RECOVERY_LETTERS: usize = 26;

/// Seals every secret anew, with the first of the keys; answers with how many there were. All or none: afterwards the other
/// keys are not needed any more.
pub async fn reseal(tx: &mut Tx, stamp: &Stamp, seal: &Seal) -> anyhow::Result<usize> {
    let sealed = tx.sealed_codes().await?;
    for (account, old) in &sealed {
        let id = AccountId::parse(account).context("an account that cannot be")?;
        let new = Secret::open(seal, id, old)?.seal(seal, id)?;
        tx.reseal_code(id, old, &new).await?;
    }
    tx.record(stamp, What::SecretsResealed, "", &sealed.len().to_string()).await?;
    Ok(sealed.len())
}

/// The secret of an authenticator app: 160 bits.
pub struct Secret(Vec<u8>);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[a secret]")
    }
}

impl Secret {
    /// A new one.
    pub fn draw(chance: &Chance) -> Self {
        let mut bytes = vec![0; 20];
        chance.fill(&mut bytes);
        Self(bytes)
    }

    /// From its Base32; `None` when it is something else.
    pub fn from_base32(text: &str) -> Option<Self> {
        totp_rs::Secret::try_from_base32(text).ok().map(|secret| Self(secret.as_bytes().to_vec()))
    }

    /// As apps take it when it is typed.
    pub fn base32(&self) -> String {
        totp_rs::Secret::from(self.0.clone()).to_base32()
    }

    /// Sealed for an account.
    pub fn seal(&self, seal: &Seal, account: AccountId) -> anyhow::Result<String> {
        seal.seal(&purpose(account), &self.0)
    }

    /// What was sealed for an account.
    pub fn open(seal: &Seal, account: AccountId, sealed: &str) -> anyhow::Result<Self> {
        Ok(Self(seal.open(&purpose(account), sealed)?))
    }

    /// The address behind the square that apps read.
    pub fn address(&self, email: &str) -> anyhow::Result<String> {
        Ok(self.totp(email)?.to_url()?)
    }

    /// The code at a moment.
    pub fn code(&self, at: Moment) -> anyhow::Result<String> {
        Ok(self.totp("")?.generate(seconds(at)).to_string())
    }

    /// The half minute whose code this is, around a moment.
    pub fn step(&self, typed: &str, at: Moment) -> anyhow::Result<Option<i64>> {
        let typed: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
        Ok(self.totp("")?.check(&typed, seconds(at)).and_then(|step| i64::try_from(step).ok()))
    }

    fn totp(&self, email: &str) -> anyhow::Result<Totp> {
        let builder = Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(6)
            .with_skew(1)
            .with_step_duration(30)
            .with_secret(self.0.clone())
            .with_issuer(Some(NAME))
            .with_account_name(email.replace(':', ""));
        Ok(builder.build()?)
    }
}

fn purpose(account: AccountId) -> String {
    format!("code:{account}")
}

fn seconds(at: Moment) -> u64 {
    u64::try_from(at.millis() / 1000).unwrap_or(0)
}

/// The half minute whose code somebody has typed. The demo also takes the code of its own time, which may stand still.
pub fn step_now(desk: &Desk, secret: &Secret, typed: &str) -> anyhow::Result<Option<i64>> {
    let step = secret.step(typed, desk.portal.wall.now())?;
    if step.is_some() || !desk.portal.settings.codes_again { Ok(step) } else { secret.step(typed, desk.now()) }
}

/// Whether somebody has typed a code of their app that is good now; it is used up by this.
pub async fn accept(desk: &Desk, tx: &mut Tx, account: AccountId, typed: &str) -> Result<bool, Problem> {
    let Some(factor) = tx.code_factor(account).await? else { return Ok(false) };
    let secret = Secret::open(&desk.portal.seal, account, &factor.sealed)?;
    let Some(step) = step_now(desk, &secret, typed)? else { return Ok(false) };
    // Testers of the demo sign in as one account many times within half a minute.
    Ok(desk.portal.settings.codes_again || tx.use_code(account, step).await?)
}

/// Gives an account a new set of recovery codes; the old set ends. What is answered is shown once.
pub async fn new_recovery(tx: &mut Tx, stamp: &Stamp, account: AccountId) -> Result<Vec<String>, Problem> {
    let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| draw_recovery(&stamp.chance)).collect();
    let hashes: Vec<String> = codes.iter().map(|code| hash_recovery(account, code)).collect();
    tx.set_recovery(stamp, account, &hashes).await?;
    Ok(codes)
}

/// Uses a recovery code; false when it is none.
pub async fn accept_recovery(tx: &mut Tx, stamp: &Stamp, account: AccountId, typed: &str) -> Result<bool, Problem> {
    Ok(tx.use_recovery(stamp, account, &hash_recovery(account, typed)).await?)
}

/// 128 random bits as letters, in groups.
fn draw_recovery(chance: &Chance) -> String {
    let mut bits = chance.bits();
    let mut code = String::new();
    for place in 0..RECOVERY_LETTERS {
        if matches!(place, 5 | 10 | 15 | 20) {
            code.push('-');
        }
        let index = usize::try_from(bits & 31).unwrap_or(0);
        code.push(char::from(LETTERS[index]));
        bits >>= 5;
    }
    code
}

/// 128 bits need no slow hash. Case, groups, and letters that look like digits do not matter.
fn hash_recovery(account: AccountId, typed: &str) -> String {
    let plain: String = typed
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| match c.to_ascii_lowercase() {
            'o' => '0',
            'i' | 'l' => '1',
            other => other,
        })
        .collect();
    Digest::of(format!("recovery:{account}:{plain}").as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 6238, appendix B, with six digits.
        let secret = Secret(b"12345678901234567890".to_vec());
        for (second, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            let at = Moment::from_millis(second * 1000);
            assert_eq!(secret.code(at).expect("a code"), code);
            assert_eq!(
                secret.step(&format!(" {} {} ", &code[..3], &code[3..]), at).expect("a step"),
                Some(second / 30)
            );
        }
    }

    #[test]
    fn a_code_counts_one_half_minute_before_and_after() {
        let secret = Secret::draw(&Chance::seeded(1));
        let at = |seconds: i64| Moment::from_millis(1_800_000_000_000 + seconds * 1000);
        let code = secret.code(at(0)).expect("a code");
        let steps: Vec<Option<i64>> =
            [-31, -30, 0, 29, 30, 59, 60].map(|s| secret.step(&code, at(s)).expect("a step")).into();
        assert_eq!(steps.iter().map(Option::is_some).collect::<Vec<_>>(), [false, true, true, true, true, true, false]);
        assert!(steps.into_iter().flatten().all(|step| step == 60_000_000), "it is always the same half minute");
        for wrong in ["", "12345", "1234567", "+12345", "１２３４５６", "12345a"] {
            assert_eq!(secret.step(wrong, at(0)).expect("a step"), None, "{wrong}");
        }
    }

    #[test]
    fn apps_can_read_the_address() {
        let secret = Secret::from_base32("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").expect("a secret");
        assert_eq!(
            secret.address("ada:x@north.example").expect("an address"),
            "otpauth://totp/Designated%20Centres:adax%40north.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Designated%20Centres"
        );
        assert!(Secret::from_base32("not base32!").is_none());
    }

    #[test]
    fn recovery_codes_are_long_and_forgive_how_they_are_typed() {
        let chance = Chance::seeded(2);
        let codes: BTreeSet<String> = (0..200).map(|_| draw_recovery(&chance)).collect();
        assert_eq!(codes.len(), 200);
        assert!(codes.iter().all(|c| c.len() == RECOVERY_LETTERS + 4 && !c.contains(['i', 'l', 'o', 'u'])));
        let (account, other) = (AccountId::new(1), AccountId::new(2));
        let hash = hash_recovery(account, "01abc-defgh");
        assert_eq!(hash, hash_recovery(account, " OIABC DEFGH\n"));
        assert_ne!(hash, hash_recovery(other, "01abc-defgh"), "of one account alone");
    }
}
