//! What points can be redeemed for beside cash, and for a member: what stands in the way of each.

use std::collections::HashMap;

use jiff::Timestamp;
use laurel_domain::ids::RewardId;
use laurel_domain::ledger::account::Account;
use laurel_domain::numbers::points::Points;
use laurel_domain::refusal::Refusal;
use laurel_domain::rewards::reward::{Buyer, Reward};
use laurel_domain::rules::rule_set::Rulebook;

use crate::store::Tx;
use crate::store::members::member::{self, By, Member};
use crate::store::rewards::catalogue;
use crate::usecase::error::AppError;
use crate::usecase::ledger::Ledger;
use crate::usecase::rewards::buy::{self, Days};
use crate::usecase::rewards::redeem::may_redeem;

/// How many rewards a catalogue shows.
const MOST: i64 = crate::usecase::rewards::edit::MOST;

/// A reward with why a member cannot have one of it now.
#[derive(Clone, Debug)]
pub struct Offered {
    pub reward: Reward,
    pub obstacle: Option<Refusal>,
}

/// What a member can choose from.
#[derive(Clone, Debug)]
pub struct Catalogue {
    pub available: Points,
    pub rewards: Vec<Offered>,
}

/// All rewards in use that are not over, by kind and price.
pub async fn all(ledger: &Ledger) -> Result<Vec<Reward>, AppError> {
    let days = Days::of(&ledger.programme, ledger.clock.now())?;
    Ok(catalogue::offered(&mut ledger.db.reader().await?, days.today, MOST).await?)
}

/// [`all`], as one member sees them.
///
/// # Errors
/// `NotFound` if the member is gone.
pub async fn of_member(ledger: &Ledger, member_no: i64) -> Result<Catalogue, AppError> {
    let rulebook = ledger.rulebook().await?;
    ledger
        .db
        .snapshot((ledger.clone(), rulebook, member_no), |tx, (ledger, rulebook, member_no)| {
            Box::pin(async move {
                let member = member::find(tx, By::No(*member_no)).await?.ok_or(AppError::NotFound)?;
                let rewards = offered_to(tx, ledger, rulebook, &member).await?;
                Ok(Catalogue { available: account_now(rulebook, ledger.clock.now(), &member)?.available, rewards })
            })
        })
        .await
}

/// All rewards in use with what keeps this member from each. Two statements, one where no reward has a limit.
pub(in crate::usecase) async fn offered_to(
    tx: &mut Tx,
    ledger: &Ledger,
    rulebook: &Rulebook,
    member: &Member,
) -> Result<Vec<Offered>, AppError> {
    let now = ledger.clock.now();
    let days = Days::of(&ledger.programme, now)?;
    let account = account_now(rulebook, now, member)?;
    let rewards = catalogue::offered(tx, days.today, MOST).await?;
    let taken: HashMap<RewardId, _> = match rewards.iter().any(|reward| reward.terms.limit.is_some()) {
        true => catalogue::taken(tx, member.no, None, days.since).await?.into_iter().collect(),
        false => HashMap::new(),
    };
    let (status, timeline) = (may_redeem(member).err(), rulebook.of(member.id()));
    let offered = rewards.into_iter().map(|reward| {
        let taken = taken.get(&reward.id).copied().unwrap_or_default();
        let buyer = Buyer {
            rules: timeline.at(now),
            tier: account.tier,
            available: account.available,
            today: days.today,
            taken: reward.terms.limit.map_or(0, |limit| taken.in_period(limit.period)),
        };
        let obstacle = status.clone().or_else(|| reward.sell(buyer, 1).err());
        Offered { reward, obstacle }
    });
    Ok(offered.collect())
}

/// The account as it is once what is due by now has been posted.
pub(super) fn account_now(rulebook: &Rulebook, now: Timestamp, member: &Member) -> Result<Account, Refusal> {
    let mut account = member.account.clone();
    account.catch_up(&rulebook.of(member.id()), account.instant_of_history(now))?;
    Ok(account)
}

/// A reward, also one that nobody can have now.
pub async fn find(ledger: &Ledger, id: RewardId) -> Result<Option<Reward>, AppError> {
    Ok(catalogue::find(&mut ledger.db.reader().await?, id).await?)
}

/// A reward and what a quantity of it costs; with a member, only if they could have it now.
///
/// # Errors
/// `unknown_reward` and those of [`Reward::sell`]; `member_suspended`, `member_closed`.
pub async fn quote(
    ledger: &Ledger,
    reward: RewardId,
    quantity: u32,
    member: Option<&Member>,
) -> Result<(Reward, Points), AppError> {
    let rulebook = ledger.rulebook().await?;
    ledger
        .db
        .snapshot((ledger.clone(), rulebook, reward, quantity, member.cloned()), |tx, input| {
            Box::pin(async move {
                let (ledger, rulebook, reward, quantity, member) = input;
                let reward = catalogue::find(tx, *reward).await?.ok_or(Refusal::UnknownReward)?;
                let now = ledger.clock.now();
                let points = match member {
                    Some(member) => buy::price(tx, ledger, rulebook, member, &reward, *quantity, now).await?,
                    None => {
                        reward.check_day(Days::of(&ledger.programme, now)?.today)?;
                        reward.price(*quantity)?
                    }
                };
                Ok((reward, points))
            })
        })
        .await
}
