//! What somebody can prove who they are with, and what must stay.

/// The factors of an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Factors {
    /// How many passkeys. Each is two factors: the device, and what unlocks it.
    pub passkeys: usize,
    /// Whether there is a password.
    pub password: bool,
    /// Whether an authenticator app gives codes.
    pub code: bool,
}

impl Factors {
    /// Whether two factors can be shown.
    pub const fn suffice(self) -> bool {
        0 < self.passkeys || (self.password && self.code)
    }

    /// Whether a passkey may be removed: only when two factors can be shown without it.
    pub const fn may_lose_passkey(self) -> bool {
        0 < self.passkeys && Self { passkeys: self.passkeys - 1, ..self }.suffice()
    }

    /// Whether the authenticator app may be removed.
    pub const fn may_lose_code(self) -> bool {
        self.code && Self { code: false, ..self }.suffice()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_loses_the_last_way_in() {
        for passkeys in 0..4 {
            for (password, code) in [(false, false), (false, true), (true, false), (true, true)] {
                let factors = Factors { passkeys, password, code };
                let word = password && code;
                assert_eq!(factors.suffice(), 0 < passkeys || word, "{factors:?}");
                assert_eq!(factors.may_lose_passkey(), 1 < passkeys || (passkeys == 1 && word), "{factors:?}");
                assert_eq!(factors.may_lose_code(), code && 0 < passkeys, "{factors:?}");
            }
        }
    }
}
