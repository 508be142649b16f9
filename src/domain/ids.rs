//! Identifiers that Laurel makes itself: UUIDv7, in the text form of RFC 9562.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub struct $name(Uuid);

        impl $name {
            pub const fn new(uuid: Uuid) -> $name {
                $name(uuid)
            }

            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<$name, uuid::Error> {
                Uuid::try_parse(text).map($name)
            }
        }
    };
}

id!(
    /// A member, to Laurel itself. The payment system has its own `ExternalId` for them.
    MemberId
);
id!(RedemptionId);
id!(ClaimId);
id!(AdjustmentId);
id!(LimitChangeId);
id!(RuleProposalId);
id!(ExperimentId);
id!(LabRunId);
id!(LabSearchId);
id!(ImportId);
id!(ExportId);
id!(RewardId);
id!(
    /// A picture, by its content: the same one is never there twice.
    PictureId
);
id!(StaffId);
