//! What a check of a statement finds: which entry, which field, which rule is broken. Words for people are made elsewhere.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One thing that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The entry's number; none when it is about the statement as a whole.
    pub seq: Option<i64>,
    pub field: Field,
    pub rule: Rule,
    /// What stands in the file.
    pub stated: String,
    /// What should, as far as that can be known; else empty.
    pub expected: String,
}

/// For logs and the command line; without the entry's number.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (field, stated, expected) = (self.field.name(), &self.stated, &self.expected);
        match self.rule {
            Rule::Format => write!(f, "is not of the format {expected}: {stated}"),
            Rule::Unreadable => write!(f, "{field} is not written as Laurel writes it: {stated}"),
            Rule::Gap => write!(f, "has number {stated} where {expected} is next"),
            Rule::Changed => write!(f, "{field} was changed from {expected} to {stated}: its hash is that of {expected}"),
            Rule::Altered => write!(f, "was changed: its hash does not follow from it and the entry before"),
            Rule::Hash => write!(f, "its hash was changed from {expected} to {stated}"),
            Rule::Sum => write!(f, "has {stated} points, its moves add up to {expected}"),
            Rule::Balance => write!(f, "leaves a balance of {stated}, the entries add up to {expected}"),
            Rule::Currency => write!(f, "is in {stated}, the programme in {expected}"),
            Rule::Text => write!(f, "{field} reads \"{stated}\", which is not the text that its digest was made of"),
            Rule::BelowZero => write!(f, "leaves {expected} at {stated}"),
            Rule::LotsAndDebt => write!(f, "leaves {stated} points to redeem beside a debt of {expected}"),
            Rule::Total => write!(f, "says {field} {stated}, the entries give {expected}"),
            Rule::Seal => write!(f, "what stands beside the entries was changed: the seal does not follow"),
        }
    }
}

macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($(#[$about:meta])* $variant:ident => $code:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$about])* #[serde(rename = $code)] $variant,)*
        }

        impl $name {
            pub const ALL: &[$name] = &[$($name::$variant,)*];

            pub const fn name(self) -> &'static str {
                match self {
                    $($name::$variant => $code,)*
                }
            }

            pub fn named(name: &str) -> Option<$name> {
                $name::ALL.iter().copied().find(|one| one.name() == name)
            }
        }
    };
}

named!(
    /// A place in a statement, named as in the file and in the canonical forms.
    Field {
        /// All of the file.
        File => "file",
        Format => "format",
        Programme => "programme",
        Currency => "currency",
        TimeZone => "time_zone",
        Member => "member",
        AsOf => "as_of",
        Available => "available",
        Pending => "pending",
        Debt => "debt",
        Balance => "balance",
        Tier => "tier",
        Entries => "entries",
        Head => "head",
        Seal => "seal",
        /// All of an entry.
        Entry => "entry",
        Seq => "seq",
        Kind => "kind",
        Points => "points",
        Moves => "moves",
        Occurred => "occurred",
        Instant => "instant",
        Rules => "rules",
        Source => "source",
        Event => "event",
        Cause => "cause",
        Amount => "amount",
        Scene => "scene",
        TierApplied => "tier_applied",
        Payment => "payment",
        Referee => "referee",
        CompletedBy => "completed_by",
        Award => "award",
        RefundedBy => "refunded_by",
        Subject => "subject",
        Redemption => "redemption",
        Day => "day",
        Staff => "staff",
        Reason => "reason",
        CapRoom => "cap_room",
        OtherMember => "other_member",
        OtherHead => "other_head",
        Brought => "brought",
        Gathered => "gathered",
        Hash => "hash",
    }
);

named!(
    /// What is broken. In words, `stated` and `expected` are the finding's.
    Rule {
        /// It is no statement at all, or of another format.
        Format => "format",
        /// The value is not written as Laurel writes one.
        Unreadable => "unreadable",
        /// Numbers run 1, 2, 3 …: `expected` is next.
        Gap => "gap",
        /// One character was changed: the hash was made over `expected`.
        Changed => "changed",
        /// Something was changed: the hash does not follow from the entry and the one before.
        Altered => "altered",
        /// The entry is as it was; its hash was changed from `expected`.
        Hash => "hash",
        /// The points are not what the moves add up to.
        Sum => "sum",
        /// The balance is not what the entries so far add up to.
        Balance => "balance",
        /// An amount in another currency than the programme's.
        Currency => "currency",
        /// The text is not the one that the digest was made of.
        Text => "text",
        /// The place `stated` is left with `expected`, less than nothing.
        BelowZero => "below_zero",
        /// Points to redeem (`stated`) and a debt (`expected`) at once.
        LotsAndDebt => "lots_and_debt",
        /// The total is not what the entries leave.
        Total => "total",
        /// What no entry holds was changed: the seal does not follow.
        Seal => "seal",
    }
);
