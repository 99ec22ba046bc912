//! Passwords: Argon2id, hashed in a bounded pool so that many sign-ins cannot take all memory.

pub mod rules;

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use std::sync::Arc;
use tokio::{sync::Semaphore, task::spawn_blocking};

/// Fewest characters of a password.
pub const SHORTEST: usize = 12;

/// Most bytes of a password that are looked at.
pub const LONGEST: usize = 1024;

/// How many hashes are computed at once.
const AT_ONCE: usize = 2;

/// Memory of one hash in KiB, and passes: above the floor of OWASP ASVS 5.0 for t >= 3.
const STRONG: (u32, u32) = (64 * 1024, 3);

/// Hashes and checks passwords.
#[derive(Clone, Debug)]
pub struct Passwords {
    gate: Arc<Semaphore>,
    cost: (u32, u32),
    /// Checked when there is no account, so that the answer takes as long.
    decoy: Arc<str>,
}

/// What checking a password gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Check {
    /// Wrong, or no such account.
    Wrong,
    /// Right.
    Right,
    /// Right, and the hash is weaker than what is used now.
    RightButWeak,
}

impl Passwords {
    /// With the cost that protects real accounts.
    pub fn strong() -> Self {
        Self::with_cost(STRONG)
    }

    /// As cheap as the algorithm allows: for tests and load measurements only.
    pub fn cheap() -> Self {
        Self::with_cost((8, 1))
    }

    fn with_cost(cost: (u32, u32)) -> Self {
        // No password has this hash; to find that out takes as long as with any other. It is written down and not computed,
        // since a start would hold the memory of one hash for nothing.
        let decoy = format!("$argon2id$v=19$m={},t={},p=1$bm8gYWNjb3VudCBoZXJl${}", cost.0, cost.1, "A".repeat(43));
        Self { gate: Arc::new(Semaphore::new(AT_ONCE)), cost, decoy: decoy.into() }
    }

    /// Hashes a new password.
    pub async fn hash(&self, password: String) -> anyhow::Result<String> {
        let _turn = self.gate.acquire().await?;
        let cost = self.cost;
        spawn_blocking(move || hash_now(&password, cost)).await?
    }

    /// Checks a password; takes as long when there is no account.
    pub async fn check(&self, password: String, hash: Option<String>) -> anyhow::Result<Check> {
        let _turn = self.gate.acquire().await?;
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.decoy.to_string());
        let weak = PasswordHash::new(&hash).is_ok_and(|h| h.params.get_decimal("m") < Some(self.cost.0));
        let right = spawn_blocking(move || {
            PasswordHash::new(&hash)
                .is_ok_and(|parsed| Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok())
        })
        .await?;
        Ok(match (known && right, weak) {
            (false, _) => Check::Wrong,
            (true, false) => Check::Right,
            (true, true) => Check::RightButWeak,
        })
    }
}

fn hash_now(password: &str, (memory, passes): (u32, u32)) -> anyhow::Result<String> {
    let params = Params::new(memory, passes, 1, None).map_err(|e| anyhow::anyhow!("{e}"))?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    Ok(argon2.hash_password(password.as_bytes()).map_err(|e| anyhow::anyhow!("{e}"))?.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_decoy_costs_what_a_real_hash_costs() {
        let cheap = Passwords::cheap();
        let decoy = PasswordHash::new(&cheap.decoy).expect("a hash");
        let real = hash_now("a password", cheap.cost).expect("a hash");
        let real = PasswordHash::new(&real).expect("a hash");
        assert_eq!(decoy.params, real.params);
        assert_eq!((decoy.algorithm, decoy.version), (real.algorithm, real.version));
        assert_eq!(decoy.hash.map(|h| h.len()), real.hash.map(|h| h.len()));
        assert!(Argon2::default().verify_password(b"a password", &decoy).is_err());
    }

    #[tokio::test]
    async fn a_password_is_right_wrong_or_right_but_weak() {
        let cheap = Passwords::cheap();
        let hash = cheap.hash("correct horse battery".into()).await.expect("hash");
        assert!(hash.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{hash}");
        let check = |p: &str, h: Option<String>| {
            let (c, p) = (cheap.clone(), p.to_owned());
            async move { c.check(p, h).await.expect("check") }
        };
        assert_eq!(check("correct horse battery", Some(hash.clone())).await, Check::Right);
        assert_eq!(check("wrong horse battery", Some(hash.clone())).await, Check::Wrong);
        assert_eq!(check("a password that nobody has", None).await, Check::Wrong);
        let stronger = Passwords::with_cost((16, 1));
        assert_eq!(
            stronger.check("correct horse battery".into(), Some(hash)).await.expect("check"),
            Check::RightButWeak
        );
    }
}
