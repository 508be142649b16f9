//! On whose behalf something for the staff is done, and whether they may.

use super::{Actor, Permission, Role, StaffSession};

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

    pub fn actor(self) -> Actor {
        self.actor
    }

    pub fn may(self, permission: Permission) -> bool {
        self.role.may(permission)
    }
}

impl From<&StaffSession> for Authority {
    fn from(session: &StaffSession) -> Self {
        Self { actor: Actor::Staff(session.staff.uuid()), role: session.role }
    }
}
