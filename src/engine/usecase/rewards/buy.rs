//! Redeeming points for a voucher or a gift: points, stock, code, address, entry and redemption in one transaction, or nothing.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use laurel_domain::ids::{RedemptionId, RewardId};
use laurel_domain::ledger::posting::Posting;
use laurel_domain::numbers::points::Points;
use laurel_domain::program::{Basis, Programme};
use laurel_domain::refusal::{Fault, FieldFault, NumberError, Refusal};
use laurel_domain::rewards::redemption::RedemptionKind;
use laurel_domain::rewards::reward::{Buyer, Contact, Reward, Supply};
use laurel_domain::rules::rule_set::Rulebook;

use crate::auth::{Actor, MemberSession};
use crate::random;
use crate::store::members::member::{self, Member};
use crate::store::rewards::redemptions::{self, Bought, RedeemedFor, Redemption, RedemptionKey};
use crate::store::rewards::{addresses, catalogue, voucher_codes};
use crate::store::{StoreError, Tx};
use crate::usecase::error::AppError;
use crate::usecase::ledger::Ledger;
use crate::usecase::ledger::posting::{self, LockedMember};
use crate::usecase::request_key::RequestKey;
use crate::usecase::rewards::catalogue::account_now;
use crate::usecase::rewards::redeem::{Redeemed, may_redeem, moved_by, with_balance};

/// Letters and digits that nobody mistakes for one another.
const ALPHABET: &[u8] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/// What somebody wants to have.
#[derive(Clone, Debug)]
pub struct Order {
    pub member_no: i64,
    pub reward: RewardId,
    pub quantity: u32,
    /// What all of it was said to cost, when it was said.
    pub quoted: Option<Points>,
    /// Where gifts are sent; nothing for vouchers.
    pub contact: Option<Contact>,
    /// The same key of the same member is the same redemption.
    pub key: RequestKey,
    pub actor: Actor,
}

/// A key comes out of a form that Laurel made; what is longer comes from elsewhere.
const LONGEST_KEY: usize = 64;

/// An order as a form of the portal sends it.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    pub reward: String,
    pub quantity: String,
    pub points: String,
    pub recipient: String,
    pub phone: String,
    pub address: String,
    pub key: String,
}

impl Typed {
    /// The order that a member means.
    ///
    /// # Errors
    /// `unknown_reward`; `Invalid` with every field at fault.
    pub async fn order(&self, ledger: &Ledger, session: &MemberSession) -> Result<Order, AppError> {
        let id = self.reward.parse().map_err(|_| Refusal::UnknownReward)?;
        let reward = catalogue::find(&mut ledger.db.reader().await?, id).await?.ok_or(Refusal::UnknownReward)?;
        let mut faults = Vec::new();
        let mut fault = |field: &str, fault: Fault| faults.push(FieldFault::new(field, fault));
        let quantity = self.quantity.trim().parse().unwrap_or_else(|_| {
            fault("quantity", NumberError::NotANumber.into());
            0
        });
        let quoted = self.points.parse().map_err(|error: NumberError| fault("points", error.into())).ok();
        match self.key.len() {
            0 => fault("key", Fault::Missing),
            1..=LONGEST_KEY => (),
            _ => fault("key", Fault::TooLong { most: LONGEST_KEY }),
        }
        let contact = match reward.supply.kind() {
            RedemptionKind::Gift => Some(Contact::parse(&self.recipient, &self.phone, &self.address)),
            RedemptionKind::Voucher | RedemptionKind::Cash => None,
        };
        let contact = contact.transpose().unwrap_or_else(|refusal| {
            if let Refusal::Invalid { faults: of_contact } = refusal {
                faults.extend(of_contact);
            }
            None
        });
        match faults.is_empty() {
            true => {
                let (member_no, key) = (session.no, RequestKey::of_form(&self.key));
                let actor = Actor::Member(session.member.uuid());
                Ok(Order { member_no, reward: id, quantity, quoted, contact, key, actor })
            }
            false => Err(Refusal::Invalid { faults }.into()),
        }
    }
}

/// Redeems points for a reward. The same order under the same key again gets the first answer.
///
/// # Errors
/// `unknown_reward`, `reward_not_available`, `tier_too_low`, `out_of_stock`, `reward_limit_reached`, `not_enough_points` (also
/// for any debt), `price_changed`, `invalid` (`quantity`, `recipient`), `member_suspended`, `member_closed`;
/// `idempotency_conflict` if the key was used for something else; `NotFound` if there is no such member.
pub async fn buy(ledger: &Ledger, order: Order) -> Result<Redeemed, AppError> {
    ledger.db.write((ledger.clone(), order), |tx, (ledger, order)| Box::pin(buy_in(tx, ledger, order))).await
}

/// [`buy`] inside a transaction of the caller's.
pub async fn buy_in(tx: &mut Tx, ledger: &Ledger, order: &Order) -> Result<Redeemed, AppError> {
    let rulebook = ledger.rulebook_in(tx).await?;
    let mut locked = LockedMember::of(member::lock(tx, order.member_no).await?.ok_or(AppError::NotFound)?);
    let member = &mut locked.member;
    if let Some(earlier) = redemptions::find_by_key(tx, ledger.programme.currency, member.no, order.key.as_str()).await? {
        return before(tx, ledger, order, earlier).await;
    }
    may_redeem(member)?;
    let reward = held(tx, order.reward).await?;
    check_contact(&reward, order)?;
    let now = ledger.clock.now();
    let price = price(tx, ledger, &rulebook, member, &reward, order.quantity, now).await?;
    if let Some(quoted) = order.quoted.filter(|quoted| *quoted != price) {
        return Err(Refusal::PriceChanged { quoted, price }.into());
    }
    let id = RedemptionId::new(random::id(now));
    let (instant, timeline) = (member.account.instant_of_history(now), rulebook.of(member.id()));
    let posted = member.account.buy(Posting::new(&timeline, now, instant), id, price)?;
    let entry = posted.entry().clone();
    let redemption = Redemption {
        id,
        member_no: member.no,
        member: member.id(),
        external_id: member.external_id.as_ref().map(|id| id.as_str().to_owned()),
        member_name: member.name.clone(),
        state: reward.supply.kind().first(),
        points: price,
        rules_version: entry.rules,
        seq: entry.seq,
        asked: price,
        created_at: now,
        changed_at: now,
        expires_at: None,
        tracking: None,
        returned: None,
        redeemed_for: RedeemedFor::Reward(Bought {
            reward: reward.id,
            kind: reward.supply.kind(),
            name: reward.terms.name.clone(),
            price: reward.terms.price,
            quantity: order.quantity,
            valid_days: reward.terms.valid_days,
        }),
    };
    locked.note(posted.journal);
    posting::write(tx, ledger, &rulebook, &[locked]).await?;
    redemptions::insert(tx, &redemption, order.key.as_str()).await?;
    redemptions::note_state(tx, redemption.key(), redemption.state, now, moved_by(order.actor, None)).await?;
    supply(tx, &reward, order, redemption.key(), now).await?;
    Ok(Redeemed { redemption, balance_after: entry.balance })
}

/// What was bought under this key before, if it is the same.
async fn before(tx: &mut Tx, ledger: &Ledger, order: &Order, earlier: Redemption) -> Result<Redeemed, AppError> {
    let is_same = match &earlier.redeemed_for {
        RedeemedFor::Reward(bought) => bought.reward == order.reward && bought.quantity == order.quantity,
        RedeemedFor::Cash(_) => false,
    };
    if !is_same || addresses::find(tx, earlier.key()).await? != order.contact {
        return Err(AppError::Conflict { code: "idempotency_conflict" });
    }
    with_balance(tx, ledger, earlier).await
}

/// The reward, held until the transaction ends: for itself alone where its stock changes, beside others where codes do.
async fn held(tx: &mut Tx, id: RewardId) -> Result<Reward, AppError> {
    let supply = catalogue::find(tx, id).await?.map(|reward| reward.supply).ok_or(Refusal::UnknownReward)?;
    let reward = match supply {
        Supply::Stock => catalogue::lock(tx, id).await?,
        Supply::Pool | Supply::Generated => catalogue::share(tx, id).await?,
    };
    Ok(reward.ok_or(Refusal::UnknownReward)?)
}

fn check_contact(reward: &Reward, order: &Order) -> Result<(), Refusal> {
    match (reward.supply.kind(), &order.contact) {
        (RedemptionKind::Gift, None) => Err(Refusal::field("recipient", Fault::Missing)),
        (RedemptionKind::Voucher, Some(_)) => Err(Refusal::field("recipient", Fault::NotExpected)),
        _ => Ok(()),
    }
}

/// Takes what the redemption is about out of stock or pool, or makes its code.
async fn supply(tx: &mut Tx, reward: &Reward, order: &Order, of: RedemptionKey, now: Timestamp) -> Result<(), AppError> {
    let enough = match reward.supply {
        Supply::Stock => catalogue::take_stock(tx, reward.id, i64::from(order.quantity)).await?,
        Supply::Pool => voucher_codes::take(tx, reward.id, of.id).await?,
        Supply::Generated => {
            voucher_codes::insert(tx, reward.id, &code(), of.id, now).await?;
            true
        }
    };
    if !enough {
        return Err(Refusal::OutOfStock { left: 0, wanted: order.quantity }.into());
    }
    if let Some(contact) = &order.contact {
        addresses::insert(tx, of, contact).await?;
    }
    Ok(())
}

/// `7KQ2-M9XA-3FHW`: 60 bits, so that two are never the same and none is guessed.
fn code() -> String {
    let text = random::text(12, ALPHABET);
    [&text[..4], &text[4..8], &text[8..]].join("-")
}

/// What a quantity costs a member now, if they may have it.
///
/// # Errors
/// As [`Reward::sell`]; `member_suspended`, `member_closed`.
pub(in crate::usecase) async fn price(
    db: &mut Tx,
    ledger: &Ledger,
    rulebook: &Rulebook,
    member: &Member,
    reward: &Reward,
    quantity: u32,
    now: Timestamp,
) -> Result<Points, AppError> {
    may_redeem(member)?;
    let days = Days::of(&ledger.programme, now)?;
    let taken = catalogue::taken(db, member.no, Some(reward.id), days.since).await?.pop();
    let taken = taken.map(|(_, taken)| taken).unwrap_or_default();
    let account = account_now(rulebook, now, member)?;
    let timeline = rulebook.of(member.id());
    let buyer = Buyer {
        rules: timeline.at(now),
        tier: account.tier,
        available: account.available,
        today: days.today,
        taken: reward.terms.limit.map_or(0, |limit| taken.in_period(limit.period)),
    };
    Ok(reward.sell(buyer, quantity)?)
}

/// Today, and when the day, the month and the year began, where the programme is.
#[derive(Clone, Debug)]
pub(in crate::usecase) struct Days {
    zone: TimeZone,
    pub today: Date,
    pub since: [Timestamp; 3],
}

impl Days {
    pub fn of(programme: &Basis, now: Timestamp) -> Result<Days, StoreError> {
        let zone = TimeZone::get(&programme.time_zone).map_err(|_| StoreError::Corrupt("a time zone"))?;
        let today = Programme::day(&zone, now);
        let first = [today, today.first_of_month(), today.first_of_year()];
        let mut since = [now; 3];
        for (at, day) in since.iter_mut().zip(first) {
            *at = beginning(&zone, day)?;
        }
        Ok(Days { zone, today, since })
    }

    /// When the day after so many more days begins: until just before, what is good for today and those days is good.
    pub fn end_after(&self, days: u32) -> Result<Timestamp, StoreError> {
        let last = self.today.checked_add((i64::from(days) + 1).days()).map_err(|_| StoreError::Corrupt("a number of days"))?;
        beginning(&self.zone, last)
    }
}

fn beginning(zone: &TimeZone, day: Date) -> Result<Timestamp, StoreError> {
    let zoned = day.to_zoned(zone.clone()).map_err(|_| StoreError::Corrupt("a day"))?;
    Ok(zoned.timestamp())
}
