//! What staff may do: each role may do everything that the one below it may.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Viewer = 1,
    Support = 2,
    Manager = 3,
    Admin = 4,
}

/// Something that not everybody on the staff may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Permission {
    Read,
    EditMembers,
    SuspendMembers,
    SendActivation,
    UseBenefits,
    /// Up to the programme's limit.
    AdjustPoints,
    /// Those beyond it, which somebody else proposed.
    ApproveAdjustments,
    CloseMembers,
    ManageRules,
    ManageRewards,
    ManageRedemptions,
    /// Refused events that nobody has to see to any more.
    DismissRefused,
    /// Files that enrol or change many at once.
    ImportMembers,
    /// Files of everything that there is.
    Export,
    /// Files of events: whoever posts them makes points, as a key may that only administrators create.
    ImportEvents,
    ManageStaff,
    ManageKeys,
    ManageSettings,
    EraseMembers,
}

impl Permission {
    pub const ALL: [Self; 19] = [
        Self::Read,
        Self::EditMembers,
        Self::SuspendMembers,
        Self::SendActivation,
        Self::UseBenefits,
        Self::AdjustPoints,
        Self::ApproveAdjustments,
        Self::CloseMembers,
        Self::ManageRules,
        Self::ManageRewards,
        Self::ManageRedemptions,
        Self::DismissRefused,
        Self::ImportMembers,
        Self::Export,
        Self::ImportEvents,
        Self::ManageStaff,
        Self::ManageKeys,
        Self::ManageSettings,
        Self::EraseMembers,
    ];

    /// The lowest role that has it.
    pub fn least_role(self) -> Role {
        match self {
            Self::Read => Role::Viewer,
            Self::EditMembers | Self::SuspendMembers | Self::SendActivation | Self::UseBenefits | Self::AdjustPoints => {
                Role::Support
            }
            Self::ApproveAdjustments
            | Self::CloseMembers
            | Self::ManageRules
            | Self::ManageRewards
            | Self::ManageRedemptions
            | Self::DismissRefused
            | Self::ImportMembers
            | Self::Export => Role::Manager,
            Self::ImportEvents | Self::ManageStaff | Self::ManageKeys | Self::ManageSettings | Self::EraseMembers => {
                Role::Admin
            }
        }
    }
}

impl Role {
    pub const ALL: [Self; 4] = [Self::Viewer, Self::Support, Self::Manager, Self::Admin];

    pub fn may(self, permission: Permission) -> bool {
        self >= permission.least_role()
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Support => "support",
            Self::Manager => "manager",
            Self::Admin => "admin",
        }
    }

    /// As tables hold it.
    pub fn number(self) -> i16 {
        self as i16
    }

    pub fn from_number(number: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.number() == number)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is none of viewer, support, manager, admin")]
pub struct UnknownRole;

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or(UnknownRole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_may_do_what_the_one_below_may_and_more() {
        let counts = Role::ALL.map(|role| Permission::ALL.into_iter().filter(|permission| role.may(*permission)).count());
        assert_eq!(counts, [1, 6, 14, 19]);
        assert!(!Role::Support.may(Permission::ApproveAdjustments));
        assert!(!Role::Manager.may(Permission::ManageKeys));
    }

    #[test]
    fn roles_survive_the_table_and_the_command_line() {
        for role in Role::ALL {
            assert_eq!(Role::from_number(role.number()), Some(role));
            assert_eq!(role.as_str().parse(), Ok(role));
        }
        assert_eq!(Role::from_number(0), None);
        assert!("root".parse::<Role>().is_err());
    }
}
