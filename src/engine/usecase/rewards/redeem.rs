//! Redeeming points to cash, and moving redemptions of every kind on: points, stock, code, entry and redemption in one
//! transaction, or nothing. Rewards are bought in `buy`.

use std::collections::HashMap;

use jiff::Timestamp;
use laurel_domain::ids::{PictureId, RedemptionId};
use laurel_domain::ledger::posting::Posting;
use laurel_domain::member::Status;
use laurel_domain::numbers::points::Points;
use laurel_domain::refusal::{Fault, Refusal};
use laurel_domain::rewards::redemption::{RedemptionKind, RedemptionState};
use laurel_domain::rewards::reward::Contact;
use serde_json::json;

use crate::auth::Actor;
use crate::random;
use crate::store::audit::{self, Action};
use crate::store::ledger::entries;
use crate::store::members::member;
use crate::store::members::member::Member;
use crate::store::rewards::redemptions::{self, Filter, MovedBy, RedeemedFor, Redemption, RedemptionKey, StateSince};
use crate::store::rewards::{addresses, catalogue, voucher_codes};
use crate::store::{StoreError, Tx};

use crate::usecase::error::AppError;
use crate::usecase::ledger::Ledger;
use crate::usecase::ledger::posting::{self, LockedMember};
use crate::usecase::members::merge;
use crate::usecase::notifications::{self, News};
use crate::usecase::request_key::RequestKey;
use crate::usecase::rewards::buy::Days;

/// What somebody wants to redeem.
#[derive(Clone, Debug)]
pub struct Wish {
    pub member_no: i64,
    pub points: Points,
    /// The version of the rules that a quote was made under, when there was one.
    pub quoted: Option<u32>,
    /// The same key of the same member is the same redemption.
    pub key: RequestKey,
    pub actor: Actor,
}

/// A redemption with the member's balance after the entry that took the points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redeemed {
    pub redemption: Redemption,
    pub balance_after: Points,
}

/// Redeems points to cash by the rules in force. The same wish under the same key again gets the first answer.
///
/// # Errors
/// `not_enough_points` (also for any debt), `nothing_to_pay`, `stale_quote`, `member_suspended`, `member_closed`;
/// `idempotency_conflict` if the key was used for another wish; `NotFound` if there is no such member.
pub async fn redeem(ledger: &Ledger, wish: Wish) -> Result<Redeemed, AppError> {
    ledger.db.write((ledger.clone(), wish), |tx, (ledger, wish)| Box::pin(redeem_in(tx, ledger, wish))).await
}

/// [`redeem`] inside a transaction of the caller's.
pub async fn redeem_in(tx: &mut Tx, ledger: &Ledger, wish: &Wish) -> Result<Redeemed, AppError> {
    let currency = ledger.programme.currency;
    let rulebook = ledger.rulebook_in(tx).await?;
    let mut locked = LockedMember::of(member::lock(tx, wish.member_no).await?.ok_or(AppError::NotFound)?);
    let member = &mut locked.member;
    if let Some(earlier) = redemptions::find_by_key(tx, currency, member.no, wish.key.as_str()).await? {
        if earlier.kind() != RedemptionKind::Cash || earlier.asked != wish.points {
            return Err(AppError::Conflict { code: "idempotency_conflict" });
        }
        return with_balance(tx, ledger, earlier).await;
    }
    may_redeem(member)?;
    let now = ledger.clock.now();
    let id = RedemptionId::new(random::id(now));
    let (instant, timeline) = (member.account.instant_of_history(now), rulebook.of(member.id()));
    let on = Posting::new(&timeline, now, instant);
    let (posted, quote) = member.account.redeem(on, id, wish.points, wish.quoted)?;
    let entry = posted.entry().clone();
    let redemption = Redemption {
        id,
        member_no: member.no,
        member: member.id(),
        external_id: member.external_id.as_ref().map(|id| id.as_str().to_owned()),
        member_name: member.name.clone(),
        redeemed_for: RedeemedFor::Cash(quote.cash),
        state: RedemptionKind::Cash.first(),
        points: quote.points,
        rules_version: quote.rules_version,
        seq: entry.seq,
        asked: wish.points,
        created_at: now,
        changed_at: now,
        expires_at: None,
        tracking: None,
        returned: None,
    };
    locked.note(posted.journal);
    posting::write(tx, ledger, &rulebook, &[locked]).await?;
    redemptions::insert(tx, &redemption, wish.key.as_str()).await?;
    redemptions::note_state(tx, redemption.key(), redemption.state, now, moved_by(wish.actor, None)).await?;
    Ok(Redeemed { redemption, balance_after: entry.balance })
}

/// Whether a member may redeem anything at all.
pub(in crate::usecase) fn may_redeem(member: &Member) -> Result<(), Refusal> {
    match member.status {
        Status::Active => Ok(()),
        Status::Suspended => Err(Refusal::MemberSuspended),
        Status::Closed => Err(Refusal::MemberClosed),
    }
}

pub(in crate::usecase) async fn with_balance(
    tx: &mut Tx,
    ledger: &Ledger,
    redemption: Redemption,
) -> Result<Redeemed, AppError> {
    let entry = entries::with_seqs(tx, ledger.programme.currency, redemption.member_no, &[redemption.seq]).await?.pop();
    let entry = entry.ok_or(StoreError::Corrupt("a redemption"))?;
    Ok(Redeemed { redemption, balance_after: entry.balance })
}

/// Who a state's actor is shown as.
pub(in crate::usecase) fn actor_kind(actor: Actor) -> &'static str {
    match actor {
        Actor::Member(_) => "member",
        Actor::Staff(_) => "staff",
        Actor::Key(_) => "key",
        Actor::CommandLine => "command_line",
        Actor::System => "system",
    }
}

/// Who moves a redemption on. Members are known by the redemption.
pub(super) fn moved_by(actor: Actor, note: Option<&str>) -> MovedBy<'_> {
    let id = match actor {
        Actor::Staff(id) | Actor::Key(id) => Some(id),
        Actor::Member(_) | Actor::CommandLine | Actor::System => None,
    };
    MovedBy { actor: actor_kind(actor), id, note }
}

/// Where a redemption is to go.
#[derive(Clone, Debug)]
pub struct Advance {
    pub id: RedemptionId,
    /// One after the other: a payout made by hand is `processing` and `paid` at once.
    pub steps: Vec<RedemptionState>,
    /// Where to look for what is shipped.
    pub tracking: Option<String>,
    /// Noted with the last state: a payment's reference, or a reason.
    pub note: Option<String>,
    pub actor: Actor,
    /// Only if it is this member's.
    pub of_member: Option<i64>,
}

/// Moves a redemption through its states. Failing, cancelling and voiding give the points back, debt first; cancelling also
/// stock, and a code that nobody has seen.
///
/// # Errors
/// `no_such_transition`; `NotFound` also for another member's redemption.
pub async fn advance(ledger: &Ledger, advance: Advance) -> Result<Redemption, AppError> {
    ledger.db.write((ledger.clone(), advance), |tx, (ledger, advance)| Box::pin(advance_in(tx, ledger, advance))).await
}

/// [`advance`] inside a transaction of the caller's.
pub async fn advance_in(tx: &mut Tx, ledger: &Ledger, advance: &Advance) -> Result<Redemption, AppError> {
    let currency = ledger.programme.currency;
    let rulebook = ledger.rulebook_in(tx).await?;
    let find = redemptions::find(tx, currency, advance.id).await?.ok_or(AppError::NotFound)?;
    if advance.of_member.is_some_and(|own| own != find.member_no) {
        return Err(AppError::NotFound);
    }
    // whoever holds the member decides: the state is read again behind the lock
    let mut locked = LockedMember::of(member::lock(tx, find.member_no).await?.ok_or(AppError::NotFound)?);
    let now = ledger.clock.now();
    let mut redemption = redemptions::find(tx, currency, advance.id).await?.ok_or(AppError::NotFound)?.as_of(now);
    let before = redemption.state;
    if advance.steps.contains(&RedemptionState::Returned) {
        // that takes a reason, and somebody who says where the thing is: `take_back`
        return Err(Refusal::field("reason", Fault::Missing).into());
    }
    for (at, next) in advance.steps.iter().enumerate() {
        let note = advance.note.as_deref().filter(|_| at + 1 == advance.steps.len());
        let from = redemption.state;
        redemption.state = from.to(redemption.kind(), *next)?;
        redemption.changed_at = now;
        // the job that expires vouchers takes no member's lock
        if !redemptions::set_state(tx, redemption.key(), from, *next, now, moved_by(advance.actor, note)).await? {
            return Err(Refusal::NoSuchTransition { from: from.name(), to: next.name() }.into());
        }
        if next.restores() {
            let taken = entries::with_seqs(tx, currency, redemption.member_no, &[redemption.seq]).await?.pop();
            let taken = taken.ok_or(StoreError::Corrupt("a redemption"))?;
            merge::restore(tx, ledger, &mut locked, redemption.id, &taken.moves).await?;
        }
        match next {
            RedemptionState::Cancelled => give_back(tx, &redemption).await?,
            RedemptionState::Issued => reveal(tx, ledger, &mut redemption).await?,
            RedemptionState::Shipped => {
                redemption.tracking.clone_from(&advance.tracking);
                if let Some(tracking) = &advance.tracking {
                    redemptions::set_tracking(tx, redemption.key(), tracking).await?;
                }
            }
            _ => (),
        }
    }
    if locked.has_news() {
        posting::write(tx, ledger, &rulebook, &[locked]).await?;
    }
    if !matches!(advance.actor, Actor::Member(_)) {
        tell(tx, ledger, &redemption).await?;
        let subject = format!("redemption:{}", redemption.id);
        let (before, after) = (json!({"state": before.name()}), json!({"state": redemption.state.name()}));
        let name = "redemption.advance";
        let action = Action { actor: advance.actor, name, subject: &subject, before: Some(before), after: Some(after) };
        audit::append(tx, &action, now).await?;
    }
    Ok(redemption)
}

/// Tells the member where their redemption is now.
pub(super) async fn tell(tx: &mut Tx, ledger: &Ledger, redemption: &Redemption) -> Result<(), StoreError> {
    let news = News::of_redemption(redemption);
    notifications::tell(tx, ledger, &[(redemption.member_no, redemption.changed_at, news)]).await
}

/// What a redemption that is cancelled had taken beside points.
async fn give_back(tx: &mut Tx, redemption: &Redemption) -> Result<(), AppError> {
    let RedeemedFor::Reward(bought) = &redemption.redeemed_for else { return Ok(()) };
    match bought.kind {
        RedemptionKind::Gift if !catalogue::take_stock(tx, bought.reward, -i64::from(bought.quantity)).await? => {
            Err(StoreError::Corrupt("a redemption").into())
        }
        RedemptionKind::Gift | RedemptionKind::Cash => Ok(()),
        RedemptionKind::Voucher => Ok(voucher_codes::put_back(tx, redemption.id).await?),
    }
}

/// The code is its member's from now on, and its days are counted.
async fn reveal(tx: &mut Tx, ledger: &Ledger, redemption: &mut Redemption) -> Result<(), AppError> {
    let now = redemption.changed_at;
    if !voucher_codes::reveal(tx, redemption.id, now).await? {
        return Err(StoreError::Corrupt("a voucher").into());
    }
    if let RedeemedFor::Reward(bought) = &redemption.redeemed_for
        && let Some(days) = bought.valid_days
    {
        let at = Days::of(&ledger.programme, now)?.end_after(days)?;
        redemptions::set_expiry(tx, redemption.key(), at).await?;
        redemption.expires_at = Some(at);
    }
    Ok(())
}

/// A voucher's code, once it was revealed.
pub async fn code_in(tx: &mut Tx, id: RedemptionId) -> Result<Option<String>, AppError> {
    Ok(voucher_codes::revealed(tx, id).await?)
}

/// How many vouchers expire in one transaction.
const EXPIRED_AT_ONCE: i64 = 1_000;

/// Vouchers whose time is over expire. Reads have shown them so since; running it late, twice or never changes no outcome.
pub async fn expire_vouchers(ledger: &Ledger) -> Result<usize, AppError> {
    let mut expired = 0;
    loop {
        let now = ledger.clock.now();
        let some = ledger.db.write((ledger.clone(), now), |tx, (ledger, now)| Box::pin(expire_some(tx, ledger, *now))).await?;
        expired += some;
        if some == 0 {
            return Ok(expired);
        }
    }
}

async fn expire_some(tx: &mut Tx, ledger: &Ledger, now: Timestamp) -> Result<usize, AppError> {
    let expired = redemptions::expire(tx, now, EXPIRED_AT_ONCE).await?;
    let found = redemptions::with_ids(tx, ledger.programme.currency, &expired).await?;
    let news: Vec<_> = found.iter().map(|one| (one.member_no, one.changed_at, News::of_redemption(one))).collect();
    notifications::tell(tx, ledger, &news).await?;
    Ok(expired.len())
}

/// Everything about one redemption.
#[derive(Clone, Debug)]
pub struct Found {
    pub redeemed: Redeemed,
    pub states: Vec<StateSince>,
    /// Of a voucher, once it was revealed.
    pub code: Option<String>,
    /// Of a gift, until it is erased.
    pub contact: Option<Contact>,
    /// Of the reward, as it is now.
    pub picture: Option<PictureId>,
}

/// A redemption as it is now, the states it went through, its code and its address.
pub async fn find(ledger: &Ledger, id: RedemptionId) -> Result<Option<Found>, AppError> {
    ledger
        .db
        .snapshot((ledger.clone(), id), |tx, (ledger, id)| {
            Box::pin(async move {
                let Some(redemption) = redemptions::find(tx, ledger.programme.currency, *id).await? else {
                    return Ok(None);
                };
                let written = redemption.state;
                let redemption = redemption.as_of(ledger.clock.now());
                let mut states = redemptions::states(tx, redemption.key()).await?;
                if redemption.state != written {
                    let (state, at) = (redemption.state, redemption.changed_at);
                    let actor = actor_kind(Actor::System).to_owned();
                    states.push(StateSince { state, at, actor, actor_name: None, note: None });
                }
                let code = voucher_codes::revealed(tx, *id).await?;
                let contact = addresses::find(tx, redemption.key()).await?;
                let picture = match &redemption.redeemed_for {
                    RedeemedFor::Reward(bought) => catalogue::find(tx, bought.reward).await?.and_then(|reward| reward.picture),
                    RedeemedFor::Cash(_) => None,
                };
                let redeemed = with_balance(tx, ledger, redemption).await?;
                Ok(Some(Found { redeemed, states, code, contact, picture }))
            })
        })
        .await
}

/// Redemptions, newest first.
pub async fn list(ledger: &Ledger, filter: Filter) -> Result<Vec<Redemption>, AppError> {
    let (currency, now) = (ledger.programme.currency, ledger.clock.now());
    Ok(redemptions::list(&mut ledger.db.reader().await?, currency, filter, now).await?)
}

/// The vouchers that a code was revealed for, as somebody reads it off at a till.
pub async fn with_code(ledger: &Ledger, typed: &str) -> Result<Vec<Redemption>, AppError> {
    let mut db = ledger.db.reader().await?;
    let holders = voucher_codes::holders(&mut db, typed.trim()).await?;
    let now = ledger.clock.now();
    let found = redemptions::with_ids(&mut db, ledger.programme.currency, &holders).await?;
    Ok(found.into_iter().map(|redemption| redemption.as_of(now)).collect())
}

/// Where these redemptions are sent, as far as they are.
pub async fn contacts_of(ledger: &Ledger, found: &[Redemption]) -> Result<HashMap<RedemptionId, Contact>, AppError> {
    let keys: Vec<RedemptionKey> = found.iter().map(Redemption::key).collect();
    Ok(addresses::of(&mut ledger.db.reader().await?, &keys).await?)
}

/// How many of a kind are in a state that no time ends.
pub async fn count(ledger: &Ledger, kind: RedemptionKind, state: RedemptionState) -> Result<i64, AppError> {
    Ok(redemptions::count(&mut ledger.db.reader().await?, kind, state).await?)
}
