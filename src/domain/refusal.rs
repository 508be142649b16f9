//! What the rules forbid: typed, with the numbers that say why. Texts for people are made elsewhere, from these.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::ledger::adjustment::AdjustmentState;
use crate::numbers::money::{Currency, Money};
use crate::numbers::points::Points;
use crate::rewards::reward::Period;
use crate::text::Both;

/// Why a text is not the number that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
pub enum NumberError {
    #[error("is not a plain decimal number")]
    NotANumber,
    #[error("has too many digits")]
    TooLong,
    #[error("has more than {most} decimals")]
    TooManyDecimals { most: u32 },
    #[error("is out of range")]
    OutOfRange,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
pub enum MoneyError {
    #[error("is not an ISO 4217 currency")]
    UnknownCurrency,
}

/// What is wrong with one field of something sent in.
#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(tag = "problem", rename_all = "snake_case")]
pub enum Fault {
    #[error("is missing")]
    Missing,
    #[error("does not belong to this kind")]
    NotExpected,
    #[error("{error}")]
    Number { error: NumberError },
    #[error("must be greater than zero")]
    NotPositive,
    #[error("must not be zero")]
    NotZero,
    #[error("must not be negative")]
    Negative,
    #[error("must be at most {most}")]
    TooLarge { most: String },
    #[error("must be at least {least}")]
    TooSmall { least: String },
    #[error("is longer than {most} characters")]
    TooLong { most: usize },
    #[error("has characters that are not allowed")]
    Characters,
    #[error("is not in Unicode normal form C")]
    NotNormalized,
    #[error("has a character that nobody sees: {code}")]
    Unseen { code: String },
    #[error("is not one of: {choices}")]
    NotOneOf { choices: String },
    #[error("is not an ISO 4217 currency")]
    UnknownCurrency,
    #[error("is not an RFC 3339 time")]
    NotATime,
    #[error("is not a day, YYYY-MM-DD")]
    NotADay,
    #[error("is before the first day")]
    BeforeStart,
    #[error("must be greater than the threshold before it")]
    NotIncreasing,
    #[error("the first tier starts at 0")]
    FirstTierNotZero,
    #[error("must be later than when the version comes into force")]
    NotLater,
    #[error("stands there twice")]
    Twice,
    #[error("is kept for Laurel itself")]
    Reserved,
    #[error("needs between {least} and {most} of them")]
    Count { least: usize, most: usize },
    #[error("is not a picture: PNG, JPEG or WebP")]
    NotAPicture,
    #[error("is not a colour, #rrggbb")]
    NotAColour,
    #[error("has more than {megapixels} megapixels")]
    TooManyPixels { megapixels: u32 },
    #[error("is smaller than {least} pixels")]
    TooFewPixels { least: u32 },
    #[error("is not JSON from line {line}, column {column} on")]
    NotJson { line: usize, column: usize },
    /// `wanted` is what JSON calls it.
    #[error("must be a JSON {wanted}")]
    JsonType { wanted: String },
}

impl From<NumberError> for Fault {
    fn from(error: NumberError) -> Fault {
        Fault::Number { error }
    }
}

impl From<MoneyError> for Fault {
    fn from(_: MoneyError) -> Fault {
        Fault::UnknownCurrency
    }
}

/// A field by its path (`amount`, `tiers.2.from`) and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
#[error("{field} {fault}")]
pub struct FieldFault {
    pub field: String,
    #[serde(flatten)]
    pub fault: Fault,
}

impl FieldFault {
    pub fn new(field: impl Into<String>, fault: impl Into<Fault>) -> FieldFault {
        FieldFault { field: field.into(), fault: fault.into() }
    }
}

/// Why a reward is there for nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unavailable {
    Retired,
    NotBefore {
        day: Date,
    },
    NotAfter {
        day: Date,
    },
    /// The rules have no such tier any more.
    TierGone,
}

/// A command that the rules refuse. Refusing changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    #[error("invalid: {}", faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Invalid { faults: Vec<FieldFault> },
    #[error("the programme is in {expected}, not in {got}")]
    WrongCurrency { expected: Currency, got: Currency },
    #[error("more than five minutes in the future")]
    InFuture,
    #[error("another event has this id already")]
    EventConflict,
    #[error("no such member")]
    UnknownMember,
    #[error("the member is closed")]
    MemberClosed,
    #[error("the member is suspended")]
    MemberSuspended,
    #[error("no such payment of this member")]
    UnknownPayment,
    #[error("only {left} of the payment is left to refund")]
    RefundBeyondPayment { left: Money },
    #[error("a member cannot refer themselves")]
    SelfReferral,
    #[error("no such referee")]
    UnknownReferee,
    #[error("the referee was a member before the referrer")]
    RefereeCameFirst,
    #[error("the referee has referred the referrer")]
    MutualReferral,
    #[error("a referral of this referee has been awarded already")]
    AlreadyReferred,
    #[error("this subject has been reviewed already")]
    AlreadyReviewed,
    #[error("the points are more than can be held")]
    PointsOutOfRange,
    #[error("only {available} of {wanted} points are available")]
    NotEnoughPoints { available: Points, wanted: Points },
    #[error("that many points pay nothing")]
    NothingToPay,
    #[error("the quote was made under version {quoted}, version {in_force} is in force")]
    StaleQuote { quoted: u32, in_force: u32 },
    #[error("cannot go from {from} to {to}")]
    NoSuchTransition { from: &'static str, to: &'static str },
    #[error("there is no such reward")]
    UnknownReward,
    #[error("the reward is not available: {why:?}")]
    RewardNotAvailable { why: Unavailable },
    #[error("the reward is for members of a higher tier: {}", needed.en)]
    TierTooLow { needed: Both },
    #[error("only {left} of {wanted} are left")]
    OutOfStock { left: i64, wanted: u32 },
    #[error("{left} of {most} a member and {} are left", period.name())]
    RewardLimitReached { most: u32, period: Period, left: u32 },
    #[error("the price was {quoted} and is {price}")]
    PriceChanged { quoted: Points, price: Points },
    #[error("somebody else has changed the reward meanwhile")]
    StaleReward,
    #[error("somebody else has changed the draft meanwhile")]
    StaleDraft,
    #[error("the draft differs in nothing from the rules in force")]
    NothingChanged,
    /// What was to be undone.
    #[error("it has changed meanwhile")]
    ChangedMeanwhile,
    #[error("version {version} is to come into force first")]
    AlreadyScheduled { version: u32 },
    #[error("version {version} is in force already")]
    AlreadyInForce { version: u32 },
    #[error("a version can be scheduled until {latest}")]
    TooFarAhead { latest: Date },
    #[error("nothing of the kind was due")]
    NotDue,
    #[error("the time has passed")]
    InPast,
    #[error("currency and time zone are fixed once the first event is in")]
    ProgrammeFixed,
    #[error("the member's tier gives no such benefit")]
    BenefitNotGiven,
    #[error("the benefit holds without being claimed")]
    NothingToClaim,
    #[error("all {count} of the period are claimed, again on {again_on}")]
    QuotaUsedUp { count: u32, again_on: Date },
    #[error("the claim has been used")]
    ClaimUsed,
    #[error("the claim has been withdrawn")]
    ClaimWithdrawn,
    #[error("the claim's period is over")]
    ClaimExpired,
    #[error("nobody decides what they proposed themselves")]
    OwnProposal,
    #[error("the proposal is {} already", state.name())]
    AlreadyDecided { state: AdjustmentState },
    #[error("{fallen} members would lose a tier and points be worth {worth} more or less: a second person has to agree")]
    NeedsSecondPerson { fallen: u64, worth: Money },
    #[error("another publication or limit waits to be decided")]
    RuleProposalWaits,
    #[error("a newer version of Laurel has proposed what this one cannot read whole")]
    ProposalTooNew,
    #[error("the experiment {name} is on")]
    ExperimentRuns { name: String },
    #[error("the experiment has ended")]
    ExperimentOver,
    #[error("the experiment has not begun")]
    ExperimentAhead,
    #[error("another change of the limit waits to be decided")]
    LimitChangeWaits,
    #[error("only a registration that the payment system does not know can be merged into a member that it knows")]
    CannotMerge,
    #[error("{count} redemptions are under way")]
    WaitsForRedemptions { count: u32 },
    #[error("closing was to remove {shown} points, {left} are left")]
    ClosingChanged { shown: Points, left: Points },
    #[error("the member is not closed")]
    MemberNotClosed,
    #[error("what is stored of the member's account does not add up")]
    AccountDamaged,
}

impl Refusal {
    pub fn field(field: &str, fault: impl Into<Fault>) -> Refusal {
        Refusal::Invalid { faults: vec![FieldFault::new(field, fault)] }
    }

    /// The stable code that programs go by.
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::Invalid { .. } => "invalid",
            Refusal::WrongCurrency { .. } => "wrong_currency",
            Refusal::InFuture => "in_future",
            Refusal::EventConflict => "event_conflict",
            Refusal::UnknownMember => "unknown_member",
            Refusal::MemberClosed => "member_closed",
            Refusal::MemberSuspended => "member_suspended",
            Refusal::UnknownPayment => "unknown_payment",
            Refusal::RefundBeyondPayment { .. } => "refund_beyond_payment",
            Refusal::SelfReferral => "self_referral",
            Refusal::UnknownReferee => "unknown_referee",
            Refusal::RefereeCameFirst => "referee_came_first",
            Refusal::MutualReferral => "mutual_referral",
            Refusal::AlreadyReferred => "already_referred",
            Refusal::AlreadyReviewed => "already_reviewed",
            Refusal::PointsOutOfRange => "points_out_of_range",
            Refusal::NotEnoughPoints { .. } => "not_enough_points",
            Refusal::NothingToPay => "nothing_to_pay",
            Refusal::StaleQuote { .. } => "stale_quote",
            Refusal::NoSuchTransition { .. } => "no_such_transition",
            Refusal::UnknownReward => "unknown_reward",
            Refusal::RewardNotAvailable { .. } => "reward_not_available",
            Refusal::TierTooLow { .. } => "tier_too_low",
            Refusal::OutOfStock { .. } => "out_of_stock",
            Refusal::RewardLimitReached { .. } => "reward_limit_reached",
            Refusal::PriceChanged { .. } => "price_changed",
            Refusal::StaleReward => "stale_reward",
            Refusal::StaleDraft => "stale_draft",
            Refusal::NothingChanged => "nothing_changed",
            Refusal::ChangedMeanwhile => "changed_meanwhile",
            Refusal::AlreadyScheduled { .. } => "already_scheduled",
            Refusal::AlreadyInForce { .. } => "already_in_force",
            Refusal::TooFarAhead { .. } => "too_far_ahead",
            Refusal::NotDue => "not_due",
            Refusal::InPast => "in_past",
            Refusal::ProgrammeFixed => "programme_fixed",
            Refusal::BenefitNotGiven => "benefit_not_given",
            Refusal::NothingToClaim => "nothing_to_claim",
            Refusal::QuotaUsedUp { .. } => "quota_used_up",
            Refusal::ClaimUsed => "claim_used",
            Refusal::ClaimWithdrawn => "claim_withdrawn",
            Refusal::ClaimExpired => "claim_expired",
            Refusal::OwnProposal => "own_proposal",
            Refusal::AlreadyDecided { .. } => "already_decided",
            Refusal::LimitChangeWaits => "limit_change_waits",
            Refusal::NeedsSecondPerson { .. } => "needs_second_person",
            Refusal::RuleProposalWaits => "rule_proposal_waits",
            Refusal::ProposalTooNew => "proposal_too_new",
            Refusal::ExperimentRuns { .. } => "experiment_runs",
            Refusal::ExperimentOver => "experiment_over",
            Refusal::ExperimentAhead => "experiment_ahead",
            Refusal::CannotMerge => "cannot_merge",
            Refusal::WaitsForRedemptions { .. } => "waits_for_redemptions",
            Refusal::ClosingChanged { .. } => "closing_changed",
            Refusal::MemberNotClosed => "member_not_closed",
            Refusal::AccountDamaged => "account_damaged",
        }
    }

    /// The field at fault, by the name it has in what was sent.
    pub fn at(&self) -> Option<&str> {
        match self {
            Refusal::Invalid { faults } => faults.first().map(|f| f.field.as_str()),
            Refusal::WrongCurrency { .. } => Some("currency"),
            Refusal::InFuture => Some("occurred_at"),
            Refusal::EventConflict => Some("id"),
            Refusal::UnknownMember | Refusal::MemberClosed | Refusal::MemberSuspended => Some("member"),
            Refusal::UnknownPayment => Some("payment"),
            Refusal::RefundBeyondPayment { .. } | Refusal::PointsOutOfRange => Some("amount"),
            Refusal::SelfReferral
            | Refusal::UnknownReferee
            | Refusal::RefereeCameFirst
            | Refusal::MutualReferral
            | Refusal::AlreadyReferred => Some("referee"),
            Refusal::AlreadyReviewed => Some("subject"),
            Refusal::NotEnoughPoints { .. } | Refusal::NothingToPay => Some("points"),
            Refusal::StaleQuote { .. } => Some("rules_version"),
            Refusal::NoSuchTransition { .. } => Some("state"),
            Refusal::UnknownReward | Refusal::RewardNotAvailable { .. } | Refusal::TierTooLow { .. } => Some("reward"),
            Refusal::OutOfStock { .. } | Refusal::RewardLimitReached { .. } => Some("quantity"),
            Refusal::PriceChanged { .. } => Some("price"),
            Refusal::StaleReward => Some("revision"),
            Refusal::StaleDraft | Refusal::NothingChanged => Some("draft"),
            Refusal::NotDue | Refusal::AccountDamaged | Refusal::ChangedMeanwhile => None,
            Refusal::AlreadyScheduled { .. } | Refusal::InPast | Refusal::TooFarAhead { .. } => Some("at"),
            Refusal::AlreadyInForce { .. } => Some("version"),
            Refusal::ProgrammeFixed => Some("currency"),
            Refusal::BenefitNotGiven | Refusal::NothingToClaim | Refusal::QuotaUsedUp { .. } => Some("benefit"),
            Refusal::ClaimUsed | Refusal::ClaimWithdrawn | Refusal::ClaimExpired => Some("code"),
            Refusal::OwnProposal | Refusal::AlreadyDecided { .. } => Some("proposal"),
            Refusal::LimitChangeWaits => Some("limit"),
            Refusal::NeedsSecondPerson { .. } => Some("draft"),
            Refusal::RuleProposalWaits | Refusal::ProposalTooNew => Some("proposal"),
            Refusal::ExperimentRuns { .. } | Refusal::ExperimentOver | Refusal::ExperimentAhead => Some("experiment"),
            Refusal::WaitsForRedemptions { .. } | Refusal::MemberNotClosed | Refusal::CannotMerge => Some("member"),
            Refusal::ClosingChanged { .. } => Some("removes"),
        }
    }

    /// Whether the very same command may be accepted later.
    pub fn is_retryable(&self) -> bool {
        matches!(self, Refusal::UnknownPayment | Refusal::UnknownMember | Refusal::UnknownReferee | Refusal::AccountDamaged)
    }
}
