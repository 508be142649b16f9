//! A gift that comes back after it was sent: its points are given back as by cancelling, and whether the thing goes back into
//! stock is for whoever holds it in their hands to say.

use laurel_domain::ids::RedemptionId;
use laurel_domain::refusal::Refusal;
use laurel_domain::rewards::redemption::RedemptionState;
use laurel_domain::text::Reason;
use serde_json::json;

use crate::auth::{Actor, Authority, Permission};
use crate::store::audit::{self, Action};
use crate::store::ledger::entries;
use crate::store::members::member;
use crate::store::rewards::catalogue;
use crate::store::rewards::redemptions::{self, RedeemedFor, Redemption, Returned};
use crate::store::{StoreError, Tx};
use crate::usecase::error::{AppError, require};
use crate::usecase::ledger::Ledger;
use crate::usecase::ledger::posting::{self, LockedMember};
use crate::usecase::members::merge;
use crate::usecase::rewards::redeem::{moved_by, tell};

/// A gift that came back.
#[derive(Clone, Debug)]
pub struct TakeBack {
    pub id: RedemptionId,
    /// Whether it can be sent to somebody else.
    pub restock: bool,
    pub reason: Reason,
    pub actor: Actor,
}

/// Takes a gift back for the staff.
///
/// # Errors
/// `Forbidden`, `NotFound`, `invalid` (`reason`), `no_such_transition` unless it was shipped or delivered.
pub async fn take_back(ledger: &Ledger, by: Authority, id: RedemptionId, restock: bool, why: &str) -> Result<(), AppError> {
    require(by, Permission::ManageRedemptions)?;
    let reason = Reason::new(why.trim()).map_err(|fault| Refusal::field("reason", fault))?;
    let wanted = TakeBack { id, restock, reason, actor: by.actor() };
    ledger
        .db
        .write((ledger.clone(), wanted), |tx, (ledger, wanted)| {
            Box::pin(async move { take_back_in(tx, ledger, wanted).await.map(drop) })
        })
        .await
}

/// [`take_back`] inside a transaction of the caller's, who has asked whether they may.
pub async fn take_back_in(tx: &mut Tx, ledger: &Ledger, wanted: &TakeBack) -> Result<Redemption, AppError> {
    let currency = ledger.programme.currency;
    let rulebook = ledger.rulebook_in(tx).await?;
    let find = redemptions::find(tx, currency, wanted.id).await?.ok_or(AppError::NotFound)?;
    // whoever holds the member decides: the state is read again behind the lock
    let mut locked = LockedMember::of(member::lock(tx, find.member_no).await?.ok_or(AppError::NotFound)?);
    let now = ledger.clock.now();
    let mut redemption = redemptions::find(tx, currency, wanted.id).await?.ok_or(AppError::NotFound)?;
    let from = redemption.state;
    let to = from.to(redemption.kind(), RedemptionState::Returned)?;
    if !redemptions::set_state(tx, redemption.key(), from, to, now, moved_by(wanted.actor, Some(wanted.reason.as_str())))
        .await?
    {
        return Err(Refusal::NoSuchTransition { from: from.name(), to: to.name() }.into());
    }
    redemptions::set_returned(tx, redemption.key(), wanted.restock, wanted.reason.as_str()).await?;
    let taken = entries::with_seqs(tx, currency, redemption.member_no, &[redemption.seq]).await?.pop();
    let taken = taken.ok_or(StoreError::Corrupt("a redemption"))?;
    merge::restore(tx, ledger, &mut locked, redemption.id, &taken.moves).await?;
    posting::write(tx, ledger, &rulebook, &[locked]).await?;
    if let RedeemedFor::Reward(bought) = &redemption.redeemed_for
        && wanted.restock
        && !catalogue::take_stock(tx, bought.reward, -i64::from(bought.quantity)).await?
    {
        return Err(StoreError::Corrupt("a redemption").into());
    }
    (redemption.state, redemption.changed_at) = (to, now);
    redemption.returned = Some(Returned { restocked: wanted.restock, reason: Some(wanted.reason.as_str().to_owned()) });
    tell(tx, ledger, &redemption).await?;
    // the log has no reason: it may tell of people, and the log cannot be erased
    let (before, after) = (json!({ "state": from.name() }), json!({ "state": to.name(), "restocked": wanted.restock }));
    let subject = format!("redemption:{}", redemption.id);
    let name = "redemption.advance";
    let action = Action { actor: wanted.actor, name, subject: &subject, before: Some(before), after: Some(after) };
    audit::append(tx, &action, now).await?;
    Ok(redemption)
}
