//! Redemptions as the staff works them off: one or many at once, all or none.

use laurel_domain::ids::RedemptionId;
use laurel_domain::refusal::{Fault, Refusal};
use laurel_domain::rewards::redemption::{RedemptionKind, RedemptionState};
use laurel_domain::text::checked;

use crate::server::auth::{Authority, Permission};
use crate::server::store::members::member;
use crate::server::store::rewards::redemptions::{self, Redemption, What};
use crate::server::usecase::error::{AppError, require};
use crate::server::usecase::ledger::Ledger;
use crate::server::usecase::rewards::redeem::{Advance, advance_in};

/// How many at once.
pub const MOST: usize = 200;

const LONGEST_TRACKING: usize = 200;

/// Moves redemptions on: a payout that is marked as paid or failed before it began has begun in the same step, and a gift that
/// is delivered has been shipped. All of them, or none if one cannot go there. `tracking` is for what is shipped.
///
/// # Errors
/// `Forbidden` (also to reveal or expire, which is not for the staff, and to return, which asks for more), `NotFound`, `no_such_transition`, `invalid` (`ids`: none,
/// or more than 200; `tracking`).
pub async fn advance(
    ledger: &Ledger,
    by: Authority,
    ids: &[RedemptionId],
    to: RedemptionState,
    tracking: Option<&str>,
) -> Result<usize, AppError> {
    require(by, Permission::ManageRedemptions)?;
    if matches!(to, RedemptionState::Issued | RedemptionState::Expired | RedemptionState::Returned) {
        return Err(AppError::Forbidden);
    }
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Err(Refusal::field("ids", Fault::Missing).into());
    }
    if ids.len() > MOST {
        return Err(Refusal::field("ids", Fault::Count { least: 1, most: MOST }).into());
    }
    let tracking = tracking.map(tracking_text).transpose().map_err(|fault| Refusal::field("tracking", fault))?;
    ledger
        .db
        .write((ledger.clone(), by, ids, to, tracking), |tx, (ledger, by, ids, to, tracking)| {
            Box::pin(async move {
                let mut found = redemptions::with_ids(tx, ledger.programme.currency, ids).await?;
                if found.len() < ids.len() {
                    return Err(AppError::NotFound);
                }
                // everybody locks rules, members, rewards in this order, and each of them in one order
                ledger.timeline_in(tx).await?;
                let members: Vec<i64> = found.iter().map(|redemption| redemption.member_no).collect();
                member::lock_numbers(tx, &members).await?;
                found.sort_unstable_by_key(|redemption| match &redemption.what {
                    What::Cash(_) => (None, redemption.id),
                    What::Reward(bought) => (Some(bought.reward), redemption.id),
                });
                for redemption in found {
                    let id = redemption.id;
                    let now = redemptions::find(tx, ledger.programme.currency, id).await?.ok_or(AppError::NotFound)?;
                    let (steps, tracking) = (steps(&now, *to), tracking.clone());
                    advance_in(tx, ledger, &Advance { id, steps, tracking, actor: by.actor(), of_member: None }).await?;
                }
                Ok(ids.len())
            })
        })
        .await
}

/// Where to look for a parcel, as it was typed.
pub fn tracking_text(typed: &str) -> Result<String, Fault> {
    checked(typed.trim(), LONGEST_TRACKING)
}

fn steps(redemption: &Redemption, to: RedemptionState) -> Vec<RedemptionState> {
    use RedemptionState::{Delivered, Failed, Ordered, Paid, Processing, Reserved, Shipped};
    match (redemption.kind(), redemption.state, to) {
        (RedemptionKind::Cash, Reserved, Paid | Failed) => vec![Processing, to],
        (RedemptionKind::Gift, Ordered, Delivered) => vec![Shipped, to],
        _ => vec![to],
    }
}
