//! The roles of the programme: where each holds, and who may bring whom in.

use crate::domain::id::CycleId;

/// What somebody does in the programme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Answers for the applications of a centre.
    CentreLead,
    /// Works on them.
    Contributor,
    /// Confirms one application through a link, without an account.
    Signatory,
    /// Runs a cycle (secretariat).
    Coordinator,
    /// Leads the working group through a cycle.
    Chair,
    /// Reviews in a cycle.
    Reviewer,
    /// Looks after accounts and operation; reads no application.
    Administrator,
}

/// Where a role holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// At one centre.
    Centre,
    /// In one cycle, or in every cycle.
    Cycle,
    /// Everywhere.
    Installation,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 7] = [
        Self::CentreLead,
        Self::Contributor,
        Self::Signatory,
        Self::Coordinator,
        Self::Chair,
        Self::Reviewer,
        Self::Administrator,
    ];

    /// The roles that are granted to an account, in the order in which pages list them.
    pub const GRANTED: [Self; 4] = [Self::Coordinator, Self::Chair, Self::Reviewer, Self::Administrator];

    /// In the store and in forms.
    pub const fn key(self) -> &'static str {
        match self {
            Self::CentreLead => "lead",
            Self::Contributor => "contributor",
            Self::Signatory => "signatory",
            Self::Coordinator => "coordinator",
            Self::Chair => "chair",
            Self::Reviewer => "reviewer",
            Self::Administrator => "administrator",
        }
    }

    /// "Centre lead".
    pub const fn name(self) -> &'static str {
        match self {
            Self::CentreLead => "Centre lead",
            Self::Contributor => "Contributor",
            Self::Signatory => "Signatory",
            Self::Coordinator => "Coordinator",
            Self::Chair => "Chair",
            Self::Reviewer => "Reviewer",
            Self::Administrator => "Administrator",
        }
    }

    /// The role with this key.
    pub fn parse(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.key() == key)
    }

    /// Where it holds.
    pub const fn scope(self) -> Scope {
        match self {
            Self::CentreLead | Self::Contributor | Self::Signatory => Scope::Centre,
            Self::Coordinator | Self::Chair | Self::Reviewer => Scope::Cycle,
            Self::Administrator => Scope::Installation,
        }
    }

    /// Whether somebody with this role invites people to another one. There is no open sign-up: this is the only way in.
    pub const fn may_invite(self, other: Self) -> bool {
        match self {
            Self::CentreLead => matches!(other, Self::Contributor | Self::Signatory),
            Self::Coordinator => matches!(other, Self::CentreLead),
            Self::Administrator => {
                matches!(other, Self::Coordinator | Self::Chair | Self::Reviewer | Self::Administrator)
            }
            Self::Contributor | Self::Signatory | Self::Chair | Self::Reviewer => false,
        }
    }
}

/// A role that an account has been given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
    /// One of [`Role::GRANTED`].
    pub role: Role,
    /// In which cycle; in every one when none is named.
    pub cycle: Option<CycleId>,
}

impl Grant {
    /// Whether it holds in a cycle.
    pub fn holds_in(&self, cycle: CycleId) -> bool {
        self.cycle.is_none_or(|own| own == cycle)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_brings_whom_in() {
        let table: Vec<String> = Role::ALL
            .into_iter()
            .flat_map(|one| Role::ALL.into_iter().filter(move |o| one.may_invite(*o)).map(move |o| (one, o)))
            .map(|(one, other)| format!("{} > {}", one.key(), other.key()))
            .collect();
        assert_eq!(
            table,
            [
                "lead > contributor",
                "lead > signatory",
                "coordinator > lead",
                "administrator > coordinator",
                "administrator > chair",
                "administrator > reviewer",
                "administrator > administrator"
            ]
        );
    }

    #[test]
    fn a_role_reads_back_and_holds_where_it_was_given() {
        for role in Role::ALL {
            assert_eq!(Role::parse(role.key()), Some(role));
            assert_eq!(Role::GRANTED.contains(&role), role.scope() != Scope::Centre, "{role:?}");
        }
        assert_eq!(Role::parse("Coordinator"), None);
        let (one, other) = (CycleId::new(1), CycleId::new(2));
        let grant = |cycle| Grant { role: Role::Chair, cycle };
        assert!(grant(None).holds_in(one) && grant(Some(one)).holds_in(one) && !grant(Some(one)).holds_in(other));
    }
}
