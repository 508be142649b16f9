//! Redeeming points to cash: points, entry and redemption in one transaction, or nothing.

use laurel_domain::account::Posting;
use laurel_domain::ids::RedemptionId;
use laurel_domain::member::Status;
use laurel_domain::points::Points;
use laurel_domain::redeem::CashState;
use laurel_domain::refusal::Refusal;
use serde_json::json;

use crate::server::auth::Actor;
use crate::server::random;
use crate::server::store::audit::{self, Action};
use crate::server::store::redemptions::{self, Filter, Redemption, StateSince};
use crate::server::store::{StoreError, Tx, entries, members};

use super::error::AppError;
use super::ledger::Ledger;
use super::posting;

/// What somebody wants to redeem.
#[derive(Clone, Debug)]
pub struct Wish {
    pub member_no: i64,
    pub points: Points,
    /// The version of the rules that a quote was made under, when there was one.
    pub quoted: Option<u32>,
    /// The same key of the same member is the same redemption.
    pub key: String,
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
    let timeline = ledger.timeline_in(tx).await?;
    let mut member = members::lock(tx, wish.member_no).await?.ok_or(AppError::NotFound)?;
    if let Some(earlier) = redemptions::find_by_key(tx, currency, member.no, &wish.key).await? {
        if earlier.asked != wish.points {
            return Err(AppError::Conflict { code: "idempotency_conflict" });
        }
        return with_balance(tx, ledger, earlier).await;
    }
    match member.status {
        Status::Active => (),
        Status::Suspended => return Err(Refusal::MemberSuspended.into()),
        Status::Closed => return Err(Refusal::MemberClosed.into()),
    }
    let now = ledger.clock.now();
    let id = RedemptionId::new(random::id(now));
    let instant = member.account.instant_of_history(now);
    let on = Posting { timeline: &timeline, occurred_at: now, instant };
    let (posted, quote) = member.account.redeem(on, id, wish.points, wish.quoted)?;
    posting::write(tx, member.no, &member.account, &posted).await?;
    let redemption = Redemption {
        id,
        member_no: member.no,
        member: member.id(),
        external_id: member.external_id.as_ref().map(|id| id.as_str().to_owned()),
        member_name: member.name.clone(),
        state: CashState::Reserved,
        points: quote.points,
        cash: quote.cash,
        rules_version: quote.rules_version,
        seq: posted.entry.seq,
        asked: wish.points,
        created_at: now,
        changed_at: now,
    };
    redemptions::insert(tx, &redemption, &wish.key).await?;
    redemptions::note_state(tx, id, CashState::Reserved, now, actor_kind(wish.actor)).await?;
    Ok(Redeemed { redemption, balance_after: posted.entry.balance })
}

async fn with_balance(tx: &mut Tx, ledger: &Ledger, redemption: Redemption) -> Result<Redeemed, AppError> {
    let entry = entries::with_seqs(tx, ledger.programme.currency, redemption.member_no, &[redemption.seq]).await?.pop();
    let entry = entry.ok_or(StoreError::Corrupt("a redemption"))?;
    Ok(Redeemed { redemption, balance_after: entry.balance })
}

/// Who a state's actor is shown as.
fn actor_kind(actor: Actor) -> &'static str {
    match actor {
        Actor::Member(_) => "member",
        Actor::Staff(_) => "staff",
        Actor::Key(_) => "key",
        Actor::CommandLine => "command_line",
        Actor::System => "system",
    }
}

/// Where a redemption is to go.
#[derive(Clone, Debug)]
pub struct Advance {
    pub id: RedemptionId,
    /// One after the other: a payout made by hand is `processing` and `paid` at once.
    pub steps: Vec<CashState>,
    pub actor: Actor,
    /// Only if it is this member's.
    pub of_member: Option<i64>,
}

/// Moves a redemption through its states; failing and cancelling give the points back, debt first.
///
/// # Errors
/// `no_such_transition`; `NotFound` also for another member's redemption.
pub async fn advance(ledger: &Ledger, advance: Advance) -> Result<Redemption, AppError> {
    ledger.db.write((ledger.clone(), advance), |tx, (ledger, advance)| Box::pin(advance_in(tx, ledger, advance))).await
}

/// [`advance`] inside a transaction of the caller's.
pub async fn advance_in(tx: &mut Tx, ledger: &Ledger, advance: &Advance) -> Result<Redemption, AppError> {
    let currency = ledger.programme.currency;
    let timeline = ledger.timeline_in(tx).await?;
    let find = redemptions::find(tx, currency, advance.id).await?.ok_or(AppError::NotFound)?;
    if advance.of_member.is_some_and(|own| own != find.member_no) {
        return Err(AppError::NotFound);
    }
    // whoever holds the member decides: the state is read again behind the lock
    let mut member = members::lock(tx, find.member_no).await?.ok_or(AppError::NotFound)?;
    let mut redemption = redemptions::find(tx, currency, advance.id).await?.ok_or(AppError::NotFound)?;
    let before = redemption.state;
    let now = ledger.clock.now();
    for next in &advance.steps {
        redemption.state = redemption.state.to(*next)?;
        redemption.changed_at = now;
        if redemption.state.restores() {
            let instant = member.account.instant_of_history(now);
            let on = Posting { timeline: &timeline, occurred_at: now, instant };
            let posted = member.account.restore(on, redemption.id, redemption.points)?;
            posting::write(tx, member.no, &member.account, &posted).await?;
        }
        redemptions::set_state(tx, redemption.id, redemption.state, now, actor_kind(advance.actor)).await?;
    }
    if !matches!(advance.actor, Actor::Member(_)) {
        let subject = format!("redemption:{}", redemption.id);
        let (before, after) = (json!({"state": before.name()}), json!({"state": redemption.state.name()}));
        let name = "redemption.advance";
        let action = Action { actor: advance.actor, name, subject: &subject, before: Some(before), after: Some(after) };
        audit::append(tx, &action, now).await?;
    }
    Ok(redemption)
}

/// A redemption and the states it went through.
pub async fn find(ledger: &Ledger, id: RedemptionId) -> Result<Option<(Redeemed, Vec<StateSince>)>, AppError> {
    ledger
        .db
        .snapshot((ledger.clone(), id), |tx, (ledger, id)| {
            Box::pin(async move {
                let Some(redemption) = redemptions::find(tx, ledger.programme.currency, *id).await? else {
                    return Ok(None);
                };
                let states = redemptions::states(tx, *id).await?;
                Ok(Some((with_balance(tx, ledger, redemption).await?, states)))
            })
        })
        .await
}

/// Redemptions, newest first.
pub async fn list(ledger: &Ledger, filter: Filter) -> Result<Vec<Redemption>, AppError> {
    Ok(redemptions::list(&mut ledger.db.reader().await?, ledger.programme.currency, filter).await?)
}

/// How many are in a state.
pub async fn count(ledger: &Ledger, state: CashState) -> Result<i64, AppError> {
    Ok(redemptions::count(&mut ledger.db.reader().await?, state).await?)
}
