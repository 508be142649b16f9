use laurel_domain::ledger::adjustment::AdjustmentState;
use laurel_domain::refusal::{Fault, NumberError, Refusal, Unavailable};
use laurel_domain::rewards::reward::Period;

use super::Errors;
use crate::i18n::wording::Noun;
use crate::i18n::{Lang, format};

pub static ERRORS: Errors = Errors {
    bad_request: "The request could not be understood.",
    not_signed_in: "Please sign in first.",
    session_ended: "Your session has ended. Please sign in again.",
    session_ended_and_kept: "Your session has ended. Sign in again: what you entered is kept.",
    signed_in_again: "You are signed in again. Nothing has been sent yet: check what you entered, then send it. Passwords have to be entered again.",
    forbidden: "You don’t have permission to do this.",
    not_found: "There’s nothing at this address. The link may be incomplete, or the page may have been removed.",
    cross_site: "This request came from another site and was refused.",
    too_large: "The request is larger than allowed. Nothing was saved.",
    too_many: "Too many attempts. Please try again later.",
    unavailable: "The system is busy. Please try again in a moment.",
    internal: "Something went wrong on our side. It has been recorded; please try again later.",
    network: "No connection. Please check the network and try again.",
    role_too_low: |role| {
        format!("Your role, {role}, doesn’t include this page. If you need it, ask an administrator to change your role.")
    },
    to_dashboard: "Go to the dashboard",
    to_portal: "Go to home",
    not_found_title: "Page not found",
    forbidden_title: "No access",
    internal_title: "Something went wrong",
    refused_title: "That did not work",
    request_id: |id| format!("Request {id}"),
};

pub fn refusal(noun: &Noun, refusal: &Refusal) -> String {
    let units = noun.units;
    match refusal {
        Refusal::Invalid { faults } => match faults.first() {
            Some(first) => format!("Something is not right: {} {}.", first.field, fault(&first.fault)),
            None => "Something that was entered is not right.".to_owned(),
        },
        Refusal::WrongCurrency { expected, got } => format!("The programme is in {expected}, not in {got}."),
        Refusal::InFuture => "That is more than five minutes in the future.".to_owned(),
        Refusal::EventConflict => "An event with this id exists already, with other content.".to_owned(),
        Refusal::UnknownMember => "No such member.".to_owned(),
        Refusal::MemberClosed => "The member's account is closed.".to_owned(),
        Refusal::MemberSuspended => "The member is suspended and can neither redeem nor use benefits.".to_owned(),
        Refusal::UnknownPayment => "The member has made no such payment.".to_owned(),
        Refusal::RefundBeyondPayment { left } => {
            format!("Only {} of that payment is left to refund.", format::money(*left))
        }
        Refusal::SelfReferral => "Members cannot refer themselves.".to_owned(),
        Refusal::UnknownReferee => "There is no such referred member.".to_owned(),
        Refusal::RefereeCameFirst => "The referred member joined before the one who referred them.".to_owned(),
        Refusal::MutualReferral => "The referred member has referred the other one before.".to_owned(),
        Refusal::AlreadyReferred => "This referral has been awarded already.".to_owned(),
        Refusal::AlreadyReviewed => "This has been reviewed already.".to_owned(),
        Refusal::PointsOutOfRange => format!("Those are more {units} than can be recorded."),
        Refusal::NotEnoughPoints { available, wanted } => {
            format!("That needs {}; {} are available.", noun.counted(&format::points(*wanted)), format::points(*available))
        }
        Refusal::NothingToPay => format!("Those {units} are not enough for the smallest amount."),
        Refusal::StaleQuote { quoted, in_force } => {
            format!(
                "The quote was made under version {quoted} of the rules; version {in_force} is in force. Please confirm again."
            )
        }
        Refusal::NoSuchTransition { from, to } => format!("It can’t go from “{from}” to “{to}”."),
        Refusal::UnknownReward => "No such reward.".to_owned(),
        Refusal::RewardNotAvailable { why } => match why {
            Unavailable::Retired => "This reward is no longer offered.".to_owned(),
            Unavailable::NotBefore { day } => format!("This reward can be had from {}.", format::date(Lang::EN, *day)),
            Unavailable::NotAfter { day } => format!("This reward could be had until {}.", format::date(Lang::EN, *day)),
            Unavailable::TierGone => "This reward is for a tier that no longer exists.".to_owned(),
        },
        Refusal::TierTooLow { needed } => format!("This reward is for {} members and above.", needed.en),
        Refusal::OutOfStock { left: 0, .. } => "There are none left.".to_owned(),
        Refusal::OutOfStock { left, .. } => format!("Only {} left.", format::count(*left)),
        Refusal::RewardLimitReached { most, period, left } => {
            let period = match period {
                Period::Day => "a day",
                Period::Month => "a month",
                Period::Year => "a year",
                Period::Ever => "in all",
            };
            match left {
                0 => format!("Each member can have {most} of these {period}, and you have had yours."),
                left => format!("Each member can have {most} of these {period}; {left} left for you."),
            }
        }
        Refusal::PriceChanged { quoted, price } => {
            format!(
                "The price has changed from {} to {}. Please confirm again.",
                noun.counted(&format::points(*quoted)),
                noun.counted(&format::points(*price))
            )
        }
        Refusal::StaleReward => {
            "Someone else has changed this reward in the meantime. Please review it and try again.".to_owned()
        }
        Refusal::AlreadyScheduled { version } => {
            format!("Version {version} is scheduled. Publish in its place, or withdraw it first.")
        }
        Refusal::AlreadyInForce { version } => format!("Version {version} is in force and can no longer be withdrawn."),
        Refusal::TooFarAhead { latest } => {
            format!("Rules can be scheduled up to a year ahead, until {}.", format::date(Lang::EN, *latest))
        }
        Refusal::InPast => "The time has passed already.".to_owned(),
        Refusal::NotDue => "Nothing of the kind was due.".to_owned(),
        Refusal::StaleDraft => "Someone else has changed the draft in the meantime. Please reload.".to_owned(),
        Refusal::ChangedMeanwhile => "This has changed in the meantime, so it can’t be undone.".to_owned(),
        Refusal::NothingChanged => "The draft is the same as the rules in force.".to_owned(),
        Refusal::ProgrammeFixed => "Currency and time zone are fixed once the first event is in.".to_owned(),
        Refusal::BenefitNotGiven => "The member's tier does not give this benefit.".to_owned(),
        Refusal::NothingToClaim => "This benefit simply holds; there is nothing to claim.".to_owned(),
        Refusal::QuotaUsedUp { count, again_on } => {
            let day = format::date(Lang::EN, *again_on);
            match count {
                1 => format!("It has been claimed for this period; it can be claimed again from {day}."),
                count => format!("All {count} of this period have been claimed; it can be claimed again from {day}."),
            }
        }
        Refusal::ClaimUsed => "This code has been used already.".to_owned(),
        Refusal::ClaimWithdrawn => "This code was given back by the member and is no longer good.".to_owned(),
        Refusal::ClaimExpired => "This code has expired.".to_owned(),
        Refusal::OwnProposal => "You can’t decide your own proposal; someone else has to.".to_owned(),
        Refusal::AlreadyDecided { state } => match state {
            AdjustmentState::Proposed => "This is still to be decided.",
            AdjustmentState::Posted => "This has been approved already.",
            AdjustmentState::Rejected => "This has been rejected already.",
            AdjustmentState::Withdrawn => "This has been withdrawn.",
        }
        .to_owned(),
        Refusal::NeedsSecondPerson { fallen, worth } => format!(
            "{} members would lose a tier and the value of {units} would change by {}. That is more than one person may decide: someone else has to approve it.",
            format::count(i64::try_from(*fallen).unwrap_or(i64::MAX)),
            format::money(*worth)
        ),
        Refusal::ExperimentRuns { name } => {
            format!("The experiment “{name}” is on. Nothing else can be published until it has ended.")
        }
        Refusal::ExperimentOver => "The experiment has ended.".to_owned(),
        Refusal::ExperimentAhead => "The experiment has not begun yet, so there is nothing to adopt.".to_owned(),
        Refusal::RuleProposalWaits => {
            "Another request of this kind is waiting for approval. Approve, reject or withdraw it first.".to_owned()
        }
        Refusal::ProposalTooNew => {
            "This was proposed with a newer version of Laurel than the server that answered. Approve it once every server is updated."
                .to_owned()
        }
        Refusal::LimitChangeWaits => "Another change of the limit waits. Decide or withdraw it first.".to_owned(),
        Refusal::CannotMerge => {
            "Only a portal registration that the payment system does not know can be merged, into a member that it knows."
                .to_owned()
        }
        Refusal::WaitsForRedemptions { count: 1 } => {
            "One redemption is being paid or is on its way. The account can be closed once it has arrived.".to_owned()
        }
        Refusal::WaitsForRedemptions { count } => {
            format!("{count} redemptions are being paid or are on their way. The account can be closed once they have arrived.")
        }
        Refusal::ClosingChanged { shown, left } => {
            let (shown, left) = (noun.counted(&format::points(*shown)), noun.counted(&format::points(*left)));
            format!("Meanwhile the {units} have changed: it would remove {left}, not {shown}. Please look again.")
        }
        Refusal::MemberNotClosed => "Only a closed account can be erased.".to_owned(),
        Refusal::AccountDamaged => {
            "The stored balance of this account is inconsistent, so nothing was posted. Run laurel verify for details."
                .to_owned()
        }
    }
}

pub fn fault(fault: &Fault) -> String {
    match fault {
        Fault::Missing => "is required".to_owned(),
        Fault::NotExpected => "does not belong to this kind".to_owned(),
        Fault::Number { error } => number(*error),
        Fault::NotPositive => "must be greater than 0".to_owned(),
        Fault::NotZero => "must not be zero".to_owned(),
        Fault::Negative => "must not be negative".to_owned(),
        Fault::TooLarge { most } => format!("must be at most {most}"),
        Fault::TooSmall { least } => format!("must be at least {least}"),
        Fault::TooLong { most } => format!("must be at most {most} characters"),
        Fault::Characters => "has characters that are not allowed".to_owned(),
        Fault::NotNormalized => "has to be in Unicode normal form C (NFC), for instance é as one character".to_owned(),
        Fault::Unseen { code } => format!("has an invisible or special character ({code})"),
        Fault::NotOneOf { choices } => format!("must be one of: {choices}"),
        Fault::UnknownCurrency => "must be an ISO 4217 currency".to_owned(),
        Fault::NotATime => "must be an RFC 3339 time".to_owned(),
        Fault::NotADay => "must be a day, such as 2026-11-30".to_owned(),
        Fault::BeforeStart => "must not be before the first day".to_owned(),
        Fault::NotIncreasing => "must be greater than the threshold before it".to_owned(),
        Fault::FirstTierNotZero => "must be 0 for the first tier".to_owned(),
        Fault::NotLater => "must be later than when the version takes effect".to_owned(),
        Fault::Twice => "appears twice".to_owned(),
        Fault::Reserved => "is reserved for Laurel".to_owned(),
        Fault::Count { least, most } => format!("needs between {least} and {most} of them"),
        Fault::NotAPicture => "must be a picture: a PNG, JPEG or WebP file".to_owned(),
        Fault::NotAColour => "must be a colour, such as #1f6b3f".to_owned(),
        Fault::TooManyPixels { megapixels } => format!("may have at most {megapixels} megapixels; make it smaller first"),
        Fault::TooFewPixels { least } => format!("must be at least {least} pixels wide and high"),
        Fault::NotJson { line, column } => format!("isn’t valid JSON (line {line}, column {column})"),
        Fault::JsonType { wanted } => format!("must be a JSON {wanted}"),
    }
}

fn number(error: NumberError) -> String {
    match error {
        NumberError::NotANumber => "must be a plain number".to_owned(),
        NumberError::TooLong => "has too many digits".to_owned(),
        NumberError::TooManyDecimals { most: 0 } => "must be a whole number".to_owned(),
        NumberError::TooManyDecimals { most } => format!("may have at most {most} decimals"),
        NumberError::OutOfRange => "is out of range".to_owned(),
    }
}
