//! What something would earn or pay, without doing it: posted to a copy of the account, by the code that posts it.

use std::borrow::Cow;

use jiff::Timestamp;
use laurel_domain::ids::{MemberId, RedemptionId};
use laurel_domain::ledger::account::Account;
use laurel_domain::ledger::earn::Quoted;
use laurel_domain::ledger::event::{Activity, Event, MOST_AHEAD};
use laurel_domain::ledger::posting::{Posting, TierChange};
use laurel_domain::member::Status;
use laurel_domain::numbers::money::Currency;
use laurel_domain::numbers::points::Points;
use laurel_domain::refusal::Refusal;
use laurel_domain::rewards::cash;
use laurel_domain::rules::rule_set::Rulebook;
use laurel_domain::rules::terms::{CapKey, EarnKind};

use crate::store::Tx;
use crate::store::ledger::{caps, events};
use crate::store::members::member::{self, By, Member};
use crate::usecase::error::AppError;
use crate::usecase::ledger::Ledger;
use crate::usecase::ledger::late::{self, Asked};

/// What an event would earn a member if it were posted now: with what is due done, and within what is left of the caps.
/// Without a member, somebody new.
///
/// # Errors
/// `wrong_currency`, `in_future`, `member_closed`, `points_out_of_range`; `unknown_payment` for a refund, which earns nothing.
pub async fn earning(ledger: &Ledger, event: &Event, member: Option<&Member>) -> Result<Quoted, AppError> {
    let (rulebook, now) = (ledger.rulebook().await?, ledger.clock.now());
    if event.occurred_at > now.saturating_add(MOST_AHEAD).unwrap_or(Timestamp::MAX) {
        return Err(Refusal::InFuture.into());
    }
    if member.is_some_and(|member| member.status == Status::Closed) {
        return Err(Refusal::MemberClosed.into());
    }
    if let Activity::Payment { amount, .. } = &event.activity {
        let (expected, got) = (ledger.programme.currency, amount.currency());
        if expected != got {
            return Err(Refusal::WrongCurrency { expected, got }.into());
        }
    }
    let (account, history) = match member {
        Some(member) => {
            let input = (rulebook.clone(), ledger.programme.currency, member.no, event.clone());
            let loaded = ledger
                .db
                .snapshot(input, |tx, (rulebook, currency, no, event)| Box::pin(standing(tx, rulebook, *currency, *no, event)));
            loaded.await?
        }
        // nobody can say yet which group somebody new is in
        None => (Account::new(MemberId::new(uuid::Uuid::nil()), rulebook.general()), Vec::new()),
    };
    let timeline = member.map_or(Cow::Borrowed(rulebook.general()), |member| rulebook.of(member.id()));
    let on = Posting::new(&timeline, event.occurred_at, account.instant_of_history(now));
    Ok(account.quote(on, event, &history)?)
}

/// The account with what is left of the caps, and its tier history if the event comes late.
async fn standing(
    tx: &mut Tx,
    rulebook: &Rulebook,
    currency: Currency,
    no: i64,
    event: &Event,
) -> Result<(Account, Vec<TierChange>), AppError> {
    let mut account = member::find(tx, By::No(no)).await?.ok_or(AppError::NotFound)?.account;
    let timeline = rulebook.of(account.member);
    let kind = match &event.activity {
        Activity::Payment { .. } => Some(EarnKind::Payment),
        Activity::Referral { .. } => Some(EarnKind::Referral),
        Activity::Review { .. } => Some(EarnKind::Review),
        Activity::Refund { .. } => None,
    };
    if let Some(kind) = kind {
        let limits = timeline.at(event.occurred_at).set.caps.of(kind).limits(kind, timeline.calendar(), event.occurred_at);
        let keys: Vec<(i64, CapKey)> = limits.map(|(key, _)| (no, key)).collect();
        for used in caps::used(tx, rulebook, &keys).await? {
            account.capped.insert(used.key, used.capped);
            account.uncapped.insert(used.key, used.uncapped);
        }
    }
    let is_late = account.last.is_some_and(|last| last >= event.occurred_at);
    if !is_late {
        return Ok((account, Vec::new()));
    }
    let history = events::tier_changes(tx, &[no]).await?.remove(&no).unwrap_or_default();
    let asked = [Asked { no, member: account.member, posts_before: false }];
    account.history = late::histories(tx, currency, rulebook, &asked).await?.remove(&no);
    Ok((account, history))
}

/// What points pay by the rules in force; with a member, only if they could redeem them now, with what is due done.
///
/// # Errors
/// `nothing_to_pay`, `not_enough_points`, `member_suspended`, `member_closed`, `points_out_of_range`.
pub async fn cash(ledger: &Ledger, points: Points, member: Option<&Member>) -> Result<cash::Quote, AppError> {
    let (rulebook, now) = (ledger.rulebook().await?, ledger.clock.now());
    let Some(member) = member else { return Ok(cash::quote(&rulebook.general().at(now).cash_terms(), points)?) };
    match member.status {
        Status::Active => {
            let (mut account, timeline) = (member.account.clone(), rulebook.of(member.id()));
            let on = Posting::new(&timeline, now, account.instant_of_history(now));
            let (_, quote) = account.redeem(on, RedemptionId::new(uuid::Uuid::nil()), points, None)?;
            Ok(quote)
        }
        Status::Suspended => Err(Refusal::MemberSuspended.into()),
        Status::Closed => Err(Refusal::MemberClosed.into()),
    }
}
