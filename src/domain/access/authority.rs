//! On whose behalf something for the staff is done, and whether they may.

use super::{Actor, Permission, Role};
use crate::ids::StaffId;

/// Somebody of the staff, or whoever may run `laurel` on the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Authority {
    actor: Actor,
    role: Role,
}

impl Authority {
    /// May do everything: they hold the database's file or password.
    pub fn command_line() -> Self {
        Self { actor: Actor::CommandLine, role: Role::Admin }
    }

    /// Somebody of the staff who is signed in.
    pub fn staff(id: StaffId, role: Role) -> Self {
        Self { actor: Actor::Staff(id.uuid()), role }
    }

    pub fn actor(self) -> Actor {
        self.actor
    }

    pub fn may(self, permission: Permission) -> bool {
        self.role.may(permission)
    }
}
