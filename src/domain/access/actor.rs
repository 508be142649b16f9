//! Who did something, for the audit log.

use uuid::Uuid;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    Staff(Uuid),
    Member(Uuid),
    Key(Uuid),
    /// Whoever may run `laurel` on the machine.
    CommandLine,
    /// Laurel itself.
    System,
}

impl Actor {
    /// As the audit table holds it.
    pub fn kind(self) -> i16 {
        match self {
            Self::Staff(_) => 1,
            Self::Member(_) => 2,
            Self::Key(_) => 3,
            Self::CommandLine => 4,
            Self::System => 5,
        }
    }

    pub fn id(self) -> Option<Uuid> {
        match self {
            Self::Staff(id) | Self::Member(id) | Self::Key(id) => Some(id),
            Self::CommandLine | Self::System => None,
        }
    }

    pub fn from_parts(kind: i16, id: Option<Uuid>) -> Option<Self> {
        match (kind, id) {
            (1, Some(id)) => Some(Self::Staff(id)),
            (2, Some(id)) => Some(Self::Member(id)),
            (3, Some(id)) => Some(Self::Key(id)),
            (4, None) => Some(Self::CommandLine),
            (5, None) => Some(Self::System),
            _ => None,
        }
    }
}
