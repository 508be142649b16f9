//! What something would earn or pay, without doing it.

use jiff::Timestamp;
use laurel_domain::ledger::earning::{self, PaymentTerms, Worth};
use laurel_domain::ledger::event::{Activity, MOST_AHEAD};
use laurel_domain::member::Status;
use laurel_domain::numbers::points::Points;
use laurel_domain::refusal::Refusal;
use laurel_domain::rewards::cash;
use laurel_domain::rules::tier::TierRank;

use crate::server::store::members::member::Member;
use crate::server::usecase::error::AppError;
use crate::server::usecase::ledger::Ledger;
use crate::server::usecase::members::view;

/// What an event would earn.
#[derive(Clone, Copy, Debug)]
pub struct Earning {
    pub worth: Worth,
    /// Whose multiplier applies.
    pub tier: TierRank,
    pub rules_version: u32,
}

/// What an event would earn a member as they stand; without one, somebody new.
///
/// # Errors
/// `wrong_currency`, `in_future`, `member_closed`, `points_out_of_range`; `unknown_payment` for a refund, which earns nothing.
pub async fn earning(
    ledger: &Ledger,
    activity: &Activity,
    member: Option<&Member>,
    occurred_at: Timestamp,
) -> Result<Earning, AppError> {
    let timeline = ledger.timeline().await?;
    let now = ledger.clock.now();
    if occurred_at > now.saturating_add(MOST_AHEAD).unwrap_or(Timestamp::MAX) {
        return Err(Refusal::InFuture.into());
    }
    if member.is_some_and(|member| member.status == Status::Closed) {
        return Err(Refusal::MemberClosed.into());
    }
    let rules = timeline.at(occurred_at);
    let tier = member.map_or(TierRank::FIRST, |member| view::view_at(&timeline, now, member).tier.rank);
    let worth = match activity {
        Activity::Payment { amount, scene } => {
            let (expected, got) = (ledger.programme.currency, amount.currency());
            if expected != got {
                return Err(Refusal::WrongCurrency { expected, got }.into());
            }
            earning::payment(rules, *amount, PaymentTerms { scene: *scene, tier, cap_room: None })?
        }
        Activity::Referral { .. } => earning::referral(rules, None)?,
        Activity::Review { .. } => earning::review(rules, None)?,
        Activity::Refund { .. } => return Err(Refusal::UnknownPayment.into()),
    };
    Ok(Earning { worth, tier, rules_version: rules.version })
}

/// What points pay by the rules in force; with a member, only if they could redeem them now.
///
/// # Errors
/// `nothing_to_pay`, `not_enough_points`, `member_suspended`, `member_closed`, `points_out_of_range`.
pub async fn cash(ledger: &Ledger, points: Points, member: Option<&Member>) -> Result<cash::Quote, AppError> {
    let timeline = ledger.timeline().await?;
    let quote = cash::quote(&timeline.at(ledger.clock.now()).cash_terms(), points)?;
    let Some(member) = member else { return Ok(quote) };
    match member.status {
        Status::Active if points > member.account.available => {
            Err(Refusal::NotEnoughPoints { available: member.account.available, wanted: points }.into())
        }
        Status::Active => Ok(quote),
        Status::Suspended => Err(Refusal::MemberSuspended.into()),
        Status::Closed => Err(Refusal::MemberClosed.into()),
    }
}
